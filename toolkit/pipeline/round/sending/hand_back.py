"""Hands faulty returns back: the unit's own workbook, annotated, and a notice in words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from toolkit import __version__
from toolkit.collection.archives import Item
from toolkit.collection.diff import changes_between
from toolkit.collection.folder import RETURNED_ENDING, UNUSABLE_ENDING, Folder
from toolkit.collection.inbox import walk_inbox
from toolkit.collection.ledger.codec import encode_verdict
from toolkit.collection.ledger.rows import Event
from toolkit.collection.roster.read import Unit
from toolkit.instrument.catalogue import form_of, load, reference
from toolkit.io.failures import failed_step, step
from toolkit.io.files import encoded, safe_name, write
from toolkit.io.workers import PORTION, Crew, each
from toolkit.model.codes import Code
from toolkit.model.finding import Severity, Status
from toolkit.model.returns import FiledVerdict
from toolkit.model.sentences import letter
from toolkit.model.standing import Standing, State
from toolkit.pipeline.annotate import annotated, notice
from toolkit.pipeline.read_return import as_issued
from toolkit.pipeline.round.open import Round, stored
from toolkit.pipeline.round.sending import outbox
from toolkit.pipeline.round.sending.distribute import book_name, issue
from toolkit.pipeline.round.sending.outbox import Enclosure, Parcel, heading, stem_of
from toolkit.pipeline.round.sending.transcribe import proposed
from toolkit.pipeline.round.standing import CLAIM, Came
from toolkit.pipeline.verify import Stages, silent
from toolkit.text import name_key
from toolkit.workbook.annotation.marks import lines_of
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.press import Press

_FAILED, _LATE = " failed", " late"
_QUOTED = re.compile("“([^“”]*)”")
#: A return with these may have to be filled in anew.
_ANEW = frozenset({Code.FORM_11})


class HandedBack(NamedTuple):
    """What is new in 退回/ to be sent, and what could not be annotated."""

    written: tuple[Path, ...]
    told: tuple[str, ...]


class _Case(NamedTuple):
    """A return to hand back: the places of copy and notice, and what they are written from; the form of a copy due."""

    one: Standing
    verdict: FiledVerdict
    places: tuple[str, str]
    digest: str
    lines: Sequence[str]
    form: str


def hand_back(round_: Round, standings: Sequence[Standing], stages: Stages = silent, jobs: int = 1) -> HandedBack:
    """Annotate the newest revision of every unit that must correct it, fill 待发送; put away what is settled."""
    desk, parcels, what = _Desk(round_), list[Parcel](), "{}的退回文件".format
    faulty = [(one, verdict) for one in standings if (verdict := _faulty(round_, one)) is not None]
    cases = [case for pair in faulty for case in step(what(pair[0].name), desk.told, partial(desk.case, *pair))]
    due = [(case.form, case.verdict, case.lines) for case in cases if case.form]
    progress = stages("写退回文件", len(cases))
    with Crew(jobs if jobs > 1 and len(due) > PORTION else 0) as crew:  # to start one costs as much as a portion
        copies = crew.run(partial(_annotated, folder=round_.folder), due, lambda _, how: failed_step("标注", how).line)
        for case in cases:
            progress(1)
            made = next(copies) if case.form else None
            parcels += step(what(case.one.name), desk.told, partial(desk.hand_back, case, made))
    outbox.settle(round_, round_.folder.returned, desk.wanted)
    outbox.fill(round_, [*parcels, *outbox.missing(round_, standings, desk.issued, desk.read_out)], desk.told)
    outbox.write_calls(round_, standings, {parcel.unit.code: parcel.due for parcel in parcels})
    return HandedBack(written=tuple(desk.written), told=tuple(desk.told))


def _annotated(due: list[tuple[str, FiledVerdict, Sequence[str]]], folder: Folder) -> list[bytes | str]:
    """The part that other processes do: a copy each, or why there is none."""
    return [annotated(partial(stored, folder, v.sha256, v.file), load(form), v, lines) for form, v, lines in each(due)]


def _digest(round_: Round, verdict: FiledVerdict) -> str:
    """What a notice depends on; behind it a word where the deadline is past, however many days."""
    office = round_.settings
    told_of = repr((round_.name, office.office, office.phone, office.deadline)).encode()
    digest = hashlib.sha256(__version__.encode() + told_of + encode_verdict(verdict)).hexdigest()
    return digest + (_LATE if round_.overdue else "")


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
    file = "" if named else one.newest.file
    return replace(one.newest, code=one.code, unit=one.name, file=file, findings=tuple(found))


def unnamed(round_: Round, codes: Sequence[str], quoted: re.Match[str]) -> str:
    """A quotation that is another unit's name in other words: what a unit is sent names no other."""
    names, text = round_.names, name_key(quoted[1])
    longest = max(names.spelled(text), key=len, default="")
    is_other = bool(longest) and not set(names.units[longest]).intersection(codes)
    return "另一个单位" if is_other and 3 * len(longest) >= len(text) else quoted[0]


