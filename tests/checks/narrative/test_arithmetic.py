"""How many figures make a breakdown that can be judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import annual, zero_return

from toolkit.checks.verdict import judge
from toolkit.model.returns import Submission


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("公开信息40条，其中政策解读50条。", False),
        ("公开信息40条，其中政策解读30条、通知20条。", True),
        ("公开信息40条，其中政策解读20条、通知10条。", False),
        ("公开信息40条，其中政策解读20条、通知10条、公告5条。", True),
    ],
)
def test_two_parts_may_be_too_many_and_only_three_too_few(text: str, *, told: bool) -> None:
    content = replace(zero_return(annual()), texts={"overview.disclosure": text})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert bool([one for one in verdict.findings if one.rule == "NAR-07"]) is told


@pytest.mark.parametrize(("count", "told"), [(40, True), (41, False)])
def test_among_more_than_forty_figures_some_two_give_any_percentage(count: int, *, told: bool) -> None:
    listed = "、".join(f"{1000 + i}件" for i in range(count))
    content = replace(zero_return(annual()), texts={"overview.disclosure": f"公开信息{listed}，占10%。"})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert bool([one for one in verdict.findings if one.rule == "NAR-08"]) is told
