"""Adds up returns, and says of every file whether it is in the sum and if not, why."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import PurePath

from toolkit.consolidation.exact import total
from toolkit.instrument import Instrument
from toolkit.model.finding import Status
from toolkit.model.period import Period
from toolkit.model.returns import Identity
from toolkit.model.returns import Return
from toolkit.model.returns import Verdict

OTHER_PERIOD, REPEATED = "期间不同", "同一单位重复报送"
OTHER_VERSION, NO_DATA = "表样版本不同", "没有读到数据"
#: So many files left out are named in one line; a list elsewhere names them all.
_NAMED = 20


@dataclass(frozen=True)
class Consolidation:
    """The exact sums of some returns.

    ``sums`` holds every variable for which at least one member has a value (``covered`` says how many have one):
    where nobody has, there is no sum, and not a zero. ``prior_sums`` holds last year's figures that *every* member
    carries. ``reasons`` says by file why it is left out.
    """

    instrument: Instrument
    members: tuple[Verdict, ...]
    left_out: tuple[Verdict, ...]
    reasons: Mapping[str, str]
    period: str
    everything: bool
    sums: Mapping[str, Decimal]
    prior_sums: Mapping[str, Decimal]
    covered: Mapping[str, int]

    @cached_property
    def returns(self) -> tuple[Return, ...]:
        """What the members report, in their order."""
        return tuple(member.content for member in self.members if member.content is not None)

    @cached_property
    def coverage(self) -> tuple[int, int]:
        """How many units are summed, and how many sent something. A file of unknown origin counts as a unit."""
        units = {unit_key(verdict) for verdict in (*self.members, *self.left_out)}
        return len(self.members), len(units)

    @cached_property
    def incomplete(self) -> tuple[str, ...]:
        """The variables for which some member has no value."""
        return tuple(name for name, count in self.covered.items() if count < len(self.members))

    @cached_property
    def unchecked(self) -> tuple[Verdict, ...]:
        """The members that did not pass verification; only ``everything`` lets them in."""
        return tuple(member for member in self.members if not member.status.counts)

    @property
    def period_label(self) -> str:
        """The period as printed: ``2025年``."""
        try:
            return Period.parse(self.period, self.instrument.form.period_kind).label
        except ValueError:
            return self.period

    @cached_property
    def scope(self) -> str:
        """``汇总 11 个单位（共收到 12 个；未计入：某局（退回修改））``."""
        names = [f"{shown(verdict)}（{self.reasons[verdict.file]}）" for verdict in self.left_out]
        more = f"等 {len(names)} 份" if len(names) > _NAMED else ""
        return self._scope(f"未计入：{'、'.join(names[:_NAMED])}{more}" if names else "全部计入")

    @cached_property
    def brief(self) -> str:
        """The scope without names: ``汇总 11 个单位（共收到 12 个；未计入 1 份）``."""
        return self._scope(f"未计入 {len(self.left_out)} 份" if self.left_out else "全部计入")

    def _scope(self, tail: str) -> str:
        summed, units = self.coverage
        files = len(self.members) + len(self.left_out)
        repeated = f" {files} 份" if files > units else ""
        return f"汇总 {summed} 个单位（共收到 {units} 个{'单位' if repeated else ''}{repeated}；{tail}）"

    @cached_property
    def warning(self) -> str:
        """What must stand on every page when everything that was read is summed; else nothing."""
        if not self.everything:
            return ""
        count = len(self.unchecked)
        inside = f"含未通过核对的 {count} 个单位" if count else "其中没有未通过核对的单位"
        return f"注意：凡读到数据的都已汇总（{inside}），只供内部查看，不是正式数据。"


def consolidate(
    instrument: Instrument, verdicts: Sequence[Verdict], *, everything: bool = False, period: str = ""
) -> Consolidation:
    """Sum exactly the returns that count, or with ``everything`` all that were read.

    One period is summed: ``period``, or the one that most units report for. Of two returns of a unit the last given
    is taken. Units and files keep the order given; the sums do not depend on it.
    """
    reasons = {
        i: reason
        for i, verdict in enumerate(verdicts)
        if (reason := _refused(instrument, verdict, everything=everything))
    }
    rest = [i for i in range(len(verdicts)) if i not in reasons]
    periods = {i: _period(instrument, verdicts[i]) for i in rest}
    last = {(unit_key(verdicts[i]), periods[i]): i for i in rest}
    chosen = period.strip() or _majority([periods[i] for i in last.values()])
    for i in rest:
        if last[unit_key(verdicts[i]), periods[i]] != i:
            reasons[i] = REPEATED
        elif periods[i] != chosen:
            reasons[i] = OTHER_PERIOD
    members = tuple(verdict for i, verdict in enumerate(verdicts) if i not in reasons)
    sums, covered = _sums(instrument, [member.content for member in members if member.content is not None])
    return Consolidation(
        instrument=instrument,
        members=members,
        left_out=tuple(verdicts[i] for i in sorted(reasons)),
        reasons={verdicts[i].file: reasons[i] for i in sorted(reasons)},
        period=chosen,
        everything=everything,
        sums=sums,
        prior_sums=_prior(instrument, [member.content for member in members if member.content is not None]),
        covered=covered,
    )


def as_return(consolidation: Consolidation, name: str, body: str = "") -> Return:
    """Give the sums as the return of the area ``name``: its rules can be checked and its report written.

    Every total stands as if typed, so that the summed totals are checked and not computed again. Open lists are
    merged by label where every member fills them in.
    """
    form, returns = consolidation.instrument.form, consolidation.returns
    sources = "\n".join(sorted(one.sha256 for one in returns))
    return Return(
        file=f"{name}（汇总）",
        sha256=hashlib.sha256(sources.encode()).hexdigest(),
        identity=Identity(form=form.id, version=form.version, unit=name, period=consolidation.period),
        unit=name,
        period=consolidation.period,
        numbers={variable: consolidation.sums.get(variable) for variable in consolidation.instrument.names},
        prior=dict(consolidation.prior_sums),
        prior_on_file=bool(returns) and all(one.prior_on_file for one in returns),
        items=_items(returns),
        overwritten=frozenset(consolidation.instrument.rules.formulas),
        body=body,
    )


def unit_key(verdict: Verdict) -> str:
    """Give the same key for the same unit, however its name is spaced or typed; a nameless file stands for itself."""
    name = "".join(unicodedata.normalize("NFKC", unit_name(verdict)).split())
    return name or f"\n{verdict.sha256 or verdict.file}"


def unit_name(verdict: Verdict) -> str:
    """Find the unit's name as it gave it; may be empty."""
    inside = verdict.content.unit if verdict.content is not None else ""
    return (inside or verdict.unit).strip()


