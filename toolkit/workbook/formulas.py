"""Formulas: whether two mean the same, whichever program wrote them, and one moved to another cell."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from toolkit.forms.layout import address
from toolkit.workbook.intake.xml import LAST_COLUMN, LAST_ROW, column_number, rows_and_columns

if TYPE_CHECKING:
    from openpyxl.formula.tokenizer import Token

_CELLS = r"[A-Z]{1,3}[1-9][0-9]{0,6}"
#: What stands in quotes is matched first, and kept.
_OVER_CELLS = re.compile(
    rf'"[^"]*"|(?<![\w.])(?P<function>SUM|COUNT)\((?P<cells>{_CELLS}(?::{_CELLS})?(?:,{_CELLS}(?::{_CELLS})?)*)\)'
)
_GUARDED = re.compile(rf'IF\(COUNT\(({_CELLS}(?:,{_CELLS})*)\)=([0-9]{{1,4}}),({_CELLS}(?:\+{_CELLS})+),""\)')
_MOST_CELLS = 500
#: Excel allows no longer formula (specifications and limits of Excel); what is longer is compared as it stands.
_LONGEST, _LONG = 8192, 512
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


def normal_formula(formula: str, sheet: str = "") -> str:
    """A formula without what programs write differently: spaces, case, ``$``, quotes about sheet names, prefixes.

    The name of the sheet it stands on, before a reference, says nothing either. Cells added or counted are named one
    by one; where all are known to be numbers, ``A1+B1`` is their SUM.
    """
    return _normal(formula, sheet) if len(formula) <= _LONGEST else formula


def same_formula(found: str | None, planned: str, sheet: str) -> bool:
    """Whether a cell of that sheet holds the planned formula, whichever program wrote it."""
    return found is not None and (found == planned or normal_formula(found, sheet) == normal_formula(planned, sheet))


@lru_cache(maxsize=4096)
def _normal(formula: str, sheet: str) -> str:
    from openpyxl.formula.tokenizer import Tokenizer, TokenizerError  # noqa: PLC0415 - few formulas need it

    text = formula.strip().removeprefix("=").lstrip()
    try:
        tokens = Tokenizer(f"={text}").items
    except (TokenizerError, IndexError):
        # A bracket that closes nothing is the latter.
        return formula
    signs = tokens[1:] if tokens and tokens[0].value == "+" else tokens
    whole = _OVER_CELLS.sub(_one_by_one, "".join(_plain(one, sheet) for one in signs))
    guarded = _GUARDED.fullmatch(whole)
    if guarded:
        counted, added = set(guarded[1].split(",")), sorted(guarded[3].split("+"))
        if counted.issuperset(added) and int(guarded[2]) == len(counted) and len(set(added)) == len(added):
            return whole.replace(guarded[3], f"SUM({','.join(added)})")
    return whole


def _plain(token: Token, sheet: str) -> str:
    value = str(token.value)
    if token.type == token.WSPACE:
        return ""
    if token.subtype == token.TEXT:
        return value
    if token.subtype == token.RANGE:
        name, _, cells = value.rpartition("!")
        bare = (name[1:-1].replace("''", "'") if name.startswith("'") else name).upper()
        return "!".join([bare] * (bare != sheet.upper()) * bool(name) + [cells.upper().replace("$", "")])
    return value.upper().replace("_XLFN.", "").strip()


def _one_by_one(found: re.Match[str]) -> str:
    """``SUM(A1:C1,E1)`` as ``SUM(A1,B1,C1,E1)``, in one order; as it was for a cell twice or very many."""
    cells: list[str] = []
    for one in filter(None, (found["cells"] or "").split(",")):
        rows, columns = rows_and_columns(one)
        if len(rows) * len(columns) > _MOST_CELLS:
            return found[0]
        cells += [address(row - 1, column - 1) for row in rows for column in columns]
    apart = 0 < len(cells) == len(set(cells))
    return f"{found['function']}({','.join(sorted(cells))})" if apart else found[0]


def shifted(formula: str, columns: int, rows: int) -> str:
    """A formula moved that many columns right and rows down, as a shared one is stored for other cells."""
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
    number, by, last = (column_number(plain), columns, LAST_COLUMN) if spelt else (int(plain), rows, LAST_ROW)
    if not 0 < number <= last:
        return None
    if plain != half:
        return half
    if not 0 < number + by <= last:
        return ""
    return address(0, number + by - 1)[:-1] if spelt else str(number + by)
