"""What of a form can be read out of plain tables without doubt: figures and texts, each with its place.

A cell is a figure's where its own row and column bear the figure's innermost labels and no outer label says otherwise.
What stands at two places, or is none of what its cell may hold, is not taken, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from toolkit.forms.layout import COVER, PERIOD, RESERVED_SHEETS, UNIT
from toolkit.instrument.instrument import Instrument
from toolkit.model.flat import FlatCell
from toolkit.model.form import Table, Variable
from toolkit.text import cell_text, name_key
from toolkit.workbook.intake.numbers import read_number, read_text
from toolkit.workbook.proposals import Proposal
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.transcription.tables import MOST_CELLS, PlainCell, PlainTable

_NUMBERED = re.compile(r"^\(?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:[)、:]+|\.(?![0-9]))")
#: Characters by which labels are told apart; a label so short says nothing without the one it stands under.
_LONGEST, _SHORT = 100, 2
#: Columns, and rows of heads, that are looked at: no form is so wide or deep.
_WIDEST, _DEEPEST = 100, 12
#: Which share of a table's figures must be found for any of them to be taken.
_ENOUGH = 0.5


def label_key(text: str) -> str:
    """A label as it is seen: without width, blanks, marks and its number; nothing for a figure."""
    key = "".join(filter(str.isalnum, _NUMBERED.sub("", name_key(text[:_LONGEST]))))
    return "" if key.isdecimal() else key


class _TableLabels:
    """The labels of one table of the form: of each figure those beside it and those above it, from outside in."""

    def __init__(self, instrument: Instrument, table: str) -> None:
        units = (one.type.unit for one in instrument.variables.values())
        self._ignored = {label_key(unit) for unit in ("", *units)}
        self._figures: dict[str, tuple[tuple[str, ...], ...]] = {}
        grid = instrument.layout.grids[table]
        for cell in grid.numbers:
            labels = [(one.kind == "stub", label_key(one.text)) for one in grid.headers(cell)]
            sides = (tuple(key for is_stub, key in labels if is_stub is side) or ("",) for side in (True, False))
            self._figures[cell.variable] = tuple(sides)
        self._inner = [{sides[n][-1] for sides in self._figures.values()} for n in (0, 1)]
        self._outer = [{key for sides in self._figures.values() for key in sides[n][:-1]} for n in (0, 1)]

    def places(self, table: PlainTable) -> Iterator[tuple[str, int, tuple[int, int]]]:
        """Every cell that bears a figure's labels: the figure, the row of the heads it stands under, the cell."""
        lines: dict[int, dict[int, str]] = {}
        for (row, col), cell in sorted(table.cells.items()):
            lines.setdefault(row, {})[col] = label_key(cell_text(cell.value))
        heads: list[Mapping[int, str]] = []
        columns: dict[int, tuple[str, set[str]]] = {}
        stubs: dict[int, str] = {}
        begun, is_open, stub = 0, True, 0
        for row, line in lines.items():
            keys = {col: key for col, key in line.items() if key not in self._ignored}
            first = min(columns, default=2)
            stubs |= {col: key for col, key in keys.items() if col < first}
            filled = any(col in line and col not in keys for col in columns)
            # Figures without a label belong to the row above, as where the label of both was merged.
            stub = max((col for col in keys if col < first), default=stub if filled else 0)
            # A row of figures is known by its label, or where the form has none, by what stands in it.
            if columns and (filled if "" in self._inner[0] else stubs.get(stub, "") in self._inner[0]):
                heads, is_open = [], False
                inner = "" if "" in self._inner[0] else stubs[stub]
                beside = {key for col, key in stubs.items() if col < stub}
                for col, (head, above) in columns.items():
                    if name := self._figure((inner, head), (beside, above)):
                        yield name, begun, (row, col)
                continue
            heads = [*heads[-_DEEPEST:], keys]
            if is_open or not keys.keys().isdisjoint(columns):
                begun = begun if is_open else row
                columns, is_open = dict(self._columns(heads)), True

    def _columns(self, heads: Sequence[Mapping[int, str]]) -> Iterator[tuple[int, tuple[str, set[str]]]]:
        """The columns below rows of heads: the innermost label, and the outer ones; a blank lies under its left."""
        for col in range(_WIDEST):
            own = [n for n, keys in enumerate(heads) if col in keys]
            if own and heads[own[-1]][col] in self._inner[1]:
                left = [max((at for at in keys if at <= col), default=0) for keys in heads[: own[-1]]]
                outer = {keys.get(at, "") for keys, at in zip(heads, left, strict=False)}
                yield col, (heads[own[-1]][col], outer - {heads[own[-1]][col]})

    def _figure(self, inner: tuple[str, str], outer: tuple[set[str], set[str]]) -> str:
        """The one variable of these labels; nothing where there is none, or more than one."""
        found = [keys & known for keys, known in zip(outer, self._outer, strict=True)]
        fits = {
            name: [set(side[:-1]) for side in sides]
            for name, sides in self._figures.items()
            if (sides[0][-1], sides[1][-1]) == inner
            and all(
                keys <= set(side) and (len(side) == 1 or len(side[-1]) > _SHORT or side[-2] in keys)
                for side, keys in zip(sides, found, strict=True)
            )
        }
        sure = [name for name, labels in fits.items() if len(fits) == 1 or labels == found]
        return sure[0] if len(sure) == 1 else ""


