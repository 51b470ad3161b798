"""What an office decides for one round: severities, units let off a rule, control totals."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from factories.rounds import FAULTY, GOOD, Value, begin, clock, put, reply
from factories.workbooks import edited

from toolkit.errors import SettingsError
from toolkit.forms.layout import explain_name
from toolkit.instrument.catalogue import load
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Verdict
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import distribute
from toolkit.pipeline.round.standing import standings

#: Accepted by nobody without a word: more files in force than there were, less what was repealed.
STRANGE: Mapping[str, Value] = {"proactive.normative.made": 5, "proactive.normative.in_force": 2}
LONG = (
    "坚持以公开为常态、不公开为例外，围绕中心工作和群众关切，持续做好决策、执行、管理、服务、结果公开，"
    "不断提升公开的质量和实效，全年工作取得了新的进展，群众满意度有所提高。"
)


def rule(folder: Path, text: str) -> None:
    settings = folder / "round.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + text, encoding="utf-8")


def judged(folder: Path, at: str = "2026-01-20 10:00") -> dict[str, Verdict]:
    """The newest verdict of each unit that sent something."""
    with open_round(folder, clock=clock(at)) as round_:
        collect(round_)
        return {one.code: one.newest for one in standings(round_) if one.newest is not None}


def words(path: Path) -> str:
    """All texts of a workbook."""
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def only(verdict: Verdict, code: str) -> Finding:
    (finding,) = [one for one in verdict.findings if one.rule == code]
    return finding


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    put(tmp_path / "round", "a.xlsx", reply(tmp_path / "round", "001", STRANGE))
    put(tmp_path / "round", "b.xlsx", reply(tmp_path / "round", "002", STRANGE))
    return tmp_path / "round"


def test_a_round_sets_a_severity_otherwise_and_judges_again(folder: Path) -> None:
    assert judged(folder)["001"].status is Status.RETURNED
    rule(folder, '[severity]\n"BAL-02" = "note"\n')
    again = judged(folder)
    assert {code: one.status for code, one in again.items()} == {"001": Status.ACCEPTED, "002": Status.ACCEPTED}
    assert only(again["002"], "BAL-02").severity is Severity.NOTE


def test_a_waiver_lets_one_unit_off_one_rule_until_its_day(folder: Path) -> None:
    rule(
        folder,
        '[[waiver]]\nunit = "云岭区教育局"\nrule = "BAL-02"\nreason = "文件清理未结束"\nuntil = "2026-01-25"\n',
    )
    found = judged(folder)
    waived = only(found["001"], "BAL-02")
    assert found["001"].status is Status.EXPLAINED
    assert waived.severity is Severity.VERIFY
    assert waived.explanation == "收表单位同意不按此条核对（至 2026-01-25）：文件清理未结束"
    assert found["002"].status is Status.RETURNED
    assert judged(folder, "2026-01-25 23:00")["001"].status is Status.EXPLAINED
    assert judged(folder, "2026-01-26 00:30")["001"].status is Status.RETURNED


SAID = "文件清理后两件合并为一件，并入上年目录。"
ONLY = """
[severity]
"YOY-02" = "error"
[[waiver]]
unit = "001"
rule = "YOY-02"
reason = "清理规范性文件"
until = "2026-03-31"
explain = true
"""


@pytest.fixture
def unlike_last_year(tmp_path: Path) -> Path:
    """Two units whose documents do not follow from last year's, both with an explanation."""
    begin(folder := tmp_path / "round")
    told = {"last_year.proactive.normative.in_force": 5, "proactive.normative.in_force": 3}
    for code in ("001", "002"):
        put(folder, f"{code}.xlsx", reply(folder, code, {**told, explain_name("YOY-02[normative]"): SAID}))
    return folder


