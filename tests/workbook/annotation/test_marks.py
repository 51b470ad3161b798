"""One fault in many cells is told once, with its places; what differs stays apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from factories.workbooks import form, workbook

from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Verdict
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.workbook.annotation.marks import lines_of, told_once
from toolkit.workbook.proposals import areas

TABLE, DISPUTES = "申请情况", "复议诉讼"
ROWS = ("carried_in", "granted", "partial")


def judge(data: bytes) -> Verdict:
    (verdict,) = judged([understand_bytes("某局.xlsx", data)])
    return verdict


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["D7"], "D7"),
        (["D7", "E7", "F7"], "D7:F7"),
        (["I6", *(f"{column}{row}" for row in range(7, 10) for column in "DEFGHI")], "I6、D7:I9"),
        (["D7", "F7", "D8", "F8"], "D7:D8、F7:F8"),
        (["D7", "D9"], "D7、D9"),
        ([f"D{row}" for row in range(1, 17, 2)], "D1、D3、D5、D7、D9、D11、D13、D15"),
        ([f"D{row}" for row in range(1, 19, 2)], "D1、D3、D5、D7、D9、D11、D13、D15等"),
    ],
)
def test_cells_are_told_as_few_areas(cells: list[str], told: str) -> None:
    assert areas([(TABLE, cell) for cell in cells]) == told
    assert areas([*((TABLE, cell) for cell in reversed(cells)), (TABLE, cells[0])]) == told


def test_areas_of_several_sheets_are_told_by_sheet() -> None:
    assert areas([(TABLE, "D7"), (DISPUTES, "A6"), (TABLE, "D8")]) == f"“{TABLE}”表 D7:D8；“{DISPUTES}”表 A6"


def spoilt(value: str | Decimal | None) -> list[Finding]:
    cells: dict[str, Any] = {f"requests__{row}__legal": value for row in ROWS}
    return lines_of(form(), judge(workbook(disputes__review__upheld=value, **cells)), enclosed=False)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "空着"),
        ("10件", "单位或文字"),
        ("无", "“/”"),
        ("约十", "不是数字"),
        (Decimal("1.5"), "小数"),
        (Decimal(-1), "负"),
    ],
)
def test_a_habit_is_one_line_with_count_and_places(value: str | Decimal | None, word: str) -> None:
    (line,) = [one for one in spoilt(value) if one.rule == Code.VAL_01]
    places = [form().layout.cells[f"requests.{row}.legal"][1] for row in ROWS]
    assert line.message.startswith("4 格")
    assert word in line.message
    assert f"“{TABLE}”表 {places[0]}:{places[-1]}；“{DISPUTES}”表 " in line.message
    assert (line.sheet, line.cell, len(line.cells), len(line.variables)) == (TABLE, places[0], 4, 4)
    assert "暂不能核对" not in line.message


def test_a_single_cell_keeps_its_own_words_without_what_only_the_office_needs() -> None:
    found = judge(workbook(requests__granted__legal="10件")).findings
    assert any("暂不能核对" in one.message for one in found)
    (line,) = [
        one for one in lines_of(form(), judge(workbook(requests__granted__legal="10件"))) if one.rule == Code.VAL_01
    ]
    assert line.message.endswith("：“10件”带有单位或文字。")
    assert line.remedy == "请只填数字，例如 10。"


def finding(cell: str, **more: Any) -> Finding:
    told: dict[str, Any] = {"message": "公式被删", "remedy": "请恢复。", **more}
    return Finding(rule="X-01", severity=Severity.ERROR, sheet=TABLE, cell=cell, **told)


def test_what_is_said_in_the_same_words_is_one_line() -> None:
    (line,) = told_once([finding("D6"), finding("D7")])
    assert line.message == "公式被删（2 处：D6:D7）"
    assert line.cells == ("D6", "D7")


@pytest.mark.parametrize(
    "more", [{"message": "另一句"}, {"remedy": "另法。"}, {"suggestion": "看 D9。"}, {"explanation": "属实"}]
)
def test_what_differs_stays_apart(more: dict[str, str]) -> None:
    found = [finding("D6"), finding("D7", **more)]
    assert told_once(found) == found


def test_a_return_as_it_should_be_has_nothing_to_tell() -> None:
    assert [one for one in lines_of(form(), judge(workbook())) if one.severity is not Severity.NOTE] == []
