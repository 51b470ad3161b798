"""How a round stands: who has reported, who has not, who must correct; and how far its report is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from toolkit.collection.archives import Item
from toolkit.collection.changes import Change
from toolkit.collection.inbox import walk_inbox
from toolkit.collection.ledger.rows import Event
from toolkit.consolidation.choice import named
from toolkit.io.files import write
from toolkit.io.machine import local
from toolkit.model.sentences import letter, phrase
from toolkit.model.standing import Standing, State, Unclaimed
from toolkit.pipeline.round.history import last_told, rivals, roster_told
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.ownership import strays
from toolkit.pipeline.round.sending.outbox import has_to_confirm
from toolkit.pipeline.round.standing import standings, unread

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


class Progress(NamedTuple):
    """A round's progress. ``waiting`` counts files in the inbox that were never taken in.

    ``changes`` are those that the last run told, ``told`` what the roster says otherwise than the ledger, ``stale``
    how many returns were judged before the roster, the settings, the form or the program changed. ``unclaimed`` are
    files that the clerk has to look at, ``manuscripts`` what was done with the report.
    """

    standings: tuple[Standing, ...]
    waiting: int
    deadline: str
    reminder: str
    changes: tuple[Change, ...] = ()
    told: tuple[str, ...] = ()
    stale: int = 0
    unclaimed: tuple[Unclaimed, ...] = ()
    unread: bool = False
    manuscripts: tuple[Manuscript, ...] = ()


def progress(round_: Round) -> Progress:
    """How the round stands."""
    lying = strays(round_)
    found = standings(round_, lying)
    seen = {arrival.name_key for arrival in round_.ledger.arrivals()}
    inbox = walk_inbox(round_.folder.inbox, round_.moment.timestamp())
    told = last_told(round_)
    return Progress(
        standings=tuple(found),
        waiting=sum(isinstance(one, Item) and one.key not in seen for one in inbox),
        deadline=day.isoformat() if (day := round_.settings.deadline) else "",
        reminder="\n".join(reminder(round_, found)),
        changes=(*told, *rivals(round_, found, {})),
        told=(*roster_told(round_, found, told), *moved(round_, found)),
        stale=len(round_.ledger.unjudged(round_.context)),
        unclaimed=lying.unclaimed,
        unread=unread(found, lying),
        manuscripts=tuple(manuscripts(round_)),
    )


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
