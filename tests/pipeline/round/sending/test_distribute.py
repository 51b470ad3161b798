"""A form that the office changes after its workbooks went out: what was sent is read as it was sent."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path, PurePosixPath

import pytest
from factories import rounds
from factories.rounds import clock, put, roster
from factories.workbooks import edited

from toolkit.cli.run import run
from toolkit.instrument import catalogue
from toolkit.model.returns import FiledVerdict
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.check import check_books
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import Issued, distribute, issue
from toolkit.pipeline.round.start import start
from toolkit.pipeline.round.status import Run
from toolkit.workbook.template.write import write_template

FIRST = """
form = { id = "visits", version = 1, title = "来访接待情况表", period = "quarter" }
[[table]]
id = "visits"
title = "接待情况"
columns = [ { id = "day", label = "白天" }, { id = "night", label = "夜间" }, { id = "all", label = "合计" } ]
rows = [ { id = "came", label = "来访" }, { id = "met", label = "接待" }, { id = "left", label = "未接待" } ]
formulas = { SUM-1 = "all = day + night" }
rules = { BAL-1 = "came = met + left" }
"""
ROW = '{ id = "gone", label = "自行离开" }, { id = "left"'
SECOND = (
    FIRST.replace("version = 1", "version = 2, accepts = [1, 2]")
    .replace('{ id = "left"', ROW)
    .replace("met + left", "met + gone + left")
)
#: The row 未接待 has another id, and its formula knows last year's figure.
ASKED = 'YOY = { rule = "left <= left[上年] + 100", severity = "verify" }, BAL-1'
FIRST_ASKED = FIRST.replace("BAL-1", ASKED)
THIRD = SECOND.replace("BAL-1", ASKED).replace("left", "refused")
RENAMES = '[accepts.1]\n"visits.left.*" = "visits.refused.*"\n'
UNITS = [("", name, name[3:], "", "", "", "", "", "") for name in ("云岭区教育局", "云岭区民政局", "云岭区财政局")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    define(tmp_path, FIRST)
    listed = roster(tmp_path / "roster.csv", UNITS)
    start(tmp_path / "round", "2025-Q1", listed, form=str(tmp_path / "visits"), clock=clock())
    return tmp_path / "round"


def define(place: Path, text: str) -> None:
    """Write the definition, as another run would find it."""
    (place / "visits").mkdir(exist_ok=True)
    (place / "visits" / "form.toml").write_text(text, encoding="utf-8")
    catalogue._load.cache_clear()


def send(folder: Path) -> Issued:
    with open_round(folder, clock=clock()) as round_:
        return distribute(round_)


def reply(folder: Path, code: str, **figures: int) -> bytes:
    """A unit's own workbook of the form as it is now, filled with zeros but for some figures of the day."""
    with open_round(folder, alone=False) as round_:
        given, kind = issue(round_, round_.roster.by_code[code]), round_.kind
        zeros = {name: Decimal(0) for name, one in kind.variables.items() if not one.derived}
        values = {**zeros, **{f"visits.{row}.day": Decimal(count) for row, count in figures.items()}}
        return write_template(kind, replace(given, values=values))


def whole(folder: Path) -> Run:
    with open_round(folder, clock=clock()) as round_:
        return consolidate_round(round_, SumRequest(reports=True))


def verdicts(done: Run) -> dict[str, FiledVerdict]:
    return {one.code: one.newest for one in done.standings if one.newest is not None}


