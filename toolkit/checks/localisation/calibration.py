"""Which explanation is the right one, with a probability that was learnt from simulated returns; and what is certain.

The order of explanations comes from `weights`, their probability from a table: for each mode, kind and number of spare
equations how often the first was right, by how far it was ahead. ``benchmarks/localise_accuracy.py learn`` makes it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from math import exp, log
from pathlib import Path
from typing import NamedTuple

from toolkit.checks.localisation.errors import Explanation, Residuals, connected
from toolkit.checks.localisation.proposals import Proposals
from toolkit.checks.localisation.slips import KINDS, unknown
from toolkit.checks.localisation.system import FilledEquations
from toolkit.checks.localisation.weights import Weights

#: So probable is what is told as certain.
CERTAIN = 0.97
#: So probable is it that a list that is shown holds the truth; more where kinds nobody thought of look like others.
LISTED = {"typed": 0.7, "control": 0.7, "live": 0.75}
#: So far ahead (log odds) is what is told as certain; further where nothing but witnesses names a cell: they may be
#: wrong themselves, and cells beside it may be wrong that cancel out. Each witness that agrees takes 1 off.
_AHEAD = {"typed": 0.0, "control": 0.0, "live": 11.5}
#: Explanations that are listed, at most; none so far behind the first (log odds): one in a hundred thousand.
_MOST, _FAINT = 3, 11.5
#: Figures, or places, that are chosen where a kind explains what fails; by others, one for each cell.
_CHOSEN = {"sign": 0, "swap": 1, "exchange": 1, "rows": 1, "run": 1, "carried": 1}
#: So much likelier is a slip of which there is another like it.
_LIKE = 4


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt: curves by ``first|mode:kind:spare`` and ``list|…``.

    A curve has the bounds of its steps, and one value more: the probability in each step.
    """

    curves: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)

    def probability(self, what: str, group: str, value: float) -> float:
        """What the curve of a group says; that of all kinds of its sort where it was rare; else 0: nothing is known."""
        for name in (group, group.rpartition(":")[0]):
            if curve := self.curves.get(f"{what}|{name}"):
                return curve[1][bisect_right(curve[0], value)]
        return 0.0


@cache
def learnt() -> Learnt:
    """What comes with the program: ``learnt.json``."""
    return Learnt(**json.loads(Path(__file__).with_name("learnt.json").read_text(encoding="utf-8")))


class Judgement(NamedTuple):
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
        if self.listed < LISTED[self.group.partition(":")[0]]:
            return []
        rest = max(0.0, self.listed - self.probability)
        others = sum(self.shares[1:]) or 1.0
        more = [min(self.probability, rest * share / others) for share in self.shares[1:]]
        return list(zip(self.ranked, [self.probability, *more], strict=False))


def localise(
    case: FilledEquations, shares: Mapping[str, Sequence[float]], known: Learnt | None = None
) -> list[Judgement]:
    """What is thought of each group of equations that fail together; none where all hold, or nothing explains them.

    ``shares`` are those of the form (`Form.shares`). Signs come first: where turning them mends all, nothing else is
    thought of.
    """
    residuals = case.part.system.residuals(case.values, case.right)
    if not residuals:
        return []
    one = _Table(case, known or learnt(), shares)
    parts = [{k: residuals[k] for k in part} for part in connected({k: one.system.equations[k] for k in residuals})]
    found = [one.explained(part) for part in parts]
    found = one.supported(found) if len(parts) > 1 else found
    firsts = [ranked[0] for ranked in found if ranked]
    news = {cell: new for first in firsts for cell, new in first.cells.items()}
    if len(parts) > 1:
        less = (len(parts) - 1) * log(KINDS["single"] / KINDS["several"])
        apart = [Explanation("several", news, sum(first.weight for first in firsts) - less)] * (
            len(firsts) == len(parts)
        )
        joint = _sorted([*map(one.of, one.proposals.of(residuals)), *apart])
        if joint and joint[:1] != apart:
            return [one.judged(residuals, joint, {})]
    return [one.judged(part, ranked, news) for part, ranked in zip(parts, found, strict=True) if ranked]


def _sorted(found: Iterable[Explanation]) -> list[Explanation]:
    """The likeliest first, each set of figures once."""
    best: dict[frozenset[tuple[int, int]], Explanation] = {}
    for one in sorted(found, key=lambda one: (-one.weight, sorted(one.cells))):
        best.setdefault(frozenset(one.cells.items()), one)
    return list(best.values())


