"""The localiser names the cell that was mistyped and what stood there, and claims no more than the figures bear."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from factories.filled_forms import RIGHT, Figures, annual, judged, sent, zero_return

from toolkit.checks.localisation.errors import System, slip
from toolkit.checks.localisation.search import DEPTH, NODES, localise
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import loads
from toolkit.model.finding import Finding
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Return
from toolkit.rules.compile import derive

COLUMNS = ("natural", "business", "research", "nonprofit", "legal", "other", "total")


def typed(**wrong: int) -> Return:
    """A return whose totals were all typed, right but for ``wrong``."""
    kind = annual()
    good = zero_return(kind, RIGHT).numbers
    totals = {name: value for name in kind.rules.formulas if (value := good[name]) is not None}
    changed = {name.replace("__", "."): Decimal(value) for name, value in wrong.items()}
    return zero_return(kind, {**RIGHT, **totals, **changed})


def suggested(content: Return) -> str:
    """All suggestions about a return, one a line."""
    return "\n".join(one.suggestion for one in judged(annual(), content) if one.suggestion)


def test_a_right_table_has_no_suggestion() -> None:
    assert judged(annual(), typed()) == []


@pytest.mark.parametrize(
    ("wrong", "cell", "right", "why"),
    [
        ({"requests__new__natural": 613}, "D6", 631, "相邻两位数字颠倒"),
        ({"requests__new__natural": 63}, "D6", 631, "漏了一位数字"),
        ({"requests__new__natural": 6631}, "D6", 631, "多了一位数字"),
        ({"requests__new__natural": 681}, "D6", 631, "一位数字不对"),
        ({"requests__new__natural": -631}, "D6", 631, "多了负号"),
        ({"requests__new__natural": 63100}, "D6", 631, "差了若干个 0"),
        ({"requests__new__natural": 0}, "D6", 631, "漏填"),
        ({"requests__new__natural": 285}, "D6", 631, "数值不符"),
        ({"requests__closed__natural": 683}, "D29", 638, "相邻两位数字颠倒"),
        ({"requests__granted__total": 487}, "J8", 478, "相邻两位数字颠倒"),
    ],
)
def test_one_slip_is_named_with_cell_figure_and_reason(wrong: dict[str, int], cell: str, right: int, why: str) -> None:
    told = suggested(typed(**wrong))
    (value,) = wrong.values()
    assert told.startswith("最可能：")
    assert f"（申请情况!{cell}）应为 {right}，现为 {value}（{why}）" in told
    assert "可能的位置" not in told


def test_exchanged_neighbours_are_one_possible_slip() -> None:
    told = suggested(typed(requests__new__natural=74, requests__new__business=631))
    assert "（申请情况!D6）现为 74，或应为 631，" in told
    assert "（申请情况!E6）现为 631，或应为 74（与相邻的格填反）" in told
    assert "最可能" not in told


def test_an_exchange_of_cells_in_which_rows_and_columns_meet_is_certain() -> None:
    told = suggested(typed(requests__granted__natural=13, requests__partial__business=408))
    assert "最可能：" in told
    assert "可能的位置" not in told


def test_exchanged_rows_are_told_as_one_slip() -> None:
    swapped = {
        **{f"requests__carried_in__{c}": RIGHT.get(f"requests.granted.{c}", 0) for c in COLUMNS[:-1]},
        **{f"requests__granted__{c}": RIGHT.get(f"requests.carried_in.{c}", 0) for c in COLUMNS[:-1]},
        "requests__carried_in__total": 478,
        "requests__granted__total": 52,
    }
    assert "上下两行填反" in suggested(typed(**swapped))


def test_a_row_one_place_too_far_is_told_as_one_slip() -> None:
    moved = {"natural": 0, "business": 631, "research": 74, "nonprofit": 0, "legal": 0, "other": 9}
    right = {"natural": 631, "business": 74, "research": 0, "nonprofit": 0, "legal": 9, "other": 0}
    told = suggested(typed(**{f"requests__new__{column}": value for column, value in moved.items()}))
    assert "整段错开一格" in told
    assert f"现为 0，或应为 {right['natural']}" in told
    assert "最可能" not in told


def test_a_total_added_up_from_a_wrong_figure_is_told_with_it() -> None:
    told = suggested(typed(requests__new__natural=613, requests__new__total=696))
    assert "（申请情况!D6）现为 613，或应为 631" in told
    assert "（申请情况!J6）现为 696，或应为 714（填错一个数，合计也照错数加了）" in told
    assert "最可能" not in told


def test_an_exchange_that_breaks_more_equations_than_single_cells_could_mend_is_found() -> None:
    width = 7
    part, other, subtotal, rest, total = (range(k * width, (k + 1) * width) for k in range(5))
    equations = [{subtotal[c]: 1, part[c]: -1, other[c]: -1} for c in range(width)]
    equations += [{total[c]: 1, subtotal[c]: -1, rest[c]: -1} for c in range(width)]
    row = tuple(zip(other, subtotal, strict=True))
    values = [3 + c for c in part] + [40 + 3 * c for c in range(width)] + [0] * width + [5] * width + [0] * width
    for c in range(width):
        values[subtotal[c]] = values[part[c]] + values[other[c]]
        values[total[c]] = values[subtotal[c]] + values[rest[c]]
    wrong = list(values)
    for a, b in row:
        wrong[a], wrong[b] = values[b], values[a]
    found, _ = localise(System(tuple(equations), rows=(row,)), wrong, [0] * len(equations), [1] * len(wrong))
    assert [move.kind for move in found[0].moves] == ["rows"]
    assert found[0].cells == {cell: values[cell] for pair in row for cell in pair}


def test_two_slips_are_told_each_at_its_own_finding() -> None:
    found = [
        one
        for one in judged(annual(), typed(requests__new__natural=613, requests__granted__business=16))
        if one.suggestion
    ]
    cells = {one.suggestion.partition("（申请情况!")[2].partition("）")[0] for one in found}
    assert cells == {"D6", "E8"}
    assert all("最可能" in one.suggestion for one in found)


def test_the_second_return_of_a_batch_gets_its_own_suggestion() -> None:
    from toolkit.checks.confront import confront  # noqa: PLC0415

    first, second = typed(requests__new__natural=613), typed(requests__new__business=47)
    (one, _), (two, _) = confront(annual(), [sent(first), sent(second)])
    assert "!D6）" in " ".join(f.suggestion for f in one)
    assert "!E6）" in " ".join(f.suggestion for f in two)


def test_with_live_totals_places_are_told_in_the_order_of_the_table() -> None:
    (finding,) = judged(annual(), zero_return(annual(), {**RIGHT, "requests.granted.natural": 409}))
    assert finding.suggestion.startswith("可能的位置：")
    assert finding.suggestion.endswith("；也可能在别的格")
    rows = [int(part.partition("）")[0]) for part in finding.suggestion.split("申请情况!D")[1:]]
    assert rows == sorted(rows)
    assert len(rows) == 3


def test_one_possible_slip_is_no_answer() -> None:
    told = suggested(zero_return(annual(), {**RIGHT, "requests.new.natural": 613}))
    assert "（申请情况!D6）现为 613，或应为 631（相邻两位数字颠倒）" in told
    assert "也可能在别的格" in told
    assert "最可能" not in told


def plant(kind: str, value: int, rng: Random) -> int:
    """A figure as somebody may mistype it."""
    text = str(value)
    at = rng.randrange(len(text))
    return {
        "digit": int(text[:at] + str(rng.randrange(10)) + text[at + 1 :]),
        "missing": int(text[:at] + text[at + 1 :] or 0),
        "twice": int(text + text[-1]),
        "reversed": int(text[::-1]),
        "rounded": round(value, -1),
        "thousands": value // 1000,
        "year": 2025,
        "zero": 0,
        "anything": rng.randrange(2 * value + 5),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["digit", "missing", "twice", "reversed", "rounded", "thousands", "year", "zero", "anything"]
)
@pytest.mark.parametrize("prior", [False, True])
def test_with_live_totals_nothing_wrong_is_told_as_certain(kind: str, *, prior: bool) -> None:
    rng = Random(kind)  # noqa: S311 - seeded slips, no secret
    before: Figures = {f"requests.carried_out.{c}": RIGHT.get(f"requests.carried_in.{c}", 0) for c in COLUMNS[:-1]}
    for name, value in RIGHT.items():
        wrong = plant(kind, value, rng)
        content = zero_return(annual(), {**RIGHT, name: wrong}, prior=before if prior else None)
        told = suggested(content)
        if prior and name.startswith("requests.carried_in") and wrong != value:
            assert told.startswith("最可能：")
            assert f"（申请情况!D7）应为 {value}，现为 {wrong}（" in told
        else:
            assert "最可能" not in told


def test_a_figure_below_0_is_told_as_certain() -> None:
    told = suggested(zero_return(annual(), {**RIGHT, "requests.partial.natural": -97}))
    assert told == "最可能：“（二）部分公开／自然人”（申请情况!D9）应为 97，现为 -97（多了负号）"


def test_a_column_s_balance_and_last_year_s_figure_meet_in_a_cell() -> None:
    prior: Figures = {f"requests.carried_out.{column}": 0 for column in COLUMNS} | {
        "requests.carried_out.natural": 52,
        "requests.carried_out.total": 52,
    }
    told = suggested(zero_return(annual(), {**RIGHT, "requests.carried_in.natural": 25}, prior=prior))
    assert told.startswith("最可能：“二、上年结转政府信息公开申请数量／自然人”（申请情况!D7）应为 52，现为 25")
    assert "可能的位置" not in told


def test_two_equations_that_fail_by_different_amounts_show_nothing() -> None:
    prior: Figures = {f"requests.carried_out.{column}": 0 for column in COLUMNS} | {
        "requests.carried_out.natural": 52,
        "requests.carried_out.total": 52,
    }
    wrong = {**RIGHT, "requests.carried_in.natural": 25, "requests.granted.natural": 409}
    told = suggested(zero_return(annual(), wrong, prior=prior))
    assert "（申请情况!D7）现为 25，或应为 52" in told
    assert "最可能" not in told


def test_control_totals_name_the_cell_of_a_live_table() -> None:
    kind = load("zfxxgk-2021" + CONTROLS)
    numbers = {name: Decimal(value) for name, value in RIGHT.items()}
    everything = {name: Decimal(0) for name in kind.names if name not in kind.rules.formulas} | numbers
    right = derive(kind.rules.formulas, everything, {})
    hand = {check.keys[1].name: right[check.keys[0].name] for check in kind.rules.rule("CTL-01")}
    content = zero_return(kind, {**numbers, **hand, "requests.partial.natural": Decimal(79)})
    told = [one for one in judged(kind, content) if one.suggestion]
    assert {one.rule for one in told} <= {"CTL-01", "BAL-01"}
    (text,) = {one.suggestion for one in told}
    assert text.startswith("最可能：“（二）部分公开／自然人”（申请情况!D9）应为 97，现为 79（相邻两位数字颠倒）")


def decimals() -> Finding:
    money = loads(
        """
        [form]
        id = "money"
        version = 1
        title = "金额"
        [[table]]
        id = "t"
        title = "表"
        type = "decimal"
        rows = [{ id = "x", label = "X" }, { id = "y", label = "Y" }, { id = "all", label = "合计" }]
        columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "sum", label = "小计" }]
        [table.rules]
        R-01 = "all = x + y"
        R-02 = "sum = a + b"
        """
    )
    values = {"t.x.a": "12.5", "t.y.a": "3.25", "t.all.a": "15.75", "t.x.b": "1", "t.all.b": "1"}
    sums = {"t.x.sum": "15.3", "t.y.sum": "3.25", "t.all.sum": "16.75"}
    found = [one for one in judged(money, zero_return(money, {**values, **sums})) if one.suggestion]
    assert len(found) == 1
    return found[0]


def test_decimals_are_compared_exactly_and_shown_as_typed() -> None:
    finding = decimals()
    assert "（表!D4）应为 13.5，现为 15.3" in finding.suggestion


def test_a_suggestion_changes_no_figure() -> None:
    content = typed(requests__new__natural=613)
    before = dict(content.numbers)
    judged(annual(), content)
    assert content.numbers == before


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        (
            {"disputes.review.upheld": 4, "disputes.review.corrected": 9, "disputes.review.total": 22},
            "（复议诉讼!C6）现为 0，或应为 9",
        ),
        ({"disputes.review.upheld": 31, "disputes.review.total": 13}, "相邻两位数字颠倒"),
        (
            {"disputes.review.upheld": 1234, "disputes.review.corrected": 5678, "disputes.review.total": 1234},
            "差额 5678 正好等于复议诉讼!B6，可能漏加或重加",
        ),
    ],
)
def test_a_row_alone_offers_what_there_is(values: Figures, hint: str) -> None:
    (finding,) = judged(annual(), zero_return(annual(), values))
    assert finding.rule == "SUM-03"
    assert hint in finding.suggestion
    assert "最可能" not in finding.suggestion


# ---------------------------------------------------------------- the search itself


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (36, 63, "transposed"),
        (3, 33, "missing"),
        (33, 3, "extra"),
        (18, 78, "digit"),
        (-5, 5, "sign"),
        (-5, 6, "other"),
        (0, 7, "digit"),
        (0, 70, "blank"),
        (5, 500, "unit"),
        (5000000, 5, "other"),
        (123, 321, "other"),
        (12, 0, "other"),
    ],
)
def test_kinds_of_slips(old: int, new: int, kind: str) -> None:
    assert slip(old, new) == kind


def test_a_search_ends_where_nothing_small_explains_the_figures() -> None:
    size = 4
    cells = {(r, c): r * size + c for r in range(size) for c in range(size)}
    rows = tuple({cells[r, c]: 1 for c in range(size)} for r in range(size))
    columns = tuple({cells[r, c]: 1 for r in range(size)} for c in range(size))
    system = System((*rows, *columns), lines=tuple(tuple(one) for one in (*rows, *columns)), across=size)
    values = [7] * (size * size)
    right = [7 * size + (k * 37 + 11) % 23 + 1 for k in range(2 * size)]
    found, nodes = localise(system, values, right, [1] * len(values))
    assert found == []
    assert 0 < nodes <= 2 * (NODES + NODES // 3 + DEPTH)
    assert localise(system, values, [28] * 8, [1] * len(values)) == ([], 0)


def test_a_cell_of_whole_numbers_gets_no_fraction() -> None:
    system = System(({0: 1, 1: -1}, {0: 1, 2: -1}))
    found, _ = localise(system, [150, 155, 155], [0, 0], [10, 1, 1])
    assert all(one.cells.get(0, 0) % 10 == 0 for one in found)
