"""Which equations a form gives, and what of them a return fills in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from factories.filled_forms import RIGHT, annual, sent, zero_return

from toolkit.checks.localisation.system import EquationGroup, equation_groups, filled_equations
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.form import CONTROLS


def groups(mode: str) -> tuple[Instrument, tuple[EquationGroup, ...]]:
    kind = load("zfxxgk-2021" + (CONTROLS if mode == "control" else ""))
    return kind, equation_groups(kind, frozenset(kind.rules.formulas if mode == "typed" else ()))


@pytest.mark.parametrize(
    ("mode", "sizes"),
    [("typed", [(39, 175), (3, 15)]), ("live", [(6, 144)]), ("control", [(31, 169), (3, 15)])],
)
def test_the_equations_of_a_table_are_one_group(mode: str, sizes: list[tuple[int, int]]) -> None:
    _, found = groups(mode)
    assert [(len(group.system.equations), len(group.cells)) for group in found] == sizes
    assert found[0].system.mode == mode


def test_an_equation_that_only_adds_up_the_columns_is_left_out() -> None:
    _, (group, *_) = groups("live")
    assert [check.key for check in group.checks] == [
        f"BAL-01[{column}]" for column in ("natural", "business", "research", "nonprofit", "legal", "other")
    ]
    assert "BAL-01[total]" in {check.key for check in groups("typed")[1][0].checks}


def test_cells_of_a_live_column_are_not_told_apart_and_typed_ones_are() -> None:
    _, (live, *_) = groups("live")
    assert {len(live.system.twins(cell)) for cell in live.system.where} == {23}
    for mode in ("typed", "control"):
        _, (group, *_) = groups(mode)
        assert not any(group.system.twins(cell) for cell in group.system.where)


def test_an_equality_with_last_year_s_figure_is_a_witness_not_an_equation() -> None:
    kind, (group, *_) = groups("live")
    prior = {"requests.carried_out.natural": 52, "requests.carried_out.total": 60}
    case = filled_equations(group, kind, sent(zero_return(kind, RIGHT, prior=prior)))
    assert case is not None
    (witness,) = case.witnesses
    assert ([group.cells[cell] for cell in witness.terms], witness.value) == (["requests.carried_in.natural"], 52)
    assert not witness.written
    assert case.last[group.cells.index("requests.carried_out.natural")] == 52
    assert case.last[0] is None


def test_a_stated_total_is_spelled_out_in_the_cells_that_were_filled_in() -> None:
    kind, (group, *_) = groups("live")
    stated = [
        (frozenset({"requests.new.total"}), Decimal(714)),
        (frozenset({"disputes.review.total"}), Decimal(1)),
    ]
    case = filled_equations(group, kind, sent(zero_return(kind, RIGHT)), stated)
    assert case is not None
    (witness,) = case.witnesses
    assert {group.cells[cell].rpartition(".")[0] for cell in witness.terms} == {"requests.new"}
    assert (len(witness.terms), witness.value, witness.written) == (6, 714, True)


def test_a_rule_that_need_not_hold_is_a_witness() -> None:
    form = """
        [form]
        id = "f"
        version = 1
        title = "表"
        [[table]]
        id = "t"
        title = "表"
        type = "whole"
        rows = [{ id = "x", label = "X" }]
        columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "c", label = "丙" }]
        [table.rules]
        R-01 = "c = a + b"
        R-02 = { rule = "a = b", severity = "verify" }
        R-03 = "a = 3"
        """
    (group,) = equation_groups(loads(form), frozenset())
    assert [check.rule.id for check in group.checks] == ["R-01"]
    assert len(group.outside) == 1


@pytest.mark.parametrize(("value", "filled"), [("1", True), ("999999999999999", True), ("1e15", False), (None, False)])
def test_a_blank_or_a_figure_of_endless_digits_gives_no_case(value: str | None, *, filled: bool) -> None:
    kind, (group, *_) = groups("live")
    content = zero_return(kind, {**RIGHT, "requests.new.natural": value})
    assert (filled_equations(group, kind, sent(content)) is not None) is filled


def test_decimals_are_made_whole() -> None:
    kind = annual()
    group = groups("live")[1][0]
    case = filled_equations(group, kind, sent(zero_return(kind, {**RIGHT, "requests.new.natural": "630.25"})))
    assert case is not None
    assert (case.scale, case.values[0], case.steps[0]) == (100, 63025, 100)
