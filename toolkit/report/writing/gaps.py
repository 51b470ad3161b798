"""Words for the gaps of a sentence that need more than one figure: last year's beside it, or every unit's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from toolkit.forms.layout import key_name
from toolkit.instrument.outline import ByUnit, YearChange
from toolkit.model.form import Variable
from toolkit.model.returns import Submission
from toolkit.report.document.blocks import Fact
from toolkit.rules.expression import Key, Node
from toolkit.rules.values import Exact
from toolkit.text import labelled, shown

#: Words of a comparison that say the contrary of each other.
OPPOSITES = (("增加", "减少"), ("增长", "下降"))
_TENTH = Decimal("0.1")

#: What is said in a gap, and the figures in it.
Filled = tuple[str, tuple[Fact, ...]]


def compared(change: YearChange, submission: Submission, measure: str) -> Filled:
    """The words with their figures; nothing where a figure of either year is missing."""
    now, before = Exact.of(submission).result(change.node), Exact(submission.prior, {}).result(change.node)
    if now is None or before is None:
        return "", ()
    if now == before:
        return f"{change.mark}与上年持平", ()
    gap = abs(now - before)
    more = now > before
    if now == 0:
        figures = [shown(before)]
        words = f"{change.mark}上年为{shown(before)}{measure}"
    else:
        figures = [shown(gap)]
        words = f"{change.mark}比上年{'增加' if more else '减少'}{shown(gap)}{measure}"
        if before > 0:
            percent = shown((100 * gap / before).quantize(_TENTH, ROUND_HALF_UP).normalize())
            words += f"、{'增长' if more else '下降'}{percent}%"
            figures.append(percent)
    keys = tuple(change.node.keys())
    names = tuple(map(key_name, (*keys, *(Key(key.name, prior=True) for key in keys))))
    return words, tuple(Fact(text=figure, variables=names) for figure in figures)


def measured(node: Node, variables: Mapping[str, Variable]) -> str:
    """The unit of measure of an expression, if all that it names has the same."""
    units = {variables[key.name].type.unit for key in node.keys() if key.name in variables}
    return units.pop() if len(units) == 1 else ""


#: A line that names more units is not read; then the first few by size stand for all.
_ALL, _FIRST = 12, 5

Members = Sequence[tuple[str, Submission]]


def by_unit(gap: ByUnit, members: Members, measure: str) -> Filled:
    """The words in brackets with their figures, in the members' order; nothing where no member has anything.

    A unit with 0 or without the figure is not named. Of more than twelve the five with most are, the largest first.
    """
    names = tuple(dict.fromkeys(map(key_name, gap.node.keys())))
    found = [(unit, Exact.of(submission).result(gap.node)) for unit, submission in members]
    told = [(unit, value) for unit, value in found if unit and value]
    many = len(told) > _ALL
    if many:
        told = sorted(told, key=lambda one: -one[1])[:_FIRST]
    if not told:
        return "", ()
    words = "、".join(labelled(unit, f"{shown(value)}{measure}") for unit, value in told)
    facts = tuple(Fact(text=shown(value), variables=names, unit=unit) for unit, value in told)
    return f"（{'较多的是' if many else ''}{words}）", facts
