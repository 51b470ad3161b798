"""What stands in a Word file: its paragraphs, each with its place in words, so that a person finds it; a form's tables.

Tables are found by their wording, and their cells paired with the form's by order in the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count
from typing import Any, Final

from toolkit.model.grid import BREAK, Grid, GridCell
from toolkit.report.document.layout import covering
from toolkit.report.word.template import W

#: An element of the tree that python-docx holds.
Element = Any

PARAGRAPH: Final = f"{{{W}}}p"
TABLE: Final = f"{{{W}}}tbl"
TEXT: Final = f"{{{W}}}t"
_ROW: Final = f"{{{W}}}tr"
_PRESERVE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_MARGINS: Final = {"header": "页眉", "footer": "页脚"}
_SHOWN: Final = 30
_MARKS: Final = {f"{{{W}}}br": "\n", f"{{{W}}}cr": "\n", f"{{{W}}}tab": "\t", f"{{{W}}}noBreakHyphen": "-"}
#: What a reader of the page does not see: what was struck out or moved away, the second form of a drawing.
_UNSEEN: Final = frozenset(f"{{{W}}}{name}" for name in ("del", "moveFrom", "pPr")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_FIGURE: Final = re.compile(r"[\d.,，．＋+－-]+")
#: Which share of a form's labels a table must bear to be taken for it.
_ENOUGH: Final = 0.5


@dataclass(frozen=True, slots=True)
class WordCell:
    """A cell of a Word table and the form's cell it stands for; ``first`` unless merged into the one above."""

    element: Element
    cell: GridCell
    first: bool

    @property
    def is_label(self) -> bool:
        """Whether the form's words stand here."""
        return self.first and self.cell.kind != "number"

    @property
    def agrees(self) -> bool:
        """Whether the label is the form's."""
        return squeezed(text_of(self.element)) == squeezed(self.cell.text)


def text_of(element: Element) -> str:
    """Read the text of a paragraph or a cell as it is seen; each further paragraph of a cell begins a line."""
    return "".join(text for text, _ in seen_texts(element)).strip()


def seen_texts(element: Element) -> Iterator[tuple[str, Element]]:
    """The texts in order as they are seen, each with the element that holds it."""
    for child in element:
        if child.tag in _UNSEEN:
            continue
        if child.tag == TEXT:
            yield child.text or "", child
        elif child.tag in _MARKS:
            yield _MARKS[child.tag], child
        else:
            if child.tag == PARAGRAPH:
                yield "\n", child
            yield from seen_texts(child)


def walked(document: Any) -> Iterator[Element]:  # noqa: ANN401 - python-docx has no types
    """The paragraphs and tables of the body in order, also those within content controls."""
    yield from _outermost(document.element.body)


def _outermost(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag in {PARAGRAPH, TABLE}:
            yield child
        elif child.tag not in _UNSEEN:
            yield from _outermost(child)


def squeezed(text: str) -> str:
    """Take all white space and break hints out, for comparing."""
    return "".join(text.split()).replace(BREAK, "")


def paired_cells(table: Element, grid: Grid) -> Iterator[tuple[int, tuple[WordCell, ...] | None]]:
    """Pair cells row by row by their order, for an editor's save adds grid columns of its own.

    A row with another number of cells than the form's comes with None; a row that is not there does not come.
    """
    for row, line in paired(table, grid)[0]:
        cells = covering(grid, row)
        if len(cells) != len(line.tc_lst):
            yield row, None
            continue
        yield row, tuple(WordCell(tc, cell, cell.row == row) for tc, cell in zip(line.tc_lst, cells, strict=True))


def paired(table: Element, grid: Grid) -> tuple[list[tuple[int, Element]], list[int], list[Element]]:
    """Pair rows by their labels: the pairs, the form's rows that are gone, and the rows that are none of the form's."""
    lines = list(table.tr_lst)
    wanted = [frozenset(squeezed(c.text) for c in row if c.kind != "number" and c.text) for row in grid.rows]
    found = [_labels(line) for line in lines]
    pairs: list[tuple[int, Element]] = []
    gone: list[int] = []
    more: list[Element] = []
    for _, first, last, start, end in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
        pairs += zip(range(first, last), lines[start:end], strict=False)
        gone += range(first + (end - start), last)
        more += lines[start + (last - first) : end]
    return pairs, gone, more


def _labels(line: Element) -> frozenset[str]:
    texts = (squeezed(text_of(cell)) for cell in line.tc_lst)
    return frozenset(text for text in texts if text and not _FIGURE.fullmatch(text))


def matched(tables: Iterable[Element], grids: Sequence[Grid]) -> list[Element | None]:
    """Find each form's Word table by its wording, in order; other tables (a cover, a signature) are passed over."""
    left = list(tables)
    out: list[Element | None] = []
    for grid in grids:
        scores = [_likeness(table, grid) for table in left]
        best = max(scores, default=0.0)
        out.append(left.pop(scores.index(best)) if best >= _ENOUGH else None)
    return out


def _likeness(table: Element, grid: Grid) -> float:
    """Measure which share of a form's labels a Word table bears in place."""
    wanted = sum(cell.kind != "number" for cell in grid.cells)
    found = sum(place.agrees for _, row in paired_cells(table, grid) for place in row or () if place.is_label)
    return found / wanted if wanted else float(len(table.tr_lst) == grid.nrows)


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
