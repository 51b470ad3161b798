"""Formulas that stay empty while a figure is missing: SUM skips a text, and + takes a blank for 0."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

from toolkit.forms.layout import SheetPlaces
from toolkit.rules.expression import Node
from toolkit.rules.terms import Key


def sum_of(keys: Sequence[Key], places: SheetPlaces) -> str:
    """The sum of variables of one sheet."""
    area = places.area(keys)
    return f'IF(COUNT({area})={len(keys)},SUM({area}),"")'


def count(keys: Iterable[Key], places: SheetPlaces) -> str:
    """``COUNT`` over variables, one run of cells of a sheet at a time."""
    runs: list[list[Key]] = []
    for key in keys:
        if runs and "," not in places.area([*runs[-1], key]) and places.area([*runs[-1], key]).count(":") == 1:
            runs[-1].append(key)
        else:
            runs.append([key])
    return f"COUNT({','.join(places.area(run) for run in runs)})"


def guarded(node: Node, places: SheetPlaces) -> str:
    """A node's formula that stays empty while a figure is missing: SUM skips a text and + takes a blank for 0."""
    keys = tuple(dict.fromkeys(node.keys()))
    if not keys:
        return node.formula(places)
    return f'IF({count(keys, places)}={len(keys)},{node.formula(places)},"")'
