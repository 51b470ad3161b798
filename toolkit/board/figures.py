"""The sums as the form prints them, last year's beside them, the units and parts each is made of; the key figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nlargest
from itertools import starmap
from typing import NamedTuple

from toolkit.board.progress import shared_headings
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import file_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import Variable
from toolkit.model.returns import FiledVerdict, Return
from toolkit.rules.compile import Check
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


def board_figures(total: Consolidation) -> dict[str, BoardFigure]:
    """Every total, in printed order."""
    return {name: _figure(total, i, name) for i, name in enumerate(total.instrument.names)}


def _figure(total: Consolidation, i: int, name: str) -> BoardFigure:
    spot, value, before = total.instrument.layout.spot(name), total.sums.get(name), total.prior_sums.get(name)
    parts, most = total.parts(name), _SOURCES if len(total.members) <= _MANY else _FEW_SOURCES
    named = nlargest(most, parts, key=lambda part: (abs(part[0]), -part[1]))
    biggest = [(written(part), total.members[member]) for part, member in named]
    return BoardFigure(
        variable=total.instrument.variables[name],
        index=i,
        place=f"{spot.sheet}!{spot.cell}",
        value=str(total.told_of(name) or "") if name in total.counts else _written(value),
        prior=_written(before),
        change=change(value, before),
        gap=len(total.members) - total.covered.get(name, 0),
        sources=[(total.shown(it), part, file_name(it), it.revision) for part, it in biggest],
        more=len(parts) - len(named),
    )


def contributions(total: Consolidation, figures: Iterable[BoardFigure], rows: Mapping[str, int]) -> dict[str, object]:
    """All contributions for the page's script: variables as lists, members as lists that end in a line of values.

    In that line a nothing is 0, and a dash no value; what is missing at the end is 0. ``rows`` tells where in the list
    of units a code stands.
    """

    def packed(member: FiledVerdict, content: Return) -> list[object]:
        values = map(content.numbers.get, total.instrument.names)
        line = ",".join(_NO_VALUE if value is None else written(value) if value else "" for value in values)
        names = map(visible, (total.shown(member), file_name(member)))
        return [*names, member.revision, rows.get(member.code, -1), line.rstrip(",")]

    found = ((one.variable, one.place, one.value) for one in figures)
    told = [list(map(visible, (it.row_label, it.column_label, *texts))) for it, *texts in found]
    return {"figures": told, "members": list(map(packed, total.members, total.returns))}


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


#: So many totals of one rule are drawn; a total of fewer parts needs no drawing.
_TOTALS, _FEWEST = 3, 3


class Composition(NamedTuple):
    """A total and its parts that are not 0, biggest first, each with its label; ``zeros`` counts the others."""

    title: str
    value: Decimal
    unit: str
    parts: tuple[tuple[Decimal, str], ...]
    zeros: int


def top_totals(instrument: Instrument, table: str = "") -> list[Check]:
    """The computed totals (of one table, or of all) that are part of no other total, in printed order.

    A total at the crossing of a row and a column of totals comes twice: once as a sum across, once as a sum down.
    """
    sums = [check for check in instrument.rules.checks if check.rule.derived and _is_sum(check)]
    parts = {key.name for check in sums for key in check.right.keys()}
    tops = [check for check in sums if check.target not in parts]
    order = {name: i for i, name in enumerate(instrument.names)}
    mine = [check for check in tops if not table or instrument.variables[check.target].table == table]
    return sorted(mine, key=lambda check: order[check.target])


def compositions(instrument: Instrument, table: str, sums: Mapping[str, Decimal]) -> tuple[Composition, ...]:
    """The parts of the top totals of a table: of a rule with many totals the first that is not 0."""
    by_rule: dict[str, list[Check]] = {}
    for check in top_totals(instrument, table):
        by_rule.setdefault(check.rule.id, []).append(check)
    chosen: list[Check] = []
    for checks in by_rule.values():
        filled = [check for check in checks if sums.get(check.target)]
        chosen += filled if len(checks) <= _TOTALS else filled[:1]
    return tuple(_breakdown(instrument, check, sums) for check in chosen)


def _is_sum(check: Check) -> bool:
    terms = check.right.terms() or {}
    plain = all(key is not None and not key.prior and factor == 1 for key, factor in terms.items())
    return plain and len(terms) >= _FEWEST


def _breakdown(instrument: Instrument, check: Check, sums: Mapping[str, Decimal]) -> Composition:
    target = instrument.variables[check.target]
    variables = [instrument.variables[key.name] for key in check.right.keys()]
    labels = zip(variables, _labels(instrument, variables), strict=True)
    filled = [(value, label) for variable, label in labels if (value := sums.get(variable.name))]
    filled.sort(key=lambda pair: -pair[0])
    return Composition(
        title=target.row_label,
        value=sums[check.target],
        unit=target.type.unit,
        parts=tuple(filled),
        zeros=len(variables) - len(filled),
    )


def _labels(instrument: Instrument, variables: Sequence[Variable]) -> list[str]:
    """The labels that tell the parts apart: of rows or of columns, without the headings that all of them share."""
    table = instrument.form.table(variables[0].table)
    rows = [table.row(one.row).path for one in variables]
    columns = [table.column(one.row, one.column).path for one in variables]
    paths = columns if len(set(rows)) == 1 else rows
    shared = shared_headings(paths)
    return [" ".join(path[shared:]) for path in paths]


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
    """The key figures of the sum, of the units that count (the first few hundred), and of every area."""

    figures: tuple[KeyFigure, ...]
    units: tuple[tuple[str, tuple[str, ...]], ...]
    areas: tuple[tuple[str, Consolidation, tuple[str, ...]], ...]


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
