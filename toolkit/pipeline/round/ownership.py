"""Whose return is it: signature, period and unit of a file that came in, held against the round.

What cannot be attributed stays on a list until the clerk says whose it is, or the unit that it seems to be from has
sent something better. Her decisions are events in the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import NamedTuple

from toolkit.boundary import guarded
from toolkit.checks.prior import with_context
from toolkit.collection.inbox import still_lies
from toolkit.collection.ledger.rows import Event, Revision
from toolkit.collection.roster.read import Role, Unit
from toolkit.collection.signature import genuine, identity_as_issued, settled_identity
from toolkit.collection.unclaimed import LYING, day_of, file_meant, parsed_lying
from toolkit.errors import UsageError
from toolkit.forms.layout import UNIT, prior_name
from toolkit.model.codes import GENUINE, Code
from toolkit.model.finding import Finding, Status
from toolkit.model.returns import Context, FiledVerdict, Identity, Return, Submission, Verdict
from toolkit.model.sentences import worded
from toolkit.model.standing import Unclaimed
from toolkit.pipeline.read_return import ReadResult, foreign
from toolkit.pipeline.round.open import Round
from toolkit.text import cell_text, name_key, shortened
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.numbers import number_as_calculated
from toolkit.workbook.intake.read import read

#: Characters of a name, and of a code or a period, in a message.
_NAME, _CODE = 40, 20
#: What the fields of an identity are called.
_FIELDS = {
    "form": "报表",
    "version": "表样版本",
    "code": "单位编码",
    "unit": "单位名称",
    "period": "统计期间",
    "fingerprint": "表样",
    "key": "收表单位",
    "signature": "签名",
}


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
        yield Finding.at(worded(Code.SIGN_08, fields="、".join(_FIELDS[one] for one in identity.contradictions)))
    if not identity.signature:
        yield Finding.at(worded(Code.SIGN_01, "round"))
    right = genuine(round_.keyring, identity)
    if right is None:
        yield Finding.at(worded(Code.SIGN_02, "stranger"))
    if not right:
        yield Finding.at(worded(Code.SIGN_02, "altered", unit=shortened(identity.unit, _NAME)))
    if identity.period != str(round_.period):
        yield Finding.at(worded(Code.SIGN_05, found=shortened(identity.period, _CODE), period=round_.period))
    yield from _strange_unit(round_, identity)
    yield from _other_unit(round_, found, name)


def _strange_unit(round_: Round, identity: Identity) -> Iterator[Finding]:
    unit = _unit(round_, identity)
    who = {"unit": shortened(identity.unit, _NAME), "code": shortened(identity.code, _CODE)}
    if unit is None or unit.role is Role.NODE:
        yield Finding.at(worded(Code.SIGN_04, "unknown", **who))
    elif unit.code in round_.left_out:
        yield Finding.at(worded(Code.SIGN_04, "excluded", reason=round_.left_out[unit.code], **who))


def _other_unit(round_: Round, found: Submission, name: str) -> Iterator[Finding]:
    """The cover, or the file's name, speaks of another unit than the one the workbook was issued to."""
    own = _unit(round_, found.content.identity)
    if own is None:
        return
    if name_key(found.content.identity.unit) != name_key(own.name) and found.content.identity.code not in own.former:
        told = found.content.identity
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
        prior=round_.figures(unit),
        prior_texts=round_.texts(unit),
        body=unit.body,
        named=_named(round_, content, unit),
    )
    return with_context(round_.kind, replace(found, content=content), context)


def _named(round_: Round, content: Return, unit: Unit) -> tuple[str, ...]:
    """The other units that a return's texts name; an area and its members may speak of each other."""
    near = {*round_.roster.above(unit.code), *(one.code for one in round_.roster.within(unit.code))}
    told = "\n".join(content.texts.values())
    others = (one.name for one in round_.roster.units if one.code not in near)
    return tuple(name for name in others if name in told and name not in unit.name)


