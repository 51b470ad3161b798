"""Thresholds of the program, changed a little: what no test notices is not pinned.

As a plugin of pytest (``-p factories.mutants``) it makes one such change, named by the environment, before any test is
read.
"""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: The rooms in which a number decides something; elsewhere it says how wide, how tall or how many.
DECIDING = (
    "checks",
    "collection",
    "consolidation",
    "forms",
    "io",
    "model",
    "rules",
    "workbook/intake",
    "workbook/transcription",
)
#: What pytest ends with where no test is of the marker.
_NONE_CHOSEN = 5
_ENVIRONMENT = "XXGK_MUTANT"
_SIZE = 10_000
Number = int | float | Decimal


@dataclass(frozen=True, order=True)
class Threshold:
    """A constant of a module that something is compared with."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def tests(self) -> list[str]:
        """The tests of the module itself, then those of its room."""
        room = Path("tests", *self.module.split(".")[1:-1])
        own = room / f"test_{self.module.rpartition('.')[2]}.py"
        return [str(one) for one in (own, room) if (ROOT / one).exists()]


def thresholds() -> list[Threshold]:
    """All of them in the rooms that decide, in order."""
    paths = [path for room in DECIDING for path in (ROOT / "toolkit" / room).rglob("*.py")]
    return sorted(one for path in paths for one in _of(path))


def _of(path: Path) -> Iterator[Threshold]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    compared = {
        part.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
        for part in ast.walk(node)
        if isinstance(part, ast.Name)
    }
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    loaded = importlib.import_module(module)
    assigned = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    names = {part.id for node in assigned for part in ast.walk(node) if isinstance(part, ast.Name)}
    for name in sorted(names & compared):
        value = getattr(loaded, name, None)
        if name.isupper() and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            yield Threshold(module, name)


def changes(value: Number) -> tuple[Number, Number]:
    """A little less, and a little more; of what bounds a size, half and double."""
    if isinstance(value, int):
        return (value - 1, value + 1) if value < _SIZE else (value // 2, value * 2)
    return value / 2, value * 2


def survives(one: Threshold, more: bool) -> bool:  # noqa: FBT001 - less or more
    """Whether the tests of its room pass all the same, those that are quick and then the others."""
    return all(
        _passes(one, more, which) for which in ("core", "not core and not office and not browser and not clients")
    )


def _passes(one: Threshold, more: bool, which: str) -> bool:  # noqa: FBT001 - less or more
    change = {_ENVIRONMENT: f"{one.module}:{one.name}:{int(more)}", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    command = [sys.executable, "-m", "pytest", "-p", "factories.mutants", "-p", "no:cacheprovider", "-x", "-q"]
    command += ["-m", which, *one.tests]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | change, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1, _NONE_CHOSEN}, done.stdout + done.stderr
    return done.returncode != 1


def pytest_configure() -> None:
    """Make the change."""
    module, _, rest = os.environ.get(_ENVIRONMENT, "").partition(":")
    if module:
        name, _, more = rest.partition(":")
        loaded = importlib.import_module(module)
        setattr(loaded, name, changes(getattr(loaded, name))[int(more)])
