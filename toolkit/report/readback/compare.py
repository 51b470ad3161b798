"""A polished report held against the data it was written from: tables by cell, generated sentences by figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.report.document.blocks import MISSING, PENDING, Document, TableBlock
from toolkit.report.document.layout import tidied, wording
from toolkit.report.readback.parse import Polished
from toolkit.report.readback.sentences import comparable, reworded, short
from toolkit.report.word.tables_read import Element, WordCell, paired, paired_cells, squeezed, text_of

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
        yield _shape(title, f"报告的标题现在是“{short(found.title)}”" if found.title else "报告的标题不见了")
    for heading, now in found.headings.items():
        yield _shape(heading, f"标题现在是“{short(now)}”" if now else "标题不见了，或者改了字")


def _added(found: Polished) -> Iterator[Finding]:
    for table in found.added:
        words = short(next(filter(None, (text_of(cell) for line in table.tr_lst for cell in line.tc_lst)), ""))
        yield Finding(
            rule="RPT-03",
            severity=Severity.NOTE,
            message=f"多了一张表（开头是“{words}”），不是表样规定的表，不会写进其他格式",
            remedy="其他格式也要这张表的，请另行添上。",
        )


def _unfinished(words: Document) -> Iterator[Finding]:
    """RPT-04: marks that a text is still to be written, or a figure missing."""
    marks = [mark for text in wording(words) for mark in _MARK.findall(text)]
    if marks:
        named = "、".join(dict.fromkeys(mark.removeprefix(PENDING).rstrip("】") for mark in marks))
        yield Finding(
            rule="RPT-04",
            severity=Severity.ERROR,
            message=f"报告里还有 {len(marks)} 处没有写完：{named}",
            remedy=f"请把“{PENDING}……】”换成正文，缺的数先在工作簿里补齐。",
        )


def _table(instrument: Instrument, block: TableBlock, table: Element | None, *, doubled: bool) -> Iterator[Finding]:
    name = block.grid.caption
    if table is None:
        yield _shape(name, "没有这张表，或表中文字改动太多，认不出来")
        return
    if doubled:
        yield _shape(name, "这张表出现了不止一次，按最像的一张核对")
    _, gone, more = paired(table, block.grid)
    for row in gone:
        words = "、".join(cell.plain for cell in block.grid.rows[row] if cell.plain)
        yield _shape(name, f"少了第 {row + 1} 行" + (f"（{words}）" if words else ""))
    for line in more:
        words = " ".join(filter(None, map(text_of, line.tc_lst)))
        yield _shape(name, "多了一行" + (f"（{short(words)}）" if words else "空行"))
    for row, places in paired_cells(table, block.grid):
        if places is None:
            yield _shape(name, f"第 {row + 1} 行单元格的个数与表样不同，这一行没有核对")
            continue
        for place in places:
            yield from _cell(instrument, name, place, block)


def _cell(instrument: Instrument, table: str, place: WordCell, block: TableBlock) -> Iterator[Finding]:
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
    told = comparable(text).replace(",", "")
    try:
        return Decimal(told)
    except InvalidOperation:
        return told


def _shape(where: str, what: str) -> Finding:
    remedy = "请恢复原来的表和标题：可从程序写出的报告里复制。"
    return Finding(rule="RPT-03", severity=Severity.ERROR, message=f"“{where}”：{what}", remedy=remedy)
