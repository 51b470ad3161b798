"""How many figures make a breakdown that can be judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import annual, zero_return

from toolkit.checks.verdict import judge
from toolkit.model.returns import Submission


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("公开信息40条，其中政策解读50条。", False),
        ("公开信息40条，其中政策解读30条、通知20条。", True),
        ("公开信息40条，其中政策解读20条、通知10条。", False),
        ("公开信息40条，其中政策解读20条、通知10条、公告5条。", True),
    ],
)
def test_two_parts_may_be_too_many_and_only_three_too_few(text: str, *, told: bool) -> None:
    content = replace(zero_return(annual()), texts={"overview.disclosure": text})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert bool([one for one in verdict.findings if one.rule == "NAR-07"]) is told


@pytest.mark.parametrize(("count", "told"), [(40, True), (41, False)])
def test_among_more_than_forty_figures_some_two_give_any_percentage(count: int, *, told: bool) -> None:
    listed = "、".join(f"{1000 + i}件" for i in range(count))
    content = replace(zero_return(annual()), texts={"overview.disclosure": f"公开信息{listed}，占10%。"})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert bool([one for one in verdict.findings if one.rule == "NAR-08"]) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("公开信息100条，其中解读60条、通知39条。", True),
        ("公开信息100条，其中解读60条、通知38条。", False),
        ("公开信息199条，其中解读100条、通知97条。", False),
        ("公开信息100条，其中解读60条、通知39条等。", False),
        ("公开信息40条，其中解读10条、通知5条、公告5条。", True),
        ("公开信息42条，其中解读10条、通知5条、公告5条。", False),
    ],
)
def test_a_list_that_is_nearly_the_whole_or_half_of_it_looks_complete(text: str, *, told: bool) -> None:
    content = replace(zero_return(annual()), texts={"overview.disclosure": text})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert bool([one for one in verdict.findings if one.rule == "NAR-07"]) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("公开信息70条，互动30条。其中解读40条、通知30条、回复25条。", False),  # of both totals
        ("公开信息70条，互动10条。其中解读41条、通知30条、回复25条。", True),
        ("公开信息100条。其中解读60条、通知39条。", True),
        ("公开信息40条，其中政策30条、文件20条、解读10条、通知10条。", False),  # two levels
        ("公开信息40条，其中政策30条、文件20条、通知11条。", True),
        ("收到申请10件，其中补正4件、延期3件、答复10件。", False),  # steps
        ("收到申请10件，其中未补正4件、网上3件、信函10件。", True),
        ("网络12件、信函5件，合计20件。", True),
        ("网络12件、信函5件，合计17件。", False),
        ("收到20件，网络12件、信函5件，合计17件。", False),
        ("公开信息40条，其中预算（决算）20条、解读10条、通知（公告）10条。", False),  # a bracket in a name ends no list
        ("公开信息40条，其中预算（决算）20条、解读10条、通知（公告）15条。", True),
        ("收到30件，其中网络12件、信函5件，合计20件。", False),
        ("网络12件，合计20件。", False),
        ("网络12件、信函5封，合计20件。", False),
        ("网络12件、信函约5件，合计20件。", False),
    ],
)
def test_what_a_list_of_parts_may_be(text: str, *, told: bool) -> None:
    content = replace(zero_return(annual()), texts={"overview.disclosure": text})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert bool([one for one in verdict.findings if one.rule == "NAR-07"]) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("自然人占80%，法人组织占30%。", True),
        ("自然人占80%，法人组织占20%。", False),
        ("自然人占66.7%，法人组织占33.4%。", False),
        ("自然人占67%，法人组织占35%。", False),  # rounded
        ("自然人占67%，法人组织占36%。", True),
        ("自然人占80%，予以公开占70%。", False),
        ("自然人占80%，法律服务机构占10%，法人组织占20%。", False),
        ("自然人占比提高80%，法人组织占30%。", False),
    ],
)
def test_shares_of_who_asked_are_no_more_than_all(text: str, *, told: bool) -> None:
    content = replace(zero_return(annual()), texts={"overview.requests": text})
    (verdict,) = judge(annual(), [Submission(content=content)])
    assert bool([one for one in verdict.findings if "加起来" in one.message]) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("答复率100%。", ""),
        ("答复率101%。", "写 101%，比全部还多"),
        ("申请量同比下降100%。", ""),
        ("申请量同比下降101%。", "写 101%，减少的比全部还多"),
        ("申请量同比增长101%。", ""),
        ("予以公开6件，占25%。", ""),
        ("予以公开6件，占30%。", "写 30%，按表中的总数算是 25%"),
        ("予以公开7件，占30%。", ""),  # the figure itself is wrong, and told as that
    ],
)
def test_a_share_is_held_against_the_totals_of_the_table(text: str, told: str) -> None:
    values = {"requests.new.natural": 24, "requests.granted.natural": 6, "requests.other_rest.natural": 18}
    content = replace(zero_return(annual(), values), texts={"overview.requests": text})
    (verdict,) = judge(annual(), [Submission(content=content)])
    found = [one.message for one in verdict.findings if one.rule == "NAR-08"]
    assert [bool(told) and told in one for one in found] == [True] * bool(told)
