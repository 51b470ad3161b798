"""Checks whether a workbook is one of ours and complete: identity, version, sheets, labels, names, protection."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import product
from typing import Any

from toolkit.forms.layout import CHECKS, COVER, IDENTITY, IDENTITY_FIELDS, RESERVED_SHEETS, Spot, address
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.flat import FlatSheet, FlatWorkbook
from toolkit.model.returns import Identity
from toolkit.model.sentences import listed, worded
from toolkit.text import cell_text, shortened
from toolkit.workbook.intake.xml import coordinates
from toolkit.workbook.template.cells import CellRole, Planned, TemplatePlan
from toolkit.workbook.template.plan import blank_plan

_FURTHEST_SHIFT = 5
#: Where a label lies, in rows and columns, that something was inserted or deleted before.
_SHIFTS = {"rows_added": (1, 0), "rows_gone": (-1, 0), "columns_added": (0, 1), "columns_gone": (0, -1)}
_LONGEST_VERSION = 9
_ENTRIES = frozenset({CellRole.NUMBER, CellRole.TEXT, CellRole.TICK})
#: The last column and row that a form has room for.
_FAR_COLUMN, _FAR_ROW = 512, 20_000
_PERHAPS_FAR = re.compile("[A-Z]{3}[0-9]+|[S-Z][A-Z][0-9]+|[A-Z]+[0-9]{5,}")  # whatever is far, and some more
_NAMED = 5  # cells or sheets told by name
_NEARBY = 50  # sheets looked at for one that was renamed
_ROWS = 20  # of the hidden sheet, in which a field is looked for
_LONGEST = 255  # characters of a document property: no field of an identity has more


def identify(flat: FlatWorkbook) -> Identity | None:
    """What the workbook says it is: the hidden sheet first, the document properties where that is lost.

    On the sheet a field stands beside its label; its name leads to it where the label is lost.
    """
    noted = {field: flat.properties.get(f"xxgk.{field}", "") for field in IDENTITY_FIELDS}
    hidden = {field: _hidden(flat, field, noted[field]) for field in IDENTITY_FIELDS}
    told = {field: hidden[field] or noted[field] for field in IDENTITY_FIELDS}
    if not told["form"]:
        return None
    identity = _identity(told)
    twice = tuple(field for field in IDENTITY_FIELDS if hidden[field] and noted[field] not in {"", hidden[field]})
    if not twice:
        return identity
    other = _identity({field: noted[field] or hidden[field] for field in IDENTITY_FIELDS})
    return replace(identity, contradictions=twice, other=other)


def not_ours(flat: FlatWorkbook) -> Finding:
    """FORM-01 for a workbook that does not say what it is; sheets copied out of one of ours are told as such."""
    return Finding.at(worded(Code.FORM_01, "copied" if {COVER, CHECKS} <= flat.sheets.keys() else ""))


def _hidden(flat: FlatWorkbook, field: str, noted: str) -> str:
    """A field on the hidden sheet. A program that made a number of a text took the zeros before it."""
    sheet, _, cell = flat.names.get(f"xxgk.{field}", "").rpartition("!")
    rows = (row for row in range(1, _ROWS + 1) if flat.at(IDENTITY, f"A{row}").value == field)
    beside = next(rows, 0)
    value = (flat.at(IDENTITY, f"B{beside}") if beside else flat.at(sheet, cell)).value
    text = cell_text(value)[:_LONGEST]
    return noted if isinstance(value, float) and noted.isdigit() and noted.lstrip("0") == text.lstrip("0") else text


def _identity(told: Mapping[str, Any]) -> Identity:
    return Identity(**{**told, "version": _version_number(told["version"])})


def _version_number(text: str) -> int:
    """The number of a version, however wide its digits are; 0, which no form has, for what is none."""
    text = unicodedata.normalize("NFKC", text).removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION else 0


def check_structure(
    flat: FlatWorkbook, instrument: Instrument, plan: TemplatePlan, identity: Identity
) -> list[Finding]:
    """Everything about the workbook's structure; a fatal finding means that its values cannot be read safely.

    ``plan`` as of `plan_for`. Of an earlier template nobody knows who moved what stands elsewhere: nobody is accused.
    """
    earlier = CHECKS not in plan.sheets
    faults = (_version(instrument, identity), _sheets(flat, instrument), _labels(flat, plan, earlier))
    fatal = next(filter(None, map(list, faults)), [])
    cells = {name: f"{sheet}!{cell}" for name, (sheet, cell) in instrument.layout.cells.items() if sheet in plan.sheets}
    for nil in instrument.form.nils if earlier else ():
        del cells[nil.name]
    if earlier and not fatal and any(flat.names.get(name, cell) != cell for name, cell in cells.items()):
        # The names of the workbook call other cells than those that are read.
        fatal = [Finding.at(worded(Code.FORM_03, "fingerprint"))]
    form, version = instrument.form, identity.version
    if fatal and version in form.accepts and version != form.version:
        return [Finding.at(worded(Code.FORM_03, "changed", found=version, version=form.version))]
    lost = [cell for name, cell in cells.items() if flat.names.get(name) != cell]
    return fatal or [
        *([Finding.at(worded(Code.FORM_03, "earlier"))] if earlier else []),
        *_extra(flat, instrument),
        *([Finding.at(worded(Code.FORM_07, count=len(lost), first=lost[0]))] if lost else []),
        *_unlocked(flat, plan),
        *_unseen(flat, plan),
        *_far(flat, plan),
    ]


def plan_for(instrument: Instrument, identity: Identity | None) -> TemplatePlan:
    """The plan that a workbook follows; the check sheet of a template that was made earlier is not known."""
    plan = blank_plan(instrument)
    return plan if identity is None or identity.fingerprint == plan.fingerprint else plan.entries


def _version(instrument: Instrument, identity: Identity) -> Iterator[Finding]:
    if identity.version not in instrument.form.accepts:
        accepted = "、".join(map(str, instrument.form.accepts))
        fault = "version" if identity.version else "no_version"
        yield Finding.at(worded(Code.FORM_03, fault, found=identity.version, accepted=accepted))


def _sheets(flat: FlatWorkbook, instrument: Instrument) -> Iterator[Finding]:
    extra = [name for name in flat.sheets if name not in instrument.layout.sheets][:_NEARBY]
    for sheet in instrument.layout.sheets:
        if sheet in flat.sheets:
            continue
        close = [name for name in extra if sheet in name] or get_close_matches(sheet, extra, n=1, cutoff=0.4)
        fault, near = ("renamed", shortened(close[0])) if close else ("", "")
        yield Finding.at(worded(Code.FORM_04, fault, sheet=sheet, near=near), sheet=sheet)


def _labels(flat: FlatWorkbook, plan: TemplatePlan, earlier: bool) -> Iterator[Finding]:  # noqa: FBT001
    """The first label of each sheet that does not stand where it should."""
    seen: set[str] = set()
    for (sheet, cell), wanted in plan.labels.items():
        if sheet in seen:
            continue
        found = flat.at(sheet, cell).value
        if found != wanted and _squeezed(found) != _squeezed(wanted):
            seen.add(sheet)
            spot = next(c.spot for c in plan.sheets[sheet] if c.spot.cell == cell)
            fault = ("no_label", "label", "old_no_label", "old_label")[(found is not None) + 2 * earlier]
            text, moved = shortened(_squeezed(found)), _moved(flat, spot, wanted)
            yield Finding.at(worded(Code.FORM_05, fault, cell=cell, due=wanted, found=text, moved=moved), (spot,))


def _moved(flat: FlatWorkbook, spot: Spot, wanted: str) -> str:
    """Where a missing label went, if it is near: the sign of an inserted or deleted row or column."""
    for step, (fault, (down, right)) in product(range(1, _FURTHEST_SHIFT + 1), _SHIFTS.items()):
        row, col = spot.row + step * down, spot.col + step * right
        if min(row, col) >= 0 and _squeezed(flat.at(spot.sheet, address(row, col)).value) == _squeezed(wanted):
            return worded(Code.FORM_05, fault, count=step).message
    return ""


def _squeezed(value: object) -> str:
    """What a label says, however wide its characters are and wherever it is broken."""
    return "".join(unicodedata.normalize("NFKC", cell_text(value)).split())


def _extra(flat: FlatWorkbook, instrument: Instrument) -> Iterator[Finding]:
    known = {*RESERVED_SHEETS, *instrument.layout.sheets, *(spot.sheet for spot in instrument.layout.spots.values())}
    if extra := [name for name in flat.sheets if name not in known]:
        told = worded(Code.FORM_06, sheets="”“".join(map(shortened, extra[:_NAMED])))
        yield Finding.at(told, sheet=extra[0])


def _unlocked(flat: FlatWorkbook, plan: TemplatePlan) -> Iterator[Finding]:
    """Sheets without protection, and total cells whose lock was taken off; one note in all."""
    bare = [name for name, sheet in flat.sheets.items() if name in plan.sheets and not sheet.protected]
    if bare:
        yield Finding.at(worded(Code.FORM_08, "sheets", sheets="”“".join(bare)), sheet=bare[0])
    for sheet, cells in plan.sheets.items():
        totals = [c.spot for c in cells if c.role is CellRole.TOTAL]
        loose = [spot for spot in totals if not flat.styles[flat.at(sheet, spot.cell).style].locked]
        if loose and sheet not in bare:
            named = "、".join(spot.cell for spot in loose[:_NAMED])
            yield Finding.at(worded(Code.FORM_08, "cells", count=len(loose), cells=named), loose)


def _unseen(flat: FlatWorkbook, plan: TemplatePlan) -> Iterator[Finding]:
    """Filled cells that nobody sees: behind a merged one, in hidden rows and columns, on a hidden sheet."""
    for name, cells in plan.sheets.items():
        sheet = flat.sheets.get(name)
        hiding = sheet and (sheet.hidden or sheet.merged or sheet.hidden_rows or sheet.hidden_columns)
        if sheet is None or name == IDENTITY or not hiding:
            continue
        entries = [one for one in cells if one.role in _ENTRIES and flat.at(name, one.spot.cell).value is not None]
        if sheet.hidden:
            yield from _unseen_cells("sheet", entries)
            continue
        covered = _covered(sheet.merged)
        yield from _unseen_cells("merged", [one for one in entries if (one.spot.row + 1, one.spot.col + 1) in covered])
        yield from _unseen_cells("hidden", [one for one in entries if _in_hidden_line(sheet, one.spot)])


@lru_cache(maxsize=16)
def _covered(merged: tuple[tuple[range, range], ...]) -> frozenset[tuple[int, int]]:
    """The cells, row and column, behind the first one of a merged area."""
    return frozenset(cell for rows, columns in merged for cell in [*product(rows, columns)][1:])


def _in_hidden_line(sheet: FlatSheet, spot: Spot) -> bool:
    rows, columns = sheet.hidden_rows, sheet.hidden_columns
    return any(spot.row + 1 in one for one in rows) or any(spot.col + 1 in one for one in columns)


def _unseen_cells(fault: str, entries: Sequence[Planned]) -> Iterator[Finding]:
    if entries:
        told = worded(Code.FORM_14, fault, cells=listed([one.spot.cell for one in entries], _NAMED))
        yield Finding.at(told, [one.spot for one in entries], [one.name for one in entries])


def _far(flat: FlatWorkbook, plan: TemplatePlan) -> Iterator[Finding]:
    """FORM-15 for values that nobody scrolls to, on a sheet of the form."""
    for name in filter(flat.sheets.__contains__, plan.sheets):
        cells = flat.sheets[name].cells
        perhaps = _PERHAPS_FAR.findall(" ".join(cells))
        places = {at: coordinates(at) for at in perhaps if cells[at].value is not None}
        far = [at for at, (column, row) in places.items() if column > _FAR_COLUMN or row > _FAR_ROW]
        if far:
            told = worded(Code.FORM_15, cells=listed(far, _NAMED), value=shortened(cell_text(cells[far[0]].value)))
            yield Finding.at(told, [Spot(name, places[at][1] - 1, places[at][0] - 1) for at in far[:_NAMED]])
