"""Which explanation is the right one, with a probability that was learnt from simulated returns; and what is certain.

The order of explanations comes from `weights`, their probability from a table: for each mode, kind and number of spare
equations how often the first was right, by how far it was ahead. ``benchmarks/localise_accuracy.py learn`` makes it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from itertools import product
from math import exp, inf, log

from toolkit.checks.localisation.errors import Explanation, Residuals
from toolkit.checks.localisation.proposals import Proposals
from toolkit.checks.localisation.slips import KINDS
from toolkit.checks.localisation.system import FilledEquations
from toolkit.checks.localisation.weights import Weights

#: So probable is what is told as certain.
CERTAIN = 0.97
#: So probable is it that a list that is shown holds the truth.
LISTED = 0.7
#: So far ahead (log odds) is what is told as certain; further where nothing but witnesses names a cell: they may be
#: wrong themselves, and cells beside it may be wrong that cancel out. Each witness that agrees takes 1 off.
_AHEAD = {"typed": 0.0, "control": 0.0, "live": 11.5}
#: Explanations that are listed, at most.
_MOST = 3
#: Groups of failing equations without a common cell that are explained together, at most.
_TOGETHER = 3
#: Figures, or places, that are chosen where a kind explains what fails; by others, one for each cell.
_CHOSEN = {"sign": 0, "swap": 1, "exchange": 1, "rows": 1, "run": 1, "carried": 1}
#: So much likelier is a slip of which there is another like it.
_LIKE = 4
Curve = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt: the shares of rows by base form and row, and curves by ``first|mode:kind:spare`` and ``list|…``.

    A curve has the bounds of its steps, and one value more: the probability in each step.
    """

    shares: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)

    def probability(self, what: str, group: str, value: float) -> float:
        """What the curve of a group says; that of all kinds of its sort where it was rare; else 0: nothing is known."""
        for name in (group, group.rpartition(":")[0]):
            if curve := self.curves.get(f"{what}|{name}"):
                return curve[1][bisect_right(curve[0], value)]
        return 0.0


