"""What is found on a sum: who is not in it (AGG-02), an area's own sum (AGG-01), units alike (SIGN-07, SIM-01)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import named
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.returns import FiledVerdict, Return
from toolkit.model.sentences import listed, worded
from toolkit.text import written

#: So many units are named in a message.
_UNITS = 40
_BLANK, _NO_SUM = "空着", "没有数"
#: So many figures that are not 0 must agree before two returns are called the same.
_FIGURES = 8
_SHOWN = 6


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
    one, sums = consolidation.instrument, consolidation.sums
    numbers = own.content.under(one.form).numbers
    told = [v for v in one.variables.values() if v.aggregate.kind != "none"]
    differing = [v for v in told if numbers.get(v.name) != sums.get(v.name)]
    by_table = ([v.name for v in differing if v.table == table.id] for table in one.form.tables)
    return [_finding(consolidation, own.content, names) for names in by_table if names]


def _finding(consolidation: Consolidation, own: Return, names: list[str]) -> Finding:
    instrument = consolidation.instrument
    first = instrument.variables[names[0]]
    spots = [instrument.layout.spot(name) for name in names]
    left, right = own.numbers.get(first.name), consolidation.sums.get(first.name)
    summed, units = consolidation.coverage
    told = worded(
        Code.AGG_01,
        row=first.row_label,
        column=first.column_label,
        sides=_sides(left, right),
        partial=_clause("partial", summed=summed, units=units) if summed < units else "",
        cells=_clause("cells", cells=listed([spot.cell for spot in spots])) if len(spots) > 1 else "",
    )
    mine, theirs = _BLANK if left is None else left, _NO_SUM if right is None else right
    return Finding.at(told, spots, names, row=first.row_path, column=first.column_path, left=mine, right=theirs)


def _sides(left: Decimal | None, right: Decimal | None) -> str:
    own = _BLANK if left is None else written(left)
    summed = _NO_SUM if right is None else written(right)
    if left is None or right is None:
        return _clause("sides", own=own, sum=summed)
    return _clause("more" if left > right else "less", own=own, sum=summed, gap=written(abs(left - right)))


def _clause(fault: str, **fields: object) -> str:
    return worded(Code.AGG_01, fault, **fields).message


def similar_units(total: Consolidation) -> Iterator[Finding]:
    """SIGN-07 for members with the same figures throughout, SIM-01 for members with nearly the same texts."""
    seen: dict[tuple[object, ...], str] = {}
    for verdict, content in zip(total.members, total.returns, strict=True):
        figures = tuple(content.numbers.get(name) for name in total.instrument.names)
        if sum(1 for figure in figures if figure) < _FIGURES:
            continue
        first = seen.setdefault(figures, verdict.unit)
        if first != verdict.unit:
            yield Finding.at(worded(Code.SIGN_07, first=first, unit=verdict.unit))
    yield from _texts(total)


def _texts(total: Consolidation) -> Iterator[Finding]:
    """One line a group of units, with all the texts that they have in common."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for name, text in total.instrument.form.texts.items():
        for group in total.alike[name]:
            groups.setdefault(group, []).append(f"“{text.label}”")
    for group, labels in groups.items():
        named = "、".join(f"“{total.members[i].unit}”" for i in group[:_SHOWN])
        fault = "many" if len(group) > _SHOWN else "units"
        yield Finding.at(worded(Code.SIM_01, fault, units=named, count=len(group), texts="、".join(labels)))
