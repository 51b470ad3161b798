"""A grid as a blank table of Word: labels in place, merged as printed, number cells empty."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from toolkit.model.grid import BREAK, Grid, GridCell
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.layout import covering, printed_widths, stands_left
from toolkit.report.word import styles as st

_EDGES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")
_STYLES: Final = {"band": st.HEAD, "head": st.HEAD, "number": st.NUMBER, "stub": st.STUB, "note": st.STUB}
_CENTRED: Final = '<w:jc w:val="center"/>'


@dataclass(frozen=True)
class TableWriter:
    """Writes one grid; ``quote`` keeps the template engine from taking a label's braces for its own."""

    grid: Grid
    quote: Callable[[str], str]

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Column widths in twips."""
        return tuple(gb.twips(width) for width in printed_widths(self.grid, gb.TEXT_WIDTH_MM))

    @cached_property
    def _kept(self) -> int:
        """How many rows stay with the next: all but the last where the table fits a page, else its head."""
        room = gb.TEXT_HEIGHT - 2 * gb.LINE_PITCH
        height = sum(self._lines(row) * gb.TABLE_LINE for row in range(self.grid.nrows))
        return self.grid.nrows - 1 if height <= room else self.grid.head_rows

    def _lines(self, row: int) -> int:
        """Guess how many lines of text the tallest cell of a row holds."""
        guesses = [1]
        for cell in self.grid.rows[row]:
            room = sum(self.widths[cell.col : cell.col + cell.cols]) - 2 * gb.CELL_MARGIN
            wide = (len(line) * gb.TABLE_PT * 20 for line in cell.text.split(BREAK))
            guesses += [sum(math.ceil(one / room) for one in wide)] if cell.rows == 1 else []
        return max(guesses)

    def xml(self) -> str:
        """Write the table."""
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in self.widths)
        rows = "".join(self._row(row) for row in range(self.grid.nrows))
        return f"<w:tbl>{self._properties()}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"

    def _properties(self) -> str:
        borders = "".join(
            f'<w:{edge} w:val="single" w:sz="{gb.BORDER_EIGHTHS}" w:space="0" w:color="000000"/>' for edge in _EDGES
        )
        margins = "".join(f'<w:{side} w:w="{gb.CELL_MARGIN}" w:type="dxa"/>' for side in ("left", "right"))
        caption = self.quote(quoteattr(self.grid.caption))
        return (
            f'<w:tblPr><w:tblW w:w="{sum(self.widths)}" w:type="dxa"/>{_CENTRED}'
            f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
            f'<w:tblLook w:val="0000"/><w:tblCaption w:val={caption}/></w:tblPr>'
        )

    def _row(self, row: int) -> str:
        repeat = "<w:tblHeader/>" if row < self.grid.head_rows else ""
        cells = "".join(self._cell(cell, row) for cell in covering(self.grid, row))
        return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{cells}</w:tr>"

    def _cell(self, cell: GridCell, row: int) -> str:
        begins = row == cell.row
        width = sum(self.widths[cell.col : cell.col + cell.cols])
        span = f'<w:gridSpan w:val="{cell.cols}"/>' if cell.cols > 1 else ""
        merged = f'<w:vMerge w:val="{"restart" if begins else "continue"}"/>' if cell.rows > 1 else ""
        keep = "<w:keepNext/>" if row < self._kept else ""
        align = _CENTRED if cell.kind == "stub" and not stands_left(self.grid, cell) else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merged}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{_STYLES[cell.kind].id}"/>{keep}{align}</w:pPr>'
            f"{self._label(cell) if begins and cell.text else ''}</w:p></w:tc>"
        )

    def _label(self, cell: GridCell) -> str:
        lines = (f'<w:t xml:space="preserve">{self.quote(escape(line))}</w:t>' for line in cell.text.split(BREAK))
        return f"<w:r>{'<w:br/>'.join(lines)}</w:r>"
