"""Conditions of rules: read, bound to choices and cells, and the same in value, formula and words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from toolkit.errors import DefinitionError
from toolkit.forms.layout import CHECKS, SheetPlaces
from toolkit.instrument.instrument import Instrument, demand, loads
from toolkit.model.finding import Outcome
from toolkit.rules.compile import Check, compile_condition
from toolkit.rules.expression import Exact

FORM = """
[form]
id = "asked"
version = 1
title = "表"

[[table]]
id = "t"
title = "表"
columns = [{ id = "n", label = "数量" }]
rows = [
  { id = "media", label = "是否有账号", type = "choice" },
  { id = "kind", label = "类型", type = { choices = ["门户", "部门（含直属）", "专项"] } },
  { id = "posts", label = "发布量" },
  { id = "fans", label = "关注量" },
]

[table.rules]
R-01 = 'RULE'
"""


def asked(rule: str) -> Instrument:
    return loads(FORM.replace("RULE", rule))


def check(rule: str) -> Check:
    (one,) = asked(rule).rules.checks
    return one


def values(media: int | None = 1, kind: int | None = 1, posts: int | None = 0, fans: int | None = 0) -> Exact:
    told = {"media": media, "kind": kind, "posts": posts, "fans": fans}
    return Exact({f"t.{name}.n": None if n is None else Decimal(n) for name, n in told.items()}, {})


def test_a_rule_is_asked_only_where_its_condition_holds() -> None:
    one = check('if media = "是" then posts >= 1')
    assert one.outcome(values(media=1, posts=0)) is Outcome.FAIL
    assert one.outcome(values(media=1, posts=2)) is Outcome.PASS
    assert one.outcome(values(media=2, posts=0)) is Outcome.NOT_APPLICABLE
    assert one.outcome(values(media=None)) is Outcome.UNDETERMINED
    assert one.residual is None, "it is linear only where it is asked"


@pytest.mark.parametrize(
    ("condition", "figures", "holds"),
    [
        ("posts > 0 and fans > 0", {"posts": 1, "fans": 0}, False),
        ("posts > 0 and fans > 0", {"posts": 1, "fans": 1}, True),
        ("posts > 0 or fans > 0", {"posts": 0, "fans": 1}, True),
        ("not posts > 0", {"posts": 0}, True),
        ("not (posts > 0 or fans > 0)", {"fans": 1}, False),
        ("posts = 1 or posts = 2 and fans = 9", {"posts": 1, "fans": 0}, True),
        ('kind = "部门(含直属)"', {"kind": 2}, True),
        ('kind <> "专项"', {"kind": 3}, False),
    ],
)
def test_conditions_are_joined_as_everywhere(condition: str, figures: dict[str, int], *, holds: bool) -> None:
    one = check(f"if {condition} then posts = 77")
    found = one.outcome(values(**figures))
    assert found is (Outcome.FAIL if holds else Outcome.NOT_APPLICABLE)


def test_a_condition_reads_the_same_in_a_formula_and_in_words() -> None:
    form = asked('if media = "是" and not posts = 0 then fans >= posts')
    (one,) = form.rules.checks
    assert one.when is not None
    assert one.when.formula(SheetPlaces(form.layout, CHECKS)) == 'AND(表!B4="是",NOT(表!B6=0))'
    assert demand(form, one) == "“是否有账号” ＝ “是” 并且 并非（“发布量” ＝ 0） 时，“关注量”，应不小于 “发布量”"


def test_a_sentence_is_chosen_by_a_condition() -> None:
    condition = compile_condition(asked("posts <= fans").form, 't.media.n = "否" or t.posts.n > 3')
    assert [values(media=m, posts=p).result(condition) for m, p in ((1, 0), (2, 0), (1, 4))] == [0, 1, 1]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('if media = "也许" then posts = 0', "“也许”不是可选的项"),
        ("if media then posts = 0", "条件里要有比较符号"),
        ("if posts > 0 then fans", "规则里要有一个比较符号"),
        ('media = "是"', "“是”只能写在条件里"),
        ("if posts > 0 fans > 0", "这里多了内容"),
    ],
)
def test_a_wrong_condition_is_told(rule: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said.replace("（", r"\(")):
        asked(rule)
