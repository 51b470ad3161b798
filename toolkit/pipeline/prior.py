"""Last year's returns beside this year's, for verifying without a round: whose they are, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.checks.prior import with_prior
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.model.form import CONTROLS
from toolkit.model.period import Period
from toolkit.model.returns import Return, Verdict
from toolkit.pipeline.forms import instrument
from toolkit.pipeline.read_return import Understood
from toolkit.text import name_key

#: Form, period, and a unit's code or name.
Key = tuple[str, str, str]


@dataclass(frozen=True)
class PriorReturns:
    """Accepted returns of an earlier time, by unit; ``twice`` are units that have several which differ."""

    returns: Mapping[Key, Return]
    twice: frozenset[Key]

    @classmethod
    def of(cls, returns: Iterable[tuple[str, Return]]) -> PriorReturns:
        """These returns, each with its form."""
        first: dict[Key, Return] = {}
        twice: set[Key] = set()
        for form, content in returns:
            for key in _keys(instrument(form.removesuffix(CONTROLS)), content, years=0):
                twice |= {key} if filled_figures(first.setdefault(key, content)) != filled_figures(content) else set()
        return cls(first, frozenset(twice))

    def beside(self, found: Understood | Verdict) -> Understood | Verdict:
        """A return with last year's figures and texts, if they are at hand; a note if they are not."""
        if isinstance(found, Verdict):
            return found
        kind, content = instrument(found.form), found.content
        keys = _keys(kind, content, years=1)
        prior = next((self.returns[key] for key in keys if key in self.returns and key not in self.twice), None)
        if prior is None:
            note = _missing(content, several=any(key in self.twice for key in keys))
            return replace(found, findings=(*found.findings, note))
        content, changed = with_prior(kind, content, filled_figures(prior), filled_texts(prior))
        return replace(found, content=content, findings=(*found.findings, *changed))


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


def _missing(content: Return, *, several: bool) -> Finding:
    why = "有几份不同的" if several else "没有"
    return Finding(
        rule="FORM-13",
        severity=Severity.NOTE,
        message=f"给出的上年工作簿里{why}“{content.unit[:40]}”上年同期通过核对的表，没有与它比较",
        remedy="请核对单位名称和期间；更名的单位请先在上年工作簿的封面上改成现在的名称。"
        if not several
        else "请只留一份。",
    )
