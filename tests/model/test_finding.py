"""A finding keeps its fingerprint over resubmissions; severities and statuses have their order and their words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.finding import Finding, Outcome, Severity, Status

FOUND = Finding(
    rule="BAL-01",
    severity=Severity.ERROR,
    sheet="申请情况",
    cell="D7",
    cells=("D7", "D8"),
    variables=("requests.new.natural", "requests.closed.natural"),
    left=Decimal(3),
    right=Decimal(2),
    difference=Decimal(1),
    message="不平衡",
)


def test_a_fingerprint_is_sixteen_hex_digits_and_never_changes() -> None:
    assert FOUND.fingerprint == "ad2726faa16cb077"


@settings(deadline=None)
@given(st.text(), st.decimals(allow_nan=False), st.sampled_from(Severity), st.text())
def test_a_fingerprint_is_the_same_whatever_the_figures_and_words(
    message: str, left: Decimal, severity: Severity, explanation: str
) -> None:
    other = replace(FOUND, message=message, left=left, severity=severity, explanation=explanation, folded=("x",))
    assert other.fingerprint == FOUND.fingerprint


def test_a_fingerprint_differs_by_rule_and_by_place() -> None:
    others = [
        replace(FOUND, rule="BAL-02"),
        replace(FOUND, variables=("requests.new.business", "requests.closed.natural")),
        replace(FOUND, variables=()),
        replace(FOUND, variables=(), cell="D8"),
        replace(FOUND, variables=(), sheet="复议诉讼"),
    ]
    assert len({one.fingerprint for one in [FOUND, *others]}) == 1 + len(others)


def test_a_fingerprint_survives_a_moved_cell_as_long_as_the_variable_is_the_same() -> None:
    assert replace(FOUND, sheet="申请", cell="E9").fingerprint == FOUND.fingerprint


def test_a_finding_is_a_failure_unless_it_says_otherwise() -> None:
    assert FOUND.outcome is Outcome.FAIL


def test_severities_are_ranked_worst_first_and_called_in_chinese() -> None:
    assert [(level.rank, level.label) for level in Severity] == [(0, "拒收"), (1, "错误"), (2, "请核实"), (3, "提示")]


def test_only_accepted_and_explained_returns_are_summed() -> None:
    assert [status for status in Status if status.counts] == [Status.ACCEPTED, Status.EXPLAINED]


def test_every_status_has_a_word_of_its_own() -> None:
    assert [status.label for status in Status] == ["通过", "说明后通过", "退回修改", "不是本表", "无法读取"]


def test_there_are_four_outcomes_with_permanent_names() -> None:
    assert [outcome.value for outcome in Outcome] == ["pass", "fail", "undetermined", "not applicable"]
