"""The consolidated workbook of a collection round: the roster in the notes, and where each figure comes from."""

from __future__ import annotations

import io
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from factories.filled_forms import annual
from factories.office import recalculate
from factories.sums import expecting, filed, unread
from openpyxl import load_workbook

from toolkit.consolidation.aggregate import Consolidation, aggregate
from toolkit.consolidation.findings import completeness
from toolkit.consolidation.workbook import book as book_sources
from toolkit.consolidation.workbook.book import NOTES, SOURCES, UNITS, write_book
from toolkit.model.finding import Status

FORM = annual()
NEW, FEES = "requests.new.natural", "proactive.fees.amount"
UNLISTED, PAST = "外来单位", "2026-01-20 09:15"


@cache
def county() -> Consolidation:
    """Three of five units of a roster, an older version, a stranger, and a unit that was never to be counted."""
    return aggregate(
        FORM,
        [
            filed(FORM, "县公安局", {NEW: 4}, code="02", revision=1, received=PAST, file="收件/公安.xlsx"),
            filed(FORM, "县教育局", {NEW: 9}, code="01", revision=1, received="2026-01-18 08:00", file="教育1.xlsx"),
            filed(FORM, "县教育局", {NEW: 3, FEES: "0.1"}, code="01", revision=2, received=PAST, file="教育2.xlsx"),
            filed(FORM, "城关镇", {FEES: "0.2"}, code="03", revision=1, received=PAST, file="城关.xlsx"),
            filed(FORM, "县水利局", code="04", revision=1, status=Status.RETURNED, file="水利.xlsx"),
            unread("别的.xlsx", Status.FOREIGN),
            filed(FORM, UNLISTED, {NEW: 500}, code="99", file="外来.xlsx"),
        ],
        period="2025",
        expected=expecting(
            "县教育局", "县公安局", "城关镇人民政府", "县水利局", "县林业局", excluded=(("县编办", "机构撤销"),)
        ),
    )


def opened(made: bytes, *, results: bool = False) -> Any:
    return load_workbook(io.BytesIO(made), data_only=results)


@cache
def book(*, results: bool = False) -> Any:
    return opened(write_book(FORM, county(), "某某县", completeness(county())), results=results)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(value for value in row if value is not None) for row in sheet.iter_rows(values_only=True)]


def test_the_notes_list_who_is_absent_who_is_not_counted_and_who_was_never_to_be() -> None:
    got = rows(book()[NOTES])
    assert (f"范围：{county().scope}",) in got
    assert county().scope.startswith("汇总 3 个单位（应报送 5 个；")
    at = got.index(("应报送而未计入汇总的单位（2 个）",))
    assert got[at + 1 : at + 4] == [
        ("序号", "单位", "原因", "文件"),
        ("1", "县水利局", "退回修改", "水利.xlsx"),
        ("2", "县林业局", "未报送", ""),
    ]
    at = got.index(("收到但不计的文件（3 份）",))
    assert got[at + 2 : at + 5] == [
        ("1", "县教育局第 1 版", "已有后一版", "教育1.xlsx"),
        ("2", "别的.xlsx", "不在名册", "别的.xlsx"),
        ("3", UNLISTED, "不在名册", "外来.xlsx"),
    ]
    at = got.index(("不纳入汇总的单位（1 个）",))
    assert got[at + 1 : at + 3] == [("序号", "单位", "原因"), ("1", "县编办", "机构撤销")]


def test_the_notes_say_so_when_all_expected_units_are_in() -> None:
    made = aggregate(FORM, [filed(FORM, "甲", code="01")], expected=expecting("甲"))
    got = rows(opened(write_book(FORM, made, "县"))[NOTES])
    assert ("没有。应报送的单位全部计入。",) in got
    assert not any(text.startswith(("收到但不计", "不纳入")) for row in got for text in row)


