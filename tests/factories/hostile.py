"""Hostile files, made from a good workbook by changing its bytes; and what each must end as.

``MAKERS`` holds those that come as a workbook, ``ARCHIVES`` those that come as a zip into the inbox of a round. A file
that is added here is laid among good ones by ``tests/pipeline/test_hostile.py``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from factories.packages import packed
from toolkit.model.finding import Status

_SHEET = "xl/worksheets/sheet5.xml"


@dataclass(frozen=True)
class Hostile:
    """``make`` gives the file from the bytes of a good workbook; ``rule`` is the code of the finding on it."""

    make: Callable[[bytes], bytes]
    status: Status
    rule: str


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, part: str, pattern: bytes, new: bytes) -> bytes:
    """The workbook with one place of one part changed."""
    parts = parts_of(data)
    parts[part], count = re.subn(pattern, lambda _: new, parts[part], count=1, flags=re.DOTALL)
    assert count == 1, f"{pattern!r} is not in {part}"
    return packed(parts)


def _version(version: str) -> Callable[[bytes], bytes]:
    """Another version in the hidden sheet and in the document's properties."""

    def make(data: bytes) -> bytes:
        parts = parts_of(data)
        parts["docProps/custom.xml"] = re.sub(
            rb'(name="xxgk\.version"[^>]*><vt:lpwstr>)[^<]*',
            lambda found: found[1] + version.encode(),
            parts["docProps/custom.xml"],
        )
        (place,) = re.findall(rb'name="xxgk\.version"[^>]*>([^<]*)<', parts["xl/workbook.xml"])
        sheet, _, cell = place.decode().replace("'", "").replace("$", "").rpartition("!")
        (relation,) = re.findall(rf'name="{sheet}"[^>]*r:id="([^"]*)"'.encode(), parts["xl/workbook.xml"])
        links = parts["xl/_rels/workbook.xml.rels"]
        (target,) = re.findall(rb'Id="' + relation + rb'"[^>]*Target="([^"]*)"', links)
        part = "xl/" + target.decode()
        new = f'<c r="{cell}" t="inlineStr"><is><t>{version}</t></is></c>'.encode()
        parts[part], count = re.subn(rf'<c r="{cell}".*?</c>'.encode(), lambda _: new, parts[part], flags=re.DOTALL)
        assert count == 1
        return packed(parts)

    return make


def _locked(data: bytes) -> bytes:
    """With the mark of a password on the first part."""
    out = bytearray(data)
    out[out.index(b"PK\1\2") + 8] |= 1
    return bytes(out)


def _wrong_sum(data: bytes) -> bytes:
    """With a checksum that fits another content."""
    out = bytearray(data)
    out[out.rindex(b"PK\1\2") + 16] ^= 0xFF
    return bytes(out)


def _with(name: str, body: bytes) -> Callable[[bytes], bytes]:
    return lambda data: packed({**parts_of(data), name: body})


def _nested(data: bytes) -> bytes:
    """More workbooks in archives in an archive than an inbox has room for."""
    inner = packed({f"{i:05}.xlsx": b"" for i in range(15_000)})
    return packed({"甲.xlsx": data, "一.zip": inner, "二.zip": inner})


def _spoilt_lzma(data: bytes) -> bytes:
    out = bytearray(packed({"甲.xlsx": data}, zipfile.ZIP_LZMA))
    out[60:90] = bytes(30)
    return bytes(out)


def _spoilt_member(data: bytes) -> bytes:
    out = bytearray(packed({"甲.xlsx": data}))
    out[200:230] = bytes(30)
    return bytes(out)


_UNREADABLE, _FOREIGN = Status.UNREADABLE, Status.FOREIGN
MAKERS: Mapping[str, Hostile] = {
    "空": Hostile(lambda _: b"", _UNREADABLE, "FILE-03"),
    "截断": Hostile(lambda data: data[: len(data) // 2], _UNREADABLE, "FILE-19"),
    "校验和不符": Hostile(_wrong_sum, _UNREADABLE, "FILE-20"),
    "加密": Hostile(_locked, _UNREADABLE, "FILE-08"),
    "罕见压缩": Hostile(lambda data: packed(parts_of(data), zipfile.ZIP_LZMA), _UNREADABLE, "FILE-19"),
    "炸弹": Hostile(_with("xl/media/a.bin", bytes(60 << 20)), _UNREADABLE, "FILE-23"),
    "大小写重名": Hostile(_with("XL/Workbook.xml", b"<a/>"), _UNREADABLE, "FILE-21"),
    "宏": Hostile(_with("xl/vbaProject.bin", b"x"), _UNREADABLE, "FILE-25"),
    "实体": Hostile(
        lambda data: changed(data, _SHEET, rb"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
        _UNREADABLE,
        "FILE-30",
    ),
    "残缺的XML": Hostile(lambda data: changed(data, _SHEET, rb"</worksheet>", b""), _UNREADABLE, "FILE-32"),
    "嵌套过深": Hostile(
        lambda data: changed(data, _SHEET, rb"</worksheet>", b"<a>" * 5000 + b"</a>" * 5000 + b"</worksheet>"),
        _UNREADABLE,
        "FILE-34",
    ),
    "五千位的版本号": Hostile(_version("9" * 5000), _FOREIGN, "FORM-03"),
    "负的版本号": Hostile(_version("-1"), _FOREIGN, "FORM-03"),
    "改了标题": Hostile(
        lambda data: changed(
            data, "xl/sharedStrings.xml", rb"<t>\xe8\x87\xaa\xe7\x84\xb6\xe4\xba\xba</t>", b"<t>x</t>"
        ),
        _FOREIGN,
        "FORM-05",
    ),
    "网页": Hostile(lambda _: b"<html>" * 9, _UNREADABLE, "FILE-11"),
}
ARCHIVES: Mapping[str, Hostile] = {
    "损坏的LZMA": Hostile(_spoilt_lzma, _UNREADABLE, "FILE-19"),
    "损坏的一份": Hostile(_spoilt_member, _UNREADABLE, "FILE-19"),
    "嵌套的压缩包": Hostile(_nested, _UNREADABLE, "FILE-23"),
    "截断的压缩包": Hostile(lambda data: packed({"甲.xlsx": data})[:-30], _UNREADABLE, "FILE-19"),
}
