"""Which title is a statutory one with a slip, and which is another law."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import annual, zero_return

from toolkit.checks.verdict import judge
from toolkit.model.returns import Submission


@pytest.mark.parametrize(
    ("title", "slips"),
    [
        ("中华人民共和国行政复议法", 0),
        ("中华人民共和国行政复仪法", 1),
        ("行政复议法实施条例", 0),
        ("中华人民共和国保守国家秘密法", 0),
    ],
)
def test_only_a_title_that_is_nearly_right_is_wrong(title: str, slips: int) -> None:
    content = replace(zero_return(annual()), texts={"overview.disclosure": f"依据《{title}》办理。"})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert len([one for one in verdict.findings if "名称与法定名称不同" in one.message]) == slips
