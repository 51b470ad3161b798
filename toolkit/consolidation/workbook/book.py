"""The consolidated workbook: totals as live formulas over a sheet of units, so that anyone can audit them.

The sheet of sources says what each total is made of, one contribution a row, down to the cell in the unit's file.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from toolkit.collection.folder import SUM_TABLE
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import REPEATED, file_name
from toolkit.consolidation.workbook.units import NOT_SUMMED, UnitSheet
from toolkit.forms.layout import TABLE_TOP, quoted_sheet
from toolkit.instrument.instrument import Instrument
from toolkit.io.templates import pages
from toolkit.model.finding import Finding
from toolkit.model.form import Table
from toolkit.model.grid import GridCell
from toolkit.model.sentences import phrase
from toolkit.text import width_of, written
from toolkit.workbook.template.pen import Page, Pen, StyledCell, height

NOTES, UNITS, SOURCES = "说明", "单位明细", "来源"
#: Characters of a column a millimetre of print.
_CHARACTERS = 0.62
_NARROWEST = 6.5
_TITLE_HEIGHT = 30.0
_TIP = "点这里看各单位的数"
#: With more units a book is written by way of the disk.
LONG = 1_000
#: So many rows stand in the sheet; a longer one opens too slowly to be of use.
MOST_ROWS = 100_000
_HEAD, _FIRST = 2, 3
_LINK, _REVISION = "汇总单元格", "第几版"
_WIDEST = 76.0
_NUMBERS = frozenset({"数值", _REVISION})
_WIDTHS = {
    "表": 14.0,
    "项目": 20.0,
    "栏目": 16.0,
    _LINK: 11.0,
    "单位": 28.0,
    "数值": 13.0,
    "文件": 26.0,
    _REVISION: 8.0,
    "来源单元格": 20.0,
}
_HELP = phrase("sources")
_NOTE_WIDTHS = (12.0, 36.0, 20.0, 44.0)
#: Excel keeps so many significant digits of a number.
_EXCEL_DIGITS = 15


def write_book(
    instrument: Instrument, consolidation: Consolidation, name: str, findings: Sequence[Finding] | None = None
) -> bytes:
    """Write the workbook of the sums of the area ``name``; the same bytes for the same sums.

    Its number cells stand where the template has them and carry the same defined names. ``findings`` are those of the
    rules on the sums; None where nobody checked them.
    """
    taken = {table.sheet for table in instrument.form.tables}
    units = UnitSheet(consolidation, _free(UNITS, taken))
    sources = _free(SOURCES, taken)
    title = f"{name}{consolidation.period_label}{instrument.form.title}汇总"
    pen = Pen(title, long=(long := len(consolidation.members) > LONG))
    notes = pen.page(_free(NOTES, taken))
    _notes(notes, consolidation, findings, title=title, name=name, units=units.name, sources=sources)
    for table in instrument.form.tables:
        _table(pen.page(table.sheet), table, units)
    units.draw(pen.page(units.name, long=long), f"{title}：{units.name}")
    _sources(pen.page(sources, long=long), consolidation, f"{title}：{sources}")
    for variable in instrument.names:
        pen.name(variable, instrument.layout.spot(variable).reference)
    return pen.finish(lock_structure=False)


def _free(name: str, taken: Collection[str]) -> str:
    """Keep the name, or make one that no table's sheet has."""
    while name in taken:
        name += "（汇总）"
    return name


def _notes(page: Page, one: Consolidation, findings: Sequence[Finding] | None, **names: str) -> None:
    """The first sheet: what was summed, what was not and why, and what the rules say of the sums.

    ``names`` are those of the book and the area, and of the sheets of units and sources; ``findings`` is None if nobody
    checked. What is said stands in ``templates/notes.json.j2``.
    """

    def link(sheet: str, cell: str) -> str:
        """Lead to a number cell; nothing for a place that the book does not have."""
        known = one.instrument.layout.names.get((sheet, cell), "") in one.instrument.variables
        return f"internal:{quoted_sheet(sheet)}!{cell}" if known else ""

    told = (
        pages(__package__)
        .get_template("notes.json.j2")
        .render(
            names,
            one=one,
            findings=findings,
            long=sum(len(v.as_tuple().digits) > _EXCEL_DIGITS for v in one.sums.values()),
            explained=[(one.shown(it), found) for it in one.members for found in it.findings if found.explanation],
            link=link,
            file_name=file_name,
            repeated=REPEATED,
            phrase=phrase,
        )
    )
    page.widths(dict(enumerate(_NOTE_WIDTHS)))
    for row, line in enumerate(filter(None, told.splitlines())):
        _draw_line(page, row, *json.loads(line))
    page.paper()
    if one.warning:
        page.banner(one.warning)


def _draw_line(page: Page, row: int, style: str, link: str, texts: Sequence[str]) -> None:
    """One text a column, the last over all columns that are left; ``link`` is under the second."""
    last = len(texts) - 1
    first = "result" if last and style == "sentence" else style
    styles = [first, "link" if link else style, *[style] * len(_NOTE_WIDTHS)]
    cells = [StyledCell(text, look) for text, look in zip(texts, styles, strict=False)]
    cells[last] = cells[last]._replace(cols=len(_NOTE_WIDTHS) - last)
    if link:
        cells[1] = cells[1]._replace(link=link)
    page.line(row, cells)
    rooms = [*_NOTE_WIDTHS[:last], sum(_NOTE_WIDTHS[last:])]
    page.sheet.set_row(row, max(height(text, room) for text, room in zip(texts, rooms, strict=True)))


