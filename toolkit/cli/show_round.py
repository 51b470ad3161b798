"""A round's results as lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.console import say
from toolkit.cli.show import finding_line, show_sum, show_verdict, tell_left
from toolkit.cli.todo import first, hand, show_todo, standing_line, taken
from toolkit.collection.changes import RIVALS, News
from toolkit.collection.folder import BOARD, OUTBOX, command
from toolkit.model.codes import Code
from toolkit.model.finding import Severity
from toolkit.model.standing import Standing, State
from toolkit.pipeline.round.history import event_line
from toolkit.text import shortened

if TYPE_CHECKING:
    from toolkit.collection.diff import Changes
    from toolkit.collection.inbox import Ended
    from toolkit.pipeline.annotate import Annotated
    from toolkit.pipeline.demo import Demo
    from toolkit.pipeline.round.collect import Collected
    from toolkit.pipeline.round.consolidate import RoundConsolidation
    from toolkit.pipeline.round.history import History
    from toolkit.pipeline.round.status import Progress

#: Cells of a step, faults of a run, characters of a sentence on the sum.
_SHOWN, _FAULTS, _LONGEST = 20, 5, 60


def show_collected(
    done: Collected, found: Sequence[Standing], news: News, folder: Path, *, details: bool = False
) -> None:
    """What this run took in and what it asks for; with ``details`` first each finding, change and file."""
    if details:
        _show_details(done.ended, news)
    whole = command("consolidate", folder)
    todo = [*hand(found, news.unclaimed, f"运行 {whole} 写出退回文件和通知", command("status -v", folder))]
    rest = [standing_line(found), *([f"成果还是上次的，更新请运行 {whole}"] if any(o.new for o in done.ended) else [])]
    show_todo([*taken(done, found, news.unclaimed)], News() if details else news, todo, rest)


def _show_details(ended: Sequence[Ended], news: News) -> None:
    for one in ended:
        if one.status is None:
            say(f"{one.name}：没有收（{one.reason}）", style="dim")
        elif one.new and one.verdict is not None:
            show_verdict(one.verdict, folder=".zip/" in one.name.lower())
    lines = [f"变化  {line}。" for line in news.told] + [f"变化  {one.unit}：{one.told}" for one in news.changes]
    for line in (*lines, *(f"待认领  {one.file}：{one.told} → {one.command}" for one in news.unclaimed)):
        say(line, style="yellow")


def show_progress(found: Progress, folder: Path, *, details: bool = False) -> None:
    """What needs a hand and how the round stands; with ``details`` a table of units and the message to paste."""
    news = News(found.changes, found.told, found.unclaimed)
    if details:
        for one in found.standings:
            _show_standing(one)
        # Of which unit several files came stands beside the unit.
        _show_details([], news._replace(changes=tuple(one for one in found.changes if one.kind != RIVALS)))
        say(f"\n催报（可直接复制发送）：\n\n{found.reminder}\n" if found.reminder else "")
    collect, whole, more = (command(words, folder) for words in ("collect", "consolidate", "status -v"))
    todo = [f"“收件”里还有 {found.waiting} 个文件没有收，请运行 {collect}"] if found.waiting else []
    if found.stale:
        todo.append(f"名册、设置、表样或程序改过，{found.stale} 份表的结论还是改之前的。重新核对请运行 {collect}")
    todo += hand(found.standings, found.unclaimed, f"见“{OUTBOX}”（写出请运行 {whole}）", more)
    rest = [standing_line(found.standings) + (f"截止 {found.deadline}。" if found.deadline else "")]
    rest += [] if details else [f"各单位和催报的消息：{more}"]
    if found.manuscripts:
        rest.append(f"报告：{'；'.join({one.kind: one.told for one in found.manuscripts}.values())}。")
    show_todo([], News() if details else news, todo, rest)


def _show_standing(one: Standing) -> None:
    marks = [one.label, *filter(None, [one.lateness]), *(["指定"] if one.pinned else [])]
    marks += [Code.SIGN_09.heading] if one.verdict is not None and one.verdict.self_checked else []
    if one.newest is not None and one.verdict is not None and one.newest.revision > one.verdict.revision:
        marks.append(f"又收到第 {one.newest.revision} 版，{one.newest.status.label}")
    version = f"第 {one.revision} 版" if one.revision else ""
    tail = "  ".join(part for part in (version, one.received, one.reason) if part)
    colour = "green" if one.state.counts else "dim" if one.state is State.EXCLUDED else "yellow"
    say(f"{one.code}  {one.name}  {'、'.join(marks)}  {tail}".rstrip(), style=colour)


def show_history(found: History) -> None:
    """A unit's events, revisions and changes."""
    say(f"{found.unit.code}  {found.unit.name}" + (f"：{found.standing.label}" if found.standing else ""))
    for event in found.events:
        say(f"  {event_line(event)}")
    counted = found.standing.revision if found.standing and found.standing.state.counts else 0
    for number, one in enumerate(found.sent):
        mark = "（采用）" if one.revision == counted else ""
        say(f"第 {one.revision} 版{mark}  {one.received}  {one.file}  {one.status.label}")
        if number:
            _show_step(found.steps[number - 1])
        for finding in one.findings:
            if finding.severity is not Severity.NOTE:
                say(f"  {finding_line(finding)}")


