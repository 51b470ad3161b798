"""Two rounds, linked: last year's figures are on file, prefilled and locked, and the rules use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from factories.rounds import UNITS, begin, clock, put, reply, roster
from factories.workbooks import edited, save, workbook
from factories.works import works

from toolkit.errors import UsageError
from toolkit.model.finding import Severity
from toolkit.model.returns import Verdict
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.prior import prior_returns
from toolkit.pipeline.round.sending.distribute import issue
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.round.start import start
from toolkit.pipeline.verify import verify
from toolkit.workbook.template.write import write_template

CARRIED = {"requests.new.natural": 5, "requests.granted.natural": 2, "requests.carried_out.natural": 3}
STOCK = {"proactive.normative.in_force": 7, "proactive.normative.made": 7}
Row = Sequence[str]


def renamed(code: str, new: str, name: str, former: str) -> Row:
    (unit,) = [unit for unit in UNITS if unit[0] == code]
    return (new, name, name, *unit[3:8], former)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The round of 2024: two units with figures, one that was returned, one silent."""
    folder = tmp_path / "2024"
    begin(folder, period="2024", deadline="2025-01-26", at="2024-12-20 09:00")
    put(folder, "a.xlsx", reply(folder, "001", {**CARRIED, **STOCK}))
    put(folder, "b.xlsx", reply(folder, "002", CARRIED))
    put(folder, "c.xlsx", reply(folder, "003", {"requests.new.natural": 1}))
    with open_round(folder, clock=clock("2025-01-20 09:00")) as round_:
        collect(round_)
    return folder


def prior(folder: Path, code: str) -> dict[str, Decimal]:
    with open_round(folder, alone=False) as round_:
        return dict(issue(round_, round_.roster.by_code[code]).prior)


def judged(folder: Path, name: str, data: bytes) -> Verdict:
    put(folder, name, data)
    with open_round(folder, clock=clock()) as round_:
        collect(round_)
        (found,) = [one.verdict for one in standings(round_) if one.file == name]
    assert found is not None
    return found


def test_what_was_accepted_last_year_is_prefilled_and_what_was_not_is_left_open(before: Path, tmp_path: Path) -> None:
    done = begin(tmp_path / "2025", previous=before)
    assert (done.units, done.carried, done.told) == (4, 2, ())
    first = prior(tmp_path / "2025", "001")
    assert first["requests.carried_out.natural"] == 3
    assert first["requests.carried_out.business"] == 0
    assert first["proactive.normative.in_force"] == 7
    assert prior(tmp_path / "2025", "003") == {}
    assert prior(tmp_path / "2025", "004") == {}


def test_carry_over_that_does_not_follow_is_an_error_when_last_year_is_on_file(before: Path, tmp_path: Path) -> None:
    begin(tmp_path / "2025", previous=before)
    figures = {"requests.carried_in.natural": 2, "requests.granted.natural": 2}
    found = judged(tmp_path / "2025", "b.xlsx", reply(tmp_path / "2025", "002", figures))
    (finding,) = [f for f in found.findings if f.rule == "YOY-01"]
    assert (finding.severity, finding.sheet, finding.cell) == (Severity.ERROR, "申请情况", "D7")
    assert (finding.left, finding.right) == (2, 3)
    right = {"requests.carried_in.natural": 3, "requests.granted.natural": 3}
    found = judged(tmp_path / "2025", "c.xlsx", reply(tmp_path / "2025", "002", right))
    assert found.findings == ()


def test_last_years_figures_in_a_workbook_do_not_count_against_those_on_file(before: Path, tmp_path: Path) -> None:
    begin(tmp_path / "2025", previous=before)
    folder = tmp_path / "2025"
    right = {"requests.carried_in.natural": 2, "requests.granted.natural": 2}

    def change(book: openpyxl.Workbook) -> None:
        sheet = book["上年数"]
        sheet.protection.disable()
        (cell,) = [row[2] for row in sheet.iter_rows(min_row=4) if row[2].value == 3]
        cell.value = 2

    found = judged(folder, "b.xlsx", edited(reply(folder, "002", right), change))
    assert {f.rule: f.severity for f in found.findings if f.rule in {"YOY-01", "FORM-12"}} == {
        "YOY-01": Severity.ERROR,
        "FORM-12": Severity.NOTE,
    }
    (note,) = [f for f in found.findings if f.rule == "FORM-12"]
    assert note.sheet == "上年数"
    assert f"{note.cell} 填的是 2，存档的是 3" in note.message


