"""A template of an earlier program is read where every cell stands as it does now; what was moved since is no fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.workbooks import edited, form, found, save, verdict, workbook
from openpyxl.workbook.defined_name import DefinedName

from toolkit.forms.layout import CHECKS, IDENTITY, explain_name
from toolkit.model.finding import Severity, Status
from toolkit.workbook.annotation.annotate import annotate

Change = Callable[[openpyxl.Workbook], None]
REASON = "本年集中受理了一批征地补偿申请，台账逐件核对过。"


def explained_key() -> str:
    """A check that a reason settles, and that fails where last year was a hundred times as busy."""
    return next(key for key in form().layout.explained if key.startswith("YOY-03"))


def earlier(book: Any) -> None:
    """As an earlier program made it: another mark, another check sheet, other formulas that only show something."""
    for row in book[IDENTITY].iter_rows():
        if row[0].value == "fingerprint":
            row[1].value = "0123456789abcdef"
    for one in list(book.custom_doc_props.names):
        if one == "xxgk.fingerprint":
            del book.custom_doc_props[one]
    for row in book[CHECKS].iter_rows():
        for cell in row:
            if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                cell.value = None
    book["封面"]["B10"] = '="看校验表"'


def moved(book: Any) -> None:
    earlier(book)
    book["申请情况"].insert_rows(8)


def elsewhere(book: openpyxl.Workbook) -> None:
    """A name calls another cell than the one that is read."""
    earlier(book)
    book.defined_names["requests.new.natural"] = DefinedName("requests.new.natural", attr_text="'申请情况'!$E$6")


def test_its_entries_are_read_and_its_check_sheet_is_left_alone(tmp_path: Path) -> None:
    plain = verdict(save(tmp_path / "a.xlsx", workbook()))
    old = verdict(save(tmp_path / "b.xlsx", edited(workbook(), earlier)))
    assert plain.status is old.status is Status.ACCEPTED
    assert plain.content is not None
    assert old.content is not None
    assert (old.content.numbers, old.content.texts) == (plain.content.numbers, plain.content.texts)
    (note,) = found(old, "FORM-03")
    assert note.severity is Severity.NOTE
    assert "较早的模板" in note.message
    assert {one.rule for one in old.findings} - {one.rule for one in plain.findings} == {"FORM-03", "FMLA-04"}


@pytest.mark.parametrize(("change", "rule"), [(moved, "FORM-05"), (elsewhere, "FORM-03")])
def test_of_what_stands_elsewhere_nobody_is_accused(tmp_path: Path, change: Change, rule: str) -> None:
    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), change)))
    assert result.status is Status.FOREIGN
    assert [one.rule for one in result.findings] == [rule]
    assert result.findings[0].remedy == "请换用新发的模板填写。"
    assert "被改动" not in result.findings[0].message


def test_a_reason_is_read_where_the_workbook_s_own_name_calls_it(tmp_path: Path) -> None:
    key = explained_key()

    def told(book: openpyxl.Workbook) -> None:
        earlier(book)
        book.defined_names[explain_name(key)] = DefinedName(explain_name(key), attr_text=f"'{CHECKS}'!$H$77")
        book[CHECKS]["H77"] = REASON

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), told)))
    assert result.content is not None
    assert result.content.explanations == {key: REASON}
    assert result.content.explained_at is not None
    assert result.content.explained_at[key] == "H77"


def test_the_copy_that_goes_back_keeps_its_check_sheet(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", edited(workbook(**{"requests.new.natural": "十"}), earlier))
    copy = annotate(path.read_bytes(), form(), verdict(path), ())
    back = openpyxl.load_workbook(save(tmp_path / "b.xlsx", copy))
    assert [cell.coordinate for row in back[CHECKS].iter_rows() for cell in row if cell.data_type == "f"] == []
    assert back["封面"]["B10"].value == '="看校验表"'
    again = verdict(tmp_path / "b.xlsx")
    assert {one.rule for one in again.findings} >= {"FORM-03", "VAL-01"}
