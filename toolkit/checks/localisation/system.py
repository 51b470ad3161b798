"""Linear terms with computed totals written out as their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from toolkit.checks.localisation.errors import System
from toolkit.instrument.instrument import Instrument
from toolkit.model.returns import Submission
from toolkit.rules.compile import Check
from toolkit.rules.expression import Key, Terms, added, scaled


def expanded(instrument: Instrument, overwritten: frozenset[str], terms: Terms | None) -> Terms | None:
    """Terms with every total that the template computes written out; those ``overwritten`` stay cells of their own."""
    if terms is None:
        return None
    out: Terms = {}
    for key, factor in terms.items():
        part = _parts(instrument, overwritten, key)
        inner = {key: Decimal(1)} if part is None else expanded(instrument, overwritten, part)
        if inner is None:
            return None
        out = added(out, scaled(inner, factor), Decimal(1))
    return out


def _parts(instrument: Instrument, overwritten: frozenset[str], key: Key | None) -> Terms | None:
    if key is None or key.name in overwritten or key.name not in instrument.rules.formulas:
        return None
    terms = instrument.rules.formulas[key.name].right.terms()
    if terms is None or not key.prior:
        return terms
    return {Key(k.name, prior=True) if k else None: factor for k, factor in terms.items()}


_Row = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class EquationGroup:
    """Equations that hang together, over ``cells``; ``checks`` gives the check of each equation.

    ``terms`` keeps each equation's constant and last year's figures, which are taken as right.
    """

    cells: tuple[str, ...]
    checks: tuple[Check, ...]
    terms: tuple[Terms, ...]
    system: System


@dataclass(frozen=True, slots=True)
class FilledEquations:
    """A part with a return's figures, as whole numbers under one scale."""

    part: EquationGroup
    values: tuple[int, ...]
    right: tuple[int, ...]
    steps: tuple[int, ...]
    scale: int


def filled_equations(part: EquationGroup, instrument: Instrument, submission: Submission) -> FilledEquations | None:
    """The part with a return's figures; None where one of them is missing."""
    found = [submission.content.numbers.get(name) for name in part.cells]
    values = [value for value in found if value is not None]
    constants = [_constant(terms, submission) for terms in part.terms]
    known = [one for one in constants if one is not None]
    if len(values) < len(found) or len(known) < len(constants):
        return None
    places = max((-int(v.normalize().as_tuple().exponent) for v in (*values, *known)), default=0)
    scale = 10 ** max(0, places)
    whole = [instrument.variables[name].type.kind == "whole" for name in part.cells]
    return FilledEquations(
        part=part,
        values=tuple(int(value * scale) for value in values),
        right=tuple(int(value * scale) for value in known),
        steps=tuple(scale if one else 1 for one in whole),
        scale=scale,
    )


def _constant(terms: Terms, submission: Submission) -> Decimal | None:
    """What stands on the right of an equation: the constant and last year's figures, the other way round."""
    total = Decimal(0)
    for key, factor in terms.items():
        if key is None:
            total -= factor
        elif key.prior:
            value = submission.prior.get(key.name)
            if value is None:
                return None
            total -= factor * value
    return total


@lru_cache(maxsize=64)
def equation_groups(
    instrument: Instrument, overwritten: frozenset[str], prior: frozenset[str]
) -> tuple[EquationGroup, ...]:
    """The equations of a form for returns whose totals ``overwritten`` were typed, and ``prior`` of last year known."""
    found: list[tuple[Check, Terms]] = []
    for check in instrument.rules.checks:
        terms = expanded(instrument, overwritten, check.residual) if check.op == "=" else None
        if terms and all(factor == int(factor) for factor in terms.values()) and _known(terms, prior):
            found.append((check, terms))
    return tuple(_part(instrument, group) for group in _groups(found))


def _known(terms: Terms, prior: frozenset[str]) -> bool:
    current = [key for key in terms if key is not None and not key.prior]
    before = [key.name for key in terms if key is not None and key.prior]
    # A cell that has to be a constant says nothing of any other cell.
    return len(current) + len(before) > 1 and bool(current) and prior.issuperset(before)


def _groups(found: Sequence[tuple[Check, Terms]]) -> list[list[tuple[Check, Terms]]]:
    """Equations that share a cell, directly or through others."""
    groups: list[tuple[set[str], list[tuple[Check, Terms]]]] = []
    for one in found:
        names = {key.name for key in one[1] if key is not None and not key.prior}
        joined = [group for group in groups if group[0] & names]
        groups = [group for group in groups if not group[0] & names]
        cells = names.union(*(group[0] for group in joined))
        groups.append((cells, [*(member for group in joined for member in group[1]), one]))
    return [members for _, members in groups]


def _part(instrument: Instrument, members: Sequence[tuple[Check, Terms]]) -> EquationGroup:
    used = {key.name for _, terms in members for key in terms if key is not None and not key.prior}
    cells = tuple(name for name in instrument.names if name in used)
    index = {name: i for i, name in enumerate(cells)}
    equations = tuple(
        {index[key.name]: int(factor) for key, factor in terms.items() if key is not None and not key.prior}
        for _, terms in members
    )
    below = (name for name in cells if (low := instrument.variables[name].type.minimum) is None or low < 0)
    system = replace(_printed(instrument, index), equations=equations, signed=frozenset(index[name] for name in below))
    return EquationGroup(cells, tuple(check for check, _ in members), tuple(terms for _, terms in members), system)


def _printed(instrument: Instrument, index: Mapping[str, int]) -> System:
    """How the cells stand beside and below each other in the printed tables; the equations are still to come."""
    pairs: list[tuple[int, int]] = []
    rows: list[_Row] = []
    across: list[tuple[int, ...]] = []
    down: list[tuple[int, ...]] = []
    for table in instrument.form.tables:
        for block in table.blocks:
            names = [[f"{table.id}.{row.id}.{column.id}" for column in block.columns] for row in block.rows]
            lines = [[index[name] for name in line if name in index] for line in names]
            across += [tuple(line) for line in lines if line]
            down += [tuple(index[n] for n in line if n in index) for line in zip(*names, strict=True)]
            for line in lines:
                pairs += pairwise(line)
            for upper, lower in pairwise(names):
                both = tuple((index[a], index[b]) for a, b in zip(upper, lower, strict=True) if {a, b} <= index.keys())
                pairs += both
                rows += [both] if len(both) > 1 else []
    return System((), tuple(pairs), tuple(rows), (*across, *down), len(across))


def prior_figures_of(submission: Submission) -> frozenset[str]:
    """The variables whose last year's figure is known."""
    return frozenset(name for name, value in submission.prior.items() if value is not None)
