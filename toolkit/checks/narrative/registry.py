"""Every way of reading texts, by the kind that a form's rules name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from toolkit.checks.narrative.arithmetic import read_breakdowns, read_shares
from toolkit.checks.narrative.citations import read_bodies, read_citations
from toolkit.checks.narrative.claims import read_claims, read_denials, read_fees
from toolkit.checks.narrative.proofread import read_typing
from toolkit.checks.narrative.remark import Passage, Remark
from toolkit.checks.narrative.years import read_years
from toolkit.instrument.instrument import Instrument
from toolkit.model.returns import Submission

#: Kind -> reading.
READINGS: Mapping[str, Callable[[Passage], Iterator[Remark]]] = {
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
        for name in rule.texts or tuple(submission.content.texts):
            told = list(READINGS[rule.kind](Passage(instrument, submission, rule, name)))
            more = f"；同类的还有 {len(told) - _MOST} 处，不再列出" if len(told) > _MOST else ""
            for number, one in enumerate(told[:_MOST], 1):
                yield replace(one, rule=rule.id, text=name, message=one.message + more * (number == _MOST))
