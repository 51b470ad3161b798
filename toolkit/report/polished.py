"""A report that an editor polished in Word, taken apart again: its words by section, its tables by place."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from toolkit.report.blocks import Block
from toolkit.report.blocks import Document
from toolkit.report.blocks import Paragraph
from toolkit.report.blocks import Section
from toolkit.report.blocks import TableBlock
from toolkit.report.docx_walk import PARAGRAPH
from toolkit.report.docx_walk import TABLE
from toolkit.report.docx_walk import Element
from toolkit.report.docx_walk import matched
from toolkit.report.docx_walk import squeezed
from toolkit.report.docx_walk import text_of
from toolkit.report.readback import elements
from toolkit.report.view import shown_caption
from toolkit.report.view import tidied


@dataclass(frozen=True, slots=True, kw_only=True)
class Polished:
    """What a polished .docx holds.

    ``document`` is the pattern with the editor's words in it and the pattern's own tables; ``tables`` the Word table
    of each of the pattern's, None where it is gone; ``doubled`` are positions of tables that stand there twice;
    ``missing`` are headings that are gone: what stood under them counts to the section before.
    """

    document: Document
    tables: tuple[Element | None, ...]
    doubled: tuple[int, ...]
    missing: tuple[str, ...]


def polished(data: bytes, pattern: Document) -> Polished:
    """Read a .docx as the report ``pattern`` in other words; ReportError where it cannot be opened."""
    pattern = tidied(pattern)
    found = list(elements(data))
    grids = [block.grid for block in pattern.tables]
    word_tables = [one for one in found if one.tag == TABLE]
    tables = matched(word_tables, grids)
    left = [one for one in word_tables if all(one is not known for known in tables)]
    doubled = tuple(i for one in left for i, grid in enumerate(grids) if matched([one], [grid])[0] is not None)
    opening, parts, missing = _parts(found, pattern)
    sections = tuple(
        Section(heading=section.heading, blocks=tuple(_blocks(section, part, pattern, tables)))
        for section, part in zip(pattern.sections, parts, strict=True)
    )
    words = replace(pattern, preamble=tuple(_opening(opening, pattern)), sections=sections)
    document, closing = _closing(words, pattern)
    return Polished(document=replace(document, closing=closing), tables=tuple(tables), doubled=doubled, missing=missing)


def _parts(found: Sequence[Element], pattern: Document) -> tuple[list[Element], list[list[Element]], tuple[str, ...]]:
    """What stands before the first heading, what stands under each heading, and the headings that are gone."""
    headings = [squeezed(section.heading) for section in pattern.sections]
    opening: list[Element] = []
    parts: list[list[Element]] = [[] for _ in headings]
    at, seen = -1, set()
    for one in found:
        text = squeezed(text_of(one)) if one.tag == PARAGRAPH else ""
        later = [i for i in range(at + 1, len(headings)) if headings[i] and headings[i] == text]
        if later:
            at = later[0]
            seen.add(at)
        else:
            (opening if at < 0 else parts[at]).append(one)
    gone = tuple(s.heading for i, s in enumerate(pattern.sections) if s.heading and i not in seen)
    return opening, parts, gone


def _opening(opening: Sequence[Element], pattern: Document) -> Iterator[Paragraph]:
    """The paragraphs before the first heading, without the title and the scope line."""
    printed = {squeezed(line) for line in (*pattern.title, pattern.notice, pattern.banner) if line}
    title = squeezed("".join(pattern.title))
    for one in opening:
        text = text_of(one)
        if one.tag == PARAGRAPH and text and squeezed(text) not in printed and squeezed(text) != title:
            yield Paragraph(text=text)


def _blocks(
    section: Section, part: Sequence[Element], pattern: Document, tables: Sequence[Element | None]
) -> Iterator[Block]:
    """The editor's paragraphs of a section and the pattern's tables where the editor left them."""
    mine = [block for block in section.blocks if isinstance(block, TableBlock)]
    captions = {squeezed(shown_caption(section, block.grid)) for block in mine} - {""}
    leads = [p.lead for p in section.blocks if isinstance(p, Paragraph) and p.lead]
    blocks = pattern.tables
    told: list[TableBlock] = []
    for one in part:
        if one.tag == TABLE:
            place = next((i for i, table in enumerate(tables) if table is one), None)
            if place is not None and blocks[place] in mine:
                told.append(blocks[place])
                yield blocks[place]
            continue
        text = text_of(one)
        if text and squeezed(text) not in captions:
            yield from _lines(text, leads)
    # A table that the editor lost is printed all the same: the words may be polished, the statutory tables stay.
    yield from (block for block in mine if block not in told)


def _lines(text: str, leads: Sequence[str]) -> Iterator[Paragraph]:
    for i, line in enumerate(line.strip() for line in text.split("\n")):
        lead = next((lead for lead in leads if i == 0 and squeezed(line).startswith(squeezed(lead))), "")
        if lead:
            yield Paragraph(lead=lead, text=_behind(line, lead))
        elif line:
            yield Paragraph(text=line)


def _behind(line: str, lead: str) -> str:
    """What stands behind a run-in heading, however its blanks were typed."""
    left = len(squeezed(lead))
    for i, c in enumerate(line):
        if left == 0:
            return line[i:].lstrip()
        left -= 0 if c.isspace() else 1
    return ""


def _closing(words: Document, pattern: Document) -> tuple[Document, tuple[Paragraph, ...]]:
    """The last paragraphs of the last section that are the report's closing lines, in the editor's words."""
    if not words.sections or not pattern.closing:
        return words, ()
    last = words.sections[-1]
    behind: list[Paragraph] = []
    blocks = list(last.blocks)
    while blocks and len(behind) < len(pattern.closing):
        block = blocks[-1]
        if not isinstance(block, Paragraph) or block.lead:
            break
        behind.insert(0, block)
        blocks.pop()
    sections = (*words.sections[:-1], replace(last, blocks=tuple(blocks)))
    return replace(words, sections=sections), tuple(behind)
