"""Runs that are cut off: killed, out of disk, without rights. Nothing is lost or doubled, and the words are clear."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from factories.rounds import FAULTY, GOOD, UNITS, begin, clock, put, reply

from toolkit.cli.run import run
from toolkit.io import files
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round

pytestmark = pytest.mark.faults

KILLS = 6
ROOT = Path(__file__).parents[3]


def units(count: int) -> list[tuple[str, ...]]:
    return [(f"{i:03}", f"云岭区第{i}局", f"第{i}局", "政府部门", "", "", "", "", "") for i in range(1, count + 1)]


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "toolkit", "consolidate", str(folder), "--fail-on", "never"]


def figures(number: int) -> dict[str, int]:
    return {"requests.new.natural": number, "requests.granted.natural": number}


def total(folder: Path) -> int:
    told = json.loads((folder / "成果" / "汇总数.json").read_text(encoding="utf-8"))
    return int(told["sums"]["requests.new.natural"]["value"])


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "台账" / "ledger.sqlite") as db:
        return db.execute(sql).fetchall()


def unfinished(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".~*") if path.is_file()]


#: A run that is killed as it begins its n-th step: opens a file of the round to write, renames, removes, syncs, or asks
#: SQLite for something. With 0 it goes to its end and says how many steps there were.
CUT = """
import os, signal, sqlite3, sys
from pathlib import Path
folder, at, *command = sys.argv[1:]
writes, steps = os.O_WRONLY | os.O_RDWR | os.O_CREAT, 0
def step(*_):
    global steps
    steps += 1
    if steps == int(at):
        os.kill(os.getpid(), signal.SIGKILL)
def hear(event, told):
    if event == "open" and str(told[0]).startswith(folder) and told[2] & writes or event in {"os.rename", "os.remove"}:
        step()
sync, connect = os.fsync, sqlite3.connect
def traced(*told, **options):
    ledger = connect(*told, **options)
    ledger.set_trace_callback(step)
    return ledger
os.fsync, sqlite3.connect = (lambda handle: (step(), sync(handle))), traced
sys.addaudithook(hear)
from toolkit.cli.run import run
code = run(command)
Path(folder + ".steps").write_text(str(steps))
sys.exit(code)
"""


def cut(folder: Path, step: int) -> int:
    """Consolidate, killed at that step."""
    line = [sys.executable, "-c", CUT, str(folder), str(step), *command(folder)[3:]]
    return subprocess.run(line, cwd=ROOT, capture_output=True, check=False).returncode


def test_killed_at_any_step_the_next_run_goes_on_with_nothing_lost_or_doubled(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    begin(folder, units(KILLS + 1))
    bytes_sent: dict[str, bytes] = {}
    uncut = shutil.copytree(folder, tmp_path / "uncut")
    put(uncut, "1.xlsx", reply(folder, "001", figures(1)))
    assert cut(uncut, 0) == 0
    steps = int(Path(f"{uncut}.steps").read_text(encoding="utf-8"))
    for number in range(1, KILLS + 1):
        name = f"{number}.xlsx"
        bytes_sent[name] = reply(folder, f"{number:03}", figures(number) if number % 3 else FAULTY)
        put(folder, name, bytes_sent[name])
        assert cut(folder, steps * (2 * number - 1) // (2 * KILLS)) == -signal.SIGKILL
        assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
    done = subprocess.run(command(folder), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    good = [number for number in range(1, KILLS + 1) if number % 3]
    assert total(folder) == sum(good)
    assert rows(folder, "SELECT unit, COUNT(*), MAX(revision) FROM revision GROUP BY unit") == [
        (f"{number:03}", 1, 1) for number in range(1, KILLS + 1)
    ]
    assert rows(folder, "SELECT COUNT(*), COUNT(DISTINCT name_key) FROM arrival") == [(KILLS, KILLS)]
    assert {path.name: path.read_bytes() for path in (folder / "收件").iterdir()} == bytes_sent
    kept = {path.stem for path in (folder / "台账" / "originals").rglob("*.xlsx")}
    assert kept == {hashlib.sha256(data).hexdigest() for data in bytes_sent.values()}
    faulty = [number for number in range(1, KILLS + 1) if number % 3 == 0]
    assert sorted(path.name for path in (folder / "退回").glob("*.xlsx")) == [
        f"{number:03}-第{number}局-第1版-退回修改.xlsx" for number in faulty
    ]
    assert len(list((folder / "成果" / "各单位报告").iterdir())) == len(good)
    assert unfinished(folder) == []


# ---------------------------------------------------------------- faults by count


class Fault:
    """The n-th step of a kind fails, as it does for want of room; every step after it too.

    A step is a file of the round opened to be written, a sync, a rename, or a transaction of the ledger committed.
    """

    armed: Fault | None = None

    def __init__(self, kind: str, at: int, folder: Path) -> None:
        self.kind, self.left, self.folder, self.fired = kind, at, str(folder), False

    def step(self, kind: str) -> None:
        if kind != self.kind:
            return
        self.left -= 1
        if self.left <= 0:
            self.fired = True
            if kind == "commit":
                raise sqlite3.OperationalError("database or disk is full")
            raise OSError(errno.ENOSPC, "No space left on device")

    @contextmanager
    def injected(self) -> Iterator[None]:
        Fault.armed = self
        try:
            yield
        finally:
            Fault.armed = None


def _hear(event: str, told: tuple[Any, ...]) -> None:
    """What Python says it is about to do; a hook can never be taken away again, so it asks whether a fault is armed."""
    fault = Fault.armed
    if fault is None:
        return
    written = event == "open" and told[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    # A run log that cannot be written stops no run.
    if written and str(told[0]).startswith(fault.folder) and not str(told[0]).endswith("运行记录.txt"):
        fault.step("open")
    if event == "os.rename" and str(told[0]).startswith(fault.folder):
        fault.step("rename")


class Faulty(sqlite3.Connection):
    """The ledger's connection, whose commits are steps."""

    def execute(self, sql: str, *told: Any) -> sqlite3.Cursor:
        if sql == "COMMIT" and Fault.armed is not None:
            Fault.armed.step("commit")
        return super().execute(sql, *told)


