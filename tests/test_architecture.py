"""The arrows, the homes of libraries, and the sizes: a slip is a red test with a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from importlinter import cli as linter

from toolkit.instrument.catalogue import known_forms

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "toolkit").rglob("*.py"))
LONGEST_MODULE, LONG_MODULE, SHORTEST_MODULE, LONGEST_FUNCTION = 400, 250, 40, 40
#: How many doors a folder may have; the package itself has its layers.
MOST_DOORS = {"": 12, ".": 17}
MOST_IMPORTS = 0.10
#: Each library and the modules that may import it.
HOMES = {
    "xlsxwriter": ["workbook/template/pen.py"],
    "pandas": ["consolidation/export.py"],
    "typst": ["report/render/pdf.py"],
    "typer": [
        "cli/app.py",
        "cli/chinese.py",
        "cli/options.py",
        "cli/rounds.py",
        "cli/run.py",
        "cli/word.py",
    ],
    "filelock": ["io/machine.py"],
    "distributed": ["io/cluster.py"],
    "fsspec": ["collection/store.py"],
    "rich": ["cli/chinese.py", "cli/console.py"],
    "werkzeug": ["desk/app.py"],
    "python_calamine": ["workbook/transcription/tables.py"],
}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(ROOT / "toolkit").as_posix()


@cache
def imported(path: Path) -> set[str]:
    tree = parsed(path)
    out: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            out |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            out.add(node.module.split(".")[0])
    return out


def dotted(path: Path) -> str:
    """``toolkit.checks.verdict``; a package's face bears the package's name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_of(path: Path, names: dict[str, Path]) -> Iterator[str]:
    """The modules of the package that a module imports, and the faces of the packages on the way to them."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for one in found:
            parts = one.split(".")
            ways = [".".join(parts[:i]) for i in range(1, len(parts) + 1)]
            yield from (way for way in ways if way in names)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function with its lines, without its docstring."""
    for node in ast.walk(parsed(path)):
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


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_folder_has_few_doors() -> None:
    """A door is a module or a folder; what has more of them is a corridor in which only file names tell apart."""
    folders = {path.parent for path in MODULES}
    doors = {
        name(folder): sum(
            (one.is_dir() and any(one.rglob("*.py")))
            or (one.suffix == ".py" and one.name not in {"__init__.py", "__main__.py"})
            for one in folder.iterdir()
        )
        for folder in folders
    }
    crowded = {folder: n for folder, n in doors.items() if n > MOST_DOORS.get(folder, MOST_DOORS[""])}
    assert crowded == {}, "give what belongs together a folder"


def test_every_package_says_what_lives_there() -> None:
    faces = [path for path in MODULES if path.name == "__init__.py"]
    silent = [name(path) for path in faces if not ast.get_docstring(parsed(path))]
    assert silent == []
    busy = [name(path) for path in faces if path.parent.name != "toolkit" and imported(path)]
    assert busy == [], "a package's face imports nothing: whoever needs a module names it"


def test_modules_are_neither_long_nor_fragments() -> None:
    sizes = {name(path): lines_of(path) for path in MODULES if path.name not in {"__init__.py", "__main__.py"}}
    assert {one: n for one, n in sizes.items() if n > LONGEST_MODULE} == {}, "split the module by what it knows"
    assert sorted(sizes.values())[int(0.9 * len(sizes))] <= LONG_MODULE
    assert {one: n for one, n in sizes.items() if n < SHORTEST_MODULE} == {}, "join it with what it is a part of"


def test_no_public_name_is_defined_twice() -> None:
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(name(path))
    assert {one: where for one, where in homes.items() if len(where) > 1} == {}, "say what it is, or share it"


def test_modules_do_not_wait_for_each_other() -> None:
    """No circle of imports, those inside functions and those of the packages' faces counted."""
    names = {dotted(path): path for path in MODULES}
    waits = {one: {other for other in modules_of(path, names) if other != one} for one, path in names.items()}
    while free := [one for one, others in waits.items() if not others]:
        for one in free:
            del waits[one]
        waits = {one: others.difference(free) for one, others in waits.items()}
    assert waits == {}


def test_import_lines_are_few() -> None:
    lines = sum(map(lines_of, MODULES))
    imports = sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
    assert imports < MOST_IMPORTS * lines


def test_nothing_is_decided_by_a_sentence() -> None:
    """A user's words are changed by whoever improves them; only what reads Chinese texts compares with Chinese."""
    reads = ("checks/narrative/",)
    found = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        if not name(path).startswith(reads)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.In | ast.NotIn | ast.Eq | ast.NotEq) for op in node.ops)
        and any(
            isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search("[\u4e00-\u9fff]", part.value)
            for part in ast.walk(node)
        )
    ]
    assert found == []


