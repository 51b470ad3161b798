"""The command contract: what is printed where, and with which exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from threading import Timer
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from factories.workbooks import save, workbook

from toolkit.cli import console
from toolkit.cli import run as runner
from toolkit.cli.run import run
from toolkit.errors import OutputError
from toolkit.model.codes import Code

SAMPLES = Path(__file__).parents[2] / "samples"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(
        tmp_path / "收件" / "甲.xlsx",
        workbook("甲局", requests__new__natural=Decimal(2), requests__granted__natural=Decimal(2)),
    )
    save(tmp_path / "收件" / "乙.xlsx", workbook("乙局", proactive__fees__amount=Decimal("0.1")))
    save(tmp_path / "收件" / "丙.xlsx", workbook("丙局", proactive__fees__amount=Decimal("0.2")))
    return tmp_path / "收件"


def faulty(folder: Path) -> Path:
    return save(folder / "错.xlsx", workbook("丁局", requests__new__natural=Decimal(2)))


def query(folder: Path) -> Path:
    one = Decimal(1)
    return save(
        folder / "问.xlsx", workbook("戊局", proactive__regulations__made=one, proactive__regulations__repealed=one)
    )


def test_verify_ends_with_0_when_nothing_is_wrong(folder: Path, capsys: Capture) -> None:
    assert run(["verify", str(folder)]) == 0
    out = capsys.readouterr()
    assert "共 3 个文件：通过 3。" in out.out
    assert out.err == ""


def test_verify_ends_with_1_for_an_error_and_tells_where_what_and_what_to_do(folder: Path, capsys: Capture) -> None:
    assert run(["verify", str(faulty(folder))]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "BAL-01" in line]
    assert line.startswith("  错误 BAL-01 申请情况!D6 “自然人”列")
    assert "＝ 2" in line
    assert "前者多 2" in line
    assert " → 请对照台账" in line


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("verify", 1), ("never", 0)])
def test_fail_on_decides_about_queries(fail_on: str, code: int, folder: Path) -> None:
    assert run(["verify", str(query(folder)), "--fail-on", fail_on]) == code


def test_never_lets_an_error_pass(folder: Path) -> None:
    assert run(["verify", str(faulty(folder)), "--fail-on", "never"]) == 0


def test_an_unreadable_file_gives_3_though_others_are_fine_and_others_have_errors(
    folder: Path, capsys: Capture
) -> None:
    faulty(folder)
    save(folder / "坏.xlsx", b"PK\x03\x04 not really")
    assert run(["verify", str(folder)]) == 3
    assert "共 5 个文件：通过 3，退回修改 1，无法读取 1。" in capsys.readouterr().out


def spoken(folder: Path) -> Path:
    made = workbook(
        "己局",
        requests__new__natural=Decimal(2),
        requests__granted__natural=Decimal(2),
        overview__requests="全年收到政府信息公开申请2件，其中网上申请1件；答复政府信息公开申请3件。",
        overview__disclosure="很好。",
    )
    return save(folder / "文字.xlsx", made)


def test_verify_lists_the_figures_of_texts_with_what_they_were_held_against(folder: Path, capsys: Capture) -> None:
    path = spoken(folder)
    run(["verify", str(path), "--texts"])
    out = capsys.readouterr().out
    assert "文字里的数 3 个：核对 2 个，1 个与表格不一致；没有核对 1 个。" in out
    label = "“一、本年新收政府信息公开申请数量／总计”"
    assert f"“全年收到政府信息公开申请2件”：2件，表中{label}是 2，一致" in out
    assert "“答复政府信息公开申请3件”：3件，表中“（七）总计／总计”是 2，不一致" in out
    assert "“其中网上申请1件”：1件，没有核对：只说一种渠道" in out
    run(["verify", str(path)])
    assert "文字里的数" not in capsys.readouterr().out


def test_json_has_the_figures_of_texts_where_they_are_asked_for(folder: Path, capsys: Capture) -> None:
    path, broken = spoken(folder), save(folder / "坏.xlsx", b"PK")
    run(["verify", str(broken), str(path), "--texts", "--format", "json"])
    nothing, found = json.loads(capsys.readouterr().out)["returns"]
    assert nothing["texts"] == []
    assert [(one["value"], one["unit"], one["agrees"]) for one in found["texts"]] == [
        (2, "件", True),
        (1, "件", None),
        (3, "件", False),
    ]
    assert found["texts"][2]["against"] == [{"what": "“（七）总计／总计”", "value": 2}]
    assert [bool(one["why"]) for one in found["texts"]] == [False, True, False]
    assert {one["text"] for one in found["texts"]} == {"（二）依申请公开"}
    run(["verify", str(path), "--format", "json"])
    assert "texts" not in json.loads(capsys.readouterr().out)["returns"][0]


def test_json_is_one_document_on_stdout_with_the_contracts_keys(folder: Path, capsys: Capture) -> None:
    faulty(folder)
    assert run(["verify", str(folder), "--format", "json"]) == 1
    out = capsys.readouterr()
    document = json.loads(out.out)
    assert out.err == ""
    assert set(document) == {"returns", "summary"}
    assert document["summary"]["files"] == 4
    assert (document["summary"]["accepted"], document["summary"]["returned"]) == (3, 1)
    (bad,) = [one for one in document["returns"] if one["status"] == "returned"]
    assert set(bad) == {"file", "status", "unit", "period", "form", "version", "sha256", "findings"}
    finding = bad["findings"][0]
    keys = (
        "rule severity outcome sheet cell cells row column left right difference message remedy suggestion fingerprint"
    )
    assert set(keys.split()) <= set(finding)
    assert (finding["rule"], finding["left"], finding["right"], finding["difference"]) == ("BAL-01", 2, 0, 2)
    assert finding["variables"][0] == "requests.new.natural"


def test_sarif_and_junit_name_rule_file_and_cell(folder: Path, capsys: Capture) -> None:
    bad = faulty(folder)
    assert run(["verify", str(bad), "--format", "sarif"]) == 1
    result = json.loads(capsys.readouterr().out)["runs"][0]["results"][0]
    assert (result["ruleId"], result["level"]) == ("BAL-01", "error")
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].endswith("!申请情况!D6")
    assert run(["verify", str(bad), str(folder / "甲.xlsx"), "--format", "junit"]) == 1
    suites = ET.fromstring(capsys.readouterr().out)
    assert [s.get("failures") for s in suites] == ["1", "0"]
    assert suites[0][0].get("name") == "BAL-01"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify"], "缺少参数"),
        (["verify", "没有这个.xlsx"], "没有这个文件"),
        (["frobnicate"], "没有这个命令"),
        (["verify", "--forma", "x"], "没有选项 --forma"),
        (["verify", ".", "--fail-on", "maybe"], "只能是 error、verify、never"),
        (["verify", ".", "--jobs", "0"], "--jobs"),
        (["verify", ".", "--form"], "--form"),
        (["forms", "extra"], "多了参数"),
        (["explain", "ZZZ"], "没有编号“ZZZ”"),
        (["explain", "BAL-1"], "BAL-01"),
        (["template", "--form", "nix"], "没有名为“nix”的表样"),
        (["template", "--period", "25"], "期间“25”不对"),
        (["template", "-o", "a.doc"], "应以 .xlsx 结尾"),
        (["report", "x.xlsx"], "没有这个文件"),
        (["report", ".", "--to", "docx,xyz"], "不认识“xyz”"),
        (["consolidate", "empty"], "没有"),
    ],
)
def test_wrong_usage_gives_2_and_a_chinese_line_on_stderr(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert run(arguments) == 2
    out = capsys.readouterr()
    assert words in out.err
    assert "Traceback" not in out.err
    assert out.out == ""


def test_a_faulty_definition_gives_2_with_all_its_problems(tmp_path: Path, capsys: Capture) -> None:
    text = """
