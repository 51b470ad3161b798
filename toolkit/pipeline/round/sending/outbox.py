"""待发送: for each unit from which something is still to come a folder with file, message and mail; whom to phone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.folder import CALLS, CONFIRM_ENDING, DRAFT, MESSAGE, SETTLED
from toolkit.collection.ledger.rows import Event
from toolkit.collection.roster.read import Unit
from toolkit.io.failures import step
from toolkit.io.files import csv_bytes, encoded, put_away, safe_name, write
from toolkit.io.machine import local
from toolkit.model.sentences import letter
from toolkit.model.standing import Standing, State
from toolkit.pipeline.round.open import ISSUED, Round

_LONGEST = 20
#: So many files are written down together: every entry costs a disk a moment.
_AT_ONCE = 100
#: Days that a unit may take over a returned workbook before somebody phones.
_PATIENCE = 3
_HEADS = ("单位", "联系人", "电话", "说什么", "逾期天数", "上次退回日期")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_EXCEL = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class Enclosure(NamedTuple):
    """A file to send along: its name, a digest that changes when it does, and how to get its bytes."""

    name: str
    digest: str
    load: Callable[[], bytes]


class Parcel(NamedTuple):
    """What a unit is to be sent: the subject of the mail, the message, the files; how many things it has to mend."""

    unit: Unit
    subject: str
    text: str
    files: Sequence[Enclosure]
    due: int = 0


def stem_of(one: Standing | Unit) -> str:
    """How the names of a unit's files begin: ``003-教育局``."""
    return f"{one.code}-{one.short[:_LONGEST]}"


def book_to_confirm(one: Standing | Unit) -> str:
    """What the workbook with figures that were read out of a unit's file is called."""
    return safe_name(f"{stem_of(one)}-{CONFIRM_ENDING}") + ".xlsx"


def has_to_confirm(round_: Round, one: Standing) -> bool:
    """Whether figures were read out of the unit's file, and lie ready for it to confirm them."""
    return one.state is State.UNUSABLE and (_folder(round_, one) / book_to_confirm(one)).is_file()


def _folder(round_: Round, one: Standing | Unit) -> Path:
    return round_.folder.outbox / safe_name(stem_of(one))


def issued_books(round_: Round) -> dict[str, Enclosure]:
    """The workbooks that were distributed, by the code of the unit, as far as they still lie in 发放."""
    done, places = round_.ledger.outputs(), places_issued(round_)
    found = {code: places[event.detail] for code, event in _issued(round_) if event.detail in places}
    return {
        code: Enclosure(path.name, done[place], path.read_bytes)
        for code, place in found.items()
        if (path := round_.folder.root / place).is_file()
    }


def places_issued(round_: Round) -> dict[str, str]:
    """Where the workbooks that were distributed lie, from the round's folder, by their names."""
    issued = f"{round_.folder.issued.name}/"
    return {place.rpartition("/")[2]: place for place in round_.ledger.outputs() if place.startswith(issued)}


def _issued(round_: Round) -> list[tuple[str, Event]]:
    """What was distributed, each with the code that its unit has today."""
    return [(round_.owners.get(one.unit, one.unit), one) for one in round_.ledger.events() if one.kind == ISSUED]


def _just_issued(round_: Round) -> set[str]:
    """The units whose workbook went out when the deadline was past already: they have had no time to answer."""
    today = round_.moment.astimezone().date()
    days = {code: local(event.at).date() for code, event in _issued(round_)}
    return {code for code, day in days.items() if (today - day).days < min(_PATIENCE, round_.overdue)}


def heading(round_: Round) -> tuple[str, ...]:
    """What a notice says of the office: who asks, until when, where to ask back."""
    settings = round_.settings
    lines = {"收表单位": settings.office or round_.name, "截止日期": round_.until, "联系电话": settings.phone}
    return tuple(f"{what}：{told}" for what, told in lines.items() if told)


def missing(
    round_: Round,
    found: Iterable[Standing],
    books: Mapping[str, Enclosure],
    read: Callable[[Standing], Enclosure | None] = lambda _: None,
) -> Iterator[Parcel]:
    """What goes to the units that have sent nothing to read: their workbook, with a request, or later a reminder.

    ``books`` are the workbooks distributed; ``read`` gives one with what could be read out of what a unit sent.
    """
    what, first = f"{round_.period.label}《{round_.kind.form.title}》", _just_issued(round_)
    by = "尽快" if round_.overdue or not round_.until else f"于 {round_.until}前"
    for one in found:
        if one.newest is None and one.state in {State.MISSING, State.UNUSABLE} and one.code in books:
            book = read(one) if one.state is State.UNUSABLE else None
            reminds = round_.overdue and one.code not in first
            kind = "to_confirm" if book else "unfit" if one.state is State.UNUSABLE else "late" if reminds else "first"
            file = book or books[one.code]
            told = letter(kind, what=what, by=by, until=round_.until, book=file.name)
            text = "\n".join([f"{one.name}：", told, *heading(round_), ""])
            yield Parcel(round_.roster.by_code[one.code], "催报" if reminds else "请填报", text, [file])


