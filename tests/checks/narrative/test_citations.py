"""Which title is a statutory one with a slip, and which is another law; whom a text speaks of as of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import annual, sent, zero_return

from toolkit.checks.verdict import judge
from toolkit.model.returns import Context

FULL = "《中华人民共和国政府信息公开条例》"


def told(text: str, rule: str, named: tuple[str, ...] = (), unit: str = "云岭区民政局") -> list[tuple[str, str]]:
    """Level and the beginning of the message."""
    content = replace(zero_return(annual()), texts={"overview.disclosure": text}, unit=unit)
    (verdict,) = judge(annual(), [sent(content, context=Context(named=named))])
    return [(one.severity.value, one.message.partition("：")[0]) for one in verdict.findings if one.rule == rule]


@pytest.mark.parametrize(
    ("title", "slips"),
    [
        ("中华人民共和国行政复议法", 0),
        ("中华人民共和国行政复仪法", 1),
        ("行政复议法实施条例", 0),
        ("中华人民共和国保守国家秘密法", 0),
        ("中华人民共和国行政处罚法", 0),
        ("中华人民共和国行政许可法", 0),
        ("中国人民共和国政府信息公开条例", 1),
        ("上海市政府信息公开规定", 0),
        ("某某省政务公开条例", 0),
        ("政府信息公开工作年度报告", 0),
        ("政府信息公开工作年度报告格工", 1),
    ],
)
def test_only_a_title_that_is_nearly_right_is_wrong(title: str, slips: int) -> None:
    assert told(f"依据《{title}》办理。", "BAS-01") == [("verify", "名称与法定名称不同")] * slips


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依据《信息公开条例》办理。", [("note", "名称写得不全")]),
        ("依据《政府信息公开条例》办理。", [("note", "名称写得不全")]),
        (f"依据{FULL}办理，《政府信息公开条例》要求及时公开。", []),
        (f"依据{FULL}（以下简称《条例》）办理，《条例》要求及时公开。", []),
        ("依据《某某省政府公开条例》办理。", [("note", "名称与法定名称不同")]),
    ],
)
def test_a_short_title_is_noted_where_the_full_one_stands_nowhere(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text, "BAS-01") == found


OTHER = "云岭区财政局"
COPIED = [("verify", "可能抄自别的单位")]


@pytest.mark.parametrize(
    "text",
    [
        "云岭区财政局高度重视政府信息公开工作。",
        "2025年，云岭区财政局认真落实条例要求。",
        "今年以来，云岭区财政局不断完善制度。",
        "制度健全。（二）云岭区财政局全年公开信息三十条。",
        "云岭区财政局政府信息公开工作由办公室负责。",
    ],
)
def test_a_text_that_speaks_of_another_unit_as_of_itself_is_to_be_verified(text: str) -> None:
    assert told(text, "TYP-02", (OTHER,)) == COPIED
    assert told(text, "TYP-02") == []


def test_a_slip_in_the_own_name_is_noted_and_another_body_of_the_place_is_none() -> None:
    assert told("云领区民政局负责。", "TYP-02") == [("note", "单位名称写法不一")]
    assert told("云岭区明政局负责。", "TYP-02") == [("note", "单位名称写法不一")]
    assert told("云岭区财政局负责。", "TYP-02") == []


@pytest.mark.parametrize(
    "text",
    [
        "与云岭区财政局联合开展培训。",
        "会同云岭区财政局、云岭区教育局梳理目录。",
        "云岭区财政局、云岭区教育局等部门参加会商。",
        "云岭区财政局积极配合我局公开预算。",
        "云岭区财政局拨付专项经费三万元。",
        "云岭区财政局认真指导本局编制目录。",
        "预算由云岭区财政局统一公开。",
        "对云岭区财政局转来的申请及时答复。",
        "2025年，云岭区财政局对各单位开展检查。",
        "转发云岭区财政局高度重视的事项清单。",
    ],
)
def test_other_units_that_are_only_named_are_not_told(text: str) -> None:
    assert told(text, "TYP-02", (OTHER,)) == []
