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


@pytest.mark.parametrize(("own", "found"), [(10, [("a", "b")]), (11, [])])
def test_nine_tenths_of_the_runs_are_common(own: int, found: list[tuple[str, ...]]) -> None:
    """Of 104 characters there are 100 runs of five; a shorter text that is its beginning lacks the last ones."""
    assert similar({"a": text(104), "b": text(104 - own)}) == found
