"""Every figure of a sum with the file and the cell it came from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from toolkit.consolidation.aggregate import Consolidation
from toolkit.model.returns import FiledVerdict, Return


class Observation(NamedTuple):
    """One figure of one unit, with the file and the cell it was read from.

    ``code`` and ``revision`` came later and stand last, so that the columns before them keep their places; outside a
    collection round they are empty. ``unit`` is the roster's name where there is a roster.
    """

    unit: str
    period: str
    variable: str
    row: str
    column: str
    value: Decimal | None
    status: str
    file: str
    sheet: str
    cell: str
    sha256: str
    code: str
    revision: int | None


class VariablePlace(NamedTuple):
    """What a figure is called, and where it stands in every workbook of the form."""

    variable: str
    row: str
    column: str
    sheet: str
    cell: str


def observations(consolidation: Consolidation) -> Iterator[Observation]:
    """Every figure of every member: units in their order, variables as printed, then the lines of open lists."""
    fixed = variable_places(consolidation)
    for verdict, one in sources(consolidation):
        for place in fixed:
            yield observed(consolidation, verdict, one, place, one.numbers.get(place.variable))
        yield from list_observations(consolidation, verdict, one)


def list_observations(consolidation: Consolidation, verdict: FiledVerdict, one: Return) -> Iterator[Observation]:
    """The filled lines of a member's open lists; ``row`` is the label it wrote."""
    instrument = consolidation.instrument
    for listed in instrument.form.lists:
        rows = one.items.get(listed.id, ())
        for i, (label, count) in zip(one.lines.get(listed.id) or range(1, len(rows) + 1), rows, strict=True):
            name = listed.names(i)[1]
            place = VariablePlace(name, label, listed.count, *instrument.layout.cells.get(name, (listed.sheet, "")))
            yield observed(consolidation, verdict, one, place, count)


def observed(
    consolidation: Consolidation, verdict: FiledVerdict, one: Return, place: VariablePlace, value: Decimal | None
) -> Observation:
    """A figure of a member at a place."""
    sheet, cell = one.places.get(place.variable, (place.sheet, place.cell))
    return Observation(
        unit=consolidation.unit(verdict),
        period=one.period,
        variable=place.variable,
        row=place.row,
        column=place.column,
        value=value,
        status=verdict.status.value,
        file=verdict.file,
        sheet=sheet,
        cell=cell,
        sha256=verdict.sha256 or one.sha256,
        code=verdict.code,
        revision=verdict.revision or None,
    )


def variable_places(consolidation: Consolidation) -> list[VariablePlace]:
    """The places of all variables, as printed."""
    instrument = consolidation.instrument
    cells = instrument.layout.cells
    return [VariablePlace(v.name, v.row_label, v.column_label, *cells[v.name]) for v in instrument.variables.values()]


def sources(consolidation: Consolidation) -> Iterator[tuple[FiledVerdict, Return]]:
    """Each member with what it reports."""
    return zip(consolidation.members, consolidation.returns, strict=True)