@pytest.fixture
def injectable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is a step asks whether a fault is armed."""
    sync, connect = os.fsync, sqlite3.connect

    def fsync(handle: int) -> None:
        if Fault.armed is not None:
            Fault.armed.step("sync")
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(sqlite3, "connect", lambda *told, **options: connect(*told, factory=Faulty, **options))
    if not HEARD:
        HEARD.append(True)
        sys.addaudithook(_hear)


HEARD: list[bool] = []


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A round in which one return is accepted and summed, and a faulty one has just come."""
    folder = tmp_path / "round"
    begin(folder, [unit for unit in UNITS if unit[0] not in {"003", "004"}])
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_)
    put(folder, "b.xlsx", reply(folder, "002", FAULTY))
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((folder / "成果").rglob("*")) if path.is_file()}


def readable(before: dict[str, bytes]) -> Iterator[tuple[str, bool]]:
    """Whether each old result is still there, whole: as it was, or already the new one."""
    for path, data in before.items():
        now = Path(path).read_bytes()
        yield path, now == data or (len(now) > 0 and (now[:2] != b"PK" or now[-22:-18] == b"PK\5\6"))


@pytest.mark.parametrize("kind", ["open", "sync", "rename", "commit"])
@pytest.mark.usefixtures("injectable")
def test_whichever_step_fails_the_old_results_are_whole_and_a_second_run_ends_well(
    two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    told = ""
    for at in count(1):
        folder = shutil.copytree(two, tmp_path / f"{kind}-{at}" / two.name)
        before = snapshot(folder)
        fault = Fault(kind, at, folder)
        with fault.injected():
            code = run(["consolidate", str(folder), "--fail-on", "never"])
        told = capsys.readouterr().err
        if not fault.fired:
            assert code == 0
            break
        assert code == 4, f"{kind} {at}: {told}"
        assert "磁盘" in told, f"{kind} {at}: {told}"
        assert "Traceback" not in told
        assert [path for path, whole in readable(before) if not whole] == []
        assert run(["consolidate", str(folder), "--fail-on", "never"]) == 0, f"{kind} {at}"
        assert_whole(folder)
        capsys.readouterr()
        assert run(["check", str(folder)]) == 0, f"{kind} {at}: {capsys.readouterr().out}"
        assert "没有问题" in capsys.readouterr().out, f"{kind} {at}"
        shutil.rmtree(folder.parent)
    assert at > 5


def assert_whole(folder: Path) -> None:
    """Everything has happened once: both returns came, one is summed, the other is handed back, and each is told."""
    assert total(folder) == 5
    assert [path.name for path in (folder / "退回").glob("*.xlsx")] == ["002-民政局-第1版-退回修改.xlsx"]
    assert rows(folder, "SELECT unit, revision FROM revision ORDER BY unit") == [("001", 1), ("002", 1)]
    assert rows(folder, "SELECT kind, COUNT(*) FROM event WHERE unit='002' GROUP BY kind ORDER BY kind") == [
        ("received", 1),
        ("returned", 1),
    ]
    assert unfinished(folder) == []


def mounted(path: Path, size: str) -> bool:
    """A small file system of its own; not everybody may make one."""
    path.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], capture_output=True, check=False
    )
    return made.returncode == 0


