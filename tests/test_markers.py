"""The markers are true: what a test does not name it cannot call."""

from __future__ import annotations

import signal
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from factories.witnesses import PROGRAMS, WITNESSES, Guard, UnmarkedError

CALLS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "office": ("subprocess.Popen", ("/usr/bin/soffice", ["soffice", "--headless"], None, None)),
    "clients": ("subprocess.Popen", ("/usr/bin/node", ["node", "resave.js"], None, None)),
    "browser": ("os.posix_spawn", ("chromium", ["chromium"], {})),
    "windows": ("subprocess.Popen", ("/usr/bin/wine", ["wine", "cmd"], None, None)),
    "faults": ("os.kill", (4711, signal.SIGKILL)),
}


@pytest.mark.parametrize("witness", sorted(WITNESSES))
def test_a_witness_is_called_by_who_names_it(witness: str) -> None:
    guard = Guard()
    guard.allowed = frozenset({witness})
    guard(*CALLS[witness])
    assert guard.called == {witness}


@pytest.mark.parametrize("witness", sorted(WITNESSES))
def test_a_witness_is_not_called_by_who_names_another_or_none(witness: str) -> None:
    for allowed in (frozenset[str](), WITNESSES - {witness}):
        guard = Guard()
        guard.allowed = allowed
        with pytest.raises(UnmarkedError, match=rf"mark it pytest\.mark\.{witness}"):
            guard(*CALLS[witness])


def test_a_program_nobody_knows_is_refused_whatever_a_test_names() -> None:
    guard = Guard()
    guard.allowed = WITNESSES
    with pytest.raises(UnmarkedError, match=r"starts curl: name it in factories/witnesses\.py"):
        guard("os.system", (b"curl example.org",))


def test_python_itself_and_a_look_whether_a_process_lives_are_nothing_from_outside() -> None:
    guard = Guard()
    guard.allowed = frozenset()
    guard("subprocess.Popen", (sys.executable, [sys.executable, "-m", "toolkit"], None, None))
    guard("os.kill", (4711, 0))
    guard("open", ("soffice", "r", 0))
    assert guard.called == set()


def test_every_witness_is_a_declared_marker() -> None:
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text)["tool"]["pytest"]["ini_options"]["markers"]
    assert {one.partition(":")[0] for one in declared} == WITNESSES | {"core", "runs"}
    assert set(PROGRAMS.values()) == WITNESSES == CALLS.keys()


def test_this_very_test_is_core(request: pytest.FixtureRequest) -> None:
    assert [mark.name for mark in request.node.iter_markers()] == ["core"]
