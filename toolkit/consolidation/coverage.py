"""AGG-01 and AGG-02: whether all are in the sum, and whether an area's own sum is that of its members."""

from __future__ import annotations

from decimal import Decimal

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import Expected
from toolkit.consolidation.scope import named
from toolkit.forms.layout import Spot
from toolkit.model.finding import Finding, Severity
from toolkit.model.form import Table
from toolkit.model.returns import FiledVerdict, Return
from toolkit.text import written

__all__ = ["Expected", "compare", "completeness"]

#: So many units, so many cells are named in a message.
_UNITS, _CELLS = 40, 8
_BLANK, _NO_SUM = "空着", "没有数"


def completeness(consolidation: Consolidation) -> list[Finding]:
    """AGG-02: one finding that names the expected units that are not in the sum and why; none if all are."""
    if not consolidation.absent:
        return []
    summed, units = consolidation.coverage
    absent = named([(one.name, one.reason) for one in consolidation.absent], "个", _UNITS)
    return [
        Finding(
            rule="AGG-02",
            severity=Severity.ERROR,
            left=Decimal(summed),
            right=Decimal(units),
            difference=Decimal(summed - units),
            message=f"应报送 {units} 个单位，计入汇总 {summed} 个，未计入 {units - summed} 个：{absent}",
            remedy="请催报、改正后重新汇总；确定不纳入的，请在名册里写明原因。",
        )
    ]


def compare(consolidation: Consolidation, own: FiledVerdict) -> list[Finding]:
    """AGG-01: the return of an area that reports its own sum against the sum of its members, a finding a table.

    A blank against a figure differs, also against 0. Where no member is summed there is nothing to compare with.
    """
    if own.content is None or not consolidation.members:
        return []
    found: list[Finding] = []
    for table in consolidation.instrument.form.tables:
        names = _differing(consolidation, own.content, table)
        if names:
            found.append(_finding(consolidation, own.content, names))
    return found


def _differing(consolidation: Consolidation, own: Return, table: Table) -> list[str]:
    variables = consolidation.instrument.variables.values()
    return [
        v.name for v in variables if v.table == table.id and own.numbers.get(v.name) != consolidation.sums.get(v.name)
    ]


def _finding(consolidation: Consolidation, own: Return, names: list[str]) -> Finding:
    instrument = consolidation.instrument
    first = instrument.variables[names[0]]
    spots = [instrument.layout.spot(name) for name in names]
    left, right = own.numbers.get(first.name), consolidation.sums.get(first.name)
    told = _told(left, right) + _partial(consolidation) + _many(spots)
    return Finding(
        rule="AGG-01",
        severity=Severity.ERROR,
        sheet=spots[0].sheet,
        cell=spots[0].cell,
        cells=tuple(spot.cell for spot in spots),
        variables=tuple(names),
        row=first.row_label,
        column=first.column_label,
        left=_BLANK if left is None else left,
        right=_NO_SUM if right is None else right,
        difference=None if left is None or right is None else left - right,
        message=f"“{first.row_label}”“{first.column_label}”：{told}",
        remedy="请核对是否漏收、重收，或上级单位另有调整。",
    )


def _told(left: Decimal | None, right: Decimal | None) -> str:
    ours = _BLANK if left is None else written(left)
    theirs = _NO_SUM if right is None else written(right)
    text = f"报送的汇总数 {ours}，所属各单位之和 {theirs}"
    if left is None or right is None:
        return text
    return f"{text}，前者{'多' if left > right else '少'} {written(abs(left - right))}"


def _partial(consolidation: Consolidation) -> str:
    summed, units = consolidation.coverage
    return f"（所属单位只汇总了 {summed}/{units} 个）" if summed < units else ""


def _many(spots: list[Spot]) -> str:
    if len(spots) == 1:
        return ""
    more = f" 等 {len(spots)} 格" if len(spots) > _CELLS else ""
    return f"。本表不相等的格：{'、'.join(spot.cell for spot in spots[:_CELLS])}{more}"
