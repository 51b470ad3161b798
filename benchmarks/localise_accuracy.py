"""How often the localiser finds the wrong cell and what stood there, on simulated slips in the 2021 form.

``python benchmarks/localise_accuracy.py [TRIALS] [SOLVER_TRIALS]``: seeded; prints a table and which targets hold, and
ends with 1 if one is missed. The reports are simulated (3 to 8,000 applications, shared out over the result rows as in
a published report), the kinds of slip drawn evenly: no corpus of returned workbooks with known truth is at hand. Times
are processor time. ``scipy`` (extra ``bench``) is needed only for the comparison with a mixed-integer program (HiGHS)
on the same cases; ``0`` solver trials leave it out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

import numpy as np
from numpy.random import Generator
from wider_slips import WIDER

from toolkit.checks.localisation.search import localise
from toolkit.checks.localisation.suggestion import certain
from toolkit.checks.localisation.system import FilledEquations, equation_groups, filled_equations
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Identity, Return, Submission
from toolkit.rules.compile import derive

FORM, TABLE = "zfxxgk-2021", "requests"
SLIPS = ("transposed", "missing", "digit", "extra", "sign", "neighbour", "rows", "total")
SINGLE_CELL = ("transposed", "missing", "digit", "extra", "sign")
#: How a city's 3,486 closed applications of 2023 fell on the result rows, as published: the rows are not alike.
SHARES = np.array([1191, 328, 0, 27, 6, 38, 20, 9, 21, 21, 1047, 28, 3, 305, 39, 0, 58, 4, 40, 10, 291])

Numbers = dict[str, Decimal]


@dataclass(frozen=True)
class World:
    """The form with the printed order of its table's rows and columns; ``typed`` tells that totals were typed."""

    kind: Instrument
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    typed: bool
    controls: bool

    def name(self, row: int, column: int) -> str:
        """The variable at a place of the table."""
        return f"{TABLE}.{self.rows[row]}.{self.columns[column]}"

    def place(self, name: str) -> tuple[int, int]:
        """Row and column of a variable."""
        _, row, column = name.split(".")
        return self.rows.index(row), self.columns.index(column)

    def free(self) -> list[str]:
        """The cells a slip may be in."""
        derived = self.kind.rules.formulas
        names = [self.name(r, c) for r in range(len(self.rows)) for c in range(len(self.columns))]
        return [name for name in names if self.typed or name not in derived]


def world(*, typed: bool, controls: bool = False) -> World:
    """The 2021 form, its totals typed or live, with or without control totals."""
    kind = load(FORM + (CONTROLS if controls else ""))
    block = kind.form.table(TABLE).blocks[0]
    return World(kind, tuple(r.id for r in block.rows), tuple(c.id for c in block.columns), typed, controls)


def truth(w: World, rng: Generator) -> tuple[Numbers, Numbers]:
    """A consistent report and last year's figures."""
    sizes = [rng.integers(3, 25), rng.integers(25, 300), rng.integers(300, 8000)]
    size = int(rng.choice(sizes, p=[0.3, 0.4, 0.3]))
    numbers: Numbers = {name: Decimal(0) for name in w.kind.names}
    share = rng.dirichlet(np.array([0.80, 0.08, 0.01, 0.03, 0.02, 0.06]) * 60)
    new, old = rng.multinomial(size, share), rng.multinomial(rng.binomial(size, 0.08), share)
    results = [row for row in w.rows if row not in {"new", "carried_in", "closed", "carried_out"}]
    weights = rng.dirichlet((SHARES + 0.5) / (SHARES + 0.5).sum() * 80)
    for c, column in enumerate(w.columns[:-1]):
        done = rng.binomial(new[c] + old[c], 0.92)
        counts = rng.multinomial(done, weights)
        column_of = {"new": new[c], "carried_in": old[c], "carried_out": new[c] + old[c] - done}
        column_of |= dict(zip(results, counts, strict=True))
        for row, value in column_of.items():
            numbers[f"{TABLE}.{row}.{column}"] = Decimal(int(value))
    full = {k: v for k, v in derive(w.kind.rules.formulas, numbers, {}).items() if v is not None}
    prior = {f"{TABLE}.carried_out.{c}": full[f"{TABLE}.carried_in.{c}"] for c in w.columns}
    return with_controls(w, full), prior


