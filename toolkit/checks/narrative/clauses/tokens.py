"""Cuts a sentence into words: the longest word that is known at each place; what is none is the residue."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from toolkit.checks.narrative.chinese import PATTERNS, is_exact, numeral, words_from
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.language import NUMERALS
from toolkit.instrument.vocabulary import spelled_out

_PLACES = r"万|亿"
_SIGNS = PATTERNS["tokens"]
AREAS = "省市县区州旗镇乡"
#: What governs an area is called so.
_GOVERNMENTS = ("人民政府", "管委会", "管理委员会")
_LONGEST_NAME, _SHORTEST_NAME = 30, 3
#: Before a title: it is what was decided upon (维持我局作出的《…答复书》).
_MADE = ("作出的", "做出的")
_MARKS = "，,；;：:。！？!?（）()\n"
#: Before a written number: some tens, every one.
_MANY = "点数几好每逐同统唯任另哪"
_BEFORE_NO_COUNT = "第〔【[-—–/"


class Kind(StrEnum):
    """What a word does. ``UNKNOWN`` is the residue: with one of these a clause is not understood."""

    FILLER = "filler"  # says nothing about the figure
    THING = "thing"  # says of what is named before it that it is counted; alone, that something else is
    OWN = "own"  # the reporting body
    EACH = "each"  # its parts, all of them
    ANEW = "anew"  # the account goes on with the whole
    ALL = "all"
    WHICH = "which"  # parts follow
    WAY = "way"  # one way by which something comes
    REST = "rest"  # what is left, or comes besides
    EXCEPT = "except"
    JOIN = "join"
    NO = "no"
    CAUSE = "cause"
    TIMELY = "timely"
    CHANGE = "change"
    ROUGH = "rough"
    ANYONE = "anyone"  # whoever it may be
    SOMEONE = "someone"  # said of anyone, or only of natural persons
    SOME_OF_YEAR = "period"  # another time than the reporting year
    YEAR = "year"
    THEME = "theme"  # the business as a whole
    OBJECT = "object"
    BRIEF = "brief"
    ACT = "act"
    COLUMN = "column"
    LABEL = "label"
    NUMBER = "number"
    PERCENT = "percent"
    MARK = "mark"
    UNKNOWN = "unknown"


class Token(NamedTuple):
    """A word of a sentence; ``name`` is what the form or the year calls it, ``value`` a number with its ``unit``."""

    kind: Kind
    word: str
    start: int
    name: str = ""
    value: Decimal = Decimal(0)
    unit: str = ""
    exact: bool = True

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + len(self.word)


class Dictionary(NamedTuple):
    """Words; lengths of those that begin with two characters, longest first; phrases, numbers; signs of a figure."""

    words: Mapping[str, tuple[Kind, str]]
    lengths: Mapping[str, tuple[int, ...]]
    phrases: re.Pattern[str]
    number: re.Pattern[str]
    told: re.Pattern[str]


@cache
def general_words() -> tuple[Mapping[str, tuple[Kind, str]], re.Pattern[str]]:
    """Every word of ``general.toml`` with what it does and, for a year, its distance; its phrases in groups by kind."""
    listed = tomllib.loads(Path(__file__).with_name("general.toml").read_text(encoding="utf-8"))
    phrases = listed.pop("phrases")
    begin = phrases.pop("begin")  # so that nothing is tried where no phrase begins
    groups = "|".join(f"(?P<{kind}>{'|'.join(several)})" for kind, several in phrases.items())
    years = listed.pop(Kind.YEAR)
    out: dict[str, tuple[Kind, str]] = {}
    for kind, written in listed.items():
        out |= dict.fromkeys(chain.from_iterable(map(spelled_out, written.split())), (Kind(kind), ""))
    for distance, written in years.items():
        out |= dict.fromkeys(written.split(), (Kind.YEAR, distance))
    out.pop("", None)
    return out, re.compile(f"(?={begin})(?:{groups})")


@lru_cache(maxsize=8)
def dictionary(instrument: Instrument) -> Dictionary:
    """The form's words before those of any report."""
    own, (general, phrases) = instrument.language.vocabulary.words, general_words()
    kinds = {one: (Kind(one.kind), one.name) for one in set(own.values())}
    words = {**general, **{word: kinds[one] for word, one in own.items()}}
    lengths: dict[str, set[int]] = {}
    for first, length in {(word[:2], len(word)) for word in words}:
        lengths.setdefault(first, set()).add(length)
    units = "|".join(sorted(map(re.escape, instrument.language.units), key=len, reverse=True))
    written = rf"\d{{1,15}}(?:\.\d{{1,6}})?(?![\d.])|[{NUMERALS}]{{1,20}}(?:点[{NUMERALS}]{{1,6}})?"
    counted = rf"(?P<pc>%|％|个百分点)|(?P<unit>{units})"
    number = rf"(?P<n>{written})(?P<big>{_PLACES})?[余多来几]?(?:(?<!万)(?:{_PLACES}))?(?:{counted})?"
    also = {start: {1} if start[0] in words else set() for start in lengths}
    longest_first = {start: tuple(sorted(several | also[start], reverse=True)) for start, several in lengths.items()}
    few = {word for word, (kind, _) in words.items() if kind in {Kind.NO, Kind.ALL}} | {"已"}
    shortest = sorted(one for one in few if not any(other in one for other in few - {one}))
    told = rf"\d|[{NUMERALS}余多来几万亿](?:%|％|个百分点|{units})|{'|'.join(shortest)}"
    return Dictionary(words, longest_first, phrases, re.compile(number), re.compile(told))