def test_a_workbook_of_an_older_version_is_read_by_the_layout_it_was_sent_with(folder: Path) -> None:
    send(folder)
    late = reply(folder, "002", came=4, met=4)
    wrong = reply(folder, "003", came=4, met=3)
    put(folder, "一.xlsx", reply(folder, "001", came=3, met=2, left=1))
    whole(folder)
    define(folder.parent, SECOND)
    send(folder)
    put(folder, "二.xlsx", late)
    put(folder, "三.xlsx", wrong)
    done = whole(folder)
    assert {code: one.status.value for code, one in verdicts(done).items()} == {
        "001": "accepted",
        "002": "accepted",
        "003": "returned",
    }
    assert done.changes == ()
    (fault,) = [one for one in verdicts(done)["003"].findings if one.severity.value == "error"]
    assert (fault.rule, fault.cell) == ("BAL-1", "B4")
    assert any(path.suffix == ".xlsx" for path in done.handed.written)
    put(folder, "新.xlsx", reply(folder, "003", came=5, met=4, gone=1))
    done = whole(folder)
    assert done.total.coverage == (3, 3)
    assert done.total.sums["visits.came.all"] == 12
    assert done.total.sums["visits.gone.all"] == 1
    with (folder / "成果" / "汇总明细.csv").open(encoding="utf-8-sig", newline="") as listed:
        cells = {(row["code"], row["variable"]): row["cell"] for row in csv.DictReader(listed)}
    assert (cells["001", "visits.left.day"], cells["003", "visits.left.day"]) == ("B6", "B7")


def test_both_versions_are_summed_where_the_form_says_what_is_called_otherwise(folder: Path) -> None:
    send(folder)
    late = reply(folder, "002", came=4, left=4)
    define(folder.parent, THIRD + RENAMES)
    told = send(folder).told
    assert (
        "接待情况：改代号“未接待／白天”、“未接待／夜间”、“未接待／合计”（visits.left.day → visits.refused.day）" in told
    )
    assert not any("影响" in line for line in told)
    put(folder, "旧.xlsx", late)
    put(folder, "新.xlsx", reply(folder, "003", came=5, met=3, gone=1, refused=1))
    done = whole(folder)
    assert {code: one.status.value for code, one in verdicts(done).items()} == {"002": "accepted", "003": "accepted"}
    sums = done.total.sums
    assert (sums["visits.came.all"], sums["visits.refused.all"], sums["visits.gone.all"]) == (9, 5, 1)
    assert (done.total.covered["visits.refused.day"], done.total.covered["visits.gone.day"]) == (2, 1)
    with (folder / "成果" / "汇总明细.csv").open(encoding="utf-8-sig", newline="") as listed:
        cells = {(row["code"], row["variable"]): row["cell"] for row in csv.DictReader(listed)}
    assert (cells["002", "visits.refused.day"], cells["003", "visits.refused.day"]) == ("B6", "B7")


def test_without_the_map_what_is_called_otherwise_is_told_to_break_and_is_not_in_the_sum(folder: Path) -> None:
    send(folder)
    late = reply(folder, "002", came=4, left=4)
    define(folder.parent, THIRD)
    assert any("改代号“未接待" in line and "影响已发出的表" in line for line in send(folder).told)
    put(folder, "旧.xlsx", late)
    done = whole(folder)
    assert done.total.sums["visits.came.all"] == 4
    assert "visits.refused.all" not in done.total.sums


def test_last_years_figures_of_an_earlier_version_are_called_as_the_form_calls_them(folder: Path) -> None:
    define(folder.parent, FIRST)
    send(folder)
    put(folder, "一.xlsx", reply(folder, "001", came=300, left=300))
    assert whole(folder).total.coverage == (1, 3)
    define(folder.parent, THIRD + RENAMES)
    later, listed = folder.parent / "later", folder.parent / "roster.csv"
    start(later, "2026-Q1", listed, form=str(folder.parent / "visits"), prior=folder)
    with open_round(later, alone=False) as round_:
        figures = round_.figures(round_.roster.by_code["001"])
        assert figures["visits.refused.day"] == 300
        assert issue(round_, round_.roster.by_code["001"]).prior["visits.refused.day"] == 300


def test_a_round_that_began_with_an_earlier_version_compares_both_with_last_year(folder: Path) -> None:
    define(folder.parent, FIRST_ASKED)
    send(folder)
    put(folder, "一.xlsx", reply(folder, "001", came=3, left=3))
    whole(folder)
    later, listed = folder.parent / "later", folder.parent / "roster.csv"
    start(later, "2026-Q1", listed, form=str(folder.parent / "visits"), prior=folder)
    send(later)
    old = reply(later, "001", came=200, left=200)
    define(folder.parent, THIRD + RENAMES)
    send(later)
    for name, book in (("旧.xlsx", old), ("新.xlsx", reply(later, "001", came=200, refused=200))):
        put(later, name, book)
        found = [(one.rule, one.left, one.right) for one in verdicts(whole(later))["001"].findings if one.rule == "YOY"]
        assert found == [("YOY", 200, 103)] * 2, name


