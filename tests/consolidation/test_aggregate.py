"""Who is in the sum, who is not and why, and that the sum is exact."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from factories.filled_forms import annual
from factories.sums import filed, items, reasons, small, unread
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.consolidation.aggregate import aggregate, as_submission
from toolkit.consolidation.choice import NO_DATA, OTHER_PERIOD, OTHER_VERSION, REPEATED
from toolkit.consolidation.sums import total
from toolkit.model.finding import Status
from toolkit.text import written

SMALL = small()
AMOUNTS = st.decimals(min_value=0, max_value=999_999_999_999, places=6)


def test_decimals_add_up_without_binary_noise() -> None:
    made = aggregate(SMALL, [filed(SMALL, "甲", {"t.x.a": "0.1"}), filed(SMALL, "乙", {"t.x.a": "0.2"})])
    assert str(made.sums["t.x.a"]) == "0.3"
    assert str(made.sums["t.x.total"]) == "0.3"


def test_published_amounts_add_up_to_the_last_digit() -> None:
    form = annual()
    amounts = ("59237.2449", "0.000001", "1234.5", "7")
    made = aggregate(form, [filed(form, f"单位{i}", {"proactive.fees.amount": a}) for i, a in enumerate(amounts)])
    assert str(made.sums["proactive.fees.amount"]) == "60478.744901"


@given(st.lists(AMOUNTS, min_size=1, max_size=40), st.randoms())
@settings(deadline=None)
def test_the_sum_is_exact_and_no_order_changes_it(amounts: list[Decimal], chance: object) -> None:
    returns = [filed(SMALL, f"单位{i}", {"t.x.a": amount}) for i, amount in enumerate(amounts)]
    shuffled = list(returns)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    made, other = aggregate(SMALL, returns), aggregate(SMALL, shuffled)
    assert Fraction(made.sums["t.x.a"]) == sum(map(Fraction, amounts))
    assert (made.sums, made.covered, made.period) == (other.sums, other.covered, other.period)
    assert [str(made.sums[n]) for n in made.sums] == [str(other.sums[n]) for n in made.sums]


def test_a_sum_longer_than_any_context_is_not_rounded() -> None:
    assert str(total([Decimal(10) ** 40, Decimal("0.000001")])) == "1" + "0" * 40 + ".000001"


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+3", "1000"), ("1.50", "1.5"), ("0.000", "0"), ("-0", "0"), ("1E-7", "0.0000001"), ("100", "100")],
)
def test_numbers_are_written_plainly(number: str, text: str) -> None:
    assert written(Decimal(number)) == text
    assert written(total([Decimal(number)])) == text


def test_only_what_counts_is_summed_and_the_rest_is_named() -> None:
    given_ = [
        filed(SMALL, "甲局", {"t.x.a": 1}),
        filed(SMALL, "乙局", {"t.x.a": 2}, status=Status.EXPLAINED),
        filed(SMALL, "某局", {"t.x.a": 100}, status=Status.RETURNED),
        unread("收件/坏.xlsx"),
        unread("别的.xlsx", Status.FOREIGN),
    ]
    made = aggregate(SMALL, given_)
    assert [m.unit for m in made.members] == ["甲局", "乙局"]
    assert made.sums["t.x.a"] == 3
    assert made.coverage == (2, 5)
    assert reasons(made) == {"某局.xlsx": "退回修改", "收件/坏.xlsx": "无法读取", "别的.xlsx": "不是本表"}
    assert (
        made.scope
        == "汇总 2 个单位（共收到 5 个；未计入：某局（退回修改）、坏.xlsx（无法读取）、别的.xlsx（不是本表））"
    )
    assert made.warning == ""


def test_everything_sums_what_was_read_and_warns() -> None:
    given_ = [
        filed(SMALL, "甲局", {"t.x.a": 1}),
        filed(SMALL, "乙局", {"t.x.a": 2}, status=Status.RETURNED),
        unread("坏.xlsx"),
    ]
    made = aggregate(SMALL, given_, everything=True)
    assert made.sums["t.x.a"] == 3
    assert made.coverage == (2, 3)
    assert reasons(made) == {"坏.xlsx": "无法读取"}
    assert "含未通过核对的 1 个单位" in made.warning
    assert "其中没有" in aggregate(SMALL, given_[:1], everything=True).warning


def test_nothing_left_out_is_said() -> None:
    assert aggregate(SMALL, [filed(SMALL, "甲局")]).scope == "汇总 1 个单位（共收到 1 个；全部计入）"


def test_a_long_list_of_absentees_is_cut_but_counted() -> None:
    made = aggregate(SMALL, [unread(f"{i}.xlsx") for i in range(25)])
    assert "等 25 份" in made.scope
    assert made.scope.count("无法读取") == 20
    assert len(reasons(made)) == 25


def test_a_missing_value_is_never_a_zero() -> None:
    given_ = [
        filed(SMALL, "甲局", {"t.x.a": 5, "t.x.b": 1}, status=Status.RETURNED),
        filed(SMALL, "乙局", {"t.x.b": 1}, status=Status.RETURNED, blank=("t.x.a",)),
    ]
    made = aggregate(SMALL, given_, everything=True)
    assert made.covered == {"t.x.a": 1, "t.x.b": 2, "t.x.total": 1}
    assert made.sums == {"t.x.a": 5, "t.x.b": 2, "t.x.total": 6}
    assert made.incomplete == ("t.x.a", "t.x.total")
    nobody = aggregate(SMALL, given_[1:], everything=True)
    assert nobody.covered["t.x.a"] == 0
    assert "t.x.a" not in nobody.sums
    assert as_submission(nobody, "全县").content.numbers["t.x.a"] is None


def test_no_member_no_sum() -> None:
    made = aggregate(SMALL, [unread("坏.xlsx")])
    assert (made.sums, made.prior_sums, made.coverage, made.period) == ({}, {}, (0, 1), "")
    assert aggregate(SMALL, []).coverage == (0, 0)


@pytest.mark.parametrize("again", ["县教育局", " 县教育局 ", "县 教育局", "县教育局\u3000"])
def test_of_two_returns_of_a_unit_the_last_given_counts(again: str) -> None:
    given_ = [
        filed(SMALL, "县教育局", {"t.x.a": 1}, file="一.xlsx"),
        filed(SMALL, "县公安局", {"t.x.a": 10}),
        filed(SMALL, again, {"t.x.a": 2}, file="二.xlsx"),
    ]
    made = aggregate(SMALL, given_)
    assert made.sums["t.x.a"] == 12
    assert [m.file for m in made.members] == ["县公安局.xlsx", "二.xlsx"]
    assert reasons(made) == {"一.xlsx": REPEATED}
    assert made.coverage == (2, 2)
    assert "共收到 2 个单位 3 份" in made.scope


def test_full_width_brackets_do_not_make_another_unit() -> None:
    made = aggregate(SMALL, [filed(SMALL, "某局（本级）", file="一"), filed(SMALL, "某局(本级)", file="二")])
    assert reasons(made) == {"一": REPEATED}


def test_an_earlier_accepted_return_stays_if_the_later_one_is_faulty() -> None:
    given_ = [
        filed(SMALL, "甲局", {"t.x.a": 1}, file="一"),
        filed(SMALL, "甲局", {"t.x.a": 2}, file="二", status=Status.RETURNED),
    ]
    made = aggregate(SMALL, given_)
    assert (made.sums["t.x.a"], reasons(made), made.coverage) == (1, {"二": "退回修改"}, (1, 1))


def test_nameless_returns_are_not_one_unit_unless_they_are_one_file() -> None:
    one, two = filed(SMALL, "", {"t.x.a": 1}, file="一"), filed(SMALL, "", {"t.x.a": 2}, file="二")
    copy = replace(two, file="二的副本")
    made = aggregate(SMALL, [one, two, copy])
    assert made.sums["t.x.a"] == 3
    assert reasons(made) == {"二": REPEATED}
    assert "二（同一单位重复报送）" in made.scope


def test_a_stray_period_is_left_out() -> None:
    given_ = [
        filed(SMALL, "甲局", {"t.x.a": 100}, period="2024"),
        filed(SMALL, "乙局", {"t.x.a": 1}),
        filed(SMALL, "丙局", {"t.x.a": 2}, period=" 2025 "),
    ]
    made = aggregate(SMALL, given_)
    assert (made.period, made.sums["t.x.a"], reasons(made)) == ("2025", 3, {"甲局.xlsx": OTHER_PERIOD})
    assert made.period_label == "2025年"


def test_the_period_asked_for_wins_over_the_majority() -> None:
    given_ = [filed(SMALL, "甲局", period="2024"), filed(SMALL, "乙局", period="2024"), filed(SMALL, "丙局")]
    made = aggregate(SMALL, given_, period="2025")
    assert [m.unit for m in made.members] == ["丙局"]


@pytest.mark.parametrize("periods", [("2024", "2025"), ("2025", "2024"), ("", "2025"), ("", "", "2025")])
def test_of_equal_shares_the_later_period_and_never_an_unknown_one(periods: tuple[str, ...]) -> None:
    given_ = [filed(SMALL, f"单位{i}", period=one) for i, one in enumerate(periods)]
    assert aggregate(SMALL, given_, everything=True).period == "2025"


def test_resending_does_not_make_a_majority() -> None:
    old = [filed(SMALL, "甲局", period="2024", file=f"甲{i}") for i in range(3)]
    made = aggregate(SMALL, [*old, filed(SMALL, "乙局"), filed(SMALL, "丙局")])
    assert made.period == "2025"
    assert reasons(made) == {"甲0": REPEATED, "甲1": REPEATED, "甲2": OTHER_PERIOD}


def test_other_forms_and_versions_are_left_out() -> None:
    given_ = [
        filed(SMALL, "甲局"),
        replace(filed(SMALL, "乙局"), form="other"),
        replace(filed(SMALL, "丙局"), version=3),
        replace(filed(SMALL, "丁局"), version=1),
        replace(filed(SMALL, "戊局"), content=None),
    ]
    made = aggregate(SMALL, given_)
    assert [m.unit for m in made.members] == ["甲局", "丁局"]
    assert reasons(made) == {"乙局.xlsx": "不是本表", "丙局.xlsx": OTHER_VERSION, "戊局.xlsx": NO_DATA}


def test_last_year_is_summed_only_where_every_member_has_it() -> None:
    given_ = [
        filed(SMALL, "甲局", prior={"t.x.a": "1.1", "t.x.b": "1"}),
        filed(SMALL, "乙局", prior={"t.x.a": "2.2"}),
    ]
    assert aggregate(SMALL, given_).prior_sums == {"t.x.a": Decimal("3.3")}
    assert aggregate(SMALL, [*given_, filed(SMALL, "丙局")]).prior_sums == {}


def test_the_sums_as_a_return_have_typed_totals() -> None:
    form = annual()
    given_ = [
        filed(
            form,
            "甲局",
            {"requests.new.natural": 2, "requests.new.total": 5},
            prior={"requests.carried_out.natural": "1"},
        ),
        filed(form, "乙局", {"requests.new.natural": 3}, prior={"requests.carried_out.natural": "2"}),
    ]
    submission = as_submission(aggregate(form, given_), "某某县", "县级政府")
    made = submission.content
    assert made.overwritten == frozenset(form.rules.formulas)
    assert made.numbers["requests.new.total"] == 8  # 5 as typed and 3 as computed, though 2 + 3 = 5
    assert (made.unit, made.period, submission.context.body, made.identity.form) == (
        "某某县",
        "2025",
        "县级政府",
        form.form.id,
    )
    assert submission.prior == submission.context.prior == {"requests.carried_out.natural": 3}
    assert set(made.numbers) == set(form.names)
    other = as_submission(aggregate(form, given_[::-1]), "某某县").content
    assert other.sha256 == made.sha256


def test_an_open_list_is_merged_by_label_and_does_not_vanish_because_one_unit_left_it_blank() -> None:
    one = items(filed(SMALL, "甲局"), ("指南（一）", 1), ("年报", 1))
    two = items(filed(SMALL, "乙局"), ("年 报", 2), ("指南(一)", 1), ("年报", 4))
    made = aggregate(SMALL, [one, two, items(filed(SMALL, "丙局")), filed(SMALL, "丁局")])
    assert as_submission(made, "县").content.items == {"kinds": (("指南（一）", 2), ("年报", 7))}
    assert made.lists["kinds"].units == 2
    assert [line.covered for line in made.lists["kinds"].lines] == [2, 2]
    assert as_submission(aggregate(SMALL, [filed(SMALL, "丁局")]), "县").content.items == {}


def test_what_units_call_the_rest_stands_last_in_a_merged_list() -> None:
    one = items(filed(SMALL, "甲局"), ("其他", 1), ("年报", 1))
    two = items(filed(SMALL, "乙局"), ("指南", 2), ("其 他", 4))
    lines = aggregate(SMALL, [one, two]).lists["kinds"].lines
    assert [(line.label, line.count) for line in lines] == [("年报", 1), ("指南", 2), ("其他", 5)]