def test_a_unit_that_was_renamed_and_recoded_keeps_its_chain(before: Path, tmp_path: Path) -> None:
    units = [renamed("001", "011", "云岭区教育体育局", "001") if unit[0] == "001" else unit for unit in UNITS]
    begin(tmp_path / "2025", units, previous=before)
    assert prior(tmp_path / "2025", "011")["requests.carried_out.natural"] == 3


def test_units_that_were_merged_have_their_figures_added(before: Path, tmp_path: Path) -> None:
    units = [renamed("001", "011", "云岭区教民局", "001、002") if unit[0] == "001" else unit for unit in UNITS]
    units = [unit for unit in units if unit[0] != "002"]
    begin(tmp_path / "2025", units, previous=before)
    assert prior(tmp_path / "2025", "011")["requests.carried_out.natural"] == 6
    assert prior(tmp_path / "2025", "011")["proactive.normative.in_force"] == 7


def test_a_merger_with_one_whose_figures_are_missing_is_told_and_left_open(before: Path, tmp_path: Path) -> None:
    units = [renamed("001", "011", "云岭区教财局", "001、003") if unit[0] == "001" else unit for unit in UNITS]
    units = [unit for unit in units if unit[0] != "003"]
    done = begin(tmp_path / "2025", units, previous=before)
    assert "“云岭区教财局”由多个单位合并，其中编码 003 没有上年数，请其自行填写" in done.told
    assert prior(tmp_path / "2025", "011") == {}


def test_the_figures_of_a_unit_that_was_split_cannot_be_attributed(before: Path, tmp_path: Path) -> None:
    units = [
        renamed("001", "011", "云岭区教育局", "001"),
        renamed("001", "012", "云岭区体育局", "001"),
        *(unit for unit in UNITS if unit[0] != "001"),
    ]
    done = begin(tmp_path / "2025", units, previous=before)
    assert sum("拆分" in line for line in done.told) == 2
    assert prior(tmp_path / "2025", "011") == {}


def test_a_folder_of_last_years_workbooks_serves_as_well_by_code_or_by_name(before: Path, tmp_path: Path) -> None:
    done = begin(tmp_path / "2025", previous=before / "收件")
    assert done.carried == 2
    assert prior(tmp_path / "2025", "001")["requests.carried_out.natural"] == 3


def test_of_a_folder_only_accepted_workbooks_are_prefilled_and_the_others_are_named(tmp_path: Path) -> None:
    old = tmp_path / "旧表"
    save(old / "a.xlsx", workbook("云岭区教育局", "2024", proactive__licences__decisions=Decimal(4)))
    save(old / "b.xlsx", workbook("云岭区民政局", "2024", requests__new__natural=Decimal(1)))
    done = begin(tmp_path / "2025", previous=old)
    assert [one for one in done.told if "没有通过核对，没有用它的数" in one and "云岭区民政局" in one]
    assert prior(tmp_path / "2025", "002") == {}


def test_a_round_of_another_year_or_an_empty_folder_is_refused_and_nothing_is_made(
    before: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="那一轮的期间是 2024，应为 2025"):
        begin(tmp_path / "2026", period="2026", previous=before)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="没有找到 2024 年"):
        begin(tmp_path / "2025", previous=tmp_path / "empty")
    with pytest.raises(UsageError, match="不是文件夹"):
        begin(tmp_path / "2025", previous=tmp_path / "none")
    assert not (tmp_path / "2025").exists()
    assert not (tmp_path / "2026").exists()


def test_both_rounds_are_signed_with_the_same_key(before: Path, tmp_path: Path) -> None:
    begin(tmp_path / "2025", previous=before)
    assert (tmp_path / "2025/台账/office.key").read_text() == (before / "台账/office.key").read_text()


def test_a_round_is_not_started_twice_in_a_folder(before: Path) -> None:
    with pytest.raises(UsageError, match="已经有一轮收集"):
        begin(before)


PEOPLE = [("", "云岭区水务局", "水务局", "", "", "", "", "", "")]
FILLED = {name: Decimal(0) for name, one in works().variables.items() if not one.derived}


