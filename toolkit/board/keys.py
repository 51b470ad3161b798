"""The key figures of a form: what its outline names for the board, else its top totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.board.breakdown import top_totals
from toolkit.board.figures import change
from toolkit.consolidation.aggregate import Consolidation
from toolkit.instrument.instrument import Instrument
from toolkit.rules.expression import Cell, Key, Node
from toolkit.rules.values import Exact
from toolkit.text import shown

Numbers = Mapping[str, Decimal | None]
#: So many figures fit the top of the page; so many units the table of their parts.
_FIGURES, _UNITS = 8, 300


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A key figure of the sum, last year's where it is known, and how it changed."""

    label: str
    value: str
    prior: str
    change: str


@dataclass(frozen=True)
class Keys:
    """The key figures of the sum, of every unit that counts (``cut`` are not shown), and of every area."""

    figures: tuple[KeyFigure, ...]
    units: tuple[tuple[str, tuple[str, ...]], ...]
    areas: tuple[tuple[str, Consolidation, tuple[str, ...]], ...]
    cut: int


def keys(instrument: Instrument, total: Consolidation, areas: Sequence[tuple[str, Consolidation]]) -> Keys:
    """The key figures of a round. Their expressions were checked when the form was loaded."""
    chosen = instrument.outline.key_figures or _totals(instrument)
    nodes = [node for _, node in chosen]
    members = list(zip(total.members, total.submissions, strict=True))
    return Keys(
        figures=tuple(_figure(label, node, total) for label, node in chosen),
        units=tuple(
            (total.shown(member), _told(nodes, one.content.numbers, one.prior)) for member, one in members[:_UNITS]
        ),
        areas=tuple((name, one, _told(nodes, one.sums, one.prior_sums)) for name, one in areas),
        cut=max(0, len(members) - _UNITS),
    )


def _totals(instrument: Instrument) -> list[tuple[str, Node]]:
    """The top totals, else the first figures there are."""
    names = list(dict.fromkeys(check.target for check in top_totals(instrument))) or list(instrument.names)
    variables = [instrument.variables[name] for name in names[:_FIGURES]]
    alone = len({one.column for one in variables}) == 1
    labels = [one.row_label if alone else f"{one.row_label} {one.column_label}" for one in variables]
    return [(label, Cell(Key(one.name))) for label, one in zip(labels, variables, strict=True)]


def _figure(label: str, node: Node, total: Consolidation) -> KeyFigure:
    value, before = Exact(total.sums, total.prior_sums).result(node), Exact(total.prior_sums, {}).result(node)
    changed = "" if value is None or before is None else change(value, before)
    return KeyFigure(label, _written(value), _written(before), changed)


def _told(nodes: Sequence[Node], numbers: Numbers, prior: Numbers) -> tuple[str, ...]:
    return tuple(_written(Exact(numbers, prior).result(node)) for node in nodes)


def _written(value: Decimal | None) -> str:
    return "" if value is None else shown(value)
