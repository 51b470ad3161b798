"""Returns that lie in a store come into the inbox: a folder, an archive, a bucket of a real S3 server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from factories.rounds import GOOD, begin, reply
from factories.witnesses import library

from toolkit.cli.run import run
from toolkit.collection import store
from toolkit.collection.store import fetch
from toolkit.errors import ToolkitError, UnreachableError

pytestmark = [pytest.mark.faults, pytest.mark.filterwarnings("ignore")]
CODE = "001"
FILES = {"甲局.xlsx": b"one", "城区/乙局[1].xlsx": b"two", "城区/CON.xlsx": b"three"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with returns."""
    for name, data in FILES.items():
        (tmp_path / "there" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "there" / name).write_bytes(data)
    return tmp_path / "there"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of an S3 server on the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    while server.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(address).close()
            break
        time.sleep(0.1)
    yield address
    server.terminate()
    server.wait()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket; what s3fs looks for in the environment leads to it."""
    for key, value in {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}.items():
        monkeypatch.setenv(f"AWS_{key}", value)
    system = library("s3fs").S3FileSystem
    system.clear_instance_cache()
    files = system()
    files.mkdir("returns")
    yield files
    files.rm("returns", recursive=True)


def _held(inbox: Path) -> dict[str, bytes]:
    return {path.relative_to(inbox).as_posix(): path.read_bytes() for path in inbox.rglob("*") if path.is_file()}


def _fetched(address: str, inbox: Path) -> tuple[int, list[str]]:
    """How many files came, and which could not be read."""
    before = len(_held(inbox))
    unread = fetch(address, inbox)
    return len(_held(inbox)) - before, unread


def test_files_of_a_folder_come_in_their_folders_under_names_every_system_takes(folder: Path, tmp_path: Path) -> None:
    assert _fetched(str(folder), tmp_path / "inbox") == (3, [])
    there = _held(tmp_path / "inbox")
    assert there == {"甲局.xlsx": b"one", "城区/乙局[1].xlsx": b"two", "城区/_CON.xlsx": b"three"}


def test_what_came_before_is_not_asked_for_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(str(folder), tmp_path / "inbox")
    asked: list[object] = []
    monkeypatch.setattr(store, "_read", lambda _, one: asked.append(one))
    assert _fetched(str(folder), tmp_path / "inbox") == (0, [])
    assert asked == []


def test_a_changed_file_is_put_beside_the_first_and_comes_once(folder: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    fetch(str(folder), inbox)
    (folder / "甲局.xlsx").write_bytes(b"corrected")
    os.utime(folder / "甲局.xlsx", (2_000_000_000, 2_000_000_000))
    assert _fetched(str(folder), inbox) == (1, [])
    assert _fetched(str(folder), inbox) == (0, [])
    assert (inbox / "甲局.xlsx").read_bytes() == b"one"
    assert (inbox / "甲局 (2).xlsx").read_bytes() == b"corrected"
    assert (inbox / "甲局 (2).xlsx").stat().st_mtime == 2_000_000_000


def test_members_of_an_archive_come_and_none_leaves_the_inbox(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("区/甲局.xlsx", b"one")
        packed.writestr("../../乙局.xlsx", b"two")
    inbox = tmp_path / "round" / "inbox"
    fetch(f"zip://::{tmp_path / 'all.zip'}", inbox)
    assert sorted(_held(inbox).values()) == [b"one", b"two"]
    assert not list(tmp_path.glob("乙局*"))


def test_what_has_no_time_in_the_store_has_that_of_its_coming_and_comes_once(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("甲局.xlsx", b"one")
    came = time.time()
    assert _fetched(f"zip://::{tmp_path / 'all.zip'}", tmp_path / "inbox") == (1, [])
    assert abs((tmp_path / "inbox" / "甲局.xlsx").stat().st_mtime - came) < 24 * 3600
    assert _fetched(f"zip://::{tmp_path / 'all.zip'}", tmp_path / "inbox") == (0, [])


def test_a_bucket_of_a_server(bucket: Any, tmp_path: Path) -> None:
    for name, data in FILES.items():
        bucket.pipe(f"returns/2025/{name}", data)
    bucket.pipe("returns/2024/丙局.xlsx", b"another year")
    assert _fetched("s3://returns/2025", tmp_path) == (3, [])
    assert set(_held(tmp_path).values()) == set(FILES.values())
    assert _fetched("s3://returns/2025", tmp_path) == (0, [])


def test_one_that_cannot_be_read_is_told_and_the_others_come(
    bucket: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, data in FILES.items():
        bucket.pipe(f"returns/{name}", data)
    real = bucket.cat_file

    def broken(path: str) -> bytes:
        if path.endswith("甲局.xlsx"):
            raise ConnectionResetError
        return bytes(real(path))

    monkeypatch.setattr(bucket, "cat_file", broken)
    assert _fetched("s3://returns", tmp_path) == (2, ["甲局.xlsx"])


def test_one_that_is_too_large_is_not_fetched(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_ARCHIVE", 4)
    assert _fetched(str(folder), tmp_path / "inbox") == (2, ["_CON.xlsx"])


@pytest.mark.parametrize("address", ["s3://no-such-bucket/2025", "nothing://here", "/no/such/folder"])
@pytest.mark.usefixtures("bucket")
def test_an_address_that_gives_nothing_says_so(tmp_path: Path, address: str) -> None:
    with pytest.raises(UnreachableError, match="--from"):
        fetch(address, tmp_path)


def test_without_the_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ToolkitError, match=r"xxgk-toolkit\[remote\]"):
        fetch("s3://returns", tmp_path)


def test_a_round_collects_from_a_bucket(
    bucket: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = begin(tmp_path / "round").folder.root
    bucket.pipe("returns/甲.xlsx", reply(place, CODE, GOOD))
    assert run(["collect", str(place), "--from", "s3://returns"]) == 0
    assert "1" in capsys.readouterr().out
    assert (place / "收件" / "甲.xlsx").is_file()
