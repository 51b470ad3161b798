"""What a workbook shows otherwise than it is stored: a person signs the one, the program reads the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from toolkit.forms.layout import Layout
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
#: Why nobody sees what is in a cell, by the fault of FORM-14.
_UNSEEN = {"sheet": "整张表隐藏了", "merged": "被合并单元格盖住", "hidden": "在隐藏的行或列里"}


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
            cut = ("（只有前面一部分）", one.message)
            shown = cut if one.rule == Code.VAL_13 else ("（看不见）", _UNSEEN[one.fault])
            told = {(one.sheet, cell): shown for cell in one.cells} | told
    for cell in plan.cells:
        spot = cell.spot
        held = flat.at(spot.sheet, spot.cell)
        if cell.role not in _ROLES or spot.sheet not in layout.sheets or held.value in {None, ""}:
            continue
        found = told.get((spot.sheet, spot.cell)) or _otherwise(flat, held, cell, layout.widths(spot.sheet))
        if found:
            stored = visible(cell_text(held.value).replace("\n", " "))
            stored = stored[:_QUOTED] + "…" * (len(stored) > _QUOTED)
            yield SeenCell(spot.sheet, spot.cell, found[0], stored, found[1])


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