def test_no_function_is_longer_than_its_budget() -> None:
    long = {f"{name(p)}:{f}": n for p in MODULES for f, n in functions(p) if n > LONGEST_FUNCTION}
    assert long == {}, "give its parts names"


def test_nothing_prints_but_the_command_line() -> None:
    talkers = [name(p) for p in MODULES if re.search(r"\bprint\(|sys\.std(out|err)", p.read_text(encoding="utf-8"))]
    assert [t for t in talkers if not t.startswith("cli/")] == []


#: A label of so few characters may be any word.
LONGEST_COMMON = 4
#: The default, and an example in a help text.
NAMED_ON_PURPOSE = {("instrument/catalogue.py", "zfxxgk-2021"), ("cli/app.py", "BAL-01")}


def said_in(path: Path) -> str:
    """What a file says to the program: no comment, no docstring."""
    if path.suffix != ".py":
        text = path.read_text(encoding="utf-8")
        return re.sub(r"(?m)^\s*#.*$|\{#.*?#\}", "", text)
    tree = parsed(path)
    told = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    constants = (one for one in ast.walk(tree) if isinstance(one, ast.Constant) and id(one) not in told)
    return "\n".join(one.value for one in constants if isinstance(one.value, str))


def test_the_engine_knows_no_form() -> None:
    """No id, name of a figure or text, title, heading or label of any shipped form stands in code or its data."""
    texts = {
        path.relative_to(ROOT / "toolkit").as_posix(): said_in(path)
        for path in sorted((ROOT / "toolkit").rglob("*"))
        if path.suffix in {".py", ".toml", ".j2", ".json", ".txt", ".sql", ".css", ".js"}
    }
    known: set[str] = set()
    for form in (kind.form for kind in known_forms()):
        known |= {form.id, form.title, *form.cells, *form.texts, *(one.id for one in form.rules)}
        labels = {part for one in form.cells.values() for part in (*one.row_path, *one.column_path)}
        labels |= {one.label for one in form.texts.values()} | {part.title for part in form.parts}
        known |= {label for label in labels if len(label) > LONGEST_COMMON}
    everything = "\n".join(texts.values())
    there = sorted((word for word in known if word in everything), key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<![\w.-]){re.escape(word)}(?![\w-])" for word in there))
    found = {(file, hit[0]) for file, text in texts.items() for hit in pattern.finditer(text)}
    assert found - NAMED_ON_PURPOSE == set()


def test_there_are_no_platform_bound_modules() -> None:
    bound = {"fcntl", "resource", "pwd", "grp", "termios"}
    # It has another way on Windows, and asks for it where it is used.
    assert [name(p) for p in MODULES if imported(p) & bound] == ["io/limits.py"]
    tops = ast.parse((ROOT / "toolkit" / "io" / "limits.py").read_text(encoding="utf-8")).body
    assert [
        alias.name for node in tops if isinstance(node, ast.Import) for alias in node.names if alias.name in bound
    ] == []
    assert [name(p) for p in MODULES if "os.fork" in p.read_text(encoding="utf-8")] == []


