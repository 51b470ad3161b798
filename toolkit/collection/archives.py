"""The files in a zip archive that came by mail or chat, each read when it is wanted and within bounds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from toolkit.errors import cause_of
from toolkit.model.codes import Code
from toolkit.model.sentences import worded
from toolkit.workbook.intake.archive import LONGEST_HEADER, MAX_ENTRIES, ArchiveEntry, directory, unpack_entry
from toolkit.workbook.intake.gate import MAX_FILE, READING
from toolkit.workbook.intake.refusals import Refused, refusal

#: Of all archives of an inbox together: files, bytes unpacked; and how deep one may lie in another.
MOST_MEMBERS, MOST_TOTAL, DEEPEST = 20_000, 1 << 30, 2
_WORKBOOK_PART = b"[Content_Types].xml"
#: So many archives in archives are kept unpacked at a time.
_KEPT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file to read. ``key`` is its name in bytes, ``name`` as a person sees it, with folder and archive.

    ``load`` gives the bytes once, or raises `Refused`. ``modified`` are seconds since 1970 and ``size`` bytes, as the
    file says.
    """

    key: bytes
    name: str
    modified: float
    load: Callable[[], bytes]
    size: int = 0


#: Gives so many bytes (second) of an archive from a place on (first), or raises `Refused`.
Source = Callable[[int, int], bytes]


def inside(outer: Item, member: Item) -> Item:
    """A member of an archive, named with the archive."""
    return replace(member, name=f"{outer.name}/{member.name}", key=outer.key + b"/" + member.key)


@dataclass(slots=True)
class Room:
    """What all archives of an inbox may hold together, those in archives included."""

    members: int = MOST_MEMBERS
    total: int = MOST_TOTAL

    def take(self, members: int, total: int = 0) -> None:
        """So many files of so many bytes in all; `Refused` where there is no room for them."""
        if members > self.members or total > self.total:
            raise Refused(Code.FILE_23, worded(Code.FILE_23, "archives", files=MOST_MEMBERS, size=MOST_TOTAL >> 30))
        self.members -= members
        self.total -= total


def file_source(path: Path, seen: os.stat_result, at: int, length: int) -> bytes:
    """Bytes of a file that is still the one ``seen``; `Refused` (FILE-05 to FILE-07) where it is another, or gone."""
    try:
        with os.fdopen(os.open(path, READING), "rb") as stream:
            now = os.fstat(stream.fileno())
            stream.seek(at)
            data = stream.read(length)
    except PermissionError:
        raise refusal(Code.FILE_06) from None
    except OSError as error:
        raise refusal(Code.FILE_07, cause_of(error)) from None
    if (now.st_size, now.st_mtime_ns) != (seen.st_size, seen.st_mtime_ns):
        raise refusal(Code.FILE_05)
    return data


def packed_items(data: bytes, name: str, room: Room, source: Source) -> list[Item] | None:
    """The files in an archive, and in archives in it, with names as they were meant; None where it is no archive.

    A workbook is none: it is one of parts. Only the directory is read from ``data``, a file from ``source`` when it is
    loaded. `Refused` if it is damaged, or if there is no ``room`` for what is in it; then nothing of the room is used
    up.
    """
    left = replace(room)
    members = _items(data, name, left, source)
    room.members, room.total = left.members, left.total
    return members


def _items(data: bytes, name: str, room: Room, source: Source, depth: int = 1) -> list[Item] | None:
    try:
        entries = directory(data, max(room.members, MAX_ENTRIES))
    except Refused as refused:
        if refused.code == Code.FILE_23:
            room.take(room.members + 1)
        if data[:4] != b"PK\3\4" or _WORKBOOK_PART in data[:4096]:
            return None
        remedy = "请发送的人重新打包，或者解压后把里面的表格单独发来"
        raise refusal(Code.FILE_19, f"压缩包 {name} 解不开", remedy) from None
    if any(entry.raw == _WORKBOOK_PART for entry in entries):
        return None
    members = [member for entry in entries if not (member := _member(entry, source)).name.endswith("/")]
    room.take(len(members), sum(member.size for member in members))
    out: list[Item] = []
    seen: Counter[bytes] = Counter()
    for member in members:
        seen[member.key] += 1
        told = f"（同名第 {seen[member.key]} 个）" if seen[member.key] > 1 else ""
        one = replace(member, key=member.key + told.encode(), name=member.name + told)
        is_packed = one.name.lower().endswith(".zip") and depth < DEEPEST
        if not one.name.startswith("__MACOSX/"):
            out += _inside(one, room, depth) if is_packed else [one]
    return out


def _inside(outer: Item, room: Room, depth: int) -> list[Item]:
    """The files of an archive in an archive; one that cannot be opened stands for itself."""
    try:
        members = _items(_whole(outer), outer.name, room, lambda at, length: _whole(outer)[at : at + length], depth + 1)
    except Refused as refused:
        if refused.code == Code.FILE_23:
            raise
        members = None
    return [outer] if members is None else [inside(outer, one) for one in members]


@lru_cache(maxsize=_KEPT)
def _whole(outer: Item) -> bytes:
    return outer.load()


def _member(entry: ArchiveEntry, source: Source) -> Item:
    day, clock = divmod(entry.modified, 1 << 16)
    try:
        date = 1980 + (day >> 9), day >> 5 & 15, day & 31
        told = datetime(*date, clock >> 11, clock >> 5 & 63, 2 * (clock & 31))  # noqa: DTZ001 - it tells local time
        modified = told.timestamp()
    except (ValueError, OverflowError, OSError):
        modified = 0.0
    # Without the mark of UTF-8 a name is in the code page of the computer that packed it, here GBK.
    name = (decoded(entry.raw) or entry.raw.decode("cp437")).replace("\\", "/")
    load = partial(_unpacked, entry, source)
    return Item(key=entry.raw, name=name, modified=modified, load=load, size=entry.size)


def _unpacked(entry: ArchiveEntry, source: Source) -> bytes:
    """The bytes of a file in an archive, never one more than a workbook may have; or raises `Refused`."""
    if (most := max(entry.size, entry.packed)) > MAX_FILE:
        raise refusal(Code.FILE_04, f"{most >> 20} MB")
    data = source(entry.offset, LONGEST_HEADER + entry.packed)
    try:
        return unpack_entry(data, entry._replace(offset=0), MAX_FILE)
    except Refused as refused:
        if refused.code == Code.FILE_08:
            raise refusal(Code.FILE_08, "压缩包有密码") from None
        raise refusal(Code.FILE_19, f"压缩包里的这个文件{refused.where or '解不开'}") from None


def decoded(raw: bytes) -> str | None:
    """What bytes say in UTF-8, or else in the code page of a Chinese Windows; None where they are neither."""
    for code in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(code)
    return None
