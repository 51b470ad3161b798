"""The parts of the board: reminders, the timeline, what totals consist of, areas, and pages of any form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factories.boards import EVIL, ROUND, member, page, parsed, standing, total
from factories.filled_forms import annual, inputs, judged, zero_return

from toolkit.board.board import data_block, render_board
from toolkit.board.figures import change, top_totals
from toolkit.board.progress import by_day, by_state, reminders, title_of
from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.choice import Expected
from toolkit.consolidation.findings import completeness
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Standing, State
from toolkit.pipeline.verify import verify
from toolkit.text import visible, written

SAMPLES = Path(__file__).parents[2] / "samples" / "yunling-2025"
PLAIN = """
[form]
id = "plain"
version = 1
title = "某表"
name = "某表"
period = "year"

[[table]]
id = "t"
title = "一、某表"
sheet = "某表"
type = { kind = "whole", unit = "件" }
columns = [{ id = "a", label = "数量" }]
rows = [{ id = "x", label = "甲项" }, { id = "y", label = "乙项" }]
"""


def yunling() -> list[FiledVerdict]:
    """The sample round as verified, each file a unit of its own."""
    verdicts = verify(sorted(SAMPLES.glob("*.xlsx")))
    return [replace(FiledVerdict.of(one), code=f"{i:03}", revision=1) for i, one in enumerate(verdicts)]


def unit(verdict: FiledVerdict) -> Standing:
    state = {
        Status.ACCEPTED: State.ACCEPTED,
        Status.EXPLAINED: State.EXPLAINED,
        Status.RETURNED: State.RETURNED,
    }.get(verdict.status, State.UNUSABLE)
    return replace(standing(verdict, state), name=verdict.unit or Path(verdict.file).stem, revision=1, revisions=1)


def packed(tree: Any) -> Mapping[str, Any]:
    """The data that the page's script reads."""
    loaded: Mapping[str, Any] = json.loads(tree.xpath('//script[@id="data"]')[0].text)
    return loaded


def returned(code: str, revision: int = 1) -> FiledVerdict:
    content = zero_return(annual(), {"requests.new.natural": 5})
    found = tuple(judged(annual(), content))
    return replace(member(code, 5), status=Status.RETURNED, content=content, findings=found, revision=revision)


def test_every_number_of_the_sample_round_is_the_sum() -> None:
    verdicts = yunling()
    whole = total(verdicts)
    tree = parsed(render_board(ROUND, annual(), [unit(one) for one in verdicts], whole, completeness(whole)))
    cells = tree.xpath('//table[@class="grid"]//td[not(@class)]')
    shown = [(cell.xpath("./a") or [cell])[0].text for cell in cells]
    assert shown == [written(whole.sums[name]) for name in annual().names]
    assert len(whole.members) == 8


def test_the_packed_contributions_add_up_to_every_sum_and_name_file_and_cell() -> None:
    verdicts = yunling()
    whole = total(verdicts)
    data = packed(parsed(render_board(ROUND, annual(), [unit(one) for one in verdicts], whole, [])))
    lines = [member[4].split(",") for member in data["members"]]
    for i, name in enumerate(annual().names):
        values = [Decimal(line[i] or 0) for line in lines if i < len(line) and line[i] != "-"]
        assert sum(values) == whole.sums[name] == Decimal(data["figures"][i][3])
        spot = annual().layout.spot(name)
        assert data["figures"][i][2] == f"{spot.sheet}!{spot.cell}"
    assert [member[1] for member in data["members"]] == [Path(one.file).name for one in whole.members]


def test_a_value_that_is_missing_is_no_zero() -> None:
    blank = member("002", 3)
    assert blank.content is not None
    numbers = {**blank.content.numbers, "proactive.fees.amount": None}
    blank = replace(blank, content=replace(blank.content, numbers=numbers))
    tree = parsed(page([member("001", 3), blank]))
    at = annual().names.index("proactive.fees.amount")
    lines = [(one[4].split(",") + [""] * 300)[at] for one in packed(tree)["members"]]
    assert lines == ["", "-"]
    assert "1 个单位没有数" in tree.xpath('string(//section[@id="figures"])')


def test_without_script_every_total_leads_to_its_biggest_contributors_or_to_the_workbook() -> None:
    verdicts = [member(f"{i:03}", i + 1) for i in range(200)]
    tree = parsed(page(verdicts))
    for link in tree.xpath('//table[@class="grid"]//a'):
        items = [li.text_content() for li in tree.xpath(f'//details[@id="{link.get("href")[1:]}"]//li')]
        assert [item.partition("（")[0] for item in items[:3]] == ["第199局 200", "第198局 199", "第197局 198"]
        assert items[3].startswith("另有 197 个单位，见 汇总表.xlsx 的“来源”表")


