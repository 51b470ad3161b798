"""Where files are judged changes nothing: one process, two, two workers of Dask, one of them killed on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import poisoned
from factories.poisoned import DIES
from factories.rounds import FAULTY, GOOD, UNITS, begin, clock, put, reply
from factories.witnesses import library
from factories.workbooks import workbook

from toolkit.cli.run import run
from toolkit.errors import UnreachableError
from toolkit.io import cluster
from toolkit.io.cluster import Cluster
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round import collect as collecting
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.verify import verify

pytestmark = [
    pytest.mark.faults,
    pytest.mark.runs,
    pytest.mark.usefixtures("processes"),
    pytest.mark.filterwarnings("ignore"),
]
VILLAGES = [(f"1{i:02}", f"云岭区第{i:02}村", "", "其他机构", "Q2", "", "", "", "") for i in range(12)]


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler on the loopback with two workers, all started by Dask's own commands."""
    library("distributed")
    told = tmp_path_factory.mktemp("dask") / "scheduler.json"
    paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    started = []

    def start(what: str, *options: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--scheduler-file", str(told), *options]
        env = {**os.environ, "PYTHONPATH": paths}
        out = subprocess.DEVNULL
        started.append(subprocess.Popen(command, env=env, stdout=out, stderr=out, cwd=told.parent))

    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    for _ in range(2):
        start("worker", "--nthreads", "1", "--no-dashboard")
    while not told.is_file():
        time.sleep(0.1)
    yield json.loads(told.read_bytes())["address"]
    for one in reversed(started):
        one.terminate()
        one.wait()


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with good, faulty, strange and broken files, and one that kills whoever looks at it."""
    folder = tmp_path_factory.mktemp("cluster") / "round"
    begin(folder, [*UNITS, *VILLAGES])
    for i, unit in enumerate(VILLAGES):
        put(folder, f"{unit[1]}.xlsx", reply(folder, unit[0], FAULTY if i % 3 else GOOD))
    for name in ("教育局", "民政局"):
        put(folder, f"{DIES}{name}.xlsx", reply(folder, "001", {**GOOD, "overview.disclosure": f"{name}。"}))
    put(folder, "空白.xlsx", workbook("云岭区民政局"))
    put(folder, "坏.xlsx", b"PK\3\4")
    put(folder, "不是表.pdf", b"%PDF")
    put(folder, "也不是.pdf", b"%PDF 2")
    for path in (folder / "收件").iterdir():
        os.utime(path, (0, 0))
    return folder


def done(inbox: Path, folder: Path, **how: Any) -> tuple[object, ...]:
    """What a round comes to: its ledger without the order in which it was written, and the consolidated workbook."""
    shutil.copytree(inbox, folder)
    with open_round(folder, clock=clock()) as round_:
        whole = consolidate_round(round_, SumRequest(reports=False, **how))
        ledger = round_.ledger
        names = {one.seq: one.name for one in ledger.arrivals()}
        verdicts = {names[seq]: ledger.judged(seq, round_.context) for seq in names}
        kept = {unit: [(one.revision, one.sha256) for one in some] for unit, some in ledger.revisions().items()}
        return verdicts, kept, sorted(whole.collected.ended, key=str), (folder / "成果" / "汇总表.xlsx").read_bytes()


def test_where_files_are_judged_changes_nothing(
    inbox: Path, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "check_each", poisoned.checked)
    alone = done(inbox, tmp_path / "a" / "round", jobs=1)
    verdicts: Any = alone[0]
    assert [name for name, one in verdicts.items() if one.by_our_fault] == [f"{DIES}教育局.xlsx", f"{DIES}民政局.xlsx"]
    assert {one.status.value for one in verdicts.values()} == {"accepted", "returned", "foreign", "unreadable"}
    assert done(inbox, tmp_path / "b" / "round", jobs=2) == alone
    address = scheduler
    assert done(inbox, tmp_path / "c" / "round", scheduler=address) == alone
    real, killed = Cluster._done, list[int]()

    def kill(self: Cluster, *given: Any) -> Any:
        if not killed:
            killed.append(next(iter(self._client.run(os.getpid).values())))
            threading.Timer(0.2, os.kill, (killed[0], signal.SIGKILL)).start()
        return real(self, *given)

    monkeypatch.setattr(Cluster, "_done", kill)
    assert done(inbox, tmp_path / "d" / "round", scheduler=address) == alone
    assert killed


def test_verify_sends_the_bytes_of_files(inbox: Path, scheduler: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((inbox / "收件").glob("云岭区*.xlsx"))
    there = list(verify(files, scheduler=scheduler))
    assert there == list(verify(files))
    options = ["--runner", "dask", "--scheduler", scheduler]
    assert run(["verify", *map(str, files), *options]) == run(["verify", *map(str, files)])
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "tls://127.0.0.1:9"])
def test_what_cannot_be_reached_is_said_in_a_sentence(
    address: str, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "_ANSWER", 1)
    assert run(["collect", str(inbox), "--runner", "dask", "--scheduler", address]) == 3
    err = capsys.readouterr().err
    assert address in err
    assert "连不上" in err
    assert "Traceback" not in err


def test_both_options_are_wanted_and_the_extra(
    inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for half in (["--runner", "dask"], ["--scheduler", "tcp://x:1"]):
        assert run(["consolidate", str(inbox), *half]) == 2
        assert "--scheduler" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run(["collect", str(inbox), "--runner", "dask", "--scheduler", "tcp://x:1"]) == 4
    assert 'pip install "xxgk-toolkit[cluster]"' in capsys.readouterr().err


def test_a_worker_of_another_version_does_nothing() -> None:
    with pytest.raises(UnreachableError, match="同一版"):
        cluster._portion(list, [1], "0.0.1")
