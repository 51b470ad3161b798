"""Where every unit of a round stands, by the rules that decide which revision counts.

The newest revision that passed counts. A faulty correction does not replace an accepted return; a withdrawn revision
does not count; a pinned one counts as long as it passes. Of valid files that came together and were saved at the same
time none counts until the clerk decides, unless their names number the later copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from toolkit.collection.diff import changes_between
from toolkit.collection.file_names import copy_number
from toolkit.collection.ledger.rows import Arrival, Event, Revision
from toolkit.collection.roster.read import Role, Unit
from toolkit.errors import UsageError
from toolkit.io.machine import local
from toolkit.model.finding import Status
from toolkit.model.returns import FiledVerdict
from toolkit.model.sentences import phrase
from toolkit.model.standing import Standing, State
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.ownership import Strays, judged_last, strays

_STATES = {
    Status.ACCEPTED: State.ACCEPTED,
    Status.EXPLAINED: State.EXPLAINED,
    Status.RETURNED: State.RETURNED,
    Status.FOREIGN: State.UNUSABLE,
    Status.UNREADABLE: State.UNUSABLE,
}


@dataclass(slots=True)
class _Wishes:
    """What the clerk decided about a unit's revisions; those ``withdrawn`` with the time when."""

    pinned: int = 0
    withdrawn: dict[int, str] = field(default_factory=dict)


def standings(round_: Round, lying: Strays | None = None) -> list[Standing]:
    """Every unit of the roster that is to report, and the excluded ones, in the roster's order.

    ``lying`` are the files that are no returns, where they are known.
    """
    revisions = round_.ledger.revisions()
    arrivals = {arrival.seq: arrival for arrival in round_.ledger.arrivals()}
    wishes = _wishes(round_)
    copies: dict[int, list[Arrival]] = {}
    for arrival in arrivals.values():
        copies.setdefault(arrival.same_as or 0, []).append(arrival)
    lying = strays(round_) if lying is None else lying
    excluded = round_.left_out
    out: list[Standing] = []
    for unit in round_.roster.units:
        if unit.role is Role.NODE and unit.code not in excluded:
            continue
        if unit.code in excluded:
            out.append(_plain(round_, unit, State.EXCLUDED, excluded[unit.code]))
            continue
        sent = all_sent(round_, unit.code, revisions, arrivals)
        wish = wishes.get(unit.code, _Wishes())
        one = _standing(round_, unit, [verdict for verdict, _ in sent], wish, lying)
        if one.state is State.MISSING:
            merged = _merged(round_.codes(unit), revisions)
            why = phrase("merged", codes="、".join(merged)) if merged else _again(round_, one, sent, wish, copies)
            one = replace(one, state=State.UNDECIDED, late=False, reason=why, held=not merged) if why else one
        out.append(_among_rivals(round_, one, [pair for pair in sent if pair[0].revision not in wish.withdrawn]))
    return out


def _again(
    round_: Round, one: Standing, sent: Sequence[Sent], wish: _Wishes, copies: Mapping[int, Sequence[Arrival]]
) -> str:
    """What is to be said of a copy of a withdrawn revision that came after that; nothing where there is none."""
    gone = {arrival.seq: verdict.revision for verdict, arrival in sent if verdict.revision in wish.withdrawn}
    for other in sorted(chain.from_iterable(copies.get(seq, ()) for seq in gone)):
        number = gone[other.same_as or 0]
        if other.received >= wish.withdrawn[number]:
            pin = round_.command(f"pin {one.code} {number} --reason 原因")
            return phrase("withdrawn again", file=other.name, number=number, pin=pin)
    return ""


def sent_by(round_: Round, unit: str) -> list[FiledVerdict]:
    """The verdicts on all that was sent, oldest first; by every unit that became this one, where several did."""
    arrivals = {arrival.seq: arrival for arrival in round_.ledger.arrivals()}
    return [verdict for verdict, _ in _under_codes(round_, unit, round_.ledger.revisions(), arrivals)]


