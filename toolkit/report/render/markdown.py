"""A report as Markdown with GitHub's pipe tables, which have no spans: every number stands under its whole path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import quote

from toolkit.model.grid import BREAK, Grid
from toolkit.report.document.blocks import Block, Document, Paragraph, Picture, Section, TableBlock
from toolkit.report.document.layout import TablePart, headline, shown_caption, table_parts, tidied

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~$&#]")
#: What at the beginning of a line makes it an item of a list, a rule or a heading.
_OPENING: Final = re.compile(r"^(\d{0,9})([.)+=-])")
_LOOKS: Final = {"": "{}", "b": "<b>{}</b>", "u": "<u>{}</u>", "bu": "<b><u>{}</u></b>"}
_JOINT: Final = " / "


def render_md(document: Document, beside: str = "") -> str:
    """Print a report as Markdown; its pictures lie beside it, their names begin with ``beside``."""
    document = tidied(document)
    out = [f"# {escaped(headline(document))}"]
    out += [f"*{escaped(line)}*" for line in (document.banner,) if line]
    for section in document.parts:
        out += [f"## {escaped(section.heading)}"] if section.heading else []
        out += (line for block in section.blocks for line in _block(section, block, beside))
    return "\n\n".join(out) + "\n"


def _block(section: Section, block: Block, beside: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _paragraph(block)
    elif isinstance(block, Picture):
        yield f"![{escaped(block.alt)}]({quote(beside + block.name)})"
    else:
        if caption := shown_caption(section, block.grid):
            yield f"**{escaped(caption)}**"
        yield from _table(block)


def escaped(text: str) -> str:
    """Take from a text whatever Markdown would read as its own."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _paragraph(paragraph: Paragraph) -> str:
    """Write a paragraph; without the blank after it, a bold text ending in ``。`` would not end being bold."""
    text = "".join(_LOOKS[looks].format(escaped(piece)) for piece, looks in paragraph.pieces)
    if not paragraph.lead:
        return _OPENING.sub(r"\1\\\2", text)
    return f"**{escaped(paragraph.lead)}** {text.strip()}".rstrip()


def _table(block: TableBlock) -> list[str]:
    """Write a table: one pipe table for each run of rows that has headings of its own."""
    grid = block.grid
    out = [f"*{escaped(cell.plain)}*" for cell in grid.cells if cell.kind == "note" and cell.text]
    heads: tuple[int, ...] = ()
    for part in table_parts(grid):
        heads = part.heads or heads
        out += [f"**{escaped(cell.plain)}**" for cell in part.band if cell.text]
        out.append(_pipe_table(block, part, heads))
    return out


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
