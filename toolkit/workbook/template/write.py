"""Writes a plan as a protected workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.forms.layout import CHECKS, CHECKS_TOP, COVER, IDENTITY, PRIOR, PRIOR_TOP, CheckColumn
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import NumberType
from toolkit.text import width_of
from toolkit.workbook.template.cells import (
    EMPTY,
    FAILED,
    LATER,
    NOT_APPLICABLE,
    PASSED,
    QUERIED,
    CellRole,
    Planned,
    Prefill,
    TemplatePlan,
)
from toolkit.workbook.template.pen import ASK, BAD, EMPTY_FILL, GOOD, Page, Pen
from toolkit.workbook.template.plan import plan_template

#: Characters of a column a millimetre of print, on screen a little roomier than on paper.
_CHARACTERS = 0.62
_WIDTHS: Mapping[str, Mapping[int, float]] = {
    COVER: {0: 16, 1: 62, 2: 22},
    PRIOR: {0: 44, 1: 34, 2: 16},
    CHECKS: {0: 9, 1: 46, 2: 30, 3: 11, 4: 11, 5: 9, 6: 10, 7: 34},
    IDENTITY: {0: 14, 1: 40},
}
_TEXT_WIDTHS, _LIST_WIDTHS = {0: 18, 1: 78, 2: 26}, {0: 8, 1: 50, 2: 16}
_TITLE_HEIGHT, _TEXT_HEIGHT, _LINE_HEIGHT, _LONGEST_HINT, _LONGEST_TITLE = 30, 190, 24, 250, 32


def write_template(instrument: Instrument, prefill: Prefill | None = None) -> bytes:
    """A blank or prefilled workbook of the form, as the bytes of an .xlsx file; the same for the same input."""
    made = plan_template(instrument, prefill)
    form = instrument.form
    identity = {str(c.name): str(c.value) for c in made.sheets[IDENTITY] if c.name}
    pen = Pen(form.title, properties={name: value for name, value in identity.items() if value})
    for sheet, cells in made.sheets.items():
        _sheet(instrument, pen.page(sheet), sheet, cells)
    _names(pen, made)
    return pen.finish()


def _sheet(instrument: Instrument, page: Page, sheet: str, cells: tuple[Planned, ...]) -> None:
    page.widths(_widths(instrument, sheet))
    for cell in cells:
        _cell(page, cell)
    _validations(page, cells)
    _heights(instrument, page, sheet, cells)
    if sheet == CHECKS:
        _colours(page, cells)
    if sheet == IDENTITY:
        page.sheet.very_hidden()
    page.protect()
    top = {CHECKS: CHECKS_TOP, PRIOR: PRIOR_TOP}.get(sheet)
    table = next((t for t in instrument.form.tables if t.sheet == sheet), None)
    wide = sheet == CHECKS or (table is not None and table.layout == "line")
    page.paper(landscape=wide, repeat=(top - 1, top - 1) if top else None)
    if top:
        page.sheet.freeze_panes(top, 0)
    first = next((c for c in cells if c.role in {CellRole.NUMBER, CellRole.TEXT}), None)
    if first:
        page.sheet.set_selection(first.spot.row, first.spot.col, first.spot.row, first.spot.col)


def _cell(page: Page, cell: Planned) -> None:
    row, col, style = cell.spot.row, cell.spot.col, _style(cell)
    page.merge(row, col, cell.rows, cell.cols, style)
    if cell.formula:
        page.formula(row, col, cell.formula, style, "" if cell.value is None else cell.value)
    elif cell.link:
        page.link(row, col, cell.link, str(cell.value))
    else:
        page.put(row, col, cell.value, style)


def _style(cell: Planned) -> str:
    if cell.role is CellRole.STUB and cell.rows > 1:
        return "stub_centred"
    if cell.role is CellRole.FIXED and isinstance(cell.value, Decimal):
        return "fixed_number"
    if cell.role is CellRole.TEXT and (cell.spot.sheet in {COVER, CHECKS} or cell.name.endswith(".label")):
        return "text_line"
    if cell.role is CellRole.RESULT and cell.cols > 1:
        return "summary"
    return cell.role.value


def _validations(page: Page, cells: Sequence[Planned]) -> None:
    """Limits and hints of the input cells, one rule for neighbours in a row that share them."""
    runs: list[list[Planned]] = []
    for cell in cells:
        if cell.role not in {CellRole.NUMBER, CellRole.TEXT}:
            continue
        last = runs[-1][-1] if runs else None
        beside = last is not None and (last.spot.row, last.spot.col + last.cols) == (cell.spot.row, cell.spot.col)
        if last is not None and beside and (last.hint, last.type) == (cell.hint, cell.type):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    for run in runs:
        _validate(page, run[0], run[-1])


def _validate(page: Page, cell: Planned, last: Planned) -> None:
    title, message = cell.hint
    options: dict[str, object] = {"ignore_blank": True}
    if title:
        options |= {"input_title": title[:_LONGEST_TITLE], "input_message": message[:_LONGEST_HINT]}
    if cell.role is CellRole.TEXT:
        if not title:
            return
        options["validate"] = "any"
    elif cell.type is not None:
        options |= _limits(cell.type)
    page.sheet.data_validation(cell.spot.row, cell.spot.col, last.spot.row, last.spot.col, options)


def _limits(kind: NumberType) -> dict[str, object]:
    low = -kind.maximum if kind.minimum is None else kind.minimum
    what = "整数" if kind.kind == "whole" else "数字"
    sign = "" if kind.minimum is None else f"，不小于 {kind.minimum}"
    unit = f"（单位：{kind.unit}，不要写单位）" if kind.unit else ""
    return {
        "validate": "integer" if kind.kind == "whole" else "decimal",
        "criteria": "between",
        "minimum": int(low) if low == int(low) else float(low),
        "maximum": int(kind.maximum),
        "error_title": "请填数字",
        "error_message": f"这里填{what}{sign}{unit}。没有的填 0。",
    }


def _widths(instrument: Instrument, sheet: str) -> Mapping[int, float]:
    if sheet in _WIDTHS:
        return _WIDTHS[sheet]
    for table in instrument.form.tables:
        if table.sheet == sheet:
            grid = instrument.layout.grids[table.id]
            return {i: max(6.5, width * _CHARACTERS) for i, width in enumerate(grid.widths)}
    is_list = any(one.sheet == sheet for one in instrument.form.lists)
    return _LIST_WIDTHS if is_list else _TEXT_WIDTHS


def _heights(instrument: Instrument, page: Page, sheet: str, cells: tuple[Planned, ...]) -> None:
    widths = _widths(instrument, sheet)
    heights: dict[int, float] = {0: _TITLE_HEIGHT}
    long_text = any(group.sheet == sheet for group in instrument.form.groups)
    for cell in cells:
        if cell.rows > 1 or cell.role is CellRole.TITLE:
            continue
        room = sum(widths.get(cell.spot.col + i, 9.0) for i in range(cell.cols))
        lines = max(1, -(-width_of(str(cell.value or "")) // max(1, int(room - 1)))) if not cell.formula else 1
        need = max(_LINE_HEIGHT, 15.0 * lines + 6)
        if long_text and cell.role is CellRole.TEXT:
            need = _TEXT_HEIGHT
        heights[cell.spot.row] = max(heights.get(cell.spot.row, 0), need)
    for row, height in heights.items():
        page.sheet.set_row(row, height)


def _colours(page: Page, cells: tuple[Planned, ...]) -> None:
    last = max(cell.spot.row for cell in cells)
    column = CheckColumn.VERDICT
    colours = {
        PASSED: GOOD,
        FAILED: BAD,
        QUERIED: ASK,
        EMPTY: EMPTY_FILL,
        NOT_APPLICABLE: EMPTY_FILL,
        LATER: EMPTY_FILL,
    }
    for word, colour in colours.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": page.pen.fill(colour)}
        page.sheet.conditional_format(CHECKS_TOP, column, last, column, rule)


def _names(pen: Pen, made: TemplatePlan) -> None:
    for cell in made.cells:
        if cell.name:
            pen.name(cell.name, cell.spot.reference)
