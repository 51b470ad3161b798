"""Reads rule text as a clerk types it and gives a syntax tree of names, numbers and operations.

A Pratt parser (V. Pratt, "Top down operator precedence", 1973). Full-width marks are read as their plain forms.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from toolkit.model.period import EARLIER

FUNCTIONS = ("sum", "min", "max", "abs", "count")
COMPARISONS = ("=", "<=", ">=", "<", ">", "<>")
#: What joins comparisons to a condition.
JUNCTIONS, THEN = ("and", "or", "not"), "then"

_WIDE = str.maketrans("＋－＊／（）＝＜＞，：［］．×÷　“”", '+-*/()=<>,:[].*/ ""')
_WIDE_PAIRS = (("≥", ">="), ("≤", "<="), ("≠", "<>"), ("==", "="))
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)"
    r"|(?P<text>\"[^\"]*\")"
    r"|(?P<sign><=|>=|<>|[-+*/()=<>,:\[\]])"
    r"|(?P<word>[^\W\d_]+))",
    re.ASCII,
)
_WORD = re.compile(rf"\s*(?P<word>{'|'.join(sorted(EARLIER, reverse=True))})")
#: What begins a rule with a condition: ``if … then …``; for ``then`` binds the two.
_IF = re.compile(r"^if\b")
_BIND = {THEN: 1, "or": 2, "and": 3, **dict.fromkeys(COMPARISONS, 5), "+": 6, "-": 6, "*": 7, "/": 7}
_PREFIXES = {"not": ("not", 4), "-": ("neg", 8)}
#: Brackets within brackets, and operations upon operations: what walks the tree takes a step of the stack for each.
_DEEPEST = 100
#: So many characters before and behind the place are shown of a faulty rule.
_AROUND = 80


class RuleSyntaxError(ValueError):
    """A rule's text cannot be read; shows the text with a caret under the place."""

    def __init__(self, text: str, at: int, why: str) -> None:
        self.why = why
        self.at = at
        begin = max(0, at - _AROUND)
        before, behind = ("……" if begin else "") + text[begin:at], text[at:]
        behind = behind if len(behind) <= _AROUND else behind[:_AROUND] + "……"
        # A Chinese character takes two columns of a terminal.
        pad = "".join("  " if ord(c) > 0xFF else " " for c in before)  # noqa: PLR2004
        super().__init__(f"{why}：\n      {before}{behind}\n      {pad}^")


class Name(NamedTuple):
    """A reference as written: one to three dotted parts; ``prior`` for an earlier time, ``lag`` says which."""

    parts: tuple[str, ...]
    at: int
    prior: bool = False
    lag: str = ""


class Literal(NamedTuple):
    """A number, or a text: one of the choices of what it is compared with."""

    value: Decimal | str


class Span(NamedTuple):
    """``first:last``, both included."""

    first: Name
    last: Name


class BinaryOperation(NamedTuple):
    """A function, ``neg``, an arithmetic operator, a comparison, one of `JUNCTIONS`, or `THEN`, with its arguments."""

    op: str
    args: tuple[Syntax, ...]


Syntax = Name | Literal | Span | BinaryOperation


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str) -> Syntax:
    """The syntax tree of a rule or expression; RuleSyntaxError with the place otherwise."""
    plain = text.translate(_WIDE)
    for wide, narrow in _WIDE_PAIRS:
        plain = plain.replace(wide, narrow)
    parser = _Parser(_IF.sub("  ", plain.strip()))
    tree = parser.expression(0)
    if parser.peek():
        parser.fail("这里多了内容")
    return tree


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at) or _WORD.match(text, at)
        if found is None:
            skip = len(text[at:]) - len(text[at:].lstrip())
            raise RuleSyntaxError(text, at + skip, "看不懂这里")
        kind = found.lastgroup or ""
        out.append(_Token(kind, found[kind], found.start(kind)))
        at = found.end()
    return out


