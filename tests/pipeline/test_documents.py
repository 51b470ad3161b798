from __future__ import annotations

import pytest
from factories.documents import annual_report, quarterly_form

from toolkit.model.grid import Grid, Slot
from toolkit.pipeline.documents import RENDERERS
from toolkit.report.document.blocks import Document, Paragraph, Section, TableBlock

STARTS = {"docx": b"PK\x03\x04", "html": b"<!DOCTYPE html>", "pdf": b"%PDF-", "md": b"# "}


def test_there_are_the_four_formats() -> None:
    assert list(RENDERERS) == ["docx", "html", "pdf", "md"]


@pytest.mark.parametrize("ending", RENDERERS)
def test_each_prints_any_document(ending: str) -> None:
    for document in (annual_report(), quarterly_form(), odd_tables()):
        assert RENDERERS[ending](document).startswith(STARTS[ending])


@pytest.mark.parametrize("ending", RENDERERS)
def test_each_is_the_same_twice(ending: str) -> None:
    assert RENDERERS[ending](annual_report()) == RENDERERS[ending](annual_report())


@pytest.mark.parametrize("ending", ["html", "md"])
def test_controls_and_halves_of_characters_are_left_out(ending: str) -> None:
    document = Document(title=("a\x00b",), unit="", period="", preamble=(Paragraph(text="c\x0bd\ud800e\x1bf"),))
    text = RENDERERS[ending](document).decode()
    assert not set("\x00\x0b\x1b\ud800") & set(text)


def odd_tables() -> Document:
    """Tables wider than the page, without headings, without labels, with a band under common headings."""
    wide = Grid.place("w", "宽表", [60, *[30] * 6], 1, [
        [Slot("项目", "head"), *[Slot(f"{i}", "head") for i in range(6)]],
        [Slot("甲", "band", cols=7)],
        [Slot("一", "stub"), *[Slot("", "number", 1, 1, f"w.{i}") for i in range(6)]],
        [Slot("乙", "band", cols=7)],
        [Slot("二", "stub"), *[Slot("", "number", 1, 1, f"v.{i}") for i in range(6)]],
    ])  # fmt: skip
    bare = Grid.place("b", "", [20, 20], 0, [[Slot("", "number", 1, 1, "b.0"), Slot("", "number", 1, 1, "b.1")]])
    corner = Grid.place(
        "c",
        "空角",
        [40, 40],
        1,
        [[Slot("", "head"), Slot("数", "head")], [Slot("行", "stub"), Slot("", "number", 1, 1, "c")]],
    )
    blocks = tuple(
        TableBlock(grid=g, values={c.variable: str(i) for i, c in enumerate(g.numbers)}) for g in (wide, bare, corner)
    )
    return Document(title=("表",), unit="局", period="2024-Q3", sections=(Section(heading="", blocks=blocks),))
