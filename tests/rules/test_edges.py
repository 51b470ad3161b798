"""Where a spreadsheet and floating point part ways: divisors of 0, ties in rounding, runs outside a function."""

from __future__ import annotations

from decimal import Decimal

import pytest
from factories.filled_forms import sent, zero_return

from toolkit.checks.confront import confront
from toolkit.checks.confront import outcome as outcome_of
from toolkit.checks.verdict import judge
from toolkit.errors import DefinitionError
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Outcome, Severity
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import plan_template
from toolkit.workbook.template.plan_entries import prior_members

FORM = """
form = {{ id = "f", version = 1, title = "F" }}
[[table]]
id = "t"
title = "T"
type = {{ kind = "decimal", decimals = 6, signed = true }}
rows = [ {{ id = "x", label = "X" }} ]
columns = [ {{ id = "a", label = "A" }}, {{ id = "b", label = "B" }}, {{ id = "c", label = "C" }} ]
formulas = {{ {formulas} }}
rules = {{ {rules} }}
"""


def form(rules: str = "", formulas: str = "") -> Instrument:
    return loads(FORM.format(rules=rules, formulas=formulas))


def outcome(rule: str, a: str, b: str, c: str) -> Outcome:
    kind = form(f'R-1 = "{rule}"')
    content = zero_return(kind, {"t.x.a": a, "t.x.b": b, "t.x.c": c})
    return outcome_of(kind, sent(content), kind.rules.checks[0])


@pytest.mark.parametrize(
    "rule", ["min(a / b, c) = c", "max(a / b, c) >= 0", "a / (c / b) <= 5", "a = 5 / (1 - 1)", "a / b = c"]
)
def test_a_divisor_of_0_leaves_a_check_undetermined_wherever_it_stands(rule: str) -> None:
    assert outcome(rule, "5", "0", "5") is Outcome.UNDETERMINED


def test_a_check_that_divides_by_0_is_noted_and_the_batch_goes_on() -> None:
    kind = form('R-1 = "a / b >= 1"')
    batch = [zero_return(kind, {"t.x.a": 5, "t.x.b": b}) for b in (0, 5, 9)]
    verdicts = judge(kind, [sent(content) for content in batch])
    assert [[(f.rule, f.severity) for f in v.findings] for v in verdicts] == [
        [("R-1", Severity.NOTE)],
        [],
        [("R-1", Severity.ERROR)],
    ]


def test_a_rule_over_last_years_figures_alone_may_divide_by_0() -> None:
    kind = form('R-1 = "a[上年] / b[上年] <= 1"')
    content = zero_return(kind, {}, prior={"t.x.a": 1, "t.x.b": 0})
    (verdict,) = judge(kind, [sent(content)])
    assert [(f.rule, f.cell, f.sheet) for f in verdict.findings] == [("R-1", "C4", "上年数")]