def _show_step(step: Changes) -> None:
    say(f"  与上一版相比：{step.brief}")
    cells = [(one, " ".join(filter(None, (one.row, one.column)))) for one in step.cells]
    lines = [f"    {one.sheet}!{one.cell} {labels}：{one.old} → {one.new}" for one, labels in cells]
    more = [f"    ……另有 {len(lines) - _SHOWN} 格，见 --format json。"] if len(lines) > _SHOWN else []
    for line in [*lines[:_SHOWN], *more]:
        say(line)


def show_annotated(done: Annotated) -> None:
    """Which files were annotated and where the copies are; which were left, and why."""
    for source, path in done.written.items():
        say(f"{source.name}：已标注 → {path}")
    for source, reason in done.left.items():
        say(f"{source.name}：没有标注（{reason}）")
    say(f"共 {len(done.verdicts)} 个文件：标注 {len(done.written)}，没有标注 {len(done.left)}。")


def show_round_up(done: RoundConsolidation, folder: Path, *, details: bool = False) -> None:
    """The whole of a round's consolidation; with ``details`` each finding, change and file."""
    news = News(done.changes, done.told, done.unclaimed)
    if details:
        _show_details(done.collected.ended, news)
        show_sum(done.total, done.findings)
        for line in (*done.handed.told, *(f"已写出 {path}" for path in done.files)):
            say(f"  {line}")
    todo = [*hand(done.standings, done.unclaimed, f"文件和通知见“{OUTBOX}”", command("status -v", folder))]
    worst = sorted(done.findings, key=lambda one: list(Severity).index(one.severity))
    # Who is missing from the sum is told by its scope.
    sums = [one.message for one in worst if one.severity is not Severity.NOTE and one.rule != Code.AGG_02]
    for what, told in (("退回文件", done.handed.told), ("汇总数", sums)):
        todo += [f"{what}有 {len(told)} 处要看，加 -v：{shortened(told[0], _LONGEST)}"] if told else []
    for fault in first(done.faults, _FAULTS):
        say(fault, error=True)
    scope = done.total.scope if len(done.total.scope) <= _LONGEST * 2 else done.total.brief
    rest = [standing_line(done.standings), scope]
    rest += [f"结果和看板：{path}" for path in done.files if path.name == BOARD]
    show_todo([*taken(done.collected, done.standings, done.unclaimed)], News() if details else news, todo, rest)


def show_demo(done: Demo, district: Path, city: Path) -> None:
    """The demo's rounds, by their folders, the real reports, and where everything is."""
    say("\n一、云岭区（虚构）：收件和核对，样例里故意放了几份有错的")
    show_round_up(done.district, district)
    say(f"各单位的进度、催报的消息：{command('status -v', district)}")
    say("\n二、宿迁市 2023 年：成员汇总（各成员的收办件数和全市合计是公布数，成员之间的分配为示意）")
    show_round_up(done.city, city)
    say("\n三、三份已公开年报的数字")
    for verdict in done.real:
        show_verdict(verdict)
    tell_left(done.left)
