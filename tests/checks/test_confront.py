"""Each rule of the statutory form passes and fails where it should, and a failure names its cell and both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from factories.filled_forms import Figures, annual, filled, judged, sent, zero_return

from toolkit.checks.confront import attach_undetermined, confront, outcome, severity
from toolkit.checks.explanation import explanation_fault
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Finding, Outcome, Severity
from toolkit.model.returns import Context, Identity, Return
from toolkit.pipeline.verify import verify

COLUMNS = ("natural", "business", "research", "nonprofit", "legal", "other", "total")
DECISIONS = ("proactive.licences.decisions", "proactive.penalties.decisions", "proactive.coercion.decisions")
NO_CARRY = {f"requests.carried_out.{column}": 0 for column in COLUMNS}


def figure(value: object) -> int | float | None:
    assert isinstance(value, Decimal)
    return int(value) if value == int(value) else float(value)


def told(values: Figures, prior: Figures | None = None) -> list[str]:
    """What is found: ``rule sheet!cell: left, right, difference``."""
    content = zero_return(annual(), values, prior=prior)
    return [
        f"{f.rule} {f.sheet}!{f.cell}: {figure(f.left)}, {figure(f.right)}, {figure(f.difference)}"
        for f in judged(annual(), content)
    ]


def test_a_return_of_zeros_passes_every_rule() -> None:
    assert told({}) == []
    assert told({}, prior={**NO_CARRY, "proactive.normative.in_force": 0, "proactive.regulations.in_force": 0}) == []


def test_a_return_that_agrees_with_itself_and_with_last_year_passes_every_rule() -> None:
    values: Figures = {
        "proactive.normative.made": 2,
        "proactive.normative.repealed": 3,
        "proactive.normative.in_force": 9,
        "requests.new.natural": 7,
        "requests.carried_in.natural": 2,
        "requests.granted.natural": 4,
        "requests.other_rest.natural": 1,
        "requests.carried_out.natural": 4,
        "requests.new.other": 1,
        "requests.partial.other": 1,
        "disputes.review.upheld": 1,
        "disputes.direct.pending": 2,
    }
    prior = {
        **NO_CARRY,
        "requests.carried_out.natural": 2,
        "requests.carried_out.total": 2,
        "proactive.normative.in_force": 10,
        "proactive.regulations.in_force": 0,
        "requests.new.total": 8,
        "proactive.fees.amount": 0,
        **dict.fromkeys(DECISIONS, 0),
    }
    assert told(values, prior) == []
    content = zero_return(annual(), values, prior=prior)
    assert {outcome(annual(), sent(content), check) for check in annual().rules.checks} == {Outcome.PASS}


@pytest.mark.parametrize(
    ("values", "prior", "findings"),
    [
        pytest.param(
            {"proactive.regulations.in_force": 3},
            {},
            ["VAL-02 主动公开!D5: 3, 0, 3"],
            id="VAL-02",
        ),
        pytest.param(
            {"proactive.normative.repealed": 3, "proactive.normative.made": 1},
            {"proactive.normative.in_force": 1},
            ["BAL-02 主动公开!C6: 3, 2, 1", "YOY-02 主动公开!D6: 0, -1, 1"],
            id="BAL-02, first part",
        ),
        pytest.param(
            {"proactive.normative.made": 3, "proactive.normative.repealed": 1, "proactive.normative.in_force": 1},
            {},
            ["BAL-02 主动公开!D6: 1, 2, -1"],
            id="BAL-02, second part",
        ),
        pytest.param(
            {"proactive.normative.made": 2, "proactive.normative.in_force": 12},
            {"proactive.normative.in_force": 9},
            ["YOY-02 主动公开!D6: 12, 11, 1"],
            id="YOY-02",
        ),
        pytest.param(
            {"requests.granted.natural": 2, "requests.new.natural": 2, "requests.granted.total": 5},
            {},
            ["SUM-02 申请情况!J8: 5, 2, 3", "SUM-01 申请情况!J29: 2, 5, -3"],
            id="SUM-02, and the total of totals",
        ),
        pytest.param(
            {"requests.closed.legal": 3, "requests.new.legal": 3},
            {},
            ["SUM-01 申请情况!H29: 3, 0, 3", "SUM-01 申请情况!J29: 3, 0, 3"],
            id="SUM-01, and the total of totals",
        ),
        pytest.param(
            {"disputes.review.upheld": 10, "disputes.review.corrected": 1, "disputes.review.total": 0},
            {},
            ["SUM-03 复议诉讼!E6: 0, 11, -11"],
            id="SUM-03, as printed in a published report",
        ),
        pytest.param(
            {"disputes.after_review.pending": 2, "disputes.after_review.total": 1},
            {},
            ["SUM-03 复议诉讼!O6: 1, 2, -1"],
            id="SUM-03, last block",
        ),
        pytest.param(
            {"requests.new.business": 2, "requests.carried_in.business": 1, "requests.granted.business": 1},
            {},
            ["BAL-01 申请情况!E6: 3, 1, 2"],
            id="BAL-01",
        ),
        pytest.param(
            {"requests.carried_in.natural": 3, "requests.carried_out.natural": 3},
            {**NO_CARRY, "requests.carried_out.natural": 2, "requests.carried_out.total": 2},
            ["YOY-01 申请情况!D7: 3, 2, 1"],
            id="YOY-01",
        ),
    ],
)
def test_a_rule_that_fails_names_itself_its_cell_and_both_sides(
    values: Figures, prior: Figures, findings: list[str]
) -> None:
    assert told(values, prior) == findings


def test_last_years_figure_is_among_the_cells_of_a_finding_about_it() -> None:
    content = zero_return(annual(), {"proactive.normative.in_force": 12}, prior={"proactive.normative.in_force": 9})
    (finding,) = judged(annual(), content)
    assert finding.cells == ("D6", "上年数!C5", "B6", "C6")
    assert finding.variables == (
        "proactive.normative.in_force",
        "last_year.proactive.normative.in_force",
        "proactive.normative.made",
        "proactive.normative.repealed",
    )
    assert (finding.row, finding.column) == ("行政规范性文件", "")


def test_a_finding_names_its_row_or_column_as_printed() -> None:
    (finding,) = judged(annual(), zero_return(annual(), {"requests.new.legal": 1}))
    assert (finding.row, finding.column) == ("", "申请人情况 法人或其他组织 法律服务机构")
    assert finding.cells == ("H6", "H7", "H29", "H30")
    (finding,) = judged(annual(), zero_return(annual(), {"disputes.direct.total": 1}))
    assert (finding.row, finding.column) == ("行政诉讼 未经复议直接起诉", "")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"requests.new.natural": 5, "requests.granted.natural": 2},
            (
                "“自然人”列：第一项加第二项之和，应等于第三项加第四项之和。"
                "现在 “一、本年新收政府信息公开申请数量”5 ＋ “二、上年结转政府信息公开申请数量”0 ＝ 5，"
                "“（七）总计”2 ＋ “四、结转下年度继续办理”0 ＝ 2，前者多 3"
            ),
        ),
        (
            {"disputes.review.upheld": 10, "disputes.review.total": 0},
            (
                "“行政复议”行：总计，应等于结果维持、结果纠正、其他结果、尚未审结之和。"
                "现在 “总计”0，“结果维持”至“尚未审结”各项之和 ＝ 10，前者少 10"
            ),
        ),
        (
            {"proactive.regulations.in_force": 1},
            (
                "“现行有效件数”列：规章只能由国务院部门、省级和设区的市（自治州）政府制定，"
                "其他机关“规章”一行应为 0。现在 “规章”1，应等于 0，多 1"
            ),
        ),
    ],
)
def test_a_message_says_where_what_is_asked_and_what_stands_there(values: Figures, message: str) -> None:
    (finding,) = judged(annual(), zero_return(annual(), values))
    assert finding.message == message


# ---------------------------------------------------------------- one finding a cause


def test_the_total_column_that_merely_repeats_is_folded_into_the_column_that_fails() -> None:
    (finding,) = judged(annual(), zero_return(annual(), {"requests.new.natural": 1}))
    assert (finding.rule, finding.cell, finding.folded) == ("BAL-01", "D6", ("BAL-01[total]",))


def test_two_columns_that_fail_are_two_findings_and_the_total_is_folded_into_both() -> None:
    found = judged(annual(), zero_return(annual(), {"requests.new.natural": 1, "requests.carried_out.other": 2}))
    assert [(f.cell, f.folded) for f in found] == [("D6", ("BAL-01[total]",)), ("I6", ("BAL-01[total]",))]


def test_columns_that_fail_and_cancel_out_in_the_total_are_both_told() -> None:
    found = judged(annual(), zero_return(annual(), {"requests.new.natural": 1, "requests.carried_out.other": 1}))
    assert [(f.cell, f.folded) for f in found] == [("D6", ()), ("I6", ())]


def test_a_total_that_somebody_wrote_over_is_no_repetition() -> None:
    values: Figures = {"requests.new.natural": 1, "requests.new.total": 5}
    found = judged(annual(), zero_return(annual(), values))
    assert [(f.rule, f.cell, f.folded) for f in found] == [
        ("SUM-02", "J6", ()),
        ("BAL-01", "D6", ()),
        ("BAL-01", "J6", ()),
    ]


def test_a_total_that_fails_alone_is_told() -> None:
    found = judged(annual(), zero_return(annual(), {"requests.carried_out.total": 2}))
    assert [(f.rule, f.cell) for f in found] == [("SUM-02", "J30"), ("BAL-01", "J6")]


def test_last_years_total_is_folded_as_well() -> None:
    prior = {**NO_CARRY, "requests.carried_out.natural": 2, "requests.carried_out.total": 2}
    (finding,) = judged(annual(), zero_return(annual(), {}, prior=prior))
    assert (finding.rule, finding.cell, finding.folded) == ("YOY-01", "D7", ("YOY-01[total]",))


# ---------------------------------------------------------------- batches


def test_every_return_of_a_batch_is_judged_on_its_own() -> None:
    good = zero_return(annual())
    first = zero_return(annual(), {"requests.new.natural": 1})
    second = zero_return(annual(), {"disputes.review.total": 1})
    blank = zero_return(annual(), {"requests.new.natural": None})
    found = [confront(annual(), sent(one)) for one in (good, first, second, blank, first)]
    assert [[f.rule for f in findings] for findings, _ in found] == [[], ["BAL-01"], ["SUM-03"], [], ["BAL-01"]]
    assert [sorted(check.key for check in open_) for _, open_ in found] == [
        [],
        [],
        [],
        ["BAL-01[natural]", "BAL-01[total]", "SUM-02[new]"],
        [],
    ]


def test_a_form_without_rules_finds_nothing() -> None:
    plain = loads(
        """
        [form]
        id = "plain"
        version = 1
        title = "无规则"
        [[table]]
        id = "t"
        title = "表"
        rows = [{ id = "x", label = "X" }]
        columns = [{ id = "a", label = "A" }]
        """
    )
    assert confront(plain, sent(zero_return(plain))) == ([], [])


# ---------------------------------------------------------------- severity


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("", Severity.VERIFY),
        ("县级政府", Severity.ERROR),
        ("政府部门", Severity.ERROR),
        ("省级政府", None),
        ("设区的市级政府", None),
        ("国务院部门", None),
    ],
)
def test_regulations_are_an_error_a_question_or_in_order_by_the_kind_of_body(body: str, level: Severity | None) -> None:
    found = judged(annual(), zero_return(annual(), {"proactive.regulations.in_force": 1}), Context(body=body))
    assert [f.severity for f in found] == ([level] if level else [])


@pytest.mark.parametrize(
    ("unit", "told"),
    [("宿迁市人民政府", []), ("湖南省人民政府", []), ("某县人民政府", ["verify"]), ("某局", ["verify"])],
)
def test_where_no_round_knows_the_body_its_name_tells_whether_it_makes_regulations(unit: str, told: list[str]) -> None:
    content = replace(zero_return(annual(), {"proactive.regulations.in_force": 1}), unit=unit)
    assert [f.severity.value for f in judged(annual(), content)] == told
    assert [f.severity.value for f in judged(annual(), content, Context(body="县级政府"))] == ["error"]


@pytest.mark.parametrize(
    ("unit", "body", "amount", "limit"),
    [
        ("石桥镇人民政府", "", 999, None),
        ("石桥镇人民政府", "", 1000, 1000),
        ("某某办", "乡镇政府或街道办事处", 1000, 1000),
        ("云岭区财政局", "政府部门", 19999, None),
        ("云岭区财政局", "政府部门", 20000, 20000),
        ("某局", "", 99999, None),
        ("某局", "", 100000, 100000),
    ],
)
def test_the_limit_of_fees_follows_the_level_of_the_body(unit: str, body: str, amount: int, limit: int | None) -> None:
    """Each has its own limit, and its sentence names it."""
    values: Figures = {"proactive.fees.amount": amount}
    mine = sent(replace(zero_return(annual(), values), unit=unit), context=Context(body=body))
    found = [one for one in confront(annual(), mine)[0] if one.rule == "UNT-01"]
    assert [figure(one.right) for one in found] == ([limit] if limit else [])
    assert all(f"应小于 {limit}" in one.message for one in found)


NEW, DECIDED, FEES = "requests.new.total", "proactive.licences.decisions", "proactive.fees.amount"


@pytest.mark.parametrize(
    ("name", "before", "now", "told"),
    [
        (NEW, 3, 40, False),
        (NEW, 0, 100, False),
        (NEW, 0, 101, True),
        (NEW, 100, 0, False),
        (NEW, 101, 0, True),
        (NEW, 200, 2000, True),
        (NEW, 2000, 200, True),
        (NEW, 5000, 16000, False),
        (NEW, 5000, 16001, True),
        (NEW, 5000, 1334, False),
        (NEW, 5000, 1333, True),
        (DECIDED, 50, 1500, False),
        (DECIDED, 50, 1501, True),
        (DECIDED, 20000, 200000, True),
        (DECIDED, 20000, 2000, True),
        (DECIDED, 20000, 70000, False),
        (FEES, 3, 130, False),
        (FEES, 3, 131, True),
        (FEES, 5000, 50000, True),
        (FEES, 5000, 500, True),
    ],
)
def test_the_allowance_follows_the_size_and_a_digit_more_or_less_of_a_large_figure_is_told(
    name: str,
    before: int,
    now: int,
    told: bool,  # noqa: FBT001 - told or not
) -> None:
    entered = name.replace("total", "natural")
    values: Figures = {entered: now, **({"requests.granted.natural": now} if name == NEW else {})}
    content = zero_return(annual(), values, prior={name: before})
    assert [
        f.severity for f in judged(annual(), content) if f.rule == "YOY-03" and f.severity is not Severity.NOTE
    ] == ([Severity.VERIFY] if told else [])


def test_a_limit_with_an_allowance_is_told_as_a_limit() -> None:
    content = zero_return(annual(), {FEES: 2000}, prior={FEES: 3})
    (finding,) = judged(annual(), content)
    assert finding.message.endswith(
        "现在 “本年收费金额（单位：万元）”2000，上年“本年收费金额（单位：万元）”3（照此算，界限是 130），前者多 1870"
    )


def test_a_rule_that_does_not_bind_a_body_is_not_applicable_to_it() -> None:
    content = zero_return(annual(), {"proactive.regulations.in_force": 1})
    found = outcome(annual(), sent(content, context=Context(body="省级政府")), annual().checks["VAL-02[in_force]"])
    assert found is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(("on_file", "level"), [(True, Severity.ERROR), (False, Severity.VERIFY)])
def test_a_figure_unlike_last_years_is_an_error_only_if_last_years_return_is_on_file(
    *, on_file: bool, level: Severity
) -> None:
    prior = {**NO_CARRY, "requests.carried_out.natural": 1, "requests.carried_out.total": 1}
    context = Context(prior={name: Decimal(value) for name, value in prior.items()} if on_file else {})
    (finding,) = judged(annual(), zero_return(annual(), {}, prior=prior), context)
    assert (finding.rule, finding.severity) == ("YOY-01", level)


def test_a_rule_without_exceptions_has_one_severity() -> None:
    context = Context(body="省级政府", prior={"requests.new.natural": Decimal(1)})
    (finding,) = judged(annual(), zero_return(annual(), {"requests.new.natural": 1}), context)
    assert finding.severity is Severity.ERROR
    assert severity(annual().checks["YOY-02[normative]"], context) is Severity.VERIFY


def test_without_last_years_figure_a_rule_about_it_is_not_applicable() -> None:
    one = sent(zero_return(annual(), {"requests.carried_in.natural": None}, prior={}))
    found = {outcome(annual(), one, annual().checks[f"YOY-01[{column}]"]) for column in COLUMNS}
    assert found == {Outcome.NOT_APPLICABLE}


# ---------------------------------------------------------------- explanations


def explained(text: str, values: Figures | None = None, beside: str = "YOY-02[normative]") -> Finding:
    given = values or {"proactive.normative.in_force": 12}
    content = zero_return(
        annual(),
        given,
        prior={"proactive.normative.in_force": 9},
        explanations={beside: text} if text else {},
    )
    (finding,) = judged(annual(), content)
    return finding


def test_an_explanation_that_says_something_is_accepted() -> None:
    finding = explained("年内清理规范性文件，补录三件。")
    assert finding.explanation == "年内清理规范性文件，补录三件。"
    assert finding.remedy == "请对照现行有效文件目录核对，文件清理后数目变化的也在此列。"


def test_without_an_explanation_one_is_asked_for() -> None:
    finding = explained("")
    assert finding.explanation == ""
    assert finding.remedy.endswith("；如情况属实，请在“情况说明”一栏（校验!H42）写明原因。")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("无", "没有说明原因"),
        ("属实", "没有说明原因"),
        ("情况属实", "是套话，没有说明原因"),
        ("情况属实。", "是套话，没有说明原因"),
        ("核实无误！", "是套话，没有说明原因"),
        (" 同上 ", "没有说明原因"),
        ("见上", "没有说明原因"),
        ("。。。。", "没有说明原因"),
        ("已核", "没有说明原因"),
        ("OK", "没有说明原因"),
        ("现行有效件数，应等于上年现行有效件数加本年制发件数减本年废止件数", "照抄了规则的文字"),
        ("请对照现行有效文件目录核对", "照抄了规则的文字"),
    ],
)
def test_what_is_no_explanation_is_refused_quoted_and_told_why(text: str, fault: str) -> None:
    finding = explained(text)
    assert finding.explanation == ""
    assert finding.remedy.endswith(f"；校验!H42 的说明“{text.strip()[:20]}”{fault}，请写明实际情况。")


def test_the_same_words_beside_a_rule_about_other_figures_are_a_copy() -> None:
    text = "年内清理规范性文件，补录三件。"
    for other, good in [("YOY-01[natural]", False), ("YOY-02[regulations]", True), ("BAL-02[normative]", True)]:
        content = replace(zero_return(annual()), explanations={"YOY-02[normative]": text, other: text})
        told = explanation_fault(annual(), content, "YOY-02[normative]", text)
        assert told == ("" if good else "与 YOY-01 的说明一字不差"), other


def test_an_explanation_does_not_excuse_an_error() -> None:
    finding = explained(
        "系统录入问题，以后改正。", {"requests.new.natural": 1, "proactive.normative.in_force": 9}, "BAL-01[natural]"
    )
    assert (finding.rule, finding.severity, finding.explanation) == ("BAL-01", Severity.ERROR, "")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("", False),
        ("   ", False),
        ("清理", False),
        ("清理文件", True),
        ("　清理文件。", True),
        ("清理。。", False),
        ("清清清清", False),
        ("核实无误", False),
        ("核实无误，上年漏报一件", True),
    ],
)
def test_an_explanation_has_four_characters_at_least_and_is_not_one_of_the_forms_empty_ones(
    text: str, *, good: bool
) -> None:
    content = Return(file="", sha256="", identity=Identity(), unit="", period="", numbers={})
    assert (explanation_fault(annual(), content, "YOY-02[normative]", text) == "") is good


# ---------------------------------------------------------------- what could not be checked


def blank(*variables: str) -> Finding:
    return Finding(rule="VAL-01", severity=Severity.ERROR, variables=variables, message="没有填")


def attached(values: Figures, *findings: Finding) -> list[Finding]:
    submission = sent(zero_return(annual(), values), *findings)
    return attach_undetermined(annual(), submission, confront(annual(), submission)[1])


def test_a_blank_names_the_rules_that_could_not_be_checked_for_want_of_it() -> None:
    (finding,) = attached({"requests.granted.legal": None}, blank("requests.granted.legal"))
    assert finding.message == "没有填；因此 SUM-02、SUM-01、BAL-01 共 6 项暂不能核对"
    assert set(finding.folded) == {
        *("SUM-02[granted]", "SUM-02[closed]", "SUM-01[legal]", "SUM-01[total]"),
        *("BAL-01[legal]", "BAL-01[total]"),
    }


def test_a_rule_is_named_once_at_the_first_blank_it_waits_for() -> None:
    first, second = attached(
        {"requests.new.legal": None, "requests.new.other": None},
        blank("requests.new.legal"),
        blank("requests.new.other"),
    )
    assert first.folded == ("SUM-02[new]", "BAL-01[legal]", "BAL-01[total]")
    assert second.folded == ("BAL-01[other]",)
    assert second.message == "没有填；因此 BAL-01暂不能核对"


def test_a_finding_that_holds_nothing_up_stays_as_it_is() -> None:
    other = replace(blank("requests.new.legal"), rule="VAL-10")
    idle = blank("overview.disclosure")
    found = attached({"requests.new.legal": None}, other, idle, blank("requests.new.legal"))
    assert found[:2] == [other, idle]
    assert found[2].folded


def test_a_rule_that_divides_by_zero_is_noted_by_itself() -> None:
    ratio = loads(
        """
        [form]
        id = "ratio"
        version = 1
        title = "比例"
        [[table]]
        id = "t"
        title = "表"
        rows = [{ id = "x", label = "X" }]
        columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }]
        [table.rules]
        R-01 = { rule = "a / b < 3", say = "甲不到乙的三倍" }
        """
    )
    submission = sent(zero_return(ratio, {"t.x.a": 1}))
    findings, open_ = confront(ratio, submission)
    assert findings == []
    (note,) = attach_undetermined(ratio, submission, open_)
    assert (note.rule, note.severity, note.outcome) == ("R-01", Severity.NOTE, Outcome.UNDETERMINED)
    assert (note.sheet, note.cells) == ("表", ("B4", "C4"))
    assert note.message == "甲不到乙的三倍。这一项算不出来（除数为 0），没有核对"


def verified(folder: Path, data: bytes) -> list[Finding]:
    path = folder / "return.xlsx"
    path.write_bytes(data)
    (verdict,) = verify([path])
    return [finding for finding in verdict.findings if finding.rule != "SIGN-01"]


def row_of(instrument: Instrument, row: str) -> list[str]:
    return [v.name for v in instrument.variables.values() if v.row == row and not v.derived]


def test_a_workbook_filled_with_zeros_has_no_findings(tmp_path: Path) -> None:
    assert verified(tmp_path, filled(annual())) == []


def test_the_blanks_of_a_row_are_one_finding(tmp_path: Path) -> None:
    found = verified(tmp_path, filled(annual(), blank=row_of(annual(), "granted")))
    assert [(f.rule, f.sheet, f.cell, f.row, f.outcome) for f in found] == [
        ("VAL-01", "申请情况", "D8", "三、本年度办理结果 （一）予以公开", Outcome.UNDETERMINED)
    ]
    assert found[0].cells == ("D8", "E8", "F8", "G8", "H8", "I8")
    assert found[0].message == "没有填（6 格：D8:I8）；因此 SUM-02、SUM-01、BAL-01 共 16 项暂不能核对"


def test_the_blanks_of_a_whole_table_are_one_finding(tmp_path: Path) -> None:
    names = [v.name for v in annual().variables.values() if v.table == "requests" and not v.derived]
    (finding,) = verified(tmp_path, filled(annual(), blank=names))
    assert finding.message == "整张表都没有填（144 格，从 D6 起）；因此 SUM-02、SUM-01、BAL-01 共 39 项暂不能核对"
    assert len(finding.folded) == 39


def test_a_text_in_a_number_cell_is_a_finding_that_names_the_rules_it_holds_up(tmp_path: Path) -> None:
    finding, *more = verified(tmp_path, filled(annual(), {"requests.new.natural": "10件"}))
    assert (finding.rule, finding.cell, finding.severity) == ("VAL-01", "D6", Severity.ERROR)
    assert finding.message == "“10件”带有单位或文字；因此 SUM-02暂不能核对"
    assert [(one.rule, one.severity, one.difference) for one in more] == [("BAL-01", Severity.VERIFY, 10)]
    (finding,) = verified(tmp_path, filled(annual(), {"requests.new.natural": "约10件"}))
    assert finding.message == "“约10件”不是数字；因此 SUM-02、BAL-01 共 3 项暂不能核对"


def test_figures_of_a_finding_are_exact(tmp_path: Path) -> None:
    values: Mapping[str, int] = {"requests.new.natural": 999_999_999_999}
    (finding,) = verified(tmp_path, filled(annual(), values))
    top = Decimal(999_999_999_999)
    assert (finding.left, finding.right, finding.difference) == (top, Decimal(0), top)
