"""Puts the findings about a return together and decides the status its file ends in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from toolkit.checks.confront import attach_undetermined, confront
from toolkit.checks.explanation import with_explanation
from toolkit.checks.narrative.registry import read_texts
from toolkit.checks.narrative.remark import finding_of
from toolkit.checks.narrative.similarity import repeated
from toolkit.checks.prior import taken_over
from toolkit.forms.layout import text_key
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Return, Submission, Verdict
from toolkit.model.rule import NO_POLICY, Policy
from toolkit.model.sentences import worded
from toolkit.text import shortened


def status_of(findings: Iterable[Finding]) -> Status:
    """Accepted: no error, nothing to verify. Explained: all that is to verify is explained. Else returned."""
    told = {(one.severity, bool(one.explanation)) for one in findings if one.severity is not Severity.NOTE}
    if told - {(Severity.VERIFY, True)}:
        return Status.RETURNED
    return Status.EXPLAINED if told else Status.ACCEPTED


def _empty(instrument: Instrument, content: Return) -> Iterator[Finding]:
    """VAL-11: required texts that are one of the form's empty phrases, with the explanations beside them."""
    for name, wanted in instrument.wanted.items():
        if wanted.empty(text := content.texts.get(name, "")):
            told, label = worded(Code.VAL_11, text=shortened(text)), instrument.form.texts[name].label
            yield with_explanation(instrument, content, text_key(name), told, (name,), row=(label,))


def judge(instrument: Instrument, batch: Sequence[Submission], policy: Policy = NO_POLICY) -> list[Verdict]:
    """The verdict on each return of a batch, from what was found in its workbook and what its rules say."""
    return [_verdict(instrument, one, policy) for one in batch]


def _verdict(instrument: Instrument, one: Submission, policy: Policy) -> Verdict:
    content, (late, undetermined) = one.content, confront(instrument, one, policy)
    told = [
        *attach_undetermined(instrument, one, undetermined),
        *late,
        *taken_over(instrument, one),
        *(finding_of(instrument, content, remark, policy) for remark in read_texts(instrument, one)),
        *repeated(instrument, one),
        *_empty(instrument, content),
    ]
    waived = (policy.waived(finding, content.identity.code) for finding in told)
    found = sorted(waived, key=lambda finding: finding.severity.rank)
    return Verdict(
        file=content.file,
        status=status_of(found),
        findings=tuple(found),
        sha256=content.sha256,
        form=instrument.form.id,
        version=content.identity.version,
        unit=content.unit,
        period=content.period,
        content=content,
        context=one.context,
    )
