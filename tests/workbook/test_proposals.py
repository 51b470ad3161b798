"""Proposed values: written to be confirmed, never summed before, as good as typed afterwards."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.office import recalculate
from factories.workbooks import form, save, values, verdict

from toolkit.model.finding import Finding
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.proposals import Proposal, unconfirmed
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.pen import PROPOSAL
from toolkit.workbook.template.write import write_template

PROPOSED = [
    Proposal("requests.new.natural", Decimal(12), "从“旧表.xls”的 Sheet1!C7 读出"),
    Proposal("requests.granted.natural", Decimal(12), "从“旧表.xls”的 Sheet1!C9 读出"),
    Proposal("proactive.fees.amount", Decimal("1.5"), "从“旧表.xls”的 Sheet1!C10 读出"),
    Proposal("cover.contact", "陈晓岚", "从“旧表.xls”的 Sheet1!B2 读出"),
    Proposal("requests.new.total", None, "原文件写的是 13"),
]
GIVEN = Prefill(
    unit="甲局",
    period="2025",
    values={**values(), **{one.variable: one.value for one in PROPOSED if one.value is not None}},
)
CELLS = "“申请情况”表 D6、D8；“主动公开”表 B16；“封面”表 B6"


def book() -> bytes:
    return write_template(form(), replace(GIVEN, proposals=PROPOSED, told=["说明一", "说明二"]))


def changed(change: Callable[[Any], object]) -> list[Finding]:
    opened = openpyxl.load_workbook(io.BytesIO(book()))
    change(opened)
    out = io.BytesIO()
    opened.save(out)
    return unconfirmed(read(admit_bytes(out.getvalue())), form().layout.names)


def test_without_proposals_the_workbook_is_what_it_was() -> None:
    assert write_template(form(), replace(GIVEN, told=["说明"])) == write_template(form(), GIVEN)
    assert unconfirmed(read(admit_bytes(write_template(form(), GIVEN))), {}) == []


def test_a_proposed_value_has_its_look_and_says_where_it_comes_from() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book()))
    cell = opened["申请情况"]["D6"]
    assert (cell.value, cell.fill.fgColor.rgb, cell.protection.locked) == (12, f"FF{PROPOSAL[1:]}", False)
    assert cell.comment is not None
    assert cell.comment.text == "待确认：从“旧表.xls”的 Sheet1!C7 读出"
    total = opened["申请情况"]["J6"]
    assert (str(total.value)[0], total.comment and total.comment.text) == ("=", "待确认：原文件写的是 13")
    assert opened["申请情况"]["D7"].fill.fgColor.rgb != f"FF{PROPOSAL[1:]}"
    assert opened["封面"]["B6"].value == "陈晓岚"


def test_one_cell_confirms_all_and_a_hidden_sheet_lists_them() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book()))
    sheet = opened["待确认"]
    assert opened.active is sheet
    assert (sheet["A1"].value, sheet["A1"].protection.locked) == (None, False)
    assert [str(one.sqref) + str(one.formula1) for one in sheet.data_validations.dataValidation] == ['A1"确认"']
    assert [sheet[f"B{row}"].value for row in (2, 3)] == ["说明一", "说明二"]
    noted = opened["_建议"]
    assert noted.sheet_state == "hidden"
    assert [[cell.value for cell in row] for row in noted.iter_rows()] == [
        ["申请情况!D6", 12],
        ["申请情况!D8", 12],
        ["主动公开!B16", 1.5],
        ["封面!B6", "陈晓岚"],
    ]


def test_the_results_of_formulas_are_those_of_the_proposals() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book()), data_only=True)
    assert opened["申请情况"]["J6"].value == 12


def test_unconfirmed_is_an_error_at_the_confirming_cell(tmp_path: Path) -> None:
    found = verdict(save(tmp_path / "a.xlsx", book()))
    assert found.status.value == "returned"
    (finding,) = [one for one in found.findings if one.severity.value != "note"]
    assert (finding.rule, finding.sheet, finding.cell) == ("VAL-14", "待确认", "A1")
    assert finding.message == f"还有 4 格是程序填上的，没有确认（{CELLS}）"


@pytest.mark.office
def test_confirmed_is_a_return_as_any_other(tmp_path: Path) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book()))
    opened["待确认"]["A1"].value = "确认"
    opened.save(tmp_path / "a.xlsx")
    found = verdict(recalculate(tmp_path / "a.xlsx", tmp_path / "out"))
    assert [one for one in found.findings if one.severity.value != "note"] == []
    assert "FORM-06" not in {one.rule for one in found.findings}
    assert found.content is not None
    assert found.content.numbers["requests.new.total"] == 12
    assert found.content.cover["cover.contact"] == "陈晓岚"


@pytest.mark.parametrize("text", ["确认", " 确认　", "确 认"])
def test_the_word_may_be_typed(text: str) -> None:
    assert changed(lambda opened: opened["待确认"].__setitem__("A1", text)) == []


@pytest.mark.parametrize("text", ["不确认", "待确认", "否", 1])
def test_another_word_confirms_nothing(text: object) -> None:
    assert len(changed(lambda opened: opened["待确认"].__setitem__("A1", text))) == 1


def test_a_cell_that_was_changed_by_hand_waits_for_nobody() -> None:
    (finding,) = changed(lambda opened: opened["申请情况"].__setitem__("D6", 13))
    assert finding.message == f"还有 3 格是程序填上的，没有确认（{CELLS.replace('D6、', '')}）"

    def all_typed(opened: Any) -> None:
        for sheet, cell in (place.split("!") for place in ("申请情况!D6", "申请情况!D8", "主动公开!B16", "封面!B6")):
            opened[sheet][cell].value = 0

    assert changed(all_typed) == []


def test_without_the_sheet_nothing_is_confirmed() -> None:
    assert len(changed(lambda opened: opened.remove(opened["待确认"]))) == 1
