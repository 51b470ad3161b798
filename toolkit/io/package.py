"""A zip file of ours: the same content is the same bytes, and a changed part costs no more than itself."""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import IO

_LOCAL_HEADER, _LEVEL = 30, 6
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_CENTRAL, _END = struct.Struct("<4s4B4HL2L5H2L"), struct.Struct("<4s4H2LH")


def zipped(parts: Mapping[str, bytes | str] | Iterable[tuple[str, bytes | str | IO[bytes]]]) -> bytes:
    """The parts, in their order, as a zip file that tells neither time nor system; a part may be read bit by bit."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items() if isinstance(parts, Mapping) else parts:
            # `zipfile` refuses a time before this one, where a clock without battery is.
            info = zipfile.ZipInfo(name, _FIRST_DAY)
            info.create_system = 0
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as part:
                if isinstance(body, (bytes, str)):
                    part.write(body.encode() if isinstance(body, str) else body)
                else:
                    shutil.copyfileobj(body, part)
    return out.getvalue()


@dataclass(frozen=True)
class Package:
    """The parts of a workbook just written here, never one from outside: entry, header, packed bytes."""

    parts: Mapping[str, tuple[zipfile.ZipInfo, bytes, bytes]]
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, data: bytes) -> Package:
        """The parts of a zip file, not yet inflated."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
        parts = {}
        for info in infos:
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
            entry, head, body = part
            if name in changed:
                data, entry = changed[name].encode(), copy(entry)
                squeezer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
                body = squeezer.compress(data) + squeezer.flush()
                entry.file_size, entry.compress_size, entry.CRC = len(data), len(body), zlib.crc32(data)
                head = entry.FileHeader(zip64=False)
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
