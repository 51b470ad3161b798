"""Computes derived variables again from what was entered; the workbook's own results are evidence, never data."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from decimal import Decimal

from toolkit.rules.compile import Check
from toolkit.rules.values import Exact


def derive(
    formulas: Mapping[str, Check],
    numbers: Mapping[str, Decimal | None],
    prior: Mapping[str, Decimal | None],
    typed: Collection[str] = (),
) -> dict[str, Decimal | None]:
    """``numbers`` with every derived variable, exact; None where something it needs is missing.

    Variables in ``typed`` keep the value they have: somebody wrote it over the formula.
    """
    out = dict(numbers)
    source = Exact(out, prior)
    for name, check in formulas.items():
        if name in typed:
            continue
        try:
            out[name] = check.right.value(source)
        except (KeyError, ArithmeticError):
            out[name] = None
    return out
