"""Verdicts for other programs: JSON by the contract, SARIF 2.1.0 and JUnit XML for continuous integration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

from toolkit import __version__
from toolkit.model.finding import FAIL_ON, Finding, Severity, Status
from toolkit.model.returns import Verdict

#: What XML 1.0 cannot hold, the other controls, and the marks that turn the direction of text.
_ILLEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.FATAL: "error", Severity.ERROR: "error", Severity.VERIFY: "warning", Severity.NOTE: "note"}


@dataclass
class Tally:
    """Counts of files, statuses and findings, kept while verdicts pass by."""

    files: int = 0
    statuses: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    severities: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))
    notes: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Tally:
        """The counts of all of them."""
        tally = cls()
        for verdict in verdicts:
            tally.add(verdict)
        return tally

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.files += 1
        self.statuses[verdict.status] += 1
        for finding in verdict.findings:
            self.severities[finding.severity] += 1
            if finding.severity is Severity.NOTE:
                self.notes[finding.rule] += 1

    @property
    def summary(self) -> dict[str, int]:
        """The ``summary`` of the JSON contract: files, and how many of each status and severity."""
        return {
            "files": self.files,
            **{status.value: count for status, count in self.statuses.items()},
            **{severity.value: count for severity, count in self.severities.items()},
        }

    def exit_code(self, fail_on: str) -> int:
        """3 for anything unreadable or foreign, 1 for findings at or above ``fail_on``, else 0."""
        if self.statuses[Status.UNREADABLE] or self.statuses[Status.FOREIGN]:
            return 3
        return int(any(self.severities[level] for level in FAIL_ON[fail_on]))


def finding_json(finding: Finding) -> dict[str, object]:
    """A finding with the contract's keys."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "outcome": finding.outcome.value,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "cells": list(finding.cells),
        "variables": list(finding.variables),
        "row": finding.row,
        "column": finding.column,
        "left": number(finding.left),
        "right": number(finding.right),
        "difference": number(finding.difference),
        "message": finding.message,
        "remedy": finding.remedy,
        "suggestion": finding.suggestion,
        "explanation": finding.explanation,
        "fingerprint": finding.fingerprint,
    }


def verdict_json(verdict: Verdict) -> dict[str, object]:
    """A verdict with the contract's keys."""
    return {
        "file": verdict.file,
        "status": verdict.status.value,
        "unit": verdict.unit,
        "period": verdict.period,
        "form": verdict.form,
        "version": verdict.version,
        "sha256": verdict.sha256,
        "findings": [finding_json(f) for f in verdict.findings],
    }


def document_json(returns: Sequence[Mapping[str, object]], tally: Tally) -> dict[str, object]:
    """The whole ``verify --format json`` document."""
    return {"returns": list(returns), "summary": tally.summary}


def document_sarif(verdicts: Iterable[Verdict]) -> dict[str, object]:
    """SARIF 2.1.0; its regions are lines, so the cell stands in ``logicalLocations``."""
    results = [_result(verdict, finding) for verdict in verdicts for finding in verdict.findings]
    rules = sorted({str(result["ruleId"]) for result in results})
    driver = {"name": "xxgk", "version": __version__, "rules": [{"id": rule} for rule in rules]}
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(verdict: Verdict, finding: Finding) -> dict[str, object]:
    location: dict[str, object] = {"physicalLocation": {"artifactLocation": {"uri": _uri(verdict.file)}}}
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
        cases = failures = 0
        for rule in dict.fromkeys(f.rule for f in verdict.findings):
            mine = [f for f in verdict.findings if f.rule == rule]
            case = ET.SubElement(suite, "testcase", classname=file, name=_line(rule))
            cases += 1
            bad = [f for f in mine if f.severity is not Severity.NOTE]
            if bad:
                failures += 1
                failure = ET.SubElement(case, "failure", type=bad[0].severity.value, message=_clean(bad[0].message))
                failure.text = "\n".join(_clean(f"{f.sheet}!{f.cell} {f.message}") for f in bad)
        if not cases:
            ET.SubElement(suite, "testcase", classname=file, name="all")
        suite.set("tests", str(max(cases, 1)))
        suite.set("failures", str(failures))
    return bytes(ET.tostring(root, encoding="us-ascii", xml_declaration=True))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("?", text)


def _line(text: str) -> str:
    """A name: on one line."""
    return _clean(text).replace("\n", "?").replace("\t", "?")


def number(value: Decimal | str | None) -> int | float | str | None:
    """A JSON number without noise: whole where it is whole."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
