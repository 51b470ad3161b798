"""Verdicts for continuous integration: SARIF 2.1.0 and JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from toolkit import __version__
from toolkit.io.json import Json
from toolkit.model.codes import built_in
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Verdict

#: What XML 1.0 cannot hold, the other controls, and the marks that turn the direction of text.
_ILLEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {
    Severity.FATAL: "error",
    Severity.ERROR: "error",
    Severity.VERIFY: "warning",
    Severity.NOTE: "note",
}


def _heading(_form: str, rule: str) -> str:
    known = built_in(rule)
    return known.heading if known else ""


def document_sarif(verdicts: Iterable[Verdict], title: Callable[[str, str], str] = _heading) -> dict[str, Json]:
    """SARIF 2.1.0; its regions are lines, so the cell stands in ``logicalLocations``.

    ``title`` gives what a rule demands, by the form and the rule's code.
    """
    found = [(verdict, finding) for verdict in verdicts for finding in verdict.findings]
    results = [_result(verdict, finding) for verdict, finding in found]
    rules = {finding.rule: (verdict.form, finding.severity) for verdict, finding in reversed(found)}
    told: list[Json] = [
        {
            "id": rule,
            "name": rule.replace("-", ""),
            "shortDescription": {"text": title(form, rule) or rule},
            "defaultConfiguration": {"level": _LEVELS[severity]},
        }
        for rule, (form, severity) in sorted(rules.items())
    ]
    driver: dict[str, Json] = {"name": "xxgk", "version": __version__, "rules": told}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(verdict: Verdict, finding: Finding) -> dict[str, Json]:
    location: dict[str, Json] = {"physicalLocation": {"artifactLocation": {"uri": _uri(verdict.file)}}}
    if finding.sheet:
        name = f"{verdict.file}!{finding.sheet}!{finding.cell}"
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "cell"}]
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}。{finding.remedy}"},
        "locations": [location],
        "partialFingerprints": {"xxgk/v1": finding.fingerprint},
    }


def _uri(file: str) -> str:
    """The address of a file, absolute and percent-encoded; a name that is no text keeps its bytes."""
    path = Path(file).absolute()
    try:
        return path.as_uri()
    except UnicodeEncodeError:
        return Path(str(path).encode(errors="replace").decode()).as_uri()


def document_junit(verdicts: Iterable[Verdict]) -> bytes:
    """JUnit XML: a suite a file, a case a rule that found something, or one passing case."""
    root = ET.Element("testsuites", name="xxgk")
    for verdict in verdicts:
        file = _line(verdict.file)
        suite = ET.SubElement(root, "testsuite", name=file)
        rules = dict.fromkeys(f.rule for f in verdict.findings)
        for rule in rules or ("all",):
            case = ET.SubElement(suite, "testcase", classname=file, name=_line(rule))
            bad = [f for f in verdict.findings if f.rule == rule and f.severity is not Severity.NOTE]
            if bad:
                failure = ET.SubElement(case, "failure", type=bad[0].severity.value, message=_clean(bad[0].message))
                failure.text = "\n".join(_clean(f"{f.sheet}!{f.cell} {f.message}") for f in bad)
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
    return bytes(ET.tostring(root, encoding="us-ascii", xml_declaration=True))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("?", text)


def _line(text: str) -> str:
    return _clean(text).replace("\n", "?").replace("\t", "?")
