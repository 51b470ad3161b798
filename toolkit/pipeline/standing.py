"""Where every unit of a round stands, by the rules that decide which revision counts.

The newest revision that passed counts. A faulty correction does not replace an accepted return; a withdrawn revision
does not count; a pinned one counts as long as it passes. The clerk's decisions are events in the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from toolkit.collection.entries import Event
from toolkit.collection.entries import Revision
from toolkit.collection.machine import local
from toolkit.collection.roster import Role
from toolkit.collection.roster import Unit
from toolkit.errors import UsageError
from toolkit.model.finding import Status
from toolkit.model.returns import Verdict
from toolkit.model.standing import Standing
from toolkit.model.standing import State
from toolkit.pipeline.rounds import Round

_STATES = {
    Status.ACCEPTED: State.ACCEPTED,
    Status.EXPLAINED: State.EXPLAINED,
    Status.RETURNED: State.RETURNED,
    Status.FOREIGN: State.UNUSABLE,
    Status.UNREADABLE: State.UNUSABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A revision with its verdict, when it came and under which name."""

    revision: int
    verdict: Verdict
    received: str
    name: str


@dataclass(slots=True)
class _Wishes:
    """What the clerk decided about a unit's revisions."""

    pinned: int = 0
    withdrawn: set[int] = field(default_factory=set)


def standings(round_: Round) -> list[Standing]:
    """Every unit of the roster that is to report, and the excluded ones, in the roster's order."""
    revisions = round_.ledger.revisions()
    arrivals = {arrival.seq: arrival for arrival in round_.ledger.arrivals()}
    wishes = _wishes(round_.ledger.events())
    unusable = _unusable(round_, revisions)
    excluded = {unit.code: reason for unit, reason in round_.roster.excluded()}
    out: list[Standing] = []
    for unit in round_.roster.units:
        if unit.role is Role.NODE and unit.code not in excluded:
            continue
        sent = [
            _sent(round_, one, arrivals[one.arrival].received, arrivals[one.arrival].name)
            for one in revisions.get(unit.code, [])
        ]
        if unit.code in excluded:
            out.append(_plain(round_, unit, State.EXCLUDED, excluded[unit.code]))
        else:
            out.append(_standing(round_, unit, sent, wishes.get(unit.code, _Wishes()), unusable.get(unit.code)))
    return out


def sent_by(round_: Round, unit: str) -> list[Sent]:
    """All revisions of a unit, oldest first."""
    arrivals = {arrival.seq: arrival for arrival in round_.ledger.arrivals()}
    mine = round_.ledger.revisions().get(unit, [])
    return [_sent(round_, one, arrivals[one.arrival].received, arrivals[one.arrival].name) for one in mine]


def decide(round_: Round, kind: str, unit: Unit, revision: int, reason: str) -> None:
    """Write down that the clerk pins (``pin``), frees (``unpin``) or withdraws (``withdraw``) a revision."""
    sent = {one.revision: one for one in sent_by(round_, unit.code)}
    if not reason.strip():
        raise UsageError("--reason：请写明原因，以后查得到。")
    if kind != "unpin" and revision not in sent:
        have = "、".join(map(str, sent)) or "（还没有收到）"
        raise UsageError(f"“{unit.name}”没有第 {revision} 版，现有：{have}。")
    if kind == "pin" and not sent[revision].verdict.status.counts:
        raise UsageError(f"“{unit.name}”第 {revision} 版没有通过核对，不能指定。请先退回修改。")
    round_.ledger.note(Event(round_.stamp, unit.code, kind, revision, reason.strip()))


def _wishes(events: Sequence[Event]) -> Mapping[str, _Wishes]:
    out: dict[str, _Wishes] = {}
    for event in events:
        mine = out.setdefault(event.unit, _Wishes())
        if event.kind == "pin":
            mine.pinned = event.revision
            mine.withdrawn.discard(event.revision)
        elif event.kind == "unpin":
            mine.pinned = 0
        elif event.kind == "withdraw":
            mine.withdrawn.add(event.revision)
            if mine.pinned == event.revision:
                mine.pinned = 0
    return out


def _sent(round_: Round, one: Revision, received: str, name: str) -> Sent:
    verdict = round_.ledger.judged(one.arrival)
    if verdict is None:
        raise UsageError(f"{name}：台账里没有核对结果。请重新运行 xxgk collect。")
    unit = round_.roster.by_code.get(one.unit)
    at = f"{local(received):%Y-%m-%d %H:%M}"
    # What the unit is called is the roster's business; the cover may be spaced or typed otherwise.
    verdict = replace(
        verdict, revision=one.revision, received=at, code=one.unit, unit=unit.name if unit else verdict.unit
    )
    return Sent(revision=one.revision, verdict=verdict, received=at, name=name)


def _unusable(round_: Round, revisions: Mapping[str, Sequence[Revision]]) -> dict[str, Verdict]:
    """The last file of each unit that nobody could use, if it came after everything usable."""
    used = {one.arrival: unit for unit, mine in revisions.items() for one in mine}
    last = {unit: max(one.arrival for one in mine) for unit, mine in revisions.items()}
    out: dict[str, Verdict] = {}
    for arrival in round_.ledger.arrivals():
        if arrival.seq in used or arrival.same_as is not None:
            continue
        verdict = round_.ledger.judged(arrival.seq)
        if verdict is not None and verdict.code and arrival.seq > last.get(verdict.code, 0):
            out[verdict.code] = verdict
    return out


def _standing(round_: Round, unit: Unit, sent: Sequence[Sent], wishes: _Wishes, unusable: Verdict | None) -> Standing:
    left = [one for one in sent if one.revision not in wishes.withdrawn]
    pinned = next((one for one in left if one.revision == wishes.pinned), None)
    counting = next((one for one in reversed(left) if one.verdict.status.counts), None)
    if pinned is not None and pinned.verdict.status.counts:
        counting = pinned
    newest = left[-1] if left else None
    chosen = counting or newest
    if chosen is None:
        state = State.UNUSABLE if unusable else State.MISSING
        reason = unusable.findings[0].message if unusable and unusable.findings else ""
        out = _plain(round_, unit, state, reason)
        return replace(out, revisions=len(sent), newest=unusable, file=unusable.file if unusable else "")
    return replace(
        _plain(round_, unit, _STATES[chosen.verdict.status], ""),
        late=_late(round_, chosen.received),
        received=chosen.received,
        revision=chosen.revision,
        revisions=len(sent),
        pinned=pinned is not None and counting is pinned,
        file=chosen.name,
        verdict=chosen.verdict,
        newest=newest.verdict if newest else None,
    )


def _plain(round_: Round, unit: Unit, state: State, reason: str) -> Standing:
    contact = " ".join(part for part in (unit.contact, unit.phone, unit.mail) if part)
    return Standing(
        code=unit.code,
        name=unit.name,
        short=unit.short,
        state=state,
        path=tuple(round_.roster.path(unit.code)),
        contact=contact,
        late=state.open and _late(round_, f"{round_.moment.astimezone():%Y-%m-%d %H:%M}"),
        reason=reason,
    )


def _late(round_: Round, when: str) -> bool:
    deadline = round_.settings.deadline
    return deadline is not None and when[:10] > deadline.isoformat()
