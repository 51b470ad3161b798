"""The pages of a .docx as LibreOffice prints them, held to the numbers of GB/T 9704-2012."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from factories.documents import annual_report, numbers, text_of_docx
from factories.office import pdf_text, word_pdf

from toolkit.report.document.blocks import Document, Paragraph, Section
from toolkit.report.word.render import render_docx
from toolkit.report.word.template import build_template

pytestmark = pytest.mark.office

MARKS = "，。；、：“”（）《》"
#: The text block, 156 mm wide, 28 mm from the left edge; in points.
LEFT, RIGHT, FIRST, LAST = 79.4, 521.7, 104.9, 742.8


class Line(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    """A report with two full pages of words."""
    report = annual_report()
    words = Section(heading="零、正文", blocks=(Paragraph(text="政" * 26 + "府" * 28 * 43),))
    document = dataclasses.replace(report, notice="", sections=(words, *report.sections[1:]))
    data = render_docx(document)
    return data, pages_of(data, tmp_path_factory.mktemp("pages"))


def pages_of(data: bytes, folder: Path) -> Path:
    (folder / "报告.docx").write_bytes(data)
    return word_pdf(folder / "报告.docx", folder / "pdf")


def lines(pdf: Path) -> list[list[Line]]:
    """The lines of every page, from top to bottom."""
    place = r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</line>'
    out = []
    for page in pdf_text(pdf, "-bbox-layout").split("<page ")[1:]:
        found = [
            Line(float(left), float(top), float(right), float(bottom), "".join(re.findall(r">([^<]+)</word>", words)))
            for left, top, right, bottom, words in re.findall(place, page, re.DOTALL)
        ]
        out.append(sorted(found, key=lambda one: one.bottom))
    return out


def body(page: Sequence[Line]) -> list[Line]:
    return [line for line in page if set(line.text) <= {"政", "府"}]


def test_a_full_page_has_22_lines_of_28_characters(printed: tuple[bytes, Path]) -> None:
    full = body(lines(printed[1])[1])
    assert len(full) == 22
    assert {len(line.text) for line in full} == {28}


def test_the_text_fills_the_block_and_stays_inside(printed: tuple[bytes, Path]) -> None:
    for line in body(lines(printed[1])[1]):
        assert line.left == pytest.approx(LEFT, abs=0.6)
        assert line.right == pytest.approx(RIGHT, abs=1)
    page = body(lines(printed[1])[1])
    assert page[0].top > FIRST
    assert page[-1].bottom < LAST


def test_page_numbers_stand_outside(printed: tuple[bytes, Path]) -> None:
    pages = lines(printed[1])
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        found = page[-1]
        assert found.text == f"—{number}—"
        assert found.bottom > LAST
        if number % 2:
            assert found.right == pytest.approx(RIGHT - 14, abs=2)
        else:
            assert found.left == pytest.approx(LEFT + 14, abs=2)


def test_every_table_that_fits_a_page_stands_on_one_with_its_heading(printed: tuple[bytes, Path]) -> None:
    pages = pdf_text(printed[1], "-layout").split("\f")
    places = [
        ("二、主动公开政府信息情况", "行政事业性收费"),
        ("三、收到和处理政府信息公开申请情况", "四、结转下年度继续办理"),
        ("四、行政复议、行政诉讼情况", "复议后起诉"),
    ]
    for heading, last in places:
        (page,) = (page for page in pages if heading in "".join(page.split()))
        assert last in "".join(page.split())


def test_no_mark_and_no_number_is_lost(printed: tuple[bytes, Path]) -> None:
    data, pdf = printed
    text = "".join(pdf_text(pdf).split())
    wanted = Counter("".join("".join(text_of_docx(data)).split()))
    assert {mark: wanted[mark] - text.count(mark) for mark in MARKS if text.count(mark) < wanted[mark]} == {}
    assert [value for value in numbers(annual_report()).values() if value not in text] == []


def test_the_blank_template_shows_its_words_unspaced(tmp_path: Path) -> None:
    pdf = pages_of(build_template(annual_report()), tmp_path)
    heading = "三、收到和处理政府信息公开申请情况"
    (line,) = (one for page in lines(pdf) for one in page if one.text == heading)
    assert line.right - line.left < 17 * 16.5


def test_an_empty_report_is_a_page(tmp_path: Path) -> None:
    pdf = pages_of(render_docx(Document(title=(), unit="", period="")), tmp_path)
    assert len(lines(pdf)) == 1
