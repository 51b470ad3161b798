"""What other programs read: the keys of a finding, in their order, and figures as numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from toolkit.checks.lint.lint import Advice
from toolkit.collection.changes import Change
from toolkit.io.json import LongJson, as_json, json_pieces, json_text, keyed
from toolkit.model.finding import Candidate, Finding, Severity

KEYS = [
    "rule",
    "severity",
    "outcome",
    "sheet",
    "cell",
    "cells",
    "variables",
    "row",
    "column",
    "left",
    "right",
    "difference",
    "message",
    "remedy",
    "suggestion",
    "candidates",
    "certain",
    "explanation",
    "fingerprint",
]


def told(*candidates: Candidate, certain: bool = False) -> dict[str, Any]:
    """A finding as another program reads it."""
    finding = Finding(rule="BAL-01", severity=Severity.ERROR, message="不平", candidates=candidates, certain=certain)
    read: dict[str, Any] = json.loads(json_text(as_json(finding)))
    return read


def test_a_finding_has_the_keys_of_the_contract_in_their_order() -> None:
    assert list(told()) == KEYS


def test_a_finding_that_tells_no_cell_says_so() -> None:
    assert (told()["candidates"], told()["certain"]) == ([], False)


def test_a_candidate_has_its_figures_as_numbers_and_no_probability_that_nobody_knows() -> None:
    place = {"option": 2, "variable": "t.x.sum", "sheet": "表", "cell": "D4", "reason": "数值不符"}
    one = Candidate(**place, value=Decimal("13.5"), found=Decimal("15.0"))  # type: ignore[arg-type]
    read = told(one, certain=True)
    assert read["certain"] is True
    (cell,) = read["candidates"]
    assert list(cell) == ["option", "variable", "sheet", "cell", "value", "found", "reason", "probability"]
    assert cell == {**place, "value": 13.5, "found": 15, "probability": None}
    assert isinstance(cell["found"], int)


@pytest.mark.parametrize("step", [" ", "  "])
@pytest.mark.parametrize("lists", [[[], [1, {"a": Decimal("0.10")}], ["\udcb2", []]], [[1], [], []]])
def test_a_document_in_pieces_is_the_same_document(lists: list[list[Any]], step: str) -> None:
    plain: dict[str, Any] = {"前": None, "one": {"x": []}, **{f"list{i}": one for i, one in enumerate(lists)}, "end": 2}
    long: LongJson = {key: iter(value) if isinstance(value, list) else value for key, value in plain.items()}
    assert b"".join(json_pieces(long, step)) == b"".join(json_pieces(plain, step)) == json_text(plain, step).encode()
    assert json.loads(b"".join(json_pieces({"a": iter(())}))) == {"a": []}


def test_whatever_a_result_holds_becomes_plain_values() -> None:
    change = Change("001", "某局", "turned", "通过", "退回修改", "", 2)
    held = {Path("a/b.xlsx"): (Severity.NOTE, Decimal("1.50"), change), "none": None}
    assert as_json(held) == {str(Path("a/b.xlsx")): ["note", 1.5, change._asdict()], "none": None}
    assert as_json(Advice("hint", "规则", "多余")) == {"level": "hint", "where": "规则", "message": "多余"}
    assert type(as_json(Severity.NOTE)) is str


def test_keys_are_attributes_or_stand_before_the_attribute_they_are_filled_from() -> None:
    change = Change("001", "某局", "turned", "通过", "退回修改", "", 2)
    assert keyed(change, "unit was=before same=told.strip.__name__") == {"unit": "某局", "was": "通过", "same": "strip"}
    with pytest.raises(AttributeError):
        keyed(change, "untold")
