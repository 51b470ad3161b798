"""A tick on the cover fills what did not happen with 0: seen on the sheet, worked out by the reader, contradicted."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.office import calculated_sheets, type_in
from factories.workbooks import edited, form, found, patched, save, verdict, workbook

from toolkit.errors import DefinitionError
from toolkit.forms.layout import CHECKS, CONFIRM, COVER, CheckColumn, nil_key
from toolkit.instrument.catalogue import known_forms
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Severity, Status
from toolkit.workbook.annotation.annotate import annotate
from toolkit.workbook.template.cells import CellRole
from toolkit.workbook.template.conditions import nil_formula
from toolkit.workbook.template.plan import blank_plan

ALL_PASSED = "不通过 0 项，请核实 0 项，未填 0 项"
TICK, PENDING = "cover.no_disputes", "disputes.review.pending"
DISPUTES = [v.name for v in form().variables.values() if v.table == "disputes" and not v.derived]


def ticked(tick: str = "是", **changed: Decimal | str | None) -> bytes:
    """A return whose cells of disputes hold the template's own formulas, but for ``changed``."""
    blanks: dict[str, Any] = dict.fromkeys(name.replace(".", "__") for name in DISPUTES)
    return workbook(**blanks | {"cover__no_disputes": tick, **changed})


