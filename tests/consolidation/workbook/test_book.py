"""The consolidated workbook: its formulas give the sums, and it says what is in them."""

from __future__ import annotations

import io
import random
import re
import zipfile
from copy import copy
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from factories.filled_forms import annual
from factories.office import recalculate
from factories.sums import SMALL, filed, small, unread
from openpyxl import load_workbook

from toolkit.consolidation.aggregate import Consolidation, aggregate
from toolkit.consolidation.workbook import book as consolidated
from toolkit.consolidation.workbook.book import NOTES, SOURCES, UNITS, write_book
from toolkit.instrument.instrument import loads
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import FiledVerdict
from toolkit.workbook.template.write import write_template

FORM = annual()
HARMLESS = re.compile(r'=((SUM|ROUND|COUNT)\(|HYPERLINK\("#[^"]+","[A-Z]+[0-9]+"\)$)')
EVIL = '=HYPERLINK("http://example.invalid","某局")'


def returns() -> list[FiledVerdict]:
    chance = random.Random(7)  # noqa: S311
    made = []
    for unit in ("县教育局", "县公安局", EVIL, "+某镇", "城关镇人民政府"):
        values: dict[str, object] = {
            name: chance.randint(0, 900) for name in FORM.names if name not in FORM.rules.formulas
        }
        values["proactive.fees.amount"] = Decimal(chance.randint(0, 10**11)).scaleb(-6)
        made.append(filed(FORM, unit, values))
    return made


@cache
def ordinary() -> Consolidation:
    return aggregate(FORM, [*returns(), filed(FORM, "县卫健委", status=Status.RETURNED), unread("坏.xlsx")])


@cache
def doubtful() -> Consolidation:
    blank = ("requests.new.natural", "proactive.fees.amount")
    gaps = filed(FORM, "县应急局", {"disputes.direct.upheld": "1.5"}, status=Status.RETURNED, blank=blank)
    nobody = [filed(FORM, "县林业局", {"disputes.direct.upheld": "0.7"}, status=Status.RETURNED, blank=blank)]
    return aggregate(FORM, [gaps, *nobody, filed(FORM, "县水利局", {}, blank=blank[1:])], everything=True)


@cache
def opened(made: bytes, *, results: bool = False) -> Any:
    return load_workbook(io.BytesIO(made), data_only=results)


def texts(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def at(book: Any, name: str) -> Any:
    ((sheet, cell),) = book.defined_names[name].destinations
    return book[sheet][cell.replace("$", "")]


def test_the_numbers_stand_and_are_called_as_in_the_template() -> None:
    book, template = opened(write_book(FORM, ordinary(), "某某县")), opened(write_template(FORM))
    for name in FORM.names:
        assert book.defined_names[name].attr_text == template.defined_names[name].attr_text
    for table in FORM.form.tables:
        theirs, ours = template[table.sheet], book[table.sheet]
        assert set(map(str, theirs.merged_cells.ranges)) == set(map(str, ours.merged_cells.ranges))
        for cell in FORM.layout.grids[table.id].cells:
            spot = FORM.layout.on_sheet(table.id, cell).cell
            assert cell.kind == "number" or theirs[spot].value == ours[spot].value
    assert book.sheetnames == [NOTES, *(t.sheet for t in FORM.form.tables), UNITS, SOURCES]


def test_every_number_is_a_live_sum_with_the_exact_result() -> None:
    made = write_book(FORM, ordinary(), "某某县")
    formulas, results = opened(made), opened(made, results=True)
    for name in FORM.names:
        text = at(formulas, name).value
        assert re.fullmatch(r"=(SUM\(单位明细![A-Z]+10:[A-Z]+14\)|ROUND\(SUM\(单位明细![A-Z]+10:[A-Z]+14\),6\))", text)
        assert ("ROUND" in text) == (name == "proactive.fees.amount")
        assert Decimal(repr(at(results, name).value)) == ordinary().sums[name]


@pytest.mark.office
@pytest.mark.parametrize("case", [ordinary, doubtful])
def test_libreoffice_calculates_the_same_sums(case: Any, tmp_path: Path) -> None:
    one = case()
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_book(FORM, one, "某某县"))
    book = load_workbook(recalculate(path, tmp_path / "out"), data_only=True)
    for name in FORM.names:
        value = at(book, name).value
        shown = None if value in {None, ""} else Decimal(repr(value)).normalize()
        assert shown == one.sums.get(name), name
    units = book[UNITS]
    named = {str(units.cell(3, col).value): col for col in range(1, units.max_column + 1)}
    for name in FORM.names:
        assert units.cell(8, named[name]).value == one.covered[name]
        total = units.cell(7, named[name]).value
        assert (None if total in {None, ""} else Decimal(repr(total)).normalize()) == one.sums.get(name)


