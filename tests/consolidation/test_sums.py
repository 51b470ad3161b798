"""How the figures of units become one: added, weighted, the greatest, counted, or not at all."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from factories.sums import filed

from toolkit.checks.lint.lint import unsummed
from toolkit.consolidation.aggregate import Consolidation, aggregate, as_submission
from toolkit.consolidation.export import sums_json
from toolkit.consolidation.findings import compare
from toolkit.errors import DefinitionError
from toolkit.instrument.instrument import Instrument, loads
from toolkit.pipeline.consolidate import rules_on_sum

MIXED = """
[form]
id = "mixed"
version = 1
title = "留言办理情况"

[[table]]
id = "t"
title = "留言"
columns = [{ id = "n", label = "数量" }]
rows = [
  { id = "closed", label = "办结", type = { unit = "条" } },
  { id = "days", label = "平均办理时间", type = { decimals = 1, unit = "天" }, aggregate = "mean by closed" },
  { id = "longest", label = "最长办理时间", aggregate = "max" },
  { id = "first", label = "最早一件", aggregate = "min" },
  { id = "staff", label = "人均", aggregate = "mean" },
  { id = "sites", label = "网站", aggregate = "count" },
  { id = "note", label = "备案号", aggregate = "none" },
  { id = "change", label = "增减", type = { signed = true } },
]

[table.rules]
BAL-01 = "days.n <= closed.n"
BAL-02 = "change.n <= closed.n"
"""
#: Closed, days, longest, first, staff, change.
UNITS = {
    "甲网站": ("10", "3.5", "9", "2", "4", "-3"),
    "乙网站": ("30", "2.5", "20", "1", "5", "1"),
    "丙网站": ("0", None, "0", "3", "7", "0"),
}
ROWS = ("closed", "days", "longest", "first", "staff", "change")


def mixed() -> Instrument:
    return loads(MIXED)


def summed(**more: str) -> Consolidation:
    form = mixed()
    made = []
    for unit, figures in UNITS.items():
        values = {f"t.{row}.n": value for row, value in zip(ROWS, figures, strict=True) if value} | more
        made.append(filed(form, unit, values, blank=() if figures[1] else ("t.days.n",)))
    return aggregate(form, made)


def test_every_variable_is_put_together_as_the_form_says() -> None:
    sums = summed().sums
    assert sums["t.closed.n"] == 40
    assert sums["t.days.n"] == Decimal("2.8"), "(3.5 * 10 + 2.5 * 30) / 40 is 2.75, and a ROUND goes away from 0"
    assert (sums["t.longest.n"], sums["t.first.n"], sums["t.sites.n"], sums["t.change.n"]) == (20, 1, 3, -2)
    assert sums["t.staff.n"] == Decimal("5.3")
    assert "t.note.n" not in sums
    assert summed().covered["t.days.n"] == 2
    assert summed().covered["t.note.n"] == 3, "who has a figure is told all the same"


def test_a_mean_over_nothing_is_none() -> None:
    one = aggregate(mixed(), [filed(mixed(), "甲网站", {"t.days.n": "3.5"})])
    assert "t.days.n" not in one.sums


def test_only_what_is_added_up_has_contributions() -> None:
    assert [value for value, _ in summed().parts("t.closed.n")] == [10, 30]
    assert summed().parts("t.days.n") == []


def test_the_json_says_how_a_figure_came_about() -> None:
    sums = json.loads(sums_json(summed()))["sums"]
    assert sums["t.days.n"] == {"value": 2.8, "covered": 2, "aggregate": "mean by t.closed.n"}
    assert sums["t.closed.n"] == {"value": 40, "covered": 3}


def test_no_rule_is_asked_of_a_mean() -> None:
    one = summed(**{"t.closed.n": "1"})
    assert one.sums["t.days.n"] == Decimal("3.0")
    assert one.sums["t.closed.n"] == 3
    one = summed(**{"t.days.n": "99.5", "t.change.n": "50"})
    assert {found.rule for found in rules_on_sum(mixed(), one)} == {"BAL-02"}, "days > closed says nothing of a mean"
    assert as_submission(one, "某市").content.numbers["t.days.n"] == Decimal("99.5"), "the report prints it"


def test_an_own_sum_is_held_against_means_and_not_against_what_is_not_summed() -> None:
    right = {name: str(value) for name, value in summed().sums.items()}
    assert compare(summed(), filed(mixed(), "某市", {**right, "t.note.n": "77"})) == []
    (found,) = compare(summed(), filed(mixed(), "某市", {**right, "t.days.n": "6"}))
    assert found.variables == ("t.days.n",)


def test_lint_asks_how_decimals_are_summed() -> None:
    assert list(unsummed(mixed())) == []
    (found,) = unsummed(loads(MIXED.replace(', aggregate = "mean by closed"', "")))
    assert "平均办理时间" in found.message
    assert found.where == "table(t)"
    share = MIXED.replace(
        "[table.rules]", '[table.formulas]\nSUM-01 = "first.n = closed.n / longest.n"\n\n[table.rules]'
    )
    (found,) = unsummed(loads(share.replace(', aggregate = "min"', "")))
    assert "最早一件" in found.message, "a quotient that the template computes"


@pytest.mark.parametrize(
    ("written", "said"), [("mean by nothing", "“nothing”"), ("mean by days", "days"), ("avg", "应为")]
)
def test_a_wrong_aggregate_is_told(written: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said) as told:
        loads(MIXED.replace("mean by closed", written))
    assert "days" in str(told.value)