def test_only_the_units_named_may_explain_and_others_are_told_to_correct(unlike_last_year: Path) -> None:
    folder = unlike_last_year
    before = judged(folder)
    assert {before[code].status for code in ("001", "002")} == {Status.EXPLAINED}
    rule(folder, ONLY)
    found = judged(folder)
    assert {code: found[code].status.value for code in ("001", "002")} == {"001": "explained", "002": "returned"}
    may, must = only(found["001"], "YOY-02"), only(found["002"], "YOY-02")
    assert (may.severity, may.explanation) == (Severity.VERIFY, SAID)
    assert (must.severity, must.explanation) == (Severity.ERROR, "")
    assert must.remedy.endswith("本轮这一条须改正，写情况说明不能代替。")
    assert "须改正" not in may.remedy
    assert judged(folder, "2026-04-01 10:00")["001"].status is Status.RETURNED


def test_a_unit_that_may_explain_has_to_say_something(unlike_last_year: Path) -> None:
    told = {"last_year.proactive.normative.in_force": 5, "proactive.normative.in_force": 3}
    put(unlike_last_year, "001.xlsx", reply(unlike_last_year, "001", told))
    rule(unlike_last_year, ONLY)
    found = judged(unlike_last_year)["001"]
    assert (found.status, only(found, "YOY-02").explanation) == (Status.RETURNED, "")
    assert "请在“情况说明”一栏" in only(found, "YOY-02").remedy


def test_on_the_sum_it_is_no_worse_than_what_the_units_explained(unlike_last_year: Path) -> None:
    (unlike_last_year / "收件" / "002.xlsx").unlink()
    rule(unlike_last_year, ONLY)
    with open_round(unlike_last_year, clock=clock()) as round_:
        done = consolidate_round(round_, SumRequest(reports=False))
    (one,) = [one for one in done.findings if one.rule == "YOY-02"]
    assert (one.severity, SAID in one.explanation) == (Severity.VERIFY, True)


def test_a_format_that_fails_leaves_the_others_of_the_report_where_they_are(tmp_path: Path) -> None:
    begin(folder := tmp_path / "round")
    put(folder, "1.xlsx", reply(folder, "001", GOOD))
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_, SumRequest(reports=False))
    page = docx.Document()
    page.add_paragraph("{{ nothing")
    page.save(str(folder / "我的.docx"))
    settings = folder / "round.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('template = ""', 'template = "我的.docx"'), encoding="utf-8"
    )
    with open_round(folder, clock=clock("2026-01-21 10:00")) as round_:
        done = consolidate_round(round_, SumRequest(reports=False))
    assert any("其余格式已写在" in fault for fault in done.faults)
    endings = {path.suffix for path in (folder / "成果").iterdir() if "年度报告" in path.name}
    assert endings >= {".html", ".pdf", ".md"}
    assert {path.suffix for path in done.files if "年度报告" in path.name} >= {".html", ".pdf", ".md"}


@pytest.mark.parametrize(
    "ruling",
    [
        '[[waiver]]\nunit = "001"\nrule = "BAL-01"\nreason = "台账待核"\nuntil = "2026-03-31"\n',
        '[severity]\n"BAL-01" = "note"\n',
    ],
)
def test_what_the_office_decided_about_a_rule_holds_for_the_sum_too(tmp_path: Path, ruling: str) -> None:
    begin(folder := tmp_path / "round")
    for code in ("001", "002", "003", "004"):
        put(folder, f"{code}.xlsx", reply(folder, code, FAULTY if code == "001" else GOOD))
    with open_round(folder, clock=clock()) as round_:
        before = consolidate_round(round_, SumRequest(reports=False))
    assert before.exit_code("error") == 1
    rule(folder, ruling)
    with open_round(folder, clock=clock()) as round_:
        done = consolidate_round(round_, SumRequest(reports=False))
    told = [one for one in done.findings if one.rule == "BAL-01"]
    assert len(done.total.members) == 4
    assert told
    assert all(one.severity is Severity.NOTE or (one.severity is Severity.VERIFY and one.explanation) for one in told)
    assert done.exit_code("error") == 0


