"""Values that this program proposes in a unit's own workbook, and whether the unit has confirmed them.

A proposed value stands in its cell like any other, on a ground of its own. The hidden sheet `PROPOSED` lists in column
A the cells (``申请情况!D6``) and in column B what was proposed; A1 of the sheet `CONFIRM` is where all of them are
confirmed. A cell that holds something else by then was typed by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from toolkit.forms.layout import CONFIRM, PROPOSED, Spot
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.flat import CellValue, FlatWorkbook
from toolkit.model.sentences import listed, worded
from toolkit.text import cell_text, name_key

#: What is chosen in the cell where everything is confirmed, and what is said beside it.
CONFIRMED = "确认"
CONFIRMING, NOTED = Spot(CONFIRM, 0, 0), Spot(PROPOSED, 0, 0)
HOW = f"← 请核对浅蓝色的格：不对的改正，空着的补上。都对了，点左边的格选“{CONFIRMED}”，保存，把这个文件发回。"


class Proposal(NamedTuple):
    """A value for the cell of that name, and in words where it comes from; no value where there is but a comment."""

    variable: str
    value: Decimal | str | None
    source: str


def waiting(flat: FlatWorkbook) -> Mapping[tuple[str, str], CellValue]:
    """The proposed values that stand as they were, if nobody confirmed them."""
    found: dict[tuple[str, str], CellValue] = {}
    if name_key(cell_text(flat.at(CONFIRM, CONFIRMING.cell).value)) == CONFIRMED:
        return found
    for at, cell in flat.sheets[PROPOSED].cells.items() if PROPOSED in flat.sheets else ():
        sheet, _, address = cell_text(cell.value).rpartition("!")
        held, value = flat.at(sheet, address), flat.at(PROPOSED, f"B{at[1:]}").value
        unknown = held.formula is not None and held.value is None
        if at[0] == "A" and value is not None and (unknown or value == held.value):
            found[sheet, address] = value
    return found


def unconfirmed(flat: FlatWorkbook, names: Mapping[tuple[str, str], str]) -> list[Finding]:
    """VAL-14 for a workbook in which proposed values stand as they were; ``names`` are the variables of the cells."""
    places = waiting(flat)
    return [to_confirm(places, names)] if places else []


def to_confirm(
    places: Collection[tuple[str, str]], names: Mapping[tuple[str, str], str], *, blank: bool = False
) -> Finding:
    """VAL-14 at the cell where these are confirmed; ``blank`` where they are zeros for cells left blank."""
    fields = {"count": len(places), "cells": listed(list(map("!".join, places)))}
    told = worded(Code.VAL_14, "blank", **fields) if blank else worded(Code.VAL_14, **fields)
    return Finding.at(told, [CONFIRMING], [names[place] for place in places if place in names])
