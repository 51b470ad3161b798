"""A grid of spanning cells: placed by HTML's rule, without hole or overlap."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.grid import BREAK, Grid, GridCell, Kind, Slot


def place(rows: Sequence[Sequence[Slot]], columns: int, head_rows: int = 1) -> Grid:
    return Grid.place("t", "表", [10.0] * columns, head_rows, rows)


def slot(text: str, kind: Kind = "head", rows: int = 1, cols: int = 1) -> Slot:
    return Slot(text, kind, rows, cols)


def number(variable: str) -> Slot:
    return Slot("", "number", variable=variable)


def small() -> Grid:
    """A corner over two rows, a heading over two columns, a stub over two rows."""
    return place(
        [
            [slot("项目", rows=2, cols=2), slot("申请人", cols=2), slot("总计", rows=2)],
            [slot("自然人"), slot("企业")],
            [slot("结果", "stub", rows=2), slot("公开", "stub"), number("a1"), number("a2"), number("a3")],
            [slot("不予公开", "stub"), number("b1"), number("b2"), number("b3")],
        ],
        columns=5,
        head_rows=2,
    )


def texts(cells: Sequence[GridCell]) -> list[str]:
    return [cell.text for cell in cells]


def test_a_cell_takes_the_first_free_place_of_its_row() -> None:
    placed = {cell.text: (cell.row, cell.col) for cell in small().cells if cell.text}
    assert placed == {
        "项目": (0, 0),
        "申请人": (0, 2),
        "总计": (0, 4),
        "自然人": (1, 2),
        "企业": (1, 3),
        "结果": (2, 0),
        "公开": (2, 1),
        "不予公开": (3, 1),
    }


def test_rows_hold_the_cells_that_begin_in_them_from_left_to_right() -> None:
    grid = small()
    assert [texts(row) for row in grid.rows] == [
        ["项目", "申请人", "总计"],
        ["自然人", "企业"],
        ["结果", "公开", "", "", ""],
        ["不予公开", "", "", ""],
    ]
    assert (grid.nrows, grid.ncols, grid.head_rows) == (4, 5, 2)


def test_every_position_is_covered_by_the_cell_that_spans_it() -> None:
    cover = small().cover
    assert len(cover) == 4 * 5
    assert [cover[at].text for at in ((0, 1), (1, 0), (1, 1), (0, 3), (1, 4), (3, 0))] == [
        "项目",
        "项目",
        "项目",
        "申请人",
        "总计",
        "结果",
    ]


def test_number_cells_name_their_variables_in_printed_order() -> None:
    assert [cell.variable for cell in small().numbers] == ["a1", "a2", "a3", "b1", "b2", "b3"]


def test_a_number_knows_its_headings_from_outside_in_and_then_its_stubs() -> None:
    grid = small()
    headers = {cell.variable: texts(grid.headers(cell)) for cell in grid.numbers}
    assert headers["a1"] == ["申请人", "自然人", "结果", "公开"]
    assert headers["b2"] == ["申请人", "企业", "结果", "不予公开"]
    assert headers["b3"] == ["总计", "结果", "不予公开"]


def test_a_number_of_a_banded_table_stands_under_its_own_block_only() -> None:
    grid = place(
        [
            [slot("第一块", "band", cols=2)],
            [slot("内容"), slot("件数")],
            [slot("规章", "stub"), number("made")],
            [slot("第二块", "band", cols=2)],
            [slot("内容"), slot("金额")],
            [slot("收费", "stub"), number("fees")],
        ],
        columns=2,
        head_rows=0,
    )
    made, fees = grid.numbers
    assert texts(grid.headers(made)) == ["第一块", "件数", "规章"]
    assert texts(grid.headers(fees)) == ["第二块", "金额", "收费"]


def test_a_scope_says_what_a_heading_heads() -> None:
    scopes = {cell.text: cell.scope for cell in small().cells}
    assert scopes == {
        "项目": "colgroup",
        "申请人": "colgroup",
        "总计": "col",
        "自然人": "col",
        "企业": "col",
        "结果": "rowgroup",
        "公开": "row",
        "不予公开": "row",
        "": "",
    }


def test_a_corner_note_is_no_heading() -> None:
    grid = place([[slot("说明", "note"), slot("甲")], [slot("行", "stub"), number("x")]], columns=2)
    assert grid.cells[0].scope == ""
    assert texts(grid.headers(grid.numbers[0])) == ["甲", "行"]


def test_a_label_is_plain_without_its_break_hints() -> None:
    grid = place([[slot(f"商业{BREAK}企业")]], columns=1)
    assert grid.cells[0].plain == "商业企业"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([[slot("a")], [slot("b"), slot("c")]], r"t: the cells do not cover the table at \[\(0, 1\)\]"),
        ([[slot("a"), slot("b")], [slot("c")]], r"t: the cells do not cover the table at \[\(1, 1\)\]"),
        ([[slot("a"), slot("b"), slot("c")]], r"t: the cells do not cover the table at \[\(0, 2\)\]"),
        ([[slot("a", rows=2), slot("b")], [slot("c")], []], r"t: the cells do not cover the table at \[\(2, 0\)"),
        ([[slot("a"), slot("b", rows=2)], [slot("c", cols=2)]], r"t: two cells at \(1, 1\)"),
        ([[slot("a", rows=2, cols=2)]], r"t: the cells do not cover the table at \[\(1, 0\), \(1, 1\)\]"),
    ],
    ids=["hole above", "hole below", "too wide", "row without cells", "overlap", "reaches below"],
)
def test_a_hole_or_an_overlap_is_refused_with_its_place(rows: list[list[Slot]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        place(rows, columns=2)


Tiling = list[tuple[int, int, int, int]]


@st.composite
def tilings(draw: st.DrawFn) -> tuple[int, int, Tiling]:
    """A rectangle cut into rectangles: (row, col, rows, cols) in reading order."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    taken: set[tuple[int, int]] = set()
    out: Tiling = []
    for row in range(height):
        for col in range(width):
            if (row, col) in taken:
                continue
            room = 1
            while col + room < width and (row, col + room) not in taken:
                room += 1
            cols = draw(st.integers(1, room))
            rows = draw(st.integers(1, height - row))
            taken |= {(row + i, col + j) for i in range(rows) for j in range(cols)}
            out.append((row, col, rows, cols))
    return height, width, out


@settings(deadline=None)
@given(tilings())
def test_any_cutting_of_a_rectangle_is_placed_where_it_was_cut(tiling: tuple[int, int, Tiling]) -> None:
    height, width, areas = tiling
    rows = [
        [slot(f"{r},{c}", rows=down, cols=across) for r, c, down, across in areas if r == row] for row in range(height)
    ]
    grid = place(rows, columns=width)
    assert [(cell.row, cell.col, cell.rows, cell.cols) for cell in grid.cells] == areas
    assert all(cell.text == f"{cell.row},{cell.col}" for cell in grid.cells)
    assert len(grid.cover) == height * width
