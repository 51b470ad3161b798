"""The screen after a run, as a to-do list: what is new, what changed, what needs a hand, where the rest stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.board.board import News
from toolkit.cli.console import say
from toolkit.collection.changes import RIVALS
from toolkit.consolidation.choice import named
from toolkit.model.finding import Status
from toolkit.model.standing import Standing, State, Unclaimed
from toolkit.pipeline.round.collect import Collected
from toolkit.text import shortened

#: Lines of a screen; names in a line, or such that something stands with; characters of a cause.
MOST, _NAMES, _FEW, _CAUSE = 15, 6, 3, 80


def show_todo(new: Sequence[str], news: News, todo: Sequence[str], rest: Sequence[str]) -> None:
    """All of it on one screen: changes get the lines that the others leave, the last of them the names of the rest."""
    lines = [("名册", f"变化  {line}。") for line in news.told]
    # Which unit sent several files is said with what needs a hand.
    turned = [one for one in news.changes if one.kind != RIVALS]
    lines += [(one.unit, f"变化  {one.unit}：{shortened(one.told, _CAUSE)}") for one in turned]
    room = max(1, MOST - len(new) - len(todo) - len(rest))
    if len(lines) > room:
        names = [(name, "") for name in dict.fromkeys(name for name, _ in lines[room - 1 :])]
        more = f"变化  另有 {len(lines) - room + 1} 项：{named(names, '个', 2 * _NAMES)}。加 -v 看全部。"
        lines[room - 1 :] = [("", more)]
    for style, part in (("", new), ("yellow", [line for _, line in lines]), ("yellow", todo), ("", rest)):
        for line in part:
            say(line, style=style)


def first(lines: Sequence[str], room: int) -> Sequence[str]:
    """The lines that there is room for, with how many there are besides."""
    more = f"另有 {len(lines) - room + 1} 条，加 -v 看全部。"
    return lines if len(lines) <= room else [*lines[: room - 1], more]


def taken(done: Collected) -> Iterator[str]:
    """What a run took in: counts that add up, first names of what is new, what was left lying for the first time."""
    parts = [f"{status.label} {count}" for status, count in done.statuses.items() if count]
    parts += [f"没有收 {done.left}"] if done.left else []
    fresh = [one for one in done.ended if one.new and one.verdict is not None]
    again = f"名册、设置或程序有变，已有的 {done.again} 份重新核对过。" if done.again else ""
    yield f"收件共 {len(done.ended)} 项（新收 {len(fresh)}）：{'，'.join(parts) or '无'}。{again}"
    new = []
    for status in Status:
        own = status.counts or status is Status.RETURNED
        mine = [(own and one.verdict.unit) or one.name for one in fresh if one.verdict and one.status is status]
        new += [f"{status.label} {len(mine)}（{named([(name, '') for name in mine], '个', _FEW)}）"] if mine else []
    if new:
        yield f"新收  {'；'.join(new)}"
    if left := [(one.name, one.reason) for one in done.ended if one.status is None and one.new]:
        yield f"没有收  {named(left, '项', _FEW)}"


def hand(found: Sequence[Standing], unclaimed: Sequence[Unclaimed], where: str) -> Iterator[str]:
    """What the clerk has to do, each with the command or the number to ring; ``where`` lies what is to be sent."""
    if unclaimed:
        commands = "；".join(one.command for one in unclaimed[:_FEW])
        more = "；……" if len(unclaimed) > _FEW else ""
        yield f"待认领 {len(unclaimed)} 个：{commands}{more}（与本轮无关的，单位写“无关”）"
    if rivals := [one for one in found if one.rivals]:
        versions = [
            (one.short, f"第 {'、'.join(map(str, sorted({*one.rivals, one.revision} - {0})))} 版") for one in rivals
        ]
        command = f"xxgk pin {rivals[0].code} {rivals[0].revision or rivals[0].rivals[0]} --reason 原因"
        yield f"收到几份不同的 {len(rivals)} 个：{named(versions, '个', _NAMES)}，采用哪一版：{command}"
    asked = [one for one in found if not one.blameless]
    for state in (State.UNUSABLE, State.RETURNED):
        mine = [(one.short, "") for one in asked if one.state is state]
        if state is State.RETURNED:
            again = [one for one in asked if one.state.counts and not one.pinned and one.newest]
            mine += [(o.short, "又交的一版") for o in again if o.newest and not o.newest.status.counts]
        if mine:
            yield f"{state.label} {len(mine)} 个：{named(mine, '个', _NAMES)}，{where}"
    if missing := [one for one in asked if one.state is State.MISSING]:
        overdue = f"，逾期 {late} 个" if (late := sum(one.late for one in missing)) else ""
        yield f"催报：未报送 {len(missing)} 个{overdue}：{named([(o.short, o.contact) for o in missing], '个', _FEW)}"


def standing_line(found: Sequence[Standing]) -> str:
    """How many units are in each state."""
    counts = [(state, sum(one.state is state for one in found)) for state in State]
    told = "，".join(f"{state.label} {count}" for state, count in counts if count)
    return f"名册 {len(found)} 个单位：{told}。"
