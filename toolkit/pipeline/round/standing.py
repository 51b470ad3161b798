"""Where every unit of a round stands, and whose is a file that is no return of it.

The newest revision that passed counts. A faulty correction does not replace an accepted return; a withdrawn revision
does not count; a pinned one counts as long as it passes. Of valid files that came together and were saved at the same
time none counts until the clerk decides, unless their names number the later copy.

What cannot be attributed stays on a list until the clerk says whose it is, or the unit that it seems to be from has
sent something better. Her decisions are events in the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import PurePosixPath
from typing import NamedTuple

from toolkit.collection.diff import changes_between
from toolkit.collection.file_names import copy_number, file_meant, likely_units
from toolkit.collection.inbox import needs_somebody
from toolkit.collection.ledger.rows import Arrival, Event, Revision
from toolkit.collection.roster.read import Role, Unit
from toolkit.errors import UsageError
from toolkit.io.machine import local
from toolkit.model.returns import FiledVerdict
from toolkit.model.sentences import phrase
from toolkit.model.standing import Standing, State, Unclaimed
from toolkit.pipeline.round.open import Round
from toolkit.text import name_key


def judged_last(round_: Round, arrival: int) -> FiledVerdict | None:
    """The verdict under what holds now; the last one where nothing was collected since that changed."""
    return round_.ledger.judged(arrival, round_.context) or round_.ledger.judged(arrival)


#: A revision with the file that brought it.
Sent = tuple[FiledVerdict, Arrival]


class Came:
    """What came to a round so far, read once: ``revisions`` by the code they came under, ``arrivals`` by number."""

    def __init__(self, round_: Round) -> None:
        self.round_, self.revisions = round_, round_.ledger.revisions()
        self.arrivals = {one.seq: one for one in round_.ledger.arrivals()}

    def under_codes(self, code: str) -> list[Sent]:
        """What was sent, oldest first; by every unit that became this one, where several did."""
        unit = self.round_.roster.by_code.get(code)
        codes = self.round_.codes(unit) if unit else (code,)
        mine = [one for known in codes for one in self.revisions.get(known, [])]
        mine.sort(key=lambda one: one.arrival)
        return [(_sent(self.round_, one, unit, self.arrivals[one.arrival]), self.arrivals[one.arrival]) for one in mine]

    def sent(self, code: str) -> list[Sent]:
        """What a unit sent, oldest first.

        Of several units that became one, none speaks for the whole: only what came since they did is the unit's.
        """
        unit, found = self.round_.roster.by_code.get(code), self.under_codes(code)
        if unit is None or not self.merged(unit):
            return found
        others = [one for known in self.round_.codes(unit)[1:] for one in self.revisions.get(known, [])]
        number, last = max(one.revision for one in others), max(one.arrival for one in others)
        return [(verdict, arrival) for verdict, arrival in found if verdict.revision > number and arrival.seq > last]

    def merged(self, unit: Unit) -> list[str]:
        """The codes of the units that became this one; none of a unit that was only recoded, whose numbers went on."""
        sent = {code: {one.revision for one in self.revisions.get(code, [])} for code in self.round_.codes(unit)}
        are_several = len(set().union(*sent.values())) < sum(map(len, sent.values()))
        return [code for code, numbers in sent.items() if numbers] if are_several else []


class Strays(NamedTuple):
    """The files that are no returns: the last one of each unit that they are put down to, and those that are nobody's.

    ``hints`` says of units of which nothing else is known what file seems to be theirs, and a sentence about it.
    """

    unusable: Mapping[str, FiledVerdict]
    unclaimed: tuple[Unclaimed, ...]
    hints: Mapping[str, tuple[str, str]]


def strays(round_: Round) -> Strays:
    """What lies in the inbox and is no return; what was taken in later under another name accuses nobody any more."""
    nodes = {unit.code for unit in round_.roster.units if unit.role is Role.NODE}
    owners = {code: owner for code, owner in round_.owners.items() if owner not in nodes}
    came = Came(round_)
    claims = {event.detail: event for event in round_.ledger.events() if event.kind == CLAIM}
    # What she decided holds for what lay there then, and for its copies.
    decided = {
        one.sha256 or one.name: claims[one.name].unit
        for one in came.arrivals.values()
        if one.name in claims and claims[one.name].at >= one.received
    }
    last: dict[str, int] = {}
    beside: dict[str, set[str]] = {}
    for one in chain.from_iterable(came.revisions.values()):
        owner = owners.get(one.unit, one.unit)
        last[owner] = max(one.arrival, last.get(owner, 0))
        beside.setdefault(came.arrivals[one.arrival].name.rpartition("/")[0], set()).add(owner)
    unusable: dict[str, FiledVerdict] = {}
    unclaimed: list[Unclaimed] = []
    for stray, verdict in _strays(came):
        # A picture or a document is no report, whatever it is called: it may be a mere enclosure.
        code, seq = ("", 1) if needs_somebody(PurePosixPath(stray.name)) else (verdict.code, stray.seq)
        claimed = decided.get(stray.sha256 or stray.name)
        owner = owners.get(code if claimed is None else claimed, "")
        if owner and last.get(owner, 0) < seq:
            unusable[owner] = replace(verdict, code=owner)
        elif not owner and claimed is None:
            likely = likely_units(round_.names, verdict, beside)
            if len(likely) != 1 or last.get(likely[0], 0) < seq:
                names = tuple(round_.roster.by_code[code].name for code in likely)
                why, day = verdict.findings[0].message, f"{local(stray.received):%Y-%m-%d}"
                typed = f'claim "{stray.name}" {likely[0] if len(likely) == 1 else "单位"}'
                unclaimed.append(Unclaimed(stray.name, why, names, likely, day, round_.command(typed)))
    hints = {owners[one.unit]: (file, f"交来的“{file}”不能用") for file, one in claims.items() if one.unit in owners}
    for other in reversed(unclaimed):
        hints |= dict.fromkeys(other.codes, (other.file, f"“{other.file}”可能是它交的，待认领（{other.reason}）"))
    return Strays(unusable, tuple(unclaimed), hints)


def _strays(came: Came) -> Iterator[tuple[Arrival, FiledVerdict]]:
    """The newest file under each name that lies there, and is no return; one of another unit's name is no copy."""
    round_, revisions = came.round_, list(chain.from_iterable(came.revisions.values()))
    used, taken = {one.arrival for one in revisions}, {one.sha256: one.unit for one in revisions}
    newest = {one.name_key: one.seq for one in came.arrivals.values()}
    for one in came.arrivals.values():
        settled = one.seq in used or one.same_as is not None or newest[one.name_key] != one.seq
        verdict = None if settled or not _lies(round_, one) else judged_last(round_, one.seq)
        if verdict is None:
            continue
        unit = round_.roster.by_code.get(verdict.code)
        if one.sha256 not in taken or (unit is not None and taken[one.sha256] not in round_.codes(unit)):
            yield one, replace(verdict, file=one.name)


