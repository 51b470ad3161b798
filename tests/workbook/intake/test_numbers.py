"""What a number cell may hold: one table of cells, and what comes of each."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.cells import NumberType
from toolkit.model.flat import CellError, CellValue, FlatCell, FlatStyle
from toolkit.text import exact, shortened
from toolkit.workbook.intake.numbers import Reading, number_as_calculated, read_number, read_text

COUNT = NumberType(unit="件")
FEE = NumberType(kind="decimal", decimals=6, maximum=Decimal(999_999_999), unit="万元")
CHANGE = NumberType(minimum=None)
POSITIVE = NumberType(minimum=Decimal(1), maximum=Decimal(100))

BLANK, NO_UNIT, NO_NUMBER = "请填数字", "请只填数字，例如 ", "请只填数字，没有的填 0"
NOTHING, WHOLE, SIGN = "没有的请填 0", "这里应填整数", "请检查是否多写了负号"
PLAIN = "请把单元格格式改为“常规”，再填数字"
TOO_LARGE = "请检查是否多写了位数或单位不对"


def told(value: CellValue, kind: NumberType = COUNT, number_format: str = "General") -> Reading:
    return read_number(FlatCell(value), FlatStyle(locked=False, number_format=number_format), kind)


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        (0.0, COUNT, "0"),
        (-0.0, COUNT, "0"),
        (12.0, COUNT, "12"),
        (999_999_999_999.0, COUNT, "999999999999"),
        (0.0, FEE, "0"),
        (1.5, FEE, "1.5"),
        (59237.2449, FEE, "59237.2449"),
        (0.1, FEE, "0.1"),
        (999_999_999.0, FEE, "999999999"),
        (0.000001, FEE, "0.000001"),
        (-3.0, CHANGE, "-3"),
        (1.0, POSITIVE, "1"),
        (100.0, POSITIVE, "100"),
    ],
)
def test_a_number_that_fits_is_read_as_it_was_typed(value: float, kind: NumberType, number: str) -> None:
    reading = told(value, kind)
    assert reading == Reading(value=Decimal(number))


@pytest.mark.parametrize(
    ("value", "kind", "number", "fault", "remedy"),
    [
        (1.5, COUNT, "1.5", "是小数 1.5", WHOLE),
        (-1.0, COUNT, "-1", "是 -1，小于 0", SIGN),
        (-1.5, COUNT, "-1.5", "是小数 -1.5", WHOLE),
        (-0.5, FEE, "-0.5", "是 -0.5，小于 0", SIGN),
        (0.0, POSITIVE, "0", "是 0，小于 1", SIGN),
        (1.23456789, FEE, "1.23456789", "小数超过 6 位（1.23456789）", "请四舍五入后填写"),
        ("1.5", COUNT, "1.5", "是小数 1.5", WHOLE),
        ("-3", COUNT, "-3", "是 -3，小于 0", SIGN),
        ("－３", COUNT, "-3", "是 -3，小于 0", SIGN),
    ],
)
def test_a_number_that_does_not_fit_keeps_its_value_and_is_a_fault(
    value: CellValue, kind: NumberType, number: str, fault: str, remedy: str
) -> None:
    reading = told(value, kind)
    assert (reading.value, reading.fault, reading.remedy) == (Decimal(number), fault, remedy)


@pytest.mark.parametrize(
    ("value", "kind", "fault"),
    [
        (1e12, COUNT, "数字太大（1000000000000）"),
        (1e308, COUNT, f"数字太大（1{'0' * 29}…）"),
        (-1e308, CHANGE, f"数字太大（-1{'0' * 28}…）"),
        (1e9, FEE, "数字太大（1000000000）"),
        (101.0, POSITIVE, "数字太大（101）"),
        ("1000000000000", COUNT, "数字太大（1000000000000）"),
    ],
)
def test_a_number_that_is_too_large_has_no_value(value: CellValue, kind: NumberType, fault: str) -> None:
    assert told(value, kind) == Reading(fault=fault, remedy=TOO_LARGE)


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        (12.000000000000002, COUNT, "12"),
        (11.999999999999998, COUNT, "12"),
        (2.9999999999999996, COUNT, "3"),
        (0.1 + 0.2, FEE, "0.3"),
        (1234567.8900000001, FEE, "1234567.89"),
    ],
)
def test_the_trace_of_a_calculation_that_no_spreadsheet_shows_is_nothing_to_tell(
    value: float, kind: NumberType, number: str
) -> None:
    assert told(value, kind) == Reading(value=Decimal(number))


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [(12.0000000001, COUNT, "12"), (0.3000000001, FEE, "0.3"), (5e-324, COUNT, "0")],
)
def test_a_number_near_to_the_one_that_fits_is_noted_and_nothing_is_asked_for(
    value: float, kind: NumberType, number: str
) -> None:
    assert told(value, kind) == Reading(value=Decimal(number), note=f"按 {number} 读取", remedy="不影响报送")


@pytest.mark.parametrize("value", [12.001, 11.9999, 0.000001])
def test_a_decimal_is_no_trace_of_a_calculation(value: float) -> None:
    assert told(value).fault.startswith("是小数")


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("12", COUNT, "12"),
        ("0", COUNT, "0"),
        ("007", COUNT, "7"),
        ("+5", COUNT, "5"),
        ("-0", COUNT, "0"),
        (" 12 ", COUNT, "12"),
        ("\t12\n", COUNT, "12"),
        ("１２", COUNT, "12"),
        ("\u00a0１２\u00a0", COUNT, "12"),
        ("\u3000１２\u3000", COUNT, "12"),
        ("\ufeff12", COUNT, "12"),
        ("1,234", COUNT, "1234"),
        ("1,234,567", COUNT, "1234567"),
        ("１，２３４", COUNT, "1234"),
        ("12.0", COUNT, "12"),
        ("１.５", FEE, "1.5"),
        ("1．5", FEE, "1.5"),
        ("1,234.5", FEE, "1234.5"),
        ("－３", CHANGE, "-3"),
    ],
)
def test_a_text_that_is_a_number_in_all_but_type_is_read_and_noted(text: str, kind: NumberType, number: str) -> None:
    reading = told(text, kind)
    assert (reading.value, reading.fault, reading.blank) == (Decimal(number), "", False)
    assert reading.note.startswith("“")
    assert reading.note.endswith(f"”已按 {number} 读取")
    assert reading.remedy.startswith("请改成普通数字")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("１２", "“１２”已按 12 读取"),
        (" 12 ", "“ 12 ”已按 12 读取"),
        ("1,234", "“1,234”已按 1234 读取"),
        ("\u00a012", "“ 12”已按 12 读取"),
        ("\ufeff12", "“〔字节顺序标记〕12”已按 12 读取"),
    ],
)
def test_a_note_quotes_what_stands_in_the_cell(text: str, note: str) -> None:
    assert told(text).note == note


@pytest.mark.parametrize("text", ["不详", "/", "无"])
def test_where_there_was_no_last_year_the_cell_stays_blank(text: str) -> None:
    kept = read_number(FlatCell(text), FlatStyle(locked=False), COUNT, "留空")
    assert kept.remedy.endswith("没有的留空") or kept.remedy.endswith("没有的请留空")
    assert told(text).remedy.endswith("填 0")


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u00a0", "\n\t ", "\ufeff", " \u00a0\u3000"])
def test_a_text_of_nothing_but_blanks_is_a_blank(text: str) -> None:
    assert told(text) == Reading(blank=True)


def test_an_empty_cell_is_a_blank_and_zero_is_not() -> None:
    assert told(None) == Reading(blank=True)
    assert not told(0.0).blank
    assert not told("0").blank


@pytest.mark.parametrize(
    "text", ["/", "\\", "-", "--", "—", "——", "无", "没有", "〇", "零", "空", "*", "N/A", "n/a", " 无 ", "／", "－"]
)
def test_a_mark_for_nothing_is_refused_and_zero_is_asked_for(text: str) -> None:
    assert told(text) == Reading(fault=f"填的是“{text}”", remedy=NOTHING)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("10件", "10"),
        ("10 件", "10"),
        ("１０件", "10"),
        ("240万元", "240"),
        ("3.5万", "3.5"),
        ("-2件", "-2"),
        ("12x", "12"),
        ("1e", "1"),
    ],
)
def test_a_number_with_a_unit_is_refused_and_the_number_alone_is_proposed(text: str, digits: str) -> None:
    assert told(text) == Reading(fault=f"“{text}”带有单位或文字", remedy=f"请只填数字，例如 {digits}")


@pytest.mark.parametrize(
    "text",
    [
        "①",
        "﹣3",
        "增10",
        "约10",
        "十",
        "1,2",
        "1,23",
        "12,34",
        "1,2345",
        ",123",
        "1,234,5",
        "1 234",
        "1.2.3",
        "1.",
        ".5",
        "1e5",
        "1E5",
        "0x10",
        "١٢",
        "१२",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "TRUE",
        "++5",
        "+-5",
        "5-",
        "---",
        "+(0)-(0)",
        "3/4",
        "10%",
        "2023-01-02",
        "￥5",
        "=1+1",
        "'12",
        "12、13",
        "1234567890123456",
        "1\u00a02",
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    reading = told(text)
    assert (reading.value, reading.blank, reading.note) == (None, False, "")
    assert reading.fault.endswith("”不是数字")
    assert reading.remedy == NO_NUMBER


@pytest.mark.parametrize(
    ("text", "shown", "signs"),
    [
        ("1\u200b2", "1〔零宽空格〕2", "零宽空格"),
        ("１２\u2060", "１２〔零宽连接符〕", "零宽连接符"),
        ("\u202e21", "〔文字方向控制符〕21", "文字方向控制符"),
        ("\x07", "〔控制符〕", "字符"),
    ],
)
def test_a_figure_with_signs_that_nobody_sees_is_refused_with_their_names(text: str, shown: str, signs: str) -> None:
    reading = told(text)
    assert (reading.value, reading.fault) == (None, f"“{shown}”里夹着看不见的{signs}")
    assert reading.remedy == "请清空这一格，重新输入数字"


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("12+9", 21),
        ("SUM(3,4)*2", 14),
        (" sum( 1 , 2.5 ) ", "3.5"),
        ("-(2-5)*3", 9),
        ("+7", 7),
        ("1--2", 3),
        ("0.1+0.2", "0.3"),
        ("SUM()", 0),
        ("(" * 20 + "1" + ")" * 20, 1),
        ("0" + "+1" * 249 + " ", 249),
    ],
)
def test_a_formula_of_figures_is_what_it_gives(formula: str, value: int | str) -> None:
    reading = read_number(FlatCell(None, formula), FlatStyle(), NumberType(kind="decimal", decimals=6))
    assert (reading.value, reading.fault) == (Decimal(str(value)), "")
    assert reading.note == f"填的算式“={shortened(formula)}”已按 {value} 读取"


@pytest.mark.parametrize(
    "formula",
    [
        *[
            "A1+2",
            "2**3",
            "6/2",
            "MAX(1,2)",
            "表!A1",
            "1,2",
            "(1,2)",
            "012+1",
            "1_0",
            "1e3",
            "SUM",
            "TRUE",
            "1+",
            "0x10",
            "12%",
            "{1,2}",
            "1=1",
            "2*-",
        ],
        "",
        '"1"',
        "0" + "+1" * 250,
        "(" * 21 + "1" + ")" * 21,
    ],
)
def test_any_other_formula_is_refused(formula: str) -> None:
    reading = read_number(FlatCell(3.0, formula), FlatStyle(), NumberType())
    assert reading.value is None
    assert reading.fault.startswith("填的是公式")


@pytest.mark.parametrize(
    ("formula", "fault"),
    [("12-13", "是 -1，小于 0"), ("1.5+1", "是小数 2.5"), ("999999999999*9999999", "数字太大（")],
)
def test_what_a_formula_of_figures_gives_is_judged_as_any_figure(formula: str, fault: str) -> None:
    assert read_number(FlatCell(None, formula), FlatStyle(), NumberType()).fault.startswith(fault)


def test_a_formula_of_figures_that_is_shown_as_a_share_is_refused() -> None:
    style = FlatStyle(locked=False, number_format="0%")
    assert read_number(FlatCell(3.0, "1+2"), style, NumberType()).fault == "是百分数"


def test_a_strangers_text_is_shown_without_its_control_marks_and_cut_short() -> None:
    assert told("\u0378").fault == "“〔生僻字〕”不是数字"
    assert told("很" * 31).fault == "“" + "很" * 30 + "…”不是数字"


# ---------------------------------------------------------------- what is neither


@pytest.mark.parametrize(
    ("value", "fault", "remedy"),
    [
        (True, "填的是 TRUE（“是”或“否”），不是数字", "请填数字"),
        (False, "填的是 FALSE（“是”或“否”），不是数字", "请填数字"),
        (CellError("#REF!"), "是错误值 #REF!", "请改填数字"),
        (CellError("#N/A"), "是错误值 #N/A", "请改填数字"),
        (CellError("#DIV/0!"), "是错误值 #DIV/0!", "请改填数字"),
    ],
)
def test_a_truth_value_and_an_error_are_refused(value: CellValue, fault: str, remedy: str) -> None:
    assert told(value) == Reading(fault=fault, remedy=remedy)


@pytest.mark.parametrize("value", [None, 3.0, "3", CellError("#REF!")])
def test_a_formula_in_an_input_cell_is_refused_whatever_its_result(value: CellValue) -> None:
    reading = read_number(FlatCell(value, "SUM(A1:A3)"), FlatStyle(locked=False), COUNT)
    assert reading == Reading(fault="填的是公式“=SUM(A1:A3)”", remedy="请改填算好的数字")


@pytest.mark.parametrize(
    ("number_format", "fault"),
    [
        ("yyyy-mm-dd", "是日期或时间"),
        ("m/d/yy", "是日期或时间"),
        ('yyyy"年"m"月"d"日"', "是日期或时间"),
        ("[$-804]yyyy年m月d日", "是日期或时间"),
        ("h:mm AM/PM", "是日期或时间"),
        ("[h]:mm:ss", "是日期或时间"),
        ("0%", "是百分数"),
        ("0.00%", "是百分数"),
    ],
)
def test_a_number_that_shows_as_a_date_or_a_percentage_is_refused(number_format: str, fault: str) -> None:
    assert told(45000.0, number_format=number_format) == Reading(fault=fault, remedy=PLAIN)


@pytest.mark.parametrize(
    "number_format",
    [
        "General",
        "@",
        "0",
        "#,##0",
        "0.00",
        "0.00E+00",
        "0_ ",
        "#,##0_);(#,##0)",
        "#,##0_);[Red](#,##0)",
        '0"件"',
        '0"day"',
        "0\\d",
        "[Red]0",
        "[DBNum1]0",
        '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
        '"¥"#,##0',
        "General;[Red]-General",
        "[$-804]General",
    ],
)
def test_any_other_number_format_shows_a_number(number_format: str) -> None:
    assert told(12.0, number_format=number_format) == Reading(value=Decimal(12))


def test_a_text_is_judged_by_what_it_says_not_by_its_format() -> None:
    assert told("12", number_format="yyyy-mm-dd").value == 12


# ---------------------------------------------------------------- whatever comes


@settings(deadline=None)
@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.text(),
        st.text(alphabet="0123456789１２,.，．+-－ 件无/\u00a0\u200b"),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["#REF!", "#N/A"]).map(CellError),
    ),
    st.sampled_from([COUNT, FEE, CHANGE, POSITIVE]),
    st.sampled_from(["General", "0", "0.00", "yyyy", "0%"]),
)
def test_whatever_stands_in_a_cell_is_a_number_a_blank_or_a_fault(
    value: CellValue, kind: NumberType, number_format: str
) -> None:
    reading = told(value, kind, number_format)
    assert (reading.value is not None) + reading.blank + bool(reading.fault) >= 1
    assert not (reading.blank and (reading.fault or reading.note or reading.value is not None))
    assert bool(reading.fault or reading.note) == bool(reading.remedy)
    if reading.value is not None:
        assert reading.value.is_finite()
        assert abs(reading.value) <= kind.maximum
    if reading.value is not None and not reading.fault:
        assert kind.minimum is None or reading.value >= kind.minimum
        assert round(reading.value, kind.decimals) == reading.value


@settings(deadline=None)
@given(st.integers(-(10**12) + 1, 10**12 - 1))
def test_a_whole_number_is_the_same_however_it_is_written(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    for value in (float(number), str(number), wide, f"{number:,}", f" {number}\u3000"):
        assert told(value, CHANGE).value == number
    assert number_as_calculated(float(number)) == number


@settings(deadline=None)
@given(st.decimals(0, 10**6, places=6))
def test_a_decimal_is_read_as_the_decimal_that_was_typed(number: Decimal) -> None:
    assert told(float(number), FEE) == Reading(value=number)
    assert exact(float(number)) == number


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1234567.89, "General", "1234567.89"),
        (45658.0, "yyyy-mm-dd", "2025-01-01"),
        (45658.0, 'yyyy"年"m"月"d"日"', "2025-01-01"),
        (45658.0, 'yyyy"年"m"月"', "2025-01"),
        (45658.25, "yyyy-mm-dd hh:mm", "45658.25"),
        (61.0, "yyyy-mm-dd", "1900-03-01"),
        (45658.0, "General", "45658"),
        (45658.0, "[Red]0", "45658"),
        (60.0, "yyyy-mm-dd", "60"),
        (1e300, "yyyy-mm-dd", "1" + "0" * 300),
        (0.07, "0%", "7%"),
        (True, "General", "TRUE"),
        (None, "General", ""),
        (CellError("#N/A"), "General", ""),
        (" 甲\r\n乙 ", "yyyy", "甲\n乙"),
    ],
)
def test_a_text_cell_is_read_as_its_sheet_shows_it(value: CellValue, number_format: str, text: str) -> None:
    assert read_text(FlatCell(value), FlatStyle(number_format=number_format)) == text


def test_a_date_counted_from_1904_is_the_same_day() -> None:
    style = FlatStyle(number_format="yyyy-mm-dd")
    assert read_text(FlatCell(44196.0), style, from_1904=True) == "2025-01-01"


def test_a_spreadsheets_own_formulas_count_numbers_only() -> None:
    assert number_as_calculated(12.5) == Decimal("12.5")
    assert [number_as_calculated(value) for value in (None, "12", True, CellError("#REF!"), "")] == [None] * 5


def test_a_raised_figure_is_never_read_as_a_digit() -> None:
    reading = told("10²")
    assert reading.value is None
    assert reading.fault


@pytest.mark.parametrize(("value", "fine"), [(3.0000000009, True), (3.0000000011, False)])
def test_a_billionth_is_the_trace_of_a_calculation(value: float, *, fine: bool) -> None:
    assert (told(value).fault == "") is fine
