"""One tree gives value, formula, terms and words, and all of them say the same."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from factories.filled_forms import Letters
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.forms.read_form import parse_definition
from toolkit.model.finding import Outcome
from toolkit.rules.compile import Check, compile_rules, derive
from toolkit.rules.expression import Exact, Key, Node

FORM = """
[form]
id = "small"
version = 1
title = "小表"

[[table]]
id = "t"
title = "表"
type = { kind = "decimal", signed = true }
rows = [{ id = "x", label = "X" }]
columns = [
  { id = "a", label = "A" }, { id = "b", label = "B" }, { id = "c", label = "C" }, { id = "d", label = "D" },
]

[table.rules]
R = '''%s'''
"""
NAMES = tuple(f"t.x.{column}" for column in "abcd")
Row = dict[str, Decimal | None]


def check(rule: str) -> Check:
    made = parse_definition(FORM % rule)
    form, problems = made.form, list(made.problems)
    rules, more = compile_rules(form)
    assert [*problems, *more] == []
    (only,) = rules.checks
    return only


def node(expression: str) -> Node:
    return check(f"{expression} = a").left


def row(**values: float | str | None) -> Row:
    return {f"t.x.{name}": None if v is None else Decimal(str(v)) for name, v in values.items()}


def verdicts(rule: str, current: list[Row], prior: list[Row] | None = None) -> list[str]:
    made = check(rule)
    rows = zip(current, prior or [{}] * len(current), strict=True)
    return [made.outcome(Exact(now, before)).value for now, before in rows]


def verdict(rule: str, prior: Row | None = None, **values: float | str | None) -> str:
    return verdicts(rule, [row(**values)], [prior or {}])[0]


# ---------------------------------------------------------------- formulas and words


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("a + b", "a+b"),
        ("a - b - c", "a-b-c"),
        ("a - (b - c)", "a-(b-c)"),
        ("a - (b + c)", "a-(b+c)"),
        ("a + (b - c)", "a+b-c"),
        ("(a + b) * c", "(a+b)*c"),
        ("a * b + c", "a*b+c"),
        ("a * (b / c)", "a*b/c"),
        ("a / (b * c)", "a/(b*c)"),
        ("a / b / c", "a/b/c"),
        ("a / (b / c)", "a/(b/c)"),
        ("-a + b", "(-a)+b"),
        ("-(a + b)", "-(a+b)"),
        ("-(a * b)", "-(a*b)"),
        ("a - -b", "a-(-b)"),
        ("a * -b", "a*(-b)"),
        ("-sum(a:c)", "-SUM(a:c)"),
        ("sum(a:c) - d", "SUM(a:c)-d"),
        ("sum(a, b + c)", "SUM(a,b+c)"),
        ("min(a, b, 10)", "MIN(a,b,10)"),
        ("max(a - b, 0) * 2", "MAX(a-b,0)*2"),
        ("abs(-a)", "ABS(-a)"),
        ("a[上年] * 1.50", "a'*1.50"),
        ("0.000001 + a", "0.000001+a"),
        ("1000000000000 * a", "1000000000000*a"),
    ],
)
def test_a_formula_has_the_brackets_it_needs_and_no_others(text: str, formula: str) -> None:
    assert node(text).formula(Letters()) == formula


class Words:
    """Calls every variable by its letter."""

    def cell(self, key: Key) -> str:
        return Letters().cell(key)

    def total(self, keys: Sequence[Key]) -> str:
        return f"{self.cell(keys[0])}至{self.cell(keys[-1])}之和"

    def column(self, keys: Sequence[Key]) -> str:
        return f"{self.cell(keys[0])}一列"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a + b - c", "a ＋ b － c"),
        ("a - (b - c)", "a － (b － c)"),
        ("(a + b) * 2", "(a ＋ b) × 2"),
        ("a / (b / c)", "a ÷ (b ÷ c)"),
        ("sum(a:c)", "a至c之和"),
        ("sum(a, b, 1)", "a ＋ b ＋ 1"),
        ("max(a, b)", "a 与 b 中最大的数"),
        ("min(a, 10)", "a 与 10 中最小的数"),
        ("abs(a - b)", "a － b的绝对值"),
        ("-a", "－a"),
        ("-(a + b)", "－(a ＋ b)"),
    ],
)
def test_a_tree_reads_as_words(text: str, words: str) -> None:
    assert node(text).words(Words()) == words


# ---------------------------------------------------------------- values

figures = st.one_of(
    st.integers(-(10**12), 10**12).map(Decimal),
    st.integers(-9, 9).map(Decimal),
    st.decimals(-(10**6), 10**6, places=3),
)
LINEAR = (
    "a + b - c + d",
    "a - (b - (c - d))",
    "sum(a:d)",
    "sum(a, b:c) * 2 - -d",
    "(a + b) / 4 - c / 8",
    "-a * 3 + b * 0.5",
    "a + b[上年] - c[上年]",
)


@settings(deadline=None)
@given(st.sampled_from(LINEAR), st.tuples(figures, figures, figures, figures))
def test_the_terms_of_a_linear_tree_add_up_to_its_value(text: str, row_: tuple[Decimal, ...]) -> None:
    values = Exact(dict(zip(NAMES, row_, strict=True)), dict(zip(NAMES, reversed(row_), strict=True)))
    tree = node(text)
    terms = tree.terms()
    assert terms is not None
    found = sum((factor * (values.cell(key) if key else 1) for key, factor in terms.items()), Decimal(0))
    assert found == tree.value(values)


@pytest.mark.parametrize(
    ("text", "value"),
    [("min(a, b, 10)", 2), ("max(c, d)", 7), ("abs(a - d)", 5), ("min(a)", 2), ("a * d / b", 5), ("max(a:d)", 7)],
)
def test_what_is_not_linear_has_a_value_and_no_terms(text: str, value: int) -> None:
    assert node(text).value(Exact(row(a=2, b="2.8", c=3, d=7), {})) == value
    assert node(text).terms() is None


RULES = (
    "a + b = c + d",
    "a + b = c",
    "sum(a:c) >= d",
    "a - b < c - d",
    "abs(a - b) <= 5",
    "max(a, b) > min(c, d)",
    "a * 2 <> b + c",
    "a = a[上年]",
    "b >= a[上年] - c[上年]",
)
wholes = st.one_of(st.none(), st.integers(-3, 3).map(Decimal), st.integers(0, 10**12).map(Decimal))
returns = st.fixed_dictionaries(dict.fromkeys(NAMES, wholes))


def exactly(rule: Check, current: Row, prior: Row) -> Outcome:
    """The verdict, worked out one return at a time and in exact numbers."""
    if any(prior.get(key.name) is None for key in rule.prior):
        return Outcome.NOT_APPLICABLE
    if any(current.get(key.name) is None for key in rule.current):
        return Outcome.UNDETERMINED
    values = Exact(current, prior)
    left, right = rule.left.value(values), rule.right.value(values)
    good = {
        "=": left == right,
        "<>": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[rule.op]
    return Outcome.PASS if good else Outcome.FAIL


@settings(deadline=None)
@given(st.sampled_from(RULES), st.lists(st.tuples(returns, returns), min_size=1, max_size=6))
def test_verdicts_are_those_of_exact_arithmetic(text: str, batch: list[tuple[Row, Row]]) -> None:
    rule = check(text)
    assert [rule.outcome(Exact(c, p)) for c, p in batch] == [exactly(rule, c, p) for c, p in batch]


# ---------------------------------------------------------------- the four verdicts


@pytest.mark.parametrize(
    ("rule", "below", "equal", "above"),
    [
        ("a = b", "fail", "pass", "fail"),
        ("a <> b", "pass", "fail", "pass"),
        ("a < b", "pass", "fail", "fail"),
        ("a <= b", "pass", "pass", "fail"),
        ("a > b", "fail", "fail", "pass"),
        ("a >= b", "fail", "pass", "pass"),
    ],
)
def test_each_comparison_is_what_it_says(rule: str, below: str, equal: str, above: str) -> None:
    assert verdicts(rule, [row(a=1, b=2), row(a=2, b=2), row(a=3, b=2)]) == [below, equal, above]


def test_a_missing_figure_leaves_a_rule_undetermined() -> None:
    assert verdict("a = b", a=1, b=None) == "undetermined"
    assert verdict("a = b", a=1) == "undetermined"
    assert verdict("sum(a:c) >= 0", a=1, b=2) == "undetermined"
    assert verdict("max(a, b) >= 0", a=1) == "undetermined"


def test_zero_is_a_value() -> None:
    assert verdict("a = b", a=0, b=0) == "pass"
    assert verdict("a <> b", a=0, b=0) == "fail"
    assert verdict("a = b", a=0, b=1) == "fail"
    assert verdict("a = b[上年]", row(b=0), a=0) == "pass"


def test_a_missing_figure_of_last_year_makes_a_rule_not_applicable() -> None:
    assert verdict("a = b[上年]", a=1) == "not applicable"
    assert verdict("a = b[上年]", row(b=None), a=1) == "not applicable"
    assert verdict("a = b[上年]", row(a=1), a=1) == "not applicable"


def test_not_applicable_comes_before_undetermined() -> None:
    assert verdict("a = b[上年]", {}, a=None) == "not applicable"
    assert verdict("a = b[上年]", row(b=1), a=None) == "undetermined"


def test_a_figure_that_the_rule_does_not_use_does_not_matter() -> None:
    assert verdict("a = b", a=1, b=1, c=None, d=None) == "pass"


def test_division_by_zero_leaves_a_rule_undetermined() -> None:
    assert verdict("a / b < 3", a=1, b=0) == "undetermined"
    assert verdict("a / b < 3", a=0, b=0) == "undetermined"
    assert verdict("a / b < 3", a=-1, b=0) == "undetermined"
    assert verdict("a / b < 3", a=1, b=1) == "pass"


@pytest.mark.parametrize(
    "values", [("0.1", "0.2", "0.3"), ("1.1", "2.2", "3.3"), ("59237.2449", "0.0001", "59237.245")]
)
def test_the_noise_of_binary_fractions_is_no_difference(values: tuple[str, str, str]) -> None:
    a, b, c = values
    assert verdict("a + b = c", a=a, b=b, c=c) == "pass"
    assert verdict("a + b <> c", a=a, b=b, c=c) == "fail"
    assert verdict("a + b > c", a=a, b=b, c=c) == "fail"


def test_a_difference_in_the_sixth_decimal_is_one() -> None:
    assert verdict("a = b", a="1.000001", b=1) == "fail"
    assert verdict("a = b", a="123456.000001", b=123456) == "fail"


def test_one_in_the_largest_numbers_a_form_admits_is_a_difference() -> None:
    top = 999_999_999_999
    assert verdict("a + b + c = d", a=top, b=top, c=top, d=3 * top) == "pass"
    assert verdict("a + b + c = d", a=top, b=top, c=top, d=3 * top - 1) == "fail"


def test_a_constant_side_is_compared_with_every_return() -> None:
    assert verdicts("5 >= a", [row(a=5), row(a=6), row()]) == ["pass", "fail", "undetermined"]


# ---------------------------------------------------------------- derived figures


def derived(formulas: str, numbers: Row, prior: Row | None = None, typed: tuple[str, ...] = ()) -> Row:
    form = parse_definition(FORM.replace("[table.rules]\nR = '''%s'''", "[table.formulas]\n" + formulas)).form
    rules, problems = compile_rules(form)
    assert problems == []
    return derive(rules.formulas, numbers, prior or {}, typed)


def test_a_total_is_exact_and_missing_where_a_part_is() -> None:
    assert derived('F = "d = sum(a:c)"', row(a="0.1", b="0.2", c=0))["t.x.d"] == Decimal("0.3")
    assert derived('F = "d = sum(a:c)"', row(a=1, b=2))["t.x.d"] is None
    assert derived('F = "d = a[上年] + b"', row(b=2))["t.x.d"] is None
    assert derived('F = "d = a / b"', row(a=1, b=0))["t.x.d"] is None


def test_a_total_of_totals_is_computed_from_computed_totals() -> None:
    assert derived('F = "d = c * 2"\nG = "c = a + b"', row(a=1, b=2)) == row(a=1, b=2, c=3, d=6)


def test_a_total_that_somebody_wrote_over_is_kept_and_counted_on() -> None:
    found = derived('F = "d = c * 2"\nG = "c = a + b"', row(a=1, b=2, c=10), typed=("t.x.c",))
    assert (found["t.x.c"], found["t.x.d"]) == (Decimal(10), Decimal(20))
    found = derived('F = "d = c * 2"\nG = "c = a + b"', row(a=1, b=2, c=None), typed=("t.x.c",))
    assert (found["t.x.c"], found["t.x.d"]) == (None, None)
