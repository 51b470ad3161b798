"""The documentation says what the program does: what it tells of commands, codes, keys and examples is tried."""

from __future__ import annotations

import ast
import inspect
import re
import runpy
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import is_dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

import toolkit.model.finding
import toolkit.model.flat
import toolkit.model.form
import toolkit.model.grid
import toolkit.model.period
import toolkit.model.returns
import toolkit.model.rule
from toolkit import errors
from toolkit.cli.app import app
from toolkit.cli.run import COMMANDS
from toolkit.cli.show import show_tally, show_verdict
from toolkit.forms import read_form
from toolkit.forms.fields import Fields
from toolkit.forms.layout import RESERVED_IDS, RESERVED_SHEETS, CheckColumn
from toolkit.instrument import language, outline, vocabulary
from toolkit.instrument.catalogue import known_forms, load
from toolkit.instrument.instrument import Instrument, loads
from toolkit.instrument.outline import WORDS, compile_outline
from toolkit.io.json import as_json
from toolkit.io.tally import Tally
from toolkit.model.cells import NumberType
from toolkit.model.finding import Severity, Status
from toolkit.model.flat import FlatCell, FlatStyle
from toolkit.model.keys import keys_of
from toolkit.model.period import KINDS
from toolkit.pipeline.round.sending.distribute import template
from toolkit.pipeline.verify import verify
from toolkit.rules.parse import COMPARISONS, FUNCTIONS
from toolkit.workbook.intake.numbers import read_number
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [
    *READMES,
    *(ROOT / f"{one}.md" for one in ("CHANGELOG", "CONTRIBUTING", "SECURITY")),
    *sorted(DOCS.rglob("*.md")),
]
SAMPLE = ROOT / "samples" / "yunling-2025" / "自然资源局.xlsx"

readmes = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def group() -> Any:
    assert COMMANDS
    return typer.main.get_command(app)


def commands() -> set[str]:
    return set(group().commands)


def every_command(within: Any) -> Iterator[Any]:
    """The commands, and those of a group of them."""
    for one in within.commands.values():
        yield from every_command(one) if hasattr(one, "commands") else [one]


