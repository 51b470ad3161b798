"""What a suggestion tells in words it tells as cells too: the same cells, the same figures, no others."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from factories.filled_forms import RIGHT, Figures, annual, judged, zero_return

from toolkit.checks.localisation.suggestion import Suggestion, joined
from toolkit.model.finding import Candidate, Finding

_SURE = re.compile(r"（([^（）!]+)!([A-Z]+\d+)）应为 (-?[\d.]+)，现为 (-?[\d.]+)")
_POSSIBLE = re.compile(r"（([^（）!]+)!([A-Z]+\d+)）现为 (-?[\d.]+)，或应为 (-?[\d.]+)")


def found_in(values: Figures, *, typed: bool = False, prior: Figures | None = None) -> list[Finding]:
    """What is found in the right table but for ``values``; ``typed`` says that totals were typed over."""
    kind = annual()
    right = zero_return(kind, RIGHT).numbers
    totals = {name: right[name] for name in kind.rules.formulas} if typed else {}
    return judged(kind, zero_return(kind, {**RIGHT, **totals, **values}, prior=prior))


def in_words(text: str) -> set[tuple[str, str, Decimal, Decimal]]:
    """Sheet, cell, what should stand and what stands, as a text tells them."""
    sure = {(sheet, cell, Decimal(new), Decimal(old)) for sheet, cell, new, old in _SURE.findall(text)}
    return sure | {(sheet, cell, Decimal(new), Decimal(old)) for sheet, cell, old, new in _POSSIBLE.findall(text)}


def as_cells(finding: Finding) -> set[tuple[str, str, Decimal, Decimal]]:
    return {(one.sheet, one.cell, one.value, one.found) for one in finding.candidates}


@pytest.mark.parametrize(
    ("values", "typed"),
    [
        ({"requests.new.natural": 613}, True),
        ({"requests.granted.natural": 480}, False),
        ({"requests.granted.natural": 40800}, False),
        ({"requests.partial.natural": -97}, False),
        ({"requests.new.natural": 613, "requests.granted.business": 16}, True),
        ({"requests.granted.natural": 13, "requests.partial.business": 408}, True),
        ({"requests.new.natural": 74, "requests.new.business": 631}, True),
        ({"requests.new.natural": 613, "requests.new.total": 696}, True),
    ],
)
def test_the_candidates_are_the_cells_that_the_words_tell(values: Figures, *, typed: bool) -> None:
    told = [one for one in found_in(values, typed=typed) if one.suggestion]
    assert told
    for finding in told:
        assert as_cells(finding) == in_words(finding.suggestion) != set()
        assert all(one.reason in finding.suggestion for one in finding.candidates)
        assert all(one.probability is not None and 0 < one.probability <= 1 for one in finding.candidates)
        assert finding.certain is finding.suggestion.startswith("最可能：")


def test_what_is_certain_is_the_first_option() -> None:
    (finding,) = [one for one in found_in({"requests.new.natural": 613}, typed=True) if one.suggestion]
    assert finding.certain
    assert finding.candidates == (
        Candidate(
            option=1,
            variable="requests.new.natural",
            sheet="申请情况",
            cell="D6",
            value=Decimal(631),
            found=Decimal(613),
            reason="相邻两位数字颠倒",
            probability=0.999,
        ),
    )


def test_what_is_only_possible_is_not_certain_and_the_likeliest_is_first() -> None:
    (finding,) = found_in({"requests.granted.natural": 480})
    assert not finding.certain
    assert finding.suggestion.startswith("可能的位置：")
    assert finding.suggestion.endswith("；也可能在别的格")
    told = [(one.option, one.cell, one.value, one.reason) for one in finding.candidates]
    assert told[0] == (1, "D8", 408, "相邻两位数字颠倒")
    assert told[1][:3] == (2, "D18", 61)
    shares = [one.probability or 0 for one in finding.candidates]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) < 1
    assert re.findall(r"!(D\d+)）", finding.suggestion) == [one.cell for one in finding.candidates]


def test_the_cells_of_one_exchange_share_an_option() -> None:
    exchanged = {"requests.new.natural": 74, "requests.new.business": 631}
    told = [one for finding in found_in(exchanged, typed=True) for one in finding.candidates]
    (number,) = {one.option for one in told if one.reason == "与相邻的格填反"}
    cells = [(one.cell, one.value, one.found) for one in told if one.option == number]
    assert cells == [("D6", 631, 74), ("E6", 74, 631)]
    assert len({one.probability for one in told if one.option == number}) == 1


def test_an_option_is_whole_where_the_words_name_four_cells_of_it() -> None:
    row = {"natural": 0, "business": 631, "research": 74, "nonprofit": 5, "legal": 7, "other": 9}
    right = {"natural": 631, "business": 74, "research": 5, "nonprofit": 7, "legal": 9, "other": 0}
    values: dict[str, int] = {f"requests.new.{column}": value for column, value in row.items()}
    balance = {f"requests.granted.{column}": right[column] for column in ("research", "nonprofit", "legal")}
    kind = annual()
    truth = zero_return(kind, {**RIGHT, **balance, **{f"requests.new.{column}": n for column, n in right.items()}})
    totals = {name: truth.numbers[name] for name in kind.rules.formulas}
    findings = judged(kind, zero_return(kind, {**RIGHT, **balance, **totals, **values}))
    (told,) = {one for one in findings if "等 6 格（整段错开一格）" in one.suggestion}
    (run,) = {one.option for one in told.candidates if one.reason == "整段错开一格"}
    cells = [one for one in told.candidates if one.option == run]
    assert {one.variable.rpartition(".")[2]: one.value for one in cells} == right
    assert {one.variable.rpartition(".")[2]: one.found for one in cells} == row


def test_where_no_list_is_good_enough_the_column_and_the_difference_are_told_alone() -> None:
    """One too many in a live column may be in any of its 24 cells."""
    (finding,) = found_in({"requests.granted.natural": 409})
    assert (finding.suggestion, finding.candidates, finding.certain) == ("", (), False)
    assert finding.column.endswith("自然人")
    assert finding.difference == -1


def test_a_figure_carried_into_its_total_is_told_with_it() -> None:
    (told,) = [
        one for one in found_in({"requests.new.natural": 613, "requests.new.total": 696}, typed=True) if one.suggestion
    ]
    carried = [one for one in told.candidates if one.reason == "填错一个数，合计也照错数加了"]
    assert {("D6", Decimal(631)), ("J6", Decimal(714))} <= {(one.cell, one.value) for one in carried}
    assert not told.certain


def test_a_suggestion_changes_no_place_of_a_finding() -> None:
    (finding,) = found_in({"requests.new.natural": 613})
    assert finding.left is not None
    assert finding.difference == -18


def cell(name: str, option: int = 1) -> Candidate:
    return Candidate(
        option=option, variable=name, sheet="表", cell=name.upper(), value=Decimal(2), found=Decimal(1), reason="漏填"
    )


def test_what_is_told_of_several_checks_is_numbered_anew_and_nothing_stands_twice() -> None:
    both = joined(
        [Suggestion("甲", (cell("a"), cell("b", 2))), Suggestion("乙", (cell("b"), cell("c", 2), cell("d", 2)))]
    )
    assert both == Suggestion("甲；乙", (cell("a"), cell("b", 2), cell("c", 3), cell("d", 3)))


def test_what_is_certain_of_any_check_comes_first_and_is_one_option() -> None:
    sure = [Suggestion(text, (cell(text),), certain=True) for text in ("b", "c")]
    told = joined([Suggestion("甲", (cell("a"),)), *sure])
    assert told == Suggestion("甲；b；c", (cell("b"), cell("c"), cell("a", 2)), certain=True)


def test_where_nothing_is_told_there_is_nothing() -> None:
    assert joined([]) == Suggestion("")
    assert all((one.suggestion, one.candidates, one.certain) == ("", (), False) for one in found_in({}, typed=True))
