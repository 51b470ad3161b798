"""Verdicts for continuous integration: SARIF 2.1.0 and JUnit XML; what they look like stands in templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from toolkit import __version__
from toolkit.io.json import Json
from toolkit.io.templates import pages
from toolkit.model.codes import built_in
from toolkit.model.finding import Severity
from toolkit.model.returns import Verdict

#: What XML 1.0 cannot hold, the other controls, and the marks that turn the direction of text.
_ILLEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_LEVELS: Final = {Severity.FATAL: "error", Severity.ERROR: "error", Severity.VERIFY: "warning", Severity.NOTE: "note"}


def _heading(_form: str, rule: str) -> str:
    known = built_in(rule)
    return known.heading if known else ""


def document_sarif(verdicts: Iterable[Verdict], title: Callable[[str, str], str] = _heading) -> dict[str, Json]:
    """SARIF 2.1.0; its regions are lines, so the cell stands in ``logicalLocations``.

    ``title`` gives what a rule demands, by the form and the rule's code.
    """
    found = [(verdict, finding) for verdict in verdicts for finding in verdict.findings]
    first = {finding.rule: (verdict.form, finding.severity) for verdict, finding in reversed(found)}
    rules = {rule: (title(form, rule), severity) for rule, (form, severity) in first.items()}
    words = {"version": __version__, "rules": rules, "found": found, "levels": _LEVELS, "uri": _uri}
    told: dict[str, Json] = json.loads(pages(__package__).get_template("sarif.json.j2").render(words))
    return told


def _uri(file: str) -> str:
    """The address of a file, absolute and percent-encoded; a name that is no text keeps its bytes."""
    path = Path(file).absolute()
    try:
        return path.as_uri()
    except UnicodeEncodeError:
        return Path(str(path).encode(errors="replace").decode()).as_uri()


def document_junit(verdicts: Iterable[Verdict]) -> bytes:
    """JUnit XML: a suite a file, a case a rule that found something, or one passing case."""
    words = {"verdicts": verdicts, "clean": _clean, "line": _line, "note": Severity.NOTE}
    told = pages(__package__).get_template("junit.xml.j2").render(words)
    return told.encode("us-ascii", "xmlcharrefreplace")


def _clean(text: str) -> str:
    return _ILLEGAL.sub("?", text)


def _line(text: str) -> str:
    return _clean(text).replace("\n", "?").replace("\t", "?")