def test_a_tick_is_read_as_noughts_and_no_formula_is_anybodys_fault(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", ticked()))
    assert result.status is Status.ACCEPTED
    assert result.findings == ()
    assert result.content is not None
    assert {result.content.numbers[name] for name in DISPUTES} == {Decimal(0)}


@pytest.mark.parametrize("tick", ["", "否", "有", "1"])
def test_without_the_tick_the_same_cells_are_blank(tmp_path: Path, tick: str) -> None:
    (told,) = found(verdict(save(tmp_path / "a.xlsx", ticked(tick))), "VAL-01")
    assert (told.sheet, told.severity) == ("复议诉讼", Severity.ERROR)
    assert set(told.variables) == set(DISPUTES)


@pytest.mark.parametrize("tick", ["√", "ｙ", "对。", " 是 "])
def test_a_mark_that_can_only_mean_yes_is_a_tick(tmp_path: Path, tick: str) -> None:
    result = verdict(save(tmp_path / "a.xlsx", ticked(tick)))
    assert (result.status, {one.severity for one in result.findings}) == (Status.ACCEPTED, {Severity.NOTE})
    result = verdict(save(tmp_path / "b.xlsx", ticked(tick, disputes__review__pending=Decimal(3))))
    assert len(found(result, "VAL-15")) == 1


def test_what_may_mean_anything_is_told_with_its_words(tmp_path: Path) -> None:
    (told,) = found(verdict(save(tmp_path / "a.xlsx", ticked("有"))), "VAL-15")
    assert (told.severity, told.cell) == (Severity.NOTE, form().layout.spots[TICK].cell)
    assert "写的是“有”" in told.message


def test_the_result_that_the_file_keeps_is_not_believed(tmp_path: Path) -> None:
    cell = form().layout.spots[PENDING].cell
    lying = patched(ticked(), "复议诉讼", rf'(<c r="{cell}"[^>]*><f>[^<]*</f><v>)0', r"\g<1>7")
    result = verdict(save(tmp_path / "a.xlsx", lying))
    assert result.content is not None
    assert result.content.numbers[PENDING] == 0
    bare = verdict(save(tmp_path / "b.xlsx", edited(ticked(), lambda _: None)))
    assert bare.content is not None
    assert bare.content.numbers == result.content.numbers


def test_a_figure_beside_a_tick_is_asked_about_at_its_cell(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", ticked(disputes__review__pending=Decimal(2))))
    (told,) = found(result, "VAL-15")
    spot = form().layout.spots[PENDING]
    assert (told.severity, told.sheet, told.cell, told.variables) == (
        Severity.VERIFY, spot.sheet, spot.cell, (PENDING,),
    )  # fmt: skip
    assert result.content is not None
    assert result.content.numbers[PENDING] == 2
    assert not found(verdict(save(tmp_path / "b.xlsx", ticked(disputes__review__pending=Decimal(0)))), "VAL-15")


def test_a_cell_that_was_emptied_under_a_tick_is_a_blank(tmp_path: Path) -> None:
    spot = form().layout.spots[PENDING]
    data = edited(ticked(), lambda book: book[spot.sheet].__setitem__(spot.cell, None))
    (told,) = found(verdict(save(tmp_path / "a.xlsx", data)), "VAL-01")
    assert told.cell == spot.cell


def test_the_annotated_copy_keeps_ticks_and_formulas(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", ticked(requests__new__natural="10件", disputes__review__pending=Decimal(2)))
    back = save(tmp_path / "b.xlsx", annotate(path.read_bytes(), form(), verdict(path)))
    book = openpyxl.load_workbook(back)
    planned = {cell.name: cell for cell in blank_plan(form()).cells if cell.name}
    for name in DISPUTES:
        sheet, cell = form().layout.cells[name]
        assert book[sheet][cell].value == (2 if name == PENDING else f"={planned[name].formula}"), name


@pytest.mark.office
@pytest.mark.parametrize(("tick", "blank"), [("", DISPUTES), ("是", ["requests.new.natural"])])
def test_blanks_are_proposed_and_confirmed_beside_ticks(tmp_path: Path, tick: str, blank: list[str]) -> None:
    cells = form().layout.cells
    path = save(tmp_path / "a.xlsx", ticked(tick, requests__new__natural=None if tick else Decimal(0)))
    back = save(tmp_path / "b.xlsx", annotate(path.read_bytes(), form(), verdict(path)))
    book = openpyxl.load_workbook(back)
    assert {book[sheet][cell].value for sheet, cell in map(cells.__getitem__, blank)} == {0}
    (told,) = found(verdict(back), "VAL-14")
    assert set(told.variables) == set(blank)
    done = type_in(back, tmp_path / "c.xlsx", {(CONFIRM, "A1"): "确认"})
    result = verdict(done)
    assert result.status is Status.ACCEPTED
    assert result.content is not None
    assert {result.content.numbers[name] for name in (*DISPUTES, *blank)} == {Decimal(0)}
    assert checked(done, tmp_path / "out", before=2)[2][0] == ALL_PASSED
    gone = verdict(type_in(done, tmp_path / "d.xlsx", {cells[TICK]: ""}))
    assert {name for one in gone.findings for name in one.variables} == (set(DISPUTES) if tick else set())


def checked(path: Path, folder: Path, before: int = 0) -> list[list[str]]:
    """The check sheet as LibreOffice calculates it; so many sheets stand before ours."""
    (sheet,) = calculated_sheets([path], folder, (form().layout.sheets.index(CHECKS) + 1 + before, CHECKS))
    with sheet.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))


@pytest.mark.office
def test_in_libreoffice_a_tick_fills_the_cells_and_settles_their_line(tmp_path: Path) -> None:
    cells = form().layout.cells
    blank = save(tmp_path / "a.xlsx", ticked(""))
    done = type_in(blank, tmp_path / "b.xlsx", {cells[TICK]: "是"})
    assert verdict(done).status is Status.ACCEPTED
    rows = checked(done, tmp_path / "out")
    line = form().layout.check_spot(nil_key("no_disputes"), 0).row
    assert rows[line][CheckColumn.VERDICT] == "通过"
    assert rows[2][0] == ALL_PASSED


DEFINITION = """
[form]
id = "s"
version = 1
title = "表"
[[table]]
id = "t"
title = "表"
rows = [{ id = "x", label = "行" }]
columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }]
"""


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('[[zero]]\nid = "n"\nlabel = "无"\nfills = "u.*"\n', "没有对应的数"),
        ('[[zero]]\nid = "n"\nlabel = "无"\n', "没有对应的数"),
        ('[[zero]]\nid = "n"\nlabel = "无"\nfills = "t.*"\n[[zero]]\nid = "m"\nlabel = "无"\nfills = "*.a"\n', "两次"),
        ('[[zero]]\nid = "unit"\nlabel = "无"\nfills = "t.*"\n', "已被程序使用"),
        ('[[zero]]\nid = "n"\nlabel = "无"\nfils = "t.*"\n', "是不是“fills”"),
    ],
)
def test_what_is_wrong_with_a_tick_is_told(more: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as told:
        loads(DEFINITION + more)
    assert any(problem in one for one in told.value.problems)


def test_a_form_without_ticks_has_no_formula_in_its_cells() -> None:
    kind = loads(DEFINITION)
    assert not [cell for cell in blank_plan(kind).cells if cell.name.startswith("t.") and cell.formula]
    one = loads(DEFINITION + '[[zero]]\nid = "n"\nlabel = "无"\nfills = "t.x.a"\n')
    formulas = {cell.name: cell.formula for cell in blank_plan(one).cells if cell.name.startswith("t.")}
    assert formulas == {"t.x.a": nil_formula(one.layout.spots["cover.n"]), "t.x.b": ""}


@pytest.mark.parametrize("kind", known_forms(), ids=lambda kind: kind.form.id)
def test_the_ticks_are_printed_within_the_table_of_the_cover(kind: Instrument) -> None:
    """Every line of it ends in the same column, and begins with a label."""
    framed = (CellRole.STUB, CellRole.TEXT, CellRole.TICK, CellRole.RESULT)
    cells = [cell for cell in blank_plan(kind).sheets[COVER] if cell.role in framed]
    ends = {row: max(c.spot.col + c.cols for c in cells if c.spot.row == row) for row in {c.spot.row for c in cells}}
    assert len(ends) > 4
    assert set(ends.values()) == {3 if kind.form.nils else 2}