def test_every_state_has_its_share_and_every_unit_is_in_exactly_one() -> None:
    units = [Standing(code=str(i), name="某局", short="某局", state=state) for i, state in enumerate([*State, *State])]
    assert by_state(units) == dict.fromkeys(State, 2)
    tree = parsed(render_board(ROUND, annual(), units, total([]), []))
    widths = [float(style[len("width:") : -1]) for style in tree.xpath('//div[@class="bar"]/i/@style')]
    assert (len(widths), sum(widths)) == (len(State) - 1, pytest.approx(100, abs=0.1))
    rows = tree.xpath('//table[@id="list"]/tbody/tr/@data-state')
    assert sorted(rows) == sorted(one.value for one in [*State, *State])
    assert len(tree.xpath('//table[@class="remind"]/tbody/tr')) == 2 * 3


def test_the_message_to_all_stands_as_the_round_gives_it() -> None:
    text = "各单位：\n一、还没有报送的 1 个单位，请尽快报送：\n    <文旅局>"
    missing = Standing(code="9", name="<文旅局>", short="文旅局", state=State.MISSING)
    tree = parsed(render_board(replace(ROUND, reminder=text), annual(), [missing], total([]), []))
    assert tree.xpath('string(//pre[@id="reminder"])') == text


def test_a_faulty_correction_is_reminded_of_though_the_unit_counts() -> None:
    one = replace(standing(member("001", 3)), newest=returned("001", revision=3))
    told = reminders(annual(), [one])
    assert told == {"更正没有通过，仍按前一版计入": [(one, "第 3 版有 1 项要改正或说明，现按第 2 版计入")]}
    tree = parsed(render_board(ROUND, annual(), [one], total([member("001", 3)]), []))
    assert "后来的更正没有通过，未采用" in tree.xpath('string(//tr[@id="r-0"])')
    assert "第 3 版（没有通过，未采用）" in tree.xpath('string(//details[@id="u-001"])')


def test_nothing_is_reminded_of_when_all_is_in() -> None:
    assert "不需要催报" in parsed(page([member("001", 3)])).xpath('string(//section[@id="remind"])')


def test_every_day_shows_what_happened_with_bars_of_the_same_scale() -> None:
    events = (("2026-01-20", "received"), ("2026-01-12", "received"), ("2026-01-20", "received"), ("2026-01-20", "pin"))
    assert by_day((*events, ("2026-01-13", "pin"))) == {"2026-01-12": (1, 0, 0), "2026-01-20": (2, 0, 0)}
    round_ = replace(ROUND, events=events, deadline="2026-01-19")
    tree = parsed(render_board(round_, annual(), [], total([]), []))
    rows = tree.xpath('//div[contains(@class, "days")]//tbody/tr')
    assert [row.xpath("string(th)") for row in rows] == ["2026-01-12", "2026-01-20（截止后）"]
    assert [row.xpath("td[1]/text()") for row in rows] == [["1"], ["2"]]
    assert [row.xpath(".//i[1]/@style") for row in rows] == [["width:50.0%"], ["width:100.0%"]]


def test_a_total_is_broken_down_by_the_forms_own_formulas_biggest_part_first() -> None:
    given = {"requests.new.natural": 7, "requests.new.legal": 2, "requests.granted.natural": 3}
    content = zero_return(annual(), {**given, "requests.partial.legal": 5})
    tree = parsed(page([replace(member("001", 0), content=content)]))
    shown = {table.xpath("string(caption)"): table for table in tree.xpath('//div[@class="parts"]//table')}
    (by_applicant, by_result) = (
        shown[name] for name in ("一、本年新收政府信息公开申请数量：9件", "三、本年度办理结果 （七）总计：8件")
    )
    assert [
        [cell.text_content() for cell in row if cell.get("class") != "b"] for row in by_applicant.xpath(".//tr")
    ] == [
        ["自然人", "7", "77.8%"],
        ["法人或其他组织 法律服务机构", "2", "22.2%"],
    ]
    assert by_applicant.xpath("string(following-sibling::p)") == "4 项为 0"
    assert by_result.xpath('.//td[@class="n"]/text()') == ["5", "3"]
    assert by_result.xpath(".//rect/@width") == ["100.00", "60.00"]


def test_a_total_that_is_part_of_another_is_not_drawn_by_itself() -> None:
    targets = [check.target for check in top_totals(annual())]
    assert "requests.closed.total" in targets
    assert "requests.granted.total" not in targets
    assert "requests.closed.natural" not in targets


