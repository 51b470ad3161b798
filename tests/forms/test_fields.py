"""Keys are declared once; whatever is not as declared is told with its path, and with what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

import pytest

from toolkit.forms.fields import Fields
from toolkit.model.grid import BREAK
from toolkit.model.keys import Also, Id, Must, Ref

COLOURS = Ref("没有颜色“{}”")


class Leaf(NamedTuple):
    """A table inside."""

    id: Annotated[Id, "its name"]
    colours: Annotated[tuple[str, ...], COLOURS, "its colours"] = ()


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A table with a key of each type."""

    title: Annotated[str, "what it is called"]
    short: Annotated[str, Also(like="title"), "what it is called in brief"]
    kind: Annotated[Literal["oak", "elm"], "what it is"] = "oak"
    height: Annotated[Decimal | None, Also("metres"), "how high it is"] = None
    rings: Annotated[int, Must(range(1, 100).__contains__, "应在 1 和 99 之间"), "how old it is"] = 1
    felled: Annotated[date, "when it fell"] = date.max
    label: Annotated[str, Also(breaks=True), "printed"] = ""
    leaves: Annotated[tuple[Leaf, ...], Also("leaf"), "its leaves"] = ()
    counts: Annotated[Mapping[str, Decimal], "how many of each"] = field(default_factory=dict)
    acorns: Annotated[int, Also(of="oak"), "how many acorns"] = 0
    path: str = "no key"


def read(of: str = "oak", /, **data: object) -> tuple[Tree, list[str]]:
    fields = Fields({"title": "树", **data}, "tree", [], {}, {COLOURS: {"red", "green"}})
    made = fields.made(Tree, of=of)
    fields.unknown()
    return made, fields.problems


def problems(of: str = "oak", /, **data: object) -> list[str]:
    return read(of, **data)[1]


def test_what_is_written_is_read_as_declared() -> None:
    leaf = {"id": "a", "colours": "red"}
    written: dict[str, object] = {
        "kind": "elm",
        "metres": 3,
        "felled": "2021年9月1日",
        "leaf": [leaf],
        "label": "树|木",
    }
    made, told = read(**written, counts={"nut": Decimal("1.5")})
    assert told == []
    assert (made.kind, made.height, made.felled) == ("elm", Decimal(3), date(2021, 9, 1))
    assert (made.leaves, made.label) == ((Leaf("a", ("red",)),), f"树{BREAK}木")
    assert (made.short, made.counts) == ("树", {"nut": Decimal("1.5")})


def test_what_is_not_written_is_as_in_the_declaration_or_in_what_it_starts_from() -> None:
    assert read()[0] == Tree(title="树", short="树")
    start = Tree(title="旧", short="旧", rings=7)
    assert Fields({"title": "新"}, "tree", []).made(Tree, start).rings == 7


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"title": ""}, "tree.title: 不能为空"),
        ({"kind": "fir"}, "tree.kind: 只能是 oak、elm"),
        ({"rings": 100}, "tree.rings: 应在 1 和 99 之间"),
        ({"rings": True}, "tree.rings: 应为整数"),
        ({"metres": "3"}, "tree.metres: 应为数字"),
        ({"felled": "去年"}, 'tree.felled: 应为日期，例如 "2021-09-01"'),
        ({"counts": {"nut": "x"}}, "tree.counts.nut: 应为数字"),
        ({"leaf": [{"id": "A"}]}, "tree.leaf[0](A).id: 代号“A”只能用小写字母、数字和下划线，且以字母开头"),
        ({"leaf": [{"id": "a", "colours": ["red", "blue"]}]}, "tree.leaf[0](a).colours: 没有颜色“blue”"),
        ({"leaf": [{"id": "a", "colours": [""]}]}, "tree.leaf[0](a).colours: 没有颜色“”"),
        ({"title": []}, "tree.title: 应为文字"),
        ({"leaf": [3]}, "tree.leaf[0]: 应为表 {...}"),
        ({"leafs": []}, "tree.leafs: 不认识“leafs”，是不是“leaf”？"),
    ],
)
def test_what_is_not_as_declared_is_told(data: dict[str, object], problem: str) -> None:
    assert problems(**data) == [problem]


def test_a_key_like_no_other_is_told_with_those_that_there_are() -> None:
    names = "acorns、counts、felled、kind、label、leaf、metres、rings、short、title"
    assert problems(xyz=1) == ["tree.xyz: 不认识“xyz”", f"tree.xyz: 这里可以写 {names}"]


def test_a_key_of_one_kind_of_table_is_none_of_another() -> None:
    assert problems("oak", acorns=1) == []
    assert problems("elm", acorns=1)[0].startswith("tree.acorns: 不认识“acorns”")


def test_all_problems_are_told_at_once() -> None:
    assert len(problems(kind="fir", rings=0, leaf=[{}], felled=1)) == 4
