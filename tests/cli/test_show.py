"""What goes to other programs is valid whatever files are called: JSON, SARIF 2.1.0, JUnit XML."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree as ET

import pytest
from factories.filled_forms import annual, filled
from factories.witnesses import missing, program

from toolkit.cli.console import emit_json
from toolkit.cli.run import run
from toolkit.cli.show import document_junit, document_sarif
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Verdict

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples" / "yunling-2025"
Capture = pytest.CaptureFixture[str]
NAMES = [
    "表.xlsx",
    "a b #1 100%.xlsx",
    "a\x1b[31m.xlsx",
    "a\x01\x07\x0b\x7f\x85.xlsx",
    "两行\n一名\t.xlsx",
    "<&\"'>.xlsx",
    "\u202egnp.xlsx",
    "全角\u3000空格\U0001f600𠮷.xlsx",
    "\ufffe\uffff.xlsx",
    os.fsdecode(b"gbk-\xb1\xed.xlsx"),
    "\ud800.xlsx",
]


def verdict(file: str) -> Verdict:
    finding = Finding(
        rule="BAL-01",
        severity=Severity.ERROR,
        sheet="申请情况",
        cell="D6",
        message="不等\x1b\x00\u3000\ud801",
        remedy="请改正。",
        row="",
        column="",
    )
    note = Finding(rule="SIGN-03", severity=Severity.NOTE, message="没有核对", remedy="请核对。")
    return Verdict(file=file, status=Status.RETURNED, findings=(finding, note))


def valid(document: Any) -> None:
    """The parts of the schema of SARIF 2.1.0 that apply here: what must be there, of which kind, and no other keys."""
    assert set(document) == {"$schema", "version", "runs"}
    assert document["version"] == "2.1.0"
    for one in document["runs"]:
        assert set(one) == {"tool", "results"}
        driver = one["tool"]["driver"]
        assert driver["name"] == "xxgk"
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(ids) == len(set(ids))
        assert all(set(rule) == {"id", "name", "shortDescription", "defaultConfiguration"} for rule in driver["rules"])
        assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
        for result in one["results"]:
            assert set(result) <= {"ruleId", "level", "message", "locations", "partialFingerprints"}
            assert result["ruleId"] in ids
            assert result["level"] in {"none", "note", "warning", "error"}
            assert result["message"]["text"]
            assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
            _located(result["locations"])


def _located(locations: Sequence[Mapping[str, Any]]) -> None:
    for location in locations:
        assert set(location) <= {"physicalLocation", "logicalLocations"}
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"file:///(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+", uri), uri
        assert not urlsplit(uri).fragment
        assert not urlsplit(uri).query
        for logical in location.get("logicalLocations", ()):
            assert set(logical) <= {"name", "fullyQualifiedName", "kind", "index", "parentIndex", "decoratedName"}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_sarif_is_valid_and_leads_to_the_file(name: str, tmp_path: Path) -> None:
    document = document_sarif([verdict(str(tmp_path / name))])
    valid(document)
    (run_,) = json.loads(json.dumps(document))["runs"]
    uri = run_["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    if "\ud800" not in name:
        assert unquote_to_bytes(urlsplit(uri).path) == os.fsencode(tmp_path / name)


def test_sarif_says_what_each_rule_demands(capsys: Capture) -> None:
    assert run(["verify", str(SAMPLES / "自然资源局.xlsx"), "--format", "sarif"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["runs"]
    rules = {rule["id"]: rule for rule in told["tool"]["driver"]["rules"]}
    assert rules["BAL-01"]["shortDescription"]["text"] == "第一项加第二项之和，应等于第三项加第四项之和"
    assert rules["BAL-01"]["defaultConfiguration"] == {"level": "error"}
    assert rules["SIGN-03"]["defaultConfiguration"] == {"level": "note"}


@pytest.mark.clients
def test_sarif_is_valid_by_its_makers_own_validator(tmp_path: Path, capsys: Capture) -> None:
    tool = ROOT / "tests" / "clients" / "node_modules" / ".bin" / "sarif-multitool"
    if not tool.exists():
        missing("sarif-multitool")
    codes = [run(["verify", str(SAMPLES), "--format", "sarif"])]
    (tmp_path / "found.sarif").write_text(capsys.readouterr().out, encoding="utf-8")
    command = [program("node"), str(tool), "validate", "found.sarif", "--output", "told.sarif"]
    codes.append(subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode)
    (told,) = json.loads((tmp_path / "told.sarif").read_text(encoding="utf-8-sig"))["runs"]
    assert codes == [3, 0]
    assert told["tool"]["driver"]["name"] == "Sarif.Multitool"
    assert [one for one in told["results"] if one.get("level", "warning") == "error"] == []


def test_sarif_makes_a_relative_name_absolute() -> None:
    (result, _) = cast("Any", document_sarif([verdict("表 1.xlsx")]))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (Path.cwd() / "表 1.xlsx").as_uri()


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_junit_is_well_formed(name: str) -> None:
    data = document_junit([verdict(name)])
    assert not re.search(rb"[^\n\x20-\x7e]", data)
    (suite,) = ET.fromstring(data)
    shown = suite.get("name") or ""
    assert shown == suite[0].get("classname")
    assert shown.endswith(".xlsx")
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in shown)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert suite[0][0].text == "申请情况!D6 不等??\u3000?"


def test_junit_keeps_what_may_stand_in_xml() -> None:
    (suite,) = ET.fromstring(document_junit([verdict("全角\u3000空格\U0001f600𠮷.xlsx")]))
    assert suite.get("name") == "全角\u3000空格\U0001f600𠮷.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "ascii"])
def test_json_holds_no_half_of_a_pair(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    emit_json({"file": NAMES})
    sys.stdout.flush()
    shown = json.loads(raw.getvalue().decode(encoding))["file"]
    assert shown == [re.sub("[\ud800-\udfff]", "\ufffd", name) for name in NAMES]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file's name is always text")
@pytest.mark.parametrize("output", ["text", "json", "sarif", "junit"])
def test_files_whose_names_are_no_text_are_verified(tmp_path: Path, output: str, capsys: Capture) -> None:
    for name in (b"a\x1b[31m.xlsx", b"b\xff.xlsx", "c #1 😀%.xlsx".encode()):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(filled(annual()))
    assert run(["verify", str(tmp_path), "--format", output]) == 0
    out = capsys.readouterr().out
    out.encode()
    assert "\x1b" not in out
    if output == "junit":
        assert len(ET.fromstring(out)) == 3
    elif output == "sarif":
        valid(json.loads(out))
    elif output == "json":
        assert json.loads(out)["summary"]["files"] == 3


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file's name is always text")
def test_files_whose_names_are_no_text_are_added_up(tmp_path: Path, capsys: Capture) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/f\xff"))
    folder.mkdir()
    (folder / os.fsdecode(b"b\xff.xlsx")).write_bytes(filled(annual()))
    assert run(["consolidate", str(folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["returns"][0]["file"] == "b\ufffd.xlsx"
    assert run(["report", str(folder), "-o", str(tmp_path / "out")]) == 0
    checked = json.loads((folder / "成果" / "校验结果.json").read_text(encoding="utf-8"))
    assert checked["returns"][0]["file"] == "b\ufffd.xlsx"