def shown(verdict: Verdict) -> str:
    """Call the file what a person calls it: its unit, or its file name where the unit is not known."""
    return unit_name(verdict) or file_name(verdict)


def file_name(verdict: Verdict) -> str:
    """Name the file without its folders, which mean nothing on another computer."""
    return PurePath(verdict.file).name


def _refused(instrument: Instrument, verdict: Verdict, *, everything: bool) -> str:
    """Why a file cannot be summed whatever the others are; empty if it can."""
    content, form = verdict.content, instrument.form
    if not verdict.status.counts and (content is None or not everything):
        return verdict.status.label
    if content is None:
        return NO_DATA
    if (verdict.form or content.identity.form or form.id) != form.id:
        return Status.FOREIGN.label
    version = verdict.version or content.identity.version or form.version
    return "" if version in {*form.accepts, form.version} else OTHER_VERSION


def _period(instrument: Instrument, verdict: Verdict) -> str:
    text = (verdict.content.period if verdict.content is not None else "") or verdict.period
    try:
        return str(Period.parse(text, instrument.form.period_kind))
    except ValueError:
        return text.strip()


def _majority(periods: Sequence[str]) -> str:
    """Find the period most units report for; of equals the later one; an unknown period only if there is no other."""
    counts = Counter(periods)
    return max(counts, key=lambda one: (bool(one), counts[one], one), default="")


def _sums(instrument: Instrument, returns: Sequence[Return]) -> tuple[dict[str, Decimal], dict[str, int]]:
    sums: dict[str, Decimal] = {}
    covered: dict[str, int] = {}
    for name in instrument.names:
        values = [value for one in returns if (value := one.numbers.get(name)) is not None]
        covered[name] = len(values)
        if values:
            sums[name] = total(values)
    return sums, covered


def _prior(instrument: Instrument, returns: Sequence[Return]) -> dict[str, Decimal]:
    out: dict[str, Decimal] = {}
    for name in instrument.names:
        values = [value for one in returns if (value := one.prior.get(name)) is not None]
        if values and len(values) == len(returns):
            out[name] = total(values)
    return out


def _items(returns: Sequence[Return]) -> dict[str, tuple[tuple[str, Decimal], ...]]:
    out: dict[str, tuple[tuple[str, Decimal], ...]] = {}
    for name in dict.fromkeys(name for one in returns for name in one.items):
        if not all(one.items.get(name) for one in returns):
            continue
        lines: dict[str, list[Decimal]] = {}
        for one in returns:
            for label, count in one.items[name]:
                lines.setdefault(label, []).append(count)
        out[name] = tuple((label, total(counts)) for label, counts in lines.items())
    return out
