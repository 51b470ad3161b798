"""The blank .docx that a report is printed into: an office may restyle it in Word or WPS, and it still works.

Headings and tables stand in it as printed, the tables blank. Where words are printed a mark stands: ``【正文2-1】`` is
for the first run of paragraphs of section 2. The markup of its parts, with their styles, stands in templates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from toolkit.io.package import zipped
from toolkit.io.templates import from_template
from toolkit.model.grid import BREAK, Grid, GridCell
from toolkit.report.document import gb9704 as gb
from toolkit.report.document import layout
from toolkit.report.document.blocks import Document

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES: Final = f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
#: The names by which Word knows styles (English for those it has built in); the last is that of a run-in heading.
TITLE, HEADING, CAPTION, LEAD = "Title", "heading 1", "表格标题", "二级标题（段内）"
#: The id of the style of figures in a table, the lowest of lines.
NUMBER: Final = "TableNumber"


def build_template(pattern: Document) -> bytes:
    """Build the blank .docx for reports with the headings and tables of ``pattern``."""
    files = {
        "[Content_Types].xml": _markup("contentTypes"),
        "_rels/.rels": _markup("packageRelations"),
        "docProps/core.xml": _markup("core"),
        "word/document.xml": _markup("document", pattern=layout.tidied(pattern), blank=_table),
        "word/_rels/document.xml.rels": _markup("documentRelations"),
        "word/styles.xml": _markup("styles"),
        "word/settings.xml": _markup("settings"),
        "word/fontTable.xml": _markup("fontTable"),
        "word/footer1.xml": _markup("footer", side="right"),
        "word/footer2.xml": _markup("footer", side="left"),
    }
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return zipped({name: declaration + text for name, text in files.items()})


def _table(grid: Grid) -> Markup:
    widths = [gb.twips(width) for width in layout.printed_widths(grid, gb.TEXT_WIDTH_MM)]
    height = sum(_lines(row, widths) for row in grid.rows) * gb.TABLE_LINE
    # These stay with the next: all rows but the last where the table fits a page, else its heads.
    fits = height <= gb.TEXT_HEIGHT - 2 * gb.LINE_PITCH
    kept = range(grid.nrows - 1) if fits else layout.heading_rows(grid)
    return Markup(_markup("table", grid=grid, widths=widths, kept=kept, hint=BREAK))  # noqa: S704 - our own


def _lines(row: Sequence[GridCell], widths: Sequence[int]) -> int:
    """Guess how many lines of text the tallest cell of a row holds."""
    guesses = [1]
    for cell in row:
        room = sum(widths[cell.col : cell.col + cell.cols]) - 2 * gb.CELL_MARGIN
        wide = (len(line) * gb.TABLE_PT * 20 for line in cell.text.split(BREAK))
        guesses += [sum(math.ceil(one / room) for one in wide)] if cell.rows == 1 else []
    return max(guesses)


def _markup(name: str, **words: object) -> str:
    """Write a part of a .docx, or a piece of one, from its template."""
    namespaces = Markup(NAMESPACES)  # noqa: S704 - our own
    return from_template(__package__, name, **words, layout=layout, gb=gb, namespaces=namespaces)
