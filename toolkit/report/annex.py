"""The last lines of an area's report: which units are in it, which are not and why. No file is named."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.consolidation.aggregate import Consolidation
from toolkit.report.blocks import Paragraph

#: So many units are named; a list that is longer belongs on a page of its own.
_NAMED = 300


def annex(total: Consolidation) -> Iterator[Paragraph]:
    """The members in order, then the expected units that are missing, then the excluded ones, each with its reason."""
    members = [total.unit(one) for one in total.members]
    known = [name for name in members if name]
    unnamed = len(members) - len(known)
    more = [f"另有 {unnamed} 个没有写单位名称"] if unnamed else []
    yield _line("计入汇总的单位", len(members), [*known[:_NAMED], *_rest(known), *more])
    absent = [f"{one.name}（{one.reason}）" for one in total.absent]
    if absent:
        yield _line("应报送而未计入汇总的单位", len(absent), [*absent[:_NAMED], *_rest(absent)])
    excluded = [f"{name}（{reason}）" for name, reason in total.excluded]
    if excluded:
        yield _line("不纳入汇总的单位", len(excluded), [*excluded[:_NAMED], *_rest(excluded)])


def _rest(names: list[str]) -> list[str]:
    return [f"其余 {len(names) - _NAMED} 个见汇总表"] if len(names) > _NAMED else []


def _line(what: str, count: int, names: list[str]) -> Paragraph:
    text = f"附：{what}（{count} 个）：{'、'.join(names)}。"
    return Paragraph(text=text, said=(text,))
