"""Filling in without a spreadsheet: the form as a grid for the page, and what is typed there as our workbook.

Everything is told by the form's plan: which cells there are, what they are called and what they may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from toolkit.forms.layout import CHECKS, COVER, IDENTITY, PERIOD, UNIT, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.cells import NumberType
from toolkit.model.form import NIL_TICK
from toolkit.model.period import Period
from toolkit.rules.compile import derive
from toolkit.rules.expression import Exact
from toolkit.workbook.template.cells import CellRole, Planned, Prefill
from toolkit.workbook.template.plan import plan_template, prior_known
from toolkit.workbook.template.write import write_template

#: What a spreadsheet takes for a number where it is typed.
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_ENTRIES = frozenset({CellRole.NUMBER, CellRole.TEXT, CellRole.TICK, CellRole.TOTAL})
#: What a person may type, by the name of its cell.
Typed = Mapping[str, str]


class Filling:
    """A form to be filled in, with what the page was given of the unit."""

    def __init__(self, kind: Instrument, prefill: Prefill) -> None:
        self.kind, self.given = kind, prefill

    @cached_property
    def key(self) -> str:
        """What tells one filling from another: form, period and unit."""
        return f"xxgk|{self.kind.form.id}|{self.given.period}|{self.given.unit}"

    def sheets(self) -> list[dict[str, Any]]:
        """The sheets that are filled in, each as rows of cells as they are printed; or, of words, as fields."""
        plan = plan_template(self.kind, self.given)
        shown = {name: cells for name, cells in plan.sheets.items() if name not in {CHECKS, IDENTITY}}
        return [self._sheet(name, cells) for name, cells in shown.items()]

    def _sheet(self, sheet: str, cells: tuple[Planned, ...]) -> dict[str, Any]:
        told = {cell.role: cell.value for cell in reversed(cells)}
        words = any(group.sheet == sheet for group in self.kind.form.groups)
        made = {"sheet": sheet, "title": told[CellRole.TITLE], "help": "" if words else told.get(CellRole.HELP) or ""}
        if words or sheet == COVER:
            return made | {"fields": list(self._fields(cells))}
        rows: dict[int, list[dict[str, Any]]] = {}
        for cell in sorted(cells, key=lambda one: one.spot[1:]):
            if cell.role not in {CellRole.TITLE, CellRole.HELP}:
                rows.setdefault(cell.spot.row, []).append(self._cell(cell))
        widths = self.kind.layout.widths(sheet)
        return made | {"rows": list(rows.values()), "widths": [widths[column] for column in sorted(widths)]}

    def _fields(self, cells: tuple[Planned, ...]) -> Iterator[dict[str, Any]]:
        """What is asked one below the other: each with the label that stands beside it, and what is fixed."""
        labels = {cell.spot.row: str(cell.value) for cell in cells if cell.role is CellRole.STUB}
        hints = {cell.spot.row: str(cell.value) for cell in cells if cell.role is CellRole.SENTENCE}
        for cell in cells:
            if cell.name:
                row = cell.spot.row
                hint = hints.get(row) or (cell.hint[1] if cell.role is not CellRole.TICK else "")
                yield self._cell(cell) | {"label": labels[row], "hint": hint}

    def _cell(self, cell: Planned) -> dict[str, Any]:
        _, row, col = cell.spot
        told: dict[str, Any] = {"role": cell.role, "row": row, "col": col, "rows": cell.rows, "cols": cell.cols}
        if cell.role not in _ENTRIES or not cell.name:
            value = cell.value
            return told | {"text": cell.type.shown(value) if cell.type and isinstance(value, Decimal) else value or ""}
        kind = NumberType(kind="text") if cell.type is None else cell.type
        choices = (NIL_TICK,) if cell.role is CellRole.TICK else kind.choices
        return told | {
            "name": cell.name,
            "at": cell.spot.cell,
            "label": self._label(cell.name),
            "hint": cell.hint[1].partition("。")[2] if cell.name in self.kind.form.cells else "",
            "kind": "choice" if choices else kind.kind,
            "choices": choices,
            "long": cell.name in self.kind.form.texts,
            "due": self._due(cell, kind),
        }

    def _label(self, name: str) -> str:
        """What a cell is called where its place does not say it: the labels of its row and its column."""
        form = self.kind.form
        prior = name not in form.cells and name.startswith(prior_name(""))
        if variable := form.cells.get(name.removeprefix(prior_name("")) if prior else name):
            labels = [variable.row_label, variable.column_label]
            return "，".join(filter(None, [*["上年"] * prior, *labels]))
        heads = {
            n: (i, head)
            for one in form.lists
            for i in range(1, one.size + 1)
            for n, head in zip(one.names(i), (one.label, one.count), strict=True)
        }
        return "第 {} 行，{}".format(*heads[name]) if name in heads else ""

    def _due(self, cell: Planned, kind: NumberType) -> bool:
        """Whether a blank is told: what its own condition says of it is another thing."""
        form, name = self.kind.form, cell.name
        if name in form.texts:
            return form.texts[name].required
        return cell.role is not CellRole.TOTAL and (name in {UNIT, PERIOD} or (name in form.cells and kind.required))

    def now(self, typed: Typed) -> dict[str, Any]:
        """What follows from what is typed: computed figures as text, last year's, and the cells that are not due."""
        rules, form, held = self.kind.rules, self.kind.form, self._values(typed)
        prior = self._prior(held)
        numbers = {
            n: value for n, one in form.variables.items() if (value := _number(one.type, held.get(n))) is not None
        }
        ticked = {n: Decimal(0) for n, one in form.nil_of.items() if held.get(one.name) == NIL_TICK}
        figures = derive(rules.formulas, {**ticked, **numbers}, prior)
        exact = Exact(figures, prior)
        return {
            "shown": self._shown({n: figures.get(n) for n in {**rules.formulas, **ticked}}),
            "prior": self._shown(prior),
            "idle": [name for name, node in rules.relevant.items() if not exact.result(node)],
        }

    def _shown(self, figures: Mapping[str, Decimal | None]) -> dict[str, str]:
        kinds = self.kind.form.variables
        return {name: "" if value is None else kinds[name].type.shown(value) for name, value in figures.items()}

    def _prior(self, held: Mapping[str, Decimal | str]) -> dict[str, Decimal | None]:
        typed = {name: held.get(prior_name(name)) for name in self.kind.layout.prior}
        figures = {name: value for name, value in typed.items() if isinstance(value, Decimal)}
        return prior_known(self.kind, {**self.given.prior, **figures})

    def book(self, typed: Typed) -> bytes:
        """The unit's workbook with what is typed in it."""
        return write_template(self.kind, self.filled(typed))

    def filled(self, typed: Typed) -> Prefill:
        """What was given and what is typed; unit and period can be typed only where they were not given."""
        given, held = self.given, dict(self._values(typed))
        unit, period = " ".join(str(held.pop(UNIT, "")).split()), str(held.pop(PERIOD, ""))
        known = Period.known(period, self.kind.form.period_kind)
        return replace(
            given, unit=given.unit or unit, period=given.period or str(known or period), values={**given.values, **held}
        )

    def _values(self, typed: Typed) -> dict[str, Decimal | str]:
        """What a spreadsheet would hold had the same been typed there."""
        cells = self.kind.form.cells
        words = {name for name, one in cells.items() if one.type.is_words or one.type.choices}
        figures = {*cells.keys() - words, *map(prior_name, self.kind.layout.prior)}
        figures |= {one.names(i)[1] for one in self.kind.form.lists for i in range(1, one.size + 1)}
        known, formulas = self.kind.layout.spots, self.kind.rules.formulas
        stripped = {name: text.strip() for name, text in typed.items() if name in known and name not in formulas}
        return {name: _read(text) if name in figures else text for name, text in stripped.items() if text}


def _read(text: str) -> Decimal | str:
    return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) and text.isascii() else text


def _number(kind: NumberType, value: Decimal | str | None) -> Decimal | None:
    """The number that a rule sees: of a choice its place, of words in a cell for numbers none."""
    if isinstance(value, str):
        return kind.place(value) if kind.choices else None
    return value
