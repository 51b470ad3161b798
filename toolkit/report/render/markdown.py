"""A report as Markdown with GitHub's pipe tables, which have no spans: every number stands under its whole path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import quote

from toolkit.io.templates import pages
from toolkit.model.grid import BREAK, Grid
from toolkit.report.document.blocks import Document, Paragraph, TableBlock
from toolkit.report.document.layout import Row, TablePart, headline, shown_caption, table_parts, tidied

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~$&#]")
#: What at the beginning of a line makes it an item of a list, a rule or a heading.
_OPENING: Final = re.compile(r"^(\d{0,9})([.)+=-])")
_LOOKS: Final = {"": "{}", "b": "<b>{}</b>", "u": "<u>{}</u>", "bu": "<b><u>{}</u></b>"}
_JOINT: Final = " / "


def render_md(document: Document, beside: str = "") -> str:
    """Print a report as Markdown; its pictures lie beside it, their names begin with ``beside``."""
    document = tidied(document)
    helpers = {"escaped": escaped, "paragraph": _paragraph, "tables": _tables, "caption": shown_caption, "quote": quote}
    told = pages(__package__).get_template("report.md.j2")
    return told.render(document=document, headline=headline(document), beside=beside, **helpers).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """Take from a text whatever Markdown would read as its own."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _paragraph(paragraph: Paragraph) -> str:
    """Write a paragraph; without the blank after it, a bold text ending in ``。`` would not end being bold."""
    text = "".join(_LOOKS[looks].format(escaped(piece)) for piece, looks in paragraph.pieces)
    if not paragraph.lead:
        return _OPENING.sub(r"\1\\\2", text)
    return f"**{escaped(paragraph.lead)}** {text.strip()}".rstrip()


def _tables(block: TableBlock) -> Iterator[tuple[Row, str]]:
    """The runs of a table's rows: the band that opens each, and its pipe table."""
    heads: tuple[int, ...] = ()
    for part in table_parts(block.grid):
        heads = part.heads or heads
        yield part.band, _pipe_table(block, part, heads)


def _pipe_table(block: TableBlock, part: TablePart, heads: Sequence[int]) -> str:
    grid = block.grid
    columns = [k for k in range(grid.ncols) if any(grid.cover[row, k].col == k for row in (*heads, *part.body))]
    figures = [any(grid.cover[row, k].kind == "number" for row in part.body) for k in columns]
    lines = [[_heading(grid, k, heads) for k in columns], ["---:" if one else "---" for one in figures]]
    lines += [[_cell(block, row, k) for k in columns] for row in part.body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _heading(grid: Grid, column: int, heads: Iterable[int]) -> str:
    """Join the headings over a column, from outside in; one that spans stub columns is said over the first."""
    cells = dict.fromkeys(grid.cover[row, column] for row in heads)
    seen = [c for c in cells if c.kind != "note" and (c.col == column or c.row + c.rows - 1 < max(heads))]
    return _JOINT.join(escaped(cell.plain) for cell in seen if cell.text)


def _cell(block: TableBlock, row: int, column: int) -> str:
    """Write a cell; one that spans rows is said in each of them, one that spans columns in the first."""
    cell = block.grid.cover[row, column]
    return escaped(block.printed(cell).replace(BREAK, "")) if cell.col == column else ""
