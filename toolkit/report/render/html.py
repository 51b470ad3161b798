"""A report as one page that fetches nothing, and as a fragment to paste into a site's editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count, pairwise
from typing import Final

from toolkit.io.templates import pages
from toolkit.model.grid import GridCell
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.blocks import Document, Paragraph, Picture, Section, TableBlock
from toolkit.report.document.layout import headline, shown_caption, stands_left, tidied

#: The least a column of numbers may shrink to, in rem; a table that cannot keep it within a telephone's width scrolls.
_NARROWEST: Final = 2.9
_TELEPHONE: Final = 20.5


@dataclass(frozen=True)
class TableView:
    """A table as the templates ask for it; ids begin with ``prefix``."""

    block: TableBlock
    prefix: str
    caption: str

    @cached_property
    def groups(self) -> tuple[tuple[str, tuple[tuple[GridCell, ...], ...]], ...]:
        """The rows by element: ``thead``, then a ``tbody`` for every band."""
        grid = self.block.grid
        starts = [0, grid.head_rows, *(c.row for c in grid.cells if c.kind == "band" and c.row >= grid.head_rows)]
        crossed = {row for cell in grid.cells for row in range(cell.row + 1, cell.row + cell.rows)}
        cuts = sorted({row for row in starts if row not in crossed and row < grid.nrows})
        return tuple(
            ("thead" if start == 0 and end == grid.head_rows else "tbody", grid.rows[start:end])
            for start, end in pairwise([*cuts, grid.nrows])
        )

    @property
    def least(self) -> float:
        """The width in rem below which the table scrolls; 0 where it fits a telephone."""
        widths = self.block.grid.widths
        least = _NARROWEST * sum(widths) / min(widths)
        return least if least > _TELEPHONE else 0

    def align(self, cell: GridCell) -> str:
        """Row labels stand left where they are sentences."""
        return "left" if stands_left(self.block.grid, cell) else "center"


def render_html(document: Document, links: Mapping[str, str] | None = None) -> str:
    """Print a report as a page; ``links`` are the other forms of it to download: what it says, and the address."""
    document = tidied(document)
    return pages(__package__).get_template("page.html.j2").render(_words(document, "t"), links=links or {}, gb=gb)


def render_fragment(document: Document) -> str:
    """Print a report for pasting into a site's editor: every style stands on its element, no class, no ``style``.

    The title is no ``h1``: the page it is pasted into has its own.
    """
    document = tidied(document)
    return pages(__package__).get_template("fragment.html.j2").render(_words(document, "xxgk-t"))


def _words(document: Document, prefix: str) -> dict[str, object]:
    numbers = count(1)

    def views(section: Section) -> list[Paragraph | Picture | TableView]:
        return [
            TableView(block, f"{prefix}{next(numbers)}", shown_caption(section, block.grid))
            if isinstance(block, TableBlock)
            else block
            for block in section.blocks
        ]

    opening, *sections, closing = ((part.heading, views(part)) for part in document.parts)
    parts = {"preamble": opening[1], "sections": sections, "closing": closing[1]}
    return {"document": document, "headline": headline(document), **parts}
