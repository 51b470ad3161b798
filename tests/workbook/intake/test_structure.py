"""Filled cells that nobody sees but the program are told, and read all the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.dialects import unpacked, with_link
from factories.packages import book, packed
from factories.workbooks import edited, form, found, patched, save, verdict, workbook

from toolkit.model.codes import Code
from toolkit.model.finding import Severity, Status

SHEET = "申请情况"
Change = Callable[[openpyxl.Workbook], None]


def merged(area: str) -> Change:
    """As a program does it that keeps what stands in the covered cells; ``merge_cells`` would empty them."""
    return lambda book: book[SHEET].merged_cells.add(area)


def hidden_row(book: openpyxl.Workbook) -> None:
    book[SHEET].row_dimensions[9].hidden = True


def hidden_columns(book: openpyxl.Workbook) -> None:
    book[SHEET].column_dimensions.group("E", "F", hidden=True)


def hidden_sheet(book: openpyxl.Workbook) -> None:
    book[SHEET].sheet_state = "hidden"


def column(letter: str) -> list[str]:
    cells = form().layout.cells
    kind = form()
    names = [name for name in kind.names if name not in kind.rules.formulas and cells[name][0] == SHEET]
    return [cells[name][1] for name in names if cells[name][1].startswith(letter)]


@pytest.mark.parametrize(
    ("change", "cells", "words"),
    [
        (merged("D7:E7"), ["E7"], "被合并单元格盖住"),
        (hidden_row, [f"{letter}9" for letter in "DEFGHI"], "在隐藏的行或列里"),
        (hidden_columns, sorted(column("E") + column("F")), "在隐藏的行或列里"),
        (hidden_sheet, sorted(one for letter in "DEFGHI" for one in column(letter)), "整张表隐藏了"),
    ],
)
def test_a_filled_cell_that_nobody_sees_is_told(tmp_path: Path, change: Change, cells: list[str], words: str) -> None:
    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), change)))
    (note,) = found(result, "FORM-14")
    assert (note.severity, note.sheet, sorted(note.cells)) == (Severity.NOTE, SHEET, sorted(cells))
    assert words in note.message
    assert note.cell in note.message
    assert result.status is Status.ACCEPTED


def test_a_covered_figure_is_read_all_the_same(tmp_path: Path) -> None:
    data = workbook(requests__new__business=Decimal(4), requests__granted__business=Decimal(4))
    result = verdict(save(tmp_path / "a.xlsx", edited(data, merged("D6:E6"))))
    assert found(result, "FORM-14")[0].cell == "E6"
    assert result.status is Status.ACCEPTED


@pytest.mark.parametrize(("at", "told"), [("ZZ5", "ZZ5"), ("SS1", "SS1"), ("A20001", "A20001"), ("XFD1048576", "XFD")])
def test_a_value_far_away_is_noted_with_its_place_and_the_return_is_read(tmp_path: Path, at: str, told: str) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book[SHEET][at] = 12

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), change)))
    (note,) = found(result, "FORM-15")
    assert (note.severity, note.sheet, note.cell) == (Severity.NOTE, SHEET, at)
    assert told in note.message
    assert "“12”" in note.message
    assert result.status is Status.ACCEPTED


def test_a_remark_beside_the_table_and_a_far_cell_of_nothing_are_not_told(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book[SHEET]["SR20000"] = "备注"
        book[SHEET]["ZZ5"].number_format = "0.00"

    assert not found(verdict(save(tmp_path / "a.xlsx", edited(workbook(), change))), "FORM-15")


@pytest.mark.parametrize(
    ("pattern", "replacement", "first"),
    [
        (r'(<row r="9"[^>]*?) ht="[0-9.]+"', r'\1 ht="0"', "D9"),
        (r'(<mergeCells count="[0-9]+">)', r'\1<mergeCell ref="E7:D7"/>', "E7"),
    ],
)
def test_a_row_without_height_and_an_area_written_backwards(
    tmp_path: Path, pattern: str, replacement: str, first: str
) -> None:
    number = list(form().layout.sheets).index(SHEET) + 1
    result = verdict(save(tmp_path / "a.xlsx", patched(workbook(), number, pattern, replacement)))
    assert [(note.sheet, note.cell) for note in found(result, "FORM-14")] == [(SHEET, first)]


def blank_row(book: openpyxl.Workbook) -> None:
    sheet = book["公开信息构成"]
    sheet.row_dimensions[10].hidden = sheet.row_dimensions[200].hidden = True
    sheet.merged_cells.add("D10:E10")


@pytest.mark.parametrize("change", [lambda _: None, blank_row, merged("A40:J41")])
def test_where_nothing_is_filled_nothing_is_told(tmp_path: Path, change: Change) -> None:
    assert not found(verdict(save(tmp_path / "a.xlsx", edited(workbook(), change))), "FORM-14")


def identity_sheet(**changed: str | float | None) -> Callable[[Any], None]:
    """Fields of the hidden sheet changed, the names and properties gone: the sheet alone says what it is."""

    def change(book: Any) -> None:
        for name in [name for name in book.defined_names if name.startswith("xxgk.")]:
            del book.defined_names[name]
        for name in list(book.custom_doc_props.names):
            del book.custom_doc_props[name]
        for row in book["_标识"].iter_rows():
            if row[0].value in changed:
                row[1].value = changed[str(row[0].value)]

    return change


@pytest.mark.parametrize("version", ["1", 1, 1.0, "1.0", "１"])
def test_the_hidden_sheet_alone_says_what_it_is(tmp_path: Path, version: str | float) -> None:
    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), identity_sheet(version=version))))
    assert result.status is Status.ACCEPTED
    assert result.content is not None
    assert (result.content.identity.version, result.content.identity.unit) == (1, "甲局")
    assert {f.rule for f in result.findings} <= {"FORM-07", "FMLA-04"}


@pytest.mark.parametrize("version", ["", "1.5", "第1版", "1" * 5000])
def test_a_version_that_is_none_is_told(tmp_path: Path, version: str) -> None:
    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), identity_sheet(version=version))))
    assert [f.rule for f in result.findings] == ["FORM-03"]


def test_rows_put_above_the_identity_move_it_and_lose_nothing(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        identity_sheet()(book)
        book["_标识"].insert_rows(1, 3)

    assert verdict(save(tmp_path / "a.xlsx", edited(workbook(), change))).status is Status.ACCEPTED


def test_names_that_lead_astray_do_not_matter_where_the_sheet_is_whole(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.defined_names["xxgk.form"].attr_text = "封面!$B$4"

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), change)))
    assert {f.rule for f in result.findings} == {"FMLA-04", "FORM-07"}
    assert result.status is Status.ACCEPTED


def copied_out(book: openpyxl.Workbook) -> None:
    identity_sheet()(book)
    del book["_标识"]


def test_sheets_copied_into_a_new_workbook_are_told_as_such(tmp_path: Path) -> None:
    data = edited(workbook(), copied_out)
    (finding,) = verdict(save(tmp_path / "a.xlsx", data)).findings
    assert (finding.rule, finding.severity) == ("FORM-01", Severity.FATAL)
    assert "复制到新建的工作簿" in finding.message
    assert "下发的那个文件" in finding.remedy
    parts = unpacked(data) | {"xl/externalLinks/externalLink1.xml": b"<a/>"}
    with_link(parts, "xl/workbook.xml", "externalLink", "externalLinks/externalLink1.xml")
    (finding,) = verdict(save(tmp_path / "b.xlsx", packed(parts))).findings
    assert (finding.rule, "复制到新建的工作簿" in finding.message, "断开" in finding.remedy) == ("FILE-27", True, False)


def test_another_workbook_that_links_out_is_told_to_break_the_links(tmp_path: Path) -> None:
    (finding,) = verdict(save(tmp_path / "a.xlsx", packed(book() | {"xl/externalLinks/e.xml": "<a/>"}))).findings
    assert (finding.rule, "断开链接" in finding.remedy) == ("FILE-27", True)
    (finding,) = verdict(save(tmp_path / "b.xlsx", packed(book()))).findings
    assert (finding.rule, "复制到新建的工作簿" in finding.message) == ("FORM-01", False)


@pytest.mark.parametrize(
    ("rows", "after", "rule", "place"),
    [
        ('<row r="1"><c r="A1"/><c r="A1"/></row>', "", "FILE-39", "工作表“表” A1"),
        ('<row r="1"><c r="ZZZ1"><v>1</v></c></row>', "", "FILE-36", "工作表“表” ZZZ1"),
        ('<row r="1"><c r="A0"/></row>', "", "FILE-37", "工作表“表” A0"),
        ("", '<mergeCells><mergeCell ref="A1:Z9999"/></mergeCells>', "FILE-38", "工作表“表”"),
        ("<row>", "", "FILE-32", "工作表“表”"),
    ],
)
def test_a_refusal_says_where_as_a_person_knows_it(
    tmp_path: Path, rows: str, after: str, rule: str, place: str
) -> None:
    (finding,) = verdict(save(tmp_path / "a.xlsx", packed(book(rows, after)))).findings
    assert (finding.rule, finding.message.partition("：")[2]) == (rule, place)


def test_no_refusal_names_a_part_of_the_file(tmp_path: Path) -> None:
    for name in ("xl/styles.xml", "docProps/custom.xml", "xl/_rels/workbook.xml.rels", "xl/workbook.xml"):
        (finding,) = verdict(save(tmp_path / "a.xlsx", packed(book() | {name: "<a>"}))).findings
        assert (finding.rule, finding.message) == ("FILE-32", Code.FILE_32.heading), name