def guessed(round_: Round, verdict: FiledVerdict, data: bytes) -> FiledVerdict:
    """A foreign verdict with the units that the workbook's cover, or last year's figures in it, point to."""
    if verdict.status is not Status.FOREIGN or verdict.code:
        return verdict
    return guarded(lambda: replace(verdict, likely=_pointed_to(round_, data)), lambda _: verdict)


def _pointed_to(round_: Round, data: bytes) -> tuple[str, ...]:
    flat, layout = read(admit_bytes(data)), round_.kind.layout
    named = round_.names.units.get(name_key(cell_text(flat.at(*layout.cells[UNIT]).value)), ())
    carried = {name: number_as_calculated(flat.at(*layout.cells[prior_name(name)]).value) for name in layout.prior}
    shown = {name: value for name, value in carried.items() if value is not None}
    filed = {unit.code: round_.figures(unit) for unit in round_.roster.units} if any(shown.values()) else {}
    same = [code for code, own in filed.items() if all(own.get(name) == value for name, value in shown.items())]
    return tuple(dict.fromkeys((*named, *(same if len(same) == 1 else ()))))


def judged_last(round_: Round, arrival: int) -> FiledVerdict | None:
    """The verdict under what holds now; the last one where nothing was collected since that changed."""
    return round_.ledger.judged(arrival, round_.context) or round_.ledger.judged(arrival)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strays:
    """The files that are no returns: the last one of each unit that they are put down to, and those that are nobody's.

    ``hints`` says of units of which nothing else is known what file seems to be theirs, and a sentence about it.
    """

    unusable: Mapping[str, FiledVerdict]
    unclaimed: tuple[Unclaimed, ...]
    hints: Mapping[str, tuple[str, str]]


class _Stray(NamedTuple):
    """A file that is no return, as it was judged, and when it was first seen; ``seq`` is 0 for what was left lying."""

    verdict: FiledVerdict
    since: str
    seq: int = 0


def strays(round_: Round) -> Strays:
    """What lies in the inbox and is no return.

    What was taken in later under another name, or taken away, accuses nobody any more.
    """
    revisions = round_.ledger.revisions()
    found, owners = list(_strays(round_, revisions)), _owners(round_)
    claims, copies = _claims(round_, found)
    last: dict[str, int] = {}
    for code, sent in revisions.items():
        last[owners.get(code, "")] = max(last.get(owners.get(code, ""), 0), *(one.arrival for one in sent))
    beside = _beside(round_, revisions, owners)
    unusable: dict[str, FiledVerdict] = {}
    unclaimed: list[Unclaimed] = []
    for verdict, since, seq in found:
        claimed = claims.get(verdict.file, copies.get(verdict.sha256))
        owner = owners.get(verdict.code if claimed is None else claimed, "")
        if owner and (seq > last.get(owner, 0) or not (seq or owner in last)):
            unusable[owner] = replace(verdict, code=owner)
        elif not owner and claimed is None:
            likely = _likely(round_, verdict, beside)
            if len(likely) != 1 or last.get(likely[0], -1) < (seq or 0):
                names = tuple(round_.roster.by_code[code].name for code in likely)
                unclaimed.append(Unclaimed(verdict.file, verdict.findings[0].message, names, likely, day_of(since)))
    hints = {owners[unit]: (file, f"交来的“{file}”不能用") for file, unit in claims.items() if unit in owners}
    for one in reversed(unclaimed):
        hints |= dict.fromkeys(one.codes, (one.file, f"“{one.file}”可能是它交的，待认领（{one.reason}）"))
    return Strays(unusable=unusable, unclaimed=tuple(unclaimed), hints=hints)


