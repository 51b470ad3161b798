"""Turns a form's rule texts into checks, one for each place where a rule holds; evaluates them over a batch."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.model.finding import Outcome
from toolkit.model.form import Form
from toolkit.model.rule import RuleText
from toolkit.rules.bind import Binder, BindError, Scope
from toolkit.rules.expression import Cell, Key, Node, Terms, added, scaled
from toolkit.rules.parse import COMPARISONS, BinaryOperation, RuleSyntaxError, Syntax, parse
from toolkit.rules.values import Exact, Frame
from toolkit.text import DECIMALS

#: Codes of a verdict matrix, by position.
OUTCOMES = (Outcome.PASS, Outcome.FAIL, Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE)
PASS, FAIL, UNDETERMINED, NOT_APPLICABLE = range(len(OUTCOMES))
_OPERATORS: Mapping[str, Callable[[Any, int], Any]] = {
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "<>": operator.ne,
}


@dataclass(frozen=True)
class Check:
    """A rule at one place: ``left op right``. ``key`` is unique in the form (``BAL-01[natural]``)."""

    rule: RuleText
    key: str
    scope: Scope
    op: str
    left: Node
    right: Node

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Every variable it reads, once, in reading order."""
        return tuple(dict.fromkeys([*self.left.keys(), *self.right.keys()]))

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
        """Linear terms of left minus right; None where the rule is not linear."""
        left, right = self.left.terms(), self.right.terms()
        return None if left is None or right is None else added(left, right, Decimal(-1))

    def outcomes(self, frame: Frame) -> NDArray[np.int8]:
        """One outcome a return (int8, shape: returns), as positions in ``OUTCOMES``."""
        size = frame.current.shape[0]
        missing = np.zeros(size, dtype=bool)
        absent = np.zeros(size, dtype=bool)
        for key in self.keys:
            (absent if key.prior else missing)[np.isnan(frame.cell(key))] = True
        with np.errstate(all="ignore"):
            difference = _rounded(self.left.value(frame) - self.right.value(frame))
            good = holds(self.op, np.broadcast_to(difference, (size,)))
        out = np.where(good, PASS, FAIL)
        out = np.where(missing | ~np.isfinite(difference), UNDETERMINED, out)
        return np.where(absent, NOT_APPLICABLE, out).astype(np.int8)


@dataclass(frozen=True)
class RuleSet:
    """All checks of a form, in order; ``formulas`` computes derived variables, each after what it needs."""

    checks: tuple[Check, ...]
    formulas: Mapping[str, Check]

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
    return RuleSet(tuple(checks), ordered), problems


def compile_expression(form: Form, text: str) -> Node:
    """An expression over full variable names, as used in a report's sentences; raises RuleSyntaxError or BindError."""
    return Binder(form).node(parse(text), Scope())


def compile_condition(form: Form, text: str) -> Check:
    """A comparison over full variable names, as used for choosing a sentence; raises RuleSyntaxError or BindError."""
    rule = RuleText(id="", text=text, path="")
    return next(_checks(Binder(form), rule, parse(text), ""))


def _expand(form: Form, rule: RuleText, part: int) -> Iterator[Check]:
    table = form.table(rule.table) if rule.table else None
    tree = parse(rule.text)
    prefix = rule.id if part == 1 else f"{rule.id}#{part}"
    for check in _checks(Binder(form, table), rule, tree, prefix):
        if rule.derived and (check.op != "=" or not isinstance(check.left, Cell) or check.left.key.prior):
            raise BindError("合计公式应写成“代号 = 公式”，左边只能是一个代号")
        if rule.derived and Key(check.target) in set(check.right.keys()):
            raise BindError("合计公式的右边不能包含它自己")
        yield check


def _checks(binder: Binder, rule: RuleText, tree: Syntax, prefix: str) -> Iterator[Check]:
    if not isinstance(tree, BinaryOperation) or tree.op not in COMPARISONS:
        raise BindError("规则里要有一个比较符号：= <= >= < > <>")
    for scope in binder.scopes(tree):
        left, right = (binder.node(arg, scope) for arg in tree.args)
        key = f"{prefix}[{scope.id}]" if scope.id else prefix
        yield Check(rule, key, scope, tree.op, left, right)


def _rounded(difference: Any) -> Any:  # noqa: ANN401 - a scalar where both sides are constants
    """Half away from zero, as a spreadsheet's ROUND does."""
    unit = 10.0**DECIMALS
    return np.sign(difference) * np.floor(np.abs(difference) * unit + 0.5) / unit


def holds(op: str, difference: Any) -> Any:  # noqa: ANN401 - a Decimal gives a bool, an array an array
    """Whether ``left op right`` holds, given the difference left minus right (a number, or a column of them)."""
    return _OPERATORS[op](difference, 0)


def _ordered(formulas: Mapping[str, Check]) -> tuple[dict[str, Check], Sequence[str]]:
    """Each formula after those it needs; or the names of a circle."""
    out: dict[str, Check] = {}
    open_now: list[str] = []

    def visit(name: str) -> bool:
        if name in out:
            return True
        if name in open_now:
            open_now.append(name)
            return False
        open_now.append(name)
        for key in formulas[name].right.keys():
            if key.name in formulas and not key.prior and not visit(key.name):
                return False
        open_now.pop()
        out[name] = formulas[name]
        return True

    for name in formulas:
        if not visit(name):
            return out, open_now[open_now.index(open_now[-1]) :]
    return out, ()


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
