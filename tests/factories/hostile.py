"""Hostile files, made from a good workbook by changing its bytes; and what each must end as.

``MAKERS`` holds those that come as a workbook, ``ARCHIVES`` those that come as a zip into the inbox of a round. A file
that is added here is laid among good ones by ``tests/pipeline/test_hostile.py``.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from factories.packages import packed
from toolkit.model.finding import Status

_SHEET = "xl/worksheets/sheet5.xml"


@dataclass(frozen=True)
class Hostile:
    """``make`` gives the file from the bytes of a good workbook.

    ``rule`` is the code of the first finding on it that a round or a clerk has to see, "" for a file that is odd but
    good: one that refuses everything would pass a list of attacks alone.
    """

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


def _edited(pattern: bytes, new: bytes, part: str = _SHEET) -> Callable[[bytes], bytes]:
    return lambda data: changed(data, part, pattern, new)


def _typed(cell: bytes) -> Callable[[bytes], bytes]:
    """With another content of the cell of new requests of natural persons: ``D6`` of its sheet."""
    return _edited(rb'<c r="D6" s="12"><v>\d+</v></c>', cell)


def _lacking(*names: str) -> Callable[[bytes], bytes]:
    return lambda data: packed({name: body for name, body in parts_of(data).items() if name not in names})


def _twice(name: str) -> Callable[[bytes], bytes]:
    """With a part that stands in the archive twice, the second one another."""

    def make(data: bytes) -> bytes:
        out = io.BytesIO(data)
        with warnings.catch_warnings(), zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore")
            archive.writestr(name, parts_of(data)[name].replace(b"<v>0</v>", b"<v>9</v>"))
        return out.getvalue()

    return make


def _lying(field: int, size: int) -> Callable[[bytes], bytes]:
    """With another size in the line of the directory on the first part: 20 packed, 24 unpacked, 42 where it begins."""

    def make(data: bytes) -> bytes:
        out = bytearray(data)
        struct.pack_into("<L", out, out.index(b"PK\1\2") + field, size)
        return bytes(out)

    return make


def _named(name: bytes) -> Callable[[bytes], bytes]:
    """With another name of the same length in front of the first part than in the directory."""

    def make(data: bytes) -> bytes:
        out = bytearray(data)
        out[30 : 30 + len(name)] = name
        return bytes(out)

    return make


def _told(text: str) -> Callable[[bytes], bytes]:
    """With a text of the unit's in the first text cell."""

    def make(data: bytes) -> bytes:
        pattern = rb'<c r="B4" s="\d+" t="s"><v>\d+</v></c>'
        cell = f'<c r="B4" t="inlineStr"><is><t>{escape(text)}</t></is></c>'.encode()
        return changed(data, "xl/worksheets/sheet2.xml", pattern, cell)

    return make


