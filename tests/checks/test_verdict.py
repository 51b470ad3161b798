"""The status a file ends in follows from its findings, and the worst is told first."""

from __future__ import annotations

import pytest
from factories.filled_forms import annual, sent, zero_return

from toolkit.checks.verdict import judge, status_of
from toolkit.model.finding import Finding, Severity, Status

NOTE = Finding(rule="VAL-10", severity=Severity.NOTE, message="已读作 12")
VERIFY = Finding(rule="YOY-02", severity=Severity.VERIFY, message="与上年不符")
EXPLAINED = Finding(rule="YOY-02", severity=Severity.VERIFY, message="与上年不符", explanation="清理文件三件")
ERROR = Finding(rule="BAL-01", severity=Severity.ERROR, message="不平")
EXCUSED = Finding(rule="BAL-01", severity=Severity.ERROR, message="不平", explanation="清理文件三件")
FATAL = Finding(rule="FORM-05", severity=Severity.FATAL, message="结构被改动")


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([], Status.ACCEPTED),
        ([NOTE, NOTE], Status.ACCEPTED),
        ([EXPLAINED], Status.EXPLAINED),
        ([NOTE, EXPLAINED, EXPLAINED], Status.EXPLAINED),
        ([VERIFY], Status.RETURNED),
        ([EXPLAINED, VERIFY], Status.RETURNED),
        ([ERROR], Status.RETURNED),
        ([EXPLAINED, ERROR], Status.RETURNED),
        ([EXCUSED], Status.RETURNED),
        ([FATAL], Status.RETURNED),
    ],
)
def test_the_status_follows_from_the_worst_that_is_not_explained(findings: list[Finding], status: Status) -> None:
    assert status_of(findings) is status
    assert status_of(reversed(findings)) is status


def test_findings_of_the_workbook_and_of_the_rules_stand_together_the_worst_first() -> None:
    content = zero_return(
        annual(),
        {"requests.new.natural": 1, "proactive.normative.in_force": 12},
        prior={"proactive.normative.in_force": 9},
    )
    (verdict,) = judge(annual(), [sent(content, NOTE)])
    assert [finding.rule for finding in verdict.findings] == ["BAL-01", "YOY-02", "VAL-10"]
    assert verdict.status is Status.RETURNED
    assert [verdict.count(severity) for severity in Severity] == [0, 1, 1, 1]


def test_a_verdict_says_whose_return_of_what_it_is() -> None:
    content = zero_return(annual())
    (verdict,) = judge(annual(), [sent(content)])
    assert (verdict.file, verdict.sha256) == ("return.xlsx", "0" * 64)
    assert (verdict.form, verdict.version, verdict.unit, verdict.period) == ("zfxxgk-2021", 1, "某局", "2025")
    assert verdict.content is content
    assert verdict.status is Status.ACCEPTED


def test_a_batch_is_judged_one_by_one_and_in_order() -> None:
    good, bad = zero_return(annual()), zero_return(annual(), {"disputes.review.total": 1})
    explained = zero_return(
        annual(),
        {"proactive.normative.in_force": 12},
        prior={"proactive.normative.in_force": 9},
        explanations={"YOY-02[normative]": "清理文件三件"},
    )
    verdicts = judge(annual(), [sent(good), sent(bad, NOTE), sent(explained), sent(good, ERROR)])
    assert [verdict.status for verdict in verdicts] == [
        Status.ACCEPTED,
        Status.RETURNED,
        Status.EXPLAINED,
        Status.RETURNED,
    ]
    assert [len(verdict.findings) for verdict in verdicts] == [0, 2, 1, 1]


def test_a_missing_figure_is_told_together_with_what_could_not_be_checked() -> None:
    content = zero_return(annual(), {"disputes.review.upheld": None})
    blank = Finding(rule="VAL-01", severity=Severity.ERROR, variables=("disputes.review.upheld",), message="没有填")
    (verdict,) = judge(annual(), [sent(content, blank)])
    assert [finding.message for finding in verdict.findings] == ["没有填；因此 SUM-03暂不能核对"]


def test_no_returns_no_verdicts() -> None:
    assert judge(annual(), []) == []
