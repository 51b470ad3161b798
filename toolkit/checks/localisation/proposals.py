"""The explanations of what fails, in closed form: from the residuals alone, without a search over prices.

``residuals`` are those of `System.residuals`. No figure is proposed that its cell cannot hold: one that is no multiple
of its step, or below 0 where that must not be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.checks.localisation.errors import Crossing, Explanation, Residuals, System, direction

#: Single cells tried, at most.
TRIED = 150
#: Cells of another explanation that may be wrong beside a single cell, at most.
_BESIDE = 2


@dataclass
class Proposals:
    """Explanations of one return's figures; ``values`` and ``steps`` have one entry a cell of ``system``."""

    system: System
    values: Sequence[int]
    steps: Sequence[int]
    tried: int = 0

    def of(self, residuals: Residuals) -> Iterator[Explanation]:
        """Everything that mends all of ``residuals`` and breaks nothing else."""
        simple = [*self.patterns(residuals), *self.lines(residuals)]
        yield from simple
        if self.system.mode == "live":
            yield from self.moved(residuals)
        elif not any(len(one.cells) == 1 for one in simple):
            yield from self.moved(residuals)
            once = list(self.beside(residuals, {}, 1))
            yield from once or (() if simple else self.beside(residuals, {}, 2))

    def fits(self, news: Mapping[int, int]) -> bool:
        """Whether every cell can hold its new figure."""
        signed, steps = self.system.signed, self.steps
        return all(not new % steps[cell] and (new >= 0 or cell in signed) for cell, new in news.items())

    def after(self, residuals: Residuals, news: Mapping[int, int]) -> dict[int, int]:
        """The residuals after figures are put in place of others, only those that are not 0."""
        grown = self.system.effect({cell: new - self.values[cell] for cell, new in news.items()})
        gaps = {k: residuals.get(k, 0) - grown.get(k, 0) for k in residuals.keys() | grown.keys()}
        return {k: gap for k, gap in gaps.items() if gap}

    def patterns(self, residuals: Residuals) -> Iterator[Explanation]:
        """Single cells, two cells exchanged, and a figure carried into its totals, whose effect is what fails."""
        values = self.values
        for kind, units, (k, factor) in self.system.patterns.get(direction(residuals), ()):
            change, odd = divmod(residuals[k], factor)
            if not odd and kind == "exchange":
                a, b = units
                odd = values[b] - values[a] - change
            news = {} if odd else {one: values[one] + unit * change for one, unit in units.items()}
            if news and self.fits(news):
                yield Explanation(kind, news)

    def lines(self, residuals: Residuals) -> Iterator[Explanation]:
        """All that is wrong, and more than one cell, stands in one printed row or column: what crosses it says what."""
        for _, touching, crossing in self.system.lines if len(residuals) > 1 else ():
            news = self.solved(crossing, residuals, {}) if residuals.keys() <= touching else None
            if news and len(news) > 1:
                yield Explanation("line", news)

    def solved(self, crossing: Crossing, residuals: Residuals, news: Mapping[int, int]) -> dict[int, int] | None:
        """``news``, and figures for the cells of ``crossing``, so that ``residuals`` (those after ``news``) end.

        None where an equation is left, or a figure does not fit its cell.
        """
        changes: dict[int, int] = {}
        for k, gap in residuals.items():
            if k in crossing:
                cell, factor = crossing[k]
                changes[cell] = gap // factor
        if self.system.effect(changes) != residuals:
            return None
        out = {**news, **{cell: news.get(cell, self.values[cell]) + change for cell, change in changes.items()}}
        out = {cell: new for cell, new in out.items() if new != self.values[cell]}
        return out if out and self.fits(out) else None

    def beside(self, residuals: Residuals, chosen: Mapping[int, int], depth: int) -> Iterator[Explanation]:
        """One single cell, or ``depth``, beside another explanation, each mending more than it breaks."""
        worst = min(residuals, key=lambda k: (len(self.system.equations[k]), k))
        for cell in self.system.equations[worst].keys() - chosen.keys():
            changes = {residuals[k] // factor for k, factor in self.system.where[cell] if k in residuals}
            for news in ({cell: self.values[cell] + change} for change in sorted(changes)):
                self.tried += 1
                if self.tried > TRIED:
                    return
                rest, both = self.after(residuals, news), {**chosen, **news}
                if not rest or len(rest) >= len(residuals) or not self.fits(news):
                    continue
                if depth > 1:
                    yield from self.beside(rest, both, depth - 1)
                    continue
                for one in (*self.patterns(rest), *self.lines(rest)):
                    if len(one.cells) <= _BESIDE and both.keys().isdisjoint(one.cells):
                        yield Explanation("several", {**both, **one.cells})

    def moved(self, residuals: Residuals) -> Iterator[Explanation]:
        """Rows exchanged or typed too low, and runs of a live column."""
        failing, gap = next(iter(residuals.items()))
        factors, values = self.system.equations[failing], self.values
        for kind, pairs, lost, touching, crossing in self.system.moves:
            first = pairs[: len(lost)]
            if not residuals.keys() <= touching or any(values[a] for a, _ in first):
                continue
            mended = 0 if lost else sum([factors.get(a, 0) * (values[b] - values[a]) for a, b in pairs])
            if mended == gap or any(values[b] for _, b in first):
                news = {a: values[b] for a, b in pairs} | dict.fromkeys(lost, 0)
                out = self.solved(crossing, self.after(residuals, news), news)
                if out and len(out) > (1 if lost else 2):
                    yield Explanation(kind, out)
