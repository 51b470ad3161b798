"""A form's rules become checks, one a place; formulas are put in order; linear rules are rows of a matrix."""

from __future__ import annotations

from decimal import Decimal

import pytest
from factories.filled_forms import annual

from toolkit.forms.read_form import parse_definition
from toolkit.model.form import Form
from toolkit.rules.compile import Check, RuleSet, compile_condition, compile_expression, compile_rules
from toolkit.rules.expression import Cell, Key, Number, Operation
from toolkit.rules.parse import RuleSyntaxError

COLUMNS = ("natural", "business", "research", "nonprofit", "legal", "other", "total")
TABLE = """
[form]
id = "small"
version = 1
title = "小表"

[[table]]
id = "t"
title = "表"
rows = [{ id = "x", label = "X" }, { id = "y", label = "Y" }, { id = "z", label = "Z" }]
columns = [{ id = "a", label = "A" }, { id = "b", label = "B" }, { id = "c", label = "C" }]
"""


def form_of(text: str) -> Form:
    made = parse_definition(TABLE + text)
    form, problems = made.form, list(made.problems)
    assert problems == []
    return form


def compiled(text: str) -> RuleSet:
    rules, problems = compile_rules(form_of(text))
    assert problems == []
    return rules


def problems_of(text: str) -> list[str]:
    return compile_rules(form_of(text))[1]


def residual(check: Check) -> dict[str, int]:
    """Left minus right as factors by the last two parts of a name; last year's with a dash, a constant as ``1``."""
    assert check.residual is not None
    return {
        ".".join(key.name.split(".")[1:]) + ("'" if key.prior else "") if key else "1": int(factor)
        for key, factor in check.residual.items()
    }


# ---------------------------------------------------------------- the statutory form


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("BAL-01", 7),
        ("SUM-01", 7),
        ("SUM-02", 25),
        ("SUM-03", 3),
        ("YOY-01", 7),
        ("YOY-02", 2),
        ("BAL-02", 4),
        ("VAL-02", 3),
    ],
)
def test_each_rule_of_the_statutory_form_holds_at_as_many_places_as_its_table_has(rule: str, count: int) -> None:
    assert len(annual().rules.rule(rule)) == count


def test_the_statutory_form_has_no_other_rules() -> None:
    rules = annual().rules
    assert len(rules.checks) == 7 + 7 + 25 + 3 + 7 + 2 + 4 + 3 + (9 + 2 + 2) + 1
    assert len({check.key for check in rules.checks}) == len(rules.checks)


def test_the_printed_balance_is_the_matrix_one_would_write_by_hand() -> None:
    by_hand = {
        f"BAL-01[{column}]": {
            f"new.{column}": 1,
            f"carried_in.{column}": 1,
            f"closed.{column}": -1,
            f"carried_out.{column}": -1,
        }
        for column in COLUMNS
    }
    assert {check.key: residual(check) for check in annual().rules.rule("BAL-01")} == by_hand


def test_the_sum_of_results_is_the_matrix_one_would_write_by_hand() -> None:
    results = [row.id for row in annual().form.table("requests").blocks[0].rows[2:23]]
    assert (len(results), results[0], results[-1]) == (21, "granted", "other_rest")
    by_hand = {
        f"SUM-01[{column}]": {f"closed.{column}": 1, **{f"{row}.{column}": -1 for row in results}} for column in COLUMNS
    }
    assert {check.key: residual(check) for check in annual().rules.rule("SUM-01")} == by_hand


def test_the_sum_of_applicants_is_the_matrix_one_would_write_by_hand() -> None:
    rows = [row.id for row in annual().form.table("requests").blocks[0].rows]
    by_hand = {
        f"SUM-02[{row}]": {f"{row}.total": 1, **{f"{row}.{column}": -1 for column in COLUMNS[:-1]}} for row in rows
    }
    assert {check.key: residual(check) for check in annual().rules.rule("SUM-02")} == by_hand


def test_the_sum_of_disputes_is_the_matrix_one_would_write_by_hand() -> None:
    by_hand = {
        f"SUM-03[{row}]": {
            f"{row}.total": 1,
            f"{row}.upheld": -1,
            f"{row}.corrected": -1,
            f"{row}.other": -1,
            f"{row}.pending": -1,
        }
        for row in ("review", "direct", "after_review")
    }
    assert {check.key: residual(check) for check in annual().rules.rule("SUM-03")} == by_hand


