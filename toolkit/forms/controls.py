"""Control totals: figures that the respondent adds up by hand, on a sheet of their own, held against the live totals.

A template whose totals are live formulas hides which input is wrong; a figure that somebody has added up independently
brings that knowledge back. They are not beside the live totals, where they would only be copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolkit.model.codes import Code
from toolkit.model.form import CONTROLS, Block, Form, Label, Table
from toolkit.model.rule import RuleText

_COLUMN = "control"
_SHEET = "手工合计"


def with_controls(form: Form) -> Form:
    """The form with a table of control totals for every table that declares some; the same form if none does."""
    tables = [table for table in form.tables if table.controls]
    if not tables:
        return form
    made = tuple(_table(table, alone=len(tables) == 1) for table in tables)
    rules = tuple(rule for table in tables for rule in _rules(table))
    return replace(form, id=form.id + CONTROLS, tables=(*form.tables, *made), rules=(*form.rules, *rules))


def _members(table: Table) -> Iterator[tuple[Block, list[tuple[Label, Label]]]]:
    """For each control of each block: the (row, column) pairs of the totals it stands for."""
    for block in table.blocks:
        for name in table.controls:
            pairs = [(row, column) for row in block.rows for column in block.columns if name in {row.id, column.id}]
            if pairs:
                yield block, pairs


def _table(table: Table, *, alone: bool) -> Table:
    blocks = []
    for block, pairs in _members(table):
        alike = len({column.id for _, column in pairs}) == 1
        rows = tuple(row if alike else Label(id="", label=column.label, under=row.path) for row, column in pairs)
        named = tuple(replace(row, id=f"{a.id}_{b.id}") for row, (a, b) in zip(rows, pairs, strict=True))
        column, title = Label(id=_COLUMN, label="手工合计"), " " if len(table.controls) > 1 else ""
        blocks.append(Block(rows=named, columns=(column,), type={**table.type, **block.type}, title=title))
    return Table(
        id=f"control_{table.id}",
        title=f"手工合计：{table.title}",
        sheet=_SHEET if alone else f"{_SHEET}（{table.sheet}）"[:31],
        blocks=tuple(blocks),
        stub_widths=table.stub_widths if table.layout == "table" else (),
        column_width=30.0,
    )


def _rules(table: Table) -> Iterator[RuleText]:
    for _, pairs in _members(table):
        for row, column in pairs:
            yield RuleText(
                id=Code.CTL_01.value,
                text=f"{table.id}.{row.id}.{column.id} = control_{table.id}.{row.id}_{column.id}.{_COLUMN}",
                path=f"table({table.id}).controls",
                remedy="请对照台账核对这一行（列）的各格和手工合计，改正填错的数",
            )
