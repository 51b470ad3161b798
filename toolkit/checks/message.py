"""The sentence of a failed check: its place, what is demanded, both sides with their numbers, the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.instrument.instrument import SIGNS, Instrument, Labels, demand
from toolkit.model.returns import Submission
from toolkit.rules.compile import Check
from toolkit.rules.expression import Arithmetic, Call, Cell, Key, Node, Number
from toolkit.rules.values import Exact
from toolkit.text import shown

_SIDE_LONGEST = 160


@dataclass(frozen=True, slots=True)
class _Told:
    """Labels with values."""

    labels: Labels
    values: Exact

    def cell(self, key: Key) -> str:
        return f"{self.labels.cell(key)}{shown(self.values.cell(key))}"

    def total(self, keys: Sequence[Key]) -> str:
        return self.labels.total(keys)


def sides(submission: Submission, check: Check) -> tuple[Decimal, Decimal]:
    """Both sides, exact; KeyError where a figure is missing."""
    values = Exact.of(submission)
    return Decimal(check.left.value(values)), Decimal(check.right.value(values))


def place(instrument: Instrument, check: Check) -> str:
    """``“自然人”列``, ``“行政复议”行``: the place in words; empty for a rule that names its cells."""
    row, column = instrument.place(check)
    if column:
        return f"“{column[-1]}”列"
    return f"“{row[-1]}”行" if row else ""


def sentence(instrument: Instrument, submission: Submission, check: Check) -> str:
    """The whole message, without sheet and cell."""
    left, right = sides(submission, check)
    where = place(instrument, check)
    told = _Told(Labels(instrument, check), Exact.of(submission))
    gap = left - right
    word = "多" if gap > 0 else "少"
    start = f"{where}{'：' if where else ''}{demand(instrument, check)}。现在 {_side(told, check.left, left)}"
    if isinstance(check.right, Number):
        return f"{start}，{SIGNS[check.op]} {shown(right)}，{word} {shown(abs(gap))}"
    return f"{start}，{_side(told, check.right, right)}，前者{word} {shown(abs(gap))}"


def _side(told: _Told, node: Node, value: Decimal) -> str:
    if _is_limit(node):
        cells = "、".join(told.cell(key) for key in dict.fromkeys(node.keys()))
        return f"{cells}（照此算，界限是 {shown(value)}）"
    words = node.words(told)
    if len(words) > _SIDE_LONGEST:
        words = words[:_SIDE_LONGEST] + "…"
    return words if isinstance(node, Cell) else f"{words} ＝ {shown(value)}"


def _is_limit(node: Node) -> bool:
    """Whether a side is a limit with an allowance: numbers that nobody sees on the form are in it."""
    return isinstance(node, Arithmetic | Call) and any(isinstance(arg, Number) or _is_limit(arg) for arg in node.args)
