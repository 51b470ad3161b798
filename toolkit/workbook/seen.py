"""What a workbook shows otherwise than it is stored: a person signs the one, the program reads the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from toolkit.forms.layout import Layout, Spot
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.flat import FlatCell, FlatWorkbook
from toolkit.text import cell_text, printable, unseen, visible
from toolkit.workbook.intake.number_formats import shown_as
from toolkit.workbook.template.cells import CellRole, Planned, TemplatePlan

_ROLES = frozenset({CellRole.NUMBER, CellRole.TEXT, CellRole.TOTAL, CellRole.FIXED})
#: A figure may be so many characters broader than its column before it is shown as ``###``.
_SPARE = 1
_QUOTED = 60


class SeenCell(NamedTuple):
    """A cell: what it shows, what it holds, and why they differ."""

    sheet: str
    cell: str
    shown: str
    stored: str
    why: str


def seen_otherwise(
    flat: FlatWorkbook, layout: Layout, plan: TemplatePlan, findings: Sequence[Finding]
) -> Iterator[SeenCell]:
    """Every filled cell of a return that shows something else than it holds; ``findings`` are those about the file."""
    told: dict[tuple[str, str], tuple[str, str]] = {}
    for one in findings:
        if one.rule in {Code.FORM_14, Code.VAL_13}:
            shown = ("（只有前面一部分）", one.message) if one.rule == Code.VAL_13 else ("（看不见）", "")
            told |= {(one.sheet, cell): shown for cell in one.cells}
    for cell in plan.cells:
        spot = cell.spot
        held = flat.at(spot.sheet, spot.cell)
        if cell.role not in _ROLES or spot.sheet not in layout.sheets or held.value in {None, ""}:
            continue
        found = told.get((spot.sheet, spot.cell)) or _otherwise(flat, held, cell, layout.widths(spot.sheet))
        if found:
            stored = visible(cell_text(held.value).replace("\n", " "))
            stored, why = stored[:_QUOTED] + "…" * (len(stored) > _QUOTED), found[1] or _hidden_by(flat, spot)
            yield SeenCell(spot.sheet, spot.cell, found[0], stored, why)


def _hidden_by(flat: FlatWorkbook, spot: Spot) -> str:
    """Why nobody sees what is in a cell."""
    sheet, row, column = flat.sheets[spot.sheet], spot.row + 1, spot.col + 1
    covered = any(row in r and column in c and (row, column) != (r[0], c[0]) for r, c in sheet.merged)
    return "整张表隐藏了" if sheet.hidden else "被合并单元格盖住" if covered else "在隐藏的行或列里"


def _otherwise(
    flat: FlatWorkbook, held: FlatCell, cell: Planned, widths: Mapping[int, float]
) -> tuple[str, str] | None:
    """What a cell shows, and why; None where that is what it holds."""
    if isinstance(held.value, str):
        signs = unseen(held.value)
        return (printable(held.value).replace("\n", " ")[:_QUOTED], f"夹着看不见的{signs}") if signs else None
    if isinstance(held.value, bool) or not isinstance(held.value, int | float):
        return None
    number_format = flat.styles[held.style].number_format
    shown = shown_as(number_format, held.value)
    room = sum(widths.get(cell.spot.col + i, 0) for i in range(cell.cols))
    figure = cell_text(held.value) if shown is None else shown
    if figure[:1].isdigit() and len(figure) > room + _SPARE and cell.role is not CellRole.TEXT:
        return "#" * int(room), "列太窄，放不下这个数"
    return None if shown is None else (shown or "（什么也不显示）", f"数字格式“{number_format}”")
