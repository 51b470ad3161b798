"""Finds which cells are wrong, and what stood there, from the linear equalities of the rules alone.

A depth-first search over operations (a figure retyped, neighbours or rows exchanged, a sign), each priced by how like
a slip of typing it is; every explanation within a margin of the cheapest is returned. No data is changed.

Fellegi and Holt ask for the fewest fields whose change makes a record fulfil all its rules (A systematic approach to
automatic edit and imputation, Journal of the American Statistical Association 71, 1976). This is the form of it with
priced operations in place of fields (S. Scholtus, A generalized Fellegi-Holt paradigm for automatic error localization,
Survey Methodology 42, 2016), with prices in the manner of ``correct_typos`` (R package deductive). The search is
bounded in depth and nodes, so that its cheapest explanation need not be the cheapest there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from toolkit.checks.localisation.errors import PRICES, Explanation, Operation, System
from toolkit.checks.localisation.operations import Operations

#: Explanations dearer than the cheapest by more than this are not told; a price, as in `PRICES`.
MARGIN = 0.55
#: Operations in an explanation, at most.
DEPTH = 5
#: Nodes of the search tree, at most; a second pass may take a third of them more.
NODES = 800
#: Of more than `_FEW` operations, how many may mend no more equations than they break.
IDLE = 1
_FEW = 3


@dataclass
class _Search:
    """One search: what was found so far, and the bounds that let it leave out the rest.

    ``residuals`` of its methods are those of `System.residuals`, ``changed`` the new values by cell. ``best`` is the
    price of the cheapest explanation in ``found``; both ``found`` and ``seen`` (the price at which a node was reached)
    stand under the new values by cell.
    """

    operations: Operations
    margin: float
    best: float = 99.0
    nodes: int = 0
    found: dict[frozenset[tuple[int, int]], Explanation] = field(default_factory=dict)
    seen: dict[frozenset[tuple[int, int]], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.system, self.values = self.operations.system, self.operations.values
        self.where = self.system.where
        self.negative = [i for i in self.where if self.values[i] < 0 and i not in self.system.signed]
        self.cheapest = PRICES["sign"] if self.negative else PRICES["transposed"]
        self.exchanges: dict[int, list[Operation]] = {}
        self.sizes: set[int] = set()
        self.runs: list[Operation] | None = None
        self.carried = True
        self.cover = self.system.cover
        self.ratio = self.cheapest / self.cover

    def offer(self, move: Operation) -> None:
        """Take an operation on several cells into the search, and loosen the bounds that it would break."""
        self.cover = max(self.cover, len(move.effect))
        self.sizes.add(len(move.effect))
        self.ratio = min(self.ratio, move.price / len(move.effect))
        for k in move.effect:
            self.exchanges.setdefault(k, []).append(move)

    def shifted(self, residuals: Mapping[int, int]) -> None:
        """Find the runs that may stand one place too far; one that mends every equation is an explanation at once."""
        self.runs = list(self.operations.shifts(residuals))
        for move in self.runs:
            if move.effect == residuals and not self.negative:
                self.found[frozenset(move.cells.items())] = Explanation(move.price, (move,))
                self.best = min(self.best, move.price)

    def moves(self, residuals: Mapping[int, int], changed: Mapping[int, int]) -> Iterator[Operation]:
        """The operations to try next: those that mend the failing equation with the fewest cells.

        While a cell is below 0 that must not be, only the operations on that cell.
        """
        todo = [cell for cell in self.negative if cell not in changed]
        if todo:
            yield from self._retypings(todo[0], residuals, changed, {-self.values[todo[0]]})
            return
        worst = min(residuals, key=lambda k: (len(self.system.equations[k]), k))
        for cell in self.system.equations[worst]:
            if cell not in changed:
                yield from self._retypings(cell, residuals, changed, set())
        for move in self.exchanges.get(worst, ()):
            if changed.keys().isdisjoint(move.cells):
                yield move

    def _retypings(
        self, cell: int, residuals: Mapping[int, int], changed: Mapping[int, int], also: set[int]
    ) -> Iterator[Operation]:
        news = also | {
            self.values[cell] + residuals[k] // factor
            for k, factor in self.where[cell]
            if k in residuals and residuals[k] % factor == 0
        }
        for new in sorted(news):
            carried = self.operations.carried(cell, new) if self.carried else ()
            for move in chain(self.operations.to(cell, new), carried):
                if len(move.cells) == 1 or changed.keys().isdisjoint(move.cells):
                    yield move

    def deepen(self, residuals: Mapping[int, int]) -> None:
        """Search with as few operations as can mend all, then one more each time, at most `DEPTH`.

        It ends where one more would be too dear to be among the best, or where the nodes run out.
        """
        stop = self.nodes + (NODES if not self.nodes else NODES // 3)
        for depth in range(max(1, -(-len(residuals) // self.cover)), DEPTH + 1):
            if depth > 1 and not self.found and self.runs is None:
                self.shifted(residuals)
            self.carried = depth < _FEW
            self.seen.clear()
            # With few operations each may mend as much as it breaks; with many, nearly all have to get on.
            self.go(residuals, (), {}, (depth, depth if depth <= _FEW else IDLE), stop)
            if (self.found and self.best + self.margin < self.cheapest * (depth + 1)) or self.nodes > stop:
                return

    def go(
        self,
        residuals: Mapping[int, int],
        chosen: tuple[Operation, ...],
        changed: Mapping[int, int],
        room: tuple[int, int],
        stop: int,
    ) -> None:
        """Follow every operation from here, cheapest first, as long as it can still be among the best.

        ``chosen`` are the operations up to here, ``changed`` the cells they set. ``room`` says how many operations are
        left, and how many of them may mend no more equations than they break; ``stop`` is the last node to visit.
        """
        left, idle = room
        self.nodes += 1
        price = sum(move.price for move in chosen)
        if not residuals and all(cell in changed for cell in self.negative):
            key = frozenset(changed.items())
            if key not in self.found or self.found[key].price > price:
                self.found[key] = Explanation(price, chosen)
            self.best = min(self.best, price)
            return
        key = frozenset(changed.items())
        if left == 0 or self.nodes > stop or self.seen.get(key, 99.0) <= price:
            return
        self.seen[key] = price
        scored: list[tuple[int, float, int, Operation]] = []
        most = min(len(residuals) - (not idle), (left - 1) * self.cover)
        for move in self.moves(residuals, changed):
            if len(residuals) - len(move.effect) > most:
                continue
            open_ = _open_after(residuals, move)
            if left - 1 == 1 and open_ > 2 * self.system.cover and open_ not in self.sizes:
                # No single operation mends so many.
                continue
            if open_ <= most and price + move.price + open_ * self.ratio <= self.best + self.margin:
                scored.append((open_, move.price, len(scored), move))
        for open_, cost, _, move in sorted(scored, key=lambda one: one[:3]):
            if price + cost + (self.cheapest if open_ else 0) <= self.best + self.margin:
                still = idle - (open_ == len(residuals))
                rest = _after(residuals, move)
                self.go(rest, (*chosen, move), {**changed, **move.cells}, (left - 1, still), stop)


def _open_after(residuals: Mapping[int, int], move: Operation) -> int:
    """How many equations fail after an operation; quicker than making the residuals anew."""
    count = len(residuals)
    for k, change in move.effect.items():
        gap = residuals.get(k, 0)
        if gap == change:
            count -= 1
        elif not gap:
            count += 1
    return count


def _after(residuals: Mapping[int, int], move: Operation) -> dict[int, int]:
    """The residuals after an operation, only those that are not 0."""
    rest = dict(residuals)
    for k, change in move.effect.items():
        gap = rest.get(k, 0) - change
        if gap:
            rest[k] = gap
        else:
            rest.pop(k, None)
    return rest


def localise(
    system: System, values: Sequence[int], right: Sequence[int], steps: Sequence[int], margin: float = MARGIN
) -> tuple[list[Explanation], int]:
    """The explanations found within ``margin`` of the cheapest, cheapest first, and how many nodes were visited.

    ``values`` and ``steps`` have one entry a cell of ``system``, ``right`` one an equation. All are whole numbers under
    one scale, as `FilledEquations` holds them; a cell's value is and stays a multiple of its step. There is no
    explanation where all equations hold and no cell is below 0 that must not be, or where the search finds none. Of
    explanations of one price the one with fewer operations comes first, then the one with the more usual figures.
    """
    residuals = system.residuals(values, right)
    search = _Search(Operations(system, values, steps), margin)
    if not residuals and not search.negative:
        return [], 0
    for move in search.operations.exchanges(residuals):
        search.offer(move)
    search.deepen(residuals)
    if search.best > PRICES["other"]:
        for move in search.runs or ():
            search.offer(move)
        search.deepen(residuals)
    kept = [one for one in search.found.values() if one.price <= search.best + margin]
    ranked = sorted(kept, key=lambda one: (round(one.price, 6), len(one.moves)))
    tied = len({round(one.price, 6) for one in ranked}) < len(ranked)
    if tied:
        usual = Usual(system, values)
        ranked.sort(key=lambda one: (round(one.price, 6), len(one.moves), usual.strange(one)))
    return ranked, search.nodes


@dataclass(frozen=True)
class Usual:
    """How usual a figure is for its row and column; decides only between explanations of the same price.

    ``values`` has one figure a cell of ``system``. A figure is expected to be in proportion to the sums of its row and
    its column, as in the test of independence of a contingency table.
    """

    system: System
    values: Sequence[int]

    def strange(self, explanation: Explanation) -> float:
        """How much further from the expected figures an explanation puts its cells; less is likelier, below 0 nearer.

        Each cell's distance counts in units of the square root of its expected figure plus 1.
        """
        total = 0.0
        for cell, new in explanation.cells.items():
            usual = self.figures.get(cell)
            if usual is not None:
                total += (abs(new - usual) - abs(self.values[cell] - usual)) / (usual + 1.0) ** 0.5
        return total

    @cached_property
    def figures(self) -> Mapping[int, float]:
        """The expected figure by cell: sum of its row times sum of its column, divided by the sum of all rows.

        Figures below 0 count as 0. A cell that is not in both a row and a column has none.
        """
        rows, columns = self.system.lines[: self.system.across], self.system.lines[self.system.across :]
        across = {cell: sum(max(0, self.values[i]) for i in line) for line in rows for cell in line}
        down = {cell: sum(max(0, self.values[i]) for i in line) for line in columns for cell in line}
        whole = sum(sum(max(0, self.values[i]) for i in line) for line in rows)
        return {cell: across[cell] * down[cell] / max(1, whole) for cell in across if cell in down}