def _lies(round_: Round, arrival: Arrival) -> bool:
    """Whether the file, or the archive it is in, is still in the inbox."""
    path = round_.folder.inbox / os.fsdecode(arrival.name_key)
    return any(one.is_file() for one in (path, *path.parents) if round_.folder.inbox in one.parents)


#: The kind of event by which the clerk says whose a file is, and what she writes for a file that is nobody's.
CLAIM, NOBODY = "claim", "无关"


def claim(round_: Round, typed: str, whose: str) -> tuple[str, Unit | None]:
    """Write down whose a file is (``NOBODY`` for none of this round's); gives the file and the unit that were meant.

    UsageError where the file or the unit is not clear.
    """
    files = [one.name for one, _ in _strays(Came(round_))]
    file = file_meant(typed, files, round_.folder.inbox.name)
    unit = None
    if name_key(whose) != NOBODY:
        likely = round_.names.likely(whose)
        unit = round_.roster.by_code[likely[0]] if len(likely) == 1 else round_.roster.find(whose)
    if unit is not None and unit.role is Role.NODE:
        raise UsageError(f"“{unit.name}”在名册里只是层级的名称，不报送。请写报送的单位；不是本轮的文件，写 {NOBODY}。")
    round_.ledger.note(Event(round_.stamp, unit.code if unit else "", CLAIM, 0, file))
    return file, unit


@dataclass(slots=True)
class _Wishes:
    """What the clerk decided about a unit's revisions; those ``withdrawn`` with the time when."""

    pinned: int = 0
    withdrawn: dict[int, str] = field(default_factory=dict)


def standings(round_: Round, lying: Strays | None = None) -> list[Standing]:
    """Every unit of the roster that is to report, and the excluded ones, in the roster's order.

    ``lying`` are the files that are no returns, where they are known.
    """
    came, wishes = Came(round_), _wishes(round_)
    copies: dict[int, list[Arrival]] = {}
    for arrival in came.arrivals.values():
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
        sent = came.sent(unit.code)
        wish = wishes.get(unit.code, _Wishes())
        one = _standing(round_, unit, [verdict for verdict, _ in sent], wish, lying)
        if one.state is State.MISSING:
            merged = came.merged(unit)
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
    sent = {one.revision: one for one, _ in Came(round_).sent(unit.code)}
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
    # What was taken in as a return may be none any more, by what has changed since.
    state = next((one for one in State if one.value == chosen.status.value), State.UNUSABLE)
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
