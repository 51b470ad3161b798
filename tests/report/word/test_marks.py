"""What stands in the place of the marks: words, looks, and everything else of the office's that stays."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from factories.documents import annual_report, text_of_docx
from factories.ecma_order import faults

from toolkit.errors import WordFileError
from toolkit.report.document.blocks import Document, Paragraph, Section
from toolkit.report.document.layout import tidied, wording
from toolkit.report.word.render import render_docx, template_faults
from toolkit.report.word.template import LEAD, build_template

Change = Callable[[Any], None]


def report(*texts: Paragraph, unit: str = "甲局") -> Document:
    section = Section(heading="一、总体情况", blocks=texts)
    return Document(
        title=("甲局", "年度报告"),
        unit=unit,
        period="2025年",
        preamble=(Paragraph(text="开头。"),),
        sections=(section,),
        closing=(Paragraph(text="2026年1月20日"),),
    )


TWO = report(Paragraph(lead="（一）主动公开。", text="公开三条。"), Paragraph(text="又一段。"))


def restyled(document: Document, *changes: Change) -> bytes:
    opened = docx.Document(io.BytesIO(build_template(document)))
    for change in changes:
        change(opened)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def printed(document: Document, *changes: Change) -> Any:
    made = render_docx(document, restyled(document, *changes))
    assert [one for one in faults(made) if "proofErr" not in one] == []
    return docx.Document(io.BytesIO(made))


def paragraph(opened: Any, text: str) -> Any:
    return next(one for one in opened.paragraphs if one.text == text)


def runs(mark: str, *pieces: str) -> Change:
    """A mark as Word's spelling checker leaves it: cut into runs, with marks of its own between them."""

    def change(opened: Any) -> None:
        found = paragraph(opened, mark)
        found.runs[0].text = pieces[0]
        for piece in pieces[1:]:
            found._p.append(parse_xml(f'<w:proofErr {nsdecls("w")} w:type="spellStart"/>'))
            found.add_run(piece)

    return change


@pytest.mark.parametrize(
    "pieces",
    [
        ("【", "正文1", "-1", "】"),
        ("【正文１－１】",),
        ("[正文 1-1]",),
        ("［正文1–1］",),
        ("　【 正文", "1—1 ", "]\t"),
        ("\n【正文1-1】",),
    ],
)
def test_a_mark_is_read_however_it_is_cut_and_typed(pieces: tuple[str, ...]) -> None:
    made = printed(TWO, runs("【正文1-1】", *pieces))
    assert [one.text for one in made.paragraphs if one.text] == list(wording(TWO))


def test_facts_are_read_within_a_line_and_look_as_their_marks_did() -> None:
    def change(opened: Any) -> None:
        line = opened.paragraphs[0].insert_paragraph_before("云政公〔2026〕7号　［ 单")
        line.add_run("位 ］").bold = True
        line.add_run("（【期间】）[注]编【").italic = True
        line.add_run("单位】").bold = True

    line = printed(TWO, change).paragraphs[0]
    assert line.text == "云政公〔2026〕7号　甲局（2025年）[注]编甲局"
    assert [(one.text, one.italic) for one in line.runs if one.text and "甲局" in one.text] == [
        ("甲局", None),
        ("甲局", True),
    ]


def test_paragraphs_look_as_their_mark_did() -> None:
    def change(opened: Any) -> None:
        mark = paragraph(opened, "【正文1-1】")
        mark.paragraph_format.space_before = Pt(7)
        mark.runs[0].font.size, mark.runs[0].font.name = Pt(15), "宋体"

    made = printed(TWO, change)
    first, second = paragraph(made, "（一）主动公开。公开三条。"), paragraph(made, "又一段。")
    assert [one.paragraph_format.space_before for one in (first, second)] == [Pt(7), Pt(7)]
    assert [one.style.name for one in (first, second)] == ["正文段落", "正文段落"]
    lead, text = first.runs
    assert (lead.style.name, text.style) == (LEAD, None)
    assert [one.font.size for one in (lead, text, *second.runs)] == [Pt(15)] * 3
    # What the style of the heading says goes before what the mark has of its own.
    assert [one.font.name for one in (lead, text)] == [None, "宋体"]


def test_without_its_style_a_heading_looks_like_the_text() -> None:
    def change(opened: Any) -> None:
        style = opened.styles[LEAD].element
        style.getparent().remove(style)

    lead, _ = paragraph(printed(TWO, change), "（一）主动公开。公开三条。").runs
    assert (lead.text, lead.style) == ("（一）主动公开。", None)


def test_a_heading_s_style_is_known_by_its_name() -> None:
    """Other editors call styles otherwise when they save."""

    def change(opened: Any) -> None:
        opened.styles[LEAD].element.styleId = "Style13"

    lead, _ = paragraph(printed(TWO, change), "（一）主动公开。公开三条。").runs
    assert lead.style.name == LEAD


def wide(opened: Any) -> None:
    """A section that ends in the paragraph of a mark."""
    section = opened.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    mark = paragraph(opened, "【正文1-1】")._p
    (ends,) = [one for one in opened.element.body.iter(qn("w:sectPr")) if one.getparent().tag == qn("w:pPr")]
    gone = ends.getparent().getparent()
    mark.get_or_add_pPr().append(ends)
    if gone is not mark:
        gone.getparent().remove(gone)