def test_who_was_sent_another_form_and_who_reported_on_it_is_told_when_the_new_one_goes_out(folder: Path) -> None:
    assert send(folder).told == ()
    put(folder, "一.xlsx", reply(folder, "001", came=3, met=3))
    whole(folder)
    define(folder.parent, SECOND)
    told, *changed = send(folder).told
    assert "原来的表已经发给 3 个单位" in told
    assert "已按原来的表报送的有 1 个：云岭区教育局" in told
    assert changed == [
        "核对规则“BAL-1”有改动",
        "接待情况：增加“自行离开／白天”、“自行离开／夜间”、“自行离开／合计”",
        "接待情况：换位置“未接待／白天”、“未接待／夜间”、“未接待／合计”（接待情况!B6 → 接待情况!B7）",
    ]
    again, *_ = send(folder).told
    assert "已按原来的表报送的有 1 个：云岭区教育局" in again
    put(folder, "一.xlsx", reply(folder, "001", came=3, met=3))
    whole(folder)
    assert send(folder).told == ()


def test_a_form_changed_in_a_round_is_told_to_the_office_by_every_command_and_never_to_a_unit(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["distribute", str(folder)]) == 0
    late = reply(folder, "002", came=4, left=4)
    define(folder.parent, THIRD + RENAMES)
    put(folder, "旧.xlsx", late)
    renamed = "接待情况：改代号“未接待／白天”、“未接待／夜间”、“未接待／合计”（visits.left.day → visits.refused.day）"
    for sent in (0, 1):
        capsys.readouterr()
        for command in ("collect", "consolidate", "status"):
            # A unit is missing, which is the only thing that is wrong.
            assert run([command, str(folder)]) == (command == "consolidate")
            told = "".join(capsys.readouterr().out.split())
            assert "表样在发放以后改过，原来的表已经发给3个单位；已按原来的表报送的有1个：云岭区民政局" in told, command
            assert "".join(renamed.split()) in told, command
        assert run(["distribute", str(folder)]) == 0
        if not sent:
            put(folder, "新.xlsx", reply(folder, "003", came=5, met=3, gone=1, refused=1))
    capsys.readouterr()
    assert run(["consolidate", str(folder), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert renamed in told["roster"]
    sums = json.loads((folder / "成果" / "汇总数.json").read_text(encoding="utf-8"))["sums"]
    assert [sums[f"visits.{row}.all"]["value"] for row in ("came", "refused", "gone")] == [9, 5, 1]
    assert [path.name for path in (folder / "退回").rglob("*") if path.is_file()] == []
    assert {finding.rule for one in verdicts(whole(folder)).values() for finding in one.findings} <= {"FORM-13"}


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (FIRST.replace('{ id = "left"', ROW), "把 version 改成 2，accepts 写上 [1, 2]"),
        (SECOND.replace(", accepts = [1, 2]", ""), "accepts 里没有 1"),
    ],
)
def test_a_form_changed_without_its_version_or_without_accepting_the_old_one_is_told(
    folder: Path, text: str, advice: str
) -> None:
    send(folder)
    old = reply(folder, "001", came=3, met=3)
    define(folder.parent, text)
    assert advice in send(folder).told[1]
    put(folder, "教育局.xlsx", old)
    found = verdicts(whole(folder))["001"]
    assert found.status.value == ("accepted" if "version = 1" in text else "foreign")
    assert "FORM-05" not in {one.rule for one in found.findings}


def test_a_corrected_rule_holds_for_what_is_out_already_where_every_cell_stayed(folder: Path) -> None:
    define(folder.parent, FIRST.replace("met + left", "met"))
    send(folder)
    old = reply(folder, "001", came=3, met=2, left=1)
    define(folder.parent, FIRST)
    send(folder)
    put(folder, "教育局.xlsx", old)
    assert verdicts(whole(folder))["001"].status.value == "accepted"


