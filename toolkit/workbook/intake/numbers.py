"""Reads a cell as a number or a text, or says why it is none: the one table of what a number cell may hold.

Declared, never silent: what is read another way than it stands is noted, what is refused is never taken for 0.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from toolkit.model.cells import DOES_NOT_APPLY, NEAR, NumberType
from toolkit.model.codes import Code
from toolkit.model.finding import Statement
from toolkit.model.flat import CellError, CellValue, FlatCell, FlatStyle
from toolkit.model.sentences import worded
from toolkit.text import QUOTED, cell_text, exact, shortened, typed, unseen, written
from toolkit.workbook.intake.number_formats import FormatSection, misleading, section_for

_PLAIN = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,15})?")
_WITH_UNIT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*([^\W\d_]+)")
#: A formula of figures, signs and SUM; ``**`` and what else Python knows is not among them.
_SUM = re.compile(r"(?i)(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|SUM\(|(?<!\*)\*(?!\*)|[-+(),]|\s)+")
_LONGEST_SUM, _DEEPEST_SUM = 500, 20
_NOTHING = frozenset({"/", "\\", "-", "--", "—", "——", "无", "没有", "〇", "零", "空", "*", "N/A", "n/a"})
#: Full-width forms of the marks on a keyboard; nothing else is read as what it is not.
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_BLANKS = " \t\r\n\u00a0\u3000\ufeff"
#: Days that a spreadsheet counts right: from March 1900 to the year 9999.
_FIRST, _END = 61, 2_958_466 - 1462


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a cell: a number, a blank, or a fault. A number may have a fault as well (a negative one).

    ``remedy`` belongs to the fault, or else to the note; ``kind`` says which sentence of VAL-01 the fault is.
    """

    value: Decimal | None = None
    blank: bool = False
    fault: str = ""
    remedy: str = ""
    note: str = ""
    kind: str = field(default="", compare=False)


_BLANK, _NOTHING_READ = Reading(blank=True), Reading()


def read_number(cell: FlatCell, style: FlatStyle, kind: NumberType, nothing: str = "填 0") -> Reading:
    """The number in an input cell; ``nothing`` is what to do where there is none."""
    value = cell.value
    if cell.formula is not None:
        return _formula(cell.formula, style, kind)
    if value is None or is_blank(cell):
        return _BLANK
    if isinstance(value, bool):
        return _fault("logical", value=cell_text(value))
    if isinstance(value, CellError):
        return _fault("error", value=shortened(value.code))
    if isinstance(value, str):
        return _text(value, kind, nothing)
    return _ordinary(value, style, kind) or _number(value, style, kind)


def is_blank(cell: FlatCell) -> bool:
    """Whether nothing was typed into a cell, or nothing but blanks."""
    text = cell.value.translate(_WIDE).strip(_BLANKS) if isinstance(cell.value, str) else cell.value
    return cell.formula is None and (text is None or text == "")


def _formula(formula: str, style: FlatStyle, kind: NumberType) -> Reading:
    total = constant(formula)
    if total is None:
        return _fault("formula", formula=shortened(formula))
    note = worded(Code.VAL_10, "formula", formula=shortened(formula), number=shortened(written(total)))
    return _judged(total, kind) if abs(total) > kind.maximum else _number(float(total), style, kind, note)


def _ordinary(value: float, style: FlatStyle, kind: NumberType) -> Reading | None:
    """What nearly every cell holds, a whole number that needs no judging; None for anything else."""
    if style.number_format != "General" or not 0 <= value <= kind.maximum or value != int(value):
        return None
    return Reading(value=Decimal(int(value))) if kind.minimum is None or kind.minimum <= 0 else None


def constant(formula: str) -> Decimal | None:
    """What a formula gives that is made of figures alone (``12+9``, ``SUM(3,4)*2``); None for any other.

    So clerks add up the bodies below them; whatever stands in other cells can change it no more.
    """
    if len(formula) > _LONGEST_SUM or formula.count("(") > _DEEPEST_SUM or not _SUM.fullmatch(formula):
        return None
    try:
        return _calculated(ast.parse(formula.strip().lower(), mode="eval").body)
    except (SyntaxError, TypeError, RecursionError):
        return None


