"""One fault in many cells is one thing to mend: it is told once, with the places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from toolkit.model.finding import Finding
from toolkit.model.sentences import told_instead
from toolkit.workbook.proposals import Place, areas


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with those of one fault as one, at the place of the first.

    One fault is what has one sentence as a habit, or what is said in the same words with the same remedy. Findings with
    a suggestion or an explanation of their own stay as they are.
    """
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_kind(finding), []).append(finding)
    return [_as_one(group) for group in groups.values()]


def _kind(finding: Finding) -> object:
    if finding.suggestion or finding.explanation or not finding.cell:
        return id(finding)
    says = told_instead("habit").get((finding.rule, finding.fault))
    return finding.rule, finding.severity, says or (finding.bare or finding.message, finding.remedy)


def _as_one(group: Sequence[Finding]) -> Finding:
    first, places = group[0], list(dict.fromkeys(place for one in group for place in cells_of(one)))
    says = told_instead("habit").get((first.rule, first.fault)) if len(places) > 1 else None
    if says is None and len(group) == 1:
        return first
    message = f"{first.bare or first.message}（{len(group)} 处：{areas(places)}）"
    if says is not None:
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


def cells_of(finding: Finding) -> list[Place]:
    """The cells a finding names, its own first; those of other sheets are written ``上年数!C5``."""
    out: dict[Place, None] = {(finding.sheet, finding.cell): None} if finding.cell else {}
    for reference in finding.cells:
        sheet, _, cell = reference.rpartition("!")
        plain = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        out[plain or finding.sheet, cell] = None
    return list(out)
