"""What a round's runs leave for whoever helps the clerk."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories.rounds import begin

from toolkit.cli.run import run
from toolkit.collection.ledger import upkeep
from toolkit.pipeline.round import collect as collecting


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begin(tmp_path / "2025年报").folder.root


def log_of(folder: Path) -> str:
    return (folder / "台账" / "运行记录.txt").read_text(encoding="utf-8")


def test_a_run_says_what_was_asked_and_by_which_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["xxgk", "distribute", str(folder)])
    assert run(["distribute", str(folder)]) == 0
    told = log_of(folder)
    assert f"distribute {folder}" in told
    assert f"Python {sys.version_info.major}." in told
    assert told.endswith("  完成\n")


def test_a_reason_to_stop_is_a_sentence_and_a_failure_a_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["collect", str(folder), "no-such-file.xlsx"]) == 2
    assert "停下：no-such-file.xlsx：没有这个文件" in log_of(folder)
    assert "Traceback" not in log_of(folder)

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(collecting, "keep_form", fails)
    assert run(["collect", str(folder)]) == 4
    assert "ZeroDivisionError" in log_of(folder).rpartition("Traceback")[2]
    assert "Traceback" not in capsys.readouterr().err


def test_a_long_log_is_put_by(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(["distribute", str(folder)])
    monkeypatch.setattr(upkeep, "LONGEST", 1)
    run(["distribute", str(folder)])
    assert log_of(folder).count("完成") == 1
    assert (folder / "台账" / "运行记录（较早）.txt").is_file()


def test_a_log_that_cannot_be_written_stops_nothing(folder: Path) -> None:
    (folder / "台账" / "运行记录.txt").mkdir()
    assert run(["distribute", str(folder)]) == 0


def test_a_log_is_put_by_when_it_is_longer_than_a_megabyte(tmp_path: Path) -> None:
    log = tmp_path / "运行记录.txt"
    for size, is_put_by in ((1 << 20, False), ((1 << 20) + 1, True)):
        log.write_bytes(b"x" * size)
        with upkeep.logged(log, datetime(2026, 1, 20, tzinfo=UTC)):
            pass
        assert log.with_stem("运行记录（较早）").exists() is is_put_by
