"""Names of units in file names, drives that are no disks, moments, and the lock."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath

import pytest

from toolkit.collection.file_names import Names
from toolkit.collection.roster.read import read_roster
from toolkit.errors import LockedError
from toolkit.io.lock import locked
from toolkit.io.machine import database_uri, extended, journal, local, network_mount, stamp

BODIES = ("政府部门",)


def names(*units: tuple[str, str, str]) -> Names:
    out = io.StringIO()
    csv.writer(out).writerows([("编码", "单位全称", "简称"), *units])
    return Names.of(read_roster(out.getvalue().encode(), "名册.csv", BODIES))


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("教育局.xlsx", {"001"}),
        ("云岭区教育局（最终版）.xlsx", {"001"}),
        ("教育局幼儿园 2025.xlsx", {"002"}),
        ("教育局和民政局.xlsx", {"001", "003"}),
        ("教育局/1.xlsx", set()),
        ("新建工作表.xlsx", set()),
        ("云岭区 教育局.xlsx", {"001"}),
        ("Ａ1科.xlsx", {"004"}),
        ("a1科.xlsx", {"004"}),
    ],
)
def test_the_longest_name_in_a_file_name_wins(file: str, expected: set[str]) -> None:
    found = names(
        ("001", "云岭区教育局", "教育局"),
        ("002", "云岭区教育局幼儿园", "教育局幼儿园"),
        ("003", "云岭区民政局", "民政局"),
        ("004", "云岭区A1科", "A1科"),
    )
    assert found.found(file) == expected
    assert found.unit_of(file) == (next(iter(expected)) if len(expected) == 1 else "")


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//server/share /mnt/share cifs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
server:/x /mnt/with\\040blank nfs4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("/home/a", False),
        ("/mnt/share/2025", True),
        ("/mnt/shared", False),
        ("/mnt/share/local/2025", False),
        ("/mnt/with blank/2025", True),
    ],
)
def test_a_share_is_told_from_a_disk(path: str, remote: bool) -> None:  # noqa: FBT001 - a parameter of a test
    assert network_mount(Path(path), MOUNTS) is remote


def test_the_journal_on_a_share_is_one_that_works_there(tmp_path: Path) -> None:
    assert journal(tmp_path, lambda _: True) == "DELETE"
    assert journal(tmp_path, lambda _: False) == "WAL"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("C:\\短\\a.xlsx", "C:\\短\\a.xlsx"),
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


HOLD = """
import sys, time
from pathlib import Path
from toolkit.io.lock import locked
with locked(Path(sys.argv[1]), "2026-01-20 10:00"):
    print("held", flush=True)
    time.sleep(60)
"""


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
