"""The sentence of a failed check: its place, what is demanded, both sides with their numbers, the difference."""

from __future__ import annotations

from decimal import Decimal

from toolkit.instrument.instrument import SIGNS, Instrument, Labels, demand
from toolkit.model.returns import Submission
from toolkit.rules.compile import Check
from toolkit.rules.expression import Cell, Node, Number, Operation
from toolkit.rules.values import Exact
from toolkit.text import shortened, shown

_SIDE_LONGEST = 160


def sides(submission: Submission, check: Check) -> tuple[Decimal, Decimal]:
    """Both sides, exact; KeyError where a figure is missing."""
    values = Exact.of(submission)
    return check.left.value(values), check.right.value(values)


def sentence(instrument: Instrument, submission: Submission, check: Check) -> str:
    """The whole message, without sheet and cell."""
    left, right = sides(submission, check)
    row, column = instrument.place(check)
    where = f"“{column[-1]}”列：" if column else f"“{row[-1]}”行：" if row else ""
    told = Labels(instrument, check, Exact.of(submission))
    gap, word = abs(left - right), "多" if left > right else "少"
    start = f"{where}{demand(instrument, check)}。现在 {_side(told, check.left, left)}"
    if isinstance(check.right, Number):
        return f"{start}，{SIGNS[check.op]} {shown(right)}，{word} {shown(gap)}"
    return f"{start}，{_side(told, check.right, right)}，前者{word} {shown(gap)}"


def _side(told: Labels, node: Node, value: Decimal) -> str:
    if _is_limit(node):
        cells = "、".join(told.cell(key) for key in dict.fromkeys(node.keys()))
        return f"{cells}（照此算，界限是 {shown(value)}）"
    words = shortened(node.words(told), _SIDE_LONGEST)
    return words if isinstance(node, Cell) else f"{words} ＝ {shown(value)}"


def _is_limit(node: Node) -> bool:
    """Whether a side is a limit with an allowance: numbers that nobody sees on the form are in it."""
    return isinstance(node, Operation) and any(isinstance(arg, Number) or _is_limit(arg) for arg in node.args)
