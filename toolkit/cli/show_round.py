"""What a run found and did, and a unit's history: as lines for a person, and for other programs.

The screen after a run is a to-do list: what is new, what changed, what needs a hand, where the rest stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.console import answer, say, tell
from toolkit.cli.show import COLOURS, finding_line, show_verdict, show_verdicts, tell_left
from toolkit.collection.changes import RIVALS, News
from toolkit.collection.folder import BOARD, OUTBOX, command
from toolkit.consolidation.choice import named
from toolkit.io.json import Json, as_json, document_json, keyed
from toolkit.model.codes import Code
from toolkit.model.finding import Severity, Status
from toolkit.model.standing import Standing, State, Unclaimed, newest
from toolkit.pipeline.round.history import event_line
from toolkit.text import shortened

if TYPE_CHECKING:
    from toolkit.collection.inbox import Ended
    from toolkit.pipeline.demo import Demo
    from toolkit.pipeline.round.collect import Collected
    from toolkit.pipeline.round.history import History
    from toolkit.pipeline.round.status import Run

#: Cells of a step, faults of a run, characters of a sentence on the sum.
_SHOWN, _FAULTS, _LONGEST = 20, 5, 60
#: Lines of a screen; names in a line, or such that something stands with; characters of a cause.
MOST, _NAMES, _FEW, _CAUSE = 15, 6, 3, 80
#: How a file may end besides its status; what is said of units besides where they stand.
_LAST, _HELD = ("已被后来的替换", "已列入待办", "没有收"), "待核实"
_LATE = ("逾期", "晚交", _HELD)


def finish(run: Run, folder: Path, output: str, fail_on: str, *, details: bool = False) -> int:
    """The end of a command that gives the record of a run: JSON or lines, what failed or was left; its exit code."""
    told = partial(show_run, run, folder, details=details)
    code = answer(output, lambda: run_json(run), told, run.exit_code(fail_on))
    tell_left(run.left, run.faults if details else first(run.faults, _FAULTS))
    return code


def show_run(run: Run, folder: Path, *, details: bool = False) -> None:
    """What a run took in, what needs a hand, and how matters stand; with ``details`` first everything one by one."""
    if run.collected is None and run.total is not None:
        show_verdicts(run.verdicts)
        _show_sum(run)
        return
    if details:
        _show_details(run)
    new = [*taken(run.collected, run.standings, run.unclaimed)] if run.collected else []
    show_todo(new, News() if details else run, [*_to_do(run, folder)], [*_rest(run, folder, details=details)])


def _to_do(run: Run, folder: Path) -> Iterator[str]:
    """What needs a hand, with the command or where it lies."""
    collect, whole, more = (command(words, folder) for words in ("collect", "consolidate", "status -v"))
    if run.waiting:
        yield f"“收件”里还有 {run.waiting} 个文件没有收，请运行 {collect}"
    if run.stale:
        yield f"名册、设置、表样或程序改过，{run.stale} 份表的结论还是改之前的。重新核对请运行 {collect}"
    where = f"运行 {whole} 写出退回文件和通知" if run.collected else f"见“{OUTBOX}”（写出请运行 {whole}）"
    yield from hand(run.standings, run.unclaimed, f"文件和通知见“{OUTBOX}”" if run.handed else where, more)
    worst = sorted(run.findings, key=lambda one: one.severity.rank)
    # Who is missing from the sum is told by its scope.
    sums = [one.message for one in worst if one.severity is not Severity.NOTE and one.rule != Code.AGG_02]
    for what, told in (("退回文件", run.handed.told if run.handed else ()), ("汇总数", sums)):
        if told:
            yield f"{what}有 {len(told)} 处要看，加 -v：{shortened(told[0], _LONGEST)}"


def _rest(run: Run, folder: Path, *, details: bool) -> Iterator[str]:
    """Where the units stand, and what there is of a sum and a report."""
    yield standing_line(run.standings) + (f"截止 {run.deadline}。" if run.deadline else "")
    if run.total is not None:
        yield run.total.scope if len(run.total.scope) <= _LONGEST * 2 else run.total.brief
        yield from (f"结果和看板：{path}" for path in run.files if path.name == BOARD)
    elif run.collected is not None:
        if any(one.new for one in run.collected.ended):
            yield f"成果还是上次的，更新请运行 {command('consolidate', folder)}"
    elif not details:
        yield f"各单位和催报的消息：{command('status -v', folder)}"
    if run.manuscripts:
        yield f"报告：{'；'.join({one.kind: one.told for one in run.manuscripts}.values())}。"


def show_todo(new: Sequence[str], news: News, todo: Sequence[str], rest: Sequence[str]) -> None:
    """All of it on one screen: changes get the lines that the others leave, the last of them the names of the rest."""
    lines = [("名册", f"变化  {line}。") for line in news.told]
    # Which unit sent several files is said with what needs a hand.
    turned = [one for one in news.changes if one.kind != RIVALS]
    lines += [(one.unit, f"变化  {one.unit}：{shortened(one.told, _CAUSE)}") for one in turned]
    todo = first(todo, MOST - len(new) - len(rest) - 1) if lines else todo
    room = max(1, MOST - len(new) - len(todo) - len(rest))
    if len(lines) > room:
        names = [(name, "") for name in dict.fromkeys(name for name, _ in lines[room - 1 :])]
        more = f"变化  另有 {len(lines) - room + 1} 项：{named(names, '个', 2 * _NAMES)}。加 -v 看全部。"
        lines[room - 1 :] = [("", more)]
    for style, part in (("", new), ("yellow", [line for _, line in lines]), ("yellow", todo), ("", rest)):
        say(*part, style=style)


def first(lines: Sequence[str], room: int) -> Sequence[str]:
    """The lines that there is room for, with how many there are besides."""
    more = f"另有 {len(lines) - room + 1} 条，加 -v 看全部。"
    return lines if len(lines) <= room else [*lines[: room - 1], more]


def taken(done: Collected, found: Sequence[Standing], unclaimed: Sequence[Unclaimed]) -> Iterator[str]:
    """What a run took in: counts of what matters now that add up, names of what is new, what was left lying first."""
    now = {one.file for part in (found, newest(found), unclaimed) for one in part}
    settled = {one.code for one in found if not one.rivals and one.file}
    fresh = [one for one in done.ended if one.new and one.verdict is not None]
    ends = Counter(
        ("已列入待办" if one.name in now else "没有收")
        if one.status is None
        else "已被后来的替换"
        if one.verdict and one.verdict.code in settled and one.name not in now
        else one.status.label
        for one in done.ended
    )
    parts = [f"{end} {ends[end]}" for end in (*(status.label for status in Status), *_LAST) if ends[end]]
    old = f"名册、设置或程序有变，已有的 {done.again} 份重新核对过。" if done.again else ""
    yield f"收件共 {len(done.ended)} 项（新到 {sum(one.new for one in done.ended)}）：{'，'.join(parts) or '无'}。{old}"
    new = []
    for status in Status:
        own = status.counts or status is Status.RETURNED
        mine = [(own and one.verdict.unit) or one.name for one in fresh if one.verdict and one.status is status]
        new += [f"{status.label} {len(mine)}（{named([(name, '') for name in mine], '个', _FEW)}）"] if mine else []
    if new:
        yield f"新收  {'；'.join(new)}"
    left = [(one.name, one.reason) for one in done.ended if one.status is None and one.new and one.name not in now]
    if left:
        yield f"没有收  {named(left, '项', _FEW)}"


def hand(found: Sequence[Standing], unclaimed: Sequence[Unclaimed], where: str, status: str) -> Iterator[str]:
    """What the clerk has to do, with the command or the number to ring; ``where`` it lies, ``status`` tells more."""
    if unclaimed:
        commands = "；".join(one.command for one in unclaimed[:_FEW])
        more = "；……" if len(unclaimed) > _FEW else ""
        yield f"待认领 {len(unclaimed)} 个：{commands}{more}（与本轮无关的，单位写“无关”）"
    if rivals := [one for one in found if one.rivals]:
        one, others = rivals[0], [(other.short, "") for other in rivals[1:]]
        more = f"（另有 {named(others, '个', _FEW)}，见 {status}）" if others else ""
        yield f"请选定 {len(rivals)} 个{more}  {one.short}：{one.reason.removesuffix('；'.join(one.pins))}"
        yield from (f"    {pin}" for pin in one.pins)
    open_ = (one for one in found if one.state is State.UNDECIDED and not one.rivals)
    yield from (f"{one.label}  {one.short}：{one.reason}" for one in open_)
    asked = [one for one in found if not one.blameless]
    for state in (State.UNUSABLE, State.RETURNED):
        mine = [(one.short, "") for one in asked if one.state is state]
        if state is State.RETURNED:
            again = [one for one in asked if one.state.counts and not one.pinned and one.newest]
            mine += [(o.short, "又交的一版") for o in again if o.newest and not o.newest.status.counts]
        if mine:
            yield f"{state.label} {len(mine)} 个：{named(mine, '个', _NAMES)}，{where}"
    if missing := [one for one in asked if one.state is State.MISSING]:
        yield f"催报：未报送 {len(missing)} 个：{named([(o.short, o.contact) for o in missing], '个', _FEW)}"


def standing_line(found: Sequence[Standing]) -> str:
    """How many units are in each state, how many are late, and of how many the roster has to be cleared up."""
    counts = Counter(one.state for one in found)
    late = Counter(word for one in found for word in (one.lateness, _HELD if one.held else ""))
    told = "，".join(f"{state.label} {counts[state]}" for state in State if counts[state])
    return f"名册 {len(found)} 个单位：{told}{''.join(f'；{word} {late[word]}' for word in _LATE if late[word])}。"


def _show_sum(run: Run) -> None:
    """The scope of a sum, what the rules say of it, and what was written."""
    if (total := run.total) is not None:
        say(total.scope)
        if total.everything and total.unchecked:
            inside = [(total.shown(one), one.status.label) for one in total.unchecked]
            say(f"其中没有通过核对、按要求也汇总的：{named(inside, '个')}")
    for finding in run.findings:
        say(f"  汇总数 {finding_line(finding)}", style=COLOURS[finding.severity])
    told = [*(run.handed.told if run.handed else ()), *(f"已写出 {path}" for path in run.files)]
    say(*(f"  {line}" for line in told))


def _show_details(run: Run) -> None:
    """Each unit where nothing was done but look, then each file taken in, change, and what is on the sum."""
    for one in run.standings if run.collected is None else ():
        _show_standing(one)
    for entry in run.collected.ended if run.collected is not None else ():
        if entry.status is None:
            say(f"{entry.name}：没有收（{entry.reason}）", style="dim")
        elif entry.new and entry.verdict is not None:
            show_verdict(entry.verdict, folder=".zip/" in entry.name.lower())
    # Of which unit several files came stands beside the unit.
    turned = [one for one in run.changes if run.collected is not None or one.kind != RIVALS]
    lines = [f"变化  {line}。" for line in run.told] + [f"变化  {one.unit}：{one.told}" for one in turned]
    say(*lines, *(f"待认领  {one.file}：{one.told} → {one.command}" for one in run.unclaimed), style="yellow")
    _show_sum(run)
    if run.collected is None:
        say(f"\n催报（可直接复制发送）：\n\n{run.reminder}\n" if run.reminder else "")


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
    tell("history", found=found, event_line=event_line, finding_line=finding_line, most=_SHOWN)


def run_json(run: Run) -> dict[str, Json]:
    """What ``collect``, ``status`` or ``consolidate`` found and did, in a round or in a plain folder."""
    if run.collected is not None:
        known = _collected(run.collected) | keyed(run, "units=standings changes roster=told unclaimed")
    elif run.total is not None:
        known = document_json(run.verdicts)
    else:
        counts = Counter(one.state for one in run.standings)
        summary = {state.value: counts[state] for state in State} | {"late": sum(o.late for o in run.standings)}
        rest = "waiting deadline reminder changes roster=told stale unclaimed manuscripts"
        known = {**keyed(run, "units=standings"), "summary": summary, **keyed(run, rest)}
    sums = "sum=total.sums sum_findings=findings coverage=total.coverage files faults"
    if run.handed is not None:
        known |= keyed(run, f"returns=verdicts handed_back=handed.written {sums} scope=total.scope")
    elif run.total is not None:
        known |= keyed(run, sums)
    return known


def _collected(done: Collected) -> dict[str, Json]:
    """What was taken in; ``summary`` adds up to the entries of the inbox."""
    ends = {status.value: count for status, count in done.statuses.items()}
    summary = {"entries": len(done.ended), **ends, "skipped": done.left, "judged_again": done.again}
    return {"entries": [_entry(one) for one in done.ended], "summary": summary}


def _entry(one: Ended) -> dict[str, Json]:
    out = {"name": one.name, "status": one.status or "skipped", **keyed(one, "reason new")}
    if one.verdict is not None:
        out |= keyed(one.verdict, "file unit period form version sha256 findings code")
    return out


def history_json(found: History) -> dict[str, Json]:
    """A unit's history."""
    return {
        **keyed(found.unit, "code unit=name"),
        "state": found.standing.state if found.standing else "",
        "counts": found.counts,
        "events": as_json(found.events),
        "revisions": [keyed(one, "revision received") | as_json(one) for one in found.sent],
        "changes": [
            keyed(step, "cells")
            | {what: [one.fingerprint for one in getattr(step, what)] for what in ("solved", "new", "remaining")}
            for step in found.steps
        ],
    }


def show_demo(done: Demo, district: Path, city: Path) -> None:
    """The demo's rounds, by their folders, the real reports, and where everything is."""
    say("\n一、云岭区（虚构）：收件和核对，样例里故意放了几份有错的")
    show_run(done.district, district)
    say(f"各单位的进度、催报的消息：{command('status -v', district)}")
    say("\n二、宿迁市 2023 年：成员汇总（各成员的收办件数和全市合计是公布数，成员之间的分配为示意）")
    show_run(done.city, city)
    say("\n三、三份已公开年报的数字")
    for verdict in done.real:
        show_verdict(verdict)
    tell_left(done.left, (*done.district.faults, *done.city.faults))
