"""A zip file of ours: the same content is the same bytes, and a changed part costs no more than itself."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import IO

_LOCAL_HEADER, _LEVEL, _UTF8, _OWNERS = 30, 6, 0x800, 0o600 << 16
_PIECE = 1 << 20
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_CENTRAL, _END = struct.Struct("<4s4B4HL2L5H2L"), struct.Struct("<4s4H2LH")

#: What is written into a part: all of it, or what it is read from.
Body = bytes | str | IO[bytes]


def zipped(parts: Mapping[str, bytes | str] | Iterable[tuple[str, Body]]) -> bytes:
    """The parts, in their order, as a zip file that tells neither time nor system; a part may be read bit by bit."""
    packed = {}
    for name, body in parts.items() if isinstance(parts, Mapping) else parts:
        # There is no time before this one, where a clock without battery is.
        entry = zipfile.ZipInfo(name, _FIRST_DAY)
        entry.create_system, entry.external_attr, entry.compress_type = 0, _OWNERS, zipfile.ZIP_DEFLATED
        entry.flag_bits = 0 if name.isascii() else _UTF8
        packed[name] = _packed(entry, body)
    return Package(packed).with_texts({})


def _packed(entry: zipfile.ZipInfo, body: Body) -> tuple[zipfile.ZipInfo, bytes, bytes]:
    squeezer, squeezed = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), list[bytes]()
    entry.file_size = entry.CRC = 0
    whole = body.encode() if isinstance(body, str) else body
    for piece in [whole] if isinstance(whole, bytes) else iter(partial(whole.read, _PIECE), b""):
        squeezed.append(squeezer.compress(piece))
        entry.file_size, entry.CRC = entry.file_size + len(piece), zlib.crc32(piece, entry.CRC)
    data = b"".join((*squeezed, squeezer.flush()))
    entry.compress_size = len(data)
    return entry, entry.FileHeader(zip64=False), data


@dataclass(frozen=True)
class Package:
    """The parts of a workbook just written here, never one from outside: entry, header, packed bytes."""

    parts: Mapping[str, tuple[zipfile.ZipInfo, bytes, bytes]]
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, data: bytes) -> Package:
        """The parts of a zip file, not yet inflated."""
        parts = {}
        for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
            start = info.header_offset + _LOCAL_HEADER + len(info.filename.encode())
            parts[info.filename] = info, data[info.header_offset : start], data[start : start + info.compress_size]
        return cls(parts)

    def text(self, part: str) -> str:
        """A part as text, inflated once."""
        if part not in self.texts:
            self.texts[part] = zlib.decompress(self.parts[part][2], -zlib.MAX_WBITS).decode()
        return self.texts[part]

    def with_texts(self, changed: Mapping[str, str]) -> bytes:
        """The zip file with these parts replaced: the bytes `zipfile` would have written."""
        out = bytearray()
        directory = bytearray()
        for name, part in self.parts.items():
            entry, head, body = _packed(copy(part[0]), changed[name].encode()) if name in changed else part
            directory += _central(entry, len(out))
            out += head + body
        end = _END.pack(b"PK\5\6", 0, 0, len(self.parts), len(self.parts), len(directory), len(out), 0)
        return bytes(out + directory + end)


def _central(info: zipfile.ZipInfo, offset: int) -> bytes:
    """An entry of the directory (APPNOTE 4.3.12)."""
    name = info.filename.encode()
    year, month, day, hour, minute, second = info.date_time
    date, clock = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
    versions = (info.create_version, info.create_system, info.extract_version, info.reserved)
    packing = (info.flag_bits, info.compress_type, clock, date, info.CRC, info.compress_size, info.file_size)
    # No extra field, no comment, one disk.
    lengths = (len(name), 0, 0, 0)
    attributes = (info.internal_attr, info.external_attr)
    return _CENTRAL.pack(b"PK\1\2", *versions, *packing, *lengths, *attributes, offset) + name