def _table(page: Page, table: Table, units: UnitSheet) -> None:
    one = units.consolidation
    layout = one.instrument.layout
    grid = layout.grids[table.id]
    help_text = _help(table, one)
    page.put(0, 0, StyledCell(table.title, "title", cols=grid.ncols))
    page.put(1, 0, StyledCell(help_text, "warning" if one.warning else "help", cols=grid.ncols))
    widths = _widths(table, one)
    heights = {0: _TITLE_HEIGHT, 1: height(help_text, sum(widths))}
    for cell in grid.cells:
        spot = layout.on_sheet(table.id, cell)
        _cell(page, cell, spot.row, spot.col, units)
        if cell.rows == 1:
            room = sum(widths[cell.col : cell.col + cell.cols])
            heights[spot.row] = max(heights.get(spot.row, 0.0), height(cell.plain, room))
    page.widths(dict(enumerate(widths)))
    for row, points in heights.items():
        page.sheet.set_row(row, points)
    page.protect()
    page.paper(landscape=table.layout == "line")
    page.sheet.freeze_panes(TABLE_TOP + grid.head_rows, 0)
    if one.warning:
        page.banner(one.warning)


def _help(table: Table, one: Consolidation) -> str:
    variables = [v for v in one.instrument.variables.values() if v.table == table.id]
    measures = dict.fromkeys(v.measure for v in variables if v.measure)
    measure = f"单位：{'、'.join(measures)}。" if measures else ""
    partial = any(v.name in one.incomplete for v in variables)
    return f"{one.warning}{measure}{one.brief}。{'橙色格不是每个单位都有数。' if partial else ''}"


def _cell(page: Page, cell: GridCell, row: int, col: int, units: UnitSheet) -> None:
    one = units.consolidation
    words = cell.variable in one.instrument.form.words
    if cell.kind != "number" or words:
        look = "stub_centred" if cell.kind == "stub" and cell.rows > 1 else "result" if words else cell.kind
        page.put(row, col, StyledCell(NOT_SUMMED if words else cell.plain, look, rows=cell.rows, cols=cell.cols))
        return
    derived = one.instrument.variables[cell.variable].derived
    style = "partial" if cell.variable in one.incomplete else "total" if derived else "result"
    link = units.target(cell.variable) if one.members and one.covered[cell.variable] else ""
    formula, value = units.formula(cell.variable) if one.members else "", one.told_of(cell.variable)
    page.put(row, col, StyledCell(value, style, formula, link, _TIP if link else "", cell.rows, cell.cols))


def _widths(table: Table, one: Consolidation) -> list[float]:
    """Column widths as in the template, but wide enough for the sums."""
    grid = one.instrument.layout.grids[table.id]
    widths = [max(_NARROWEST, width * _CHARACTERS) for width in grid.widths]
    for cell in grid.numbers:
        if cell.cols == 1 and cell.variable in one.sums:
            widths[cell.col] = max(widths[cell.col], width_of(written(one.sums[cell.variable])) + 2.0)
    return widths


def _sources(page: Page, one: Consolidation, title: str) -> None:
    """What the units add to all totals, in printed order, each total's in the order of the units."""
    count, revised = sum(len(one.parts(name)) for name in one.instrument.names), any(it.revision for it in one.members)
    heads = [head for head in _WIDTHS if revised or head != _REVISION]
    note = _HELP if count else "没有不为 0 的数。"
    if cut := count > MOST_ROWS:
        note = f"共 {count} 行，这里只列前 {MOST_ROWS} 行，其余见 {SUM_TABLE}。{_HELP}"
    page.sheet.set_row(0, 30.0)
    page.put(0, 0, StyledCell(title, "left_title"))
    page.put(1, 0, StyledCell(f"{one.warning}{note}", "warning_line" if one.warning or cut else "line"))
    page.line(_HEAD, (StyledCell(head, "band") for head in heads))
    last = _HEAD
    for last, told in enumerate(islice(_contributions(one), MOST_ROWS), _FIRST):
        page.line(last, (told[head] for head in heads))
    variables = one.instrument.variables.values()
    # Room for the labels: what tells two of them apart stands at their end.
    labels = {"项目": {v.row_label for v in variables}, "栏目": {v.column_label for v in variables}}
    longest = [max([0, *map(width_of, labels.get(head, ()))]) for head in heads]
    page.widths({i: min(_WIDEST, max(_WIDTHS[head], longest[i] * 0.95 + 1)) for i, head in enumerate(heads)})
    page.sheet.freeze_panes(_FIRST, 0)
    page.sheet.autofilter(_HEAD, 0, max(last, _FIRST), len(heads) - 1)
    page.paper(landscape=True, repeat=(_HEAD, _HEAD))
    page.banner(f"{title}　{one.warning}")


def _contributions(one: Consolidation) -> Iterator[Mapping[str, StyledCell]]:
    """What a member adds to a total, but for those that add 0, and where each of both stands."""
    members = [_cells(单位=one.shown(it), 文件=file_name(it), 第几版=it.revision or None) for it in one.members]
    for name, variable in one.instrument.variables.items():
        spot = one.instrument.layout.spot(name)
        # No link of the file format: a sheet may hold only 65,530 of those, and sorting loses them.
        target = spot.reference.replace('"', '""')
        link = StyledCell(spot.cell, "link", f'HYPERLINK("#{target}","{spot.cell}")')
        total = _cells(表=spot.sheet, 项目=variable.row_label, 栏目=variable.column_label) | {_LINK: link}
        for value, member in one.parts(name):
            source = "!".join(one.returns[member].places.get(name, (spot.sheet, spot.cell)))
            yield {**total, **members[member], **_cells(数值=value, 来源单元格=source)}


def _cells(**told: str | Decimal | int | None) -> dict[str, StyledCell]:
    """Cells by heading."""
    return {head: StyledCell(said, "result" if head in _NUMBERS else "entry_line") for head, said in told.items()}