@cache
def learnt() -> Learnt:
    """What comes with the program: ``learnt.json``."""
    data = json.loads(resources.files(__package__).joinpath("learnt.json").read_text(encoding="utf-8"))
    shares = {form: {row: (one[0], one[1]) for row, one in rows.items()} for form, rows in data["shares"].items()}
    return Learnt(shares, {name: (one[0], one[1]) for name, one in data["curves"].items()})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of equations that fail together: ``ranked`` explanations, the likeliest first, at most three.

    The curves are read by ``group``, ``lead`` (the log odds of the first) and the sum of ``shares`` (one for each, not
    calibrated). ``probability`` is that of the first, ``listed`` that of the first three together.
    """

    ranked: tuple[Explanation, ...]
    equations: frozenset[int]
    group: str
    lead: float
    shares: tuple[float, ...]
    probability: float
    listed: float
    certain: bool

    @property
    def shown(self) -> list[tuple[Explanation, float]]:
        """The explanations that may be shown, each with its probability; none where the list is not good enough."""
        if self.certain:
            return [(self.ranked[0], self.probability)]
        if self.listed < LISTED:
            return []
        rest = max(0.0, self.listed - self.probability)
        others = sum(self.shares[1:]) or 1.0
        more = [min(self.probability, rest * share / others) for share in self.shares[1:]]
        return list(zip(self.ranked, [self.probability, *more], strict=False))


def localise(case: FilledEquations, base: str, known: Learnt | None = None) -> list[Judgement]:
    """What is thought of each group of equations that fail together; none where all hold, or nothing explains them.

    ``base`` is the id of the form. Signs come first: where turning them mends all, nothing else is thought of.
    """
    residuals = case.part.system.residuals(case.values, case.right)
    if not residuals:
        return []
    one = _Table(case, known or learnt(), base)
    parts = one.parts(residuals)
    found = [one.explained(part) for part in parts]
    if len(parts) > 1:
        found = one.supported(found)
        joint = one.ranked(one.proposals.of(residuals))
        less = (len(parts) - 1) * log(KINDS["single"] / KINDS["several"])
        apart = [_together(each, less) for each in product(*(ranked[:_MOST] for ranked in found[:_TOGETHER]))]
        if joint and not (all(found) and joint[0].weight < sum(ranked[0].weight for ranked in found) - less):
            return [one.judged(residuals, _sorted(joint + apart * (len(parts) <= _TOGETHER)), {})]
    firsts = {cell: new for ranked in found for cell, new in (ranked[0].cells if ranked else {}).items()}
    return [one.judged(part, ranked, firsts) for part, ranked in zip(parts, found, strict=True) if ranked]


def _together(several: Sequence[Explanation], less: float) -> Explanation:
    cells = {cell: new for one in several for cell, new in one.cells.items()}
    return Explanation("several", cells, sum(one.weight for one in several) - less)


def _sorted(found: Iterable[Explanation]) -> list[Explanation]:
    """The likeliest first, each set of figures once."""
    best: dict[frozenset[tuple[int, int]], Explanation] = {}
    for one in found:
        key = frozenset(one.cells.items())
        if key not in best or best[key].weight < one.weight:
            best[key] = one
    return sorted(best.values(), key=lambda one: (-one.weight, sorted(one.cells)))


class _Table:
    """A return's figures, with what explains them and what weighs the explanations."""

    def __init__(self, case: FilledEquations, known: Learnt, base: str) -> None:
        self.case, self.known, self.system = case, known, case.part.system
        self.weights = Weights(case, known.shares.get(base, {}))
        self.proposals = Proposals(self.system, case.values, case.steps)

    def parts(self, residuals: Residuals) -> list[dict[int, int]]:
        """The residuals in groups that share no cell."""
        groups: list[tuple[frozenset[int], dict[int, int]]] = []
        for k, gap in residuals.items():
            cells, part = self.system.members[k], {k: gap}
            for other in [one for one in groups if one[0] & cells]:
                groups.remove(other)
                cells, part = cells | other[0], {**other[1], **part}
            groups.append((cells, part))
        return sorted((dict(sorted(part.items())) for _, part in groups), key=min)

    def explained(self, residuals: Residuals) -> list[Explanation]:
        """The explanations of equations that fail, the likeliest first."""
        values, signed = self.case.values, self.system.signed
        cells = {cell for k in residuals for cell in self.system.members[k]}
        turned = {cell: -values[cell] for cell in cells if values[cell] < 0 and cell not in signed}
        if turned and not self.proposals.after(residuals, turned):
            return [Explanation("sign", turned)]
        return self.ranked(one for one in self.proposals.of(residuals) if turned.keys() <= one.cells.keys())

    def ranked(self, found: Iterable[Explanation]) -> list[Explanation]:
        """Weighed, the likeliest first."""
        return _sorted(map(self.weights.of, found))

    def supported(self, found: Sequence[Sequence[Explanation]]) -> list[list[Explanation]]:
        """The explanations of several parts: a slip like the first of another part, in its column, is likelier."""
        firsts = [self._slip(ranked[0]) if ranked else "" for ranked in found]
        out = []
        for i, ranked in enumerate(found):
            others = [slip for k, slip in enumerate(firsts) if slip and k != i]
            more = (replace(e, weight=e.weight + log(1 + _LIKE * others.count(self._slip(e)))) for e in ranked)
            out.append(_sorted(more))
        return out

    def _slip(self, one: Explanation) -> str:
        (cell, new), *others = one.cells.items()
        return "" if others else f"{self.system.column[cell]} {self.weights.reason(cell, new)}"

    def judged(self, residuals: Residuals, ranked: Sequence[Explanation], firsts: Mapping[int, int]) -> Judgement:
        """Explanations with what the curves say of them; ``firsts`` are the figures of what is likeliest elsewhere."""
        first, weigh = ranked[0], self.weights
        logs = [*(one.weight for one in ranked), -inf if first.kind == "sign" else weigh.other(residuals)]
        top, live = max(logs), self.mode(first) == "live"
        agreed = weigh.agreed({**firsts, **first.cells}, {cell for k in residuals for cell in self.system.members[k]})
        heard = weigh.mended(first.cells, self.touched(residuals, first)) if agreed >= 0 else -live
        spare = len(self.touched(residuals, first)) + heard - self.chosen(first)
        mass = [exp(one - top) for one in logs]
        whole = sum(mass)
        group = f"{self.mode(first)}:{first.kind}:{max(-1, min(3, spare))}"
        lead = log(max(mass[0], 1e-12) / max(whole - mass[0], 1e-12))
        shares = tuple(one / whole for one in mass[: min(_MOST, len(ranked))])
        probability = self.known.probability("first", group, lead)
        told = (replace(one, slips={c: weigh.reason(c, new) for c, new in one.cells.items()}) for one in ranked[:_MOST])
        return Judgement(
            ranked=tuple(told),
            equations=frozenset(residuals),
            group=group,
            lead=lead,
            shares=shares,
            probability=probability,
            listed=0.0 if spare < 0 else max(probability, self.known.probability("list", group, sum(shares))),
            certain=probability >= CERTAIN
            and (
                first.kind == "sign"
                or (lead + live * agreed > _AHEAD[self.mode(first)] and self.shown(first, spare, heard))
            ),
        )

    def touched(self, residuals: Residuals, one: Explanation) -> set[int]:
        """The failing equations that hold a cell of an explanation."""
        return residuals.keys() & {k for cell in one.cells for k, _ in self.system.where[cell]}

    def chosen(self, one: Explanation) -> int:
        """How many figures are chosen to mend equations; of rows displaced only those of the row that is lost."""
        if one.kind in {"row_moved", "rows_moved"}:
            rows = [self.system.place[cell][1] for cell in one.cells]
            return rows.count(max(rows))
        return _CHOSEN.get(one.kind, len(one.cells))

    def shown(self, one: Explanation, spare: int, heard: int) -> bool:
        """Whether something beside the plausibility of a slip points there: equations or witnesses that are to spare.

        Where other cells are in the same equations, as the rows of a live column are, it has to be a witness. Two
        slips of one size that are no exchange could as well stand in the row of one and the column of the other.
        Totals exchanged with each other look just like all that they add up, exchanged.
        """
        chosen, values = self.chosen(one), self.case.values
        needed = chosen if one.kind == "several" else min(2, chosen)
        sizes = {abs(new - values[cell]) for cell, new in one.cells.items()}
        exchanged = sorted(one.cells.values()) == sorted(values[cell] for cell in one.cells)
        if spare < max(1, needed) or (one.kind == "several" and len(sizes) < chosen and not exchanged):
            return False
        if exchanged and all(cell in self.system.sums for cell in one.cells):
            return False
        return (one.kind == "single" and heard > 0) or self.mode(one) != "live"

    def mode(self, one: Explanation) -> str:
        """What names these cells: ``live`` where others are in the same equations, else by what their totals are."""
        mode = self.system.mode
        return "live" if any(map(self.system.twins, one.cells)) else "typed" if mode == "live" else mode