@lru_cache(maxsize=64)
def names_of(body: str) -> Mapping[str, tuple[str, ...]]:
    """A body's name and the ends of it that name it too, by their beginning: 教育局, 县政府 of 某某县人民政府."""
    known = ends_of(body)
    out: set[str] = set()
    house = body.removesuffix("办公室") + "办公室" if "政府" in body else body
    for name in {body, house, house.replace("人民政府", "政府")}:
        out |= {name[start:end] for end in range(len(name) + 1) if name[end - 1 : end] in known for start in range(end)}
    names = sorted((one for one in out if _SHORTEST_NAME <= len(one) <= _LONGEST_NAME), key=len, reverse=True)
    return {start: tuple(one for one in names if one.startswith(start)) for start in {one[:3] for one in names}}


def ends_of(body: str) -> str:
    """The last characters of what a body is called for short."""
    return body[-1:] + ("府办室" + area_of(body) if "政府" in body else "") + ("道街办" if "街道" in body else "")


@lru_cache(maxsize=4096)
def tokens(instrument: Instrument, sentence: str, year: str = "", body: str = "") -> tuple[Token, ...]:
    """The words of a sentence, in order, each character in one.

    ``year`` is the reporting year, ``body`` who reports; both may be empty.
    """
    known, names = dictionary(instrument), names_of(body)
    out: list[Token] = []
    at = read = 0
    while at < len(sentence):
        c, one = sentence[at], None
        if several := names.get(sentence[at : at + _SHORTEST_NAME]):
            one = next((Token(Kind.OWN, name, at) for name in several if sentence[at : at + len(name)] == name), None)
        if one is None and c in "2自":
            one = _year(sentence, at, year)
        if one is None and (phrase := known.phrases.match(sentence, at)):
            one = Token(Kind(phrase.lastgroup or ""), phrase[0], at)
        if one is None and (c in NUMERALS or c.isdigit()):
            one = _number(known, sentence, at)
        one = one or _word(known, sentence, at)
        if one is None or (one.word == c and one.kind is not Kind.MARK):
            one = _common(known, sentence, at) or one
        at = one.end if one else at + 1
        if one and one.kind is not Kind.UNKNOWN:
            out += [Token(Kind.UNKNOWN, sentence[read : one.start], read)] * (read < one.start)
            out.append(one)
            read = at
    return (*out, Token(Kind.UNKNOWN, sentence[read:], read)) if read < at else tuple(out)


