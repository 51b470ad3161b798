"""The blank .docx that a report is printed into: an office may restyle it in Word or WPS, and it still works.

Headings and tables stand in it as printed, the tables blank. What is filled in is named in Chinese, for the officials
who will see the tags: ``{%p for 段 in 正文[2][1] %}`` is the first run of paragraphs of section 2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from toolkit.io.package import zipped
from toolkit.model.grid import BREAK, Grid, GridCell
from toolkit.report.document import gb9704 as gb
from toolkit.report.document import layout
from toolkit.report.document.blocks import Document
from toolkit.report.document.layout import printed_widths, tidied
from toolkit.report.word import styles as st

#: What the tags of a template may name.
TITLE, NOTICE, PREAMBLE, SECTIONS, CLOSING = "标题", "范围提示", "前言", "正文", "结尾"
UNIT, PERIOD, LEAD, WORDS = "单位", "期间", "小标题", "文字"
OPENING, CLOSED = "左花括号", "右花括号"
_BRACE: Final = re.compile("[{}]")
_STYLES: Final = {"band": st.HEAD, "head": st.HEAD, "number": st.NUMBER, "stub": st.STUB, "note": st.STUB}

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def build_template(pattern: Document) -> bytes:
    """Build the blank .docx for reports with the headings and tables of ``pattern``."""
    pattern = tidied(pattern)
    names = {"title": TITLE, "preamble": PREAMBLE, "sections": SECTIONS, "closing": CLOSING}
    words = {**names, "lead": LEAD, "words": WORDS, "styles": st, "layout": layout}
    body = st.markup("document", pattern=pattern, quoted=_quoted, blank=_table, **words)
    files = {
        "[Content_Types].xml": st.markup("contentTypes"),
        "_rels/.rels": st.markup("packageRelations"),
        "docProps/core.xml": st.markup("core"),
        "word/document.xml": body,
        "word/_rels/document.xml.rels": st.markup("documentRelations"),
        "word/styles.xml": st.markup("styles", styles=st.PARAGRAPH_STYLES, body=st.BODY, text=st.TEXT, lead=st.LEAD),
        "word/settings.xml": st.markup("settings"),
        "word/fontTable.xml": st.markup("fontTable"),
        "word/footer1.xml": st.markup("footer", side="right"),
        "word/footer2.xml": st.markup("footer", side="left"),
    }
    return zipped({name: _DECLARATION + text for name, text in files.items()})


def _quoted(text: str, escaped: Callable[[str], str] = escape) -> Markup:
    """Write a literal text so that no brace in it begins a tag."""
    tag = _BRACE.sub(lambda found: f"{{{{ {OPENING if found[0] == '{' else CLOSED} }}}}", escaped(text))
    return Markup(tag)  # noqa: S704 - quoted here


def _table(grid: Grid) -> Markup:
    widths = [gb.twips(width) for width in printed_widths(grid, gb.TEXT_WIDTH_MM)]
    height = sum(_lines(row, widths) for row in grid.rows) * gb.TABLE_LINE
    made = st.markup(
        "table",
        grid=grid,
        caption=_quoted(grid.caption, quoteattr),
        widths=widths,
        # These stay with the next: all rows but the last where the table fits a page, else its head.
        kept=grid.nrows - 1 if height <= gb.TEXT_HEIGHT - 2 * gb.LINE_PITCH else grid.head_rows,
        styles=_STYLES,
        layout=layout,
        label=lambda cell: [_quoted(line) for line in cell.text.split(BREAK)],
    )
    return Markup(made)  # noqa: S704 - our own


def _lines(row: Sequence[GridCell], widths: Sequence[int]) -> int:
    """Guess how many lines of text the tallest cell of a row holds."""
    guesses = [1]
    for cell in row:
        room = sum(widths[cell.col : cell.col + cell.cols]) - 2 * gb.CELL_MARGIN
        wide = (len(line) * gb.TABLE_PT * 20 for line in cell.text.split(BREAK))
        guesses += [sum(math.ceil(one / room) for one in wide)] if cell.rows == 1 else []
    return max(guesses)
