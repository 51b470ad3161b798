"""How far a round has come: units by state, who is to be reminded of what, and what happened day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

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
