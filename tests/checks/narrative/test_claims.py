"""Which words about a figure make it another figure than the one a rule means."""

from __future__ import annotations

import pytest

from toolkit.checks.narrative.claims import claims
from toolkit.instrument.instrument import loads

FORM = """
[form]
id = "f"
version = 1
title = "表"
[[table]]
id = "t"
title = "表一"
rows = [{ id = "x", label = "X" }]
columns = [{ id = "a", label = "甲" }]
"""
WORDS = """
[[rule]]
id = "N-1"
kind = "claim"
say = "处理"
[[rule.claim]]
says = "处理{n}"
equals = "t.x.a"
unless = "其他"
"""


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("处理3件。", [3]),
        ("其他处理3件。", []),
        ("其他方面处理3件。", []),
        ("其他各方面处理3件。", [3]),
        ("其他，处理3件。", [3]),
    ],
)
def test_a_word_within_four_characters_leads_into_another_figure(text: str, stated: list[int]) -> None:
    assert [int(one.value) for one in claims(loads(FORM, words=WORDS), text)] == stated


def test_a_label_of_two_characters_is_in_too_many_words() -> None:
    labels = 'labels = "t"\ncolumn = "a"\n'
    words = WORDS.replace('says = "处理{n}"\nequals = "t.x.a"\nunless = "其他"\n', labels)
    form = FORM.replace('label = "X" }', 'label = "处理" }, { id = "y", label = "已处理" }')
    assert [int(one.value) for one in claims(loads(form, words=words), "处理3件，已处理5件。")] == [5]
