"""By which slip somebody who meant one figure typed another."""

from __future__ import annotations

import pytest

from toolkit.checks.localisation.slips import KIND_WORDS, KINDS, SLIP_WORDS, SLIPS, mistyped, unknown


@pytest.mark.parametrize(
    ("printed", "meant", "slip"),
    [
        (36, 63, "transposed"),
        (3, 33, "missing"),
        (271, 25871, "two_missing"),
        (33, 3, "extra"),
        (18, 78, "digit"),
        (-5, 5, "sign"),
        (-5, 6, "open"),
        (0, 70, "blank"),
        (500, 5, "unit"),
        (5, 50321, "unit"),
        (321, 123, "reversed"),
        (4900, 4877, "rounded"),
        (2025, 31, "year"),
        (12, 0, "open"),
        (5000000, 7, "open"),
    ],
)
def test_the_likeliest_slip(printed: int, meant: int, slip: str) -> None:
    told = mistyped(printed, meant)
    assert max(told, key=lambda one: told[one]) == slip


def test_any_figure_may_stand_for_any_other() -> None:
    assert all(sum(mistyped(printed, meant).values()) > 0 for printed in range(40) for meant in range(40))


def test_a_slip_of_typing_is_likelier_than_another_figure() -> None:
    assert sum(mistyped(613, 631).values()) > 10 * sum(mistyped(617, 631).values())


def test_the_longer_a_figure_the_less_likely_it_is_where_nothing_is_known() -> None:
    assert unknown(0) > unknown(9) > unknown(99) > unknown(12345) > 0


def test_every_slip_has_a_share_and_words() -> None:
    assert SLIPS.keys() == SLIP_WORDS.keys()
    assert set(KINDS) - set(KIND_WORDS) == {"single", "line", "several", "other"}
    assert all(0 < share < 1 for share in (*SLIPS.values(), *KINDS.values()))
