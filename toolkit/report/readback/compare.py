"""A polished report held against the data it was written from: tables by cell, generated sentences by figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.sentences import worded
from toolkit.report.document.blocks import MISSING, PENDING, Document, TableBlock
from toolkit.report.document.layout import tidied, wording
from toolkit.report.readback.parse import Polished
from toolkit.report.readback.sentences import comparable, reworded, short
from toolkit.report.word.tables_read import Element, WordCell, paired, paired_cells, squeezed, text_of
from toolkit.text import shortened

_SHOWN = 60
_MARK = re.compile(f"{re.escape(PENDING)}[^】]*】?|{re.escape(MISSING)}")


def differences(instrument: Instrument, expected: Document, found: Polished) -> list[Finding]:
    """RPT-01 to RPT-04: figures that are not the data's, tables and headings that are gone, texts to be written."""
    expected = tidied(expected)
    out = [*_headings(expected, found)]
    for i, (block, table) in enumerate(zip(expected.tables, found.tables, strict=True)):
        out += _table(instrument, block, table, doubled=i in found.doubled)
    return [*out, *_added(found), *reworded(instrument, expected, found.document), *_unfinished(found.document)]


def _headings(expected: Document, found: Polished) -> Iterator[Finding]:
    title = squeezed("".join(expected.title))
    if found.title != title:
        yield _shape("title" if found.title else "no_title", title, found=short(found.title))
    for heading, now in found.headings.items():
        yield _shape("heading" if now else "no_heading", heading, found=short(now))


def _added(found: Polished) -> Iterator[Finding]:
    for table in found.added:
        words = short(next(filter(None, (text_of(cell) for line in table.tr_lst for cell in line.tc_lst)), ""))
        yield Finding.at(worded(Code.RPT_03, "added", words=words))


def _unfinished(words: Document) -> Iterator[Finding]:
    """RPT-04: marks that a text is still to be written, or a figure missing."""
    marks = [mark for text in wording(words) for mark in _MARK.findall(text)]
    if marks:
        named = "、".join(dict.fromkeys(mark.removeprefix(PENDING).rstrip("】") for mark in marks))
        yield Finding.at(worded(Code.RPT_04, count=len(marks), marks=named, pending=PENDING))


def _table(instrument: Instrument, block: TableBlock, table: Element | None, *, doubled: bool) -> Iterator[Finding]:
    name = block.grid.caption
    if table is None:
        yield _shape("no_table", name)
        return
    if doubled:
        yield _shape("doubled", name)
    _, gone, more = paired(table, block.grid)
    for row in gone:
        words = "、".join(cell.plain for cell in block.grid.rows[row] if cell.plain)
        yield _shape("row_gone" if words else "blank_row_gone", name, row=row + 1, words=words)
    for line in more:
        words = " ".join(filter(None, map(text_of, line.tc_lst)))
        yield _shape("row_added" if words else "blank_row_added", name, words=short(words))
    for row, places in paired_cells(table, block.grid):
        if places is None:
            yield _shape("cells", name, row=row + 1)
            continue
        for place in places:
            yield from _cell(instrument, name, place, block)


def _cell(instrument: Instrument, table: str, place: WordCell, block: TableBlock) -> Iterator[Finding]:
    cell = place.cell
    if place.is_label and not place.agrees:
        yield _shape("label", table, due=cell.plain, found=shortened(text_of(place.element), _SHOWN))
    if cell.kind != "number" or not place.first:
        return
    told, right = text_of(place.element), block.values.get(cell.variable, "")
    if _value(told) == _value(right) and squeezed(told) != "":
        return
    variable, spot = instrument.variables[cell.variable], instrument.layout.spots[cell.variable]
    says = worded(Code.RPT_01, table=table, found=shortened(told, _SHOWN), due=right)
    yield Finding.at(says, (spot,), (cell.variable,), row=variable.row_path, column=variable.column_path)


def _value(text: str) -> Decimal | str:
    told = comparable(text).replace(",", "")
    try:
        return Decimal(told)
    except InvalidOperation:
        return told


def _shape(fault: str, name: str, **fields: object) -> Finding:
    return Finding.at(worded(Code.RPT_03, fault, name=name, **fields))
