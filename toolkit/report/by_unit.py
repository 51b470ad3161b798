"""A sum told by unit: who has how much of it, or the units with most where there are many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.forms.layout import key_name
from toolkit.model.returns import Return
from toolkit.report.blocks import Fact
from toolkit.rules.expression import Node
from toolkit.rules.values import Exact
from toolkit.text import labelled
from toolkit.text import shown

#: ``{分单位 requests.new.total}``: printed in the report of a sum only.
BY_UNIT = re.compile(r"分单位\s+(.+)")
#: A line that names more units is not read; then the first few by size stand for all.
_ALL, _FIRST = 12, 5

Members = Sequence[tuple[str, Return]]


@dataclass(frozen=True, slots=True)
class ByUnit:
    """A gap that is told by unit: ``node`` is what of."""

    node: Node


def by_unit(gap: ByUnit, members: Members, measure: str) -> tuple[str, tuple[Fact, ...]]:
    """The words in brackets with their figures, in the members' order; nothing where no member has anything.

    A unit with 0 or without the figure is not named. Of more than twelve the five with most are, the largest first.
    """
    names = tuple(dict.fromkeys(map(key_name, gap.node.keys())))
    found = [(unit, Exact(content.numbers, content.prior).result(gap.node)) for unit, content in members]
    told = [(unit, value) for unit, value in found if unit and value]
    many = len(told) > _ALL
    if many:
        told = sorted(told, key=lambda one: -one[1])[:_FIRST]
    if not told:
        return "", ()
    words = "、".join(labelled(unit, f"{shown(value)}{measure}") for unit, value in told)
    facts = tuple(Fact(text=shown(value), variables=names, unit=unit) for unit, value in told)
    return f"（{'较多的是' if many else ''}{words}）", facts
