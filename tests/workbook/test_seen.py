"""``verify --as-seen``: every cell that shows something else than it holds, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from factories.workbooks import edited, form, patched, save, verdict, workbook

from toolkit.cli.run import run
from toolkit.pipeline.verify import seen_cells

pytestmark = pytest.mark.runs

SHEET = "申请情况"
TEXT = "栏目由专人维护，每周更新。" * 130


def spoilt(book: openpyxl.Workbook) -> None:
    for cell, value, number_format in (
        ("D6", 12, "General"),
        ("D7", 0.5, "0%"),
        ("D8", 12, "0!.0"),
        ("D9", 3.4, "0"),
        ("D10", 45000, "yyyy-mm-dd"),
        ("D11", 7, '0"件"'),
        ("D12", 123456789, "General"),
        ("D13", 0, '0;-0;"—"'),
    ):
        book[SHEET][cell].value, book[SHEET][cell].number_format = value, number_format
    book[SHEET].row_dimensions[14].hidden = True
    book["总体情况"]["B3"].value = TEXT
    book["总体情况"]["B4"].value = "按期\u200b办结。"
    book["封面"]["B6"].value = "陈\u202e某"


def test_each_cell_is_told_with_both_and_the_reason(tmp_path: Path) -> None:
    found = seen_cells(verdict(save(tmp_path / "a.xlsx", edited(workbook(), spoilt))))
    told = {(one.sheet, one.cell): (one.shown, one.stored) for one in found}
    hidden = {(SHEET, f"{column}14"): ("（看不见）", "0") for column in "DEFGHI"}
    assert told == {
        ("封面", "B6"): ("陈 某", "陈〔文字方向控制符〕某"),
        (SHEET, "D7"): ("50%", "0.5"),
        (SHEET, "D8"): ("1.2", "12"),
        (SHEET, "D9"): ("3", "3.4"),
        (SHEET, "D10"): ("（日期或时间）", "45000"),
        (SHEET, "D12"): ("######", "123456789"),
        **hidden,
        ("总体情况", "B3"): ("（只有前面一部分）", TEXT[:60] + "…"),
        ("总体情况", "B4"): ("按期 办结。", "按期〔零宽空格〕办结。"),
    }
    why = {one.cell: one.why for one in found if one.sheet == "总体情况"}
    assert "零宽空格" in why["B4"]
    assert "打印不出来" in why["B3"]
    assert {one.why for one in found if one.shown == "（看不见）"} == {"在隐藏的行或列里"}


def test_what_hides_a_cell_is_told_without_the_list_of_the_others(tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["总体情况"].sheet_state = "hidden"

    data = patched(edited(workbook(), hide), "申请情况", "</mergeCells>", '<mergeCell ref="D6:E6"/></mergeCells>')
    found = seen_cells(verdict(save(tmp_path / "a.xlsx", data)))
    assert {(one.cell, one.why) for one in found if one.sheet == SHEET} == {("E6", "被合并单元格盖住")}
    assert {one.why for one in found if one.sheet == "总体情况"} == {"整张表隐藏了"}


def test_a_plain_return_shows_what_it_holds(tmp_path: Path) -> None:
    plain = save(tmp_path / "a.xlsx", workbook())
    assert seen_cells(verdict(plain), form().form.id) == []
    assert seen_cells(verdict(save(tmp_path / "b.xlsx", b""))) == []


def test_the_list_is_printed_and_stands_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, odd = save(tmp_path / "a.xlsx", workbook()), save(tmp_path / "b.xlsx", edited(workbook(), spoilt))
    run(["verify", str(plain), str(odd), "--as-seen"])
    printed = capsys.readouterr().out
    assert "各格显示的与存的相同。" in printed
    assert "申请情况!D8 显示“1.2”，存的是“12”：数字格式“0!.0”" in printed
    run(["verify", str(plain), str(odd), "--as-seen", "--format", "json"])
    first, second = json.loads(capsys.readouterr().out)["returns"]
    assert first["as_seen"] == []
    assert {"sheet": SHEET, "cell": "D9", "shown": "3", "stored": "3.4", "why": "数字格式“0”"} in second["as_seen"]
    run(["verify", str(plain), "--format", "json"])
    assert "as_seen" not in json.loads(capsys.readouterr().out)["returns"][0]
