"""Values that this program proposes in a unit's own workbook, and whether the unit has confirmed them.

A proposed value stands in its cell like any other, on a ground of its own. The hidden sheet `PROPOSED` lists in column
A the cells (``申请情况!D6``) and in column B what was proposed; A1 of the sheet `CONFIRM` is where all of them are
confirmed. A cell that holds something else by then was typed by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from toolkit.forms.layout import CONFIRM, PROPOSED, Spot
from toolkit.model.cells import NumberType
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.flat import CellValue, FlatWorkbook
from toolkit.model.sentences import is_yes, worded
from toolkit.text import cell_text, shortened
from toolkit.workbook.intake.xml import coordinates
from toolkit.workbook.template.conditions import areas_of

#: A sheet and an A1 address.
Place = tuple[str, str]
#: Areas named in a sentence.
_LISTED = 8
#: What is chosen in the cell where everything is confirmed, and what is said beside it.
CONFIRMED = "确认"
CONFIRMING, NOTED = Spot(CONFIRM, 0, 0), Spot(PROPOSED, 0, 0)
HOW = f"← 请核对浅蓝色的格：不对的改正，空着的补上。都对了，点左边的格选“{CONFIRMED}”，保存，把这个文件发回。"


class Proposal(NamedTuple):
    """A value for the cell of that name, and in words where it comes from; no value where there is but a comment."""

    variable: str
    value: Decimal | str | None
    source: str


def waiting(flat: FlatWorkbook) -> Mapping[Place, CellValue]:
    """The proposed values that stand as they were, if nobody confirmed them."""
    found: dict[Place, CellValue] = {}
    if is_yes(flat.at(CONFIRM, CONFIRMING.cell).value):
        return found
    for at, cell in flat.sheets[PROPOSED].cells.items() if PROPOSED in flat.sheets else ():
        sheet, _, address = cell_text(cell.value).rpartition("!")
        held, value = flat.at(sheet, address), flat.at(PROPOSED, f"B{at[1:]}").value
        unknown = held.formula is not None and held.value is None
        if at[0] == "A" and value is not None and (unknown or value == held.value):
            found[sheet, address] = value
    return found


def unconfirmed(flat: FlatWorkbook, names: Mapping[Place, str]) -> list[Finding]:
    """VAL-14 for a workbook in which proposed values stand as they were; ``names`` are the variables of the cells."""
    places, text = waiting(flat), cell_text(flat.at(CONFIRM, CONFIRMING.cell).value).strip()
    stands = worded(Code.VAL_14, "stands", text=shortened(text)).message if text else ""
    return [to_confirm(places, names, stands=stands)] if places else []


def to_confirm(
    places: Collection[Place], names: Mapping[Place, str], *, blank: bool = False, stands: str = ""
) -> Finding:
    """VAL-14 at the cell where these are confirmed; ``blank`` where they are zeros for cells left blank.

    ``stands`` tells what stands in that cell.
    """
    fields = {"count": len(places), "cells": areas(places, named=True)}
    told = worded(Code.VAL_14, "blank", **fields) if blank else worded(Code.VAL_14, **fields, stands=stands)
    return Finding.at(told, [CONFIRMING], [names[place] for place in places if place in names])


def areas(places: Iterable[Place], *, named: bool = False) -> str:
    """Cells as few areas, by sheet where there are several: ``“申请情况”表 D7:I28、D30；“复议诉讼”表 C5``."""
    sheets: dict[str, set[tuple[int, int]]] = {}
    for sheet, cell in places:
        sheets.setdefault(sheet, set()).add(coordinates(cell)[::-1])
    spots = (Spot(sheet, row - 1, col - 1) for sheet, cells in sheets.items() for row, col in sorted(cells))
    found = [(one.spot.sheet, one.cells) for one in areas_of((spot, NumberType()) for spot in spots)]
    parts = {sheet: [area for where, area in found[:_LISTED] if where == sheet] for sheet in sheets}
    shown = [
        (f"“{sheet}”表 " if named or len(sheets) > 1 else "") + "、".join(mine) for sheet, mine in parts.items() if mine
    ]
    return "；".join(shown) + ("等" if len(found) > _LISTED else "")
