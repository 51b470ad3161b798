"""The expression tree of a rule's side: one tree, from which value, Excel formula, linear terms and words are made.

A node knows variables only by `Key`. The rest it is told: the figures by `Exact`, the addresses by `Places`, the names
by `Speech`. So no node knows a cell.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import NamedTuple, Protocol

from toolkit.model.returns import Submission
from toolkit.text import written


@dataclass(frozen=True, slots=True)
class Exact:
    """One return's numbers. A node raises KeyError where a value is missing, ArithmeticError where it divides by 0.

    ``asked`` are the variables that something was found at: without a value one is refused or due, and no right blank.
    None where that is not known, or where the figures are those of several units: then lists have no value.
    Decimals of 28 digits: sums and products of all that a form admits (see `NumberType.maximum`) are exact, a quotient
    is so to its last digit.
    """

    current: Mapping[str, Decimal | None]
    prior: Mapping[str, Decimal | None]
    asked: Collection[str] | None = None

    @classmethod
    def of(cls, submission: Submission) -> Exact:
        """What a unit sent, beside last year's figures."""
        return cls(submission.content.numbers, submission.prior, None if submission.summed else submission.found_at)

    def result(self, node: Node) -> Decimal | None:
        """What an expression gives; None where a figure is missing, or where it divides by 0."""
        try:
            return node.value(self)
        except (KeyError, ArithmeticError):
            return None

    def cell(self, key: Key) -> Decimal:
        """The number of a variable. Raises KeyError where it has none."""
        value = (self.prior if key.prior else self.current).get(key.name)
        if value is None:
            raise KeyError(key.name)
        return value

    def filled(self, keys: Sequence[Key]) -> list[Decimal]:
        """The numbers of the cells of a list that are filled. Raises KeyError where one that should be is not."""
        blank = {key.name for key in keys if self.current.get(key.name) is None}
        if self.asked is None or not blank.isdisjoint(self.asked):
            raise KeyError(keys[0].name)
        return [self.cell(key) for key in keys if key.name not in blank]


class Places(Protocol):
    """What only a layout knows: where a variable stands, seen from the sheet that the formula is written on."""

    def cell(self, key: Key) -> str:
        """The address of one variable (``D7``), with the sheet where that is another one (``申请情况!D7``)."""

    def area(self, keys: Sequence[Key]) -> str:
        """The addresses of several variables, as one range (``D6:I6``) where they stand in a run."""


class Speech(Protocol):
    """How variables are called in a sentence."""

    def cell(self, key: Key) -> str:
        """One variable, with its value where values are told."""

    def total(self, keys: Sequence[Key]) -> str:
        """The sum of a run of variables."""

    def column(self, keys: Sequence[Key]) -> str:
        """A column of a list."""


class Key(NamedTuple):
    """A variable (``table.row.column``), this year's or last year's (``prior``)."""

    name: str
    prior: bool = False


#: A linear expression: the factor of each variable; the constant stands under None.
Terms = dict[Key | None, Decimal]


def scaled(terms: Terms, factor: Decimal) -> Terms:
    """Terms times a factor."""
    return {key: value * factor for key, value in terms.items()}


def added(left: Terms, right: Terms, sign: Decimal = Decimal(1)) -> Terms:
    """The sum ``left + sign * right``, without terms that cancel."""
    out = dict(left)
    for key, value in right.items():
        out[key] = out.get(key, Decimal(0)) + value * sign
    return {key: value for key, value in out.items() if value != 0}


def _multiplied(left: Terms, right: Terms) -> Terms | None:
    """A product that stays linear because one side is constant; else None."""
    if right.keys() <= {None}:
        left, right = right, left
    return scaled(right, left.get(None, Decimal(0))) if left.keys() <= {None} else None


class Number(NamedTuple):
    """A number written in the rule; with a ``label`` one of the choices of a cell, which holds the label."""

    constant: Decimal
    label: str = ""

    def value(self, _: Exact) -> Decimal:
        """The constant."""
        return self.constant

    def formula(self, _: Places) -> str:
        """The constant in plain digits, as Excel writes it, or the label."""
        return f'"{self.label}"' if self.label else f"{self.constant:f}"

    def terms(self) -> Terms | None:
        """The constant, under the key None."""
        return {None: self.constant}

    def words(self, _: Speech) -> str:
        """The constant in plain digits, or the label."""
        return f"“{self.label}”" if self.label else written(self.constant)

    def keys(self) -> Iterator[Key]:
        """No variable."""
        yield from ()


class Cell(NamedTuple):
    """A reference to one variable, this year's or last year's."""

    key: Key

    def value(self, values: Exact) -> Decimal:
        """Its figure."""
        return values.cell(self.key)

    def formula(self, places: Places) -> str:
        """Its address."""
        return places.cell(self.key)

    def terms(self) -> Terms | None:
        """The variable with factor 1."""
        return {self.key: Decimal(1)}

    def words(self, speech: Speech) -> str:
        """Its label, as ``speech`` says it."""
        return speech.cell(self.key)

    def keys(self) -> Iterator[Key]:
        """The one variable."""
        yield self.key