@pytest.mark.parametrize(("parts", "drawn"), [("x + y", []), ("x + y + z", ["t.all.a"])])
def test_a_total_of_two_parts_needs_no_drawing(parts: str, drawn: list[str]) -> None:
    rows = "".join(f', {{ id = "{name}", label = "{name}项" }}' for name in ("z", "all"))
    form = PLAIN.replace('乙项" }', '乙项" }' + rows) + f'[table.formulas]\nF-01 = "all = {parts}"\n'
    assert [check.target for check in top_totals(loads(form))] == drawn


@pytest.mark.parametrize(
    ("value", "before", "told"),
    [("12", "10", "增 2（20.0%）"), ("7", "10", "减 3（30.0%）"), ("5", "0", "增 5"), ("4", "4", "持平")],
)
def test_a_change_is_told_in_words(value: str, before: str, told: str) -> None:
    assert change(Decimal(value), Decimal(before)) == told


def test_last_years_sum_stands_beside_this_years_with_the_change() -> None:
    content = zero_return(annual(), {"proactive.normative.in_force": 12}, prior={"proactive.normative.in_force": 10})
    tree = parsed(page([replace(member("001", 0), content=content)]))
    (link,) = tree.xpath('//a[@href="#v-proactive.normative.in_force"]')
    assert [one.text for one in link.xpath("../small")] == ["上年 10", "增 2（20.0%）"]


def test_the_sums_of_the_areas_stand_with_how_many_units_they_cover() -> None:
    verdicts = [member("001", 3), member("002", 40)]
    expected = Expected(units={"002": "第002局", "003": "第003局"}, name="镇街")
    part = aggregate(annual(), verdicts, period="2025", expected=expected)
    found = render_board(ROUND, annual(), [standing(one) for one in verdicts], total(verdicts), [], [("镇街", part)])
    tree = parsed(found)
    (row,) = tree.xpath('//table[@class="areas"]/tbody/tr')
    assert [cell.text_content() for cell in row][:3] == ["镇街", "1 / 2", "40"]
    lines = [[cell.text for cell in line] for line in tree.xpath('//table[@class="all-areas"]/tbody/tr')]
    assert ["申请情况", "一、本年新收政府信息公开申请数量 申请人情况 自然人", "40", "43"] in lines


def test_a_sum_of_unverified_returns_says_so_at_the_top() -> None:
    verdicts = [member("001", 3), returned("002")]
    expected = Expected(units={one.code: one.unit for one in verdicts}, name="云岭区")
    whole = aggregate(annual(), verdicts, everything=True, period="2025", expected=expected)
    tree = parsed(render_board(ROUND, annual(), [standing(one) for one in verdicts], whole, []))
    assert tree.xpath('string(//p[@class="warning"])') == whole.warning != ""
    assert parsed(page([member("001", 3)])).xpath('//p[@class="warning"]') == []


def test_findings_on_the_sums_are_told_with_their_place_and_explanation() -> None:
    found = Finding(
        rule="YOY-02", severity=Severity.VERIFY, sheet="主动公开", cell="D6", message="少 4", explanation="清理文件"
    )
    tree = parsed(render_board(ROUND, annual(), [], total([]), [found]))
    (told,) = [one.text_content() for one in tree.xpath('//ul[@class="found sums"]/li')]
    assert told.startswith("请核实 YOY-02（现行有效件数，应等于")
    assert "主动公开!D6：少 4说明：清理文件" in told


def test_a_unit_with_more_findings_than_a_page_can_hold_is_told_in_part() -> None:
    one = Finding(rule="VAL-01", severity=Severity.ERROR, sheet="申请情况", cell="D6", message="是空的")
    bad = replace(returned("001"), findings=(one,) * 100)
    tree = parsed(render_board(ROUND, annual(), [standing(bad, State.RETURNED)], total([]), []))
    items = [li.text_content() for li in tree.xpath('//details[@id="u-001"]//li')]
    assert len(items) == 41
    assert items[-1].startswith("还有 60 处")
    assert tree.xpath('//table[@class="heat"]//td/text()') == ["100"]


def test_a_rule_that_is_an_error_here_and_a_question_there_has_two_columns() -> None:
    error = Finding(rule="VAL-02", severity=Severity.ERROR, message="一")
    asked = replace(error, severity=Severity.VERIFY)
    verdict = replace(returned("001"), findings=(error, asked, asked))
    tree = parsed(render_board(ROUND, annual(), [standing(verdict, State.RETURNED)], total([]), []))
    heads = [one.text_content() for one in tree.xpath('//table[@class="heat"]/thead//th')]
    assert heads == ["单位", "VAL-02 错误", "VAL-02 请核实"]
    assert [one.text_content() for one in tree.xpath('//table[@class="heat"]//td')] == ["1", "2"]


