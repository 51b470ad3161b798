"""The board: every unit once, the sums as they are, nobody's text obeyed, small and the same every time."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from factories.boards import EVIL, ROUND, member, page, parsed, standing, total
from factories.filled_forms import annual, judged, zero_return

from toolkit.board.board import board_pages, render_board
from toolkit.collection.changes import News
from toolkit.consolidation.choice import Expected
from toolkit.model.finding import Status
from toolkit.model.standing import Standing, State


def test_every_unit_stands_in_the_list_once_with_its_state() -> None:
    missing = Standing(code="009", name="文旅局", short="文旅局", state=State.MISSING, late=True)
    tree = parsed(page([member("001", 3), member("002", 4)], (missing,)))
    rows = [[cell.text_content() for cell in row] for row in tree.xpath('//table[@id="list"]/tbody/tr')]
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        ("001", "第001局", "通过", ""),
        ("002", "第002局", "通过", ""),
        ("009", "文旅局", "未报送", "逾期"),
    ]
    assert "文旅局" in tree.xpath('string(//section[@id="remind"])')


def test_only_who_still_owes_something_is_counted_as_overdue() -> None:
    missing = Standing(code="009", name="文旅局", short="文旅局", state=State.MISSING, late=True)
    here = replace(standing(member("001", 3)), late=True)
    tree = parsed(render_board(ROUND, annual(), [here, missing], total([member("001", 3)]), []))
    (told,) = [one.text_content() for one in tree.xpath('//ul[@class="states"]/li') if "逾期" in one.text_content()]
    assert told == "其中逾期 1"
    assert [row[4].text_content() for row in tree.xpath('//table[@id="list"]/tbody/tr')] == ["晚交", "逾期"]


def test_the_sums_are_those_of_the_round_and_lead_to_the_units_and_their_cells() -> None:
    verdicts = [member("001", 3), member("002", 40)]
    tree = parsed(page(verdicts))
    sums = total(verdicts).sums
    for name in ("requests.new.natural", "requests.new.total", "requests.closed.total"):
        (link,) = tree.xpath(f'//a[@href="#v-{name}"]')
        assert Decimal(link.text) == sums[name] == 43
        items = tree.xpath(f'//details[@id="v-{name}"]//li')
        assert [one.text_content().split("（")[0] for one in items] == ["第002局 40", "第001局 3"]
        assert "002.xlsx，第 2 版，申请情况!" in items[0].text_content()


def test_the_forms_key_figures_stand_for_the_sum_and_for_every_unit() -> None:
    tree = parsed(page([member("001", 3), member("002", 40)]))
    heads = [one.text_content() for one in tree.xpath('//table[@class="keys"]/thead//th')]
    rows = [[cell.text_content() for cell in row] for row in tree.xpath('//table[@class="keys"]/tbody/tr')]
    at = heads.index("新收申请")
    assert [(row[0], row[at]) for row in rows] == [("合计", "43"), ("第001局", "3"), ("第002局", "40")]


def test_every_number_cell_of_every_table_is_there() -> None:
    tree = parsed(page([member("001", 3)]))
    cells = tree.xpath('//table[@class="grid"]//td[not(@class)]')
    assert len(cells) == len(annual().names)


def test_findings_are_shown_by_rule_and_unit_with_place_and_remedy() -> None:
    bad = member("001", 3)
    content = zero_return(annual(), {"requests.new.natural": 5})
    bad = replace(bad, status=Status.RETURNED, findings=tuple(judged(annual(), content)))
    found = render_board(ROUND, annual(), [standing(bad, State.RETURNED)], total([bad]), [])
    tree = parsed(found)
    heads = [one.text_content() for one in tree.xpath('//table[@class="heat"]/thead//th')]
    cells = [one.text_content() for one in tree.xpath('//table[@class="heat"]/tbody//td')]
    assert (heads, cells) == (["单位", "BAL-01"], ["1"])
    text = tree.xpath('string(//details[@id="u-001"])')
    assert "申请情况!D6" in text
    assert "请对照台账" in text


def test_texts_from_outside_are_shown_and_never_obeyed() -> None:
    data = page([member("001", 3, EVIL)]).decode()
    tree = parsed(data)
    assert [one.get("id") for one in tree.xpath("//script")] == ["data", None]
    assert "<script>alert" not in data
    assert "{{ 7*7 }}" in data
    assert "〔文字方向控制符〕" in data
    assert "\u202e" not in data
    assert "😀鄠" in data


def test_the_page_fetches_nothing_and_allows_only_its_own_script() -> None:
    data = page([member("001", 3)]).decode()
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', data) == []
    (script,) = re.findall(r"<script>(.*?)</script>", data, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = parsed(data).xpath("//meta[@http-equiv]/@content")[0]
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy


def test_headings_links_and_labels_are_whole() -> None:
    tree = parsed(page([member("001", 3)]))
    assert len(tree.xpath("//h1")) == 1
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert [href for href in tree.xpath("//a/@href") if href[1:] not in ids] == []
    assert tree.xpath("//table[not(caption)]") == []
    assert tree.get("lang") == "zh-CN"


@pytest.mark.parametrize(
    ("made", "told"),
    [("2026-01-20 10:00", "距截止还有 6 天"), ("2026-01-26 23:00", "今天截止"), ("2026-01-28 09:00", "截止已过 2 天")],
)
def test_the_days_to_the_deadline_are_told(made: str, told: str) -> None:
    assert replace(ROUND, made=made).days_left == told
    assert replace(ROUND, deadline="").days_left == ""


@pytest.mark.runs
def test_a_thousand_units_stay_below_two_megabytes_and_the_same_round_gives_the_same_bytes() -> None:
    verdicts = [member(f"{i:04}", i % 7) for i in range(1000)]
    first = page(verdicts)
    assert len(first) < 2_000_000
    assert page(verdicts) == first


def test_a_round_in_which_nothing_has_come_yet_is_shown_too() -> None:
    missing = Standing(code="009", name="文旅局", short="文旅局", state=State.MISSING)
    empty = render_board(replace(ROUND, events=()), annual(), [missing], total([]), [])
    text = parsed(empty).text_content()
    assert "还没有可以汇总的数" in text
    assert "没有发现问题" in text


def test_a_large_round_has_an_index_and_a_page_an_area() -> None:
    """Of 1,001 units; the areas are the highest that are small enough, and one without parts goes by thousands."""
    verdicts = [member(f"{i:05}", i % 7) for i in range(2200)]
    areas = [("云岭市", "甲县"), ("云岭市", "乙县"), ("云岭市",)]
    found = [replace(standing(one), path=areas[min(i // 100, 2)]) for i, one in enumerate(verdicts)]
    missing = Standing(code="99999", name="文旅局", short="文旅局", state=State.MISSING, path=("云岭市", "甲县"))
    found.append(missing)
    sums = total(verdicts)
    sums = replace(sums, expected=Expected(units={one.code: one.name for one in found}))
    whole = partial(render_board, ROUND, annual(), found, sums, [], (), News())
    made = {place: page() for place, page in board_pages(ROUND, found, sums, whole)}
    assert list(made) == [*(f"board/{number}.html" for number in range(1, 5)), "board.html"]
    assert max(map(len, made.values())) < 2_000_000
    index = parsed(made["board.html"])
    rows = [[cell.text_content() for cell in row] for row in index.xpath('//section[@id="units"]//tbody/tr')]
    assert rows == [
        ["云岭市 / 甲县", "101", "100", "1"],
        ["云岭市 / 乙县", "100", "100", ""],
        ["云岭市，第 1 个起", "1000", "1000", ""],
        ["云岭市，第 1001 个起", "1000", "1000", ""],
    ]
    links = index.xpath('//section[@id="units"]//@href')
    assert links == list(made)[:-1]
    assert index.xpath("//script") == []
    assert "1999" not in {cell.text_content() for cell in index.xpath("//table//td")}
    county = parsed(made["board/1.html"])
    assert county.xpath("//header//a/@href") == ["../board.html"]
    assert "文旅局" in county.xpath('string(//section[@id="remind"])')
    assert len(county.xpath('//table[@id="list"]/tbody/tr')) == 101
    assert county.xpath('string(//p[@class="done"])').startswith("100 / 101")
    assert str(sum(i % 7 for i in range(100))) in county.xpath('string(//section[@id="figures"])')


@pytest.mark.parametrize(("units", "pages"), [(1000, 1), (1001, 3)])
def test_a_thousand_units_stand_on_one_page(units: int, pages: int) -> None:
    found = [Standing(code=f"{i}", name="局", short="局", state=State.MISSING) for i in range(units)]
    assert len(list(board_pages(ROUND, found, total([]), lambda _: b""))) == pages
