"""Which row of a roster is the row of headings, and which is no unit."""

from __future__ import annotations

import pytest

from toolkit.collection.roster.sheet import read_table, score


@pytest.mark.parametrize(
    ("cells", "known"),
    [(["联系人"], 0), (["联系人", "甲"], 0), (["编码", "联系人"], 2), (["单位全称"], 1)],
)
def test_two_headings_or_the_name_alone_make_a_row_of_headings(cells: list[str], known: int) -> None:
    assert score(dict(enumerate(cells, 1))) == known


def rows(*last: str) -> tuple[list[str], tuple[str, ...]]:
    text = "\n".join(["序号,编码,单位全称,简称", "1,001,云岭区教育局,教育局", "2,002,共青团云岭区委员会,团区委", *last])
    table = read_table(text.encode(), "名册.csv")
    return [row.values["name"] for row in table.rows], tuple(note for note in table.notes if "不是单位" in note)


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (",,合计,2家", "合计"),
        ("3,,总计,", "总计"),
        ("合计,2,,", "合计"),
        (",小　计,2,", "小 计"),
        ("合计：2家,,,", "合计：2家"),
        (",,共2个单位,", "共2个单位"),
        ("以上共计２家,,,", "以上共计２家"),
        ("备注：以上为2025年报送单位,,,", "备注：以上为2025年报送单位"),
        (",,填表人：张三,审核人：李四", "填表人：张三"),
        ("填表日期：2026年1月5日,,,", "填表日期：2026年1月5日"),
    ],
)
def test_what_a_list_for_people_ends_with_is_no_unit_and_is_named(last: str, told: str) -> None:
    assert rows(last) == (["云岭区教育局", "共青团云岭区委员会"], (f"第 4 行（{told}）不是单位，没有读入",))
    assert rows(last, last)[1][1] == f"第 5 行（{told}）不是单位，没有读入"


@pytest.mark.parametrize("name", ["云岭区总工会", "共同富裕办公室", "备注管理中心", "合计路街道办事处", "日期鉴定所"])
def test_a_unit_whose_name_only_begins_so_is_a_unit(name: str) -> None:
    assert rows(f"3,003,{name},") == (["云岭区教育局", "共青团云岭区委员会", name], ())