class _Parser:
    """One text being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.next = 0
        self.open = 0
        self.heights: dict[int, int] = {}

    def fail(self, why: str, at: int | None = None) -> None:
        here = self.tokens[self.next].at if self.next < len(self.tokens) else len(self.text)
        raise RuleSyntaxError(self.text, here if at is None else at, why)

    def peek(self) -> str:
        return self.tokens[self.next].text if self.next < len(self.tokens) else ""

    def take(self, wanted: str = "") -> _Token:
        if self.next >= len(self.tokens):
            self.fail(f"没有写完，应有“{wanted}”" if wanted else "没有写完")
        token = self.tokens[self.next]
        if wanted and token.text != wanted:
            self.fail(f"这里应为“{wanted}”")
        self.next += 1
        return token

    def operation(self, op: str, parts: tuple[Syntax, ...], at: int) -> BinaryOperation:
        tree = BinaryOperation(op, parts)
        self.heights[id(tree)] = 1 + max(self.heights.get(id(part), 0) for part in parts)
        self.bound(self.heights[id(tree)], at)
        return tree

    def bound(self, depth: int, at: int) -> None:
        if depth > _DEEPEST:
            self.fail(f"括号或运算套得太深，最多 {_DEEPEST} 层", at)

    def expression(self, bind: int) -> Syntax:
        self.open += 1
        self.bound(self.open, self.tokens[min(self.next, len(self.tokens) - 1)].at if self.tokens else 0)
        tree = self.operations(bind)
        self.open -= 1
        return tree

    def operations(self, bind: int) -> Syntax:
        left = self.operand()
        while (power := _BIND.get(self.peek(), 0)) > bind:
            op = self.take()
            right = self.expression(power)
            if op.text in COMPARISONS and (_compares(left) or _compares(right)):
                self.fail("一条规则只能有一个比较符号", op.at)
            left = self.operation(op.text, (left, right), op.at)
        return left

    def operand(self) -> Syntax:
        token = self.take()
        if token.kind in {"number", "text"}:
            return Literal(Decimal(token.text) if token.kind == "number" else token.text.strip('"'))
        if token.text in _PREFIXES:
            op, bind = _PREFIXES[token.text]
            return self.operation(op, (self.expression(bind),), token.at)
        if token.text == "(":
            inside = self.expression(0)
            self.take(")")
            return inside
        if token.kind != "name":
            self.fail("这里应是数、行列代号或函数", token.at)
        if self.peek() == "(":
            return self.call(token)
        first = self.name(token)
        if self.peek() != ":":
            return first
        self.take()
        last = self.take()
        if last.kind != "name":
            self.fail("冒号后应是行列代号", last.at)
        return Span(first, self.name(last))

    def call(self, token: _Token) -> Syntax:
        if token.text not in FUNCTIONS:
            self.fail(f"没有函数 {token.text}，可用：{'、'.join(FUNCTIONS)}", token.at)
        self.take("(")
        args = [self.expression(0)]
        while self.peek() == ",":
            self.take()
            args.append(self.expression(0))
        self.take(")")
        if token.text == "abs" and len(args) != 1:
            self.fail("abs 只要一个参数", token.at)
        return self.operation(token.text, tuple(args), token.at)

    def name(self, token: _Token) -> Name:
        parts = tuple(token.text.split("."))
        if len(parts) > 3:  # noqa: PLR2004
            self.fail("代号最多三段：表.行.列", token.at)
        if self.peek() != "[":
            return Name(parts, token.at)
        self.take()
        word = self.take()
        if word.text not in EARLIER:
            self.fail(f"方括号里只能写“{'”“'.join(EARLIER)}”", word.at)
        self.take("]")
        return Name(parts, token.at, prior=True, lag=EARLIER[word.text])


def _compares(tree: Syntax) -> bool:
    return isinstance(tree, BinaryOperation) and tree.op in COMPARISONS
