"""Who has reported, who has not, who must correct: as figures, and as a message ready to paste."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.collection.archives import Item
from toolkit.collection.changes import Change
from toolkit.collection.inbox import walk_inbox
from toolkit.model.standing import Standing, State
from toolkit.pipeline.round.history import last_told, rivals, roster_told
from toolkit.pipeline.round.manuscripts import Manuscript, manuscripts
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.standing import standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A round's progress. ``waiting`` counts files in the inbox that were never taken in.

    ``changes`` are those that the last run told, ``told`` what the roster says otherwise than the ledger, ``stale``
    how many returns were judged before the roster, the settings, the form or the program changed, ``manuscripts`` what
    was done with the report.
    """

    standings: tuple[Standing, ...]
    waiting: int
    deadline: str
    reminder: str
    changes: tuple[Change, ...] = ()
    told: tuple[str, ...] = ()
    stale: int = 0
    manuscripts: tuple[Manuscript, ...] = ()

    @property
    def counts(self) -> dict[State, int]:
        """How many units are in each state."""
        return {state: sum(one.state is state for one in self.standings) for state in State}

    @property
    def late(self) -> int:
        """How many units are, or were, late."""
        return sum(one.late for one in self.standings)


def progress(round_: Round) -> Progress:
    """How the round stands."""
    found = standings(round_)
    seen = {arrival.name_key for arrival in round_.ledger.arrivals()}
    lying = walk_inbox(round_.folder.inbox, round_.moment.timestamp())
    waiting = sum(isinstance(one, Item) and one.key not in seen for one in lying)
    deadline = round_.settings.deadline.isoformat() if round_.settings.deadline else ""
    told = last_told(round_)
    return Progress(
        standings=tuple(found),
        waiting=waiting,
        deadline=deadline,
        reminder="\n".join(_reminder(round_, found)),
        changes=(*told, *rivals(found, {})),
        told=roster_told(round_, told),
        stale=len(round_.ledger.unjudged(round_.context)),
        manuscripts=tuple(manuscripts(round_)),
    )


#: What is asked of units, by where they stand.
_ASKED = {
    State.MISSING: "还没有报送的 {} 个单位，请尽快报送",
    State.RETURNED: "需要修改后重新报送的 {} 个单位，请按退回的文件改正",
    State.UNUSABLE: "报送的文件不能用的 {} 个单位，请用发给本单位的工作簿重新报送",
}


def _reminder(round_: Round, found: Sequence[Standing]) -> Iterator[str]:
    """The message to those from whom something is still to come (催报)."""
    # A unit on whose file the program failed, or about which the clerk has to decide, has nothing to send again.
    asked = [one for one in found if not one.blameless]
    due = {words: names for state, words in _ASKED.items() if (names := [o.short for o in asked if o.state is state])}
    if not due:
        return
    deadline = round_.settings.deadline
    until = f"（截止 {deadline.month}月{deadline.day}日）" if deadline else ""
    yield f"各单位：{round_.period.label}{round_.kind.form.title}报送情况{until}："
    for number, (words, names) in zip("一二三", due.items(), strict=False):
        yield f"{number}、{words.format(len(names))}："
        yield f"    {'、'.join(names)}"
    contact = " ".join(part for part in (round_.settings.office, round_.settings.phone) if part)
    if contact:
        yield f"联系：{contact}"
