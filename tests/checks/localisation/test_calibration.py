"""What is told of a return whose figures do not add up: certain, listed or nothing, by kind of slip and of totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from factories.filled_forms import RIGHT, Figures, annual, judged, sent, zero_return

from toolkit.checks.confront import confront
from toolkit.checks.localisation.calibration import CERTAIN, LISTED, Learnt, learnt, localise
from toolkit.checks.localisation.system import equation_groups, filled_equations
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Finding
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Return
from toolkit.rules.compile import derive

COLUMNS = ("natural", "business", "research", "nonprofit", "legal", "other", "total")
MODES = ("typed", "live", "control")
#: Row totals as the unit's own text states them; the words are those that a report uses.
TEXT = (
    "全年新收政府信息公开申请714件，上年结转52件。全年共办结政府信息公开申请721件，其中予以公开478件，部分公开110件。"
)


def form(mode: str) -> Instrument:
    return load("zfxxgk-2021" + (CONTROLS if mode == "control" else ""))


def table(mode: str, wrong: Figures, *, prior: Figures | None = None, text: str = "") -> Return:
    """The right table but for ``wrong``, its totals typed, live, or with control totals."""
    kind = form(mode)
    everything = {name: Decimal(0) for name in kind.names if name not in kind.rules.formulas}
    right = derive(kind.rules.formulas, {**everything, **{k: Decimal(v) for k, v in RIGHT.items()}}, {})
    values: dict[str, int | str | Decimal | None] = dict(RIGHT)
    if mode == "typed":
        values |= {name: right[name] for name in kind.rules.formulas}
    elif mode == "control":
        values |= {check.keys[1].name: right[check.keys[0].name] for check in kind.rules.rule("CTL-01")}
    return replace(zero_return(kind, {**values, **wrong}, prior=prior), texts={"overview.requests": text})


def told(mode: str, wrong: Figures, *, prior: Figures | None = None, text: str = "") -> list[Finding]:
    found = judged(form(mode), table(mode, wrong, prior=prior, text=text))
    return [one for one in found if one.suggestion]


def certain(found: list[Finding]) -> dict[str, Decimal]:
    return {cell.variable: cell.value for one in found if one.certain for cell in one.candidates if cell.option == 1}


def right(wrong: Figures) -> dict[str, Decimal]:
    return {name: Decimal(RIGHT.get(name, 0)) for name in wrong}


@pytest.mark.parametrize("mode", MODES)
def test_a_right_table_has_no_suggestion(mode: str) -> None:
    assert told(mode, {}) == []


#: Slips of every kind; the figures are those of `RIGHT`, printed otherwise.
ONE_CELL: list[tuple[str, int, str]] = [
    ("new.natural", 613, "相邻两位数字颠倒"),
    ("new.natural", 63, "漏了一位数字"),
    ("new.natural", 6631, "多了一位数字"),
    ("new.natural", 681, "一位数字不对"),
    ("new.natural", 63100, "差了若干个 0"),
    ("new.natural", 0, "漏填"),
    ("new.natural", 285, "数值不符"),
    ("new.natural", 136, "数字前后颠倒"),
    ("unavailable_not_held.natural", 2024, "填成了年份"),
    ("granted.natural", 400, "填了约数"),
    ("partial.natural", 149, "重复计入了别的格"),
    ("partial.business", 9, "数值不符"),
    ("carried_out.natural", 43, "一位数字不对"),
]


@pytest.mark.parametrize(("name", "printed", "why"), ONE_CELL)
@pytest.mark.parametrize("mode", ["typed", "control"])
def test_a_cell_in_which_equations_meet_is_named_for_certain(mode: str, name: str, printed: int, why: str) -> None:
    found = told(mode, {f"requests.{name}": printed})
    assert certain(found) == right({f"requests.{name}": printed})
    assert {cell.reason for one in found for cell in one.candidates} == {why}
    assert all(one.suggestion.startswith("最可能：") for one in found)


@pytest.mark.parametrize(("name", "printed"), [(name, printed) for name, printed, _ in ONE_CELL])
def test_with_live_totals_alone_no_cell_is_certain(name: str, printed: int) -> None:
    found = told("live", {f"requests.{name}": printed})
    assert certain(found) == {}
    assert all(len({cell.option for cell in one.candidates}) <= 3 for one in found)
    assert all(one.suggestion.startswith("可能的位置：") for one in found)


@pytest.mark.parametrize("mode", MODES)
def test_a_figure_below_0_is_certain(mode: str) -> None:
    found = told(mode, {"requests.partial.natural": -97})
    assert certain(found) == {"requests.partial.natural": Decimal(97)}
    assert "应为 97，现为 -97（多了负号）" in "".join(one.suggestion for one in found)


@pytest.mark.parametrize("total", ["closed.natural", "granted.total", "closed.total"])
def test_a_typed_total_is_a_figure_like_others(total: str) -> None:
    good = table("typed", {}).numbers[f"requests.{total}"]
    assert good is not None
    assert certain(told("typed", {f"requests.{total}": good + 36})) == {f"requests.{total}": good}


def test_a_total_typed_over_one_formula_is_named_by_its_row_and_its_column() -> None:
    assert certain(told("live", {"requests.new.total": 750})) == {"requests.new.total": Decimal(714)}


def test_a_control_total_is_told_but_one_equation_shows_nothing() -> None:
    (finding,) = told("control", {"control_requests.granted_total.control": 487})
    assert not finding.certain
    assert finding.candidates[0].variable == "control_requests.granted_total.control"
    assert finding.candidates[0].value == 478


TWO: list[Figures] = [
    {"requests.new.natural": 613, "requests.granted.business": 16},
    {"requests.granted.natural": 13, "requests.partial.business": 408},
    {"requests.carried_in.natural": 45, "requests.carried_out.natural": 52},
    {"requests.partial.natural": 79, "requests.granted.business": 611, "requests.new.legal": 90},
]


@pytest.mark.parametrize("wrong", TWO)
def test_several_slips_of_different_size_are_each_named(wrong: Figures) -> None:
    found = told("typed", wrong)
    assert certain(found) == right(wrong)


def test_an_exchange_is_certain_where_no_other_row_would_do_and_two_equations_show_it() -> None:
    wrong: Figures = {"requests.new.natural": 74, "requests.new.business": 631}
    found = told("typed", wrong)
    assert certain(found) == right(wrong)
    assert {cell.reason for one in found for cell in one.candidates} == {"与相邻的格填反"}


def test_an_exchange_that_two_rows_would_explain_is_not_certain() -> None:
    more: Figures = {
        "requests.new.business": 421, "requests.new.total": 1061, "requests.other_rest.business": 347,
        "requests.other_rest.total": 347, "requests.closed.business": 421, "requests.closed.total": 1068,
    }  # fmt: skip
    assert told("typed", more) == []
    found = told("typed", {**more, "requests.granted.natural": 61, "requests.granted.business": 408})
    assert found
    assert certain(found) == {}


def test_two_slips_are_told_each_at_a_finding_of_its_own() -> None:
    found = told("typed", {"requests.new.natural": 613, "requests.granted.business": 16})
    assert [[cell.cell for cell in one.candidates] for one in found] == [["D6"], ["E8"]]


LISTED_KINDS: list[tuple[str, Figures, str]] = [
    ("live", {"requests.granted.natural": 480}, "相邻两位数字颠倒"),
    ("live", {"requests.granted.natural": 40800}, "差了若干个 0"),
    ("live", {"requests.unavailable_not_held.natural": 0}, "漏填"),
]


@pytest.mark.parametrize(("mode", "wrong", "why"), LISTED_KINDS)
def test_what_one_thing_points_to_is_listed(mode: str, wrong: Figures, why: str) -> None:
    found = told(mode, wrong)
    assert certain(found) == {}
    options: dict[int, dict[str, Decimal]] = {}
    for cell in (cell for one in found for cell in one.candidates if cell.reason == why):
        options.setdefault(cell.option, {})[cell.variable] = cell.value
    assert right(wrong) in options.values()


@pytest.mark.parametrize(
    "wrong",
    [
        {"requests.new.natural": 613, "requests.new.total": 696},
        {"requests.granted.natural": 480, "requests.granted.total": 550, "requests.closed.natural": 710,
         "requests.closed.total": 793},
    ],
)  # fmt: skip
def test_a_figure_carried_into_its_totals_is_never_certain(wrong: Figures) -> None:
    assert certain(told("typed", wrong)) == {}


# ---------------------------------------------------------------- what other figures say


def test_a_figure_of_the_unit_s_text_names_the_cell() -> None:
    wrong: Figures = {"requests.new.natural": 613}
    assert certain(told("live", wrong)) == {}
    assert certain(told("live", wrong, text=TEXT)) == right(wrong)


@pytest.mark.parametrize("printed", [331, 143])
def test_a_figure_of_the_text_that_names_half_the_column_lists(printed: int) -> None:
    wrong: Figures = {"requests.unavailable_not_held.natural": printed}
    (finding,) = told("live", wrong, text="全年共办结政府信息公开申请721件。")
    assert not finding.certain
    assert ("D18", Decimal(133)) in {(cell.cell, cell.value) for cell in finding.candidates}


def test_a_wrong_figure_of_the_text_names_nothing() -> None:
    found = told("live", {"requests.new.natural": 613}, text=TEXT.replace("714", "750"))
    assert certain(found) == {}


def before(**changed: int) -> Figures:
    """Last year's report: carried out what is carried in this year, and else much the same."""
    last = {name: round(value * 0.9) for name, value in RIGHT.items()}
    carried = {f"requests.carried_out.{column}": RIGHT.get(f"requests.carried_in.{column}", 0) for column in COLUMNS}
    return {**last, **carried, "requests.carried_out.total": 52, **{f"requests.{k}": v for k, v in changed.items()}}


