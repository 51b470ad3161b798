"""Two sources of figures for the same tree: columns of a frame, and the exact numbers of one return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from toolkit.model.returns import Submission
from toolkit.rules.expression import Key, Node

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """Returns by variables: ``current`` and ``prior`` are (returns x variables), NaN where there is no value.

    Floats are exact for what a form admits (see ``NumberType.maximum``); verdicts round to ``DECIMALS`` places.
    """

    index: Mapping[str, int]
    current: Floats
    prior: Floats

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        current: Sequence[Mapping[str, Decimal | None]],
        prior: Sequence[Mapping[str, Decimal | None]],
    ) -> Frame:
        """The frame of some returns, one row each, with the variables ``names`` as columns."""
        return cls({name: i for i, name in enumerate(names)}, _matrix(names, current), _matrix(names, prior))

    def number(self, value: Decimal) -> np.float64:
        """A constant."""
        return np.float64(value)

    def divide(self, left: Floats, right: Floats) -> Floats:
        """A quotient; NaN where the divisor is 0, as a spreadsheet's error value is no number."""
        return np.divide(left, np.where(np.equal(right, 0), np.nan, right))

    def cell(self, key: Key) -> Floats:
        """The column of a variable: a float a return, NaN where there is no value."""
        return (self.prior if key.prior else self.current)[:, self.index[key.name]]

    def pick(self, function: str, values: Sequence[Floats]) -> Floats:
        """``min``, ``max`` or ``abs``, element by element; NaN as soon as one value is."""
        if function == "abs":
            return np.abs(values[0])
        return reduce(np.minimum if function == "min" else np.maximum, values)


@dataclass(frozen=True, slots=True)
class Exact:
    """One return's numbers. A node raises KeyError where a value is missing, ArithmeticError where it divides by 0."""

    current: Mapping[str, Decimal | None]
    prior: Mapping[str, Decimal | None]

    @classmethod
    def of(cls, submission: Submission) -> Exact:
        """What a unit sent, beside last year's figures."""
        return cls(submission.content.numbers, submission.prior)

    def result(self, node: Node) -> Decimal | None:
        """What an expression gives; None where a figure is missing, or where it divides by 0."""
        try:
            return Decimal(node.value(self))
        except (KeyError, ArithmeticError):
            return None

    def number(self, value: Decimal) -> Decimal:
        """A constant."""
        return value

    def divide(self, left: Decimal, right: Decimal) -> Decimal:
        """A quotient. Raises ArithmeticError where the divisor is 0."""
        return left / right

    def cell(self, key: Key) -> Decimal:
        """The number of a variable. Raises KeyError where it has none."""
        value = (self.prior if key.prior else self.current).get(key.name)
        if value is None:
            raise KeyError(key.name)
        return value

    def pick(self, function: str, values: Sequence[Decimal]) -> Decimal:
        """``min``, ``max`` or ``abs``."""
        if function == "abs":
            return abs(values[0])
        return min(values) if function == "min" else max(values)


def _matrix(names: Sequence[str], rows: Sequence[Mapping[str, Decimal | None]]) -> Floats:
    out = np.full((len(rows), len(names)), np.nan)
    for i, row in enumerate(rows):
        if row:
            out[i] = [np.nan if (v := row.get(name)) is None else float(v) for name in names]
    return out
