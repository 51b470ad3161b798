"""The blank .docx that a report is printed into: an office may restyle it in Word or WPS, and it still works.

Headings and tables stand in it as printed, the tables blank. What is filled in is named in Chinese, for the officials
who will see the tags: ``{%p for 段 in 正文[2][1] %}`` is the first run of paragraphs of section 2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from toolkit.io.package import zipped
from toolkit.model.grid import BREAK, Grid, GridCell
from toolkit.report.document import gb9704 as gb
from toolkit.report.document import layout
from toolkit.report.document.blocks import Document, Section
from toolkit.report.document.layout import paragraph_runs, printed_widths, shown_caption, tidied
from toolkit.report.word import styles as st

#: What the tags of a template may name.
TITLE, NOTICE, PREAMBLE, SECTIONS, CLOSING = "标题", "范围提示", "前言", "正文", "结尾"
UNIT, PERIOD, LEAD, WORDS = "单位", "期间", "小标题", "文字"
OPENING, CLOSED = "左花括号", "右花括号"
_BRACE: Final = re.compile("[{}]")
_ONE, _LINE = "段", "行"
_STYLES: Final = {"band": st.HEAD, "head": st.HEAD, "number": st.NUMBER, "stub": st.STUB, "note": st.STUB}

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def build_template(pattern: Document) -> bytes:
    """Build the blank .docx for reports with the headings and tables of ``pattern``."""
    pattern = tidied(pattern)
    body = [
        _loop(_LINE, TITLE, _run(f"{{{{ {_LINE} }}}}"), st.TITLE),
        _paragraph("", st.TEXT),
        _paragraphs(PREAMBLE),
        *(_section(number, section) for number, section in enumerate(pattern.sections, 1)),
        _paragraphs(CLOSING),
        st.markup("section"),
    ]
    files = {
        "[Content_Types].xml": st.markup("contentTypes"),
        "_rels/.rels": st.markup("packageRelations"),
        "docProps/core.xml": st.markup("core"),
        "word/document.xml": f"<w:document {st.NAMESPACES}><w:body>{''.join(body)}</w:body></w:document>",
        "word/_rels/document.xml.rels": st.markup("documentRelations"),
        "word/styles.xml": st.markup("styles", styles=st.PARAGRAPH_STYLES, body=st.BODY, text=st.TEXT, lead=st.LEAD),
        "word/settings.xml": st.markup("settings"),
        "word/fontTable.xml": st.markup("fontTable"),
        "word/footer1.xml": st.markup("footer", side="right"),
        "word/footer2.xml": st.markup("footer", side="left"),
    }
    return zipped({name: _DECLARATION + text for name, text in files.items()})


def _quote(text: str) -> str:
    """Write a literal text so that no brace in it begins a tag."""
    return _BRACE.sub(lambda found: f"{{{{ {OPENING if found[0] == '{' else CLOSED} }}}}", text)


def _section(number: int, section: Section) -> str:
    out = [_paragraph(section.heading, st.HEADING) if section.heading else "", _paragraphs(f"{SECTIONS}[{number}][1]")]
    for index, table in enumerate(paragraph_runs(section)[1], 2):
        caption = shown_caption(section, table.grid)
        out += [_paragraph(caption, st.CAPTION) if caption else "", _table(table.grid)]
        out.append(_paragraphs(f"{SECTIONS}[{number}][{index}]"))
    return "".join(out)


def _paragraphs(source: str) -> str:
    """Write a loop over paragraphs; the run-in heading is a run of its own, in its character style."""
    lead = _run(f"{{{{ {_ONE}.{LEAD} }}}}", f'<w:rPr><w:rStyle w:val="{st.LEAD.id}"/></w:rPr>')
    return _loop(_ONE, source, lead + _run(f"{{{{ {_ONE}.{WORDS} }}}}"), st.TEXT)


def _loop(name: str, source: str, runs: str, style: st.Style) -> str:
    begin, end = f"{{%p for {name} in {source} %}}", "{%p endfor %}"
    return "".join(_bare(one, style) for one in (_run(begin), runs, _run(end)))


def _paragraph(text: str, style: st.Style) -> str:
    return _bare(_run(_quote(escape(text))) if text else "", style)


def _bare(runs: str, style: st.Style) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style.id}"/></w:pPr>{runs}</w:p>'


def _run(text: str, looks: str = "") -> str:
    return f'<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r>'


def _table(grid: Grid) -> str:
    widths = [gb.twips(width) for width in printed_widths(grid, gb.TEXT_WIDTH_MM)]
    height = sum(_lines(row, widths) for row in grid.rows) * gb.TABLE_LINE
    return st.markup(
        "table",
        grid=grid,
        caption=Markup(_quote(quoteattr(grid.caption))),  # noqa: S704 - quoted here
        widths=widths,
        # These stay with the next: all rows but the last where the table fits a page, else its head.
        kept=grid.nrows - 1 if height <= gb.TEXT_HEIGHT - 2 * gb.LINE_PITCH else grid.head_rows,
        styles=_STYLES,
        layout=layout,
        label=lambda cell: [Markup(_quote(escape(line))) for line in cell.text.split(BREAK)],  # noqa: S704
    )


def _lines(row: Sequence[GridCell], widths: Sequence[int]) -> int:
    """Guess how many lines of text the tallest cell of a row holds."""
    guesses = [1]
    for cell in row:
        room = sum(widths[cell.col : cell.col + cell.cols]) - 2 * gb.CELL_MARGIN
        wide = (len(line) * gb.TABLE_PT * 20 for line in cell.text.split(BREAK))
        guesses += [sum(math.ceil(one / room) for one in wide)] if cell.rows == 1 else []
    return max(guesses)
