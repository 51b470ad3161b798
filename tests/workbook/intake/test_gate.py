"""The gate: what is let in, and every kind of refusal by its code."""

from __future__ import annotations

import io
import os
import pickle
import random
import re
import struct
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from factories.packages import HEAD, MAIN, OFFICE, ROWS, SHEET_TYPE, admitted_sheet, book, code, links, packed, types
from openpyxl.comments import Comment

from toolkit.model.codes import REFUSALS, Code
from toolkit.workbook.intake.gate import Refused, admit, admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.refusals import refusal

MERGE = '<mergeCell ref="A1:J100"/>'


def code_of_path(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        admit(path)
    return refused.value.code


def patched(data: bytes, name: str, field: int, layout: str, value: int) -> bytes:
    """The archive with one field of one entry of its directory changed."""
    at = data.index(b"PK\1\2")
    while data[at + 46 : at + 46 + struct.unpack_from("<H", data, at + 28)[0]] != name.encode():
        at = data.index(b"PK\1\2", at + 4)
    changed = bytearray(data)
    struct.pack_into(layout, changed, at + field, value)
    return bytes(changed)


# ---------------------------------------------------------------- what is let in


def test_a_plain_workbook_is_admitted_with_its_parts_and_hash() -> None:
    data = packed(book())
    admitted = admit_bytes(data)
    assert admitted.data == data
    assert len(admitted.sha256) == 64
    assert admitted.parts["xl/workbook.xml"] == zipfile.ZipFile(io.BytesIO(data)).read("xl/workbook.xml")


def test_a_stored_archive_is_admitted() -> None:
    assert admit_bytes(packed(book(), zipfile.ZIP_STORED)).parts


def test_what_office_programs_put_beside_the_sheets_is_admitted() -> None:
    parts = book()
    parts["xl/printerSettings/printerSettings1.bin"] = "HP LaserJet".encode("utf-16-le") + bytes(50)
    parts["xl/drawings/vmlDrawing1.vml"] = '<xml xmlns:v="urn:v"><br><not closed></xml>'
    parts["docProps/thumbnail.wmf"] = b"\xd7\xcd\xc6\x9a" + bytes(20)
    parts["customXml/item1.xml"] = '<?xml version="1.0" encoding="utf-8"?><a/>'
    parts["xl/theme/theme1.xml"] = b"\xef\xbb\xbf" + f"{HEAD}<theme/>".encode()
    parts["xl/media/图1.png"] = b"\x89PNG"
    assert len(admit_bytes(packed(parts)).parts) == len(parts)


def test_hyperlinks_may_lead_out() -> None:
    parts = book()
    more = f'<Relationship Id="r9" Type="{OFFICE}/hyperlink" Target="https://x/connections" TargetMode="External"/>'
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = links(("comments", "../comments1.xml"), more=more)
    assert admit_bytes(packed(parts))


def test_styled_blank_cells_may_lie_anywhere() -> None:
    assert admitted_sheet('<row r="1048576"><c r="XFD1048576" s="0"/></row>')


def test_directory_entries_and_64_bit_sizes_are_admitted() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/", b"")
        for name, body in book().items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(body.encode() if isinstance(body, str) else body)
    assert "xl/" not in admit_bytes(out.getvalue()).parts


def test_a_directory_entry_with_64_bit_figures_is_understood() -> None:
    data = packed(book(), zipfile.ZIP_STORED)
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack_from("<LL", data, end + 12)
    (length,) = struct.unpack_from("<H", data, start + 28)
    packed_size, full = struct.unpack_from("<LL", data, start + 20)
    extra = struct.pack("<HHQQ", 1, 16, full, packed_size)
    entry = bytearray(data[start : start + 46 + length])
    struct.pack_into("<LL", entry, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", entry, 30, len(extra))
    directory = bytes(entry) + extra + data[start + 46 + length : end]
    count, size = 5, size + len(extra)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0)
    assert admit_bytes(data[:start] + directory + wide + locator + tail)
    assert code(data[:start] + directory + wide[:48] + bytes(8) + locator + tail) == "FILE-19"


def test_a_workbook_of_xlsxwriter_with_everything_in_it_is_admitted(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet("甲")
        page.write_comment("B2", "批注")
        page.write_url("A1", "https://example.org/a?b=1&c=2")
        page.merge_range("C3:F9", "合并")
        page.add_table("H1:J5")
        page.data_validation("A5", {"validate": "list", "source": ["是", "否"]})
        page.conditional_format("A1:A9", {"type": "cell", "criteria": ">", "value": 1})
        page.write_formula("A9", "=SUM(A1:A8)")
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=甲!$A$1:$A$9"})
        made.add_chartsheet().set_chart(chart)
    assert admit(path)


def test_a_workbook_of_openpyxl_is_admitted(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active["A1"] = 1
    made.active["A1"].comment = Comment("批注", "科员")
    made.active["A2"].hyperlink = "https://example.org"
    made.save(tmp_path / "a.xlsx")
    assert admit(tmp_path / "a.xlsx")


def test_a_refusal_survives_the_way_between_processes() -> None:
    refused = refusal(Code.FILE_19, "xl/a.xml")
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301 - made in this line
    assert (again.code, again.message, again.remedy) == (refused.code, refused.message, refused.remedy)


def test_text_of_the_file_is_shown_escaped() -> None:
    assert "\u202e" not in str(refusal(Code.FILE_22, "a\u202e\nb"))


def test_every_code_has_a_test_and_codes_run_without_gaps() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    asserted = set(re.findall(r'== "(FILE-\d\d)"', source))
    assert asserted == set(REFUSALS) == {f"FILE-{n:02d}" for n in range(1, len(REFUSALS) + 1)}


# ---------------------------------------------------------------- the file itself


def test_a_folder_a_link_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    real = tmp_path / "a.xlsx"
    real.write_bytes(packed(book()))
    (tmp_path / "link.xlsx").symlink_to(real)
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    assert code_of_path(tmp_path / "link.xlsx") == "FILE-01"
    assert code_of_path(tmp_path / "pipe.xlsx") == "FILE-01"
    assert code_of_path(tmp_path / "folder.xlsx") == "FILE-01"


def test_the_lock_file_of_an_open_workbook_is_named(tmp_path: Path) -> None:
    (tmp_path / "~$a.xlsx").write_bytes(b"\5user")
    assert code_of_path(tmp_path / "~$a.xlsx") == "FILE-02"
    assert code_of_path(tmp_path / ".~lock.a.xlsx#") == "FILE-02"


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").touch()
    assert code_of_path(tmp_path / "a.xlsx") == "FILE-03"


def test_a_giant_file_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "a.xlsx").open("wb") as stream:
        stream.truncate(21 << 20)
    assert code_of_path(tmp_path / "a.xlsx") == "FILE-04"
    assert code(bytes(21 << 20)) == "FILE-04"


def test_a_file_that_changes_while_it_is_read_is_left_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(book()))
    opened = os.open

    def meanwhile(name: Path, flags: int) -> int:
        with path.open("ab") as stream:
            stream.write(b"more")
        return opened(name, flags)

    monkeypatch.setattr(os, "open", meanwhile)
    assert code_of_path(path) == "FILE-05"


def test_a_file_that_is_open_in_excel_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(book()))

    def locked(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", locked)
    assert code_of_path(path) == "FILE-06"


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    assert code_of_path(tmp_path / "a.xlsx") == "FILE-07"


# ---------------------------------------------------------------- its kind


def test_an_encrypted_workbook_is_named() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    assert code(ole + "EncryptedPackage".encode("utf-16-le")) == "FILE-08"
    assert code(patched(packed(book()), "xl/workbook.xml", 8, "<H", 1)) == "FILE-08"


def test_an_old_workbook_is_named() -> None:
    assert code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(500)) == "FILE-09"


