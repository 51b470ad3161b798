"""How short and how poor in characters an explanation may be."""

from __future__ import annotations

import pytest
from factories.filled_forms import annual, zero_return

from toolkit.checks.explanation import explanation_fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("清理完", "没有说明原因"),
        ("清理文件", ""),
        ("清清理理", "没有说明原因"),
        ("清清理完", ""),
        ("核实无误漏报件", "是套话，没有说明原因"),
        ("核实无误漏报一件", ""),
    ],
)
def test_four_characters_three_of_them_different_say_something(text: str, told: str) -> None:
    assert explanation_fault(annual(), zero_return(annual()), "YOY-02[normative]", text) == told
