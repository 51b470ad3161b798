"""What the commands print for other programs, beyond the findings and verdicts of `toolkit.io.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from toolkit.collection.changes import Change
from toolkit.collection.diff import Changes
from toolkit.collection.inbox import Ended
from toolkit.consolidation.aggregate import Consolidation
from toolkit.io.json import Json, document_json, figure_json, finding_json, number, standing_json, verdict_json
from toolkit.model.finding import Finding
from toolkit.model.standing import Standing, newest
from toolkit.pipeline.annotate import Annotated
from toolkit.pipeline.consolidate import FolderConsolidation
from toolkit.pipeline.round.collect import Collected
from toolkit.pipeline.round.consolidate import RoundConsolidation
from toolkit.pipeline.round.history import History
from toolkit.pipeline.round.status import Manuscript, Progress
from toolkit.pipeline.word import ReadBack


def collected_json(
    done: Collected, found: Sequence[Standing], changes: Sequence[Change], told: Sequence[str]
) -> dict[str, Json]:
    """What ``collect`` did; ``summary`` adds up to the entries of the inbox."""
    return {
        "entries": [_entry(one) for one in done.ended],
        "summary": {
            "entries": len(done.ended),
            **{status.value: count for status, count in done.statuses.items()},
            "skipped": done.left,
            "judged_again": done.again,
        },
        "units": [standing_json(one) for one in found],
        "changes": [one._asdict() for one in changes],
        "roster": list(told),
    }


def _entry(one: Ended) -> dict[str, Json]:
    status = one.status.value if one.status else "skipped"
    out: dict[str, Json] = {"name": one.name, "status": status, "reason": one.reason, "new": one.new}
    if one.verdict is not None:
        out |= {k: v for k, v in verdict_json(one.verdict).items() if k != "status"} | {"code": one.verdict.code}
    return out


def folder_json(done: FolderConsolidation) -> dict[str, Json]:
    """What ``consolidate`` did with a plain folder."""
    return {
        **document_json(done.verdicts, done.tally),
        **_sum(done.consolidation, done.findings),
        **_files(done.files, done.faults),
    }


def round_up_json(done: RoundConsolidation) -> dict[str, Json]:
    """What ``consolidate`` did in a round."""
    return {
        **collected_json(done.collected, done.standings, done.changes, done.told),
        "returns": [verdict_json(verdict) for verdict in newest(done.standings)],
        "handed_back": [str(path) for path in done.handed.written],
        **_sum(done.total, done.findings),
        "scope": done.total.scope,
        **_files(done.files, done.faults),
    }


def _sum(total: Consolidation, findings: Sequence[Finding]) -> dict[str, Json]:
    return {
        "sum": {name: number(value) for name, value in total.sums.items()},
        "sum_findings": [finding_json(finding) for finding in findings],
        "coverage": total.coverage,
    }


def _files(files: Sequence[Path], faults: Sequence[str]) -> dict[str, Json]:
    return {"files": [str(path) for path in files], "faults": faults}


def annotated_json(done: Annotated) -> dict[str, Json]:
    """What ``annotate`` did."""
    return {
        "returns": [verdict_json(verdict) for verdict in done.verdicts],
        "written": {str(source): str(path) for source, path in done.written.items()},
        "left": {str(source): reason for source, reason in done.left.items()},
    }


def readback_json(report: Path, done: ReadBack, anyway: str = "") -> dict[str, Json]:
    """What ``readback`` found in a report, and what it wrote."""
    files: dict[str, Json] = {kind: str(path) for kind, path in done.files.items()}
    findings, texts = [finding_json(one) for one in done.findings], [figure_json(one) for one in done.figures]
    approved = manuscript_json(done.approved) if done.approved else None
    more: dict[str, Json] = {
        "held": list(done.held),
        "anyway": anyway,
        "approved": approved,
        "differs": list(map(list, done.differs)),
    }
    return {"file": str(report), "findings": findings, "texts": texts, "files": files, **more}


def manuscript_json(one: Manuscript) -> dict[str, Json]:
    """What was done with a report, when, and what changed since the step before."""
    return {**one._asdict(), "changes": [list(pair) for pair in one.changes]}


def progress_json(found: Progress) -> dict[str, Json]:
    """How a round stands."""
    return {
        "units": [standing_json(one) for one in found.standings],
        "summary": {state.value: count for state, count in found.counts.items()} | {"late": found.late},
        "waiting": found.waiting,
        "deadline": found.deadline,
        "reminder": found.reminder,
        "changes": [one._asdict() for one in found.changes],
        "roster": list(found.told),
        "stale": found.stale,
        "manuscripts": [manuscript_json(one) for one in found.manuscripts],
    }


def history_json(found: History) -> dict[str, Json]:
    """A unit's history."""
    return {
        "code": found.unit.code,
        "unit": found.unit.name,
        "state": found.standing.state.value if found.standing else "",
        "counts": found.standing.revision if found.standing and found.standing.state.counts else 0,
        "events": [event._asdict() for event in found.events],
        "revisions": [{"revision": one.revision, "received": one.received, **verdict_json(one)} for one in found.sent],
        "changes": [_step(step) for step in found.steps],
    }


def _step(step: Changes) -> dict[str, Json]:
    return {
        "cells": [asdict(change) for change in step.cells],
        "solved": [one.fingerprint for one in step.solved],
        "new": [one.fingerprint for one in step.new],
        "remaining": [one.fingerprint for one in step.remaining],
    }
