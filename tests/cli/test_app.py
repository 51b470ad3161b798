"""A form for other programs: Table Schema, data dictionary."""

from __future__ import annotations

import csv
import json

import pytest

from toolkit.cli.run import run
from toolkit.instrument.instrument import Instrument, loads
from toolkit.io.templates import pages

Capture = pytest.CaptureFixture[str]


def told(kind: str, form: Instrument, capsys: Capture) -> str:
    assert run(["schema", kind, "--form", form.form.id]) == 0
    return capsys.readouterr().out


def test_a_table_schema_has_a_field_for_every_figure_and_text(form: Instrument, capsys: Capture) -> None:
    schema = json.loads(told("table", form, capsys))
    fields = {one["name"]: one for one in schema["fields"]}
    assert list(fields) == ["unit", "period", *form.form.cells, *form.form.texts]
    assert set(schema["primaryKey"]) <= fields.keys()
    types = {"whole": "integer", "decimal": "number", "date": "date"}
    for name, variable in form.form.cells.items():
        limits, kind = fields[name]["constraints"], variable.type
        assert fields[name]["type"] == types.get(kind.kind, "string")
        assert limits["required"] == (kind.required and not variable.relevant)
        assert limits.get("enum", []) == list(kind.choices)
        assert limits.get("pattern", "") == kind.pattern
        if kind.kind not in {"whole", "decimal"}:
            continue
        assert limits["maximum"] == kind.maximum
        assert limits.get("minimum") == kind.minimum
    assert {name: fields[name]["constraints"]["required"] for name in form.form.texts} == {
        name: text.required for name, text in form.form.texts.items()
    }


def test_the_data_dictionary_names_every_figure_and_text(form: Instrument, capsys: Capture) -> None:
    rows = list(csv.DictReader(told("csv", form, capsys).splitlines()))
    assert [row["name"] for row in rows if row["name"]] == [*form.form.cells, *form.form.texts]
    computed = {row["name"] for row in rows if row["computed"] == "true"}
    assert computed == {name for name, one in form.variables.items() if one.derived}
    page = told("dictionary", form, capsys)
    assert [name for name in (*form.form.cells, *form.form.texts) if f"| `{name}` |" not in page] == []


def test_quotes_bars_and_letters_of_any_script_stay_what_they_are() -> None:
    kind = loads(
        """
        form = { id = "q", version = 1, title = 'The "big" count' }
        [[table]]
        id = "t"
        title = "A | B"
        rows = [{ id = "x", label = 'No. 1 "received", of all' }]
        columns = [{ id = "a", label = "Größe" }]
        """
    )
    made = {
        name: pages("toolkit.pipeline").get_template(f"export.{name}.j2") for name in ("table", "csv", "dictionary")
    }
    schema = json.loads(made["table"].render(kind=kind, dumps=json.dumps))
    assert schema["title"] == 'The "big" count'
    assert schema["fields"][2]["description"] == 'No. 1 "received", of all／Größe'
    (row,) = csv.DictReader(made["csv"].render(kind=kind).splitlines())
    assert row["row"] == 'No. 1 "received", of all'
    assert "## A | B" in made["dictionary"].render(kind=kind)
