"""The sums as the form prints them, last year's beside them, the units each is made of; the key figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from heapq import nlargest
from itertools import starmap
from typing import NamedTuple

from toolkit.board.breakdown import top_totals
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import file_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import Variable
from toolkit.model.returns import FiledVerdict, Return
from toolkit.rules.expression import Cell, Exact, Key, Node
from toolkit.text import shown, visible, written

Numbers = Mapping[str, Decimal | None]
#: Under a figure so many units are named in the page itself; where there are many units, only the biggest.
_SOURCES, _FEW_SOURCES, _MANY = 12, 3, 120
_NO_VALUE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFigure:
    """A total: ``index`` is its place among the form's variables, ``gap`` how many members have no value for it.

    ``sources`` are the units that give most of it, each with its part, file and revision; ``more`` are not named.
    """

    variable: Variable
    index: int
    place: str
    value: str = ""
    prior: str = ""
    change: str = ""
    gap: int = 0
    sources: Sequence[tuple[str, str, str, int]] = ()
    more: int = 0


@dataclass(frozen=True)
class Figures:
    """The sums of a round; ``rows`` tells where in the list of units a code stands."""

    total: Consolidation
    rows: Mapping[str, int]

    @cached_property
    def by_variable(self) -> dict[str, BoardFigure]:
        """Every total, in printed order."""
        return {name: self._figure(i, name) for i, name in enumerate(self.total.instrument.names)}

    @cached_property
    def document(self) -> dict[str, object]:
        """All contributions for the page's script: variables as lists, members as lists that end in a line of values.

        In that line a nothing is 0, and a dash no value; what is missing at the end is 0.
        """
        found = ((one.variable, one.place, one.value) for one in self.by_variable.values())
        told = [list(map(visible, (it.row_label, it.column_label, *texts))) for it, *texts in found]
        return {"figures": told, "members": list(map(self._packed, self.total.members, self.total.returns))}

    def _packed(self, member: FiledVerdict, content: Return) -> list[object]:
        values = map(content.numbers.get, self.total.instrument.names)
        line = ",".join(_NO_VALUE if value is None else written(value) if value else "" for value in values)
        names = (self.total.shown(member), file_name(member))
        return [*map(visible, names), member.revision, self.rows.get(member.code, -1), line.rstrip(",")]

    def _figure(self, i: int, name: str) -> BoardFigure:
        one = self.total.instrument
        spot, variable = one.layout.spot(name), one.variables[name]
        value, before = self.total.sums.get(name), self.total.prior_sums.get(name)
        parts = self.total.parts(name)
        most = _SOURCES if len(self.total.members) <= _MANY else _FEW_SOURCES
        named = nlargest(most, parts, key=lambda part: (abs(part[0]), -part[1]))
        biggest = [(written(part), self.total.members[member]) for part, member in named]
        return BoardFigure(
            variable=variable,
            index=i,
            place=f"{spot.sheet}!{spot.cell}",
            value=str(self.total.told_of(name) or "") if name in self.total.counts else _written(value),
            prior=_written(before),
            change=change(value, before),
            gap=len(self.total.members) - self.total.covered.get(name, 0),
            sources=[(self.total.shown(it), part, file_name(it), it.revision) for part, it in biggest],
            more=len(parts) - len(named),
        )


def change(value: Decimal | None, before: Decimal | None) -> str:
    """``增 5（12.5%）``, ``减 3``, ``持平``: in words, so that nobody has to know which sign or colour is good."""
    if value is None or before is None:
        return ""
    if value == before:
        return "持平"
    share = f"（{100 * abs(value - before) / before:.1f}%）" if before > 0 else ""
    return f"{'增' if value > before else '减'} {written(abs(value - before))}{share}"


def _written(value: Decimal | None) -> str:
    return "" if value is None else written(value)


def area_lines(
    total: Consolidation, areas: Sequence[tuple[str, Consolidation]]
) -> Iterator[tuple[str, str, list[str]]]:
    """Every variable that some area has and that is not 0 everywhere, in printed order.

    Its sheet, what it is called, and the sums: of each area, then of the whole.
    """
    for name, variable in total.instrument.variables.items():
        values = [one.sums.get(name) for _, one in areas]
        if any(values):
            sheet = total.instrument.form.table(variable.table).sheet
            sums = list(map(_written, (*values, total.sums.get(name))))
            yield sheet, f"{variable.row_label} {variable.column_label}".rstrip(), sums


#: So many key figures fit the top of the page; so many units the table of their parts.
_FIGURES, _UNITS = 8, 300


class KeyFigure(NamedTuple):
    """A key figure of the sum, last year's where it is known, and how it changed."""

    label: str
    value: str
    prior: str
    change: str


class Keys(NamedTuple):
    """The key figures of the sum, of every unit that counts (``cut`` are not shown), and of every area."""

    figures: tuple[KeyFigure, ...]
    units: tuple[tuple[str, tuple[str, ...]], ...]
    areas: tuple[tuple[str, Consolidation, tuple[str, ...]], ...]
    cut: int


def keys(instrument: Instrument, total: Consolidation, areas: Sequence[tuple[str, Consolidation]]) -> Keys:
    """What the form's outline names for the board, else its top totals, as it is reported and as it is summed.

    The expressions were checked when the form was loaded.
    """
    chosen = instrument.outline.key_figures or _totals(instrument)

    def told(numbers: Numbers, prior: Numbers) -> tuple[str, ...]:
        return tuple(_shown(Exact(numbers, prior).result(node)) for _, node in chosen)

    def figure(label: str, node: Node) -> KeyFigure:
        value, before = Exact(total.sums, total.prior_sums).result(node), Exact(total.prior_sums, {}).result(node)
        return KeyFigure(label, _shown(value), _shown(before), change(value, before))

    members = list(zip(total.members, total.submissions, strict=True))
    return Keys(
        figures=tuple(starmap(figure, chosen)),
        units=tuple((total.shown(member), told(one.content.numbers, one.prior)) for member, one in members[:_UNITS]),
        areas=tuple((name, one, told(one.sums, one.prior_sums)) for name, one in areas),
        cut=max(0, len(members) - _UNITS),
    )


def _totals(instrument: Instrument) -> list[tuple[str, Node]]:
    """The top totals, else the first figures there are."""
    names = list(dict.fromkeys(check.target for check in top_totals(instrument))) or list(instrument.names)
    variables = [instrument.variables[name] for name in names[:_FIGURES]]
    alone = len({one.column for one in variables}) == 1
    labels = [one.row_label if alone else f"{one.row_label} {one.column_label}".rstrip() for one in variables]
    return [(label, Cell(Key(one.name))) for label, one in zip(labels, variables, strict=True)]


def _shown(value: Decimal | None) -> str:
    return "" if value is None else shown(value)
