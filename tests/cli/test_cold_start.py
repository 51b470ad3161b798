"""What a command loads before it does anything: the libraries and rooms that it works with, and no others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from factories.rounds import GOOD, UNITS, put, reply, roster

from toolkit.cli.run import run
from toolkit.instrument.catalogue import data_folder

#: Runs a command and tells, behind what it says, its code and every module that was loaded for it.
_ASKED = """import sys
from toolkit.cli.run import run
code = run(sys.argv[1:])
print(code, *sys.modules)"""
#: What writes workbooks, pages and letters, draws on a terminal, judges odd values, or speaks with other machines.
NEVER = {
    "asyncio", "concurrent", "docx", "email", "http", "jinja2", "logging", "lxml", "multiprocessing",
    "numpy", "openpyxl", "pandas", "pyarrow", "pydantic", "python_calamine", "ssl", "typst", "werkzeug", "xlsxwriter",
}  # fmt: skip
#: What draws the pages of help.
PAGES = {"markdown_it", "pygments", "rich"}
#: What a round is kept with.
BOOKS = {"filelock", "sqlite3"}


def loaded(*arguments: str | Path) -> set[str]:
    """The modules loaded for a command, each with the packages that it stands in."""
    words, root = [sys.executable, "-c", _ASKED, *map(str, arguments)], Path(__file__).parents[2]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=True, cwd=root)
    code, *names = done.stdout.splitlines()[-1].split()
    assert code == "0", done.stderr
    parts = (name.split(".") for name in names)
    return {".".join(several[:length]) for several in parts for length in range(1, len(several) + 1)}


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    where = tmp_path / "2025年报"
    listed = roster(tmp_path / "list.csv", UNITS)
    assert run(["start", str(where), "--period", "2025", "--roster", str(listed)]) == 0
    assert run(["distribute", str(where)]) == 0
    put(where, "教育局.xlsx", reply(where, "001", GOOD))
    assert run(["collect", str(where)]) == 0
    capsys.readouterr()
    return where


@pytest.mark.parametrize("options", [(), ("--format", "json", "--fail-on", "never")])
def test_verify_of_a_file_loads_what_reads_and_judges_it(options: tuple[str, ...]) -> None:
    found = loaded("verify", data_folder("samples") / "yunling-2025" / "教育局.xlsx", *options)
    assert not found & (NEVER | PAGES | BOOKS)
    rooms = {"board", "report", "consolidation", "collection.ledger", "pipeline.round", "workbook.annotation"}
    assert not found & {f"toolkit.{room}" for room in rooms}
    assert {"toolkit.checks.narrative.registry", "toolkit.workbook.intake.read"} <= found


@pytest.mark.parametrize("options", [(), ("-v",), ("--format", "json")])
def test_status_of_a_round_loads_its_books_and_judges_nothing(folder: Path, options: tuple[str, ...]) -> None:
    found = loaded("status", folder, *options)
    assert not found & (NEVER | PAGES | {"filelock"})
    rooms = {"board", "report.word", "report.render", "checks.narrative", "checks.localisation", "workbook.annotation"}
    assert not found & {f"toolkit.{room}" for room in rooms}
    assert {"sqlite3", "toolkit.collection.ledger.ledger"} <= found


@pytest.mark.parametrize("page", [("--help",), ("verify", "--help"), ("--version",)])
def test_help_loads_no_room_but_its_own(page: tuple[str, ...]) -> None:
    found = loaded(*page)
    assert not found & (NEVER | BOOKS) - {"logging"}
    rooms = {"pipeline", "workbook", "checks", "forms", "rules", "instrument", "model", "consolidation", "report"}
    assert not found & {f"toolkit.{room}" for room in rooms}
    assert ("rich" in found) == ("--help" in page)
