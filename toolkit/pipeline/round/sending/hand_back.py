"""Hands faulty returns back: the unit's own workbook, annotated, and a notice in words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from pathlib import Path

from toolkit import __version__
from toolkit.boundary import guarded
from toolkit.collection.archives import Item
from toolkit.collection.diff import changes_between
from toolkit.collection.folder import CONFIRM_ENDING, RETURNED_ENDING, SETTLED, UNUSABLE_ENDING
from toolkit.collection.inbox import walk_inbox
from toolkit.collection.ledger.codec import encode_verdict
from toolkit.collection.ledger.rows import Arrival, Event, Revision
from toolkit.collection.roster.read import Unit
from toolkit.instrument.catalogue import form_of
from toolkit.io.failures import step
from toolkit.io.files import put_away, safe_name, write
from toolkit.model.codes import Code
from toolkit.model.finding import Severity, Status
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Standing, State
from toolkit.pipeline.annotate import annotated, encoded, notice
from toolkit.pipeline.read_return import as_issued
from toolkit.pipeline.round.distribute import book_name, issue
from toolkit.pipeline.round.open import Round, stored
from toolkit.pipeline.round.ownership import CLAIM
from toolkit.pipeline.round.sending.outbox import (
    Enclosure,
    Parcel,
    fill,
    heading,
    issued_books,
    missing,
    write_calls,
)
from toolkit.pipeline.round.sending.transcribe import proposed
from toolkit.pipeline.round.standing import all_sent
from toolkit.pipeline.verify import Stages, silent
from toolkit.text import name_key
from toolkit.workbook.annotation.marks import lines_of
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.press import Press

_FAILED, _LATE = " failed", " late"
_LONGEST = 20
_QUOTED = re.compile("“([^“”]*)”")
#: What is said of a workbook with figures that were read out of a file that cannot be used.
_CONFIRM = "也可以不重新填写：文件里读出的数已填在所附的“{}”里（浅蓝色的格），请核对，在“待确认”页选“确认”，再发回。"
#: A return with these may have to be filled in anew.
_ANEW = frozenset({Code.FORM_11})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """What lies in 退回/ to be sent: new files, files that were there already, and what could not be annotated."""

    written: tuple[Path, ...]
    kept: int
    retired: int
    told: tuple[str, ...]


def hand_back(round_: Round, standings: list[Standing], stages: Stages = silent) -> HandedBack:
    """Annotate the newest revision of every unit that must correct it, fill 待发送; put away what is settled."""
    done = round_.ledger.outputs()
    written: list[Path] = []
    wanted: dict[str, str] = {}
    told: list[str] = []
    parcels: list[Parcel] = []
    issued, before, read = issued_books(round_), _Before(round_), _reader(round_)
    faulty = [(one, verdict) for one in standings if (verdict := _faulty(round_, one)) is not None]
    progress = stages("写退回文件", len(faulty))
    for one, verdict in faulty:
        progress(1)
        digest = _digest(round_, verdict)
        lines = step(f"{one.name}的退回文件", told, partial(_lines, round_, verdict, before))
        paths = {place: round_.folder.root / place for place in _places(round_, one, verdict)}
        wanted |= dict.fromkeys(paths, digest)
        if not all(_settled(done.get(place, ""), digest, path) for place, path in paths.items()):
            task = partial(_hand_back, round_, verdict, paths.values(), lines, told, read)
            made = step(f"{one.name}的退回文件", told, task)
            # That the deadline has passed meanwhile is no second return.
            again = {done.get(place, "").split(" ")[0] for place in paths} == {digest.split(" ")[0]}
            written, name = [*written, *made], [*paths.values()][-1].name
            with round_.ledger.together():
                _remember(round_, paths, digest, made)
                if made and not again:
                    round_.ledger.note(Event(round_.stamp, one.code, "returned", verdict.revision, name))
        copies = [path for path in paths.values() if path.suffix == ".xlsx" and path.is_file()]
        books = [Enclosure(path.name, digest, path.read_bytes) for path in copies]
        parcels += step(f"{one.name}的待发送文件", told, partial(_parcel, round_, verdict, books, lines, issued))
    # What need not be sent any more is put away; nothing is deleted.
    ours = [place for place in done if place.startswith(f"{round_.folder.returned.name}/") and place not in wanted]
    old = [path for place in ours if (path := round_.folder.root / place).is_file()]
    retired = sum(put_away(path, round_.folder.returned / SETTLED) for path in old)
    fill(round_, [*parcels, *missing(round_, standings, issued, partial(_filled, round_, read))], told)
    write_calls(round_, standings, {parcel.unit.code: parcel.due for parcel in parcels})
    kept = len(wanted) - len(written)
    return HandedBack(written=tuple(written), kept=max(0, kept), retired=retired, told=tuple(told))


def _digest(round_: Round, verdict: FiledVerdict) -> str:
    """What a notice depends on; behind it a word where the deadline is past, however many days."""
    office = round_.settings
    told_of = repr((round_.name, office.office, office.phone, office.deadline)).encode()
    digest = hashlib.sha256(__version__.encode() + told_of + encode_verdict(verdict)).hexdigest()
    return digest + (_LATE if round_.overdue else "")


def _remember(round_: Round, paths: Mapping[str, Path], digest: str, made: Sequence[Path]) -> None:
    kinds = {path.suffix for path in made}
    if made:
        tried = {place: digest if path.suffix in kinds else digest + _FAILED for place, path in paths.items()}
        round_.ledger.wrote(tried)


def _settled(known: str, digest: str, path: Path) -> bool:
    """Whether a file was written from the same and is still there, or could not be written from the same."""
    return known == digest + _FAILED or (known == digest and path.is_file())


def _faulty(round_: Round, one: Standing) -> FiledVerdict | None:
    """The verdict to send back, as the unit may read it: the newest one, if something is to be corrected in it."""
    if one.state is State.EXCLUDED or one.newest is None or one.pinned or one.blameless or one.newest.status.counts:
        return None
    codes = round_.codes(round_.roster.by_code[one.code])
    named = round_.names.found(one.newest.file).difference(codes, round_.roster.above(one.code))
    own = partial(_QUOTED.sub, partial(unnamed, round_, codes))
    found = (
        replace(f, message=own(f.message), bare=own(f.bare), remedy=own(f.remedy), suggestion=own(f.suggestion))
        for f in one.newest.findings
    )
    return replace(
        one.newest, code=one.code, unit=one.name, file="" if named else one.newest.file, findings=tuple(found)
    )


def unnamed(round_: Round, codes: Sequence[str], quoted: re.Match[str]) -> str:
    """A quotation that is another unit's name in other words: what a unit is sent names no other."""
    names, text = round_.names, name_key(quoted[1])
    longest = max(names.pattern.findall(text) if names.pattern else [], key=len, default="")
    is_other = bool(longest) and not set(names.units[longest]).intersection(codes)
    return "另一个单位" if is_other and 3 * len(longest) >= len(text) else quoted[0]


