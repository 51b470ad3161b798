"""A roster that was edited in the middle of a round, held against what the round knows."""

from __future__ import annotations

import pytest

from toolkit.collection.roster.reconcile import Reconciled, reconciled
from toolkit.collection.roster.roster import Role, Roster, RosterError, Unit

KNOWN = {"001": "云岭区教育局", "002": "云岭区民政局", "010": "云岭区财政局"}


def held(*units: Unit) -> Reconciled:
    return reconciled(Roster(units), KNOWN, "名册.csv", KNOWN)


def listed(*rows: tuple[str, str]) -> Reconciled:
    return held(*(Unit(code=code, name=name) for code, name in rows))


def codes(found: Reconciled) -> list[str]:
    return [unit.code for unit in found.roster.units]


def test_a_roster_that_says_what_is_known_is_left_as_it_is_without_a_word() -> None:
    found = listed(*KNOWN.items(), ("011", "云岭区审计局"))
    assert (codes(found), found.told, found.removed) == (["001", "002", "010", "011"], (), {})


def test_zeros_that_a_spreadsheet_program_took_are_given_back_and_told() -> None:
    found = held(
        Unit(code="1", name="云岭区教育局", role=Role.NODE),
        Unit(code="2", name="云岭区民政局", parent="1"),
        Unit(code="10", name="云岭区财政局 ", parent="1"),
    )
    assert codes(found) == ["001", "002", "010"]
    assert [unit.parent for unit in found.roster.units] == ["", "001", "001"]
    (told,) = found.told
    assert "3 个单位的编码丢了前面的 0（001→1、002→2、010→10）" in told
    assert (found.removed, found.renamed) == ({}, frozenset())


def test_with_the_zeros_a_name_may_have_changed_too_and_then_both_are_told() -> None:
    found = listed(("1", "云岭区教育局"), ("2", "云岭区民政和社会工作局"), ("10", "云岭区财政局"))
    assert codes(found) == ["001", "002", "010"]
    assert found.renamed == {"002"}
    assert len(found.told) == 2


def test_a_short_code_of_another_unit_is_no_lost_zero() -> None:
    found = listed(("001", "云岭区教育局"), ("010", "云岭区财政局"), ("2", "云岭区审计局"))
    assert codes(found) == ["001", "010", "2"]
    assert (found.removed, found.told) == ({"002": "云岭区民政局"}, ())


def test_the_same_name_under_a_new_code_is_the_same_unit() -> None:
    found = listed(("A01", "云岭区教育局"), ("002", "云岭区民政局"), ("010", "云岭区财政局"))
    assert found.roster.by_code["A01"].former == ("001",)
    (told,) = found.told
    assert "“云岭区教育局”的编码由 001 改成了 A01" in told
    assert "“曾用编码”里写上 001" in told
    units = [Unit(code=code, name=name) for code, name in KNOWN.items() if code != "001"]
    assert held(*units, Unit(code="A01", name="云岭区教育局", former=("001",))).told == ()


def test_another_name_under_a_code_is_told_until_the_roster_says_that_it_is_the_same_unit() -> None:
    rest = [Unit(code=code, name=name) for code, name in KNOWN.items() if code != "002"]
    found = held(*rest, Unit(code="002", name="云岭区民政和社会工作局"))
    assert found.renamed == {"002"}
    (told,) = found.told
    assert "编码 002 原来是“云岭区民政局”，名册里现在是“云岭区民政和社会工作局”" in told
    found = held(*rest, Unit(code="002", name="云岭区民政和社会工作局", former=("002",)))
    assert (found.told, found.renamed) == ((), frozenset())


def test_a_column_that_was_sorted_alone_stops_everything() -> None:
    with pytest.raises(RosterError, match="“云岭区教育局”原来的编码是 001，现在是 002（原来是“云岭区民政局”的）"):
        listed(("002", "云岭区教育局"), ("001", "云岭区民政局"), ("010", "云岭区财政局"))
