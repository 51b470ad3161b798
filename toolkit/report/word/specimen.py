"""A specimen report with a text at every place its outline has, for trying a Word template on."""

from __future__ import annotations

from toolkit.instrument.instrument import Instrument
from toolkit.instrument.outline import SectionPlan
from toolkit.report.document.blocks import Block
from toolkit.report.document.blocks import Document
from toolkit.report.document.blocks import Paragraph
from toolkit.report.document.blocks import Section
from toolkit.report.document.blocks import TableBlock
from toolkit.report.word.template import CLOSING
from toolkit.report.word.template import NOTICE
from toolkit.report.word.template import PREAMBLE
from toolkit.report.word.template import SECTIONS
from toolkit.report.word.template import TITLE


def specimen(instrument: Instrument) -> Document:
    """The specimen report of a form: every paragraph names the tag that prints it, and no two are the same."""
    outline = instrument.outline
    return Document(
        title=tuple(f"〔{TITLE}第 {i} 行〕" for i, _ in enumerate(outline.title, 1)),
        unit="〔单位〕",
        period="〔期间〕",
        notice=f"〔{NOTICE}〕",
        preamble=(Paragraph(text=f"〔{PREAMBLE}〕"),),
        sections=tuple(_section(instrument, i, plan) for i, plan in enumerate(outline.sections, 1)),
        closing=(Paragraph(text=f"〔{CLOSING}〕"),),
    )


def _section(instrument: Instrument, number: int, plan: SectionPlan) -> Section:
    blocks: list[Block] = [
        Paragraph(lead=part.lead, text=f"〔{SECTIONS}[{number}][1]的第 {i} 段〕")
        for i, part in enumerate(plan.parts, 1)
    ]
    if plan.table:
        blocks.append(TableBlock(grid=instrument.layout.grids[plan.table], values={}))
    return Section(heading=plan.heading, blocks=tuple(blocks))
