"""What changed since the last run told how the round stands, and a unit's whole history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from toolkit.collection.changes import BACK, LEFT, REPLACED, RIVALS, TURNED, Change, Seen, basis_changes
from toolkit.collection.diff import Changes, changes_between
from toolkit.collection.ledger.rows import Event
from toolkit.collection.ledger.upkeep import LAST_TOLD
from toolkit.collection.roster.read import Role, Unit
from toolkit.errors import UsageError
from toolkit.io.machine import local
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import FiledVerdict
from toolkit.model.sentences import phrase
from toolkit.model.standing import Standing, State
from toolkit.pipeline.round.open import ISSUED, Round, keep_seen, seen
from toolkit.pipeline.round.standing import Came, Sent, standings
from toolkit.workbook.template.plan import blank_plan

#: New units that are asked about where one left, units that a sentence names.
_NAMED = 3
#: Where the ledger keeps which template went out last.
SENT_FORM = "issued"
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
    back = [round_.codes(round_.roster.by_code[one.code])[1:] for one in fresh if one.kind == BACK]
    now |= {code: before[code]._replace(state="", left="") for codes in back for code in codes if code in before}
    told = {_BASIS: json.dumps(round_.basis), _CHANGES: json.dumps(fresh, ensure_ascii=False), LAST_TOLD: round_.stamp}
    with round_.ledger.together():
        round_.ledger.note(*(Event(round_.stamp, one.code, one.kind, one.revision, one.told) for one in fresh))
        keep_seen(round_, now, **told)
    return (*fresh, *rivals(round_, found, before))


def rivals(round_: Round, found: Sequence[Standing], told: Mapping[str, Seen]) -> Iterator[Change]:
    """Units of which several valid files came together, as long as nobody decided; in short where it was ``told``."""
    for one in found:
        if one.rivals:
            before = "、".join(f"第 {number} 版" for number in one.rivals)
            after = f"第 {one.revision} 版" if one.state.counts else one.label
            was = told.get(one.code, Seen(""))
            known = (was.state, was.revision) == (one.state.value, one.revision)
            cause = f"同一批收到的，还没有指定，见 {round_.command('status')}" if known else one.reason
            yield Change(one.code, one.name, RIVALS, before, after, cause, one.revision)


def roster_told(round_: Round, found: Sequence[Standing], changes: Sequence[Change]) -> Iterator[str]:
    """What roster and form say otherwise than the ledger, as long as it stands so; units that left are told once."""
    yield from round_.held.told
    yield from round_.clock
    told, removed = {one.code for one in changes if one.kind == LEFT}, round_.held.removed
    gone = {code: f"{one.name}（{code}）" for code, one in _gone(round_, found).items() if code not in told}
    for where, codes in (("不在名册里", gone.keys() & removed), ("名册里写明不报送", gone.keys() - removed)):
        if codes:
            named = "、".join(gone[code] for code in sorted(codes))
            yield phrase("gone", where=where, units=named, log=round_.command("log 编码"))
    yield from form_told(round_, found)


def form_told(round_: Round, found: Sequence[Standing]) -> Iterator[str]:
    """That the form was changed after workbooks went out: to how many, who reported on them, and what is otherwise."""
    now, sent_last = round_.issued, round_.ledger.meta().get(SENT_FORM, "")
    held = {one.name: one.verdict.content.identity.fingerprint for one in found if one.verdict and one.verdict.content}
    if {sent_last, *held.values()} <= {"", blank_plan(now).fingerprint}:
        return
    # What reads and compares definitions takes long to load.
    from toolkit.pipeline.explain import change_lines, compare_forms  # noqa: PLC0415
    from toolkit.pipeline.read_return import as_issued  # noqa: PLC0415

    was = {mark: as_issued(now, mark, round_.folder.forms) for mark in sorted({sent_last, *held.values()})}
    was = {mark: kind for mark, kind in was.items() if kind is not now}
    own = [name for name, mark in held.items() if mark in was]
    if not was:
        return
    told = f"已按原来的表报送的有 {len(own)} 个：{'、'.join(own[:_NAMED])}" if own else "还没有单位按原来的表报送"
    yield phrase(
        "form changed", sent=len({one.unit for one in round_.ledger.events() if one.kind == ISSUED}), told=told
    )
    for kind in was.values():
        yield from change_lines(compare_forms(kind, now))


def _gone(round_: Round, found: Sequence[Standing]) -> dict[str, Seen]:
    """Units that sent something and of which nothing is expected any more, by code, as they were seen last."""
    expected = {code for one in found for code in round_.codes(round_.roster.by_code[one.code])}
    sent = round_.ledger.revisions().keys() - expected
    return {code: one for code, one in seen(round_.ledger).items() if code in sent}


def _left(round_: Round, found: Sequence[Standing]) -> Iterator[Change]:
    known = seen(round_.ledger)
    fresh = (one for one in round_.roster.units if known.keys().isdisjoint(round_.codes(one)))
    new = [f"“{one.name}”（{one.code}）" for one in fresh if one.role is not Role.NODE][:_NAMED]
    for code, was in _gone(round_, found).items():
        if was.state:
            gone = code in round_.held.removed
            why = f"名册里没有编码 {code} 了" if gone else "名册里改成了不报送"
            same = phrase("left new", code=code, units="、".join(new)) if new and gone else ""
            cause = phrase("left", why=why, log=round_.command(f"log {code}")) + same
            sides = State(was.state).label, "不在名册" if gone else "不报送"
            yield Change(code, was.name, LEFT, *sides, cause, was.revision)


def _changed(round_: Round, found: Sequence[Standing]) -> Iterator[Change]:
    before, meta = seen(round_.ledger), round_.ledger.meta()
    ruled = list(basis_changes(json.loads(meta.get(_BASIS, "{}")), round_.basis))
    came, since = Came(round_), meta.get(LAST_TOLD, "")
    decided = {one.unit: one for one in round_.ledger.events() if one.kind in _DECISIONS and one.at >= since}
    for one in found:
        codes = round_.codes(round_.roster.by_code[one.code])
        known = [before[code] for code in codes if code in before and (before[code].state or before[code].left)]
        if not known:
            continue
        was = next((side for side in known if side.left), known[0])
        if was.left:
            # Another unit that was given the code of one that left was never here.
            if one.code not in round_.held.renamed:
                cause = "重新计入" if one.state.counts else one.reason
                yield Change(one.code, one.name, BACK, was.left, one.label, cause, one.revision)
            continue
        state, wish = State(was.state), next((decided[code] for code in codes if code in decided), None)
        back = state is State.EXCLUDED
        out = state.counts and one.state is State.UNDECIDED
        same = out or one.state is State.UNUSABLE or one.revision <= was.revision
        if back and state is not one.state:
            yield Change(one.code, one.name, BACK, state.label, one.label, phrase("included"), one.revision)
        elif state is not one.state and same and was.revision:
            cause = _why_turned(round_, was, one, ruled, wish)
            name = was.name if one.code in round_.held.renamed else one.name
            yield Change(one.code, name, TURNED, state.label, one.label, cause, was.revision)
        elif state.counts and one.state.counts and one.revision != was.revision:
            pairs = {pair[0].revision: pair for pair in came.sent(one.code)}
            cause = "；".join(_why_replaced(round_, pairs, was, one, ruled, wish)) if was.revision in pairs else ""
            old, new = (f"第 {side.revision} 版“{side.file}”" for side in (was, one))
            yield Change(one.code, one.name, REPLACED, old, new, cause, one.revision)


def _why_turned(round_: Round, was: Seen, one: Standing, ruled: Sequence[str], wish: Event | None) -> str:
    """The line of the settings or the roster that turned it, where one can be named, and the finding it led to."""
    if one.state is State.UNDECIDED:
        return phrase("out", number=was.revision, why=one.reason)
    if one.state is State.EXCLUDED:
        return f"名册写明不纳入：{one.reason}"
    if wish is not None and (one.verdict is None or one.state.counts):
        return event_line(wish)
    if one.held:
        return phrase("held", code=one.code)
    found = _fault(one.newest)
    if one.state is State.UNUSABLE and found is not None:
        return f"{found.rule}：{found.message} → {found.remedy}"
    unit = round_.roster.by_code[one.code]
    if was.body != unit.body:
        ruled = [f"名册里的机关类别由“{was.body}”改成了“{unit.body}”"]
    elif was.state == State.UNUSABLE.value and unit.code in unit.former:
        ruled = [f"名册里写上了曾用编码 {unit.code}"]
    return "；".join(_causes(round_, one.code, ruled, found))


def _fault(verdict: FiledVerdict | None) -> Finding | None:
    findings = verdict.findings if verdict is not None else ()
    return next((one for one in findings if one.severity is not Severity.NOTE and not one.explanation), None)


def _causes(round_: Round, code: str, ruled: Sequence[str], found: Finding | None) -> list[str]:
    """The lines that may have led to a finding, and that; a ruling of one unit begins with its code."""
    whose = ((line, line.partition("“")[2].partition(" ")[0]) for line in ruled)
    told = [line for line, unit in whose if unit == code or unit not in round_.roster.by_code]
    named = [line for line in told if found is not None and found.rule in line] or told
    return named if found is None else [*named, f"{found.rule}：{found.message}"]


def _why_replaced(  # noqa: PLR0913, PLR0917 - both sides, and what may have led to it
    round_: Round, pairs: Mapping[int, Sent], was: Seen, one: Standing, ruled: Sequence[str], wish: Event | None
) -> Iterator[str]:
    (old, before), (new, after) = pairs[was.revision], pairs[one.revision]
    yield changes_between(round_.kind, old, new).differing
    if wish is not None and one.revision < was.revision:
        yield event_line(wish)
    elif not old.status.counts:
        yield f"第 {was.revision} 版不再通过：{'；'.join(_causes(round_, one.code, ruled, _fault(old)))}"
        if one.reason:
            yield one.reason
    elif after.modified < before.modified:
        yield "后收到的这一份保存得更早，请核实是不是旧稿"


class History(NamedTuple):
    """Everything the ledger holds of a unit. ``steps`` are the changes from each revision to the next."""

    unit: Unit
    standing: Standing | None
    sent: tuple[FiledVerdict, ...]
    steps: tuple[Changes, ...]
    events: tuple[Event, ...]

    @property
    def counts(self) -> int:
        """The number of the revision that counts; 0 where none does."""
        return self.standing.revision if self.standing and self.standing.state.counts else 0


def history(round_: Round, text: str) -> History:
    """The history of the unit of that code or name; UsageError if there is no such unit."""
    unit = _find(round_, text)
    sent = tuple(verdict for verdict, _ in Came(round_).under_codes(unit.code))
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
    return f"{local(event.at):%Y-%m-%d %H:%M} {phrase(f'event {event.kind}')}{number}{detail}"
