"""The sentences a program wrote, looked for among an editor's words: gone, with other figures, or turned round."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from toolkit.forms.layout import addresses
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
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
        message = f"程序写的这一句不见了：“{short(sentence)}”"
        yield _about(instrument, Severity.NOTE, message, mine, "有意删去的不必理会。")
        return
    has = _NUMBER.findall(comparable(like))
    gone, new = Counter(figures) - Counter(has), Counter(has) - Counter(figures)
    both = f"“{short(like)}”，原句是“{short(sentence)}”"
    turned = _turned(comparable(sentence), comparable(like))
    if gone:
        what = f"少了 {'、'.join(gone)}" + (f"，多了 {'、'.join(new)}" if new else "")
        concerned = [fact for fact in mine if fact.text in gone] or mine
        message = f"句子里的数与数据不同（{what}）：{both}"
        yield _about(instrument, Severity.ERROR, message, concerned, "请把数改回来；数据确有变化的，请更正工作簿。")
    elif turned:
        message = f"句子的意思与数据相反（{turned}）：{both}"
        yield _about(instrument, Severity.ERROR, message, mine, "请改回来；数据确有变化的，请更正工作簿。")
    elif figures and [one for one in has if one in figures] != figures:
        message = f"句子里的数换了次序：{both}"
        yield _about(instrument, Severity.VERIFY, message, mine, "请核对每个数说的是不是原来的事。")
    elif not figures:
        message = f"程序写的这一句改了字：{both}"
        yield _about(instrument, Severity.NOTE, message, mine, "请看意思有没有变；有意修改的不必理会。")


def _turned(was: str, now: str) -> str:
    """``增长改成了下降``: a word of comparison that became its opposite."""
    for pair in OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if was.count(one) > now.count(one) and now.count(other) > was.count(other):
                return f"“{one}”改成了“{other}”"
    return ""


def _about(instrument: Instrument, severity: Severity, message: str, facts: Sequence[Fact], remedy: str) -> Finding:
    names = tuple(dict.fromkeys(name for fact in facts for name in fact.variables))
    spots = [instrument.layout.spots[name] for name in names if name in instrument.layout.spots]
    return Finding(
        rule="RPT-02",
        severity=severity,
        sheet=spots[0].sheet if spots else "",
        cell=spots[0].cell if spots else "",
        cells=addresses(spots),
        variables=names,
        message=message,
        remedy=remedy,
    )