def test_a_disk_that_is_really_full_costs_nothing_that_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = tmp_path / "small"
    if shutil.which("mount") is None or not mounted(small, "1536k"):
        pytest.skip("a file system of one's own needs rights; the fault is injected in the test above")
    try:
        folder = small / "round"
        begin(folder, units(40))
        full = False
        for number in range(1, 41):
            try:
                put(folder, f"{number}.xlsx", reply(folder, f"{number:03}", figures(number)))
            except OSError:
                (folder / "收件" / f"{number}.xlsx").unlink()
                full = True
                break
            code = run(["consolidate", str(folder), "--fail-on", "never"])
            if code:
                assert code == 4
                full = True
                break
        assert full, "the disk is too large"
        assert "Traceback" not in capsys.readouterr().err
        assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
        received = len(list((folder / "收件").iterdir()))
        assert received > 1
        shutil.copytree(folder, tmp_path / "moved")
        assert run(["consolidate", str(tmp_path / "moved"), "--fail-on", "never"]) == 0
        assert total(tmp_path / "moved") == sum(range(1, received + 1))
        assert rows(tmp_path / "moved", "SELECT COUNT(*) FROM revision") == [(received,)]
    finally:
        subprocess.run(["umount", str(small)], check=True)


# ---------------------------------------------------------------- without rights


def test_results_that_cannot_be_written_are_told_and_nothing_else_is_touched(
    two: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(two)

    def refuse(**_: object) -> tuple[int, str]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert run(["consolidate", str(two), "--fail-on", "never"]) == 4
    told = capsys.readouterr().err
    assert "写不进去（没有权限，或正被占用）" in told
    assert snapshot(two) == before


def test_a_read_only_round_can_be_looked_at(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in [two / "台账" / "ledger.sqlite", two / "台账", two]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert run(["status", str(two)]) == 0
        assert run(["log", "教育局", str(two)]) == 0
    finally:
        for path in [two, two / "台账", two / "台账" / "ledger.sqlite"]:
            path.chmod(0o700 if path.is_dir() else 0o600)
    assert "云岭区教育局" in capsys.readouterr().out


def test_a_result_that_excel_keeps_open_is_written_beside_it(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PAUSE", 0)
    real = os.replace

    def busy(source: str, target: Path) -> None:
        if Path(target).name == "汇总表.xlsx":
            raise PermissionError(13, "used by another process")
        real(source, target)

    monkeypatch.setattr(os, "replace", busy)
    assert run(["consolidate", str(two), "--fail-on", "never"]) == 0
    assert (two / "成果" / "汇总表 (2).xlsx").is_file()


def test_a_file_that_vanishes_while_the_inbox_is_read_is_told_and_the_rest_goes_on(
    two: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = put(two, "c.xlsx", reply(two, "001", figures(7)))
    real = os.open

    def vanish(path: str | Path, flags: int, *rest: int) -> int:
        if Path(path) == gone:
            gone.unlink(missing_ok=True)
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", vanish)
    assert run(["consolidate", str(two), "--fail-on", "never"]) == 3
    assert "没有收  c.xlsx（文件读不出来：没有这个文件或文件夹）" in capsys.readouterr().out
    assert total(two) == 5


@pytest.mark.parametrize(
    ("missing", "told", "code"),
    [
        ("台账/office.key", "密钥不见了或已损坏", 4),
        ("台账/ledger.sqlite", "台账不见了", 4),
        ("名册.csv", "名册打不开", 2),
        ("round.toml", "没有找到工作簿|文件夹里没有工作簿|没有收集轮次", 2),
    ],
)
def test_a_part_of_the_round_that_is_missing_is_named(
    two: Path, capsys: pytest.CaptureFixture[str], missing: str, told: str, code: int
) -> None:
    (two / missing).unlink()
    assert run(["status", str(two)]) == code
    err = capsys.readouterr().err
    assert any(part in err for part in told.split("|"))
    assert "Traceback" not in err


# ---------------------------------------------------------------- several at once


@pytest.mark.parametrize("runs", [2, 4])
def test_of_several_runs_at_once_one_works_and_the_others_say_so(tmp_path: Path, runs: int) -> None:
    folder = tmp_path / "round"
    begin(folder, units(6))
    for number in range(1, 7):
        put(folder, f"{number}.xlsx", reply(folder, f"{number:03}", figures(number)))
    begun = [
        subprocess.Popen(command(folder), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(runs)
    ]
    ended = [(process.communicate(), process.returncode) for process in begun]
    codes = sorted(code for _, code in ended)
    assert codes[0] == 0
    assert set(codes) <= {0, 4}
    assert all("正在" in told for (_, told), code in ended if code == 4)
    assert all("Traceback" not in told for (_, told), _ in ended)
    assert run(["consolidate", str(folder), "--fail-on", "never"]) == 0
    assert total(folder) == sum(range(1, 7))
    assert rows(folder, "SELECT unit, COUNT(*) FROM revision GROUP BY unit") == [(f"{n:03}", 1) for n in range(1, 7)]
    assert run(["check", str(folder)]) == 0
    assert unfinished(folder) == []
