"""The screen after a run, as a to-do list: what is new, what changed, what needs a hand, where the rest stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from toolkit.cli.console import say
from toolkit.collection.changes import RIVALS
from toolkit.consolidation.choice import named
from toolkit.model.finding import Status
from toolkit.model.standing import Standing, State, Unclaimed, newest
from toolkit.text import shortened

if TYPE_CHECKING:
    from toolkit.collection.changes import News
    from toolkit.pipeline.round.collect import Collected

#: Lines of a screen; names in a line, or such that something stands with; characters of a cause.
MOST, _NAMES, _FEW, _CAUSE = 15, 6, 3, 80
#: How a file may end besides its status; what is said of units besides where they stand.
_LAST, _HELD = ("已被后来的替换", "已列入待办", "没有收"), "待核实"
_LATE = ("逾期", "晚交", _HELD)


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
    if rivals := [one for one in found if one.rivals or one.state is State.UNDECIDED]:
        one, others = rivals[0], [(other.short, "") for other in rivals[1:]]
        more = f"（另有 {named(others, '个', _FEW)}，见 {status}）" if others else ""
        yield f"请选定 {len(rivals)} 个{more}  {one.short}：{one.reason.removesuffix('；'.join(one.pins))}"
        yield from (f"    {pin}" for pin in one.pins)
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
