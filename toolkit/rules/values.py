"""The exact numbers of one return, where a rule's tree finds its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from toolkit.model.returns import Submission
from toolkit.rules.expression import Key, Node


@dataclass(frozen=True, slots=True)
class Exact:
    """One return's numbers. A node raises KeyError where a value is missing, ArithmeticError where it divides by 0.

    Decimals of 28 digits: sums and products of all that a form admits (see `NumberType.maximum`) are exact, a quotient
    is so to its last digit.
    """

    current: Mapping[str, Decimal | None]
    prior: Mapping[str, Decimal | None]

    @classmethod
    def of(cls, submission: Submission) -> Exact:
        """What a unit sent, beside last year's figures."""
        return cls(submission.content.numbers, submission.prior)

    def result(self, node: Node) -> Decimal | None:
        """What an expression gives; None where a figure is missing, or where it divides by 0."""
        try:
            return node.value(self)
        except (KeyError, ArithmeticError):
            return None

    def cell(self, key: Key) -> Decimal:
        """The number of a variable. Raises KeyError where it has none."""
        value = (self.prior if key.prior else self.current).get(key.name)
        if value is None:
            raise KeyError(key.name)
        return value
