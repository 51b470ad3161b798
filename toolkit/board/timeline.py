"""Geometry of the timeline. Shapes stretch with the page and words do not, so that a telephone can show it too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

#: What can happen to a return, and the word for it; the page draws each line in its own way.
KINDS: Mapping[str, str] = {"received": "收到", "accepted": "通过", "returned": "退回"}
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
    today: date | None

    @classmethod
    def of(cls, events: Sequence[tuple[str, str]], deadline: str, made: str) -> Timeline:
        """From pairs of a day and a kind; a kind that is not known is not drawn."""
        days: dict[date, Counter[str]] = {}
        for day, kind in sorted(events):
            if kind in KINDS:
                days.setdefault(date.fromisoformat(day), Counter())[kind] += 1
        due = date.fromisoformat(deadline) if deadline else None
        return cls(days, due, date.fromisoformat(made[:10]) if made else None)

    @cached_property
    def _span(self) -> tuple[date, date]:
        known = [*self.days, *(day for day in (self.due, self.today) if day)]
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
        found = [(kind, label, self._totals[kind]) for kind, label in KINDS.items()]
        return tuple(TimelineLine(kind, label, n, self._steps(kind)) for kind, label, n in found if n)

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

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """Each day's numbers, for those who would rather read."""
        return [(day.isoformat(), [counts[kind] for kind in KINDS]) for day, counts in self.days.items()]
