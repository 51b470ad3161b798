"""The arrows, the homes of libraries, and the sizes: a slip is a red test with a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import cli as linter

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "toolkit").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
#: Each library and the modules that may import it.
HOMES = {
    "xlsxwriter": ["workbook/template/pen.py"],
    "pandas": ["consolidation/export.py"],
    "typst": ["report/render/pdf.py"],
    "typer": [
        "cli/app.py",
        "cli/chinese.py",
        "cli/app.py",
        "cli/options.py",
        "cli/rounds.py",
        "cli/run.py",
        "cli/sums.py",
        "cli/word.py",
    ],
    "filelock": ["io/lock.py"],
    "rich": ["cli/console.py"],
    "docxtpl": ["report/word/render.py"],
    "openpyxl": ["workbook/annotation/annotate.py"],
}


def name(path: Path) -> str:
    return path.relative_to(ROOT / "toolkit").as_posix()


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    out: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            out |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            out.add(node.module.split(".")[0])
    return out


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function with its lines, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                lines -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield node.name, lines


def test_imports_go_down_only() -> None:
    assert linter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("library", HOMES)
def test_each_library_has_one_home(library: str) -> None:
    assert [name(path) for path in MODULES if library in imported(path)] == HOMES[library]


def test_no_module_is_longer_than_its_budget() -> None:
    long = {name(p): n for p in MODULES if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE}
    assert long == {}, "split the module by what it knows"


def test_no_function_is_longer_than_its_budget() -> None:
    long = {f"{name(p)}:{f}": n for p in MODULES for f, n in functions(p) if n > LONGEST_FUNCTION}
    assert long == {}, "give its parts names"


def test_nothing_prints_but_the_command_line() -> None:
    talkers = [name(p) for p in MODULES if re.search(r"\bprint\(|sys\.std(out|err)", p.read_text(encoding="utf-8"))]
    assert [t for t in talkers if not t.startswith("cli/")] == []


def test_the_engine_knows_no_form() -> None:
    words = ("proactive", "disputes", "carried_in", "政府信息公开工作年度报告")
    knowing = [name(p) for p in MODULES if any(w in p.read_text(encoding="utf-8") for w in words)]
    assert knowing == []


def test_there_are_no_platform_bound_modules() -> None:
    bound = {"fcntl", "resource", "pwd", "grp", "termios"}
    assert [name(p) for p in MODULES if imported(p) & bound] == []
    assert [name(p) for p in MODULES if "os.fork" in p.read_text(encoding="utf-8")] == []
