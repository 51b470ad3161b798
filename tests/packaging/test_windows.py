"""The zip for Windows, built and run under wine: Chinese paths, processes of its own, what it writes against Linux's.

Not run here: Excel and WPS, a real console, a real disk. PDF is left out of the zip by name.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from factories.desks import Visitor
from factories.rounds import GOOD, reply
from factories.witnesses import program

pytestmark = pytest.mark.windows
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples" / "yunling-2025"
#: Runs commands one after the other with pipes that Windows made, and keeps what they said.
DRIVER = """
import json, os, subprocess, sys
told = json.load(open(sys.argv[1], encoding="utf-8"))
os.chdir(told["at"])
out = []
for command in told["commands"]:
    whole = [sys.executable, "-m", "xxgk", *command]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(whole, capture_output=True, stdin=subprocess.DEVNULL, env=env)
    out.append([done.returncode, done.stdout.decode(), done.stderr.decode()])
json.dump(out, open(sys.argv[2], "w", encoding="utf-8"))
"""
COMMANDS = [
    ["verify", "收来 的表", "--format", "json"],
    ["consolidate", "收来 的表", "-o", "汇总"],
    ["annotate", "收来 的表", "-o", "标注"],
    ["start", "2025年报", "--period", "2025", "--roster", "名册.csv", "--name", "云岭区人民政府"],
    ["distribute", "2025年报"],
    ["consolidate", "2025年报"],
    ["check", "2025年报"],
]


def seen_from_windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


def desk(folder: Path) -> Path:
    """A folder with what a clerk has at hand."""
    shutil.copytree(SAMPLES, folder / "收来 的表")
    shutil.copy(ROOT / "samples" / "yunling-roster.csv", folder / "名册.csv")
    return folder


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip as a clerk unpacks it, under a name with a blank."""
    folder = tmp_path_factory.mktemp("zip")
    build = [sys.executable, str(ROOT / "packaging" / "windows" / "build.py"), "-o", str(folder)]
    subprocess.run(build, check=True, capture_output=True)
    assert (folder / "xxgk-windows.zip").stat().st_size < 60e6
    with zipfile.ZipFile(folder / "xxgk-windows.zip") as archive:
        archive.extractall(folder / "程序 夹")
    return folder / "程序 夹" / "xxgk-windows"


@contextmanager
def under_wine(unpacked: Path, scratch: Path, log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The zip's own Python with these arguments, at work."""
    # Wine gives a Windows program no standard streams that were made on Linux: its own cmd makes them.
    parts = "xxgk-windows\\python\\python.exe", *arguments
    line = f"{' '.join(parts)} > {seen_from_windows(log)} 2>&1 <NUL"
    env = {**os.environ, "LC_ALL": "C.UTF-8", "WINEDEBUG": "-all", "WINEARCH": "win64", "PYTHONIOENCODING": "utf-8"}
    env |= {"WINEPREFIX": str(scratch / "prefix"), "PYTHONUNBUFFERED": "1"}
    command, quiet = [program("wine", "wine64"), "cmd", "/c", line], subprocess.DEVNULL
    with subprocess.Popen(command, cwd=unpacked.parent, env=env, stdout=quiet, stderr=quiet) as process:
        yield process


@pytest.fixture(scope="module")
def done(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """What the commands wrote on Windows, and what they said."""
    scratch = tmp_path_factory.mktemp("wine")
    place = desk(scratch / "办公 桌")
    told = {"at": seen_from_windows(place), "commands": COMMANDS}
    for name, text in (("driver.py", DRIVER), ("told.json", json.dumps(told))):
        (scratch / name).write_text(text, encoding="utf-8")
    driver, given, said, log = (scratch / one for one in ("driver.py", "told.json", "said.json", "log.txt"))
    with under_wine(unpacked, scratch, log, *map(seen_from_windows, (driver, given, said))) as process:
        process.wait(600)
    assert said.exists(), log.read_bytes()[-2000:] if log.exists() else "nothing ran"
    return place, json.loads(said.read_text(encoding="utf-8"))


def test_every_command_ends_as_by_the_contract(done: tuple[Path, list[Any]]) -> None:
    assert [code for code, _, _ in done[1]] == [3, 3, 3, 0, 0, 1, 0]


def test_verdicts_are_those_of_linux(done: tuple[Path, list[Any]], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "xxgk", *COMMANDS[0]]
    here = subprocess.run(command, cwd=desk(tmp_path / "here"), capture_output=True, text=True, check=False)
    assert json.loads(done[1][0][1].replace("\\\\", "/")) == json.loads(here.stdout)


def test_what_is_written_is_what_linux_writes_to_the_byte(done: tuple[Path, list[Any]], tmp_path: Path) -> None:
    here = desk(tmp_path / "here")
    for command in COMMANDS[1:3]:
        subprocess.run([sys.executable, "-m", "xxgk", *command], cwd=here, capture_output=True, check=False)
    for part, named in (("汇总", {".pdf", ".html"}), ("标注", set())):
        theirs = {one.name: one.read_bytes() for one in (done[0] / part).iterdir()}
        ours = {one.name: one.read_bytes() for one in (here / part).iterdir()}
        # The page of the report links to the PDF, which the zip does not make.
        differ = {Path(name).suffix for name in theirs.keys() ^ ours.keys()}
        differ |= {Path(name).suffix for name in theirs.keys() & ours.keys() if theirs[name] != ours[name]}
        assert differ <= named


def test_what_the_zip_leaves_out_is_told(done: tuple[Path, list[Any]]) -> None:
    place, said = done
    assert {".docx", ".html", ".xlsx"} <= {one.suffix for one in (place / "汇总").iterdir()}
    assert "PDF 没有写出" in said[1][2]


def test_the_round_is_whole(done: tuple[Path, list[Any]]) -> None:
    root = done[0] / "2025年报"
    assert len(list((root / "发放").glob("*.xlsx"))) == 13
    assert (root / "成果" / "board.html").is_file()
    assert done[1][-1][1].startswith("台账没有问题")


def test_a_round_at_the_desk(unpacked: Path, done: tuple[Path, list[Any]]) -> None:
    """By buttons, from an empty folder to the report; the browser here is one without a screen."""
    scratch = done[0].parent
    folder, log = scratch / "办公桌上的2025", scratch / "desk.txt"
    with under_wine(unpacked, scratch, log, "-m", "xxgk", "open", seen_from_windows(folder)) as process:
        while not (found := re.search(r"http://\S+", log.read_text("utf-8") if log.exists() else "")):
            assert process.poll() is None
            time.sleep(0.1)
        visitor = Visitor(found[0])
        told = dict.fromkeys(("form", "name", "deadline", "office", "phone", "previous", "where"), "")
        listed = (ROOT / "samples" / "yunling-roster.csv").read_bytes()
        assert "共 13 个单位报送" in visitor.done("start", [("名册.csv", listed)], period="2025", **told)
        assert "新写了 13 份" in visitor.done("distribute")
        sent = [(f"{code}.xlsx", reply(folder, code, GOOD)) for code in ("201", "202", "203")]
        assert "新到 3 项" in visitor.done("collect", sent)
        assert "汇总 3 个单位" in visitor.done("consolidate")
        assert "已写出" in visitor.done("report", page="report")
        assert "已关闭" in visitor.press("stop").text
        assert process.wait(60) == 0
    assert {".docx", ".html", ".md"} <= {one.suffix for one in (folder / "成果").iterdir()}
