"""A form's linear equations over its cells, in groups that share cells, and a return's figures put into them."""

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
    """Terms with every total that the template computes written out as its parts; None for None.

    The totals named in ``overwritten``, and those whose formula is not linear, stay cells of their own.
    """
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
    """The parts of a total, of the same year as the total; None for a cell of its own."""
    if key is None or key.name in overwritten or key.name not in instrument.rules.formulas:
        return None
    terms = instrument.rules.formulas[key.name].right.terms()
    if terms is None or not key.prior:
        return terms
    return {Key(k.name, prior=True) if k else None: factor for k, factor in terms.items()}


_Row = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class EquationGroup:
    """Equations that share cells, directly or through others: a system with the names of its cells and checks.

    ``cells`` are the variables behind the cells of ``system``, ``checks`` and ``terms`` have one entry an equation.
    ``terms`` keeps each equation's constant and last year's figures, which are taken as right.
    """

    cells: tuple[str, ...]
    checks: tuple[Check, ...]
    terms: tuple[Terms, ...]
    system: System


@dataclass(frozen=True, slots=True)
class FilledEquations:
    """A group with a return's figures: each times ``scale``, the least power of ten that makes all of them whole.

    ``values`` and ``steps`` have one entry a cell, ``right`` one an equation. A figure keeps the unit of its variable;
    a step is ``scale`` for a variable that is a whole number, else 1.
    """

    part: EquationGroup
    values: tuple[int, ...]
    right: tuple[int, ...]
    steps: tuple[int, ...]
    scale: int


def filled_equations(part: EquationGroup, instrument: Instrument, submission: Submission) -> FilledEquations | None:
    """A group with a return's figures; None where one of them, of this year or last, is missing."""
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
    """The right side of an equation: constant and last year's figures, sign turned; None where one is missing."""
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
    """The equations of a form's rules, in groups that share no cell; no group without an equation.

    ``overwritten`` names the totals that were typed over, ``prior`` the variables whose figure of last year is known.
    A check gives an equation where it is an equality, linear with whole factors, and all its figures of last year are
    known. The form of 国办公开办函〔2021〕30号 has 7 to 46 equations over 144 to 175 cells in its largest group.
    """
    found: list[tuple[Check, Terms]] = []
    for check in instrument.rules.checks:
        terms = expanded(instrument, overwritten, check.residual) if check.op == "=" else None
        if terms and all(factor == int(factor) for factor in terms.values()) and _known(terms, prior):
            found.append((check, terms))
    return tuple(_part(instrument, group) for group in _groups(found))


def _known(terms: Terms, prior: frozenset[str]) -> bool:
    """Whether terms say something of a cell of this year, with all figures of last year known."""
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
    """A system without equations: how the cells stand in the printed tables. ``index`` numbers variables as cells."""
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
