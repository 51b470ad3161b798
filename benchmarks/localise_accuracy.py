"""Learns and measures with what probability the localiser names the wrong cell, on tables of the 2021 form.

``python benchmarks/localise_accuracy.py [CASES]`` prints what is told on slips and tables that nothing was learnt from,
and ends with 1 if a target is missed; ``python benchmarks/localise_accuracy.py learn [CASES]`` makes
``toolkit/checks/localisation/learnt.json`` anew. Both are seeded. Offices are simulated (4 to 15,000 applications, the
rows shared out as in a published report, and far from it), or they are the tables of the samples. Times are processor
time.
"""

from __future__ import annotations

import json
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
from desk_slips import (
    CLOSED,
    COLUMNS,
    HELD_OUT,
    IN,
    LEARNT,
    OUT,
    RESULTS,
    ROWS,
    SINGLE,
    TOTAL,
    USUAL,
    Desk,
    Grid,
    spoilt,
)
from numpy.random import Generator

from toolkit.checks.localisation.calibration import Judgement, Learnt, localise
from toolkit.checks.localisation.system import EquationGroup, FilledEquations, equation_groups, filled_equations
from toolkit.instrument import catalogue
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Identity, Return, Submission

ROOT = Path(__file__).parents[1]
FORM, TABLE = "zfxxgk-2021", "requests"
MODES = ("typed", "live", "control")
#: How a city's 3,486 closed applications of 2023 fell on the result rows, as published: the rows are not alike.
SHARES = np.array([1191, 328, 0, 27, 6, 38, 20, 9, 21, 21, 1047, 28, 3, 305, 39, 0, 58, 4, 40, 10, 291])
#: Rows whose totals an office's text may state, and how often.
STATED = {0: 0.6, 23: 0.4, 2: 0.3, 3: 0.2, 12: 0.25, 1: 0.25, 24: 0.25, 22: 0.1}
STATED_RIGHT = 0.93
LEARNING, MEASURING = 1, 2


# ---------------------------------------------------------------- offices


def filled(grid: Grid) -> Grid:
    """The table with its totals added up."""
    for c in range(TOTAL):
        grid[CLOSED][c] = sum(grid[r][c] for r in RESULTS)
    for row in grid:
        row[TOTAL] = sum(row[:TOTAL])
    return grid


def year(draw: Generator, size: int, share: np.ndarray, mix: np.ndarray, left: np.ndarray) -> Grid:
    """One year of an office that gets ``size`` applications."""
    grid = [[0] * COLUMNS for _ in range(ROWS)]
    new, old = draw.multinomial(size, share), draw.multinomial(draw.binomial(size, left[0]), share)
    for c in range(TOTAL):
        out = draw.binomial(new[c] + old[c], left[1])
        grid[0][c], grid[IN][c], grid[OUT][c] = int(new[c]), int(old[c]), int(out)
        counts = draw.multinomial(new[c] + old[c] - out, draw.dirichlet(mix * 60 + 1e-3))
        for r, value in zip(RESULTS, counts, strict=True):
            grid[r][c] = int(value)
    return filled(grid)


def office(draw: Generator) -> tuple[Grid, Grid]:
    """A right table, and last year's of the same office, whose carried-out row is this year's carried-in."""
    usual = (SHARES + 8) * np.exp(draw.normal(0, 0.8, len(SHARES)))
    mix = draw.dirichlet(usual / usual.sum() * draw.choice([8, 30, 100]) + 1e-3)
    share = draw.dirichlet(np.array([0.85, 0.07, 0.005, 0.005, 0.02, 0.02]) * draw.choice([5, 15, 60]) + 1e-3)
    size = int(np.exp(draw.uniform(np.log(4), np.log(15000))))
    left = draw.beta(1, 15, 2)
    now = year(draw, size, share, draw.dirichlet(mix * 100 + 1e-3), left)
    last = year(draw, max(1, int(size * np.exp(draw.normal(0, 0.35)))), share, mix, left)
    for c in range(TOTAL):
        last[OUT][c] = now[IN][c]
    return now, filled(last)