def test_last_year_s_report_names_what_was_carried_in() -> None:
    wrong: Figures = {"requests.carried_in.natural": 25}
    assert certain(told("live", wrong)) == {}
    assert certain(told("live", wrong, prior=before())) == right(wrong)


def test_two_figures_that_differ_by_other_amounts_name_nothing() -> None:
    wrong: Figures = {"requests.carried_in.natural": 25, "requests.granted.natural": 409}
    assert certain(told("live", wrong, prior=before())) == {}


def test_the_size_of_a_row_decides_what_comes_first() -> None:
    """A row that was never above ten holds no 3072: of 24 cells it is the one."""
    (finding,) = told("live", {"requests.declined_publication.natural": 3072})
    assert finding.candidates[0].variable == "requests.declined_publication.natural"


def test_like_slips_support_each_other() -> None:
    one = {"disputes.review.upheld": 10, "disputes.review.corrected": 1, "disputes.review.total": 0}
    two = {"disputes.after_review.upheld": 5, "disputes.after_review.total": 0}
    alone = told("live", one)
    both = told("live", {**one, **two})
    assert [finding.candidates[0].cell for finding in both] == ["E6", "O6"]
    assert (both[0].candidates[0].probability or 0) >= (alone[0].candidates[0].probability or 1)
    assert not any(finding.certain for finding in (*alone, *both))


