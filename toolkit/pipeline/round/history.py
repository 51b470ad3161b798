"""What changed since the last run told how the round stands, and a unit's whole history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from toolkit.board.board import News
from toolkit.collection.changes import BACK, LEFT, REPLACED, RIVALS, TURNED, Change, Seen, basis_changes
from toolkit.collection.diff import Changes, changes_between
from toolkit.collection.ledger.rows import Event
from toolkit.collection.ledger.upkeep import LAST_TOLD
from toolkit.collection.roster.read import Role, Unit
from toolkit.errors import UsageError
from toolkit.io.machine import local
from toolkit.model.finding import Severity
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Standing, State
from toolkit.pipeline.round.open import Round, keep_seen, seen
from toolkit.pipeline.round.ownership import CLAIM, strays
from toolkit.pipeline.round.standing import Sent, all_sent, sent_by, standings, unread

_WORDS = {
    "issued": "发出模板",
    "received": "收到",
    "returned": "退回",
    "pin": "指定采用",
    "unpin": "取消指定",
    "withdraw": "撤回",
    CLAIM: "认领",
    TURNED: "结论变化",
    REPLACED: "换了采用的一版",
    LEFT: "不再计入",
    BACK: "恢复报送",
}
_DECISIONS = frozenset({"pin", "unpin", "withdraw"})
#: Where the ledger keeps what the last run told as changed, and what its verdicts depended on.
_CHANGES, _BASIS = "changes", "basis"


def last_told(round_: Round) -> list[Change]:
    """What the last run told as changed."""
    return [Change(*told) for told in json.loads(round_.ledger.meta().get(_CHANGES, "[]"))]


def tell_changes(round_: Round, found: Sequence[Standing]) -> tuple[Change, ...]:
    """What changed since the last run; written down, so that it is told once and stays in each unit's history."""
    fresh = (*_left(round_, found), *_changed(round_, found))
    bodies = {unit.code: unit.body for unit in round_.roster.units}
    now = {one.code: Seen(one.name, bodies[one.code], one.state.value, one.revision, one.file) for one in found}
    before = seen(round_.ledger)
    now |= {one.code: before[one.code]._replace(state="", left=one.after) for one in fresh if one.kind == LEFT}
    told = {_BASIS: json.dumps(round_.basis), _CHANGES: json.dumps(fresh, ensure_ascii=False), LAST_TOLD: round_.stamp}
    with round_.ledger.together():
        round_.ledger.note(*(Event(round_.stamp, one.code, one.kind, one.revision, one.told) for one in fresh))
        keep_seen(round_, now, **told)
    return (*fresh, *rivals(found, before))


class Stock(NamedTuple):
    """How a round stands after files were taken in; ``unread`` tells that one lies there that cannot be used."""

    standings: list[Standing]
    news: News
    unread: bool


def take_stock(round_: Round) -> Stock:
    """Where every unit stands and what is new, told once; to be asked for after every collection."""
    lying = strays(round_)
    found = standings(round_, lying)
    changes = tell_changes(round_, found)
    news = News(changes, roster_told(round_, changes), lying.unclaimed)
    return Stock(found, news, unread(found, lying))


def rivals(found: Sequence[Standing], told: Mapping[str, Seen]) -> Iterator[Change]:
    """Units of which several valid files came together, as long as nobody decided; in short where it was ``told``."""
    for one in found:
        if one.rivals:
            before = "、".join(f"第 {number} 版" for number in one.rivals)
            after = f"第 {one.revision} 版" if one.state.counts else one.state.label
            was = told.get(one.code, Seen(""))
            known = (was.state, was.revision) == (one.state.value, one.revision)
            cause = "同一批收到的，还没有指定，见 xxgk status" if known else one.reason
            yield Change(one.code, one.name, RIVALS, before, after, cause, one.revision)


def roster_told(round_: Round, changes: Sequence[Change]) -> tuple[str, ...]:
    """What the roster and the clock say otherwise than the ledger; units that left are told once."""
    return (*round_.held.told, *_gone(round_, {one.code for one in changes if one.kind == LEFT}), *round_.clock)


def _gone(round_: Round, told: set[str]) -> Iterator[str]:
    """Units that sent something and of which nothing is expected any more, without those that were ``told``."""
    sent = round_.ledger.revisions().keys() - told
    silent = [one for one in round_.roster.units if one.role is Role.NODE and one.code not in round_.left_out]
    unasked = {one.code: one.name for one in silent if not sent.isdisjoint(round_.codes(one))}
    removed = {code: name for code, name in round_.held.removed.items() if code in sent}
    for where, units in (("不在名册里", removed), ("名册里写明不报送", unasked)):
        if named := "、".join(f"{name}（{code}）" for code, name in units.items()):
            yield f"报过表、现在{where}的单位：{named}。它们的数没有计入，可用 xxgk log 加编码查看；改错的请改回名册"


def _left(round_: Round, found: Sequence[Standing]) -> Iterator[Change]:
    """Units that sent something and of which nothing is expected any more."""
    expected = {code for one in found for code in round_.codes(round_.roster.by_code[one.code])}
    for code, was in seen(round_.ledger).items():
        if code not in expected and was.state and was.revision:
            gone = code in round_.held.removed
            why = f"名册里没有编码 {code} 了" if gone else "名册里改成了不报送"
            cause = f"{why}。它的数还在台账里，可用 xxgk log {code} 查看；应当计入的，请改回名册"
            sides = State(was.state).label, "不在名册" if gone else "不报送"
            yield Change(code, was.name, LEFT, *sides, cause, was.revision)


