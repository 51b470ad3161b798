"""The reports of units: written by several processes they are the same, and what stops one is told of it alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories.rounds import GOOD, begin, clock, put, reply

from toolkit.pipeline.consolidate import Results
from toolkit.pipeline.round import results
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.results import write_unit_reports
from toolkit.pipeline.round.standing import standings


def reports(folder: Path, target: Path, jobs: int, template: bytes | None = None) -> tuple[Results, int]:
    """The results of writing the reports of all units, and how many units were told as done."""
    made, told = Results(), list[int]()
    with open_round(folder, clock=clock()) as round_:
        write_unit_reports(round_, target, standings(round_), template, made, told.append, jobs)
        return made, sum(told) - len(standings(round_))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    for code in ("001", "002"):
        put(tmp_path / "round", f"{code}.xlsx", reply(tmp_path / "round", code, GOOD))
    with open_round(tmp_path / "round", clock=clock()) as round_:
        collect(round_)
    return tmp_path / "round"


def test_two_processes_write_the_same_bytes_in_the_same_order(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, left = reports(folder, tmp_path / "one", 1)
    assert left == 0
    monkeypatch.setattr(results, "_FEW", 0)
    both, left = reports(folder, tmp_path / "two", 2)
    assert left == 0
    assert [path.relative_to(tmp_path / "one") for path in alone.files] == [
        path.relative_to(tmp_path / "two") for path in both.files
    ]
    assert len(alone.files) == 2 * 5
    assert [path.read_bytes() for path in alone.files] == [path.read_bytes() for path in both.files]
    assert alone.faults == both.faults == []
    again, left = reports(folder, tmp_path / "two", 2)
    assert (again.files, left) == ([], 0)


def test_what_stops_a_report_is_told_and_its_other_formats_are_there(folder: Path, tmp_path: Path) -> None:
    made, _ = reports(folder, tmp_path / "one", 1, template=b"no document")
    assert ["报告模板打不开：" in fault for fault in made.faults] == [True, True]
    assert {path.suffix for path in made.files} == {".pdf", ".html", ".md"}
