"""What goes to other programs keeps to the schemas that the program gives out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from factories.rounds import begin
from junitparser import JUnitXml

from toolkit.cli.run import run
from toolkit.io.json import schema

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "yunling-2025"
Capture = pytest.CaptureFixture[str]


def held(document: str, told: str) -> Any:
    """The document, once it has passed its schema with every rule of the draft."""
    rules = schema(document)
    jsonschema.Draft202012Validator.check_schema(rules)
    found = json.loads(told)
    errors = [f"{one.json_path}: {one.message}" for one in jsonschema.Draft202012Validator(rules).iter_errors(found)]
    assert errors == []
    return found


@pytest.mark.parametrize("document", ["verify", "collect", "sums"])
def test_the_command_prints_the_schema(document: str, capsys: Capture) -> None:
    assert run(["schema", document]) == 0
    assert json.loads(capsys.readouterr().out) == schema(document)


@pytest.mark.parametrize("more", [[], ["--as-seen", "--texts"]], ids=["plain", "everything"])
def test_verify_keeps_to_its_schema(more: list[str], capsys: Capture) -> None:
    assert run(["verify", str(SAMPLES), "--format", "json", *more]) == 3
    assert len(held("verify", capsys.readouterr().out)["returns"]) == 14


def test_collect_and_its_sums_keep_to_their_schemas(tmp_path: Path, capsys: Capture) -> None:
    folder = begin(tmp_path / "2025年报").folder.root
    for path in sorted(SAMPLES.glob("*.xlsx")):
        shutil.copy(path, folder / "收件" / path.name)
    run(["collect", str(folder), "--format", "json"])
    found = held("collect", capsys.readouterr().out)
    assert found["summary"]["entries"] == len(found["entries"]) == 14
    target = tmp_path / "汇总"
    run(["consolidate", str(SAMPLES), "-o", str(target), "--format", "json"])
    (sums,) = target.rglob("汇总数.json")
    assert held("sums", sums.read_text(encoding="utf-8"))["n"] > 5


@pytest.mark.parametrize("spoilt", ["status", "findings"])
def test_a_schema_refuses_what_is_no_verdict(spoilt: str, capsys: Capture) -> None:
    run(["verify", str(SAMPLES / "住建局.xlsx"), "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    found["returns"][0][spoilt] = "whatever"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema("verify"))


def test_junit_is_read_by_a_reader_of_junit(capsys: Capture) -> None:
    run(["verify", str(SAMPLES), "--format", "junit"])
    found = JUnitXml.fromstring(capsys.readouterr().out.encode())
    assert len(list(found)) == 14
    assert {case.name for suite in found for case in suite if case.result} >= {"BAL-01", "VAL-01", "FMLA-01"}
