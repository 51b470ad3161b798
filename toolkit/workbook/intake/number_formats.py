"""What a cell shows under its number format: the figure that a person signs, which need not be the one it holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from toolkit.model.codes import Code
from toolkit.model.flat import FlatStyle
from toolkit.rules.expression import COMPARED
from toolkit.text import shortened, typed, written
from toolkit.workbook.intake.refusals import refusal
from toolkit.workbook.intake.xml import MAIN

#: One piece of a format: words in quotes, an escaped sign, a gap, something in brackets, a whole number, a sign.
_PIECE = re.compile(r'(?i)"[^"]*"?|[\\!].|[_*].|\[[^\[\]]*\]|General|G/通用格式|.', re.DOTALL)
_DAY = re.compile(r"(?i)[ymdhsg]|年|月|日|a{3}|b{2}|e(?![+-])")
_ELAPSED = re.compile(r"(?i)\[(h+|m+|s+)\]")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*([+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\]")
_SCALING = re.compile(r"[0#?](,+)(?:\.|$)")
_FIGURE = re.compile(r"(?:^-)?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_NO_FIGURE = re.compile(r"(?!^-)[^0-9.]")
_PLACES, _WHOLE = "0#?", "\0"  # the second stands for General, the number as it is
_POINTS = str.maketrans("·。﹒", "...")
_WIDE = Context(prec=1000, rounding=ROUND_HALF_UP)
#: Characters of a number format in Excel.
MAX_FORMAT = 255
#: What the file format calls true.
TRUE = ("1", "true")
#: The formats that have a number but no text in the file; 5 to 8, 27 to 44 and 50 to 58 as a Chinese Excel shows them.
BUILTIN: Mapping[str, str] = {
    number: shown
    for line in Path(__file__).with_name("number_formats.txt").read_text(encoding="utf-8").split("\n")
    for numbers, _, shown in [line.partition(" ")]
    for number in numbers.split(",")
    if number
}


def read_styles(root: Element | None) -> tuple[FlatStyle, ...]:
    """Resolve lock and number format of every cell style, in the order cells count them."""
    if root is None:
        return (FlatStyle(),)
    formats = {e.get("numFmtId"): e.get("formatCode", "") for e in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")}
    for code in formats.values():
        if len(code) > MAX_FORMAT:
            raise refusal(Code.FILE_43, f"格式“{shortened(code)}”")
    found = []
    for style in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf"):
        protection, number = style.find(MAIN + "protection"), style.get("numFmtId", "0")
        locked = protection is None or protection.get("locked", "1") in TRUE
        found.append(FlatStyle(locked, formats.get(number) or BUILTIN.get(number, "General")))
    return tuple(found) or (FlatStyle(),)


class FormatSection(NamedTuple):
    """One part of a number format: its signs in order, each with whether it is written as it stands."""

    signs: tuple[tuple[str, bool], ...]
    elapsed: bool
    condition: tuple[str, Decimal] | None

    @property
    def shape(self) -> str:
        """Without what is written as it stands."""
        return "".join(sign for sign, literal in self.signs if not literal)

    @property
    def kind(self) -> str:
        """``date``, ``percentage``, or ``number``."""
        if self.elapsed or (_WHOLE not in self.shape and _DAY.search(self.shape)):
            return "date"
        return "percentage" if "%" in self.shape else "number"


@lru_cache(maxsize=256)
def _sections(number_format: str) -> tuple[FormatSection, ...]:
    parts: list[list[str]] = [[]]
    for piece in _PIECE.findall(number_format):
        if piece == ";":
            parts.append([])
        else:
            parts[-1].append(piece)
    return tuple(map(_section, parts))


def _section(pieces: list[str]) -> FormatSection:
    signs: list[tuple[str, bool]] = []
    for piece in pieces:
        if piece[0] == '"':
            signs += ((sign, True) for sign in piece.strip('"'))
        elif piece[0] in "\\!" and piece[1:]:
            signs.append((piece[1], True))
        elif piece.startswith("[$"):
            signs += ((sign, True) for sign in piece[2:-1].partition("-")[0])
        elif len(piece) > len("[]") and piece[0] != "[":
            signs.append((_WHOLE, False))
        elif len(piece) == 1:
            signs.append((piece, piece in "123456789"))
    found = next(filter(None, map(_CONDITION.fullmatch, pieces)), None)
    condition = (found[1], Decimal(found[2])) if found else None
    return FormatSection(tuple(signs), any(map(_ELAPSED.fullmatch, pieces)), condition)


def section_for(number_format: str, value: float) -> FormatSection:
    """The part of a format that a number is shown under."""
    sections = _sections(number_format)[:3]
    first, second = sections[0], sections[1] if len(sections) > 1 else sections[0]
    if first.condition or second.condition:
        told = ((one, *one.condition) for one in (first, second) if one.condition)
        met = (one for one, sign, limit in told if COMPARED[sign](typed(value), limit))
        return next(met, sections[-1] if second.condition else second)
    if len(sections) == 1 or value > 0:
        return first
    return second if value < 0 else sections[2] if len(sections) == 3 else first  # noqa: PLR2004 - plus, minus, zero


def shown_as(number_format: str, value: float) -> str | None:
    """What a number looks like where that is another figure than it is, be it only rounded; None where it is itself."""
    section, number = section_for(number_format, value), typed(value)
    if section.kind == "percentage":
        return f"{written(number.scaleb(2))}%"
    return "（日期或时间）" if section.kind == "date" else misleading(section, value, rounded=False)


def misleading(section: FormatSection, value: float, *, rounded: bool = True) -> str | None:
    """What the cell shows, if no figure in it is the number it holds; None where it is, ``rounded`` or not.

    A unit, separators, signs for a zero and the brackets of a negative number mislead nobody.
    """
    shape = section.shape
    places = [sign for sign in shape if sign in _PLACES]
    if "@" in shape or (places and ("/" in shape or "E" in shape.upper())):
        return None
    number = typed(value)
    decimals = sum(sign in _PLACES for sign in shape.partition(".")[2])
    due = _rounded(number, decimals) if places and rounded else number
    seen = _displayed(section, number, decimals)
    plain = unicodedata.normalize("NFKC", seen).translate(_POINTS).replace(",", "").strip()
    figures = [Decimal(one) for one in _FIGURE.findall(plain)]
    alone = _NO_FIGURE.sub("", plain)
    if _FIGURE.fullmatch(alone):
        figures.append(Decimal(alone))
    if due in figures or (due < 0 and -due in figures) or (not figures and not due):
        return None
    return seen


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), context=_WIDE)


def _displayed(section: FormatSection, number: Decimal, decimals: int) -> str:
    """The text of a cell: digits from the point outwards, what is written as it stands between them."""
    layout = "".join(sign for sign in section.shape if sign in "0#?,.")
    scaling = _SCALING.search(layout)
    scaled = abs(number).scaleb(-3 * len(scaling[1])) if scaling else abs(number)
    whole, _, fraction = f"{_rounded(scaled, decimals):f}".partition(".")
    whole = f"{int(whole):,}" if re.search(r"[0#?],[0#?]", layout) else whole.lstrip("0")
    point = section.signs.index((".", False)) if (".", False) in section.signs else len(section.signs)
    before, after = section.signs[:point], section.signs[point:]
    places = sum(sign in _PLACES and not literal for sign, literal in before)
    left = max(0, places - 1)  # places right of the first one, which takes what is left
    out = []
    for sign, literal in before:
        if literal or sign not in _PLACES + ",":
            out.append(written(abs(number)) if sign == _WHOLE else sign)
        elif sign != ",":
            cut = len(whole) - left
            out.append(whole[: max(cut, 0)] or ("0" if sign == "0" else ""))
            whole, left = whole[max(cut, 0) :], left - 1
    out.append(whole if decimals else "")
    for place, literal in after:
        if literal or place not in _PLACES + ",":
            out.append(place)
        elif place != ",":
            out.append(fraction[:1])
            fraction = fraction[1:]
    return "".join(out)