def test_rules_about_last_year_name_last_years_figures() -> None:
    rules = annual().rules
    assert residual(rules.rule("YOY-01")[0]) == {"carried_in.natural": 1, "carried_out.natural'": -1}
    assert residual(rules.rule("YOY-02")[1]) == {
        "normative.in_force": 1,
        "normative.in_force'": -1,
        "normative.made": -1,
        "normative.repealed": 1,
    }
    assert sorted(rules.prior) == sorted(
        [f"requests.carried_out.{c}" for c in COLUMNS]
        + ["proactive.regulations.in_force", "proactive.normative.in_force", "proactive.fees.amount"]
        + [f"proactive.{row}.decisions" for row in ("licences", "penalties", "coercion")]
        + ["requests.new.total"]
    )


def test_every_total_has_one_formula_and_every_formula_comes_after_what_it_needs() -> None:
    formulas = annual().rules.formulas
    assert len(formulas) == 25 + 6 + 3
    done: set[str] = set()
    for name, check in formulas.items():
        assert check.target == name
        assert all(key.name in done for key in check.right.keys() if key.name in formulas), name
        done.add(name)


def test_the_total_of_totals_is_computed_across_and_checked_down() -> None:
    assert annual().rules.formulas["requests.closed.total"].key == "SUM-02[closed]"
    assert annual().checks["SUM-01[total]"].target == "requests.closed.total"


# ---------------------------------------------------------------- small forms


def test_a_check_is_called_by_its_rule_and_its_place() -> None:
    rules = compiled(
        """
        [table.rules]
        R-01 = "x = y"
        R-02 = ["a <= b", "b <= c"]
        R-03 = "x.a = y.b"
        """
    )
    assert [check.key for check in rules.checks] == [
        *("R-01[a]", "R-01[b]", "R-01[c]"),
        *("R-02[x]", "R-02[y]", "R-02[z]"),
        *("R-02#2[x]", "R-02#2[y]", "R-02#2[z]"),
        "R-03",
    ]
    assert [check.key for check in rules.rule("R-02")][3:] == ["R-02#2[x]", "R-02#2[y]", "R-02#2[z]"]


def test_a_check_names_each_variable_once_in_reading_order() -> None:
    (check,) = compiled('[table.rules]\nR = "x.a + y.a[上年] = x.a * 2 + z.b"').checks
    assert check.keys == (Key("t.x.a"), Key("t.y.a", prior=True), Key("t.z.b"))
    assert check.current == (Key("t.x.a"), Key("t.z.b"))
    assert check.prior == (Key("t.y.a", prior=True),)
    assert check.target == ""


@pytest.mark.parametrize(
    ("rule", "terms"),
    [
        ("x.a = y.a", {"x.a": 1, "y.a": -1}),
        ("x.a + x.a - y.a = 0", {"x.a": 2, "y.a": -1}),
        ("x.a - x.a = y.a", {"y.a": -1}),
        ("-(x.a - y.a) = 3", {"x.a": -1, "y.a": 1, "1": -3}),
        ("2 * x.a + x.b * 3 <= 10 * y.a + 100", {"x.a": 2, "x.b": 3, "y.a": -10, "1": -100}),
        ("6 * (x.a + y.a) / 2 = 0", {"x.a": 3, "y.a": 3}),
        ("x.a * (1 + 1) = 4 / 2", {"x.a": 2, "1": -2}),
        ("sum(x.a, y.a, 1) > x.a[上年]", {"x.a": 1, "y.a": 1, "1": 1, "x.a'": -1}),
    ],
)
def test_a_linear_rule_knows_its_terms(rule: str, terms: dict[str, int]) -> None:
    (check,) = compiled(f'[table.rules]\nR = "{rule}"').checks
    assert residual(check) == terms


@pytest.mark.parametrize(
    "rule",
    [
        "x.a * y.a = 1",
        "x.a / y.a = 1",
        "1 / x.a = 1",
        "x.a / 0 = 1",
        "abs(x.a) = 1",
        "max(x.a, 1) = 1",
        "1 = min(x.a, y.a)",
        "sum(x.a, abs(y.a)) = 1",
        "-abs(x.a) = 1",
    ],
)
def test_a_rule_that_is_not_linear_says_so(rule: str) -> None:
    (check,) = compiled(f'[table.rules]\nR = "{rule}"').checks
    assert check.residual is None


