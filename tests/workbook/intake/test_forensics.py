"""What is told of formulas and their kept results, at the edges."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from factories.workbooks import found, patched, save, verdict, workbook


@pytest.mark.parametrize(
    ("kept", "rules"),
    [("3.0000009", []), ("2.9999991", []), ("3.000001", ["FMLA-03"]), ("2.999999", ["FMLA-03"])],
)
def test_a_kept_result_is_stale_from_a_millionth_on(kept: str, rules: list[str], tmp_path: Path) -> None:
    data = workbook(requests__new__natural=Decimal(3), requests__granted__natural=Decimal(3))
    shown = patched(data, "申请情况", r'(<c r="J6"[^>]*><f>[^<]*</f>)<v>3</v>', rf"\g<1><v>{kept}</v>")
    assert [one.rule for one in found(verdict(save(tmp_path / "a.xlsx", shown)), "FMLA")] == rules
