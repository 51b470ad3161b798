"""What speaks for an explanation: how likely the slip is, how usual its figures are, and what other figures say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, lgamma, log, log1p

from toolkit.checks.localisation.errors import Explanation, Residuals, System
from toolkit.checks.localisation.slips import KINDS, SLIPS, mistyped, unknown
from toolkit.checks.localisation.system import FilledEquations, Witness

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
_PLACES = {"swap": 4, "exchange": 40, "run": 252}
_ROWS = 24


@dataclass
class Weights:
    """Weighs explanations of one return; ``shares`` are those of rows (``table.row``): share and shape, as `USUAL`."""

    case: FilledEquations
    shares: Mapping[str, tuple[float, float]]
    known: dict[tuple[int, int, int, float], float] = field(default_factory=dict)
    usual: dict[tuple[int, int], float] = field(default_factory=dict)
    rows: dict[int, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.system, self.values = self.case.part.system, self.case.values
        #: How many cells a slip may be in; those that hold 0 count little.
        self.touched = 1 + sum(1 if self.values[cell] else _UNTOUCHED for cell in self.system.where)
        self.sums = _sums(self.system, self.values)
        self.sizes = [_middle(sums) for sums in self.sums]
        self.counted = [_counted(size) if size > 1 else 0.0 for size in self.sizes]

    def of(self, one: Explanation) -> Explanation:
        """The explanation with its kind and weight: the likeliest of the kinds that it may be."""
        news, cells = one.cells, list(one.cells)
        kind = one.kind if len(cells) > 1 else "single"
        if kind in {"single", "carried"}:
            ways = [(log(KINDS[kind] * self.slip(cells[0], news[cells[0]])), kind)]
        elif kind == "exchange":
            (b, r, c), (d, s, e) = (self.system.place[cell] for cell in cells)
            kind = "swap" if b == d and abs(r - s) + abs(c - e) == 1 else kind
            ways = [(log(KINDS[kind] / _PLACES[kind] / self.touched), kind)]
        else:
            ways = [] if kind in {"line", "several"} else [(log(KINDS[kind] / _PLACES.get(kind, _ROWS)), kind)]
        if kind in {"line", "several", "carried", "exchange", "swap"}:
            ways += self._as_several(news)
        weight, kind = max(ways)
        return Explanation(kind, news, weight + self.figures(news) + self.heard(news))

    def other(self, residuals: Residuals) -> float:
        """The weight of something else: nothing ties the equations together that fail, each by any amount."""
        return log(KINDS["other"]) + sum(log(unknown(gap)) for gap in residuals.values())

    def _as_several(self, news: Mapping[int, int]) -> list[tuple[float, str]]:
        """Cells that have nothing to do with each other, or all stand in one line."""
        system, values = self.system, self.values
        each = [log(KINDS["several"] * self.slip(cell, new)) for cell, new in news.items()]
        ways = [(sum(each) + log(KINDS["single"] / KINDS["several"]), "several")]
        line = self._line(news)
        if not line:
            return ways
        lines = sum([len(other) == len(line) for other, *_ in system.lines])
        if all(self.case.last[cell] == values[cell] for cell in news):
            ways.append((log(KINDS["last_year"] / lines), "last_year"))
        entered = [values[cell] for cell in line if cell not in system.sums]
        if entered and not any(entered):
            ways.append((log(KINDS["row_blank"] / lines), "row_blank"))
        strange = (self.density(c, values[c], self.sizes[system.column[c]]) for c in news if c not in system.sums)
        ways.append((log(KINDS["line"] / lines) + sum(strange) - 3 * len(news.keys() & system.sums.keys()), "line"))
        span = line[min(map(line.index, news)) : max(map(line.index, news)) + 1]
        now, then = [values[cell] for cell in span], [news.get(cell, values[cell]) for cell in span]
        if len(news) > 2 and any(now[1:]) and (now[1:] == then[:-1] or now[:-1] == then[1:]):  # noqa: PLR2004
            ways.append((log(KINDS["run"] / _PLACES["run"]), "run"))
        return ways

    def _line(self, news: Mapping[int, int]) -> tuple[int, ...]:
        """The printed row or column in which all of these cells stand, if there is one."""
        return next((line for line, *_ in self.system.lines if all(cell in line for cell in news)), ())

    def slips(self, cell: int, new: int) -> Mapping[str, float]:
        """The probability of each slip by which the printed figure may stand where ``new`` was meant."""
        system, values, step = self.system, self.values, self.case.steps[cell]
        printed, (b, r, c) = values[cell], system.place[cell]
        out = dict(mistyped(printed // step, new // step))
        if printed < 0:
            return out
        out["last"] = SLIPS["last"] * (self.case.last[cell] == printed)
        if printed:
            block = system.blocks[b]
            beside = [(i, j) for i, j in ((r, c - 1), (r, c + 1), (r - 1, c), (r + 1, c)) if i >= 0 and j >= 0]
            near = [block[i][j] for i, j in beside if i < len(block) and j < len(block[0]) and block[i][j] >= 0]
            column = (other for other in system.columns[system.column[cell]] if other != cell)
            whole = (*system.totals.get(cell, ()), *(part for parts in system.sums.get(cell, ()) for part in parts))
            more = printed > new and any(values[other] == printed - new for other in column)
            out["neighbour"] = SLIPS["neighbour"] / 4 * any(values[other] == printed for other in near)
            out["twice"] = SLIPS["twice"] / 12 * more
            out["total"] = SLIPS["total"] / 2 * any(values[other] == printed for other in whole)
        return out

    def slip(self, cell: int, new: int) -> float:
        """The probability that this cell is wrong, and that what is printed stands there if ``new`` was meant."""
        return sum(self.slips(cell, new).values()) * (1 if new else _UNTOUCHED) / self.touched

    def reason(self, cell: int, new: int) -> str:
        """The likeliest slip, a key of `SLIPS`."""
        told = self.slips(cell, new)
        return max(told, key=lambda kind: told[kind])

    # ------------------------------------------------------------ the figures

    def figures(self, news: Mapping[int, int]) -> float:
        """How much more usual the table is with these figures than with those printed, as a logarithm."""
        columns: dict[int, list[int]] = {}
        rows: dict[tuple[int, int], float] = {}
        for cell, new in news.items():
            columns.setdefault(self.system.column[cell], []).append(cell)
            row = self.system.place[cell][:2]
            rows[row] = rows.get(row, 0.0) + self._evidence(cell, new)
        total, values = 0.0, self.values
        for column, cells in columns.items():
            changes = [(cell, news[cell] - values[cell]) for cell in cells]
            sides = zip(self.sums[column], self.system.sides[column], strict=True)
            size = _middle([whole + sum([side.get(cell, 0) * more for cell, more in changes]) for whole, side in sides])
            if size != self.sizes[column]:
                total += self._usual(column, size) - self._usual(column, self.sizes[column])
            for cell in cells:
                beside = rows[self.system.place[cell][:2]] - self._evidence(cell, news[cell])
                total += self.density(cell, news[cell], size, beside) - self.density(cell, values[cell], size)
        return total

    def _evidence(self, cell: int, new: int) -> float:
        """By how much the shape of the row's share grows where this cell holds another figure."""
        more = max(0, new) - max(0, self.values[cell])
        return 0.0 if cell in self.system.sums else self.counted[self.system.column[cell]] * more

    def _usual(self, column: int, size: int) -> float:
        if (column, size) not in self.usual:
            figures = [self.density(cell, self.values[cell], size) for cell in self.system.columns[column]]
            self.usual[column, size] = sum(figures)
        return self.usual[column, size]

    def _row(self, cell: int) -> tuple[float, float]:
        """What is known of a row's share where a cell stands: shape and rate of a gamma distribution."""
        if cell not in self.rows:
            system, last, (b, r, _) = self.system, self.case.last[cell], self.system.place[cell]
            share, a = self.shares.get(self.case.part.cells[cell].rpartition(".")[0], USUAL)
            rate = a / share
            for other in system.blocks[b][r]:
                if other >= 0 and other != cell and other not in system.sums:
                    k = self.counted[system.column[other]]
                    a, rate = a + k * max(0, self.values[other]), rate + k * self.sizes[system.column[other]]
            if last is not None and (size := self._before[system.column[cell]]) > 1:
                a, rate = a + _counted(size) * max(0, last), rate + _counted(size) * size
            self.rows[cell] = (a, rate)
        return self.rows[cell]

    @cached_property
    def _before(self) -> list[int]:
        return [_middle(sums) for sums in _sums(self.system, [one or 0 for one in self.case.last])]

    def density(self, cell: int, figure: int, size: int, beside: float = 0.0) -> float:
        """The logarithm of the probability of a figure in a right return whose column counts ``size``.

        Negative binomial about the row's share of the column, mixed with any figure; 0 for a total, which says nothing.
        ``beside`` is what new figures in the row add to the shape of its share.
        """
        if cell in self.system.sums:
            return 0.0
        if (known := self.known.get((cell, figure, size, beside))) is None:
            known = self.known[cell, figure, size, beside] = self._density(cell, figure, size, beside)
        return known

    def _density(self, cell: int, figure: int, size: int, beside: float) -> float:
        if not size:
            return log(0.6 * unknown(figure) if figure else 0.4)
        (a, rate), step = self._row(cell), self.case.steps[cell]
        a, x, usual = max(1e-3, a + beside), figure // step, 0.0
        mean = max(1e-3, size * a / rate / step)
        if x >= 0:
            usual = exp(lgamma(x + a) - lgamma(a) - lgamma(x + 1) - a * log1p(mean / a) - x * log1p(a / mean))
        return log((1 - _UNUSUAL) * usual + _UNUSUAL * unknown(figure))

    # ------------------------------------------------------------ other figures

    def heard(self, news: Mapping[int, int]) -> float:
        """What the figures of the unit's text and of last year say for or against these figures, as a logarithm."""
        total = 0.0
        for k, off in self.turned(news).items():
            right = _RIGHT[self.case.witnesses[k].written]
            total += log(right / (1 - right) / unknown(off)) * (1 if off > 0 else -1)
        return total

    def turned(self, news: Mapping[int, int]) -> dict[int, int]:
        """By witness that agrees only after the change how far off it was; below 0 for one that agrees only before."""
        grown: dict[int, int] = {}
        for cell, new in news.items():
            for k, factor in self._heard.get(cell, ()):
                grown[k] = grown.get(k, 0) + factor * (new - self.values[cell])
        gaps = self._gaps
        return {k: abs(more) * (1 if gaps[k] else -1) for k, more in grown.items() if more and gaps[k] in {0, more}}

    @cached_property
    def _heard(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        out: dict[int, list[tuple[int, int]]] = {}
        for k, one in enumerate(self.case.witnesses):
            for cell, factor in one.terms.items():
                out.setdefault(cell, []).append((k, factor))
        return out

    @cached_property
    def _gaps(self) -> list[int]:
        values = self.values
        return [one.value - sum([f * values[c] for c, f in one.terms.items()]) for one in self.case.witnesses]

    def mended(self, news: Mapping[int, int], equations: Iterable[int]) -> int:
        """How many witnesses agree with the table only after the change; one more where they name a single cell.

        One that adds up what one of ``equations`` adds up as well says nothing more of which part is wrong. Where
        several cells are in the same equations, a cell is named if none of the others is in all that is told.
        """
        told = [self.case.witnesses[k].terms.keys() for k, off in self.turned(news).items() if off > 0]
        told = [c for c in told if len(c) == 1 or not any(len(c ^ self.system.members[k]) == 1 for k in equations)]
        twins = self.system.twins(next(iter(news))) if told and len(news) == 1 else []
        return len(told) + (bool(twins) and not any(all(one in terms for terms in told) for one in twins))

    def agreed(self, news: Mapping[int, int], cells: Collection[int]) -> int:
        """How many witnesses that speak of one of ``cells`` agree after the change; -1 where one still disagrees.

        A figure of the text may be read in two ways: it is enough that one of them agrees.
        """
        left: list[tuple[int, Witness]] = []
        for gap, one in zip(self._gaps, self.case.witnesses, strict=True):
            more = sum([factor * (news[c] - self.values[c]) for c, factor in one.terms.items() if c in news])
            left.append((gap - more, one))
        said = {one.value for gap, one in left if not gap and one.written}
        left = [one for one in left if not one[1].terms.keys().isdisjoint(cells)]
        against = any(gap and not (one.written and one.value in said) for gap, one in left)
        return -1 if against else sum(not gap for gap, _ in left)


def _sums(system: System, values: Sequence[int]) -> list[list[int]]:
    """For each printed column the sums of its sides."""
    return [[sum([f * values[c] for c, f in side.items()]) for side in sides] for sides in system.sides]


def _middle(sums: Sequence[int]) -> int:
    """How much a column counts, at least 1; 0 where no equation tells."""
    return max(1, sorted(sums)[(len(sums) - 1) // 2]) if sums else 0


def _counted(size: int) -> float:
    """So much of each figure of a column that counts ``size`` is evidence for a row's share."""
    return min(0.5, _EVIDENCE / size)
