"""Understands a flat workbook as a return: figures, texts, lists and explanations, and what is wrong with its values.

Blank cells that should hold something are told together: a whole table or sheet, else a printed row, else the cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from toolkit.forms.layout import CHECKS, PERIOD, PRIOR, TALLEST, UNIT, Spot, explain_name, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.cells import NumberType
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Outcome, Statement
from toolkit.model.flat import CellError, FlatWorkbook
from toolkit.model.form import OpenList, TextField, Variable
from toolkit.model.period import CALLED, Period, on_file
from toolkit.model.returns import Identity, Return
from toolkit.model.sentences import is_yes, listed, phrase, worded
from toolkit.rules.compile import derive
from toolkit.rules.expression import Exact
from toolkit.text import cell_text, lines_taken, name_key, shortened, unseen
from toolkit.workbook.intake.forensics import Formulas
from toolkit.workbook.intake.numbers import disguised, read_number, read_text
from toolkit.workbook.intake.structure import plan_for
from toolkit.workbook.proposals import waiting
from toolkit.workbook.template.plan_entries import prior_totals


def blank_findings(instrument: Instrument, blanks: Sequence[str]) -> Iterator[Finding]:
    """VAL-01 for blank number cells: one finding a table if nothing at all was filled, else one a row."""
    cells = instrument.form.cells
    for table in instrument.form.tables:
        mine = [name for name in blanks if cells[name].table == table.id]
        due = sum(v.table == table.id and not v.derived for v in instrument.variables.values())
        if mine and len(mine) >= due > 1:
            yield _blank(instrument, "table", mine)
            continue
        rows: dict[str, list[str]] = {}
        for name in mine:
            rows.setdefault(cells[name].row, []).append(name)
        for names in rows.values():
            asked = {_asks(cells[name]) for name in names}
            yield _blank(instrument, asked.pop() if len(asked) == 1 else "entries", names, cells[names[0]].row_path)


def blank_texts(instrument: Instrument, flat: FlatWorkbook, texts: Mapping[str, str]) -> Iterator[Finding]:
    """VAL-01 for required texts: one finding a sheet if none of several was written, else one a text.

    An error value is none in any text: left unsaid, it would look as if nothing had been written there.
    """
    for group in instrument.form.groups:
        due = [text for text in group.texts if text.required]
        missing = {text.name for text in due if not texts[text.name]}
        found = {text.name: _spoilt(flat, instrument, text, texts[text.name]) for text in group.texts}
        spoilt = {name: told for name, told in found.items() if told}
        if len(missing) == len(due) > 1 and not spoilt:
            told = worded(Code.VAL_01, "texts", count=len(due), labels="、".join(text.label for text in due))
            names = [text.name for text in due]
            yield Finding.at(told, [instrument.layout.spots[name] for name in names], names)
            continue
        for text in group.texts:
            if text.name in spoilt or text.name in missing:
                told = spoilt.get(text.name) or worded(Code.VAL_01, "text")
                yield Finding.at(told, (instrument.layout.spots[text.name],), (text.name,), row=(text.label,))


def _wordless(instrument: Instrument, name: str, text: str) -> bool:
    """Whether a required text has no word; where the form makes a sentence of a figure, a figure is one."""
    marks = instrument.wanted[name].marks if text and instrument.form.texts[name].required else ""
    figure = "0" not in marks
    return bool(marks) and not any((c.isalpha() or (figure and c.isalnum())) and c not in marks for c in text)


def _spoilt(flat: FlatWorkbook, instrument: Instrument, text: TextField, written: str) -> Statement | None:
    """What stands in the place of a text, if it is none."""
    cell = flat.at(*instrument.layout.cells[text.name])
    if _wordless(instrument, text.name, written):
        return worded(Code.VAL_01, "text_wordless", text=shortened(written))
    if cell.formula is not None and text.required and not written:
        return worded(Code.VAL_01, "text_formula", formula=shortened(cell.formula))
    if isinstance(cell.value, CellError):
        return worded(Code.VAL_01, "text_error", value=shortened(cell.value.code))
    if isinstance(cell.value, bool | str | None):
        return None
    told = disguised(flat.styles[cell.style].number_format, cell.value)
    return worded(Code.VAL_01, "number", fault=told.message, remedy=told.remedy) if told else None


def _asks(cell: Variable) -> str:
    """What is missing in a blank cell: a choice, a figure that is 0 where there is nothing (`row`), or an answer."""
    nought = not cell.type.is_words and not cell.type.fault(Decimal(0)) and cell.aggregate.kind != "mean"
    return "choice" if cell.type.choices else "row" if nought else "answer"


def _blank(instrument: Instrument, fault: str, names: Sequence[str], row: tuple[str, ...] = ()) -> Finding:
    spots = [instrument.layout.spots[name] for name in names]
    cells, column = "", instrument.form.cells[names[0]].column_path
    if len(names) > 1:
        column, area = (), instrument.layout.range(names).replace(",", "、")
        cells = worded(Code.VAL_01, "cells", count=len(names), cells=area).message
    if len(cells) > _LONGEST_LINE:
        cells = worded(Code.VAL_01, "cells_from", count=len(names), first=spots[0].cell).message
    told = worded(Code.VAL_01, fault, cells=cells)
    return Finding.at(told, spots, names, row=row, column=column, outcome=Outcome.UNDETERMINED)


#: Characters of a list of cells that a person reads.
_LONGEST_LINE = 80
#: Characters that fit into any cell for texts; points of a line; what a height may be short of one that is estimated.
_SHORT, _LINE, _SLACK = 30, 14.0, 1.2
#: Cells of which a note tells how each was read.
_NOTED = 5
#: Characters of a unit's name: it heads every page that tells of the unit.
_LONGEST_UNIT = 255
#: The printed labels of a cell's row and column, from outside in.
Labels = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass
class _Reader:
    flat: FlatWorkbook
    instrument: Instrument
    formulas: Formulas
    findings: list[Finding] = field(default_factory=list)
    blanks: list[str] = field(default_factory=list)
    supposed: dict[str, Decimal] = field(default_factory=dict)
    noted: dict[tuple[Code, str, str], list[tuple[str, str]]] = field(default_factory=dict)

    @cached_property
    def waiting(self) -> Collection[tuple[str, str]]:
        """The cells whose value is only proposed: they count as blank, and are told together."""
        return waiting(self.flat).keys()

    def spot(self, name: str) -> Spot:
        return self.instrument.layout.spots[name]

    def text_at(self, sheet: str, address: str) -> str:
        cell = self.flat.at(sheet, address)
        return read_text(cell, self.flat.styles[cell.style], from_1904=self.flat.from_1904)

    def text(self, name: str) -> str:
        text = self.text_at(*self.instrument.layout.cells[name])
        if signs := unseen(text):
            self.note(Code.VAL_12, name, f"夹着看不见的{signs}")
        if len(text) > _SHORT and name not in self.instrument.form.cells:
            self.fits(name, text)
        return text

    def fits(self, name: str, text: str) -> None:
        """VAL-13 for a text that its cell cannot show, however tall the row has become."""
        spot = self.spot(name)
        tall = self.flat.sheets[spot.sheet].heights.get(spot.row + 1, TALLEST)
        room, most = self.instrument.layout.widths(spot.sheet)[spot.col], int(tall / _LINE)
        if len(text) // (room / 2 - 1) + text.count("\n") < most:
            return
        lines = lines_taken(text, room)
        if lines > most * (1 if tall > TALLEST - 1 else _SLACK):
            self.findings.append(self.at(name, worded(Code.VAL_13, lines=lines, most=most)))

    def number(self, name: str, kind: NumberType, labels: Labels, *, due: bool = True) -> Decimal | None:
        """A number cell's value; what is wrong with it becomes a finding."""
        sheet, address = self.instrument.layout.cells[name]
        cell, waits = self.flat.at(sheet, address), (sheet, address) in self.waiting
        nothing = "留空" if sheet == PRIOR else "填 0"
        reading = read_number(cell, self.flat.styles[cell.style], kind, nothing)
        text = cell_text(cell.value).strip() if reading.kind == "unit" else ""
        unit, counted = text.strip(" .0123456789"), reading
        if unit and unit in {kind.unit, *self.instrument.language.units}:
            counted = read_number(cell._replace(value=text.removesuffix(unit)), self.flat.styles[cell.style], kind)
        if counted.value is not None and (waits or counted is not reading):
            self.supposed[name] = counted.value
        if waits:
            return None
        if reading.blank and name in self.formulas.overwritten:
            self.findings.append(self.at(name, worded(Code.VAL_01, "total"), *labels))
        elif reading.blank and due and kind.required:
            self.blanks.append(name)
        elif reading.fault:
            told = worded(Code.VAL_01, "number", fault=reading.fault, remedy=reading.remedy)
            self.findings.append(self.at(name, told._replace(fault=reading.kind), *labels))
            return None
        elif reading.note:
            self.note(Code.VAL_10, name, reading.note, reading.remedy)
        return reading.value

    def words(self, name: str, kind: NumberType) -> str:
        """What is written in a cell for words; what is wrong with it becomes a finding."""
        text = self.text(name)
        if not text and kind.required:
            self.blanks.append(name)
        elif fault := kind.misfit(text) if text else "":
            mend = phrase(f"mend {fault}", choices="、".join(kind.choices))
            told = worded(Code.VAL_16, text=shortened(text), wrong=phrase(f"wrong {fault}"), mend=mend)
            self.findings.append(self.at(name, told, *self.labels(name)))
        return text

    def note(self, code: Code, name: str, note: str, remedy: str = "") -> None:
        self.noted.setdefault((code, self.spot(name).sheet, remedy), []).append((name, note))

    def labels(self, name: str) -> Labels:
        variable = self.instrument.form.cells[name]
        return variable.row_path, variable.column_path

    def at(self, name: str, told: Statement, row: tuple[str, ...] = (), column: tuple[str, ...] = ()) -> Finding:
        """A finding at one named cell."""
        return Finding.at(told, (self.spot(name),), (name,), row=row, column=column)


