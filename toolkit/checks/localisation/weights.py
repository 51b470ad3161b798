"""What speaks for an explanation: how likely the slip is, how usual its figures are, and what other figures say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from math import exp, lgamma, log, log1p

from toolkit.checks.localisation.errors import Explanation, System
from toolkit.checks.localisation.slips import KINDS, SLIPS, mistyped, unknown
from toolkit.checks.localisation.system import FilledEquations

#: A row's share of its column, and how alike offices are in it (the shape of a gamma distribution), where not learnt.
USUAL = (0.05, 0.3)
#: Of another column, or of last year's, so many count as evidence for a row's share, at most.
_EVIDENCE = 30
#: How often a figure follows no share at all.
_UNUSUAL = 0.03
#: How often a figure of the unit's text, or of last year's report, is right.
_RIGHT = {True: 0.93, False: 0.97}
#: A cell that holds 0 is seldom touched.
_UNTOUCHED = 0.1
#: Places where an error over several cells may begin, exchanges by distance.
_PLACES = {"swap": 4, "exchange": 40, "run": 252, "rows": 24, "row_moved": 24, "rows_moved": 24}
#: An absurd figure is so much less likely by its row's share of the column than one that follows no share.
_ABSURD = 0.1
_NONE = frozenset[int]()


class Weights:
    """Weighs explanations of one return; ``shares`` are those of rows (``table.row``): share and shape, as `USUAL`."""

    def __init__(self, case: FilledEquations, shares: Mapping[str, Sequence[float]]) -> None:
        self.case, self.shares, self.values = case, shares, case.values
        self.system = system = case.part.system
        #: How many cells a slip may be in; those that hold 0 count little.
        self.touched = 1 + sum(1 if self.values[cell] else _UNTOUCHED for cell in system.where)
        self.sums = _sums(system, self.values)
        self.sizes = [_middle(sums) for sums in self.sums]
        self.before = [_middle(sums) for sums in _sums(system, [one or 0 for one in case.last])]
        #: What witnesses say, as equations.
        self.said = System(tuple(one.terms for one in case.witnesses))
        self.gaps = self.said.residuals(self.values, [one.value for one in case.witnesses])
        # Each is asked for again and again with the same figures.
        self.density, self.usual, self.row = cache(self._density), cache(self._usual), cache(self._row)

    def of(self, one: Explanation) -> Explanation:
        """The explanation with its kind and weight: the likeliest of the kinds that it may be."""
        news, cells = one.cells, list(one.cells)
        kind = one.kind if len(cells) > 1 else "single"
        ways: list[tuple[float, str]] = []
        if kind in {"single", "carried"}:
            ways.append((log(KINDS[kind] * self.slip(cells[0], news[cells[0]])), kind))
        elif kind == "exchange":
            (b, r, c), (d, s, e) = (self.system.place[cell] for cell in cells)
            kind = "swap" if b == d and abs(r - s) + abs(c - e) == 1 else kind
            ways.append((log(KINDS[kind] / _PLACES[kind] / self.touched), kind))
        elif kind not in {"line", "several"}:
            ways.append((log(KINDS[kind] / _PLACES[kind]), kind))
        if kind in {"line", "several", "carried", "exchange", "swap"}:
            ways += self._as_several(news)
        weight, kind = max(ways)
        return Explanation(kind, news, weight + self.figures(news) + self.heard(news))

    def _as_several(self, news: Mapping[int, int]) -> list[tuple[float, str]]:
        """Cells that have nothing to do with each other, or all stand in one line."""
        system, values = self.system, self.values
        each = [log(KINDS["several"] * self.slip(cell, new)) for cell, new in news.items()]
        ways = [(sum(each) + log(KINDS["single"] / KINDS["several"]), "several")]
        line = next((line for line, *_ in system.lines if all(cell in line for cell in news)), ())
        if not line:
            return ways
        lines = sum([len(other) == len(line) for other, *_ in system.lines])
        if self._copied(news, line):
            ways.append((log(KINDS["last_year"] / lines), "last_year"))
        entered = [values[cell] for cell in line if cell not in system.sums]
        if entered and not any(entered):
            ways.append((log(KINDS["row_blank"] / lines), "row_blank"))
        chances = sum(map(self._chance, news)) - 3 * len(news.keys() & system.sums.keys())
        ways.append((log(KINDS["line"] / lines) + chances, "line"))
        span = line[min(map(line.index, news)) : max(map(line.index, news)) + 1]
        now, then = [values[cell] for cell in span], [news.get(cell, values[cell]) for cell in span]
        if len(news) > 2 and any(now[1:]) and (now[1:] == then[:-1] or now[:-1] == then[1:]):  # noqa: PLR2004
            ways.append((log(KINDS["run"] / _PLACES["run"]), "run"))
        return ways

    def _copied(self, news: Mapping[int, int], line: Collection[int]) -> bool:
        """Whether last year's figures stand in a line; with live totals, in it rather than all over the table."""
        same = {c for c in self.system.where if self.case.last[c] == self.values[c]}
        chance = {c: self._chance(c) for c in same if self.values[c]} if self.system.mode == "live" else {}
        inside = sum(chance[c] for c in chance.keys() & set(line))
        return news.keys() <= same and 2 * inside <= sum(chance.values())

    def _chance(self, cell: int) -> float:
        """The logarithm of the probability that what is printed stands there, 0 for a total."""
        return self.density(cell, self.values[cell], self.sizes[self.system.column[cell]])

    def slips(self, cell: int, new: int) -> Mapping[str, float]:
        """The probability of each slip by which the printed figure may stand where ``new`` was meant."""
        system, values, printed, step = self.system, self.values, self.values[cell], self.case.steps[cell]
        out = dict(mistyped(printed // step, new // step))
        if printed >= 0 and self.case.last[cell] == printed:
            out["last"] = SLIPS["last"]
        if printed > 0:
            column = [values[other] for other in system.columns[system.column[cell]]]
            b, r, c = system.place[cell]
            block, beside = system.blocks[b], ((r, c - 1), (r, c + 1), (r - 1, c), (r + 1, c))
            near = [block[i][j] for i, j in beside if 0 <= i < len(block) and 0 <= j < len(block[0])]
            whole = (*system.totals.get(cell, ()), *(part for parts in system.sums.get(cell, ()) for part in parts))
            out["neighbour"] = SLIPS["neighbour"] / 4 * any(i >= 0 and values[i] == printed for i in near)
            out["twice"] = SLIPS["twice"] / 12 * (printed > new and column.count(printed - new) > (new == 0))
            out["total"] = SLIPS["total"] / 2 * any(values[other] == printed for other in whole)
        return out

    def slip(self, cell: int, new: int) -> float:
        """The probability that this cell is wrong, and that what is printed stands there if ``new`` was meant."""
        return sum(self.slips(cell, new).values()) * (1 if new else _UNTOUCHED) / self.touched

    def reason(self, cell: int, new: int) -> str:
        """The likeliest slip, a key of `SLIPS`."""
        told = self.slips(cell, new)
        return max(told, key=lambda kind: told[kind])

    def figures(self, news: Mapping[int, int]) -> float:
        """How much more usual the table is with these figures than with those printed, as a logarithm."""
        system, values, total, others = self.system, self.values, 0.0, self._others(news)
        columns: dict[int, list[int]] = defaultdict(list)
        for cell in news:
            columns[system.column[cell]].append(cell)
        for column, cells in columns.items():
            more = {cell: news[cell] - values[cell] for cell in cells}
            sides = zip(self.sums[column], system.sides[column], strict=True)
            size = _middle([whole + sum([side.get(cell, 0) * more[cell] for cell in cells]) for whole, side in sides])
            if size != self.sizes[column]:
                total += self.usual(column, size) - self.usual(column, self.sizes[column])
            for c in cells:
                total += self.density(c, news[c], size, others[c]) - self.density(c, values[c], size, others[c])
        return total

    def _others(self, news: Mapping[int, int]) -> Mapping[int, frozenset[int]]:
        """By cell the others in its printed row that change too: what is wrong itself says nothing of a row's share."""
        if len(news) == 1:
            return dict.fromkeys(news, _NONE)
        place, rows = self.system.place, defaultdict[tuple[int, int], set[int]](set)
        for cell in news:
            rows[place[cell][:2]].add(cell)
        several = {cell: rows[place[cell][:2]] for cell in news}
        return {cell: frozenset(own - {cell}) if len(own) > 1 else _NONE for cell, own in several.items()}

    def absurd(self, news: Mapping[int, int]) -> bool:
        """Whether one of these figures is beyond all that its row, the size of its column and last year make usual."""
        column, sums, others = self.system.column, self.system.sums, self._others(news)
        found = (
            (self.density(cell, n, max(n, self.sizes[column[cell]]), others[cell]), n)
            for cell, n in news.items()
            if cell not in sums
        )
        return any(chance < log((1 + _ABSURD) * _UNUSUAL * unknown(n)) for chance, n in found)

    def _usual(self, column: int, size: int) -> float:
        """How usual a printed column is if it counts ``size``."""
        return sum([self.density(cell, self.values[cell], size) for cell in self.system.columns[column]])

    def _row(self, cell: int, without: frozenset[int]) -> tuple[float, float]:
        """What is known of a row's share where a cell stands: shape and rate of a gamma distribution.

        Nothing is concluded from the cells ``without`` which it is asked for.
        """
        system, last, (b, r, _) = self.system, self.case.last[cell], self.system.place[cell]
        share, a = self.shares.get(self.case.part.cells[cell].rpartition(".")[0], USUAL)
        beside = [c for c in system.blocks[b][r] if c >= 0 and c != cell and c not in system.sums and c not in without]
        known = [(self.values[c], self.sizes[system.column[c]]) for c in beside]
        known += [] if last is None else [(last, self.before[system.column[cell]])]
        rate = a / share
        for figure, size in known:
            counted = min(0.5, _EVIDENCE / size) if size > 1 else 0.0
            a, rate = a + counted * max(0, figure), rate + counted * size
        return a, rate

    def _density(self, cell: int, figure: int, size: int, without: frozenset[int] = _NONE) -> float:
        """The logarithm of the probability of a figure in a right return whose column counts ``size``.

        Negative binomial about the row's share of the column, mixed with any figure; 0 for a total, which says nothing.
        """
        if cell in self.system.sums:
            return 0.0
        if not size:
            return log(0.6 * unknown(figure) if figure else 0.4)
        (a, rate), x, usual = self.row(cell, without), figure // self.case.steps[cell], 0.0
        mean = max(1e-3, size * a / rate / self.case.steps[cell])
        if x >= 0:
            usual = exp(lgamma(x + a) - lgamma(a) - lgamma(x + 1) - a * log1p(mean / a) - x * log1p(a / mean))
        return log((1 - _UNUSUAL) * usual + _UNUSUAL * unknown(figure))

    def heard(self, news: Mapping[int, int]) -> float:
        """What the figures of the unit's text and of last year say for or against these figures, as a logarithm."""
        turned = [(_RIGHT[self.case.witnesses[k].written], off) for k, off in self.turned(news).items()]
        return sum(log(right / (1 - right) / unknown(off)) * (1 if off > 0 else -1) for right, off in turned)

    def turned(self, news: Mapping[int, int]) -> dict[int, int]:
        """By witness that agrees only after the change how far off it was; below 0 for one that agrees only before."""
        grown, gaps = self._grown(news), self.gaps
        return {k: abs(more) * (1 if k in gaps else -1) for k, more in grown.items() if gaps.get(k, more) == more}

    def _grown(self, news: Mapping[int, int]) -> dict[int, int]:
        """By how much the sum grows that a witness speaks of."""
        return self.said.effect({cell: news[cell] - self.values[cell] for cell in news if cell in self.said.where})

    def mended(self, news: Mapping[int, int], equations: Iterable[int]) -> int:
        """How many witnesses agree with the table only after the change; one more where they name a single cell.

        One that adds up what one of ``equations`` adds up as well says nothing more of which part is wrong. Where
        several cells are in the same equations, a cell is named if none of the others is in all that is told.
        """
        own = [self.system.equations[k].keys() for k in equations]
        told = [self.said.equations[k].keys() for k, off in self.turned(news).items() if off > 0]
        told = [cells for cells in told if len(cells) == 1 or not any(len(cells ^ one) == 1 for one in own)]
        twins = self.system.twins(next(iter(news))) if told and len(news) == 1 else []
        return len(told) + (bool(twins) and not any(all(one in terms for terms in told) for one in twins))

    def agreed(self, news: Mapping[int, int], cells: Collection[int]) -> int:
        """How many witnesses that speak of one of ``cells`` agree after the change; -1 where one still disagrees.

        A figure of the text may be read in two ways: it is enough that one of them agrees.
        """
        grown = self._grown(news)
        left = [(self.gaps.get(k, 0) - grown.get(k, 0), one) for k, one in enumerate(self.case.witnesses)]
        said = {one.value for gap, one in left if not gap and one.written}
        gaps = [(gap, one) for gap, one in left if not one.terms.keys().isdisjoint(cells)]
        against = any(gap and not (one.written and one.value in said) for gap, one in gaps)
        return -1 if against else sum(not gap for gap, _ in gaps)


def _sums(system: System, values: Sequence[int]) -> list[list[int]]:
    """For each printed column the sums of its sides."""
    return [[sum([f * values[c] for c, f in side.items()]) for side in sides] for sides in system.sides]


def _middle(sums: Sequence[int]) -> int:
    """How much a column counts, at least 1; 0 where no equation tells."""
    return max(1, sorted(sums)[(len(sums) - 1) // 2]) if sums else 0
