"""The operations that may mend a return's figures: one typed again, several exchanged, a run moved back.

None is offered whose new figure a cell cannot hold: one that is no multiple of its step, or below 0 where that must
not be. ``residuals`` are those of `System.residuals`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.checks.localisation.errors import Operation, System, slip


@dataclass(frozen=True)
class Operations:
    """Operations on the figures of one return.

    ``values`` and ``steps`` have one entry a cell of ``system``, whole numbers under one scale; a value is a multiple
    of its step. ``known`` keeps what `to` gave.
    """

    system: System
    values: Sequence[int]
    steps: Sequence[int]
    known: dict[tuple[int, int], tuple[Operation, ...]] = field(default_factory=dict)

    def exchanges(self, residuals: Mapping[int, int]) -> Iterator[Operation]:
        """The exchanges of two neighbours, or of two rows, that change an equation that fails; each once."""
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
        """Runs of figures moved back that stand one place too far along a row or column, a 0 in the place left free.

        Only those that change no equation that holds.
        """
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
        """The operations that put ``new`` into a cell: typed again, or exchanged with one of its row or column."""
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
        """A slip of typing mended together with a total that was added up from the wrong figure; one for each total.

        None where ``new`` is no slip of typing but any other figure.
        """
        if not any(len(move.cells) == 1 and move.kind != "other" for move in self.to(cell, new)):
            return
        for total in self.system.totals.get(cell, ()):
            added = self.values[total] + new - self.values[cell]
            if (both := self.several("carried", {cell: new, total: added})) is not None:
                yield both

    def several(self, kind: str, news: Mapping[int, int]) -> Operation | None:
        """Several figures at once, by cell; None where one does not fit its cell, or no equation changes."""
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
        """Each pair of cells the other way round; None where a figure does not fit its cell or no equation changes."""
        news = {a: self.values[b] for a, b in pairs} | {b: self.values[a] for a, b in pairs}
        return self.several(kind, news)

    def retyped(self, cell: int, new: int) -> Operation | None:
        """Another figure in a cell that is in an equation; None where it is the same or does not fit the cell."""
        old = self.values[cell]
        if new == old or new % self.steps[cell] or (new < 0 and cell not in self.system.signed):
            return None
        step = self.steps[cell]
        effect = {k: factor * (new - old) for k, factor in self.system.where[cell]}
        return Operation(slip(old // step, new // step), {cell: new}, effect)


def _runs(values: Sequence[int]) -> Iterator[range]:
    """The index ranges that begin with a 0 and go on with a figure, to every end that is no 0."""
    for start, value in enumerate(values[:-1]):
        if value == 0 and values[start + 1]:
            for end in range(start + 2, len(values) + 1):
                if values[end - 1]:
                    yield range(start, end)
