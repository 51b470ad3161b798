"""The editor's words with today's figures: her own file with a few places changed, and each of them marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any, Final, NamedTuple

from docx.enum.text import WD_COLOR_INDEX
from docx.text.run import Run

from toolkit.errors import UsageError
from toolkit.instrument.instrument import Instrument
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.blocks import DRAFT, Document
from toolkit.report.document.layout import printed_widths, tidied
from toolkit.report.readback import changes as said
from toolkit.report.readback.changes import FIGURE, SENTENCE, SentencePair, comparable
from toolkit.report.word.body import TABLE, TEXT, Element, cut_runs, matched, paired_cells, seen_texts, text_of, walked
from toolkit.report.word.gate import opened
from toolkit.report.word.memory import ASKING, AUTHOR, WrittenFrom, remember, remembered
from toolkit.report.word.render import packed, write_number
from toolkit.report.word.template import W

_FEW = 3
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|\D")
#: Which share of a sentence must stay for its changes to be marked one by one.
_KEPT: Final = 0.6
_ANEW: Final = "数据变了，这一句按现在的数重新草拟。原来是："
_STALE: Final = "这里有一个数，是数据变化以前的数。程序没有改，请核实。"


class Refreshed(NamedTuple):
    """The file; its sentences and cells that were changed, as they were and are; what was only marked, or left out."""

    data: bytes
    changes: tuple[tuple[str, str], ...]
    cells: tuple[str, ...]
    marked: tuple[str, ...]


def refreshed(data: bytes, instrument: Instrument, expected: Document) -> Refreshed:
    """Put today's figures and sentences of ``expected`` into a .docx that was written from earlier data.

    Of her file only text, comments and what it remembers are written anew. A sentence in the editor's words takes
    today's figures where it is plain which they are; else, and where her own words have a figure as it was, it is only
    marked. UsageError where the file does not remember what it was written from.
    """
    expected = tidied(expected)
    work = _Refresh(opened(data), dict(remark for one in expected.paragraphs for remark in one.remarks))
    package = work.document.part.package
    written, now = remembered(package), WrittenFrom.of(expected)
    if written is None:
        raise UsageError("这份 Word 报告里没有程序写下的数据标记（不是程序写出的，或是旧版本写出的），不能更新。")
    work.fill(instrument, expected)
    pairs = said.sentence_pairs(written, expected)
    for before, pair in zip([None, *pairs], pairs, strict=False):
        if pair.has_moved:
            work.sentence(pair, before.new if before and before.proposed >= pair.proposed else "")
    work.ask(set(_moved(written, now, pairs)), {comparable(pair.new) for pair in pairs})
    for words, why in work.remarks.items():
        work.renew(words.removesuffix(DRAFT), why)
    for one in work.document.comments:
        if one.author == AUTHOR and one.text == written.notice:
            one.paragraphs[0].text = now.notice
    remember(package, now)
    changed = {package.main_document_part.partname.membername, "docProps/custom.xml", "word/comments.xml"}
    return Refreshed(packed(package, data, changed), tuple(work.changes), tuple(work.cells), tuple(work.marked))


def _moved(then: WrittenFrom, now: WrittenFrom, pairs: Sequence[SentencePair]) -> Iterator[str]:
    """Figures as they were that are others today; a short one says too little without what follows it."""
    yield from (old for name, old in then.values.items() if now.values.get(name, old) != old and len(old) >= _FEW)
    for pair in (one for one in pairs if not one.proposed):
        new = FIGURE.findall(comparable(pair.new))
        told = comparable(pair.old)
        yield from (told[m.start() : m.end() + 1] for m in FIGURE.finditer(told) if m[0] not in new)


@dataclass(frozen=True)
class _Refresh:
    document: Any
    remarks: Mapping[str, str]
    changes: list[tuple[str, str]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)

    def fill(self, instrument: Instrument, expected: Document) -> None:
        tables = matched([one for one in walked(self.document) if one.tag == TABLE], [t.grid for t in expected.tables])
        for block, table in zip(expected.tables, tables, strict=True):
            widths = printed_widths(block.grid, gb.TEXT_WIDTH_MM)
            for _, places in paired_cells(table, block.grid) if table is not None else ():
                for place in places or ():
                    told, right = text_of(place.element), block.values.get(place.cell.variable, "")
                    if place.cell.kind == "number" and place.first and comparable(told).replace(",", "") != right:
                        self.cells.append(f"{instrument.form.cells[place.cell.variable].brief}：{told} → {right}")
                        self.point_at([write_number(place, right, widths)], self.cells[-1])

    def sentence(self, pair: SentencePair, before: str) -> None:
        """Bring one generated sentence up to date, as it was written or in the editor's words."""
        known = pair.old or before
        is_marked = self.place_of(known + DRAFT) is not None
        known += DRAFT * is_marked
        place, new = self.place_of(known), pair.new if pair.old else known + pair.new
        # What was proposed anew has to be looked at anew; what nobody has looked at yet stays to be.
        new += DRAFT * (bool(new) and (pair.proposed or (is_marked and bool(pair.old))))
        edits = _stretches(known, new) if pair.proposed else _figures(comparable(known), pair)
        edits = edits or _stretches(known, new)
        if pair.old and (place is None or (pair.proposed and not new)):
            like = known if place else said.closest(pair.old, self.sentences())
            if not like or self.place_of(pair.new) is not None:
                # The editor struck it out, or wrote it anew herself.
                return
            place, edits = self.place_of(like), [] if pair.proposed else _figures(comparable(like), pair)
            if not edits:
                self.mark(like, f"数据变了，程序没有改这一句。按现在的数据是：{pair.new or '（不再有这一句）'}")
                return
        if place is None:
            self.marked.extend([] if pair.proposed else [f"新的一句没有放进去：{pair.new}"])
            return
        paragraph, at = place
        # What was proposed anew is told once and whole, a figure at its place.
        whole = f"{_ANEW}{pair.old}" if pair.old else self.remarks.get(pair.new + DRAFT, "")
        for start, end, new in reversed(edits):
            self.edit(paragraph, at + start, at + end, new, whole * (start == edits[0][0]) if pair.proposed else None)
        self.changes.append((pair.old, pair.new))

    def ask(self, moved: set[str], generated: set[str]) -> None:
        """Mark the editor's own sentences that state a figure as it was."""
        found = re.compile("|".join(rf"(?<![\d.]){re.escape(one)}(?!\d)" for one in sorted(moved)) or "(?!)")
        for sentence in self.sentences():
            if comparable(sentence) not in generated and found.search(comparable(sentence)):
                self.mark(sentence, _STALE)

    def paragraphs(self) -> list[Element]:
        return [one for one in walked(self.document) if one.tag != TABLE]

    def sentences(self) -> list[str]:
        return [one for paragraph in self.paragraphs() for one in SENTENCE.findall(text_of(paragraph))]

    def place_of(self, words: str) -> tuple[Element, int] | None:
        """The paragraph in which words stand, and where among its comparable characters."""
        found = ((one, _positions(one)[0].find(comparable(words))) for one in self.paragraphs() if words)
        return next((place for place in found if place[1] >= 0), None)

    def runs_of(self, words: str) -> list[Element]:
        place = self.place_of(words)
        return _runs(*place, place[1] + len(comparable(words))) if place else []

    def renew(self, words: str, why: str) -> None:
        """Tell in the comment of a sentence what it rests on today."""
        ahead = (one for run in self.runs_of(words)[:1] for one in run.itersiblings(preceding=True))
        beside = takewhile(lambda one: not "".join(one.itertext()), ahead)
        here = {one.get(f"{{{W}}}id") for one in beside if one.tag == f"{{{W}}}commentRangeStart"}
        for one in (one for one in self.document.comments if str(one.comment_id) in here and one.text != why):
            if one.author == AUTHOR and one.initials not in {"", ASKING}:
                for line in one.paragraphs[1:]:
                    line._p.getparent().remove(line._p)  # noqa: SLF001
                one.paragraphs[0].text = why

    def edit(self, paragraph: Element, start: int, end: int, new: str, why: str | None = None) -> None:
        runs = _runs(paragraph, start, end)
        texts = [one for run in runs for one in run.findall(TEXT)]
        old = "".join(one.text or "" for one in texts)
        for one in texts[1:]:
            one.getparent().remove(one)
        texts[0].text = new
        if new:
            self.point_at(runs[:1], f"{old} → {new}" if why is None else why)
        elif not text_of(paragraph):
            paragraph.getparent().remove(paragraph)

    def mark(self, words: str, why: str) -> None:
        if runs := self.runs_of(words):
            self.point_at(runs, f"{why}看过以后请删去这条批注。", ASKING)
            self.marked.append(words)

    def point_at(self, runs: Sequence[Element], why: str, initials: str = "") -> None:
        """A yellow ground, and a comment without a date, so that the same input gives the same bytes."""
        shown: list[Any] = [Run(one, self.document) for one in runs]
        for one in shown:
            one.font.highlight_color = WD_COLOR_INDEX.YELLOW
        if why:
            comment = self.document.add_comment(shown, why, author=AUTHOR, initials=initials)
            del comment._comment_elm.attrib[f"{{{W}}}date"]  # noqa: SLF001


