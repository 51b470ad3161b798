"""Whether linear rules can hold together, exact: elimination for equalities, a simplex in fractions for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from toolkit.instrument.instrument import Instrument
from toolkit.rules.compile import Check
from toolkit.rules.expression import COMPARED, Key, Terms

Row = dict[Key | None, Fraction]
K = TypeVar("K", bound=Key | int | None)


def implied(terms: Terms, others: Sequence[Terms]) -> bool:
    """Whether ``terms = 0`` follows from the equalities ``others = 0``."""
    basis: list[tuple[Key | None, Row]] = []
    for one in others:
        row = _reduced(_fractions(one), basis)
        if row:
            pivot = next((key for key in row if key is not None), None)
            basis.append((pivot, {key: value / row[pivot] for key, value in row.items()}))
    return not _reduced(_fractions(terms), basis)


def _fractions(terms: Mapping[Key | None, Decimal]) -> Row:
    return {key: Fraction(value) for key, value in terms.items()}


def _reduced(row: Row, basis: Sequence[tuple[Key | None, Row]]) -> Row:
    for pivot, other in basis:
        if factor := row.get(pivot):
            row = _less(row, factor, other)
    return row


def contradiction(instrument: Instrument) -> list[Check]:
    """A small set of checks that cannot hold together, of those that must hold; empty if all can."""
    must = [c for c in instrument.rules.checks if c.residual is not None and c.op in {"=", "<=", ">=", "<", ">"}]
    if feasible(instrument, must):
        return []
    core = must
    for check in must:
        fewer = [one for one in core if one is not check]
        if not feasible(instrument, fewer):
            core = fewer
    return core


def feasible(instrument: Instrument, checks: Sequence[Check]) -> bool:
    """Whether some figures within the limits of their types satisfy all checks (whole numbers taken as continuous)."""
    rows: list[tuple[Row, str]] = [(_fractions(c.residual), c.op) for c in checks if c.residual]
    empty = [(row.get(None, Fraction(0)), op) for row, op in rows if set(row) <= {None}]
    if any(not COMPARED[op](value, 0) for value, op in empty):
        return False
    keys = list(dict.fromkeys(key for row, _ in rows for key in row if key is not None))
    low = {key: instrument.variables[key.name].type.minimum for key in keys}
    return _phase_one(*_standard(rows, keys, {key: Fraction(v) for key, v in low.items() if v is not None}))


def _standard(
    rows: Sequence[tuple[Row, str]], keys: Sequence[Key], low: Mapping[Key, Fraction]
) -> tuple[list[dict[int, Fraction]], list[Fraction]]:
    """``A x = b`` with x >= 0 and b >= 0: a shift to each lower limit, two columns where there is none, and slacks."""
    columns: dict[tuple[Key, int], int] = {}
    for key in keys:
        columns[key, 1] = len(columns)
        if key not in low:
            columns[key, -1] = len(columns)
    a: list[dict[int, Fraction]] = []
    b: list[Fraction] = []
    extra = len(columns)
    for row, op in rows:
        line: dict[int, Fraction] = {}
        right = -row.get(None, Fraction(0))
        for name, value in row.items():
            if name is not None:
                right -= value * low.get(name, Fraction(0))
                line[columns[name, 1]] = value
            if name is not None and name not in low:
                line[columns[name, -1]] = -value
        # Figures are counted: what has to be less is less by one.
        right += {"<": -1, ">": 1}.get(op, 0)
        if op != "=":
            line[extra] = Fraction(1 if op in {"<", "<="} else -1)
            extra += 1
        sign = -1 if right < 0 else 1
        a.append({column: sign * value for column, value in line.items()})
        b.append(sign * right)
    return a, b


def _phase_one(a: list[dict[int, Fraction]], b: list[Fraction]) -> bool:
    """Whether the artificial variables can be driven out (Bland's rule: no cycling)."""
    basis = [-1 - i for i in range(len(a))]
    cost: dict[int, Fraction] = {}
    for line in a:
        for column, value in line.items():
            cost[column] = cost.get(column, Fraction(0)) + value
    left = sum(b, Fraction(0))
    while left:
        enters = min((column for column, value in cost.items() if value > 0), default=None)
        if enters is None:
            return False
        ratios = [(b[i] / line[enters], basis[i], i) for i, line in enumerate(a) if line.get(enters, 0) > 0]
        if not ratios:
            return False
        _, _, leaves = min(ratios)
        pivot = a[leaves][enters]
        a[leaves] = {column: value / pivot for column, value in a[leaves].items()}
        b[leaves] /= pivot
        for i, line in enumerate(a):
            factor = line.get(enters, Fraction(0))
            if i != leaves and factor:
                a[i] = _less(line, factor, a[leaves])
                b[i] -= factor * b[leaves]
        factor = cost[enters]
        cost = _less(cost, factor, a[leaves])
        left -= factor * b[leaves]
        basis[leaves] = enters
    return True


def _less(line: Mapping[K, Fraction], factor: Fraction, other: Mapping[K, Fraction]) -> dict[K, Fraction]:
    out = dict(line)
    for column, value in other.items():
        rest = out.get(column, Fraction(0)) - factor * value
        if rest:
            out[column] = rest
        else:
            out.pop(column, None)
    return out