def all_sent(
    round_: Round, code: str, revisions: Mapping[str, Sequence[Revision]], arrivals: Mapping[int, Arrival]
) -> list[Sent]:
    """What a unit sent, oldest first, out of ``revisions`` by code and ``arrivals`` by number.

    Of several units that became one, none speaks for the whole: only what came since they did is the unit's.
    """
    unit, found = round_.roster.by_code.get(code), _under_codes(round_, code, revisions, arrivals)
    if unit is None or not _merged(round_.codes(unit), revisions):
        return found
    others = [one for known in round_.codes(unit)[1:] for one in revisions.get(known, [])]
    number, last = max(one.revision for one in others), max(one.arrival for one in others)
    return [(verdict, arrival) for verdict, arrival in found if verdict.revision > number and arrival.seq > last]


def _under_codes(
    round_: Round, code: str, revisions: Mapping[str, Sequence[Revision]], arrivals: Mapping[int, Arrival]
) -> list[Sent]:
    unit = round_.roster.by_code.get(code)
    mine = [one for known in (round_.codes(unit) if unit else (code,)) for one in revisions.get(known, [])]
    mine.sort(key=lambda one: one.arrival)
    return [(_sent(round_, one, unit, arrivals[one.arrival]), arrivals[one.arrival]) for one in mine]


def _merged(codes: Sequence[str], revisions: Mapping[str, Sequence[Revision]]) -> list[str]:
    """The codes of the units that became one; none of a unit that was only recoded, whose numbers went on."""
    sent = {code: {one.revision for one in revisions.get(code, [])} for code in codes}
    are_several = len(set().union(*sent.values())) < sum(map(len, sent.values()))
    return [code for code, numbers in sent.items() if numbers] if are_several else []


#: A revision with the file that brought it.
Sent = tuple[FiledVerdict, Arrival]


def _among_rivals(round_: Round, one: Standing, sent: Sequence[Sent]) -> Standing:
    """A standing that says which other valid file came together with the one that counts, and how to take either.

    Where nothing tells which is the later one, none counts.
    """
    taken = next(((v, a) for v, a in sent if v.status.counts and v.revision == one.revision), None)
    if taken is None or one.pinned:
        return one
    verdict, own = taken
    rivals = [(v, a) for v, a in sent if v.status.counts and a.received == own.received and a is not own]
    if not rivals:
        return one
    other, arrival = rivals[-1]
    names = "、".join(f"第 {v.revision} 版“{a.name}”" for v, a in (*rivals, taken))
    differing = changes_between(round_.kind, other, verdict).differing
    told = f"同一批收到 {len(rivals) + 1} 份不同的有效文件：{names}，{differing}。"
    numbers = [v.revision for v, _ in (*rivals, taken)] if len(rivals) == 1 else ["第几版"]
    pins = tuple(round_.command(f"pin {one.code} {number} --reason 原因") for number in numbers)
    one = replace(one, rivals=tuple(v.revision for v, _ in rivals), pins=pins)
    if any(a.modified == own.modified and not _numbered(a.name, own.name) for _, a in rivals):
        told += "保存时间相同，看不出哪份在后，都没有计入。请向单位问清后指定："
        return replace(one, state=State.UNDECIDED, reason=told + "；".join(pins))
    why = "保存时间在后" if arrival.modified != own.modified else "文件名里的编号在后"
    told += f"第 {verdict.revision} 版{why}，计入的是它。请核实，指定以哪一版为准："
    return replace(one, reason="；".join(filter(None, (one.reason, told + "；".join(pins)))))


def _numbered(one: str, other: str) -> bool:
    """Whether two names differ in the number of the copy alone."""
    (first, number), (second, later) = copy_number(one), copy_number(other)
    return first == second and number != later


