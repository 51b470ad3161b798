"""What a report is made of: headings, paragraphs, pictures, tables. All that a renderer knows."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.model.grid import Grid, GridCell

#: What stands where a figure is missing; a report from a complete return never shows it.
MISSING = "〔缺〕"
#: How the mark begins that stands where a required text is still to be written.
PENDING = "【待补充："
#: What stands behind a sentence that is only proposed: it goes with the sentence, or alone where the sentence stays.
DRAFT = "【待核】"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure in a sentence: as printed, the variables it was computed from, and the sentence as it was made.

    ``unit`` names the member of a sum whose figure it is.
    """

    text: str
    variables: tuple[str, ...] = ()
    sentence: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; ``lead`` is its run-in heading (``（一）主动公开。``).

    ``facts`` are its generated figures, ``said`` its generated sentences; the rest are the unit's own words. ``align``
    is ``left``, ``center``, ``right`` or nothing for the usual. ``remarks`` are some of its words and what an editor is
    told of them: in Word a comment, printed nowhere. ``spans`` cut an emphasised text into pieces, each with its looks:
    ``b`` bold, ``u`` underlined, ``bu`` both.
    """

    text: str
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    said: tuple[str, ...] = ()
    align: str = ""
    remarks: tuple[tuple[str, str], ...] = ()
    spans: tuple[tuple[str, str], ...] = ()

    @property
    def pieces(self) -> tuple[tuple[str, str], ...]:
        """The text piece by piece, each with its looks."""
        return self.spans or ((self.text, ""),)

    @property
    def proposed(self) -> tuple[str, ...]:
        """The generated sentences that are only proposed, each with its mark."""
        drafts = (words for words, _ in self.remarks if words.endswith(DRAFT))
        return tuple(one for one in drafts if one.removesuffix(DRAFT) not in self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A statutory table: its grid and the printed value of every number cell, by variable name."""

    grid: Grid
    values: Mapping[str, str]

    def printed(self, cell: GridCell) -> str:
        """What stands in a cell: its value, or its label with the break hints."""
        return self.values.get(cell.variable, "") if cell.kind == "number" else cell.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of the editor's, as its file has it: PNG, JPEG or GIF. ``width`` is in millimetres, 0 for its own.

    ``name`` is what its file is called where it cannot stand within the report.
    """

    data: bytes = field(repr=False)
    media: str
    alt: str
    name: str
    width: float = 0.0
    align: str = "center"

    @property
    def address(self) -> str:
        """The picture as a ``data:`` address."""
        return f"data:image/{self.media};base64,{base64.b64encode(self.data).decode()}"


Block = Paragraph | TableBlock | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section with its printed heading."""

    heading: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report. ``title`` is one string a line. ``notice`` is for the editor: in Word a comment on the title.

    ``banner`` is a warning at the head of every page: the report must not be taken for a final one.
    """

    title: tuple[str, ...]
    unit: str
    period: str
    preamble: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    closing: tuple[Block, ...] = ()
    notice: str = ""
    banner: str = ""
    language: str = field(default="zh-CN")

    @property
    def parts(self) -> tuple[Section, ...]:
        """The sections, before them what has no heading, behind them the closing lines."""
        return (Section(heading="", blocks=self.preamble), *self.sections, Section(heading="", blocks=self.closing))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs in order."""
        return tuple(b for b in self.blocks if isinstance(b, Paragraph))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks in order."""
        return tuple(block for part in self.parts for block in part.blocks)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures in order."""
        return tuple(b for b in self.blocks if isinstance(b, Picture))

    @property
    def tables(self) -> tuple[TableBlock, ...]:
        """The tables in order."""
        return tuple(b for b in self.blocks if isinstance(b, TableBlock))