def test_the_units_carry_code_revision_and_time() -> None:
    sheet = book()[UNITS]
    assert [cell.value for cell in sheet[9]][:6] == ["单位", "编码", "状态", "文件", "第几版", "收到时间"]
    assert [cell.value for cell in sheet[10]][:6] == ["县教育局", "01", "通过", "教育2.xlsx", 2, PAST]
    assert sheet["A12"].value == "城关镇人民政府"
    assert sheet.cell(3, 7).value == FORM.names[0]
    assert sheet.row_dimensions[3].hidden
    # No program word is seen or printed: labels stand where the figures are filtered.
    assert not {cell.value for cell in sheet[9]} & set(FORM.names)


def test_outside_a_round_no_column_stands_empty() -> None:
    plain = opened(write_book(FORM, aggregate(FORM, [filed(FORM, "甲", {NEW: 1})]), "县"))
    assert [cell.value for cell in plain[UNITS][9]][:3] == ["单位", "状态", "文件"]
    assert plain[UNITS].cell(3, 4).value == FORM.names[0]
    assert "第几版" not in [cell.value for cell in plain[SOURCES][3]]
    assert plain[SOURCES].max_column == 8


def test_every_contribution_is_listed_with_its_total_its_unit_and_its_cell() -> None:
    sheet = book(results=True)[SOURCES]
    label = ("一、本年新收政府信息公开申请数量", "申请人情况 自然人")
    found = [row for row in sheet.iter_rows(min_row=4, values_only=True) if (row[1], row[2]) == label]
    assert [cell.value for cell in sheet[3]] == [
        "表",
        "项目",
        "栏目",
        "汇总单元格",
        "单位",
        "数值",
        "文件",
        "第几版",
        "来源单元格",
    ]
    assert found == [
        ("申请情况", *label, "D6", "县教育局", 3, "教育2.xlsx", 2, "申请情况!D6"),
        ("申请情况", *label, "D6", "县公安局", 4, "公安.xlsx", 1, "申请情况!D6"),
    ]


def test_the_contributions_to_a_total_add_up_to_it_and_stand_in_printed_order() -> None:
    sheet = book(results=True)[SOURCES]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    names = []
    for row in sheet.iter_rows(min_row=4, values_only=True):
        name = FORM.layout.names[row[0], row[3]]
        names.append(FORM.names.index(name))
        sums[name] += Decimal(repr(row[5]))
        assert row[5] != 0
    assert sums == {name: value for name, value in county().sums.items() if value}
    assert names == sorted(names)


def test_the_sources_can_be_filtered_and_stay_in_view() -> None:
    sheet = book()[SOURCES]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A4", f"A3:I{sheet.max_row}")
    assert not sheet.protection.sheet
    assert sheet.cell(4, 4).value == '=HYPERLINK("#主动公开!B16","B16")'


def test_a_longer_list_of_sources_stops_and_says_where_the_rest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_sources, "MOST_ROWS", 2)
    sheet = opened(write_book(FORM, county(), "县"))[SOURCES]
    assert sheet.max_row == 3 + 2
    assert sheet["A2"].value.startswith("共 6 行，这里只列前 2 行，其余见 汇总明细.csv。")
    monkeypatch.setattr(book_sources, "MOST_ROWS", 6)
    assert "其余见" not in opened(write_book(FORM, county(), "县"))[SOURCES]["A2"].value


@pytest.mark.office
def test_libreoffice_calculates_the_sums_of_a_round_and_follows_its_links(tmp_path: Path) -> None:
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_book(FORM, county(), "某某县"))
    made = load_workbook(recalculate(path, tmp_path / "out"), data_only=True)
    for name in FORM.names:
        spot = FORM.layout.spot(name)
        assert Decimal(repr(made[spot.sheet][spot.cell].value)).normalize() == county().sums[name], name
    links = [row[3] for row in made[SOURCES].iter_rows(min_row=4, values_only=True)]
    assert links == [row[3] for row in book(results=True)[SOURCES].iter_rows(min_row=4, values_only=True)]


def test_the_same_round_makes_the_same_bytes() -> None:
    assert write_book(FORM, county(), "县") == write_book(FORM, county(), "县")