def quarter(place: Path, period: str, previous: Path | None = None, **roads: int) -> Path:
    """A round of the quarterly form of which the one unit reports some figures of its roads."""
    folder, listed = place / period, roster(place / "roster.csv", PEOPLE)
    start(folder, period, listed, form=works().form.folder, prior=previous, clock=clock())
    with open_round(folder, clock=clock()) as round_:
        given = issue(round_, round_.roster.by_code["001"])
        figures = {**FILLED, **{f"works.roads.{name}": Decimal(value) for name, value in roads.items()}}
        book = write_template(works(), replace(given, values={**figures, "remarks.delays": "no delays"}))
        put(folder, "水务局.xlsx", book)
        collect(round_)
    return folder


def of_roads(folder: Path) -> dict[str, Decimal]:
    """What is on file of earlier times of the roads."""
    named = {name.removeprefix("works.roads."): value for name, value in prior(folder, "001").items()}
    return {name: value for name, value in named.items() if "." not in name.replace(".last", "").replace(".before", "")}


def found(folder: Path) -> dict[str, tuple[Decimal | str | None, Decimal | str | None]]:
    with open_round(folder, alone=False) as round_:
        (verdict,) = [one.newest for one in standings(round_) if one.newest]
    return {one.rule: (one.left, one.right) for one in verdict.findings if one.severity is not Severity.NOTE}


def test_the_quarter_before_the_year_so_far_and_the_year_before_come_from_the_rounds_before(tmp_path: Path) -> None:
    old = quarter(tmp_path, "2024-Q3", begun=2, ended=1, spent=50)
    last = quarter(tmp_path, "2024-Q4", old, begun=9, ended=9, spent=70)
    first = quarter(tmp_path, "2025-Q1", last, begun=5, ended=4, spent=100)
    assert of_roads(first) == {"spent.last": 70, "begun.before": 0, "ended.before": 0}
    second = quarter(tmp_path, "2025-Q2", first, begun=1, ended=1, spent=1400)
    assert of_roads(second) == {"spent.last": 100, "begun.before": 5, "ended.before": 4}
    assert found(second) == {}
    third = quarter(tmp_path, "2025-Q3", second, begun=121, ended=124, spent=6601)
    assert of_roads(third) == {"begun": 2, "spent.last": 1400, "begun.before": 6, "ended.before": 5}
    told = {"WORK-1": (124, 121), "LAST-1": (6601, 6600), "DATE-1": (129, 127), "YEAR-1": (121, 120)}
    assert found(third) == told
    fourth = quarter(tmp_path, "2025-Q4", third)
    assert of_roads(fourth) == {"begun": 9}, "the third was not accepted: of the year so far a part is not known"


def test_what_rests_on_a_quarter_that_is_not_at_hand_is_not_asked_and_never_guessed(tmp_path: Path) -> None:
    first = quarter(tmp_path, "2025-Q1", begun=1, spent=1)
    third = tmp_path / "third"
    with pytest.raises(UsageError, match="那一轮的期间是 2024-Q1，应为 2024-Q4"):
        quarter(third, "2025-Q4", quarter(third, "2024-Q1"))
    alone = start(third / "2025-Q3", "2025-Q3", third / "roster.csv", form=works().form.folder, prior=first)
    assert "没有 2024-Q3、2025-Q2 的数，要用到它们的规则不核对" in alone.told
    assert of_roads(third / "2025-Q3") == {}


def test_the_quarter_before_may_come_from_workbooks_by_hand(tmp_path: Path) -> None:
    first = quarter(tmp_path, "2025-Q1", begun=5, ended=4, spent=100)
    second = quarter(tmp_path, "2025-Q2", first, begun=1, ended=3, spent=1401)
    filed = prior_returns(first / "收件", works().form.folder)
    (beside,) = verify([second / "收件" / "水务局.xlsx"], works().form.folder, prior=filed)
    assert {one.rule for one in beside.findings if one.severity is not Severity.NOTE} == {"WORK-1", "DATE-1", "LAST-1"}
    by_hand = start(
        tmp_path / "by hand", "2025-Q2", tmp_path / "roster.csv", form=works().form.folder, prior=first / "收件"
    )
    assert by_hand.carried == 1
    assert of_roads(tmp_path / "by hand") == {"spent.last": 100, "begun.before": 5, "ended.before": 4}