def fenced(path: Path, language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def rows(path: Path) -> Iterator[list[str]]:
    """The cells of every line of every table."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def example(readme: Path) -> Instrument:
    (text,) = fenced(readme, "toml")
    return loads(text)


@pytest.mark.runs
def test_the_page_of_findings_is_up_to_date() -> None:
    made = runpy.run_path(str(DOCS / "make_findings.py"))["page"]()
    kept = (DOCS / "findings.md").read_text(encoding="utf-8")
    assert kept == made, "docs/findings.md is stale; run: python docs/make_findings.py"


def test_the_tables_of_keys_are_up_to_date() -> None:
    kept = (DOCS / "form-definition.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(DOCS / "make_keys.py"))["page"](kept)
    assert kept == made, "docs/form-definition.md is stale; run: python docs/make_keys.py"


def test_every_declared_key_has_its_table() -> None:
    """A class that declares keys and has no table on the page would be read by a rule that nobody is told."""
    homes = (toolkit.model.form, toolkit.model.rule, read_form, vocabulary, language, outline)
    told = set(re.findall(r"<!-- keys of (\w+)", (DOCS / "form-definition.md").read_text(encoding="utf-8")))
    classes = {name for home in homes for name, one in vars(home).items() if inspect.isclass(one) and _declares(one)}
    assert sorted(classes - told) == ["Waiver"], "the settings of a round are documented in round.md"


def _declares(one: type) -> bool:
    return (is_dataclass(one) or hasattr(one, "_fields")) and bool(keys_of(one))


@readmes
def test_every_command_is_in_the_readme(readme: Path) -> None:
    told = {row[0].split()[1].strip("`") for row in rows(readme) if row[0].startswith("`xxgk ")}
    assert told == commands()


@pages
def test_no_page_tells_of_a_command_that_is_not_there(page: Path) -> None:
    told = re.findall(r"(?:`|^|bin/)xxgk ([a-z][\w-]*)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(told) <= commands()


@readmes
def test_every_option_in_the_readme_is_there(readme: Path) -> None:
    known = {option for one in every_command(group()) for p in one.params for option in (*p.opts, *p.secondary_opts)}
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", readme.read_text(encoding="utf-8"))) - {"--help"}
    assert told <= known


@readmes
def test_the_example_form_makes_a_workbook_that_is_read_back(readme: Path, tmp_path: Path) -> None:
    made = example(readme)
    assert [check.key for check in made.rules.checks if check.rule.id == "BAL-01"] == [
        "BAL-01[letters]",
        "BAL-01[visits]",
        "BAL-01[total]",
    ]
    assert write_template(made)
    folder = tmp_path / made.form.id
    folder.mkdir()
    (folder / "form.toml").write_text(fenced(readme, "toml")[0], encoding="utf-8")
    book = template(str(folder), "2025-Q1", "某单位", tmp_path)
    (verdict,) = verify([book], str(folder))
    assert verdict.status is Status.RETURNED
    assert {finding.rule for finding in verdict.findings} == {"VAL-01", "SIGN-01"}


def test_both_readmes_have_the_same_example() -> None:
    first, second = (fenced(readme, "toml") for readme in READMES)
    assert first == second


@readmes
def test_the_finding_in_the_readme_is_what_verify_prints(readme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for verdict in verify([SAMPLE]):
        tally.add(verdict)
        show_verdict(verdict)
    show_tally(tally)
    assert capsys.readouterr().out in fenced(readme)


def test_the_keys_of_a_finding_are_in_the_readme() -> None:
    (verdict,) = verify([SAMPLE])
    text = READMES[0].read_text(encoding="utf-8")
    assert [key for key in as_json(verdict.findings[0]) if f"`{key}`" not in text] == []


@readmes
def test_every_exit_code_is_in_the_readme(readme: Path) -> None:
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, errors.ToolkitError)]
    codes = {0, 1, 3, *(kind.exit_code for kind in kinds)}
    assert {int(row[0]) for row in rows(readme) if row[0].isdigit()} == codes


@readmes
def test_every_status_and_severity_is_in_the_readme(readme: Path) -> None:
    told = list(rows(readme))
    for one in (*Status, *Severity):
        assert any({f"`{one.value}`", one.label} <= set(row) for row in told), one


def test_every_form_is_loaded_with_keys_that_are_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()

    class Spy(set[str]):
        def add(self, key: str) -> None:
            asked.add(key)
            super().add(key)

    def begin(self: Fields, *arguments: Any) -> None:
        plain(self, *arguments)
        self.read = Spy()

    plain, forms = Fields.__init__, known_forms()
    monkeypatch.setattr(Fields, "__init__", begin)
    report = {
        "section": [{"part": [{"sentence": [{"cases": [{}]}]}]}],
        "preamble": [{}],
        "closing": [{}],
        "board": [{}],
    }
    for kind in forms:
        folder = Path(kind.form.folder)
        text = (folder / "form.toml").read_text(encoding="utf-8")
        form = loads(text).form
        compile_outline(form, report)
    text = (DOCS / "form-definition.md").read_text(encoding="utf-8")
    named = {name.strip("[]").rpartition(".")[2] for name in re.findall(r"`([^`\n]+)`", text)}
    assert len(asked) > 40
    assert sorted(asked - named) == []


def test_the_rule_language_is_documented() -> None:
    text = (DOCS / "form-definition.md").read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if f"`{name}(…)`" not in text] == []
    assert f"`{' '.join(COMPARISONS)}`" in text
    assert [word for word in WORDS if f"{{{word}}}" not in text] == []
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


def test_the_names_that_are_the_programs_own_are_documented() -> None:
    """All of them, and no other; findings.md lists the codes, and is held by its own test."""
    text = (DOCS / "form-definition.md").read_text(encoding="utf-8")
    _, _, told = " ".join(text.split()).partition("Some names are the program's own: ")
    ids, _, sheets = told.partition(" none stands on a sheet ")
    assert set(re.findall(r"`(\w+)`", ids)) == RESERVED_IDS
    assert set(re.split(r", | or ", sheets.partition(", and no rule")[0])) == RESERVED_SHEETS


def test_the_page_on_architecture_says_where_commands_are() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| a command \|.*", text, re.MULTILINE)
    homes = {inspect.unwrap(one.callback).__module__ for one in every_command(group())}
    assert {f"toolkit.{path.replace('/', '.')}" for path in re.findall(r"`(cli/\w+)\.py`", row)} == homes


def test_a_word_of_the_glossary_is_one_thing() -> None:
    told = [row for row in rows(DOCS / "glossary.md") if row[0] not in {"word", "---"}]
    words = Counter(row[0].partition(" (")[0] for row in told)
    names = Counter(name for row in told for name in re.findall(r"`(\w+)`", row[0]))
    assert len(words) > 80
    assert [word for word, times in (words + names).items() if times > 1] == []


def _readings() -> list[list[str]]:
    page = DOCS / "form-definition.md"
    return [row for row in rows(page) if len(row) == 3 and re.fullmatch(r"VAL-\d\d", row[2]) and row[0][:1] == "`"]


@pytest.mark.parametrize("row", _readings(), ids=lambda row: row[0])
def test_numbers_are_read_as_documented(row: list[str]) -> None:
    found = read_number(FlatCell(row[0].strip("`")), FlatStyle(), NumberType())
    expected = None if row[1] == "refused" else Decimal(row[1])
    assert (found.value, "VAL-01" if found.fault else "VAL-10") == (expected, row[2])


def test_many_readings_are_documented() -> None:
    assert len(_readings()) > 20


def test_every_dependency_has_its_line_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    text = (DOCS / "dependencies.md").read_text(encoding="utf-8").partition("## Why an own reader")[0]
    told = re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)
    assert sorted(told) == sorted(re.split(r"[<>=!~\[ ;]", one)[0] for one in wanted)


LIMITS = [row for row in rows(DOCS / "security.md") if row[0] not in {"what", "---"}]
#: Rooms all of whose bounds on what comes from outside are told; other numbers of theirs are none.
BOUNDED = ("workbook/intake", "collection")


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row[3])
def test_each_limit_is_what_the_page_on_security_says(row: list[str]) -> None:
    number, _, unit = row[1].partition(" ")
    module = row[2].strip("`").removesuffix(".py").replace("/", ".")
    limit = getattr(import_module(f"toolkit.{module}"), row[3].strip("`"))
    assert limit == int(number.replace(",", "")) * {"MB": 1 << 20, "GB": 1 << 30}.get(unit, 1)


def test_no_limit_is_missing_on_the_page_on_security() -> None:
    told = {(row[2].strip("`"), row[3].strip("`")) for row in LIMITS}
    there = {
        (path.relative_to(ROOT / "toolkit").as_posix(), name)
        for room in BOUNDED
        for path in sorted((ROOT / "toolkit" / room).rglob("*.py"))
        for line in re.findall(r"^([A-Z_, ]+)(?:: [^=]+)? = ", path.read_text(encoding="utf-8"), re.MULTILINE)
        for name in line.split(", ")
        if name.startswith(("MAX_", "MOST_", "DEEPEST"))
    }
    assert len(there) > 15
    assert sorted(there - told) == []


def test_nothing_is_run_as_the_page_on_security_says() -> None:
    """No call that runs a text, no module that runs another program, unpickles, or opens a connection."""
    modules = {"subprocess", "pickle", "marshal", "shelve", "socket", "requests", "http", "smtplib", "ftplib"}
    found = set[str]()
    for path in sorted((ROOT / "toolkit").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            calls = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            started = node.attr if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os" else ""
            if started in {"system", "popen", "startfile"} or started.startswith(("exec", "spawn", "posix_spawn")):
                found.add(f"{path.name}:{node.lineno}")  # type: ignore[attr-defined]
            if calls in {"eval", "exec"} or any(
                one.split(".")[0] in modules or one == "urllib.request" for one in named
            ):
                found.add(f"{path.name}:{node.lineno}")  # type: ignore[attr-defined]
    assert sorted(found) == []


def test_every_word_of_the_model_is_in_the_glossary() -> None:
    modules = [toolkit.model.form, toolkit.model.grid, toolkit.model.flat, toolkit.model.finding]
    modules += [toolkit.model.period, toolkit.model.returns]
    words = [
        name
        for module in modules
        for name, one in vars(module).items()
        if inspect.isclass(one) and one.__module__ == module.__name__ and not name.startswith("_")
    ]
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    assert len(words) > 20
    assert [word for word in words if f"`{word}`" not in text] == []


@pages
def test_every_path_and_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    layers = "cli|pipeline|report|board|consolidation|collection|workbook|checks|instrument|forms|rules|io|model"
    paths = re.findall(
        rf"`((?:toolkit|tests|docs|samples|workbook_templates/zfxxgk|(?:{layers})/)[\w/.-]*\.(?:py|toml|md))`", text
    )
    missing = [path for path in paths if not (ROOT / path).exists() and not (ROOT / "toolkit" / path).exists()]
    assert missing == []
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", re.sub(r"`[^`\n]*`", "", text))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_life_of_one_cell_names_functions_that_are_there() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("## The life of one cell")[2]
    steps = re.findall(r"`(toolkit/[\w/]+\.py)` `([\w.]+)`", text.partition("## How it grows")[0])
    assert len(steps) > 15
    for path, name in steps:
        source = (ROOT / path).read_text(encoding="utf-8")
        for part in name.split("."):
            assert re.search(rf"^\s*(?:def|class) {part}\b", source, re.MULTILINE), f"{path}: {name}"


def test_the_life_of_one_cell_shows_the_formulas_of_the_template() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    kind = load()
    formulas = {cell.formula for cell in blank_plan(kind).cells}
    shown = re.findall(r"`(IF\([^`]*)`", text)
    assert len(shown) > 1
    assert set(shown) <= formulas
    spot = kind.layout.check_spot("BAL-01[natural]", CheckColumn.RULE)
    assert f"line {spot.row + 1} of sheet {spot.sheet}" in text
    assert kind.layout.spot("requests.new.natural").cell == "D6"
