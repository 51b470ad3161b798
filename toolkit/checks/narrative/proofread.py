"""Finds slips of typing in a text: doubled characters, brackets, numbering, punctuation, characters a font lacks.

A doubled character is told only where no words explain it: a seam of two (会议|议题), or one that holds it (层层).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.checks.narrative.chinese import numeral
from toolkit.checks.narrative.dictionary import is_word, words_across, words_from, words_until
from toolkit.checks.narrative.remark import Remark
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.language import Language
from toolkit.model.returns import Submission
from toolkit.model.rule import TextRule

_CJK = r"[\u4e00-\u9fff]"
_CHARACTER = re.compile(_CJK)
_DOUBLED = re.compile(rf"({_CJK})\1")
_TWICE = re.compile(rf"({_CJK}{{2}})\1")
_PHRASE = re.compile(rf"({_CJK}{{3,12}})\1")
#: A body called by one character, where its own name or one of these stands before it: 我局|局长, 教育局|局党组.
_BODIES = frozenset("局县市区省镇乡村院校厅部委办处科室所站馆会街")
_EACH = frozenset("我本全各该每两")
_OF_A_BODY = re.compile(
    r"务会|党组|党委|党工委|领导|班子|机关|属|直|管|级|办公室|主要|分管|内|里|外|志|情|史|域|界|民|长|委员|委会"
)
#: A word of one character that may stand before any other word.
_PARTICLES = frozenset("了在和与对为以由从中上下到将把是有要可等让使")
_HALF = re.compile(rf"(?<={_CJK})[,;:?!](?={_CJK})|(?<={_CJK})\.(?=\s{{0,20}}{_CJK})")
#: A line may end with a mark that announces or separates lines, the text may not.
_STRAY = re.compile(r"[，。；、：！？]{2,20}|[，、]$|[；：]\Z|^[，。；、]", re.MULTILINE)
_MARKS = {1: re.compile(r"（([一二三四五六七八九十]{1,3})）"), 2: re.compile(r"\(([一二三四五六七八九十]{1,3})\)")}
_NUMBERED = re.compile("|".join(pattern.pattern for pattern in _MARKS.values()))
_PAIRS = {"（": "）", "(": ")", "“": "”", "《": "》", "〔": "〕", "[": "]", "【": "】"}
_OPENINGS = {closing: opening for opening, closing in _PAIRS.items()}
#: ``1）``, ``a)`` and ``三）`` at the beginning of what they number.
_MARKED = re.compile(r"(?:^|(?<=[。；;：:，,、\s]))[0-9A-Za-z一二三四五六七八九十]{1,3}[）)]$")
_SHOWN = 4
_AROUND = 4


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of slip with the places where it stands, as quoted."""

    kind: str
    places: tuple[str, ...]
    remedy: str

    @property
    def words(self) -> str:
        """One line."""
        listed = "、".join(f"“{place}”" for place in dict.fromkeys(self.places[:_SHOWN]))
        many = f"等 {len(self.places)} 处" if len(self.places) > _SHOWN else ""
        return f"{self.kind}：{listed}{many}"


def doubled(text: str, language: Language) -> Iterator[Slip]:
    """``办公室室``: a character twice that no word explains; ``资料资料``, ``领导小组领导小组``: words twice."""
    right = language.doubled_right
    places = [_around(text, m.start(), m.end()) for m in _DOUBLED.finditer(text) if not _explained(text, m, right)]
    if places:
        yield Slip("重复的字", tuple(places), "请删去多余的字")
    words = [m[0] for m in _TWICE.finditer(text) if is_word(m[1]) and not _explained_words(text, m, right)]
    phrases = [m[0] for m in _PHRASE.finditer(text)]
    if words or phrases:
        yield Slip("重复的词语", (*words, *phrases), "请删去重复的部分")


def _explained(text: str, found: re.Match[str], listed: Sequence[str]) -> bool:
    """Whether a doubled character is right: the seam of two words, or a word in which it stands twice."""
    at, end = found.span()
    c, before, behind = text[at], text[max(0, at - 1) : at], next(words_from(text, at + 1), "")
    left = next(words_until(text, at + 1), "")
    if left and behind:
        return True
    # 一步步, but not 进一步步.
    if any(not is_word(text[at - 2 : at + 1]) or word[0] != before for word in words_across(text, at, end)):
        return True
    if c in _BODIES and (_OF_A_BODY.match(text, end) or (behind and before in _EACH)):
        return True
    if (c in _PARTICLES and behind) or _listed(text, at, end, listed):
        return True
    # 人人有责, but not 申请人人 or 人人民; and never behind a figure: 3条条.
    twice = found[0] in listed or is_word(found[0])
    return twice and not left and not behind and not before.isdecimal()