def extract(
    flat: FlatWorkbook, instrument: Instrument, identity: Identity, formulas: Formulas, source: tuple[str, str]
) -> tuple[Return, list[Finding]]:
    """The return and the findings about its values. ``source`` is file name and SHA-256."""
    reader = _Reader(flat, instrument, formulas)
    prior = _prior(reader)
    numbers, typed = _numbers(reader, prior)
    texts = {name: reader.text(name) for name in instrument.form.texts}
    words = {name: text for name, one in instrument.form.words.items() if (text := reader.words(name, one.type))}
    reader.findings += _not_due(reader, Exact(numbers, prior), {**numbers, **words})
    listed = {one.id: tuple(_items(reader, one)) for one in instrument.form.lists}
    named = " ".join(reader.text(UNIT).split())[: _LONGEST_UNIT + 1]
    period, period_findings = _period(reader, identity)
    explained_at = _explained_at(reader, identity)
    content = Return(
        file=source[0],
        sha256=source[1],
        identity=identity,
        unit=named or " ".join(identity.unit.split()),
        period=period,
        numbers=numbers,
        prior=prior,
        texts={n: t if any(map(str.isalnum, t)) or not _wordless(instrument, n, t) else "" for n, t in texts.items()}
        | words,
        items={name: tuple((label, count) for _, label, count in rows) for name, rows in listed.items()},
        lines={name: tuple(line for line, _, _ in rows) for name, rows in listed.items()},
        cover={one.name: reader.text(one.name) for one in instrument.form.cover},
        explanations=_explanations(reader, explained_at),
        explained_at=explained_at,
        overwritten=frozenset(typed),
        supposed={n: v for n, v in (_zeros(reader, numbers, prior) | reader.supposed).items() if n in numbers},
    )
    return content, [
        *_unit(reader, identity, named),
        *period_findings,
        *_beside_ticks(reader, numbers),
        *blank_findings(instrument, reader.blanks),
        *reader.findings,
        *blank_texts(instrument, flat, texts),
        *_notes(reader),
    ]


