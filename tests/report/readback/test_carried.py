"""What an editor put beside plain words becomes blocks, or is named."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from factories.workbooks import form

from toolkit.report.document.blocks import Document, Paragraph, Section, TableBlock
from toolkit.report.readback.carried import Carrier, own_table
from toolkit.report.readback.compare import differences
from toolkit.report.readback.parse import polished
from toolkit.report.render.html import render_fragment, render_html
from toolkit.report.render.markdown import render_md
from toolkit.report.word.memory import ASKING, AUTHOR
from toolkit.report.word.render import render_docx

REPORT = Document(
    title=("某局", "2025年报告"),
    unit="某局",
    period="2025",
    notice="汇总 3 个单位",
    sections=(
        Section(
            heading="一、总体情况", blocks=(Paragraph(lead="（一）公开。", text="公开12条。", said=("公开12条。",)),)
        ),
    ),
)


def changed(change: Any) -> Document:
    document = docx.Document(io.BytesIO(render_docx(REPORT)))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return polished(out.getvalue(), REPORT).document


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("　" * 8 + "某局办公室", "right"),
        ("　" * 7 + "某局办公室", ""),
        ("\t\t2026年1月28日", "right"),
        ("　" * 8 + "长" * 31, ""),
        ("　" * 8 + "长" * 30, "right"),
    ],
)
def test_a_short_line_behind_many_blanks_was_put_to_the_right(text: str, side: str) -> None:
    words = changed(lambda document: document.add_paragraph(text))
    assert (words.paragraphs[-1].align, words.paragraphs[-1].text) == (side, text.strip())


def test_alignment_set_and_emphasis_behind_a_run_in_heading() -> None:
    def change(document: Any) -> None:
        (line,) = (p for p in document.paragraphs if p.text.startswith("（一）"))
        line.add_run("其中").bold = True
        shown = line.add_run("重点<3>条")
        shown.bold = shown.underline = True
        document.add_paragraph("居中").alignment = WD_ALIGN_PARAGRAPH.CENTER

    words = changed(change)
    first, last = words.sections[0].blocks[0], words.paragraphs[-1]
    assert isinstance(first, Paragraph)
    assert (first.lead, first.spans) == ("（一）公开。", (("公开12条。", ""), ("其中", "b"), ("重点<3>条", "bu")))
    assert last.align == "center"
    assert "公开12条。<b>其中</b><b><u>重点&lt;3&gt;条</u></b></p>" in render_html(words)
    assert "<b>其中</b><b><u>重点\\<3\\>条</u></b>" in render_md(words)
    assert '<p style="text-align:center;overflow-wrap:anywhere">居中</p>' in render_fragment(words)


def test_an_own_table_keeps_its_merged_cells_and_a_ragged_one_is_none() -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for i, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = str(i)
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 1).merge(table.cell(1, 2))
    block = own_table(table._tbl)
    assert isinstance(block, TableBlock)
    assert [(c.plain.strip(), c.kind, c.rows, c.cols) for c in block.grid.cells] == [
        ("0", "head", 1, 1),
        ("1", "head", 1, 1),
        ("2", "head", 1, 1),
        ("36", "text", 2, 1),
        ("45", "text", 1, 2),
        ("7", "text", 1, 1),
        ("8", "text", 1, 1),
    ]
    table.rows[2]._tr.remove(table.rows[2]._tr.tc_lst[-1])
    assert own_table(table._tbl) is None
    assert list(Carrier(document).lost([table._tbl], [table._tbl])) == ["行列不齐的表格"]


def test_what_the_program_asks_an_editor_to_look_at_is_open_until_its_comment_is_struck() -> None:
    def asked(initials: str, author: str = AUTHOR) -> list[str]:
        document = docx.Document(io.BytesIO(render_docx(REPORT)))
        line = document.add_paragraph("全县8个单位均未收费。")
        document.add_comment(line.runs, "请核实。", author=author, initials=initials)
        out = io.BytesIO()
        document.save(out)
        found = differences(form(), REPORT, polished(out.getvalue(), REPORT))
        return [f"{one.severity} {one.rule}" for one in found if "全县8个单位" in one.message]

    assert asked(ASKING) == ["error RPT-04"]
    assert asked("") == []
    assert asked(ASKING, "李编辑") == ["error RPT-05"]
