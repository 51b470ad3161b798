from __future__ import annotations

import pytest
from factories.documents import annual_report, numbers, quarterly_form
from markdown_it import MarkdownIt
from markdown_it.token import Token

from toolkit.report.document.blocks import Document, Paragraph
from toolkit.report.document.layout import headline, tidied, wording
from toolkit.report.render.markdown import render_md


@pytest.fixture(params=[annual_report, quarterly_form], ids=["annual", "quarterly"])
def document(request: pytest.FixtureRequest) -> Document:
    made: Document = request.param()
    return made


def tokens(document: Document) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(render_md(document))


def shown(token: Token) -> str:
    assert all(
        one.type in {"text", "strong_open", "strong_close", "em_open", "em_close", "text_special"}
        for one in token.children or ()
    )
    return "".join(one.content for one in token.children or ())


def tables(document: Document) -> list[list[list[str]]]:
    out: list[list[list[str]]] = []
    for token in tokens(document):
        if token.type == "table_open":
            out.append([])
        elif token.type == "tr_open":
            out[-1].append([])
        elif token.type == "inline" and out and token.level > 3:
            out[-1][-1].append(shown(token))
    return out


def test_every_number_stands_under_its_path_of_headings(document: Document) -> None:
    found = []
    for head, *rows in tables(document):
        assert all(len(row) == len(head) for row in rows)
        for row in rows:
            stubs = [cell for cell, title in zip(row, head, strict=True) if cell and not cell[0].isdigit()]
            stubs = stubs or [row[0]] * (not row[0][0].isdigit())
            found += [(value, title) for value, title in zip(row, head, strict=True) if value and value not in stubs]
    wanted = [
        (table.values[cell.variable], " / ".join(h.plain for h in table.grid.headers(cell) if h.kind == "head"))
        for table in document.tables
        for cell in table.grid.numbers
    ]
    assert [pair for pair in found if pair[0] in numbers(document).values()] == wanted


def test_merged_row_labels_are_said_in_each_row() -> None:
    rows = tables(annual_report())[3]
    assert (
        rows[4][:3] == ["三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"] or rows[4][0] == "三、本年度办理结果"
    )
    assert ["三、本年度办理结果", "（三）不予公开", "2.危及“三安全一稳定”"] in [row[:3] for row in rows]


def test_words_come_out_as_they_went_in(document: Document) -> None:
    parsed = tokens(document)
    out = [
        shown(t)
        for i, t in enumerate(parsed)
        if t.type == "inline" and parsed[i - 1].type in {"paragraph_open", "heading_open"}
    ]
    squeezed = ["".join(text.split()) for text in out]
    tidy = tidied(document)
    for piece in ["".join(headline(tidy).split()), *("".join(p.split()) for p in wording(tidy)[len(tidy.title) :])]:
        assert piece in squeezed
    assert {t.type for t in parsed} <= {
        *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline"),
        *(f"{e}_{o}" for e in ("table", "thead", "tbody", "tr", "th", "td") for o in ("open", "close")),
    }


@pytest.mark.parametrize(
    "text",
    ["# a", "1) a", "12. a", "+ a", "- a", "=== ", "---", "> a", "```", "~~~", "&lt;", "a  ", "**", "[a]: b", "$x$"],
)
def test_a_text_that_looks_like_markup_stays_a_text(text: str) -> None:
    document = Document(
        title=("t",), unit="", period="", preamble=(Paragraph(text=text), Paragraph(text=text, lead="引。"))
    )
    parsed = [token for token in tokens(document) if token.type == "inline"]
    assert shown(parsed[1]) == text.strip()
    assert shown(parsed[2]) == f"引。 {text.strip()}"


def test_a_lead_is_bold_although_a_full_stop_ends_it() -> None:
    inline = next(t for t in tokens(annual_report()) if t.type == "inline" and "（一）主动公开。" in t.content)
    kinds = [one.type for one in inline.children or () if one.type != "text" or one.content]
    assert kinds == ["strong_open", "text", "strong_close", "text"]