def _places(round_: Round, one: Standing, verdict: FiledVerdict) -> list[str]:
    """The files in 退回, as the ledger names them."""
    stem = f"{one.code}-{one.short[:_LONGEST]}"
    if verdict.status is not Status.RETURNED:
        names = [safe_name(f"{stem}-{CONFIRM_ENDING}") + ".xlsx", safe_name(f"{stem}-{UNUSABLE_ENDING}") + ".txt"]
        return [f"{round_.folder.returned.name}/{name}" for name in names]
    stem = safe_name(f"{stem}-第{verdict.revision}版-{RETURNED_ENDING}")
    return [f"{round_.folder.returned.name}/{stem}{kind}" for kind in (".xlsx", ".txt")]


def _hand_back(  # noqa: PLR0913, PLR0917 - what goes into the files, and where what is noticed goes
    round_: Round, verdict: FiledVerdict, paths: Iterable[Path], lines: Sequence[str], told: list[str], read: Reader
) -> list[Path]:
    out: list[Path] = []
    for path in paths:
        if path.suffix == ".txt":
            out.append(write(path, encoded(notice(round_.kind, verdict, lines, enclosed=bool(out)))))
            continue
        if verdict.status is not Status.RETURNED:
            if book := read(round_.roster.by_code[verdict.code], verdict.file):
                out.append(write(path, book[0]))
                lines = (book[1], *lines)
            continue
        kind = form_of(verdict.form, round_.kind) or round_.kind
        if verdict.content is not None:
            kind = as_issued(kind, verdict.content.identity.fingerprint, round_.folder.forms)
        made = annotated(stored(round_, verdict.sha256, verdict.file), kind, verdict, lines)
        if isinstance(made, bytes):
            out.append(write(path, made))
        else:
            told.append(f"{verdict.unit}：{made}")
    return out


