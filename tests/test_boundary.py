"""An exception in one file is a finding on that file; where there are many, the run stops and the fault is ours."""

from __future__ import annotations

import errno
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from factories.rounds import FAULTY, GOOD, Value, begin, clock, put, reply, states
from factories.workbooks import save, workbook

from toolkit.boundary import Failure, guarded
from toolkit.checks import verdict as judging
from toolkit.cli.run import run
from toolkit.collection import inbox as lying
from toolkit.consolidation import aggregate as likeness
from toolkit.errors import LedgerError, ProgramError
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Verdict
from toolkit.pipeline import annotate as annotating
from toolkit.pipeline import attribution
from toolkit.pipeline import read_return as understanding
from toolkit.pipeline.annotate import annotate_files
from toolkit.pipeline.consolidate import SumRequest, consolidate_folder
from toolkit.pipeline.reports import documents as reporting
from toolkit.pipeline.round import collect as collecting
from toolkit.pipeline.round import open as rounds
from toolkit.pipeline.round.collect import Collected, collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.prior import prior_returns
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.round.status import Run, progress
from toolkit.pipeline.verify import verify
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.refusals import refusal

pytestmark = pytest.mark.runs

#: In whose disclosure text this stands, on that return the program fails.
POISON = "毒"
TEXT = "overview.disclosure"
Patch = pytest.MonkeyPatch


def fails(*_: object, **__: object) -> Any:
    raise ZeroDivisionError


def poisoned(told: object) -> bool:
    """Whether a return, or a flat workbook, or whatever was made of one, holds the poison."""
    return POISON in str(told)


def at(
    monkeypatch: Patch, place: Any, name: str, poison: Callable[..., object], error: BaseException | None = None
) -> None:
    """From now on a function fails where it is given the poison."""
    real = getattr(place, name)

    def work(*given: Any, **more: Any) -> Any:
        if poison(*given):
            raise error or ZeroDivisionError
        return real(*given, **more)

    monkeypatch.setattr(place, name, work)


@pytest.fixture
def rules_fail(monkeypatch: Patch) -> None:
    at(monkeypatch, judging, "read_texts", lambda _, sent: poisoned(sent.content.texts))


@pytest.fixture
def reader_fails(monkeypatch: Patch) -> None:
    at(monkeypatch, understanding, "extract", lambda flat, *_: poisoned(flat))


def three(folder: Path) -> list[Path]:
    told = {"a": "甲。", "b": f"乙{POISON}。", "c": "丙。"}
    return [save(folder / f"{name}.xlsx", workbook(overview__disclosure=text)) for name, text in told.items()]


def failed(verdict: Verdict) -> Finding:
    """The one finding on a file on which the program failed."""
    assert verdict.status is Status.UNREADABLE
    (finding,) = verdict.findings
    assert (finding.rule, finding.severity) == ("FILE-99", Severity.FATAL)
    assert "是程序的问题" in finding.remedy
    return finding


# ---------------------------------------------------------------- the piece itself


@pytest.mark.parametrize("error", [ValueError("x"), MemoryError(), RecursionError(), KeyError("x"), OSError(5, "x")])
def test_whatever_fails_becomes_a_failure_that_names_its_kind(error: Exception) -> None:
    def work() -> str:
        raise error

    found = guarded(work, lambda failure: failure)
    assert isinstance(found, Failure)
    assert found.kind == type(error).__name__


def test_a_failure_names_the_line_of_ours() -> None:
    found = guarded(lambda: reporting.formats(None), lambda failure: failure)  # type: ignore[arg-type]
    assert str(found).startswith("AttributeError documents:")


@pytest.mark.parametrize(
    "error",
    [LedgerError("x"), KeyboardInterrupt(), SystemExit(), OSError(errno.ENOSPC, "x"), OSError(errno.EMFILE, "x")],
)
def test_a_fault_of_the_machine_and_an_interruption_go_on_their_way(error: BaseException) -> None:
    def work() -> str:
        raise error

    with pytest.raises(type(error)):
        guarded(work, str)