class _Table(Weights):
    """A return's figures, with what explains them and what weighs the explanations."""

    def __init__(self, case: FilledEquations, known: Learnt, shares: Mapping[str, Sequence[float]]) -> None:
        super().__init__(case, shares)
        self.known, self.proposals = known, Proposals(self.system, case.values, case.steps)

    def explained(self, residuals: Residuals) -> list[Explanation]:
        """The explanations of equations that fail, the likeliest first."""
        cells = {cell for k in residuals for cell in self.system.equations[k]} - self.system.signed
        turned = {cell: -self.values[cell] for cell in cells if self.values[cell] < 0}
        if turned and not self.proposals.after(residuals, turned):
            return [Explanation("sign", turned)]
        found = self.proposals.of(residuals)
        return _sorted(self.of(one) for one in found if turned.keys() <= one.cells.keys())

    def supported(self, found: Sequence[Sequence[Explanation]]) -> list[list[Explanation]]:
        """The explanations of several parts: a slip like the first of another part, in its column, is likelier."""
        firsts = Counter(self._slip(ranked[0]) for ranked in found if ranked)
        out = []
        for ranked in found:
            like = firsts - Counter([self._slip(ranked[0])] if ranked else [])
            out.append(_sorted(e._replace(weight=e.weight + log(1 + _LIKE * like[self._slip(e)])) for e in ranked))
        return out

    def _slip(self, one: Explanation) -> tuple[int, str]:
        (cell, new), *others = one.cells.items()
        return (-cell, "") if others else (self.system.column[cell], self.reason(cell, new))

    def judged(self, residuals: Residuals, ranked: Sequence[Explanation], firsts: Mapping[int, int]) -> Judgement:
        """Explanations with what the curves say of them; ``firsts`` are the figures of what is likeliest elsewhere."""
        first, system = ranked[0], self.system
        likely = (one for one in ranked[1:] if first.weight - one.weight < _FAINT and not self.absurd(one.cells))
        options = [first, *islice(likely, _MOST - 1)]
        sign, live = first.kind == "sign", any(map(system.twins, first.cells))
        # What names these cells: where others are in the same equations, nothing; else their totals.
        mode = "live" if live else "typed" if system.mode == "live" else system.mode
        mended = residuals.keys() & system.touching(first.cells)
        agreed = self.agreed({**firsts, **first.cells}, {cell for k in residuals for cell in system.equations[k]})
        heard = self.mended(first.cells, mended) if agreed >= 0 else -live
        spare = len(mended) + heard - self._chosen(first)
        group = f"{mode}:{first.kind}:{max(-1, min(3, spare))}"
        mass = [exp(one.weight - first.weight) for one in ranked[1:]]
        # Something else ties the equations together that fail by nothing: each fails by any amount.
        other = log(KINDS["other"]) + sum(log(unknown(gap)) for gap in residuals.values())
        others = sum(mass) + (0.0 if sign else exp(min(700, other - first.weight)))
        lead = -log(max(others, 1e-12))
        shares = tuple(exp(one.weight - first.weight) / (1 + others) for one in options)
        probability = self.known.probability("first", group, lead)
        told = (one._replace(slips={c: self.reason(c, new) for c, new in one.cells.items()}) for one in options)
        proven = sign or (lead + live * agreed > _AHEAD[mode] and self._proven(first, spare, heard, live=live))
        return Judgement(
            ranked=tuple(told),
            equations=frozenset(residuals),
            group=group,
            lead=lead,
            shares=shares,
            probability=probability,
            listed=0.0 if spare < 0 else max(probability, self.known.probability("list", group, sum(shares))),
            certain=probability >= CERTAIN and proven,
        )

    def _chosen(self, one: Explanation) -> int:
        """How many figures are chosen to mend equations; of rows displaced only those of the row that is lost."""
        if one.kind in {"row_moved", "rows_moved"}:
            rows = [self.system.place[cell][1] for cell in one.cells]
            return rows.count(max(rows))
        return _CHOSEN.get(one.kind, len(one.cells))

    def _proven(self, one: Explanation, spare: int, heard: int, *, live: bool) -> bool:
        """Whether something beside the plausibility of a slip points there: equations or witnesses that are to spare.

        Where other cells are in the same equations, as the rows of a live column are, it has to be a witness. Two
        slips of one size that are no exchange could as well stand in the row of one and the column of the other.
        Totals that are wrong together look just like what they add up, exchanged or in the wrong rows.
        """
        chosen, several = self._chosen(one), one.kind == "several"
        sizes = {abs(new - self.values[cell]) for cell, new in one.cells.items()}
        exchanged = sorted(one.cells.values()) == sorted(self.values[cell] for cell in one.cells)
        if spare < max(1, chosen if several else min(2, chosen)) or (several and len(sizes) < chosen and not exchanged):
            return False
        if (exchanged or one.kind not in {"single", "several"}) and self.system.sums.keys() >= one.cells.keys():
            return False
        return (one.kind == "single" and heard > 0) or not live
