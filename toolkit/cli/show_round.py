"""A round's results as lines for a person."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.cli.console import say
from toolkit.cli.show import finding_line, show_sum, show_verdict, tell_left
from toolkit.collection.changes import RIVALS, Change
from toolkit.collection.diff import Changes
from toolkit.collection.folder import UNIT_REPORTS
from toolkit.model.finding import Severity
from toolkit.model.standing import Standing, State
from toolkit.pipeline.annotate import Annotated
from toolkit.pipeline.demo import Demo
from toolkit.pipeline.round.collect import Collected
from toolkit.pipeline.round.consolidate import RoundConsolidation
from toolkit.pipeline.round.history import History, event_line
from toolkit.pipeline.round.status import Progress

_SHOWN = 20


def show_collected(
    done: Collected,
    found: Sequence[Standing],
    changes: Sequence[Change] = (),
    told: Sequence[str] = (),
    *,
    everything: bool = False,
) -> None:
    """What this run took in (or everything), what it left lying and why, and a closing line that adds up."""
    for one in done.ended:
        if (one.new or everything) and one.verdict is not None:
            show_verdict(one.verdict, folder=".zip/" in one.name.lower())
    left = [f"{one.name}：没有收（{one.reason}）" for one in done.ended if one.status is None]
    _say_first(left, "……另有 {} 项没有收，见 --format json。", "dim")
    parts = [f"{status.label} {count}" for status, count in done.statuses.items() if count]
    if done.left:
        parts.append(f"没有收 {done.left}")
    fresh = sum(one.new for one in done.ended)
    say(f"收件共 {len(done.ended)} 项（新收 {fresh}）：{'，'.join(parts) or '无'}。")
    if done.again:
        say(f"名册、设置或程序有变，已有的 {done.again} 份重新核对过。")
    show_changes(changes, told)
    say(_line(found))


def show_changes(changes: Sequence[Change], told: Sequence[str]) -> None:
    """What counts otherwise than before, and why; what the roster says otherwise than the ledger."""
    if changes or told:
        say("变化：")
    for line in told:
        say(f"  {line}。", style="yellow")
    _say_first([f"  {one.unit}：{one.told}" for one in changes], "  ……另有 {} 项，见 --format json。", "yellow")


def _say_first(lines: Sequence[str], more: str, style: str = "") -> None:
    for line in lines[:_SHOWN]:
        say(line, style=style)
    if len(lines) > _SHOWN:
        say(more.format(len(lines) - _SHOWN), style=style)


def _line(found: Sequence[Standing]) -> str:
    counts = [(state, sum(one.state is state for one in found)) for state in State]
    told_ = "，".join(f"{state.label} {count}" for state, count in counts if count)
    return f"名册 {len(found)} 个单位：{told_}。"


def show_progress(found: Progress) -> None:
    """A table of units, the counts, and the message to paste."""
    for one in found.standings:
        marks = [one.state.label]
        if one.late:
            marks.append("逾期")
        if one.pinned:
            marks.append("指定")
        if one.newest is not None and one.verdict is not None and one.newest.revision > one.verdict.revision:
            marks.append(f"又收到第 {one.newest.revision} 版，{one.newest.status.label}")
        version = f"第 {one.revision} 版" if one.revision else ""
        tail = "  ".join(part for part in (version, one.received, one.reason) if part)
        say(f"{one.code}  {one.name}  {'、'.join(marks)}  {tail}".rstrip(), style=_colour(one))
    say()
    # The table above says of which units several files came together.
    show_changes([one for one in found.changes if one.kind != RIVALS], found.told)
    if found.stale:
        say(f"名册、设置、表样或程序改过，{found.stale} 份表的结论还是改之前的。请运行 xxgk collect 重新核对。")
    say(_line(found.standings))
    if found.deadline:
        say(f"截止 {found.deadline}，逾期 {found.late} 个。")
    if found.manuscripts:
        say(f"报告：{'；'.join({one.kind: one.told for one in found.manuscripts}.values())}。")
    if found.waiting:
        say(f"“收件”里还有 {found.waiting} 个文件没有收，请运行 xxgk collect。")
    if found.reminder:
        say("\n催报（可直接复制发送）：\n")
        say(found.reminder)


def _colour(one: Standing) -> str:
    return "green" if one.state.counts else "dim" if one.state is State.EXCLUDED else "yellow"


def show_history(found: History) -> None:
    """A unit's events, revisions and changes."""
    say(f"{found.unit.code}  {found.unit.name}" + (f"：{found.standing.state.label}" if found.standing else ""))
    for event in found.events:
        say(f"  {event_line(event)}")
    for number, one in enumerate(found.sent):
        standing = found.standing
        mark = "（采用）" if standing and standing.state.counts and standing.revision == one.revision else ""
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
    _say_first(lines, "    ……另有 {} 格，见 --format json。")


def show_annotated(done: Annotated) -> None:
    """Which files were annotated and where the copies are; which were left, and why."""
    for source, path in done.written.items():
        say(f"{source.name}：已标注 → {path}")
    for source, reason in done.left.items():
        say(f"{source.name}：没有标注（{reason}）")
    say(f"共 {len(done.verdicts)} 个文件：标注 {len(done.written)}，没有标注 {len(done.left)}。")


def show_round_up(done: RoundConsolidation, *, everything: bool = False) -> None:
    """The whole of a round's consolidation; findings of what this run took in, or of everything."""
    show_collected(done.collected, done.standings, done.changes, done.told, everything=everything)
    if done.handed.written:
        say(f"退回 {len(done.handed.written)} 个文件，见“退回”。")
    for line in done.handed.told:
        say(f"  提示：{line}")
    show_sum(done.total, done.findings)
    for fault in done.faults:
        say(fault, error=True)
    reports = [path for path in done.files if UNIT_REPORTS in path.parts]
    for path in done.files:
        if path not in reports:
            say(f"  已写出 {path}")
    if reports:
        say(f"  已写出 {len({path.parent for path in reports})} 个单位的报告：{reports[0].parent.parent}")


def show_demo(done: Demo) -> None:
    """The demo's rounds, the real reports, and where everything is."""
    say("\n一、云岭区（虚构）：收件和核对，样例里故意放了几份有错的")
    show_round_up(done.district, everything=True)
    say("\n二、进度和催报（xxgk status）")
    show_progress(done.status)
    say("\n三、宿迁市 2023 年：成员汇总（各成员的收办件数和全市合计是公布数，成员之间的分配为示意）")
    show_sum(done.city.total, done.city.findings)
    for path in done.city.files:
        say(f"  已写出 {path}")
    say("\n四、三份已公开年报的数字")
    for verdict in done.real:
        show_verdict(verdict)
    say("\n五、其他结果文件")
    for path in (done.template, *done.reports):
        say(f"  {path}")
    tell_left(done.left)