def test_a_maintainer_may_see_the_traceback(monkeypatch: Patch) -> None:
    monkeypatch.setenv("XXGK_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        guarded(lambda: 1 // 0, str)


# ---------------------------------------------------------------- verify, annotate


@pytest.mark.parametrize("fault", ["reader_fails", "rules_fail"])
def test_a_failure_in_reading_or_in_the_rules_costs_only_its_file(
    fault: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = three(tmp_path)
    clean = list(verify(files))
    request.getfixturevalue(fault)
    found = list(verify(files))
    assert [found[0], found[2]] == [clean[0], clean[2]]
    assert "ZeroDivisionError test_boundary" not in failed(found[1]).message
    assert "ZeroDivisionError" in failed(found[1]).message
    assert run(["verify", *map(str, files)]) == 3
    out = capsys.readouterr()
    assert out.out.count("FILE-99") == 1
    assert "b.xlsx" in out.out
    assert "Traceback" not in out.out + out.err
    monkeypatch.undo()
    assert list(verify(files)) == clean


def test_a_failure_beside_last_years_workbook_costs_only_its_file(tmp_path: Path, monkeypatch: Patch) -> None:
    files = three(tmp_path)
    before = prior_returns(save(tmp_path / "old" / "a.xlsx", workbook(period="2024")))
    at(monkeypatch, type(before), "beside", lambda _, found: poisoned(found.content.texts))
    found = list(verify(files, prior=before))
    assert [one.status for one in found] == [Status.ACCEPTED, Status.UNREADABLE, Status.ACCEPTED]
    failed(found[1])


def test_an_interruption_in_a_file_ends_the_run(tmp_path: Path, monkeypatch: Patch) -> None:
    files = three(tmp_path)
    at(monkeypatch, understanding, "extract", lambda flat, *_: poisoned(flat), KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        list(verify(files))


def test_a_failure_in_marking_leaves_the_notice_and_the_other_copies(tmp_path: Path, monkeypatch: Patch) -> None:
    wrong = {name: workbook(requests__new__natural=None, overview__disclosure=name) for name in ("甲", POISON, "丙")}
    files = [save(tmp_path / f"{i}.xlsx", data) for i, data in enumerate(wrong.values())]
    at(monkeypatch, annotating, "annotate", lambda _, __, verdict, ___: poisoned(verdict.content.texts))
    done = annotate_files(files)
    assert set(done.written) == {files[0], files[2]}
    assert set(done.notices) == set(files)
    assert "ZeroDivisionError" in done.left[files[1]]
    assert str(done.notices[files[1]]) in done.left[files[1]]
    at(monkeypatch, annotating, "lines_of", lambda _, verdict: poisoned(verdict.content.texts))
    done = annotate_files(files)
    assert set(done.notices) == {files[0], files[2]}
    assert "程序出错" in done.left[files[1]]


@pytest.mark.parametrize(("bad", "good", "ends"), [(10, 0, "whole"), (11, 0, ""), (11, 209, "whole"), (12, 209, "")])
def test_many_failures_stop_the_run_and_a_few_do_not(
    bad: int,
    good: int,
    ends: str,
    tmp_path: Path,
    monkeypatch: Patch,
) -> None:
    names = [f"{POISON}{i}" for i in range(bad)] + [f"g{i}" for i in range(good)]
    files = [save(tmp_path / name, name.encode()) for name in names]
    monkeypatch.setattr(
        understanding, "admit_bytes", lambda data: fails() if poisoned(data.decode()) else read_as_csv()
    )
    if ends:
        assert sum(one.by_our_fault for one in verify(files)) == bad
        return
    with pytest.raises(ProgramError, match=f"程序在 {bad} 个文件上出错（共 {bad + good} 个）"):
        list(verify(files))


def read_as_csv() -> Any:
    raise refusal(Code.FILE_13)


def test_the_stop_is_the_programs_fault_by_its_exit_code_and_words(
    tmp_path: Path, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    for i in range(12):
        save(tmp_path / f"{i:02}.xlsx", b"x")
    monkeypatch.setattr(understanding, "admit_bytes", fails)
    assert run(["verify", str(tmp_path), "--format", "json"]) == 4
    out = capsys.readouterr()
    assert out.out == ""
    assert "这是程序的问题，不是填报单位的问题" in out.err
    assert "00.xlsx" in out.err
    assert run(["consolidate", str(tmp_path)]) == 4
    assert not (tmp_path / "成果").exists()


# ---------------------------------------------------------------- a plain folder


def test_a_failure_on_a_member_costs_a_sum_only_what_would_need_it(tmp_path: Path, monkeypatch: Patch) -> None:
    for number, name in enumerate(("甲", POISON, "丙")):
        text = f"{name}。"
        save(tmp_path / f"{number}.xlsx", workbook(unit=f"{number}局", overview__disclosure=text))
    at(monkeypatch, likeness, "similar", lambda texts: any(map(poisoned, texts.values())))
    at(monkeypatch, reporting, "write_digest", lambda part, _: any(poisoned(one.texts) for one in part.returns))
    done = consolidate_folder(tmp_path)
    assert done.total.coverage[0] == 3
    (told,) = [one for one in done.findings if one.rule == "FILE-99"]
    assert "1局" in told.message
    (fault,) = done.faults
    assert "1局" in fault
    assert done.exit_code("error") == 4
    names = {path.name for path in done.files}
    assert {"汇总表.xlsx", "汇总明细.csv", "汇总数.json"} <= names
    (digest,) = [path for path in done.files if path.suffix == ".md" and "摘编" in path.name]
    assert POISON not in digest.read_text(encoding="utf-8")
    assert "丙。" in digest.read_text(encoding="utf-8")


def test_a_failure_in_one_result_leaves_the_others(tmp_path: Path, monkeypatch: Patch) -> None:
    save(tmp_path / "a.xlsx", workbook())
    monkeypatch.setattr("toolkit.pipeline.consolidate.write_book", fails)
    monkeypatch.setattr("toolkit.pipeline.consolidate.confront", fails)
    done = consolidate_folder(tmp_path)
    assert [one.rule for one in done.findings] == ["FILE-99"]
    assert [fault.partition("：")[0] for fault in done.faults] == ["汇总表.xlsx"]
    assert {"汇总明细.csv", "汇总数.json"} <= {path.name for path in done.files}


def test_a_failure_in_the_parquet_file_costs_only_that(tmp_path: Path, monkeypatch: Patch) -> None:
    save(tmp_path / "a.xlsx", workbook())
    monkeypatch.setattr("toolkit.pipeline.consolidate.long_parquet", fails)
    done = consolidate_folder(tmp_path, SumRequest(parquet=True))
    assert [fault.partition("：")[0] for fault in done.faults] == ["汇总明细.parquet"]
    assert {"汇总表.xlsx", "汇总明细.csv", "汇总数.json"} <= {path.name for path in done.files}


# ---------------------------------------------------------------- a round


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    return tmp_path / "round"


def taken(folder: Path) -> Collected:
    with open_round(folder, clock=clock()) as round_:
        return collect(round_)


def rounded(folder: Path) -> Run:
    with open_round(folder, clock=clock()) as round_:
        return consolidate_round(round_)


def stands(folder: Path) -> Mapping[str, str]:
    with open_round(folder, alone=False, clock=clock()) as round_:
        return states(round_)


#: By its name somebody knows whose it is, whatever is in it.
NAMED = "民政局.xlsx"


def fill(folder: Path, code: str = "002", entries: Mapping[str, Value] = GOOD) -> None:
    put(folder, "001.xlsx", reply(folder, "001", GOOD))
    put(folder, NAMED, reply(folder, code, {**entries, TEXT: f"{POISON}。"}))
    put(folder, "003.xlsx", reply(folder, "003", GOOD))


@pytest.mark.parametrize("fault", ["reader_fails", "rules_fail"])
def test_in_a_round_a_failure_is_kept_as_ours_and_tried_again_by_every_run(
    fault: str, folder: Path, request: pytest.FixtureRequest, monkeypatch: Patch
) -> None:
    fill(folder)
    request.getfixturevalue(fault)
    for new in (True, False):
        done = taken(folder)
        (bad,) = [one for one in done.ended if one.status is Status.UNREADABLE]
        assert (bad.name, bad.new) == (NAMED, new)
        assert bad.verdict is not None
        failed(bad.verdict)
        assert {**stands(folder), "004": "", "005": ""} == {
            "001": "accepted",
            "002": "unusable",
            "003": "accepted",
            "004": "",
            "005": "",
        }
    with open_round(folder, clock=clock(), alone=False) as round_:
        # Nothing is asked of the unit: no reminder, nothing to send back.
        assert "民政局" not in progress(round_).reminder
        (one,) = [one for one in standings(round_) if one.code == "002"]
        assert one.blameless
        assert "程序在这个文件上出错" in one.reason
    assert rounded(folder).handed.written == ()
    # Mended, whether or not its version says so.
    monkeypatch.undo()
    assert taken(folder).statuses[Status.ACCEPTED] == 3
    assert stands(folder)["002"] == "accepted"
    with open_round(folder, clock=clock()) as round_:
        assert round_.ledger.unjudged(round_.context) == []
        assert [one.revision for one in standings(round_) if one.code == "002"] == [1]


def test_a_later_version_judges_a_failed_file_again(folder: Path, monkeypatch: Patch) -> None:
    fill(folder)
    with monkeypatch.context() as broken:
        at(broken, judging, "read_texts", lambda _, sent: poisoned(sent.content.texts))
        assert taken(folder).statuses[Status.UNREADABLE] == 1
    monkeypatch.setattr(rounds, "__version__", "99")
    assert taken(folder).statuses == {**dict.fromkeys(Status, 0), Status.ACCEPTED: 3}


def test_a_return_that_counted_and_on_which_a_later_version_fails_comes_back(folder: Path, monkeypatch: Patch) -> None:
    fill(folder)
    taken(folder)
    (folder / "收件" / NAMED).unlink()
    with monkeypatch.context() as broken:
        broken.setattr(rounds, "__version__", "98")
        at(broken, judging, "read_texts", lambda _, sent: poisoned(sent.content.texts))
        for _ in range(2):
            assert taken(folder).again == 0
            assert stands(folder)["002"] == "unusable"
    monkeypatch.setattr(rounds, "__version__", "98")
    assert taken(folder).again == 1
    assert stands(folder)["002"] == "accepted"


@pytest.mark.parametrize("place", ["placed", "load"])
def test_a_failure_in_taking_in_or_attributing_costs_only_its_file(
    place: str, folder: Path, monkeypatch: Patch
) -> None:
    fill(folder)
    if place == "placed":
        at(monkeypatch, attribution, "_placed", lambda _, one, __: getattr(one, "content", None) and poisoned(one))
    else:
        at(monkeypatch, lying, "whole", lambda path: path.name == NAMED)
    done = taken(folder)
    assert {one.name: one.status for one in done.ended} == {
        "001.xlsx": Status.ACCEPTED,
        NAMED: Status.UNREADABLE,
        "003.xlsx": Status.ACCEPTED,
    }
    assert stands(folder)["002"] == "unusable"


def test_a_failure_in_handing_back_costs_only_that_unit(folder: Path, monkeypatch: Patch) -> None:
    fill(folder, "002", FAULTY)
    put(folder, "003.xlsx", reply(folder, "003", FAULTY))
    at(monkeypatch, annotating, "lines_of", lambda _, verdict: poisoned(verdict.content.texts))
    done = rounded(folder)
    assert {path.name[:3] for path in done.handed.written if path.suffix == ".txt"} == {"003"}
    assert any("民政局" in line and "程序出错" in line for line in done.handed.told)
    monkeypatch.undo()
    assert "002" in {path.name[:3] for path in rounded(folder).handed.written if path.suffix == ".txt"}


def test_a_failure_in_a_units_report_costs_only_that_report(folder: Path, monkeypatch: Patch) -> None:
    fill(folder)
    at(
        monkeypatch,
        reporting,
        "write_report",
        lambda _, sent, **__: poisoned(sent.content.texts) and sent.content.unit == "云岭区民政局",
    )
    done = rounded(folder)
    assert done.exit_code("error") == 4
    (fault,) = done.faults
    assert fault.startswith("云岭区民政局的报告：程序出错（ZeroDivisionError")
    assert {path.parent.name[:3] for path in done.files if "各单位报告" in path.parts} == {"001", "003"}


def many(folder: Path, count: int) -> Iterator[Path]:
    """So many files on which the program will fail."""
    for i in range(count):
        yield put(folder, f"{POISON}{i:03}.xlsx", b"PK\3\4" + bytes(i + 1))


def test_many_failures_stop_a_round_and_are_put_down_to_nobody(folder: Path, monkeypatch: Patch) -> None:
    real = admit_bytes
    put(folder, "001.xlsx", reply(folder, "001", GOOD))
    taken(folder)
    fill(folder)
    list(many(folder, 12))
    monkeypatch.setattr(understanding, "admit_bytes", lambda data: fails() if len(data) < 100 else real(data))
    with pytest.raises(ProgramError, match="12 个文件"):
        taken(folder)
    # What was there before stays, and nothing of this run was written.
    assert stands(folder) == {
        "001": "accepted",
        "002": "missing",
        "003": "missing",
        "004": "missing",
        "005": "excluded",
    }
    monkeypatch.undo()
    done = taken(folder)
    assert (done.statuses[Status.UNREADABLE], done.statuses[Status.FOREIGN]) == (12, 0)
    assert stands(folder)["003"] == "accepted"


def test_what_earlier_portions_recorded_stays_and_a_later_run_goes_on(folder: Path, monkeypatch: Patch) -> None:
    real = admit_bytes
    put(folder, "001.xlsx", reply(folder, "001", GOOD))
    files = list(many(folder, 12))
    monkeypatch.setattr(collecting, "BATCH", 2)
    monkeypatch.setattr(understanding, "admit_bytes", lambda data: fails() if len(data) < 100 else real(data))
    with pytest.raises(ProgramError):
        taken(folder)
    assert stands(folder)["001"] == "accepted"
    for path in files:
        path.unlink()
    done = taken(folder)
    assert [one.status for one in done.ended] == [Status.ACCEPTED]


def test_a_member_on_which_the_program_fails_leaves_the_other_members(folder: Path, monkeypatch: Patch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("001.xlsx", reply(folder, "001", GOOD))
        packed.writestr("002.xlsx", reply(folder, "002", {**GOOD, TEXT: POISON}))
    put(folder, "a.zip", out.getvalue())
    at(monkeypatch, understanding, "extract", lambda flat, *_: poisoned(flat))
    assert {one.name: one.status for one in taken(folder).ended} == {
        "a.zip/001.xlsx": Status.ACCEPTED,
        "a.zip/002.xlsx": Status.UNREADABLE,
    }
