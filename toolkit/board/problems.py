"""Findings by rule and by unit: what each rule demands, where it fails, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from toolkit.board.progress import superseding, weights
from toolkit.instrument.instrument import Instrument, demand
from toolkit.model.codes import built_in
from toolkit.model.finding import Finding, Severity
from toolkit.model.standing import Standing

#: So many findings are told in full, of one unit and of all.
_EACH, _LISTED = 40, 500
#: A rule as found with one severity: the same rule may be an error here and a point to verify there.
Column = tuple[str, Severity]


@dataclass(frozen=True)
class Problem:
    """A unit and what was found in its returns: in the newest, and in the one that counts where that is another."""

    standing: Standing
    parts: tuple[tuple[str, tuple[Finding, ...]], ...]
    listed: bool = True

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings in both returns."""
        return tuple(finding for _, found in self.parts for finding in found)

    @cached_property
    def counts(self) -> Mapping[Column, int]:
        """How often each rule failed."""
        return Counter((f.rule, f.severity) for f in self.findings)

    @property
    def is_row(self) -> bool:
        """Whether it is in the map of findings, which leaves out the notes."""
        return any(severity is not Severity.NOTE for _, severity in self.counts)

    @property
    def shown(self) -> list[tuple[str, tuple[Finding, ...], int]]:
        """The findings told in full, and how many are not."""
        return [(label, found[:_EACH], max(0, len(found) - _EACH)) for label, found in self.parts]


class RuleLine(NamedTuple):
    """A rule that found something: what it demands, how many units it found it in, and how often."""

    column: Column
    label: str
    title: str
    units: int
    times: int


def problems(standings: Sequence[Standing]) -> list[Problem]:
    """The units with findings, the worst first; only so many are told in full as a page can hold."""
    found = [Problem(one, parts) for one in standings if (parts := tuple(_parts(one)))]
    found.sort(
        key=lambda one: (
            not one.standing.state.open,
            *(-n for n in weights(one.standing.newest or one.standing.verdict)),
        )
    )
    told = accumulate(min(_EACH, len(one.findings)) for one in found)
    return [replace(one, listed=so_far <= _LISTED) for one, so_far in zip(found, told, strict=True)]


def rule_lines(instrument: Instrument, found: Sequence[Problem]) -> list[RuleLine]:
    """The rules that found something, the worst first; notes come last."""
    units: Counter[Column] = Counter()
    times: Counter[Column] = Counter()
    for problem in found:
        units.update(problem.counts.keys())
        times.update(problem.counts)
    columns = sorted(times, key=lambda one: (one[1].rank, -times[one], one[0]))
    often = Counter(rule for rule, severity in columns if severity is not Severity.NOTE)
    labels = {one: f"{one[0]} {one[1].label}" if often[one[0]] > 1 else one[0] for one in columns}
    return [RuleLine(one, labels[one], title_of(instrument, one[0]), units[one], times[one]) for one in columns]


def title_of(instrument: Instrument, code: str) -> str:
    """What a rule of the form demands, or what a built-in code means; a form's rule may have several parts."""
    if checks := instrument.rules.rule(code):
        first = {check.rule.path: check for check in reversed(checks)}
        return "；".join(dict.fromkeys(demand(instrument, check) for check in reversed(first.values())))
    known = built_in(code)
    return known.heading if known else ""


def _parts(one: Standing) -> list[tuple[str, tuple[Finding, ...]]]:
    told = [("", one.newest or one.verdict)]
    if superseding(one):
        told = [("（没有通过，未采用）", one.newest), ("（计入汇总）", one.verdict)]
    return [
        (label and f"第 {verdict.revision} 版{label}", tuple(sorted(verdict.findings, key=lambda f: f.severity.rank)))
        for label, verdict in told
        if verdict and verdict.findings
    ]