@dataclass
class _Desk:
    """What is written to 退回 (``wanted`` are the places of all that has to lie there), and what that is made from."""

    round_: Round
    written: list[Path] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    def case(self, one: Standing, verdict: FiledVerdict) -> list[_Case]:
        """What a return is handed back with."""
        round_, digest, form = self.round_, _digest(self.round_, verdict), ""
        stem = f"{stem_of(one)}-第{verdict.revision}版-{RETURNED_ENDING}"
        names = (f"{safe_name(stem)}.xlsx", f"{safe_name(stem)}.txt")
        if verdict.status is not Status.RETURNED:
            names = (outbox.book_to_confirm(one), safe_name(f"{stem_of(one)}-{UNUSABLE_ENDING}") + ".txt")
        copy, words = (f"{round_.folder.returned.name}/{name}" for name in names)
        self.wanted |= {copy, words}
        if verdict.status is Status.RETURNED and self._is_due(copy, digest):
            kind, content = form_of(verdict.form, round_.kind) or round_.kind, verdict.content
            kind = as_issued(kind, content.identity.fingerprint if content else "", round_.folder.forms)
            form = reference(kind.form, controls=kind.form.id != kind.form.base)
        return [_Case(one, verdict, (copy, words), digest, self._lines(verdict), form)]

    def hand_back(self, case: _Case, made: bytes | str | None) -> list[Parcel]:
        """Write copy and notice where they are due; gives what the unit is to be sent. ``made``: as annotated."""
        one, verdict, (copy, words), digest, lines, _ = case
        round_, before, unit = self.round_, len(self.written), self.round_.roster.by_code[one.code]
        # In the place of a copy lies what could be read out of a file that cannot be used.
        tried = self._write(case, copy, lambda: made or self._read(unit, verdict.file))
        parcel = self._parcel(verdict, round_.folder.root / copy, digest, lines)
        tried |= self._write(case, words, lambda: encoded(parcel.text))
        if len(self.written) > before:
            # That the deadline has passed meanwhile is no second return.
            again = {self._done.get(place, "").split(" ")[0] for place in case.places} == {digest.split(" ")[0]}
            with round_.ledger.together():
                round_.ledger.wrote(tried)
                if not again:
                    round_.ledger.note(Event(round_.stamp, one.code, "returned", verdict.revision, Path(words).name))
        return [parcel]

    def read_out(self, one: Standing) -> Enclosure | None:
        """What could be read out of a file that is no workbook of ours and that the clerk said is the unit's."""
        is_claimed = (one.code, one.file) in self._claimed
        book = self._read(self.round_.roster.by_code[one.code], one.file) if is_claimed else None
        return Enclosure(outbox.book_to_confirm(one), hashlib.sha256(book).hexdigest(), lambda: book) if book else None

    @cached_property
    def issued(self) -> Mapping[str, Enclosure]:
        """The workbooks that were distributed."""
        return outbox.issued_books(self.round_)

    @cached_property
    def _claimed(self) -> set[tuple[str, str]]:
        """The units, by their codes of today, with the files that the clerk said are theirs."""
        claims = (event for event in self.round_.ledger.events() if event.kind == CLAIM)
        return {(self.round_.owners.get(event.unit, event.unit), event.detail) for event in claims}

    @cached_property
    def _done(self) -> Mapping[str, str]:
        return self.round_.ledger.outputs()

    @cached_property
    def _came(self) -> Came:
        return Came(self.round_)

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        """The files in the inbox by their names."""
        lying = walk_inbox(self.round_.folder.inbox, self.round_.moment.timestamp())
        found = (one if isinstance(one, Item) else one.item for one in lying)
        return {one.name: one for one in found if one is not None}

    def _is_due(self, place: str, digest: str) -> bool:
        """Whether a file was written from something else, or is not there any more; what failed is not tried again."""
        known = self._done.get(place)
        return known != digest + _FAILED and not (known == digest and (self.round_.folder.root / place).is_file())

    def _write(self, case: _Case, place: str, load: Callable[[], bytes | str | None]) -> dict[str, str]:
        """Write a file that is due, or say why there is none; gives what to keep."""
        if not self._is_due(place, case.digest):
            return {}
        if isinstance(data := load(), bytes):
            self.written.append(write(self.round_.folder.root / place, data))
            return {place: case.digest}
        self.told += [f"{case.verdict.unit}：{data}"] if data else []
        return {place: case.digest + _FAILED}

    def _read(self, unit: Unit, name: str) -> bytes | None:
        """What could be read out of a file in the inbox, in the unit's own workbook."""
        return proposed(self.round_, unit, item.load, name) if (item := self._items.get(name)) else None

    def _lines(self, verdict: FiledVerdict) -> tuple[str, ...]:
        """What stands below a notice: what was changed since the revision before, who asks until when."""
        round_, kind, number = self.round_, self.round_.kind, verdict.revision - 1
        sent = self._came.sent(verdict.code) if number > 0 else []
        before = next((one for one, _ in sent if one.revision == number), None)
        if before is None:
            return heading(round_)
        # As the notices count: what is one line there is one here.
        told = (replace(one, findings=tuple(lines_of(kind, one))) for one in (before, verdict))
        changes = changes_between(kind, *told)
        fields = {what: len(getattr(changes, what)) for what in ("cells", "solved", "new", "remaining")}
        return letter("since", number=number, **fields), *heading(round_)

    def _parcel(self, verdict: FiledVerdict, copy: Path, digest: str, lines: Sequence[str]) -> Parcel:
        """The same to be sent: with the copy, and a fresh workbook where the notice asks to fill in one."""
        round_, unit, is_there = self.round_, self.round_.roster.by_code[verdict.code], copy.is_file()
        returned = verdict.status is Status.RETURNED
        anew = any(f.rule in _ANEW for f in verdict.findings) if returned else not is_there
        files = [Enclosure(copy.name, digest, copy.read_bytes)] if is_there else []
        given = issue(round_, unit)
        if anew:
            plan = blank_plan(round_.issued)
            made = Enclosure(book_name(round_, unit), plan.fingerprint, lambda: Press(round_.issued).issue(given))
            files.append(self.issued.get(unit.code) or made)
        fresh = letter("blank", prior=letter("prior") if given.prior else "") if anew else ""
        book = copy.name if is_there and not returned else ""
        text = notice(round_.kind, verdict, lines, enclosed=returned and is_there, fresh=fresh, book=book)
        due = sum(line.severity is not Severity.NOTE for line in lines_of(round_.kind, verdict))
        return Parcel(unit, "请修改后发回" if returned else "请重新报送", text, files, due)
