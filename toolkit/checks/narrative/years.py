"""Which year a text speaks of: an earlier one as if it were this one, plans for a year that is over, old links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.checks.narrative.chinese import quoted, sentences
from toolkit.checks.narrative.remark import Passage, Remark

_YEAR = re.compile(r"(?<![\d〔\[(（])(20\d\d)(?=年)")
_CLAUSES = re.compile(r"[，,；;：:。！？]")
#: A clause that is about a year: 2024年 / 截至2024年底 / 2024年1月1日至12月31日 / 2024年我局…; not 2024年度决算.
_AS_NOW = re.compile(
    r"(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]?)?(?:在|截至|截止到?)?(20\d\d)年"
    r"(?:度|底|末|全年|\d{1,2}月\d{1,2}日|\d{1,2}月|起?至|20\d\d年){0,6}(?:$|我|本|共|累计)"
)
_STATED = re.compile(r"统计(?:期限|期间|时间|周期|时段)[^，。；]{0,8}?(20\d\d)年")
#: A clause that has only a year: its predicate is in the next one.
_ONLY_YEAR = re.compile(r"\W{0,2}20\d\d年度?$")
_WILL = re.compile(
    r"20\d\d年度?(?:我[\u4e00-\u9fff]{1,2}|本[\u4e00-\u9fff]{1,2})?还?(?:拟|计划|打算|将(?:继续|进一步|从|重点|着力|围绕|"
    r"加强|加大|不断|持续|严格|按照|坚持|努力|切实|强化|深入|聚焦|紧紧|完善|健全|优化|推进|推动|针对|采取|做好|抓好))"
)
#: What is behind us, even where the next year's plans are told.
_DONE = re.compile(r"针对|结合|根据|总结|基础|问题|不足|以来|已|了|情况|过去|回顾|中央|文件")
_LINK = re.compile(r"(?:https?://|www\.)[\w.?=&%#:~+/-]{4,200}", re.ASCII)
_LINK_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[-/]?(?:0[1-9]|1[0-2])(?:[-/]?[0-3]\d)?)?(?!\d)")
_SEGMENTS = 3
#: A remark or a title: its year is that of what it is about.
_ASIDE = re.compile("[（(][^（）()]{0,200}[）)]|《[^《》]{0,120}》")
_NOTICE = re.compile(r"《([^《》]{4,60}通知)》")


def read_years(at: Passage) -> Iterator[Remark]:
    """A text that speaks only of an earlier year; plans for a year that is over; links, notices of an earlier one."""
    if not at.content.period[:4].isdigit():
        return
    year, told = int(at.content.period[:4]), sentences(at.text)
    years = {int(found) for sentence in told for found in _YEAR.findall(sentence)}
    for message, certain in (
        *_not_changed(told, years, year, at.sought.ahead),
        *_planned(told if years else (), year, at.sought.ahead),
        *_out_of_date(told, year, at.sought.itself),
    ):
        yield Remark(message, "请核对年份", certain=certain)


def _not_changed(told: Sequence[str], years: set[int], year: int, ahead: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The last sentence that speaks of an earlier year as of this one, and not of what is planned for it."""
    this = year in years or year + 1 in years
    for sentence in reversed(told):
        planned = this or _WILL.search(sentence) or any(word in sentence for word in ahead)
        now = () if planned else _CLAUSES.split(_ASIDE.sub("", sentence))
        heads = [found for clause in now if (found := _AS_NOW.match(clause))]
        found = next((one for one in (*_STATED.finditer(sentence), *heads) if int(one[1]) < year), None)
        if found:
            message = f"年份可能没有改：统计期间是 {year} 年，文字里只写了 {found[1]} 年：{quoted(sentence)}"
            yield message, int(found[1]) == year - 1
            return


def _planned(told: Sequence[str], year: int, ahead: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Sentences in which what is to come has a year that is over."""
    planning = False
    for sentence in told:
        pending = ""
        for part in _CLAUSES.split(sentence):
            clause = pending + part
            pending = clause if _ONLY_YEAR.match(clause) else ""
            found = [] if pending else [int(one) for one in _YEAR.findall(clause)]
            about = planning or any(word in clause for word in ahead)
            if found and max(found) <= year and not _DONE.search(clause) and (about or _WILL.search(clause)):
                yield f"打算写成了 {max(found)} 年，下一年应是 {year + 1} 年：{quoted(sentence)}", False
                break
            planning = planning or any(word in part for word in ahead)


def _out_of_date(told: Sequence[str], year: int, itself: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Links to, and notices about, a report of an earlier year."""
    for sentence in told:
        if not any(word in sentence for word in itself):
            continue
        for link in _LINK.findall(sentence):
            dated = list(_LINK_YEAR.finditer("/".join(link.split("/")[-_SEGMENTS:])))
            if dated and all(int(one[1]) < year + (one[0] != one[1]) for one in dated):
                yield f"网址可能是以前年度报告的：{quoted(link)}", False
        for title in _NOTICE.findall(sentence):
            spoken = [int(one) for one in _YEAR.findall(title)]
            if spoken and max(spoken) < year and any(word in title for word in itself):
                yield f"引用的可能是以前年度的通知：《{title}》", False
