"""What is generated from a form and kept beside it is what the form gives today."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from factories.workbooks import form
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter

from toolkit.instrument.catalogue import known_forms
from toolkit.model.period import Period
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template
from workbook_templates.build import HERE, built

FRESH = "stale: run  python -m workbook_templates.build"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("path", list(built()), ids=str)
def test_generated_files_are_byte_identical_when_built_again(path: Path) -> None:
    kept, again = (HERE / path).read_bytes(), built()[path]
    assert parts(kept) == parts(again), FRESH
    # Another zlib may pack the same parts otherwise; two builds on one machine never differ.
    assert again == built()[path]


def test_the_blank_template_holds_every_name_of_the_form() -> None:
    kind = form()
    book = openpyxl.load_workbook(HERE / "zfxxgk-2021" / "template.xlsx")
    assert set(book.defined_names) == set(kind.layout.spots)
    for name in (*kind.names, *kind.form.texts, "items.01.label", "items.20.count"):
        assert name in book.defined_names


def test_inputs_are_unlocked_and_all_else_is_locked() -> None:
    kind = form()
    book = openpyxl.load_workbook(HERE / "zfxxgk-2021" / "template.xlsx")
    inputs = {(s.sheet, s.cell) for n, s in kind.layout.spots.items() if n not in kind.rules.formulas}
    inputs -= {(s.sheet, s.cell) for n, s in kind.layout.spots.items() if n.startswith("xxgk.")}
    total = kind.layout.spot("last_year.requests.carried_out.total")
    inputs.discard((total.sheet, total.cell))
    unlocked = {
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked and not isinstance(cell, MergedCell)
    }
    assert unlocked == inputs
    assert [sheet.title for sheet in book if not sheet.protection.sheet] == []
    assert book.security.lockStructure


def test_totals_are_formulas_that_stay_empty_while_a_part_is_missing() -> None:
    book = openpyxl.load_workbook(HERE / "zfxxgk-2021" / "template.xlsx")
    kind = form()
    assert len(kind.rules.formulas) == 34
    for name in kind.rules.formulas:
        spot = kind.layout.spot(name)
        assert str(book[spot.sheet][spot.cell].value).startswith("=IF(COUNT("), name


def test_every_number_cell_has_a_validation_and_every_form_prints_on_a4() -> None:
    book = openpyxl.load_workbook(HERE / "zfxxgk-2021" / "template.xlsx")
    for table in form().form.tables:
        sheet = book[table.sheet]
        validated = {
            f"{get_column_letter(column)}{row}"
            for rule in sheet.data_validations.dataValidation
            for area in rule.sqref.ranges
            for row, column in area.cells
        }
        wanted = {
            form().layout.spot(name).cell
            for name, v in form().variables.items()
            if v.table == table.id and not v.derived
        }
        assert validated == wanted
        assert sheet.page_setup.paperSize == 9
        setup = sheet.sheet_properties.pageSetUpPr
        assert setup is not None
        assert setup.fitToPage


def test_unit_period_and_last_years_figures_are_prefilled_and_locked() -> None:
    from decimal import Decimal  # noqa: PLC0415

    given = Prefill(unit="甲局", period=str(Period(2025)), prior={"requests.carried_out.natural": Decimal(4)})
    book = openpyxl.load_workbook(io.BytesIO(write_template(form(), given)))
    layout = form().layout
    for name, value in (
        ("cover.unit", "甲局"),
        ("cover.period", "2025"),
        ("last_year.requests.carried_out.natural", 4),
    ):
        cell = book[layout.spot(name).sheet][layout.spot(name).cell]
        assert cell.value == value
        assert cell.protection.locked


def test_every_installed_form_loads_and_builds() -> None:
    assert [kind.form.id for kind in known_forms()] == ["zfwzgznb", "zfxxgk-2019", "zfxxgk-2021"]
    for kind in known_forms():
        assert write_template(kind)
