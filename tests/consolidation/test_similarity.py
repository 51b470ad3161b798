"""How many figures two returns have in common before they are called the same."""

from __future__ import annotations

import pytest
from factories.filled_forms import annual, inputs
from factories.sums import filed

from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.similarity import similar_units


@pytest.mark.parametrize(("count", "rules"), [(7, []), (8, ["SIGN-07"])])
def test_eight_figures_that_are_not_0_make_two_returns_the_same(count: int, rules: list[str]) -> None:
    free = [name for name in inputs(annual()) if name.startswith("proactive.")]
    values = dict.fromkeys(free[:count], 3)
    total = aggregate(annual(), [filed(annual(), "甲", values), filed(annual(), "乙", values)])
    assert [one.rule for one in similar_units(total)] == rules