@pytest.mark.parametrize("code", ["BAL-01", "SUM-01", "VAL-01", "FILE-08", "SIGN-02", "AGG-02"])
def test_every_rule_has_a_title(code: str) -> None:
    assert title_of(annual(), code)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("云岭区教育局　鄠邑 \U00030edd \ue000 😀", "云岭区教育局　鄠邑 \U00030edd \ue000 😀"),
        ("甲\u202e乙\u2066丙", "甲〔文字方向控制符〕乙〔文字方向控制符〕丙"),
        ("甲\x00\x1b[2J乙", "甲〔控制符〕〔控制符〕[2J乙"),
        ("甲\u200b\ufeff\u2028\ud800\uffff", "甲〔零宽空格〕〔字节顺序标记〕〔换行符〕〔乱码〕〔乱码〕"),
        ("两\r\n行\t格", "两\n行\t格"),
    ],
)
def test_marks_that_hide_or_turn_are_written_out_and_rare_characters_stay(text: str, told: str) -> None:
    assert visible(text) == told


def test_a_block_of_data_cannot_be_closed_by_what_is_in_it() -> None:
    text = "</script><!--<script>&\u2028'\"]]>"
    block = str(data_block([text]))
    assert not set(block) & set("<>&\u2028")
    assert json.loads(block) == [text]


HOSTILE = (EVIL, "</script><img src=x onerror=alert(1)>", "=cmd|'/C calc'!A0", "{% raw %}{{ config }}", "甲\n乙\x07")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_from_outside_becomes_an_element_wherever_it_stands(text: str) -> None:
    finding = Finding(
        rule=text,
        severity=Severity.ERROR,
        sheet=text,
        cell=text,
        message=text,
        remedy=text,
        suggestion=text,
        explanation=text,
    )
    plain, hostile = (
        parsed(
            render_board(
                replace(ROUND, title=word, period_label=word),
                annual(),
                [_named(word, finding)],
                total([replace(member("001", 3, word), file=f"{word}.xlsx")]),
                [replace(finding, rule=word)],
                [(word, total([member("001", 3)]))],
            )
        )
        for word in ("甲", text)
    )
    assert [one.tag for one in hostile.iter()] == [one.tag for one in plain.iter()]
    assert [sorted(one.attrib) for one in hostile.iter()] == [sorted(one.attrib) for one in plain.iter()]
    assert visible(text).split("\n")[0] in hostile.text_content()


def _named(word: str, finding: Finding) -> Standing:
    verdict = replace(member("001", 3), findings=(finding,))
    return Standing(
        code=word,
        name=word,
        short=word,
        state=State.RETURNED,
        path=(word, "乙"),
        contact=word,
        received=word,
        file=word,
        reason=word,
        verdict=verdict,
        newest=verdict,
    )


def test_a_form_without_totals_or_outline_is_shown_too() -> None:
    kind = loads(PLAIN)
    verdict = replace(member("001", 0), form="plain", content=_content(kind, {"t.x.a": Decimal(3)}))
    whole = aggregate(kind, [verdict], period="2025")
    tree = parsed(render_board(ROUND, kind, [standing(verdict)], whole, []))
    heads = [one.text_content() for one in tree.xpath('//table[@class="keys"]/thead//th')]
    assert heads == ["单位", "甲项", "乙项"]
    assert [one.text for one in tree.xpath('//table[@class="grid"]//td//a')] == ["3"]


def _content(kind: Instrument, values: Mapping[str, Decimal]) -> Any:
    return replace(zero_return(kind), numbers={name: values.get(name, Decimal(0)) for name in kind.names})


@pytest.mark.runs
def test_a_thousand_units_that_fill_in_every_cell_stay_below_two_megabytes() -> None:
    names = inputs(annual())
    verdicts = []
    for i in range(1000):
        content = zero_return(annual(), {name: (i * 37 + k * 101) % 1000 for k, name in enumerate(names)})
        verdicts.append(replace(member(f"{i:04}", 0), content=replace(content, unit=f"云岭区第{i}局")))
    found = tuple(judged(annual(), content))
    assert len(found) >= 8
    units = [standing(replace(one, findings=found, status=Status.RETURNED), State.RETURNED) for one in verdicts]
    assert len(render_board(ROUND, annual(), units, total(verdicts), [])) < 2_000_000
