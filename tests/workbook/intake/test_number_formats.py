"""A number format under which a cell shows another figure than it holds is told; one that only adds to it is not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from factories.workbooks import edited, found, save, verdict, workbook
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.cells import NumberType
from toolkit.model.finding import Severity, Status
from toolkit.model.flat import FlatCell, FlatStyle
from toolkit.workbook.intake.number_formats import BUILTIN, MAX_FORMAT
from toolkit.workbook.intake.numbers import Reading, read_number

AMOUNT = NumberType(kind="decimal", decimals=6, minimum=None)
PLAIN = "请把单元格格式改为“常规”，再填数字"


def told(value: float, number_format: str) -> Reading:
    return read_number(FlatCell(value), FlatStyle(locked=False, number_format=number_format), AMOUNT)


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (41208, "0!.0000", "4.1208"),
        (12, r"0\.0", "1.2"),
        (12, '0"."0', "1.2"),
        (12, '0"．"0', "1．2"),
        (5000, "#,##0,", "5"),
        (5_000_000_000, "#,##0,", "5,000,000"),
        (3_000_000, '0.0,,"百万"', "3.0百万"),
        (1_234_567, "#,##0,,.0", "1.2"),
        (41208, '[>=10000]0!.0,"万";0', "4.1万"),
        (12, '"无"', "无"),
        (7, '0"000"', "7000"),
        (7, '"1"0', "17"),
        (7, '"-"0', "-7"),
        (7, "[$2-804]0", "27"),
        (4, 'General"0"', "40"),
        (0, '0;0;"5"', "5"),
        (-3, '0;"无";0', "无"),
    ],
)
def test_a_cell_that_shows_another_figure_is_refused(value: float, number_format: str, seen: str) -> None:
    fault = f"单元格的格式使它显示为“{seen}”，实际存的是 {value}"
    assert told(float(value), number_format) == Reading(fault=fault, remedy=PLAIN)


@pytest.mark.parametrize("number_format", [";;;", ";;", '""', "[Red]", "_ ", "* "])
def test_a_cell_that_shows_nothing_is_refused(number_format: str) -> None:
    assert told(77.0, number_format) == Reading(fault="单元格的格式使它什么也不显示，实际存的是 77", remedy=PLAIN)


@pytest.mark.parametrize("number_format", ["aaa", "aaaa", "[h]", "[mm]", "[s]", 'e"年"', "[$-804]aaaa;@"])
def test_weekdays_years_and_elapsed_hours_are_dates(number_format: str) -> None:
    assert told(46086.0, number_format) == Reading(fault="是日期或时间", remedy=PLAIN)


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (7, '0"件"'),
        (7, '#,##0"件"'),
        (7, '0"件（2025年）"'),
        (7, '0"㎡"'),
        (1234, "#,##0_ "),
        (1_234_567, "#,##0"),
        (1234, "0 000"),
        (41208, '0"万"0000'),
        (12, "0.00"),
        (12.345, "0.0"),
        (0.4, "0"),
        (0.5, ".00"),
        (12, "000000"),
        (12, "[蓝色]0"),
        (12, "G/通用格式"),
        (12, 'G/通用格式"件"'),
        (412, '[>=10000]0!.0,"万";0'),
        (-3, "#,##0_);(#,##0)"),
        (-3, "0;[Red]0"),
        (0, '0;-0;"-"'),
        (0, "0;-0;;@"),
        (0, "#"),
        (12, "# ??/16"),
        (12, "##0.0E+0"),
        (5, "0;yyyy"),
    ],
)
def test_what_only_adds_to_a_figure_passes(value: float, number_format: str) -> None:
    assert told(float(value), number_format) == Reading(value=Decimal(str(value)))


def test_every_built_in_format_shows_the_figure_or_is_a_date_or_a_share() -> None:
    shown = {code for code in BUILTIN.values() if told(1234.0, code) == Reading(value=Decimal(1234))}
    assert {told(1234.0, code).fault for code in set(BUILTIN.values()) - shown} == {"是日期或时间", "是百分数"}


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet='0#?,.;"\\![]_*@%-<>=1hy件 ', max_size=MAX_FORMAT),
)
def test_whatever_the_format_the_cell_is_a_number_or_a_fault(value: float, number_format: str) -> None:
    reading = told(value, number_format)
    assert bool(reading.fault or reading.note) == bool(reading.remedy)
    assert reading.value is not None or reading.fault


def test_a_fee_that_looks_like_another_goes_back(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        cell = book["主动公开"]["B16"]
        assert cell.protection.locked is False
        cell.value, cell.number_format = 41208, "0!.0000"

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), change)))
    (fault,) = found(result, "VAL-01")
    assert (fault.severity, fault.sheet, fault.cell) == (Severity.ERROR, "主动公开", "B16")
    assert "“4.1208”，实际存的是 41208" in fault.message
    assert result.status is Status.RETURNED
