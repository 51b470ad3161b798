"""A form's linear equations over its cells, in groups that share cells, and a return's figures put into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeGuard

from toolkit.checks.localisation.errors import System, connected
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Severity
from toolkit.model.returns import Submission
from toolkit.rules.compile import Check
from toolkit.rules.expression import Key, Terms

_LARGEST = 10**15
#: A figure from outside the table: the variables that it is the sum of, and the sum.
Statements = Iterable[tuple[frozenset[str], Decimal]]


class EquationGroup(NamedTuple):
    """The equations over one table, or over tables that share them: a system with the names of its cells and checks.

    ``cells`` are the variables behind the cells of ``system``, ``checks`` and ``terms`` have one entry an equation.
    ``outside`` are the terms of equalities that rest on last year's figures, or need not hold: they bear witness.
    """

    cells: tuple[str, ...]
    checks: tuple[Check, ...]
    terms: tuple[Terms, ...]
    outside: tuple[Terms, ...]
    system: System


class Witness(NamedTuple):
    """What another figure says of cells: the sum of ``terms`` (factor by cell) should be ``value``.

    It may be wrong itself; ``written`` tells that it stands in the unit's own text, else last year's report gives it.
    """

    terms: Mapping[int, int]
    value: int
    written: bool = False


class FilledEquations(NamedTuple):
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
    overwritten, index = submission.content.overwritten, {name: i for i, name in enumerate(part.cells)}
    found = [submission.content.numbers.get(name) for name in part.cells]
    values = [value for value in found if value is not None]
    constants = [-terms.get(None, Decimal(0)) for terms in part.terms]
    places = max((-int(v.normalize().as_tuple().exponent) for v in (*values, *constants)), default=0)
    scale = 10 ** max(0, places)
    if len(values) < len(found) or not all(_usable(value, scale) for value in values):
        return None
    told = (dict.fromkeys(map(Key, names), Decimal(1)) | {None: -value} for names, value in stated)
    spelled = (instrument.rules.expanded(terms, overwritten) or {} for terms in told)
    heard = [
        *((terms, False) for terms in part.outside),
        *((terms, True) for terms in spelled if _within(terms, index)),
    ]
    sums = ((_of_cells(terms, index), _constant(terms, submission), written) for terms, written in heard)
    return FilledEquations(
        part=part,
        values=tuple(int(value * scale) for value in values),
        right=tuple(int(value * scale) for value in constants),
        steps=tuple(scale if instrument.variables[name].type.kind == "whole" else 1 for name in part.cells),
        last=tuple(int(v * scale) if _usable(v, scale) else None for v in map(submission.prior.get, part.cells)),
        witnesses=tuple(Witness(cells, int(n * scale), written) for cells, n, written in sums if _usable(n, scale)),
        scale=scale,
    )


def _usable(value: Decimal | None, scale: int) -> TypeGuard[Decimal]:
    """Whether there is a figure, and none of so many digits that nobody meant it."""
    return value is not None and abs(value) * scale < _LARGEST


def _within(terms: Terms, index: Mapping[str, int]) -> bool:
    """Whether all figures of this year are cells of a group."""
    return all(key is None or key.prior or key.name in index for key in terms)


def _of_cells(terms: Terms, index: Mapping[str, int]) -> dict[int, int]:
    return {index[key.name]: int(factor) for key, factor in terms.items() if key is not None and not key.prior}


def _constant(terms: Terms, submission: Submission) -> Decimal | None:
    """The right side of an equation: constant and last year's figures, sign turned; None where one is missing."""
    total = Decimal(0)
    for key, factor in terms.items():
        value = submission.prior.get(key.name) if key and key.prior else Decimal(key is None)
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
    outside: list[tuple[Check, Terms]] = []
    # Of a list some cells are blank, and a blank is no figure that may be wrong.
    listed = {name for column in instrument.form.columns.values() for name in column}
    for check in instrument.rules.checks:
        terms = instrument.rules.expanded(check.residual, overwritten) if check.op == "=" else None
        current = [key for key in terms or () if key is not None and not key.prior]
        if not terms or not current or not listed.isdisjoint(key.name for key in current):
            continue
        if any(factor != int(factor) for factor in terms.values()):
            continue
        before = any(key is not None and key.prior for key in terms)
        if before or check.rule.beta or check.rule.severity is not Severity.ERROR:
            outside.append((check, terms))
        elif len(current) > 1:
            # A cell that has to be a constant says nothing of any other cell.
            found.append((check, terms))
    kept, heard = without_sums(found), [terms for _, terms in without_sums(outside)]
    tables = {k: {key.name.partition(".")[0] for key in terms if key} for k, (_, terms) in enumerate(kept)}
    return tuple(_part(instrument, [kept[k] for k in group], heard) for group in connected(tables))


def without_sums(found: Sequence[tuple[Check, Terms]]) -> list[tuple[Check, Terms]]:
    """Those that are more than the sum of others that share no cell: with live totals, all columns of a balance."""
    items = [frozenset(terms.items()) for _, terms in found]
    out = []
    for one, whole in zip(found, items, strict=True):
        parts = [part for part in items if part < whole]
        if not sum(map(len, parts)) == len(whole) == len(frozenset[object]().union(*parts)):
            out.append(one)
    return out


def _part(instrument: Instrument, members: Sequence[tuple[Check, Terms]], outside: Sequence[Terms]) -> EquationGroup:
    checks, terms = zip(*members, strict=True)
    used = {key.name for one in terms for key in one if key is not None}
    cells = tuple(name for name in instrument.names if name in used)
    index = {name: i for i, name in enumerate(cells)}
    blocks = (
        tuple(tuple(index.get(f"{table.id}.{r.id}.{c.id}", -1) for c in block.columns) for r in block.rows)
        for table in instrument.form.tables
        for block in table.blocks
    )
    least = [instrument.variables[name].type.minimum for name in cells]
    system = System(
        equations=tuple(_of_cells(one, index) for one in terms),
        blocks=tuple(rows for rows in blocks if max(map(max, rows)) >= 0),
        signed=frozenset(i for i, low in enumerate(least) if low is None or low < 0),
    )
    heard = tuple(one for one in outside if _within(one, index))
    return EquationGroup(cells, checks, terms, heard, system)
