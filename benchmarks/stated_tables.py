"""A table that obeys every rule of a form and holds the figures that a text states.

The form's compiled rules are the rows of an integer programme: the stated figures are fixed, a broken rule costs more
than anything else, and of what is left the plainest table is taken (whole applications of natural persons, granted).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from toolkit.instrument.instrument import Instrument

Numbers = dict[str, Decimal]

#: Short names of figures -> the variables whose sum they are; any other name is such a pattern itself.
MEANS: Mapping[str, str] = {
    "new": "requests.new.total",
    "cin": "requests.carried_in.total",
    "closed": "requests.closed.total",
    "cout": "requests.carried_out.total",
    "natural": "requests.new.natural",
    "granted": "requests.granted.total",
    "partial": "requests.partial.total",
    "refused": "requests.refused_*.total",
    "unavail": "requests.unavailable_*.total",
    "declined": "requests.declined_*.total",
    "other": "requests.other_*.total",
    "state_secret": "requests.refused_state_secret.total",
    "other_law": "requests.refused_other_law.total",
    "enforcement": "requests.refused_enforcement.total",
    "not_held": "requests.unavailable_not_held.total",
    "to_create": "requests.unavailable_to_create.total",
    "other_nc": "requests.other_no_correction.total",
    "review": "disputes.review.total",
    "review_up": "disputes.review.upheld",
    "review_co": "disputes.review.corrected",
    "review_pend": "disputes.review.pending",
    "direct": "disputes.direct.total",
    "direct_up": "disputes.direct.upheld",
    "direct_co": "disputes.direct.corrected",
    "direct_pend": "disputes.direct.pending",
    "after": "disputes.after_review.total",
    "nm": "proactive.normative.made",
    "nr": "proactive.normative.repealed",
    "ni": "proactive.normative.in_force",
    "rm": "proactive.regulations.made",
    "rr": "proactive.regulations.repealed",
    "ri": "proactive.regulations.in_force",
    "licences": "proactive.licences.decisions",
    "penalties": "proactive.penalties.decisions",
    "coercion": "proactive.coercion.decisions",
}
#: What a figure costs that no text states: the dearer, the later it is taken; the first pattern that fits.
COSTS = (
    ("requests.granted.natural", 1.0),
    ("requests.other_rest.natural", 1.2),
    ("requests.unavailable_not_held.natural", 1.9),
    ("requests.carried_*.natural", 4.0),
    ("requests.new.*", 0.1),
    ("requests.*.natural", 2.0),
    ("requests.granted.*", 1.3),
    ("requests.*.business", 2.5),
    ("requests.*", 5.0),
    ("disputes.*.other", 0.5),
    ("*", 1.0),
)
BROKEN_RULE = 10_000.0
#: What a change costs: a stated figure moves last, and rather the results make up for a change than what is carried.
MOVED_STATED, CARRIED = 50.0, 3.0


class UnholdableError(ValueError):
    """No table holds these figures."""


class Tables:
    """Tables of one form. Rules that look at last year have no say."""

    def __init__(self, instrument: Instrument) -> None:
        self.names = instrument.names
        self._place = {name: i for i, name in enumerate(self.names)}
        checks = [*instrument.rules.formulas.values(), *instrument.rules.checks]
        kept = {one.key: one for one in checks if one.residual is not None and not one.prior}
        self._rules = [(one.op, one.residual or {}) for one in kept.values()]

    def variables(self, figure: str) -> tuple[str, ...]:
        """The variables whose sum a figure is; ValueError where the form has none of that name."""
        pattern = MEANS.get(figure, figure)
        found = tuple(name for name in self.names if fnmatchcase(name, pattern))
        if not found:
            raise ValueError(f"no figure of the form: {figure}")
        return found

    def value(self, numbers: Mapping[str, Decimal], figure: str) -> Decimal:
        """A figure in a table."""
        return sum((numbers[name] for name in self.variables(figure)), Decimal(0))

    def holding(self, figures: Mapping[str, int]) -> Numbers:
        """The plainest table with these figures; UnholdableError where there is none."""
        size = len(self.names)
        costs = np.array([next(cost for pattern, cost in COSTS if fnmatchcase(name, pattern)) for name in self.names])
        return self._numbers(self._solved(figures, costs, np.zeros((0, size)), np.zeros(0)))

    def changed(self, numbers: Mapping[str, Decimal], stated: Iterable[str], moved: Iterable[str], by: int) -> Numbers:
        """The table with the moved figures greater ``by`` so much, and as little else as the rules allow.

        Other stated figures change last of all. UnholdableError where no table can be made.
        """
        size = len(self.names)
        kept = {name for one in stated for name in self.variables(one)}
        weights = [MOVED_STATED if name in kept else CARRIED if "carried" in name else 1.0 for name in self.names]
        # Every variable is its old value plus what it gains less what it loses.
        moves = np.hstack([np.eye(size), -np.eye(size), np.eye(size)])
        old = np.array([float(numbers[name]) for name in self.names])
        costs = np.concatenate([np.zeros(size), weights, weights])
        wanted = {figure: int(self.value(numbers, figure)) + by for figure in moved}
        return self._numbers(self._solved(wanted, costs, moves, old))

    def _solved(
        self,
        figures: Mapping[str, int],
        costs: NDArray[np.float64],
        equal: NDArray[np.float64],
        sides: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Values of the variables at least cost: rules (with slack), figures, and the rows of ``equal``."""
        size, count, width = len(self.names), len(self._rules), len(costs)
        rows = np.zeros((count + len(figures), width + 2 * count))
        low = np.zeros(count + len(figures))
        high = np.zeros(count + len(figures))
        for i, (op, terms) in enumerate(self._rules):
            for key, factor in terms.items():
                if key is not None:
                    rows[i, self._place[key.name]] = float(factor)
            constant = -float(terms.get(None, Decimal(0)))
            low[i] = -np.inf if op in {"<", "<="} else constant
            high[i] = np.inf if op in {">", ">="} else constant
            rows[i, width + i], rows[i, width + count + i] = 1.0, -1.0
        for i, (figure, value) in enumerate(figures.items(), count):
            rows[i, [self._place[name] for name in self.variables(figure)]] = 1.0
            low[i] = high[i] = value
        limits = [LinearConstraint(rows, low, high)]
        if len(equal):
            limits.append(LinearConstraint(np.hstack([equal, np.zeros((size, 2 * count))]), sides, sides))
        result = milp(
            np.concatenate([costs, np.full(2 * count, BROKEN_RULE)]),
            constraints=limits,
            bounds=Bounds(0, np.inf),
            integrality=np.ones(width + 2 * count),
        )
        if result.x is None:
            raise UnholdableError(f"no table holds {dict(figures)}")
        return np.rint(np.asarray(result.x[:size], dtype=np.float64))

    def _numbers(self, values: NDArray[np.float64]) -> Numbers:
        return {name: Decimal(int(value)) for name, value in zip(self.names, values, strict=True)}
