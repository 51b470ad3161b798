"""Which row of a roster is the row of headings."""

from __future__ import annotations

import pytest

from toolkit.collection.roster.sheet import score


@pytest.mark.parametrize(
    ("cells", "known"),
    [(["联系人"], 0), (["联系人", "甲"], 0), (["编码", "联系人"], 2), (["单位全称"], 1)],
)
def test_two_headings_or_the_name_alone_make_a_row_of_headings(cells: list[str], known: int) -> None:
    assert score(dict(enumerate(cells, 1))) == known