def test_formulas_are_put_in_the_order_they_are_computed_in() -> None:
    rules = compiled(
        """
        [table.formulas]
        F-01 = "x.a = y.a + 1"
        F-02 = "y.a = z.a + z.b"
        F-03 = "z.b = z.c * 2"
        """
    )
    assert list(rules.formulas) == ["t.z.b", "t.y.a", "t.x.a"]
    assert [check.key for check in rules.checks] == ["F-01", "F-02", "F-03"]


def test_a_formula_may_use_last_years_figure_of_what_it_computes() -> None:
    rules = compiled('[table.formulas]\nF = "x.a = x.a[上年] + y.a"')
    assert list(rules.formulas) == ["t.x.a"]
    assert rules.prior == ("t.x.a",)


def test_formulas_that_go_round_in_a_circle_are_told_with_the_circle() -> None:
    told = problems_of(
        """
        [table.formulas]
        F-01 = "x.a = y.a"
        F-02 = "y.a = z.a"
        F-03 = "z.a = y.a + y.b"
        """
    )
    assert told == ["formulas: 合计公式互相引用，算不出来：t.y.a → t.z.a → t.y.a"]


def test_a_formula_that_needs_itself_is_told() -> None:
    assert problems_of('[table.formulas]\nF = "c = a + c"') == ["table[0](t).formulas.F: 合计公式的右边不能包含它自己"]


@pytest.mark.parametrize("text", ["a + b = c", "a <= b", "1 = a", "a[上年] = b", "sum(a:b) = c"])
def test_a_formula_is_one_name_an_equals_sign_and_how_it_is_computed(text: str) -> None:
    assert problems_of(f'[table.formulas]\nF = "{text}"') == [
        "table[0](t).formulas.F: 合计公式应写成“代号 = 公式”，左边只能是一个代号"
    ]


def test_a_faulty_rule_is_left_out_and_the_others_are_compiled() -> None:
    rules, problems = compile_rules(form_of('[table.rules]\nA = "x = y"\nB = "x = "\nC = "x = q"\nD = "y = z"'))
    assert [check.key for check in rules.checks] == ["A[a]", "A[b]", "A[c]", "D[a]", "D[b]", "D[c]"]
    assert [problem.partition(":")[0] for problem in problems] == ["table[0](t).rules.B", "table[0](t).rules.C"]


def test_a_sentence_uses_expressions_over_full_names() -> None:
    assert compile_expression(annual().form, "requests.new.total") == Cell(Key("requests.new.total"))
    condition = compile_condition(annual().form, "requests.new.total = 0")
    assert condition == Operation("=", (Cell(Key("requests.new.total")), Number(Decimal(0))))


def test_a_sentence_with_a_faulty_expression_is_refused() -> None:
    with pytest.raises(RuleSyntaxError):
        compile_expression(annual().form, "requests.new.total +")
    with pytest.raises(ValueError, match="条件里要有比较符号"):
        compile_condition(annual().form, "requests.new.total")
    with pytest.raises(ValueError, match=r"没有代号“requests\.new\.totl”，是不是“requests\.new\.total”？"):
        compile_expression(annual().form, "requests.new.totl + 1")


@pytest.mark.parametrize("long_sum", ["+".join(["a"] * 100), "a+(" * 49 + "a" + ")" * 49])
def test_the_deepest_rule_that_can_be_read_can_be_used(long_sum: str) -> None:
    (check,) = compiled(f'[table.rules]\nR-01 = "b = {long_sum}"').checks[:1]
    assert check.residual is not None


def test_a_rule_that_is_too_deep_is_a_problem_with_its_path() -> None:
    (problem,) = problems_of(f'[table.rules]\nR-01 = "b = {"(" * 3000}a{")" * 3000}"')
    assert problem.startswith("table[0](t).rules.R-01: 括号或运算套得太深")


def test_a_definition_of_brackets_without_end_is_a_problem() -> None:
    made = parse_definition(f"form = {'[' * 5000}{']' * 5000}")
    assert made.form.id == ""
    assert made.problems == ("form.toml: 括号套得太深",)
