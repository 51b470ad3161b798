"""AGG-01 and AGG-02: whether all are in the sum, and whether an area's own sum is that of its members."""

from __future__ import annotations

from decimal import Decimal

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import Expected
from toolkit.consolidation.scope import named
from toolkit.forms.layout import Spot
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.form import Table
from toolkit.model.returns import FiledVerdict, Return
from toolkit.model.sentences import listed, worded
from toolkit.text import written

__all__ = ["Expected", "compare", "completeness"]

#: So many units are named in a message.
_UNITS = 40
_BLANK, _NO_SUM = "空着", "没有数"


def completeness(consolidation: Consolidation) -> list[Finding]:
    """AGG-02: one finding that names the expected units that are not in the sum and why; none if all are."""
    if not consolidation.absent:
        return []
    summed, units = consolidation.coverage
    absent = named([(one.name, one.reason) for one in consolidation.absent], "个", _UNITS)
    told = worded(Code.AGG_02, units=units, summed=summed, left=units - summed, absent=absent)
    return [Finding.at(told, left=Decimal(summed), right=Decimal(units))]


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
    told = worded(
        Code.AGG_01,
        row=first.row_label,
        column=first.column_label,
        sides=_sides(left, right),
        partial=_partial(consolidation),
        cells=_many(spots),
    )
    return Finding.at(
        told,
        spots,
        names,
        row=first.row_path,
        column=first.column_path,
        left=_BLANK if left is None else left,
        right=_NO_SUM if right is None else right,
    )


def _sides(left: Decimal | None, right: Decimal | None) -> str:
    own = _BLANK if left is None else written(left)
    if left is None or right is None:
        return worded(Code.AGG_01, "sides", own=own, sum=_NO_SUM if right is None else written(right)).message
    fault, gap = "more" if left > right else "less", written(abs(left - right))
    return worded(Code.AGG_01, fault, own=own, sum=written(right), gap=gap).message


def _partial(consolidation: Consolidation) -> str:
    summed, units = consolidation.coverage
    return worded(Code.AGG_01, "partial", summed=summed, units=units).message if summed < units else ""


def _many(spots: list[Spot]) -> str:
    return "" if len(spots) == 1 else worded(Code.AGG_01, "cells", cells=listed([spot.cell for spot in spots])).message
