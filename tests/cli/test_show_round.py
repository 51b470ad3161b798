"""The screen after a run: fifteen lines, whatever came; help, suggestions, stages and dates beside it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from factories.rounds import FAULTY, GOOD, UNITS, clock, put, reply, roster

from toolkit.cli import console
from toolkit.cli.app import app
from toolkit.cli.chinese import PANELS
from toolkit.cli.console import stages
from toolkit.cli.run import COMMANDS, run
from toolkit.cli.show_round import first, show_todo, standing_line
from toolkit.collection.changes import TURNED, Change, News
from toolkit.collection.folder import command
from toolkit.collection.settings import given_date
from toolkit.errors import UsageError
from toolkit.model.period import Period, end_of, read_date
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.standing import standings

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, capsys: Capture) -> Path:
    where = tmp_path / "2025年报"
    listed = roster(tmp_path / "list.csv", UNITS)
    assert run(["start", str(where), "--period", "2025", "--roster", str(listed), "--deadline", "1月26日"]) == 0
    capsys.readouterr()
    return where


def test_the_deadline_without_a_year_is_the_first_after_the_period(folder: Path) -> None:
    assert 'deadline = "2026-01-26"' in (folder / "round.toml").read_text(encoding="utf-8")


def turned(number: int) -> Change:
    return Change(f"{number:03}", f"单位{number}", TURNED, "通过", "退回修改", "原因" * 100, 1)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 48])
def test_changes_take_the_lines_that_are_left_and_the_rest_is_named(count: int, capsys: Capture) -> None:
    show_todo(["新"], News(tuple(map(turned, range(count))), ("名册有话",), ()), ["办一", "办二"], ["共"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == min(15, count + 5)
    assert (lines[0], lines[1], lines[-1]) == ("新", "变化  名册有话。", "共")
    assert ("另有" in lines[-4]) == (count > 10)
    if count == 48:
        assert f"另有 {48 - 9} 项：单位9、单位10" in lines[-4]


def test_first_keeps_the_room_it_has() -> None:
    assert first(["a", "b"], 2) == ["a", "b"]
    assert first(["a", "b", "c"], 2) == ["a", "另有 2 条，加 -v 看全部。"]


def test_what_needs_a_hand_has_its_command_and_details_are_asked_for(folder: Path, capsys: Capture) -> None:
    put(folder, "b.xlsx", reply(folder, "002", FAULTY))
    put(folder, "照片.jpg", b"\xff\xd8\xff\xe0 picture")
    assert run(["collect", str(folder)]) == 3
    out = capsys.readouterr().out
    assert 'xxgk claim "照片.jpg" 单位' in out
    assert "退回修改 1 个：民政局" in out
    assert "催报：未报送 3 个" in out
    assert "BAL-01" not in out
    assert run(["collect", str(folder), "-v"]) == 3
    assert "照片.jpg：没有收" in capsys.readouterr().out


def test_litter_is_told_by_the_run_that_meets_it(folder: Path, capsys: Capture) -> None:
    put(folder, "~$a.xlsx", b"lock")
    assert run(["collect", str(folder)]) == 0
    assert "~$a.xlsx" in capsys.readouterr().out
    assert run(["collect", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "~$a.xlsx" not in out
    assert "没有收 1" in out


def test_the_exit_code_forgets_a_bad_file_whose_unit_has_sent_a_good_one(folder: Path, capsys: Capture) -> None:
    put(folder, "民政局.xlsx", b"no workbook")
    assert [run([command, str(folder)]) for command in ("collect", "status")] == [3, 3]
    put(folder, "好.xlsx", reply(folder, "002", GOOD))
    assert [run([command, str(folder)]) for command in ("collect", "status")] == [0, 0]
    put(folder, "错.xlsx", reply(folder, "001", FAULTY))
    assert run(["collect", str(folder), "--format", "json", "--fail-on", "never"]) == 0
    capsys.readouterr()
    assert [run(["status", str(folder), *more]) for more in ([], ["--fail-on", "error"])] == [0, 1]


def test_every_command_stands_in_a_panel_and_the_first_page_is_whole_at_80_columns() -> None:
    assert COMMANDS
    listed = [name for names in PANELS.values() for name in names]
    assert sorted(listed) == sorted(
        [str(one.name) for one in app.registered_commands] + [str(one.name) for one in app.registered_groups]
    )
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={"COLUMNS": "80", "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
        cwd=Path(__file__).parents[2],
    )
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("│")]
    named = [line[1] for line in lines if line[1] in listed]
    assert named == listed
    assert [line[2] for line in lines if line[1] in listed[:5]] == ["1.", "2.", "3.", "4.", "5."]
    assert "…" not in done.stdout
    assert len(lines) == len(listed) + 3


@pytest.mark.parametrize(
    "words",
    [*([str(one.name)] for one in app.registered_commands), ["form"], ["form", "new"], ["form", "diff"]],
    ids=" ".join,
)
def test_the_help_of_a_command_is_whole_at_80_columns(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*words, "--help"]) == 0
    page = capsys.readouterr().out
    assert "用法" in page
    assert "…" not in page


def test_a_mistyped_command_is_answered_with_the_one_it_is_like(capsys: Capture) -> None:
    assert run(["colect"]) == 2
    assert "没有这个命令：colect。是不是 collect？" in capsys.readouterr().err


def test_a_long_stage_is_a_line_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    begun: list[list[object]] = []

    class Told:
        """A timer that goes off when it is started."""

        def __init__(self, _: float, what: object, arguments: tuple[str, ...] = (), options: object = None) -> None:
            begun.append([what, arguments, options])

        def start(self) -> None:
            console.say(str(begun[-1][1][0]), error=True)

        def cancel(self) -> None:
            begun[-1].append("cancelled")

    monkeypatch.setattr(console, "Timer", Told)
    with stages() as begin:
        begin("核对", 84)(3)
        begin("写报告", 0)
    assert capsys.readouterr().err.splitlines() == ["正在核对（84 项）……", "正在写报告……"]
    assert begun[-1][-1] == "cancelled"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1月26日", date(2026, 1, 26)),
        ("１月２６号", date(2026, 1, 26)),
        ("1/26", date(2026, 1, 26)),
        ("12月31日", date(2025, 12, 31)),
        ("10月27日", date(2026, 10, 27)),
        ("2026年1月26日", date(2026, 1, 26)),
    ],
)
def test_a_day_without_a_year_is_the_first_from_there_on(text: str, found: date) -> None:
    assert read_date(text, Period(2025).last_day) == found


def test_a_day_up_to_today_is_the_last_one() -> None:
    assert read_date("12月28日", until=date(2026, 1, 5)) == date(2025, 12, 28)
    assert read_date("1月5日", until=date(2026, 1, 5)) == date(2026, 1, 5)


@pytest.mark.parametrize("text", ["26日", "10月28日", "12月30日", "2月30日", "月底"])
def test_what_may_be_of_another_year_or_is_no_day_is_refused(text: str) -> None:
    why = (
        "离统计期间太远，看不出是哪一年的。请写上年份"
        if "月" in text and text[0] == "1"
        else "不对，应写成 2026-01-26 或"
    )
    with pytest.raises(UsageError, match=f"--deadline：日期“{text}”{why}"):
        given_date("--deadline", text, since=Period(2025).last_day)


def test_the_end_of_a_period_of_any_kind() -> None:
    assert [end_of(text) for text in ("2025", "2025-H1", "2025-Q3", "2025-03", "今年")] == [
        date(2025, 12, 31),
        date(2025, 6, 30),
        date(2025, 9, 30),
        date(2025, 3, 31),
        None,
    ]


def test_status_in_json_says_what_it_said(folder: Path, capsys: Capture) -> None:
    assert run(["status", str(folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["unclaimed"] == []


def test_two_valid_files_stand_side_by_side_with_a_line_for_each_and_none_is_chosen(
    folder: Path, capsys: Capture
) -> None:
    for number in (5, 6):
        sent = {"requests.new.natural": number, "requests.granted.natural": number}
        os.utime(put(folder, f"民政局{number}号.xlsx", reply(folder, "002", sent)), (1_700_000_000, 1_700_000_000))
    run(["collect", str(folder)])
    lines = capsys.readouterr().out.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith("请选定 1 个  民政局：")]
    assert "第 1 版“民政局5号.xlsx”、第 2 版“民政局6号.xlsx”，2 格不同：申请情况!D6 5→6、申请情况!D8 5→6" in lines[at]
    assert "xxgk" not in lines[at]
    assert lines[at + 1 : at + 3] == [f"    xxgk pin 002 {number} --reason 原因 {folder}" for number in (1, 2)]
    assert not any(line.startswith("    ") for line in lines[at + 3 :])


def test_of_units_that_became_one_it_is_said_what_the_new_one_has_to_do_and_nothing_is_to_be_chosen(
    folder: Path, capsys: Capture
) -> None:
    for code in ("001", "002"):
        put(folder, f"{code}.xlsx", reply(folder, code, GOOD))
    run(["collect", str(folder)])
    new = ("006", "云岭区教育和民政局", "教育民政局", "政府部门", "Q1", "", "", "", "001、002")
    roster(folder / "名册.csv", [*(row for row in UNITS if row[0] not in {"001", "002"}), new])
    capsys.readouterr()
    run(["collect", str(folder)])
    out = capsys.readouterr().out
    told = "待定  教育民政局：由 001、002 合并而来，各自的表都收到过，都没有计入："
    assert f"{told}请通知新单位用自己的工作簿报合并后的数，还没有发的先发放" in out
    assert "选定" not in out


def test_every_command_to_paste_names_the_round_as_it_was_named(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "照片.jpg", b"\xff\xd8\xff\xe0 picture")
    monkeypatch.chdir(folder.parent)
    run(["collect", "2025年报"])
    run(["status", "2025年报"])
    told = [command.strip() for command in re.findall(r"xxgk [^；：（），\n]+", capsys.readouterr().out)]
    assert len(told) == 4
    assert [one for one in told if not one.endswith("2025年报") and "写出退回" not in one] == []
    assert 'xxgk claim "照片.jpg" 单位 2025年报' in told
    monkeypatch.chdir(folder)
    run(["status"])
    assert 'xxgk claim "照片.jpg" 单位（' in capsys.readouterr().out
    assert command("log 001", Path("甲 乙")) == 'xxgk log 001 "甲 乙"'


def test_the_first_line_counts_what_matters_now_and_what_came(folder: Path, capsys: Capture) -> None:
    put(folder, "错.xlsx", reply(folder, "002", FAULTY))
    put(folder, "教育局.xls", b"no workbook")
    run(["collect", str(folder)])
    put(folder, "对.xlsx", reply(folder, "002", GOOD))
    put(folder, "财政局年报.docx", b"PK no document")
    put(folder, "~$a.xlsx", b"lock")
    capsys.readouterr()
    run(["collect", str(folder)])
    out = capsys.readouterr().out
    assert "收件共 5 项（新到 3）：通过 1，无法读取 1，已被后来的替换 1，已列入待办 1，没有收 1。" in out
    assert "没有收  ~$a.xlsx" in out
    assert "财政局年报.docx（" not in out.split("没有收  ")[1].splitlines()[0]
    assert f"成果还是上次的，更新请运行 xxgk consolidate {folder}" in out
    run(["collect", str(folder)])
    assert "成果还是上次的" not in capsys.readouterr().out


def test_who_is_late_is_told_apart_from_who_came_late(folder: Path, capsys: Capture) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    with open_round(folder, clock=clock("2026-01-28 10:00")) as round_:
        collect(round_)
        found = standings(round_)
    assert standing_line(found) == "名册 5 个单位：未报送 3，通过 1，不纳入 1；逾期 3；晚交 1。"
    assert capsys.readouterr().out == ""


def test_a_deadline_that_is_past_is_told_when_the_round_is_started(tmp_path: Path, capsys: Capture) -> None:
    listed = roster(tmp_path / "list.csv", UNITS)
    for day, told in (("2026-01-26", True), ("2099-01-26", False)):
        assert run(["start", str(tmp_path / day), "--period", "2025", "--roster", str(listed), "--deadline", day]) == 0
        assert (f"提示：截止日期 {day} 已经过了" in capsys.readouterr().out) == told