# ---------------------------------------------------------------- properties


def slips(draw: Random, mode: str) -> Iterator[Figures]:
    """Slips of many kinds in one, two or three cells, and whole lines; in no order of the program's."""
    names = sorted(RIGHT) if mode != "typed" else sorted({*RIGHT, "requests.closed.natural", "requests.granted.total"})
    good = table(mode, {}).numbers
    for _ in range(60):
        chosen = draw.sample(names, draw.choice([1, 1, 1, 2, 3]))
        out: dict[str, int] = {}
        for name in chosen:
            value, text = int(good[name] or 0), str(good[name])
            at = draw.randrange(len(text))
            options = [int(text[:at] + text[at + 1 :] or 0), int(text[::-1]), round(value, -1), value // 1000, 2025, 0]
            options += [
                int(text[:at] + str(draw.randrange(10)) + text[at + 1 :]),
                draw.randrange(2 * value + 5),
                -value,
            ]
            out[name] = draw.choice(options)
        if all(out[name] != good[name] for name in chosen):
            yield dict(out)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("known", [False, True], ids=["alone", "with last year and text"])
def test_what_is_certain_mends_all_that_fails_and_is_what_happened(mode: str, *, known: bool) -> None:
    draw = Random(f"{mode}{known}")  # noqa: S311 - seeded slips, no secret
    prior, text = (before(), TEXT) if known else (None, "")
    good, sure, amiss = table(mode, {}).numbers, 0, 0
    for wrong in slips(draw, mode):
        mended = certain(told(mode, wrong, prior=prior, text=text))
        kept = {**wrong, **mended}
        if all(kept[name] == good[name] for name in kept):
            assert told(mode, kept, prior=prior, text=text) == []
        sure += bool(mended)
        amiss += any(good[name] != value for name, value in mended.items())
    assert sure >= {"typed": 40, "control": 30, "live": 5}[mode]
    assert amiss <= sure / 50


def test_a_suggestion_changes_no_figure() -> None:
    content = table("typed", {"requests.new.natural": 613})
    held = dict(content.numbers)
    assert judged(form("typed"), content)
    assert content.numbers == held


def test_the_second_return_of_a_batch_gets_its_own_suggestion() -> None:
    first, second = table("typed", {"requests.new.natural": 613}), table("typed", {"requests.new.business": 47})
    (one, _), (two, _) = (confront(annual(), sent(content)) for content in (first, second))
    assert "!D6）" in " ".join(finding.suggestion for finding in one)
    assert "!E6）" in " ".join(finding.suggestion for finding in two)


# ---------------------------------------------------------------- another form, and what was learnt

MONEY = """
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


def test_another_form_without_anything_learnt_is_served_as_well() -> None:
    money = loads(MONEY)
    values: Figures = {
        "t.x.a": "12.5", "t.y.a": "3.25", "t.all.a": "15.75", "t.x.b": "1", "t.all.b": "1",
        "t.x.sum": "15.3", "t.y.sum": "3.25", "t.all.sum": "16.75",
    }  # fmt: skip
    (finding,) = [one for one in judged(money, zero_return(money, values)) if one.suggestion]
    assert finding.certain
    assert "（表!D4）应为 13.5，现为 15.3" in finding.suggestion


def test_a_group_that_nobody_has_seen_says_nothing() -> None:
    kind = annual()
    group = equation_groups(kind, frozenset())[0]
    case = filled_equations(group, kind, sent(zero_return(kind, {**RIGHT, "requests.new.natural": 613})))
    assert case is not None
    (one,) = localise(case, kind.form.shares, Learnt())
    assert (one.probability, one.listed, one.certain, one.shown) == (0.0, 0.0, False, [])
    assert one.ranked, "the explanations are there all the same"


def test_curves_never_fall_and_hold_probabilities() -> None:
    curves = learnt().curves
    assert {name.split("|")[1].split(":")[0] for name in curves} == set(MODES)
    for bounds, values in curves.values():
        assert len(values) == len(bounds) + 1
        assert list(bounds) == sorted(bounds)
        assert list(values) == sorted(values)
        assert 0 <= values[0] <= values[-1] < 1
    assert all(0.5 < one < CERTAIN < 1 for one in LISTED.values())


def test_a_rarer_group_is_read_by_its_kind() -> None:
    known = Learnt(curves={"first|live:single": ((0.0,), (0.2, 0.7)), "first|live:single:1": ((), (0.9,))})
    assert known.probability("first", "live:single:1", -5) == 0.9
    assert known.probability("first", "live:single:2", -5) == 0.2
    assert known.probability("first", "live:single:2", 0.0) == 0.7
    assert known.probability("list", "live:single:2", 0.0) == 0.0


def test_totals_exchanged_look_like_all_they_add_up_exchanged() -> None:
    """The figures of two rows, each typed into the other: whether they or the totals are wrong nobody can know."""
    rows = ("requests.granted", "requests.partial")
    entered = COLUMNS[:-1]
    wrong: Figures = {f"{a}.{c}": RIGHT.get(f"{b}.{c}", 0) for a, b in (rows, rows[::-1]) for c in entered}
    found = told("typed", wrong)
    assert certain(found) == {}
    assert {one.rule for one in judged(form("typed"), table("typed", wrong))} == {"SUM-02"}


@pytest.mark.parametrize("other", ["other_rest", "granted", "partial", "unavailable_not_held"])
@pytest.mark.parametrize("of", [COLUMNS, COLUMNS[:-1]], ids=["with the totals of the rows", "without"])
def test_rows_exchanged_across_their_total_are_never_taken_for_a_wrong_total(other: str, of: tuple[str, ...]) -> None:
    """The total as it was fails in each column, above and below: another would mend all, and is not what happened."""
    good = table("typed", {}).numbers
    rows = (f"requests.{other}", "requests.carried_out")
    wrong: Figures = {f"{a}.{c}": good[f"{b}.{c}"] for a, b in (rows, rows[::-1]) for c in of}
    found = told("typed", wrong)
    assert [one.rule for one in judged(form("typed"), table("typed", wrong)) if one.severity == "error"]
    assert not any(variable.startswith("requests.closed") for variable in certain(found))
    assert all(good[name] == value for name, value in certain(found).items())


def test_neighbouring_rows_of_a_total_exchanged_are_listed_as_such() -> None:
    good = table("typed", {}).numbers
    rows = ("requests.other_rest", "requests.carried_out")
    wrong: Figures = {f"{a}.{c}": good[f"{b}.{c}"] for a, b in (rows, rows[::-1]) for c in COLUMNS}
    assert {cell.reason for one in told("typed", wrong) for cell in one.candidates} >= {"两行填反"}


ABSURD = [("granted", 40800), ("unavailable_not_held", 13300), ("partial", 9700), ("partial", 97000)]


@pytest.mark.parametrize(("row", "printed"), ABSURD)
def test_no_option_is_absurd_beside_the_size_of_its_row(row: str, printed: int) -> None:
    """Zeros too many are listed as that, not as tens of thousands that another row might lack."""
    (finding,) = told("live", {f"requests.{row}.natural": printed})
    listed = {cell.variable: cell.value for cell in finding.candidates}
    assert not finding.certain
    assert listed[f"requests.{row}.natural"] == RIGHT[f"requests.{row}.natural"]
    assert max(listed.values()) < 1000


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("partial", "refused_state_secret"),
        ("unavailable_not_held", "unavailable_to_create"),
        ("unavailable_not_held", "refused_query"),
    ],
    ids=["several figures, too low", "one, too low", "one, too high"],
)
def test_a_row_typed_into_an_empty_line_beside_its_own_comes_before_its_control_totals(own: str, other: str) -> None:
    """What stands in the wrong line says nothing of how usual the figures are in either."""
    good, rows = table("control", {}).numbers, (f"requests.{own}", f"requests.{other}")
    entered = COLUMNS[:-1]
    (finding,) = told("control", {f"{a}.{c}": good[f"{b}.{c}"] for a, b in (rows, rows[::-1]) for c in entered})
    first = {cell.variable: cell.value for cell in finding.candidates if cell.option == 1}
    assert {name.rpartition(".")[0] for name in first} == {*rows}
    assert all(good[name] == value for name, value in first.items())
