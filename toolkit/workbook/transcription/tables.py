"""A file of any kind as plain tables: the values that are seen, each with its place, and nothing of what it means."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from toolkit.forms.layout import address
from toolkit.io.workers import apart
from toolkit.model.codes import Code
from toolkit.model.flat import CellValue, FlatStyle
from toolkit.workbook.intake.archive import directory, unpack
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.xml import coordinates, require_bounded, tree

#: What a workbook embeds or leads to is not followed: sheets that were copied into another one have such links.
_PARDONED = frozenset({Code.FILE_26, Code.FILE_27, Code.FILE_28})
_ZIP, _OLD = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Cells of a file; nobody fills in more.
MOST_CELLS = 50_000
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


class PlainCell(NamedTuple):
    """A value as it is seen, never a formula, where it stands in words, and the style of its number where known."""

    value: CellValue
    place: str
    style: FlatStyle = FlatStyle()


class PlainTable(NamedTuple):
    """The cells that hold something, by row and column from 1; of merged ones the first."""

    name: str
    cells: Mapping[tuple[int, int], PlainCell]


def plain_tables(data: bytes) -> Iterator[PlainTable]:
    """The sheets that are seen of an .xlsx, .xls or .ods, or the columns of a text file; Refused beyond the limits.

    They are read in a process of their own, which some cells make the library end; then there are none.
    """
    yield from apart(_tables, data)


def _tables(data: bytes) -> Iterator[PlainTable]:
    if data.startswith(_OLD) or (data.startswith(_ZIP) and _is_open_document(data)):
        yield from _calamine_tables(data)
    elif data.startswith(_ZIP):
        flat = read(admit_bytes(data, _PARDONED))
        for sheet in (one for one in flat.sheets.values() if not one.hidden):
            cells = {
                coordinates(at)[::-1]: PlainCell(cell.value, f"{sheet.name}!{at}", flat.styles[cell.style])
                for at, cell in sheet.cells.items()
                if cell.value not in (None, "")
            }
            yield PlainTable(sheet.name, cells)
    elif b"\0" not in data:
        text = data.decode("gb18030", "replace")
        with suppress(UnicodeDecodeError):
            text = data.decode("utf-8-sig")
        separator = max(",\t;", key=text.count)
        yield PlainTable("", _cells("", csv.reader(io.StringIO(text, newline=""), delimiter=separator)))


def _is_open_document(data: bytes) -> bool:
    """Whether it is an .ods in which no cell stands for more than anybody fills in."""
    parts = unpack(data, directory(data))
    require_bounded([parts.get("content.xml", b"")])
    filled = 0
    for row in tree(parts["content.xml"]).iter(f"{_TABLE}table-row") if "mimetype" in parts else ():
        columns = sum(int(one.get(f"{_TABLE}number-columns-repeated", "1")) for one in row if len(one))
        filled += int(row.get(f"{_TABLE}number-rows-repeated", "1")) * columns
    return "mimetype" in parts and filled <= MOST_CELLS


def _calamine_tables(data: bytes) -> Iterator[PlainTable]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415 - rarely needed

    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # a library that gives up says so, in words for nobody here
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for number, told in enumerate(book.sheets_metadata):
        sheet = book.get_sheet_by_index(number)
        if told.visible == SheetVisibleEnum.Visible and sheet.total_height * sheet.total_width <= MOST_CELLS:
            yield PlainTable(told.name, _cells(f"{told.name}!", sheet.to_python(skip_empty_area=False)))


def _cells(sheet: str, rows: Iterable[Iterable[object]]) -> dict[tuple[int, int], PlainCell]:
    """Values by row and column; what is neither number nor truth value is a text."""
    return {
        (row + 1, col + 1): PlainCell(one if isinstance(one, bool | float) else str(one), sheet + address(row, col))
        for row, line in enumerate(rows)
        for col, one in enumerate(line)
        if one not in (None, "")
    }
