"""Puts the findings about a return together and decides the status its file ends in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.checks.confront import attach_undetermined, confront
from toolkit.checks.narrative.registry import read_texts
from toolkit.checks.narrative.remark import finding_of
from toolkit.checks.narrative.similarity import repeated
from toolkit.checks.prior import taken_over
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Submission, Verdict
from toolkit.model.rule import NO_POLICY, Policy


def status_of(findings: Iterable[Finding]) -> Status:
    """Accepted: no error, nothing to verify. Explained: all that is to verify is explained. Else returned."""
    explained = False
    for finding in findings:
        if finding.severity in {Severity.FATAL, Severity.ERROR}:
            return Status.RETURNED
        if finding.severity is Severity.VERIFY:
            if not finding.explanation:
                return Status.RETURNED
            explained = True
    return Status.EXPLAINED if explained else Status.ACCEPTED


def _texts(instrument: Instrument, submission: Submission, policy: Policy) -> list[Finding]:
    """What the rules about texts find."""
    content = submission.content
    return [
        *(finding_of(instrument, content, remark, policy) for remark in read_texts(instrument, submission)),
        *repeated(instrument, submission),
    ]


def judge(instrument: Instrument, batch: Sequence[Submission], policy: Policy = NO_POLICY) -> list[Verdict]:
    """The verdict on each return of a batch, from what was found in its workbook and what its rules say."""
    confronted = confront(instrument, batch, policy)
    out: list[Verdict] = []
    for one, (late, undetermined) in zip(batch, confronted, strict=True):
        content = one.content
        told = [
            *attach_undetermined(instrument, one.findings, undetermined),
            *late,
            *taken_over(instrument, one),
            *_texts(instrument, one, policy),
        ]
        code = content.identity.code
        found = sorted((policy.waived(finding, code) for finding in told), key=lambda f: f.severity.rank)
        out.append(
            Verdict(
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
        )
    return out
