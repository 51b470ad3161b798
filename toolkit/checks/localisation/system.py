"""A form's linear equations over its cells, in groups that share cells, and a return's figures put into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from toolkit.checks.localisation.errors import System
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Severity
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


_LARGEST = 10**15
#: A figure from outside the table: the variables that it is the sum of, and the sum.
Statements = Iterable[tuple[frozenset[str], Decimal]]


@dataclass(frozen=True, slots=True)
class EquationGroup:
    """The equations over one table, or over tables that share them: a system with the names of its cells and checks.

    ``cells`` are the variables behind the cells of ``system``, ``checks`` and ``terms`` have one entry an equation.
    ``outside`` are the terms of equalities that rest on last year's figures, or need not hold: they bear witness.
    """

    cells: tuple[str, ...]
    checks: tuple[Check, ...]
    terms: tuple[Terms, ...]
    outside: tuple[Terms, ...]
    system: System


@dataclass(frozen=True, slots=True)
class Witness:
    """What another figure says of cells: the sum of ``terms`` (factor by cell) should be ``value``.

    It may be wrong itself; ``written`` tells that it stands in the unit's own text, else last year's report gives it.
    """

    terms: Mapping[int, int]
    value: int
    written: bool = False


@dataclass(frozen=True, slots=True)
class FilledEquations:
    """A group with a return's figures: each times ``scale``, the least power of ten that makes all of them whole.

    ``values``, ``steps`` and ``last`` (last year's figures, None where not known) have one entry a cell, ``right`` one
    an equation. A figure keeps the unit of its variable; a step is ``scale`` for a variable that is a whole number,
    else 1.
    """

    part: EquationGroup
    values: tuple[int, ...]
    right: tuple[int, ...]
    steps: tuple[int, ...]
    last: tuple[int | None, ...]
    witnesses: tuple[Witness, ...]
    scale: int


def filled_equations(
    part: EquationGroup, instrument: Instrument, submission: Submission, stated: Statements = ()
) -> FilledEquations | None:
    """A group with a return's figures; None where one of them is missing. ``stated`` is what the unit's texts say."""
    found = [submission.content.numbers.get(name) for name in part.cells]
    values = [value for value in found if value is not None]
    if len(values) < len(found):
        return None
    constants = [-terms.get(None, Decimal(0)) for terms in part.terms]
    places = max((-int(v.normalize().as_tuple().exponent) for v in (*values, *constants)), default=0)
    scale = 10 ** max(0, places)
    whole = [instrument.variables[name].type.kind == "whole" for name in part.cells]
    index = {name: i for i, name in enumerate(part.cells)}
    before = [(_of_cells(terms, index), _constant(terms, submission)) for terms in part.outside]
    told = [(_spelled(instrument, submission, names, index), value) for names, value in stated]
    heard = [(*one, known is told) for known in (before, told) for one in known if one[0] and _usable(one[1], scale)]
    if not all(_usable(value, scale) for value in values):
        return None
    return FilledEquations(
        part=part,
        values=tuple(int(value * scale) for value in values),
        right=tuple(int(value * scale) for value in constants),
        steps=tuple(scale if one else 1 for one in whole),
        last=tuple(int(v * scale) if _usable(v, scale) else None for v in map(submission.prior.get, part.cells)),
        witnesses=tuple(Witness(terms, int((value or 0) * scale), written) for terms, value, written in heard),
        scale=scale,
    )


def _usable(value: Decimal | None, scale: int) -> bool:
    """Whether there is a figure, and none of so many digits that nobody meant it."""
    return value is not None and abs(value) * scale < _LARGEST


def _spelled(
    instrument: Instrument, submission: Submission, names: frozenset[str], index: Mapping[str, int]
) -> dict[int, int]:
    """The cells that a stated sum is made of; none where not all of it is in the group."""
    terms = expanded(instrument, submission.content.overwritten, {Key(name): Decimal(1) for name in names})
    return _of_cells(terms, index) if terms and all(key and key.name in index for key in terms) else {}


def _of_cells(terms: Terms, index: Mapping[str, int]) -> dict[int, int]:
    return {index[key.name]: int(factor) for key, factor in terms.items() if key is not None and not key.prior}


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
def equation_groups(instrument: Instrument, overwritten: frozenset[str]) -> tuple[EquationGroup, ...]:
    """The equations of a form's rules, in groups that share no cell and no printed table; no group without an equation.

    ``overwritten`` names the totals that were typed over. A check gives an equation where it is an equality at level
    error, linear with whole factors, over figures of this year; other linear equalities are ``outside``. One that only
    adds up others that share no cell says nothing more and is left out. The form of 国办公开办函〔2021〕30号 has 6 to
    39 equations over 144 to 175 cells in its largest group.
    """
    found: list[tuple[Check, Terms]] = []
    outside: list[Terms] = []
    for check in instrument.rules.checks:
        terms = expanded(instrument, overwritten, check.residual) if check.op == "=" else None
        current = [key for key in terms or () if key is not None and not key.prior]
        if not terms or not current or any(factor != int(factor) for factor in terms.values()):
            continue
        before = any(key is not None and key.prior for key in terms)
        if before or check.rule.beta or check.rule.severity is not Severity.ERROR:
            outside.append(terms)
        elif len(current) > 1:
            # A cell that has to be a constant says nothing of any other cell.
            found.append((check, terms))
    kept = _without_sums([terms for _, terms in found])
    said = _without_sums(outside)
    groups = _groups([one for one, keep in zip(found, kept, strict=True) if keep])
    heard = [terms for terms, keep in zip(outside, said, strict=True) if keep]
    return tuple(_part(instrument, group, heard) for group in groups)


def _without_sums(found: Sequence[Terms]) -> list[bool]:
    """By equation whether it is more than the sum of others that share no cell: with live totals, all its columns."""
    items = [frozenset(terms.items()) for terms in found]
    out = []
    for whole in items:
        parts = [one for one in items if one < whole]
        both = frozenset().union(*parts) if parts else frozenset()
        out.append(not (both == whole and sum(map(len, parts)) == len(whole)))
    return out


def _groups(found: Sequence[tuple[Check, Terms]]) -> list[list[tuple[Check, Terms]]]:
    """Equations that share a cell or a table, directly or through others."""
    groups: list[tuple[set[str], list[tuple[Check, Terms]]]] = []
    for one in found:
        tables = {key.name.partition(".")[0] for key in one[1] if key is not None}
        joined = [group for group in groups if group[0] & tables]
        groups = [group for group in groups if not group[0] & tables]
        both = tables.union(*(group[0] for group in joined))
        groups.append((both, [*(member for group in joined for member in group[1]), one]))
    return [members for _, members in groups]


def _part(instrument: Instrument, members: Sequence[tuple[Check, Terms]], outside: Sequence[Terms]) -> EquationGroup:
    used = {key.name for _, terms in members for key in terms if key is not None}
    cells = tuple(name for name in instrument.names if name in used)
    index = {name: i for i, name in enumerate(cells)}
    below = (name for name in cells if (low := instrument.variables[name].type.minimum) is None or low < 0)
    blocks = tuple(
        rows
        for table in instrument.form.tables
        for block in table.blocks
        if (rows := tuple(tuple(index.get(f"{table.id}.{r.id}.{c.id}", -1) for c in block.columns) for r in block.rows))
        and any(cell >= 0 for row in rows for cell in row)
    )
    system = System(
        equations=tuple(_of_cells(terms, index) for _, terms in members),
        blocks=blocks,
        signed=frozenset(index[name] for name in below),
    )
    heard = tuple(terms for terms in outside if all(key is None or key.prior or key.name in index for key in terms))
    return EquationGroup(cells, tuple(c for c, _ in members), tuple(t for _, t in members), heard, system)
