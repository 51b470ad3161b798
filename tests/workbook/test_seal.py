"""The seal of the self-check page: which changes void it and which do not, and what is said of it."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.dialects import unpacked
from factories.office import resave
from factories.packages import packed
from factories.pages import page_module, rewritten
from factories.workbooks import edited, save, workbook

from toolkit.instrument.catalogue import load
from toolkit.model.finding import Severity, Status
from toolkit.model.returns import Verdict
from toolkit.pipeline.verify import verify_batch
from toolkit.workbook.annotation.marks import lines_of
from toolkit.workbook.seal import SEAL, seal_of

WHEN, PART = "2026-01-05T09:30", "docProps/custom.xml"
SHEET = "申请情况"


def judged(data: bytes) -> Verdict:
    (verdict,) = verify_batch([("甲局.xlsx", data)])
    return verdict


def sealed(data: bytes) -> bytes:
    content = judged(data).content
    assert content is not None
    made = page_module("sealing").sealed(data, content, WHEN)
    assert isinstance(made, bytes)
    return made


def told(data: bytes) -> list[str]:
    return [one.rule for one in judged(data).findings if one.rule in {"SIGN-09", "SIGN-10"}]


@pytest.fixture(scope="module")
def good() -> bytes:
    return sealed(workbook(requests__new__natural=Decimal(5), requests__granted__natural=Decimal(5)))


def test_a_seal_is_told_as_a_note_for_the_office_alone(good: bytes) -> None:
    verdict = judged(good)
    (found,) = (one for one in verdict.findings if one.rule == "SIGN-09")
    assert (verdict.status, verdict.self_checked, found.severity) == (Status.ACCEPTED, True, Severity.NOTE)
    assert found.message.startswith("自查通过（2026-01-05 09:30）")
    assert "SIGN-09" not in {one.rule for one in lines_of(load(), verdict)}


def test_a_workbook_without_a_seal_is_told_nothing_of_one() -> None:
    assert (told(workbook()), judged(workbook()).self_checked) == ([], False)


def test_every_other_part_keeps_its_bytes_and_its_place(good: bytes) -> None:
    before = unpacked(workbook(requests__new__natural=Decimal(5), requests__granted__natural=Decimal(5)))
    after = unpacked(good)
    assert list(after) == list(before)
    assert [name for name in after if after[name] != before[name]] == [PART]
    book: Any = openpyxl.load_workbook(io.BytesIO(good))
    assert book.custom_doc_props[SEAL].value.startswith("zfxxgk-2021/1 ")


@pytest.mark.parametrize(("name", "value"), [("D6", 6), ("D6", None), ("E6", 3)])
def test_a_changed_figure_is_told(good: bytes, name: str, value: int | None) -> None:
    changed = edited(good, lambda book: setattr(book[SHEET][name], "value", value))
    assert (told(changed), judged(changed).self_checked) == (["SIGN-10"], False)


def test_a_changed_text_and_another_unit_are_told(good: bytes) -> None:
    for name in ("overview.disclosure", "cover.unit"):
        sheet, cell = load().layout.cells[name]
        changed = edited(good, lambda book, at=(sheet, cell): setattr(book[at[0]][at[1]], "value", "2024"))  # type: ignore[misc]
        assert told(changed) == ["SIGN-10"], name


def test_a_seal_that_was_tampered_with_is_told(good: bytes) -> None:
    assert told(rewritten(good, PART, b"T09:30", b"T09:31")) == ["SIGN-10"]
    assert told(rewritten(good, PART, b"zfxxgk-2021/1 ", b"")) == ["SIGN-10"]
    other = sealed(workbook(requests__carried_in__natural=Decimal(1), requests__granted__natural=Decimal(1)))
    assert told(packed(unpacked(good) | {PART: unpacked(other)[PART]})) == ["SIGN-10"]


def test_saving_it_in_another_program_breaks_no_seal(good: bytes) -> None:
    spaced = edited(good, lambda book: setattr(book[SHEET]["D6"], "value", 5.0))
    assert told(spaced) == ["SIGN-09"]


def test_it_is_sealed_anew_and_has_one_seal(good: bytes) -> None:
    def changed(book: openpyxl.Workbook) -> None:
        book[SHEET]["D6"].value = book[SHEET]["D9"].value = 7

    again = sealed(edited(good, changed))
    assert (told(again), unpacked(again)[PART].count(b'name="xxgk.seal"')) == (["SIGN-09"], 1)


def test_without_properties_there_is_no_place_for_a_seal() -> None:
    data = workbook()
    bare = packed({name: body for name, body in unpacked(data).items() if name != PART})
    content = judged(data).content
    assert content is not None
    assert page_module("sealing").sealed(bare, content, WHEN) is None


def test_how_words_are_spaced_does_not_matter() -> None:
    one, other = (judged(workbook(overview__disclosure=text)).content for text in ("公开 情况。", "公开\n 情况。 "))
    assert one is not None
    assert other is not None
    assert seal_of(one, WHEN) == seal_of(other, WHEN)


@pytest.mark.office
def test_saving_it_in_libreoffice_breaks_no_seal(good: bytes, tmp_path: Path) -> None:
    source = save(tmp_path / "甲局.xlsx", good)
    assert told(resave(source, tmp_path / "out").read_bytes()) == ["SIGN-09"]
