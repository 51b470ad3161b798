"""The tutorial, typed as it stands: from a printed table to a report."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from toolkit.cli.run import run
from toolkit.instrument import catalogue

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tutorial-form.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ROW = '  { id = "all"'
Capture = pytest.CaptureFixture[str]


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language]


def printed(path: Path) -> None:
    """The table as the page shows it."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in csv.reader(blocks("csv")[0].splitlines()):
        sheet.append([text or None for text in line])
    for area in re.findall(r"[A-Z]\d:[A-Z]\d", PAGE.partition("Merged are")[2].partition("\n")[0]):
        sheet.merge_cells(area)
    book.save(path)


def fill() -> None:
    """What the page says that the units type."""
    for file, name, value in csv.reader(blocks("csv")[1].splitlines()):
        book = openpyxl.load_workbook(file)
        sheet, _, cell = str(book.defined_names[name].attr_text).rpartition("!")
        book[sheet.strip("'")][cell.replace("$", "")].value = int(value) if value.isdigit() else value
        book.save(file)


def typed(block: str) -> Iterator[int]:
    """The exit codes of the commands of a block."""
    for line in block.splitlines():
        program, *words = shlex.split(line)
        assert program == "xxgk"
        yield run(words)


@pytest.mark.runs
def test_the_tutorial_goes_from_a_printed_table_to_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    printed(Path("养老机构.xlsx"))
    draft, look, units, verify, consolidate, diff = blocks("sh")
    definition, report = blocks("toml")
    sentence, added = blocks("text")
    assert list(typed(draft)) == [0]
    drafted = Path("nursing/form.toml").read_text(encoding="utf-8")
    assert '{ id = "c2", label = "护理型", under = ["床位"] }' in drafted
    assert '{ id = "r1", label = "公办", under = ["城镇"] }' in drafted
    assert "# 表上的说明：注：床位按年末实有数填。" in drafted
    assert list(typed("xxgk lint nursing")) == [0]
    Path("nursing/form.toml").write_text(definition, encoding="utf-8")
    Path("nursing/report.toml").write_text(report, encoding="utf-8")
    # Each command of the page is a run of its own.
    catalogue._load.cache_clear()
    Path("收件").mkdir()
    for block in (look, units):
        assert set(typed(block)) == {0}
    fill()
    capsys.readouterr()
    assert list(typed(verify)) == [0]
    assert "共 2 个文件：通过 2。" in capsys.readouterr().out
    assert list(typed(consolidate)) == [0]
    (text,) = Path("收件/成果").glob("*报告.md")
    assert sentence.strip() in text.read_text(encoding="utf-8")
    Path("nursing-new").mkdir()
    row = definition.replace(ROW, f'  {{ id = "community", label = "社区" }},\n{ROW}')
    row = row.replace("public:rural", "public:community").replace("version = 1", "version = 2\naccepts = [1, 2]")
    Path("nursing-new/form.toml").write_text(row, encoding="utf-8")
    capsys.readouterr()
    assert list(typed(diff)) == [0]
    assert added.strip() in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "told"),
    [([["标题"]], "看不出表头和行名"), ([["甲", "乙"], ["一", "二"]], "看不出表头和行名"), ([], "看不出表头和行名")],
    ids=["a title alone", "no blank cells", "nothing"],
)
def test_a_sheet_that_is_no_table_to_fill_in_is_told(
    rows: list[list[str]], told: str, tmp_path: Path, capsys: Capture
) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "表.xlsx")
    assert run(["form", "new", str(tmp_path / "new"), "--from", str(tmp_path / "表.xlsx")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_draft_overwrites_nothing_and_needs_a_workbook(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "表.csv").write_text("甲,乙", encoding="utf-8")
    assert run(["form", "new", str(tmp_path / "new"), "--from", str(tmp_path / "表.csv")]) == 2
    assert "不是表格" in capsys.readouterr().err
    printed(tmp_path / "表.xlsx")
    assert run(["form", "new", str(tmp_path), "--from", str(tmp_path / "表.xlsx")]) == 2
    assert "已有这个文件夹" in capsys.readouterr().err
