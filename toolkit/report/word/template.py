"""The blank .docx that a report is printed into: an office may restyle it in Word or WPS, and it still works.

Headings and tables stand in it as printed, the tables blank. What is filled in is named in Chinese, for the officials
who will see the tags: ``{%p for 段 in 正文[2][1] %}`` is the first run of paragraphs of section 2.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from toolkit.io.package import zipped
from toolkit.model.grid import BREAK, Grid, GridCell
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.blocks import Document, Section
from toolkit.report.document.layout import (
    covering,
    paragraph_runs,
    printed_widths,
    shown_caption,
    stands_left,
    tidied,
)
from toolkit.report.word import styles as st

#: What the tags of a template may name.
TITLE, NOTICE, PREAMBLE, SECTIONS, CLOSING = "标题", "范围提示", "前言", "正文", "结尾"
UNIT, PERIOD, LEAD, WORDS = "单位", "期间", "小标题", "文字"
OPENING, CLOSED = "左花括号", "右花括号"
_BRACE: Final = re.compile("[{}]")
_ONE, _LINE = "段", "行"
_EDGES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")
_STYLES: Final = {"band": st.HEAD, "head": st.HEAD, "number": st.NUMBER, "stub": st.STUB, "note": st.STUB}
_CENTRED: Final = '<w:jc w:val="center"/>'

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def build_template(pattern: Document) -> bytes:
    """Build the blank .docx for reports with the headings and tables of ``pattern``."""
    pattern = tidied(pattern)
    body = [
        _loop(_LINE, TITLE, _run(f"{{{{ {_LINE} }}}}"), st.TITLE),
        _paragraph(f"{{%p if {NOTICE} %}}", st.NOTICE),
        _paragraph(f"{{{{ {NOTICE} }}}}", st.NOTICE),
        _paragraph("{%p endif %}", st.NOTICE),
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
        "word/styles.xml": st.styles_xml(),
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
    paragraphs, tables = paragraph_runs(section)
    out = [_paragraph(_quote(escape(section.heading)), st.HEADING) if section.heading else ""]
    for index in range(len(paragraphs)):
        out.append(_paragraphs(f"{SECTIONS}[{number}][{index + 1}]"))
        if index < len(tables):
            grid = tables[index].grid
            caption = shown_caption(section, grid)
            out += [_paragraph(_quote(escape(caption)), st.CAPTION) if caption else "", _Table(grid).xml()]
    return "".join(out)


def _paragraphs(source: str) -> str:
    """Write a loop over paragraphs; the run-in heading is a run of its own, in its character style."""
    lead = _run(f"{{{{ {_ONE}.{LEAD} }}}}", f'<w:rPr><w:rStyle w:val="{st.LEAD.id}"/></w:rPr>')
    return _loop(_ONE, source, lead + _run(f"{{{{ {_ONE}.{WORDS} }}}}"), st.TEXT)


def _loop(name: str, source: str, runs: str, style: st.Style) -> str:
    begin, end = f"{{%p for {name} in {source} %}}", "{%p endfor %}"
    return "".join(_bare(one, style) for one in (_run(begin), runs, _run(end)))


def _paragraph(text: str, style: st.Style) -> str:
    return _bare(_run(text) if text else "", style)


def _bare(runs: str, style: st.Style) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style.id}"/></w:pPr>{runs}</w:p>'


def _run(text: str, looks: str = "") -> str:
    return f'<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r>'


@dataclass(frozen=True)
class _Table:
    """Writes a grid as a blank table: labels in place, merged as printed, number cells empty."""

    grid: Grid

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """In twips."""
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
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in self.widths)
        rows = "".join(self._row(row) for row in range(self.grid.nrows))
        return f"<w:tbl>{self._properties()}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"

    def _properties(self) -> str:
        borders = "".join(
            f'<w:{edge} w:val="single" w:sz="{gb.BORDER_EIGHTHS}" w:space="0" w:color="000000"/>' for edge in _EDGES
        )
        margins = "".join(f'<w:{side} w:w="{gb.CELL_MARGIN}" w:type="dxa"/>' for side in ("left", "right"))
        caption = _quote(quoteattr(self.grid.caption))
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
        lines = (f'<w:t xml:space="preserve">{_quote(escape(line))}</w:t>' for line in cell.text.split(BREAK))
        return f"<w:r>{'<w:br/>'.join(lines)}</w:r>"
