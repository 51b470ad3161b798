"""A report as one page that fetches nothing, and as a fragment to paste into a site's editor."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import count, pairwise
from typing import Final

from toolkit.io.templates import pages
from toolkit.model.grid import Grid, GridCell
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.blocks import Document
from toolkit.report.document.layout import headline, shown_caption, stands_left, tidied

#: The least a column of numbers may shrink to, in rem; a table that cannot keep it within a telephone's width scrolls.
_NARROWEST: Final = 2.9
_TELEPHONE: Final = 20.5


def render_html(document: Document, links: Mapping[str, str] | None = None) -> str:
    """Print a report as a page; ``links`` are the other forms of it to download: what it says, and the address."""
    return _rendered("page", document, links=links or {}, gb=gb)


def render_fragment(document: Document) -> str:
    """Print a report for pasting into a site's editor: every style stands on its element, no class, no ``style``.

    The title is no ``h1``: the page it is pasted into has its own.
    """
    return _rendered("fragment", document)


def _rendered(name: str, document: Document, **words: object) -> str:
    document = tidied(document)
    helpers = (_row_groups, _least_width, stands_left, shown_caption)
    words |= {one.__name__.lstrip("_"): one for one in helpers} | {"next_number": partial(next, count(1))}
    template = pages(__package__).get_template(f"{name}.html.j2")
    return template.render(words, document=document, headline=headline(document))


def _row_groups(grid: Grid) -> list[tuple[str, tuple[tuple[GridCell, ...], ...]]]:
    """The rows of a table by element: ``thead``, then a ``tbody`` for every band."""
    starts = [0, grid.head_rows, *(c.row for c in grid.cells if c.kind == "band" and c.row >= grid.head_rows)]
    crossed = {row for cell in grid.cells for row in range(cell.row + 1, cell.row + cell.rows)}
    cuts = sorted({row for row in starts if row not in crossed and row < grid.nrows})
    return [
        ("thead" if start == 0 and end == grid.head_rows else "tbody", grid.rows[start:end])
        for start, end in pairwise([*cuts, grid.nrows])
    ]


def _least_width(grid: Grid) -> float:
    """The width in rem below which a table scrolls; 0 where it fits a telephone."""
    least = _NARROWEST * sum(grid.widths) / min(grid.widths)
    return least if least > _TELEPHONE else 0
