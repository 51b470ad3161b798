"""Which returns a sum is made of, one a unit, of one period; why the others are not in it; and the sentence on that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Status
from toolkit.model.form import CONTROLS
from toolkit.model.period import Period
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import State
from toolkit.text import name_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The units of an area that should be added up (code -> name, in roster order), and those that are left out.

    ``excluded`` holds a name and the reason each; ``name`` is the area's. ``waiting`` says by code where a unit stands
    of which nothing counts; outside a round nobody knows.
    """

    units: Mapping[str, str]
    excluded: tuple[tuple[str, str], ...] = ()
    name: str = ""
    waiting: Mapping[str, str] = field(default_factory=dict)


def unit_key(verdict: FiledVerdict) -> str:
    """Give the same key for the same unit, however its name is spaced or typed; a nameless file stands for itself."""
    return name_key(unit_name(verdict)) or f"\n{verdict.sha256 or verdict.file}"


def unit_name(verdict: FiledVerdict) -> str:
    """Find the unit's name as it gave it; may be empty."""
    inside = verdict.content.unit if verdict.content is not None else ""
    return (inside or verdict.unit).strip()


def file_name(verdict: FiledVerdict) -> str:
    """Name the file without its folders, which mean nothing on another computer."""
    return PurePath(verdict.file).name


OTHER_PERIOD, REPEATED, SUPERSEDED = "期间不同", "同一单位重复报送", "已有后一版"
OTHER_VERSION, NO_DATA, NOT_LISTED = "表样版本不同", "没有读到数据", "不在名册"


class LeftOut(NamedTuple):
    """A file that is not in the sum, and why."""

    verdict: FiledVerdict
    reason: str


class Absent(NamedTuple):
    """An expected unit that is not in the sum, and why; ``verdict`` is on the newest it sent, if it sent anything."""

    code: str
    name: str
    reason: str
    verdict: FiledVerdict | None


def choose(
    instrument: Instrument,
    verdicts: Sequence[FiledVerdict],
    period: str,
    expected: Expected | None,
    *,
    everything: bool,
) -> tuple[str, Mapping[int, str]]:
    """Refuse what cannot be summed; of what is left keep one period, and of each unit the newest return.

    Gives the period, and why a verdict is not in the sum, by its position in the list given.
    Which is newest, and what an empty ``period`` stands for, is said at `aggregate`.
    """
    reasons = {
        i: reason
        for i, verdict in enumerate(verdicts)
        if (reason := _refused(instrument, verdict, expected, everything=everything))
    }
    rest = sorted((i for i in range(len(verdicts)) if i not in reasons), key=lambda i: (verdicts[i].revision, i))
    keys = {i: verdicts[i].code if expected else unit_key(verdicts[i]) for i in rest}
    periods = {i: _period(instrument, verdicts[i]) for i in rest}
    newest = {(keys[i], periods[i]): i for i in rest}
    counts = Counter(periods[i] for i in newest.values())
    # Of equals the later one; an unknown period only if there is no other.
    chosen = period.strip() or max(counts, key=lambda one: (bool(one), counts[one], one), default="")
    for i in rest:
        best = newest[keys[i], periods[i]]
        if best != i:
            reasons[i] = REPEATED if verdicts[i].revision == verdicts[best].revision else SUPERSEDED
        elif periods[i] != chosen:
            reasons[i] = OTHER_PERIOD
    return chosen, reasons


def absentees(expected: Expected, inside: Container[str], left: Sequence[LeftOut]) -> Iterator[Absent]:
    """Give the expected units whose codes are not ``inside``, and why: where it stands, else of its newest file."""
    newest = {one.verdict.code: one for one in sorted(left, key=lambda one: one.verdict.revision)}
    for code, name in expected.units.items():
        verdict, reason = newest.get(code) or (None, State.MISSING.label)
        if code not in inside:
            yield Absent(code, name, expected.waiting.get(code, reason), verdict)


Named = Sequence[tuple[str, str]]
#: So many files or units are named in one line; a list elsewhere names them all.
_NAMED = 20


def named(pairs: Named, measure: str, most: int = _NAMED) -> str:
    """``某局（退回修改）、某办（未报送）``: the first of them, and how many there are where there are more."""
    more = f"等 {len(pairs)} {measure}" if len(pairs) > most else ""
    return "、".join(f"{name}（{reason}）" if reason else name for name, reason in pairs[:most]) + more


def scope_sentence(summed: int, of: str, lacking: Sequence[tuple[str, str, Named]], *, names: bool) -> str:
    """``汇总 66 个单位（应报送 70 个；未计入：某局（退回修改）；不纳入：某办（机构撤销））``, or numbers for the names.

    ``of`` tells how many there are; ``lacking`` who is not in the sum, by a word and a measure. Where the first of
    them is nobody, all are in it.
    """
    told = [] if lacking[0][2] else ["全部计入"]
    for word, measure, who in lacking:
        if who:
            told.append(f"{word}：{named(who, measure)}" if names else f"{word} {len(who)} {measure}")
    return f"汇总 {summed} 个单位（{of}；{'；'.join(told)}）"


def _refused(instrument: Instrument, verdict: FiledVerdict, expected: Expected | None, *, everything: bool) -> str:
    """Why a file cannot be summed whatever the others are; empty if it can."""
    content, form = verdict.content, instrument.form
    if expected is not None and verdict.code not in expected.units:
        return NOT_LISTED
    if not verdict.status.counts and (content is None or not everything):
        return verdict.status.label
    if content is None:
        return NO_DATA
    if (verdict.form or content.identity.form or form.id).removesuffix(CONTROLS) != form.base:
        return Status.FOREIGN.label
    version = verdict.version or content.identity.version or form.version
    return "" if version in {*form.accepts, form.version} else OTHER_VERSION


def _period(instrument: Instrument, verdict: FiledVerdict) -> str:
    text = (verdict.content.period if verdict.content is not None else "") or verdict.period
    return str(Period.known(text, instrument.form.period_kind) or text.strip())
