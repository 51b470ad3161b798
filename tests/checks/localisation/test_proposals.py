"""What may explain the equations that fail, and that every proposal mends all of them."""

from __future__ import annotations

import pytest

from toolkit.checks.localisation.errors import System
from toolkit.checks.localisation.proposals import TRIED, Proposals

#: Three columns of four rows and their sum; a total of each row.
BLOCK = tuple(tuple(4 * r + c for c in range(4)) for r in range(5))
CROSSED = System(
    equations=(
        *({row[3]: 1, **dict.fromkeys(row[:3], -1)} for row in BLOCK),
        *({BLOCK[4][c]: 1, **{BLOCK[r][c]: -1 for r in range(4)}} for c in range(4)),
    ),
    blocks=(BLOCK,),
)
#: The same with nothing across: what stands in a column is not told apart.
LIVE = System(equations=tuple({BLOCK[4][c]: 1, **{BLOCK[r][c]: -1 for r in range(4)}} for c in range(3)), blocks=(
    tuple(row[:3] for row in BLOCK),
))  # fmt: skip
RIGHT = [[5, 40, 3], [21, 0, 8], [17, 9, 0], [2, 33, 60]]


def figures(rows: list[list[int]]) -> list[int]:
    """All cells of the block, with their totals."""
    rows = [*rows, [sum(column) for column in zip(*rows, strict=True)]]
    return [figure for row in rows for figure in (*row, sum(row))]


def proposed(
    system: System, printed: dict[int, int], rows: list[list[int]] = RIGHT
) -> dict[frozenset[tuple[int, int]], str]:
    """The explanations of a table printed otherwise, each with its kind; all of them mend everything."""
    values = figures(rows)
    for cell, figure in printed.items():
        values[cell] = figure
    residuals = system.residuals(values, [0] * len(system.equations))
    proposals = Proposals(system, values, [1] * len(values))
    found = list(proposals.of(residuals))
    assert all(not proposals.after(residuals, one.cells) for one in found)
    assert all(min(one.cells.values()) >= 0 for one in found)
    return {frozenset(one.cells.items()): one.kind for one in reversed(found)}


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ("single", {5: 7}),
        ("exchange", {0: 40, 1: 5}),
        ("carried", {0: 6, 3: 49}),
        ("line", {0: 1, 1: 2, 2: 4}),
        ("line", {0: 1, 4: 2, 8: 4, 12: 30}),
        ("several", {0: 7, 6: 1}),
        ("several", {0: 7, 6: 1, 9: 70}),
    ],
)
def test_what_happened_is_among_the_proposals(kind: str, printed: dict[int, int]) -> None:
    found = proposed(CROSSED, printed)
    right = figures(RIGHT)
    assert found[frozenset((cell, right[cell]) for cell in printed)] == kind


def test_a_cell_named_by_two_equations_is_the_only_one() -> None:
    assert proposed(CROSSED, {5: 7}) == {frozenset({(5, 0)}): "single"}


def test_with_nothing_across_every_cell_of_the_column_may_be_wrong() -> None:
    found = proposed(LIVE, {0: 25})
    singles = {cell for cells, kind in found.items() if kind == "single" for cell, _ in cells}
    assert singles == {0, 4, 16}, "the others would have to fall below 0"
    assert {cell for cells, kind in proposed(LIVE, {0: 3}).items() if kind == "single" for cell, _ in cells} == {
        0, 4, 8, 12, 16,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("row_moved", [[5, 40, 3], [0, 0, 0], [21, 7, 8], [2, 33, 60]]),
        ("rows_moved", [[0, 0, 0], [5, 40, 3], [21, 7, 8], [17, 9, 4]]),
    ],
)
def test_rows_that_stand_too_low_are_moved_back(kind: str, rows: list[list[int]]) -> None:
    truth = {
        "row_moved": [[5, 40, 3], [21, 7, 8], [4, 4, 4], [2, 33, 60]],
        "rows_moved": [[5, 40, 3], [21, 7, 8], [17, 9, 4], [2, 33, 60]],
    }[kind]
    right, wrong = figures(truth), [*[figure for row in rows for figure in (*row, sum(row))]]
    printed = {cell: figure for cell, figure in enumerate(wrong) if figure != right[cell]}
    assert proposed(CROSSED, printed, truth)[frozenset((cell, right[cell]) for cell in printed)] == kind


def test_a_run_of_a_live_column_is_moved_back() -> None:
    found = proposed(LIVE, {0: 0, 4: 5, 8: 21, 12: 17})
    assert found[frozenset({(0, 5), (4, 21), (8, 17), (12, 2)})] == "run"


def test_two_rows_are_exchanged_back() -> None:
    rows = [[5, 40, 3], [21, 7, 8], [17, 9, 4], [2, 33, 60]]
    right = figures(rows)
    printed = {12 + c: right[16 + c] for c in range(4)} | {16 + c: right[12 + c] for c in range(4)}
    assert "rows" in proposed(CROSSED, printed, rows).values()


def test_a_cell_of_whole_numbers_gets_no_fraction() -> None:
    system = System(({0: 1, 1: -1, 2: -1},), blocks=(((0, 1, 2),),))
    found = list(Proposals(system, [150, 75, 70], [10, 1, 1]).of({0: -5}))
    assert {cell for one in found for cell in one.cells} == {1, 2}


def test_where_nothing_small_explains_the_figures_the_work_is_bounded() -> None:
    values = [(cell * 37 + 11) % 50 for cell in range(20)]
    proposals = Proposals(CROSSED, values, [1] * 20)
    residuals = CROSSED.residuals(values, [0] * 9)
    assert len(residuals) == 9
    assert list(proposals.of(residuals)) == []
    assert 0 < proposals.tried <= 2 * TRIED + 20
