"""The files in a zip archive that came by mail or chat, read in memory and within bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime

from toolkit.workbook.gate import MAX_FILE
from toolkit.workbook.refusal import Refused
from toolkit.workbook.refusal import refusal

_MOST_MEMBERS, _MOST_TOTAL, _DEEPEST = 20_000, 1 << 30, 2
_UTF8, _ENCRYPTED = 0x800, 0x1
_WORKBOOK_PART = "[Content_Types].xml"
#: What `zipfile` and `zlib` raise at a damaged member; RuntimeError and NotImplementedError are its words for odd ones.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in an archive; calling it gives its bytes, or raises `Refused`."""

    name: str
    raw: bytes
    modified: float
    info: zipfile.ZipInfo = field(repr=False)
    archive: zipfile.ZipFile = field(repr=False)

    def __call__(self) -> bytes:
        """Inflate it, never a byte more than a workbook may have."""
        if self.info.flag_bits & _ENCRYPTED:
            raise refusal("FILE-08", "压缩包有密码")
        if self.info.file_size > MAX_FILE:
            raise refusal("FILE-04", f"{self.info.file_size >> 20} MB")
        try:
            with self.archive.open(self.info) as stream:
                return stream.read(MAX_FILE + 1)
        except _DAMAGED:
            raise refusal("FILE-19", "压缩包里的这个文件解不开") from None


def is_archive(data: bytes) -> bool:
    """Whether these bytes are a zip archive of files, and not a workbook (which is one of parts)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _WORKBOOK_PART not in archive.NameToInfo
    except _DAMAGED:
        return data[:4] == b"PK\x03\x04" and _WORKBOOK_PART.encode() not in data[:4096]


def packed_items(data: bytes, name: str, depth: int = 1) -> Iterator[Member]:
    """The files in an archive, and in archives in it, with names as they were meant; `Refused` if it is damaged."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGED:
        raise refusal("FILE-19", f"压缩包 {name} 解不开") from None
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > _MOST_MEMBERS or sum(info.file_size for info in infos) > _MOST_TOTAL:
        raise refusal("FILE-23", f"压缩包 {name} 里的文件太多或太大")
    seen: Counter[bytes] = Counter()
    for info in infos:
        member = _member(info, archive)
        seen[member.raw] += 1
        if (times := seen[member.raw]) > 1:
            told = f"（同名第 {times} 个）"
            member = replace(member, raw=member.raw + told.encode(), name=member.name + told)
        if member.name.startswith("__MACOSX/"):
            continue
        if member.name.lower().endswith(".zip") and depth < _DEEPEST:
            yield from _inside(member, depth)
        else:
            yield member


def _inside(outer: Member, depth: int) -> Iterator[Member]:
    """The files of an archive in an archive; one that cannot be opened stands for itself."""
    try:
        data = outer()
        members = list(packed_items(data, outer.name, depth + 1)) if is_archive(data) else None
    except Refused:
        members = None
    if members is None:
        yield outer
        return
    for one in members:
        yield replace(one, name=f"{outer.name}/{one.name}", raw=outer.raw + b"/" + one.raw)


def _member(info: zipfile.ZipInfo, archive: zipfile.ZipFile) -> Member:
    raw = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", errors="replace")
    try:
        modified = datetime(*info.date_time).timestamp()  # noqa: DTZ001 - an archive tells local time
    except ValueError:
        modified = 0.0
    return Member(name=_meant(raw), raw=raw, modified=modified, info=info, archive=archive)


def _meant(raw: bytes) -> str:
    """A name without the mark of UTF-8 is in the code page of the computer that packed it: here, GBK."""
    for code in ("utf-8", "gb18030"):
        try:
            return raw.decode(code).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437").replace("\\", "/")
