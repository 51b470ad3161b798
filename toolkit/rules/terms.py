"""Linear terms: variables with their factors, as the error localiser and the folding of findings see a rule."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Key(NamedTuple):
    """A variable, this year's or last year's (``lag``)."""

    name: str
    lag: bool = False


#: Factor by variable; the constant stands under None.
Terms = dict[Key | None, Decimal]


def scaled(terms: Terms, factor: Decimal) -> Terms:
    """Terms times a factor."""
    return {key: value * factor for key, value in terms.items()}


def added(left: Terms, right: Terms, sign: Decimal) -> Terms:
    """``left + sign * right``, without terms that cancel."""
    out = dict(left)
    for key, value in right.items():
        out[key] = out.get(key, Decimal(0)) + value * sign
    return {key: value for key, value in out.items() if value != 0}


def multiplied(left: Terms, right: Terms) -> Terms | None:
    """A product that stays linear because one side is constant; else None."""
    if set(left) <= {None}:
        return scaled(right, left.get(None, Decimal(0)))
    if set(right) <= {None}:
        return scaled(left, right.get(None, Decimal(0)))
    return None


def divided(left: Terms, right: Terms) -> Terms | None:
    """A quotient that stays linear because the divisor is a constant other than 0; else None."""
    if set(right) != {None} or right[None] == 0:
        return None
    return scaled(left, 1 / right[None])
