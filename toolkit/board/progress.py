"""How far a round has come: units by state, who is to be reminded of what, and the geometry of the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from toolkit.board.breakdown import shared_headings
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Severity
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


def superseding(one: Standing) -> bool:
    """Whether a faulty correction follows the return that counts."""
    return bool(one.state.counts and one.newest and not one.newest.status.counts)


def weights(verdict: Verdict | None) -> tuple[int, int, int]:
    """How many errors (refusals among them), points to verify, and notes a verdict has."""
    if verdict is None:
        return 0, 0, 0
    errors = verdict.count(Severity.FATAL) + verdict.count(Severity.ERROR)
    return errors, verdict.count(Severity.VERIFY), verdict.count(Severity.NOTE)


#: What can happen to a return, and the word for it; the page draws each line in its own way.
KINDS: Mapping[str, str] = {"received": "收到", "accepted": "通过", "returned": "退回"}
#: Of a drawing that stretches with the page, so that a telephone can show it too; its words do not stretch.
_WIDTH, _HEIGHT, _LABELS = 1000.0, 100.0, 5


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """How many so far, as a path of steps; ``count`` is how many in the end."""

    kind: str
    label: str
    count: int
    path: str


@dataclass(frozen=True)
class Timeline:
    """Events of a round by day: ``days`` maps a day to the number of each kind."""

    days: Mapping[date, Counter[str]]
    due: date | None
    today: date

    @classmethod
    def of(cls, events: Sequence[tuple[str, str]], deadline: str, made: str) -> Timeline:
        """From pairs of a day and a kind; a kind that is not known is not drawn."""
        days: dict[date, Counter[str]] = {}
        for day, kind in sorted(events):
            if kind in KINDS:
                days.setdefault(date.fromisoformat(day), Counter())[kind] += 1
        due = date.fromisoformat(deadline) if deadline else None
        return cls(days, due, date.fromisoformat(made[:10]))

    @cached_property
    def _span(self) -> tuple[date, date]:
        known = [*self.days, self.today, *([self.due] if self.due else [])]
        return min(known) - timedelta(days=1), max(known)

    def percent(self, day: date) -> float:
        """Where a day stands, from left to right."""
        first, last = self._span
        return 100 * (day - first).days / (last - first).days

    @cached_property
    def most(self) -> int:
        """The height of the drawing."""
        return max([1, *self._totals.values()])

    @cached_property
    def _totals(self) -> Counter[str]:
        return sum(self.days.values(), Counter[str]())

    @cached_property
    def lines(self) -> tuple[TimelineLine, ...]:
        """A line a kind that occurs."""
        return tuple(
            TimelineLine(kind, label, count, self._steps(kind))
            for kind, label in KINDS.items()
            if (count := self._totals[kind])
        )

    def _steps(self, kind: str) -> str:
        so_far, parts = 0, [f"M0 {_HEIGHT:.0f}"]
        for day, counts in self.days.items():
            if counts[kind]:
                so_far += counts[kind]
                height = _HEIGHT - _HEIGHT * so_far / self.most
                parts.append(f"H{self.percent(day) * _WIDTH / 100:.1f}V{height:.1f}")
        return "".join([*parts, f"H{_WIDTH:.0f}"])

    @property
    def levels(self) -> list[tuple[int, float]]:
        """Numbers at the left edge, with their height in percent from below."""
        marks = {0, self.most // 2, self.most}
        return [(mark, 100 * mark / self.most) for mark in sorted(marks)]

    @property
    def labels(self) -> list[tuple[str, float]]:
        """Days named under the drawing, far enough apart to be read."""
        first, last = self._span
        days = (last - first).days
        step = -(-days // _LABELS)
        chosen = [last - timedelta(days=back) for back in range(0, days, step)]
        return [(f"{day.month}月{day.day}日", self.percent(day)) for day in reversed(chosen)]
