"""What became of the template's formulas: altered, overwritten, with a stale result, or without any."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from toolkit.forms.layout import COVER, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Statement
from toolkit.model.flat import CellValue, FlatCell, FlatWorkbook
from toolkit.model.form import NIL_TICK
from toolkit.model.sentences import is_yes, listed, worded
from toolkit.rules.compile import derive
from toolkit.rules.expression import Exact
from toolkit.text import cell_text, shortened, written
from toolkit.workbook.formulas import normal_formula, same_formula
from toolkit.workbook.intake.numbers import is_blank, number_as_calculated
from toolkit.workbook.template.cells import CellRole, Planned, TemplatePlan
from toolkit.workbook.template.plan_entries import prior_totals

_SAME = Decimal("1e-6")
_QUOTED = 200
_NIL = re.compile(rf'IF\({COVER}!([A-Z]+[0-9]+)="{NIL_TICK}",0,""\)')


@dataclass(frozen=True, slots=True)
class Formulas:
    """The state of the formula cells that hold data, by variable name (``last_year.`` prefixed for last year's)."""

    altered: dict[str, FlatCell]
    overwritten: dict[str, FlatCell]
    intact: dict[str, FlatCell]


def with_nils(flat: FlatWorkbook, instrument: Instrument) -> FlatWorkbook:
    """The workbook with the zeros of its ticks as figures: 0 where a cell's formula finds its tick set, else a blank.

    Worked out from the cover, whatever result the file keeps; behind this no one meets such a formula.
    """
    sheets = dict(flat.sheets)
    for name in {table.sheet for table in instrument.form.tables} & sheets.keys() if instrument.form.nils else ():
        cells = sheets[name].cells
        nils = {address: _nil(cell.formula, name) for address, cell in cells.items() if cell.formula}
        ticked = {address: is_yes(flat.at(COVER, tick).value) for address, tick in nils.items() if tick}
        found = {a: cells[a]._replace(value=0.0 if set_ else None, formula=None) for a, set_ in ticked.items()}
        if found:
            sheets[name] = replace(sheets[name], cells={**cells, **found})
    return replace(flat, sheets=sheets)


def _nil(formula: str, sheet: str) -> str:
    """The cell of the tick by which a formula fills in a zero; nothing for any other formula."""
    if COVER not in formula:
        return ""
    found = _NIL.fullmatch(formula.replace("$", "")) or _NIL.fullmatch(normal_formula(formula, sheet))
    return found[1] if found else ""


def sort_formulas(flat: FlatWorkbook, plan: TemplatePlan) -> Formulas:
    """Compare every formula of the tables, references and all."""
    found = Formulas({}, {}, {})
    for (sheet, address), planned in plan.formulas.items():
        if planned.role is not CellRole.TOTAL:
            continue
        cell = flat.at(sheet, address)
        if cell.formula is None:
            found.overwritten[planned.name] = cell
        elif same_formula(cell.formula, planned.formula, sheet):
            found.intact[planned.name] = cell
        else:
            found.altered[planned.name] = cell
    return found


def examine(flat: FlatWorkbook, instrument: Instrument, plan: TemplatePlan, formulas: Formulas) -> list[Finding]:
    """The findings of all four verdicts, folded to a line a sheet."""
    planned = {cell.name: cell for cell in plan.formulas.values() if cell.name}
    seen = calculated(flat, instrument, {**formulas.altered, **formulas.overwritten})
    return [
        *_altered(formulas, planned),
        *_overwritten(flat, instrument, formulas, planned),
        *_results(formulas, planned, seen),
        *_check_sheet(flat, plan),
    ]


def _by_sheet(names: Iterable[str], planned: Mapping[str, Planned]) -> Iterable[list[Planned]]:
    out: dict[str, list[Planned]] = {}
    for name in names:
        out.setdefault(planned[name].spot.sheet, []).append(planned[name])
    return out.values()


def _at(cells: list[Planned], told: Statement) -> Finding:
    return Finding.at(told, [cell.spot for cell in cells], [cell.name for cell in cells if cell.name])


def _named(cells: list[Planned]) -> str:
    return listed([cell.spot.cell for cell in cells])


def _altered(formulas: Formulas, planned: Mapping[str, Planned]) -> Iterator[Finding]:
    for cells in _by_sheet(formulas.altered, planned):
        first = cells[0]
        found = shortened(formulas.altered[first.name].formula or "", _QUOTED)
        told = worded(Code.FMLA_01, cells=_named(cells), first=first.spot.cell, due=first.formula, found=found)
        yield _at(cells, told)


def _overwritten(
    flat: FlatWorkbook, instrument: Instrument, formulas: Formulas, planned: Mapping[str, Planned]
) -> Iterator[Finding]:
    typed = [name for name, cell in formulas.overwritten.items() if not is_blank(cell)]
    if not typed:
        return
    right = calculated(flat, instrument)
    for cells in _by_sheet(typed, planned):
        wrong = [cell for cell in cells if not _agrees(formulas.overwritten[cell.name], right.get(cell.name))]
        fault = "differs" if wrong else "agrees"
        yield _at(cells, worded(Code.FMLA_02, fault, cells=_named(cells), wrong=_named(wrong)))


def _results(
    formulas: Formulas, planned: Mapping[str, Planned], seen: Mapping[str, Decimal | None]
) -> Iterator[Finding]:
    none = [name for name, cell in formulas.intact.items() if cell.value is None and seen.get(name) is not None]
    stale = [n for n, cell in formulas.intact.items() if cell.value is not None and not _agrees(cell, seen.get(n))]
    for cells in _by_sheet(stale, planned):
        first, value = cells[0], seen.get(cells[0].name)
        kept = shortened(cell_text(formulas.intact[first.name].value, "空"))
        due = "空" if value is None else shortened(written(value))
        yield _at(cells, worded(Code.FMLA_03, cells=_named(cells), first=first.spot.cell, found=kept, due=due))
    if none:
        yield _at([planned[name] for name in none], worded(Code.FMLA_04, count=len(none)))


def _check_sheet(flat: FlatWorkbook, plan: TemplatePlan) -> Iterator[Finding]:
    """Formulas that only show something: a change there harms no figure, one note."""
    changed = [
        cell
        for (sheet, address), cell in plan.formulas.items()
        if cell.role is not CellRole.TOTAL and not same_formula(flat.at(sheet, address).formula, cell.formula, sheet)
    ]
    if changed:
        overwritten = all(flat.at(c.spot.sheet, c.spot.cell).formula is None for c in changed)
        cells = _named(changed)
        altered = worded(Code.FMLA_01, "check_sheet", cells=cells)
        yield _at(changed, worded(Code.FMLA_02, "check_sheet", cells=cells) if overwritten else altered)


def calculated(
    flat: FlatWorkbook,
    instrument: Instrument,
    fixed: Collection[str] = (),
    added: Mapping[tuple[str, str], CellValue] = MappingProxyType({}),
) -> dict[str, Decimal | None]:
    """What the formulas of the tables give from the cells, and from those ``added``, as a spreadsheet sees them.

    Those that are ``fixed`` count with the value that their cell holds.
    """
    layout, rules = instrument.layout, instrument.rules.formulas

    def value(name: str) -> Decimal | None:
        place = layout.cells[name]
        return number_as_calculated(added.get(place, flat.at(*place).value))

    numbers = {n: value(n) for n in instrument.names if n not in rules or n in fixed}
    prior = {n: value(prior_name(n)) for n in layout.prior}
    seen, sums = Exact(prior, {}), prior_totals(instrument).items()
    totals = {name: seen.result(one.right) for n, one in sums if (name := prior_name(n)) not in fixed}
    return derive(rules, numbers, prior, fixed) | totals


def _agrees(cell: FlatCell, value: Decimal | None) -> bool:
    shown = number_as_calculated(cell.value)
    if value is None or shown is None:
        return value is None and shown is None and cell.value in {None, ""}
    return abs(shown - value) < _SAME
