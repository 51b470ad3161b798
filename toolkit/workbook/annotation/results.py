"""What the formulas of a filled workbook should be, and what they give, worked out from its entries."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from toolkit.forms.layout import PERIOD, UNIT, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.flat import CellValue, FlatWorkbook
from toolkit.text import cell_text
from toolkit.workbook.formulas import same_formula
from toolkit.workbook.intake.numbers import number_as_calculated
from toolkit.workbook.intake.structure import identify, plan_for
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import plan_template

#: A sheet and an A1 address.
Place = tuple[str, str]


def results(
    flat: FlatWorkbook, instrument: Instrument, added: Mapping[Place, CellValue] | None = None
) -> dict[Place, CellValue]:
    """What every planned formula gives from the entries, and those ``added``, as a spreadsheet sees them."""
    layout, derived = instrument.layout, instrument.rules.formulas
    prior_cells = {prior_name(name): name for name in layout.prior}
    lists = (name for one in instrument.form.lists for line in range(1, one.size + 1) for name in one.names(line))
    ticks = (one.name for one in instrument.form.nils)
    entries = {*instrument.form.texts, *instrument.variables, *lists, *ticks, UNIT, PERIOD} - derived.keys()
    values: dict[str, Decimal | str] = {}
    prior: dict[str, Decimal] = {}
    for name, place in layout.cells.items():
        value = (added or {}).get(place, flat.at(*place).value)
        number = number_as_calculated(value)
        if name in prior_cells and number is not None:
            prior[prior_cells[name]] = number
        elif name in entries and value is not None:
            values[name] = cell_text(value) if number is None or name in instrument.form.texts else number
    made = plan_template(instrument, Prefill(prior=prior, values=values))
    known = plan_for(instrument, identify(flat)).formulas
    given = {place: cell.value for place, cell in made.formulas.items() if place in known}
    return {place: float(v) if isinstance(v, Decimal | int) else v or "" for place, v in given.items()}


def altered_formulas(flat: FlatWorkbook, instrument: Instrument) -> dict[Place, str]:
    """The planned formula of every cell that holds another one, or none."""
    planned = {p: c.formula for p, c in plan_for(instrument, identify(flat)).formulas.items() if p[0] in flat.sheets}
    return {p: due for p, due in planned.items() if not same_formula(flat.at(*p).formula, due, p[0])}


def other_figures(
    flat: FlatWorkbook, instrument: Instrument, restored: Mapping[Place, str], due: Mapping[Place, CellValue]
) -> dict[Place, CellValue]:
    """The results of formulas put back where another figure stood: the unit has to say which is right."""
    cells = sorted(instrument.layout.names.keys() & due.keys() & restored.keys())
    both = {place: [number_as_calculated(value) for value in (flat.at(*place).value, due[place])] for place in cells}
    return {
        place: due[place] for place, (stood, given) in both.items() if None not in {stood, given} and stood != given
    }