def _strays(round_: Round, revisions: Mapping[str, Sequence[Revision]]) -> Iterator[_Stray]:
    used = {one.arrival for sent in revisions.values() for one in sent}
    taken = {one.sha256 for sent in revisions.values() for one in sent}
    inbox, arrivals = round_.folder.inbox, round_.ledger.arrivals()
    newest = {one.name_key: one.seq for one in arrivals}
    for left in parsed_lying(round_.ledger.meta().get(LYING, "")):
        if left.sha256 not in taken and still_lies(inbox, os.fsencode(left.key)):
            yield _Stray(left.verdict, left.since)
    for one in arrivals:
        settled = one.seq in used or one.same_as is not None or one.sha256 in taken
        if settled or newest[one.name_key] != one.seq or not still_lies(inbox, one.name_key):
            continue
        if (verdict := judged_last(round_, one.seq)) is not None:
            yield _Stray(replace(verdict, file=one.name, sha256=one.sha256), one.received, one.seq)


def _owners(round_: Round) -> dict[str, str]:
    """The units that send something, by every code that they had in the round."""
    senders = [unit for unit in round_.roster.units if unit.role is not Role.NODE]
    return {code: unit.code for unit in reversed(senders) for code in reversed(round_.codes(unit))}


def _claims(round_: Round, found: Sequence[_Stray]) -> tuple[dict[str, str], dict[str, str]]:
    """The codes that the clerk gave files to, by their names and by their hashes; none for what she put aside.

    A decision holds for what lay there when she took it, for its copies, and when the file is cleared away.
    """
    events = {event.detail: event for event in round_.ledger.events() if event.kind == CLAIM}
    claims, copies = {file: event.unit for file, event in events.items()}, {}
    for one in found:
        if (event := events.get(one.verdict.file)) is not None:
            if event.at < one.since:
                del claims[one.verdict.file]
            elif one.verdict.sha256:
                copies[one.verdict.sha256] = event.unit
    return claims, copies


def _beside(
    round_: Round, revisions: Mapping[str, Sequence[Revision]], owners: Mapping[str, str]
) -> dict[str, set[str]]:
    """The units whose returns lie in a folder or an archive, by its name."""
    names = {one.seq: one.name for one in round_.ledger.arrivals()}
    out: dict[str, set[str]] = {}
    for code, sent in revisions.items():
        for folder in {names[one.arrival].rpartition("/")[0] for one in sent} - {""}:
            out.setdefault(folder, set()).add(owners.get(code, ""))
    return out


def _likely(round_: Round, verdict: FiledVerdict, beside: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Whose a file may be: by its own name and content, else by the folder or archive it came in, the nearest first."""
    path = PurePosixPath(verdict.file)
    content = (code for code in verdict.likely if code in round_.roster.by_code)
    if own := tuple(dict.fromkeys((*round_.names.likely(path.stem), *content))):
        return own
    near = beside.get(verdict.file.rpartition("/")[0], set()) - {""}
    folders = (round_.names.likely(part.name.removesuffix(".zip")) for part in path.parents)
    return tuple(near) if len(near) == 1 else next(filter(None, folders), ())


#: The kind of event by which the clerk says whose a file is, and what she writes for a file that is nobody's.
CLAIM, NOBODY = "claim", "无关"


def claim(round_: Round, typed: str, whose: str) -> tuple[str, Unit | None]:
    """Write down whose a file is (``NOBODY`` for none of this round's); gives the file and the unit that were meant.

    UsageError where the file or the unit is not clear.
    """
    files = [one.verdict.file for one in _strays(round_, round_.ledger.revisions())]
    file = file_meant(typed, files, round_.folder.inbox.name)
    unit = None if name_key(whose) == NOBODY else _meant(round_, whose)
    round_.ledger.note(Event(round_.stamp, unit.code if unit else "", CLAIM, 0, file))
    return file, unit


def _meant(round_: Round, whose: str) -> Unit:
    """The unit of that code or name, or of that customary short name."""
    try:
        unit = round_.roster.find(whose)
    except UsageError:
        likely = round_.names.likely(whose)
        if len(likely) != 1:
            raise
        unit = round_.roster.by_code[likely[0]]
    if unit.role is Role.NODE:
        raise UsageError(f"“{unit.name}”在名册里只是层级的名称，不报送。请写报送的单位；不是本轮的文件，写 {NOBODY}。")
    return unit
