"""Verdicts as lines for a person: where, what, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.console import say
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Severity
from toolkit.text import shown

if TYPE_CHECKING:
    from toolkit.consolidation.aggregate import Consolidation
    from toolkit.io.tally import Tally
    from toolkit.model.finding import FigureReading
    from toolkit.model.returns import Verdict
    from toolkit.workbook.seen import SeenCell

    #: What looks at a verified workbook for cells that show something else than they hold.
    SeenCells = Callable[[Verdict], list[SeenCell]]
    #: What reads the figures in the texts of a verified workbook.
    Figures = Callable[[Verdict], list[FigureReading]]

_COLOURS = {Severity.FATAL: "bold red", Severity.ERROR: "red", Severity.VERIFY: "yellow", Severity.NOTE: "dim"}
#: Notes that all files of a folder share: told once, by `show_tally`.
_OF_ALL = {Code.SIGN_01: "没有签名（不是收集轮次里发出的）", Code.SIGN_03: "签名没有核对（密钥不在手边）"}


def show_verdict(verdict: Verdict, *, folder: bool = False) -> None:
    """A heading for the file (with its ``folder`` where another has the same name), then a line a finding."""
    who = " ".join("，".join(filter(None, (verdict.unit, verdict.period))).split())
    path = Path(verdict.file)
    name = f"{path.parent.name}/{path.name}" if folder else path.name
    line = f"{name}：{verdict.status.label}" + (f"（{who}）" if who else "")
    say(line, style="green" if verdict.status.counts else "red")
    for finding in verdict.findings:
        if finding.rule not in _OF_ALL or finding.severity is not Severity.NOTE:
            say(f"  {finding_line(finding)}", style=_COLOURS[finding.severity])


def show_verdicts(
    verdicts: Iterable[Verdict], tally: Tally, names: list[str], seen: SeenCells | None, figures: Figures | None
) -> None:
    """Each verdict as it comes, with what was asked for besides, and a closing line; ``tally`` counts them."""
    times = Counter(names)
    for verdict in verdicts:
        tally.add(verdict)
        show_verdict(verdict, folder=times[Path(verdict.file).name] > 1)
        if seen:
            cells = [f"  {c.sheet}!{c.cell} 显示“{c.shown}”，存的是“{c.stored}”：{c.why}" for c in seen(verdict)]
            for line in cells or ["  各格显示的与存的相同。"]:
                say(line)
        if figures and verdict.content is not None:
            show_figures(figures(verdict))
    show_tally(tally)


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


def show_figures(figures: Sequence[FigureReading], *, details: bool = True) -> None:
    """The figures of texts: how many were held against the tables, then a line each, by text."""
    held = [one for one in figures if one.agrees is not None]
    wrong = sum(not one.agrees for one in held)
    left = len(figures) - len(held)
    say(f"  文字里的数 {len(figures)} 个：核对 {len(held)} 个，{wrong} 个与表格不一致；没有核对 {left} 个。")
    for text, several in groupby(figures if details else (), key=lambda one: one.text):
        say(f"    {text}")
        for one in several:
            say(f"      {_figure_line(one)}".replace("\n", " "), style="yellow" if one.agrees is False else "dim")


def _figure_line(one: FigureReading) -> str:
    """``“收到申请12件”：12件，表中“……”是 12，一致``."""
    start = f"“{one.words}”：{shown(one.value)}{one.unit}"
    if one.agrees is None:
        return f"{start}，没有核对：{one.why}"
    # Of all that the words may mean, what they agree with; else all of it.
    meant = [(what, value) for what, value in one.against if value == one.value or not one.agrees] or one.against[:1]
    told = "，或".join(f"{what}是 {shown(value)}" for what, value in meant[: 1 if one.agrees else None])
    return f"{start}，表中{told}，{'一致' if one.agrees else '不一致'}"


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
        from toolkit.consolidation.choice import named

        inside = [(total.shown(one), one.status.label) for one in total.unchecked]
        say(f"其中没有通过核对、按要求也汇总的：{named(inside, '个')}")
    for finding in findings:
        say(f"  汇总数 {finding_line(finding)}", style=_COLOURS[finding.severity])


def tell_left(left: Iterable[str], faults: Iterable[str] = ()) -> None:
    """What this machine cannot make, and what failed: told beside the results, whatever their format."""
    for line in (*(f"提示：{one}" for one in left), *faults):
        say(line, error=True)
