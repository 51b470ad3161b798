"""Reads a report's .docx again: its texts and tables in order, styles that are missing."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import docx

from toolkit.errors import WordFileError
from toolkit.report.word.gate import UNREADABLE
from toolkit.report.word.paragraphs import paragraph_spots
from toolkit.report.word.styles import W
from toolkit.report.word.tables_read import PARAGRAPH, TABLE, Element, text_of

_STYLED: Final = ("pStyle", "rStyle")
_CONTAINERS: Final = frozenset({f"{{{W}}}sdt", f"{{{W}}}sdtContent"})


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
    except UNREADABLE as error:
        raise WordFileError("打不开：它不是 .docx 文件，或者已经损坏。") from error


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """Walk the elements of a kind, also those within content controls."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _CONTAINERS:
            yield from _inside(child, tag)
