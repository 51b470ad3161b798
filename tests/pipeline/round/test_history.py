"""What counts does not change without a word: settings, roster and newer files between two runs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from factories.rounds import FAULTY, GOOD, UNITS, begin, clock, put, reply, roster

from toolkit import __version__
from toolkit.cli.run import run
from toolkit.collection.changes import Change, basis_changes
from toolkit.collection.roster.roster import RosterError
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round import open as open_module
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.history import event_line, history, tell_changes
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import distribute, issue
from toolkit.pipeline.round.standing import decide, standings
from toolkit.pipeline.round.status import Run, progress

#: Above what an office usually takes in fees: asked about, unless the round makes it a note.
FEES = {"requests.new.natural": 3, "requests.granted.natural": 3, "proactive.fees.amount": 200_000}
NOTE = '\n[severity]\n"UNT-01" = "note"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "round"
    begin(place)
    for code, figures in (("001", FEES), ("002", GOOD), ("003", {"requests.new.natural": 0})):
        put(place, f"{code}.xlsx", reply(place, code, figures))
    with (place / "round.toml").open("a", encoding="utf-8") as out:
        out.write(NOTE)
    whole(place)
    return place


def whole(folder: Path, at: str = "2026-01-20 10:00", *, reports: bool = False) -> Run:
    with open_round(folder, clock=clock(at)) as round_:
        return consolidate_round(round_, SumRequest(reports=reports))


def status(folder: Path) -> Run:
    with open_round(folder, clock=clock(), alone=False) as round_:
        return progress(round_)


def edit(folder: Path, changed: Mapping[str, tuple[str, str] | None]) -> None:
    """Give units of the roster another code and name, or strike them off."""
    rows = []
    for code, name, *rest in UNITS:
        now = changed.get(code, (code, name))
        rows += [] if now is None else [(*now, *rest)]
    roster(folder / "名册.csv", rows)


def kinds(changes: tuple[Change, ...]) -> dict[str, tuple[str, str, str]]:
    return {one.code: (one.kind, one.before, one.after) for one in changes}


def test_a_severity_a_new_name_and_a_unit_struck_off_are_told_once_with_what_turned_them(folder: Path) -> None:
    settings = folder / "round.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(NOTE, ""), encoding="utf-8")
    edit(folder, {"002": ("002", "云岭区民政和社会工作局"), "003": None})
    before = status(folder)
    assert before.stale == 3
    assert any("编码 002 原来是“云岭区民政局”" in line for line in before.told)
    assert any("云岭区财政局（003）" in line for line in before.told)

    done = whole(folder, "2026-01-21 10:00")
    assert kinds(done.changes) == {
        "001": ("turned", "通过", "退回修改"),
        "002": ("turned", "通过", "收到的文件不能用"),
        "003": ("left", "通过", "不在名册"),
    }
    causes = {one.code: one.cause for one in done.changes}
    assert causes["001"].startswith("round.toml 的“UNT-01 = note”不再有效；UNT-01：")
    assert causes["002"].endswith("请写上“曾用编码”")
    assert "xxgk log 003" in causes["003"]
    after = status(folder)
    assert (after.stale, kinds(after.changes)) == (0, kinds(done.changes))
    assert "民政" not in after.reminder
    assert not any("002" in path.name for path in (folder / "退回").glob("*"))
    assert whole(folder, "2026-01-22 10:00").changes == ()


def test_what_turned_stands_in_the_history_of_its_unit_also_of_one_struck_off(folder: Path) -> None:
    edit(folder, {"003": None})
    whole(folder, "2026-01-21 10:00")
    with open_round(folder, alone=False) as round_:
        found = history(round_, "003")
    assert [one.revision for one in found.sent] == [1]
    assert "不再计入 第 1 版：通过 → 不在名册" in event_line(found.events[-1])


def test_results_stay_where_they_are_until_the_roster_is_cleared_up(folder: Path) -> None:
    whole(folder, reports=True)
    reports = folder / "成果" / "各单位报告"
    edit(folder, {"002": ("002", "云岭区民政和社会工作局"), "003": None})
    for day in ("2026-01-21 10:00", "2026-01-22 10:00"):
        done = whole(folder, day)
        assert (reports / "002-民政局").is_dir()
        assert any("没有移到“已作废”" in line for line in done.told)
    edit(folder, {"003": None})
    done = whole(folder, "2026-01-23 10:00")
    assert kinds(done.changes) == {"002": ("turned", "收到的文件不能用", "通过")}
    assert sorted(path.name for path in reports.iterdir()) == ["001-教育局", "002-民政局"]


def test_zeros_lost_in_the_roster_change_nothing_and_are_told_in_every_run(folder: Path) -> None:
    with open_round(folder, clock=clock()) as round_:
        sent = len(distribute(round_).written)
    lost = {code: (code.lstrip("0"), name) for code, name, *_ in UNITS if code.isdigit()}
    edit(folder, lost)
    assert sent == 4
    for day in ("2026-01-21 10:00", "2026-01-22 10:00"):
        found = status(folder)
        assert [one.code for one in found.standings if one.state.counts] == ["001", "002", "003"]
        assert found.reminder.splitlines()[-1].strip() == "石桥镇"
        done = whole(folder, day)
        assert done.changes == ()
        assert "丢了前面的 0（001→1、002→2、003→3、004→4、005→5）" in done.told[0]
        assert done.total.coverage == (3, 4)
    with open_round(folder, clock=clock()) as round_:
        again = distribute(round_)
    assert (again.written, again.strays, again.kept) == ((), (), 4)
    assert "丢了前面的 0" in again.told[0]


def test_zeros_lost_before_anything_was_sent_do_not_lose_last_years_figures(tmp_path: Path) -> None:
    old = tmp_path / "2024"
    begin(old, period="2024", deadline="2025-01-26")
    put(old, "a.xlsx", reply(old, "001", {"requests.new.natural": 3, "requests.carried_out.natural": 3}))
    whole(old)
    now = tmp_path / "2025"
    begin(now, previous=old)
    edit(now, {code: (code.lstrip("0"), name) for code, name, *_ in UNITS if code.isdigit()})
    with open_round(now, clock=clock()) as round_:
        assert issue(round_, round_.roster.find("教育局")).prior["requests.carried_out.natural"] == 3
        assert "001→1" in distribute(round_).told[0]


def test_a_unit_with_a_new_name_that_sent_nothing_is_still_reminded(folder: Path) -> None:
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
    edit(folder, {"004": ("004", "石桥街道办事处")})
    assert "石桥" in status(folder).reminder.splitlines()[-1]


def test_codes_and_names_out_of_step_stop_a_run_before_anything_is_judged(folder: Path) -> None:
    edit(folder, {"001": ("002", "云岭区教育局"), "002": ("001", "云岭区民政局")})
    with pytest.raises(RosterError, match="只给其中一列排了序"):
        whole(folder, "2026-01-21 10:00")
    edit(folder, {})
    assert whole(folder, "2026-01-22 10:00").changes == ()


def test_a_newer_file_that_replaces_the_one_that_counted_is_told_with_what_differs(folder: Path) -> None:
    put(folder, "改.xlsx", reply(folder, "002", {"requests.new.natural": 6, "requests.granted.natural": 6}))
    done = whole(folder, "2026-01-21 10:00")
    assert kinds(done.changes) == {"002": ("replaced", "第 1 版“002.xlsx”", "第 2 版“改.xlsx”")}
    assert done.changes[0].cause == "2 格不同：申请情况!D6 5→6、申请情况!D8 5→6"
    put(folder, "坏.xlsx", reply(folder, "002", FAULTY))
    assert whole(folder, "2026-01-22 10:00").changes == ()


def test_a_waiver_that_ran_out_is_named_as_what_turned_a_verdict(folder: Path) -> None:
    settings = folder / "round.toml"
    waiver = '\n[[waiver]]\nunit = "001"\nrule = "UNT-01"\nreason = "已核实"\nuntil = "2026-01-22"\n'
    settings.write_text(settings.read_text(encoding="utf-8").replace(NOTE, waiver), encoding="utf-8")
    whole(folder, "2026-01-21 10:00")
    (change,) = whole(folder, "2026-01-24 10:00").changes
    assert (change.before, change.after) == ("说明后通过", "退回修改")
    assert change.cause.startswith("round.toml 的“001 UNT-01：")
    assert "不再有效；UNT-01：" in change.cause


def test_what_was_ruled_about_another_unit_turned_nothing_here(folder: Path) -> None:
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace(NOTE, ""), encoding="utf-8")
    whole(folder, "2026-01-21 10:00")
    waiver = '\n[[waiver]]\nunit = "002"\nrule = "BAL-01"\nreason = "已核实"\nuntil = "2026-03-22"\n'
    settings.write_text(text + waiver, encoding="utf-8")
    (change,) = whole(folder, "2026-01-22 10:00").changes
    assert (change.code, change.after) == ("001", "通过")
    assert change.cause == "round.toml 的“UNT-01 = note”现在有效"


def test_a_code_that_was_changed_by_mistake_and_changed_back_is_not_told_any_more(folder: Path) -> None:
    edit(folder, {"002": ("B02", "云岭区民政局")})
    assert any("编码由 002 改成了 B02" in line for line in whole(folder, "2026-01-21 10:00").told)
    edit(folder, {})
    done = whole(folder, "2026-01-22 10:00")
    assert (done.told, done.changes) == ((), ())
    assert [one.state.counts for one in done.standings if one.code == "002"] == [True]


def test_a_new_program_is_named_with_its_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = folder / "round.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(NOTE, ""), encoding="utf-8")
    monkeypatch.setattr(open_module, "__version__", "99.1")
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert change.cause.startswith("round.toml 的“UNT-01 = note”不再有效；UNT-01：")
    assert list(basis_changes({"程序版本": __version__}, {"程序版本": "99.1"})) == [
        f"程序版本由 {__version__} 换成了 99.1"
    ]
    assert list(basis_changes({"名册": "a"}, {"名册": "b"})) == ["名册有改动"]
    assert list(basis_changes({}, {"名册": "b"})) == []


def test_a_draft_that_comes_after_the_final_version_is_told_as_saved_earlier(folder: Path) -> None:
    draft = put(folder, "初稿.xlsx", reply(folder, "002", {"requests.new.natural": 6, "requests.granted.natural": 6}))
    os.utime(draft, (1_600_000_000, 1_600_000_000))
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert (change.kind, change.after) == ("replaced", "第 2 版“初稿.xlsx”")
    assert change.cause == "2 格不同：申请情况!D6 5→6、申请情况!D8 5→6；后收到的这一份保存得更早，请核实是不是旧稿"


def test_a_unit_that_is_not_to_report_any_more_is_told_once(folder: Path) -> None:
    rows = [(*row[:6], "否", *row[7:]) if row[0] == "003" else row for row in UNITS]
    roster(folder / "名册.csv", rows)
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert (change.kind, change.before, change.after) == ("left", "通过", "不报送")
    assert whole(folder, "2026-01-22 10:00").changes == ()


@pytest.mark.parametrize(("strike", "gone"), [(True, "不在名册"), (False, "不报送")])
def test_a_unit_that_left_is_told_in_every_run_and_again_when_it_is_back(
    folder: Path, capsys: pytest.CaptureFixture[str], *, strike: bool, gone: str
) -> None:
    others = [row for row in UNITS if row[0] != "003"]
    named = [(*row[:6], "否", *row[7:]) for row in UNITS if row[0] == "003"]
    roster(folder / "名册.csv", others if strike else [*others, *named])
    assert whole(folder, "2026-01-21 10:00").told[0].startswith("不再计入的单位以前的报告还留在“成果”里")
    for command in ("consolidate", "collect", "status"):
        run([command, str(folder), "--fail-on", "never"] if command != "status" else [command, str(folder)])
        out = capsys.readouterr().out
        assert re.search(r"报过表、现在.*云岭区财政局（003）。它们的数没有计入", out), command
        assert out.count("云岭区财政局") == 1, command
    roster(folder / "名册.csv")
    (change,) = whole(folder, "2026-01-23 10:00").changes
    assert (change.kind, change.told) == ("back", f"{gone} → 通过（重新计入）")
    run(["log", "003", str(folder)])
    assert f"恢复报送 第 1 版：{gone} → 通过（重新计入）" in capsys.readouterr().out
    done = whole(folder, "2026-01-24 10:00")
    assert (done.changes, done.told) == ((), ())


def test_two_files_that_came_together_are_told_at_length_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (6, 7):
        sent = {"requests.new.natural": number, "requests.granted.natural": number}
        os.utime(put(folder, f"{number}.xlsx", reply(folder, "004", sent)), (1_700_000_000, 1_700_000_000))
    outputs = []
    for command in ("collect", "collect", "consolidate", "status"):
        run([command, str(folder), "-v"])
        outputs.append(capsys.readouterr().out)
    assert ["请选定 1 个  石桥镇：同一批收到 2 份" in out for out in outputs] == [True] * 4
    assert [out.count("保存时间相同") for out in outputs] == [2, 1, 1, 2]
    assert [out.count("还没有指定，见 xxgk status") for out in outputs] == [0, 1, 1, 0]


def test_two_files_that_push_out_the_one_that_counted_are_a_turn_in_its_history(folder: Path) -> None:
    for number in (6, 7):
        sent = {"requests.new.natural": number, "requests.granted.natural": number}
        os.utime(put(folder, f"甲{number}乙.xlsx", reply(folder, "001", sent)), (1_900_000_000, 1_900_000_000))
    changes = [one for one in whole(folder, "2026-01-21 10:00").changes if one.kind == "turned"]
    assert [(one.code, one.before, one.after) for one in changes] == [("001", "通过", "收到几份不同的表，待选定")]
    assert changes[0].cause.startswith("退出汇总：原来计入的是第 1 版，现在没有计入。同一批收到 2 份不同的有效文件")
    with open_round(folder, alone=False) as round_:
        assert [one.kind for one in history(round_, "001").events][-1] == "turned"


def test_an_old_decision_is_no_cause_of_what_turned_later(folder: Path) -> None:
    with open_round(folder, clock=clock("2026-01-21 10:00")) as round_:
        decide(round_, "pin", round_.roster.find("教育局"), 1, "电话核实")
    assert whole(folder, "2026-01-22 10:00").changes == ()
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace(NOTE, ""), encoding="utf-8")
    (change,) = whole(folder, "2026-01-23 10:00").changes
    assert change.cause.startswith("round.toml 的“UNT-01 = note”不再有效")
    settings.write_text(text, encoding="utf-8")
    (change,) = whole(folder, "2026-01-24 10:00").changes
    assert change.cause == "round.toml 的“UNT-01 = note”现在有效"


def test_what_the_clerk_decided_is_told_as_her_decision(folder: Path) -> None:
    with open_round(folder, clock=clock("2026-01-21 10:00")) as round_:
        decide(round_, "withdraw", round_.roster.find("民政局"), 1, "单位来函")
    (change,) = whole(folder, "2026-01-22 10:00").changes
    assert (change.kind, change.before, change.after) == ("turned", "通过", "未报送")
    assert change.cause.endswith("撤回 第 1 版：单位来函")


def test_a_unit_left_out_and_taken_in_again_is_told_both_times(folder: Path) -> None:
    rows = [(*row[:7], "撤销", "") if row[0] == "003" else row for row in UNITS]
    roster(folder / "名册.csv", rows)
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert (change.after, change.cause) == ("不纳入", "名册写明不纳入：撤销")
    roster(folder / "名册.csv")
    (change,) = whole(folder, "2026-01-22 10:00").changes
    assert (change.kind, change.before, change.after) == ("back", "不纳入", "通过")
    assert change.cause == "名册里清空了“不纳入原因”"


def test_another_kind_of_body_in_the_roster_is_named_as_what_turned_a_verdict(folder: Path) -> None:
    city = [(*row[:3], "设区的市级政府", *row[4:]) if row[0] == "004" else row for row in UNITS]
    roster(folder / "名册.csv", city)
    put(
        folder, "004.xlsx", reply(folder, "004", {"proactive.regulations.made": 1, "proactive.regulations.in_force": 1})
    )
    whole(folder)
    roster(folder / "名册.csv")
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert (change.before, change.after) == ("通过", "退回修改")
    assert change.cause.startswith("名册里的机关类别由“设区的市级政府”改成了“乡镇政府或街道办事处”；VAL-02：")


def test_the_screen_and_the_json_tell_the_same_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder, {"003": None})
    capsys.readouterr()
    assert run(["collect", str(folder), "--fail-on", "never"]) == 0
    assert "变化  云岭区财政局：通过 → 不在名册（" in capsys.readouterr().out
    run(["status", str(folder), "--format", "json"])
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert {key: change[key] for key in ("unit", "kind", "before", "after")} == {
        "unit": "云岭区财政局",
        "kind": "left",
        "before": "通过",
        "after": "不在名册",
    }
    with open_round(folder) as round_:
        collect(round_)
        assert tell_changes(round_, standings(round_)) == ()


def test_a_pin_that_lapses_and_the_ruling_that_turned_the_revision_are_told_with_the_one_that_takes_its_place(
    folder: Path,
) -> None:
    put(folder, "改.xlsx", reply(folder, "001", GOOD))
    whole(folder)
    with open_round(folder, clock=clock("2026-01-20 11:00")) as round_:
        decide(round_, "pin", round_.roster.find("教育局"), 1, "电话核实")
    whole(folder)
    settings = folder / "round.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(NOTE, ""), encoding="utf-8")
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert (change.kind, change.after) == ("replaced", "第 2 版“改.xlsx”")
    assert "第 1 版不再通过：round.toml 的“UNT-01 = note”不再有效；UNT-01：" in change.cause
    assert change.cause.endswith("原来指定的第 1 版不再通过，指定不起作用了")


def test_a_unit_renamed_and_recoded_at_once_is_asked_about_and_told_when_it_is_back(folder: Path) -> None:
    def now(former: str) -> None:
        new = ("007", "云岭区民政和社会工作局", "民社局", "政府部门", "Q1", "", "", "", former)
        roster(folder / "名册.csv", [new if row[0] == "002" else row for row in UNITS])

    now("")
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert (change.code, change.kind) == ("002", "left")
    assert "新添了“云岭区民政和社会工作局”（007）：是同一单位的，请在它的“曾用编码”里写上 002" in change.cause
    now("002")
    (change,) = whole(folder, "2026-01-22 10:00").changes
    assert (change.code, change.kind, change.after, change.cause) == ("007", "back", "通过", "重新计入")
    assert whole(folder, "2026-01-23 10:00").changes == ()


def test_a_unit_that_leaves_while_nobody_comes_is_asked_about_nobody(folder: Path) -> None:
    edit(folder, {"003": None, "002": ("B02", "云岭区民政局")})
    (change,) = [one for one in whole(folder, "2026-01-21 10:00").changes if one.kind == "left"]
    assert "新添了" not in change.cause


def test_what_in_the_roster_made_a_unit_count_again_is_named(folder: Path) -> None:
    renamed = "云岭区民政和社会工作局"
    edit(folder, {"002": ("002", renamed)})
    (change,) = whole(folder, "2026-01-21 10:00").changes
    assert (change.unit, change.cause) == (
        "云岭区民政局",
        "名册里编码 002 改了名；是同一单位的，请写上“曾用编码”",
    )
    roster(folder / "名册.csv", [(row[0], renamed, *row[2:8], "002") if row[0] == "002" else row for row in UNITS])
    (change,) = whole(folder, "2026-01-22 10:00").changes
    assert (change.after, change.cause) == ("通过", "名册里写上了曾用编码 002")


def test_another_unit_that_is_given_the_code_of_one_that_left_had_never_passed(folder: Path) -> None:
    edit(folder, {"003": None})
    whole(folder, "2026-01-21 10:00")
    edit(folder, {"003": ("003", "云岭区水务局")})
    done = whole(folder, "2026-01-22 10:00")
    assert done.changes == ()
    assert any("编码 003 原来是“云岭区财政局”" in line for line in done.told)
