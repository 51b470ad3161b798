"""What the commands of a round print for other programs, and the code they end with."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.collection.inbox import Ended
from toolkit.io.verdict_documents import finding_json, number, verdict_json
from toolkit.model.finding import FAIL_ON
from toolkit.model.standing import Standing
from toolkit.pipeline.round.collect import Collected
from toolkit.pipeline.round.consolidate import RoundConsolidation
from toolkit.pipeline.round.status import standing_json


def collected_json(done: Collected, found: Sequence[Standing]) -> dict[str, object]:
    """What ``collect`` did, for other programs; ``summary`` adds up to the entries of the inbox."""
    return {
        "entries": [_entry(one) for one in done.ended],
        "summary": {
            "entries": len(done.ended),
            **{status.value: count for status, count in done.statuses.items()},
            "skipped": done.left,
            "judged_again": done.again,
        },
        "units": [standing_json(one) for one in found],
    }


def _entry(one: Ended) -> dict[str, object]:
    status = one.status.value if one.status else "skipped"
    out: dict[str, object] = {"name": one.name, "status": status, "reason": one.reason, "new": one.new}
    if one.verdict is not None:
        out |= {k: v for k, v in verdict_json(one.verdict).items() if k != "status"} | {"code": one.verdict.code}
    return out


def collected_exit(done: Collected, found: Sequence[Standing], fail_on: str) -> int:
    """3 where some input is unread or strange, 1 where what units sent last still has findings, else 0."""
    return 3 if done.unread else int(open_findings(found, fail_on))


def open_findings(found: Sequence[Standing], fail_on: str) -> bool:
    """Whether the newest return of some unit has findings of that level."""
    levels = FAIL_ON[fail_on]
    return any(f.severity in levels for one in found if one.newest is not None for f in one.newest.findings)


def round_up_json(done: RoundConsolidation) -> dict[str, object]:
    """What ``consolidate`` did in a round, for other programs."""
    newest = [one.newest for one in done.standings if one.newest is not None]
    return {
        **collected_json(done.collected, done.standings),
        "returns": [verdict_json(verdict) for verdict in newest],
        "handed_back": [str(path) for path in done.handed.written],
        "sum": {name: number(value) for name, value in done.total.sums.items()},
        "sum_findings": [finding_json(finding) for finding in done.findings],
        "coverage": list(done.total.coverage),
        "scope": done.total.scope,
        "files": [str(path) for path in done.files],
        "faults": list(done.faults),
    }