#: Test files that are named for no module, and what they are about.
SUBJECTS = {
    "board/test_browser.py": "the page as Chromium shows it",
    "desk/test_browser.py": "a round by mouse in Chromium, from an empty folder to the published report",
    "desk/test_cut_off.py": "a desk that is killed, and two desks on one round",
    "board/test_parts.py": "the small modules that each make one part of the page",
    "checks/narrative/clauses/test_everyday.py": "everyday sentences about one table, right and wrong, by class",
    "checks/narrative/test_false_errors.py": "right sentences that look wrong, by class",
    "checks/narrative/test_linear.py": "how much work a text of any kind makes",
    "checks/narrative/test_texts.py": "the rules about texts, from a return to its findings",
    "docs/test_performance.py": "the command that measures, with small numbers",
    "pipeline/test_linear.py": "how often each function is called a file, in few files and in many",
    "pipeline/test_fuzz.py": "whatever comes from outside, changed at random",
    "pipeline/test_template.py": "what is generated from a form and kept beside it",
    "cli/test_cli.py": "the program as it is called, all commands but those of a round",
    "cli/test_cold_start.py": "what a command loads before it does anything",
    "cli/test_missing_library.py": "what is written where a library is missing",
    "cli/test_wrong_folder.py": "commands in, above and below the folder of a round",
    "consolidation/workbook/test_book_of_a_round.py": "the whole workbook when there is a roster",
    "forms/test_bodies.py": "names of bodies as patterns",
    "pipeline/round/sending/test_page.py": "the self-check page, as text",
    "pipeline/round/test_ownership.py": "whose a file is that is no return of the round",
    "packaging/test_page.py": "the self-check page, in browsers",
    "packaging/test_page_filling.py": "filling in on the self-check page",
    "packaging/test_install.py": "wheel and source archive, installed where no source tree is in reach",
    "packaging/test_windows.py": "the zip for Windows, under wine",
    "pipeline/test_cluster.py": "the same round on one machine and on a cluster",
    "io/test_schemas.py": "what goes to other programs against the schemas given out",
    "docs/test_api.py": "the public package xxgk, its page and its docstrings",
    "docs/test_documentation.py": "the pages of docs/ against the program",
    "docs/test_tutorial.py": "the tutorial on forms, typed as it stands",
    "docs/test_rooms.py": "architecture, contributing and glossary against the code",
    "pipeline/test_clients.py": "our workbooks in other programs, and theirs in ours",
    "pipeline/round/test_clock.py": "a clock that stands in 1970",
    "pipeline/round/test_cut_off.py": "kills, full disks and missing rights in the midst of a round",
    "pipeline/round/test_growth.py": "what four times the units cost, counted",
    "pipeline/round/test_seventy.py": "a whole district",
    "pipeline/round/test_manuscripts.py": "a report from the desk of its editor to publication",
    "pipeline/test_axe.py": "all kinds of pages under axe-core",
    "pipeline/test_city.py": "eleven published reports of one city",
    "pipeline/test_hostile.py": "hostile files among good ones, in every command",
    "pipeline/test_every_form.py": "all shipped forms, from template to board; last year in another format",
    "pipeline/test_prior.py": "last year's workbooks given by hand",
    "pipeline/test_second_form.py": "another form, from template to report",
    "pipeline/test_websites.py": "the form of government websites, from template to sum",
    "pipeline/test_installed_forms.py": "every installed form, from template to report",
    "rules/test_conditions.py": "conditions, from their text to value, formula and words",
    "report/word/test_pages.py": "the pages that come of a template, against the standard",
    "rules/test_edges.py": "numbers at the edges of what rules can tell, from text to outcome",
    "rules/test_lists.py": "lists in rules, from their text to value, formula and words",
    "rules/test_two_back_ends.py": "our verdicts against those of LibreOffice",
    "samples/test_samples.py": "the samples against what was published",
    "winter/test_winter.py": "three linked rounds of a district, and what goes wrong in them",
    "test_architecture.py": "the rules of the house",
    "test_markers.py": "the markers of the tests",
    "test_thresholds.py": "numbers that decide, in all rooms",
    "workbook/annotation/test_belongings.py": "what a unit put into its workbook, handed back",
    "workbook/intake/test_dialect_bench.py": "one workbook in the habits of other programs",
    "workbook/intake/test_earlier_templates.py": "workbooks that an earlier program made",
    "workbook/template/test_nil_returns.py": "ticks of the cover that fill zeros, from template to verdict",
    "workbook/intake/test_dialects.py": "workbooks as other programs write them",
    "workbook/intake/test_limits.py": "Excel's own limits, and what a stranger's string costs",
    "workbook/intake/test_text_cells.py": "numbers in cells meant for words, from the file to the report",
}


def test_the_tests_mirror_the_package() -> None:
    """A test stands in the room of what it tests and bears a module's name, or it has a subject of its own."""
    tests = ROOT / "tests"
    files = {path.relative_to(tests).as_posix() for path in tests.rglob("test_*.py")}
    modules = {path.with_name(f"test_{path.name}").relative_to(ROOT / "toolkit").as_posix() for path in MODULES}
    assert sorted(files - modules - SUBJECTS.keys()) == [], "name it for what it tests, or say its subject"
    assert sorted(SUBJECTS.keys() - files) == [], "strike it off the list"
    rooms = {name(folder) for folder in (ROOT / "toolkit").rglob("*") if folder.is_dir()} | {
        "docs",
        "packaging",
        "samples",
        "winter",
    }
    assert {file.rpartition("/")[0] for file in files} <= {"", *rooms}


def test_what_tests_share_has_one_home() -> None:
    homes: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests" / "factories").glob("*.py")):
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                homes.setdefault(node.name, []).append(path.name)
    assert {one: where for one, where in homes.items() if len(where) > 1} == {}
