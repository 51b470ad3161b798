"""The files in a zip archive that came by mail or chat, read in memory and within bounds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from toolkit.model.codes import Code
from toolkit.model.sentences import worded
from toolkit.workbook.intake.gate import MAX_FILE
from toolkit.workbook.intake.refusals import Refused, refusal

_MOST_MEMBERS, _MOST_TOTAL, _DEEPEST = 20_000, 1 << 30, 2
_UTF8, _ENCRYPTED = 0x800, 0x1
_WORKBOOK_PART = "[Content_Types].xml"
#: What is inflated; whatever else `zipfile` may know depends on the machine and is no way to send a form.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_RARE = {9: "Deflate64", 12: "BZIP2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
#: The end of the directory; its 64-bit form, which a full figure there stands for; a line of it with a long name.
_END, _WIDE_END, _LINE = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), 512
_FULL_COUNT, _FULL_SIZE = 0xFFFF, 0xFFFFFFFF
#: What `zipfile` and `zlib` raise at a damaged member; RuntimeError and NotImplementedError are its words for odd ones.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, NotImplementedError),
    *(ValueError, OverflowError, LookupError),
)


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


def inside(outer: Item, member: Item) -> Item:
    """A member of an archive, named with the archive."""
    return replace(member, name=f"{outer.name}/{member.name}", key=outer.key + b"/" + member.key)


def _inflated(info: zipfile.ZipInfo, archive: zipfile.ZipFile) -> bytes:
    """The bytes of a file in an archive, never one more than a workbook may have; or raises `Refused`."""
    if info.flag_bits & _ENCRYPTED:
        raise refusal(Code.FILE_08, "压缩包有密码")
    if info.compress_type not in _METHODS:
        method = _RARE.get(info.compress_type, f"第 {info.compress_type} 号")
        raise refusal(Code.FILE_19, f"压缩包里的这个文件用了不通用的压缩方法（{method}）")
    if info.file_size > MAX_FILE:
        raise refusal(Code.FILE_04, f"{info.file_size >> 20} MB")
    try:
        with archive.open(info) as stream:
            return stream.read(MAX_FILE + 1)
    except _DAMAGED:
        raise refusal(Code.FILE_19, "压缩包里的这个文件解不开") from None


@dataclass(slots=True)
class Room:
    """What all archives of an inbox may hold together, those in archives included."""

    members: int = _MOST_MEMBERS
    total: int = _MOST_TOTAL

    def take(self, members: int, total: int = 0) -> None:
        """So many files of so many bytes in all; `Refused` where there is no room for them."""
        if members > self.members or total > self.total:
            raise Refused(Code.FILE_23, worded(Code.FILE_23, "archives", files=_MOST_MEMBERS, size=_MOST_TOTAL >> 30))
        self.members -= members
        self.total -= total


def is_archive(data: bytes) -> bool:
    """Whether these bytes are a zip archive of files, and not a workbook (which is one of parts)."""
    try:
        if _announced(data) > _MOST_MEMBERS:
            return True
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _WORKBOOK_PART not in archive.NameToInfo
    except _DAMAGED:
        return data[:4] == b"PK\x03\x04" and _WORKBOOK_PART.encode() not in data[:4096]


def packed_items(data: bytes, name: str, room: Room) -> list[Item]:
    """The files in an archive, and in archives in it, with names as they were meant.

    `Refused` if it is damaged, or if there is no ``room`` for what is in it; then nothing of the room is used up.
    """
    left = replace(room)
    members = list(_items(data, name, left))
    room.members, room.total = left.members, left.total
    return members


def _items(data: bytes, name: str, room: Room, depth: int = 1) -> Iterator[Item]:
    try:
        if _announced(data) > room.members:
            room.take(_announced(data))
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGED:
        raise refusal(Code.FILE_19, f"压缩包 {name} 解不开") from None
    infos = [info for info in archive.infolist() if not info.is_dir()]
    room.take(len(infos), sum(info.file_size for info in infos))
    seen: Counter[bytes] = Counter()
    for info in infos:
        member = _member(info, archive)
        seen[member.key] += 1
        if (times := seen[member.key]) > 1:
            told = f"（同名第 {times} 个）"
            member = replace(member, key=member.key + told.encode(), name=member.name + told)
        if member.name.startswith("__MACOSX/"):
            continue
        if member.name.lower().endswith(".zip") and depth < _DEEPEST:
            yield from _inside(member, room, depth)
        else:
            yield member


def _announced(data: bytes) -> int:
    """How many files there are by the end of the directory, or by its length: told before all of it is read."""
    end = data.rfind(b"PK\5\6", -0xFFFF - _END.size)
    if end < 0:
        return 0
    *_, count, size, _, _ = _END.unpack_from(data, end)
    wide = data.rfind(b"PK\6\6", 0, end)
    if wide >= 0 and (count == _FULL_COUNT or size == _FULL_SIZE):
        *_, count, size, _ = _WIDE_END.unpack_from(data, wide)
    return int(max(count, size // _LINE))


def _inside(outer: Item, room: Room, depth: int) -> Iterator[Item]:
    """The files of an archive in an archive; one that cannot be opened stands for itself."""
    try:
        data = outer.load()
        members = list(_items(data, outer.name, room, depth + 1)) if is_archive(data) else None
    except Refused as refused:
        if refused.code == Code.FILE_23:
            raise
        members = None
    yield from (outer,) if members is None else (inside(outer, one) for one in members)


def _member(info: zipfile.ZipInfo, archive: zipfile.ZipFile) -> Item:
    raw = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", errors="replace")
    try:
        modified = datetime(*info.date_time).timestamp()  # noqa: DTZ001 - an archive tells local time
    except (ValueError, OverflowError, OSError):
        modified = 0.0
    # Without the mark of UTF-8 a name is in the code page of the computer that packed it, here GBK.
    name = (decoded(raw) or raw.decode("cp437")).replace("\\", "/")
    return Item(key=raw, name=name, modified=modified, load=partial(_inflated, info, archive), size=info.file_size)


def decoded(raw: bytes) -> str | None:
    """What bytes say in UTF-8, or else in the code page of a Chinese Windows; None where they are neither."""
    for code in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(code)
    return None
