"""The paragraphs of a Word file, each with its place in words, so that a person finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from toolkit.report.word.styles import W
from toolkit.report.word.tables_read import PARAGRAPH, TABLE, Element, text_of

_ROW: Final = f"{{{W}}}tr"
_MARGINS: Final = {"header": "页眉", "footer": "页脚"}
_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class ParagraphSpot:
    """A paragraph: the part of the file it stands in ("" for the body), where, its element and its text."""

    part: str
    where: str
    element: Element
    text: str

    @property
    def named(self) -> str:
        """The place and the beginning of the text."""
        return f"{self.where}{quoted_beginning(self.text)}" if self.text else self.where


def quoted_beginning(text: str) -> str:
    """Quote a text, or its beginning."""
    return f"“{text if len(text) <= _SHOWN else text[:_SHOWN] + '……'}”"


def paragraph_spots(document: Any) -> Iterator[ParagraphSpot]:  # noqa: ANN401 - python-docx has no types
    """Walk the paragraphs of the body, then of headers and footers.

    Outside tables they are numbered as they are seen, so empty ones are passed over.
    """
    yield from _inside(document.element.body, count(1), count(1))
    for number, relation in sorted(document.part.rels.items()):
        name = _MARGINS.get(relation.reltype.rpartition("/")[2])
        if name and not relation.is_external:
            for one in relation.target_part.element.iter(PARAGRAPH):
                yield ParagraphSpot(number, name, one, text_of(one))


def _inside(element: Element, numbers: Iterator[int], tables: Iterator[int]) -> Iterator[ParagraphSpot]:
    for child in element:
        if child.tag == PARAGRAPH:
            if text := text_of(child):
                yield ParagraphSpot("", f"第 {next(numbers)} 段", child, text)
        elif child.tag == TABLE:
            table = next(tables)
            for row, line in enumerate(child.iter(_ROW), 1):
                for one in line.iter(PARAGRAPH):
                    yield ParagraphSpot("", f"第 {table} 张表第 {row} 行", one, text_of(one))
        else:
            yield from _inside(child, numbers, tables)
