"""A unit's history: what it sent, what changed, what was found, what the clerk decided."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from toolkit.collection.diff import Changes, changes_between
from toolkit.collection.ledger.rows import Event
from toolkit.collection.roster.read import Unit
from toolkit.io.machine import local
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Standing
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.standing import sent_by, standings

_WORDS = {
    "issued": "发出模板",
    "received": "收到",
    "returned": "退回",
    "pin": "指定采用",
    "unpin": "取消指定",
    "withdraw": "撤回",
}


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
    unit = round_.roster.find(text)
    sent = tuple(sent_by(round_, unit.code))
    return History(
        unit=unit,
        standing=next((one for one in standings(round_) if one.code == unit.code), None),
        sent=sent,
        steps=tuple(changes_between(round_.kind, old, new) for old, new in pairwise(sent)),
        events=tuple(round_.ledger.events(unit.code)),
    )


def event_line(event: Event) -> str:
    """An event as a line: ``2026-01-20 09:15 收到 第 2 版：教育局.xlsx``."""
    number = f" 第 {event.revision} 版" if event.revision else ""
    detail = f"：{event.detail}" if event.detail else ""
    return f"{local(event.at):%Y-%m-%d %H:%M} {_WORDS.get(event.kind, event.kind)}{number}{detail}"
