"""A form's tables are drawn as printed: heading levels, merged stubs, corner note, bands, one line."""

from __future__ import annotations

import pytest
from factories.filled_forms import annual
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.forms.grids import draw_grid
from toolkit.model.form import Block, Label, Table
from toolkit.model.grid import BREAK, Grid


def grid(table: str) -> Grid:
    return draw_grid(annual().form.table(table))


def printed(found: Grid, rows: int) -> list[list[str]]:
    """The cells that begin in the first rows: text and, where it spans, its size."""
    return [
        [cell.plain + (f" {cell.rows}x{cell.cols}" if (cell.rows, cell.cols) != (1, 1) else "") for cell in row]
        for row in found.rows[:rows]
    ]


NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def test_requests_has_three_levels_of_headings_beside_its_corner_note() -> None:
    assert printed(grid("requests"), 3) == [
        [f"{NOTE} 3x3", "申请人情况 1x7"],
        ["自然人 2x1", "法人或其他组织 1x5", "总计 2x1"],
        ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"],
    ]
    assert grid("requests").cells[0].kind == "note"
    assert grid("requests").head_rows == 3


def test_requests_merges_the_stubs_of_its_results() -> None:
    stubs = [
        [cell.plain + (f" {cell.rows}x{cell.cols}" if (cell.rows, cell.cols) != (1, 1) else "") for cell in row[:-7]]
        for row in grid("requests").rows[3:]
    ]
    assert stubs == [
        ["一、本年新收政府信息公开申请数量 1x3"],
        ["二、上年结转政府信息公开申请数量 1x3"],
        ["三、本年度办理结果 22x1", "（一）予以公开 1x2"],
        ["（二）部分公开（区分处理的，只计这一情形，不计其他情形） 1x2"],
        ["（三）不予公开 8x1", "1.属于国家秘密"],
        ["2.其他法律行政法规禁止公开"],
        ["3.危及“三安全一稳定”"],
        ["4.保护第三方合法权益"],
        ["5.属于三类内部事务信息"],
        ["6.属于四类过程性信息"],
        ["7.属于行政执法案卷"],
        ["8.属于行政查询事项"],
        ["（四）无法提供 3x1", "1.本机关不掌握相关政府信息"],
        ["2.没有现成信息需要另行制作"],
        ["3.补正后申请内容仍不明确"],
        ["（五）不予处理 5x1", "1.信访举报投诉类申请"],
        ["2.重复申请"],
        ["3.要求提供公开出版物"],
        ["4.无正当理由大量反复申请"],
        ["5.要求行政机关确认或重新出具已获取信息"],
        ["（六）其他处理 3x1", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"],
        ["2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"],
        ["3.其他"],
        ["（七）总计 1x2"],
        ["四、结转下年度继续办理 1x3"],
    ]


def test_requests_has_twenty_five_lines_of_seven_numbers() -> None:
    found = grid("requests")
    assert (found.nrows, found.ncols) == (3 + 25, 3 + 7)
    assert [cell.variable for cell in found.numbers] == [
        name for name in annual().names if name.startswith("requests.")
    ]
    assert {(cell.rows, cell.cols) for cell in found.numbers} == {(1, 1)}


def test_proactive_is_four_blocks_under_bands_of_full_width() -> None:
    assert printed(grid("proactive"), 20) == [
        ["第二十条第（一）项 1x4"],
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "", "", ""],
        ["行政规范性文件", "", "", ""],
        ["第二十条第（五）项 1x4"],
        ["信息内容", "本年处理决定数量 1x3"],
        ["行政许可", " 1x3"],
        ["第二十条第（六）项 1x4"],
        ["信息内容", "本年处理决定数量 1x3"],
        ["行政处罚", " 1x3"],
        ["行政强制", " 1x3"],
        ["第二十条第（八）项 1x4"],
        ["信息内容", "本年收费金额（单位：万元） 1x3"],
        ["行政事业性收费", " 1x3"],
    ]
    assert grid("proactive").head_rows == 0
    assert [cell.kind for cell in grid("proactive").rows[0]] == ["band"]


def test_disputes_is_one_line_of_fifteen_numbers_under_three_levels() -> None:
    found = grid("disputes")
    leaves = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    assert printed(found, 4) == [
        ["行政复议 1x5", "行政诉讼 1x10"],
        [*(f"{leaf} 2x1" for leaf in leaves), "未经复议直接起诉 1x5", "复议后起诉 1x5"],
        [*leaves, *leaves],
        [""] * 15,
    ]
    assert (found.nrows, found.ncols, found.head_rows) == (4, 15, 3)
    assert [cell.variable for cell in found.numbers[:6]] == [
        "disputes.review.upheld",
        "disputes.review.corrected",
        "disputes.review.other",
        "disputes.review.pending",
        "disputes.review.total",
        "disputes.direct.upheld",
    ]