@pytest.mark.parametrize(
    ("streams", "told"),
    [
        (("Workbook",), ("FILE-09", "是旧格式表格（.xls 或 .et）")),
        (("Book", "WordDocument"), ("FILE-09", "是旧格式表格（.xls 或 .et）")),
        (("WordDocument", "Workbook"), ("FILE-16", "Word 97")),
        (("PowerPoint Document",), ("FILE-16", "PowerPoint 97")),
        (("__properties_version1.0", "WordDocument"), ("FILE-46", "Outlook 邮件")),
        ((), ("FILE-09", "是旧格式表格（.xls 或 .et）")),
    ],
)
def test_what_office_wrote_before_2007_is_named_by_what_it_is(streams: tuple[str, ...], told: tuple[str, str]) -> None:
    body = b"".join(name.encode("utf-16-le") + bytes(90) for name in ("Root Entry", *streams))
    with pytest.raises(Refused) as refused:
        admit_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + body)
    assert refused.value.code == told[0]
    assert told[1] in refused.value.message


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"\x09\x00\x04\x00", ("FILE-09", "Excel 4")),
        (b"\x09\x02\x06\x00", ("FILE-09", "Excel 4")),
        (b"\x09\x04\x06\x00\x00\x00", ("FILE-09", "Excel 4")),
        (b"{\\rtf1\\ansi ", ("FILE-16", "RTF")),
        (b"\xff\xd8\xff\xe0", ("FILE-18", "是图片")),
        (b"\x89PNG\r\n\x1a\n", ("FILE-18", "是图片")),
        (b"Received: from mail.example.cn\r\n", ("FILE-46", "是邮件")),
        (b"From: office@example.cn\r\nSubject: x\r\n", ("FILE-46", "是邮件")),
        (b"MZ\x90\x00", ("FILE-18", "是程序")),
    ],
)
def test_a_file_of_another_kind_is_named_by_its_first_bytes(head: bytes, told: tuple[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        admit_bytes(head + bytes(300))
    assert refused.value.code == told[0]
    assert told[1] in refused.value.message


def test_a_mail_is_named_with_the_advice_that_fits() -> None:
    assert code(b"Subject: x\r\n\r\n" + bytes(20)) == "FILE-46"
    with pytest.raises(Refused, match="把邮件里的附件另存出来"):
        admit_bytes(b"Return-Path: <a@example.cn>\r\n")


def test_a_pdf_is_named() -> None:
    assert code(b"%PDF-1.7\n") == "FILE-10"


def test_a_web_page_is_named() -> None:
    assert code(b"\xef\xbb\xbf\r\n<HTML><table></table>") == "FILE-11"
    assert code(b"MIME-Version: 1.0\r\n") == "FILE-11"


def test_an_xml_table_is_named() -> None:
    assert code(b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>') == "FILE-12"


def test_text_is_named() -> None:
    assert code("单位,数量\n甲,1\n".encode("gb18030")) == "FILE-13"
    assert code("单位\t数量\n".encode("utf-16")) == "FILE-13"


def test_an_open_document_is_named() -> None:
    assert code({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}) == "FILE-14"


def test_a_binary_workbook_is_named() -> None:
    assert code({"[Content_Types].xml": types(), "xl/workbook.bin": b"\0"}) == "FILE-15"


def test_a_text_document_is_named() -> None:
    assert code({"[Content_Types].xml": types(), "word/document.xml": "<a/>"}) == "FILE-16"
    assert code({"OFD.xml": "<a/>"}) == "FILE-16"


def test_an_archive_of_files_is_named() -> None:
    assert code({"甲局/报表.xlsx": packed(book())}) == "FILE-17"
    assert code(b"Rar!\x1a\7\0" + bytes(20)) == "FILE-17"
    assert code(b"7z\xbc\xaf\x27\x1c" + bytes(20)) == "FILE-17"


def test_a_picture_and_a_template_are_no_workbooks() -> None:
    assert code(b"\x89PNG\r\n\x1a\n" + bytes(20)) == "FILE-18"
    assert code(book() | {"[Content_Types].xml": types(SHEET_TYPE.replace("sheet.main", "template.main"))}) == "FILE-18"


# ---------------------------------------------------------------- the archive


def test_a_file_cut_short_is_damaged_at_whatever_byte() -> None:
    data = packed(book())
    for length in range(4, len(data), 7):
        assert code(data[:length]) == "FILE-19"


def test_bytes_after_the_end_are_damage() -> None:
    assert code(packed(book()) + bytes(512)) == "FILE-19"


def test_an_unusual_compression_is_refused() -> None:
    assert code(packed(book(), zipfile.ZIP_LZMA)) == "FILE-19"


def test_a_stream_that_does_not_inflate_is_damage() -> None:
    data = packed(book())
    at = data.index(b"xl/workbook.xml") + len("xl/workbook.xml")
    assert code(data[:at] + b"\xff" * 8 + data[at + 8 :]) == "FILE-19"


def test_a_wrong_checksum_is_refused() -> None:
    assert code(patched(packed(book()), "xl/workbook.xml", 16, "<L", 12345)) == "FILE-20"


def test_a_part_shorter_than_announced_is_refused() -> None:
    assert code(patched(packed(book()), "xl/workbook.xml", 24, "<L", 99999)) == "FILE-20"


@pytest.mark.parametrize("other", ["xl/workbook.xmm", "xl/WORKBOOK.xmm"])
def test_two_parts_of_one_name_are_refused_also_by_case(other: str) -> None:
    data = packed(book() | {other: "<a/>"})
    assert code(data.replace(b".xmm", b".xml")) == "FILE-21"


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/passwd", "xl\\..\\styles.xml", "xl\\\\a.xml", "xl//a.xml", "C:/a.xml", "a\u202eb.xml"]
)
def test_a_name_that_means_another_place_is_refused(name: str) -> None:
    placeholder = "*" * len(name.encode())
    data = packed(book() | {placeholder: "<a/>"})
    for at in (data.index(b"*"), data.rindex(placeholder.encode())):
        data = data[:at] + name.encode() + data[at + len(placeholder) :]
    if not name.isascii():
        data = patched(data, name, 8, "<H", 0x800)
    assert code(data) == "FILE-22"


def test_a_name_with_backslashes_is_the_part_and_twice_is_twice() -> None:
    parts = {name.replace("/", "\\"): body for name, body in book().items()}
    assert set(admit_bytes(packed(parts)).parts) == set(book())
    assert code(parts | {"xl/workbook.xml": "<a/>"}) == "FILE-21"


def test_a_bomb_is_refused_by_part_in_all_and_by_number() -> None:
    assert code(book() | {"xl/media/a.png": bytes(49 << 20)}) == "FILE-23"
    assert code(book() | {"xl/media/a.png": bytes(40 << 20), "xl/media/b.png": bytes(40 << 20)}) == "FILE-23"
    assert code(book() | {f"xl/media/{n}.png": b"" for n in range(1000)}) == "FILE-23"


def test_a_bomb_that_lies_about_its_size_is_refused_without_being_inflated() -> None:
    data = packed(book() | {"xl/media/a.png": bytes(60 << 20)})
    begun = time.process_time()
    assert code(patched(data, "xl/media/a.png", 24, "<L", 10)) == "FILE-20"
    assert time.process_time() - begun < 0.5


def test_a_part_with_another_name_inside_is_refused() -> None:
    data = packed(book())
    at = data.index(b"xl/workbook.xml")
    assert code(data[:at] + b"xl/workbooc.xml" + data[at + 15 :]) == "FILE-24"


def test_a_part_hidden_in_another_is_refused() -> None:
    inner = packed({"xl/inner.xml": "<a/>"}, zipfile.ZIP_STORED)
    header = inner[: inner.index(b"PK\1\2")]
    data = packed(book() | {"xl/outer.png": header}, zipfile.ZIP_STORED)
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack_from("<LL", data, end + 12)
    entry = bytearray(inner[inner.index(b"PK\1\2") : inner.index(b"PK\5\6")])
    struct.pack_into("<L", entry, 42, data.index(header))
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 7, 7, size + len(entry), start, 0)
    assert code(data[:end] + bytes(entry) + tail) == "FILE-24"


# ---------------------------------------------------------------- active content


def with_link(kind: str, more: str = "") -> dict[str, str | bytes]:
    return book() | {"xl/worksheets/_rels/sheet1.xml.rels": links((kind, "../other.bin"), more=more)}


def test_macros_are_refused_by_part_by_link_and_by_type() -> None:
    assert code(book() | {"xl/vbaProject.bin": b"\0"}) == "FILE-25"
    assert code(book() | {"xl/macrosheets/sheet1.xml": "<a/>"}) == "FILE-25"
    assert code(with_link("vbaProject")) == "FILE-25"
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert code(book() | {"[Content_Types].xml": types(macro)}) == "FILE-25"


def declared(entry: str, kind: str = SHEET_TYPE) -> str:
    """The contents of a workbook that declares one thing more."""
    return types(kind).replace("<Default ", f"{entry}<Default ", 1)


def test_a_type_declared_for_parts_that_are_not_there_says_nothing() -> None:
    macros = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    usual = f'<Default Extension="bin" ContentType="{macros}"/>'
    gone = '<Override PartName="/xl/other.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
    assert admit_bytes(packed(book() | {"[Content_Types].xml": declared(usual)}))
    assert admit_bytes(packed(book() | {"[Content_Types].xml": declared(gone)}))
    assert code(book() | {"[Content_Types].xml": declared(usual), "xl/a.BIN": b"\0"}) == "FILE-25"
    assert code(book() | {"[Content_Types].xml": declared(gone), "xl/Other.xml": "<a/>"}) == "FILE-25"


def test_the_type_of_the_workbook_itself_decides() -> None:
    template = "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
    beside = f'<Override PartName="/xl/other.xml" ContentType="{SHEET_TYPE}"/>'
    assert code(book() | {"[Content_Types].xml": declared(beside, template), "xl/other.xml": "<a/>"}) == "FILE-18"
    only = types().replace("/xl/workbook.xml", "/xl/none.xml").replace("application/xml", SHEET_TYPE)
    assert admit_bytes(packed(book() | {"[Content_Types].xml": only}))


def test_controls_and_embedded_objects_are_refused() -> None:
    for part in ("xl/activeX/activeX1.xml", "xl/embeddings/oleObject1.bin", "xl/ctrlProps/ctrlProp1.xml"):
        assert code(book() | {part: "<a/>"}) == "FILE-26"
    assert code(with_link("oleObject")) == "FILE-26"
    assert code(book() | {"customUI/customUI14.xml": "<a/>"}) == "FILE-26"


def test_links_to_other_files_are_refused_however_they_are_written() -> None:
    assert code(book() | {"xl/externalLinks/externalLink1.xml": "<a/>"}) == "FILE-27"
    assert code(with_link("externalLink")) == "FILE-27"
    for mode in ('TargetMode="External"', "TargetMode = 'External'", 'TargetMode="&#69;xternal"'):
        picture = f'<Relationship Id="r9" Type="{OFFICE}/image" Target="file://x/a.png" {mode}/>'
        assert code(with_link("drawing", picture)) == "FILE-27"


def test_data_connections_are_refused() -> None:
    assert code(book() | {"xl/connections.xml": "<a/>"}) == "FILE-28"
    assert code(book() | {"xl/model/item.data": b"\0"}) == "FILE-28"
    assert code(with_link("queryTable")) == "FILE-28"


def test_strict_open_xml_is_named_and_never_read_as_nothing() -> None:
    strict = {
        name: str(body).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main") for name, body in book().items()
    }
    assert code(strict) == "FILE-29"
    office = str(book()["_rels/.rels"]).replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships")
    assert code(book() | {"_rels/.rels": office}) == "FILE-29"


# ---------------------------------------------------------------- XML


LAUGHS = '<!DOCTYPE a [<!ENTITY b "hahaha"><!ENTITY c "&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/app.xml", "_rels/.rels", "xl/a.dat"]
)
def test_a_document_type_is_refused_in_any_part(part: str) -> None:
    body = str(book().get(part, f"{HEAD}<a/>")).replace(HEAD, HEAD + LAUGHS)
    assert code(book() | {part: body}) == "FILE-30"
    external = str(book().get(part, f"{HEAD}<a/>")).replace(HEAD, '<!DOCTYPE a SYSTEM "file:///etc/passwd">')
    assert code(book() | {part: external}) == "FILE-30"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_document_type_cannot_hide_in_another_encoding(encoding: str) -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/a.dat"):
        assert code(book() | {part: f"{LAUGHS}<a>&c;</a>".encode(encoding)}) == "FILE-31"


