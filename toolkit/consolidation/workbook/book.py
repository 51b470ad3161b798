"""The consolidated workbook: totals as live formulas over a sheet of units, so that anyone can audit them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.workbook.notes import Notes
from toolkit.consolidation.workbook.sources import SourceSheet
from toolkit.consolidation.workbook.units import UnitSheet
from toolkit.forms.layout import TABLE_TOP
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.form import Table
from toolkit.model.grid import GridCell
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


def write_book(
    instrument: Instrument, consolidation: Consolidation, name: str, findings: Sequence[Finding] | None = None
) -> bytes:
    """Write the workbook of the sums of the area ``name``; the same bytes for the same sums.

    Its number cells stand where the template has them and carry the same defined names. ``findings`` are those of the
    rules on the sums; None where nobody checked them.
    """
    taken = {table.sheet for table in instrument.form.tables}
    units = UnitSheet(consolidation, _free(UNITS, taken))
    origins = SourceSheet(consolidation, _free(SOURCES, taken))
    notes = Notes(consolidation, name, units.name, origins.name, findings)
    pen = Pen(notes.title, long=(long := len(consolidation.members) > LONG))
    notes.draw(pen.page(_free(NOTES, taken)))
    for table in instrument.form.tables:
        _table(pen.page(table.sheet), table, units)
    units.draw(pen.page(units.name, long=long), f"{notes.title}：{units.name}")
    origins.draw(pen.page(origins.name, long=long), f"{notes.title}：{origins.name}")
    for variable in instrument.names:
        pen.name(variable, instrument.layout.spot(variable).reference)
    return pen.finish(lock_structure=False)


def _free(name: str, taken: Collection[str]) -> str:
    """Keep the name, or make one that no table's sheet has."""
    while name in taken:
        name += "（汇总）"
    return name


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
    measures = dict.fromkeys(v.type.unit for v in variables if v.type.unit)
    measure = f"单位：{'、'.join(measures)}。" if measures else ""
    partial = any(v.name in one.incomplete for v in variables)
    return f"{one.warning}{measure}{one.brief}。{'橙色格不是每个单位都有数。' if partial else ''}"


def _cell(page: Page, cell: GridCell, row: int, col: int, units: UnitSheet) -> None:
    one = units.consolidation
    if cell.kind != "number":
        look = "stub_centred" if cell.kind == "stub" and cell.rows > 1 else cell.kind
        page.put(row, col, StyledCell(cell.plain, look, rows=cell.rows, cols=cell.cols))
        return
    derived = one.instrument.variables[cell.variable].derived
    style = "partial" if cell.variable in one.incomplete else "total" if derived else "result"
    link = units.target(cell.variable) if one.members and one.covered[cell.variable] else ""
    formula, value = units.formula(cell.variable) if one.members else "", one.sums.get(cell.variable)
    page.put(row, col, StyledCell(value, style, formula, link, _TIP if link else "", cell.rows, cell.cols))


def _widths(table: Table, one: Consolidation) -> list[float]:
    """Column widths as in the template, but wide enough for the sums."""
    grid = one.instrument.layout.grids[table.id]
    widths = [max(_NARROWEST, width * _CHARACTERS) for width in grid.widths]
    for cell in grid.numbers:
        if cell.cols == 1 and cell.variable in one.sums:
            widths[cell.col] = max(widths[cell.col], width_of(written(one.sums[cell.variable])) + 2.0)
    return widths
