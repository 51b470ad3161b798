"""Turns a form's rule texts into checks, one for each place where a rule holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from toolkit.model.finding import Outcome
from toolkit.model.form import Form
from toolkit.model.rule import RuleText
from toolkit.rules.bind import Binder, BindError, Scope
from toolkit.rules.expression import COMPARED, Cell, Exact, Key, Node, Operation, Terms, Total, added, leaves, scaled
from toolkit.rules.parse import COMPARISONS, THEN, BinaryOperation, RuleSyntaxError, Syntax, parse
from toolkit.text import DECIMALS

#: What is less than half of the last place, rounded half away from 0 as a spreadsheet's ROUND does, is no difference.
_HALF = Decimal(5).scaleb(-DECIMALS - 1)


@dataclass(frozen=True)
class Check:
    """A rule at one place: ``left op right``, where ``when`` holds; its ``key`` is unique (``BAL-01[natural]``)."""

    rule: RuleText
    key: str
    scope: Scope
    op: str
    left: Node
    right: Node
    when: Operation | None = None

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Every variable it reads, once, in reading order, those of its condition last."""
        asked = self.when.keys() if self.when else ()
        return tuple(dict.fromkeys([*self.left.keys(), *self.right.keys(), *asked]))

    @property
    def current(self) -> tuple[Key, ...]:
        """The variables of this year."""
        return tuple(key for key in self.keys if not key.prior)

    @property
    def prior(self) -> tuple[Key, ...]:
        """The variables of last year."""
        return tuple(key for key in self.keys if key.prior)

    @property
    def target(self) -> str:
        """The variable a derived check computes."""
        return self.left.key.name if isinstance(self.left, Cell) else ""

    @cached_property
    def residual(self) -> Terms | None:
        """Linear terms of left minus right; None where the rule is not linear, or holds only under a condition."""
        if self.when:
            return None
        left, right = self.left.terms(), self.right.terms()
        return None if left is None or right is None else added(left, right, Decimal(-1))

    def outcome(self, values: Exact) -> Outcome:
        """The verdict on one return."""
        if any(values.prior.get(key.name) is None for key in self.prior):
            return Outcome.NOT_APPLICABLE
        if self.when and not (asked := values.result(self.when)):
            return Outcome.UNDETERMINED if asked is None else Outcome.NOT_APPLICABLE
        left, right = values.result(self.left), values.result(self.right)
        if left is None or right is None:
            return Outcome.UNDETERMINED
        difference = left - right if abs(left - right) >= _HALF else Decimal(0)
        return Outcome.PASS if COMPARED[self.op](difference, 0) else Outcome.FAIL


@dataclass(frozen=True)
class RuleSet:
    """All checks of a form, in order; ``formulas`` computes derived variables, each after what it needs.

    ``relevant`` are the conditions of variables that are due on one.
    """

    checks: tuple[Check, ...]
    formulas: Mapping[str, Check]
    relevant: Mapping[str, Operation] = field(default_factory=dict)

    @property
    def prior(self) -> tuple[str, ...]:
        """The variables whose last year's figure some rule needs, in order of first use."""
        return tuple(dict.fromkeys(key.name for check in self.checks for key in check.prior))

    def rule(self, rule: str) -> tuple[Check, ...]:
        """All checks of one rule."""
        return tuple(check for check in self.checks if check.rule.id == rule)

    def expanded(self, terms: Terms | None, overwritten: frozenset[str] = frozenset()) -> Terms | None:
        """Terms with every total that the template computes written out as its parts; None for None.

        The totals named in ``overwritten``, and those whose formula is not linear, stay cells of their own. The parts
        of a total are of the same year as the total.
        """
        if terms is None:
            return None
        out: Terms = {}
        for key, factor in terms.items():
            formula = self.formulas.get(key.name) if key and key.name not in overwritten else None
            parts = formula.right.terms() if formula else None
            if key and key.prior and parts:
                parts = {Key(k.name, prior=True) if k else None: n for k, n in parts.items()}
            whole = {key: Decimal(1)} if parts is None else self.expanded(parts, overwritten) or {}
            out = added(out, scaled(whole, factor), Decimal(1))
        return out