def _changed(round_: Round, found: Sequence[Standing]) -> Iterator[Change]:
    before, meta = seen(round_.ledger), round_.ledger.meta()
    ruled = list(basis_changes(json.loads(meta.get(_BASIS, "{}")), round_.basis))
    revisions, arrivals = round_.ledger.revisions(), {one.seq: one for one in round_.ledger.arrivals()}
    since = meta.get(LAST_TOLD, "")
    decided = {one.unit: one for one in round_.ledger.events() if one.kind in _DECISIONS and one.at >= since}
    for one in found:
        codes = round_.codes(round_.roster.by_code[one.code])
        was = next((before[c] for c in codes if c in before and (before[c].state or before[c].left)), None)
        if was is None:
            continue
        if was.left:
            cause = "重新计入" if one.state.counts else one.reason
            yield Change(one.code, one.name, BACK, was.left, one.state.label, cause, one.revision)
            continue
        state, wish = State(was.state), next((decided[code] for code in codes if code in decided), None)
        back = state is State.EXCLUDED
        out = state.counts and one.state is State.UNDECIDED
        same = back or out or one.state is State.UNUSABLE or one.revision <= was.revision
        if state is not one.state and same and (back or was.revision):
            cause = _why_turned(round_, was, one, ruled, wish)
            yield Change(one.code, one.name, TURNED, state.label, one.state.label, cause, was.revision)
        elif state.counts and one.state.counts and one.revision != was.revision:
            cause = _what_differs(round_, all_sent(round_, one.code, revisions, arrivals), was, one, wish)
            old, new = (f"第 {side.revision} 版“{side.file}”" for side in (was, one))
            yield Change(one.code, one.name, REPLACED, old, new, cause, one.revision)


def _why_turned(round_: Round, was: Seen, one: Standing, ruled: Sequence[str], wish: Event | None) -> str:
    """The line of the settings or the roster that turned it, where one can be named, and the finding it led to."""
    if one.state is State.UNDECIDED:
        return f"原来计入的是第 {was.revision} 版，现在没有计入。{one.reason}"
    if one.state is State.EXCLUDED:
        return f"名册写明不纳入：{one.reason}"
    if wish is not None and (one.verdict is None or one.state.counts):
        return event_line(wish)
    findings = one.newest.findings if one.newest is not None else ()
    found = next((f for f in findings if f.severity is not Severity.NOTE and not f.explanation), None)
    if one.state is State.UNUSABLE and found is not None:
        return f"{found.rule}：{found.message} → {found.remedy}"
    body = round_.roster.by_code[one.code].body
    # A ruling of one unit begins with its code; it turned no other.
    others = round_.roster.by_code.keys() - {one.code}
    mine = [line for line in ruled if line.partition("“")[2].partition(" ")[0] not in others]
    told = [f"名册里的机关类别由“{was.body}”改成了“{body}”"] if was.body != body else mine
    if found is None:
        return "；".join(told)
    return "；".join([*([line for line in told if found.rule in line] or told), f"{found.rule}：{found.message}"])


def _what_differs(round_: Round, sent: Sequence[Sent], was: Seen, one: Standing, wish: Event | None) -> str:
    pairs = {verdict.revision: (verdict, arrival) for verdict, arrival in sent}
    if was.revision not in pairs:
        return ""
    (old, before), (new, after) = pairs[was.revision], pairs[one.revision]
    told = [f"{len(changes_between(round_.kind, old, new).cells)} 格不同"]
    if wish is not None and one.revision < was.revision:
        told.append(event_line(wish))
    elif after.modified < before.modified:
        told.append("后收到的这一份保存得更早，请核实是不是旧稿")
    return "；".join(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the ledger holds of a unit. ``steps`` are the changes from each revision to the next."""

    unit: Unit
    standing: Standing | None
    sent: tuple[FiledVerdict, ...]
    steps: tuple[Changes, ...]
    events: tuple[Event, ...]


def history(round_: Round, text: str) -> History:
    """The history of the unit of that code or name; UsageError if there is no such unit."""
    unit = _find(round_, text)
    sent = tuple(sent_by(round_, unit.code))
    return History(
        unit=unit,
        standing=next((one for one in standings(round_) if one.code == unit.code), None),
        sent=sent,
        steps=tuple(changes_between(round_.kind, old, new) for old, new in pairwise(sent)),
        events=tuple(event for code in reversed(round_.codes(unit)) for event in round_.ledger.events(code)),
    )


def _find(round_: Round, text: str) -> Unit:
    """The unit of the roster; else one that was taken off it, by its code or name."""
    try:
        return round_.roster.find(text)
    except UsageError:
        for code, name in round_.held.removed.items():
            if text in {code, name}:
                return Unit(code=code, name=name)
        raise


def event_line(event: Event) -> str:
    """An event as a line: ``2026-01-20 09:15 收到 第 2 版：教育局.xlsx``."""
    number = f" 第 {event.revision} 版" if event.revision else ""
    detail = f"：{event.detail}" if event.detail else ""
    return f"{local(event.at):%Y-%m-%d %H:%M} {_WORDS.get(event.kind, event.kind)}{number}{detail}"
