"""Every way of reading texts, by the kind that a form's rules name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from toolkit.checks.narrative.arithmetic import read_breakdowns, read_shares
from toolkit.checks.narrative.citations import read_bodies, read_citations
from toolkit.checks.narrative.claims import read_claims, read_denials, read_fees
from toolkit.checks.narrative.proofread import read_typing
from toolkit.checks.narrative.remark import Remark
from toolkit.checks.narrative.years import read_years
from toolkit.instrument.instrument import Instrument
from toolkit.model.returns import Submission
from toolkit.model.rule import TextRule

#: Kind -> reading.
READINGS: Mapping[str, Callable[[Instrument, Submission, TextRule], Iterator[Remark]]] = {
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
#: How many remarks of one rule about one text are told.
_MOST = 20


def read_texts(instrument: Instrument, submission: Submission) -> Iterator[Remark]:
    """What every rule about texts has to say of a return, in the order of the rules."""
    for rule in instrument.form.text_rules:
        for _, group in groupby(READINGS[rule.kind](instrument, submission, rule), key=lambda one: one.text):
            told = list(group)
            shown, more = told[:_MOST], len(told) - _MOST
            if more > 0:
                shown[-1] = replace(shown[-1], message=f"{shown[-1].message}；同类的还有 {more} 处，不再列出")
            yield from shown
