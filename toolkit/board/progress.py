"""How far a round has come: units by state, who is to be reminded, day by day; what was found, by rule and unit.

Of each rule: what it demands, where it fails, and how often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, takewhile
from typing import NamedTuple

from toolkit.instrument.instrument import Instrument, demand
from toolkit.model.codes import built_in
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Verdict
from toolkit.model.standing import Standing, State
from toolkit.workbook.annotation.marks import lines_of

#: The order of the bar: what is done, what is to be done, what does not matter.
_ORDER = [*map(State, ("accepted", "explained", "returned", "undecided", "unusable", "missing", "excluded"))]
#: What is expected of whom.
_GROUPS = {
    State.MISSING: "还没有报送",
    State.RETURNED: "需要修改后重新报送",
    State.UNUSABLE: "交来的文件不能用，怎么办见“待发送”里给该单位的消息",
}


def by_state(standings: Sequence[Standing]) -> dict[State, int]:
    """How many units are in each state that occurs; every unit is in one of them."""
    counts = Counter(one.state for one in standings)
    return {state: counts[state] for state in _ORDER if counts[state]}


def reminders(instrument: Instrument, standings: Sequence[Standing]) -> dict[str, list[tuple[Standing, str]]]:
    """Of whom something is expected, and what: by what they have in common."""
    groups: dict[str, list[tuple[Standing, str]]] = {title: [] for title in _GROUPS.values()}
    for one in standings:
        title = "更正没有通过，仍按前一版计入" if superseding(one) else _GROUPS.get(one.state)
        if title and not one.blameless:
            groups.setdefault(title, []).append((one, _need(instrument, one)))
    return {title: found for title, found in groups.items() if found}


def _need(instrument: Instrument, one: Standing) -> str:
    """What is expected of a unit; things to correct as its notice counts them."""
    verdict = one.newest or one.verdict
    if one.state in {State.MISSING, State.UNUSABLE} or verdict is None:
        return one.reason or one.label
    due = sum(line.severity is not Severity.NOTE for line in lines_of(instrument, verdict))
    which = f"第 {verdict.revision} 版" if verdict.revision else "新报的一版"
    counting = f"，现按第 {one.revision} 版计入" if one.state.counts else ""
    return f"{which}有 {due} 项要改正或说明{counting}"


def areas_above(standings: Sequence[Standing]) -> Callable[[Standing], str]:
    """What tells where a unit belongs: the areas above it, without those that all units share."""
    shared = shared_headings([one.path for one in standings if one.path])
    return lambda one: " / ".join(one.path[shared:])


def shared_headings(paths: Sequence[tuple[str, ...]]) -> int:
    """How many headings all paths begin with; the last of each tells it apart in any case."""
    levels = zip(*(path[:-1] for path in paths), strict=False)
    return sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))


def superseding(one: Standing) -> bool:
    """Whether a faulty correction follows the return that counts."""
    return bool(one.state.counts and one.newest and not one.newest.status.counts)


def weights(verdict: Verdict | None) -> tuple[int, int, int]:
    """How many errors (refusals among them), points to verify, and notes a verdict has."""
    if verdict is None:
        return 0, 0, 0
    errors = verdict.count(Severity.FATAL) + verdict.count(Severity.ERROR)
    return errors, verdict.count(Severity.VERIFY), verdict.count(Severity.NOTE)


#: What can happen to a return, and the word for it.
KINDS: Mapping[str, str] = {"received": "收到", "accepted": "通过", "returned": "退回"}


def by_day(events: Sequence[tuple[str, str]]) -> dict[str, tuple[int, ...]]:
    """How many of each of `KINDS` there were on a day, from pairs of a day and a kind; other kinds are left out."""
    counts = Counter(events)
    days = sorted({day for day, kind in counts if kind in KINDS})
    return {day: tuple(counts[day, kind] for kind in KINDS) for day in days}


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