def sampled() -> list[Grid]:
    """The tables of the samples that add up, as published or made up."""
    out = []
    for path in sorted((ROOT / "samples" / "returns").rglob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("numbers", {}).get(TABLE, {})
        rows = [table.get(row, {}) for row in world("live").rows]
        if any(not isinstance(figure, int) for row in rows for figure in row.values()):
            continue
        grid = filled([[row.get(c, 0) for c in world("live").columns] for row in rows])
        balanced = min(map(min, grid)) >= 0 and all(
            grid[0][c] + grid[IN][c] == grid[CLOSED][c] + grid[OUT][c] for c in range(TOTAL)
        )
        if balanced and grid[0][TOTAL] and grid not in out:
            out.append(grid)
    return out


# ---------------------------------------------------------------- cases


@dataclass(frozen=True)
class World:
    """The form with its equations, its totals typed, live, or with control totals."""

    kind: Instrument
    group: EquationGroup
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    mode: str

    def name(self, r: int, c: int) -> str:
        """The variable at a place of the table; in column 6 with control totals that of the control total."""
        if self.mode == "control" and c == TOTAL:
            return f"control_{TABLE}.{self.rows[r]}_{self.columns[c]}.control"
        return f"{TABLE}.{self.rows[r]}.{self.columns[c]}"


WORLDS: dict[str, World] = {}


def world(mode: str) -> World:
    """One of the three, made once."""
    if mode not in WORLDS:
        kind = load(FORM + (CONTROLS if mode == "control" else ""))
        block = kind.form.table(TABLE).blocks[0]
        typed = frozenset(kind.rules.formulas if mode == "typed" else ())
        group = next(g for g in equation_groups(kind, typed) if any(name.startswith(TABLE) for name in g.cells))
        WORLDS[mode] = World(kind, group, tuple(r.id for r in block.rows), tuple(c.id for c in block.columns), mode)
    return WORLDS[mode]


@dataclass(frozen=True)
class Case:
    """A spoilt table with what is known beside it: last year's table, and row totals that the unit's text states."""

    mode: str
    kind: str
    printed: Grid
    right: Grid
    last: Grid | None
    stated: Mapping[int, int]

    def equations(self) -> FilledEquations:
        """The equations of the return that holds the printed figures."""
        w = world(self.mode)
        places = [(r, c) for r in range(ROWS) for c in range(COLUMNS)]
        held = {w.name(r, c): Decimal(self.printed[r][c]) for r, c in places}
        before = (
            {f"{TABLE}.{w.rows[r]}.{w.columns[c]}": Decimal(self.last[r][c]) for r, c in places} if self.last else {}
        )
        content = Return(
            file="", sha256="", identity=Identity(), unit="", period="", numbers=held, prior=before,
            overwritten=frozenset(w.kind.rules.formulas if self.mode == "typed" else ()),
        )  # fmt: skip
        stated = [(frozenset({f"{TABLE}.{w.rows[r]}.{w.columns[TOTAL]}"}), Decimal(n)) for r, n in self.stated.items()]
        found = filled_equations(w.group, w.kind, Submission(content=content), stated)
        assert found is not None
        return found

    def truth(self, case: FilledEquations) -> dict[int, int]:
        """The right figures of the wrong cells."""
        w, index = world(self.mode), {name: i for i, name in enumerate(case.part.cells)}
        places = [(r, c) for r in range(ROWS) for c in range(COLUMNS) if w.name(r, c) in index]
        return {index[w.name(r, c)]: self.right[r][c] for r, c in places if self.right[r][c] != self.printed[r][c]}


def text(now: Grid, last: Grid, draw: Random) -> dict[int, int]:
    """Row totals as an office's text states them; some are wrong, or last year's."""
    out, much = {}, draw.random() < 0.5
    for r, share in STATED.items():
        if draw.random() < (0.9 if much else share):
            wrong = draw.choice([last[r][TOTAL], now[r][TOTAL] + draw.choice([-9, -1, 1, 10])])
            out[r] = now[r][TOTAL] if draw.random() < STATED_RIGHT else max(0, wrong)
    return out


def simulated(count: int, seed: int, kinds: Mapping[str, object], beside: float = 0.5) -> Iterator[Case]:
    """Cases of simulated offices, each with last year or a text at hand as often as ``beside`` says."""
    draw, numbers, names = Random(seed), np.random.default_rng(seed), sorted(kinds)  # noqa: S311 - seeded, no secret
    for _ in range(count):
        now, last = office(numbers)
        kind = draw.choice(names)
        desk = Desk(now, last, draw.choice(MODES))
        known = last if draw.random() < beside else None
        stated = text(now, last, draw) if draw.random() < beside else {}
        printed, wrong = spoilt(desk, {**LEARNT, **HELD_OUT}[kind], draw)
        if wrong:
            yield Case(desk.mode, kind, printed, now, known, stated)


def on_samples(each: int, seed: int, kinds: Mapping[str, object], *, beside: bool) -> Iterator[Case]:
    """Slips in the tables of the samples; last year's is made up from this year's."""
    numbers = np.random.default_rng(seed)
    tables = sampled()
    for mode in MODES:
        for name in kinds:
            draw = Random(f"{seed}{mode}{name}")  # noqa: S311 - seeded, no secret
            for _ in range(each):
                now = draw.choice(tables)
                last = filled([[int(v * numbers.gamma(9) / 9 + 0.5) for v in row] for row in now])
                for c in range(TOTAL):
                    last[OUT][c] = now[IN][c]
                printed, wrong = spoilt(Desk(now, filled(last), mode), {**LEARNT, **HELD_OUT}[name], draw)
                if wrong:
                    six = {r: now[r][TOTAL] for r in (0, 2, 3, 12, 23, 24)}
                    yield Case(mode, name, printed, now, last if beside else None, six if beside else {})


# ---------------------------------------------------------------- what comes of a case


@dataclass(frozen=True)
class Result:
    """What came of one statement about a case: of all that fails together.

    ``right`` tells that the first explanation is exactly what happened, ``within`` that one of the first three is.
    """

    mode: str
    kind: str
    judgement: Judgement | None
    right: bool = False
    within: bool = False
    seconds: float = 0.0


def judged(case: Case, known: Learnt | None = None) -> list[Result]:
    """What is told of a case; nothing where it is not visible, one result without a judgement where nothing is told."""
    one = case.equations()
    system = one.part.system
    started = time.process_time()
    told = localise(one, load(FORM).form.shares, known)
    seconds = time.process_time() - started
    if not told:
        failing = system.residuals(one.values, one.right)
        return [Result(case.mode, case.kind, None, seconds=seconds)] if failing else []
    truth, out = case.truth(one), []
    for j in told:
        cells = {cell for k in j.equations for cell in system.equations[k]}
        wanted = {cell: value for cell, value in truth.items() if cell in cells}
        within = any(e.cells == wanted for e in j.ranked)
        out.append(Result(case.mode, case.kind, j, j.ranked[0].cells == wanted, within, seconds / len(told)))
    return out


def _chunk(what: tuple[str, int, int, tuple[str, ...], bool, Learnt | None]) -> list[Result]:
    source, count, seed, kinds, beside, known = what
    if source == "samples":
        cases = on_samples(count, seed, dict.fromkeys(kinds), beside=beside)
    else:
        cases = simulated(count, seed, dict.fromkeys(kinds), 1.0 if beside else 0.5)
    return [result for case in cases for result in judged(case, known)]


def results(  # noqa: PLR0913 - what is measured has as many sides
    source: str, count: int, seed: int, kinds: Sequence[str] = (), *, beside: bool = False, known: Learnt | None = None
) -> list[Result]:
    """The results of many cases, on two processors."""
    parts = 8
    tasks = [(source, -(-count // parts), seed * 1000 + i, tuple(kinds), beside, known) for i in range(parts)]
    with ProcessPoolExecutor(2) as pool:
        return [result for part in pool.map(_chunk, tasks) for result in part]


# ---------------------------------------------------------------- learning


def shares() -> dict[str, list[float]]:
    """The mean share of each row in its column, and its shape, over simulated offices of at least 20 applications."""
    draw, w, seen = np.random.default_rng(LEARNING), world("live"), []
    for _ in range(4000):
        now, _ = office(draw)
        size = now[0][0] + now[IN][0]
        if size >= 20:
            seen.append(([now[r][0] / size for r in range(ROWS)], size))
    found, sizes = np.array([one for one, _ in seen]), np.array([size for _, size in seen])
    mean = found.mean(0).clip(5e-4)
    spread = (found.var(0) - (mean[None, :] / sizes[:, None]).mean(0)).clip(1e-9)
    shape = (mean**2 / spread).clip(0.15, 20)
    return {
        f"{TABLE}.{row}": [round(float(m), 5), round(float(s), 3)]
        for row, m, s in zip(w.rows, mean, shape, strict=True)
    }


def curve(pairs: list[tuple[float, bool]]) -> tuple[list[float], list[float]]:
    """The share that is right by value, never falling: pool adjacent violators (isotonic regression).

    In each step half a case is added that is wrong: what was always right is not sure for that.
    """
    pairs = sorted(pairs)
    size, blocks = max(30, len(pairs) // 25), list[list[float]]()
    for i in range(0, len(pairs), size):
        part = pairs[i : i + size]
        if len(part) < size and blocks:
            blocks[-1][1] += sum(right for _, right in part)
            blocks[-1][2] += len(part)
        else:
            blocks.append([part[0][0], sum(right for _, right in part), len(part)])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1][1] += last[1]
            blocks[-1][2] += last[2]
    shares = accumulate((round(block[1] / (block[2] + 0.5), 4) for block in blocks), max)
    return [block[0] for block in blocks[1:]], list(shares)


def learn(cases: int) -> None:
    """Make the file of what is learnt anew."""
    lines = [f'"{name}" = [{mean}, {shape}]' for name, (mean, shape) in shares().items()]
    place = ROOT / "workbook_templates" / FORM / "shares.toml"
    heads = [line for line in place.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    place.write_text("\n".join([*heads, *lines]) + "\n", encoding="utf-8")
    catalogue._load.cache_clear()  # noqa: SLF001 - the form has just changed
    known = Learnt({})
    points: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    seen = results("simulated", cases, LEARNING, sorted(LEARNT), known=known)
    # What last year and texts say is rarer; as many again are drawn with both at hand.
    for one in seen + results("simulated", cases, LEARNING + 10, sorted(LEARNT), beside=True, known=known):
        if j := one.judgement:
            for group in (j.group, j.group.rpartition(":")[0]):
                points[f"first|{group}"].append((round(j.lead, 3), one.right))
                points[f"list|{group}"].append((round(sum(j.shares), 4), one.within))
    curves = {name: curve(pairs) for name, pairs in sorted(points.items()) if len(pairs) >= 15}
    path = ROOT / "toolkit" / "checks" / "localisation" / "learnt.json"
    told: dict[str, list[str]] = defaultdict(list)
    for name, drawn in curves.items():
        told[name.partition(":")[0]].append(f"{json.dumps(name)}: {json.dumps(drawn, separators=(',', ':'))}")
    lines = [", ".join(several) for several in told.values()]
    path.write_text('{"curves": {\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


# ---------------------------------------------------------------- reporting


def percent(part: int, whole: int) -> float:
    return 100 * part / max(1, whole)


def report(name: str, found: Sequence[Result], mode: str) -> dict[str, float]:
    """Print a line; its figures."""
    mine = [one for one in found if one.mode == mode]
    sure = [one for one in mine if one.judgement and one.judgement.certain]
    lists = [one for one in mine if one.judgement and not one.judgement.certain and one.judgement.shown]
    wrong, held = sum(not one.right for one in sure), sum(one.within for one in lists)
    times = [1000 * one.seconds for one in mine] or [0.0]
    print(
        f"  {name:<24} {mode:<8} visible {len(mine):5d}  certain {percent(len(sure), len(mine)):5.1f} %"
        f"  wrong {wrong:3d} of {len(sure):5d} = {percent(wrong, len(sure)):4.1f} %"
        f"  lists {len(lists):5d}, with the truth {percent(held, len(lists)):5.1f} %"
        f"  first right {percent(sum(one.right for one in mine), len(mine)):5.1f} %"
        f"  median {median(times):5.2f} ms, 99 of 100 {sorted(times)[len(times) * 99 // 100]:5.1f}"
    )
    return {
        "certain": percent(len(sure), len(mine)),
        "wrong": percent(wrong, len(sure)),
        "lists": percent(held, len(lists)),
    }


def reliability(found: Sequence[Result]) -> None:
    """Print what was said against what was right."""
    bounds = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01]
    for low, high in pairwise(bounds):
        some = [one for one in found if one.judgement and low <= one.judgement.probability < high]
        if some:
            said = sum(one.judgement.probability for one in some if one.judgement) / len(some)
            print(f"    said {said:.3f}  right {sum(one.right for one in some) / len(some):.3f}  cases {len(some)}")


def by_kind(found: Sequence[Result]) -> None:
    """Print what is told of each kind."""
    for mode, kind in sorted({(one.mode, one.kind) for one in found}):
        told: Counter[str] = Counter()
        for one in (one for one in found if (one.mode, one.kind) == (mode, kind)):
            j = one.judgement
            if j and j.certain:
                told["certain" if one.right else f"WRONG {j.group}"] += 1
            else:
                told["not told" if not j or not j.shown else "listed" if one.within else "listed without"] += 1
        print(f"    {mode:<8} {kind:<32} {dict(told.most_common())}")


def main() -> int:
    """Learn, or measure everything; 1 if a target is missed."""
    words = sys.argv[1:]
    if words[:1] == ["learn"]:
        learn(int(words[1]) if len(words) > 1 else 22000)
        return 0
    count = int(words[0]) if words else 6000
    each = max(1, count // 400)
    told: list[tuple[str, bool]] = []
    everything = {
        "kinds held out": results("simulated", count, MEASURING, sorted(HELD_OUT)),
        "kinds learnt, other seeds": results("simulated", count, MEASURING + 1, sorted(LEARNT)),
        "samples' tables, usual": results("samples", each, MEASURING + 2, USUAL),
        "samples' tables, others": results("samples", each, MEASURING + 3, sorted({*LEARNT, *HELD_OUT} - {*USUAL})),
        "last year, text at hand": results("samples", each, MEASURING + 4, USUAL, beside=True),
    }
    for name, found in everything.items():
        for mode in MODES:
            got = report(name, found, mode)
            told.append((f"{name}, {mode}: at most 2 % of what is certain is wrong", got["wrong"] <= 2))
            if mode == "live" and ("usual" in name or "at hand" in name):
                told.append((f"{name}: live lists hold the truth in 80 %", got["lists"] >= 80))
            if mode == "live" and "at hand" in name:
                told.append((f"{name}: 45 % of live cases are certain", got["certain"] >= 45))
    told.append(("median below 1 ms", 1000 * median(one.seconds for found in everything.values() for one in found) < 1))
    single = [one for found in everything.values() for one in found if one.mode == "typed" and one.kind in SINGLE]
    sure = sum(one.right and one.judgement is not None and one.judgement.certain for one in single)
    print(
        f"  a single cell, typed totals: right and certain {sure} of {len(single)} = {percent(sure, len(single)):.1f} %"
    )
    told.append(("a single cell with typed totals is certain and right in 99 %", percent(sure, len(single)) >= 99))
    for name, found in everything.items():
        print(f"  reliability, {name}")
        reliability(found)
        if "-v" in words:
            by_kind(found)
    for target, holds in told:
        print(f"{'holds ' if holds else 'MISSED'} {target}")
    return 0 if all(holds for _, holds in told) else 1


if __name__ == "__main__":
    raise SystemExit(main())
