"""Rules that name a list: rows of a block of which any may be blank, counted and added up in every back end."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from factories.filled_forms import Letters, judged, sent, zero_return

from toolkit.checks.confront import attach_undetermined, confront
from toolkit.checks.localisation.system import equation_groups
from toolkit.errors import DefinitionError
from toolkit.instrument.instrument import Instrument, demand, in_labels, loads
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Outcome
from toolkit.model.sentences import worded
from toolkit.rules.compile import Check, compile_expression
from toolkit.rules.expression import Exact, Key

FORM = """
[form]
id = "listed"
version = 1
title = "表"

[[table]]
id = "t"
title = "表"
[[table.block]]
columns = [{ id = "n", label = "数量" }]
rows = [{ id = "media", label = "是否有账号", type = "choice" }, { id = "fans", label = "关注总量" }]
[[table.block]]
id = "accounts"
title = "账号一览"
stub = "账号"
type = { required = false }
columns = [
  { id = "kind", label = "类型", type = { choices = ["微博", "微信"] } },
  { id = "name", label = "名称", type = "text" },
  { id = "followers", label = "关注量" },
]
rows = [{ id = "a1", label = "一" }, { id = "a2", label = "二" }, { id = "a3", label = "三" }]

[table.rules]
R-01 = 'RULE'
"""
SUM = "fans.n = sum(accounts.followers)"
ONE = 'if media.n = "是" then count(accounts) >= 1'
BLANK = {f"t.a{row}.{column}": None for row in (1, 2, 3) for column in ("kind", "followers")}


def listed(rule: str) -> Instrument:
    return loads(FORM.replace("RULE", rule))


def check(rule: str) -> Check:
    (one,) = listed(rule).rules.checks
    return one


def values(*followers: int | None, fans: int = 0, asked: tuple[str, ...] | None = (), kind: int | None = None) -> Exact:
    told = {f"t.a{i}.followers": n for i, n in enumerate(followers, 1)} | {"t.media.n": 1, "t.fans.n": fans}
    told |= {"t.a1.kind": kind, "t.a2.kind": None, "t.a3.kind": None}
    return Exact({name: None if n is None else Decimal(n) for name, n in told.items()}, {}, asked)


def test_only_the_rows_that_are_filled_are_added_up_and_a_nought_is_one_of_them() -> None:
    assert check(SUM).outcome(values(3, None, 4, fans=7)) is Outcome.PASS
    assert check(SUM).outcome(values(3, None, 4, fans=8)) is Outcome.FAIL
    assert check(SUM).outcome(values(None, None, None)) is Outcome.PASS
    assert check("fans.n = count(accounts.followers)").outcome(values(0, None, 4, fans=2)) is Outcome.PASS


def test_a_list_is_counted_by_its_first_column_of_figures_or_choices() -> None:
    assert check(ONE).outcome(values(3, None, None)) is Outcome.FAIL
    assert check(ONE).outcome(values(None, None, None, kind=2)) is Outcome.PASS
    assert check(ONE).current[0] == Key("t.a1.kind"), "it is told at the first cell of the list"


@pytest.mark.parametrize("asked", [("t.a2.followers",), None])
def test_a_cell_that_was_refused_or_is_due_is_no_blank_and_nothing_is_guessed(asked: tuple[str, ...] | None) -> None:
    assert check(SUM).outcome(values(3, None, 4, fans=7, asked=asked)) is Outcome.UNDETERMINED
    filled = values(3, 0, 4, fans=7, asked=("t.a2.followers",))
    assert check(SUM).outcome(filled) is Outcome.PASS, "it was only read another way"


def test_the_formula_counts_labels_and_figures_in_their_own_way() -> None:
    assert check(SUM).right.formula(Letters()) == "SUM(followers:followers)"
    assert check(ONE).left.formula(Letters()) == "COUNTA(kind:kind)"
    assert check("fans.n >= count(accounts.followers)").right.formula(Letters()) == "COUNT(followers:followers)"


def test_it_is_said_in_words() -> None:
    kind = listed(SUM)
    assert in_labels(kind, kind.rules.checks[0]) == "“关注总量 数量” ＝ “账号”各行“关注量”之和"
    kind = listed(ONE)
    assert demand(kind, kind.rules.checks[0]) == "“是否有账号 数量” ＝ “是” 时，“账号”各行“类型”填了的格数，应不小于 1"


def test_a_sum_is_linear_but_a_blank_row_is_no_figure_that_may_be_wrong() -> None:
    assert check(SUM).residual == {Key("t.fans.n"): 1, **{Key(f"t.a{i}.followers"): -1 for i in (1, 2, 3)}}
    assert check("fans.n >= count(accounts.followers)").residual is None
    assert equation_groups(listed(SUM), frozenset()) == ()


def test_a_failure_is_told_with_both_sides_and_a_refused_cell_holds_the_rule_back() -> None:
    kind = listed(SUM)
    content = zero_return(kind, {**BLANK, "t.a1.followers": 5, "t.fans.n": 6, "t.media.n": 1})
    (found,) = judged(kind, content)
    assert (found.rule, found.left, found.right) == ("R-01", 6, 5)
    assert "“账号”各行“关注量”之和 ＝ 5" in found.message
    told = worded(Code.VAL_16, text="多", wrong="不对", mend="改")
    refused = sent(content, Finding.at(told, [kind.layout.spot("t.a2.followers")], ["t.a2.followers"]))
    found_now, open_ = confront(kind, refused)
    assert found_now == []
    assert "R-01暂不能核对" in attach_undetermined(kind, refused, open_)[0].message


def test_a_list_may_be_named_from_anywhere() -> None:
    kind = listed(SUM)
    for text in ("count(t.accounts)", "count(t.accounts.kind)"):
        assert compile_expression(kind.form, text).value(values(None, None, None, kind=1)) == 1


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("fans.n = sum(accounts.kind)", "可选的项不能相加"),
        ("fans.n = accounts.followers", "“accounts.followers”是清单，只能单独写在 sum 或 count 的括号里"),
        ("fans.n = max(accounts.followers)", "只能单独写在 sum 或 count"),
        ("fans.n = count(media.n)", "count 的括号里只能是一个清单的代号"),
        ("fans.n = sum(accounts.followers[上年])", "不带“[上年]”"),
        ("fans.n = sum(accounts.name)", "没有代号“accounts.name”"),
        ("fans = sum(accounts.followers)", "不能混用"),
    ],
)
def test_what_a_list_cannot_is_refused_in_words(rule: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(said)):
        listed(rule)


def test_the_template_does_not_compute_from_a_list_whose_faults_it_does_not_see() -> None:
    text = FORM.replace("[table.rules]\nR-01 = 'RULE'", f'[table.formulas]\nF-01 = "{SUM}"')
    with pytest.raises(DefinitionError, match="合计公式里不能有清单"):
        loads(text)
