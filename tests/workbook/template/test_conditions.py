"""What a spreadsheet asks of a cell is what the reader asks: two calculators, one verdict."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from pathlib import Path

import ironcalc
import pytest
import xlsxwriter
from factories.filled_forms import annual
from hypothesis import example, given, settings
from hypothesis import strategies as st

from toolkit.forms.layout import Spot
from toolkit.instrument.instrument import Wanted
from toolkit.model.cells import NumberType
from toolkit.model.flat import FlatCell, FlatStyle
from toolkit.text import DIGITS, MARKS, words_in
from toolkit.workbook.intake.numbers import read_number, read_text
from toolkit.workbook.template import conditions
from toolkit.workbook.template.conditions import BLANK, RIGHT, SAID, Area, areas_of, number_code

KINDS = (
    NumberType(),
    NumberType(minimum=Decimal(1), maximum=Decimal(50)),
    NumberType(minimum=None),
    NumberType(kind="decimal", decimals=6, maximum=Decimal(999_999_999)),
    NumberType(kind="decimal", decimals=2, minimum=Decimal("-0.5"), maximum=Decimal(100)),
)
VALUES: tuple[float | str, ...] = (
    *(0, 1, 12, 50, 51, -1, -3, 11.5, 0.5, -0.5, -0.51, 0.005, 1.12345678, 99.99, 100.0, 100.01, 0.1 + 0.2, -0.25),
    *(999_999_999_999, 1_000_000_000_000, -999_999_999_999, 1e15, 12.0000000001, 12.00000001, -1e-12, 999999999.5),
    *("", "x", "10件", "/", "１２", "12", " 12 "),
)


def calculated(formulas: list[tuple[float | str, str]], folder: Path) -> list[str]:
    """What ironcalc makes of formulas about A1, A2, ...; each has its own value there."""
    book = xlsxwriter.Workbook(folder / "a.xlsx")
    sheet = book.add_worksheet("表")
    for row, (value, formula) in enumerate(formulas):
        if isinstance(value, str):
            sheet.write_string(row, 0, value)
        else:
            sheet.write_number(row, 0, value)
        sheet.write_formula(row, 1, "=" + formula.replace("CELL", f"A{row + 1}"))
    book.close()
    model = ironcalc.load_from_xlsx(str(folder / "a.xlsx"), "en", "UTC")
    model.evaluate()
    return [model.get_formatted_cell_value(0, row + 1, 2) for row in range(len(formulas))]


def test_every_kind_of_cell_is_judged_as_the_reader_judges_it(tmp_path: Path) -> None:
    cases = list(product(VALUES, KINDS))
    found = calculated([(value, number_code("CELL", kind)) for value, kind in cases], tmp_path)
    seen = set()
    for (value, kind), code in zip(cases, map(int, found), strict=True):
        reading = read_number(FlatCell(value), FlatStyle(locked=False), kind)
        right = not reading.fault and not reading.blank
        if isinstance(value, str) and value.strip() in {"12", "１２"}:
            # A figure that is a text is read on receipt; the totals of the sheet do not count it.
            assert right == (kind.fault(Decimal(12)) == "")
            assert SAID[code - 2] in {"不是数字", "是文本格式的数字，请重新输入数字"}
            assert value == "１２" or code == 9
        else:
            assert (code == RIGHT) is right, (value, kind, code, reading)
        seen.add(code)
    assert seen == {RIGHT, BLANK, 2, 3, 4, 5, 6, 7, 9}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.decimals("-1e6", "1e6", places=8), st.sampled_from(KINDS)), min_size=30, max_size=60))
def test_any_number_is_judged_as_the_reader_judges_it(
    tmp_path_factory: pytest.TempPathFactory, cases: list[tuple[Decimal, NumberType]]
) -> None:
    folder = tmp_path_factory.mktemp("calculated")
    formulas: list[tuple[float | str, str]] = [(float(value), number_code("CELL", kind)) for value, kind in cases]
    for (value, kind), code in zip(cases, calculated(formulas, folder), strict=True):
        reading = read_number(FlatCell(float(value)), FlatStyle(locked=False), kind)
        assert (code == "0") is (not reading.fault), (value, kind)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text("/-—。，0９ 无字a'（）", max_size=9), min_size=20, max_size=40))
@example(["/", "——", "2025", "无。", "“字”", "（1）", "a b"])
def test_words_are_counted_alike(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("calculated")
    for marks in (MARKS, MARKS + DIGITS):
        found = calculated([(text, conditions.words("CELL", marks)) for text in texts], folder)
        assert found == [str(words_in(text, marks)) for text in texts]


@pytest.mark.parametrize(
    ("text", "says"),
    [("无", False), ("无。", False), ("（见附件）", False), ("xxx", False), ("无此类情况", True), ("附件无", True)],
)
def test_a_phrase_says_nothing_whatever_stands_about_it(text: str, says: bool) -> None:  # noqa: FBT001
    assert annual().wanted["problems.existing"].empty(text) is not says


def test_what_is_an_answer_for_one_text_says_nothing_in_another() -> None:
    assert not annual().wanted["others.fee"].empty("无")
    assert annual().wanted["others.fee"].empty("略")
    assert annual().wanted["others.fee"].words("0") == 1
    assert annual().wanted["overview.platform"].words("0") == 0


def test_a_form_without_phrases_asks_for_none() -> None:
    assert conditions.empty("A1", "B1", Wanted(MARKS, ())) == "FALSE"


def test_cells_are_gathered_to_rectangles_of_one_type() -> None:
    whole, other = KINDS[0], KINDS[3]
    spots = [Spot("表", row, col) for row in (2, 3) for col in (1, 2, 3)]
    cells = [(spot, whole) for spot in spots]
    assert areas_of(cells) == [Area(Spot("表", 2, 1), 2, 3, whole)]
    assert [a.reference for a in areas_of([*cells, (Spot("表", 4, 1), whole)])] == ["表!B3:D4", "表!B5"]
    assert [a.reference for a in areas_of([*cells[:5], (spots[5], other)])] == ["表!B3:D3", "表!B4:C4", "表!D4"]
    assert [a.reference for a in areas_of([(Spot("表", row, 1), whole) for row in (2, 3, 5)])] == ["表!B3:B4", "表!B6"]
    apart = [(Spot("表", row, col), whole) for row in (2, 3) for col in (1, 3, 4)]
    assert [a.reference for a in areas_of(apart)] == ["表!B3:B4", "表!D3:E4"]
    assert [a.cells for a in areas_of(apart[:-1])] == ["B3:B4", "D3:E3", "D4"]
    assert areas_of([]) == []


def test_a_blank_is_blank_where_it_is_asked_for(tmp_path: Path) -> None:
    codes = (number_code("C1", KINDS[0]), number_code("C1", KINDS[0], blank=RIGHT))
    assert calculated([("", code) for code in codes], tmp_path) == [str(BLANK), str(RIGHT)]


def test_a_cell_for_last_year_is_left_blank_where_there_was_none() -> None:
    assert str(conditions.limits(KINDS[0])["error_message"]).endswith("没有的填 0。")
    assert str(conditions.limits(KINDS[0], "留空")["error_message"]).endswith("没有的留空。")


WORDS = (
    NumberType(kind="url"),
    NumberType(kind="date"),
    NumberType(kind="text", minimum=Decimal(10), maximum=Decimal(10), pattern="[0-9A-Za-z]*"),
)
WRITTEN: tuple[float | str, ...] = (
    *(
        "http://a.b",
        "https://mz.example.cn/",
        " HTTPS://mz.example.cn",
        "mz.example.cn",
        "http:/a.example.cn",
        "http://a",
    ),
    *(
        "https://a .b",
        "ftp://a.example.cn",
        "http",
        "2026-01-26",
        "2026/1/2",
        "2026年12月31日",
        "26-01-2026",
        "一月",
        "2026",
    ),
    *("2026.1.2", "2026-1", "3210000001", "321000000", "32100000011", "", 46048, 20260126, 3210000001),
)


def test_what_a_sheet_says_of_words_is_said_on_receipt_and_it_says_all_that_it_can(tmp_path: Path) -> None:
    cases = list(product(WRITTEN, WORDS))
    found = calculated([(value, number_code("CELL", kind)) for value, kind in cases], tmp_path)
    wrong = set()
    for (value, kind), code in zip(cases, map(int, found), strict=True):
        day = FlatStyle(
            locked=False, number_format="yyyy-mm-dd" if kind.kind == "date" and value == 46048 else "General"
        )
        fault = kind.misfit(text) if (text := read_text(FlatCell(value or None), day)) else ""
        assert code in ({RIGHT, conditions.HALF} if fault else {RIGHT, BLANK}), (value, kind.kind, fault)
        if fault and code == RIGHT:
            wrong.add(fault)
    assert wrong == {"pattern"}, "what else is wrong with these examples the sheet tells as well"


def test_so_many_characters_are_a_limit_of_entry() -> None:
    assert conditions.limits(WORDS[2])["error_message"] == "这里要写 10 个字符。"
    assert (
        conditions.limits(NumberType(kind="text", maximum=Decimal(30)))["error_message"] == "这里要写 0 至 30 个字符。"
    )
    assert conditions.limits(WORDS[0]) == {}
