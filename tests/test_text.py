"""Numbers, cell values and strangers' words as text: every digit, no exponent, nothing hidden, nothing endless."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.flat import CellError
from toolkit.text import cell_text, labelled, shortened, shown, visible, written

TOOLKIT = Path(__file__).parents[1] / "toolkit"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (160.0, "160"),
        (123456.78, "123456.78"),
        (1234567.0, "1234567"),
        (1234567.89, "1234567.89"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.3"),
        (6078123.0, "6078123"),
        (20250101.0, "20250101"),
        (123456789012345.0, "123456789012345"),
        (1e21, "1" + "0" * 21),
        (0.0000001, "0.0000001"),
        (-0.0, "0"),
        (True, "TRUE"),
        (False, "FALSE"),
        (CellError("#N/A"), "#N/A"),
        ("甲", "甲"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_cell_is_told_as_its_sheet_shows_it(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_a_blank_cell_is_called_as_asked() -> None:
    assert [cell_text(value, "空") for value in (None, "", 0.0)] == ["空", "空", "0"]


@given(st.decimals(-(10**9), 10**9, places=5))
def test_whatever_fifteen_digits_were_typed_are_told(number: Decimal) -> None:
    assert Decimal(cell_text(float(number))) == number
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]*[1-9])?", cell_text(float(number)))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_has_an_exponent(value: float) -> None:
    assert "e" not in cell_text(value).lower()


@pytest.mark.parametrize(
    ("number", "text"), [("12.50", "12.5"), ("1E+3", "1000"), ("-0", "0"), ("-0.00", "0"), ("0.0000001", "0.0000001")]
)
def test_a_number_is_written_without_noise(number: str, text: str) -> None:
    assert written(Decimal(number)) == text


def test_a_computed_figure_ends_at_six_decimals_however_long_it_is() -> None:
    assert shown(Decimal(1) / 3) == "0.333333"
    assert shown(Decimal("-0.0000001")) == "0"
    assert shown(Decimal("9" * 5000 + ".12345678")) == "9" * 5000 + ".123457"


def test_an_error_value_in_a_message_is_what_the_cell_shows() -> None:
    assert f"{CellError('#REF!')}" == str(CellError("#REF!")) == "#REF!"


def test_a_label_that_ends_in_a_digit_is_set_apart_from_its_figure() -> None:
    assert labelled("教育", "3条") == "教育3条"
    assert labelled("20250101", "3条") == "20250101：3条"


def test_a_quotation_is_short_and_hides_nothing() -> None:
    assert shortened("甲" * 30) == "甲" * 30
    assert shortened("甲" * 31) == "甲" * 30 + "…"
    assert shortened("甲\u202e乙") == "甲〔文字方向控制符〕乙"
    assert len(shortened("\u202e" * 10_000)) == 31


@given(st.text(max_size=100), st.integers(1, 60))
def test_no_quotation_is_longer_than_asked(text: str, longest: int) -> None:
    assert len(shortened(text, longest)) <= longest + 1
    assert shortened(text, longest).isprintable()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3\u200b", "3〔零宽空格〕"),
        ("\ufeff3", "〔字节顺序标记〕3"),
        ("a\x07\u2060", "a〔控制符〕〔零宽连接符〕"),
        ("\ud800", "〔乱码〕"),
    ],
)
def test_a_sign_nobody_sees_is_told_by_its_name_in_its_place(text: str, told: str) -> None:
    assert shortened(text) == visible(text) == told


def test_a_quotation_stays_on_its_line_with_plain_blanks() -> None:
    assert shortened("甲\n乙\t丙\u3000丁\ue000") == "甲〔换行〕乙〔制表符〕丙 丁〔生僻字〕"
    assert visible("甲\n乙\t丙\u3000丁\ue000") == "甲\n乙\t丙\u3000丁\ue000"


def test_no_other_module_rounds_a_figure_to_six_digits() -> None:
    rounding = re.compile(r":[gG]\}|%[gG]\b")
    found = [path.name for path in TOOLKIT.rglob("*.py") if rounding.search(path.read_text(encoding="utf-8"))]
    assert found == []
