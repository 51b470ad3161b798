"""Cuts a sentence into words: the longest word that is known at each place; what is none is the residue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from toolkit.checks.narrative.chinese import is_exact, numeral
from toolkit.checks.narrative.clauses.lexicon import Kind, general_words
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.language import NUMERALS

_PLACES = r"万|亿"
_OF_YEAR = re.compile(
    r"20\d\d年?[-—–~至到]20\d\d年|\d{1,2}月?[-—–~至到]\d{1,2}月份?|第?[一二三四1-4]、?[一二三四1-4]?季度|"
    r"\d{1,2}月(?:\d{1,2}日)?(?:起|份|前|后|以后|以前|以来|开始)?|近?[两二三四五六七八九十\d]{1,3}年[来内间以]"
)
_WHOLE_YEAR = re.compile(r"1月1日(?:起)?|12月31日(?:前|止)?|12月底?|0?1月?[-—–~至到]12月份?")
_YEAR = re.compile(r"(20\d\d)(?:年度|年内|年|(?=全年))")
#: Since when: all of the year that it names, or more than one.
_SINCE = re.compile(r"自?(20\d\d)年(\d{1,2}月(?:\d{1,2}日)?)?(?:以来|起|开始)")
_TIME = re.compile(r"(?:法定)?[\d一二三四五六七八九十]{1,4}个?工作日(?:的)?(?:期限|时限)?[之以]?内?")
AREAS = "省市县区州旗镇乡"
_LONGEST_NAME, _SHORTEST_NAME = 30, 3
_DATED = ((Kind.TIMELY, _TIME), (Kind.FILLER, _WHOLE_YEAR), (Kind.SOME_OF_YEAR, _OF_YEAR))
#: By all ways or about all matters, or so many that some are only named (共收到涉及 A、B 等领域的申请).
_ANY = re.compile(
    r"(?:通过|以|采取|利用|依托|经由|经)(?:[^，,。；;：:（）()\d]{1,40}?(?:等|[两三四五六七八]种)|各种|各类|多种|多|各)(?:线上线下|线上|线下|多种|各种|各类|不同|多)?"
    r"(?:渠道|方式|途径|形式|载体|平台)"
    r"|(?<=收到|受理|接到|接收)(?:(?<=共..)(?=[^，。]{1,40}等)|(?=[^，,。；;\d]{1,60}共\d))(?:涉及|关于|有关|针对|围绕|要求)"
    r"[^，,。；;：:（）()\d]{1,40}?(?:领域|方面|内容|信息|事项|类别|类|问题)的?(?!公开)"
)
_NO_COUNT = re.compile(r"\d{1,40}(?:\.\d{1,40})?")
_TITLE = re.compile(r"《[^《》\n]{0,120}》")
#: Before a title: it is what was decided upon (维持我局作出的《…答复书》).
_MADE = ("作出的", "做出的")
_MARKS = "，,；;：:。！？!?（）()\n"
_AT_END = re.compile(r"[，,；;：:。！？!?（）()、占\n]|$")
#: Before a written number: some tens, every one.
_MANY = "点数几好每逐同统唯任另哪"
_BEFORE_NO_COUNT = "第〔【[-—–/"


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
    """What each word is; how long the words are that begin with a character, the longest first; numbers."""

    words: Mapping[str, tuple[Kind, str]]
    lengths: Mapping[str, tuple[int, ...]]
    number: re.Pattern[str]


@lru_cache(maxsize=8)
def dictionary(instrument: Instrument) -> Dictionary:
    """The form's words before those of any report."""
    form = {word: (Kind(one.kind), one.name) for word, one in instrument.language.vocabulary.words.items()}
    words = {**general_words(), **form}
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    units = "|".join(sorted(map(re.escape, instrument.language.units), key=len, reverse=True))
    written = rf"\d{{1,15}}(?:\.\d{{1,6}})?(?![\d.])|[{NUMERALS}]{{1,20}}(?:点[{NUMERALS}]{{1,6}})?"
    counted = rf"(?P<pc>%|％|个百分点)|(?P<unit>{units})"
    number = rf"(?P<n>{written})(?P<big>{_PLACES})?[余多来几]?(?:{_PLACES})?(?:{counted})?"
    longest_first = {c: tuple(sorted(several, reverse=True)) for c, several in lengths.items()}
    return Dictionary(words, longest_first, re.compile(number))


@lru_cache(maxsize=64)
def names_of(body: str) -> frozenset[str]:
    """A body's name and the ends of it that name it too: 教育局, 安镇街道, 县政府 (or its 办公室) of 某某县人民政府."""
    known = ends_of(body)
    out: set[str] = set()
    house = body.removesuffix("办公室") + "办公室" if "政府" in body else body
    for name in {body, house, house.replace("人民政府", "政府")}:
        out |= {name[start:end] for end in range(len(name) + 1) if name[end - 1 : end] in known for start in range(end)}
    return frozenset(one for one in out if len(one) >= _SHORTEST_NAME)


