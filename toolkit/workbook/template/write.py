"""Writes a plan as a protected workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from toolkit.forms import layout as book
from toolkit.forms.layout import CHECKS, COVER, IDENTITY, PRIOR, CheckColumn
from toolkit.instrument.instrument import Instrument
from toolkit.model.cells import NumberType
from toolkit.model.form import NIL_TICK
from toolkit.workbook.proposals import CONFIRMED, CONFIRMING, HOW, NOTED
from toolkit.workbook.template import conditions
from toolkit.workbook.template.cells import CellRole, Planned, Prefill, Word
from toolkit.workbook.template.conditions import Area, areas_of
from toolkit.workbook.template.pen import ASK, BAD, EMPTY_FILL, GOOD, Page, Pen, StyledCell, height
from toolkit.workbook.template.plan import plan_template

_TITLE_HEIGHT, _LINE_HEIGHT, _TWO_LINES, _PADDING, _LONGEST_HINT, _LONGEST_TITLE = 30, 24, 38, 6, 250, 32
#: Blank rows for texts: on a screen of 768 lines one is seen whole; what 1,200 characters take, or half of it.
_REQUIRED_HEIGHT, _OPTIONAL_HEIGHT = 300, 150
#: Per cent of its size at which a sheet of long texts or of a table is shown.
_ZOOM = 85
_ANY = NumberType()

_ENTRIES = frozenset({CellRole.NUMBER, CellRole.TEXT, CellRole.TICK})


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
    page.paper(landscape=True)
    for row, line in enumerate((HOW, *given.told)):
        page.put(row, 1, StyledCell(line, "sentence"))
    page.put(CONFIRMING.row, CONFIRMING.col, StyledCell(None, "number"))
    page.sheet.data_validation(CONFIRMING.cell, {"validate": "list", "source": [CONFIRMED]})
    page.sheet.activate()
    noted.sheet.hide()
    for row, (name, value, source) in enumerate(given.proposals):
        sheet, at, _ = spot = instrument.layout.spot(name)
        pen.page(sheet).sheet.write_comment(spot.cell, f"{page.sheet.name}：{source}", {"author": "", "width": 260})
        if value is not None:
            style = "proposed" if isinstance(value, Decimal) else "proposed_text"
            pen.page(sheet).put(at, spot.col, StyledCell(value, style))
            noted.line(row, (StyledCell(f"{sheet}!{spot.cell}", "line"), StyledCell(value, "line")))


def _sheet(instrument: Instrument, page: Page, sheet: str, cells: tuple[Planned, ...]) -> None:
    page.widths(instrument.layout.widths(sheet))
    for cell in cells:
        made = StyledCell(cell.value, _style(cell), cell.formula, cell.link, "", cell.rows, cell.cols, cell.array)
        page.put(cell.spot.row, cell.spot.col, made)
    _validations(page, cells)
    _heights(instrument, page, sheet, cells)
    long = any(group.sheet == sheet for group in instrument.form.groups)
    if long:
        last = max(cell.spot.row for cell in cells)
        page.sheet.print_area(0, 0, last, 1)
        for row in range(book.TEXT_TOP, last + 1):
            page.warn(row, 1, row, 1, f'=AND(LEN(B{row + 1})>0,LEFT(C{row + 1},1)="【")')
    if sheet == IDENTITY:
        page.sheet.very_hidden()
    if sheet == CHECKS:
        _check_sheet(page, cells)
    page.protect()
    table = next((t for t in instrument.form.tables if t.sheet == sheet), None)
    wide = sheet == CHECKS or long or (table is not None and table.layout == "line")
    top, heads = _heads(instrument, sheet)
    page.paper(landscape=wide, repeat=(top - heads, top - 1) if heads else None)
    page.sheet.freeze_panes(top, 0)
    if table or long:
        page.sheet.set_zoom(_ZOOM)
    if first := next((c for c in cells if c.role in _ENTRIES), None):
        page.sheet.set_selection(first.spot.row, first.spot.col, first.spot.row, first.spot.col)


def _heads(instrument: Instrument, sheet: str) -> tuple[int, int]:
    """How many rows stay in sight, and how many of them, the lowest, head the columns on every page."""
    for table in instrument.form.tables:
        if table.sheet == sheet:
            heads = instrument.layout.grids[table.id].head_rows
            return book.TABLE_TOP + heads, heads
    if any(one.sheet == sheet for one in instrument.form.lists):
        return book.LIST_TOP, 1
    return {
        CHECKS: (book.FIRST_OPEN, 1),
        PRIOR: (book.PRIOR_TOP, 1),
        COVER: (0, 0),
        IDENTITY: (0, 0),
    }.get(sheet, (book.TEXT_TOP, 0))


def _style(cell: Planned) -> str:
    if cell.role is CellRole.STUB and (cell.rows > 1 or isinstance(cell.value, int)):
        return "stub_centred"
    if cell.role is CellRole.FIXED and isinstance(cell.value, Decimal):
        return "fixed_number"
    if cell.role is CellRole.TEXT and (cell.spot.sheet in {COVER, CHECKS} or cell.type or cell.name.endswith(".label")):
        return "text_line"
    if cell.role is CellRole.RESULT and cell.cols > 1:
        return "summary"
    return cell.role.value


def _validations(page: Page, cells: Sequence[Planned]) -> None:
    """Limits, red and hints of the input cells: rectangles that share them; a hint only where its row begins."""
    entries = [cell for cell in cells if cell.role in _ENTRIES]
    first = {(cell.spot.row, cell.hint): cell.spot for cell in reversed(entries) if cell.hint[0]}
    hinted = set(first.values())
    numbers = [(cell.spot, cell.type) for cell in entries if cell.type is not None]
    for cell in entries:
        if cell.spot in hinted:
            title, message = cell.hint
            told = {"input_title": title[:_LONGEST_TITLE], "input_message": message[:_LONGEST_HINT]}
            _limit(page, Area(cell.spot, 1, 1, cell.type or _ANY), cell.role, told)
    for area in areas_of(one for one in numbers if one[0] not in hinted):
        _limit(page, area, CellRole.NUMBER, {})
    for area in areas_of(numbers):
        page.warn(*_corners(area), f"={conditions.number_code(area.spot.cell, area.type)}>{conditions.BLANK}")
    ours = areas_of((cell.spot, _ANY) for cell in entries if cell.formula)
    if ours:
        page.sheet.ignore_errors({"formula_unlocked": " ".join(one.cells for one in ours)})


def _corners(area: Area) -> tuple[int, int, int, int]:
    row, col = area.spot.row, area.spot.col
    return row, col, row + area.rows - 1, col + area.cols - 1


def _limit(page: Page, area: Area, role: CellRole, told: Mapping[str, str]) -> None:
    """What may be typed into an area, and the hint that is shown there."""
    options: dict[str, object] = {"ignore_blank": True, "validate": "any", **told}
    if role is CellRole.TICK:
        wrong = {"error_title": "零报告", "error_message": f"这里只选“{NIL_TICK}”，或者留空。"}
        options |= {"validate": "list", "source": [NIL_TICK], **wrong}
        page.warn(*_corners(area), f'=AND(LEN({area.spot.cell})>0,{area.spot.cell}<>"{NIL_TICK}")')
    elif role is CellRole.NUMBER or area.type.choices:
        options |= conditions.limits(area.type, "留空" if area.spot.sheet == PRIOR else "填 0")
    page.sheet.data_validation(*_corners(area), options)


def _heights(instrument: Instrument, page: Page, sheet: str, cells: tuple[Planned, ...]) -> None:
    """Rows as tall as their words need; one that a person writes words in stays free to grow and shrink with them."""
    widths, heights = instrument.layout.widths(sheet), {0: float(_TITLE_HEIGHT)}
    long_text = any(group.sheet == sheet for group in instrument.form.groups)
    # No program fits a row to what stands in merged cells: those of the cover have room for two lines.
    growing = {c.spot.row for c in cells if c.role is CellRole.TEXT and not (sheet == COVER and c.cols > 1)}
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
                need = _REQUIRED_HEIGHT if instrument.form.texts[cell.name].required else _OPTIONAL_HEIGHT
        heights[cell.spot.row] = max(heights.get(cell.spot.row, 0), need)
    low = {cell.spot.row for cell in cells if cell.role is CellRole.LINK_BELOW}
    for row, points in heights.items():
        page.height(row, points - _PADDING * (row in low), grows=row in growing)


def _check_sheet(page: Page, cells: tuple[Planned, ...]) -> None:
    """Colours of the verdicts; what only the formulas go back to is hidden."""
    last, column = max(cell.spot.row for cell in cells), CheckColumn.VERDICT
    colours = {Word.PASSED: GOOD, Word.FAILED: BAD, Word.QUERIED: ASK, **dict.fromkeys(Word.UNDECIDED, EMPTY_FILL)}
    for word, colour in colours.items():
        rule = {"type": "text", "criteria": "begins with", "value": word, "format": page.pen.style(colour)}
        page.sheet.conditional_format(book.FIRST_OPEN, column, last, column, rule)
    page.sheet.print_area(0, 0, last, CheckColumn.EXPLANATION)
    page.sheet.set_column(CheckColumn.GROUP, max(cell.spot.col for cell in cells), None, None, {"hidden": True})
