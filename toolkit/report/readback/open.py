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
    return [text for one in _walked(_opened(data)) if one.tag == PARAGRAPH and (text := text_of(one))]


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
    names: dict[str, str] = {}
    for one in document.styles.element.iter(f"{{{W}}}style"):
        name = one.find(f"{{{W}}}name")
        names[one.get(f"{{{W}}}styleId", "")] = "" if name is None else name.get(f"{{{W}}}val", "").casefold()
    return list(_walked(document)), names


def style_of(paragraph: Element, names: Mapping[str, str]) -> str:
    """The name of a paragraph's style, folded; "" where it names none."""
    used = next(paragraph.iter(f"{{{W}}}pStyle"), None)
    return names.get(used.get(f"{{{W}}}val"), "") if used is not None else ""


def _walked(document: Any) -> Iterator[Element]:  # noqa: ANN401
    """Walk the paragraphs and tables of the body, also those within content controls."""
    waiting = [*document.element.body][::-1]
    while waiting:
        one = waiting.pop()
        if one.tag in {PARAGRAPH, TABLE}:
            yield one
        elif one.tag in _CONTAINERS:
            waiting += [*one][::-1]


def _opened(data: bytes) -> Any:  # noqa: ANN401 - python-docx has no types
    try:
        return docx.Document(io.BytesIO(data))
    except UNREADABLE as error:
        raise WordFileError("打不开：它不是 .docx 文件，或者已经损坏。") from error
