"""Generated sentences as they were written, paired with what the program would write today."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final, NamedTuple

from toolkit.report.document.blocks import DRAFT, Document, Fact
from toolkit.report.word.contents import squeezed
from toolkit.report.word.memory import WrittenFrom

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
