from __future__ import annotations

import dataclasses
import io
import zipfile
from pathlib import Path

import docx
import docx.oxml.ns
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.text.paragraph import Paragraph as DocxParagraph
from factories.documents import annual_report, long_table, numbers, quarterly_form, read_docx, text_of_docx
from factories.ecma_order import faults
from factories.office import resave_word
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import ReportError
from toolkit.model.grid import Grid
from toolkit.report.document.blocks import Document, Paragraph, Section
from toolkit.report.document.layout import tidied, wording
from toolkit.report.word.render import render_docx
from toolkit.report.word.template import build_template

CAPTIONS = {"政府信息公开行政复议、行政诉讼情况", "附：补充表", "Expenditure, EUR"}


@pytest.fixture(params=[annual_report, quarterly_form], ids=["annual", "quarterly"])
def document(request: pytest.FixtureRequest) -> Document:
    made: Document = request.param()
    return made


def grids(document: Document) -> list[Grid]:
    return [table.grid for table in document.tables]


def words(data: bytes) -> list[str]:
    return [text for text in text_of_docx(data) if text not in CAPTIONS]


def spoilt(template: bytes, old: str, new: str, part: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            assert name != part or old in text
            target.writestr(name, text.replace(old, new) if name == part else text)
    return out.getvalue()


def test_every_number_is_read_back_where_it_belongs(document: Document) -> None:
    assert read_docx(render_docx(document), grids(document)) == numbers(document)


def test_headings_and_paragraphs_are_read_back_in_order(document: Document) -> None:
    assert words(render_docx(document)) == list(wording(tidied(document)))


def test_two_renders_are_the_same_bytes(document: Document) -> None:
    assert render_docx(document) == render_docx(document)
    assert build_template(document) == build_template(document)


def test_children_stand_in_the_order_of_the_standard(document: Document) -> None:
    assert list(faults(render_docx(document))) == []
    assert list(faults(build_template(document))) == []


def test_a_template_of_one_report_serves_another(document: Document) -> None:
    longer = dataclasses.replace(
        document,
        notice="",
        preamble=(*document.preamble, Paragraph(text="又一段。")),
        sections=tuple(
            dataclasses.replace(s, blocks=(*s.blocks, Paragraph(lead="（九）又。", text="一段。")))
            for s in document.sections
        ),
    )
    made = render_docx(longer, build_template(document))
    assert words(made) == list(wording(tidied(longer)))
    assert read_docx(made, grids(document)) == numbers(document)


def test_the_template_shows_blank_tables_and_no_figures() -> None:
    document = annual_report()
    blank = build_template(document)
    assert set(read_docx(blank, grids(document)).values()) == {""}
    assert "1234" not in "".join(text_of_docx(blank))


def test_properties_are_the_report_s_own() -> None:
    properties = docx.Document(io.BytesIO(render_docx(annual_report()))).core_properties
    assert properties.title == "某某市某某局2024年政府信息公开工作年度报告"
    assert properties.author == properties.last_modified_by == "某某市某某局"
    assert properties.comments == ""
    assert properties.modified is not None
    assert properties.modified.strftime("%F") == "2024-12-31"


def test_a_title_longer_than_a_property_may_be_is_printed_whole() -> None:
    long = dataclasses.replace(annual_report(), title=("长" * 300,), unit="局" * 300)
    assert words(render_docx(long))[0] == "长" * 300


def test_the_page_is_that_of_the_standard() -> None:
    made = docx.Document(io.BytesIO(render_docx(annual_report())))
    page = made.sections[0]
    assert (page.page_width.twips, page.top_margin.twips, page.left_margin.twips) == (11906, 2098, 1587)
    assert made.settings.odd_and_even_pages_header_footer
    xml = page._sectPr.xml
    assert 'w:type="lines" w:linePitch="579"' in xml
    assert {style.name for style in made.styles} >= {"Title", "Heading 1", "正文段落", "二级标题（段内）", "表格数字"}


def test_tables_touching_one_another_are_kept_apart() -> None:
    document = annual_report()
    twice = Section(heading="五、表", blocks=document.sections[2].blocks * 2)
    caption_less = dataclasses.replace(
        document, sections=(dataclasses.replace(twice, heading=grids(document)[1].caption),), closing=()
    )
    body = docx.Document(io.BytesIO(render_docx(caption_less))).element.body
    for table in body.findall(docx.oxml.ns.qn("w:tbl")):
        assert table.getnext().tag == docx.oxml.ns.qn("w:p")


def test_rows_that_head_others_stay_with_the_next_in_a_table_longer_than_a_page() -> None:
    (table,) = docx.Document(io.BytesIO(build_template(long_table(4)))).tables
    kept = [bool(row._tr.xpath(".//w:keepNext")) for row in table.rows]
    assert [number for number, stays in enumerate(kept) if stays] == [0, 1, 6, 7]


def test_a_number_too_wide_for_its_column_is_set_smaller() -> None:
    made = docx.Document(io.BytesIO(render_docx(annual_report())))
    sizes = {
        run.text: run.font.size.pt
        for paragraph in map(DocxParagraph, made.element.body.iter(docx.oxml.ns.qn("w:p")), [made] * 9999)
        for run in paragraph.runs
        if run.font.size
    }
    assert sizes == {"123456": 7.5, "98765432": 5.5}


def test_an_almost_empty_document_is_printed() -> None:
    made = render_docx(Document(title=(), unit="", period=""))
    assert text_of_docx(made) == []


def test_a_changed_label_is_named() -> None:
    template = spoilt(build_template(annual_report()), "行政规范性文件", "规范性文件")
    with pytest.raises(ReportError, match=r"“主动公开政府信息情况”第 4 行：应为“行政规范性文件”，模板里是“规范性文件”"):
        render_docx(annual_report(), template)


def test_a_missing_table_is_named() -> None:
    template = build_template(dataclasses.replace(annual_report(), sections=annual_report().sections[:2]))
    with pytest.raises(ReportError) as caught:
        render_docx(annual_report(), template)
    assert "“收到和处理政府信息公开申请情况”：模板里没有这张表" in str(caught.value)
    assert "“五、存在的主要问题及改进情况”：模板里没有" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"%PDF-1.7"])