def _explained_words(text: str, found: re.Match[str], listed: Sequence[str]) -> bool:
    """Whether two characters are right twice: 一件一件, 研究研究 as the form lists it, 会议|会议室."""
    start, end = found.span()
    middle = end - len(found[1])
    if text[start] in {"一", text[start + 1]}:
        return True
    return any(len(word) > len(found[1]) for word in words_from(text, middle)) or _listed(text, start, end, listed)


def _listed(text: str, start: int, end: int, words: Sequence[str]) -> bool:
    """Whether one of these words, longer than two characters, stands across the places."""
    return any(
        word in text[max(0, start - len(word) + 1) : end + len(word) - 1]
        for word in words
        if text[start] in word and word[2:]
    )


def brackets(text: str, _language: Language) -> Iterator[Slip]:
    """Numbering in two kinds of brackets, and brackets that do not pair or pair with one of another width."""
    full, half = ([m[0] for m in pattern.finditer(text)] for pattern in _MARKS.values())
    if full and half:
        fewer = half if len(half) <= len(full) else full
        yield Slip("序号的括号全角、半角混用", tuple(fewer), "请统一用全角括号（一）")
    odd, mixed = _unpaired(text)
    if mixed:
        yield Slip("一对括号全角、半角混用", _quoted(text, mixed), "请统一用全角括号")
    if odd:
        yield Slip("括号或引号不成对", _quoted(text, odd), "请补上或删去")


def _unpaired(text: str) -> tuple[list[int], list[int]]:
    """Where brackets stand that do not pair, and those that close one of another width."""
    stack: list[tuple[str, int]] = []
    odd: list[int] = []
    mixed: list[int] = []
    for i, c in enumerate(text):
        if c in _PAIRS:
            stack.append((c, i))
        elif c in _OPENINGS:
            if stack and _round(stack[-1][0]) == _round(_OPENINGS[c]):
                opening, _ = stack.pop()
                mixed += [i] if opening != _OPENINGS[c] else []
            elif not _MARKED.search(text, max(0, i - _AROUND), i + 1):
                odd.append(i)
    return [*odd, *(i for _, i in stack)], mixed


def _round(c: str) -> str:
    return unicodedata.normalize("NFKC", c)


def _quoted(text: str, places: Iterable[int]) -> tuple[str, ...]:
    return tuple(_around(text, i, i + 1) for i in places)


def numbering(text: str, _language: Language) -> Iterator[Slip]:
    """``（一）（二）（四）``, or a number twice."""
    found = [(m.start(), m[1] or m[2]) for m in _NUMBERED.finditer(text)]
    heads = [(at, mark) for at, mark in found if at == 0 or text[at - 1] in "。；;\n ：:，、"]
    faults, expected = [], 1
    for _, mark in heads:
        number = int(numeral(mark) or 0)
        if number == 1:
            expected = 1
        if number != expected and expected > 1:
            faults.append(f"（{mark}）")
        expected = number + 1
    if faults:
        yield Slip("序号跳号或重号", tuple(faults), "请按顺序编号")


def punctuation(text: str, _language: Language) -> Iterator[Slip]:
    """Half-width marks between Chinese characters, and marks that stray."""
    half = [_around(text, m.start(), m.end()) for m in _HALF.finditer(text)]
    if half:
        yield Slip("中文里用了半角标点", tuple(half), "请改成全角标点")
    stray = [_around(text, m.start(), m.end()) for m in _STRAY.finditer(text)]
    if stray:
        yield Slip("多余或重复的标点", tuple(stray), "请删去多余的标点")


def rare(text: str, _language: Language) -> Iterator[Slip]:
    """Characters that 仿宋_GB2312 (GB/T 2312-1980) does not have: they print in another font or not at all."""
    found = [c for c in dict.fromkeys(text) if _CHARACTER.match(c) and not c.encode("gb2312", "ignore")]
    if found:
        yield Slip("仿宋_GB2312 没有的字", tuple(found), "请核对是否错字；确有其字的，排版时换用其他字体")


SLIPS: Mapping[str, Callable[[str, Language], Iterator[Slip]]] = {
    "doubled": doubled,
    "brackets": brackets,
    "numbering": numbering,
    "punctuation": punctuation,
    "rare": rare,
}


def slips(text: str, language: Language) -> list[Slip]:
    """Every slip of every kind in a text."""
    return [slip for find in SLIPS.values() for slip in find(text, language)]


def read_typing(instrument: Instrument, submission: Submission, rule: TextRule) -> Iterator[Remark]:
    """Slips of the pen, a line a kind and text."""
    content = submission.content
    for name in rule.texts or tuple(content.texts):
        for slip in slips(content.texts.get(name, ""), instrument.language):
            yield Remark(rule=rule.id, text=name, message=slip.words, remedy=slip.remedy)


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - _AROUND) : end + _AROUND].split())
