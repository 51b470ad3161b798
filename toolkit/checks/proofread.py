"""Slips of the pen in texts: one line a kind and text, with counts. The words to look for come from the form."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.checks.remark import Remark
from toolkit.checks.seams import seam
from toolkit.checks.words import texts_of
from toolkit.instrument import Instrument
from toolkit.model.form import Form
from toolkit.model.returns import Return
from toolkit.model.rule import TextRule

_CJK = r"[\u4e00-\u9fff]"
_CHARACTER = re.compile(_CJK)
_DOUBLED = re.compile(rf"({_CJK})\1")
_PHRASE = re.compile(rf"({_CJK}{{3,12}})\1")
_HALF = re.compile(rf"(?<={_CJK})[,;:?!](?={_CJK})|(?<={_CJK})\.(?=\s{{0,20}}{_CJK})")
_STRAY = re.compile(r"[，。；、：！？]{2,20}|[，、；：]$|^[，。；、]", re.MULTILINE)
_MARKS = {1: re.compile(r"（([一二三四五六七八九十]{1,3})）"), 2: re.compile(r"\(([一二三四五六七八九十]{1,3})\)")}
_NUMBERED = re.compile("|".join(pattern.pattern for pattern in _MARKS.values()))
_NUMBERS = "一二三四五六七八九十"
_PAIRS = {"（": "）", "(": ")", "“": "”", "《": "》", "〔": "〕", "[": "]", "【": "】"}
_SHOWN = 4
_AROUND = 4


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of slip with the places where it stands, as quoted."""

    kind: str
    places: tuple[str, ...]
    remedy: str
    certain: bool = True

    @property
    def words(self) -> str:
        """One line."""
        listed = "、".join(f"“{place}”" for place in dict.fromkeys(self.places[:_SHOWN]))
        many = f"等 {len(self.places)} 处" if len(self.places) > _SHOWN else ""
        return f"{self.kind}：{listed}{many}"


def doubled(text: str, form: Form) -> Iterator[Slip]:
    """``办公室室``: a character twice that no word explains; ``领导小组领导小组``: a phrase twice."""
    words = (*_list(form, "doubled_right"),)
    places = [_around(text, m.start(), m.end()) for m in _DOUBLED.finditer(text) if not _explained(text, m, words)]
    if places:
        yield Slip("重复的字", tuple(places), "请删去多余的字")
    phrases = [m[0] for m in _PHRASE.finditer(text)]
    if phrases:
        yield Slip("重复的词语", tuple(phrases), "请删去重复的部分")


def _explained(text: str, found: re.Match[str], words: Sequence[str]) -> bool:
    """Whether a doubled character is right: a reduplication, or the seam of two words the form lists."""
    start, end = found.start(), found.end()
    if seam(text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]):
        return True
    for word in (word for word in words if text[start] in word):
        at = text.find(word, max(0, start - len(word) + 1), end + len(word))
        if at >= 0 and at < end and at + len(word) > start:
            return True
    return False


def brackets(text: str, _form: Form) -> Iterator[Slip]:
    """Numbering in two kinds of brackets, and brackets that do not pair."""
    full, half = ([m[0] for m in pattern.finditer(text)] for pattern in _MARKS.values())
    if full and half:
        fewer = half if len(half) <= len(full) else full
        yield Slip("序号的括号全角、半角混用", tuple(fewer), "请统一用全角括号（一）")
    odd = _unpaired(text)
    if odd:
        yield Slip("括号或引号不成对", odd, "请补上或删去")


def _unpaired(text: str) -> tuple[str, ...]:
    stack: list[tuple[str, int]] = []
    odd: list[int] = []
    closing = {close: opening for opening, close in _PAIRS.items()}
    for i, c in enumerate(text):
        if c in _PAIRS:
            stack.append((c, i))
        elif c in closing:
            if stack and stack[-1][0] == closing[c]:
                stack.pop()
            elif not (c == ")" and i and text[i - 1].isalnum()):
                odd.append(i)
    return tuple(_around(text, i, i + 1) for i in (*odd, *(i for _, i in stack)))


def numbering(text: str, _form: Form) -> Iterator[Slip]:
    """``（一）（二）（四）``, or a number twice."""
    found = [(m.start(), m[1] or m[2]) for m in _NUMBERED.finditer(text)]
    heads = [(at, mark) for at, mark in found if at == 0 or text[at - 1] in "。；;\n ：:，、"]
    faults, expected = [], 1
    for _, mark in heads:
        number = _counted(mark)
        if number == 1:
            expected = 1
        if number != expected and expected > 1:
            faults.append(f"（{mark}）")
        expected = number + 1
    if faults:
        yield Slip("序号跳号或重号", tuple(faults), "请按顺序编号")


def _counted(mark: str) -> int:
    if len(mark) == 1:
        return _NUMBERS.index(mark) + 1
    tens = 10 if mark[0] == "十" else 10 * (_NUMBERS.index(mark[0]) + 1)
    return tens + (_NUMBERS.index(mark[-1]) + 1 if mark[-1] != "十" else 0)


def punctuation(text: str, _form: Form) -> Iterator[Slip]:
    """Half-width marks between Chinese characters, and marks that stray."""
    half = [_around(text, m.start(), m.end()) for m in _HALF.finditer(text)]
    if half:
        yield Slip("中文里用了半角标点", tuple(half), "请改成全角标点")
    stray = [_around(text, m.start(), m.end()) for m in _STRAY.finditer(text)]
    if stray:
        yield Slip("多余或重复的标点", tuple(stray), "请删去多余的标点")


def rare(text: str, _form: Form) -> Iterator[Slip]:
    """Characters that 仿宋_GB2312 (GB/T 2312-1980) does not have: they print in another font or not at all."""
    found = [c for c in dict.fromkeys(text) if _CHARACTER.match(c) and not _in_gb2312(c)]
    if found:
        yield Slip("仿宋_GB2312 没有的字", tuple(found), "请核对是否错字；确有其字的，排版时换用其他字体")


def _in_gb2312(c: str) -> bool:
    try:
        c.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


SLIPS: Mapping[str, Callable[[str, Form], Iterator[Slip]]] = {
    "doubled": doubled,
    "brackets": brackets,
    "numbering": numbering,
    "punctuation": punctuation,
    "rare": rare,
}


def slips(text: str, form: Form) -> list[Slip]:
    """Every slip of every kind in a text."""
    return [slip for find in SLIPS.values() for slip in find(text, form)]


def read_typing(instrument: Instrument, content: Return, rule: TextRule) -> Iterator[Remark]:
    """Slips of the pen, a line a kind and text."""
    for name in rule.texts or tuple(content.texts):
        for slip in slips(content.texts.get(name, ""), instrument.form):
            yield Remark(rule=rule.id, text=name, message=slip.words, remedy=slip.remedy)


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - _AROUND) : end + _AROUND].split())


def _list(form: Form, key: str) -> tuple[str, ...]:
    return texts_of(form.raw_words.get(key))
