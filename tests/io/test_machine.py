"""Drives that are no disks, long paths, moments: what differs from one computer to another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath

import pytest

from toolkit.io.machine import database_uri, extended, journal, local, network_mount, stamp

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
