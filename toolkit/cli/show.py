"""Verdicts as lines for a person: where, what, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from toolkit.cli.console import say
from toolkit.consolidation.aggregate import Consolidation
from toolkit.model.finding import Finding
from toolkit.model.finding import Severity
from toolkit.model.finding import Status
from toolkit.model.returns import Verdict
from toolkit.pipeline.exchange import Tally

_COLOURS = {Severity.FATAL: "bold red", Severity.ERROR: "red", Severity.VERIFY: "yellow", Severity.NOTE: "dim"}
_STATUS_COLOURS = {Status.ACCEPTED: "green", Status.EXPLAINED: "green"}


def show_verdict(verdict: Verdict, *, folder: bool = False) -> None:
    """A heading for the file (with its ``folder`` where another has the same name), then a line a finding."""
    who = "，".join(part for part in (verdict.unit, verdict.period) if part)
    path = Path(verdict.file)
    name = f"{path.parent.name}/{path.name}" if folder else path.name
    who = " ".join(who.split())
    say(
        f"{name}：{verdict.status.label}" + (f"（{who}）" if who else ""),
        style=_STATUS_COLOURS.get(verdict.status, "red"),
    )
    for finding in verdict.findings:
        say(f"  {finding_line(finding)}", style=_COLOURS[finding.severity])


def finding_line(finding: Finding) -> str:
    """``错误 BAL-01 申请情况!D6 …… → ……``."""
    where = "!".join(part for part in (finding.sheet, finding.cell) if part)
    labels = "".join(f"“{part}”" for part in (finding.row, finding.column) if part and finding.left is None)
    body = f"{labels}{'：' if labels else ''}{finding.message}"
    explained = f"（说明：{finding.explanation}）" if finding.explanation else ""
    action = f" → {finding.remedy}" if finding.remedy and not finding.explanation else ""
    line = f"{finding.severity.label} {finding.rule} {where}{' ' if where else ''}{body}{explained}{action}"
    # A break in a stranger's text must not begin a line that looks like ours.
    return line.replace("\n", " ")


def show_tally(tally: Tally) -> None:
    """One closing line; the statuses add up to the files."""
    parts = [f"{status.label} {count}" for status, count in tally.statuses.items() if count]
    say(f"共 {tally.files} 个文件：{'，'.join(parts) or '无'}。")


def show_sum(total: Consolidation, findings: Iterable[Finding]) -> None:
    """The scope of a sum, and what the rules say of it."""
    say(total.scope)
    for finding in findings:
        say(f"  汇总数 {finding_line(finding)}", style=_COLOURS[finding.severity])
