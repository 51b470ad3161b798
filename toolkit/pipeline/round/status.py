"""How a round stands: who has reported, who has not, who must correct; and how far its report is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from toolkit.collection.archives import Item
from toolkit.collection.changes import Change, News
from toolkit.collection.inbox import walk_inbox
from toolkit.collection.ledger.rows import Event
from toolkit.consolidation.choice import named
from toolkit.io.files import write
from toolkit.io.machine import local
from toolkit.io.tally import exit_code
from toolkit.model.finding import Finding
from toolkit.model.returns import Verdict
from toolkit.model.sentences import letter, phrase
from toolkit.model.standing import Standing, State, newest
from toolkit.pipeline.round.history import last_told, rivals, roster_told, tell_changes
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.sending.outbox import has_to_confirm
from toolkit.pipeline.round.standing import Strays, standings, strays

if TYPE_CHECKING:
    from toolkit.consolidation.aggregate import Consolidation
    from toolkit.pipeline.round.collect import Collected
    from toolkit.pipeline.round.sending.hand_back import HandedBack

SUBMITTED, APPROVED, PUBLISHED = "submit", "approve", "publish"
_WORDS: Final = {SUBMITTED: "送审", APPROVED: "签发", PUBLISHED: "公布"}


class Manuscript(NamedTuple):
    """A .docx of a round's report and what was done with it: when, by whom, and what changed since the step before.

    ``by`` is who approved it, or why it was published though something was open; ``counted`` which revision of each
    unit it speaks of.
    """

    at: str
    kind: str
    file: str
    sha256: str
    by: str = ""
    changes: Sequence[tuple[str, str]] = ()
    counted: Mapping[str, int] | None = None

    @property
    def told(self) -> str:
        """``签发 1月22日（王主任）``."""
        day = local(self.at)
        return f"{_WORDS[self.kind]} {day.month}月{day.day}日" + (f"（{self.by}）" if self.by else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(News):
    """How matters stand and what a command did about them, as far as it went; of a plain folder there are no standings.

    ``verdicts`` are those on what the units sent last, ``unread`` tells that a file lies there which cannot be used.
    ``waiting`` counts files in the inbox that were never taken in, ``stale`` returns that were judged before the
    roster, the settings, the form or the program changed; ``reminder`` is the message to those who are late.
    ``findings`` are those on the sum, ``faults`` files that failed, ``left`` the formats that this machine cannot make.
    """

    verdicts: Sequence[Verdict] = ()
    standings: Sequence[Standing] = ()
    unread: bool = False
    waiting: int = 0
    deadline: str = ""
    reminder: str = ""
    stale: int = 0
    manuscripts: Sequence[Manuscript] = ()
    collected: Collected | None = None
    handed: HandedBack | None = None
    total: Consolidation | None = None
    findings: Sequence[Finding] = ()
    files: Sequence[Path] = ()
    faults: Sequence[str] = ()
    left: Sequence[str] = ()

    def exit_code(self, fail_on: str) -> int:
        """The contract's, of what stands now: files that failed, unread input, then findings on returns or the sum."""
        found = chain(self.findings, *(verdict.findings for verdict in self.verdicts))
        return exit_code(fail_on, (one.severity for one in found), unread=self.unread, faults=bool(self.faults))


def take_stock(round_: Round, collected: Collected | None = None) -> Run:
    """Where every unit stands and what is new, told once; to be asked for after every collection."""
    lying = strays(round_)
    found = standings(round_, lying)
    run = _run(round_, lying, found, tell_changes(round_, found))
    return replace(run, collected=collected, unread=run.unread or (collected is not None and collected.later))


def progress(round_: Round) -> Run:
    """How the round stands, with the changes that the last run told; nothing is written down."""
    lying = strays(round_)
    found = standings(round_, lying)
    run = _run(round_, lying, found, (*last_told(round_), *rivals(round_, found, {})))
    seen = {arrival.name_key for arrival in round_.ledger.arrivals()}
    inbox = walk_inbox(round_.folder.inbox, round_.moment.timestamp())
    return replace(
        run,
        told=(*run.told, *moved(round_, found)),
        waiting=sum(isinstance(one, Item) and one.key not in seen for one in inbox),
        deadline=day.isoformat() if (day := round_.settings.deadline) else "",
        reminder="\n".join(reminder(round_, found)),
        stale=len(round_.ledger.unjudged(round_.context)),
        manuscripts=tuple(manuscripts(round_)),
    )


