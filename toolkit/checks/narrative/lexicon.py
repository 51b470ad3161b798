"""Words listed as wrong, each with what to write instead, its source, and the days between which it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from toolkit.checks.narrative.patterns import texts_of
from toolkit.instrument.instrument import Instrument
from toolkit.model.period import Period, read_date
from toolkit.model.rule import TextRule

_KEYS = frozenset({"find", "unless", "say", "source", "since", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconEntry:
    """``find`` is wrong but as a part of ``unless``, in reports of periods that end on a day from since to until."""

    find: tuple[str, ...]
    unless: tuple[str, ...]
    say: str
    source: str
    since: date
    until: date

    def count(self, text: str) -> int:
        """How often it stands in a text, where it is not right."""
        return sum(text.count(word) for word in self.find) - sum(text.count(word) for word in self.unless)


def entries(instrument: Instrument, rule: TextRule, period: str) -> tuple[LexiconEntry, ...]:
    """The entries of a rule that hold for a period; all of them where the period cannot be read."""
    found = _entries(instrument, rule.id)
    try:
        day = Period.parse(period, instrument.form.period_kind).last_day
    except ValueError:
        return found
    return tuple(one for one in found if one.since <= day <= one.until)


@lru_cache(maxsize=64)
def _entries(instrument: Instrument, rule: str) -> tuple[LexiconEntry, ...]:
    return tuple(_entry(one) for one in _listed(instrument.text_rules[rule]) if isinstance(one, Mapping))


def _entry(told: Mapping[str, object]) -> LexiconEntry:
    return LexiconEntry(
        find=texts_of(told.get("find")),
        unless=texts_of(told.get("unless")),
        say=str(told.get("say", "")),
        source=str(told.get("source", "")),
        since=_day(told.get("since")) or date.min,
        until=_day(told.get("until")) or date.max,
    )


def lexicon_problems(rule: TextRule) -> Iterator[str]:
    """What is wrong with a rule's entries, each with its path."""
    for i, told in enumerate(_listed(rule)):
        where = f"{rule.path}.find[{i}]"
        if not isinstance(told, Mapping):
            yield f"{where}: 应写成 [[rule.find]] 一段"
            continue
        yield from (f"{where}.{key}: 没有这一项，可用 {'、'.join(sorted(_KEYS))}" for key in told if key not in _KEYS)
        if not texts_of(told.get("find")) or not told.get("say"):
            yield f"{where}: 要写 find（要找的词）和 say（应怎样写）"
        for key in ("since", "until"):
            if key in told and _day(told[key]) is None:
                yield f'{where}.{key}: 应为日期，例如 "2021-09-01"'


def _listed(rule: TextRule) -> Sequence[object]:
    told = rule.options.get("find", ())
    return told if isinstance(told, Sequence) and not isinstance(told, str) else (told,)


def _day(value: object) -> date | None:
    try:
        return value if isinstance(value, date) else read_date(value) if isinstance(value, str) else None
    except ValueError:
        return None
