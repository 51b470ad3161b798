"""Which returns count in a sum: by code, by revision, as the roster expects."""

from __future__ import annotations

from factories.filled_forms import annual
from factories.sums import expecting, filed, reasons, small, unread

from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.choice import NOT_LISTED, OTHER_PERIOD, REPEATED, SUPERSEDED
from toolkit.consolidation.findings import completeness
from toolkit.model.finding import Status

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
    assert [one.name for one in made.absent if one.verdict is None] == ["乙局", "丙局"]


def test_a_return_of_no_expected_unit_is_left_out_even_if_everything_is_summed() -> None:
    given = [
        filed(SMALL, "甲局", {"t.x.a": 1}, code="01"),
        filed(SMALL, "甲局", {"t.x.a": 5}, code="99", file="别处.xlsx"),
        filed(SMALL, "甲局", {"t.x.a": 7}, file="没有编码.xlsx"),
    ]
    made = aggregate(SMALL, given, everything=True, expected=expecting("甲局"))
    assert made.sums["t.x.a"] == 1
    assert reasons(made) == {"别处.xlsx": NOT_LISTED, "没有编码.xlsx": NOT_LISTED}
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
    assert (made.sums["t.x.a"], reasons(made)) == (2, {"甲1": REPEATED})
    assert "另有不计的：甲局（同一单位重复报送）" in made.scope


def test_an_absent_unit_is_told_by_the_newest_file_it_sent() -> None:
    given = [
        filed(SMALL, "甲局", code="01", revision=2, period="2024", file="二"),
        unread("一", Status.FOREIGN, code="01", revision=1),
    ]
    made = aggregate(SMALL, given, period="2025", expected=expecting("甲局"))
    assert [(one.name, one.reason) for one in made.absent] == [("甲局", OTHER_PERIOD)]
    assert made.absent[0].verdict is not None
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
