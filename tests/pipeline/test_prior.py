"""Verifying without a round, beside last year's workbooks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from factories.rounds import begin, clock, put, reply
from factories.workbooks import save, workbook

from toolkit.cli.run import run
from toolkit.errors import UsageError
from toolkit.model.finding import Finding, Severity
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.prior import prior_returns
from toolkit.pipeline.verify import verify

Capture = pytest.CaptureFixture[str]


def count(number: int) -> Decimal:
    return Decimal(number)


def last(unit: str = "甲局", carried: int = 3) -> bytes:
    return workbook(unit, "2024", requests__new__natural=count(carried), requests__carried_out__natural=count(carried))


def this(unit: str = "甲局", carried: int = 2, new: int = 0) -> bytes:
    total = count(carried + new)
    return workbook(
        unit,
        requests__carried_in__natural=count(carried),
        requests__new__natural=count(new),
        requests__granted__natural=total,
    )


def told(files: list[Path], previous: Path) -> list[list[Finding]]:
    before = prior_returns(previous)
    return [[f for f in one.findings if f.rule != "SIGN-01"] for one in verify(files, prior=before)]


@pytest.mark.parametrize("as_folder", [False, True])
def test_last_years_workbook_is_compared_with_both_cells(tmp_path: Path, *, as_folder: bool) -> None:
    old = save(tmp_path / "2024" / "甲.xlsx", last())
    new = [save(tmp_path / "b.xlsx", this("乙局")), save(tmp_path / "a.xlsx", this())]
    stranger, known = told(new, old.parent if as_folder else old)
    assert [one.rule for one in stranger] == ["FORM-13"]
    assert {(one.rule, one.severity, one.cells) for one in known} == {
        ("YOY-01", Severity.ERROR, ("D7", "上年数!C10")),
    }
    assert (known[0].left, known[0].right) == (2, 3)


def test_a_jump_is_to_be_verified_with_both_years_figures(tmp_path: Path) -> None:
    old = save(tmp_path / "2024" / "甲.xlsx", last(carried=3))
    (found,) = told([save(tmp_path / "a.xlsx", this(carried=3, new=500))], old)
    (jump,) = [one for one in found if one.rule == "YOY-03"]
    assert (jump.severity, jump.left, jump.right) == (Severity.VERIFY, 500, 130)
    assert jump.cells[0] == "J6"
    assert jump.cells[1].startswith("上年数!")


def test_a_workbook_that_carries_other_figures_is_told_and_those_on_file_count(tmp_path: Path) -> None:
    old = save(tmp_path / "2024" / "甲.xlsx", last())
    data = this(carried=2)
    (found,) = told([save(tmp_path / "a.xlsx", data)], old)
    assert "FORM-12" not in {one.rule for one in found}


def test_a_round_serves_as_last_year(tmp_path: Path) -> None:
    folder = tmp_path / "2024"
    begin(folder, period="2024", deadline="2025-01-26", at="2024-12-20 09:00")
    put(folder, "a.xlsx", reply(folder, "001", {"requests.new.natural": 3, "requests.carried_out.natural": 3}))
    with open_round(folder, clock=clock("2025-01-20 09:00")) as round_:
        collect(round_)
    (found,) = told([save(tmp_path / "a.xlsx", this("云岭区教育局"))], folder)
    assert [(one.rule, one.severity) for one in found] == [("YOY-01", Severity.ERROR)]


def test_two_different_workbooks_of_a_unit_are_not_guessed_between(tmp_path: Path) -> None:
    save(tmp_path / "2024" / "a.xlsx", last())
    save(tmp_path / "2024" / "b.xlsx", last(carried=4))
    save(tmp_path / "2024" / "c.xlsx", last("乙局", carried=2))
    found, other = told([save(tmp_path / "a.xlsx", this()), save(tmp_path / "b.xlsx", this("乙局"))], tmp_path / "2024")
    assert [one.rule for one in found] == ["FORM-13"]
    assert "有几份不同的" in found[0].message
    assert other == []


def test_a_workbook_of_the_same_year_is_no_last_year(tmp_path: Path) -> None:
    old = save(tmp_path / "same.xlsx", this())
    (found,) = told([save(tmp_path / "a.xlsx", this())], old)
    assert [one.rule for one in found] == ["FORM-13"]
    empty = save(tmp_path / "empty.xlsx", b"")
    with pytest.raises(UsageError, match="没有能读出的工作簿"):
        prior_returns(empty)


def faulty(carried: int = 3) -> bytes:
    """Of last year, and out of balance."""
    return workbook("甲局", "2024", requests__new__natural=count(9), requests__carried_out__natural=count(carried))


def test_a_faulty_workbook_of_last_year_is_compared_with_and_the_difference_only_asked_for(tmp_path: Path) -> None:
    old = save(tmp_path / "2024" / "甲.xlsx", faulty())
    (found,) = told([save(tmp_path / "a.xlsx", this())], old)
    assert {(one.rule, one.severity) for one in found} == {("YOY-01", Severity.VERIFY), ("FORM-13", Severity.NOTE)}
    assert "“甲局”上年的表没有通过核对" in next(one.message for one in found if one.rule == "FORM-13")
    (same,) = told([save(tmp_path / "b.xlsx", this(carried=3))], old)
    assert [one.rule for one in same] == ["FORM-13"]


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_an_accepted_workbook_of_last_year_goes_before_a_faulty_one(tmp_path: Path, names: tuple[str, str]) -> None:
    save(tmp_path / "2024" / f"{names[0]}.xlsx", faulty(carried=7))
    save(tmp_path / "2024" / f"{names[1]}.xlsx", last(carried=3))
    (found,) = told([save(tmp_path / "a.xlsx", this(carried=3))], tmp_path / "2024")
    assert found == []


def test_the_option_of_verify(tmp_path: Path, capsys: Capture) -> None:
    old, new = save(tmp_path / "2024.xlsx", last()), save(tmp_path / "a.xlsx", this())
    assert run(["verify", str(new)]) == 0
    assert run(["verify", str(new), "--previous", str(old)]) == 1
    assert "错误 YOY-01 申请情况!D7" in capsys.readouterr().out
    assert run(["verify", str(new), "--previous", str(tmp_path / "none.xlsx")]) == 2
    assert "没有这个文件或文件夹" in capsys.readouterr().err
    assert run(["verify", str(new), str(new), "--previous", str(old), "--jobs", "2"]) == 1
