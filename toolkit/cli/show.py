"""Verdicts as lines for a person: where, what, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from toolkit.cli.console import say
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.scope import named
from toolkit.io.tally import Tally
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Verdict
from toolkit.workbook.seen import SeenCell

_COLOURS = {Severity.FATAL: "bold red", Severity.ERROR: "red", Severity.VERIFY: "yellow", Severity.NOTE: "dim"}
#: Notes that all files of a folder share: told once, by `show_tally`.
_OF_ALL = {
    Code.SIGN_01: "没有签名（不是收集轮次里发出的）",
    Code.SIGN_03: "签名没有核对（密钥不在手边）",
}
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
        if finding.rule not in _OF_ALL or finding.severity is not Severity.NOTE:
            say(f"  {finding_line(finding)}", style=_COLOURS[finding.severity])


def show_seen(cells: Sequence[SeenCell]) -> None:
    """A line for each cell that shows something else than it holds."""
    for one in cells:
        say(f"  {one.sheet}!{one.cell} 显示“{one.shown}”，存的是“{one.stored}”：{one.why}")
    if not cells:
        say("  各格显示的与存的相同。")


def finding_line(finding: Finding) -> str:
    """``错误 BAL-01 申请情况!D6 …… → ……``."""
    where = "!".join(part for part in (finding.sheet, finding.cell) if part)
    labels = "".join(f"“{part}”" for part in (finding.row, finding.column) if part and finding.left is None)
    body = f"{labels}{'：' if labels else ''}{finding.message}"
    explained = f"（说明：{finding.explanation}）" if finding.explanation else ""
    action = f" → {finding.remedy}" if finding.remedy and not finding.explanation else ""
    hint = f"。{finding.suggestion}" if finding.suggestion else ""
    line = f"{finding.severity.label} {finding.rule} {where}{' ' if where else ''}{body}{hint}{explained}{action}"
    # A break in a stranger's text must not begin a line that looks like ours.
    return line.replace("\n", " ")


def show_tally(tally: Tally) -> None:
    """One closing line; the statuses add up to the files."""
    parts = [f"{status.label} {count}" for status, count in tally.statuses.items() if count]
    say(f"共 {tally.files} 个文件：{'，'.join(parts) or '无'}。")
    for code, words in _OF_ALL.items():
        if count := tally.notes[code]:
            say(f"提示 {code}：{count} 个文件{words}，不影响核对。", style="dim")


def show_sum(total: Consolidation, findings: Iterable[Finding]) -> None:
    """The scope of a sum, and what the rules say of it."""
    say(total.scope)
    if total.everything and total.unchecked:
        inside = [(total.shown(one), one.status.label) for one in total.unchecked]
        say(f"其中没有通过核对、按要求也汇总的：{named(inside, '个')}")
    for finding in findings:
        say(f"  汇总数 {finding_line(finding)}", style=_COLOURS[finding.severity])


def tell_left(left: Iterable[str], faults: Iterable[str] = ()) -> None:
    """What this machine cannot make, and what failed: told beside the results, whatever their format."""
    for line in (*(f"提示：{one}" for one in left), *faults):
        say(line, error=True)
