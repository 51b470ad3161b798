"""Long paths, moments, who holds the lock of a round: what differs from one computer to another."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath

import pytest

from toolkit.errors import LockedError
from toolkit.io.machine import database_uri, extended, local, locked, stamp

HOLD = """
import sys, time
from pathlib import Path
from toolkit.io.machine import locked
with locked(Path(sys.argv[1]), "2026-01-20 10:00"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("C:\\短\\a.xlsx", "C:\\短\\a.xlsx"),
        ("C:\\" + "x" * 226, "C:\\" + "x" * 226),
        ("C:\\" + "x" * 227, "\\\\?\\C:\\" + "x" * 227),
        ("C:\\" + "长" * 240 + "\\a.xlsx", "\\\\?\\C:\\" + "长" * 240 + "\\a.xlsx"),
        ("\\\\srv\\share\\" + "长" * 240 + "\\a", "\\\\?\\UNC\\srv\\share\\" + "长" * 240 + "\\a"),
    ],
)
def test_a_long_path_is_written_as_windows_takes_it(path: str, expected: str) -> None:
    assert str(extended(PureWindowsPath(path), windows=True)) == expected
    assert extended(Path("/a/" + "b" * 300), windows=False) == Path("/a/" + "b" * 300)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/home/a b?#.sqlite", "file:///home/a%20b%3F%23.sqlite"),
        ("C:/x/a.sqlite", "file:///C%3A/x/a.sqlite"),
        ("//srv/share/a.sqlite", "file:////srv/share/a.sqlite"),
    ],
)
def test_a_ledger_is_opened_wherever_it_lies(path: str, uri: str) -> None:
    assert database_uri(path) == uri


def test_a_moment_is_kept_in_utc_and_shown_in_local_time() -> None:
    moment = datetime(2026, 1, 20, 1, 15, tzinfo=UTC)
    assert stamp(moment) == "2026-01-20T01:15:00Z"
    assert local(stamp(moment)) == moment


@pytest.mark.faults
def test_another_process_is_told_who_holds_the_lock_and_a_killed_one_holds_it_no_more(tmp_path: Path) -> None:
    path = tmp_path / "round" / "台账" / "run.lock"
    path.parent.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockedError) as caught, locked(path, "now"):
            pass
        assert f"进程 {other.pid}，自 2026-01-20 10:00 起" in str(caught.value)
        assert caught.value.exit_code == 4
        other.kill()
    with locked(path, "now"):
        assert path.exists()


def test_a_folder_that_cannot_be_locked_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(LockedError, match="不能上锁"), locked(tmp_path / "file" / "run.lock", "now"):
        pass
