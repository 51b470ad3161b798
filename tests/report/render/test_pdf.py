from __future__ import annotations

import dataclasses
import os
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import typst
from factories.documents import annual_report, long_table, quarterly_form
from factories.office import pdf_text

from toolkit.errors import ReportError
from toolkit.report.document.blocks import Document, Paragraph, Section
from toolkit.report.document.layout import shown_caption, tidied, wording
from toolkit.report.render.pdf import render_pdf, stand_ins


@pytest.fixture(params=[annual_report, quarterly_form], ids=["annual", "quarterly"])
def document(request: pytest.FixtureRequest) -> Document:
    made: Document = request.param()
    return made


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


def body(data: bytes) -> str:
    """All text but the page numbers."""
    return re.sub(r"—\d+—", "", squeezed(pdf_text(data)))


def printed(document: Document) -> str:
    cells = [
        table.values[cell.variable] if cell.kind == "number" else cell.plain
        for table in document.tables
        for cell in table.grid.cells
    ]
    printed = ((s.heading, b) for s in document.sections for b in s.blocks if not isinstance(b, Paragraph))
    captions = [shown_caption(heading, table.grid) for heading, table in printed]
    return squeezed("".join([*wording(tidied(document)), *captions, *cells]))


@pytest.mark.office
def test_headings_and_paragraphs_are_all_there_in_order(document: Document) -> None:
    text = body(render_pdf(document, system_fonts=False))
    at = 0
    for piece in wording(tidied(document)):
        found = text.find(squeezed(piece), at)
        assert found >= 0, piece
        at = found + len(squeezed(piece))


@pytest.mark.office
@pytest.mark.parametrize("system_fonts", [False, True])
def test_not_a_character_is_lost(document: Document, *, system_fonts: bool) -> None:
    once = dataclasses.replace(
        document,
        sections=tuple(
            s for s in document.sections if all("q." not in v for b in s.blocks for v in getattr(b, "values", {}))
        ),
    )
    assert Counter(body(render_pdf(once, system_fonts=system_fonts))) == Counter(printed(once))


@pytest.mark.office
@pytest.mark.parametrize("before", [32, 33])
def test_the_heads_of_a_block_never_stand_alone_at_the_foot_of_a_page(before: int) -> None:
    first, second, *_ = pdf_text(render_pdf(long_table(before), system_fonts=False), "-layout").split("\f")
    assert squeezed(first).endswith(f"甲段{before - 1}1—1—")
    assert squeezed(second).startswith("乙段项目数量乙段01")


@pytest.mark.office
def test_every_number_stands_in_its_row_and_column() -> None:
    document = annual_report()
    pages = pdf_text(render_pdf(document, system_fonts=False), "-bbox").split("<page ")[1:]
    pattern = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(\d+)</word>')
    at: dict[str, tuple[int, float, float]] = {}
    for page, text in enumerate(pages):
        for left, top, right, bottom, word in pattern.findall(text):
            at[word] = (page, (float(top) + float(bottom)) / 2, (float(left) + float(right)) / 2)
    for table in document.tables:
        places = {cell: at[table.values[cell.variable]] for cell in table.grid.numbers}
        for one, (page, y, x) in places.items():
            for other, (page2, y2, x2) in places.items():
                assert page == page2
                assert (one.row < other.row) == (y < y2 - 2), (one, other)
                if one.cols == other.cols:
                    assert (one.col < other.col) == (x < x2 - 2), (one, other)


@pytest.mark.office
def test_a_long_table_repeats_its_head_on_each_page() -> None:
    data = render_pdf(quarterly_form(), system_fonts=False)
    pages = pdf_text(data).split("\f")[:-1]
    assert len(pages) == 2
    assert all("Outturn" in page for page in pages)
    found = [word for word in pdf_text(data).split() if re.fullmatch(r"[\d,]+\.50", word)]
    assert sorted(found) == sorted(quarterly_form().tables[0].values.values())


@pytest.mark.office
def test_a_table_that_fits_a_page_is_not_broken() -> None:
    for page in pdf_text(render_pdf(annual_report(), system_fonts=False)).split("\f"):
        assert ("申请人情况" in page) == ("四、结转下年度继续办理" in page)


def test_two_renders_are_the_same_bytes(document: Document) -> None:
    first = render_pdf(document, system_fonts=False)
    render_pdf(dataclasses.replace(document, unit="另一个"), system_fonts=False)
    assert render_pdf(document, system_fonts=False) == first


def test_it_is_archival_tagged_and_dated_by_the_period() -> None:
    data = render_pdf(annual_report(), system_fonts=False)
    assert data.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in data
    assert b"2024-12-31" in data
    assert b"/StructTreeRoot" in data


@pytest.mark.parametrize("period", ["", "去年", "1066"])
def test_a_period_without_a_year_still_has_a_date(period: str) -> None:
    data = render_pdf(dataclasses.replace(quarterly_form(), period=period), system_fonts=False)
    assert b"2020-12-31" in data


def test_a_character_no_font_has_is_named() -> None:
    document = Document(
        title=("标题",),
        unit="",
        period="2024",
        sections=(Section(heading="一、", blocks=(Paragraph(text="很好😀的\ue000字"),)),),
    )
    with pytest.raises(ReportError) as caught:
        render_pdf(document, system_fonts=False)
    assert "“😀”（U+1F600，见“很好😀的" in str(caught.value)


def test_rare_characters_of_names_are_shown_without_any_font_of_the_system() -> None:
    text = "鄠邑、嵖岈、氹仔、堃、垚、玥、喆"
    document = Document(title=(text,), unit=text, period="2024", preamble=(Paragraph(lead=text, text=text),))
    assert render_pdf(document, system_fonts=False)


def test_an_almost_empty_document_is_printed() -> None:
    assert render_pdf(Document(title=("无",), unit="", period=""), system_fonts=False)
    assert render_pdf(Document(title=(), unit="", period=""), system_fonts=False)


def test_threads_may_print_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: render_pdf(annual_report(), system_fonts=False), range(6)))
    assert len(set(made)) == 1


def test_a_forked_process_is_told_instead_of_waiting_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    render_pdf(quarterly_form(), system_fonts=False)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(RuntimeError, match="spawn"):
        render_pdf(quarterly_form(), system_fonts=False)


@pytest.mark.parametrize(
    ("families", "told"),
    [
        (["FangSong_GB2312", "KaiTi_GB2312", "SimHei", "SimSun", "FZXiaoBiaoSong-B05S"], {}),
        (["仿宋", "楷体", "黑体", "宋体", "方正小标宋简体"], {}),
        (
            ["fangsong", "Noto Serif CJK SC", "Noto Sans CJK SC"],
            {
                "仿宋_GB2312": "fangsong",
                "楷体_GB2312": "Noto Serif CJK SC",
                "黑体": "Noto Sans CJK SC",
                "宋体": "Noto Serif CJK SC",
                "方正小标宋简体": "Noto Serif CJK SC",
            },
        ),
        ([], dict.fromkeys(["仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"], "")),
    ],
)
def test_what_stands_in_for_an_offices_fonts_is_told(
    families: list[str], told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fonts:
        def __init__(self, **_: object) -> None:
            pass

        def families(self) -> list[str]:
            return families

    monkeypatch.setattr(typst, "Fonts", Fonts)
    stand_ins.cache_clear()
    try:
        assert stand_ins() == told
    finally:
        stand_ins.cache_clear()
