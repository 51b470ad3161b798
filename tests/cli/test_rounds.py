"""A round by the command line alone: what it says, what it gives to programs, and how it ends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.rounds import FAULTY, GOOD, UNITS, put, reply, roster

from toolkit.cli.run import run
from toolkit.io.machine import locked

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, capsys: Capture) -> Path:
    listed = roster(tmp_path / "list.csv")
    where = tmp_path / "2025年报"
    assert run(["start", str(where), "--period", "2025年", "--roster", str(listed), "--deadline", "2099-01-26"]) == 0
    assert run(["distribute", str(where)]) == 0
    capsys.readouterr()
    return where


def told(capsys: Capture) -> Any:
    return json.loads(capsys.readouterr().out)


def test_start_says_what_it_made_and_what_to_do_next(tmp_path: Path, capsys: Capture) -> None:
    listed = roster(tmp_path / "list.csv")
    where = tmp_path / "2025年报"
    assert run(["start", str(where), "--period", "2025", "--roster", str(listed), "--name", "云岭区人民政府"]) == 0
    out = capsys.readouterr().out
    assert "4 个单位报送" in out
    assert f"下一步：xxgk distribute {where}" in out
    assert "请备份" in out
    assert sorted(path.name for path in where.iterdir()) == sorted(
        ["round.toml", "名册.csv", "发放", "收件", "退回", "成果", "台账"]
    )


def test_without_a_roster_an_empty_one_is_made_to_fill_in(tmp_path: Path, capsys: Capture) -> None:
    where = tmp_path / "round"
    assert run(["start", str(where), "--period", "2025"]) == 2
    err = capsys.readouterr().err
    assert "已生成空白名册" in err
    assert "“机关类别”可填 国务院部门、省级政府、设区的市级政府" in err
    heads = [cell.value for row in openpyxl.load_workbook(where / "名册.xlsx").active.iter_rows() for cell in row]
    assert "单位全称" in heads
    assert not (where / "round.toml").exists()
    assert run(["start", str(where), "--period", "2025"]) == 2
    assert "请给出名册" in capsys.readouterr().err


def test_all_faults_of_a_roster_are_told_with_their_rows(tmp_path: Path, capsys: Capture) -> None:
    units = [*UNITS, ("001", "云岭区某局", "某局", "部门", "X9", "", "", "", "")]
    assert (
        run(["start", str(tmp_path / "r"), "--period", "2025", "--roster", str(roster(tmp_path / "l.csv", units))]) == 2
    )
    err = capsys.readouterr().err
    for word in ("第 10 行", "编码", "上级", "机关类别"):
        assert word in err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--period", "去年"], "--period"),
        (["--period", "2025", "--deadline", "月底"], "--deadline：日期“月底”不对"),
        (["--period", "2025", "--form", "none"], "没有名为“none”的表样"),
        (["--period", "2025", "--previous", "none"], "--previous none：不是文件夹"),
    ],
)
def test_a_wrong_setting_is_told_and_nothing_is_made(
    tmp_path: Path, capsys: Capture, arguments: list[str], words: str
) -> None:
    listed = roster(tmp_path / "list.csv")
    assert run(["start", str(tmp_path / "r"), "--roster", str(listed), *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_distribute_makes_a_workbook_for_every_reporting_unit_and_a_list(folder: Path, capsys: Capture) -> None:
    assert sorted(path.name for path in (folder / "发放").iterdir()) == [
        "001-教育局-2025年政府信息公开工作年度报告.xlsx",
        "002-民政局-2025年政府信息公开工作年度报告.xlsx",
        "003-财政局-2025年政府信息公开工作年度报告.xlsx",
        "004-石桥镇-2025年政府信息公开工作年度报告.xlsx",
        "发放清单.csv",
    ]
    listing = (folder / "发放" / "发放清单.csv").read_text(encoding="utf-8-sig")
    assert (
        '"001","云岭区教育局","陈晓岚","","","001-教育局-2025年政府信息公开工作年度报告.xlsx","2099-01-26"' in listing
    )
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "发放").glob("*.xlsx")}
    assert run(["distribute", str(folder)]) == 0
    assert "已生成 0 份，另有 4 份已经生成、没有变化" in capsys.readouterr().out
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "发放").glob("*.xlsx")} == before


def test_the_key_is_in_nothing_that_is_sent(folder: Path) -> None:
    lines = (folder / "台账" / "office.key").read_text().splitlines()
    secret = next(line for line in lines if not line.startswith("#"))
    for path in (folder / "发放").iterdir():
        data = path.read_bytes()
        assert secret.encode() not in data
        assert bytes.fromhex(secret) not in data
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(io.BytesIO(data))
            cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
            assert not any(secret in cell for cell in cells)


def test_collect_and_status_tell_people_and_programs_the_same(folder: Path, capsys: Capture) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    put(folder, "b.xlsx", reply(folder, "002", FAULTY))
    assert run(["collect", str(folder), "--format", "json"]) == 1
    document = told(capsys)
    assert {one["name"]: one["status"] for one in document["entries"]} == {"a.xlsx": "accepted", "b.xlsx": "returned"}
    assert document["summary"]["entries"] == 2
    assert run(["collect", str(folder), "--fail-on", "never"]) == 0
    assert "收件共 2 项（新到 0）：通过 1，退回修改 1。" in capsys.readouterr().out
    assert run(["status", str(folder), "--format", "json"]) == 0
    document = told(capsys)
    assert document["summary"] == {
        "missing": 2,
        "unusable": 0,
        "returned": 1,
        "explained": 0,
        "accepted": 1,
        "undecided": 0,
        "excluded": 1,
        "late": 0,
    }
    assert run(["status", str(folder), "-v"]) == 0
    out = capsys.readouterr().out
    assert "001  云岭区教育局  通过" in out
    assert "需要修改后重新报送的 1 个单位，请按退回的文件改正：\n    民政局\n" in out
    assert "财政局、石桥镇" in out


def test_status_tells_of_files_that_nobody_took_in(folder: Path, capsys: Capture) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    assert run(["status", str(folder)]) == 0
    assert "还有 1 个文件没有收，请运行 xxgk collect" in capsys.readouterr().out


def test_files_named_on_the_command_line_are_taken_in_and_stay_where_they_are(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    first, second = mail / "表.xlsx", tmp_path / "表.xlsx"
    first.write_bytes(reply(folder, "001", GOOD))
    second.write_bytes(reply(folder, "003", GOOD))
    assert run(["collect", str(folder), str(first), str(second), str(first)]) == 0
    assert sorted(path.name for path in (folder / "收件").iterdir()) == ["表 (2).xlsx", "表.xlsx"]
    assert first.is_file()
    assert "通过 2" in capsys.readouterr().out
    assert run(["collect", str(folder), str(tmp_path / "none.xlsx")]) == 2
    assert "没有这个文件" in capsys.readouterr().err


def test_consolidate_is_one_command_and_the_round_is_whole(folder: Path, capsys: Capture) -> None:
    for name, code in (("a", "001"), ("b", "002"), ("c", "003")):
        put(
            folder,
            f"{name}.xlsx",
            reply(folder, code, {**GOOD, f"requests.new.{'business' if name == 'b' else 'legal'}": 0}),
        )
    put(folder, "d.xlsx", reply(folder, "004", FAULTY))
    assert run(["consolidate", str(folder)]) == 1
    out = capsys.readouterr().out
    assert (
        "汇总 3 个单位（应报送 4 个；未计入：石桥镇人民政府（退回修改）；不纳入：云岭区地方志办公室（机构改革中撤销））"
        in out
    )
    results = {path.relative_to(folder / "成果").as_posix() for path in (folder / "成果").rglob("*") if path.is_file()}
    title = "云岭区2025年政府信息公开工作年度报告"
    wanted = {"汇总表.xlsx", "汇总明细.csv", "汇总数.json", "校验结果.json", "收报情况.csv", "board.html"}
    wanted |= {f"{title}.{kind}" for kind in ("docx", "html", "pdf", "md")} | {f"{title}（网站粘贴用）.html"}
    assert wanted <= results
    assert {name.split("/")[1] for name in results if name.startswith("各单位报告/")} == {
        "001-教育局",
        "002-民政局",
        "003-财政局",
    }
    assert sorted(path.name for path in (folder / "退回").iterdir()) == [
        "004-石桥镇-第1版-退回修改.txt",
        "004-石桥镇-第1版-退回修改.xlsx",
    ]
    assert run(["consolidate", str(folder), "--format", "json", "--fail-on", "never"]) == 0
    document = told(capsys)
    assert document["coverage"] == [3, 4]
    assert document["sum"]["requests.new.natural"] == 15
    assert [finding["rule"] for finding in document["sum_findings"] if finding["severity"] == "error"] == ["AGG-02"]
    assert document["handed_back"] == []


def test_a_part_of_the_tree_is_added_up_alone(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    put(folder, "d.xlsx", reply(folder, "004", {"requests.new.natural": 2, "requests.granted.natural": 2}))
    target = tmp_path / "镇街"
    arguments = ["consolidate", str(folder), "--node", "镇街", "-o", str(target), "--no-reports", "--format", "json"]
    assert run(arguments) == 0
    document = told(capsys)
    assert (document["coverage"], document["sum"]["requests.new.natural"]) == ([1, 1], 2)
    assert (target / "汇总表.xlsx").is_file()
    assert not (target / "各单位报告").exists()


def test_log_shows_each_revision_what_changed_and_what_was_solved(folder: Path, capsys: Capture) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    run(["consolidate", str(folder), "--no-reports"])
    put(folder, "b.xlsx", reply(folder, "001", GOOD))
    run(["consolidate", str(folder), "--no-reports"])
    capsys.readouterr()
    assert run(["log", "教育局", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "001  云岭区教育局：通过" in out
    for words in ("发出模板", "收到 第 1 版：a.xlsx", "退回 第 1 版", "收到 第 2 版：b.xlsx", "第 2 版（采用）"):
        assert words in out
    assert "解决 1 处，新出现 0 处" in out
    assert "申请情况!D8" in out
    assert "0 → 5" in out
    assert not list((folder / "退回").glob("*.xlsx"))
    assert len(list((folder / "退回" / "已处理").iterdir())) == 2
    assert run(["log", "001", str(folder), "--format", "json"]) == 0
    document = told(capsys)
    assert [one["revision"] for one in document["revisions"]] == [1, 2]
    assert document["counts"] == 2
    assert len(document["changes"][0]["solved"]) == 1
    assert run(["log", "卫健委", str(folder)]) == 2
    assert "卫健委" in capsys.readouterr().err


def test_pin_unpin_and_withdraw_say_what_counts_now(folder: Path, capsys: Capture) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    run(["collect", str(folder)])
    put(folder, "b.xlsx", reply(folder, "001", {"requests.new.natural": 7, "requests.granted.natural": 7}))
    run(["collect", str(folder)])
    capsys.readouterr()
    assert run(["pin", "教育局", "1", str(folder), "--reason", "来电说明第二版发错"]) == 0
    assert "已记下。云岭区教育局现在：通过，采用第 1 版。" in capsys.readouterr().out
    assert run(["unpin", "教育局", str(folder), "--reason", "又核实"]) == 0
    assert "采用第 2 版" in capsys.readouterr().out
    assert run(["withdraw", "教育局", "2", str(folder), "--reason", "单位申请撤回"]) == 0
    assert "采用第 1 版" in capsys.readouterr().out
    assert run(["withdraw", "教育局", "3", str(folder), "--reason", "x"]) == 2
    assert run(["pin", "教育局", "1", str(folder)]) == 2
    assert "--reason" in capsys.readouterr().err
    assert run(["pin", "教育局", "一", str(folder), "--reason", "x"]) == 2
    assert "第几版 的值不对：应是整数。" in capsys.readouterr().err
    assert run(["pin", "教育局", "0", str(folder), "--reason", "x"]) == 2
    assert "第几版 的值不对：应是不小于 1 的整数。" in capsys.readouterr().err


def test_the_report_of_a_round_is_written_from_the_ledger(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    run(["collect", str(folder)])
    capsys.readouterr()
    assert run(["report", str(folder), "--to", "md", "-o", str(tmp_path / "out")]) == 0
    (made,) = (tmp_path / "out").iterdir()
    assert "全区" in made.read_text(encoding="utf-8")


def test_a_folder_that_is_no_round_is_told(tmp_path: Path, capsys: Capture) -> None:
    for command in (["distribute"], ["collect"], ["status"], ["log", "x"]):
        assert run([*command, str(tmp_path)]) == 2
        assert "这里没有收集轮次" in capsys.readouterr().err


def test_a_second_command_waits_its_turn(folder: Path, capsys: Capture) -> None:
    with locked(folder / "台账" / "run.lock", "2026-01-20 10:00"):
        assert run(["consolidate", str(folder)]) == 4
        err = capsys.readouterr().err
        assert "正在处理这一轮。请等它结束后再运行。" in err
        assert run(["status", str(folder)]) == 0


def test_a_console_that_cannot_print_a_name_ends_no_run(folder: Path) -> None:
    put(folder, "教育局😀鄠.xlsx", reply(folder, "001", GOOD))
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "consolidate", str(folder), "--no-reports", "-v", "--fail-on", "never"],
        cwd=ROOT,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "gbk", "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("gbk", errors="replace")
    assert "教育局?鄠.xlsx：通过" in done.stdout.decode("gbk")


def test_a_file_in_an_archive_is_told_with_its_archive(folder: Path, capsys: Capture) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("民政局.xlsx", reply(folder, "002", FAULTY))
    put(folder, "三个局.zip", out.getvalue())
    run(["collect", str(folder), "--all", "--fail-on", "never"])
    assert "三个局.zip/民政局.xlsx：退回修改" in capsys.readouterr().out


def test_a_file_that_nobody_could_attribute_is_told_until_it_is_claimed(folder: Path, capsys: Capture) -> None:
    put(folder, "教育局来的.jpg", b"\xff\xd8\xff a photo")
    put(folder, "聊天记录.pdf", b"%PDF-1.4")
    run(["collect", str(folder)])
    out = capsys.readouterr().out
    assert "待认领 2 个：" in out
    assert 'xxgk claim "教育局来的.jpg" 001' in out
    assert 'xxgk claim "聊天记录.pdf" 单位' in out
    assert run(["claim", "聊天记录.pdf", "无关", str(folder)]) == 0
    assert "与本轮无关" in capsys.readouterr().out
    run(["status", str(folder), "--format", "json"])
    found = told(capsys)
    assert [(one["file"], one["likely"]) for one in found["unclaimed"]] == [("教育局来的.jpg", ["云岭区教育局"])]
    assert run(["claim", "教育局来的.jpg", "教育局", str(folder)]) == 0
    assert "收到的文件不能用" in capsys.readouterr().out
    run(["consolidate", str(folder), "--no-reports", "--format", "json"])
    found = told(capsys)
    assert found["unclaimed"] == []
    assert [one["state"] for one in found["units"] if one["code"] == "001"] == ["unusable"]
    assert (folder / "退回" / "001-教育局-文件不能用.txt").is_file()
    assert run(["claim", "教育局来得.jpg", "教育局", str(folder)]) == 2
    assert "是不是“教育局来的.jpg”" in capsys.readouterr().err
