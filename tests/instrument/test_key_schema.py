"""What an editor is told of a form's files, against what the reader takes."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from toolkit.cli.run import run
from toolkit.forms.read_form import read_definition
from toolkit.instrument.catalogue import form_folders
from toolkit.instrument.instrument import assemble
from toolkit.instrument.key_schema import key_schemas
from toolkit.instrument.language import KINDS

SCHEMAS = key_schemas()
FILES = [path for folder in form_folders().values() for path in sorted(folder.glob("*.toml"))]


def said(path: Path) -> Any:
    """What a file says, as an editor hands it to a validator."""
    return json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))


def faults(name: str, data: object) -> list[str]:
    rules = jsonschema.Draft202012Validator(SCHEMAS[name])
    return [f"{one.json_path}: {one.message}" for one in rules.iter_errors(data)]


def tables(data: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table inside, the first of each list, with its path."""
    for key, value in data.items():
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict):
            yield f"{at}{key}", first
            yield from tables(first, f"{at}{key}.")


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_schema_in_which_every_key_is_explained(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert run(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMAS[name]
    mute = [
        f"{at}.{key}"
        for at, part in [("", SCHEMAS[name]), *tables(SCHEMAS[name])]
        for key, one in part.get("properties", {}).items()
        if isinstance(one, dict) and not one.get("description") and "const" not in one
    ]
    assert mute == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_shipped_forms_keep_to_it(path: Path) -> None:
    assert faults(path.stem, said(path)) == []


@pytest.mark.parametrize(
    "path",
    # Its keys are names of rows.
    [path for path in FILES if path.stem != "shares"],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_a_misspelt_key_is_refused_in_whatever_table_of_fixed_keys(path: Path) -> None:
    data = said(path)
    loose = ("rules", "formulas", "acts", "columns", "figures", "lists", "accepts", "limits", "aliases", "wider")
    fixed = [at for at, _ in tables(data) if at.rpartition(".")[2] not in (*loose, "names", "levels")]
    assert fixed
    for wanted in fixed:
        spoilt = copy.deepcopy(data)
        dict(tables(spoilt))[wanted]["no_such_key"] = 1
        assert faults(path.stem, spoilt) != [], wanted


def test_a_row_has_a_share_and_a_shape() -> None:
    assert faults("shares", {"t.x": [0.5]}) != []
    assert faults("shares", {"t.x": ["0.5", 1]}) != []
    assert faults("shares", {"t.x": [0.5, 1]}) == []


@pytest.mark.parametrize(("key", "value"), [("period", "week"), ("version", "1"), ("id", 3), ("title", None)], ids=str)
def test_a_wrong_value_and_a_missing_key_are_refused(key: str, value: object) -> None:
    data = said(FILES[0].parent / "form.toml")
    data["form"] = {name: one for name, one in (data["form"] | {key: value}).items() if one is not None}
    (told,) = faults("form", data)
    assert told.startswith("$.form")


def test_a_form_that_it_takes_is_one_that_the_reader_takes_key_by_key(tmp_path: Path) -> None:
    text = """
        form = { id = "small", version = 1, title = "小表" }
        [[table]]
        id = "t"
        title = "一张表"
        type = { kind = "decimal", min = -5, unit = "元" }
        columns = [{ id = "a", label = "甲" }]
        rows = [{ id = "x", label = "一", under = "上" }, { id = "y", label = "二", under = ["上"] }]
        rules = { R-1 = "x <= y", R-2 = [{ rule = "x >= 0", limits = { "县" = 3 } }, "y >= 0"] }
        [[list]]
        id = "l"
        title = "清单"
        type = "decimal"
        size = 5
    """
    (tmp_path / "form.toml").write_text(text, encoding="utf-8")
    assert assemble(read_definition(tmp_path), "small", controls=False).form.id == "small"
    data = tomllib.loads(text)
    assert faults("form", data) == []
    data["list"][0]["size"] = 100
    assert faults("form", data) == ["$.list[0].size: 100 is greater than the maximum of 99"]


def test_each_way_of_reading_texts_has_its_keys() -> None:
    entries = SCHEMAS["words"]["properties"]["rule"]["items"]["oneOf"]
    assert [one["properties"]["kind"]["const"] for one in entries] == list(KINDS)
