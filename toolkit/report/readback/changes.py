"""What was and what is: generated sentences of then paired with those of today, paragraphs of two Word files."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import zip_longest
from typing import Final, NamedTuple

from toolkit.report.document.blocks import DRAFT, Document, Fact, Picture
from toolkit.report.readback.carried import Carrier, inline_drawings
from toolkit.report.word.body import TABLE, squeezed, text_of, walked
from toolkit.report.word.gate import opened
from toolkit.report.word.memory import WrittenFrom
from toolkit.text import shortened

#: Paragraphs, lines of tables and pictures as they were and as they are; "" for what was not there or is gone.
LineChanges = Sequence[tuple[str, str]]
_PICTURE: Final = "〔图片 "
#: From this likeness on a paragraph is taken for a reworded one; with the same heading it need be less like.
_LIKE, _HEADED, _HEAD = 0.6, 0.4, 6
#: So many pairs are held side by side; where more was rewritten at once they are told in their order.
_PAIRS: Final = 2500
_BEFORE, _SHOWN = 12, 60
FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")
SENTENCE: Final = re.compile(r"[^。！？；\n]+[。！？；]?")
#: From this likeness on a sentence is taken for a reworded one.
_ALIKE: Final = 0.5


class SentencePair(NamedTuple):
    """A sentence as it was written and as it would be today ("" where there is none), with today's figures.

    One that is only ``proposed`` may be struck out or reworded.
    """

    old: str
    new: str
    facts: Sequence[Fact]
    proposed: bool = False

    @property
    def has_moved(self) -> bool:
        """Whether the data say something else by now."""
        return comparable(self.old) != comparable(self.new)


def comparable(text: str) -> str:
    """Words as they are compared: without blanks, full-width figures as plain ones."""
    return unicodedata.normalize("NFKC", squeezed(text))


def pattern_of(sentence: str) -> str:
    """A sentence with its figures blotted out."""
    return FIGURE.sub("#", comparable(sentence))


def closest(sentence: str, told: Sequence[str]) -> str:
    """The most like of the sentences ``told``; "" where none is like it."""
    wanted = comparable(sentence)
    scored = ((SequenceMatcher(None, comparable(one), wanted).ratio(), one) for one in told)
    near, like = max(scored, default=(0.0, ""))
    return like if near >= _ALIKE else ""


def sentence_pairs(written: WrittenFrom, document: Document) -> list[SentencePair]:
    """Pair the sentences of then and now in their order; the same sentence with other figures is the same one."""
    facts: dict[str, list[Fact]] = {}
    for fact in (fact for paragraph in document.paragraphs for fact in paragraph.facts):
        facts.setdefault(fact.sentence, []).append(fact)
    old, new = (
        [(part, one) for one in said for part in SENTENCE.findall(one.removesuffix(DRAFT))]
        for said in (written.said, WrittenFrom.of(document).said)
    )
    was, now = ([pattern_of(part) for part, _ in one] for one in (old, new))
    opcodes = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    runs = (zip_longest(old[a:b], new[c:d], fillvalue=("", "")) for _, a, b, c, d in opcodes)
    return [
        SentencePair(then, today, facts.get(whole, []), (whole or earlier).endswith(DRAFT))
        for run in runs
        for (then, earlier), (today, whole) in run
    ]


def line_changes(old: bytes, new: bytes) -> LineChanges:
    """What differs between two .docx: paragraph by paragraph, tables line by line, pictures by their content."""
    before, after = _lines(old), _lines(new)
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [pair for what, a, b, c, d in opcodes if what != "equal" for pair in _aligned(before[a:b], after[c:d])]


def _lines(data: bytes) -> list[str]:
    document, out = opened(data), list[str]()
    carrier = Carrier(document)
    for one in walked(document):
        rows = [" ".join(map(text_of, line.tc_lst)) for line in one.tr_lst] if one.tag == TABLE else [text_of(one)]
        found = map(carrier.picture, inline_drawings(one))
        out += [*rows, *(f"{_PICTURE}{sha256(p.data).hexdigest()[:8]}〕" for p in found if isinstance(p, Picture))]
    return [line for line in out if line]


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair the two most alike, then what stands before and behind them; what is like nothing came or went."""
    if len(old) * len(new) > _PAIRS:
        for pair in zip_longest(old, new, fillvalue=""):
            yield from [pair] if _is_picture(pair[0]) == _is_picture(pair[1]) else [(pair[0], ""), ("", pair[1])]
        return
    scored = ((_likeness(a, b), -i, -k) for i, a in enumerate(old) for k, b in enumerate(new))
    near, i, k = max(scored, default=(0.0, 0, 0))
    if near < _LIKE:
        yield from ((one, "") for one in old)
        yield from (("", one) for one in new)
        return
    yield from _aligned(old[:-i], new[:-k])
    yield old[-i], new[-k]
    yield from _aligned(old[1 - i :], new[1 - k :])


def _is_picture(line: str) -> bool:
    return line.startswith(_PICTURE)


def _likeness(old: str, new: str) -> float:
    if _is_picture(old) or _is_picture(new):
        return float(_is_picture(old) and _is_picture(new))
    return SequenceMatcher(None, old, new).quick_ratio() + _HEADED * (old[:_HEAD] == new[:_HEAD])


def told_changes(changes: LineChanges) -> list[str]:
    """A line a change, from where the two begin to differ; pictures are counted."""
    out, pictures = list[str](), Counter[str]()
    for old, new in ((" ".join(a.split()), " ".join(b.split())) for a, b in changes):
        what = "更换" if old and new else "删去" if old else "新增"
        at = next((i for i, (a, b) in enumerate(zip_longest(old, new)) if a != b), 0) - _BEFORE
        if _is_picture(old or new):
            pictures[what] += 1
        elif not (old and new):
            out.append(f"{what}“{shortened(old or new, _SHOWN)}”")
        elif at <= _BEFORE:
            out.append(f"“{shortened(old, _SHOWN)}” → “{shortened(new, _SHOWN)}”")
        else:
            out.append(f"“{old[:_BEFORE]}…{shortened(old[at:], _SHOWN)}” → “…{shortened(new[at:], _SHOWN)}”")
    return [*out, *(f"{what}图片 {count} 张" for what, count in pictures.items())]