def _figures(theirs: str, pair: SentencePair) -> list[tuple[int, int, str]]:
    """What to put where in a sentence so that it says today's figures; nothing where that is not plain."""
    told, old, new = (FIGURE.findall(one) for one in (theirs, comparable(pair.old), comparable(pair.new)))
    now = dict(zip(old, new, strict=False))
    same = said.pattern_of(pair.old) == said.pattern_of(pair.new)
    # Two figures that were the same and no longer are: which of them the words mean is not to be seen.
    plain = same and all(now[a] == b and told.count(a) == old.count(a) for a, b in zip(old, new, strict=True))
    return [(m.start(), m.end(), now[m[0]]) for m in FIGURE.finditer(theirs) if plain and now.get(m[0], m[0]) != m[0]]


def _stretches(old: str, new: str) -> list[tuple[int, int, str]]:
    """What to put where so that ``old`` says ``new``: what differs, or all of it where little would be left."""
    was, now = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    if matcher.ratio() < _KEPT:
        return [(0, len(comparable(old)), new)]
    kept = [one for one in matcher.get_matching_blocks() if one.size >= _FEW]
    starts = [(0, 0), *((one.a + one.size, one.b + one.size) for one in kept)]
    ends = [*((one.a, one.b) for one in kept), (len(was), len(now))]
    at = [len(comparable("".join(was[:i]))) for i in range(len(was) + 1)]
    out = []
    for (a, c), (b, d) in zip(starts, ends, strict=True):
        # What came or went alone is marked on the character beside it.
        alone = a == b or c == d
        before, behind = alone and a > 0, alone and a == 0
        if (a, c) != (b, d):
            out.append((at[a - before], at[b + behind], "".join(now[c - before : d + behind])))
    return out


def _positions(paragraph: Element) -> tuple[str, list[int]]:
    """The comparable text of a paragraph, and where each of its characters stands in the text."""
    raw = "".join(text for text, _ in seen_texts(paragraph))
    pairs = [(one, i) for i, character in enumerate(raw) for one in comparable(character)]
    return "".join(one for one, _ in pairs), [i for _, i in pairs]


def _runs(paragraph: Element, first: int, last: int) -> list[Element]:
    """The runs that hold a stretch of the comparable text and nothing else."""
    positions = _positions(paragraph)[1]
    return cut_runs(paragraph, positions[first], positions[last - 1] + 1)
