"""A figure against last year's, in words; nothing where last year's is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP
from decimal import Decimal

from toolkit.model.form import Variable
from toolkit.rules.expression import Node
from toolkit.rules.terms import Key
from toolkit.rules.values import Exact
from toolkit.text import shown

#: ``{，同比 requests.new.total}``: the mark before it is printed only where the comparison is.
CHANGE = re.compile(r"([，；。、]?)同比\s+(.+)")
#: Words of a comparison that say the contrary of each other.
OPPOSITES = (("增加", "减少"), ("增长", "下降"))
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Change:
    """A gap that compares: ``mark`` stands before it, ``node`` is what is compared."""

    mark: str
    node: Node


def compared(
    change: Change, numbers: Mapping[str, Decimal | None], prior: Mapping[str, Decimal | None], unit: str
) -> tuple[str, tuple[str, ...]]:
    """The words, and the figures in them; nothing where a figure of either year is missing."""
    now, before = Exact(numbers, prior).result(change.node), Exact(prior, {}).result(change.node)
    if now is None or before is None:
        return "", ()
    if now == before:
        return f"{change.mark}与上年持平", ()
    if now == 0:
        return f"{change.mark}上年为{shown(before)}{unit}", (shown(before),)
    gap = abs(now - before)
    more = now > before
    words, figures = f"{change.mark}比上年{'增加' if more else '减少'}{shown(gap)}{unit}", [shown(gap)]
    if before > 0:
        percent = shown((100 * gap / before).quantize(_TENTH, ROUND_HALF_UP).normalize())
        words += f"、{'增长' if more else '下降'}{percent}%"
        figures.append(percent)
    return words, tuple(figures)


def measured(node: Node, variables: Mapping[str, Variable]) -> str:
    """The unit of measure of an expression, if all that it names has the same."""
    units = {variables[key.name].type.unit for key in node.keys() if key.name in variables}
    return units.pop() if len(units) == 1 else ""


def keys_of(change: Change) -> tuple[Key, ...]:
    """The variables of both years."""
    now = tuple(change.node.keys())
    return (*now, *(Key(key.name, lag=True) for key in now))
