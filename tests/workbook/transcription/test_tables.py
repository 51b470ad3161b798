"""Files of every kind as plain tables; hostile ones cost nothing but themselves."""

from __future__ import annotations

import io
import os
import zipfile

import openpyxl
import pytest
from factories.copies import compared, converted, copied, due_figures, filled_book, read_out, saved
from factories.dialects import unpacked, with_link
from factories.packages import packed

from toolkit.model.flat import FlatStyle
from toolkit.workbook.intake.refusals import Refused
from toolkit.workbook.transcription import tables
from toolkit.workbook.transcription.tables import PlainCell, PlainTable, plain_tables

ALL = len(due_figures())
_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
    '<office:spreadsheet><table:table table:name="S">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)
_ROWS = (
    '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}" '
    'office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>'
)


def ods(content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", _ODS.format(content))
    return out.getvalue()


def sheet(*cells: tuple[str, object]) -> bytes:
    book = openpyxl.Workbook()
    for address, value in cells:
        book.worksheets[0][address].value = value
    return saved(book)


@pytest.mark.office
@pytest.mark.parametrize("merged", [True, False], ids=["merged", "fallen apart"])
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_files_of_other_programs_are_read_whole(kind: str, merged: bool) -> None:  # noqa: FBT001 - a case
    found = read_out(converted(copied(filled_book(), merged=merged), kind))
    assert (compared(found), found.unread) == ((ALL, 0), [])
    assert {one.variable: one.value for one in found.read}["cover.contact"] == "陈晓岚"


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_our_own_workbook_saved_in_an_old_format_is_read_whole(kind: str) -> None:
    assert compared(read_out(converted(filled_book(), kind))) == (ALL, 0)


def test_a_cell_has_its_place_and_the_style_of_its_number() -> None:
    (table,) = plain_tables(sheet(("C7", 12)))
    assert table == PlainTable("Sheet", {(7, 3): PlainCell(12.0, "Sheet!C7", FlatStyle(locked=True))})


def test_a_hidden_sheet_is_not_seen() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheet(("A1", 1))))
    book.create_sheet("旧表").sheet_state = "hidden"
    book["旧表"]["A1"].value = 2
    assert [one.name for one in plain_tables(saved(book))] == ["Sheet"]


def test_links_to_the_workbook_that_a_sheet_was_copied_from_do_no_harm() -> None:
    parts = unpacked(copied(filled_book()))
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    with_link(parts, "xl/workbook.xml", "externalLink", "externalLinks/externalLink1.xml")
    assert compared(read_out(packed(parts))) == (ALL, 0)


def test_macros_are_refused() -> None:
    parts = unpacked(copied(filled_book()))
    with pytest.raises(Refused, match="FILE-25"):
        list(plain_tables(packed({**parts, "xl/vbaProject.bin": b"\0"})))


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_columns_of_a_text_are_told_by_what_stands_between_them(separator: str) -> None:
    (table,) = plain_tables(separator.join(("项目", "件数", "备注")).encode() + b"\n" + separator.join("一12").encode())
    assert [cell.value for cell in table.cells.values()] == ["项目", "件数", "备注", "一", "1", "2"]
    assert table.cells[2, 3].place == "C2"


@pytest.mark.parametrize("data", [b"\0\1\2", b"%PDF-1.7\n\0"], ids=["bytes", "pdf"])
def test_what_has_no_tables_gives_none(data: bytes) -> None:
    assert list(plain_tables(data)) == []


@pytest.mark.parametrize(("rows", "columns", "read"), [(250, 200, 50_000), (250, 201, None), (10**9, 10**4, None)])
def test_a_cell_that_stands_for_more_than_anybody_fills_in_is_refused(
    rows: int, columns: int, read: int | None
) -> None:
    data = ods(_ROWS.format(rows, columns))
    if read is None:
        with pytest.raises(Refused):
            list(plain_tables(data))
    else:
        assert len(next(plain_tables(data)).cells) == read


def test_blank_rows_and_columns_to_the_end_of_a_sheet_are_no_content() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384"/>'
    end = f'<table:table-row table:number-rows-repeated="1048575">{cell}</table:table-row>'
    (table,) = plain_tables(ods(_ROWS.format(1, 1) + end))
    assert table.cells == {(1, 1): PlainCell(1.0, "S!A1")}


@pytest.mark.faults
def test_a_library_that_ends_its_process_costs_only_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_tables", _ends)
    assert list(plain_tables(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) == []


def _ends(_: bytes) -> list[PlainTable]:
    os._exit(1)
