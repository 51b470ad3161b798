"""Units that report the same as another unit: figures throughout, or whole texts."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.checks.narrative.similarity import similar
from toolkit.consolidation.aggregate import Consolidation
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.sentences import worded

#: So many figures that are not 0 must agree before two returns are called the same.
_FIGURES = 8
_SHOWN = 6


def similar_units(total: Consolidation) -> Iterator[Finding]:
    """SIGN-07 for members with the same figures throughout, SIM-01 for members with nearly the same texts."""
    yield from _figures(total)
    yield from _texts(total)


def _figures(total: Consolidation) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], str] = {}
    for verdict, content in zip(total.members, total.returns, strict=True):
        figures = tuple(content.numbers.get(name) for name in total.instrument.names)
        if sum(1 for figure in figures if figure) < _FIGURES:
            continue
        first = seen.setdefault(figures, verdict.unit)
        if first != verdict.unit:
            yield Finding.at(worded(Code.SIGN_07, first=first, unit=verdict.unit))


def _texts(total: Consolidation) -> Iterator[Finding]:
    """One line a group of units, with all the texts that they have in common."""
    groups: dict[tuple[str, ...], list[str]] = {}
    units = {str(i): verdict.unit for i, verdict in enumerate(total.members)}
    for name, text in total.instrument.form.texts.items():
        texts = {str(i): content.texts.get(name, "") for i, content in enumerate(total.returns)}
        for group in similar(texts):
            groups.setdefault(group, []).append(f"“{text.label}”")
    for group, labels in groups.items():
        named = "、".join(f"“{units[key]}”" for key in group[:_SHOWN])
        fault = "many" if len(group) > _SHOWN else "units"
        yield Finding.at(worded(Code.SIM_01, fault, units=named, count=len(group), texts="、".join(labels)))
