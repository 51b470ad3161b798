"""Finds slips of typing in a text: doubled characters, brackets, numbering, punctuation, characters a font lacks.

A doubled character is told only where no words explain it: a seam of two (会议|议题), or one that holds it (层层).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from toolkit.checks.narrative.chinese import PATTERNS, is_word, numeral, words_across, words_from, words_until
from toolkit.checks.narrative.remark import Passage, Remark
from toolkit.instrument.language import Language

_SIGNS = PATTERNS["proofread"]
_PAIRS = {"（": "）", "(": ")", "“": "”", "《": "》", "〔": "〕", "[": "]", "【": "】"}
_ALIKE = frozenset({"()", "“”", "《》", "〔〕", "[]", "【】"})
_OPENINGS = {closing: opening for opening, closing in _PAIRS.items()}
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


def _doubled(text: str, language: Language) -> list[str]:
    """``办公室室``: a character twice that no word explains."""
    right = language.doubled_right
    return [_around(text, *m.span()) for m in _SIGNS["doubled"].finditer(text) if not _explained(text, m, right)]


def _repeated(text: str, language: Language) -> list[str]:
    """``资料资料``, ``领导小组领导小组``: words twice."""
    right = language.doubled_right
    words = [m[0] for m in _SIGNS["twice"].finditer(text) if is_word(m[1]) and not _explained_words(text, m, right)]
    return [*words, *(m[0] for m in _SIGNS["phrase"].finditer(text))]


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
    if _SIGNS["body"].match(c) and (_SIGNS["of_a_body"].match(text, end) or (behind and _SIGNS["each"].match(before))):
        return True
    if (behind and _SIGNS["particle"].match(c)) or _listed(text, at, end, listed):
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


def _numbered_twice(text: str, _language: Language) -> list[str]:
    """Numbering in two kinds of brackets: that of the rarer kind."""
    full, half = ([m[0] for m in _SIGNS[f"{width}_number"].finditer(text)] for width in ("wide", "narrow"))
    return min(half, full, key=len) if full and half else []


@lru_cache(maxsize=1)
def _brackets(text: str) -> tuple[list[str], list[str]]:
    """Brackets that close one of another width, and those that do not pair."""
    stack: list[int] = []
    odd: list[int] = []
    mixed: list[int] = []
    for i, c in enumerate(text):
        if c in _PAIRS:
            stack.append(i)
        elif c in _OPENINGS:
            if stack and unicodedata.normalize("NFKC", text[stack[-1]] + c) in _ALIKE:
                mixed += [i] if text[stack.pop()] != _OPENINGS[c] else []
            elif not _SIGNS["marked"].search(text, max(0, i - _AROUND), i + 1):
                odd.append(i)
    first, second = ([_around(text, i, i + 1) for i in places] for places in (mixed, [*odd, *stack]))
    return first, second


def _out_of_order(text: str, _language: Language) -> list[str]:
    """``（一）（二）（四）``, or a number twice."""
    faults, expected = [], 1
    for m in _SIGNS["number"].finditer(text):
        if m.start() and text[m.start() - 1] not in "。；;\n ：:，、":
            continue
        number = int(numeral(m[1] or m[2]) or 0)
        if number not in {1, expected} and expected > 1:
            faults.append(f"（{m[1] or m[2]}）")
        expected = number + 1
    return faults


def _rare(text: str, _language: Language) -> list[str]:
    """Characters that 仿宋_GB2312 (GB/T 2312-1980) does not have: they print in another font or not at all."""
    known = set(text.encode("gb2312", "ignore").decode("gb2312"))
    return [c for c in dict.fromkeys(text) if c not in known and _SIGNS["character"].match(c)]


def _all(pattern: re.Pattern[str], text: str) -> list[str]:
    return [_around(text, *m.span()) for m in pattern.finditer(text)]


#: Kind, what to do, and what finds its places.
SLIPS: Sequence[tuple[str, str, Callable[[str, Language], list[str]]]] = (
    ("重复的字", "请删去多余的字", _doubled),
    ("重复的词语", "请删去重复的部分", _repeated),
    ("序号的括号全角、半角混用", "请统一用全角括号（一）", _numbered_twice),
    ("一对括号全角、半角混用", "请统一用全角括号", lambda text, _: _brackets(text)[0]),
    ("括号或引号不成对", "请补上或删去", lambda text, _: _brackets(text)[1]),
    ("序号跳号或重号", "请按顺序编号", _out_of_order),
    ("中文里用了半角标点", "请改成全角标点", lambda text, _: _all(_SIGNS["half"], text)),
    ("多余或重复的标点", "请删去多余的标点", lambda text, _: _all(_SIGNS["stray"], text)),
    ("仿宋_GB2312 没有的字", "请核对是否错字；确有其字的，排版时换用其他字体", _rare),
)


def slips(text: str, language: Language) -> list[Slip]:
    """Every slip of every kind in a text."""
    found = ((kind, find(text, language), remedy) for kind, remedy, find in SLIPS)
    return [Slip(kind, tuple(places), remedy) for kind, places, remedy in found if places]


def read_typing(at: Passage) -> Iterator[Remark]:
    """Slips of the pen, a line a kind."""
    for slip in slips(at.text, at.instrument.language):
        yield Remark(slip.words, slip.remedy)


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - _AROUND) : end + _AROUND].split())
