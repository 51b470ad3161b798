"""A formula moved to another cell, its relative references moved with it: how shared formulas are stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from toolkit.workbook.intake.xml import column_letters, column_number

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LONG = 512
# What only looks like a reference is matched first and kept: texts, quoted sheet names, [brackets] of tables and
# workbooks. A reference stands free: not in a name (a.b1, rate_2), not a function (LOG10(), not a sheet (T1!).
_TOKEN = re.compile(
    r"""
    "[^"]*" | '[^']*' | \[(?:[^\[\]]|\[[^\[\]]*\])*\]
  | (?<![\w.$\\?:])(?P<from>\$?[A-Z]{1,3}):(?P<to>\$?[A-Z]{1,3})(?![\w.$\\?!(:\[])
  | (?<![\w.$\\?:])(?P<first>\$?[0-9]{1,7}):(?P<last>\$?[0-9]{1,7})(?![\w.$\\?!(:\[])
  | (?<![\w.$\\?])(?P<column>\$?[A-Z]{1,3})(?P<row>\$?[1-9][0-9]{0,6})(?![\w.$\\?!(\[])
    """,
    re.VERBOSE,
)


def shifted(formula: str, columns: int, rows: int) -> str:
    """Move the formula that many columns right and rows down."""
    return (_remembered if len(formula) < _LONG else _shifted)(formula, columns, rows)


def _shifted(formula: str, columns: int, rows: int) -> str:
    """Move every free relative reference."""

    def moved(found: re.Match[str]) -> str:
        if found["column"]:
            halves, between = (_column(found["column"], columns), _row(found["row"], rows)), ""
        elif found["from"]:
            halves, between = (_column(found["from"], columns), _column(found["to"], columns)), ":"
        elif found["first"]:
            halves, between = (_row(found["first"], rows), _row(found["last"], rows)), ":"
        else:
            return found[0]
        # A name that only looks like a reference (``XYZ1``) stays, one moved off the sheet is lost.
        if None in halves:
            return found[0]
        return "#REF!" if "" in halves else between.join(map(str, halves))

    return _TOKEN.sub(moved, formula)


#: The same few formulas stand in every return of a form.
_remembered = lru_cache(maxsize=4096)(_shifted)


def _column(text: str, by: int) -> str | None:
    """Move a column; None where there is no such column, empty where the move leaves the sheet."""
    return _moved(text, column_number(text.removeprefix("$")), by, _LAST_COLUMN, column_letters)


def _row(text: str, by: int) -> str | None:
    """Move a row; None where there is no such row, empty where the move leaves the sheet."""
    return _moved(text, int(text.removeprefix("$")), by, _LAST_ROW, str)


def _moved(text: str, number: int, by: int, last: int, spelt: Callable[[int], str]) -> str | None:
    if not 0 < number <= last:
        return None
    if text.startswith("$"):
        return text
    return spelt(number + by) if 0 < number + by <= last else ""
