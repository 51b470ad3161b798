"""Every way of reading texts, by the kind that a form's rules name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from toolkit.checks.narrative.arithmetic import read_breakdowns, read_fees, read_shares
from toolkit.checks.narrative.citations import read_bodies, read_citations, read_years
from toolkit.checks.narrative.claims import read_claims, read_denials
from toolkit.checks.narrative.lexicon import lexicon_problems
from toolkit.checks.narrative.patterns import word_problems
from toolkit.checks.narrative.proofread import read_typing
from toolkit.checks.narrative.remark import Remark
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import Form
from toolkit.model.returns import Return
from toolkit.model.rule import TextRule

Reading = Callable[[Instrument, Return, TextRule], Iterator[Remark]]

#: Kind -> reading.
READINGS: Mapping[str, Reading] = {
    "claim": read_claims,
    "denial": read_denials,
    "breakdown": read_breakdowns,
    "share": read_shares,
    "fee": read_fees,
    "year": read_years,
    "citation": read_citations,
    "typing": read_typing,
    "body": read_bodies,
}
#: What an entry may say besides the keys of every rule.
_KEYS: Mapping[str, frozenset[str]] = {
    "claim": frozenset({"claim"}),
    "denial": frozenset({"claim"}),
    "fee": frozenset({"denies", "nothing_when_zero"}),
    "year": frozenset({"ahead"}),
    "citation": frozenset({"titles", "find"}),
    "body": frozenset({"levels"}),
}
#: How many remarks of one rule about one text are told.
_MOST = 20
_TOP = frozenset({"units", "elsewhere", "doubled_right", "rule"})


def read_texts(instrument: Instrument, content: Return) -> Iterator[Remark]:
    """What every rule about texts has to say of a return, in the order of the rules."""
    for rule in instrument.form.text_rules:
        yield from _first(READINGS[rule.kind](instrument, content, rule))


def _first(remarks: Iterable[Remark]) -> Iterator[Remark]:
    """As many of a rule's remarks about each text as a person will read; the last one tells how many more there are."""
    for _, group in groupby(remarks, key=lambda one: one.text):
        told = list(group)
        shown, more = told[:_MOST], len(told) - _MOST
        if more > 0:
            shown[-1] = replace(shown[-1], message=f"{shown[-1].message}；同类的还有 {more} 处，不再列出")
        yield from shown


def kind_problems(form: Form) -> list[str]:
    """Rules about texts whose kind is not known, or whose patterns cannot be compiled."""
    return [*_kind_problems(form), *word_problems(form)]


def _kind_problems(form: Form) -> Iterator[str]:
    for key in form.raw_words.keys() - _TOP:
        yield f"words.toml {key}: 没有这一项，可用 {'、'.join(sorted(_TOP))}"
    for rule in form.text_rules:
        if rule.kind not in READINGS:
            yield f"{rule.path}.kind: 没有“{rule.kind}”这种读法，可用 {'、'.join(READINGS)}"
            continue
        known = _KEYS.get(rule.kind, frozenset())
        for key in rule.options.keys() - known:
            yield f"{rule.path}.{key}: “{rule.kind}”没有这一项" + (
                f"，可用 {'、'.join(sorted(known))}" if known else ""
            )
        yield from lexicon_problems(rule) if rule.kind == "citation" else ()
