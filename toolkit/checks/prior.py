"""Last year's figures that a workbook carries, held against those on file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from toolkit.forms.layout import prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.returns import Context, Return, Submission
from toolkit.model.sentences import listed, worded

_SHOWN = 5


def with_context(instrument: Instrument, submission: Submission, context: Context) -> Submission:
    """The return beside what is known of its unit, with a note where it carries other figures of last year."""
    found = (*submission.findings, *_changed(instrument, submission.content, context.prior))
    return replace(submission, context=context, findings=found)


def _changed(instrument: Instrument, content: Return, figures: Mapping[str, Decimal]) -> Iterator[Finding]:
    """FORM-12: last year's figures that the workbook carries but that are not the ones on file: one note."""
    spots = instrument.layout.spots
    other = [
        name
        for name, value in content.prior.items()
        if value is not None and name in figures and figures[name] != value and prior_name(name) in spots
    ]
    if other:
        names = [prior_name(name) for name in other]
        cells = [
            worded(
                Code.FORM_12,
                "cell",
                cell=spots[prior_name(name)].cell,
                found=content.prior[name],
                filed=figures[name],
            ).message
            for name in other
        ]
        told = worded(Code.FORM_12, cells=listed(cells, _SHOWN, "；", "；"))
        yield Finding.at(told, [spots[name] for name in names], names)
