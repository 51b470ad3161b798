"""From which length and likeness on two texts are one."""

from __future__ import annotations

import pytest

from toolkit.checks.narrative.similarity import similar


def text(length: int) -> str:
    """No run of characters stands in it twice."""
    return "".join(chr(0x4E00 + i) for i in range(length))


@pytest.mark.parametrize(("length", "found"), [(59, []), (60, [("a", "b")])])
def test_a_text_of_fewer_than_sixty_characters_is_a_phrase(length: int, found: list[tuple[str, ...]]) -> None:
    assert similar({"a": text(length), "b": text(length)}) == found


def other(length: int) -> str:
    """As `text`, of other characters."""
    return "".join(chr(0x7000 + i) for i in range(length))


@pytest.mark.parametrize(("own", "found"), [(10, [("a", "b")]), (11, [])])
def test_nine_tenths_of_the_shorter_ones_runs_are_in_the_longer_one(own: int, found: list[tuple[str, ...]]) -> None:
    """A text of 104 characters has 100 runs of five; own words at its end cost a run each."""
    assert similar({"a": text(104 - own) + other(own), "b": text(104) + other(20)[::-1]}) == found


@pytest.mark.parametrize(("longer", "found"), [(304, [("a", "b")]), (305, [])])
def test_a_text_three_times_as_long_quotes_the_other(longer: int, found: list[tuple[str, ...]]) -> None:
    for texts in ({"a": text(104), "b": text(longer)}, {"a": text(longer), "b": text(104)}):
        assert similar(texts) == found


def test_a_paragraph_of_ones_own_hides_no_copy() -> None:
    """Neither at the beginning nor at the end, whichever unit comes first; and others in between are left alone."""
    own = "本局另在门户网站开设专栏，逐月发布办事指南，并在各镇设公开查阅点。"
    for more in (own + text(120), text(120) + own):
        assert similar({"a": more, "b": other(120), "c": text(120)}) == [("a", "c")]
        assert similar({"a": text(120), "b": other(120), "c": more}) == [("a", "c")]