def _run(round_: Round, lying: Strays, found: Sequence[Standing], changes: tuple[Change, ...]) -> Run:
    # A file that cannot be used: of a unit that has sent nothing better since, or nobody's.
    unread = bool(lying.unusable or lying.unclaimed) or any(one.state is State.UNUSABLE for one in found)
    told = tuple(roster_told(round_, found, changes))
    return Run(changes, told, lying.unclaimed, verdicts=newest(found), standings=tuple(found), unread=unread)


#: Who is asked for what, by the key of the sentence.
_ASKED: Final = (State.MISSING.value, State.RETURNED.value, State.UNUSABLE.value, "to_confirm")


def reminder(round_: Round, found: Sequence[Standing]) -> Iterator[str]:
    """The message to those from whom something is still to come (催报)."""
    due: dict[str, list[str]] = {kind: [] for kind in _ASKED}
    for one in found:
        # A unit on whose file the program failed, or about which the clerk has to decide, has nothing to send again.
        if one.state.open and not one.blameless:
            due["to_confirm" if has_to_confirm(round_, one) else one.state.value].append(one.short)
    told = [(kind, names) for kind, names in due.items() if names]
    if not told:
        return
    until = f"（{'' if round_.overdue else '截止 '}{round_.until}）" if round_.until else ""
    yield f"各单位：{round_.period.label}{round_.kind.form.title}报送情况{until}："
    for number, (kind, names) in zip("一二三四", told, strict=False):
        yield f"{number}、{letter(f'all_{kind}', count=len(names))}："
        yield f"    {'、'.join(names)}"
    if contact := " ".join(part for part in (round_.settings.office, round_.settings.phone) if part):
        yield f"联系：{contact}"


# ---------------------------------------------------------------- the report


def manuscripts(round_: Round) -> list[Manuscript]:
    """What was done with the round's report, oldest first."""
    events = [one for one in round_.ledger.events("") if one.kind in _WORDS]
    return [Manuscript(one.at, one.kind, **json.loads(one.detail)) for one in events]


def latest(round_: Round, kind: str) -> Manuscript | None:
    """The last step of that kind; None where there was none."""
    return next((one for one in reversed(manuscripts(round_)) if one.kind == kind), None)


def keep_manuscript(round_: Round, kind: str, path: Path, by: str = "", draft: bytes = b"") -> Manuscript:
    """Keep a .docx in the books and note in the ledger what was done with it, and what changed since the last step.

    For one that is submitted that is since the ``draft`` that the program writes.
    """
    from toolkit.report.readback.changes import line_changes  # noqa: PLC0415 - Word only where a file is kept
    from toolkit.report.word.gate import of_word_file, read_word  # noqa: PLC0415 - the same

    data = read_word(path)
    sha256 = hashlib.sha256(data).hexdigest()
    before = latest(round_, SUBMITTED if kind == APPROVED else APPROVED)
    old = draft if kind == SUBMITTED else kept_manuscript(round_, before)
    changes = of_word_file(path, lambda: line_changes(old, data)) if old else []
    write(round_.folder.manuscript(sha256), data)
    counted = {unit.code: unit.revision for unit in standings(round_) if unit.state.counts}
    one = Manuscript(round_.stamp, kind, path.name, sha256, by, changes, counted)
    detail = {key: value for key, value in one._asdict().items() if key not in {"at", "kind"}}
    round_.ledger.note(Event(round_.stamp, "", kind, 0, json.dumps(detail, ensure_ascii=False)))
    return one


def moved(round_: Round, found: Sequence[Standing]) -> Iterator[str]:
    """That the figures are no longer those of the report that was approved last, and which units' are not."""
    last = latest(round_, APPROVED)
    if last is None or last.counted is None:
        return
    was, units = dict(last.counted), list[tuple[str, str]]()
    for one in found:
        codes = round_.codes(round_.roster.by_code[one.code])
        sides = next((was.pop(code) for code in codes if code in was), 0), one.revision if one.state.counts else 0
        if sides[0] != sides[1]:
            units.append((one.short, " → ".join(f"第 {side} 版" if side else "没有计入" for side in sides)))
    if units := [*units, *((code, "不在名册") for code in was)]:
        yield phrase("moved", told=last.told, units=named(units, "个"))


def kept_manuscript(round_: Round, one: Manuscript | None) -> bytes:
    """The .docx of a step as it was kept; nothing where there is none."""
    path = round_.folder.manuscript(one.sha256) if one else None
    return path.read_bytes() if path is not None and path.is_file() else b""
