"""Slips that the search's catalogue of operations was not made from: what happens at a desk, in the 2021 form.

Each takes the figures of a consistent report and gives the changed cells, or nothing where this draw gives none. The
figures of a row or column are those of the cells that a person fills in; with live totals the totals follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol

from numpy.random import Generator

Numbers = dict[str, Decimal]


class Table(Protocol):
    """The table that is spoilt."""

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of its rows."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Ids of its columns."""
        ...

    def name(self, row: int, column: int) -> str:
        """The variable at a place."""
        ...

    def free(self) -> list[str]:
        """The cells a slip may be in."""
        ...


Kind = Callable[[Table, Numbers, Numbers, Generator], Numbers]


def _one(new: Callable[[int, Generator], int]) -> Kind:
    """A slip in a single figure above 0."""

    def spoil(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
        name = str(rng.choice(table.free()))
        return {name: Decimal(new(int(numbers[name]), rng))} if numbers[name] > 0 else {}

    return spoil


def _random_digits(value: int, rng: Generator) -> int:
    text = list(str(value))
    for i in rng.choice(len(text), min(2, len(text)), replace=False):
        text[i] = str(rng.integers(10))
    return int("".join(text))


def _last_year_cell(table: Table, _numbers: Numbers, before: Numbers, rng: Generator) -> Numbers:
    name = str(rng.choice(table.free()))
    return {name: before[name]}


def _last_year_row(table: Table, _numbers: Numbers, before: Numbers, rng: Generator) -> Numbers:
    r, free = int(rng.integers(len(table.rows))), set(table.free())
    return {name: before[name] for c in range(len(table.columns)) if (name := table.name(r, c)) in free}


def _last_year_column(table: Table, _numbers: Numbers, before: Numbers, rng: Generator) -> Numbers:
    c, free = int(rng.integers(len(table.columns))), set(table.free())
    return {name: before[name] for r in range(len(table.rows)) if (name := table.name(r, c)) in free}


def _run(step: int) -> Kind:
    """A run of a column's figures one place down or up, over what stood there."""

    def spoil(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
        free, c = set(table.free()), int(rng.integers(len(table.columns)))
        start = int(rng.integers(1, len(table.rows) - 4))
        names = [table.name(r, c) for r in range(start, min(len(table.rows), start + int(rng.integers(2, 7))))]
        if not free.issuperset(names):
            return {}
        held = [numbers[name] for name in names]
        moved = [Decimal(0), *held[:-1]] if step > 0 else [*held[1:], Decimal(0)]
        return dict(zip(names, moved, strict=True))

    return spoil


def _row_lower(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
    """A row typed one row lower, where nothing stood."""
    r = int(rng.integers(len(table.rows) - 1))
    return _lower(table, numbers, r, r + 1)


def _all_below(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
    return _lower(table, numbers, int(rng.integers(2, len(table.rows) - 3)), len(table.rows) - 3)


def _lower(table: Table, numbers: Numbers, first: int, last: int) -> Numbers:
    free, out = set(table.free()), dict[str, Decimal]()
    for c in range(len(table.columns)):
        names = [name for r in range(first, last + 1) if (name := table.name(r, c)) in free]
        if names and (last > first + 1 or not numbers[names[-1]]):
            held = [numbers[name] for name in names]
            out |= dict(zip(names, [Decimal(0), *held[:-1]], strict=True))
    return out


def _columns(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
    free = set(table.free())
    a, b = (int(one) for one in rng.choice(len(table.columns) - 1, 2, replace=False))
    start = int(rng.integers(len(table.rows) - 3))
    out: Numbers = {}
    for r in range(start, len(table.rows)):
        x, y = table.name(r, a), table.name(r, b)
        if x in free and y in free:
            out |= {x: numbers[y], y: numbers[x]}
    return out


def _wrong_total(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
    """The total typed as the figure of natural persons."""
    r = int(rng.integers(len(table.rows)))
    return {table.name(r, len(table.columns) - 1): numbers[table.name(r, 0)]}


def _neighbour_twice(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
    r, c = int(rng.integers(len(table.rows) - 1)), int(rng.integers(len(table.columns) - 1))
    other = table.name(r + 1, c) if rng.random() < 0.5 else table.name(r, c + 1)
    return {other: numbers[table.name(r, c)]}


def _carried_over(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
    """What was carried in, and what is carried out, exchanged."""
    c = int(rng.integers(len(table.columns)))
    old, new = (table.name(table.rows.index(row), c) for row in ("carried_in", "carried_out"))
    return {old: numbers[new], new: numbers[old]}


def _counted_twice(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
    """What was granted in part is also counted as granted."""
    c = int(rng.integers(len(table.columns)))
    granted, partial = (table.name(table.rows.index(row), c) for row in ("granted", "partial"))
    return {granted: numbers[granted] + numbers[partial]}


def _into_totals(*, across: bool, down: bool) -> Kind:
    """A wrong figure, and the totals added up from it."""

    def spoil(table: Table, numbers: Numbers, _before: Numbers, rng: Generator) -> Numbers:
        results = [r for r, row in enumerate(table.rows) if row not in {"new", "carried_in", "closed", "carried_out"}]
        r, c = int(rng.choice(results)), int(rng.integers(len(table.columns) - 1))
        name, closed, last = table.name(r, c), table.rows.index("closed"), len(table.columns) - 1
        more = Decimal(int(rng.integers(1, max(2, int(numbers[name])))))
        cells = [name]
        cells += [table.name(r, last)] if across else []
        cells += [table.name(closed, c)] if down else []
        cells += [table.name(closed, last)] if across and down else []
        return {one: numbers[one] + more for one in cells}

    return spoil


WIDER: Mapping[str, Kind] = {
    "two random digits": _one(_random_digits),
    "digits reversed": _one(lambda value, _: int(str(value)[::-1])),
    "digits dropped": _one(lambda value, rng: int(str(value)[: -int(rng.integers(1, 3))] or 0)),
    "rounded": _one(lambda value, _: round(value, 1 - len(str(value)))),
    "in thousands": _one(lambda value, _: value // 1000),
    "the year": _one(lambda _value, rng: int(rng.integers(2023, 2027))),
    "left 0": _one(lambda _value, _rng: 0),
    "sign": _one(lambda value, _: -value),
    "last year's cell": _last_year_cell,
    "last year's row": _last_year_row,
    "last year's column": _last_year_column,
    "run of a column down": _run(1),
    "run of a column up": _run(-1),
    "row one row lower": _row_lower,
    "all rows below lower": _all_below,
    "two columns exchanged": _columns,
    "natural persons as the total": _wrong_total,
    "a neighbour twice": _neighbour_twice,
    "carried in and out exchanged": _carried_over,
    "in part also as granted": _counted_twice,
    "into the row's total": _into_totals(across=True, down=False),
    "into the column's total": _into_totals(across=False, down=True),
    "into all totals": _into_totals(across=True, down=True),
}
