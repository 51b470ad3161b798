"""A desk that is killed in the middle of something: what she gave is there, and a desk opened again goes on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from factories.desks import Visitor, desk_of
from factories.rounds import GOOD, begin, reply

from toolkit.pipeline.round.check import check_books
from toolkit.pipeline.round.open import open_round

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def own_process(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A desk as the command opens it, in a process that may be killed; ``true`` stands for her browser."""
    command = [sys.executable, "-m", "toolkit", "open", str(folder)]
    env = {**os.environ, "BROWSER": "true", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    # Tests that run in the background of a shell are deaf to Ctrl-C, and so would be what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, encoding="utf-8") as process:
        signal.signal(signal.SIGINT, before)
        assert process.stdout is not None
        (address,) = re.findall(r"http://\S+", process.stdout.readline())
        try:
            yield address, process
        finally:
            process.kill()


@pytest.mark.parametrize("step", ["collect", "consolidate"])
def test_a_desk_that_is_killed_loses_nothing(tmp_path: Path, step: str) -> None:
    folder = tmp_path / "2025年报"
    begin(folder, deadline="")
    sent = [(f"{code}.xlsx", reply(folder, code, GOOD)) for code in ("001", "002", "003", "004")]
    with own_process(folder) as (address, process):
        visitor = Visitor(address)
        if step == "consolidate":
            visitor.done("collect", sent)
        assert visitor.press(step, sent).status == 303
        process.kill()
        process.wait()
        with pytest.raises(ConnectionError):
            visitor.ask("GET", "/")
    assert {one.name: one.read_bytes() for one in (folder / "收件").iterdir()} == dict(sent)
    with desk_of(folder) as (address, _):
        assert f"{'收件' if step == 'collect' else '汇总'}：做完了" in Visitor(address).done(step)
        assert "<b>通过 4</b>" in Visitor(address).page()
    with open_round(folder, alone=False) as round_:
        assert check_books(round_) == []


def test_two_desks_on_one_round_see_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "2025年报"
    begin(folder, deadline="")
    with own_process(folder) as (address, process), desk_of(folder) as (other, _):
        first, second = Visitor(address), Visitor(other)
        assert first.given != second.given
        first.done("collect", [("001.xlsx", reply(folder, "001", GOOD))])
        assert "<b>通过 1</b>" in second.page()
        assert first.ask("GET", "/", Cookie=second.cookie).status == 403
        assert "已关闭" in first.press("stop").text
        assert process.wait(30) == 0


def test_ctrl_c_closes_it(tmp_path: Path) -> None:
    with own_process(tmp_path / "新") as (address, process):
        assert "建立新的一轮" in Visitor(address).page()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
