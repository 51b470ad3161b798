"""Filled cells that nobody sees but the program are told, and read all the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from factories.workbooks import edited, form, found, patched, save, verdict, workbook

from toolkit.model.finding import Severity, Status

SHEET = "申请情况"
Change = Callable[[openpyxl.Workbook], None]


def merged(area: str) -> Change:
    """As a program does it that keeps what stands in the covered cells; ``merge_cells`` would empty them."""
    return lambda book: book[SHEET].merged_cells.add(area)


def hidden_row(book: openpyxl.Workbook) -> None:
    book[SHEET].row_dimensions[9].hidden = True


def hidden_columns(book: openpyxl.Workbook) -> None:
    book[SHEET].column_dimensions.group("E", "F", hidden=True)


def hidden_sheet(book: openpyxl.Workbook) -> None:
    book[SHEET].sheet_state = "hidden"


def column(letter: str) -> list[str]:
    cells = form().layout.cells
    kind = form()
    names = [name for name in kind.names if name not in kind.rules.formulas and cells[name][0] == SHEET]
    return [cells[name][1] for name in names if cells[name][1].startswith(letter)]


@pytest.mark.parametrize(
    ("change", "cells", "words"),
    [
        (merged("D7:E7"), ["E7"], "被合并单元格盖住"),
        (hidden_row, [f"{letter}9" for letter in "DEFGHI"], "在隐藏的行或列里"),
        (hidden_columns, sorted(column("E") + column("F")), "在隐藏的行或列里"),
        (hidden_sheet, sorted(one for letter in "DEFGHI" for one in column(letter)), "整张表隐藏了"),
    ],
)
def test_a_filled_cell_that_nobody_sees_is_told(tmp_path: Path, change: Change, cells: list[str], words: str) -> None:
    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), change)))
    (note,) = found(result, "FORM-14")
    assert (note.severity, note.sheet, sorted(note.cells)) == (Severity.NOTE, SHEET, sorted(cells))
    assert words in note.message
    assert note.cell in note.message
    assert result.status is Status.ACCEPTED


def test_a_covered_figure_is_read_all_the_same(tmp_path: Path) -> None:
    data = workbook(requests__new__business=Decimal(4), requests__granted__business=Decimal(4))
    result = verdict(save(tmp_path / "a.xlsx", edited(data, merged("D6:E6"))))
    assert found(result, "FORM-14")[0].cell == "E6"
    assert result.status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("pattern", "replacement", "first"),
    [
        (r'(<row r="9"[^>]*?) ht="[0-9.]+"', r'\1 ht="0"', "D9"),
        (r'(<mergeCells count="[0-9]+">)', r'\1<mergeCell ref="E7:D7"/>', "E7"),
    ],
)
def test_a_row_without_height_and_an_area_written_backwards(
    tmp_path: Path, pattern: str, replacement: str, first: str
) -> None:
    number = list(form().layout.sheets).index(SHEET) + 1
    result = verdict(save(tmp_path / "a.xlsx", patched(workbook(), number, pattern, replacement)))
    assert [(note.sheet, note.cell) for note in found(result, "FORM-14")] == [(SHEET, first)]


def blank_row(book: openpyxl.Workbook) -> None:
    sheet = book["公开信息构成"]
    sheet.row_dimensions[10].hidden = sheet.row_dimensions[200].hidden = True
    sheet.merged_cells.add("D10:E10")


@pytest.mark.parametrize("change", [lambda _: None, blank_row, merged("A40:J41")])
def test_where_nothing_is_filled_nothing_is_told(tmp_path: Path, change: Change) -> None:
    assert not found(verdict(save(tmp_path / "a.xlsx", edited(workbook(), change))), "FORM-14")
