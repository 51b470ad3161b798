"""A period is read, printed, and put back by a year."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.period import KINDS, Period, on_file, read_date

PARTS = {"year": (0, 0), "half": (1, 2), "quarter": (1, 4), "month": (1, 12)}


@st.composite
def periods(draw: st.DrawFn) -> Period:
    kind = draw(st.sampled_from(KINDS))
    return Period(draw(st.integers(1000, 9999)), draw(st.integers(*PARTS[kind])), kind)


@settings(deadline=None)
@given(periods())
def test_what_is_printed_can_be_read_again(period: Period) -> None:
    assert Period.parse(str(period), period.kind) == period


@pytest.mark.parametrize(
    ("kind", "text", "label", "first", "last"),
    [
        ("year", "2025", "2025年", "2025年1月1日", "2025年12月31日"),
        ("half", "2025-H1", "2025年上半年", "2025年1月1日", "2025年6月30日"),
        ("half", "2025-H2", "2025年下半年", "2025年7月1日", "2025年12月31日"),
        ("quarter", "2025-Q1", "2025年第一季度", "2025年1月1日", "2025年3月31日"),
        ("quarter", "2025-Q4", "2025年第四季度", "2025年10月1日", "2025年12月31日"),
        ("month", "2025-03", "2025年3月", "2025年3月1日", "2025年3月31日"),
        ("month", "2025-11", "2025年11月", "2025年11月1日", "2025年11月30日"),
        ("month", "2023-02", "2023年2月", "2023年2月1日", "2023年2月28日"),
        ("month", "2024-02", "2024年2月", "2024年2月1日", "2024年2月29日"),
        ("month", "2000-02", "2000年2月", "2000年2月1日", "2000年2月29日"),
        ("month", "2100-02", "2100年2月", "2100年2月1日", "2100年2月28日"),
    ],
)
def test_a_period_is_called_as_it_is_printed_and_knows_its_first_and_last_day(
    kind: str, text: str, label: str, first: str, last: str
) -> None:
    period = Period.parse(text, kind)
    assert (str(period), period.label, period.span) == (text, label, (first, last))


@pytest.mark.parametrize(
    ("kind", "text", "before"),
    [
        ("year", "2025", "2024"),
        ("half", "2025-H2", "2024-H2"),
        ("quarter", "2025-Q1", "2024-Q1"),
        ("month", "2024-02", "2023-02"),
    ],
)
def test_last_year_is_the_same_part_of_the_year_before(kind: str, text: str, before: str) -> None:
    assert str(Period.parse(text, kind).prior) == before


def test_blanks_around_a_period_do_not_matter() -> None:
    assert Period.parse(" 2025\n") == Period(2025)


@pytest.mark.parametrize(
    ("kind", "text", "example"),
    [
        ("year", "", "2025"),
        ("year", "25", "2025"),
        ("year", "2025-H1", "2025"),
        ("half", "2025-H3", "2025-H1"),
        ("half", "2025", "2025-H1"),
        ("quarter", "2025-Q0", "2025-Q1"),
        ("quarter", "2025-Q5", "2025-Q1"),
        ("month", "20253", "2025-03"),
        ("year", "0000", "2025"),
        ("year", "2025年1月1日至2025年12月30日", "2025"),
        ("year", "2025年1月1日至2026年12月31日", "2025"),
        ("year", "2025年上半年", "2025"),
        ("year", "２5年", "2025"),
        ("quarter", "2025年一月", "2025-Q1"),
        ("quarter", "2025年1", "2025-Q1"),
        ("half", "20251", "2025-H1"),
        ("month", "2025年13月", "2025-03"),
        ("month", "2025-00", "2025-03"),
        ("month", "2025-13", "2025-03"),
    ],
)
def test_a_wrong_period_is_refused_with_an_example_of_a_right_one(kind: str, text: str, example: str) -> None:
    with pytest.raises(ValueError, match=f"“{text}”不对，应写成 {example} 这样"):
        Period.parse(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "2025",
        " 2025 ",
        "2025年",
        "2025 年",
        "2025年度",
        "2025年全年",
        "２０２５年",
        "二〇二五年",
        "二○二五年度",
        "2025年1月1日至2025年12月31日",
        "2025.1.1-2025.12.31",
        "2025年1月1日—12月31日",
    ],
)
def test_a_year_is_read_as_people_write_it(text: str) -> None:
    assert Period.parse(text) == Period(2025)


@pytest.mark.parametrize(
    ("kind", "text", "period"),
    [
        ("half", "2025年上半年", "2025-H1"),
        ("half", "2025h2", "2025-H2"),
        ("half", "2025年7月1日至12月31日", "2025-H2"),
        ("quarter", "2025年第一季度", "2025-Q1"),
        ("quarter", "2025年4季度", "2025-Q4"),
        ("quarter", "2025q2", "2025-Q2"),
        ("month", "2025-3", "2025-03"),
        ("month", "2025年3月份", "2025-03"),
        ("month", "2025.11", "2025-11"),
        ("month", "2024年2月1日至2024年2月29日", "2024-02"),
    ],
)
def test_a_part_of_a_year_is_read_as_people_write_it(kind: str, text: str, period: str) -> None:
    assert str(Period.parse(text, kind)) == period


@settings(deadline=None)
@given(periods())
def test_a_label_and_the_days_of_a_period_are_read_as_that_period(period: Period) -> None:
    assert Period.parse(period.label, period.kind) == period
    assert Period.parse("至".join(period.span), period.kind) == period


@pytest.mark.parametrize(
    ("text", "fine"), [("1999-12-31", False), ("2000-01-01", True), ("2100-12-31", True), ("2101-01-01", False)]
)
def test_a_date_is_of_this_century(text: str, *, fine: bool) -> None:
    if fine:
        assert read_date(text).isoformat() == text
    else:
        with pytest.raises(ValueError, match=text):
            read_date(text)


@pytest.mark.parametrize(
    ("period", "kind", "last", "before"),
    [
        ("2025", "year", "2024", []),
        ("2025-H1", "half", "2024-H2", []),
        ("2025-Q3", "quarter", "2025-Q2", ["2025-Q1", "2025-Q2"]),
        ("2025-01", "month", "2024-12", []),
    ],
)
def test_earlier_periods_of_a_period(period: str, kind: str, last: str, before: list[str]) -> None:
    found = Period.parse(period, kind).earlier
    assert [str(one) for one in found[".last"]] == [last]
    assert [str(one) for one in found[".before"]] == before
    assert [str(one) for one in found[""]] == [period.replace("2025", "2024")]


def test_a_name_on_file_says_of_which_time_it_is() -> None:
    assert on_file("t.x.last") == ("t.x.last", "")
    assert on_file("t.x.last.last") == ("t.x.last", ".last")
    assert on_file("t.x.a.before") == ("t.x.a", ".before")