@pytest.mark.parametrize(("a", "holds"), [("0.0000005", False), ("-0.0000005", False), ("0.0000004", True)])
def test_half_of_the_last_place_is_rounded_away_from_zero(a: str, *, holds: bool) -> None:
    assert outcome("a = 0", a, "0", "0") is (Outcome.PASS if holds else Outcome.FAIL)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("(a = b) + 1 = c", "比较符号"),
        ("sum(a = b) = c", "比较符号"),
        ("a = b:c", "只能写在 sum、min、max"),
        ("abs(a:c) = 1", "只能写在 sum、min、max"),
        ("sum(x.a:x.c) = 1", "同为行代号或同为列代号"),
    ],
)
def test_what_is_no_rule_is_refused_when_the_form_is_loaded(rule: str, words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        form(f'R-1 = "{rule}"')


def test_a_run_in_max_means_its_members_and_in_sum_their_sum() -> None:
    assert outcome("max(a:c) = 3", "1", "2", "3") is Outcome.PASS
    assert outcome("sum(a:c) = 6", "1", "2", "3") is Outcome.PASS
    assert outcome("sum(a:b, c) = 6", "1", "2", "3") is Outcome.PASS


def test_last_years_difference_is_not_written_as_a_sum() -> None:
    kind = form('R-1 = "a[上年] + b[上年] + c[上年] >= 0"', 'F-1 = "c = a - b"')
    assert prior_members(kind, "t.x.c") == ()


def test_last_years_totals_are_computed_in_the_order_they_need() -> None:
    text = """
form = { id = "f", version = 1, title = "F" }
[[table]]
id = "t"
title = "T"
rows = [ { id = "x", label = "X" } ]
columns = [
  { id = "all", label = "全" },
  { id = "net", label = "净" },
  { id = "a", label = "A" },
  { id = "b", label = "B" },
]
formulas = { F-1 = "all = net + b", F-2 = "net = a + b" }
rules = { R-1 = "all >= all[上年] + net[上年] + a[上年] + b[上年]" }
"""
    kind = loads(text)
    made = plan_template(kind, Prefill(prior={"t.x.a": Decimal(1), "t.x.b": Decimal(2)}))
    values = {cell.name: cell.value for cell in made.cells if cell.name.startswith("last_year.")}
    assert (values["last_year.t.x.net"], values["last_year.t.x.all"]) == (3, 5)


def test_a_total_that_fails_on_its_own_is_not_folded_away() -> None:
    kind = loads(
        """
form = { id = "f", version = 1, title = "F" }
[[table]]
id = "t"
title = "T"
rows = [ { id = "now", label = "今" }, { id = "then", label = "昔" } ]
columns = [ { id = "a", label = "A" }, { id = "b", label = "B" }, { id = "total", label = "计" } ]
formulas = { F-1 = "total = a + b" }
rules = { R-1 = "now = then[上年]" }
"""
    )
    prior = {"t.then.a": 2, "t.then.b": 0, "t.then.total": 50}
    found, _ = confront(kind, sent(zero_return(kind, {"t.now.a": 1}, prior=prior)))
    assert [(f.rule, f.column, f.right) for f in found] == [("R-1", "A", 2), ("R-1", "计", 50)]


def test_a_block_inherits_what_it_does_not_say() -> None:
    kind = loads(
        """
form = { id = "f", version = 1, title = "F" }
[[table]]
id = "t"
title = "T"
type = { kind = "decimal", decimals = 2, max = 100, signed = true }
[[table.block]]
title = "一"
type = { unit = "万元", min = 0 }
rows = [ { id = "x", label = "X" } ]
columns = [ { id = "a", label = "A" } ]
"""
    )
    kind_of = kind.variables["t.x.a"].type
    assert (kind_of.decimals, kind_of.maximum, kind_of.minimum, kind_of.unit) == (2, 100, 0, "万元")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('stub_widths = [10]\nrows = [ { id = "x", label = "X", under = "组" } ]', "行标题有 2 级"),
        ('stub_widths = ["10"]\nrows = [ { id = "x", label = "X" } ]', r"stub_widths\[0\]"),
        ('sheet = "校验"\nrows = [ { id = "x", label = "X" } ]', "已被程序使用"),
    ],
)
def test_a_layout_that_cannot_be_drawn_is_refused_when_the_form_is_loaded(lines: str, words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        loads(
            f"""
form = {{ id = "f", version = 1, title = "F" }}
[[table]]
id = "t"
title = "T"
{lines}
columns = [ {{ id = "a", label = "A" }} ]
"""
        )


@pytest.mark.parametrize("code", ["VAL-01", "FILE-05", "FILE-99"])
def test_a_rule_may_not_bear_a_code_of_the_program(code: str) -> None:
    text = """
form = { id = "f", version = 1, title = "F" }
[[table]]
id = "t"
title = "T"
rows = [ { id = "x", label = "X" }, { id = "y", label = "Y" } ]
columns = [ { id = "a", label = "A" } ]
rules = { CODE = "x <= y" }
"""
    with pytest.raises(DefinitionError, match=f"编号“{code}”是程序自己的"):
        loads(text.replace("CODE", code))
    assert loads(text.replace("CODE", "OWN-01")).rules.rule("OWN-01")
