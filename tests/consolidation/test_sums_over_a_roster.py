"""Sums over a roster: who is expected, who is missing and why, and areas that report their own sum."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.filled_forms import annual
from factories.sums import expecting, filed, small, unread

from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.choice import NOT_LISTED, OTHER_PERIOD, REPEATED, SUPERSEDED
from toolkit.consolidation.coverage import compare, completeness
from toolkit.model.codes import built_in
from toolkit.model.finding import Severity, Status

SMALL = small()
FORM = annual()


def test_units_are_told_apart_by_code_and_never_by_name() -> None:
    given = [
        filed(SMALL, "卫生院", {"t.x.a": 1}, code="02", file="二"),
        filed(SMALL, "卫生院", {"t.x.a": 2}, code="01", file="一"),
    ]
    made = aggregate(SMALL, given, expected=expecting("城关镇卫生院", "青石镇卫生院"))
    assert made.sums["t.x.a"] == 3
    assert [made.shown(member) for member in made.members] == ["城关镇卫生院", "青石镇卫生院"]
    assert made.coverage == (2, 2)
    assert made.scope == "汇总 2 个单位（应报送 2 个；全部计入）"
    assert aggregate(SMALL, given).coverage == (1, 1)


def test_the_scope_names_who_is_not_in_the_sum_and_who_never_was_to_be() -> None:
    given = [
        filed(SMALL, "甲局本级", code="01", status=Status.RETURNED),
        filed(SMALL, "丁局", {"t.x.a": 1}, code="04"),
        filed(SMALL, "戊局", code="05", period="2024"),
    ]
    expected = expecting("甲局", "乙局", "丙局", "丁局", "戊局", excluded=(("己局", "机构撤销"), ("庚局", "")))
    made = aggregate(SMALL, given, period="2025", expected=expected)
    assert made.scope == (
        "汇总 1 个单位（应报送 5 个；未计入：甲局（退回修改）、乙局（未报送）、丙局（未报送）、戊局（期间不同）；"
        "不纳入：己局（机构撤销）、庚局）"
    )
    assert made.brief == "汇总 1 个单位（应报送 5 个；未计入 4 个；不纳入 2 个）"
    assert made.coverage == (1, 5)
    assert made.missing == ("乙局", "丙局")


def test_a_return_of_no_expected_unit_is_left_out_even_if_everything_is_summed() -> None:
    given = [
        filed(SMALL, "甲局", {"t.x.a": 1}, code="01"),
        filed(SMALL, "甲局", {"t.x.a": 5}, code="99", file="别处.xlsx"),
        filed(SMALL, "甲局", {"t.x.a": 7}, file="没有编码.xlsx"),
    ]
    made = aggregate(SMALL, given, everything=True, expected=expecting("甲局"))
    assert made.sums["t.x.a"] == 1
    assert made.reasons == {"别处.xlsx": NOT_LISTED, "没有编码.xlsx": NOT_LISTED}
    assert made.scope == "汇总 1 个单位（应报送 1 个；全部计入；另有不计的：甲局（不在名册）、甲局（不在名册））"
    assert made.brief == "汇总 1 个单位（应报送 1 个；全部计入；另有不计的 2 份）"


def test_of_revisions_the_highest_counts_in_whatever_order_and_the_older_is_named() -> None:
    first = filed(SMALL, "甲局", {"t.x.a": 1}, code="01", revision=1, file="甲局.xlsx")
    second = filed(SMALL, "甲局", {"t.x.a": 2}, code="01", revision=2, file="甲局.xlsx")
    for given in ([first, second], [second, first]):
        made = aggregate(SMALL, given, expected=expecting("甲局"))
        assert made.members == (second,)
        assert [(one.verdict, one.reason) for one in made.left] == [(first, SUPERSEDED)]
        assert "另有不计的：甲局第 1 版（已有后一版）" in made.scope


def test_a_faulty_correction_leaves_the_accepted_return_in_and_is_named_by_its_revision() -> None:
    first = filed(SMALL, "甲局", {"t.x.a": 1}, code="01", revision=1)
    second = filed(SMALL, "甲局", {"t.x.a": 2}, code="01", revision=2, status=Status.RETURNED)
    made = aggregate(SMALL, [first, second], expected=expecting("甲局"))
    assert (made.members, made.absent) == ((first,), ())
    assert made.scope == "汇总 1 个单位（应报送 1 个；全部计入；另有不计的：甲局第 2 版（退回修改））"


def test_the_same_revision_twice_is_a_repetition_and_named() -> None:
    given = [filed(SMALL, "甲局", {"t.x.a": i}, code="01", file=f"甲{i}") for i in (1, 2)]
    made = aggregate(SMALL, given, expected=expecting("甲局"))
    assert (made.sums["t.x.a"], made.reasons) == (2, {"甲1": REPEATED})
    assert "另有不计的：甲局（同一单位重复报送）" in made.scope


def test_an_absent_unit_is_told_by_the_newest_file_it_sent() -> None:
    given = [
        filed(SMALL, "甲局", code="01", revision=2, period="2024", file="二"),
        unread("一", Status.FOREIGN, code="01", revision=1),
    ]
    made = aggregate(SMALL, given, period="2025", expected=expecting("甲局"))
    assert [(one.name, one.reason) for one in made.absent] == [("甲局", OTHER_PERIOD)]
    assert made.missing == ()
    assert "另有不计的：甲局（不是本表）" in made.scope


def test_two_files_of_one_name_keep_their_own_reasons() -> None:
    given = [
        unread("表.xlsx", Status.FOREIGN, code="02"),
        filed(SMALL, "甲局", code="01", status=Status.RETURNED, file="表.xlsx"),
    ]
    made = aggregate(SMALL, given, expected=expecting("甲局", "乙局"))
    assert "未计入：甲局（退回修改）、乙局（不是本表）" in made.scope


def test_members_stand_in_the_order_of_the_roster() -> None:
    given = [filed(SMALL, code, code=code) for code in ("03", "01", "02")]
    made = aggregate(SMALL, given, expected=expecting("甲局", "乙局", "丙局"))
    assert [member.code for member in made.members] == ["01", "02", "03"]


def test_a_long_list_of_absent_units_is_cut_but_counted() -> None:
    made = aggregate(SMALL, [], expected=expecting(*(f"单位{i}" for i in range(60))))
    assert "等 60 个" in made.scope
    assert made.scope.count("未报送") == 20
    (finding,) = completeness(made)
    assert finding.message.count("未报送") == 40
    assert finding.message.endswith("等 60 个")


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
    assert built_in(finding.rule)
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
    assert built_in(finding.rule)
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
def test_agg_01_needs_both_sides(members: list[object]) -> None:
    made = aggregate(SMALL, members, expected=expecting("甲"))  # type: ignore[arg-type]
    own = filed(SMALL, "某县", {"t.x.a": 2})
    assert bool(compare(made, own)) == bool(members)
    assert compare(made, replace(own, content=None)) == []
