"""Writes a plan as a protected workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from toolkit.forms.layout import CHECKS, COVER, FIRST_OPEN, IDENTITY, PRIOR, PRIOR_TOP, TALLEST, TEXT_TOP, CheckColumn
from toolkit.instrument.instrument import Instrument
from toolkit.workbook.proposals import CONFIRMED, CONFIRMING, HOW, NOTED
from toolkit.workbook.template import conditions
from toolkit.workbook.template.cells import FAILED, PASSED, QUERIED, UNDECIDED, CellRole, Planned, Prefill
from toolkit.workbook.template.pen import ASK, BAD, EMPTY_FILL, GOOD, Page, Pen, height
from toolkit.workbook.template.plan import plan_template

_TITLE_HEIGHT, _LINE_HEIGHT, _TWO_LINES, _OPTIONAL_HEIGHT, _LONGEST_HINT, _LONGEST_TITLE = 30, 24, 38, 190, 250, 32

_ENTRIES = frozenset({CellRole.NUMBER, CellRole.TEXT})


def write_template(instrument: Instrument, prefill: Prefill | None = None) -> bytes:
    """A blank or prefilled workbook of the form, as the bytes of an .xlsx file; the same for the same input."""
    made = plan_template(instrument, prefill)
    form = instrument.form
    identity = {str(c.name): str(c.value) for c in made.sheets[IDENTITY] if c.name}
    pen = Pen(form.title, properties={name: value for name, value in identity.items() if value})
    for sheet, cells in made.sheets.items():
        _sheet(instrument, pen.page(sheet), sheet, cells)
    for cell in made.cells:
        if cell.name:
            pen.name(cell.name, cell.spot.reference)
    if prefill and prefill.proposals:
        _propose(instrument, pen, prefill)
    return pen.finish()


def _propose(instrument: Instrument, pen: Pen, given: Prefill) -> None:
    """Mark the proposals, list them on a hidden sheet, and show the one where they are to be confirmed."""
    page, noted = pen.page(CONFIRMING.sheet), pen.page(NOTED.sheet)
    page.widths({0: 14, 1: 100})
    for row, line in enumerate((HOW, *given.told)):
        page.put(row, 1, line, "sentence")
    page.put(CONFIRMING.row, CONFIRMING.col, None, "number")
    page.sheet.data_validation(CONFIRMING.cell, {"validate": "list", "source": [CONFIRMED]})
    page.sheet.activate()
    noted.sheet.hide()
    for row, (name, value, source) in enumerate(given.proposals):
        sheet, at, _ = spot = instrument.layout.spot(name)
        pen.page(sheet).sheet.write_comment(spot.cell, f"{page.sheet.name}：{source}", {"author": "", "width": 260})
        if value is not None:
            pen.page(sheet).put(at, spot.col, value, "proposed" if isinstance(value, Decimal) else "proposed_text")
            noted.put(row, 0, f"{sheet}!{spot.cell}", "line")
            noted.put(row, 1, value, "line")


def _sheet(instrument: Instrument, page: Page, sheet: str, cells: tuple[Planned, ...]) -> None:
    page.widths(instrument.layout.widths(sheet))
    for cell in cells:
        _cell(page, cell)
    _validations(page, cells)
    _heights(instrument, page, sheet, cells)
    if any(group.sheet == sheet for group in instrument.form.groups):
        last = max(cell.spot.row for cell in cells)
        page.sheet.print_area(0, 0, last, 1)
        for row in range(TEXT_TOP, last + 1):
            page.warn(row, 1, row, 1, f'=AND(LEN(B{row + 1})>0,LEFT(C{row + 1},1)="【")')
    if sheet == CHECKS:
        _colours(page, cells)
        page.sheet.set_column(CheckColumn.AID, max(cell.spot.col for cell in cells), None, None, {"hidden": True})
    if sheet == IDENTITY:
        page.sheet.very_hidden()
    page.protect()
    top = {CHECKS: FIRST_OPEN, PRIOR: PRIOR_TOP}.get(sheet)
    table = next((t for t in instrument.form.tables if t.sheet == sheet), None)
    wide = sheet == CHECKS or (table is not None and table.layout == "line")
    page.paper(landscape=wide, repeat=(top - 1, top - 1) if top else None)
    if top:
        page.sheet.freeze_panes(top, 0)
    first = next((c for c in cells if c.role in _ENTRIES), None)
    if first:
        page.sheet.set_selection(first.spot.row, first.spot.col, first.spot.row, first.spot.col)


def _cell(page: Page, cell: Planned) -> None:
    row, col, style = cell.spot.row, cell.spot.col, _style(cell)
    page.merge(row, col, cell.rows, cell.cols, style)
    if cell.formula:
        page.formula(row, col, cell.formula, style, "" if cell.value is None else cell.value, array=cell.array)
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
        if cell.role in _ENTRIES:
            last = runs[-1][-1] if runs else cell
            beside = last.spot._replace(col=last.spot.col + last.cols) == cell.spot
            if beside and (last.hint, last.type) == (cell.hint, cell.type):
                runs[-1].append(cell)
            else:
                runs.append([cell])
    for run in runs:
        _validate(page, run[0], run[-1])


def _validate(page: Page, cell: Planned, last: Planned) -> None:
    area = (cell.spot.row, cell.spot.col, last.spot.row, last.spot.col)
    title, message = cell.hint
    options: dict[str, object] = {"ignore_blank": True}
    if title:
        options |= {"input_title": title[:_LONGEST_TITLE], "input_message": message[:_LONGEST_HINT]}
    if cell.type is not None:
        options |= conditions.limits(cell.type, "留空" if cell.spot.sheet == PRIOR else "填 0")
        page.warn(*area, f"={conditions.number_code(cell.spot.cell, cell.type)}>{conditions.BLANK}")
    elif title:
        options["validate"] = "any"
    if "validate" in options:
        page.sheet.data_validation(*area, options)


def _heights(instrument: Instrument, page: Page, sheet: str, cells: tuple[Planned, ...]) -> None:
    """Rows as tall as their words need; one that a person writes words in stays free to grow and shrink with them."""
    widths, heights = instrument.layout.widths(sheet), {0: float(_TITLE_HEIGHT)}
    long_text = any(group.sheet == sheet for group in instrument.form.groups)
    growing = {cell.spot.row for cell in cells if cell.role is CellRole.TEXT}
    for cell in cells:
        if cell.rows > 1 or cell.role is CellRole.TITLE:
            continue
        room = sum(widths.get(cell.spot.col + i, 9.0) for i in range(cell.cols))
        need = _LINE_HEIGHT if cell.formula else height(str(cell.value or ""), room)
        if sheet == CHECKS and cell.formula and cell.spot.col == CheckColumn.EXPLANATION:
            need = _TWO_LINES
        elif cell.role is CellRole.TEXT and not cell.value:
            need = _TWO_LINES if sheet == COVER else _LINE_HEIGHT
            if long_text:
                need = TALLEST if instrument.form.texts[cell.name].required else _OPTIONAL_HEIGHT
        heights[cell.spot.row] = max(heights.get(cell.spot.row, 0), need)
    for row, points in heights.items():
        page.height(row, points, grows=row in growing)


def _colours(page: Page, cells: tuple[Planned, ...]) -> None:
    last, column = max(cell.spot.row for cell in cells), CheckColumn.VERDICT
    colours = {PASSED: GOOD, FAILED: BAD, QUERIED: ASK}
    colours |= dict.fromkeys(UNDECIDED, EMPTY_FILL)
    for word, colour in colours.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": page.pen.fill(colour)}
        page.sheet.conditional_format(FIRST_OPEN, column, last, column, rule)
