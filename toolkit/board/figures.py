"""The sums as the form prints them, last year's beside them, and the units each is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from heapq import nlargest
from itertools import starmap

from toolkit.board.breakdown import Composition, compositions
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import file_name
from toolkit.model.form import Table
from toolkit.model.grid import Grid
from toolkit.text import visible, written

#: Under a figure so many units are named in the page itself; where there are many units, only the biggest.
_SOURCES, _FEW_SOURCES, _MANY = 12, 3, 120
_NO_VALUE = "-"


@dataclass(frozen=True, slots=True)
class UnitShare:
    """A unit's part of a total, and where it was read."""

    unit: str
    value: str
    file: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFigure:
    """A total: ``index`` is its place among the form's variables, ``gap`` how many members have no value for it.

    ``sources`` are the units that give most of it; ``more`` are not named.
    """

    variable: str
    index: int
    row: str
    column: str
    place: str
    value: str = ""
    prior: str = ""
    change: str = ""
    gap: int = 0
    sources: tuple[UnitShare, ...] = ()
    more: int = 0

    @property
    def made_of(self) -> bool:
        """Whether there is anything to show under the total: units, or figures that are missing."""
        return bool(self.sources)


@dataclass(frozen=True)
class TableSums:
    """A table of the form: its grid, the figures in it by variable, and what its totals consist of."""

    table: Table
    grid: Grid
    figures: Mapping[str, BoardFigure]
    breakdowns: tuple[Composition, ...]

    @property
    def widths(self) -> list[float]:
        """Column widths in percent, as the form prints them."""
        return [100 * width / sum(self.grid.widths) for width in self.grid.widths]

    @property
    def with_sources(self) -> list[BoardFigure]:
        """The totals that some unit adds to, in printed order."""
        return [figure for figure in self.figures.values() if figure.made_of]


@dataclass(frozen=True)
class Figures:
    """The sums of a round, table by table; ``rows`` tells where in the list of units a code stands."""

    total: Consolidation
    rows: Mapping[str, int]

    @cached_property
    def tables(self) -> tuple[TableSums, ...]:
        """Every table of the form."""
        one = self.total.instrument
        figures = {name: self._figure(i, name) for i, name in enumerate(one.names)}
        return tuple(
            TableSums(
                table=table,
                grid=one.layout.grids[table.id],
                figures={name: figure for name, figure in figures.items() if one.variables[name].table == table.id},
                breakdowns=compositions(one, table.id, self.total.sums),
            )
            for table in one.form.tables
        )

    @cached_property
    def document(self) -> dict[str, object]:
        """All contributions for the page's script: variables as lists, members as lists that end in a line of values.

        In that line a nothing is 0, and a dash no value; what is missing at the end is 0.
        """
        one = self.total.instrument
        variables = []
        for name in one.names:
            spot, variable = one.layout.spot(name), one.variables[name]
            value = self.total.sums.get(name)
            labels = (variable.row_label, variable.column_label, f"{spot.sheet}!{spot.cell}")
            variables.append([*map(visible, labels), "" if value is None else written(value)])
        return {"figures": variables, "members": list(starmap(self._packed, enumerate(self._values)))}

    @cached_property
    def _values(self) -> list[list[Decimal | None]]:
        return [[content.numbers.get(name) for name in self.total.instrument.names] for content in self.total.returns]

    @cached_property
    def _parts(self) -> list[list[tuple[Decimal, int]]]:
        """By variable, what each member adds that is not 0."""
        out: list[list[tuple[Decimal, int]]] = [[] for _ in self.total.instrument.names]
        for member, values in enumerate(self._values):
            for i, value in enumerate(values):
                if value:
                    out[i].append((value, member))
        return out

    def _packed(self, i: int, values: Sequence[Decimal | None]) -> list[object]:
        member = self.total.members[i]
        line = ",".join(_NO_VALUE if value is None else written(value) if value else "" for value in values)
        names = (self.total.shown(member), file_name(member))
        return [*map(visible, names), member.revision, self.rows.get(member.code, -1), line.rstrip(",")]

    def _figure(self, i: int, name: str) -> BoardFigure:
        one = self.total.instrument
        spot, variable = one.layout.spot(name), one.variables[name]
        value, before = self.total.sums.get(name), self.total.prior_sums.get(name)
        parts = self._parts[i]
        most = _SOURCES if len(self.total.members) <= _MANY else _FEW_SOURCES
        named = nlargest(most, parts, key=lambda part: (abs(part[0]), -part[1]))
        return BoardFigure(
            variable=name,
            index=i,
            row=variable.row_label,
            column=variable.column_label,
            place=f"{spot.sheet}!{spot.cell}",
            value="" if value is None else written(value),
            prior="" if before is None else written(before),
            change="" if value is None or before is None else change(value, before),
            gap=len(self.total.members) - self.total.covered.get(name, 0),
            sources=tuple(starmap(self._source, named)),
            more=len(parts) - len(named),
        )

    def _source(self, value: Decimal, i: int) -> UnitShare:
        member = self.total.members[i]
        return UnitShare(self.total.shown(member), written(value), file_name(member), member.revision)


def change(value: Decimal, before: Decimal) -> str:
    """``增 5（12.5%）``, ``减 3``, ``持平``: in words, so that nobody has to know which sign or colour is good."""
    if value == before:
        return "持平"
    share = f"（{100 * abs(value - before) / before:.1f}%）" if before > 0 else ""
    return f"{'增' if value > before else '减'} {written(abs(value - before))}{share}"


@dataclass(frozen=True, slots=True)
class AreaLine:
    """A variable: where it stands, what it is called, the sum of each area, and the whole."""

    sheet: str
    label: str
    values: tuple[str, ...]
    total: str


def area_lines(total: Consolidation, areas: Sequence[tuple[str, Consolidation]]) -> list[AreaLine]:
    """Every variable that some area has and that is not 0 everywhere, in printed order."""
    out: list[AreaLine] = []
    for name, variable in total.instrument.variables.items():
        values = [one.sums.get(name) for _, one in areas]
        if any(values):
            whole = total.sums.get(name)
            out.append(
                AreaLine(
                    sheet=total.instrument.form.table(variable.table).sheet,
                    label=f"{variable.row_label} {variable.column_label}",
                    values=tuple("" if value is None else written(value) for value in values),
                    total="" if whole is None else written(whole),
                )
            )
    return out
