"""待发送: for each unit from which something is still to come a folder with file, message and mail; whom to phone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.folder import CALLS, DRAFT, MESSAGE, SETTLED
from toolkit.collection.roster.read import Unit
from toolkit.io.failures import step
from toolkit.io.files import csv_bytes, put_away, safe_name, write
from toolkit.io.machine import local
from toolkit.model.standing import Standing, State
from toolkit.pipeline.annotate import encoded
from toolkit.pipeline.round.open import Round

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


ReadOut = Callable[[Standing], tuple[Enclosure, str] | None]


class Parcel(NamedTuple):
    """What a unit is to be sent: the subject of the mail, the message, the files; how many things it has to mend."""

    unit: Unit
    subject: str
    text: str
    files: Sequence[Enclosure]
    due: int = 0


def issued_books(round_: Round) -> dict[str, Enclosure]:
    """The workbooks that were distributed, by the code of the unit, as far as they still lie in 发放."""
    names = {event.unit: event.detail for event in round_.ledger.events() if event.kind == "issued"}
    paths = {code: round_.folder.issued / name for code, name in names.items()}
    done, folder = round_.ledger.outputs(), round_.folder.issued.name
    return {
        code: Enclosure(path.name, done.get(f"{folder}/{path.name}", ""), path.read_bytes)
        for code, path in paths.items()
        if path.is_file()
    }


def heading(round_: Round) -> tuple[str, ...]:
    """What a notice says of the office: who asks, until when, where to ask back."""
    settings = round_.settings
    lines = (
        ("收表单位", settings.office or round_.name),
        ("截止日期", round_.until),
        ("联系电话", settings.phone),
    )
    return tuple(f"{what}：{told}" for what, told in lines if told)


def missing(
    round_: Round, found: Iterable[Standing], books: Mapping[str, Enclosure], read: ReadOut = lambda _: None
) -> Iterator[Parcel]:
    """What goes to the units that have sent nothing to read: their workbook, with a request, or later a reminder.

    ``books`` are the workbooks that were distributed; ``read`` gives a workbook with what could be read out of the file
    that a unit sent, and a sentence on it.
    """
    what = f"{round_.period.label}《{round_.kind.form.title}》"
    by = "尽快" if round_.overdue or not round_.until else f"于 {round_.until}前"
    told = f"随附{what}的表，请填好后{by}发回。“校验”页没有“不通过”和“未填”，就可以报送。已经发回的，不必理会。"
    if round_.overdue:
        told = (
            f"还没有收到你单位的{what}（{round_.until}）。表再附上一份，请尽快填好发回；已经发出的，请告诉我们文件名。"
        )
    unfit = f"你单位交来的文件不能用：不是{what}填好的表。随附发给你单位的表，请填好后{by}发回。"
    for one in found:
        if one.newest is None and one.state in {State.MISSING, State.UNUSABLE} and one.code in books:
            subject = "催报" if round_.overdue else "请填报"
            unit, unusable = round_.roster.by_code[one.code], one.state is State.UNUSABLE
            book = read(one) if unusable else None
            said = [f"{one.name}：", unfit if unusable else told, *([book[1]] if book else []), *heading(round_), ""]
            files = [book[0]] if book else [books[one.code]]
            yield Parcel(unit, subject, "\n".join(said), files)


def fill(round_: Round, parcels: Iterable[Parcel], told: list[str]) -> None:
    """Write what is new or has changed, put away what need not be sent any more; nothing is deleted.

    ``told`` gets a line for what could not be written.
    """
    done, wanted, fresh = round_.ledger.outputs(), set[str](), dict[str, str]()
    for parcel in parcels:
        folder = round_.folder.outbox / safe_name(f"{parcel.unit.code}-{parcel.unit.short[:_LONGEST]}")
        for file in _files(round_, parcel):
            place = (folder / file.name).relative_to(round_.folder.root).as_posix()
            wanted.add(place)
            if done.get(place) != file.digest or not (folder / file.name).is_file():
                made = step(f"{parcel.unit.name}的待发送文件", told, partial(_written, folder, file))
                fresh |= {place: file.digest} if made else {}
        if len(fresh) >= _AT_ONCE:
            round_.ledger.wrote(fresh)
            fresh = {}
    round_.ledger.wrote(fresh)
    ours = [round_.folder.root / place for place in done if place.startswith(f"{round_.folder.outbox.name}/")]
    for path in ours:
        if path.relative_to(round_.folder.root).as_posix() not in wanted and path.is_file():
            put_away(path, round_.folder.outbox / SETTLED / path.parent.name)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()


def _written(folder: Path, file: Enclosure) -> list[Path]:
    return [write(folder / file.name, file.load())]


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
    today, back = round_.moment.astimezone().date(), dict[str, str]()
    for event in round_.ledger.events():
        if event.kind == "returned":
            back[event.unit] = event.at
    rows = []
    for one in found:
        day = max((local(back[code]).date() for code in _codes(round_, one) if code in back), default=None)
        waits = one.state is State.RETURNED and day is not None and (today - day).days >= _PATIENCE
        silent = one.state is State.MISSING and round_.overdue
        asked = one.state in {State.UNUSABLE, State.UNDECIDED} or waits or silent
        if asked and not one.blameless:
            unit, late = round_.roster.by_code[one.code], str(round_.overdue or "") if one.state.open else ""
            said = _said(round_, one, due.get(one.code, 0), f"{day.month}月{day.day}日" if day else "")
            rows.append((one.name, unit.contact, unit.phone, said, late, day.isoformat() if day else ""))
    path, data = round_.folder.outbox / CALLS, csv_bytes([_HEADS, *rows])
    if (rows or path.is_file()) and (not path.is_file() or path.read_bytes() != data):
        write(path, data)


def _codes(round_: Round, one: Standing) -> tuple[str, ...]:
    return round_.codes(round_.roster.by_code[one.code])


def _said(round_: Round, one: Standing, count: int, day: str) -> str:
    """One sentence to say on the phone."""
    what, late = f"{round_.period.label}的表", f"，{round_.until}" if round_.overdue else ""
    match one.state:
        case State.UNUSABLE:
            return (
                f"交来的文件{f'“{Path(one.file).name}”' if one.file else ''}不能用，请在发给你们的表里填好再发{late}。"
            )
        case State.UNDECIDED if one.rivals:
            return f"{what}收到几份，内容不同，请问以哪一份为准。"
        case State.RETURNED:
            return f"{f'{day}退回的' if day else ''}{what}有 {count} 项要改，还没有收到改好的{late}。"
    return f"还没有收到{what}{late}，请尽快发来。"
