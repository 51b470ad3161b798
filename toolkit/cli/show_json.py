"""What the commands print for other programs, beyond the findings and verdicts of `toolkit.io.json`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.console import emit_json
from toolkit.collection.changes import News
from toolkit.io.ci_reports import document_junit, document_sarif
from toolkit.io.json import Json, document_json, figure_json, finding_json, number, standing_json, verdict_json
from toolkit.model.standing import Standing, State, newest

if TYPE_CHECKING:
    from toolkit.cli.show import Figures, SeenCells
    from toolkit.collection.diff import Changes
    from toolkit.collection.inbox import Ended
    from toolkit.consolidation.aggregate import Consolidation
    from toolkit.io.tally import Tally
    from toolkit.model.returns import Verdict
    from toolkit.pipeline.annotate import Annotated
    from toolkit.pipeline.consolidate import FolderConsolidation
    from toolkit.pipeline.round.collect import Collected
    from toolkit.pipeline.round.consolidate import RoundConsolidation
    from toolkit.pipeline.round.history import History
    from toolkit.pipeline.round.status import Progress
    from toolkit.pipeline.word import ReadBack


def collected_json(done: Collected, found: Sequence[Standing], news: News) -> dict[str, Json]:
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
        "changes": [one._asdict() for one in news.changes],
        "roster": news.told,
        "unclaimed": [one._asdict() for one in news.unclaimed],
    }


def emit_document(
    verdicts: Iterable[Verdict], tally: Tally, kind: str, seen: SeenCells | None, figures: Figures | None
) -> None:
    """The verdicts as one document of that kind (``json``, ``sarif``, ``junit``); ``tally`` counts them."""
    kept: list[Verdict] = []
    more: list[dict[str, Json]] = []
    for verdict in verdicts:
        tally.add(verdict)
        cells: dict[str, Json] = {"as_seen": [one._asdict() for one in seen(verdict)]} if seen else {}
        texts: dict[str, Json] = {"texts": [figure_json(one) for one in figures(verdict)]} if figures else {}
        more.append(cells | texts)
        kept.append(replace(verdict, content=None))
    if kind == "junit":
        sys.stdout.write(document_junit(kept).decode() + "\n")
    else:
        emit_json(document_json(kept, tally, more) if kind == "json" else document_sarif(kept, _demanded))


def _demanded(form: str, rule: str) -> str:
    from toolkit.board.problems import title_of
    from toolkit.instrument.catalogue import form_of, load

    return title_of(form_of(form, None) or load(), rule)


def _entry(one: Ended) -> dict[str, Json]:
    status = one.status.value if one.status else "skipped"
    out: dict[str, Json] = {"name": one.name, "status": status, "reason": one.reason, "new": one.new}
    if one.verdict is not None:
        out |= {k: v for k, v in verdict_json(one.verdict).items() if k != "status"} | {"code": one.verdict.code}
    return out


def folder_json(done: FolderConsolidation) -> dict[str, Json]:
    """What ``consolidate`` did with a plain folder."""
    return {**document_json(done.verdicts, done.tally), **_sum(done.consolidation, done)}


def round_up_json(done: RoundConsolidation) -> dict[str, Json]:
    """What ``consolidate`` did in a round."""
    return {
        **collected_json(done.collected, done.standings, News(done.changes, done.told, done.unclaimed)),
        "returns": [verdict_json(verdict) for verdict in newest(done.standings)],
        "handed_back": [str(path) for path in done.handed.written],
        **_sum(done.total, done),
        "scope": done.total.scope,
    }


def _sum(total: Consolidation, done: FolderConsolidation | RoundConsolidation) -> dict[str, Json]:
    return {
        "sum": {name: number(value) for name, value in total.sums.items()},
        "sum_findings": [finding_json(finding) for finding in done.findings],
        "coverage": total.coverage,
        "files": [str(path) for path in done.files],
        "faults": done.faults,
    }


def annotated_json(done: Annotated) -> dict[str, Json]:
    """What ``annotate`` did."""
    return {
        "returns": [verdict_json(verdict) for verdict in done.verdicts],
        "written": {str(source): str(path) for source, path in done.written.items()},
        "left": {str(source): reason for source, reason in done.left.items()},
    }


def readback_json(report: Path, done: ReadBack, anyway: str = "") -> dict[str, Json]:
    """What ``readback`` found in a report, and what it wrote."""
    return {
        "file": str(report),
        "findings": [finding_json(one) for one in done.findings],
        "texts": [figure_json(one) for one in done.figures],
        "files": {kind: str(path) for kind, path in done.files.items()},
        "held": done.held,
        "anyway": anyway,
        "approved": done.approved._asdict() if done.approved else None,
        "differs": done.differs,
    }


def progress_json(found: Progress) -> dict[str, Json]:
    """How a round stands."""
    counts = Counter(one.state for one in found.standings)
    return {
        "units": [standing_json(one) for one in found.standings],
        "summary": {state.value: counts[state] for state in State} | {"late": sum(o.late for o in found.standings)},
        "waiting": found.waiting,
        "deadline": found.deadline,
        "reminder": found.reminder,
        "changes": [one._asdict() for one in found.changes],
        "roster": found.told,
        "stale": found.stale,
        "unclaimed": [one._asdict() for one in found.unclaimed],
        "manuscripts": [one._asdict() for one in found.manuscripts],
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
        "cells": [change._asdict() for change in step.cells],
        "solved": [one.fingerprint for one in step.solved],
        "new": [one.fingerprint for one in step.new],
        "remaining": [one.fingerprint for one in step.remaining],
    }
