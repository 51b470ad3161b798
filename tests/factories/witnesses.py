"""The witnesses from outside: other programs, kills and full disks; a guard lets only marked tests call them."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import pytest

#: Which marker a test must bear to start a program; Python itself is no other program.
PROGRAMS = {
    "soffice": "office",
    "libreoffice": "office",
    "pdftotext": "office",
    "node": "clients",
    "chromium": "browser",
    "google-chrome": "browser",
    "firefox-esr": "browser",
    "firefox": "browser",
    "wine": "windows",
    "wine64": "windows",
    "mount": "faults",
    "umount": "faults",
    "uname": "faults",  # Dask asks what machine this is
}
WITNESSES = frozenset(PROGRAMS.values())
_STARTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.spawn"})


def program(*names: str) -> str:
    """Where the first of these programs is that is installed."""
    return next(filter(None, map(shutil.which, names)), None) or missing(names[0])


def missing(name: str) -> NoReturn:
    """Skip the test for want of a program; in CI it fails, because what is claimed is never skipped there."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed")


def library(name: str) -> Any:
    """A library of an extra, or what `missing` does."""
    try:
        return import_module(name)
    except ImportError:
        missing(name)


class Guard:
    """Hears of every program this process starts and of every kill; refuses what the test's markers do not name.

    It is an audit hook: nothing that Python starts goes past it, whichever library calls.
    """

    def __init__(self) -> None:
        #: None while no test runs: then everything is let through.
        self.allowed: frozenset[str] | None = None
        self.called: set[str] = set()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STARTS:
            name = _name(event, arguments)
            if not name.startswith("python"):
                self._call(PROGRAMS.get(name, ""), f"starts {name}")
        elif event == "os.kill" and arguments[1]:
            self._call("faults", "kills a process")

    def _call(self, witness: str, deed: str) -> None:
        self.called.add(witness)
        if self.allowed is not None and witness not in self.allowed:
            advice = f"mark it pytest.mark.{witness}" if witness else "name it in factories/witnesses.py"
            raise UnmarkedError(f"this test {deed}: {advice}")


class UnmarkedError(AssertionError):
    """A test calls a witness that its markers do not name."""


def _name(event: str, arguments: tuple[Any, ...]) -> str:
    """The program's own name."""
    if event == "os.system":
        return Path(os.fsdecode(arguments[0]).split()[0]).name
    path, command = arguments[1:3] if event == "os.spawn" else arguments[:2]
    return Path(os.fsdecode(path or (command if isinstance(command, str | bytes) else command[0]))).name
