"""What is made of a figure: its parts with their zeros in one clause, and last year's beside it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.filled_forms import Figures, sent, zero_return
from factories.workbooks import form

from toolkit.model.returns import Submission
from toolkit.report.document.blocks import Document, Paragraph
from toolkit.report.writing.gaps import SummedArea
from toolkit.report.writing.narrative import write_report

REQUESTS, NEW = "（二）依申请公开。", "requests.new.total"


def told(document: Document) -> Paragraph:
    return next(b for b in document.sections[0].blocks if isinstance(b, Paragraph) and b.lead == REQUESTS)


def of_unit(values: Figures, own: str = "") -> str:
    return told(write_report(form(), sent(replace(zero_return(form(), values), texts={"overview.requests": own})))).text


def area(before: int | None = 10, *, published: int | None = None, whole: bool = True, name: str = "某区") -> Paragraph:
    """Twelve new requests of an area whose units had so many last year."""
    prior = {NEW: before} if before is not None else None
    total: Submission = sent(
        replace(zero_return(form(), {"requests.new.natural": 12}, prior=prior), unit=name, texts={})
    )
    known = {NEW: Decimal(published)} if published is not None else {}
    return told(write_report(form(), total, area=SummedArea(members=(("甲局", total),), published=known, whole=whole)))


def test_parts_that_are_0_are_one_clause() -> None:
    text = of_unit({"requests.new.natural": 3, "requests.granted.natural": 2, "requests.partial.natural": 1})
    none = "没有不予公开、无法提供、不予处理、作其他处理的情形"
    assert f"全年办结3件，其中予以公开2件，部分公开1件，{none}；" in text
    assert "0件" not in text


def test_a_part_that_is_all_of_it_is_said_without_its_figure() -> None:
    text = of_unit({"requests.new.business": 2, "requests.granted.business": 2})
    assert "申请2件，均为法人或其他组织申请；" in text
    assert "办结2件，均予以公开；" in text


@pytest.mark.parametrize(
    ("natural", "business", "share"), [(3, 1, "3件（占75%），"), (2, 1, "2件，"), (1, 7, "1件（占12.5%），")]
)
def test_a_share_is_told_only_where_it_is_exact(natural: int, business: int, share: str) -> None:
    text = of_unit({"requests.new.natural": natural, "requests.new.business": business})
    assert f"其中自然人申请{share}法人或其他组织申请{business}件；" in text


def test_a_part_that_the_unit_tells_itself_is_not_said_twice() -> None:
    values = {"requests.new.natural": 3, "requests.granted.natural": 2, "requests.partial.natural": 1}
    text = of_unit(values, "全年收到政府信息公开申请3件，予以公开2件。")
    assert text.startswith("全年收到政府信息公开申请3件，予以公开2件。全年办结3件；")
    assert text.count("予以公开") == 1


def test_an_area_is_held_against_the_published_figure_and_its_units_in_the_comment() -> None:
    one = area(published=8)
    assert "申请12件（甲局12件），比上年公布的8件增加4件、增长50%，" in one.text
    assert one.remarks == ((one.said[0], "计入的 1 个单位与它们自己的上年数相比：比上年增加2件、增长20%。"),)
    assert "，比上年增加2件、增长20%，" in area(published=10).text


def test_without_a_published_figure_the_comparison_is_only_of_a_whole_area() -> None:
    assert "，比上年增加2件、增长20%，" in area().text
    assert "请按公布的数改写" in area().remarks[0][1]
    lacking = area(whole=False)
    assert "上年" not in lacking.text.split("；", maxsplit=1)[0]
    assert "比上年增加2件" in lacking.remarks[0][1]
    assert area(None).remarks == ()


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("某某市人民政府", "全市"),
        ("某某县", "全县"),
        ("某某市某某区人民政府", "全区"),
        ("某某镇人民政府", "全镇"),
        ("某某市教育局", "各单位"),
    ],
)
def test_an_area_calls_itself_by_the_end_of_its_name(name: str, called: str) -> None:
    assert area(name=name).text.startswith(f"2025年，{called}新收")


def test_who_signs_and_whom_to_ask_stand_at_the_end_of_an_areas_report() -> None:
    total = sent(replace(zero_return(form()), unit="某某区人民政府"))
    given = SummedArea(
        members=(("甲局", total),),
        said="全域",
        office="某办",
        date="2026年1月26日",
        cover={"cover.phone": "0000-1", "cover.address": "某路1号"},
    )
    document = write_report(form(), total, area=given)
    ask = "对本报告如有疑问或意见，请与某办联系，电话：0000-1。联系地址：某路1号。"
    assert [(one.text, one.align) for one in document.closing] == [
        (ask, ""),
        ("某某区人民政府", "right"),
        ("2026年1月26日", "right"),
    ]
    assert told(document).text.startswith("2025年，全域未收到")
    undated = write_report(form(), total, area=SummedArea(members=given.members)).closing
    assert [(one.text, one.said) for one in undated] == [
        ("某某区人民政府", ("某某区人民政府",)),
        ("【待补充：成文日期】", ()),
    ]
    assert write_report(form(), total).closing == ()
