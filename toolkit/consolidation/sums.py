"""Sums without rounding.

Decimals are added as they are: measured four times as fast as scaling each to a 64-bit integer for numpy first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, localcontext
from typing import NamedTuple

from toolkit.model.form import Variable
from toolkit.model.returns import Return
from toolkit.text import name_key

#: So many digits that no sum is ever rounded; should one be, it is an error and not a wrong figure.
_EXACT = Context(prec=400, traps=[Inexact, InvalidOperation])
_ONE = Decimal(1)


def total(values: Iterable[Decimal]) -> Decimal:
    """Add exactly, in whatever order they come; no trailing zeros, no exponent."""
    with localcontext(_EXACT):
        out = sum(values, Decimal(0)).normalize()
        return out.quantize(_ONE) if decimal_places(out) < 0 else out


def decimal_places(value: Decimal) -> int:
    """How many decimal places a number is written with; negative for ``1E+3``."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


_REST = frozenset({"其他", "其它", "其他信息", "其它信息"})


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a merged list: the label as first written, its sum, and how many units have it."""

    label: str
    count: Decimal
    covered: int


class ListSum(NamedTuple):
    """The open list of several units, merged by label; ``units`` is how many of them filled it in."""

    units: int
    lines: tuple[ListLine, ...]


def sum_figures(
    variables: Mapping[str, Variable], returns: Sequence[Mapping[str, Decimal | None]]
) -> tuple[dict[str, Decimal], dict[str, int]]:
    """Give each variable that anybody has as its `Aggregate` says, and how many have it."""
    known = {name: [value for one in returns if (value := one.get(name)) is not None] for name in variables}
    made = {name: together(variables[name], values, returns) for name, values in known.items() if values}
    sums = {name: value for name, value in made.items() if value is not None}
    return sums, {name: len(values) for name, values in known.items()}


def together(
    variable: Variable, values: Sequence[Decimal], returns: Sequence[Mapping[str, Decimal | None]]
) -> Decimal | None:
    """The values of a variable, at least one, as one; None where it has no such thing.

    A mean is rounded to `mean_places`, half away from 0 as a spreadsheet's ROUND does.
    """
    kind, weight = "" if variable.type.choices else variable.aggregate.kind, variable.aggregate.weight
    if kind in {"max", "min"}:
        return max(values) if kind == "max" else min(values)
    if kind == "count":
        return Decimal(len(values))
    if kind != "mean":
        return total(values) if kind == "sum" else None
    if weight:
        pairs = ((one.get(variable.name), one.get(weight)) for one in returns)
        both = [(value, times) for value, times in pairs if value is not None and times is not None]
        values, whole = [value * times for value, times in both], total(times for _, times in both)
    else:
        whole = Decimal(len(values))
    if whole == 0:
        return None
    return (total(values) / whole).quantize(_ONE.scaleb(-mean_places(variable)), ROUND_HALF_UP)


def mean_places(variable: Variable) -> int:
    """To how many decimal places a mean is rounded: as many as its cells have, at least one."""
    return max(1, variable.type.decimals)


def lists(returns: Sequence[Return]) -> Mapping[str, ListSum]:
    """Merge the open lists that anybody filled in; labels that differ in width or blanks only are one."""
    out: dict[str, ListSum] = {}
    for name in dict.fromkeys(name for one in returns for name in one.items):
        if filled := [lines for one in returns if (lines := one.items.get(name))]:
            out[name] = ListSum(len(filled), _merged(filled))
    return out


def _merged(filled: Sequence[tuple[tuple[str, Decimal], ...]]) -> tuple[ListLine, ...]:
    alike: dict[str, list[tuple[int, str, Decimal]]] = {}
    for unit, lines in enumerate(filled):
        for label, count in lines:
            alike.setdefault(name_key(label), []).append((unit, label, count))
    # What one unit calls the rest stands last, whoever named it first.
    return tuple(
        ListLine(found[0][1], total(count for _, _, count in found), len({unit for unit, _, _ in found}))
        for _, found in sorted(alike.items(), key=lambda one: one[0] in _REST)
    )