@pytest.mark.parametrize("table", ["proactive", "requests", "disputes"])
def test_no_table_is_wider_than_a_printed_page(table: str) -> None:
    assert sum(grid(table).widths) == pytest.approx(156, abs=0.5)


def test_a_number_is_called_by_all_its_headings() -> None:
    found = grid("requests")
    cell = next(c for c in found.numbers if c.variable == "requests.refused_query.legal")
    assert [header.plain for header in found.headers(cell)] == [
        "申请人情况",
        "法人或其他组织",
        "法律服务机构",
        "三、本年度办理结果",
        "（三）不予公开",
        "8.属于行政查询事项",
    ]


def test_break_hints_stand_in_the_grid_and_are_taken_out_for_reading() -> None:
    texts = {cell.text for cell in grid("requests").cells}
    assert f"社会{BREAK}公益{BREAK}组织" in texts
    assert "社会公益组织" in {cell.plain for cell in grid("requests").cells}


def labels(*paths: str) -> tuple[Label, ...]:
    """Labels from paths such as ``上级/下级``; the id tells their place."""
    parts = [path.split("/") for path in paths]
    return tuple(Label(id=f"i{i}", label=p[-1], under=tuple(p[:-1])) for i, p in enumerate(parts))


def table(rows: tuple[Label, ...], columns: tuple[Label, ...], **more: object) -> Table:
    block = Block(rows=rows, columns=columns, stub="项目")
    return Table(id="t", title="表", sheet="表", blocks=(block,), **more)  # type: ignore[arg-type]


def test_a_stub_title_heads_the_rows_where_there_is_no_note() -> None:
    corner = draw_grid(table(labels("甲"), labels("乙"))).cells[0]
    assert (corner.text, corner.kind) == ("项目", "head")


def test_a_heading_that_comes_again_after_another_is_not_merged_over_it() -> None:
    found = draw_grid(table(labels("行"), labels("合计/甲", "乙", "合计/丙")))
    assert printed(found, 2) == [["项目 2x1", "合计", "乙 2x1", "合计"], ["甲", "丙"]]


def test_a_heading_and_a_leaf_of_the_same_name_stay_two_cells() -> None:
    found = draw_grid(table(labels("行"), labels("甲", "甲/子", "甲/丑")))
    assert printed(found, 2) == [["项目 2x1", "甲 2x1", "甲 1x2"], ["子", "丑"]]
    found = draw_grid(table(labels("甲", "甲/子", "甲/丑"), labels("列")))
    assert [[cell.text for cell in row] for row in found.rows[1:]] == [["甲", ""], ["甲", "子", ""], ["丑", ""]]


def test_equal_headings_under_different_parents_are_not_merged() -> None:
    found = draw_grid(table(labels("行"), labels("甲/共/子", "乙/共/丑")))
    assert printed(found, 3) == [["项目 3x1", "甲", "乙"], ["共", "共"], ["子", "丑"]]


def test_columns_of_a_smaller_block_share_the_width_of_the_widest() -> None:
    blocks = (
        Block(rows=labels("行"), columns=labels("甲", "乙", "丙", "丁", "戊"), title="宽"),
        Block(rows=labels("行"), columns=labels("己", "庚"), title="窄"),
    )
    found = draw_grid(Table(id="t", title="表", sheet="表", blocks=blocks))
    assert [cell.cols for cell in found.rows[4]] == [1, 2, 3]


paths = st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=4).map("/".join)
many = st.lists(paths, min_size=1, max_size=8).map(lambda found: labels(*found))


@settings(deadline=None)
@given(many, many, st.sampled_from(["table", "line"]))
def test_any_nested_headings_give_a_table_without_hole_or_overlap(
    rows: tuple[Label, ...], columns: tuple[Label, ...], layout: str
) -> None:
    found = draw_grid(table(rows, columns, layout=layout))
    assert len(found.cover) == found.nrows * found.ncols
    assert [cell.variable for cell in found.numbers] == [f"t.{r.id}.{c.id}" for r in rows for c in columns]


@settings(deadline=None)
@given(many, many)
def test_a_number_stands_under_the_labels_it_was_given(rows: tuple[Label, ...], columns: tuple[Label, ...]) -> None:
    found = draw_grid(table(rows, columns))
    wanted = {f"t.{r.id}.{c.id}": [*c.path, *r.path] for r in rows for c in columns}
    assert {cell.variable: [h.text for h in found.headers(cell)] for cell in found.numbers} == wanted


@settings(deadline=None)
@given(st.lists(st.tuples(many, many), min_size=2, max_size=4))
def test_any_blocks_fit_below_one_another(blocks: list[tuple[tuple[Label, ...], tuple[Label, ...]]]) -> None:
    parts = tuple(Block(rows=r, columns=c, title=f"第{i}块") for i, (r, c) in enumerate(blocks))
    found = draw_grid(Table(id="t", title="表", sheet="表", blocks=parts))
    assert len(found.cover) == found.nrows * found.ncols
    assert sum(cell.kind == "band" for cell in found.cells) == len(blocks)