def fill(round_: Round, parcels: Iterable[Parcel], told: list[str]) -> None:
    """Write what is new or has changed, put away what need not be sent any more; nothing is deleted.

    ``told`` gets a line for what could not be written.
    """
    done, wanted, fresh = round_.ledger.outputs(), set[str](), dict[str, str]()
    for parcel in parcels:
        for file in _files(round_, parcel):
            path = _folder(round_, parcel.unit) / file.name
            place = path.relative_to(round_.folder.root).as_posix()
            wanted.add(place)
            if done.get(place) != file.digest or not path.is_file():
                put = partial(lambda path, file: [write(path, file.load())], path, file)
                made = step(f"{parcel.unit.name}的待发送文件", told, put)
                fresh |= {place: file.digest} if made else {}
        if len(fresh) >= _AT_ONCE:
            round_.ledger.wrote(fresh)
            fresh = {}
    round_.ledger.wrote(fresh)
    settle(round_, round_.folder.outbox, wanted)


def settle(round_: Round, folder: Path, wanted: Collection[str]) -> None:
    """Put away what an earlier run wrote there and nobody has to be sent any more."""
    ours = [place for place in round_.ledger.outputs() if place.startswith(f"{folder.name}/") and place not in wanted]
    old = [path for place in ours if (path := round_.folder.root / place).is_file()]
    for path in old:
        put_away(path, folder / SETTLED / path.parent.relative_to(folder))
    for parent in {path.parent for path in old} - {folder}:
        with suppress(OSError):  # it may hold more, or stand open in a window
            parent.rmdir()


def _files(round_: Round, parcel: Parcel) -> Iterator[Enclosure]:
    yield from parcel.files
    yield Enclosure(MESSAGE, _digest(parcel.text), lambda: encoded(parcel.text))
    if addresses := _ADDRESS.findall(parcel.unit.mail):
        subject = f"{parcel.subject}：{round_.period.label}{round_.kind.form.title}（{parcel.unit.name}）"
        mark = _digest(subject, *addresses, parcel.text, *(part for one in parcel.files for part in one[:2]))
        yield Enclosure(DRAFT, mark, lambda: _draft(subject, addresses, parcel, mark))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _draft(subject: str, addresses: Sequence[str], parcel: Parcel, mark: str) -> bytes:
    """A mail that Outlook and Foxmail open as a draft (RFC 5322, with ``X-Unsent``); the same input, the same bytes."""
    from email.message import EmailMessage  # noqa: PLC0415 - only where letters are written
    from email.policy import SMTP  # noqa: PLC0415 - the same

    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"], mail["X-Unsent"] = subject, ", ".join(addresses), "1"
    mail.set_content(parcel.text)
    for file in parcel.files:
        mail.add_attachment(file.load(), *_EXCEL, filename=file.name)
    if parcel.files:
        mail.set_boundary(f"=_{mark[:40]}")
    return mail.as_bytes()


def write_calls(round_: Round, found: Iterable[Standing], due: Mapping[str, int]) -> None:
    """The list to phone from: who is overdue, sent what cannot be used, or has not answered for days.

    ``due`` says, by unit, how many things it has to correct.
    """
    today, first = round_.moment.astimezone().date(), _just_issued(round_)
    back = {event.unit: local(event.at).date() for event in round_.ledger.events() if event.kind == "returned"}
    rows = []
    for one in found:
        unit = round_.roster.by_code[one.code]
        day = max((back[code] for code in round_.codes(unit) if code in back), default=None)
        waits = one.state is State.RETURNED and day is not None and (today - day).days >= _PATIENCE
        silent = one.state is State.MISSING and round_.overdue and one.code not in first
        asked = one.state in {State.UNUSABLE, State.UNDECIDED} or waits or silent
        if asked and not one.blameless:
            late = str(round_.overdue or "") if one.state.open else ""
            said = _said(round_, one, due.get(one.code, 0), f"{day.month}月{day.day}日退回的" if day else "")
            rows.append((one.name, unit.contact, unit.phone, said, late, day.isoformat() if day else ""))
    path, data = round_.folder.outbox / CALLS, csv_bytes([_HEADS, *rows])
    if (rows or path.is_file()) and (not path.is_file() or path.read_bytes() != data):
        write(path, data)


def _said(round_: Round, one: Standing, count: int, back: str) -> str:
    """One sentence to say on the phone."""
    asked = State.MISSING if one.state is State.UNDECIDED and not one.rivals else one.state
    kind = "to_confirm" if has_to_confirm(round_, one) else asked.value
    file = f"“{Path(one.file).name}”" if one.file else ""
    late = f"，{round_.until}" if round_.overdue else ""
    what = f"{round_.period.label}的表"
    return letter(f"call_{kind}", what=what, file=file, book=book_to_confirm(one), back=back, count=count, late=late)
