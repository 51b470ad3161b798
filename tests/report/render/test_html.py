from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from factories.documents import annual_report, quarterly_form

from toolkit.report.document.blocks import Document
from toolkit.report.document.layout import tidied, wording
from toolkit.report.render.html import render_fragment, render_html

VOID = {"meta", "col", "br", "wbr"}


class Page(HTMLParser):
    """Elements with their attributes and the text in them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str | None], list[str]] = (tag, dict(attrs), [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def all(self, *tags: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attrs, "".join(text)) for tag, attrs, text in self.elements if tag in tags]


@pytest.fixture(params=[annual_report, quarterly_form], ids=["annual", "quarterly"])
def document(request: pytest.FixtureRequest) -> Document:
    made: Document = request.param()
    return made


@pytest.fixture(params=[render_html, render_fragment], ids=["page", "fragment"])
def page(request: pytest.FixtureRequest, document: Document) -> Page:
    return Page(request.param(document))


def test_every_number_stands_under_all_its_headings(page: Page, document: Document) -> None:
    names = {attrs["id"]: text for attrs, text in page.all("th")}
    found = [
        (text, [names[one] for one in str(attrs["headers"]).split()])
        for attrs, text in page.all("td")
        if attrs.get("headers")
    ]
    wanted = [
        (table.values[cell.variable], [head.plain for head in table.grid.headers(cell)])
        for table in document.tables
        for cell in table.grid.numbers
    ]
    assert found == wanted


def test_ids_are_unique_and_references_lead_somewhere(page: Page) -> None:
    ids = [attrs["id"] for _, attrs, _ in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = [attrs[key] for _, attrs, _ in page.elements for key in ("headers", "aria-labelledby") if key in attrs]
    assert {one for value in named for one in str(value).split()} <= set(ids)


def test_the_words_are_all_there_in_order(page: Page, document: Document) -> None:
    text = "".join(
        "".join(page.elements[0][2] if page.elements[0][0] == "html" else [t for _, t in page.all("p", "h2")]).split()
    )
    at = 0
    for piece in wording(tidied(document)):
        at = text.index("".join(piece.split()), at)


def test_cells_cover_their_table(page: Page, document: Document) -> None:
    spans = [int(a.get("rowspan") or 1) * int(a.get("colspan") or 1) for a, _ in page.all("td", "th")]
    assert sum(spans) == sum(len(table.grid.cover) for table in document.tables)


def test_the_page_has_one_title_and_a_heading_a_section(document: Document) -> None:
    page = Page(render_html(document))
    assert len(page.all("h1")) == 1
    assert [text for _, text in page.all("h2")] == [section.heading for section in document.sections]
    assert page.all("html")[0][0]["lang"] == document.language
    assert [text for _, text in page.all("caption")] == [table.grid.caption for table in document.tables]


@pytest.mark.parametrize("render", [render_html, render_fragment])
def test_nothing_is_fetched_and_nothing_runs(render: object, document: Document) -> None:
    assert callable(render)
    text = render(document)
    assert "<script" not in text
    assert not re.search(
        r"""(?:src|href|action|data|poster)\s*=|url\(|@import|\son\w+\s*=""", re.sub(r">[^<]*<", "><", text)
    )


def test_the_page_forbids_itself_to_fetch(document: Document) -> None:
    policy = next(a for a, _ in Page(render_html(document)).all("meta") if a.get("http-equiv"))
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_links_lead_to_the_other_formats() -> None:
    page = Page(render_html(annual_report(), {"Word 文档": "报告.docx", "PDF “文档”": 'a"b.pdf'}))
    assert [(a["href"], text) for a, text in page.all("a")] == [("报告.docx", "Word 文档"), ('a"b.pdf', "PDF “文档”")]


def test_wide_tables_scroll_alone_and_can_be_reached_by_keyboard() -> None:
    page = Page(render_html(annual_report()))
    regions = [a for a, _ in page.all("div") if a.get("role") == "region"]
    assert len(regions) == 4
    assert all(a["tabindex"] == "0" and a["aria-labelledby"] for a in regions)
    widths = [a.get("style") for a, _ in page.all("table")]
    assert widths[0] is None
    assert str(widths[1]).startswith("min-width:4")


def test_a_band_opens_a_group_of_rows() -> None:
    page = Page(render_html(annual_report()))
    assert len(page.all("thead")) == 3
    assert len(page.all("tbody")) == 6


def test_the_fragment_brings_its_styles_on_its_elements() -> None:
    text = render_fragment(annual_report())
    assert " class=" not in text
    assert "<style" not in text
    assert "<h1" not in text
    assert all(a.get("style") for a, _ in Page(text).all("td", "th"))


def test_the_corner_note_is_no_heading() -> None:
    page = Page(render_html(annual_report()))
    note = next(a for a, text in page.all("td", "th") if text.startswith("（本列数据"))
    assert note["class"] == "note left"
    assert "scope" not in note