def _beside_ticks(reader: _Reader, numbers: Mapping[str, Decimal | None]) -> Iterator[Finding]:
    """VAL-15 for a tick on the cover that says there was nothing, where a figure was typed all the same."""
    form, derived = reader.instrument.form, reader.instrument.rules.formulas
    for nil in form.nils:
        text = reader.text(nil.name)
        if text and not is_yes(text):
            yield reader.at(nil.name, worded(Code.VAL_15, "unclear", label=nil.label, text=shortened(text)))
        elif text:
            typed = [name for name, one in form.nil_of.items() if one is nil and numbers[name] and name not in derived]
            spots = [reader.spot(name) for name in typed]
            if typed:
                told = worded(Code.VAL_15, label=nil.label, cells=listed([spot.cell for spot in spots], _NOTED))
                yield Finding.at(told, spots, typed)


def _not_due(reader: _Reader, figures: Exact, held: Mapping[str, Decimal | str | None]) -> Iterator[Finding]:
    """Blanks that another cell says are right are forgotten; what is filled in there all the same is VAL-17."""
    figures = replace(figures, asked={name for finding in reader.findings for name in finding.variables})
    for name, node in reader.instrument.rules.relevant.items():
        if (due := figures.result(node)) == 1:
            continue
        reader.blanks = [one for one in reader.blanks if one != name]
        asked = [reader.instrument.variables[key.name] for key in node.keys()]
        # What has yet to be answered says nothing, where a blank is no answer; and a 0 says what a blank does.
        unanswered = due is None and any(one.type.required and held[one.name] is None for one in asked)
        if not unanswered and held.get(name) not in {None, Decimal(0), ""}:
            label, cell = asked[0].brief, reader.spot(asked[0].name).reference
            yield reader.at(name, worded(Code.VAL_17, label=label, cell=cell), *reader.labels(name))


