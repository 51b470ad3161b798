"""Chinese running text as the checks see it: normalised, cut into sentences; its figures and its common words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from toolkit.instrument.language import PLAIN_NUMBER

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
#: Other ways to write the characters of numerals: as on cheques, and 20 and 30 in one.
_PLAIN = str.maketrans(
    {**dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟萬", "一二三四五六七八九十百千万", strict=True)), "廿": "二十", "卅": "三十"}
)
_MYRIAD = 10_000
_BEFORE, _BEHIND = 4, 6
#: Words of the dictionary have so many characters.
_SHORTEST, _LONGEST = 2, 4
_QUOTED = 80


def _compiled(told: Mapping[str, str]) -> Mapping[str, re.Pattern[str]]:
    """Patterns by name, each with those before it that it names written out."""
    whole: dict[str, str] = {}
    for name, text in told.items():
        whole[name] = re.sub(r"\{([a-z_]+)\}", lambda other: whole[other[1]], text)
    return {name: re.compile(text) for name, text in whole.items()}


_FILE = Path(__file__).with_name("patterns.toml")
#: The patterns of each module by name.
PATTERNS = {module: _compiled(told) for module, told in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
_SIGNS = PATTERNS["chinese"]


def normalised(text: str) -> str:
    """Full-width digits and letters narrowed, thousands marks and blanks around numbers taken out; marks kept."""
    return _SIGNS["gap"].sub("", _SIGNS["thousands"].sub("", "".join(map(_narrow, text))))


@lru_cache(maxsize=4096)
def _narrow(c: str) -> str:
    """A character as it is usually written, where that is one character too; numbers in circles stay marks."""
    if not (c.isalpha() or c.isdecimal() or c in "％．"):
        return c
    usual = unicodedata.normalize("NFKC", c)
    return usual if len(usual) == 1 else c


@lru_cache(maxsize=256)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; one that opens with 其中 belongs to the one before."""
    out: list[list[str]] = []
    for part in (piece.strip() for piece in _SIGNS["ends"].split(normalised(text))):
        if out and part.startswith("其中"):
            out[-1].append(part)
        elif part:
            out.append([part])
    return tuple("".join(parts) for parts in out)


def quoted(sentence: str) -> str:
    """A sentence as a message quotes it."""
    short = " ".join(sentence[: 4 * _QUOTED].split())
    return f"“{short[:_QUOTED]}{'…' if len(short) > _QUOTED else ''}”"


def numeral(text: str) -> Decimal | None:
    """``12``, ``3.5``, ``1.2万``, ``十二``, ``壹佰零伍``, ``一点五``; None for what is not a well-formed count."""
    digits = text.removesuffix("万")
    if PLAIN_NUMBER.fullmatch(digits):
        return Decimal(digits) * (_MYRIAD if digits != text else 1)
    whole, point, fraction = text.translate(_PLAIN).partition("点")
    value = _written(whole)
    if value is None or not point:
        return value
    places = "".join(str(_DIGITS[c]) for c in fraction) if _SIGNS["fraction"].fullmatch(fraction) else ""
    return Decimal(f"{value}.{places}") if places else None


def _written(text: str) -> Decimal | None:
    """A whole number that is written out."""
    if not _SIGNS["well_formed"].fullmatch(text):
        return None
    total = part = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            part += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            total, part, digit = (part + digit) * _MYRIAD, 0, 0
    return Decimal(total + part + digit)


def is_exact(sentence: str, start: int, end: int) -> bool:
    """Whether the number between two places of a sentence is meant as it stands, not roughly."""
    before, behind = sentence[max(0, start - _BEFORE) : start], sentence[end : end + _BEHIND]
    return not _SIGNS["roughly"].search(before) and not _SIGNS["or_so"].match(behind)


@cache
def beginnings() -> Mapping[str, str]:
    """``会`` to ``议计谈``: what words begin with, and end with; read when the first of them is looked for."""
    text = Path(__file__).with_name("dictionary.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    parts = (entry.partition(" ") for line in lines for entry in line.split("|"))
    return {beginning: last for beginning, _, last in parts}


def is_word(word: str) -> bool:
    """Whether these characters, two to four, are a word."""
    return word[-1:] in beginnings().get(word[:-1], ()) if word else False


def words_until(text: str, end: int) -> Iterator[str]:
    """The words that end before a place of a text."""
    yield from filter(is_word, (text[end - n : end] for n in range(_SHORTEST, _LONGEST + 1) if n <= end))


def words_from(text: str, start: int) -> Iterator[str]:
    """The words that begin at a place of a text."""
    return iter(_beginning(text[start : start + _LONGEST]))


@lru_cache(maxsize=1 << 14)
def _beginning(text: str) -> tuple[str, ...]:
    """The words that a few characters begin with: the same few stand in every report, at nearly every place of it."""
    return tuple(filter(is_word, dict.fromkeys(text[:n] for n in range(_SHORTEST, _LONGEST + 1))))


def words_across(text: str, start: int, end: int) -> Iterator[str]:
    """The words, longer than that, which hold all from a place of a text to another."""
    for first in range(max(0, end - _LONGEST), start + 1):
        parts = (text[first : first + n] for n in range(end - start + 1, _LONGEST + 1) if first + n >= end)
        yield from filter(is_word, dict.fromkeys(parts))
