"""A polished report held against its data: tables by cell, sentences by figure, the editor's words by the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from toolkit.checks.narrative.claims import readings_of
from toolkit.checks.narrative.registry import read_texts
from toolkit.checks.narrative.remark import Remark, statement_of
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Against, FigureReading, Finding, Severity, Statement
from toolkit.model.returns import Submission
from toolkit.model.sentences import listed, worded
from toolkit.report.document.blocks import DRAFT, MISSING, PENDING, Document, Fact, Paragraph, TableBlock
from toolkit.report.document.layout import tidied, wording
from toolkit.report.readback.changes import FIGURE, SENTENCE, closest, comparable, sentence_pairs
from toolkit.report.readback.parse import Polished
from toolkit.report.word.body import Element, WordCell, paired, paired_cells, squeezed, text_of
from toolkit.report.word.memory import ASKING, WrittenFrom
from toolkit.report.writing.gaps import OPPOSITES
from toolkit.text import shortened

#: What a figure of a generated sentence is held against.
_OURS = "程序所写的数"
_SHOWN = 60
_PLACES = 5
_MARK = re.compile(f"{re.escape(PENDING)}[^】]*】?|{DRAFT}|{re.escape(MISSING)}")


def differences(instrument: Instrument, expected: Document, found: Polished) -> list[Finding]:
    """RPT-01 to RPT-06: figures that are not the data's, tables and headings that are gone, texts to be written.

    A figure that still is what the report was written from was changed by nobody: the data moved.
    """
    expected = tidied(expected)
    written = found.written or WrittenFrom.of(expected)
    out = [*_headings(expected, found)]
    for i, (block, table) in enumerate(zip(expected.tables, found.tables, strict=True)):
        out += [_shape("doubled", block.grid.caption)] if i in found.doubled else []
        out += _table(instrument, block, table, written)
    out += [*_reworded(instrument, expected, found.document, written), *_unfinished(found.document)]
    for what, places in found.lost.items():
        first = listed(places, _PLACES, last="", what="处")
        asked = worded(Code.RPT_04, "asked", count=len(places), places=first)
        out.append(Finding.at(asked if what == ASKING else worded(Code.RPT_05, what=what, places=first)))
    moved = [one for one in out if one.rule == Code.RPT_06]
    if moved:
        told = worded(Code.RPT_06, count=len(moved), first=moved[0].message)._asdict()
        out = [replace(moved[0], **told), *(one for one in out if one not in moved)]
    return out


def _headings(expected: Document, found: Polished) -> Iterator[Finding]:
    title = squeezed("".join(expected.title))
    if found.title != title:
        yield _shape("title" if found.title else "no_title", title, found=_short(found.title))
    for heading, now in found.headings.items():
        yield _shape("heading" if now else "no_heading", heading, found=_short(now))
    for table in found.added:
        words = _short(next(filter(None, (text_of(cell) for line in table.tr_lst for cell in line.tc_lst)), ""))
        yield Finding.at(worded(Code.RPT_03, "added", words=words))


def _unfinished(words: Document) -> Iterator[Finding]:
    """RPT-04: marks that a text is still to be written, or a figure missing."""
    marks = [mark for text in wording(words) for mark in _MARK.findall(text)]
    if marks:
        named = "、".join(dict.fromkeys(mark.removeprefix(PENDING).strip("【】") for mark in marks))
        yield Finding.at(worded(Code.RPT_04, count=len(marks), marks=named, pending=PENDING, draft=DRAFT))


def _table(instrument: Instrument, block: TableBlock, table: Element | None, written: WrittenFrom) -> Iterator[Finding]:
    name = block.grid.caption
    if table is None:
        yield _shape("no_table", name)
        return
    _, gone, more = paired(table, block.grid)
    for row in gone:
        words = "、".join(cell.plain for cell in block.grid.rows[row] if cell.plain)
        yield _shape("row_gone" if words else "blank_row_gone", name, row=row + 1, words=words)
    for line in more:
        words = " ".join(filter(None, map(text_of, line.tc_lst)))
        yield _shape("row_added" if words else "blank_row_added", name, words=_short(words))
    for row, places in paired_cells(table, block.grid):
        if places is None:
            yield _shape("cells", name, row=row + 1)
            continue
        for place in places:
            yield from _cell(instrument, place, block, written)


def _cell(instrument: Instrument, place: WordCell, block: TableBlock, written: WrittenFrom) -> Iterator[Finding]:
    table = block.grid.caption
    cell = place.cell
    if place.is_label and not place.agrees:
        yield _shape("label", table, due=cell.plain, found=shortened(text_of(place.element), _SHOWN))
    if cell.kind != "number" or not place.first:
        return
    told, right = text_of(place.element), block.values.get(cell.variable, "")
    if _value(told) == _value(right) and squeezed(told) != "":
        return
    variable, spot = instrument.form.cells[cell.variable], instrument.layout.spots[cell.variable]
    then = written.values.get(cell.variable, right)
    moved = _value(then) != _value(right) and _value(told) == _value(then)
    fields = {"table": table, "found": shortened(told, _SHOWN), "due": right}
    says = worded(Code.RPT_06, "cell", **fields) if moved else worded(Code.RPT_01, **fields)
    yield Finding.at(says, (spot,), (cell.variable,), row=variable.row_path, column=variable.column_path)


def _value(text: str) -> Decimal | str:
    told = comparable(text).replace(",", "")
    try:
        return Decimal(told)
    except InvalidOperation:
        return told


def _shape(fault: str, name: str, **fields: object) -> Finding:
    return Finding.at(worded(Code.RPT_03, fault, name=name, **fields))


def _reworded(instrument: Instrument, expected: Document, words: Document, written: WrittenFrom) -> Iterator[Finding]:
    """RPT-02: sentences of ``expected`` that the program wrote and ``words`` tells otherwise; RPT-06 of the data."""
    whole = comparable("".join(wording(words)))
    told = [one for text in wording(words) for one in SENTENCE.findall(text)]
    for pair in sentence_pairs(written, expected):
        if pair.new and comparable(pair.new) in whole:
            continue
        if pair.proposed and comparable(pair.old or pair.new) not in whole:
            # The editor may strike a proposal, or say it in other words.
            continue
        if not pair.has_moved:
            yield from _compared(instrument, pair.new, told, pair.facts)
            continue
        stands = not pair.old or comparable(pair.old) in whole
        theirs = [] if stands else list(_compared(instrument, pair.old, told, pair.facts))
        if not theirs:
            both = worded(Code.RPT_06, "sentence", was=_short(pair.old), now=_short(pair.new))
            yield _about(instrument, both, pair.facts)
        elif not pair.new or all(one.severity is Severity.NOTE for one in theirs):
            yield from theirs
        else:
            yield from _compared(instrument, pair.new, told, pair.facts)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}……"


def _compared(instrument: Instrument, sentence: str, told: Sequence[str], facts: Sequence[Fact]) -> Iterator[Finding]:
    """What became of a sentence that does not stand there as it was written."""
    like = closest(sentence, told)
    figures = FIGURE.findall(comparable(sentence))
    mine = [fact for fact in facts if fact.text in figures]
    if not like:
        yield _about(instrument, worded(Code.RPT_02, "gone", was=_short(sentence)), mine)
        return
    has = FIGURE.findall(comparable(like))
    gone, new = Counter(figures) - Counter(has), Counter(has) - Counter(figures)
    both = {"now": _short(like), "was": _short(sentence)}
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


def remarks_on(instrument: Instrument, submission: Submission, expected: Document, words: Document) -> list[Finding]:
    """Findings of the rules about texts in ``words``, without those that ``expected`` has as well.

    ``submission`` is the return that ``expected`` was written from. A finding names the report's part, not a sheet.
    """
    as_written = read_texts(instrument, _with_texts(instrument, submission, tidied(expected)))
    before = {(one.rule, one.text, one.message) for one in as_written}
    found = read_texts(instrument, _with_texts(instrument, submission, words))
    return [_remarked(instrument, one) for one in found if (one.rule, one.text, one.message) not in before]


def figures_on(
    instrument: Instrument, submission: Submission, expected: Document, words: Document
) -> list[FigureReading]:
    """Every figure in an editor's words, with what it was held against; ``submission`` as in `remarks_on`.

    A figure in a sentence that the program writes today is right, though the rules about texts do not read it.
    """
    own = comparable("\n".join(WrittenFrom.of(expected).said)).replace(",", "")
    out = readings_of(instrument, _with_texts(instrument, submission, words))

    def stands(words: str) -> bool:
        return (
            re.search(rf"(?<![\d.]){re.escape(comparable(words).replace(DRAFT, '').replace(',', ''))}", own) is not None
        )

    return [
        replace(one, against=(Against(_OURS, one.value),), agrees=True, why="")
        if one.agrees is None and stands(one.words)
        else one
        for one in out
    ]


def _with_texts(instrument: Instrument, submission: Submission, document: Document) -> Submission:
    """The return with the report's words for the form's texts: a paragraph belongs to the run-in heading it follows."""
    out: dict[str, list[str]] = {}
    for plan, section in zip(instrument.outline.sections, document.sections, strict=True):
        parts = [part for part in plan.parts if part.text]
        current = parts[0] if parts else None
        for block in section.blocks:
            if current is None or not isinstance(block, Paragraph):
                continue
            current = next((part for part in parts if block.lead and part.lead == block.lead), current)
            out.setdefault(current.text, []).append(block.text)
    texts = {name: "\n".join(lines) for name, lines in out.items()}
    return replace(submission, content=replace(submission.content, texts=texts))


def _remarked(instrument: Instrument, remark: Remark) -> Finding:
    told, spots = statement_of(instrument.text_rules[remark.rule], remark), instrument.layout.spots
    told = told._replace(message=f"改后的“{instrument.form.texts[remark.text].label}”：{told.message}")
    found = Finding.at(told, (), (remark.text, *remark.variables), left=remark.left, right=remark.right)
    return replace(found, cells=tuple(spots[name].reference for name in remark.variables))