def _calculated(node: ast.expr) -> Decimal:
    match node:
        case ast.Constant(value=value):
            return Decimal(str(value))
        case ast.UnaryOp(op=op, operand=operand):
            return -_calculated(operand) if isinstance(op, ast.USub) else _calculated(operand)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() as op, right=right):
            one, other = _calculated(left), _calculated(right)
            return one * other if isinstance(op, ast.Mult) else one - other if isinstance(op, ast.Sub) else one + other
        case ast.Call(func=ast.Name(), args=args):
            return sum(map(_calculated, args), Decimal(0))
    raise TypeError


def number_as_calculated(value: CellValue) -> Decimal | None:
    """The number as a spreadsheet's own formulas see it: texts and truth values are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return exact(value)


def read_text(cell: FlatCell, style: FlatStyle, *, from_1904: bool = False) -> str:
    """The words in a text cell. A number has every digit that was typed, or is a date or a share where it looks so."""
    value = cell.value
    if isinstance(value, CellError):
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, bool) or value is None:
        return cell_text(value)
    section = section_for(style.number_format, value)
    if section.kind == "percentage":
        return f"{written(typed(value).scaleb(2))}%"
    return _day(value, section, 24107 if from_1904 else 25569) or cell_text(value)


def _day(value: float, section: FormatSection, epoch: int) -> str:
    """``2025-01-01``, ``2025-01``, as far as the format shows it; nothing for a format or a number of another kind."""
    letters = set(section.shape.lower()) if section.kind == "date" else set()
    if not ({"d"} <= letters or {"y", "m"} <= letters) or value != int(value) or not _FIRST <= value < _END:
        return ""
    return str(date(1970, 1, 1) + timedelta(days=int(value) - epoch))[: 10 if "d" in letters else 7]


def _number(value: float, style: FlatStyle, kind: NumberType, note: Statement | None = None) -> Reading:
    if style.number_format not in {"General", "@", "0"}:
        section = section_for(style.number_format, value)
        if section.kind != "number":
            return _fault(section.kind)
        if told := disguised(style.number_format, value):
            return Reading(fault=told.message, remedy=told.remedy, kind=told.fault)
    return _judged(typed(value), kind, note)


def disguised(number_format: str, value: float) -> Statement | None:
    """That a cell shows another figure than the number it holds, or none; dates and percentages are another matter."""
    section = section_for(number_format, value)
    seen = misleading(section, value) if section.kind == "number" else None
    if seen is None:
        return None
    shown, number = shortened(seen.strip()), shortened(written(typed(value)))
    return worded(Code.VAL_01, "shown" if shown else "not_shown", shown=shown, number=number)


def _judged(number: Decimal, kind: NumberType, note: Statement | None = None) -> Reading:
    """A number held against what its cell may hold."""
    shown = shortened(written(number))
    fault = kind.fault(number)
    if fault == "too_large":
        return _fault(fault, number=shown)
    rounded = round(number, kind.decimals) or Decimal(0)
    if fault == "decimals" and abs(rounded - number) < NEAR:
        return _judged(rounded, kind, note or worded(Code.VAL_10, "trace", number=written(rounded)))
    found = Reading(value=number, note=note.message if note else "", remedy=note.remedy if note else "")
    if fault:
        least = "" if kind.minimum is None else written(kind.minimum)
        told = "too_small" if fault == "too_small" else "decimal" if kind.kind == "whole" else "decimals"
        return _fault(told, found, number=shown, most=kind.decimals, least=least)
    return replace(found, value=+rounded)


def _fault(fault: str, found: Reading = _NOTHING_READ, **fields: object) -> Reading:
    told = worded(Code.VAL_01, fault, **fields)
    return replace(found, fault=told.message, remedy=told.remedy, kind=fault)


def _text(value: str, kind: NumberType, nothing: str) -> Reading:
    text = value.translate(_WIDE).strip(_BLANKS)
    if text == DOES_NOT_APPLY and not kind.required:
        return _BLANK
    shown = shortened(value)
    if _PLAIN.fullmatch(text) or _THOUSANDS.fullmatch(text):
        number = Decimal(text.replace(",", ""))
        return _judged(number, kind, worded(Code.VAL_10, "text", text=shown, number=written(number)))
    if text in _NOTHING:
        return _fault("nothing", text=shown, nothing=nothing)
    if signs := unseen(text):
        return _fault("unseen", text=shown, signs=signs)
    if unit := _WITH_UNIT.fullmatch(text):
        return _fault("unit" if len(unit[1]) <= QUOTED else "long_unit", text=shown, number=unit[1])
    return _fault("no_number", text=shown, nothing=nothing)
