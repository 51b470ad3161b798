"""Whose return is it: signature, period and unit of a file that came in, held against the round.

What cannot be attributed stays on a list until the clerk says whose it is, or the unit that it seems to be from has
sent something better. Her decisions are events in the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import PurePosixPath
from typing import NamedTuple

from toolkit.boundary import guarded
from toolkit.checks.prior import with_context
from toolkit.collection.file_names import file_meant, likely_units
from toolkit.collection.inbox import needs_somebody
from toolkit.collection.ledger.rows import Arrival, Event
from toolkit.collection.roster.read import Role, Unit
from toolkit.collection.signature import genuine, identity_as_issued, settled_identity
from toolkit.errors import UsageError
from toolkit.forms.layout import UNIT, prior_name
from toolkit.instrument.catalogue import load
from toolkit.io.machine import local
from toolkit.io.workers import each
from toolkit.model.codes import GENUINE, Code
from toolkit.model.finding import Finding
from toolkit.model.returns import Context, FiledVerdict, Identity, ReadResult, Return, Submission, Verdict, foreign
from toolkit.model.sentences import phrase, worded
from toolkit.model.standing import Unclaimed
from toolkit.pipeline.round.open import Round
from toolkit.text import cell_text, name_key, shortened
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.numbers import number_as_calculated
from toolkit.workbook.intake.read import read

#: Characters of a name, and of a code or a period, in a message.
_NAME, _CODE = 40, 20


def placed(round_: Round, found: ReadResult, name: str) -> ReadResult:
    """A return with what the round knows of its unit; a foreign verdict where it is none of this round.

    A file that cannot be understood is put down to the unit it is named for, so that somebody is asked about it.
    """
    if isinstance(found, Verdict):
        return named_for(round_, found, name)
    identity = settled_identity(round_.keyring, found.content.identity)
    identity = identity_as_issued(round_.keyring, identity, ((unit.code, unit.name) for unit in round_.roster.units))
    found = replace(found, content=replace(found.content, identity=identity))
    # Why a file is none of this round's returns, the most telling reason first.
    finding = next(_reasons(round_, found, name), None)
    if finding is not None:
        verdict = foreign(found.content.file, found.content.sha256, identity, [finding])
        # An identity that was tampered with accuses nobody.
        told = identity.code if finding.rule in GENUINE and identity.code in round_.roster.by_code else ""
        return replace(verdict, code=round_.names.unit_of(name) or told)
    unit = _unit(round_, identity)
    return found if unit is None else _known(round_, found, unit)


def named_for(round_: Round, verdict: Verdict, name: str) -> FiledVerdict:
    """A verdict put down to the unit that the file is named for."""
    return replace(FiledVerdict.of(verdict), code=round_.names.unit_of(name))


def _unit(round_: Round, identity: Identity) -> Unit | None:
    """The unit of the roster; one that got a new code during the round is found by its former one."""
    known = round_.roster.by_code.get(identity.code)
    if known is not None:
        return known
    heirs = [unit for unit in round_.roster.units if identity.code in unit.former]
    return heirs[0] if len(heirs) == 1 else None


def _reasons(round_: Round, found: Submission, name: str) -> Iterator[Finding]:
    identity = found.content.identity
    if identity.contradictions:
        fields = "、".join(phrase(f"identity {one}") for one in identity.contradictions)
        yield Finding.at(worded(Code.SIGN_08, fields=fields))
    if not identity.signature:
        yield Finding.at(worded(Code.SIGN_01, "round"))
    right = genuine(round_.keyring, identity)
    if right is None:
        yield Finding.at(worded(Code.SIGN_02, "stranger"))
    if not right:
        yield Finding.at(worded(Code.SIGN_02, "altered", unit=shortened(identity.unit, _NAME)))
    if identity.period != str(round_.period):
        yield Finding.at(worded(Code.SIGN_05, found=shortened(identity.period, _CODE), period=round_.period))
    unit = _unit(round_, identity)
    who = {"unit": shortened(identity.unit, _NAME), "code": shortened(identity.code, _CODE)}
    if unit is None or unit.role is Role.NODE:
        yield Finding.at(worded(Code.SIGN_04, "unknown", **who))
    elif unit.code in round_.left_out:
        yield Finding.at(worded(Code.SIGN_04, "excluded", reason=round_.left_out[unit.code], **who))
    if unit is not None:
        yield from _other_unit(round_, found, name, unit)


def _other_unit(round_: Round, found: Submission, name: str, own: Unit) -> Iterator[Finding]:
    """The cover, or the file's name, speaks of another unit than the one the workbook was issued to."""
    told = found.content.identity
    if name_key(told.unit) != name_key(own.name) and told.code not in own.former:
        names = {"issued": shortened(told.unit, _NAME), "former": shortened(told.code, _CODE)}
        yield Finding.at(worded(Code.SIGN_06, "renamed", code=own.code, own=own.name, **names))
    cover = frozenset(round_.names.units.get(name_key(found.content.unit), ()))
    named = frozenset[str]() if round_.names.names(own, name) else round_.names.found(name)
    for where, codes in (("封面", cover), ("文件名", named)):
        others = codes.difference(round_.roster.above(own.code), {own.code})
        if others and own.code not in codes:
            other = round_.roster.by_code[min(others)].name
            yield Finding.at(worded(Code.SIGN_06, "other", where=where, other=other, own=own.name))


def _known(round_: Round, found: Submission, unit: Unit) -> Submission:
    content = replace(found.content, identity=replace(found.content.identity, code=unit.code))
    context = Context(
        prior=round_.figures(unit), prior_texts=round_.texts(unit), body=unit.body, named=_named(round_, content, unit)
    )
    return with_context(round_.kind, replace(found, content=content), context)


def _named(round_: Round, content: Return, unit: Unit) -> tuple[str, ...]:
    """The other units that a return's texts name; an area and its members may speak of each other."""
    near = {*round_.roster.above(unit.code), *(one.code for one in round_.roster.within(unit.code))}
    told = "\n".join(content.texts.values())
    others = (one.name for one in round_.roster.units if one.code not in near)
    return tuple(name for name in others if name in told and name not in unit.name)


#: What in a strange workbook points to its unit: the name on its cover, and last year's figures.
Trace = tuple[str, Mapping[str, Decimal]]


def traces(files: list[bytes], form: str) -> list[Trace]:
    """What each of these workbooks shows where the form has it; nothing where it cannot be read."""
    layout = load(form).layout

    def trace(data: bytes) -> Trace:
        flat = read(admit_bytes(data))
        carried = {name: number_as_calculated(flat.at(*layout.cells[prior_name(name)]).value) for name in layout.prior}
        shown = {name: value for name, value in carried.items() if value is not None}
        return name_key(cell_text(flat.at(*layout.cells[UNIT]).value)), shown

    return [guarded(partial(trace, data), lambda _: ("", {})) for data in each(files)]


def guessed(round_: Round, verdict: FiledVerdict, trace: Trace) -> FiledVerdict:
    """A strange verdict with the units that the trace points to."""
    named, shown = round_.names.units.get(trace[0], ()), trace[1]
    filed = {unit.code: round_.figures(unit) for unit in round_.roster.units} if any(shown.values()) else {}
    same = [code for code, own in filed.items() if all(own.get(name) == shown[name] for name in shown)]
    return replace(verdict, likely=tuple(dict.fromkeys((*named, *(same if len(same) == 1 else ())))))


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
