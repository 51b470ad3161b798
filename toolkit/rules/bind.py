"""Resolves the names of a rule against a form, and finds the places where the rule holds.

Nobody writes "for every": it follows from what is not named. A rule that names only rows (``total = first + second``)
holds in every column that all these rows have, one that names only columns in every row, one that names whole cells
(``row.column``) once. A rule that mixes these kinds cannot be bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from toolkit.model.cells import NumberType
from toolkit.model.form import Form, Table, Variable
from toolkit.model.period import KINDS, SO_FAR, on_file
from toolkit.rules.expression import Cell, Key, Node, Number, Operation, Total
from toolkit.rules.parse import COMPARISONS, FUNCTIONS, JUNCTIONS, THEN, BinaryOperation, Literal, Name, Span, Syntax
from toolkit.rules.parse import parse as parsed


class BindError(ValueError):
    """A name that the form does not have, or names that do not go together; worded for the rule's author."""


class Scope(NamedTuple):
    """One place where a rule holds: a row, a column, or neither (a rule that names whole cells)."""

    row: str = ""
    column: str = ""

    @property
    def id(self) -> str:
        """The row or column id."""
        return self.row or self.column


@dataclass(frozen=True)
class Binder:
    """Names of one form, seen from one of its tables; without ``table`` only full names are known."""

    form: Form
    table: Table | None = None

    @cached_property
    def rows(self) -> dict[str, set[str]]:
        """For each row id the ids of its columns."""
        blocks = self.table.blocks if self.table else ()
        return {row.id: {column.id for column in block.columns} for block in blocks for row in block.rows}

    @cached_property
    def order(self) -> dict[str, list[str]]:
        """The ids of kind ``row`` and ``column``, as printed."""
        blocks = self.table.blocks if self.table else ()
        columns = dict.fromkeys(column.id for block in blocks for column in block.columns)
        return {"row": list(self.rows), "column": list(columns)}

    def kind(self, name: Name) -> str:
        """What a name is: ``row``, ``column`` or ``cell``. Raises BindError, with a hint, for any other name."""
        if len(name.parts) == 1 and name.parts[0] in self.rows:
            return "row"
        if len(name.parts) == 1 and name.parts[0] in self.order["column"]:
            return "column"
        if (len(name.parts) > 1 and self.full(name) in self.form.variables) or self.listed(name):
            return "cell"
        raise BindError(f"没有代号“{'.'.join(name.parts)}”{self.near(name)}")

    def near(self, name: Name) -> str:
        """A hint at the id that may have been meant, as the end of a sentence; empty where none is near."""
        known = [*self.rows, *self.order["column"]] if len(name.parts) == 1 else list(self.form.variables)
        from difflib import get_close_matches  # noqa: PLC0415 - only when something is misspelt

        close = get_close_matches(".".join(name.parts), known, n=1)
        return f"，是不是“{close[0]}”？" if close else ""

    def full(self, name: Name) -> str:
        """The variable name ``table.row.column`` that a reference of two or three parts stands for."""
        prefix = (self.table.id,) if self.table and len(name.parts) == 2 else ()  # noqa: PLR2004
        return ".".join((*prefix, *name.parts))

    def listed(self, name: Name) -> tuple[str, ...]:
        """The variables of a list's column, ``accounts.followers``, or for ``accounts`` of its first; else none."""
        text, columns = ".".join(name.parts), self.form.columns
        return columns.get(f"{self.table.id}.{text}" if self.table else text) or columns.get(text, ())

    def scopes(self, tree: Syntax) -> list[Scope]:
        """Every place where the rule holds, as printed.

        Raises BindError where the rule names nothing, mixes rows, columns and cells, or holds nowhere.
        """
        spans = [leaf for leaf in _leaves(tree) if isinstance(leaf, Span)]
        names = [name for leaf in _leaves(tree) for name in _ends(leaf)]
        kinds = {self.kind(name) for name in names}
        if isinstance(tree, BinaryOperation) and tree.op == THEN and len(kinds) > 1:
            # A whole cell in a condition is the same in every row or column.
            kinds -= {"cell"}
            names = [name for name in names if self.kind(name) != "cell"]
        if not kinds:
            raise BindError("规则里没有任何行列代号")
        if len(kinds) > 1:
            raise BindError("一条规则里，行代号、列代号、“行.列”代号不能混用")
        kind = kinds.pop()
        if kind == "cell":
            return [Scope()]
        used = {part for name in names for part in name.parts} | {p for span in spans for p in self.run(span, kind)}
        if kind == "row":
            found = [Scope(column=c) for c in self.order["column"] if all(c in self.rows[r] for r in used)]
        else:
            found = [Scope(row=r) for r, columns in self.rows.items() if used <= columns]
        if not found:
            raise BindError("这些代号没有共同的行或列")
        return found

    def run(self, span: Span, kind: str) -> Sequence[str]:
        """The ids from first to last as printed, both included; ``kind`` is what the rule names, ``row`` or ``column``.

        Raises BindError where both ends are not of that kind and of the same year, or stand in reverse.
        """
        kinds = {self.kind(span.first), self.kind(span.last), kind}
        if len(kinds) > 1 or kind == "cell" or span.first[2:] != span.last[2:]:
            raise BindError("冒号两边应同为行代号或同为列代号")
        if span.first.lag == SO_FAR:
            raise BindError("冒号两边不能带“累计”，请一项一项写")
        order = self.order[kind]
        first, last = order.index(span.first.parts[0]), order.index(span.last.parts[0])
        if first > last:
            raise BindError(f"“{span.first.parts[0]}”排在“{span.last.parts[0]}”之后，请对调")
        return order[first : last + 1]

    def key(self, name: Name, part: str, scope: Scope) -> Key:
        """The variable that a row or column id means at a place, of the time that a name says."""
        table = self.table.id if self.table else ""
        return self.dated(f"{table}.{scope.row or part}.{part if scope.row else scope.column}", name)

    def dated(self, variable: str, name: Name) -> Key:
        """A variable, of the time that a name says. Raises BindError for a part of a year where there is none."""
        if name.lag and self.form.period_kind == KINDS[0]:
            raise BindError("一年一报的表没有“上期”和“累计”，请写“上年”")
        return Key(variable + name.lag, name.prior)

    def figure(self, name: Name, scope: Scope) -> Node:
        """The figure that a name means at a place; 累计 is that of the period and of those before it in its year.

        Raises BindError for a list.
        """
        if self.listed(name):
            raise BindError(f"“{'.'.join(name.parts)}”是清单，只能单独写在 sum 或 count 的括号里，不带“[上年]”")
        whole = self.kind(name) == "cell"
        key = self.dated(self.full(name), name) if whole else self.key(name, name.parts[0], scope)
        if name.lag != SO_FAR:
            return Cell(key)
        return Operation("+", (Cell(Key(on_file(key.name)[0])), Cell(key)))

    def filled(self, op: str, names: Sequence[str]) -> Total:
        """The sum or the number of what is filled in a list's column. Raises BindError for a sum of choices."""
        labels = self.form.variables[names[0]].type.choices
        if op == "sum" and labels:
            raise BindError("可选的项不能相加，可以用 count 计数")
        return Total(tuple(map(Key, names)), "COUNTA" if labels else op.upper())

    def node(self, tree: Syntax, scope: Scope) -> Node:
        """The expression tree for one place. Raises BindError for a run or a comparison where none may stand."""
        match tree:
            case Literal(Decimal() as value):
                return Number(value)
            case Literal(text):
                raise BindError(f"“{text}”只能写在条件里，与可选的项相比较")
            case Name():
                return self.figure(tree, scope)
            case BinaryOperation("sum" | "count" as op, (Name(prior=False) as only,)) if self.listed(only):
                return self.filled(op, self.listed(only))
            case BinaryOperation("count", _):
                raise BindError("count 的括号里只能是一个清单的代号，或“清单.列”")
            case BinaryOperation("sum", (Span() as only,)):
                return Total(self.keys(only, scope))
            case BinaryOperation(op, args) if op in FUNCTIONS:
                return Operation(op, tuple(node for arg in args for node in self.argument(op, arg, scope)))
            case BinaryOperation(op, args) if op not in COMPARISONS:
                return Operation(op, tuple(self.node(arg, scope) for arg in args))
            case Span():
                raise BindError("一段行或列（带冒号）只能写在 sum、min、max 的括号里")
            case _:
                raise BindError("比较符号不能写在算式里面")

    def condition(self, tree: Syntax, scope: Scope) -> Operation:
        """The condition for one place: comparisons, joined. Raises BindError for anything else and unknown choices."""
        match tree:
            case BinaryOperation(op, args) if op in JUNCTIONS:
                return Operation(op, tuple(self.condition(arg, scope) for arg in args))
            case BinaryOperation(op, (left, Literal(str(text)))) if op in COMPARISONS:
                cell = self.node(left, scope)
                kind = self.form.variables[cell.key.name].type if isinstance(cell, Cell) else NumberType()
                if not (place := kind.place(text)):
                    raise BindError(f"“{text}”不是可选的项（{'、'.join(kind.choices)}）")
                return Operation(op, (cell, Number(place, kind.shown(place))))
            case BinaryOperation(op, args) if op in COMPARISONS:
                return Operation(op, tuple(self.node(arg, scope) for arg in args))
        raise BindError("条件里要有比较符号，用 and、or、not 连接")

    def due(self, variable: Variable) -> Operation:
        """The condition on which a cell is due, seen from its own row or column."""
        tree = parsed(variable.relevant)
        kinds = {self.kind(name) for leaf in _leaves(tree) for name in _ends(leaf)}
        scope = Scope(column=variable.column) if kinds == {"row"} else Scope(row=variable.row)
        return self.condition(tree, scope if kinds != {"cell"} else Scope())

    def argument(self, function: str, tree: Syntax, scope: Scope) -> list[Node]:
        """The nodes of a function's argument; a run is one `Total` in ``sum``, its members in ``min`` and ``max``."""
        if not isinstance(tree, Span) or function == "abs":
            return [self.node(tree, scope)]
        keys = self.keys(tree, scope)
        return [Total(keys)] if function == "sum" else [Cell(key) for key in keys]

    def keys(self, span: Span, scope: Scope) -> tuple[Key, ...]:
        """The variables that a run of ids means at a place."""
        ids = self.run(span, "column" if scope.row else "row")
        return tuple(self.key(span.first, part, scope) for part in ids)


def _leaves(tree: Syntax) -> Iterator[Name | Span]:
    """The names and runs of names, left to right."""
    if isinstance(tree, BinaryOperation):
        for arg in tree.args:
            yield from _leaves(arg)
    elif isinstance(tree, Name | Span):
        yield tree


def _ends(leaf: Name | Span) -> tuple[Name, ...]:
    return (leaf.first, leaf.last) if isinstance(leaf, Span) else (leaf,)
