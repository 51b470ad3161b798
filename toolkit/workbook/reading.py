"""Takes a cell for a number, or says why not: the one table of what a number cell may hold.

Declared, never silent: what is read another way than it stands is noted, what is refused is never taken for 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from toolkit.model.flat import CellError
from toolkit.model.flat import CellValue
from toolkit.model.flat import FlatCell
from toolkit.model.flat import FlatStyle
from toolkit.model.form import NumberType

_PLAIN = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,15})?")
_WITH_UNIT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*([^\W\d_]+)")
_NOTHING = frozenset({"/", "\\", "-", "--", "—", "——", "无", "没有", "〇", "零", "空", "*", "N/A", "n/a"})
#: Full-width forms of the marks on a keyboard; nothing else is read as what it is not.
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_BLANKS = " \t\r\n\u00a0\u3000\ufeff"
#: A float this near to a whole number is that number: the trace of a calculation, not a decimal.
_NEAR = Decimal("1e-9")
_DATE = re.compile(r"(?i)[ymdhs]|年|月|日")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a cell: a number, a blank, or a fault. A number may have a fault as well (a negative one)."""

    value: Decimal | None = None
    blank: bool = False
    fault: str = ""
    remedy: str = ""
    note: str = ""


_BLANK = Reading(blank=True)


def read_number(cell: FlatCell, style: FlatStyle, kind: NumberType) -> Reading:
    """The number in an input cell."""
    value = cell.value
    if cell.formula is not None:
        return Reading(fault=f"填的是公式“={shortened(cell.formula)}”", remedy="请改填算好的数字")
    if value is None:
        return _BLANK
    if isinstance(value, bool):
        return Reading(fault=f"是逻辑值 {'TRUE' if value else 'FALSE'}", remedy="请填数字")
    if isinstance(value, CellError):
        return Reading(fault=f"是错误值 {value.code}", remedy="请改填数字")
    if isinstance(value, str):
        return _text(value, kind)
    return _ordinary(value, style, kind) or _number(value, style, kind)


def _ordinary(value: float, style: FlatStyle, kind: NumberType) -> Reading | None:
    """What nearly every cell holds, a whole number that needs no judging; None for anything else."""
    if style.number_format != "General" or not 0 <= value <= kind.maximum or value != int(value):
        return None
    return Reading(value=Decimal(int(value))) if kind.minimum is None or kind.minimum <= 0 else None


def plain_number(value: CellValue) -> Decimal | None:
    """The number as a spreadsheet's own formulas see it: texts and truth values are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return exact(value)


def exact(value: float) -> Decimal:
    """The decimal number that was typed, without the noise of its binary form."""
    return Decimal(int(value)) if value == int(value) and abs(value) < 1e15 else Decimal(repr(value))  # noqa: PLR2004


def _number(value: float, style: FlatStyle, kind: NumberType) -> Reading:
    shape = _LITERAL.sub("", style.number_format)
    if shape not in {"General", "@", "0"}:
        if _DATE.search(shape) and "General" not in shape:
            return Reading(fault="是日期或时间", remedy="请把单元格格式改为“常规”，再填数字")
        if "%" in shape:
            return Reading(fault="是百分数", remedy="请把单元格格式改为“常规”，再填数字")
    return _judged(exact(value), _figure(exact(value)), kind)


def _judged(number: Decimal, shown: str, kind: NumberType, note: str = "") -> Reading:
    """A number held against what its cell may hold."""
    if abs(number) > kind.maximum:
        return Reading(fault=f"数字太大（{shown}）", remedy="请检查是否多写了位数或单位不对")
    rounded = round(number, kind.decimals) or Decimal(0)
    if rounded != number and abs(rounded - number) < _NEAR:
        return _judged(rounded, shown, kind, note or f"按 {rounded:f} 读取")
    if kind.kind == "whole" and number != number.to_integral_value():
        return Reading(value=number, fault=f"是小数 {shown}", remedy="这里应填整数", note=note)
    if rounded != number:
        return Reading(
            value=number, fault=f"小数超过 {kind.decimals} 位（{shown}）", remedy="请四舍五入后填写", note=note
        )
    if kind.minimum is not None and number < kind.minimum:
        return Reading(value=number, fault=f"是 {shown}，小于 {kind.minimum}", remedy="请检查是否多写了负号", note=note)
    return Reading(value=+rounded, note=note)


def _text(value: str, kind: NumberType) -> Reading:
    text = value.translate(_WIDE).strip(_BLANKS)
    if not text:
        return Reading(blank=True)
    if _PLAIN.fullmatch(text) or _THOUSANDS.fullmatch(text):
        number = Decimal(text.replace(",", ""))
        return _judged(number, text, kind, f"“{shortened(value)}”已按 {number:f} 读取")
    if text in _NOTHING:
        return Reading(fault=f"填的是“{shortened(value)}”", remedy="没有的请填 0")
    unit = _WITH_UNIT.fullmatch(text)
    if unit:
        return Reading(fault=f"“{shortened(value)}”带有单位或文字", remedy=f"请只填数字，例如 {unit[1]}")
    return Reading(fault=f"“{shortened(value)}”不是数字", remedy="请只填数字，没有的填 0")


def shortened(text: str) -> str:
    """A stranger's text fit for a line of output: no control or direction marks, not too long."""
    safe = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return safe if len(safe) <= 30 else safe[:30] + "…"  # noqa: PLR2004


def _figure(number: Decimal) -> str:
    """A number as a person would write it; one of absurd length by its power of ten."""
    return f"{number:f}" if abs(number.adjusted()) < 18 else f"{float(number):g}"  # noqa: PLR2004
