"""The paragraphs of a Word file, each with its place in words, so that a person finds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from toolkit.report.word.tables_read import PARAGRAPH, TABLE, Element, seen_texts, text_of, walked
from toolkit.report.word.template import W

TEXT: Final = f"{{{W}}}t"
_PRESERVE: Final = "{http://www.w3.org/XML/1998/namespace}space"
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
    numbers, tables = count(1), count(1)
    for one in walked(document):
        if one.tag == TABLE:
            place = f"第 {next(tables)} 张表第 {{}} 行"
            lines = enumerate(one.iter(_ROW), 1)
            yield from (_spot(place.format(row), p) for row, line in lines for p in line.iter(PARAGRAPH))
        elif text_of(one):
            yield _spot(f"第 {next(numbers)} 段", one)
    for number, relation in sorted(document.part.rels.items()):
        name = _MARGINS.get(relation.reltype.rpartition("/")[2])
        if name and not relation.is_external:
            yield from (_spot(name, one, number) for one in relation.target_part.element.iter(PARAGRAPH))


def _spot(where: str, one: Element, part: str = "") -> ParagraphSpot:
    return ParagraphSpot(part, where, one, text_of(one))


def cut_runs(paragraph: Element, start: int, end: int) -> list[Element]:
    """The runs that hold a stretch of the seen text and nothing else; those at its ends are cut."""
    _cut_run(paragraph, end)
    _cut_run(paragraph, start)
    out: dict[Element, None] = {}
    at = 0
    for text, node in seen_texts(paragraph):
        if start <= at < end and node.tag == TEXT:
            out[node.getparent()] = None
        at += len(text)
    return list(out)


def rewritten(runs: Sequence[Element], text: str) -> Element:
    """Write a text in the place of runs: the first keeps its looks and is given back, the others go."""
    for run in runs[1:]:
        run.getparent().remove(run)
    runs[0].text = text
    return runs[0]


def _cut_run(paragraph: Element, at: int) -> None:
    """Let a run begin at a place of the text."""
    start = 0
    for text, node in list(seen_texts(paragraph)):
        if start <= at < start + len(text) and node.tag == TEXT:
            run = node.getparent()
            tail = deepcopy(run)
            index = run.index(node)
            later = tail[index]
            for one in [*run[index + 1 :], *(one for one in tail[:index] if one.tag != f"{{{W}}}rPr")]:
                one.getparent().remove(one)
            node.text, later.text = text[: at - start], text[at - start :]
            for one in (node, later):
                one.set(_PRESERVE, "preserve")
            run.addnext(tail)
            return
        start += len(text)