def with_controls(w: World, numbers: Numbers) -> Numbers:
    """The numbers with every control total as somebody adds it up who makes no mistake."""
    if not w.controls:
        return numbers
    right = {c.keys[1].name: numbers[c.keys[0].name] for c in w.kind.rules.rule("CTL-01")}
    return {**numbers, **right}


def retyped(value: int, slip: str, rng: Generator) -> int:
    """A figure as mistyped."""
    text = list(str(value))
    if slip == "transposed":
        places = [i for i in range(len(text) - 1) if text[i] != text[i + 1]]
        if places:
            i = int(rng.choice(places))
            text[i], text[i + 1] = text[i + 1], text[i]
    elif slip == "missing" and len(text) > 1:
        del text[int(rng.integers(len(text)))]
    elif slip == "extra":
        text.insert(int(rng.integers(len(text) + 1)), str(rng.integers(10)))
    elif slip == "digit":
        i = int(rng.integers(len(text)))
        text[i] = str((int(text[i]) + int(rng.integers(1, 10))) % 10)
    elif slip == "sign":
        return -value
    return int("".join(text))


def spoil(w: World, numbers: Numbers, slip: str, rng: Generator) -> Numbers | None:
    """The numbers with one slip; None where this draw gives none."""
    out, free = dict(numbers), w.free()
    name = str(rng.choice(free))
    r, c = w.place(name)
    value = int(numbers[name])
    if slip in SINGLE_CELL:
        if value < 0 or (value == 0 and (slip == "sign" or rng.random() < 0.9)):
            return None
        out[name] = Decimal(retyped(value, slip, rng))
    elif slip == "neighbour":
        across = rng.random() < 0.6
        r2, c2 = (r, c + 1) if across else (r + 1, c)
        if r2 >= len(w.rows) or c2 >= len(w.columns) or (other := w.name(r2, c2)) not in free:
            return None
        out[name], out[other] = numbers[other], numbers[name]
    elif slip == "rows":
        return _rows(w, numbers, r, free)
    elif slip == "total":
        derived = [one for one in free if one in w.kind.rules.formulas and numbers[one] > 0]
        if not derived:
            return None
        name = str(rng.choice(derived))
        third = max(3, int(numbers[name]) // 3)
        out[name] = Decimal(max(0, int(numbers[name]) + int(rng.integers(-third, third + 1))))
    else:
        out |= UNKNOWN[slip](w, numbers, (r, c), rng)
    return out if out != numbers else None


def _rows(w: World, numbers: Numbers, r: int, free: list[str]) -> Numbers | None:
    out = dict(numbers)
    for c in range(len(w.columns)):
        if r + 1 >= len(w.rows):
            return None
        a, b = w.name(r, c), w.name(r + 1, c)
        if a in free and b in free:
            out[a], out[b] = numbers[b], numbers[a]
    return out if out != numbers else None


Place = tuple[int, int]


def _unrelated(w: World, numbers: Numbers, place: Place, rng: Generator) -> Numbers:
    name = w.name(*place)
    value = int(numbers[name])
    if name in w.kind.rules.formulas or value <= 0:
        return {}
    return {name: Decimal(int(rng.integers(0, 2 * value + 5)))}


def _two_digits(w: World, numbers: Numbers, place: Place, rng: Generator) -> Numbers:
    name = w.name(*place)
    text = list(str(numbers[name]))
    if len(text) < 3:
        return {}
    for i in rng.choice(len(text), 2, replace=False):
        text[i] = str((int(text[i]) + int(rng.integers(1, 10))) % 10)
    return {name: Decimal(int("".join(text)))}


def _far(w: World, numbers: Numbers, place: Place, rng: Generator) -> Numbers:
    name, row = w.name(*place), int(rng.integers(len(w.rows)))
    other = w.name(row, place[1])
    return {name: numbers[other], other: numbers[name]} if abs(row - place[0]) > 1 else {}


def _right(w: World, numbers: Numbers, place: Place, _rng: Generator) -> Numbers:
    names = [w.name(place[0], i) for i in range(len(w.columns) - 1)]
    return _moved(numbers, names)


def _down(w: World, numbers: Numbers, place: Place, _rng: Generator) -> Numbers:
    r, c = place
    if not 2 <= r <= len(w.rows) - 8 or c == len(w.columns) - 1:
        return {}
    return _moved(numbers, [w.name(i, c) for i in range(r, r + 5)])


def _moved(numbers: Numbers, names: list[str]) -> Numbers:
    row = [numbers[name] for name in names]
    return dict(zip(names, [Decimal(0), *row[:-1]], strict=True)) if not row[-1] and any(row) else {}


def _carried(w: World, numbers: Numbers, place: Place, rng: Generator) -> Numbers:
    name, total = w.name(*place), w.name(place[0], len(w.columns) - 1)
    value = int(numbers[name])
    if name in w.kind.rules.formulas or value <= 0:
        return {}
    wrong = retyped(value, str(rng.choice(["digit", "transposed", "missing"])), rng)
    return {name: Decimal(wrong), total: numbers[total] + wrong - value}


#: Slips that were no part of the search when it was designed. Far exchanges, shifted runs and totals added up from a
#: wrong figure have become part of it since.
UNKNOWN: dict[str, Callable[[World, Numbers, Place, Generator], Numbers]] = {
    "unrelated": _unrelated,
    "far exchange": _far,
    "row to the right": _right,
    "block down": _down,
    "carried": _carried,
    "two digits": _two_digits,
}


def case(w: World, numbers: Numbers, prior: Numbers) -> FilledEquations:
    """The equations of a return that holds these numbers; totals are computed again where they are live."""
    live = w.kind.rules.formulas
    held: dict[str, Decimal | None] = dict(numbers) if w.typed else derive(live, numbers, prior)
    content = Return(
        file="", sha256="", identity=Identity(), unit="", period="", numbers=held, prior=prior,
        overwritten=frozenset(live) if w.typed else frozenset(),
    )  # fmt: skip
    table = [
        p for p in equation_groups(w.kind, content.overwritten, frozenset(prior)) if any(TABLE in n for n in p.cells)
    ]
    found = filled_equations(table[0], w.kind, Submission(content=content))
    assert found is not None
    return found


@dataclass(frozen=True)
class Trial:
    """What came of one case; ``rank`` is the place of the true explanation (0 first, -1 not listed).

    ``tied`` tells that it costs no more than the first: nothing in the figures tells them apart. ``told`` operations
    were told as certain, ``wrong`` of them are not what happened.
    """

    rank: int
    tied: bool
    told: int
    wrong: int
    seconds: float


def attempt(w: World, good: Numbers, bad: Numbers, prior: Numbers) -> Trial | None:
    """Search; None where nothing fails, so that nothing could be found."""
    one = case(w, bad, prior)
    started = time.process_time()
    found, nodes = localise(one.part.system, one.values, one.right, one.steps)
    seconds = time.process_time() - started
    if not found:
        return Trial(rank=-1, tied=False, told=0, wrong=0, seconds=seconds) if nodes else None
    wanted = {i: int(good[n]) * one.scale for i, n in enumerate(one.part.cells) if good[n] != bad[n]}
    ranks = [i for i, e in enumerate(found) if e.cells == wanted]
    sure = certain(one, found)
    wrong = sum(any(wanted.get(cell) != new for cell, new in move.cells.items()) for move in sure)
    tied = bool(ranks) and found[ranks[0]].price <= found[0].price + 0.001
    return Trial(ranks[0] if ranks else -1, tied, len(sure), wrong, seconds)


def wider(w: World, slip: str, count: int, seed: int = 11) -> Iterator[Trial | None]:
    """Seeded trials of a kind that is in no catalogue; last year's figures are those of another report."""
    rng = np.random.default_rng(seed)
    made, free = 0, set(w.free())
    for _ in range(count * 40):
        good, prior = truth(w, rng)
        before, _ = truth(w, rng)
        changed = {name: value for name, value in WIDER[slip](w, good, before, rng).items() if name in free}
        if any(good[name] != value for name, value in changed.items()):
            made += 1
            yield attempt(w, good, {**good, **changed}, prior)
        if made == count:
            return


def trials(w: World, slips: tuple[str, ...], count: int, several: int = 1, seed: int = 11) -> Iterator[Trial | None]:
    """Seeded trials of one kind, or of several slips of mixed kinds, each visible on its own."""
    rng = np.random.default_rng(seed)
    made = 0
    while made < count:
        good, prior = truth(w, rng)
        bad = good
        for n in range(several):
            tries = (spoil(w, bad, str(rng.choice(slips)), rng) for _ in range(60))
            seen = (t for t in tries if t is not None and (several == 1 or _visible(w, t, good, bad, prior)))
            more = next(seen, None)
            if more is None:
                break
            bad = more
            if n == several - 1:
                made += 1
                yield attempt(w, good, bad, prior)


def _visible(w: World, tried: Numbers, good: Numbers, before: Numbers, prior: Numbers) -> bool:
    alone = {name: tried[name] if tried[name] != before[name] else good[name] for name in good}
    one = case(w, alone, prior)
    sums = [sum(f * one.values[i] for i, f in e.items()) for e in one.part.system.equations]
    apart = all(good[name] == before[name] for name in good if tried[name] != before[name])
    return apart and (tuple(sums) != one.right or min(one.values) < 0)


def shown(name: str, found: list[Trial | None]) -> dict[str, float]:
    """Print a line; the figures of it."""
    seen = [one for one in found if one is not None]
    share = {key: 100 * sum(test(t) for t in seen) / max(1, len(seen)) for key, test in TESTS.items()}
    times = [1000 * t.seconds for t in seen] or [0.0]
    told, wrong = sum(t.told for t in seen), sum(t.wrong for t in seen)
    print(
        f"{name:<34} right {share['first']:5.1f} %  first three {share['three']:5.1f} %"
        f"  listed {share['listed']:5.1f} %  first or level {share['tied']:5.1f} %"
        f"  told as certain in {100 * sum(t.told > 0 for t in seen) / max(1, len(seen)):5.1f} %"
        f" ({told} times, {wrong} wrong)"
        f"  {median(times):6.2f} ms, worst {max(times):6.1f}"
        f"  visible {len(seen)}/{len(found)}"
    )
    return {**share, "median": median(times), "worst": max(times), "wrong": wrong}


TESTS: dict[str, Callable[[Trial], bool]] = {
    "first": lambda t: t.rank == 0,
    "three": lambda t: 0 <= t.rank < 3,
    "listed": lambda t: t.rank >= 0,
    "tied": lambda t: t.tied,
}


def solver(w: World, count: int) -> tuple[float, float]:
    """Mean time of the search and of a mixed-integer program for the fewest changes, on the same cases."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - only this comparison needs it

    rng = np.random.default_rng(5)
    mine: list[float] = []
    theirs: list[float] = []
    while len(mine) < count:
        good, prior = truth(w, rng)
        bad = spoil(w, good, str(rng.choice(SLIPS)), rng)
        if bad is None:
            continue
        one = case(w, bad, prior)
        n, equations = len(one.values), one.part.system.equations
        started = time.process_time()
        localise(one.part.system, one.values, one.right, one.steps)
        mine.append(time.process_time() - started)
        a = np.zeros((len(equations), n))
        for k, equation in enumerate(equations):
            for i, factor in equation.items():
                a[k, i] = factor
        x = np.array(one.values, float)
        big = float(np.abs(x).max() * 2 + 100)
        eye = np.eye(n)
        limits = [
            LinearConstraint(np.hstack([a, 0 * a]), one.right, one.right),
            LinearConstraint(np.hstack([eye, -big * eye]), -np.inf, x),
            LinearConstraint(np.hstack([-eye, -big * eye]), -np.inf, -x),
        ]
        started = time.process_time()
        milp(
            np.r_[np.zeros(n), np.ones(n)], constraints=limits, integrality=np.r_[np.zeros(n), np.ones(n)],
            bounds=Bounds(np.zeros(2 * n), np.r_[np.full(n, np.inf), np.ones(n)]),
        )  # fmt: skip
        theirs.append(time.process_time() - started)
    return sum(mine) / len(mine), sum(theirs) / len(theirs)


def main() -> int:
    """Measure everything; 1 if a target is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    told: list[tuple[str, bool]] = []
    typed, live, controlled = world(typed=True), world(typed=False), world(typed=False, controls=True)
    print(f"typed totals, one slip, {count} trials a kind")
    single = [t for slip in SLIPS for t in _each(slip, typed, (slip,), count)]
    all_ = shown("  all", single)
    told.append(("single slips right >= 99 %", all_["first"] >= 99))
    told.append(("single slips listed 100 %", all_["listed"] == 100))
    told.append(("median < 2 ms", all_["median"] < 2))
    worst = all_["worst"]
    for several in (2, 3, 4):
        many = list(trials(typed, SLIPS, count, several))
        found = shown(f"{several} slips at once", many)
        told.append((f"{several} slips right >= 96 %", found["first"] >= 96))
        worst = max(worst, found["worst"])
    print("kinds the search does not know")
    unknown = shown("  all", [t for slip in UNKNOWN for t in _each(slip, typed, (slip,), count)])
    told.append(("unknown kinds right >= 90 %", unknown["first"] >= 90))
    told.append(("worst < 100 ms", max(worst, unknown["worst"]) < 100))
    print("live totals")
    kinds = (*SINGLE_CELL, "neighbour", "rows")
    found = shown("  all", [t for slip in kinds for t in _each(slip, live, (slip,), count)])
    told.append(("live: first >= 58 %", found["first"] >= 58))
    told.append(("live: first three >= 80 %", found["three"] >= 80))
    print("live totals with control totals")
    found = shown("  all", [t for slip in SINGLE_CELL for t in _each(slip, controlled, (slip,), count)])
    told.append(("control totals: single cells right 100 %", found["first"] == 100))
    for name, w in (("typed totals", typed), ("live totals", live), ("live totals with control totals", controlled)):
        print(f"{name}, slips that the catalogue was not made from")
        found = shown("  all", [t for slip in WIDER for t in _told(slip, list(wider(w, slip, count)))])
        told.append((f"{name}: nothing certain is wrong", found["wrong"] == 0))
    if compared := int(sys.argv[2]) if len(sys.argv) > 2 else 60:
        mine, theirs = solver(typed, compared)
        ratio = f"{1000 * theirs:.1f} ms against {1000 * mine:.2f} ms"
        print(f"a mixed-integer program (HiGHS) takes {theirs / mine:.0f} times as long: {ratio}")
    for target, holds in told:
        print(f"{'holds ' if holds else 'MISSED'} {target}")
    return 0 if all(holds for _, holds in told) else 1


def _each(name: str, w: World, slips: tuple[str, ...], count: int) -> list[Trial | None]:
    return _told(name, list(trials(w, slips, count)))


def _told(name: str, found: list[Trial | None]) -> list[Trial | None]:
    shown(f"  {name}", found)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