def test_what_is_no_docx_is_refused(data: bytes) -> None:
    with pytest.raises(ReportError, match=r"不是 \.docx 文件"):
        render_docx(annual_report(), data)
    with pytest.raises(ReportError, match=r"不是 \.docx 文件"):
        text_of_docx(data)


def test_reading_leaves_out_a_table_that_is_not_there() -> None:
    document = annual_report()
    made = render_docx(dataclasses.replace(document, sections=document.sections[:2]))
    assert set(read_docx(made, grids(document))) == {c.variable for c in grids(document)[0].numbers}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=4))
def test_whatever_the_words_they_are_printed_whole(texts: list[str]) -> None:
    document = Document(
        title=("标题",),
        unit="单位",
        period="2024",
        sections=(Section(heading="一", blocks=tuple(Paragraph(text=text, lead=text[:3]) for text in texts)),),
    )
    squeezed = ["".join(text.split()) for text in text_of_docx(render_docx(document))]
    assert squeezed == ["".join(text.split()) for text in wording(tidied(document)) if text.strip()]


@pytest.mark.office
def test_a_template_saved_again_by_another_editor_still_works(tmp_path: Path) -> None:
    document = annual_report()
    source = tmp_path / "模板.docx"
    source.write_bytes(build_template(document))
    saved = resave_word(source, tmp_path / "saved").read_bytes()
    made = render_docx(document, saved)
    assert read_docx(made, grids(document)) == numbers(document)
    assert words(made) == list(wording(tidied(document)))
    assert made == render_docx(document, saved)


# ---------------------------------------------------------------- comments and a signature


def remarked() -> Document:
    report = annual_report()
    text = Paragraph(
        text="前一句。中间一句。【待核】后一句。", remarks=(("中间一句。【待核】", "甲局：原话\n乙局：<原话>"),)
    )
    signature = Paragraph(text="某某区人民政府", align="right")
    return dataclasses.replace(report, preamble=(text,), closing=(signature,), notice="汇总 2 个单位")


def test_comments_stand_on_title_and_sentence_and_change_no_word() -> None:
    data = render_docx(remarked())
    made = docx.Document(io.BytesIO(data))
    assert [one.text for one in made.comments] == ["汇总 2 个单位", "甲局：原话\n乙局：<原话>"]
    assert {one.author for one in made.comments} == {"报告程序"}
    plain = dataclasses.replace(remarked(), notice="", preamble=(Paragraph(text=remarked().preamble[0].text),))
    assert text_of_docx(data) == text_of_docx(render_docx(plain))
    assert not any("汇总 2 个单位" in text for text in wording(remarked()))
    (paragraph,) = [p for p in made.paragraphs if "中间" in p.text]
    body = paragraph._p.xml
    inside = body[body.index("commentRangeStart") : body.index("commentRangeEnd")]
    assert "中间一句。【待核】" in inside
    assert "前一句" not in inside
    assert "后一句" not in inside


def test_a_signature_is_set_to_the_right_without_the_indent_of_a_paragraph() -> None:
    made = docx.Document(io.BytesIO(render_docx(remarked(), build_template(remarked()))))
    found = made.paragraphs[-1] if made.paragraphs[-1].text else made.paragraphs[-2]
    assert (found.text, found.alignment) == ("某某区人民政府", WD_ALIGN_PARAGRAPH.RIGHT)
    assert found.paragraph_format.first_line_indent == 0
    assert render_docx(remarked()) == render_docx(remarked())
