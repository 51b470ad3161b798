"""The same workbook in the habits of other programs: the same verdict, the same figures and texts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from factories.dialects import SAME, TOLD, ZIPS, Parts, strict, unpacked
from factories.packages import packed

from toolkit.model.finding import Severity, Status
from toolkit.model.returns import Return, Verdict
from toolkit.pipeline.read_return import judged, understand_bytes

pytestmark = pytest.mark.runs

SAMPLES = Path(__file__).parents[3] / "samples"
#: One accepted, one with findings of many kinds, one with a formula put away and long texts.
FILES = ("yunling-2025/教育局.xlsx", "hongze-2023.xlsx", "suqian-2023-members/沭阳县.xlsx")


@cache
def plain(file: str) -> bytes:
    return (SAMPLES / file).read_bytes()


def judge(data: bytes) -> Verdict:
    (verdict,) = judged([understand_bytes("某局.xlsx", data)])
    return verdict


@cache
def wanted(file: str) -> Verdict:
    return judge(plain(file))


def said(verdict: Verdict, but: frozenset[str] = frozenset()) -> list[tuple[str, str, str, str]]:
    """Everything that is told, in words, but for these codes."""
    return [(f.rule, f.sheet, f.cell, f.message) for f in verdict.findings if f.rule not in but]


def held(verdict: Verdict) -> list[object]:
    content = verdict.content
    assert isinstance(content, Return)
    told = [content.numbers, content.prior, content.texts, content.items, content.cover, content.explanations]
    return [content.unit, content.period, content.identity.code, content.identity.signature, *told]


def parts(file: str) -> Parts:
    return unpacked(plain(file))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("habit", SAME)
def test_a_habit_changes_no_verdict(habit: str, file: str) -> None:
    before = parts(file)
    after = packed(SAME[habit](dict(before)))
    assert unpacked(after) != before or list(unpacked(after)) != list(before), "the habit changes nothing"
    found = judge(after)
    assert (found.status, said(found)) == (wanted(file).status, said(wanted(file)))
    assert held(found) == held(wanted(file))


@pytest.mark.parametrize("file", FILES[::2])
@pytest.mark.parametrize("habit", TOLD)
def test_a_habit_that_is_told_is_told_in_a_note_and_changes_nothing_else(habit: str, file: str) -> None:
    change, codes = TOLD[habit]
    found = judge(packed(change(parts(file))))
    assert found.status is wanted(file).status
    notes = [f for f in found.findings if f.rule in codes]
    assert {f.rule for f in notes} == codes
    assert {f.severity for f in notes} == {Severity.NOTE}
    assert said(found, codes) == said(wanted(file), codes)
    assert held(found) == held(wanted(file))


@pytest.mark.parametrize("habit", ZIPS)
def test_a_habit_of_the_archive_changes_no_verdict(habit: str) -> None:
    file = FILES[1]
    found = judge(ZIPS[habit](parts(file)))
    assert (found.status, said(found), held(found)) == (wanted(file).status, said(wanted(file)), held(wanted(file)))


def test_the_strict_vocabulary_is_refused_with_a_way_out() -> None:
    found = judge(packed(strict(parts(FILES[0]))))
    assert (found.status, [f.rule for f in found.findings]) == (Status.UNREADABLE, ["FILE-29"])
    assert "另存为" in found.findings[0].remedy
