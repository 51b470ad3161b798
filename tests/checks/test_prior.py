"""What is told of last year's figures that stand in this year's return."""

from __future__ import annotations

from decimal import Decimal

import pytest
from factories.filled_forms import Figures, annual, sent, zero_return

from toolkit.checks.verdict import judge
from toolkit.model.finding import Severity
from toolkit.model.returns import Context

REVIEW: Figures = {
    "disputes.review.upheld": 4,
    "disputes.review.corrected": 1,
    "disputes.review.other": 2,
    "disputes.review.pending": 3,
}


def told(now: Figures, before: Figures, *, on_file: bool = True) -> list[tuple[str, str]]:
    """Sheet and message of what is the same, where last year's return was one of zeros but for ``before``."""
    prior = {name: value for name, value in zero_return(annual(), before).numbers.items() if value is not None}
    context = Context(prior=prior if on_file else {})
    other, mine = judge(annual(), [sent(zero_return(annual())), sent(zero_return(annual(), now), context=context)])
    assert [one for one in other.findings if one.rule == "SIM-02"] == []
    found = [one for one in mine.findings if one.rule == "SIM-02"]
    assert {one.severity for one in found} <= {Severity.NOTE}
    return [(one.sheet, one.message) for one in found]


def test_a_table_that_is_last_years_is_told_as_one() -> None:
    assert told(REVIEW, REVIEW) == [("复议诉讼", "整张表的数与上年报表全部相同（不为 0 的有 4 个）")]
    assert told(REVIEW, REVIEW, on_file=False) == []


def test_three_figures_may_be_the_same_by_chance_and_zeros_prove_nothing() -> None:
    few = {**REVIEW, "disputes.review.pending": 0}
    assert told(few, few) == []
    assert told({}, {}) == []


def test_one_other_figure_makes_another_table_but_leaves_its_rows() -> None:
    now = {**REVIEW, "disputes.direct.upheld": 1}
    assert told(now, REVIEW) == [("复议诉讼", "“行政复议”行的数与上年报表全部相同（不为 0 的有 4 个）")]
    assert told({**REVIEW, "disputes.review.other": 3}, REVIEW) == []


@pytest.mark.parametrize("column", ["natural", "business"])
def test_a_column_that_is_last_years_is_named(column: str) -> None:
    rows = {"new": 7, "granted": 4, "partial": 2, "refused_query": 1}
    same: Figures = {f"requests.{row}.{column}": n for row, n in rows.items()}
    other = {"requests.new.legal": 3, "requests.granted.legal": 3}
    ((sheet, message),) = told({**same, **other}, same)
    label = {"natural": "自然人", "business": "商业企业"}[column]
    assert (sheet, message) == ("申请情况", f"“{label}”列的数与上年报表全部相同（不为 0 的有 4 个）")


def test_a_figure_that_is_not_on_file_is_not_the_same() -> None:
    prior = {name: Decimal(str(value)) for name, value in REVIEW.items()}
    (mine,) = judge(annual(), [sent(zero_return(annual(), REVIEW), context=Context(prior=prior))])
    assert [one.message for one in mine.findings if one.rule == "SIM-02"] == [
        "“行政复议”行的数与上年报表全部相同（不为 0 的有 4 个）"
    ]