def compile_rules(form: Form) -> tuple[RuleSet, list[str]]:
    """The rule set and every problem found (``path: what``); with problems the rule set lacks those rules."""
    checks: list[Check] = []
    problems: list[str] = []
    parts: dict[str, int] = {}
    for rule in form.rules:
        parts[rule.id] = parts.get(rule.id, 0) + 1
        try:
            checks.extend(_expand(form, rule, parts[rule.id]))
        except (RuleSyntaxError, BindError) as error:
            problems.append(f"{rule.path}: {error}")
    formulas: dict[str, Check] = {}
    for check in checks:
        if check.rule.derived:
            formulas.setdefault(check.target, check)
    ordered, circle = _ordered(formulas)
    if circle:
        problems.append(f"formulas: 合计公式互相引用，算不出来：{' → '.join(circle)}")
    relevant: dict[str, Operation] = {}
    for one in form.cells.values():
        try:
            relevant |= {one.name: Binder(form, form.table(one.table)).due(one)} if one.relevant else {}
        except (RuleSyntaxError, BindError) as error:
            problems.append(f"{one.name}.relevant: {error}")
    return RuleSet(tuple(checks), ordered, relevant), problems


def compile_expression(form: Form, text: str) -> Node:
    """An expression over full variable names, as used in a report's sentences; raises RuleSyntaxError or BindError."""
    return Binder(form).node(parse(text), Scope())


def compile_condition(form: Form, text: str) -> Operation:
    """A condition over full variable names, as used for choosing a sentence; raises RuleSyntaxError or BindError."""
    return Binder(form).condition(parse(text), Scope())


def _expand(form: Form, rule: RuleText, part: int) -> Iterator[Check]:
    table = form.table(rule.table) if rule.table else None
    tree = parse(rule.text)
    prefix = rule.id if part == 1 else f"{rule.id}#{part}"
    for check in _checks(Binder(form, table), rule, tree, prefix):
        if rule.derived and (check.op != "=" or not isinstance(check.left, Cell) or check.left.key.prior):
            raise BindError("合计公式应写成“代号 = 公式”，左边只能是一个代号")
        if rule.derived and Key(check.target) in set(check.right.keys()):
            raise BindError("合计公式的右边不能包含它自己")
        if rule.derived and any(isinstance(leaf, Total) and leaf.function for leaf in leaves(check.right)):
            raise BindError("合计公式里不能有清单，请写成 rules 里的规则")
        yield check


def _checks(binder: Binder, rule: RuleText, tree: Syntax, prefix: str) -> Iterator[Check]:
    whole, condition = tree, None
    if isinstance(tree, BinaryOperation) and tree.op == THEN:
        condition, tree = tree.args
    if not isinstance(tree, BinaryOperation) or tree.op not in COMPARISONS:
        raise BindError("规则里要有一个比较符号：= <= >= < > <>")
    for scope in binder.scopes(whole):
        left, right = (binder.node(arg, scope) for arg in tree.args)
        key = f"{prefix}[{scope.id}]" if scope.id else prefix
        yield Check(rule, key, scope, tree.op, left, right, condition and binder.condition(condition, scope))


def _ordered(formulas: Mapping[str, Check]) -> tuple[dict[str, Check], Sequence[str]]:
    """Each formula after those it needs; or the names of a circle."""
    keys = {name: check.right.keys() for name, check in formulas.items()}
    needs = {name: [key.name for key in own if key.name in formulas and not key.prior] for name, own in keys.items()}
    try:
        return {name: formulas[name] for name in TopologicalSorter(needs).static_order()}, ()
    except CycleError as error:
        return {}, error.args[1][::-1]


def derive(
    formulas: Mapping[str, Check],
    numbers: Mapping[str, Decimal | None],
    prior: Mapping[str, Decimal | None],
    typed: Collection[str] = (),
) -> dict[str, Decimal | None]:
    """``numbers`` with every derived variable, exact; None where something it needs is missing.

    Variables in ``typed`` keep the value they have: somebody wrote it over the formula.
    """
    out = dict(numbers)
    source = Exact(out, prior)
    for name, check in formulas.items():
        if name not in typed:
            out[name] = source.result(check.right)
    return out
