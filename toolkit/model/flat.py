"""A workbook without meaning: cells as they stand in the file, before anybody asks what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class CellError(NamedTuple):
    """An error value as shown in a cell, such as ``#REF!``."""

    code: str

    def __str__(self) -> str:
        """As the cell shows it, wherever a message quotes it."""
        return self.code


#: What a cell holds: a number, a text, a truth value, an error, or None for a blank. Zero is not blank.
CellValue = float | str | bool | CellError | None


class FlatCell(NamedTuple):
    """One cell. For a formula cell ``value`` is the cached result (None where the file holds none)."""

    value: CellValue
    formula: str | None = None
    style: int = 0


class FlatStyle(NamedTuple):
    """What a cell's style says about entry: ``locked`` under protection, and its number format code."""

    locked: bool = True
    number_format: str = "General"


@dataclass(frozen=True, slots=True)
class FlatSheet:
    """A sheet: its cells by A1 address (only cells that hold something or carry a style).

    ``merged`` are its merged areas, rows and columns; they and what is hidden are counted from 1. ``heights`` are in
    points, of the rows that the file states them of.
    """

    name: str
    cells: Mapping[str, FlatCell]
    protected: bool = False
    hidden: bool = False
    merged: tuple[tuple[range, range], ...] = ()
    hidden_rows: tuple[range, ...] = ()
    hidden_columns: tuple[range, ...] = ()
    heights: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlatWorkbook:
    """A workbook: sheets in order, ``names`` as ``name -> "sheet!A1"``, custom document properties, cell styles.

    ``from_1904`` tells from which year its dates are counted, if not from 1900. ``overlong`` is the place of the first
    cell that holds more than a spreadsheet allows; of its text the beginning is kept.
    """

    sheets: Mapping[str, FlatSheet]
    names: Mapping[str, str]
    properties: Mapping[str, str]
    styles: tuple[FlatStyle, ...]
    from_1904: bool = False
    overlong: str = ""

    def at(self, sheet: str, cell: str) -> FlatCell:
        """The cell at an address; a blank one where nothing stands."""
        found = self.sheets.get(sheet)
        return found.cells.get(cell, BLANK_CELL) if found is not None else BLANK_CELL


BLANK_CELL = FlatCell(None)