def transcribe(tables: Sequence[PlainTable], instrument: Instrument) -> tuple[list[Proposal], list[str]]:
    """What can be read of a form, also totals, unit and period; in words what could not; of large files nothing."""
    if sum(len(one.cells) for one in tables) > MOST_CELLS:
        return [], []
    # Of our own sheets only the cover holds entries of this year.
    entries = [one for one in tables if one.name not in RESERVED_SHEETS - {COVER}]
    told = [one for table in instrument.form.tables for one in _figures(instrument, table, entries)]
    told += _texts(instrument, entries)
    read = [one for one in told if isinstance(one, Proposal)]
    sources = [one.source for one in read]
    return [one for one in read if sources.count(one.source) == 1], [one for one in told if isinstance(one, str)]


def _figures(instrument: Instrument, table: Table, tables: Sequence[PlainTable]) -> Iterator[Proposal | str]:
    """The figures that stand at one place each, if half of the table's cells were found, under one head."""
    variables = {
        name: one for name, one in instrument.variables.items() if one.table == table.id and not one.type.choices
    }
    labels = _TableLabels(instrument, table.id)
    others = {one.sheet for one in instrument.form.tables} - {table.sheet}
    under: dict[str, set[tuple[int, int]]] = {}
    filled: dict[str, list[PlainCell]] = {}
    heads: dict[tuple[int, int], str] = {}
    for number, plain in enumerate(tables):
        for name, head, at in labels.places(plain) if plain.name not in others else ():
            under.setdefault(name, set()).add((number, head))
            if at in plain.cells and name in variables:
                filled.setdefault(name, []).append(plain.cells[at])
                heads[number, head] = plain.name
    rivals = {one for some in under.values() if len(some & heads.keys()) > 1 for one in some & heads.keys()}
    due = [name for name, one in variables.items() if not one.derived]
    missing = len(set(due) - under.keys())
    if rivals:
        named = "、".join(sorted({heads[one] for one in rivals}))
        yield f"“{table.title}”不止一份（{named}），分不清用哪一份，没有填。"
    elif heads and missing:
        yield f"“{table.title}”有 {missing} 格没有找到。"
    if not rivals and missing <= len(due) * (1 - _ENOUGH):
        yield from (one for name, cells in filled.items() for one in _figure(variables[name], cells))


def _figure(variable: Variable, cells: Sequence[PlainCell]) -> Iterator[Proposal | str]:
    """A figure that stands at one place and may stand in its cell."""
    value, place, style = cells[0]
    reading = read_number(FlatCell(value), style, variable.type)
    if len(cells) > 1:
        yield f"“{variable.brief}”有几处（{'、'.join(one.place for one in cells)}），没有填。"
    elif reading.value is not None and not reading.fault:
        yield Proposal(variable.name, reading.value, place)
    elif reading.fault and not variable.derived:
        yield f"“{variable.brief}”没有填：{place} {reading.fault}。"


def _texts(instrument: Instrument, tables: Sequence[PlainTable]) -> Iterator[Proposal | str]:
    """The texts and the lines of the cover that stand beside or below their label, at one place."""
    labels, form, spots = blank_plan(instrument).labels, instrument.form, instrument.layout.spots
    names = (UNIT, PERIOD, *(one.name for one in form.cover), *form.texts)
    keys = {label_key(labels[spots[name].sheet, spots[name]._replace(col=0).cell]): name for name in names}
    found: dict[str, list[Proposal]] = {}
    for plain in tables:
        for (row, col), cell in plain.cells.items():
            name = keys.get(label_key(cell_text(cell.value)), "")
            near = [plain.cells[at] for at in ((row, col + 1), (row + 1, col)) if name and at in plain.cells]
            for value, place, style in near[:1]:
                text = read_text(FlatCell(value), style)
                if label_key(text) not in keys and (name not in form.texts or any(map(str.isalpha, text))):
                    found.setdefault(name, []).append(Proposal(name, text, place))
    for some in found.values():
        named = "、".join(one.source for one in some)
        yield some[0] if len(some) == 1 else f"一段文字有几处（{named}），没有填。"