def _numbers(reader: _Reader, prior: Mapping[str, Decimal | None]) -> tuple[dict[str, Decimal | None], set[str]]:
    """Every variable, derived ones computed again unless their formula was overwritten."""
    formulas = reader.instrument.rules.formulas
    typed = formulas.keys() & reader.formulas.overwritten.keys()
    entered = {
        name: variable.type.place(reader.words(name, variable.type))
        if variable.type.choices
        else reader.number(name, variable.type, reader.labels(name))
        for name, variable in reader.instrument.variables.items()
        if not variable.derived or name in typed
    }
    found = derive(formulas, entered, prior, typed)
    return {name: found.get(name) for name in reader.instrument.names}, typed


def _zeros(
    reader: _Reader, numbers: Mapping[str, Decimal | None], prior: Mapping[str, Decimal | None]
) -> dict[str, Decimal]:
    """Zeros for blanks: none where nobody has begun, nor for a figure that was not 0 last year; that is asked for."""
    entered = numbers.keys() - reader.instrument.rules.formulas.keys()
    begun = any(numbers[name] is not None for name in entered)
    due = (name for name in reader.blanks if begun and not prior.get(name))
    return {name: Decimal(0) for name in due if _asks(reader.instrument.form.cells[name]) == "row"}


def _prior(reader: _Reader) -> dict[str, Decimal | None]:
    """Last year's figures that the workbook carries; blanks are nothing missing."""
    instrument, typed = reader.instrument, reader.formulas.overwritten
    totals = {n: f for n, f in prior_totals(instrument).items() if prior_name(n) not in typed}
    entered: dict[str, Decimal | None] = {}
    for name in instrument.layout.prior:
        if name not in totals:
            asked, when = instrument.known[name], CALLED[on_file(name)[1]]
            labels = (when, *asked.row_path), asked.column_path
            entered[name] = reader.number(prior_name(name), asked.type, labels, due=False)
    return derive(totals, entered, {})