@pytest.mark.parametrize("encoding", ["gbk", "utf-7", "iso-8859-1", "cp037", "UTF-16"])
def test_xml_must_declare_utf_8_or_nothing(encoding: str) -> None:
    assert code(book() | {"xl/styles.xml": f"<?xml version='1.0' encoding='{encoding}'?><a/>"}) == "FILE-31"


def test_spoilt_xml_is_refused() -> None:
    for body in ("", "<a>", "<a></b>", "<a>&nbsp;</a>", "<a b=1/>", "<p:a/>", b"<a>\xff\xfe</a>", b"<a>\1</a>"):
        assert code(book() | {"xl/styles.xml": body}) == "FILE-32"


def test_a_value_in_two_pieces_is_refused_for_readers_would_differ() -> None:
    assert code(book('<row r="1"><c r="A1"><v>1<!-- -->2</v></c></row>')) == "FILE-40"
    assert code(book('<row r="1"><c r="A1"><v>1<?x y?>2</v></c></row>')) == "FILE-40"


def test_cells_outside_the_rows_and_a_second_table_are_refused() -> None:
    assert code(book('<c r="A1"><v>1</v></c>')) == "FILE-40"
    assert code(book('<row r="1"><c r="A1"><c r="B1"/></c></row>')) == "FILE-40"
    assert code(book(after="<sheetData/>")) == "FILE-40"
    assert code(book(after=f"<extLst>{ROWS}</extLst>")) == "FILE-40"