#: Gives of a file in the inbox what could be read out of it, in the unit's own workbook, and a sentence on it.
Reader = Callable[[Unit, str], tuple[bytes, str] | None]


def _reader(round_: Round) -> Reader:
    """Reads files of the inbox by their names; the inbox is walked at the first."""

    @cache
    def items() -> Mapping[str, Item]:
        lying = walk_inbox(round_.folder.inbox, round_.moment.timestamp())
        found = (one if isinstance(one, Item) else one.item for one in lying)
        return {one.name: one for one in found if one is not None}

    def work(unit: Unit, name: str) -> tuple[bytes, str] | None:
        return proposed(round_, unit, items()[name].load(), name) if name in items() else None

    return lambda unit, name: guarded(partial(work, unit, name), lambda _: None)


def _filled(round_: Round, read: Reader, one: Standing) -> tuple[Enclosure, str] | None:
    """What could be read out of a file that is no workbook of ours and that the clerk said is the unit's."""
    unit = round_.roster.by_code[one.code]
    events = (event for code in round_.codes(unit) for event in round_.ledger.events(code))
    is_claimed = any(event.kind == CLAIM and event.detail == one.file for event in events)
    if not is_claimed or (book := read(unit, one.file)) is None:
        return None
    name = safe_name(f"{one.code}-{one.short[:_LONGEST]}-{CONFIRM_ENDING}") + ".xlsx"
    return Enclosure(name, hashlib.sha256(book[0]).hexdigest(), lambda: book[0]), book[1]


class _Before:
    """What the units sent, read from the ledger once."""

    def __init__(self, round_: Round) -> None:
        self._round = round_

    @cached_property
    def _known(self) -> tuple[Mapping[str, Sequence[Revision]], Mapping[int, Arrival]]:
        ledger = self._round.ledger
        return ledger.revisions(), {arrival.seq: arrival for arrival in ledger.arrivals()}

    def revision(self, code: str, number: int) -> FiledVerdict:
        """The verdict on a revision of a unit."""
        return next(one for one, _ in all_sent(self._round, code, *self._known) if one.revision == number)


def _lines(round_: Round, verdict: FiledVerdict, before: _Before) -> tuple[str, ...]:
    """What stands below a notice: who asks until when, and what was changed since the revision before."""
    lines, number = heading(round_), verdict.revision - 1
    if number < 1:
        return lines
    changes = changes_between(round_.kind, before.revision(verdict.code, number), verdict)
    return (*lines, f"与第 {number} 版相比：{changes.brief}")


def _parcel(
    round_: Round,
    verdict: FiledVerdict,
    books: Sequence[Enclosure],
    lines: Sequence[str],
    issued: Mapping[str, Enclosure],
) -> list[Parcel]:
    """The same to be sent: with the annotated copy, and a fresh workbook where the notice asks to fill in one."""
    unit, returned = round_.roster.by_code[verdict.code], verdict.status is Status.RETURNED
    anew = any(f.rule in _ANEW for f in verdict.findings) if returned else not books
    blank = [issued.get(unit.code) or _blank(round_, unit)] if anew else []
    if books and not returned:
        lines = (_CONFIRM.format(books[0].name), *lines)
    text = notice(round_.kind, verdict, lines, enclosed=returned and bool(books), fresh=anew)
    due = sum(line.severity is not Severity.NOTE for line in lines_of(round_.kind, verdict))
    return [Parcel(unit, "请修改后发回" if returned else "请重新报送", text, [*books, *blank], due)]


def _blank(round_: Round, unit: Unit) -> Enclosure:
    """The workbook of a unit, made again where it does not lie in 发放 any more."""
    kind = round_.issued
    return Enclosure(
        book_name(round_, unit), blank_plan(kind).fingerprint, lambda: Press(kind).issue(issue(round_, unit))
    )