def _items(reader: _Reader, one: OpenList) -> Iterator[tuple[int, str, Decimal]]:
    """The filled lines of an open list; a line needs both its label and its count."""
    for line in range(1, one.size + 1):
        label_name, count_name = one.names(line)
        label = reader.text(label_name)
        row, before = f"第 {line} 行", len(reader.findings)
        count = reader.number(count_name, one.type, ((f"{row} {shortened(label)}".strip(),), (one.count,)), due=False)
        if label and count is not None:
            yield line, label, count
        elif count is not None or (label and len(reader.findings) == before):
            missing, what = (count_name, one.count) if label else (label_name, one.label)
            told = worded(Code.VAL_01, "half_line", label=one.label, count=one.count)
            reader.findings.append(reader.at(missing, told, (row,), (what,)))


def _notes(reader: _Reader) -> Iterator[Finding]:
    """Values read another way than they stand: one note a sheet and remedy."""
    for (code, _, remedy), noted in sorted(reader.noted.items(), key=lambda one: one[0][0]):
        spots = [reader.spot(name) for name, _ in noted]
        cells = [f"{spot.cell} {note}" for spot, (_, note) in zip(spots, noted, strict=True)]
        fields = {"cells": listed(cells, _NOTED, "；", "；"), "remedy": remedy}
        told = worded(Code.VAL_10, **fields) if code is Code.VAL_10 else worded(Code.VAL_12, **fields)
        yield Finding.at(told, spots, [name for name, _ in noted])


def _unit(reader: _Reader, identity: Identity, unit: str) -> Iterator[Finding]:
    if not unit:
        yield reader.at(UNIT, worded(Code.FORM_09))
    elif len(unit) > _LONGEST_UNIT:
        yield reader.at(UNIT, worded(Code.FORM_09, "long", unit=shortened(unit), most=_LONGEST_UNIT))
    elif identity.unit and name_key(unit) != name_key(identity.unit):
        told = worded(Code.FORM_11, "unit", unit=shortened(unit), issued=shortened(identity.unit))
        yield reader.at(UNIT, told)


def _period(reader: _Reader, identity: Identity) -> tuple[str, list[Finding]]:
    kind, shown = reader.instrument.form.period_kind, reader.text(PERIOD)
    text = identity.period or shown
    try:
        period = Period.parse(text, kind)
    except ValueError as error:
        told = worded(Code.FORM_10, "wrong", fault=error) if text else worded(Code.FORM_10)
        return text, [reader.at(PERIOD, told)]
    if not shown:
        return str(period), [reader.at(PERIOD, worded(Code.FORM_10))]
    if identity.period and Period.known(shown, kind) != period and shown != period.label:
        told = worded(Code.FORM_11, "period", found=shortened(shown), period=period)
        return str(period), [reader.at(PERIOD, told)]
    return str(period), []


def _explanations(reader: _Reader, cells: Mapping[str, str] | None) -> dict[str, str]:
    """What is written beside each rule; ``cells`` as of `_explained_at`."""
    layout = reader.instrument.layout
    keys = [key for key in (*layout.entry_lines, *layout.checks) if key in layout.explained]
    if cells is None:
        found = {key: reader.text(explain_name(key)) for key in keys}
    else:
        found = {key: reader.text_at(CHECKS, cells[key]) for key in keys if key in cells}
    return {key: text for key, text in found.items() if text}


def _explained_at(reader: _Reader, identity: Identity) -> dict[str, str] | None:
    """The cell beside each rule on a check sheet that is an earlier one, by the workbook's own names; else None."""
    if CHECKS in plan_for(reader.instrument, identity).sheets:
        return None
    named = {key: reader.flat.names.get(explain_name(key), "") for key in reader.instrument.layout.explained}
    return {key: place.rpartition("!")[2] for key, place in named.items() if place.startswith(f"{CHECKS}!")}
