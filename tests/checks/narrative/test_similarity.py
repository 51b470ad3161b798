"""From which length and likeness on two texts are one."""

from __future__ import annotations

import random

import pytest

from toolkit.checks.narrative import similarity
from toolkit.checks.narrative.similarity import nearly_same, shingles, similar


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


def office_texts(count: int) -> dict[str, str]:
    """Sentences that all offices share, some of their own; copies with slips; passages in texts of up to x3."""
    dice = random.Random(16)  # noqa: S311 - a sample
    shared = [sentence(dice) for _ in range(60)]
    out: dict[str, str] = {}
    for i in range(count):
        kind, earlier = dice.random(), out[str(dice.randrange(i))] if i else ""
        if earlier and kind < 0.1:
            at = dice.randrange(len(earlier))
            text = earlier[:at] + "改" + earlier[at + dice.randint(0, 2) :]
        elif earlier and kind < 0.2:
            own = "".join(sentence(dice) for _ in range(24))[: int(len(earlier) * dice.uniform(0, 1.95))]
            text = own[: len(own) // 2] + earlier + own[len(own) // 2 :]
        elif earlier and kind < 0.25:
            text = "".join(sorted(earlier.split("。"))) + sentence(dice)
        else:
            some = dice.sample(shared, dice.randint(3, 12)) + [sentence(dice) for _ in range(dice.choice([0, 1, 2]))]
            text = "".join(some)
        out[str(i)] = text
    return out


def sentence(dice: random.Random) -> str:
    return "".join(chr(0x4E00 + dice.randrange(1200)) for _ in range(dice.randint(20, 50))) + "。"


def test_no_pair_is_lost_on_the_way_to_the_comparison() -> None:
    """The groups are those of comparing each with each: one is in the group of the shortest that it is like."""
    texts = office_texts(250)
    known = {key: shingles(text) for key, text in texts.items()}
    expected: dict[str, list[str]] = {}
    for key in sorted(known, key=lambda one: len(known[one])):
        head = next((one for one in expected if nearly_same(known[one], known[key])), key)
        expected.setdefault(head, []).append(key)
    found = similar(texts)
    assert {frozenset(group) for group in found} == {frozenset(one) for one in expected.values() if len(one) > 1}
    assert sum(map(len, found)) > 50


def test_the_comparisons_grow_with_the_texts_and_not_with_their_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def counted(one: frozenset[int], other: frozenset[int]) -> bool:
        compared[-1] += 1
        return nearly_same(one, other)

    monkeypatch.setattr(similarity, "nearly_same", counted)
    for count in (200, 800):
        compared.append(0)
        similar(office_texts(count))
    few, many = compared
    assert 0 < few < 200
    assert many <= 5 * few
