"""Figures and texts read by their labels: whatever was moved, added or taken away, none comes into a wrong cell."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from factories.copies import (
    REQUESTS,
    Change,
    as_csv,
    compared,
    copied,
    due_figures,
    filled_book,
    on_one_sheet,
    read_out,
    saved,
)
from factories.workbooks import form
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from toolkit.workbook.transcription.match import label_key

ALL = len(due_figures())


def rows(change: Callable[[Worksheet], object]) -> Change:
    return lambda book: change(book[REQUESTS])


def with_row(sheet: Worksheet) -> None:
    sheet.insert_rows(9)
    sheet["C9"].value = "9.新增的情形"
    for col in range(4, 7):
        sheet.cell(9, col).value = 7


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "fallen apart"])
@pytest.mark.parametrize("prefix", ["", "Sheet"], ids=["named", "unnamed"])
def test_sheets_copied_to_a_new_workbook_are_read_whole(merged: bool, prefix: str) -> None:  # noqa: FBT001 - a case
    found = read_out(copied(filled_book(), merged=merged, prefix=prefix))
    assert (compared(found), found.unread) == ((ALL, 0), [])
    texts = {one.variable: one.value for one in found.read if one.variable not in due_figures()}
    assert texts["cover.contact"] == "陈晓岚"
    assert texts["overview.disclosure"] == "（一）主动公开的情况。"
    assert (texts["cover.unit"], texts["cover.period"]) == ("云岭区教育局", "2025")


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (rows(with_row), ALL),
        (rows(lambda sheet: sheet.insert_rows(7, 3)), ALL),
        (rows(lambda sheet: sheet.insert_cols(6)), ALL),
        (rows(lambda sheet: sheet.insert_cols(1, 2)), ALL),
        (rows(lambda sheet: sheet.insert_rows(1, 5)), ALL),
        (rows(lambda sheet: sheet.delete_rows(11)), ALL - 6),
        (rows(lambda sheet: sheet.delete_cols(6)), ALL - 24),
    ],
    ids=["a row more", "blank rows", "a column more", "columns before", "rows above", "a row less", "a column less"],
)
def test_moved_rows_and_columns_are_found_by_their_labels(change: Change, read: int) -> None:
    assert compared(read_out(copied(filled_book(), change, merged=False))) == (read, 0)


def test_all_tables_on_one_sheet_are_told_apart() -> None:
    assert compared(read_out(on_one_sheet(filled_book()))) == (ALL, 0)


def test_last_years_template_is_read_but_for_last_years_figures() -> None:
    found = read_out(filled_book(period="2024"))
    period = next(one.value for one in found.read if one.variable == "cover.period")
    assert (compared(found), period) == ((ALL, 0), "2024")


def test_a_table_that_is_there_twice_is_not_taken_and_named() -> None:
    found = read_out(copied(filled_book(), lambda book: book.copy_worksheet(book[REQUESTS])))
    assert compared(found)[1] == 0
    assert not any(one.variable.startswith("requests.") for one in found.read)
    assert found.unread == [
        "“三、收到和处理政府信息公开申请情况”不止一份（申请情况、申请情况 Copy），分不清用哪一份，没有填。"
    ]


def test_a_blank_copy_beside_the_filled_one_is_no_rival() -> None:
    def blank(book: openpyxl.Workbook) -> None:
        for line in book.copy_worksheet(book[REQUESTS]).iter_rows(min_row=6, min_col=4):
            for cell in line:
                cell.value = None

    assert compared(read_out(copied(filled_book(), blank, merged=False))) == (ALL, 0)


def test_a_row_that_is_there_twice_is_not_taken() -> None:
    def twice(sheet: Worksheet) -> None:
        for col in range(1, 11):
            sheet.cell(31, col).value = sheet.cell(6, col).value

    found = read_out(copied(filled_book(), rows(twice), merged=False))
    assert compared(found) == (ALL - 6, 0)
    assert found.unread[0] == "“一、本年新收政府信息公开申请数量／自然人”有几处（申请情况!D6、申请情况!D31），没有填。"


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "blank"])
def test_two_rows_under_one_label_are_not_taken(merged: bool) -> None:  # noqa: FBT001 - a case
    def two(sheet: Worksheet) -> None:
        sheet.insert_rows(7)
        for col in range(4, 10):
            sheet.cell(7, col).value = 3
        if merged:
            sheet.merge_cells("A6:C7")

    found = read_out(copied(filled_book(), rows(two), merged=False))
    assert compared(found) == (ALL - 6, 0)
    assert found.unread[0] == "“一、本年新收政府信息公开申请数量／自然人”有几处（申请情况!D6、申请情况!D7），没有填。"


@pytest.mark.parametrize(
    ("value", "said"),
    [("10件", "“10件”带有单位或文字"), ("无", "填的是“无”"), (-3, "是 -3，小于 0"), (1.5, "是小数 1.5")],
)
def test_what_is_no_figure_is_not_taken_and_named(value: str | float, said: str) -> None:
    def typed(book: openpyxl.Workbook) -> None:
        book[REQUESTS]["D6"].value = value

    found = read_out(copied(filled_book(), typed, merged=False))
    assert compared(found) == (ALL - 1, 0)
    assert found.unread == [f"“一、本年新收政府信息公开申请数量／自然人”没有填：申请情况!D6 {said}。"]


def test_a_figure_typed_as_text_is_read_as_the_figure_it_is() -> None:
    found = read_out(copied(filled_book(), lambda book: book[REQUESTS].__setitem__("D6", "１,234 ")))
    assert {one.variable: one.value for one in found.read}["requests.new.natural"] == Decimal(1234)


def test_a_share_is_no_figure() -> None:
    def share(book: openpyxl.Workbook) -> None:
        book["主动公开"]["B16"].value, book["主动公开"]["B16"].number_format = 0.5, "0%"

    places = {one.variable: one.source for one in read_out(copied(filled_book())).read}
    assert places["proactive.fees.amount"] == "主动公开!B16"
    found = read_out(copied(filled_book(), share))
    assert (compared(found), found.unread) == (
        (ALL - 1, 0),
        ["“行政事业性收费／本年收费金额（单位：万元）”没有填：主动公开!B16 是百分数。"],
    )


def test_another_unit_of_measure_in_the_label_is_another_figure() -> None:
    def yuan(book: openpyxl.Workbook) -> None:
        for line in book["主动公开"].iter_rows():
            for cell in line:
                if "万元" in str(cell.value):
                    cell.value = "本年收费金额（单位：元）"

    found = read_out(copied(filled_book(), yuan))
    assert "proactive.fees.amount" not in {one.variable for one in found.read}
    assert found.unread == ["“二、主动公开政府信息情况”有 1 格没有找到。"]


def test_less_than_half_of_a_table_is_not_taken() -> None:
    kept = read_out(copied(filled_book(), rows(lambda sheet: sheet.delete_cols(6, 3)), merged=False))
    gone = read_out(copied(filled_book(), rows(lambda sheet: sheet.delete_cols(6, 4)), merged=False))
    assert compared(kept)[0] - compared(gone)[0] == 24 * 3
    assert not any(one.variable.startswith("requests.") for one in gone.read)
    assert gone.unread[0] == "“三、收到和处理政府信息公开申请情况”有 96 格没有找到。"


def test_a_label_of_two_characters_says_nothing_without_the_one_above_it() -> None:
    def headless(sheet: Worksheet) -> None:
        sheet["D3"].value = sheet["E4"].value = None

    found = read_out(copied(filled_book(), rows(headless), merged=False))
    assert compared(found) == (ALL - 24, 0)
    assert {one.variable.rpartition(".")[2] for one in found.read if one.variable.startswith("requests.")} == {
        *("natural", "business", "research", "nonprofit", "legal")
    }


def test_a_blank_form_gives_nothing() -> None:
    def blank(book: openpyxl.Workbook) -> None:
        for name in ("主动公开", REQUESTS, "复议诉讼"):
            for line in book[name].iter_rows():
                for cell in line:
                    cell.value = None if isinstance(cell.value, int | float) else cell.value

    assert [
        one for one in read_out(copied(filled_book(), blank, merged=False)).read if one.variable in due_figures()
    ] == []


def test_the_totals_of_the_source_are_read_too() -> None:
    assert {one.variable for one in read_out(copied(filled_book())).read} >= form().rules.formulas.keys()


def test_a_text_that_is_there_twice_is_not_taken() -> None:
    found = read_out(copied(filled_book(), lambda book: book.copy_worksheet(book["总体情况"])))
    assert not any(one.variable.startswith("overview.") for one in found.read)
    assert "一段文字有几处（总体情况!B3、总体情况 Copy!B3），没有填。" in found.unread


def test_text_of_columns_is_read_in_either_encoding() -> None:
    for encoding in ("gb18030", "utf-8-sig"):
        found = read_out(as_csv(filled_book(), encoding=encoding))
        assert compared(found) == (24 * 6, 0)
        assert found.read[0].source == "D6"


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, database=None)
def test_no_figure_comes_into_a_wrong_cell_however_rows_are_shuffled_and_added(chance: random.Random) -> None:
    def shuffle(book: openpyxl.Workbook) -> None:
        for name in ("主动公开", REQUESTS):
            sheet = book[name]
            held: list[list[Any]] = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=3)]
            head = 3 if name == REQUESTS else 0
            body = held[head:]
            for _ in range(chance.randint(0, 6)):
                what = chance.choice(["swap", "blank", "strange", "gone", "again"])
                at, other = chance.randrange(len(body)), chance.randrange(len(body))
                if what == "swap":
                    body[at], body[other] = body[other], body[at]
                elif what == "gone":
                    del body[at]
                else:
                    strange = ["另一项", "", "9.另一种情形", *(chance.randint(6000, 9999) for _ in range(7))]
                    body.insert(at, {"blank": [], "strange": strange, "again": list(body[other])}[what])
            sheet.delete_rows(3, 100)
            for line in [*held[:head], *body]:
                sheet.append(line)

    read, wrong = compared(read_out(copied(filled_book(), shuffle, merged=False)))
    assert wrong == 0
    assert read > 0


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("（一）予以公开", "予以公开"),
        ("(1) 予以 公开", "予以公开"),
        ("3.危及“三安全一稳定”", "危及三安全一稳定"),
        ('３．危及"三安全一稳定"', "危及三安全一稳定"),
        ("一、本年新收\n数量", "本年新收数量"),
        ("第二十条第（一）项", "第二十条第一项"),
        ("1.5倍", "15倍"),
        ("12", ""),
        ("—", ""),
    ],
)
def test_a_label_is_compared_as_it_is_seen(label: str, key: str) -> None:
    assert label_key(label) == key


def test_a_file_beyond_the_limits_gives_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for _ in range(5001):
        sheet.append([1] * 10)
    assert read_out(saved(book)).read == []
