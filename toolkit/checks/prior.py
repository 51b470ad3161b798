"""Last year's figures that are on file, in the place of those that a workbook carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from toolkit.forms.layout import prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Return

_SHOWN = 5


def with_prior(
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
        cells = tuple(spots[prior_name(name)].cell for name in other)
        told = "；".join(
            f"{cell} 填的是 {content.prior[name]}，存档的是 {figures[name]}"
            for cell, name in list(zip(cells, other, strict=True))[:_SHOWN]
        )
        more = f"；等 {len(other)} 格" if len(other) > _SHOWN else ""
        yield Finding(
            rule="FORM-12",
            severity=Severity.NOTE,
            sheet=spots[prior_name(other[0])].sheet,
            cell=cells[0],
            cells=cells,
            variables=tuple(prior_name(name) for name in other),
            message=f"上年数与存档不同：{told}{more}",
            remedy="核对时以存档的数为准；存档有误的，请与收表单位联系。",
        )
