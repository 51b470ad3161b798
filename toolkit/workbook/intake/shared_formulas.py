"""A formula moved to another cell, its relative references moved with it: how shared formulas are stored."""

from __future__ import annotations

import re
from functools import lru_cache

from toolkit.forms.layout import address
from toolkit.workbook.intake.xml import column_number

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LONG = 512
# What only looks like a reference is matched first and kept: texts, quoted sheet names, [brackets] of tables and
# workbooks. A reference stands free: not in a name (a.b1, rate_2), not a function (LOG10(), not a sheet (T1!).
_TOKEN = re.compile(
    r"""
    "[^"]*" | '[^']*' | \[(?:[^\[\]]|\[[^\[\]]*\])*\]
  | (?<![\w.$\\?:])(\$?[A-Z]{1,3}):(\$?[A-Z]{1,3})(?![\w.$\\?!(:\[])
  | (?<![\w.$\\?:])(\$?[0-9]{1,7}):(\$?[0-9]{1,7})(?![\w.$\\?!(:\[])
  | (?<![\w.$\\?])(?P<column>\$?[A-Z]{1,3})(\$?[1-9][0-9]{0,6})(?![\w.$\\?!(\[])
    """,
    re.VERBOSE,
)


def shifted(formula: str, columns: int, rows: int) -> str:
    """Move the formula that many columns right and rows down."""
    return (_remembered if len(formula) < _LONG else _shifted)(formula, columns, rows)


def _shifted(formula: str, columns: int, rows: int) -> str:

    def moved(found: re.Match[str]) -> str:
        halves = [_moved(half, columns, rows) for half in found.groups() if half]
        # A name that only looks like a reference (``XYZ1``) stays, one moved off the sheet is lost.
        if not halves or None in halves:
            return found[0]
        return "#REF!" if "" in halves else ("" if found["column"] else ":").join(map(str, halves))

    return _TOKEN.sub(moved, formula)


#: The same few formulas stand in every return of a form.
_remembered = lru_cache(maxsize=4096)(_shifted)


def _moved(half: str, columns: int, rows: int) -> str | None:
    """Move a column or row; None where there is no such one, empty where the move leaves the sheet."""
    plain = half.removeprefix("$")
    spelt = plain.isalpha()
    number, by, last = (column_number(plain), columns, _LAST_COLUMN) if spelt else (int(plain), rows, _LAST_ROW)
    if not 0 < number <= last:
        return None
    if plain != half:
        return half
    if not 0 < number + by <= last:
        return ""
    return address(0, number + by - 1)[:-1] if spelt else str(number + by)
