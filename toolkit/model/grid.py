"""A printed table as one grid of spanning cells; every writer and reader walks it.

Cells are placed as HTML places them (HTML Living Standard, "forming a table"): row by row, each at the first position
that is still free. That they neither overlap nor leave a hole is guaranteed at construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile, takewhile
from typing import Literal

#: Where a narrow column may break a label (zero width space).
BREAK = "\u200b"

#: ``band`` opens a block, ``head`` is of the boxhead, ``stub`` labels a row, ``note`` fills the corner,
#: ``text`` is a cell of words.
Kind = Literal["band", "head", "stub", "note", "number", "text"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell before it is placed: its text or its variable, its kind, and how many rows and columns it covers."""

    text: str
    kind: Kind
    rows: int = 1
    cols: int = 1
    variable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell(Slot):
    """A placed cell: ``row`` and ``col`` of its top left corner, from 0. A number cell has no text but a variable."""

    row: int
    col: int

    @property
    def plain(self) -> str:
        """The label without break hints."""
        return self.text.replace(BREAK, "")

    @property
    def scope(self) -> str:
        """HTML's ``scope`` of a heading cell: ``col``, ``colgroup``, ``row``, ``rowgroup`` or nothing."""
        if self.kind in {"band", "head"}:
            return "colgroup" if self.cols > 1 else "col"
        if self.kind == "stub":
            return "rowgroup" if self.rows > 1 else "row"
        return ""


@dataclass(frozen=True)
class Grid:
    """A table of ``nrows`` by ``ncols`` positions, each covered by exactly one of ``cells`` (in order of rows).

    ``widths`` are the column widths in millimetres. ``head_rows`` is how many rows from the top head the columns: 0
    for a table whose blocks each carry their own headings.
    """

    id: str
    caption: str
    widths: tuple[float, ...]
    head_rows: int
    cells: tuple[GridCell, ...]

    @classmethod
    def place(
        cls, table: str, caption: str, widths: Sequence[float], head_rows: int, rows: Sequence[Sequence[Slot]]
    ) -> Grid:
        """Put each slot of each row at the first position of that row which no cell from above covers.

        Raises ValueError, naming the table and the position, where cells overlap or leave a hole.
        """
        taken: set[tuple[int, int]] = set()
        cells: list[GridCell] = []
        for r, row in enumerate(rows):
            k = 0
            for slot in row:
                while (r, k) in taken:
                    k += 1
                area = {(r + i, k + j) for i in range(slot.rows) for j in range(slot.cols)}
                if area & taken:
                    raise ValueError(f"{table}: two cells at {min(area & taken)}")
                taken |= area
                cells.append(GridCell(slot.text, slot.kind, slot.rows, slot.cols, slot.variable, row=r, col=k))
                k += slot.cols
        wanted = {(r, k) for r in range(len(rows)) for k in range(len(widths))}
        if taken != wanted:
            raise ValueError(f"{table}: the cells do not cover the table at {sorted(taken ^ wanted)[:3]}")
        return cls(table, caption, tuple(widths), head_rows, tuple(cells))

    @property
    def ncols(self) -> int:
        """How many columns of positions."""
        return len(self.widths)

    @cached_property
    def nrows(self) -> int:
        """How many rows of positions."""
        return max(c.row + c.rows for c in self.cells)

    @cached_property
    def rows(self) -> tuple[tuple[GridCell, ...], ...]:
        """The cells that begin in each row, left to right."""
        in_order = sorted(self.cells, key=lambda c: c.col)
        return tuple(tuple(c for c in in_order if c.row == row) for row in range(self.nrows))

    @cached_property
    def cover(self) -> dict[tuple[int, int], GridCell]:
        """The cell that covers each position (row, col), both from 0."""
        return {(c.row + i, c.col + j): c for c in self.cells for i in range(c.rows) for j in range(c.cols)}

    @property
    def numbers(self) -> tuple[GridCell, ...]:
        """The number cells, in order of rows."""
        return tuple(c for c in self.cells if c.kind == "number")

    def headers(self, cell: GridCell) -> tuple[GridCell, ...]:
        """The labels of a number cell: the nearest run of headings above it, then its stubs, each from outside in."""
        above = [self.cover[r, cell.col] for r in range(cell.row - 1, -1, -1)]
        nearest = dropwhile(lambda c: c.kind not in {"head", "band"}, above)
        heads = list(takewhile(lambda c: c.kind in {"head", "band"}, nearest))
        left = [self.cover[cell.row, k] for k in range(cell.col)]
        stubs = [c for c in left if c.kind == "stub"]
        return tuple(dict.fromkeys([*reversed(heads), *stubs]))
