from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from factories.documents import annual_report, quarterly_form
from factories.filled_forms import annual
from factories.sums import filed

from toolkit.consolidation.aggregate import aggregate
from toolkit.errors import UsageError
from toolkit.model.grid import Grid, Slot
from toolkit.pipeline.reports import documents
from toolkit.pipeline.reports.documents import RENDERERS, write_companion, write_document
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


@pytest.mark.parametrize(("units", "written"), [(300, True), (301, False)])
def test_of_very_many_units_no_digest_is_written_and_the_clerk_is_told(
    units: int,
    written: bool,  # noqa: FBT001 - a column of the table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents, "RENDERERS", dict.fromkeys(RENDERERS, lambda document: document.title[-1].encode()))
    one = aggregate(annual(), [filed(annual(), "甲局", {"requests.new.natural": 1}, code="01")])
    faults: list[str] = []
    made = write_companion(replace(one, members=one.members * units), "某市", tmp_path, faults, listed=False)
    assert any("摘编" in name for name in made.files) is written
    assert "附：单位名单.docx" in made.files
    assert faults == []
    assert made.left == (
        ()
        if written
        else ("某市超过 300 个单位，没有编“各单位情况和文字摘编”；300 个以内的地区才编，放在各自的文件夹里。",)
    )


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


def test_a_format_may_come_with_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain_text.py").write_text("def render(document):\n    return document.title[-1].encode()\n")
    told = tmp_path / "plain_text-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: plain_text\nVersion: 1\n", encoding="utf-8")
    (told / "entry_points.txt").write_text("[xxgk.formats]\ntxt = plain_text:render\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"可用 docx、html、pdf、md。"):
        documents.formats("txt")
    monkeypatch.syspath_prepend(tmp_path)
    assert documents.formats("txt,md") == ["txt", "md"]
    done = write_document(annual(), annual_report(), ["txt"], tmp_path / "out")
    assert done.files["txt"].read_text(encoding="utf-8") == annual_report().title[-1]
