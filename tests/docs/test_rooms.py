"""The plan of the house is true: picture, table of rooms, types on the way, and what CONTRIBUTING.md shows."""

from __future__ import annotations

import ast
import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from factories.filled_forms import judged, zero_return

from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Severity
from toolkit.pipeline.reports.documents import blank_document

ROOT = Path(__file__).resolve().parents[2]
TOOLKIT = ROOT / "toolkit"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DRAWING = runpy.run_path(str(ROOT / "docs" / "draw_rooms.py"))


def section(page: str, title: str) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def table(text: str) -> list[list[str]]:
    """The cells of the lines of a table, without its heads."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    return lines[1:]


def fenced(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


ROOMS = {row[0].strip("`"): row[1] for row in table(section(ARCHITECTURE, "The rooms"))}
WALK = table(section(CONTRIBUTING, "A newcomer's walk"))


def test_the_picture_of_the_rooms_is_up_to_date() -> None:
    kept = DRAWING["PICTURE"].read_text(encoding="utf-8")
    assert kept == DRAWING["draw"](), "docs/pictures/rooms.svg is stale; run: python docs/draw_rooms.py"


def test_every_room_is_named_in_the_words_of_its_docstring() -> None:
    faces = [path for path in TOOLKIT.rglob("__init__.py") if path.parent != TOOLKIT]
    alone = [path for path in TOOLKIT.glob("*.py") if not path.name.startswith("__")]
    named = {f"{path.parent.relative_to(TOOLKIT).as_posix()}/": path for path in faces}
    named |= {path.name: path for path in alone}
    said = {room: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for room, path in named.items()}
    assert {room: (text or "").splitlines()[0] for room, text in said.items()} == ROOMS


def test_the_layers_stand_in_the_order_of_the_contract() -> None:
    (block,) = fenced(section(ARCHITECTURE, "Layers"), "")
    told = {name: i for i, line in enumerate(block.splitlines()) for name in re.findall(r"[a-z]+", line[:26])}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    rows = [[name.split(".")[1].strip() for name in line.split("|")] for line in contract["layers"]]
    assert [name for row in rows for name in row if name not in told] == []
    places = [min(told[name] for name in row) for row in rows]
    assert places == sorted(places)
    assert DRAWING["rooms"](DRAWING["modules"]()) <= told.keys()


def test_the_types_that_travel_are_made_where_the_page_says() -> None:
    rows = table(section(ARCHITECTURE, "What travels between the layers"))
    for names, module, _ in [row for row in rows if row[0].startswith("`")]:
        source = (TOOLKIT / module.strip("`")).read_text(encoding="utf-8")
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"\b{name}\b", source), f"{name} in {module}"


def test_a_file_bears_few_types_on_its_way_each_made_where_the_page_says() -> None:
    rows = [row for row in table(section(ARCHITECTURE, "From inbox to ledger")) if row[0].startswith("`")]
    assert 8 < len(rows) < 12
    for name, modules, _ in rows:
        for module in re.findall(r"`([\w/]+\.py)`", modules):
            source = (TOOLKIT / module).read_text(encoding="utf-8")
            assert re.search(rf"\b{name.strip('`')}\b", source), f"{name} in {module}"


def test_the_walk_has_twenty_questions_that_lead_somewhere() -> None:
    assert len({question for question, _, _ in WALK}) == 20
    places = {(room.strip("`"), file.strip("`")) for _, room, file in WALK}
    assert [place for place in places if not (TOOLKIT / place[0] / place[1]).is_file()] == []
    assert {room for room, _ in places} <= ROOMS.keys()


@pytest.mark.parametrize("page", [ARCHITECTURE, CONTRIBUTING], ids=["architecture", "contributing"])
def test_every_folder_named_exists(page: str) -> None:
    named = set(re.findall(r"`((?:\w+/)+)`", page))
    assert len(named) > 5
    assert [one for one in named if not (ROOT / one).is_dir() and not (TOOLKIT / one).is_dir()] == []


def example(rules: str = "") -> Instrument:
    form, _ = fenced(CONTRIBUTING, "toml")
    return loads(form + rules)


def test_the_form_shown_is_one() -> None:
    assert example().names[-1] == "calls.passed_on.total"


def test_the_rules_shown_pass_and_fail() -> None:
    _, rules = fenced(CONTRIBUTING, "toml")
    kind = example(rules)
    right = {"calls.received.phone": 5, "calls.answered.phone": 3, "calls.passed_on.phone": 2}
    assert judged(kind, zero_return(kind, right)) == []
    (wrong,) = judged(kind, zero_return(kind, {**right, "calls.passed_on.phone": 1}))
    assert (wrong.rule, wrong.severity, wrong.sheet) == ("BAL-01", Severity.ERROR, "办理情况")
    odd, in_all = judged(kind, zero_return(kind, {**right, "calls.answered.phone": 1, "calls.passed_on.phone": 4}))
    assert {(one.rule, one.severity) for one in (odd, in_all)} == {("RATIO-01", Severity.VERIFY)}
    assert [one.column for one in (odd, in_all)] == ["电话", "合计"]


def test_the_code_shown_works() -> None:
    names: dict[str, Any] = {}
    for code in fenced(CONTRIBUTING, "python"):
        exec(compile(code, "CONTRIBUTING.md", "exec", dont_inherit=True), names)  # noqa: S102 - our own page
    printed = names["render_txt"](blank_document(example())).decode()
    assert "办理情况" in printed.splitlines()
    (finding,) = names["further_sheets"](["附页"])
    assert (finding.rule, finding.sheet) == ("FORM-06", "附页")


def test_no_word_of_the_glossary_has_two_entries() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    heads = [row[0] for row in table(page) if row[0] != "word"]
    words = [word.strip() for head in heads for word in re.sub(r"\(.*?\)", "", head).split(",")]
    assert len(words) > 80
    assert [word for word in set(words) if words.count(word) > 1] == []


def test_the_names_of_the_glossary_are_names_in_the_source() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    told = {name for row in table(page) for name in re.findall(r"`([A-Z]\w+)`", row[0])}
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TOOLKIT.rglob("*.py")))
    assert len(told) > 50
    assert [name for name in told if not re.search(rf"^(?:class {name}\b|{name} = )", source, re.MULTILINE)] == []
