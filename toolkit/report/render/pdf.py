"""A report as PDF/A by Typst. A machine without a single Chinese font still makes it: one comes as a package."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any, Final

from toolkit.errors import FormatMissingError, ReportError
from toolkit.model.grid import BREAK
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.blocks import Block, Document, Paragraph, Picture, Section, TableBlock
from toolkit.report.document.layout import (
    heading_rows,
    printed_on,
    printed_widths,
    shown_caption,
    stands_left,
    tidied,
    wording,
)

#: Archival, tagged, all text extractable: the standard under which a missing glyph is an error and not a blank box.
_STANDARD: Final = "a-2a"
_MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed|contains the codepoint `"(.+?)"`')
_CODEPOINT: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
#: Latin text without a blank that is longer than this may break anywhere, else it would run off the page.
_UNBROKEN: Final = re.compile(r"[!-~]{24,}")
_STEP: Final = re.compile(r"(?<=[/?&=._,;:-])(?=\w)|(?<=\w{20})(?=\w)")
_AROUND: Final = 10
#: So many names at the head of a face's stack are the office's own font.
_OWN: Final = 2
_lock: Final = Lock()
_LACKING: Final = (
    "PDF 没有写出：这里没有{}。请用 Word 或 WPS 把 .docx 另存为 PDF；用 pip 安装的，也可以运行 pip install {} 再写。"
)


def render_pdf(document: Document, *, system_fonts: bool = True) -> bytes:
    """Print a report as PDF/A-2a; without ``system_fonts`` it is the same file on every machine.

    ReportError names the characters that no font has; FormatMissingError tells what to install.
    """
    typst = _typst()
    if _home() != os.getpid():
        raise RuntimeError("Typst's threads do not survive a fork and it would wait for ever: start processes by spawn")
    document = tidied(document)
    data = json.dumps(_data(document), ensure_ascii=False)
    source = (Path(__file__).with_name("templates") / "report.typ").read_bytes()
    try:
        with _lock:
            made: Any = _compiler(*_fonts(), system_fonts=system_fonts).compile(
                input=source,
                format="pdf",
                sys_inputs={"report": data},
                pdf_standards=[_STANDARD],
                timestamp=int(printed_on(document).timestamp()),
            )
    except typst.TypstError as error:
        if _MISSING.search(str(error.diagnostic)) and not _fonts():
            lacking = _LACKING.format("中文字体，随程序来的字体包也不在", "pylopdf-fonts-zh-cn")
            raise FormatMissingError(lacking) from error
        raise ReportError(_explain(str(error.diagnostic), document)) from error
    return bytes(made)


def _typst() -> Any:  # noqa: ANN401 - a module, looked for when it is needed: without it the other formats are made
    try:
        import typst  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise FormatMissingError(_LACKING.format("装排版库 typst，或者装得不完整", "typst")) from error
    return typst


def _fonts() -> list[Path]:
    """The folder of the fonts that come as a package; none where it is not installed."""
    try:
        import pylopdf_fonts_zh_cn  # noqa: PLC0415 - fonts of the machine may do as well
    except (ImportError, OSError):
        return []
    return [pylopdf_fonts_zh_cn.serif_path().parent]


@cache
def _home() -> int:
    """Remember the process that first printed."""
    return os.getpid()


@cache
def _compiler(*fonts: Path, system_fonts: bool) -> Any:  # noqa: ANN401
    """Keep a compiler: it has read the fonts, and sets a further report in a third of the time."""
    return _typst().Compiler(font_paths=list(fonts), ignore_system_fonts=not system_fonts)


@cache
def stand_ins() -> dict[str, str]:
    """Fonts of an official document that this machine lacks, each with the family that stands in for it."""
    families = {name.casefold(): name for name in _typst().Fonts(font_paths=_fonts()).families()}
    out: dict[str, str] = {}
    for face in gb.FACES.values():
        own = {face.office, face.alternative, *face.stack[:_OWN]}
        found = next((families[name.casefold()] for name in face.stack if name.casefold() in families), "")
        if found not in own:
            out[face.office] = found
    return out


def _data(document: Document) -> dict[str, Any]:
    language, _, region = document.language.partition("-")
    return {
        "language": language,
        "region": region or None,
        "title": document.title,
        "unit": document.unit,
        "banner": document.banner,
        "parts": [
            {"heading": one.heading, "blocks": [_block(one, block) for block in one.blocks]} for one in document.parts
        ],
        "fonts": {name: face.stack for name, face in gb.FACES.items()},
    }


def _block(section: Section, block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        pieces = [(_UNBROKEN.sub(lambda run: _STEP.sub(BREAK, run[0]), text), looks) for text, looks in block.pieces]
        return {"lead": block.lead, "pieces": pieces, "align": block.align}
    if isinstance(block, Picture):
        return {"picture": list(block.data), "alt": block.alt, "width": block.width, "align": block.align}
    widths = printed_widths(block.grid, gb.TEXT_WIDTH_MM)
    return {"caption": shown_caption(section.heading, block.grid), "widths": widths, "runs": [*_runs(block)]}


def _runs(block: TableBlock) -> Iterator[dict[str, Any]]:
    """The rows of a table by turns: those that head others, where no cell of theirs reaches below, and the others."""
    grid = block.grid
    for heads, rows in groupby(range(grid.nrows), key=heading_rows(grid).__contains__):
        run = [*rows]
        own = [cell for cell in grid.cells if cell.row in run]
        yield {
            "heads": heads and all(cell.row + cell.rows <= run[-1] + 1 for cell in own),
            "repeat": run[0] < grid.head_rows,
            "cells": [
                {**asdict(cell), "left": stands_left(grid, cell), "lines": block.printed(cell).split(BREAK)}
                for cell in own
            ],
        }


def _explain(diagnostic: str, document: Document) -> str:
    named = "".join(found[1] or found[2] for found in _MISSING.finditer(diagnostic))
    missing = dict.fromkeys(_CODEPOINT.sub(lambda found: chr(int(found[1], 16)), named))
    if not missing:
        return f"PDF 没有做成，排版程序说：{diagnostic.strip()}"
    shown = "；".join(_place(character, document) for character in missing)
    return f"PDF 没有做成：本机没有能显示这些字的字体：{shown}。请改用别的字，或者安装含有这些字的字体后重试。"


def _place(character: str, document: Document) -> str:
    texts = [*wording(document)]
    for table in document.tables:
        texts += [table.grid.caption, *(cell.plain for cell in table.grid.cells), *table.values.values()]
    text = next((text for text in texts if character in text), "")
    at = text.find(character)
    near = f"，见“{text[max(0, at - _AROUND) : at + _AROUND + 1]}”" if text else ""
    return f"“{character}”（U+{ord(character):04X}{near}）"
