"""Last year's returns beside this year's, for verifying without a round: whose they are, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.checks.prior import with_context
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.form import CONTROLS
from toolkit.model.period import Period
from toolkit.model.returns import Context, Return, Submission, Verdict
from toolkit.model.sentences import worded
from toolkit.pipeline.read_return import ReadResult
from toolkit.text import name_key, shortened

#: Form, period, and a unit's code or name.
Key = tuple[str, str, str]
#: Characters of a unit's name in a message.
_QUOTED = 40


@dataclass(frozen=True)
class PriorReturns:
    """Returns of an earlier time, by unit: accepted ones, and where there is none, what else could be read.

    ``twice`` are units that have several which differ, ``doubted`` those whose return was not accepted.
    """

    returns: Mapping[Key, Return]
    twice: frozenset[Key]
    doubted: frozenset[Key] = frozenset()

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> PriorReturns:
        """The returns of these verdicts."""
        first: dict[Key, Return] = {}
        twice: set[Key] = set()
        doubted: set[Key] = set()
        for verdict in sorted(verdicts, key=lambda one: not one.status.counts):
            if (content := verdict.content) is None:
                continue
            for key in _keys(load(verdict.form.removesuffix(CONTROLS)), content, years=0):
                if key in first and key not in doubted and not verdict.status.counts:
                    continue
                doubted |= set() if verdict.status.counts else {key}
                twice |= {key} if filled_figures(first.setdefault(key, content)) != filled_figures(content) else set()
        return cls(first, frozenset(twice), frozenset(doubted))

    def beside(self, found: ReadResult) -> ReadResult:
        """A return with last year's figures and texts, if they are at hand; a note if they are not, or not accepted."""
        if isinstance(found, Verdict):
            return found
        kind, content = load(found.form), found.content
        keys = _keys(kind, content, years=1)
        known = next((key for key in keys if key in self.returns and key not in self.twice), None)
        if known is None:
            fault = "several" if any(key in self.twice for key in keys) else "none"
            return _noted(found, fault)
        prior, doubted = self.returns[known], known in self.doubted
        context = Context(prior=filled_figures(prior), prior_texts=filled_texts(prior), doubted=doubted)
        return with_context(kind, _noted(found, "doubted") if doubted else found, context)


def _noted(found: Submission, fault: str) -> Submission:
    note = worded(Code.FORM_13, fault, unit=shortened(found.content.unit, _QUOTED))
    return replace(found, findings=(*found.findings, Finding.at(note)))


def filled_figures(content: Return) -> dict[str, Decimal]:
    """Every figure that was filled in."""
    return {name: value for name, value in content.numbers.items() if value is not None}


def filled_texts(content: Return) -> dict[str, str]:
    """Every text that says something."""
    return {name: text for name, text in content.texts.items() if text}


def _keys(kind: Instrument, content: Return, *, years: int) -> list[Key]:
    """A unit's code and its name, for the period so many years before the return's."""
    try:
        period = Period.parse(content.period, kind.form.period_kind)
    except ValueError:
        return []
    told = str(period.prior if years else period)
    names = (content.identity.code, name_key(content.unit))
    return [(kind.form.base, told, name) for name in names if name]
