"""Takes a cell for a number, or says why not: the one table of what a number cell may hold.

Declared, never silent: what is read another way than it stands is noted, what is refused is never taken for 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from toolkit.model.flat import CellError, CellValue, FlatCell, FlatStyle
from toolkit.model.form import NumberType
from toolkit.text import QUOTED, cell_text, exact, shortened, typed, written

_PLAIN = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,15})?")
_WITH_UNIT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*([^\W\d_]+)")
_NOTHING = frozenset({"/", "\\", "-", "--", "—", "——", "无", "没有", "〇", "零", "空", "*", "N/A", "n/a"})
#: Full-width forms of the marks on a keyboard; nothing else is read as what it is not.
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_BLANKS = " \t\r\n\u00a0\u3000\ufeff"
#: A float this near to the number that fits is that number: the trace of a calculation, not a decimal.
_NEAR = Decimal("1e-9")
_DATE = re.compile(r"(?i)[ymdhs]|年|月|日")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\[\]]*\]')
#: Days that a spreadsheet counts right: from March 1900 to the year 9999.
_FIRST, _END = 61, 2_958_466 - 1462
_AS_NUMBER, _HARMLESS = "请改成普通数字：这样保存的数，表里的合计公式不会计入", "不影响报送"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a cell: a number, a blank, or a fault. A number may have a fault as well (a negative one).

    ``remedy`` belongs to the fault, or else to the note.
    """

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
        return Reading(fault=f"是逻辑值 {cell_text(value)}", remedy="请填数字")
    if isinstance(value, CellError):
        return Reading(fault=f"是错误值 {shortened(value.code)}", remedy="请改填数字")
    if isinstance(value, str):
        return _text(value, kind)
    return _ordinary(value, style, kind) or _number(value, style, kind)


def _ordinary(value: float, style: FlatStyle, kind: NumberType) -> Reading | None:
    """What nearly every cell holds, a whole number that needs no judging; None for anything else."""
    if style.number_format != "General" or not 0 <= value <= kind.maximum or value != int(value):
        return None
    return Reading(value=Decimal(int(value))) if kind.minimum is None or kind.minimum <= 0 else None


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
    shape = _shape(style.number_format)
    if "%" in shape:
        return f"{written(typed(value).scaleb(2))}%"
    return _day(value, shape, 24107 if from_1904 else 25569) or cell_text(value)


def _day(value: float, shape: str, epoch: int) -> str:
    """``2025-01-01``, ``2025-01``, as far as the format shows it; nothing for a format or a number of another kind."""
    letters = set(shape.lower()) if "General" not in shape else set()
    if not ({"d"} <= letters or {"y", "m"} <= letters) or value != int(value) or not _FIRST <= value < _END:
        return ""
    return str(date(1970, 1, 1) + timedelta(days=int(value) - epoch))[: 10 if "d" in letters else 7]


@lru_cache(maxsize=256)
def _shape(number_format: str) -> str:
    """A number format without what it writes as it stands."""
    return _LITERAL.sub("", number_format)


def _number(value: float, style: FlatStyle, kind: NumberType) -> Reading:
    shape = _shape(style.number_format)
    if shape not in {"General", "@", "0"}:
        if _DATE.search(shape) and "General" not in shape:
            return Reading(fault="是日期或时间", remedy="请把单元格格式改为“常规”，再填数字")
        if "%" in shape:
            return Reading(fault="是百分数", remedy="请把单元格格式改为“常规”，再填数字")
    return _judged(typed(value), kind)


def _judged(number: Decimal, kind: NumberType, note: str = "", remedy: str = "") -> Reading:
    """A number held against what its cell may hold."""
    if abs(number) > kind.maximum:
        return Reading(fault=f"数字太大（{_told(number)}）", remedy="请检查是否多写了位数或单位不对")
    rounded = round(number, kind.decimals) or Decimal(0)
    if rounded != number and abs(rounded - number) < _NEAR:
        return _judged(rounded, kind, note or f"按 {written(rounded)} 读取", remedy or _HARMLESS)
    if kind.kind == "whole" and number != number.to_integral_value():
        return Reading(value=number, fault=f"是小数 {_told(number)}", remedy="这里应填整数", note=note)
    if rounded != number:
        return Reading(
            value=number, fault=f"小数超过 {kind.decimals} 位（{_told(number)}）", remedy="请四舍五入后填写", note=note
        )
    if kind.minimum is not None and number < kind.minimum:
        fault = f"是 {_told(number)}，小于 {written(kind.minimum)}"
        return Reading(value=number, fault=fault, remedy="请检查是否多写了负号", note=note)
    return Reading(value=+rounded, note=note, remedy=remedy)


def _text(value: str, kind: NumberType) -> Reading:
    text = value.translate(_WIDE).strip(_BLANKS)
    if not text:
        return Reading(blank=True)
    if _PLAIN.fullmatch(text) or _THOUSANDS.fullmatch(text):
        number = Decimal(text.replace(",", ""))
        return _judged(number, kind, f"“{shortened(value)}”已按 {written(number)} 读取", _AS_NUMBER)
    if text in _NOTHING:
        return Reading(fault=f"填的是“{shortened(value)}”", remedy="没有的请填 0")
    unit = _WITH_UNIT.fullmatch(text)
    if unit:
        example = f"，例如 {unit[1]}" if len(unit[1]) <= QUOTED else ""
        return Reading(fault=f"“{shortened(value)}”带有单位或文字", remedy=f"请只填数字{example}")
    return Reading(fault=f"“{shortened(value)}”不是数字", remedy="请只填数字，没有的填 0")


def _told(number: Decimal) -> str:
    """A number as a message quotes it."""
    return shortened(written(number))
