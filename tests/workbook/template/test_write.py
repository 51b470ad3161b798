"""Rows that grow with what is written, and what a paste cannot take away."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from factories.office import pdf_text, recalculate, resave, soffice
from factories.workbooks import form, found, patched, save, values, verdict, workbook

from toolkit.forms.layout import CHECKS, COVER, TEXT_LINES, TEXT_WIDTH
from toolkit.workbook.intake.gate import admit
from toolkit.workbook.intake.read import read
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.plan_checks import SUMMARY
from toolkit.workbook.template.write import write_template

ORDINARY = "".join(
    f"第{i}项：公开办理流程和收费标准，栏目有专人每周更新，群众在网站和大厅都能查到。" for i in range(1, 31)
)
END = "【全文完】"


def sheet_xml(data: bytes, sheet: str) -> str:
    number = form().layout.sheets.index(sheet) + 1
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def row_of(data: bytes, sheet: str, row: int) -> tuple[float, bool]:
    """A row's height, and whether it is fixed."""
    match = re.search(rf'<row r="{row}"[^>]*>', sheet_xml(data, sheet))
    assert match
    height = re.search(r' ht="([0-9.]+)"', match[0])
    assert height
    return float(height[1]), "customHeight" in match[0]


def test_a_blank_row_for_a_text_is_seen_whole_and_free_to_grow_and_shrink() -> None:
    blank = write_template(form())
    assert row_of(blank, "总体情况", 3) == (300, False)
    assert row_of(blank, "总体情况", 8) == (150, False)
    assert row_of(blank, "总体情况", 2) == (24, True)
    # The cover's cells are merged beside the ticks: no program fits their rows, so each has room for two lines.
    assert row_of(blank, "封面", 6) == (38.25, True)


def test_a_row_with_a_text_is_as_tall_as_the_text() -> None:
    assert row_of(workbook(overview__disclosure="一行"), "总体情况", 3) == (24, False)
    assert row_of(workbook(overview__disclosure=ORDINARY), "总体情况", 3) == (291, False)
    assert row_of(workbook(overview__disclosure="两\n行"), "总体情况", 3) == (36, False)


@pytest.mark.office
def test_beside_a_text_stands_how_much_of_it_a_page_shows(tmp_path: Path) -> None:
    most = TEXT_LINES * TEXT_WIDTH // 2
    path = save(tmp_path / "a.xlsx", workbook(overview__disclosure="字" * (most + 1), problems__existing="无"))
    before = str(openpyxl.load_workbook(path, data_only=True)["总体情况"]["C3"].value)
    assert (before.startswith("必填。"), "现有" in before) == (True, False)
    book = openpyxl.load_workbook(recalculate(path, tmp_path / "out"), data_only=True)
    assert f"打印时约容 {most} 字，现有 {most + 1} 字。超出" in str(book["总体情况"]["C3"].value)
    assert "现有 12 字。" in str(book["总体情况"]["C4"].value)
    assert str(book["问题与改进"]["C3"].value).startswith("【请核实】必填。")


#: Workbooks as they are issued: blank, with last year's figures, with a whole return of noughts.
ISSUED = {
    "blank": Prefill(),
    "last-year": Prefill(unit="甲局", period="2025", prior=dict.fromkeys(form().layout.prior, Decimal(3))),
    "noughts": Prefill(unit="甲局", period="2025", values=values()),
}


@pytest.mark.parametrize("name", ISSUED)
def test_the_check_sheet_says_nothing_before_it_is_calculated_but_that_it_will_be(name: str, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", write_template(form(), ISSUED[name]))
    cells = read(admit(path)).sheets[CHECKS].cells
    assert {cell.value for cell in cells.values() if cell.formula is not None} <= {None, ""}
    assert (cells["A2"].formula, "启用编辑后自动计算" in str(cells["A2"].value)) == (None, True)
    with zipfile.ZipFile(path) as archive:
        assert b' fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")


@pytest.mark.parametrize("name", ISSUED)
def test_what_is_issued_has_no_formula_that_anybody_touched_or_never_calculated(name: str, tmp_path: Path) -> None:
    told = verdict(save(tmp_path / "a.xlsx", write_template(form(), ISSUED[name])))
    assert found(told, "FMLA") == []


@pytest.mark.office
def test_whoever_opens_it_has_it_calculated_without_being_asked(tmp_path: Path) -> None:
    (result,) = (cell.spot for cell in blank_plan(form()).sheets[COVER] if cell.formula == SUMMARY.reference)
    for name, summary in {"blank": "未填 ", "noughts": "不通过 0 项，请核实 0 项，未填 0 项"}.items():
        path = save(tmp_path / f"{name}.xlsx", write_template(form(), ISSUED[name]))
        shown = openpyxl.load_workbook(resave(path, tmp_path / "out"), data_only=True)
        assert summary in shown[CHECKS]["A3"].value
        assert shown[COVER][result.cell].value == shown[CHECKS]["A3"].value


@pytest.mark.office
def test_the_case_of_a_text_of_ordinary_length_is_printed_to_its_end(tmp_path: Path) -> None:
    blank = write_template(form())
    cell = rf'<c r="B3" \1 t="inlineStr"><is><t>{ORDINARY}{END}</t></is></c>'
    place = form().layout.sheets.index("总体情况") + 1
    for name, data in {
        "by-program": patched(blank, place, r'<c r="B3" (s="\d+")/>', cell),
        "by-us": workbook(overview__disclosure=ORDINARY + END),
    }.items():
        path = save(tmp_path / f"{name}.xlsx", data)
        soffice(["--convert-to", "pdf", "--outdir", str(tmp_path), str(path)], tmp_path / "profile")
        assert pdf_text(path.with_suffix(".pdf")).count(END) == 1, name


@pytest.mark.parametrize(("lines", "faults"), [(29, 0), (30, 1)])
def test_the_tallest_row_holds_so_many_lines(tmp_path: Path, lines: int, faults: int) -> None:
    text = "\n".join(["一行文字，不长也不短。"] * lines)
    path = save(tmp_path / "a.xlsx", workbook(overview__disclosure=text))
    assert len(found(verdict(path), "VAL-13")) == faults


def test_a_text_that_no_row_can_hold_is_told_in_both_workbooks(tmp_path: Path) -> None:
    for unit in ("甲局", "乙局"):
        long = verdict(save(tmp_path / f"{unit}.xlsx", workbook(unit, overview__disclosure=ORDINARY * 2)))
        (told,) = found(long, "VAL-13")
        assert (told.sheet, told.cell, told.severity.value) == ("总体情况", "B3", "note")
        assert not found(verdict(save(tmp_path / "b.xlsx", workbook(unit, overview__disclosure=ORDINARY))), "VAL-13")


def test_cells_turn_red_whatever_limits_a_paste_took_away() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(form())))
    for table in form().form.tables:
        sheet = book[table.sheet]
        entries = {
            form().layout.spots[v.name].cell for v in form().variables.values() if v.table == table.id and not v.derived
        }
        for areas in (sheet.conditional_formatting, sheet.data_validations.dataValidation):
            assert all(any(cell in area.sqref for area in areas) for cell in entries)
    rules = [rule for area in book["申请情况"].conditional_formatting for rule in area.rules]
    assert {rule.formula[0].count("ABS(D6") for rule in rules if "D6" in rule.formula[0]} == {2}
