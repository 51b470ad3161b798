"""A polished report held against the data it was written from: tables by cell, generated sentences by figure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from decimal import InvalidOperation
from difflib import SequenceMatcher

from toolkit.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.finding import Severity
from toolkit.report.blocks import Document
from toolkit.report.blocks import Fact
from toolkit.report.blocks import Paragraph
from toolkit.report.blocks import TableBlock
from toolkit.report.docx_walk import Element
from toolkit.report.docx_walk import Place
from toolkit.report.docx_walk import squeezed
from toolkit.report.docx_walk import text_of
from toolkit.report.docx_walk import walk
from toolkit.report.polished import Polished
from toolkit.report.view import tidied
from toolkit.report.view import wording

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
#: From this likeness on a sentence is taken for a reworded one.
_ALIKE = 0.5
_SHOWN = 60


def differences(instrument: Instrument, expected: Document, found: Polished) -> list[Finding]:
    """RPT-01 to RPT-03: figures that are not the data's, in tables and sentences; tables and headings that are gone."""
    expected = tidied(expected)
    out = [*_headings(found)]
    for i, (block, table) in enumerate(zip(expected.tables, found.tables, strict=True)):
        out += _table(instrument, block, table, doubled=i in found.doubled)
    return [*out, *_sentences(instrument, expected, found.document)]


def _headings(found: Polished) -> Iterator[Finding]:
    for heading in found.missing:
        yield _shape(heading, "标题不见了，或者改了字")


def _table(instrument: Instrument, block: TableBlock, table: Element | None, *, doubled: bool) -> Iterator[Finding]:
    name = block.grid.caption
    if table is None:
        yield _shape(name, "没有这张表，或表中文字改动太多，认不出来")
        return
    if doubled:
        yield _shape(name, "这张表出现了不止一次，按最像的一张核对")
    if len(table.tr_lst) != block.grid.nrows:
        yield _shape(name, f"应有 {block.grid.nrows} 行，现在有 {len(table.tr_lst)} 行")
    for row, places in walk(table, block.grid):
        if places is None:
            yield _shape(name, f"第 {row + 1} 行单元格的个数与表样不同，这一行没有核对")
            continue
        for place in places:
            yield from _cell(instrument, name, place, block)


def _cell(instrument: Instrument, table: str, place: Place, block: TableBlock) -> Iterator[Finding]:
    cell = place.cell
    if place.is_label and not place.agrees:
        yield _shape(table, f"标题应为“{cell.plain}”，现在是“{text_of(place.element)[:_SHOWN]}”")
    if cell.kind != "number" or not place.first:
        return
    told, right = text_of(place.element), block.values.get(cell.variable, "")
    if _value(told) == _value(right) and squeezed(told) != "":
        return
    variable, spot = instrument.variables[cell.variable], instrument.layout.spots[cell.variable]
    yield Finding(
        rule="RPT-01",
        severity=Severity.ERROR,
        sheet=spot.sheet,
        cell=spot.cell,
        cells=(spot.cell,),
        variables=(cell.variable,),
        row=variable.row_label,
        column=variable.column_label,
        message=f"报告“{table}”里是“{told[:_SHOWN]}”，通过核对的数是 {right}",
        remedy="请把报告里的数改回来；数据确有变化的，请更正工作簿，重新核对后再写报告。",
    )


def _value(text: str) -> Decimal | str:
    plain = unicodedata.normalize("NFKC", squeezed(text)).replace(",", "")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return plain


def _shape(where: str, what: str) -> Finding:
    remedy = "请恢复原来的表和标题：可从程序写出的报告里复制。"
    return Finding(rule="RPT-03", severity=Severity.ERROR, message=f"“{where}”：{what}", remedy=remedy)


# ---------------------------------------------------------------- sentences


def _sentences(instrument: Instrument, expected: Document, words: Document) -> Iterator[Finding]:
    whole = squeezed("".join(wording(words)))
    told = [one for text in wording(words) for one in _SENTENCE.findall(text)]
    for sentence, facts in _generated(expected).items():
        for part in _SENTENCE.findall(sentence):
            figures = Counter(_NUMBER.findall(squeezed(part)))
            if figures and squeezed(part) not in whole:
                yield from _reworded(instrument, part, figures, told, facts)


def _generated(document: Document) -> dict[str, list[Fact]]:
    """Generated sentences with the figures in them."""
    blocks = [block for section in document.sections for block in section.blocks]
    out: dict[str, list[Fact]] = {}
    for block in (*document.preamble, *blocks, *document.closing):
        for fact in block.facts if isinstance(block, Paragraph) else ():
            out.setdefault(fact.sentence, []).append(fact)
    return out


def _reworded(
    instrument: Instrument, sentence: str, figures: Counter[str], told: Sequence[str], facts: Sequence[Fact]
) -> Iterator[Finding]:
    """The sentence most like one that is gone, if its figures are others."""
    like = max(told, key=lambda one: SequenceMatcher(None, squeezed(one), squeezed(sentence)).ratio(), default="")
    near = SequenceMatcher(None, squeezed(like), squeezed(sentence)).ratio() >= _ALIKE
    if not near:
        message = f"程序写的这一句不见了：“{_short(sentence)}”"
        yield _about(instrument, Severity.NOTE, message, facts, "有意删去的不必理会。")
        return
    has = Counter(_NUMBER.findall(unicodedata.normalize("NFKC", squeezed(like))))
    gone, new = figures - has, has - figures
    if gone:
        what = f"少了 {'、'.join(gone)}" + (f"，多了 {'、'.join(new)}" if new else "")
        message = f"句子里的数与数据不同（{what}）：“{_short(like)}”，原句是“{_short(sentence)}”"
        mine = [fact for fact in facts if fact.text in gone] or facts
        yield _about(instrument, Severity.ERROR, message, mine, "请把数改回来；数据确有变化的，请更正工作簿。")


def _about(instrument: Instrument, severity: Severity, message: str, facts: Sequence[Fact], remedy: str) -> Finding:
    names = tuple(dict.fromkeys(name for fact in facts for name in fact.variables))
    spots = [instrument.layout.spots[name] for name in names if name in instrument.layout.spots]
    return Finding(
        rule="RPT-02",
        severity=severity,
        sheet=spots[0].sheet if spots else "",
        cell=spots[0].cell if spots else "",
        cells=tuple(spot.cell if spot.sheet == spots[0].sheet else spot.reference for spot in spots),
        variables=names,
        message=message,
        remedy=remedy,
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}……"
