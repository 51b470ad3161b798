"""The localiser beside an integer programme that only looks for the fewest cells."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

import numpy as np
from desk_slips import HELD_OUT, LEARNT
from localise_accuracy import FORM, simulated
from scipy.optimize import Bounds, LinearConstraint, milp

from toolkit.checks.localisation.calibration import localise
from toolkit.checks.localisation.system import FilledEquations
from toolkit.instrument.catalogue import load

from .measure import cpu, fresh, ratio
from .options import Options
from .page import Section, Table

_MODES = {"typed": "totals typed over", "live": "live totals", "control": "control totals"}


def localiser(options: Options) -> Section:
    """Milliseconds a return with a slip."""
    found = fresh("localiser", "compared", options.cases)
    rows = []
    for mode, name in _MODES.items():
        if mode not in found:
            continue
        ours, theirs = ([pair[n] for pair in found[mode]] for n in (0, 1))
        rows.append((name, len(ours), median(ours), max(ours), median(theirs), ratio(theirs, ours)))
    pairs = [pair for mode in found.values() for pair in mode]
    heads = ("totals", "cases", "ours: median ms", "ours: worst", "HiGHS: median ms", "times ours")
    facts = {"localise": median(a for a, _ in pairs), "HiGHS": ratio([b for _, b in pairs], [a for a, _ in pairs])}
    notes = (
        "HiGHS (`scipy.optimize.milp`) gives one smallest set of cells; ours the likeliest slips, with probabilities.",
        "How often ours is right is measured by `benchmarks/localise_accuracy.py`.",
    )
    return Section("Localiser", [Table(heads, [*rows])], notes, facts)


def compared(count: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of both, case by case, by how the totals are kept; kinds of slips learnt and held out."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number, case in enumerate(simulated(count, 16, {**LEARNT, **HELD_OUT})):
        one = case.equations()
        if not one.part.system.residuals(one.values, one.right):
            continue
        begun = cpu()
        localise(one, load(FORM).form.shares)
        between = cpu()
        fewest(one)
        if number:
            found[case.mode].append(((between - begun) * 1000, (cpu() - between) * 1000))
    return found


def fewest(one: FilledEquations) -> int:
    """How many cells have to change at least, whole and not negative, so that every equation holds."""
    cells, equations = len(one.values), one.part.system.equations
    matrix = np.zeros((len(equations), 2 * cells))
    for row, equation in enumerate(equations):
        for cell in equation:
            matrix[row, cell] = equation[cell]
    values = np.array(one.values, dtype=float)
    held = LinearConstraint(matrix, *2 * [np.array(one.right) - matrix[:, :cells] @ values])
    most = 2 * float(np.abs(values).max()) + 1
    unit = np.eye(cells)
    only = [
        LinearConstraint(np.hstack([unit, -most * unit]), ub=np.zeros(cells)),
        LinearConstraint(np.hstack([unit, most * unit]), lb=np.zeros(cells)),
    ]
    bounds = Bounds(
        np.concatenate([np.minimum(-values, 0), np.zeros(cells)]),
        np.concatenate([np.full(cells, most), np.ones(cells)]),
    )
    chosen = np.concatenate([np.zeros(cells), np.ones(cells)])
    done = milp(chosen, constraints=[held, *only], bounds=bounds, integrality=np.ones(2 * cells))
    return round(done.fun) if done.x is not None else -1
