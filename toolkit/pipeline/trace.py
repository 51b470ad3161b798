"""Where the figures of a report's generated sentences come from: each with its cells."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.instrument import Instrument
from toolkit.report.blocks import Document
from toolkit.report.blocks import Paragraph


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
    blocks = [block for section in document.sections for block in section.blocks]
    out: dict[str, list[Traced]] = {}
    for block in (*document.preamble, *blocks, *document.closing):
        for fact in block.facts if isinstance(block, Paragraph) else ():
            spots = [(name, kind.layout.spots[name]) for name in fact.variables if name in kind.layout.spots]
            one = Traced(
                text=fact.text,
                cells=tuple(f"{fact.unit} {spot.reference}".strip() for _, spot in spots),
                labels=tuple(_label(kind, name) for name, _ in spots),
            )
            out.setdefault(fact.sentence, []).append(one)
    return out


def _label(kind: Instrument, name: str) -> str:
    """Row and column of a variable, or of last year's."""
    variable = kind.variables.get(name)
    if variable is None:
        return ""
    return "／".join(label.rpartition(" ")[2] for label in (variable.row_label, variable.column_label) if label)
