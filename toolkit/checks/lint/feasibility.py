"""Whether linear rules can hold together, exact: elimination for equalities, a simplex in fractions for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice, product
from math import gcd, lcm
from typing import TypeVar

from toolkit.instrument.instrument import Instrument
from toolkit.rules.compile import Check
from toolkit.rules.expression import COMPARED, Key, Node, Operation, Terms, added

Row = dict[Key | None, Fraction]
#: ``terms op 0``.
Comparison = tuple[Terms, str]
_OPPOSITE: Mapping[str, str] = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
#: Of a condition that can hold in more ways it is not asked whether one of them is possible.
_MOST_CASES = 500
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
    must = [c for c in instrument.rules.checks if c.residual is not None and c.op != "<>"]

    def together(checks: Sequence[Check]) -> bool:
        return feasible(instrument, [(c.residual, c.op) for c in checks if c.residual])

    if together(must):
        return []
    core = must
    for check in must:
        fewer = [one for one in core if one is not check]
        if not together(fewer):
            core = fewer
    return core


def possible(instrument: Instrument, condition: Operation) -> bool:
    """Whether a condition can hold, whatever the rules say, with figures and choices as their types admit; or may."""
    cases = list(islice(_cases(condition, holds=True), _MOST_CASES + 1))
    return len(cases) > _MOST_CASES or any(_within_limits(instrument, case) for case in cases)


def _cases(node: Node, *, holds: bool) -> Iterator[tuple[Comparison, ...]]:
    """The ways in which a condition holds, or does not: linear comparisons that are then true together."""
    op, args = (node.op, node.args) if isinstance(node, Operation) else ("", ())
    if op == "not":
        yield from _cases(args[0], holds=not holds)
    elif op in {"and", "or"} and (op == "and") is holds:
        parts = (list(_cases(arg, holds=holds)) for arg in args)
        yield from (tuple(chain.from_iterable(case)) for case in product(*parts))
    elif op in {"and", "or"}:
        yield from chain.from_iterable(_cases(arg, holds=holds) for arg in args)
    else:
        left, right = (arg.terms() for arg in args)
        asked = op if holds else _OPPOSITE[op]
        for one in ("<", ">") if asked == "<>" else (asked,):
            yield () if left is None or right is None else ((added(left, right, Decimal(-1)), one),)


def _within_limits(instrument: Instrument, case: Sequence[Comparison]) -> bool:
    asked = [(instrument.rules.expanded(terms) or {}, op) for terms, op in case]
    least: list[Comparison] = []
    for key in {key for terms, _ in asked for key in terms if key is not None}:
        kind = instrument.known[key.name].type
        least.append(({key: Decimal(1), None: -Decimal(len(kind.choices) or kind.maximum)}, "<="))
        if kind.choices:
            least.append(({key: Decimal(1), None: Decimal(-1)}, ">="))
    return feasible(instrument, [*asked, *least])


def feasible(instrument: Instrument, comparisons: Sequence[Comparison]) -> bool:
    """Whether some figures, none below the least of its type, satisfy all (whole numbers taken as continuous)."""
    rows: list[tuple[Row, str]] = [(_fractions(terms), op) for terms, op in comparisons]
    empty = [(row.get(None, Fraction(0)), op) for row, op in rows if set(row) <= {None}]
    if any(not COMPARED[op](value, 0) for value, op in empty):
        return False
    keys = list(dict.fromkeys(key for row, _ in rows for key in row if key is not None))
    low = {key: instrument.known[key.name].type.minimum for key in keys}
    rows = [_closed(instrument, row, op) for row, op in rows]
    return _phase_one(*_standard(rows, keys, {key: Fraction(v) for key, v in low.items() if v is not None}))


def _closed(instrument: Instrument, row: Row, op: str) -> tuple[Row, str]:
    """A comparison without ``<`` and ``>``: what has to be less is less by the least that such figures differ by."""
    if op not in {"<", ">"}:
        return row, op
    kinds = {key: instrument.known[key.name] for key in row if key is not None}
    steps = [value / 10 ** (kinds[key].type.decimals if key is not None else 0) for key, value in row.items()]
    common = lcm(*(step.denominator for step in steps))
    # A quotient that the template computes has any decimals.
    computed = any(one.derived for one in kinds.values())
    least = Fraction(0) if computed else Fraction(gcd(*(int(step * common) for step in steps)), common)
    return {**row, None: row.get(None, Fraction(0)) + (least if op == "<" else -least)}, f"{op}="


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
        if op != "=":
            line[extra] = Fraction(1 if op == "<=" else -1)
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
