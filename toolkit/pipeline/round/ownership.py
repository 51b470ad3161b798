"""Whose is a file that is no return of this round: what is put down to whom, and what nobody knows.

What cannot be attributed stays on a list until the clerk says whose it is, or the unit that it seems to be from has
sent something better. Her decisions are events in the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath
from typing import NamedTuple

from toolkit.collection.file_names import file_meant, likely_units
from toolkit.collection.inbox import needs_somebody
from toolkit.collection.ledger.rows import Arrival, Event
from toolkit.collection.roster.read import Role, Unit
from toolkit.errors import UsageError
from toolkit.io.machine import local
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Unclaimed
from toolkit.pipeline.round.open import Round
from toolkit.text import name_key


def judged_last(round_: Round, arrival: int) -> FiledVerdict | None:
    """The verdict under what holds now; the last one where nothing was collected since that changed."""
    return round_.ledger.judged(arrival, round_.context) or round_.ledger.judged(arrival)


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
    arrivals = {one.seq: one for one in round_.ledger.arrivals()}
    claims = {event.detail: event for event in round_.ledger.events() if event.kind == CLAIM}
    # What she decided holds for what lay there then, and for its copies.
    decided = {
        one.sha256 or one.name: claims[one.name].unit
        for one in arrivals.values()
        if one.name in claims and claims[one.name].at >= one.received
    }
    last: dict[str, int] = {}
    beside: dict[str, set[str]] = {}
    for one in chain.from_iterable(round_.ledger.revisions().values()):
        owner = owners.get(one.unit, one.unit)
        last[owner] = max(one.arrival, last.get(owner, 0))
        beside.setdefault(arrivals[one.arrival].name.rpartition("/")[0], set()).add(owner)
    unusable: dict[str, FiledVerdict] = {}
    unclaimed: list[Unclaimed] = []
    for stray, verdict in _strays(round_, arrivals.values()):
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


def _strays(round_: Round, arrivals: Collection[Arrival]) -> Iterator[tuple[Arrival, FiledVerdict]]:
    """The newest file under each name that lies there, and is no return; one of another unit's name is no copy."""
    revisions = list(chain.from_iterable(round_.ledger.revisions().values()))
    used, taken = {one.arrival for one in revisions}, {one.sha256: one.unit for one in revisions}
    newest = {one.name_key: one.seq for one in arrivals}
    for one in arrivals:
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
    files = [one.name for one, _ in _strays(round_, round_.ledger.arrivals())]
    file = file_meant(typed, files, round_.folder.inbox.name)
    unit = None
    if name_key(whose) != NOBODY:
        likely = round_.names.likely(whose)
        unit = round_.roster.by_code[likely[0]] if len(likely) == 1 else round_.roster.find(whose)
    if unit is not None and unit.role is Role.NODE:
        raise UsageError(f"“{unit.name}”在名册里只是层级的名称，不报送。请写报送的单位；不是本轮的文件，写 {NOBODY}。")
    round_.ledger.note(Event(round_.stamp, unit.code if unit else "", CLAIM, 0, file))
    return file, unit
