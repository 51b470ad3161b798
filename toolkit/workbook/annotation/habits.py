"""One fault in many cells is one thing to mend: it is told once, with the places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from toolkit.forms.layout import address
from toolkit.model.finding import Finding
from toolkit.model.sentences import habits
from toolkit.workbook.intake.xml import coordinates

#: A sheet and an A1 address.
Place = tuple[str, str]
#: Areas named in a sentence.
_LISTED = 8


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with those of one fault as one, at the place of the first.

    One fault is what `habits` has one sentence for, or what is said in the same words with the same remedy. Findings
    with a suggestion or an explanation of their own stay as they are.
    """
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_kind(finding), []).append(finding)
    return [_as_one(group) for group in groups.values()]


def _kind(finding: Finding) -> object:
    if finding.suggestion or finding.explanation or not finding.cell:
        return id(finding)
    says = habits().get((finding.rule, finding.fault))
    return finding.rule, finding.severity, says or (finding.bare or finding.message, finding.remedy)


def _as_one(group: Sequence[Finding]) -> Finding:
    first, places = group[0], list(dict.fromkeys(place for one in group for place in cells_of(one)))
    says = habits().get((first.rule, first.fault)) if len(places) > 1 else None
    if says is None and len(group) == 1:
        return first
    if says is None:
        message = f"{first.bare or first.message}（{len(group)} 处：{areas(places)}）"
    else:
        message = says.message.format(count=len(places), cells=areas(places))
    return replace(
        first,
        cells=tuple(cell if sheet == first.sheet else f"{sheet}!{cell}" for sheet, cell in places),
        variables=tuple(name for one in group for name in one.variables),
        row="",
        column="",
        message=message,
        bare=message,
        remedy=says.remedy if says else first.remedy,
    )


def areas(places: Iterable[Place]) -> str:
    """Cells as few areas, by sheet where there are several: ``申请情况 D7:I28、D30；复议诉讼 C5``."""
    sheets: dict[str, list[tuple[int, int]]] = {}
    for sheet, cell in places:
        sheets.setdefault(sheet, []).append(coordinates(cell))
    found = [(sheet, area) for sheet, cells in sheets.items() for area in _areas(cells)]
    parts = {sheet: [area for where, area in found[:_LISTED] if where == sheet] for sheet in sheets}
    shown = [f"{sheet if len(sheets) > 1 else ''} {'、'.join(mine)}".strip() for sheet, mine in parts.items() if mine]
    return "；".join(shown) + ("等" if len(found) > _LISTED else "")


def _areas(cells: Iterable[tuple[int, int]]) -> list[str]:
    """Cells (column and row, from 1) as rectangles: runs of a row, and the same run in the rows below it."""
    rows: dict[int, list[int]] = {}
    for column, row in sorted(set(cells)):
        rows.setdefault(row, []).append(column)
    found: dict[tuple[int, int, int], int] = {}
    for row in sorted(rows):
        for _, run in groupby(enumerate(rows[row]), key=lambda one: one[1] - one[0]):
            columns = [column for _, column in run]
            left, right = columns[0], columns[-1]
            top = next((t for (t, *sides), last in found.items() if sides == [left, right] and last == row - 1), row)
            found[top, left, right] = row
    corners = [(address(top - 1, left - 1), address(last - 1, right - 1)) for (top, left, right), last in found.items()]
    return [first if first == last else f"{first}:{last}" for first, last in corners]


def cells_of(finding: Finding) -> list[Place]:
    """The cells a finding names, its own first; those of other sheets are written ``上年数!C5``."""
    out: dict[Place, None] = {(finding.sheet, finding.cell): None} if finding.cell else {}
    for reference in finding.cells:
        sheet, _, cell = reference.rpartition("!")
        if sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        out[sheet or finding.sheet, cell] = None
    return list(out)
