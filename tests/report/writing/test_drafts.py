"""Proposals for an area's text: only what units typed, with its sources, marked until an editor decides."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.filled_forms import sent, zero_return
from factories.workbooks import form

from toolkit.report.document.blocks import DRAFT, PENDING, Paragraph
from toolkit.report.writing import drafts
from toolkit.report.writing.gaps import SummedArea
from toolkit.report.writing.narrative import write_report

FEE, PROBLEMS, SAFEGUARDS, DISCLOSURE = "others.fee", "problems.existing", "overview.safeguards", "overview.disclosure"


def drafted(name: str, said: dict[str, str], *, lists: dict[str, int] | None = None) -> Paragraph:
    """What an area's report says in place of the text ``name``, from what its units say there."""
    items = {unit: {"items": (("指南", Decimal(count)),)} for unit, count in (lists or {}).items()}
    blank = zero_return(form())
    members = tuple(
        (unit, sent(replace(blank, unit=unit, texts={name: text}, items=items.get(unit, {}))))
        for unit, text in said.items()
    )
    merged = (("指南", Decimal(sum(lists.values()))),) if lists else ()
    total = replace(blank, unit="某某区人民政府", texts={}, items={"items": merged} if merged else {})
    document = write_report(form(), sent(total), area=SummedArea(members=members))
    (place,) = [(s, p) for s in form().outline.sections for p in s.parts if p.text == name]
    (section,) = [one for one in document.sections if one.heading == place[0].heading]
    told = [b for b in section.blocks if isinstance(b, Paragraph)]
    return next(one for one in told if one.lead == place[1].lead)


def test_units_that_took_no_fee_are_all_of_them_or_counted() -> None:
    all_ = drafted(FEE, {"甲局": "无", "乙局": "我局全年没有收取过信息处理费。", "丙局": "信息处理费收入为0元。"})
    assert all_.text == f"2025年，全区3个单位均未收取政府信息公开信息处理费。{DRAFT}"
    (remark,) = all_.remarks
    assert remark[0] == all_.text
    assert "甲局：2025年，本机关未收取政府信息公开信息处理费。\n乙局：我局全年没有收取过信息处理费。" in remark[1]
    some = drafted(
        FEE, {"甲局": "160元", "乙局": "无", "丙局": "计收信息处理费共三百元，其余未达到收费起点。", "丁局": "见台账。"}
    )
    assert some.text == (
        f"2025年，全区有2个单位收取政府信息公开信息处理费，共460元。{DRAFT}1个单位未收取政府信息公开信息处理费。{DRAFT}"
    )
    assert some.remarks[1][1].endswith("另有 1 个单位没有写，或没有读出来，请看原文：丁局。")


def test_nothing_is_proposed_that_nobody_wrote() -> None:
    assert drafted(FEE, {"甲局": "详见台账。"}).text == f"{PENDING}信息处理费情况】"
    assert drafted(PROBLEMS, {"甲局": "政策解读不够通俗。", "乙局": "经费较紧。"}).text.startswith(PENDING)


def test_a_problem_that_several_units_name_is_proposed_with_their_words() -> None:
    found = drafted(
        PROBLEMS,
        {"甲局": "一是政策解读偏少。", "乙局": "栏目更新不及时。政策解读照搬原文。", "丙局": "个别栏目更新滞后。"},
    )
    assert found.text.count(DRAFT) == 2
    assert found.text.startswith("一是政策解读")
    assert found.text == f"一是政策解读偏少。{DRAFT}二是栏目更新不及时。{DRAFT}", "in the words of a unit"
    assert "甲局：一是政策解读偏少。\n乙局：政策解读照搬原文。" in found.remarks[0][1]
    assert "丙局" not in found.remarks[0][1]
    # What may be struck is not held to the data.
    assert found.said == found.facts == ()


def test_a_single_problem_is_not_numbered_and_is_said_in_the_words_most_units_share() -> None:
    said = {
        "甲局": "一是公开内容不够丰富；二是经费紧。",
        "乙局": "公开内容还不够丰富。",
        "丙局": "一是公开内容不够丰富，人手紧。",
    }
    found = drafted(PROBLEMS, said)
    assert found.text == f"公开内容不够丰富。{DRAFT}"
    assert found.remarks[0][1].count("不够丰富") == 3


def test_what_rests_on_the_same_sentences_is_proposed_once() -> None:
    said = "全年组织开展业务培训2次。"
    found = drafted(SAFEGUARDS, {"甲局": said, "乙局": said})
    assert found.text.count(DRAFT) == 1
    assert f"全年有2个单位举办业务培训，共4场次。{DRAFT}" in found.text


def test_two_drafts_never_quote_the_same_words() -> None:
    clause = "完善公开清单并加强业务培训"
    found = drafted(
        "problems.improvement",
        {"甲局": f"{clause}。", "乙局": f"{clause}，丰富解读。", "丙局": "并丰富政策解读。", "丁局": "轮训一次培训。"},
    )
    assert found.text.count(clause) == 1
    assert "是并" not in found.text
    assert found.text.count(DRAFT) == found.text.count("是") > 1


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("二是并丰富政策解读形式", "丰富政策解读形式"),
        ("（一）同时，加强政策解读", "加强政策解读"),
        ("并联审批的政策解读不够", "并联审批的政策解读不够"),
        ("解读的同时性要求高", "解读的同时性要求高"),
        ("同时性要求高，解读不够", "同时性要求高"),
    ],
)
def test_a_quoted_clause_loses_its_number_and_its_conjunction_alone(written: str, quoted: str) -> None:
    assert drafts._clause(written, written.index(quoted[:2])) == quoted


def test_trainings_are_added_up_in_figures_and_in_words() -> None:
    found = drafted(
        SAFEGUARDS, {"甲局": "全年举办两期业务培训。", "乙局": "组织培训3次，考核1次。", "丙局": "专人负责。"}
    )
    assert f"全年有2个单位举办业务培训，共5场次。{DRAFT}" in found.text


def test_a_list_that_not_every_unit_filled_in_makes_a_draft_held_to_the_data() -> None:
    said = {"甲局": "做法。", "乙局": "做法。"}
    part = drafted(DISCLOSURE, said, lists={"甲局": 4})
    assert part.text == f"2025年，全区公开信息4条，其中指南4条。{DRAFT}"
    assert part.said == ("2025年，全区公开信息4条，其中指南4条。",)
    assert "甲局：4条" in part.remarks[0][1]
    assert "请看原文：乙局。" in part.remarks[0][1]
    whole = drafted(DISCLOSURE, said, lists={"甲局": 4, "乙局": 3})
    assert "公开信息7条" in whole.text
    assert DRAFT not in whole.text
    assert whole.remarks[0][1] == "由各单位填写的清单相加。\n甲局：4条\n乙局：3条"


def test_the_report_of_a_unit_proposes_nothing() -> None:
    document = write_report(form(), sent(zero_return(form())))
    assert not any(DRAFT in one.text or one.remarks for one in document.paragraphs)
