"""A report that an editor polished in Word, taken apart again: its words by section, its tables by place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice, takewhile
from typing import Final

from toolkit.model.grid import BREAK
from toolkit.report.document.blocks import Block, Document, Paragraph, Section, TableBlock
from toolkit.report.document.layout import shown_caption, tidied
from toolkit.report.readback.carried import Carrier, own_table
from toolkit.report.word.body import PARAGRAPH, TABLE, Element, matched, squeezed, text_of, walked
from toolkit.report.word.gate import opened
from toolkit.report.word.memory import WrittenFrom, remembered
from toolkit.report.word.template import CAPTION, HEADING, TITLE

#: From this likeness on a line before the first heading is taken for one of the title, whatever its style.
_ALIKE: Final = 0.7
_BLANKS: Final = rf"[\s{BREAK}]*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polished:
    """What a polished .docx holds.

    ``document`` is the pattern with the editor's words in it and the pattern's own title, headings and tables;
    ``title`` the title that stands there; ``tables`` the Word table of each of the pattern's, None where it is gone;
    ``doubled`` are positions of tables that stand there twice, ``added`` tables that are none of the pattern's;
    ``headings`` are headings that are gone, with the one that stands in their place or "". ``lost`` is what no other
    format can take over, each with its places; ``written`` what the file says it was written from.
    """

    document: Document
    title: str
    tables: tuple[Element | None, ...]
    doubled: tuple[int, ...]
    added: tuple[Element, ...]
    headings: Mapping[str, str]
    lost: Mapping[str, list[str]]
    written: WrittenFrom | None


def polished(data: bytes, pattern: Document) -> Polished:
    """Read a .docx as the report ``pattern`` in other words; WordFileError where it cannot be opened."""
    document = opened(data)
    return _Reader(tidied(pattern), list(walked(document)), Carrier(document)).read()


@dataclass(frozen=True, slots=True)
class _Reader:
    pattern: Document
    found: Sequence[Element]
    carrier: Carrier

    def read(self) -> Polished:
        pattern = self.pattern
        grids = [block.grid for block in pattern.tables]
        word_tables = [one for one in self.found if one.tag == TABLE]
        tables = matched(word_tables, grids)
        left = [one for one in word_tables if all(one is not known for known in tables)]
        twice = {id(one): i for one in left for i, grid in enumerate(grids) if matched([one], [grid])[0] is not None}
        opening, parts, gone = self.parts()
        added = [one for one in left if id(one) not in twice]
        title, preamble = self.opening(opening, added)
        sections = tuple(
            Section(heading=section.heading, blocks=tuple(self.blocks(section, part, tables, added)))
            for section, part in zip(pattern.sections, parts, strict=True)
        )
        return Polished(
            document=_with_closing(replace(pattern, preamble=preamble, sections=sections)),
            title=title,
            tables=tuple(tables),
            doubled=tuple(twice.values()),
            added=tuple(added),
            headings=gone,
            lost=self.carrier.lost(self.found, added),
            written=remembered(self.carrier.document.part.package),
        )

    def is_styled(self, one: Element, *names: str) -> bool:
        style = self.carrier.style_of(one)
        return style is not None and (style.name_val or "").casefold() in {name.casefold() for name in names}

    def parts(self) -> tuple[list[Element], list[list[Element]], dict[str, str]]:
        """What stands before the first heading, what stands under each heading, and the headings that are gone.

        A heading in other words is known by its style and stands for the next one that is nowhere else.
        """
        headings = [squeezed(section.heading) for section in self.pattern.sections]
        texts = [squeezed(text_of(one)) if one.tag == PARAGRAPH else "" for one in self.found]
        opening: list[Element] = []
        parts: list[list[Element]] = [[] for _ in headings]
        at = -1
        seen: dict[int, str] = {}
        for one, text in zip(self.found, texts, strict=True):
            later = [i for i in range(at + 1, len(headings)) if headings[i] and headings[i] == text]
            if not later and text and self.is_styled(one, HEADING):
                later = [i for i in range(at + 1, min(at + 2, len(headings))) if headings[i] not in texts]
            if later:
                at = later[0]
                seen[at] = text
            else:
                (opening if at < 0 else parts[at]).append(one)
        wrong = {i: seen.get(i, "") for i, heading in enumerate(headings) if heading and seen.get(i) != heading}
        return opening, parts, {self.pattern.sections[i].heading: text for i, text in wrong.items()}

    def opening(self, part: Sequence[Element], added: Sequence[Element]) -> tuple[str, tuple[Block, ...]]:
        """The title as it stands there, and what else stands before the first heading."""
        title = ""
        preamble: list[Block] = []
        for one in part:
            text = text_of(one) if one.tag == PARAGRAPH else ""
            if text and (self.is_styled(one, TITLE) or self.is_title(text)):
                title += squeezed(text)
            elif not text or squeezed(text) != squeezed(self.pattern.banner):
                preamble += self.carried(one, (), added)
        return title, tuple(preamble)

    def carried(self, one: Element, leads: Sequence[str], added: Sequence[Element]) -> Iterator[Block]:
        """What an element of the editor's becomes: paragraphs and pictures, or a table of her own."""
        if one.tag == PARAGRAPH:
            yield from self.carrier.dressed(one, list(_lines(text_of(one), leads)))
        elif any(one is table for table in added) and (block := own_table(one)) is not None:
            yield block

    def is_title(self, text: str) -> bool:
        lines = (*self.pattern.title, "".join(self.pattern.title))
        return any(SequenceMatcher(None, squeezed(text), squeezed(line)).ratio() >= _ALIKE for line in lines)

    def blocks(
        self, section: Section, part: Sequence[Element], tables: Sequence[Element | None], added: Sequence[Element]
    ) -> Iterator[Block]:
        """What the editor left of a section and put into it, and the pattern's tables where she left them."""
        mine = [block for block in section.blocks if isinstance(block, TableBlock)]
        captions = {squeezed(shown_caption(section.heading, block.grid)) for block in mine} - {""}
        leads = [p.lead for p in section.blocks if isinstance(p, Paragraph) and p.lead]
        told: list[TableBlock] = []
        for one in part:
            place = next((i for i, table in enumerate(tables) if table is one), None)
            text = text_of(one) if one.tag == PARAGRAPH else ""
            if place is not None:
                if self.pattern.tables[place] in mine:
                    told.append(self.pattern.tables[place])
                    yield self.pattern.tables[place]
            elif not text or not (squeezed(text) in captions or (captions and self.is_styled(one, CAPTION))):
                yield from self.carried(one, leads, added)
        # A table that the editor lost is printed all the same: the words may be polished, the statutory tables stay.
        yield from (block for block in mine if block not in told)


def _lines(text: str, leads: Sequence[str]) -> Iterator[Paragraph]:
    for i, line in enumerate(line.strip() for line in text.split("\n")):
        lead = next((lead for lead in leads if i == 0 and squeezed(line).startswith(squeezed(lead))), "")
        if lead:
            # However the blanks of the run-in heading were typed.
            said = re.match("".join(f"{_BLANKS}{re.escape(c)}" for c in squeezed(lead)), line)
            yield Paragraph(lead=lead, text=line[said.end() :].lstrip() if said else "")
        elif line:
            yield Paragraph(text=line)


def _with_closing(words: Document) -> Document:
    """The report's closing lines in the editor's words: as many of the last paragraphs of the last section."""
    if not words.sections:
        return replace(words, closing=())
    last = words.sections[-1]
    plain = takewhile(lambda block: isinstance(block, Paragraph) and not block.lead, reversed(last.blocks))
    closing = [block for block in islice(plain, len(words.closing)) if isinstance(block, Paragraph)]
    kept = replace(last, blocks=last.blocks[: len(last.blocks) - len(closing)])
    return replace(words, sections=(*words.sections[:-1], kept), closing=tuple(reversed(closing)))
