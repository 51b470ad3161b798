"""The units of a roster in the names of files."""

from __future__ import annotations

import csv
import io

import pytest

from toolkit.collection.file_names import Names
from toolkit.collection.roster.read import read_roster

BODIES = ("政府部门",)


def names(*units: tuple[str, str, str]) -> Names:
    out = io.StringIO()
    csv.writer(out).writerows([("编码", "单位全称", "简称"), *units])
    return Names.of(read_roster(out.getvalue().encode(), "名册.csv", BODIES))


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("教育局.xlsx", {"001"}),
        ("云岭区教育局（最终版）.xlsx", {"001"}),
        ("教育局幼儿园 2025.xlsx", {"002"}),
        ("教育局和民政局.xlsx", {"001", "003"}),
        ("教育局/1.xlsx", set()),
        ("新建工作表.xlsx", set()),
        ("云岭区 教育局.xlsx", {"001"}),
        ("Ａ1科.xlsx", {"004"}),
        ("a1科.xlsx", {"004"}),
    ],
)
def test_the_longest_name_in_a_file_name_wins(file: str, expected: set[str]) -> None:
    found = names(
        ("001", "云岭区教育局", "教育局"),
        ("002", "云岭区教育局幼儿园", "教育局幼儿园"),
        ("003", "云岭区民政局", "民政局"),
        ("004", "云岭区A1科", "A1科"),
    )
    assert found.found(file) == expected
    assert found.unit_of(file) == (next(iter(expected)) if len(expected) == 1 else "")


def test_a_name_of_a_single_character_is_in_too_many_file_names() -> None:
    found = names(("001", "甲", "甲"), ("002", "乙丙", "乙丙"))
    assert found.found("甲.xlsx") == set()
    assert found.found("乙丙.xlsx") == {"002"}