class Total(NamedTuple):
    """The sum of a run of variables, at least one: ``first:last`` within ``sum``.

    With a ``function``, Excel's SUM, COUNT or COUNTA, what it makes of a list's column, in which a blank is no figure.
    """

    members: tuple[Key, ...]
    function: str = ""

    def value(self, values: Exact) -> Decimal:
        """The sum; of a run without a value as soon as one member has none, for a blank is not 0."""
        found = values.filled(self.members) if self.function else list(map(values.cell, self.members))
        return Decimal(len(found)) if self.function.startswith("COUNT") else sum(found, Decimal(0))

    def formula(self, places: Places) -> str:
        """``SUM`` over their range, or the other function."""
        return f"{self.function or 'SUM'}({places.area(self.members)})"

    def terms(self) -> Terms | None:
        """Every member with factor 1; how many are filled is not linear."""
        return None if self.function.startswith("COUNT") else {key: Decimal(1) for key in self.members}

    def words(self, speech: Speech) -> str:
        """The run by its ends, as ``speech`` says it: ``“甲”至“丙”各项之和``, or ``“账号”各行“关注量”之和``."""
        if not self.function:
            return speech.total(self.members)
        return speech.column(self.members) + ("之和" if self.function == "SUM" else "填了的格数")

    def keys(self) -> Iterator[Key]:
        """The members, first to last."""
        yield from self.members


class Operation(NamedTuple):
    """An operation on nodes: ``+ - * /`` on two, ``neg`` or ``abs`` on one, ``sum``, ``min`` or ``max``.

    A condition is one as well, 1 where it holds and else 0: a comparison, or ``and``, ``or``, ``not`` upon others.
    """

    op: str
    args: tuple[Node, ...]

    def value(self, values: Exact) -> Decimal:
        """The result. Raises ArithmeticError where it divides by 0."""
        return _VALUES[self.op](*(arg.value(values) for arg in self.args))

    def formula(self, places: Places) -> str:
        """The same operation in Excel, with only the brackets that are needed."""
        texts = self._bracketed([arg.formula(places) for arg in self.args])
        if self.op in {*_PHRASES, *_JOINED}:
            return f"{self.op.upper()}({','.join(texts)})"
        return f"-{texts[0]}" if self.op == "neg" else self.op.join(texts)

    def terms(self) -> Terms | None:
        """Linear for sums, differences, and a constant times or below a linear node; else None."""
        parts, linear = [arg.terms() for arg in self.args], _LINEAR.get(self.op)
        return None if linear is None or None in parts else linear(*parts)

    def words(self, speech: Speech) -> str:
        """The operands joined by full-width signs, or a phrase, such as ``“甲” 与 “乙” 中最小的数``."""
        texts = self._bracketed([arg.words(speech) for arg in self.args])
        if self.op == "not":
            return f"并非（{texts[0]}）"
        sign = _SIGNS.get(self.op, "与")
        return f"－{texts[0]}" if self.op == "neg" else f" {sign} ".join(texts) + _PHRASES.get(self.op, "")

    def keys(self) -> Iterator[Key]:
        """The variables of all arguments, left to right; one that is named twice comes twice."""
        for arg in self.args:
            yield from arg.keys()

    def _bracketed(self, texts: Sequence[str]) -> Sequence[str]:
        """The texts of the arguments; behind - and / what binds no tighter is in brackets as well."""
        if self.op in {*_PHRASES, *COMPARED, "not"}:
            return texts
        power = _TIGHT if self.op == "neg" else _POWER[self.op]
        needs = (power, power + (self.op in "-/"))
        return [_wrap(arg, text, need) for arg, text, need in zip(self.args, texts, needs, strict=False)]


Node = Number | Cell | Total | Operation


def leaves(node: Node) -> Iterator[Number | Cell | Total]:
    """What is under a node's operations, left to right."""
    if isinstance(node, Operation):
        for arg in node.args:
            yield from leaves(arg)
    else:
        yield node


#: What a comparison asks.
COMPARED: Mapping[str, Callable[..., bool]] = {
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "<>": operator.ne,
}

_VALUES: Mapping[str, Callable[..., Decimal]] = {
    "neg": operator.neg,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "abs": abs,
    "sum": lambda *values: sum(values, Decimal(0)),
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    **{op: lambda left, right, holds=holds: Decimal(holds(left, right)) for op, holds in COMPARED.items()},
    "and": lambda *values: min(values),
    "or": lambda *values: max(values),
    "not": lambda value: 1 - value,
}
_LINEAR: Mapping[str, Callable[..., Terms | None]] = {
    "neg": lambda terms: scaled(terms, Decimal(-1)),
    "+": added,
    "-": lambda left, right: added(left, right, Decimal(-1)),
    "*": _multiplied,
    "/": lambda left, right: scaled(left, 1 / right[None]) if right.keys() == {None} and right[None] else None,
    "sum": lambda *parts: reduce(added, parts, Terms()),
}
_TIGHT = 9
_POWER: Mapping[str, int] = {"or": -1, "and": 0, "neg": 1, "+": 2, "-": 2, "*": 3, "/": 3}
_JOINED = frozenset({"and", "or", "not"})
_MARKS = {"=": "＝", "<=": "≤", ">=": "≥", "<": "＜", ">": "＞", "<>": "≠", "and": "并且", "or": "或者"}
_SIGNS: Mapping[str, str] = {"+": "＋", "-": "－", "*": "×", "/": "÷", "sum": "＋"} | _MARKS
#: The functions, and how their phrase ends.
_PHRASES: Mapping[str, str] = {"sum": "", "min": " 中最小的数", "max": " 中最大的数", "abs": "的绝对值"}


def _wrap(node: Node, text: str, power: int) -> str:
    mine = _POWER.get(node.op, _TIGHT) if isinstance(node, Operation) else _TIGHT
    return f"({text})" if mine < power else text