@pytest.mark.parametrize("document", [TWO, report()], ids=["two paragraphs", "none"])
def test_the_end_of_a_section_stays_behind_what_is_printed(document: Document) -> None:
    made = printed(document, wide)
    assert len(made.sections) == 2
    ended = next(one for one in made.paragraphs if one._p.find(f".//{qn('w:sectPr')}") is not None)
    assert ended.text == ("又一段。" if document is TWO else "")


def test_a_mark_in_a_cell_leaves_the_cell_a_paragraph() -> None:
    def change(opened: Any) -> None:
        table = opened.add_table(1, 2)
        opened.element.body.insert(0, table._tbl)
        left, right = table.rows[0].cells
        left.paragraphs[0].text = "【标题】"
        inner = right.add_table(1, 1).rows[0].cells[0]
        inner.paragraphs[0].text = "【前言】"
        for text in ("【标题】", "【前言】"):
            gone = paragraph(opened, text)._p
            gone.getparent().remove(gone)

    made = printed(replace(TWO, preamble=()), change)
    left, right = made.tables[0].rows[0].cells
    assert [one.text for one in left.paragraphs] == ["甲局", "年度报告"]
    assert [one.text for one in right.tables[0].rows[0].cells[0].paragraphs] == [""]


BOX = (
    '<w:r {}><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>'
)


def boxed(text: str) -> str:
    inner = f"<w:pict><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></w:pict>"
    return BOX.format(nsdecls("w"), box=inner)


def test_marks_in_a_text_box_are_filled_in_all_its_forms() -> None:
    def change(opened: Any) -> None:
        head = opened.paragraphs[0].insert_paragraph_before("【单位】")
        head._p.append(parse_xml(boxed("【单位】文件")))
        mark = paragraph(opened, "【前言】")
        mark.runs[0]._r.addnext(parse_xml(boxed("【前言】")))
        mark._p.remove(mark.runs[0]._r)

    made = printed(replace(TWO, preamble=(Paragraph(text="甲。"), Paragraph(text="【单位】乙。"))), change)
    text = "".join(one.text for one in made.element.body.iter(qn("w:t")))
    assert (text.count("甲局文件"), text.count("甲。【单位】乙。"), text.count("【")) == (2, 2, 2)


def test_what_is_printed_is_no_mark() -> None:
    document = tidied(annual_report())
    hostile = replace(document, unit="【期间】局", closing=(Paragraph(text="【前言】"),))
    assert text_of_docx(render_docx(hostile)) == text_of_docx(render_docx(hostile, restyled(hostile)))
    assert [one for one in wording(hostile) if one not in text_of_docx(render_docx(hostile))] == []


def test_a_table_is_kept_from_the_next_and_from_the_end_by_the_paragraph_of_a_mark() -> None:
    document = annual_report()
    section = replace(document.sections[2], blocks=document.sections[2].blocks * 2)
    made = docx.Document(io.BytesIO(render_docx(replace(document, sections=(section,), closing=()))))
    lines = [one.getnext() for one in made.element.body.findall(qn("w:tbl"))]
    assert [one.style for one in lines if one.tag == qn("w:p") and not one.text] == ["TableNumber"] * 2


def test_a_style_of_no_name_is_told() -> None:
    def change(opened: Any) -> None:
        style = opened.styles.add_style("红头", WD_STYLE_TYPE.PARAGRAPH)
        opened.paragraphs[1].style = style
        opened.paragraphs[1].text = "编"
        style.element.getparent().remove(style.element)

    (fault,) = template_faults(TWO, restyled(TWO, change))
    assert fault.startswith("第 2 段“编”：样式“")


def test_marks_of_a_nested_table_are_not_told_twice() -> None:
    def change(opened: Any) -> None:
        inner = opened.add_table(1, 1).rows[0].cells[0].add_table(1, 1)
        inner.rows[0].cells[0].paragraphs[0].text = "【单位】　【期间】"

    assert template_faults(TWO, restyled(TWO, change)) == []


def test_words_in_other_brackets_are_the_office_s() -> None:
    def change(opened: Any) -> None:
        opened.paragraphs[0].insert_paragraph_before("［内部］[1]〔单位〕（前言）")

    assert printed(TWO, change).paragraphs[0].text == "［内部］[1]〔单位〕（前言）"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "【部门】",
            "第 1 段的“【部门】”：这里没有这个标记，可以用的有【单位】、【期间】、【标题】、【前言】、",
        ),
        ("【单 位名】", "第 1 段的“【单位名】”：这里没有这个标记，是不是“【单位】”？"),
        ("附：【标题】", "第 1 段“附：【标题】”：“【标题】”要单独占一段，同一段里不能有别的文字"),
    ],
)
def test_a_wrong_mark_stops_the_report_with_its_place(typed: str, told: str) -> None:
    def change(opened: Any) -> None:
        opened.paragraphs[0].insert_paragraph_before(typed)

    template = restyled(TWO, change)
    assert template_faults(TWO, template)[0].startswith(told)
    with pytest.raises(WordFileError) as caught:
        render_docx(TWO, template)
    assert told in str(caught.value)
