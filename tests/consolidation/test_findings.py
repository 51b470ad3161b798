"""What a sum says of who is missing, beside the figures that the area itself reports, and of units that are alike."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.filled_forms import annual, inputs
from factories.sums import expecting, filed, small, unread

from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.findings import compare, completeness, similar_units
from toolkit.model.codes import Code
from toolkit.model.finding import Severity, Status
from toolkit.model.returns import Verdict

SMALL = small()
FORM = annual()


def test_agg_02_names_who_is_not_in_the_sum_and_why() -> None:
    given = [
        filed(SMALL, "甲局", code="01"),
        filed(SMALL, "乙局", code="02", status=Status.RETURNED),
        unread("丙.xlsx", Status.FOREIGN, code="03"),
        filed(SMALL, "丁局", code="04", period="2024"),
    ]
    made = aggregate(SMALL, given, period="2025", expected=expecting("甲局", "乙局", "丙局", "丁局", "戊局"))
    (finding,) = completeness(made)
    assert (finding.rule, finding.severity) == ("AGG-02", Severity.ERROR)
    assert finding.rule in set(Code)
    assert (finding.left, finding.right, finding.difference) == (1, 5, -4)
    assert finding.message == (
        "应报送 5 个单位，计入汇总 1 个，未计入 4 个："
        "乙局（退回修改）、丙局（不是本表）、丁局（期间不同）、戊局（未报送）"
    )


def test_agg_02_is_silent_where_all_are_in_or_no_roster_says_who_should_be() -> None:
    given = [filed(SMALL, "甲局", code="01"), filed(SMALL, "外人", code="77")]
    assert completeness(aggregate(SMALL, given, expected=expecting("甲局"))) == []
    assert completeness(aggregate(SMALL, [unread("坏.xlsx")])) == []


def test_agg_01_names_the_cell_and_both_figures() -> None:
    members = [filed(FORM, unit, {"requests.new.natural": 6}, code=code) for unit, code in (("甲", "01"), ("乙", "02"))]
    made = aggregate(FORM, members, expected=expecting("甲", "乙"))
    (finding,) = compare(made, filed(FORM, "某县", {"requests.new.natural": 15}, code="00"))
    assert (finding.rule, finding.severity) == ("AGG-01", Severity.ERROR)
    assert finding.rule in set(Code)
    assert (finding.sheet, finding.cell, finding.cells) == ("申请情况", "D6", ("D6", "J6"))
    assert finding.variables == ("requests.new.natural", "requests.new.total")
    assert (finding.left, finding.right, finding.difference) == (15, 12, 3)
    assert (finding.row, finding.column) == ("一、本年新收政府信息公开申请数量", "申请人情况 自然人")
    assert finding.message == (
        "“一、本年新收政府信息公开申请数量”“申请人情况 自然人”：报送的汇总数 15，所属各单位之和 12，前者多 3"
        "。本表不相等的格：D6、J6"
    )


def test_agg_01_is_one_finding_a_table_with_eight_cells_named() -> None:
    made = aggregate(FORM, [filed(FORM, "甲", code="01")])
    rows = ("new", "carried_in", "granted", "partial", "carried_out")
    own = {f"requests.{row}.natural": 1 for row in rows} | {"disputes.review.upheld": 2}
    found = compare(made, filed(FORM, "某县", own))
    assert [finding.sheet for finding in found] == ["申请情况", "复议诉讼"]
    assert len(found[0].cells) == 12
    assert found[0].message.endswith("。本表不相等的格：D6、J6、D7、J7、D8、J8、D9、J9 等 12 格")


def test_agg_01_a_blank_is_not_the_figure_0() -> None:
    made = aggregate(SMALL, [filed(SMALL, "甲", code="01")])
    (finding,) = compare(made, filed(SMALL, "某县", blank=("t.x.a",)))
    assert (finding.left, finding.right, finding.difference) == ("空着", 0, None)
    assert "报送的汇总数 空着，所属各单位之和 0。" in finding.message
    nobody = aggregate(SMALL, [filed(SMALL, "甲", blank=("t.x.b",))])
    (finding,) = compare(nobody, filed(SMALL, "某县"))
    assert (finding.left, finding.right) == (0, "没有数")


def test_agg_01_is_exact_and_silent_where_the_sums_agree() -> None:
    members = [filed(SMALL, "甲", {"t.x.a": "0.1"}, code="01"), filed(SMALL, "乙", {"t.x.a": "0.2"}, code="02")]
    made = aggregate(SMALL, members)
    assert compare(made, filed(SMALL, "某县", {"t.x.a": "0.30"})) == []
    (finding,) = compare(made, filed(SMALL, "某县", {"t.x.a": "0.300001"}))
    assert finding.difference == Decimal("0.000001")
    assert "前者多 0.000001" in finding.message


def test_agg_01_says_when_members_are_still_lacking() -> None:
    made = aggregate(SMALL, [filed(SMALL, "甲", code="01")], expected=expecting("甲", "乙"))
    (finding,) = compare(made, filed(SMALL, "某县", {"t.x.a": 2}))
    assert "（所属单位只汇总了 1/2 个）" in finding.message


@pytest.mark.parametrize("members", [[], [filed(SMALL, "甲", code="01")]])
def test_agg_01_needs_both_sides(members: list[Verdict]) -> None:
    made = aggregate(SMALL, members, expected=expecting("甲"))
    own = filed(SMALL, "某县", {"t.x.a": 2})
    assert bool(compare(made, own)) == bool(members)
    assert compare(made, replace(own, content=None)) == []


@pytest.mark.parametrize(("count", "rules"), [(7, []), (8, ["SIGN-07"])])
def test_eight_figures_that_are_not_0_make_two_returns_the_same(count: int, rules: list[str]) -> None:
    free = [name for name in inputs(annual()) if name.startswith("proactive.")]
    values = dict.fromkeys(free[:count], 3)
    total = aggregate(annual(), [filed(annual(), "甲", values), filed(annual(), "乙", values)])
    assert [one.rule for one in similar_units(total)] == rules
