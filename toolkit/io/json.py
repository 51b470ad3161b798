"""JSON for other programs: the contract's keys of findings, verdicts and standings, and the one writer of documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from toolkit.io.tally import Tally
from toolkit.model.finding import Candidate, FigureReading, Finding, Severity
from toolkit.model.returns import Verdict
from toolkit.model.standing import Standing
from toolkit.text import written

Json = str | int | float | bool | Decimal | None | Sequence["Json"] | Mapping[str, "Json"]

_HALVES = re.compile("[\ud800-\udfff]")


def json_text(document: Json, step: str = " ") -> str:
    """A document, indented by ``step``; a Decimal is written digit by digit, half a character as U+FFFD.

    The library's own writer knows only binary floats. A file name that is no text holds halves of surrogate pairs,
    which strict readers of JSON refuse.
    """
    return _HALVES.sub("\ufffd", _written(document, "\n", step))


def _written(value: Json, line: str, step: str) -> str:
    inner = line + step
    match value:
        case Decimal():
            return written(value)
        case Mapping() if value:
            parts = [
                f"{json.dumps(key, ensure_ascii=False)}: {_written(one, inner, step)}" for key, one in value.items()
            ]
            return "{" + inner + f",{inner}".join(parts) + line + "}"
        case list() | tuple() if value:
            return "[" + inner + f",{inner}".join(_written(one, inner, step) for one in value) + line + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def number(value: Decimal | str | None) -> int | float | str | None:
    """A JSON number without noise: whole where it is whole."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def finding_json(finding: Finding) -> dict[str, Json]:
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
        "candidates": [_candidate_json(one) for one in finding.candidates],
        "certain": finding.certain,
        "explanation": finding.explanation,
        "fingerprint": finding.fingerprint,
    }


def _candidate_json(one: Candidate) -> dict[str, Json]:
    return {
        "option": one.option,
        "variable": one.variable,
        "sheet": one.sheet,
        "cell": one.cell,
        "value": number(one.value),
        "found": number(one.found),
        "reason": one.reason,
        "probability": one.probability,
    }


def verdict_json(verdict: Verdict) -> dict[str, Json]:
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


def figure_json(one: FigureReading) -> dict[str, Json]:
    """A figure of a text, with what it was held against; ``agrees`` is null where that is nothing."""
    against: list[Json] = [{"what": what, "value": number(value)} for what, value in one.against]
    return {
        "text": one.text,
        "words": one.words,
        "value": number(one.value),
        "unit": one.unit,
        "agrees": one.agrees,
        "against": against,
        "why": one.why,
    }


def document_json(
    verdicts: Iterable[Verdict], tally: Tally, more: Sequence[Mapping[str, Json]] = ()
) -> dict[str, Json]:
    """The whole ``verify --format json`` document; ``more`` are further keys of each return, where asked for."""
    found = [verdict_json(one) for one in verdicts]
    returns: list[Json] = [{**one, **keys} for one, keys in zip(found, more or [{}] * len(found), strict=True)]
    return {"returns": returns, "summary": tally.summary}


def standing_json(one: Standing) -> dict[str, Json]:
    """A unit's standing for other programs."""
    found = one.verdict.findings if one.verdict is not None else ()
    newest = one.newest.revision if one.newest is not None else 0
    return {
        "code": one.code,
        "unit": one.name,
        "path": list(one.path),
        "state": one.state.value,
        "late": one.late,
        "received": one.received,
        "revision": one.revision,
        "revisions": one.revisions,
        "newest": newest,
        "pinned": one.pinned,
        "file": one.file,
        "contact": one.contact,
        "reason": one.reason,
        "findings": {level.value: sum(f.severity is level for f in found) for level in Severity},
    }
