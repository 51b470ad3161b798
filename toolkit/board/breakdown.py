"""A table's totals and the parts they consist of, taken from the form's own formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from toolkit.instrument.instrument import Instrument
from toolkit.model.form import Variable
from toolkit.rules.compile import Check

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


def shared_headings(paths: Sequence[tuple[str, ...]]) -> int:
    """How many headings all paths begin with; the last of each tells it apart in any case."""
    levels = zip(*(path[:-1] for path in paths), strict=False)
    return sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))
