"""Prepares a document for every renderer: clean texts, the order of a section, the parts of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from toolkit.model.grid import Grid, GridCell
from toolkit.report.document.blocks import Block, Document, Paragraph, Picture, Section, TableBlock

#: No XML and no PDF may hold these: controls, halves of a surrogate pair, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_YEAR = re.compile(r"(19[8-9]\d|2\d{3})")
_UNDATED = 2020
#: Languages that put no space between two lines of a title.
_UNSPACED = ("zh", "ja")

Row = tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class TablePart:
    """A run of a table's rows: the band that opens it, the rows that head its columns, the rows under them."""

    band: Row
    heads: tuple[int, ...]
    body: tuple[int, ...]


def tidied(document: Document) -> Document:
    """Make the document as it is printed.

    No characters that a file cannot hold; a line end within a text begins a new paragraph, blanks around a paragraph
    (an indent typed by hand) and paragraphs without a word are dropped.
    """
    opening, *sections, closing = (
        Section(heading=_one_line(part.heading), blocks=tuple(_blocks(part.blocks))) for part in document.parts
    )
    return replace(
        document,
        title=tuple(filter(None, map(_one_line, document.title))),
        unit=_one_line(document.unit),
        preamble=opening.blocks,
        sections=tuple(sections),
        closing=closing.blocks,
        notice=_one_line(document.notice),
        banner=_one_line(document.banner),
    )


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text)).replace("\t", " ")


def _one_line(text: str) -> str:
    return _clean(text).replace("\n", " ").strip()


def _split(paragraph: Paragraph) -> Iterator[Paragraph]:
    lead = _one_line(paragraph.lead)
    for line in _clean(paragraph.text).split("\n"):
        text = line.rstrip() if lead else line.strip()
        if lead or text:
            yield replace(paragraph, lead=lead, text=text, spans=paragraph.spans if text == paragraph.text else ())
        lead = ""


def _blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, TableBlock):
            yield replace(block, values={name: _one_line(value) for name, value in block.values.items()})
        elif isinstance(block, Picture):
            yield block
        else:
            yield from _split(block)


def headline(document: Document) -> str:
    """Write the title on one line."""
    return ("" if document.language.startswith(_UNSPACED) else " ").join(document.title)


def wording(document: Document) -> tuple[str, ...]:
    """List every heading and paragraph in printed order; tables are left out."""
    out = list(document.title)
    for part in document.parts:
        out += [part.heading, *(one.lead + one.text for one in part.blocks if isinstance(one, Paragraph))]
    return tuple(filter(None, out))


def paragraph_runs(section: Section) -> tuple[tuple[tuple[Paragraph, ...], ...], tuple[TableBlock, ...]]:
    """Take a section apart: its tables, and the paragraphs before, between and after them (one run more)."""
    out: list[list[Paragraph]] = [[]]
    tables: list[TableBlock] = []
    for block in section.blocks:
        if isinstance(block, TableBlock):
            tables.append(block)
            out.append([])
        elif isinstance(block, Paragraph):
            out[-1].append(block)
    return tuple(map(tuple, out)), tuple(tables)


def shown_caption(heading: str, grid: Grid) -> str:
    """Give a table's caption, or nothing where the heading over it says the same."""
    return "" if grid.caption in heading else grid.caption


def printed_on(document: Document) -> datetime:
    """Date a file: the last day of the year reported, so that the same report is the same file."""
    found = _YEAR.match(document.period)
    return datetime(int(found[1]) if found else _UNDATED, 12, 31, tzinfo=UTC)


def printed_widths(grid: Grid, room: float) -> tuple[float, ...]:
    """Give column widths in millimetres, drawn in where the table is wider than the page's text."""
    factor = min(1.0, room / sum(grid.widths))
    return tuple(width * factor for width in grid.widths)


def covering(grid: Grid, row: int) -> Row:
    """List the cells that cover a row, left to right, each once, also those that began above it."""
    return tuple(dict.fromkeys(grid.cover[row, k] for k in range(grid.ncols)))


def table_parts(grid: Grid) -> tuple[TablePart, ...]:
    """Split a table into its runs of rows, each with the headings it stands under."""
    out: list[TablePart] = []
    band: Row = ()
    heads: list[int] = []
    body: list[int] = []
    for row in range(grid.nrows):
        cells = covering(grid, row)
        if any(cell.kind in {"stub", "number", "text"} for cell in cells):
            body.append(row)
            continue
        if body:
            out.append(TablePart(band, tuple(heads), tuple(body)))
            band, heads, body = (), [], []
        if {cell.kind for cell in cells} == {"band"}:
            band = (*band, *cells)
        else:
            heads.append(row)
    return (*out, TablePart(band, tuple(heads), tuple(body)))


def heading_rows(grid: Grid) -> tuple[int, ...]:
    """The rows that head those below them, bands too: none may stand alone at the foot of a page."""
    body = {row for part in table_parts(grid) for row in part.body}
    return tuple(row for row in range(grid.nrows) if row not in body)


def stands_left(grid: Grid, cell: GridCell) -> bool:
    """Tell a note, words, or a row label: that is centred where blocks head themselves, as in the statutory table."""
    return cell.kind in {"note", "text"} or (cell.kind == "stub" and grid.head_rows > 0)