def test_without_the_definition_of_an_accepted_version_the_office_is_told_and_not_the_unit(folder: Path) -> None:
    send(folder)
    old = reply(folder, "001", came=3, met=3)
    shutil.rmtree(folder / "台账" / "forms")
    define(folder.parent, SECOND)
    put(folder, "教育局.xlsx", old)
    (finding,) = verdicts(whole(folder))["001"].findings
    assert finding.rule == "FORM-03"
    assert "手头只有第 2 版的定义，没有第 1 版的" in finding.message


def test_outside_a_round_an_earlier_version_is_read_with_its_own_definition(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = folder.parent / "旧.xlsx"
    old.write_bytes(reply(folder, "001", came=3, met=3))
    shutil.copytree(folder.parent / "visits", folder.parent / "first")
    define(folder.parent, SECOND)
    assert run(["verify", str(old), "--form", str(folder.parent / "visits")]) == 3
    told = "".join(capsys.readouterr().out.split())
    assert "是第1版表样的表，手头只有第2版的定义，没有第1版的，读不了" in told
    assert "请找回第1版的定义文件夹，核对时指明用它；找不回的，换发新模板" in told
    assert run(["verify", str(old), "--form", str(folder.parent / "first")]) == 0


def test_a_row_that_a_unit_put_into_an_older_version_is_still_the_units_doing(folder: Path) -> None:
    send(folder)
    old = edited(reply(folder, "001", came=3, met=3), lambda book: book["接待情况"].insert_rows(5))
    define(folder.parent, SECOND)
    put(folder, "教育局.xlsx", old)
    assert verdicts(whole(folder))["001"].findings[0].rule == "FORM-05"


def test_the_workbook_under_a_former_code_is_the_units_own(tmp_path: Path) -> None:
    round_folder = tmp_path / "round"
    rounds.begin(round_folder)
    with open_round(round_folder, clock=clock()) as round_:
        distribute(round_)
    rows = [("B02", *row[1:8], "002") if row[0] == "002" else row for row in rounds.UNITS]
    rounds.roster(round_folder / "名册.csv", rows)
    (round_folder / "发放" / "别人.xlsx").write_bytes(b"")
    with open_round(round_folder, clock=clock()) as round_:
        done = distribute(round_)
    assert [path.name for path in done.written] == ["B02-民政局-2025年政府信息公开工作年度报告.xlsx"]
    assert [path.name for path in done.strays] == ["别人.xlsx"]


@pytest.mark.parametrize("most", [2, 100])
def test_very_many_workbooks_lie_in_folders_by_area_and_are_found_there(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.pipeline.round.sending.distribute._IN_A_FOLDER", most)
    root = tmp_path / "round"
    offices = [(f"0{n}", f"第{n}局", "", "", "A1", "", "", "", "") for n in range(3)]
    lines = [("A1", "甲县", "", "", "", "", "否", "", ""), *offices, ("09", "市局", "", "", "", "", "", "", "")]
    define(tmp_path, FIRST)
    start(root, "2025-Q1", roster(tmp_path / "r.csv", lines), form=str(tmp_path / "visits"), clock=clock())
    issued = root / "发放"
    done = send(root)
    names = [path.name for path in done.written]
    places = [path.parent.relative_to(issued).as_posix() for path in done.written]
    assert places == (["A1-甲县", "A1-甲县", "A1-甲县-2", "单位"] if most == 2 else ["."] * 4)
    listed = [line.split(",")[5].strip(chr(34)) for line in done.listing.read_text("utf-8-sig").splitlines()[1:]]
    assert [PurePosixPath(one) for one in listed] == [PurePosixPath(p, n) for p, n in zip(places, names, strict=True)]
    again = send(root)
    assert (again.written, again.kept, again.strays) == ((), 4, ())
    outbox = sorted(path.name for path in (root / "待发送").rglob("*.xlsx"))
    assert outbox == sorted(names)
    with open_round(root, clock=clock()) as round_:
        assert [one for one in check_books(round_) if one.rule == "LEDG-03"] == []
    # Where they were put first they stay, however the roster grows or shrinks.
    monkeypatch.setattr("toolkit.pipeline.round.sending.distribute._IN_A_FOLDER", 102 - most)
    assert send(root).written == ()
