"""The units of a roster in the names of files."""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import replace

import pytest

from toolkit.collection.file_names import Names, file_meant
from toolkit.collection.roster.read import Roster, Unit, read_roster
from toolkit.errors import UsageError

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


OFFICES = (
    *("住房和城乡建设局", "人力资源和社会保障局", "市场监督管理局", "农业农村局", "卫生健康委员会", "发展和改革局"),
    *("文化广电和旅游局", "退役军人事务局", "综合行政执法局", "自然资源和规划局", "残疾人联合会", "人民政府办公室"),
    *("教育局", "生态环境局", "政务服务和数据管理局"),
)
TOWNS = ("石桥镇人民政府", "竹溪乡人民政府", "云麓街道办事处")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("住建局报表", "住房和城乡建设局"),
        ("2025年人社局（盖章）", "人力资源和社会保障局"),
        ("区市监局", "市场监督管理局"),
        ("农业农村局年报", "农业农村局"),
        ("卫健委", "卫生健康委员会"),
        ("卫健局", "卫生健康委员会"),
        ("发改委", "发展和改革局"),
        ("文旅局", "文化广电和旅游局"),
        ("退役军人局", "退役军人事务局"),
        ("城管局", "综合行政执法局"),
        ("环保局", "生态环境局"),
        ("资规局", "自然资源和规划局"),
        ("残联", "残疾人联合会"),
        ("区府办", "人民政府办公室"),
        ("数据局", "政务服务和数据管理局"),
        ("教育局", "教育局"),
        ("石桥镇", "石桥镇人民政府"),
        ("石桥 2025", "石桥镇人民政府"),
        ("云麓街道", "云麓街道办事处"),
        ("云麓街道办", "云麓街道办事处"),
        ("竹溪乡政府", "竹溪乡人民政府"),
        ("101-说明", "石桥镇人民政府"),
        ("陈晓岚的附件", "住房和城乡建设局"),
    ],
)
def test_a_unit_is_found_as_people_shorten_its_name(text: str, unit: str) -> None:
    found = district()
    assert [found.roster.by_code[code].name.removeprefix("云岭区") for code in found.likely(text)] == [unit]


@pytest.mark.parametrize(
    "text",
    ["统计表", "情况统计表（盖章）", "扫描件", "IMG_2025", "新建表", "局", "教体局", "政务公开办", "建局", "1012"],
)
def test_a_text_that_speaks_of_no_unit_finds_none(text: str) -> None:
    assert district().likely(text) == ()


def test_up_to_three_units_are_told_and_of_more_none() -> None:
    found = district()
    assert len(found.likely("住建局、人社局、市监局")) == 3
    assert found.likely("住建局、人社局、市监局、发改局") == ()
    many = names(*((f"{n:03}", f"{word}镇人民政府", "") for n, word in enumerate(("甲石", "乙石", "丙石", "丁石"))))
    assert many.likely("镇政府") == ()


def district() -> Names:
    units = [(f"{n:03}", f"云岭区{one}", "", "陈晓岚" if not n else "") for n, one in enumerate(OFFICES)]
    units += [(f"{n}", one, "", "") for n, one in enumerate(TOWNS, 101)]
    out = io.StringIO()
    csv.writer(out).writerows([("编码", "单位全称", "简称", "联系人"), *units])
    return Names.of(read_roster(out.getvalue().encode(), "名册.csv", BODIES))


@pytest.mark.parametrize(
    "typed", ["邮件.zip/住建局.xls", "住建局.xls", "收件/邮件.zip/住建局.xls", "C:\\表\\收件\\邮件.zip\\住建局.XLS"]
)
def test_a_file_is_meant_by_its_name_its_last_part_or_its_path(typed: str) -> None:
    assert file_meant(typed, ["a.pdf", "邮件.zip/住建局.xls"], "收件") == "邮件.zip/住建局.xls"


def test_a_file_that_is_not_there_is_told_with_what_is_near() -> None:
    with pytest.raises(UsageError, match=r"是不是“邮件\.zip/住建局\.xls”？"):
        file_meant("住建局.xlsx", ["a.pdf", "邮件.zip/住建局.xls"], "收件")
    with pytest.raises(UsageError, match="xxgk status"):
        file_meant("b", [], "收件")


def test_names_are_found_as_by_one_pattern_of_all_of_them_without_a_look_at_each() -> None:
    """The leftmost first, of those the longest; what a name costs does not depend on how many there are."""
    dice = random.Random(5)  # noqa: S311 - a sample
    words = ["".join(dice.choices("教育局县第一二民政", k=dice.randint(2, 6))) for _ in range(400)]
    units = tuple(Unit(code=str(i), name=word) for i, word in enumerate(dict.fromkeys(words)))
    names = Names.of(Roster(units))
    pattern = re.compile("|".join(sorted((one.name for one in units), key=len, reverse=True)))
    for _ in range(300):
        text = "".join(dice.choices("教育局县第一二民政。", k=30))
        assert list(names.spelled(text)) == pattern.findall(text)
    looked: list[object] = []

    class Counted(dict[str, tuple[str, ...]]):
        def __contains__(self, key: object) -> bool:
            looked.append(key)
            return super().__contains__(key)

    many = {f"第{i:06}单位": (str(i),) for i in range(20_000)}
    assert list(replace(names, units=Counted(many), lengths=(9,)).spelled("第000077单位的表")) == ["第000077单位"]
    assert len(looked) < 20
