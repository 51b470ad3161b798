"""Last year's figures that are on file, in the place of those that a workbook carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from toolkit.forms.layout import prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.returns import Return
from toolkit.model.sentences import listed, worded

_SHOWN = 5


def on_file(
    instrument: Instrument, content: Return, figures: Mapping[str, Decimal], texts: Mapping[str, str]
) -> tuple[Return, tuple[Finding, ...]]:
    """The return with last year's figures and texts as filed, and a note where the workbook carries others."""
    known = replace(content, prior={**content.prior, **figures}, prior_on_file=bool(figures), prior_texts=dict(texts))
    return known, tuple(_changed(instrument, content, figures))


def _changed(instrument: Instrument, content: Return, figures: Mapping[str, Decimal]) -> Iterator[Finding]:
    """Last year's figures that the workbook carries but that are not the ones on file: one note."""
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
