"""The expression tree of a rule's side: one tree, from which value, Excel formula, linear terms and words are made.

A node knows variables only by `Key`. Three protocols tell it the rest: `Values` the figures, `Places` the addresses,
`Speech` the names. So the same tree is evaluated over a whole batch or over one return, and no node knows a cell.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple, Protocol

from toolkit.text import written


class Values(Protocol):
    """Where a node finds its figures.

    There are two: `Frame` gives columns (a float a return, NaN for no value), `Exact` the Decimals of one return and
    raises KeyError for no value, ArithmeticError for a division by 0. Both are in ``rules/values.py``.
    """

    def number(self, value: Decimal) -> Any:  # noqa: ANN401 - a column of floats or a Decimal; arithmetic is the same
        """A constant."""

    def cell(self, key: Key) -> Any:  # noqa: ANN401
        """The figure of one variable, or its column."""

    def divide(self, left: Any, right: Any) -> Any:  # noqa: ANN401
        """A quotient; no value where the divisor is 0."""

    def pick(self, function: str, values: Sequence[Any]) -> Any:  # noqa: ANN401
        """``min``, ``max`` or ``abs`` of values."""


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


def sum_of_terms(parts: Iterable[Terms | None]) -> Terms | None:
    """The sum of several; None as soon as one is not linear."""
    out: Terms = {}
    for part in parts:
        if part is None:
            return None
        out = added(out, part)
    return out


def multiplied(left: Terms, right: Terms) -> Terms | None:
    """A product that stays linear because one side is constant; else None."""
    if set(left) <= {None}:
        return scaled(right, left.get(None, Decimal(0)))
    if set(right) <= {None}:
        return scaled(left, right.get(None, Decimal(0)))
    return None


def divided(left: Terms, right: Terms) -> Terms | None:
    """A quotient that stays linear because the divisor is a constant other than 0; else None."""
    if set(right) != {None} or right[None] == 0:
        return None
    return scaled(left, 1 / right[None])


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the rule."""

    constant: Decimal

    def value(self, values: Values) -> Any:  # noqa: ANN401
        """The constant."""
        return values.number(self.constant)

    def formula(self, _: Places) -> str:
        """The constant in plain digits, as Excel writes it."""
        return f"{self.constant:f}"

    def terms(self) -> Terms | None:
        """The constant, under the key None."""
        return {None: self.constant}

    def words(self, _: Speech) -> str:
        """The constant in plain digits."""
        return written(self.constant)

    def keys(self) -> Iterator[Key]:
        """No variable."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A reference to one variable, this year's or last year's."""

    key: Key

    def value(self, values: Values) -> Any:  # noqa: ANN401
        """Its figure, or its column."""
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


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a run of variables, at least one: ``first:last`` within ``sum``."""

    members: tuple[Key, ...]

    def value(self, values: Values) -> Any:  # noqa: ANN401
        """The sum; without a value as soon as one member has none, for a blank is not 0."""
        return reduce(operator.add, map(values.cell, self.members))

    def formula(self, places: Places) -> str:
        """``SUM`` over their range."""
        return f"SUM({places.area(self.members)})"

    def terms(self) -> Terms | None:
        """Every member with factor 1."""
        return {key: Decimal(1) for key in self.members}

    def words(self, speech: Speech) -> str:
        """The run by its ends, as ``speech`` says it: ``“甲”至“丙”各项之和``."""
        return speech.total(self.members)

    def keys(self) -> Iterator[Key]:
        """The members, first to last."""
        yield from self.members


@dataclass(frozen=True, slots=True)
class _Operation:
    op: str
    args: tuple[Node, ...]

    def keys(self) -> Iterator[Key]:
        """The variables of all arguments, left to right; one that is named twice comes twice."""
        for arg in self.args:
            yield from arg.keys()


class Arithmetic(_Operation):
    """An operation on nodes: ``op`` is ``+``, ``-``, ``*`` or ``/`` on two, ``neg`` on one."""

    __slots__ = ()

    def value(self, values: Values) -> Any:  # noqa: ANN401
        """The result, element by element over columns."""
        got = [arg.value(values) for arg in self.args]
        return values.divide(*got) if self.op == "/" else _OPERATORS[self.op](*got)

    def formula(self, places: Places) -> str:
        """The same operation in Excel, with only the brackets that are needed."""
        texts = self._bracketed([arg.formula(places) for arg in self.args])
        return f"-{texts[0]}" if self.op == "neg" else self.op.join(texts)

    def terms(self) -> Terms | None:
        """Linear for sums, differences, and a constant times or below a linear node; else None."""
        parts = [part for arg in self.args if (part := arg.terms()) is not None]
        return _LINEAR[self.op](*parts) if len(parts) == len(self.args) else None

    def words(self, speech: Speech) -> str:
        """The operands joined by full-width signs, with only the brackets that are needed."""
        texts = self._bracketed([arg.words(speech) for arg in self.args])
        return f"－{texts[0]}" if self.op == "neg" else f" {_SIGNS[self.op]} ".join(texts)

    def _bracketed(self, texts: Sequence[str]) -> list[str]:
        """The texts of the arguments; behind - and / what binds no tighter is in brackets as well."""
        power = _POWER.get(self.op, _TIGHT)
        needs = (power, power + (self.op in "-/"))
        return [_wrap(arg, text, need) for arg, text, need in zip(self.args, texts, needs, strict=False)]


class Call(_Operation):
    """A function of nodes: ``op`` is ``sum``, ``min``, ``max`` or ``abs``."""

    __slots__ = ()

    def value(self, values: Values) -> Any:  # noqa: ANN401
        """The result, element by element over columns."""
        got = [arg.value(values) for arg in self.args]
        return reduce(operator.add, got) if self.op == "sum" else values.pick(self.op, got)

    def formula(self, places: Places) -> str:
        """The Excel function of the same name."""
        return f"{self.op.upper()}({','.join(arg.formula(places) for arg in self.args)})"

    def terms(self) -> Terms | None:
        """Linear for ``sum`` of linear nodes; else None."""
        return sum_of_terms(arg.terms() for arg in self.args) if self.op == "sum" else None

    def words(self, speech: Speech) -> str:
        """A sum as its parts joined by ＋; the others as a phrase, such as ``“甲” 与 “乙” 中最小的数``."""
        texts = [arg.words(speech) for arg in self.args]
        if self.op == "sum":
            return " ＋ ".join(texts)
        phrase = {"min": " 中最小的数", "max": " 中最大的数", "abs": "的绝对值"}[self.op]
        return f"{' 与 '.join(texts)}{phrase}"


Node = Number | Cell | Total | Arithmetic | Call

_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_LINEAR: Mapping[str, Callable[..., Terms | None]] = {
    "neg": lambda terms: scaled(terms, Decimal(-1)),
    "+": added,
    "-": lambda left, right: added(left, right, Decimal(-1)),
    "*": multiplied,
    "/": divided,
}
_TIGHT = 9
_POWER: Mapping[str, int] = {"+": 2, "-": 2, "*": 3, "/": 3}
_SIGNS: Mapping[str, str] = {"+": "＋", "-": "－", "*": "×", "/": "÷"}


def _wrap(node: Node, text: str, power: int) -> str:
    mine = _POWER.get(node.op, 1) if isinstance(node, Arithmetic) else _TIGHT
    return f"({text})" if mine < power else text