def test_a_waiver_for_one_unit_does_not_cover_what_another_adds_to_the_sum(tmp_path: Path) -> None:
    begin(folder := tmp_path / "round")
    rule(folder, '[[waiver]]\nunit = "001"\nrule = "BAL-01"\nreason = "台账待核"\nuntil = "2026-03-31"\n')
    for code in ("001", "002"):
        put(folder, f"{code}.xlsx", reply(folder, code, FAULTY))
    with open_round(folder, clock=clock()) as round_:
        done = consolidate_round(round_, SumRequest(reports=False, everything=True))
    told = [one for one in done.findings if one.rule == "BAL-01"]
    assert told
    assert all(one.severity is Severity.ERROR and not one.explanation for one in told)


def test_a_waiver_covers_an_error_and_says_so_in_the_results(folder: Path) -> None:
    put(folder, "c.xlsx", reply(folder, "003", FAULTY))
    rule(folder, '[[waiver]]\nunit = "003"\nrule = "BAL-01"\nreason = "台账待核"\nuntil = "2026-03-31"\n')
    assert judged(folder)["003"].status is Status.EXPLAINED
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_, SumRequest(reports=False))
    told = json.loads((folder / "成果" / "校验结果.json").read_text(encoding="utf-8"))
    texts = json.dumps(told, ensure_ascii=False)
    assert "收表单位同意不按此条核对（至 2026-03-31）：台账待核" in texts
    assert "台账待核" in (folder / "成果" / "board.html").read_text(encoding="utf-8")
    assert "说明：收表单位同意不按此条核对（至 2026-03-31）：台账待核" in words(folder / "成果" / "汇总表.xlsx")


def test_a_units_explanation_travels_into_the_consolidated_workbook_and_the_board(tmp_path: Path) -> None:
    folder, said = tmp_path / "round", "年内集中清理，三件并入一件。"
    begin(folder)
    with open_round(folder) as round_:
        (key,) = [one for one in round_.kind.checks if one.startswith("BAL-02#2[normative")]
    put(folder, "a.xlsx", reply(folder, "001", {**STRANGE, explain_name(key): said}))
    assert judged(folder)["001"].status is Status.EXPLAINED
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_, SumRequest(reports=False))
    assert f"说明：{said}" in words(folder / "成果" / "汇总表.xlsx")
    assert said in (folder / "成果" / "board.html").read_text(encoding="utf-8")


def test_where_the_slip_may_be_is_told_in_the_copy_the_notice_and_the_board(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    begin(folder)
    put(folder, "a.xlsx", reply(folder, "001", {"disputes.review.upheld": 31, "disputes.review.total": 13}))
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_, SumRequest(reports=False))
    told = "（复议诉讼!E6）现为 13，或应为 31（相邻两位数字颠倒）"
    (copy,) = (folder / "退回").glob("*.xlsx")
    (notice,) = (folder / "退回").glob("*.txt")
    assert told in words(copy)
    assert told in notice.read_text(encoding="utf-8-sig")
    assert told in (folder / "成果" / "board.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[severity]\n"BAL-99" = "note"\n', "没有规则“BAL-99”"),
        ('[severity]\n"BAL-02" = "fatal"\n', "[severity] BAL-02：级别只能是 error、verify、note"),
        ('[severity]\n"SUM-03" = "verify"\n', "模板里这条规则没有“情况说明”一栏，不能设为 verify"),
        ('[[waiver]]\nunit = "丁局"\nrule = "BAL-02"\nreason = "因"\nuntil = "2026-03-31"\n', "名册里没有“丁局”"),
        ('[[waiver]]\nunit = "001"\nrule = "X-01"\nreason = "因"\nuntil = "2026-03-31"\n', "没有规则“X-01”"),
        (
            '[[waiver]]\nunit = "001"\nrule = "BAL-02"\nreason = ""\nuntil = "2026-03-31"\n',
            "第 1 个 [[waiver]]：缺少“reason”",
        ),
        (
            '[[waiver]]\nunit = "001"\nrule = "BAL-02"\nreason = "因"\nuntil = "明年"\n',
            "第 1 个 [[waiver]]：until“明年”不对，应写成",
        ),
        (ONLY.replace("error", "verify"), "[[waiver]] 001：要让它说明 YOY-02"),
        (ONLY.replace("YOY-02", "BAL-01"), "[[waiver]] 001：要让它说明 BAL-01"),
        ('[[waiver]]\nunit = "001"\nrules = "BAL-02"\n', "第 1 个 [[waiver]]：不认识“rules”，是不是“rule”？"),
    ],
)
def test_a_faulty_ruling_is_told_and_nothing_is_judged(folder: Path, text: str, problem: str) -> None:
    rule(folder, text)
    with pytest.raises(SettingsError) as caught, open_round(folder):
        pass
    assert any(problem in one for one in caught.value.problems), caught.value.problems


