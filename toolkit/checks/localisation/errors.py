"""The types of error localisation: equations over the cells of a form, changes that may mend them, explanations.

Cells and equations go by their index in a `System`. Figures are whole numbers under one scale (`FilledEquations`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import gcd
from typing import NamedTuple

#: The left side of an equation: the factor of each cell in it; no factor is 0.
Equation = Mapping[int, int]
#: By equation its right side less its left; those that hold are left out.
Residuals = Mapping[int, int]
#: Equations, each with the one cell of some that it holds, and the cell's factor.
Crossing = Mapping[int, tuple[int, int]]
_Direction = tuple[tuple[int, int], ...]


class Explanation(NamedTuple):
    """Figures in place of others, after which all equations hold: ``cells`` are the new values by cell.

    ``kind`` is a key of `slips.KINDS`; ``weight`` is the logarithm of its probability, up to a constant of the return.
    ``slips`` are keys of `slips.SLIPS` by cell, where they were asked for.
    """

    kind: str
    cells: Mapping[int, int]
    weight: float = 0.0
    slips: Mapping[int, str] = {}


@dataclass(frozen=True)
class System:
    """Linear equations over cells, ``sum(factor * cell) = right``: a sparse matrix, equations x cells.

    The right sides are no part of it: they differ from return to return. ``blocks`` tell how the cells are printed:
    blocks of rows of cells, -1 where a printed cell is none of the system. ``signed`` cells may be below 0.
    """

    equations: tuple[Equation, ...]
    blocks: tuple[tuple[tuple[int, ...], ...], ...] = ()
    signed: frozenset[int] = frozenset()

    @cached_property
    def where(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        """For each cell the equations it is in, each with the cell's factor: the matrix by columns."""
        out: dict[int, list[tuple[int, int]]] = {}
        for k, equation in enumerate(self.equations):
            for cell, factor in equation.items():
                out.setdefault(cell, []).append((k, factor))
        return out

    @cached_property
    def place(self) -> Mapping[int, tuple[int, int, int]]:
        """For each cell its block, row and column."""
        rows = ((b, r, row) for b, block in enumerate(self.blocks) for r, row in enumerate(block))
        return {cell: (b, r, c) for b, r, row in rows for c, cell in enumerate(row) if cell in self.where}

    @cached_property
    def columns(self) -> Sequence[tuple[int, ...]]:
        """The cells of each printed column, top to bottom."""
        return [tuple(c for c in line if c in self.where) for block in self.blocks for line in zip(*block, strict=True)]

    @cached_property
    def column(self) -> Mapping[int, int]:
        """For each cell its printed column, by index."""
        return {cell: i for i, column in enumerate(self.columns) for cell in column}

    @cached_property
    def lines(self) -> Sequence[tuple[tuple[int, ...], frozenset[int], Crossing]]:
        """Each printed row and column: its cells in order, the equations that hold one of them, and what crosses it."""
        rows = [tuple(cell for cell in row if cell in self.where) for block in self.blocks for row in block]
        lines = [line for line in (*rows, *self.columns) if len(line) > 1]
        return [(line, self.touching(line), self.crossing(line)) for line in lines]

    def touching(self, cells: Iterable[int]) -> frozenset[int]:
        """The equations that hold one of these cells."""
        return frozenset(k for cell in cells for k, _ in self.where[cell])

    def crossing(self, cells: Iterable[int]) -> Crossing:
        """The equations that hold only one of these cells, each with the cell and its factor."""
        held = [(k, (cell, factor)) for cell in cells for k, factor in self.where[cell]]
        times = Counter(k for k, _ in held)
        return {k: one for k, one in held if times[k] == 1}

    @cached_property
    def sums(self) -> Mapping[int, Sequence[tuple[int, ...]]]:
        """For each total the cells that it is the sum of, once for each equation that says so.

        A cell is a total where its factor is 1 or -1 and at least two others, all of the equation's, have the opposite.
        """
        out: dict[int, list[tuple[int, ...]]] = {}
        for equation in self.equations:
            for total, factor in equation.items():
                others = tuple(cell for cell in equation if cell != total)
                if abs(factor) == 1 and len(others) > 1 and all(equation[cell] == -factor for cell in others):
                    out.setdefault(total, []).append(others)
        return out

    @cached_property
    def totals(self) -> Mapping[int, Sequence[int]]:
        """For each cell the totals it is added up in."""
        out: dict[int, list[int]] = {}
        for total, several in self.sums.items():
            for cell in (cell for parts in several for cell in parts):
                out.setdefault(cell, []).append(total)
        return out

    @cached_property
    def patterns(self) -> Mapping[_Direction, Sequence[tuple[str, Mapping[int, int], tuple[int, int]]]]:
        """Cells that change together, by the direction of their effect: kind, and by cell the multiple it changes by.

        Those that mend residuals stand under theirs. Last are an equation and how much one multiple adds to it.
        """
        out: dict[_Direction, list[tuple[str, Mapping[int, int], tuple[int, int]]]] = {}
        for kind, units in self._patterns():
            if effect := self.effect(units):
                out.setdefault(direction(effect), []).append((kind, units, next(iter(effect.items()))))
        return out

    def _patterns(self) -> Iterator[tuple[str, Mapping[int, int]]]:
        for cell in self.where:
            yield "single", {cell: 1}
            above = self.totals.get(cell, ())
            whole = {cell, *above, *(top for total in above for top in self.totals.get(total, ()))}
            for several in {frozenset((cell, total)) for total in above} | {frozenset(whole)}:
                if len(several) > 1:
                    yield "carried", dict.fromkeys((cell, *sorted(several - {cell})), 1)
        for line, *_ in self.lines:
            for a, b in combinations(line, 2):
                yield "exchange", {a: 1, b: -1}

    @cached_property
    def moves(self) -> Sequence[tuple[str, Sequence[tuple[int, int]], Sequence[int], frozenset[int], Crossing]]:
        """How figures may stand in other cells: kind, and pairs of a cell and the one that holds its figure.

        Two rows exchanged, with live totals at most one between them; a row typed one row too low, or all rows that
        count alike from there on; with live totals, where nothing tells the rows of a column, a run of one instead. The
        first place of these is free, the last figure lost. Then come the cells whose figure is lost, the equations that
        may fail by it, and what crosses those cells.
        """
        found: list[tuple[str, list[tuple[int, int]]]] = []
        live = self.mode == "live"
        for block in self.blocks:
            rows = [tuple(cell for cell in row if cell in self.where) for row in block]
            for k, n in combinations(range(len(rows)), 2):
                if (live and n > k + 2) or not 1 < len(rows[k]) == len(rows[n]):
                    continue
                both = list(zip(rows[k], rows[n], strict=True))
                found.append(("rows", both + [(b, a) for a, b in both]))
                if not live and n == k + 1:
                    low = pairwise(rows[k : self._end(rows, n)])
                    all_low = [pair for above, below in low for pair in zip(above, below, strict=True)]
                    found += [("row_moved", both), ("rows_moved", all_low)]
            for column in zip(*block, strict=True) if live else ():
                cells = [(cell,) if cell in self.where else () for cell in column]
                for start in range(len(column)):
                    way = column[start : self._end(cells, start)]
                    if len(way) > 2:  # noqa: PLR2004 - two are an exchange
                        found += [("run", [*pairwise(way)]), ("run", [*pairwise(way[::-1])])]
        out = []
        for kind, pairs in found:
            lost = [b for _, b in pairs if b not in dict(pairs)]
            changed = {k for a, b in pairs for k, _ in {*self.where[a]} ^ {*self.where[b]}}
            if lost or changed:
                out.append((kind, pairs, lost, self.touching(lost) | changed, self.crossing(lost)))
        return out

    def _end(self, rows: Sequence[Sequence[int]], start: int) -> int:
        """The first row behind one whose cells are not each added up with its own."""
        for end in range(start + 1, len(rows)):
            pairs = zip(rows[start], rows[end], strict=False)
            apart = any({*self.where[a]}.isdisjoint(self.where[b]) for a, b in pairs)
            if apart or not rows[start] or len(rows[start]) != len(rows[end]):
                return end
        return len(rows)

    @cached_property
    def sides(self) -> Sequence[Sequence[Mapping[int, int]]]:
        """For each printed column the sides of the equations within it, whose sums tell how much it counts."""
        inside = [[e for e in self.equations if e.keys() <= set(column)] for column in self.columns]
        split = [[{c: f * up for c, f in e.items() if f * up > 0} for e in own for up in (1, -1)] for own in inside]
        return [[side for side in sides if side] for sides in split]

    @cached_property
    def mode(self) -> str:
        """What names a cell: ``typed`` totals, ``control`` totals beside the table, or (``live`` ones) nothing."""
        if 2 * sum(bool(self.twins(cell)) for cell in self.where) > len(self.where):
            return "live"
        beside = (
            self.place[total][0] != self.place[parts[0]][0] for total, ones in self.sums.items() for parts in ones
        )
        return "control" if any(beside) else "typed"

    def twins(self, cell: int) -> list[int]:
        """The other cells that are in the same equations: a failing one says nothing of which it is."""
        alike = self.patterns[direction(self.effect({cell: 1}))]
        return [other for kind, units, _ in alike if kind == "single" for other in units if other != cell]

    def effect(self, changes: Mapping[int, int]) -> dict[int, int]:
        """By equation how much its left side grows when cells grow by ``changes``; no entry is 0."""
        out: dict[int, int] = {}
        for cell, change in changes.items():
            for k, factor in self.where[cell]:
                out[k] = out.get(k, 0) + factor * change
        return {k: change for k, change in out.items() if change}

    def residuals(self, values: Sequence[int], right: Sequence[int]) -> dict[int, int]:
        """By equation its right side less its left; those that hold are left out.

        ``values`` has one entry a cell, ``right`` one an equation, all under one scale.
        """
        sums = [sum([factor * values[cell] for cell, factor in equation.items()]) for equation in self.equations]
        return {k: gap for k, whole in enumerate(sums) if (gap := right[k] - whole)}


def direction(effect: Residuals) -> _Direction:
    """An effect without its size and sign: the equations in order, each with its share, the first above 0."""
    items = sorted(effect.items())
    size = gcd(*(change for _, change in items)) * (1 if items[0][1] > 0 else -1)
    return tuple((k, change // size) for k, change in items)


def connected(several: Mapping[int, Collection[Hashable]]) -> list[list[int]]:
    """The keys in groups: what stands in one group has members in common, directly or through others."""
    groups: list[tuple[set[Hashable], list[int]]] = []
    for i, members in several.items():
        joined = [group for group in groups if not group[0].isdisjoint(members)]
        groups = [group for group in groups if group[0].isdisjoint(members)]
        both, held = set(members).union(*(group[0] for group in joined)), sum([group[1] for group in joined], [i])
        groups.append((both, sorted(held)))
    return sorted(held for _, held in groups)
