"""Which year a text speaks of: an earlier one as if it were this one, plans for a year that is over, old links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.checks.narrative.chinese import PATTERNS, quoted, sentences
from toolkit.checks.narrative.remark import Passage, Remark

_SIGNS = PATTERNS["years"]
_SEGMENTS = 3


def read_years(at: Passage) -> Iterator[Remark]:
    """A text that speaks only of an earlier year; plans for a year that is over; links, notices of an earlier one."""
    if not at.content.period[:4].isdigit():
        return
    year, told = int(at.content.period[:4]), sentences(at.text)
    years = {int(found) for sentence in told for found in _SIGNS["year"].findall(sentence)}
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
        planned = this or _SIGNS["will"].search(sentence) or any(word in sentence for word in ahead)
        now = () if planned else _SIGNS["clauses"].split(_SIGNS["aside"].sub("", sentence))
        heads = [found for clause in now if (found := _SIGNS["as_now"].match(clause))]
        found = next((one for one in (*_SIGNS["stated"].finditer(sentence), *heads) if int(one[1]) < year), None)
        if found:
            message = f"年份可能没有改：统计期间是 {year} 年，文字里只写了 {found[1]} 年：{quoted(sentence)}"
            yield message, int(found[1]) == year - 1
            return


def _planned(told: Sequence[str], year: int, ahead: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Sentences in which what is to come has a year that is over."""
    planning = False
    for sentence in told:
        pending = ""
        for part in _SIGNS["clauses"].split(sentence):
            clause = pending + part
            pending = clause if _SIGNS["only_year"].match(clause) else ""
            found = [] if pending else [int(one) for one in _SIGNS["year"].findall(clause)]
            about = planning or any(word in clause for word in ahead) or _SIGNS["will"].search(clause)
            if found and max(found) <= year and about and not _SIGNS["done"].search(clause):
                yield f"打算写成了 {max(found)} 年，下一年应是 {year + 1} 年：{quoted(sentence)}", False
                break
            planning = planning or any(word in part for word in ahead)


def _out_of_date(told: Sequence[str], year: int, itself: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Links to, and notices about, a report of an earlier year."""
    for sentence in told:
        if not any(word in sentence for word in itself):
            continue
        for link in _SIGNS["link"].findall(sentence):
            dated = list(_SIGNS["link_year"].finditer("/".join(link.split("/")[-_SEGMENTS:])))
            if dated and all(int(one[1]) < year + (one[0] != one[1]) for one in dated):
                yield f"网址可能是以前年度报告的：{quoted(link)}", False
        for title in _SIGNS["notice"].findall(sentence):
            spoken = [int(one) for one in _SIGNS["year"].findall(title)]
            if spoken and max(spoken) < year and any(word in title for word in itself):
                yield f"引用的可能是以前年度的通知：《{title}》", False
