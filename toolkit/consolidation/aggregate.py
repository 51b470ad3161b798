"""Adds up returns, and says of every file and every unit whether it is in the sum and if not, why.

Sums are exact Decimals; nothing is rounded and a blank is not 0. Which of several returns counts, and why the others
do not, is decided in ``choice.py``; the adding is in ``sums.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, TypeVar

from toolkit.boundary import Failure, guarded
from toolkit.checks.narrative.similarity import similar
from toolkit.consolidation import choice
from toolkit.consolidation.choice import Absent, Expected, LeftOut
from toolkit.consolidation.sums import ListSum, lists, sum_figures
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import failed_step
from toolkit.model.finding import Statement
from toolkit.model.period import Period
from toolkit.model.returns import Context, FiledVerdict, Identity, Return, Submission, Verdict


@dataclass(frozen=True, kw_only=True)
class Consolidation:
    """The exact sums of some returns of one form and one period.

    ``members`` are the verdicts whose returns are in the sum. ``sums`` holds every variable for which at least one
    of them has a value (``covered`` says how many have one): where nobody has, there is no sum, and not a zero.
    ``prior_sums`` holds last year's figures that *every* member carries. ``left`` says of every other file why it is
    left out. With ``expected`` members and files stand in the order of the roster. ``period`` is in the form that
    `Period.parse` reads; ``everything`` tells that returns which did not pass are in the sum as well.
    """

    instrument: Instrument
    members: tuple[FiledVerdict, ...]
    left: tuple[LeftOut, ...]
    period: str
    everything: bool
    sums: Mapping[str, Decimal]
    prior_sums: Mapping[str, Decimal]
    covered: Mapping[str, int]
    expected: Expected | None = None

    @cached_property
    def returns(self) -> tuple[Return, ...]:
        """What the members report, in their order."""
        return tuple(one.content for one in self.submissions)

    @cached_property
    def submissions(self) -> tuple[Submission, ...]:
        """The members' returns with their contexts, in their order."""
        return tuple(one for member in self.members if (one := member.submission) is not None)

    @cached_property
    def _inside(self) -> Mapping[str, FiledVerdict]:
        """The members by code; without a roster, those that have one."""
        return {member.code: member for member in self.members if member.code}

    @cached_property
    def lists(self) -> Mapping[str, ListSum]:
        """The open lists that at least one member filled in, merged by label; each says how many filled it in."""
        return lists(self.returns)

    @cached_property
    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Of each choice that is put together how many members chose what."""
        variables = self.instrument.variables.items()
        choices = {name: one.type.choices for name, one in variables if one.aggregate.kind != "none"}
        return {
            name: {label: numbers.count(Decimal(i)) for i, label in enumerate(several, 1)}
            for name, several in choices.items()
            if several and (numbers := [content.numbers.get(name) for content in self.returns])
        }

    def told_of(self, variable: str) -> Decimal | str | None:
        """What became of a variable: its sum, or of a choice ``是 9，否 3（共 12 个单位）``; nothing for nothing."""
        told = "，".join(f"{label} {count}" for label, count in self.counts.get(variable, {}).items())
        of = self.covered[variable] if told else 0
        return f"{told}（共 {of} 个单位）" if of else self.sums.get(variable)

    @cached_property
    def alike(self) -> Mapping[str, list[tuple[int, ...]]]:
        """By text of the form the members, by their places, that wrote nearly the same."""
        texts = self.instrument.form.texts
        return {name: similar(dict(enumerate(one.texts.get(name, "") for one in self.returns))) for name in texts}

    def parts(self, variable: str) -> list[tuple[Decimal, int]]:
        """What the members add to a sum, but for those that add 0, each with its place among them; none to another."""
        if not self.instrument.variables[variable].aggregate.additive:
            return []
        return [(value, i) for i, one in enumerate(self.returns) if (value := one.numbers.get(variable))]

    @cached_property
    def coverage(self) -> tuple[int, int]:
        """How many units are summed, and of how many: those expected, or without a roster those that sent something.

        A file of unknown origin counts as a unit that sent something.
        """
        if self.expected:
            return len(self.members), len(self.expected.units)
        units = {choice.unit_key(one) for one in (*self.members, *(left.verdict for left in self.left))}
        return len(self.members), len(units)

    @cached_property
    def absent(self) -> tuple[Absent, ...]:
        """The expected units that are not in the sum, in roster order; none without a roster."""
        return tuple(choice.absentees(self.expected, self._inside, self.left)) if self.expected else ()

    @cached_property
    def surplus(self) -> tuple[LeftOut, ...]:
        """The files left out that do not stand for an absent unit: older versions, repeated returns, strangers."""
        told = {id(one.verdict) for one in self.absent}
        return tuple(one for one in self.left if id(one.verdict) not in told)

    @property
    def excluded(self) -> tuple[tuple[str, str], ...]:
        """The units that the roster leaves out, with the reason each."""
        return self.expected.excluded if self.expected else ()

    @cached_property
    def incomplete(self) -> tuple[str, ...]:
        """The variables that are put together and for which some member has no value."""
        due = (name for name, one in self.instrument.variables.items() if one.aggregate.kind != "none")
        return tuple(name for name in due if self.covered[name] < len(self.members))

    @cached_property
    def unchecked(self) -> tuple[FiledVerdict, ...]:
        """The members that did not pass verification; only ``everything`` lets them in."""
        return tuple(member for member in self.members if not member.status.counts)

    @property
    def period_label(self) -> str:
        """The period as printed: ``2025年``."""
        known = Period.known(self.period, self.instrument.form.period_kind)
        return known.label if known else self.period

    def unit(self, verdict: FiledVerdict) -> str:
        """Give the unit's name: the roster's, else its own; may be empty."""
        listed = self.expected.units.get(verdict.code) if self.expected and verdict.code else None
        return listed or choice.unit_name(verdict)

    def shown(self, verdict: FiledVerdict) -> str:
        """Call the file what a person calls it: its unit, or its file name where the unit is not known."""
        return self.unit(verdict) or choice.file_name(verdict)

    def told(self, verdict: FiledVerdict) -> str:
        """Call a file by its unit, and by its revision where the unit is in the sum with another."""
        other = verdict.revision and self._inside.get(verdict.code, verdict) is not verdict
        return self.shown(verdict) + (f"第 {verdict.revision} 版" if other else "")

    @cached_property
    def scope(self) -> str:
        """The scope of the sum in a sentence: who is in it, and who is not, by name and with the reason."""
        return self._scope(names=True)

    @cached_property
    def brief(self) -> str:
        """The same sentence without names."""
        return self._scope(names=False)

    def _scope(self, *, names: bool) -> str:
        summed, units = self.coverage
        if self.expected is None:
            files = summed + len(self.left)
            of = f"共收到 {units} 个单位 {files} 份" if files > units else f"共收到 {units} 个"
            left = [(self.shown(one.verdict), one.reason) for one in self.left]
            return choice.scope_sentence(summed, of, [("未计入", "份", left)], names=names)
        absent = [(one.name, one.reason) for one in self.absent]
        surplus = [(self.told(one.verdict), one.reason) for one in self.surplus]
        lacking = [("未计入", "个", absent), ("另有不计的", "份", surplus), ("不纳入", "个", self.excluded)]
        return choice.scope_sentence(summed, f"应报送 {units} 个", lacking, names=names)

    @cached_property
    def warning(self) -> str:
        """What must stand on every page when everything that was read is summed; else nothing."""
        if not self.everything:
            return ""
        count = len(self.unchecked)
        inside = f"含未通过核对的 {count} 个单位" if count else "其中没有未通过核对的单位"
        return f"注意：凡读到数据的都已汇总（{inside}），只供内部查看，不是正式数据。"


class AreaSum(NamedTuple):
    """The sum of an area of the tree."""

    code: str
    name: str
    total: Consolidation


def aggregate(
    instrument: Instrument,
    given: Sequence[Verdict],
    *,
    everything: bool = False,
    period: str = "",
    expected: Expected | None = None,
) -> Consolidation:
    """Sum exactly the returns that count, or with ``everything`` all that were read.

    One period is summed: ``period``, or the one that most units report for. Of two returns of a unit the highest
    revision is taken, of equals the last given. Units and files keep the order given; the sums do not depend on it.

    With ``expected`` a unit is told by its code and never by its name, units stand in roster order, and what is of
    no expected unit is left out. What is wrong with a return is a reason in ``left`` and raises nothing.
    """
    filed = map(FiledVerdict.of, given)
    verdicts = [replace(one, content=one.content and one.content.under(instrument.form)) for one in filed]
    chosen, reasons = choice.choose(instrument, verdicts, period, expected, everything=everything)
    ranks = {code: rank for rank, code in enumerate(expected.units)} if expected else {}
    order = sorted(range(len(verdicts)), key=lambda i: ranks.get(verdicts[i].code, len(ranks)))
    members = tuple(verdicts[i] for i in order if i not in reasons)
    submissions = [one for member in members if (one := member.submission) is not None]
    sums, covered = sum_figures(instrument.variables, [one.content.numbers for one in submissions])
    prior, carried = sum_figures(instrument.known, [one.prior for one in submissions])
    return Consolidation(
        instrument=instrument,
        members=members,
        left=tuple(LeftOut(verdicts[i], reasons[i]) for i in order if i in reasons),
        period=chosen,
        everything=everything,
        sums=sums,
        prior_sums={name: value for name, value in prior.items() if carried[name] == len(submissions)},
        covered=covered,
        expected=expected,
    )


def as_submission(consolidation: Consolidation, name: str, body: str = "") -> Submission:
    """Give the sums as the return of the area ``name``, so that its rules can be checked and its report written.

    ``body`` is the area's kind of body, where it is known. Every total stands as if typed, so that the summed totals
    are checked and not computed again. Open lists are merged by label, whoever filled them in;
    ``consolidation.lists`` says how many units each covers. Last year's sums are on file if every member's figures are.
    """
    form, returns = consolidation.instrument.form, consolidation.returns
    sources = "\n".join(sorted(one.sha256 for one in returns))
    submissions, prior = consolidation.submissions, dict(consolidation.prior_sums)
    on_file = bool(submissions) and all(one.context.prior for one in submissions)
    content = Return(
        file=f"{name}（汇总）",
        sha256=hashlib.sha256(sources.encode()).hexdigest(),
        identity=Identity(form=form.id, version=form.version, unit=name, period=consolidation.period),
        unit=name,
        period=consolidation.period,
        numbers={variable: consolidation.sums.get(variable) for variable in consolidation.instrument.names},
        prior={} if on_file else prior,
        texts={name: str(consolidation.told_of(name) or "") for name in consolidation.counts},
        items={
            one: tuple((line.label, line.count) for line in merged.lines) for one, merged in consolidation.lists.items()
        },
        overwritten=frozenset(consolidation.instrument.rules.formulas),
    )
    return Submission(content=content, context=Context(prior=prior if on_file else {}, body=body), summed=True)


T = TypeVar("T")


def over_members(
    total: Consolidation, what: str, work: Callable[[Consolidation], list[T]]
) -> tuple[list[T], list[Statement]]:
    """``work`` on a sum, without the members on whom the program fails; who they are, and what was left out."""

    def fails(member: FiledVerdict) -> bool:
        return guarded(lambda: work(replace(total, members=(member,))) is None, lambda _: True)

    def again(failure: Failure) -> tuple[list[T], list[Statement]]:
        at_fault = {id(member): member for member in total.members if fails(member)}
        rest = replace(total, members=tuple(member for member in total.members if id(member) not in at_fault))
        named = "、".join(member.unit or member.file for member in at_fault.values())
        told = failed_step(f"{what}（{named}）" if named else what, failure)
        return (guarded(lambda: work(rest), lambda _: []) if at_fault else []), [told]

    return guarded(lambda: (work(total), []), again)