form = { id = "x", title = "X" }
[[table]]
id = "t"
title = "T"
rows = [ { id = "a", label = "A" } ]
columns = [ { id = "c", label = "C" }, { id = "d", labell = "D" } ]
rules = { R-1 = "a + = b", R-2 = "a = z" }
"""
    (tmp_path / "form.toml").write_text(text, encoding="utf-8")
    assert run(["template", "--form", str(tmp_path), "-o", str(tmp_path / "a.xlsx")]) == 2
    err = capsys.readouterr().err
    for words in ("form.version", "labell", "R-1", "R-2", "没有代号“z”", "^"):
        assert words in err


def test_every_code_can_be_explained(capsys: Capture) -> None:
    for code in ("BAL-01", "SUM-02", "YOY-01", "VAL-02", *Code):
        assert run(["explain", code]) == 0, code
        assert capsys.readouterr().out.startswith(code)
    assert run(["explain", "bal-02", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rule"] == "BAL-02"


def test_forms_lists_the_default_form(capsys: Capture) -> None:
    assert run(["forms"]) == 0
    assert "zfxxgk-2021" in capsys.readouterr().out
    assert run(["forms", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["basis"] == "国办公开办函〔2021〕30号"


def test_consolidate_writes_book_tables_and_reports(folder: Path, capsys: Capture) -> None:
    faulty(folder)
    assert run(["consolidate", str(folder), "--name", "某区", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out, parse_float=Decimal)
    assert document["coverage"] == [3, 4]
    assert str(document["sum"]["proactive.fees.amount"]) == "0.3"
    assert document["sum"]["requests.closed.total"] == 2
    names = {Path(path).name for path in document["files"]}
    assert {"汇总表.xlsx", "汇总明细.csv", "汇总数.json", "校验结果.json"} <= names
    assert {Path(n).suffix for n in names if "年度报告" in n} == {".docx", ".html", ".pdf", ".md"}
    assert run(["consolidate", str(folder), "--name", "某区", "--fail-on", "never"]) == 0
    assert "丁局（退回修改）" in capsys.readouterr().out


def test_all_sums_faulty_returns_too_and_says_so(folder: Path, capsys: Capture) -> None:
    faulty(folder)
    assert run(["consolidate", str(folder), "--all", "--format", "json", "--fail-on", "never"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["sum"]["requests.new.total"] == 4
    text = next(Path(p) for p in document["files"] if p.endswith(".md")).read_text(encoding="utf-8")
    assert "不是正式数据" in text
    assert run(["consolidate", str(folder), "--all", "--fail-on", "never"]) == 0
    assert "其中没有通过核对、按要求也汇总的：丁局（退回修改）" in capsys.readouterr().out


def test_a_name_for_the_report_of_one_return_is_refused(folder: Path, capsys: Capture) -> None:
    file = next(folder.glob("*.xlsx"))
    assert run(["report", str(file), "--name", "某区"]) == 2
    assert "请去掉 --name" in capsys.readouterr().err
    assert run(["report", str(file), "--trace", "--name", "某区"]) == 2
    assert "请去掉 --name" in capsys.readouterr().err


def test_results_are_no_input_of_the_next_run(folder: Path, capsys: Capture) -> None:
    assert run(["consolidate", str(folder)]) == 0
    assert run(["consolidate", str(folder)]) == 0
    assert "共 3 个文件" in capsys.readouterr().out.split("汇总 3")[-2]


def test_report_of_a_file_is_written_beside_it_and_of_a_folder_into_results(folder: Path, capsys: Capture) -> None:
    assert run(["report", str(folder / "甲.xlsx"), "--to", "md,html"]) == 0
    assert (folder / "甲局2025年政府信息公开工作年度报告.md").is_file()
    assert run(["report", str(folder), "--to", "md", "--name", "某区人民政府"]) == 0
    text = (folder / "成果" / "某区人民政府2025年政府信息公开工作年度报告.md").read_text(encoding="utf-8")
    assert "汇总 3 个单位" not in text
    assert "全区新收政府信息公开申请2件" in text
    assert "已写出" in capsys.readouterr().out


def test_demo_shows_every_status_and_ends_with_0(demonstrated: Any) -> None:
    assert demonstrated.code == 0
    for word in ("通过", "说明后通过", "退回修改", "不是本表", "无法读取", "未报送", "不纳入", "催报"):
        assert word in demonstrated.printed
    results = demonstrated.folder / "云岭区2025" / "成果"
    assert (results / "汇总表.xlsx").is_file()
    assert (results / "board.html").is_file()
    told = json.loads((demonstrated.folder / "宿迁市2023" / "成果" / "汇总数.json").read_text(encoding="utf-8"))
    sums = {name: one["value"] for name, one in told["sums"].items()}
    assert sums["requests.new.total"] + sums["requests.carried_in.total"] == 3607
    assert run(["demo", str(demonstrated.folder)]) == 2


def test_a_full_disk_gives_4_and_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def full(path: Path, data: bytes) -> Path:
        raise OutputError(path, f"磁盘已满，{len(data)} 字节")

    monkeypatch.setattr("toolkit.pipeline.round.sending.distribute.write", full)
    assert run(["template", "-o", str(tmp_path / "a.xlsx")]) == 4
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bug_gives_4_and_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(runner, "app", broken)
    monkeypatch.delenv("XXGK_DEBUG", raising=False)
    assert run(["forms"]) == 4
    err = capsys.readouterr().err
    assert "程序内部出错" in err
    assert "Traceback" not in err


def test_a_console_that_lacks_a_character_does_not_end_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(folder / "怪.xlsx", workbook("鿃局😀局"))
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="gbk"))
    assert run(["verify", str(folder)]) == 0
    sys.stdout.flush()
    assert "共 4 个文件" in raw.getvalue().decode("gbk")


def test_json_stays_whole_on_a_gbk_console(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(folder / "怪.xlsx", workbook("鿃局😀局"))
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="gbk"))
    assert run(["verify", str(folder), "--format", "json"]) == 0
    sys.stdout.flush()
    units = {one["unit"] for one in json.loads(raw.getvalue().decode("gbk"))["returns"]}
    assert "鿃局😀局" in units


def test_control_and_direction_marks_of_a_stranger_are_shown_not_obeyed(folder: Path, capsys: Capture) -> None:
    assert run(["verify", str(save(folder / "x.xlsx", workbook("甲\u202e局")))]) == 0
    assert "甲〔文字方向控制符〕局" in capsys.readouterr().out


def test_python_m_toolkit_is_the_program_and_help_is_chinese() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "--help"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    for words in ("用法", "xxgk", "选项", "命令", "verify", "consolidate", "显示这一页说明"):
        assert words in done.stdout
    assert "Show this message" not in done.stdout


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "台账是完整的"),
        (MemoryError(), 4, "内存不够"),
        (OSError(28, "No space left on device", "a.xlsx"), 4, "a.xlsx"),
        (OSError(28, "No space left on device", "a.xlsx"), 4, "磁盘已满"),
        (OSError(9_999, "Something odd", "a.xlsx"), 4, "系统错误 9999"),
        (BrokenPipeError(), 0, ""),
        (SystemExit(1), 0, ""),
    ],
)
def test_what_breaks_a_run_ends_it_in_a_sentence(
    error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def broken(**_: object) -> None:
        raise error

    monkeypatch.setattr(runner, "app", broken)
    before = sys.stdout
    monkeypatch.setattr(sys, "stdout", before)
    monkeypatch.delenv("XXGK_DEBUG", raising=False)
    assert run(["forms"]) == code
    if sys.stdout is not before:
        sys.stdout.close()
    assert words in capsys.readouterr().err


def test_a_terminal_gets_a_bar_and_colours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("TERM", "xterm")
    assert run(["verify", str(faulty(folder))]) == 1
    assert "核对" in err.getvalue()
    assert "BAL-01" in out.getvalue()


def test_version_and_program_without_command(capsys: Capture) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("xxgk 0.")


def test_what_is_no_workbook_in_a_folder_is_named(folder: Path, capsys: Capture) -> None:
    save(folder / "退回" / "甲2.xlsx", workbook("己局"))
    save(folder / "打包.zip", b"PK")
    assert run(["verify", str(folder)]) == 0
    out = capsys.readouterr()
    assert "共 4 个文件" in out.out
    assert "另有 1 个文件不是工作簿，没有读取：打包.zip" in out.err


def test_files_of_one_name_are_told_apart_by_their_folders(folder: Path, capsys: Capture) -> None:
    for unit in ("子", "丑"):
        save(folder / unit / "年报.xlsx", workbook(f"{unit}局"))
    assert run(["verify", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "子/年报.xlsx：通过（子局，2025）" in out
    assert "丑/年报.xlsx：通过（丑局，2025）" in out


def test_a_line_break_in_a_strangers_text_begins_no_line_of_ours(folder: Path, capsys: Capture) -> None:
    assert run(["verify", str(save(folder / "x.xlsx", workbook("甲局）\n乙.xlsx：通过（乙局")))]) == 0
    assert not any(line.startswith("乙.xlsx") for line in capsys.readouterr().out.splitlines())


def test_a_character_without_a_font_costs_only_the_pdf(folder: Path, capsys: Capture) -> None:
    path = save(folder / "x.xlsx", workbook("庚局", overview__platform="平台👍"))
    assert run(["report", str(path), "-o", str(folder / "out")]) == 4
    assert "👍" in capsys.readouterr().err
    assert {file.suffix for file in (folder / "out").iterdir()} == {".docx", ".html", ".md"}


def test_a_file_where_a_folder_is_wanted_is_wrong_usage(folder: Path, capsys: Capture) -> None:
    for arguments in (["consolidate", str(folder / "甲.xlsx")], ["demo", str(folder / "甲.xlsx")]):
        assert run(arguments) == 2
        assert "文件夹" in capsys.readouterr().err


def test_trace_lists_every_figure_of_a_sentence_with_its_cells_and_writes_nothing(
    tmp_path: Path, capsys: Capture
) -> None:
    path = save(
        tmp_path / "甲.xlsx",
        workbook("甲局", requests__new__natural=Decimal(2), requests__granted__natural=Decimal(2)),
    )
    assert run(["report", str(path), "--trace"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2025年，本机关新收政府信息公开申请2件")
    assert lines[1] == "  2 ← 申请情况!J6（一、本年新收政府信息公开申请数量／总计）"
    assert [one.name for one in tmp_path.iterdir()] == ["甲.xlsx"]


@pytest.mark.runs
def test_a_shell_is_told_what_could_be_typed_next() -> None:
    asked = {"_XXGK_COMPLETE": "complete_bash", "COMP_WORDS": "xxgk dist", "COMP_CWORD": "1"}
    command = [sys.executable, "-m", "toolkit"]
    done = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["distribute"]


def test_with_verbose_every_stage_is_told_at_once(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    started: list[float] = []

    class Told(Timer):
        """A timer that is heard of."""

        def start(self) -> None:
            started.append(self.interval)

    monkeypatch.setattr(console, "_LONG", 600.0)
    monkeypatch.setattr(console, "Timer", Told)
    monkeypatch.setenv("XXGK_DEBUG", "")
    assert run(["--verbose", "verify", str(SAMPLES / "yunling-2025" / "教育局.xlsx")]) == 0
    assert set(started) == {0.0}
    capsys.readouterr()
