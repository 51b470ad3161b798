"""Two rounds, linked: last year's figures are on file, prefilled and locked, and the rules use them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from factories.rounds import UNITS, begin, clock, put, reply
from factories.workbooks import edited, save, workbook

from toolkit.errors import UsageError
from toolkit.model.finding import Severity
from toolkit.model.returns import Verdict
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import issue
from toolkit.pipeline.round.standing import standings

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
