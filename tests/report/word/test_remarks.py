"""Comments stand on their sentences and change no word; a signature stands to the right."""

from __future__ import annotations

import dataclasses
import io

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from factories.documents import annual_report

from toolkit.report.document.blocks import Document, Paragraph
from toolkit.report.document.layout import wording
from toolkit.report.readback.parse import text_of_docx
from toolkit.report.word.render import render_docx
from toolkit.report.word.template import build_template


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
