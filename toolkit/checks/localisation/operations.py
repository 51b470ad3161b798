"""The operations that may mend a return's figures: one typed again, several exchanged, a run moved back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.checks.localisation.errors import Operation, System, slip


@dataclass(frozen=True)
class Operations:
    """Operations on the figures of one return; ``values`` are whole numbers, multiples of their ``steps``."""

    system: System
    values: Sequence[int]
    steps: Sequence[int]
    known: dict[tuple[int, int], tuple[Operation, ...]] = field(default_factory=dict)

    def exchanges(self, residuals: Mapping[int, int]) -> Iterator[Operation]:
        """The exchanges of neighbours and rows that touch an equation that fails."""
        known: set[int] = set()
        touched = {cell for k in residuals for cell in self.system.equations[k]}
        for group in (group for cell in touched for group in self.system.exchanges.get(cell, ())):
            if id(group) in known:
                continue
            known.add(id(group))
            if all(self.values[a] == self.values[b] for a, b in group[1]):
                continue
            move = self.exchange(*group)
            if move is not None and move.effect.keys() & residuals.keys():
                yield move

    def shifts(self, residuals: Mapping[int, int]) -> Iterator[Operation]:
        """Runs of figures that stand one place too far along a row or column, with a 0 at the place left free."""
        touched = {cell for k in residuals for cell in self.system.equations[k]}
        for line in self.system.lines:
            if not touched.intersection(line):
                continue
            for run in _runs([self.values[cell] for cell in line]):
                cells = [line[i] for i in run]
                news = [self.values[cell] for cell in cells[1:]] + [0]
                move = self.several("shift", dict(zip(cells, news, strict=True)))
                if move is not None and move.effect.keys() <= residuals.keys():
                    yield move

    def to(self, cell: int, new: int) -> tuple[Operation, ...]:
        """The operations that put a figure into a cell: typed again, or exchanged with one of its row or column."""
        if (cell, new) not in self.known:
            self.known[cell, new] = tuple(self._to(cell, new))
        return self.known[cell, new]

    def _to(self, cell: int, new: int) -> Iterator[Operation]:
        move = self.retyped(cell, new)
        if move is None:
            return
        yield move
        for other in self.system.mates.get(cell, ()):
            if self.values[other] == new and (far := self.exchange("exchange", ((cell, other),))) is not None:
                yield far

    def carried(self, cell: int, new: int) -> Iterator[Operation]:
        """A slip of typing mended together with a total that was added up from the wrong figure."""
        if not any(len(move.cells) == 1 and move.kind != "other" for move in self.to(cell, new)):
            return
        for total in self.system.totals.get(cell, ()):
            added = self.values[total] + new - self.values[cell]
            if (both := self.several("carried", {cell: new, total: added})) is not None:
                yield both

    def several(self, kind: str, news: Mapping[int, int]) -> Operation | None:
        """Several figures at once; None where one does not fit its cell, or nothing would change."""
        effect: dict[int, int] = {}
        cells = {cell: new for cell, new in news.items() if new != self.values[cell]}
        for cell, new in cells.items():
            if new % self.steps[cell] or (new < 0 and cell not in self.system.signed):
                return None
            for k, factor in self.system.where.get(cell, ()):
                effect[k] = effect.get(k, 0) + factor * (new - self.values[cell])
        effect = {k: change for k, change in effect.items() if change}
        return Operation(kind, cells, effect) if effect else None

    def exchange(self, kind: str, pairs: Sequence[tuple[int, int]]) -> Operation | None:
        """Each pair of cells the other way round; None where nothing would change."""
        news = {a: self.values[b] for a, b in pairs} | {b: self.values[a] for a, b in pairs}
        return self.several(kind, news)

    def retyped(self, cell: int, new: int) -> Operation | None:
        """Another figure in a cell; None where the cell cannot hold it."""
        old = self.values[cell]
        if new == old or new % self.steps[cell] or (new < 0 and cell not in self.system.signed):
            return None
        step = self.steps[cell]
        effect = {k: factor * (new - old) for k, factor in self.system.where[cell]}
        return Operation(slip(old // step, new // step), {cell: new}, effect)


def _runs(values: Sequence[int]) -> Iterator[range]:
    """Runs that begin with 0 and hold something behind it, up to any end."""
    for start, value in enumerate(values[:-1]):
        if value == 0 and values[start + 1]:
            for end in range(start + 2, len(values) + 1):
                if values[end - 1]:
                    yield range(start, end)