# ---------------------------------------------------------------- control totals


def with_controls(folder: Path, units: dict[str, dict[str, int]]) -> None:
    """Distribute with control totals and send back each unit's own workbook, filled by its names."""
    rule_file = folder / "round.toml"
    text = rule_file.read_text(encoding="utf-8")
    rule_file.write_text(text.replace("controls = false", "controls = true"), encoding="utf-8")
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
        kind = round_.issued
    right = {name: 0 for name in kind.names if name not in kind.rules.formulas}
    for code, changed in units.items():
        (sent,) = (folder / "发放").glob(f"*{code}*.xlsx")
        entries = {**right, **changed}

        def fill(book: openpyxl.Workbook, entries: dict[str, int] = entries) -> None:
            for name, value in [*entries.items(), *((n, "已写。") for n, t in kind.form.texts.items() if t.required)]:
                sheet, _, cell = str(book.defined_names[name].attr_text).rpartition("!")
                book[sheet.strip("'")][cell.replace("$", "")].value = value

        put(folder, f"{code}.xlsx", edited(sent.read_bytes(), fill))


def test_control_totals_are_asked_for_compared_and_never_added_up(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    begin(folder)
    kind = load("zfxxgk-2021" + CONTROLS)
    hand = {check.keys[0].name: check.keys[1].name for check in kind.rules.rule("CTL-01")}
    assert len(hand) == 25 + 3
    good = {**{name: int(v) for name, v in GOOD.items() if isinstance(v, int)}}
    right = {hand[f"requests.{row}.total"]: 5 for row in ("new", "granted", "closed")}
    wrong = {**right, hand["requests.granted.total"]: 6}
    with_controls(folder, {"001": {**good, **right}, "002": {**good, **wrong}})
    found = judged(folder)
    assert found["001"].status is Status.ACCEPTED, found["001"].findings
    finding = only(found["002"], "CTL-01")
    assert (finding.severity, finding.left, finding.right) == (Severity.ERROR, Decimal(6), Decimal(5)) or (
        finding.left,
        finding.right,
    ) == (Decimal(5), Decimal(6))
    assert found["002"].status is Status.RETURNED
    with open_round(folder, clock=clock()) as round_:
        done = consolidate_round(round_, SumRequest(reports=False))
    assert done.total.sums["requests.new.total"] == 5
    assert not [name for name in done.total.sums if name in set(hand.values())]
    book = openpyxl.load_workbook(io.BytesIO((folder / "成果" / "汇总表.xlsx").read_bytes()))
    assert not [name for name in book.sheetnames if "手工合计" in name]


# ---------------------------------------------------------------- the same words


def test_units_with_the_same_words_are_named_together(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    begin(folder)
    for code, words in [("001", LONG), ("002", LONG + "全年公开 77 条。"), ("003", LONG[::-1])]:
        put(folder, f"{code}.xlsx", reply(folder, code, {"overview.disclosure": words}))
    with open_round(folder, clock=clock()) as round_:
        done = consolidate_round(round_, SumRequest(reports=False))
    (finding,) = [one for one in done.findings if one.rule == "SIM-01"]
    assert finding.message.startswith("“云岭区教育局”、“云岭区民政局”的文字几乎相同")
    assert "财政局" not in finding.message


def test_words_of_last_years_round_are_on_file(tmp_path: Path) -> None:
    old, new = tmp_path / "2024", tmp_path / "2025"
    begin(old, period="2024", deadline="2025-01-26", at="2024-12-20 09:00")
    put(old, "a.xlsx", reply(old, "001", {"overview.disclosure": LONG}))
    with open_round(old, clock=clock("2025-01-20 09:00")) as round_:
        collect(round_)
    begin(new, previous=old)
    put(new, "a.xlsx", reply(new, "001", {"overview.disclosure": LONG}))
    put(new, "b.xlsx", reply(new, "002", {"overview.disclosure": LONG}))
    found = judged(new)
    assert only(found["001"], "SIM-01").message == "与上年的文字完全相同"
    assert found["001"].status is Status.ACCEPTED
    assert [one for one in found["002"].findings if one.rule == "SIM-01"] == []


# ---------------------------------------------------------------- another unit's name


def test_a_text_that_speaks_of_another_unit_of_the_roster_is_told(tmp_path: Path) -> None:
    """The second unit is; one that only names another, and one that names itself, are not."""
    folder = tmp_path / "round"
    begin(folder)
    words_of = {
        "001": "与云岭区民政局联合开展培训。",
        "002": "云岭区教育局高度重视政府信息公开工作。",
        "003": "云岭区财政局高度重视政府信息公开工作。",
    }
    for code, text in words_of.items():
        put(folder, f"{code}.xlsx", reply(folder, code, {"overview.disclosure": text}))
    found = judged(folder)
    assert "这里写的是“云岭区教育局”" in only(found["002"], "TYP-02").message
    assert found["002"].status is Status.RETURNED
    assert [one for code in ("001", "003") for one in found[code].findings if one.rule == "TYP-02"] == []
    assert found["001"].context.named == ("云岭区民政局",)


# ---------------------------------------------------------------- the report of the sum


def test_the_settings_and_the_round_before_say_what_the_areas_report_says(tmp_path: Path) -> None:
    old, new = tmp_path / "2024", tmp_path / "2025"
    begin(old, period="2024", deadline="2025-01-26", at="2024-12-20 09:00")
    for code in ("001", "002"):
        put(old, f"{code}.xlsx", reply(old, code, GOOD))
    with open_round(old, clock=clock("2025-01-20 09:00")) as round_:
        total = consolidate_round(round_, SumRequest(reports=False)).total
    begin(new, previous=old)
    settings = new / "round.toml"
    text = settings.read_text(encoding="utf-8")
    for key, value in (("office", '"某办"'), ("phone", '"0000-1"'), ("date", '"2026-01-09"'), ("annex", "true")):
        empty = f"{key} = {'false' if value == 'true' else chr(34) * 2} "
        assert text.count(f"\n{empty}") == 1
        text = text.replace(f"\n{empty}", f"\n{key} = {value} ")
    settings.write_text(text, encoding="utf-8")
    put(new, "001.xlsx", reply(new, "001", GOOD))
    with open_round(new, clock=clock()) as round_:
        about = round_.about
        done = consolidate_round(round_, SumRequest(reports=False))
    assert about.published == total.sums
    assert (about.office, about.date, about.cover["cover.phone"]) == ("某办", "2026年1月9日", "0000-1")
    (report,) = (new / "成果").glob("*年度报告.md")
    words = report.read_text(encoding="utf-8")
    published, now = (int(one.sums["requests.new.total"]) for one in (total, done.total))
    assert f"比上年公布的{published}件减少{published - now}件" in words
    assert "请与某办联系，电话：0000-1。" in words
    assert re.search(r"2026年1月9日\n\n附：纳入本报告统计的单位有.+，共1个单位。$", words.rstrip())
    assert list((new / "成果").glob("*年度报告.docx"))
    assert not list((new / "成果").glob("附：*"))


def test_without_figures_of_the_year_before_nothing_is_taken_for_published(tmp_path: Path) -> None:
    begin(tmp_path / "2025")
    with open_round(tmp_path / "2025", clock=clock(), alone=False) as round_:
        assert round_.about.published == {}
    (tmp_path / "成果").mkdir()
    (tmp_path / "成果" / "汇总数.json").write_text('{"form": 1}', encoding="utf-8")
    settings = tmp_path / "2025" / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('previous = ""', f"previous = {json.dumps(str(tmp_path))}"), encoding="utf-8")
    with open_round(tmp_path / "2025", clock=clock(), alone=False) as round_:
        assert round_.about.published == {}
