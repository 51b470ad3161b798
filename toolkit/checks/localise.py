"""Finds which cells are wrong, and what stood there, from the linear equalities of the rules alone.

A search over operations (a figure retyped, neighbours or rows exchanged, a sign), each priced by how like a slip of
typing it is; every explanation within a margin of the cheapest is returned. It is the generalised Fellegi-Holt idea
(S. Scholtus, A generalised Fellegi-Holt paradigm for automatic error localisation, Survey Methodology 42, 2016), with
prices in the manner of ``correct_typos`` (R package deductive). No data is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

#: What a slip costs; the cheaper, the likelier.
PRICES: Mapping[str, float] = {
    "sign": 0.5,
    "transposed": 0.8,
    "missing": 0.9,
    "extra": 0.9,
    "digit": 0.9,
    "unit": 1.0,
    "swap": 1.1,
    "blank": 1.1,
    "rows": 1.3,
    "other": 1.7,
}
#: Explanations dearer than the cheapest by more than this are not told.
MARGIN = 0.55
DEPTH = 5
NODES = 3000

Equation = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Move:
    """One operation: its kind, the new values by cell, and by how much it changes each equation's residual."""

    kind: str
    cells: Mapping[int, int]
    effect: Mapping[int, int]

    @property
    def price(self) -> float:
        """What it costs."""
        return PRICES[self.kind]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Operations after which every equation holds."""

    price: float
    moves: tuple[Move, ...]

    @property
    def cells(self) -> dict[int, int]:
        """New values by cell."""
        return {cell: value for move in self.moves for cell, value in move.cells.items()}


@dataclass(frozen=True, slots=True)
class System:
    """Equations over cells: ``sum(factor * cell) = right``. ``pairs`` are neighbours, ``rows`` pairs of like rows.

    ``steps`` is what the value of each cell is a multiple of (whole numbers under a common scale of decimals),
    ``signed`` are the cells that may be below 0.
    """

    equations: tuple[Equation, ...]
    pairs: tuple[tuple[int, int], ...] = ()
    rows: tuple[tuple[tuple[int, int], ...], ...] = ()
    signed: frozenset[int] = frozenset()

    def by_cell(self) -> dict[int, list[tuple[int, int]]]:
        """For each cell the equations it is in, with its factor."""
        out: dict[int, list[tuple[int, int]]] = {}
        for k, equation in enumerate(self.equations):
            for cell, factor in equation.items():
                out.setdefault(cell, []).append((k, factor))
        return out


def slip(old: int, new: int) -> str:
    """The kind of slip by which somebody who meant ``new`` typed ``old``."""
    if old < 0:
        return "sign" if new == -old else "other"
    if old == 0:
        return "digit" if 0 < new <= 9 else "blank"  # noqa: PLR2004 - a single digit is a digit
    typed, meant = str(old), str(abs(new))
    if len(typed) == len(meant):
        return _same_length(typed, meant)
    short, long = sorted((typed, meant), key=len)
    if len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
        return "missing" if len(typed) < len(meant) else "extra"
    return "unit" if new and long.rstrip("0") == short.rstrip("0") and len(long) - len(short) in {2, 3, 4} else "other"


def _same_length(typed: str, meant: str) -> str:
    differ = [i for i, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
    if len(differ) == 1:
        return "digit"
    beside = len(differ) == 2 and differ[1] == differ[0] + 1  # noqa: PLR2004
    turned = beside and typed[differ[0]] == meant[differ[1]] and typed[differ[1]] == meant[differ[0]]
    return "transposed" if turned else "other"


@dataclass
class _Search:
    system: System
    values: Sequence[int]
    steps: Sequence[int]
    margin: float
    best: float = 99.0
    nodes: int = 0
    found: dict[frozenset[tuple[int, int]], Explanation] = field(default_factory=dict)
    seen: dict[frozenset[tuple[int, int]], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.where = self.system.by_cell()
        self.negative = [i for i in self.where if self.values[i] < 0 and i not in self.system.signed]
        self.cheapest = PRICES["sign"] if self.negative else PRICES["transposed"]
        self.exchanges: dict[int, list[Move]] = {}
        self.cover = max((len(equations) for equations in self.where.values()), default=1)

    def prepare(self, residuals: Mapping[int, int]) -> None:
        """The exchanges that touch an equation that fails."""
        groups = [("swap", (pair,)) for pair in self.system.pairs] + [("rows", row) for row in self.system.rows]
        for kind, pairs in groups:
            move = self.exchange(kind, pairs)
            if move is None or not any(k in residuals for k in move.effect):
                continue
            self.cover = max(self.cover, len(move.effect))
            for k in move.effect:
                self.exchanges.setdefault(k, []).append(move)

    def exchange(self, kind: str, pairs: Sequence[tuple[int, int]]) -> Move | None:
        """Each pair of cells the other way round; None where nothing would change."""
        cells: dict[int, int] = {}
        effect: dict[int, int] = {}
        for a, b in pairs:
            for cell, other in ((a, b), (b, a)):
                if self.values[a] == self.values[b] or self.values[other] % self.steps[cell]:
                    continue
                if self.values[other] < 0 and cell not in self.system.signed:
                    return None
                cells[cell] = self.values[other]
                for k, factor in self.where.get(cell, ()):
                    effect[k] = effect.get(k, 0) + factor * (self.values[other] - self.values[cell])
        effect = {k: change for k, change in effect.items() if change}
        return Move(kind, cells, effect) if effect else None

    def retyped(self, cell: int, new: int) -> Move | None:
        """Another figure in a cell; None where the cell cannot hold it."""
        old = self.values[cell]
        if new == old or new % self.steps[cell] or (new < 0 and cell not in self.system.signed):
            return None
        step = self.steps[cell]
        effect = {k: factor * (new - old) for k, factor in self.where[cell]}
        return Move(slip(old // step, new // step), {cell: new}, effect)

    def moves(self, residuals: Mapping[int, int], changed: Mapping[int, int]) -> Iterator[Move]:
        """Operations that mend the equation with the fewest cells; a figure below 0 has to change in any case."""
        todo = [cell for cell in self.negative if cell not in changed]
        if todo:
            yield from self._retypings(todo[0], residuals, {-self.values[todo[0]]})
            return
        worst = min(residuals, key=lambda k: (len(self.system.equations[k]), k))
        for cell in self.system.equations[worst]:
            if cell not in changed:
                yield from self._retypings(cell, residuals, set())
        for move in self.exchanges.get(worst, ()):
            if not any(cell in changed for cell in move.cells):
                yield move

    def _retypings(self, cell: int, residuals: Mapping[int, int], also: set[int]) -> Iterator[Move]:
        news = also | {
            self.values[cell] + residuals[k] // factor
            for k, factor in self.where[cell]
            if k in residuals and residuals[k] % factor == 0
        }
        for new in sorted(news):
            move = self.retyped(cell, new)
            if move is not None:
                yield move

    def go(self, residuals: Mapping[int, int], chosen: tuple[Move, ...], changed: Mapping[int, int], left: int) -> None:
        """Follow every operation from here, cheapest first, as long as it can still be among the best."""
        self.nodes += 1
        price = sum(move.price for move in chosen)
        if not residuals and all(cell in changed for cell in self.negative):
            key = frozenset(changed.items())
            if key not in self.found or self.found[key].price > price:
                self.found[key] = Explanation(price, chosen)
            self.best = min(self.best, price)
            return
        key = frozenset(changed.items())
        if left == 0 or self.nodes > NODES or self.seen.get(key, 99.0) <= price:
            return
        self.seen[key] = price
        scored: list[tuple[int, float, int, Move, dict[int, int]]] = []
        for move in self.moves(residuals, changed):
            rest = _after(residuals, move)
            least = -(-len(rest) // self.cover)
            if least <= left - 1 and price + move.price + least * self.cheapest <= self.best + self.margin:
                scored.append((len(rest), move.price, len(scored), move, rest))
        for _, cost, _, move, rest in sorted(scored, key=lambda one: one[:3]):
            if price + cost + (self.cheapest if rest else 0) <= self.best + self.margin:
                self.go(rest, (*chosen, move), {**changed, **move.cells}, left - 1)


def _after(residuals: Mapping[int, int], move: Move) -> dict[int, int]:
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
    """Every explanation within the margin, the cheapest first, and how many nodes were visited.

    ``values`` and ``right`` are whole numbers under one scale; a cell's value is a multiple of its ``steps``.
    """
    residuals = {}
    for k, equation in enumerate(system.equations):
        gap = right[k] - sum(factor * values[cell] for cell, factor in equation.items())
        if gap:
            residuals[k] = gap
    search = _Search(system, values, steps, margin)
    if not residuals and not search.negative:
        return [], 0
    search.prepare(residuals)
    for depth in range(1, DEPTH + 1):
        search.seen.clear()
        search.go(residuals, (), {}, depth)
        enough = search.found and search.best + margin < search.cheapest * (depth + 1)
        if enough or search.nodes > NODES:
            break
    kept = [one for one in search.found.values() if one.price <= search.best + margin]
    return sorted(kept, key=lambda one: (one.price, len(one.cells), sorted(one.cells))), search.nodes
