"""The public package: what its page and its docstrings show is run."""

from __future__ import annotations

import doctest
import inspect
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import xxgk

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "api.md"


@pytest.fixture(autouse=True)
def beside_the_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)


def shown(text: str, name: str) -> doctest.TestResults:
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(doctest.DocTestParser().get_doctest(text, dict(vars(xxgk)), name, name, 0))
    return runner.summarize(verbose=False)


def test_the_page_does_what_it_shows() -> None:
    found = shown(PAGE.read_text(encoding="utf-8"), "api.md")
    assert found.attempted >= 15
    assert found.failed == 0


def test_the_docstrings_do_what_they_show() -> None:
    told = {name: inspect.getdoc(getattr(xxgk, name)) or "" for name in xxgk.__all__}
    examples = {"xxgk": inspect.getdoc(xxgk) or "", **{name: text for name, text in told.items() if ">>>" in text}}
    assert {"xxgk", "verify"} <= examples.keys()
    assert {name: shown(text, name).failed for name, text in examples.items()} == dict.fromkeys(examples, 0)


def test_the_page_tells_of_every_function() -> None:
    named = {name for name in xxgk.__all__ if inspect.isfunction(getattr(xxgk, name))}
    told = PAGE.read_text(encoding="utf-8")
    assert [name for name in sorted(named) if f"| `{name}(" not in told] == []


def test_the_package_is_the_program() -> None:
    done = subprocess.run([sys.executable, "-m", "xxgk", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"xxgk {xxgk.__version__}\n"


def test_importing_it_loads_no_reader_and_no_writer() -> None:
    heavy = {"openpyxl", "xlsxwriter", "pandas", "lxml", "typer", "docx", "sqlite3"}
    code = f"import sys, xxgk; print(sorted({heavy!r} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