def decide(round_: Round, kind: str, unit: Unit, revision: int, reason: str) -> None:
    """Write down that the clerk pins (``pin``), frees (``unpin``) or withdraws (``withdraw``) a revision."""
    arrivals = {arrival.seq: arrival for arrival in round_.ledger.arrivals()}
    sent = {one.revision: one for one, _ in all_sent(round_, unit.code, round_.ledger.revisions(), arrivals)}
    if not reason.strip():
        raise UsageError("--reason：请写明原因，以后查得到。")
    if kind != "unpin" and revision not in sent:
        have = "、".join(map(str, sent)) or "（还没有收到）"
        raise UsageError(f"“{unit.name}”没有第 {revision} 版，现有：{have}。")
    if kind == "pin" and not sent[revision].status.counts:
        raise UsageError(f"“{unit.name}”第 {revision} 版没有通过核对，不能指定。请先退回修改。")
    round_.ledger.note(Event(round_.stamp, unit.code, kind, revision, reason.strip()))


def _wishes(round_: Round) -> Mapping[str, _Wishes]:
    """The decisions about each unit, under all codes it had."""
    out: dict[str, _Wishes] = {}
    for event in round_.ledger.events():
        mine = out.setdefault(round_.owners.get(event.unit, event.unit), _Wishes())
        if event.kind == "pin":
            mine.pinned = event.revision
            mine.withdrawn.pop(event.revision, None)
        elif event.kind == "unpin":
            mine.pinned = 0
        elif event.kind == "withdraw":
            mine.withdrawn[event.revision] = event.at
            if mine.pinned == event.revision:
                mine.pinned = 0
    return out


def _sent(round_: Round, one: Revision, unit: Unit | None, arrival: Arrival) -> FiledVerdict:
    verdict = judged_last(round_, one.arrival)
    if verdict is None:
        raise UsageError(f"{arrival.name}：台账里没有核对结果。请重新运行 xxgk collect。")
    at = f"{local(arrival.received):%Y-%m-%d %H:%M}"
    # What the unit is called is the roster's business; the cover may be spaced or typed otherwise.
    code, name = (unit.code, unit.name) if unit else (one.unit, verdict.unit)
    return replace(verdict, revision=one.revision, received=at, code=code, unit=name)


def _standing(round_: Round, unit: Unit, sent: Sequence[FiledVerdict], wishes: _Wishes, lying: Strays) -> Standing:
    unusable, hint = lying.unusable.get(unit.code), lying.hints.get(unit.code)
    left = [one for one in sent if one.revision not in wishes.withdrawn]
    pinned = next((one for one in left if one.revision == wishes.pinned), None)
    counting = next((one for one in reversed(left) if one.status.counts), None)
    if pinned is not None and pinned.status.counts:
        counting = pinned
    newest = left[-1] if left else None
    chosen = counting or newest
    if chosen is None:
        state = State.UNUSABLE if unusable or hint else State.MISSING
        file, seems = (unusable.file, _why(unusable)) if unusable else hint or ("", "")
        reason = seems or ("已撤回，等待重报" if sent else "")
        return replace(_plain(round_, unit, state, reason), revisions=len(sent), newest=unusable, file=file)
    state = _STATES[chosen.status]
    pin = phrase("pin lapsed", number=pinned.revision) if pinned is not None and counting is not pinned else ""
    reason = f"又收到的文件不能用：{_why(unusable)}" if unusable else _why(chosen) if state is State.UNUSABLE else pin
    plain = _plain(round_, unit, state, reason)
    return replace(
        plain,
        late=_late(round_, min(one.received for one in sent)) if state.counts else plain.late,
        received=chosen.received,
        revision=chosen.revision,
        revisions=len(sent),
        pinned=pinned is not None and counting is pinned,
        file=chosen.file,
        verdict=chosen,
        newest=newest,
    )


def _why(unusable: FiledVerdict | None) -> str:
    return unusable.findings[0].message if unusable is not None and unusable.findings else ""


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
        held=state is State.UNUSABLE and unit.code in round_.held.renamed,
    )


def _late(round_: Round, when: str) -> bool:
    deadline = round_.settings.deadline
    return deadline is not None and when[:10] > deadline.isoformat()