def counts(words: Iterable[Token]) -> list[Token]:
    """The figures among them that stand with a counting unit."""
    return [one for one in words if one.kind is Kind.NUMBER and one.unit]


def _year(sentence: str, at: int, year: str) -> Token | None:
    """A year, or since when something is."""
    if since := _SIGNS["since"].match(sentence, at):
        whole = since[1] == year and since[2] in {None, "1月", "1月1日"}
        return Token(Kind.YEAR if whole else Kind.SOME_OF_YEAR, since[0], at, "0")
    if (found := _SIGNS["year"].match(sentence, at)) and not _SIGNS["span"].match(sentence, found.end()):
        return Token(Kind.YEAR, found[0], at, str(int(found[1]) - int(year)) if year else "0")
    return None


def _number(known: Dictionary, sentence: str, at: int) -> Token | None:
    """A count, a percentage, or a number that counts nothing here (which is residue)."""
    found = known.number.match(sentence, at)
    digits = sentence[at].isdigit()
    if found is None or (at and sentence[at - 1] in _BEFORE_NO_COUNT):
        found_digits = _SIGNS["no_count"].match(sentence, at) if digits else None
        return Token(Kind.UNKNOWN, found_digits[0], at) if found_digits else None
    value = numeral(found["n"] + (found["big"] if digits and found["big"] == "万" else ""))
    if found["pc"] and value is not None:
        return Token(Kind.PERCENT, found[0], at, value=value)
    unit = found["unit"] or ""
    if not unit and (not digits or found["big"] or not _SIGNS["at_end"].match(sentence, found.end())):
        return Token(Kind.UNKNOWN, found[0], at) if digits else None
    if value is None or (not digits and at and sentence[at - 1] in _MANY):
        return Token(Kind.UNKNOWN, found[0], at)
    exact = is_exact(sentence, at, found.end("n")) and not found["big"]
    return Token(Kind.NUMBER, found[0], at, value=value, unit=unit, exact=exact)


def _word(known: Dictionary, sentence: str, at: int) -> Token | None:
    c = sentence[at]
    if c in _MARKS:
        return Token(Kind.MARK, c, at)
    if c == "《" and (title := _SIGNS["title"].match(sentence, at)):
        return Token(Kind.FILLER if sentence[max(0, at - 3) : at] in _MADE else Kind.UNKNOWN, title[0], at)
    if word := _listed(known, sentence, at):
        return Token(known.words[word][0], word, at, known.words[word][1])
    return Token(Kind.FILLER, c, at) if c.isspace() else None


def _listed(known: Dictionary, sentence: str, at: int) -> str:
    """The longest listed word that begins here, if any; not torn from the next one: 公开|办理, not 公开办|理."""
    for length in known.lengths.get(sentence[at : at + 2]) or known.lengths.get(sentence[at : at + 1], ()):
        if (word := sentence[at : at + length]) in known.words:
            end = at + length
            torn = word[:-1] in known.words and not _listed(known, sentence, end) and _listed(known, sentence, end - 1)
            return word[:-1] if torn and torn[1:] else word
    return ""


def _common(known: Dictionary, sentence: str, at: int) -> Token | None:
    """A word of everyday language, so that nothing in it is one of its own (约 of 集约); no listed word goes beyond."""
    for word in words_from(sentence, at):
        end = at + len(word)
        if not any(place + len(_listed(known, sentence, place)) > end for place in range(at + 1, end)):
            return Token(Kind.UNKNOWN, word, at)
    return None


def area_of(body: str) -> str:
    """What a government governs, as its name says: 镇 of …区…镇人民政府; empty for other bodies."""
    name, government, _ = next((parts for end in _GOVERNMENTS if (parts := body.partition(end))[1]), (body, "", ""))
    return next((c for c in reversed(name) if c in AREAS), "") if government or name[-1:] in AREAS else ""