def ends_of(body: str) -> str:
    """The last characters of what a body is called for short."""
    return body[-1:] + ("府办室" + area_of(body) if "政府" in body else "") + ("道街办" if "街道" in body else "")


@lru_cache(maxsize=1024)
def tokens(instrument: Instrument, sentence: str, year: str = "", body: str = "") -> tuple[Token, ...]:
    """The words of a sentence, in order, each character in one.

    ``year`` is the reporting year, ``body`` who reports; both may be empty.
    """
    known, names = dictionary(instrument), names_of(body)
    out: list[Token] = []
    at = 0
    while at < len(sentence):
        one = _name(names, sentence, at, len(body) + 3) or _phrase(sentence, at, year)
        one = one or _number(known, sentence, at) or _word(known, sentence, at)
        if one.kind is Kind.UNKNOWN and out and out[-1].kind is Kind.UNKNOWN:
            out[-1] = out[-1]._replace(word=out[-1].word + one.word)
        else:
            out.append(one)
        at = one.end
    return tuple(out)


def counts(words: Iterable[Token]) -> list[Token]:
    """The figures among them that stand with a counting unit."""
    return [one for one in words if one.kind is Kind.NUMBER and one.unit]


def _name(names: frozenset[str], sentence: str, at: int, longest: int) -> Token | None:
    """The body's own name, or an end of it."""
    lengths = range(min(longest, _LONGEST_NAME), _SHORTEST_NAME - 1, -1)
    length = next((one for one in lengths if sentence[at : at + one] in names), 0)
    return Token(Kind.OWN, sentence[at : at + length], at) if length else None


def _phrase(sentence: str, at: int, year: str) -> Token | None:
    """A year, a day, a part of the year; or all the ways by which something comes."""
    c = sentence[at]
    if c in "通以采利依经涉关有针围要" and (found := _ANY.match(sentence, at)):
        return Token(Kind.FILLER, found[0], at)
    if not (c.isdigit() or c in "自第法近一二两三四五六七八九十"):
        return None
    if since := _SINCE.match(sentence, at):
        whole = since[1] == year and since[2] in {None, "1月", "1月1日"}
        return Token(Kind.YEAR if whole else Kind.SOME_OF_YEAR, since[0], at, "0")
    for kind, pattern in _DATED:
        if found := pattern.match(sentence, at):
            return Token(kind, found[0], at)
    if found := _YEAR.match(sentence, at):
        return Token(Kind.YEAR, found[0], at, str(int(found[1]) - int(year)) if year else "0")
    return None


def _number(known: Dictionary, sentence: str, at: int) -> Token | None:
    """A count, a percentage, or a number that counts nothing here (which is residue)."""
    found = known.number.match(sentence, at)
    digits = sentence[at].isdigit()
    if found is None or (at and sentence[at - 1] in _BEFORE_NO_COUNT):
        found_digits = _NO_COUNT.match(sentence, at) if digits else None
        return Token(Kind.UNKNOWN, found_digits[0], at) if found_digits else None
    value = numeral(found["n"] + (found["big"] if digits and found["big"] == "万" else ""))
    if found["pc"] and value is not None:
        return Token(Kind.PERCENT, found[0], at, value=value)
    unit = found["unit"] or ""
    if not unit and (not digits or found["big"] or not _AT_END.match(sentence, found.end())):
        return Token(Kind.UNKNOWN, found[0], at) if digits else None
    if value is None or (not digits and at and sentence[at - 1] in _MANY):
        return Token(Kind.UNKNOWN, found[0], at)
    exact = is_exact(sentence, at, found.end("n")) and not found["big"]
    return Token(Kind.NUMBER, found[0], at, value=value, unit=unit, exact=exact)


def _word(known: Dictionary, sentence: str, at: int) -> Token:
    c = sentence[at]
    if c in _MARKS:
        return Token(Kind.MARK, c, at)
    if c == "《" and (title := _TITLE.match(sentence, at)):
        return Token(Kind.FILLER if sentence[max(0, at - 3) : at] in _MADE else Kind.UNKNOWN, title[0], at)
    for length in known.lengths.get(c, ()):
        what = known.words.get(sentence[at : at + length])
        if what is not None:
            return Token(what[0], sentence[at : at + length], at, what[1])
    return Token(Kind.FILLER if c.isspace() else Kind.UNKNOWN, c, at)


def area_of(body: str) -> str:
    """What a government governs, as its name says: 镇 of …区…镇人民政府; empty for other bodies."""
    name, government, _ = body.partition("人民政府")
    return next((c for c in reversed(name) if c in AREAS), "") if government or name[-1:] in AREAS else ""