_UNREADABLE, _FOREIGN = Status.UNREADABLE, Status.FOREIGN
_RETURNED, _ACCEPTED = Status.RETURNED, Status.ACCEPTED
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
    "没有目录": Hostile(_lacking("[Content_Types].xml"), _UNREADABLE, "FILE-17"),
    "没有工作簿部件": Hostile(_lacking("xl/workbook.xml"), _UNREADABLE, "FILE-18"),
    "没有一张表": Hostile(_lacking(_SHEET), _UNREADABLE, "FILE-40"),
    "没有样式": Hostile(_lacking("xl/styles.xml"), _UNREADABLE, "FILE-40"),
    "没有共享文字": Hostile(_lacking("xl/sharedStrings.xml"), _UNREADABLE, "FILE-40"),
    "部件重复": Hostile(_twice(_SHEET), _UNREADABLE, "FILE-21"),
    "往上走的名字": Hostile(_with("../../甲.xml", b"<a/>"), _UNREADABLE, "FILE-22"),
    "绝对的名字": Hostile(_with("/etc/passwd", b"<a/>"), _UNREADABLE, "FILE-22"),
    "太多的部件": Hostile(
        lambda data: packed({**parts_of(data), **{f"x/{i}.xml": b"" for i in range(3000)}}), _UNREADABLE, "FILE-23"
    ),
    "大小不实": Hostile(_lying(24, 5), _UNREADABLE, "FILE-20"),
    "打包大小不实": Hostile(_lying(20, 1 << 30), _UNREADABLE, "FILE-19"),
    "位置不实": Hostile(_lying(42, 999), _UNREADABLE, "FILE-19"),
    "前后名字不同": Hostile(_named(b"[Content_Typez].xml"), _UNREADABLE, "FILE-24"),
    "前面有别的": Hostile(lambda data: b"MZ" * 500 + data, _UNREADABLE, "FILE-18"),
    "后面有别的": Hostile(lambda data: data + bytes(70_000), _UNREADABLE, "FILE-19"),
    "UTF-16的实体": Hostile(
        lambda data: packed(
            {
                **parts_of(data),
                _SHEET: ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet/>').encode(
                    "utf-16"
                ),
            }
        ),
        _UNREADABLE,
        "FILE-31",
    ),
    "外部实体": Hostile(
        _edited(rb"<sst ", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><sst ', "xl/sharedStrings.xml"),
        _UNREADABLE,
        "FILE-30",
    ),
    "极长的属性": Hostile(
        _edited(rb"<worksheet ", b'<worksheet a="' + b"a" * 3_000_000 + b'" '), _UNREADABLE, "FILE-33"
    ),
    "不是UTF-8": Hostile(_edited(rb"<sheetData>", b"<sheetData>\xff\xfe"), _UNREADABLE, "FILE-32"),
    "零字节": Hostile(_edited(rb"<sheetData>", b"<sheetData>\0"), _UNREADABLE, "FILE-31"),
    "极多的元素": Hostile(_edited(rb"</sheetData>", b"<a/>" * 3_000_000 + b"</sheetData>"), _UNREADABLE, "FILE-35"),
    "样式里的实体": Hostile(
        _edited(rb"<styleSheet", b'<!DOCTYPE a [<!ENTITY b "c">]><styleSheet', "xl/styles.xml"), _UNREADABLE, "FILE-30"
    ),
    "外部链接": Hostile(_with("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), _UNREADABLE, "FILE-27"),
    "嵌入的文件": Hostile(_with("xl/embeddings/oleObject1.bin", b"x"), _UNREADABLE, "FILE-26"),
    "控件": Hostile(_with("xl/activeX/activeX1.xml", b"<a/>"), _UNREADABLE, "FILE-26"),
    "数据连接": Hostile(_with("xl/connections.xml", b"<connections/>"), _UNREADABLE, "FILE-28"),
    "宏表": Hostile(_with("xl/macrosheets/sheet1.xml", b"<a/>"), _UNREADABLE, "FILE-25"),
    "没有的文字": Hostile(_typed(b'<c r="D6" s="12" t="s"><v>99999</v></c>'), _UNREADABLE, "FILE-40"),
    "没有的样式": Hostile(_typed(b'<c r="D6" s="9999"><v>0</v></c>'), _UNREADABLE, "FILE-40"),
    "格子重复": Hostile(_typed(b'<c r="D6" s="12"><v>0</v></c><c r="D6" s="12"><v>9</v></c>'), _UNREADABLE, "FILE-39"),
    "坐标不对": Hostile(_typed(b'<c r="ZZZZ99999999" s="12"><v>0</v></c>'), _UNREADABLE, "FILE-37"),
    "盖住全表的合并": Hostile(
        _edited(rb"<mergeCells[^>]*>", b'<mergeCells><mergeCell ref="A1:XFD1048576"/>'), _UNREADABLE, "FILE-38"
    ),
    "特长的文字": Hostile(_told("全年无收费。" * 6_000), _UNREADABLE, "FILE-41"),
    "四千五百万字": Hostile(_told("字" * 15_000_000), _UNREADABLE, "FILE-33"),
    "格式里的括号": Hostile(
        _edited(
            rb"<numFmts[^>]*>",
            b'<numFmts><numFmt numFmtId="190" formatCode="' + b"[" * 200_000 + b'"/>',
            "xl/styles.xml",
        ),
        _UNREADABLE,
        "FILE-43",
    ),
    "千万字的标题": Hostile(
        _edited(
            rb"<t>\xe8\x87\xaa\xe7\x84\xb6\xe4\xba\xba</t>",
            b"<t>" + b"x" * 10_000_000 + b"</t>",
            "xl/sharedStrings.xml",
        ),
        _UNREADABLE,
        "FILE-33",
    ),
    "别的表样": Hostile(
        _edited(
            rb'(?<=xxgk\.form")[^>]*><vt:lpwstr>[^<]*',
            b' fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2"><vt:lpwstr>other',
            "docProps/custom.xml",
        ),
        _UNREADABLE,
        "FILE-32",
    ),
    "改了表名": Hostile(
        _edited('name="申请情况"'.encode(), 'name="申请"'.encode(), "xl/workbook.xml"), _FOREIGN, "FORM-04"
    ),
    "网页": Hostile(lambda _: b"<html>" * 9, _UNREADABLE, "FILE-11"),
}
#: Those that are read: odd, wrong in a cell, or right.
ODD: Mapping[str, Hostile] = {
    "很远的格子": Hostile(
        _edited(rb"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>12</v></c></row></sheetData>'),
        _ACCEPTED,
        "FORM-15",
    ),
    "DDE公式": Hostile(_typed(b'<c r="D6" s="12"><f>cmd|\'/c calc\'!A0</f><v>0</v></c>'), _RETURNED, "VAL-01"),
    "填写格里的公式": Hostile(
        _typed(b'<c r="D6" s="12"><f>HYPERLINK("http://a.b")</f><v>0</v></c>'), _RETURNED, "VAL-01"
    ),
    "不是数": Hostile(_typed(b'<c r="D6" s="12"><v>NaN</v></c>'), _RETURNED, "VAL-01"),
    "无穷大": Hostile(_typed(b'<c r="D6" s="12"><v>1e309</v></c>'), _RETURNED, "VAL-01"),
    "负数": Hostile(_typed(b'<c r="D6" s="12"><v>-1</v></c>'), _RETURNED, "VAL-01"),
    "真值": Hostile(_typed(b'<c r="D6" s="12" t="b"><v>1</v></c>'), _RETURNED, "VAL-01"),
    "错误值": Hostile(_typed(b'<c r="D6" s="12" t="e"><v>#REF!</v></c>'), _RETURNED, "VAL-01"),
    "没有的类型": Hostile(_typed(b'<c r="D6" s="12" t="zz"><v>0</v></c>'), _ACCEPTED, "VAL-10"),
    "十九位数": Hostile(_typed(b'<c r="D6" s="12"><v>9999999999999999999</v></c>'), _RETURNED, "VAL-01"),
    "盖住数的合并": Hostile(
        _edited(rb"<mergeCells[^>]*>", b'<mergeCells><mergeCell ref="D6:E6"/>'), _ACCEPTED, "FORM-14"
    ),
    "隐藏的行": Hostile(_edited(rb'<row r="6" ', b'<row r="6" hidden="1" '), _ACCEPTED, "FORM-14"),
    "许多占比": Hostile(_told("占3.3%，共9件，其中1件。" * 2_000), _ACCEPTED, "VAL-13"),
    "三万个一": Hostile(_told("一" * 32_767), _ACCEPTED, "VAL-13"),
    "三十二位的占比": Hostile(
        _told("全年收到申请7件，其中予以公开2件，占33.333333333333333333333333333333%。"), _RETURNED, "NAR-01"
    ),
    "三十位的数": Hostile(_told("共" + "9" * 30 + "件，其中1件，占50.5%。"), _ACCEPTED, ""),
    "没有一处身份": Hostile(_edited(rb"xxgk\.form", b"yyyy.form", "docProps/custom.xml"), _ACCEPTED, ""),
    "网页里的名字": Hostile(
        _edited(rb"<dc:creator>[^<]*", b"<dc:creator>&lt;script&gt;", "docProps/core.xml"), _ACCEPTED, ""
    ),
    "只存不压": Hostile(lambda data: packed(parts_of(data), zipfile.ZIP_STORED), _ACCEPTED, ""),
    "多一张表的图": Hostile(_with("xl/media/image1.png", b"\x89PNG" * 100), _ACCEPTED, ""),
}
ARCHIVES: Mapping[str, Hostile] = {
    "损坏的LZMA": Hostile(_spoilt_lzma, _UNREADABLE, "FILE-19"),
    "损坏的一份": Hostile(_spoilt_member, _UNREADABLE, "FILE-19"),
    "嵌套的压缩包": Hostile(_nested, _UNREADABLE, "FILE-23"),
    "截断的压缩包": Hostile(lambda data: packed({"甲.xlsx": data})[:-30], _UNREADABLE, "FILE-19"),
}