@pytest.mark.office
def test_a_unit_may_be_called_like_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_book(FORM, ordinary(), "=某某县"))
    for book in (load_workbook(path), load_workbook(recalculate(path, tmp_path / "out"))):
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        said = sum(content.numbers[name] != 0 for content in ordinary().returns[2:3] for name in FORM.names)
        assert sum(cell.value == EVIL for cell in cells) == 2 + said
        assert all(cell.data_type == "s" for cell in cells if cell.value in {EVIL, "+某镇"})
        formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
        assert all(HARMLESS.match(text) for text in formulas)


def test_the_notes_name_who_is_in_and_who_is_not() -> None:
    got = texts(opened(write_book(FORM, ordinary(), "某某县"))[NOTES])
    assert got[0] == "某某县2025年政府信息公开工作年度报告汇总"
    assert f"范围：{ordinary().scope}" in got
    assert {"县教育局", "城关镇人民政府", "县卫健委", "退回修改", "坏.xlsx", "无法读取"} <= set(got)
    assert not any("注意" in text for text in got)


def test_folders_of_this_computer_are_not_in_the_book() -> None:
    one = filed(FORM, "甲局", file="/home/clerk/收件/甲局.xlsx")
    book = opened(write_book(FORM, aggregate(FORM, [one, unread("/home/clerk/坏.xlsx")]), "县"))
    got = [text for sheet in book for text in texts(sheet)]
    assert {"甲局.xlsx", "坏.xlsx"} <= set(got)
    assert not any("clerk" in text for text in got)


def test_the_notes_list_findings_only_if_somebody_checked() -> None:
    finding = Finding(
        rule="BAL-01",
        severity=Severity.ERROR,
        sheet="申请情况",
        cell="D6",
        message="两边不等",
        remedy="请核对",
        explanation="甲局：已清理",
    )
    book = opened(write_book(FORM, ordinary(), "县", [finding]))
    got = texts(book[NOTES])
    assert {"错误", "申请情况 D6", "BAL-01", "两边不等\n请核对\n各单位的说明：甲局：已清理"} <= set(got)
    links = {cell.hyperlink.location for row in book[NOTES].iter_rows() for cell in row if cell.hyperlink}
    assert links == {"申请情况!D6"}
    assert {"核对汇总数", "没有发现问题。"} <= set(texts(opened(write_book(FORM, ordinary(), "县", ()))[NOTES]))
    assert "核对汇总数" not in texts(opened(write_book(FORM, ordinary(), "县"))[NOTES])


def test_a_total_links_to_its_column() -> None:
    book = opened(write_book(FORM, ordinary(), "县"))
    cell = at(book, "requests.new.natural")
    sheet, _, place = cell.hyperlink.location.partition("!")
    assert book[sheet][place].column == next(c.column for c in book[UNITS][3] if c.value == "requests.new.natural")


def test_the_warning_stands_on_every_sheet_and_page() -> None:
    book = opened(write_book(FORM, doubtful(), "县"))
    for sheet in book:
        assert any(text.startswith(doubtful().warning) for text in texts(sheet)), sheet.title
        assert doubtful().warning in sheet.oddHeader.center.text
    assert not any("注意" in text for sheet in opened(write_book(FORM, ordinary(), "县")) for text in texts(sheet))


def test_a_gap_is_blank_marked_and_listed() -> None:
    made = write_book(FORM, doubtful(), "县")
    book, results = opened(made), opened(made, results=True)
    assert doubtful().covered["requests.new.natural"] == 1
    assert doubtful().covered["proactive.fees.amount"] == 0
    assert at(book, "proactive.fees.amount").value.startswith("=IF(COUNT(")
    assert at(results, "proactive.fees.amount").value in {None, ""}
    assert at(book, "requests.new.natural").fill.fgColor.rgb != at(book, "requests.new.business").fill.fgColor.rgb
    assert {"1/3", "0/3", "申请情况 D6"} <= set(texts(book[NOTES]))
    column = next(c.column for c in book[UNITS][3] if c.value == "requests.new.natural")
    assert [book[UNITS].cell(row, column).value for row in (10, 11, 12)] == [None, None, 0]


