"""What a node asks of the world: values, addresses, and what variables are called."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from typing import Protocol

from toolkit.rules.terms import Key


class Values(Protocol):
    """Where a node finds its figures: whole columns of a frame, or one return's exact numbers."""

    def number(self, value: Decimal) -> Any:  # noqa: ANN401 - a column of floats or a Decimal; arithmetic is the same
        """A constant."""

    def cell(self, key: Key) -> Any:  # noqa: ANN401
        """The value of one variable."""

    def divide(self, left: Any, right: Any) -> Any:  # noqa: ANN401
        """A quotient; no value where the divisor is 0."""

    def pick(self, function: str, values: Sequence[Any]) -> Any:  # noqa: ANN401
        """``min``, ``max`` or ``abs`` of values."""


class Places(Protocol):
    """What only a layout knows: where a variable stands on a sheet."""

    def cell(self, key: Key) -> str:
        """Its address, with the sheet where that is needed."""

    def area(self, keys: Sequence[Key]) -> str:
        """Addresses of several cells, as one range where they form one."""


class Speech(Protocol):
    """How variables are called in a sentence."""

    def cell(self, key: Key) -> str:
        """One variable, with its value where values are told."""

    def total(self, keys: Sequence[Key]) -> str:
        """The sum of a run of variables."""
