"""Where the figures of a report's generated sentences come from: each with its cells."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.instrument import Instrument
from toolkit.report.blocks import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A figure as printed, the cells it comes from (``申请情况!J6``) and what these cells are.

    A cell of one member of a sum has its unit before it.
    """

    text: str
    cells: tuple[str, ...]
    labels: tuple[str, ...]


def traced(kind: Instrument, document: Document) -> dict[str, list[Traced]]:
    """The generated sentences in order, each with its figures in the order in which they stand."""
    out: dict[str, list[Traced]] = {}
    for paragraph in document.paragraphs:
        for fact in paragraph.facts:
            spots = [(name, kind.layout.spots[name]) for name in fact.variables if name in kind.layout.spots]
            one = Traced(
                text=fact.text,
                cells=tuple(f"{fact.unit} {spot.reference}".strip() for _, spot in spots),
                labels=tuple(kind.variables[n].brief if n in kind.variables else "" for n, _ in spots),
            )
            out.setdefault(fact.sentence, []).append(one)
    return out
