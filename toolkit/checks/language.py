"""Chinese running text as the checks see it: normalised, cut into sentences, with the figures in it."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "零〇一二两三四五六七八九十百千万"
_ENDS = re.compile(r"(?<=[。！？；;!?\n])")
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_GAP = re.compile(r"(?<=[^\x00-\x7f])[ \t]+(?=\d)|(?<=\d)[ \t]+(?=[^\x00-\x7f])")
_QUOTED = 80


class Figure(NamedTuple):
    """A number in a sentence with its counting unit; ``start`` and ``end`` are places in the sentence."""

    value: Decimal
    unit: str
    start: int
    end: int


def normal(text: str) -> str:
    """Full-width digits and letters narrowed, thousands marks and blanks around numbers taken out; marks kept."""
    narrow = "".join(unicodedata.normalize("NFKC", c) if c.isalnum() or c in "％．" else c for c in text)
    return _GAP.sub("", _THOUSANDS.sub("", narrow))


@lru_cache(maxsize=2048)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; one that opens with 其中 belongs to the one before."""
    out: list[str] = []
    for part in (piece.strip() for piece in _ENDS.split(normal(text))):
        if out and part.startswith("其中"):
            out[-1] += part
        elif part:
            out.append(part)
    return tuple(out)


def quoted(sentence: str) -> str:
    """A sentence as a message quotes it."""
    short = " ".join(sentence.split())
    return f"“{short[:_QUOTED]}{'…' if len(short) > _QUOTED else ''}”"


def numeral(text: str) -> Decimal | None:
    """``12``, ``3.5``, ``十二``, ``一百零五``, ``两``; None for anything else."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Decimal(text)
    total = part = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            part += (digit or 1) * _UNITS[c]
            digit = 0
        elif c == "万":
            total += (part + digit) * 10_000
            part = digit = 0
        else:
            return None
    return Decimal(total + part + digit) if text else None


@lru_cache(maxsize=64)
def number_pattern(units: tuple[str, ...]) -> str:
    """A regular expression for a figure: groups are the number and its unit."""
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    return rf"(?<![\d.第])(\d+(?:\.\d+)?(?=余?(?:{unit})|[，,；;。、)）占]|$)|[{_NUMERAL}]+(?=(?:{unit})))余?({unit})?"


def figures(sentence: str, units: tuple[str, ...]) -> list[Figure]:
    """Every figure of a sentence that stands with a counting unit, in order."""
    out = []
    for found in re.finditer(number_pattern(units), sentence):
        value = numeral(found[1])
        if value is not None and found[2]:
            out.append(Figure(value, found[2], found.start(1), found.end()))
    return out
