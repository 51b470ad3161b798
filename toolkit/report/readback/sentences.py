"""The sentences a program wrote, looked for among an editor's words: gone, with other figures, or turned round."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Statement
from toolkit.model.sentences import worded
from toolkit.report.document.blocks import Document, Fact
from toolkit.report.document.layout import wording
from toolkit.report.word.tables_read import squeezed
from toolkit.report.writing.gaps import OPPOSITES

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
#: From this likeness on a sentence is taken for a reworded one.
_ALIKE = 0.5
_SHOWN = 60


def reworded(instrument: Instrument, expected: Document, words: Document) -> Iterator[Finding]:
    """RPT-02: sentences of ``expected`` that the program wrote and ``words`` tells otherwise."""
    whole = comparable("".join(wording(words)))
    told = [one for text in wording(words) for one in _SENTENCE.findall(text)]
    for sentence, facts in _generated(expected).items():
        for part in _SENTENCE.findall(sentence):
            if comparable(part) not in whole:
                yield from _compared(instrument, part, told, facts)


def comparable(text: str) -> str:
    """Words as they are compared: without blanks, full-width figures as plain ones."""
    return unicodedata.normalize("NFKC", squeezed(text))


def short(text: str) -> str:
    """A text cut to what a line has room for."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}……"


def _generated(document: Document) -> dict[str, list[Fact]]:
    """Generated sentences with the figures in them."""
    out: dict[str, list[Fact]] = {}
    for paragraph in document.paragraphs:
        for sentence in paragraph.said:
            out.setdefault(sentence, [])
        for fact in paragraph.facts:
            out.setdefault(fact.sentence, []).append(fact)
    return out


def _compared(instrument: Instrument, sentence: str, told: Sequence[str], facts: Sequence[Fact]) -> Iterator[Finding]:
    """What became of a sentence that does not stand there as it was written."""
    scored = [(SequenceMatcher(None, comparable(one), comparable(sentence)).ratio(), one) for one in told]
    near, like = max(scored, default=(0.0, ""))
    figures = _NUMBER.findall(comparable(sentence))
    mine = [fact for fact in facts if fact.text in figures]
    if near < _ALIKE:
        yield _about(instrument, worded(Code.RPT_02, "gone", was=short(sentence)), mine)
        return
    has = _NUMBER.findall(comparable(like))
    gone, new = Counter(figures) - Counter(has), Counter(has) - Counter(figures)
    both = {"now": short(like), "was": short(sentence)}
    turned = _turned(comparable(sentence), comparable(like))
    if gone:
        fault = "other" if new else "fewer"
        says = worded(Code.RPT_02, fault, gone="、".join(gone), new="、".join(new), **both)
        yield _about(instrument, says, [fact for fact in mine if fact.text in gone] or mine)
    elif turned:
        word, opposite = turned
        yield _about(instrument, worded(Code.RPT_02, "turned", word=word, opposite=opposite, **both), mine)
    elif figures and [one for one in has if one in figures] != figures:
        yield _about(instrument, worded(Code.RPT_02, "order", **both), mine)
    elif not figures:
        yield _about(instrument, worded(Code.RPT_02, "reworded", **both), mine)


def _turned(was: str, now: str) -> tuple[str, str] | None:
    """A word of comparison that became its opposite, ``增长`` and ``下降``."""
    for pair in OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if was.count(one) > now.count(one) and now.count(other) > was.count(other):
                return one, other
    return None


def _about(instrument: Instrument, told: Statement, facts: Sequence[Fact]) -> Finding:
    names = tuple(dict.fromkeys(name for fact in facts for name in fact.variables))
    return Finding.at(told, [instrument.layout.spots[name] for name in names if name in instrument.layout.spots], names)