@pytest.mark.parametrize(
    ("open_", "close"), [('<a b="', '"/>'), ("<a>", "</a>"), ('<a b="<>', '"/>'), ("<a><!--<>", "--></a>")]
)
def test_a_giant_tag_or_text_is_refused_at_once(open_: str, close: str) -> None:
    begun = time.process_time()
    for filling in ("x", ">"):
        assert code(book() | {"xl/styles.xml": open_ + filling * (3 << 20) + close}) == "FILE-33"
    assert code(book() | {"xl/styles.xml": f"<a>{'x' * (2 << 20)}</a>"}) == "FILE-33"
    assert time.process_time() - begun < 1


def test_a_long_namespace_is_refused_for_it_is_repeated_in_every_element() -> None:
    prefix = "p" * 200
    assert code(book() | {"xl/styles.xml": f'<a xmlns="{"n" * 600}"/>'}) == "FILE-33"
    assert code(book() | {"xl/styles.xml": f'<{prefix}:a xmlns:{prefix} = "{"n" * 600}"/>'}) == "FILE-33"


@pytest.mark.parametrize("depth", [65, 1000, 200_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    assert code(book() | {"xl/styles.xml": "<a>" * depth + "</a>" * depth}) == "FILE-34"


def test_depth_is_counted_exactly_whatever_stands_between() -> None:
    for noise in ("", "<b/>", "<b>/></b>", '<b c="/>"/>', "<!-- </a> -->", "<![CDATA[</a></a>]]>"):
        assert admit_bytes(packed(book() | {"xl/styles.xml": f"<a>{noise}" * 63 + "<a/>" + "</a>" * 63}))
        assert code(book() | {"xl/styles.xml": f"<a>{noise}" * 64 + "<a/>" + "</a>" * 64}) == "FILE-34"


def test_too_many_elements_or_attributes_are_refused_before_they_become_a_tree() -> None:
    begun = time.process_time()
    assert code(book() | {"xl/styles.xml": f"<a>{'<b/>' * 500_000}</a>"}) == "FILE-35"
    many = " ".join(f'a{n}=""' for n in range(400))
    assert code(book() | {"xl/styles.xml": f"<a>{f'<b {many}/>' * 5000}</a>"}) == "FILE-35"
    assert time.process_time() - begun < 2


# ---------------------------------------------------------------- sheets


def test_a_value_off_the_sheet_is_named_with_its_cell() -> None:
    for address in ("A1048577", "XFE1", "ZZZ30000"):
        assert code(book(f'<row r="1"><c r="{address}"><v>1</v></c></row>')) == "FILE-36"
    with pytest.raises(Refused, match="XFE1048576"):
        admitted_sheet('<row r="1"><c r="XFE1048576"><f>1</f></c></row>')
    assert admitted_sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def test_a_comment_off_the_sheet_is_refused() -> None:
    body = f'<comments xmlns="{MAIN}"><commentList><comment ref="XFE1048576"/></commentList></comments>'
    assert code(book() | {"xl/comments1.xml": body}) == "FILE-36"


def test_a_value_off_the_sheet_cannot_hide_behind_missing_addresses() -> None:
    assert code(book(f'<row r="7">{"<c/>" * 16384}<c><v>1</v></c></row>')) == "FILE-36"
    assert code(book('<row r="1048576"/><row><c><v>1</v></c></row>')) == "FILE-36"


@pytest.mark.parametrize(
    ("content", "told", "advice"),
    [
        (b"BM\x36\x10\x0e\0\0\0\0\0\x36\0\0\0", "是图片", "请在下发的表格中填报"),
        (b"GIF89a", "是图片", "请在下发的表格中填报"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "是图片", "请在下发的表格中填报"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "是图片", "请在下发的表格中填报"),
        (b"II*\0", "是图片", "请在下发的表格中填报"),
        (b"\0\0\0\x18ftypmp42", "音频或视频", "请在下发的表格中填报"),
        (b"MZ\x90\0\x03\0", "是程序", "请不要打开"),
        (b"L\0\0\0\x01\x14\x02\0", "快捷方式", "请找到快捷方式指向的那个文件"),
        (b"[InternetShortcut]\r\nURL=http://example.cn", "快捷方式", "请找到快捷方式指向的那个文件"),
        (b"bplist00\xd1", "云盘的占位文件", "下载完整，能在电脑上打开后再报送"),
        (bytes(4096), "云盘的占位文件", "下载完整"),
        (b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n", "存成单个文件的网页", "另存为"),
        (b"MIME-Version: 1.0\r\nFrom: a@example.cn\r\n", "是邮件", "附件"),
        (b"BZh91AY", "是压缩包", "解压"),
    ],
)
def test_each_kind_has_the_advice_that_fits_it(content: bytes, told: str, advice: str) -> None:
    with pytest.raises(Refused) as refused:
        admit_bytes(content + bytes(90))
    assert told in refused.value.message
    assert advice in refused.value.remedy


def test_a_text_that_begins_like_a_picture_or_a_program_is_a_text() -> None:
    for text in ("BM,数量\n甲,1\n", "MZ,数量\n甲,1\n", "ID3,数量\n"):
        assert code(text.encode("gb18030")) == "FILE-13", text


@pytest.mark.parametrize(
    ("word", "told"), [("text", "文字文稿"), ("presentation", "演示文稿"), ("spreadsheet", ".ods")]
)
def test_an_open_document_is_named_by_what_it_is(word: str, told: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{word}")
    with pytest.raises(Refused, match=re.escape(told)):
        admit_bytes(buffer.getvalue())


@pytest.mark.parametrize(
    "address", ["a1", "1A", "A0", "A", "$A$1", "A1:B2", "ABCD1", "A01", "A1 ", "Ａ1", "A１", "A12345678"]
)
def test_a_malformed_address_is_refused(address: str) -> None:
    assert code(book(f'<row r="1"><c r="{address}"><v>1</v></c></row>')) == "FILE-37"


def test_a_malformed_row_number_or_area_is_refused() -> None:
    assert code(book('<row r="x"><c><v>1</v></c></row>')) == "FILE-37"
    assert code(book(after='<mergeCells><mergeCell ref="A1:B"/></mergeCells>')) == "FILE-37"


def test_areas_that_swallow_the_sheet_are_refused() -> None:
    merge = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    many = f"<mergeCells>{MERGE * 21}</mergeCells>"
    assert code(book(after=merge)) == "FILE-38"
    assert code(book(after=f"<extLst><ext>{merge}</ext></extLst>")) == "FILE-38"
    assert code(book(after='<hyperlinks><hyperlink ref="A1:XFD1048576" display="x"/></hyperlinks>')) == "FILE-38"
    assert code(book(after=many)) == "FILE-38"
    assert admitted_sheet(ROWS, '<mergeCells><mergeCell ref="A1:T1000"/></mergeCells>')


def test_a_cell_that_is_there_twice_is_refused() -> None:
    assert code(book('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A1"><v>2</v></c></row>')) == "FILE-39"
    assert code(book('<row r="1"><c r="B1"/><c r="A1"/><c><v>2</v></c></row>')) == "FILE-39"


# ---------------------------------------------------------------- chance


def spoilt(bodies: Iterable[tuple[str, str | bytes]], chance: random.Random) -> dict[str, str | bytes]:
    """The parts, one of them cut, doubled or with characters exchanged somewhere."""
    parts = dict(bodies)
    name = chance.choice(list(parts))
    found = parts[name]
    body = found if isinstance(found, str) else found.decode("utf-8", "replace")
    a, b = sorted(chance.choices(range(len(body) + 1), k=2))
    b = min(b, a + 40)
    piece = chance.choice(["", body[a:b] * 2, body[a:b][::-1], "9" * (b - a), "<c/>", '" r="'])
    return parts | {name: body[:a] + piece + body[b:]}


def test_no_other_exception_leaves_the_gate_or_the_reader_whatever_is_spoilt(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        page = made.add_worksheet()
        made.define_name("a.b", "=Sheet1!$A$1")
        made.set_custom_property("form", "x")
        for row in range(5):
            page.write_row(row, 0, [row, "文字", True])
            page.write_formula(row, 3, f"=A{row + 1}+1")
    archive = zipfile.ZipFile(tmp_path / "a.xlsx")
    bodies = [(name, archive.read(name).decode()) for name in archive.namelist()]
    data, chance = packed(dict(bodies)), random.Random(2021)  # noqa: S311 - chance, not secrecy
    outcomes = set()
    for n in range(1500):
        flipped = bytearray(data)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        try:
            read(admit_bytes(bytes(flipped) if n % 3 == 0 else packed(spoilt(bodies, chance))))
            outcomes.add("read")
        except Refused as refused:
            outcomes.add(refused.code)
    assert {"read", "FILE-32", "FILE-40", "FILE-20"} <= outcomes
