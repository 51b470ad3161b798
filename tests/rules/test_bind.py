"""Names are resolved against the form; where a rule holds follows from what it does not name."""

from __future__ import annotations

import pytest

from toolkit.forms.read_form import parse_definition
from toolkit.model.form import Form
from toolkit.rules.bind import Binder, BindError, Scope
from toolkit.rules.expression import Cell, Key, Node, Operation, Total
from toolkit.rules.parse import parse

FORM = """
[form]
id = "small"
version = 1
title = "小表"

[[table]]
id = "t"
title = "一"
rows = [{ id = "x", label = "X" }, { id = "y", label = "Y" }, { id = "z", label = "Z" }]
columns = [{ id = "a", label = "A" }, { id = "b", label = "B" }, { id = "c", label = "C" }]

[[table]]
id = "u"
title = "二"

[[table.block]]
rows = [{ id = "m", label = "M" }]
columns = [{ id = "p", label = "P" }, { id = "q", label = "Q" }]

[[table.block]]
rows = [{ id = "n", label = "N" }]
columns = [{ id = "q", label = "Q" }, { id = "r", label = "R" }]
"""


def form() -> Form:
    made = parse_definition(FORM)
    found, problems = made.form, list(made.problems)
    assert problems == []
    return found


def binder(table: str = "t") -> Binder:
    return Binder(form(), form().table(table) if table else None)


def bound(table: str, text: str) -> Node:
    """The tree at the first place where the rule holds."""
    return binder(table).node(parse(text), binder(table).scopes(parse(text))[0])


def places(text: str, table: str = "t") -> list[str]:
    scopes = binder(table).scopes(parse(text))
    return [f"row {s.row}" if s.row else f"column {s.column}" if s.column else "cells" for s in scopes]


@pytest.mark.parametrize(
    ("table", "text", "where"),
    [
        ("t", "x = y", ["column a", "column b", "column c"]),
        ("t", "x:z >= 0", ["column a", "column b", "column c"]),
        ("t", "a = b", ["row x", "row y", "row z"]),
        ("t", "a = a[上年]", ["row x", "row y", "row z"]),
        ("t", "x.a = y.b", ["cells"]),
        ("t", "t.x.a = u.m.p", ["cells"]),
        ("", "t.x.a = u.m.p", ["cells"]),
        ("u", "m >= 0", ["column p", "column q"]),
        ("u", "m = n", ["column q"]),
        ("u", "q >= 0", ["row m", "row n"]),
        ("u", "p <= q", ["row m"]),
        ("u", "sum(p:q) = 0", ["row m"]),
        ("u", "q <= r", ["row n"]),
    ],
)
def test_a_rule_holds_wherever_all_it_names_is(table: str, text: str, where: list[str]) -> None:
    assert places(text, table) == where


@pytest.mark.parametrize(
    ("table", "text", "why"),
    [
        ("t", "x = a", "一条规则里，行代号、列代号、“行.列”代号不能混用"),
        ("t", "x = x.a", "一条规则里，行代号、列代号、“行.列”代号不能混用"),
        ("t", "1 = 1", "规则里没有任何行列代号"),
        ("t", "x = w", "没有代号“w”"),
        ("t", "x = u.m.r", "没有代号“u.m.r”，是不是“u.n.r”？"),
        ("t", "x.d = 1", "没有代号“x.d”"),
        ("", "x = y", "没有代号“x”"),
        ("", "t.x = 1", "没有代号“t.x”，是不是“t.x.c”？"),
        ("u", "p = r", "这些代号没有共同的行或列"),
        ("t", "sum(z:x) = 1", "“z”排在“x”之后，请对调"),
        ("t", "sum(x[上年]:z) = 1", "冒号两边应同为行代号或同为列代号"),
    ],
)
def test_names_that_do_not_go_together_are_refused_with_the_reason(table: str, text: str, why: str) -> None:
    with pytest.raises(BindError) as caught:
        bound(table, text)
    assert str(caught.value) == why


def test_a_misspelt_name_is_guessed() -> None:
    longer = FORM.replace('id = "x"', 'id = "carried_in"')
    found = parse_definition(longer).form
    with pytest.raises(BindError, match="没有代号“caried_in”，是不是“carried_in”？"):
        Binder(found, found.table("t")).scopes(parse("caried_in = y"))


def test_a_row_means_its_cell_in_the_column_where_the_rule_holds() -> None:
    assert binder().node(parse("x"), Scope(column="b")) == Cell(Key("t.x.b"))
    assert binder().node(parse("x[上年]"), Scope(column="b")) == Cell(Key("t.x.b", prior=True))


def test_a_column_means_its_cell_in_the_row_where_the_rule_holds() -> None:
    assert binder().node(parse("b"), Scope(row="y")) == Cell(Key("t.y.b"))


def test_a_cell_is_named_within_its_table_or_in_full() -> None:
    assert binder().node(parse("x.a"), Scope()) == Cell(Key("t.x.a"))
    assert binder().node(parse("u.n.r[上年]"), Scope()) == Cell(Key("u.n.r", prior=True))


QUARTERLY = FORM.replace("version = 1\n", 'version = 1\nperiod = "quarter"\n')


def test_of_a_part_of_a_year_the_part_before_and_the_year_so_far_are_named_too() -> None:
    form = parse_definition(QUARTERLY).form
    known = Binder(form, form.table("t"))
    now, last, before = (Cell(Key(f"t.x.b{time}", bool(time))) for time in ("", ".last", ".before"))
    assert known.node(parse("x[上期]"), Scope(column="b")) == last
    assert known.node(parse("x.b[累计]"), Scope()) == Operation("+", (now, before))
    assert known.node(parse("x[上年同期]"), Scope(column="b")) == Cell(Key("t.x.b", prior=True))
    with pytest.raises(BindError, match="冒号两边不能带“累计”"):
        known.node(parse("sum(x[累计]:z[累计])"), Scope(column="b"))
    for text in ("x[上期]", "x[累计]"):
        with pytest.raises(BindError, match="一年一报的表没有“上期”和“累计”"):
            binder().node(parse(text), Scope(column="b"))


def test_a_run_is_every_row_or_column_from_first_to_last_as_printed() -> None:
    assert binder().node(parse("sum(x:z)"), Scope(column="a")) == Total((Key("t.x.a"), Key("t.y.a"), Key("t.z.a")))
    assert binder().node(parse("sum(b:c)"), Scope(row="z")) == Total((Key("t.z.b"), Key("t.z.c")))
    assert binder().node(parse("sum(b:b)"), Scope(row="z")) == Total((Key("t.z.b"),))
    assert binder().node(parse("sum(a[上年]:b[上年])"), Scope(row="z")) == Total(
        (Key("t.z.a", prior=True), Key("t.z.b", prior=True))
    )


def test_a_sum_may_have_runs_and_single_names() -> None:
    node = binder().node(parse("sum(a:b, c)"), Scope(row="x"))
    assert node == Operation("sum", (Total((Key("t.x.a"), Key("t.x.b"))), Cell(Key("t.x.c"))))


def test_a_run_over_blocks_takes_the_rows_in_printed_order() -> None:
    assert binder("u").node(parse("sum(m:n)"), Scope(column="q")) == Total((Key("u.m.q"), Key("u.n.q")))