def test_a_fraction_where_a_whole_number_belongs_is_not_blurred() -> None:
    book = opened(write_book(FORM, doubtful(), "县"))
    assert at(book, "disputes.direct.upheld").value.endswith(",1)")
    assert doubtful().sums["disputes.direct.upheld"] == Decimal("2.2")


def test_tables_are_locked_and_the_units_can_be_filtered() -> None:
    book = opened(write_book(FORM, ordinary(), "县"))
    assert all(book[table.sheet].protection.sheet for table in FORM.form.tables)
    units = book[UNITS]
    assert not units.protection.sheet
    assert units.freeze_panes == "B10"
    assert units.auto_filter.ref.startswith("A9:")
    assert units.auto_filter.ref.endswith("14")
    assert [c.value for c in units["A"]][9:] == [shown.unit for shown in ordinary().members]


def test_the_same_sums_make_the_same_bytes() -> None:
    assert write_book(FORM, ordinary(), "县") == write_book(FORM, ordinary(), "县")


def sizes(sheet: Any) -> list[tuple[object, float | None, bool]]:
    """Heights of rows, widths of columns, and what is hidden."""
    rows = [(key, one.height, one.hidden) for key, one in sheet.row_dimensions.items()]
    return rows + [(key, one.width, one.hidden) for key, one in sheet.column_dimensions.items()]


def looks(cell: Any) -> list[object]:
    """How a cell looks, whatever its style is numbered."""
    return [cell.number_format, *(copy(one) for one in (cell.font, cell.fill, cell.border, cell.alignment))]


def test_a_book_that_is_written_by_way_of_the_disk_says_and_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    short = opened(write_book(FORM, ordinary(), "县"))
    monkeypatch.setattr(consolidated, "LONG", 0)
    made = write_book(FORM, ordinary(), "县")
    assert made == write_book(FORM, ordinary(), "县")
    long = opened(made)
    assert long.sheetnames == short.sheetnames
    for ours, theirs in zip(long, short, strict=True):
        for row, other in zip(ours.iter_rows(), theirs.iter_rows(), strict=True):
            for cell, same in zip(row, other, strict=True):
                assert (cell.value, looks(cell)) == (same.value, looks(same))
        assert set(map(str, ours.merged_cells.ranges)) == set(map(str, theirs.merged_cells.ranges))
        assert sizes(ours) == sizes(theirs)
        assert (ours.freeze_panes, ours.auto_filter.ref) == (theirs.freeze_panes, theirs.auto_filter.ref)


def test_a_book_without_any_unit_is_still_a_book() -> None:
    made = write_book(FORM, aggregate(FORM, [unread("坏.xlsx")]), "县")
    assert "坏.xlsx" in texts(opened(made)[NOTES])
    assert at(opened(made), "requests.new.total").value is None


def test_a_form_may_have_a_sheet_called_like_ours() -> None:
    form = small()
    named = loads(SMALL.replace('sheet = "小表"', f'sheet = "{NOTES}"'))
    book = opened(write_book(named, aggregate(named, [filed(form, "甲局")]), "县"))
    assert book.sheetnames == [f"{NOTES}（汇总）", NOTES, UNITS, SOURCES]


def test_a_sum_that_excel_cannot_hold_is_declared() -> None:
    form = small()
    for figure, declared in (("99999999999.1234", False), ("99999999999.12345", True)):
        made = aggregate(form, [filed(form, "甲局", {"t.x.a": figure})])
        told = texts(opened(write_book(form, made, "县"))[NOTES])
        assert any("超过 15 位" in text for text in told) is declared, figure


def test_nothing_in_the_file_points_outside() -> None:
    with zipfile.ZipFile(io.BytesIO(write_book(FORM, ordinary(), "县"))) as made:
        assert not any(b'TargetMode="External"' in made.read(name) for name in made.namelist())
