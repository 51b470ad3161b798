"""Reads a report's .docx again: its numbers by variable, its texts in order, styles that are missing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from toolkit.errors import WordFileError
from toolkit.model.grid import Grid
from toolkit.report.word.paragraphs import paragraph_spots
from toolkit.report.word.styles import W
from toolkit.report.word.tables_read import PARAGRAPH, TABLE, Element, matched, paired_cells, text_of

_UNREADABLE: Final = (OpcError, zipfile.BadZipFile, etree.LxmlError, LookupError, ValueError, AttributeError, OSError)
_STYLED: Final = ("pStyle", "rStyle")
_CONTAINERS: Final = frozenset({f"{{{W}}}sdt", f"{{{W}}}sdtContent"})


def read_docx(data: bytes, tables: Sequence[Grid]) -> dict[str, str]:
    """Read the number cells of the forms' tables: the text by variable.

    Variables of a table that is not there, and of a row whose cells are not the form's, are left out.
    """
    found = matched(_inside(_body(data), TABLE), tables)
    values: dict[str, str] = {}
    for grid, table in zip(tables, found, strict=True):
        for _, places in paired_cells(table, grid) if table is not None else ():
            for place in places or ():
                if place.cell.kind == "number" and place.first:
                    values[place.cell.variable] = text_of(place.element)
    return values


def text_of_docx(data: bytes) -> list[str]:
    """Read headings and paragraphs in order, without what stands in tables; empty ones are left out."""
    return [text for text in map(text_of, _inside(_body(data), PARAGRAPH)) if text]


def lost_styles(data: bytes) -> list[str]:
    """Paragraphs (a line each) whose style is not in the file: they would be printed in another one."""
    document = _opened(data)
    known = {style.style_id for style in document.styles}
    out = []
    for spot in paragraph_spots(document):
        used = {one.get(f"{{{W}}}val") for name in _STYLED for one in spot.element.iter(f"{{{W}}}{name}")}
        out += [f"{spot.named}：样式“{name}”不在文件里" for name in sorted(used - known)]
    return list(dict.fromkeys(out))


def contents(data: bytes) -> tuple[list[Element], dict[str, str]]:
    """Paragraphs and tables in order, and the names of the styles by their ids: an editor's save changes the ids.

    WordFileError where the file cannot be opened.
    """
    document = _opened(data)
    return list(_both(document.element.body)), _style_names(document)


def _style_names(document: Any) -> dict[str, str]:  # noqa: ANN401
    return {
        one.get(f"{{{W}}}styleId", ""): (
            name.get(f"{{{W}}}val", "") if (name := one.find(f"{{{W}}}name")) is not None else ""
        ).casefold()
        for one in document.styles.element.iter(f"{{{W}}}style")
    }


def style_of(paragraph: Element, names: Mapping[str, str]) -> str:
    """The name of a paragraph's style, folded; "" where it names none."""
    used = next(paragraph.iter(f"{{{W}}}pStyle"), None)
    return names.get(used.get(f"{{{W}}}val"), "") if used is not None else ""


def _both(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag in {PARAGRAPH, TABLE}:
            yield child
        elif child.tag in _CONTAINERS:
            yield from _both(child)


def _body(data: bytes) -> Element:
    return _opened(data).element.body


def _opened(data: bytes) -> Any:  # noqa: ANN401 - python-docx has no types
    try:
        return docx.Document(io.BytesIO(data))
    except _UNREADABLE as error:
        raise WordFileError("打不开：它不是 .docx 文件，或者已经损坏。") from error


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """Walk the elements of a kind, also those within content controls."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _CONTAINERS:
            yield from _inside(child, tag)
