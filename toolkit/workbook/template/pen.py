"""Writes workbooks through xlsxwriter: sheets, styles, formulas; the same bytes for the same content."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.errors import ToolkitError
from toolkit.forms.layout import TALLEST
from toolkit.io.package import zipped
from toolkit.text import lines_taken

_LINE, _PADDING, _LOWEST = 15.0, 6.0, 24.0


def height(text: str, room: float) -> float:
    """Give the row height in points that shows a text in a cell ``room`` characters wide."""
    return min(TALLEST, max(_LOWEST, _LINE * lines_taken(text, room) + _PADDING))


#: The longest text Excel keeps in a cell.
LONGEST_TEXT = 32_767
_LONGEST_BANNER = 240
_FIXED_HEIGHT = '(<row r="(?:{})"[^>]*?) customHeight="1"'
_BOOK, _ABOUT = "xl/workbook.xml", "docProps/app.xml"
#: A list of all sheets and names that every program makes anew.
_CONTENTS = re.compile(rb"<HeadingPairs>.*</TitlesOfParts>", re.DOTALL)
_MADE = datetime(2021, 1, 1, tzinfo=UTC)
_LOCK = b'<workbookProtection lockStructure="1"/>'
_PROTECTION = {"format_cells": True, "format_rows": True, "format_columns": True, "select_locked_cells": True}

_LOOKS = tomllib.loads(Path(__file__).with_name("styles.toml").read_text(encoding="utf-8"))
_COLOURS: Mapping[str, str] = _LOOKS["colours"]
INPUT, GREY, HEADING, PROPOSAL = (_COLOURS[name] for name in ("input", "grey", "heading", "proposal"))
GOOD, BAD, ASK, EMPTY_FILL = (_COLOURS[name] for name in ("good", "bad", "ask", "empty"))
_OPEN = {name: _LOOKS["all"] | own for name, own in _LOOKS["open"].items()}
_FRAMED = {name: _LOOKS["all"] | _LOOKS["frame"] | own for name, own in _LOOKS["framed"].items()}
STYLES: Mapping[str, Mapping[str, object]] = {
    name: look | {"bg_color": _COLOURS[look["bg_color"]]} if "bg_color" in look else look
    for name, look in (_OPEN | _FRAMED).items()
}


class StyledCell(NamedTuple):
    """What is written into a cell, or a merged area, in a style of the palette.

    Of a formula ``value`` is the result until somebody calculates it; an ``array`` computes over areas. ``link`` leads
    inside the workbook (``internal:申请情况!D7``), and ``tip`` says where to.
    """

    value: str | Decimal | float | None
    style: str
    formula: str = ""
    link: str = ""
    tip: str = ""
    rows: int = 1
    cols: int = 1
    array: bool = False


@dataclass
class Pen:
    """An open workbook. ``page`` begins a sheet; ``finish`` gives the file's bytes. ``long``: with long sheets."""

    title: str
    author: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    long: bool = False

    def __post_init__(self) -> None:
        """Open it: no text is ever taken for a formula, a number or an address."""
        import xlsxwriter  # noqa: PLC0415 - takes long, and who only reads the layout of a workbook writes none

        self._buffer = io.BytesIO()
        taken = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self.book: Any = xlsxwriter.Workbook(self._buffer, {"in_memory": not self.long, **taken})
        self.book.set_properties({"title": self.title, "author": self.author, "created": _MADE})
        self.book.set_size(1280, 680)
        self.book.set_tab_ratio(80)
        for name, value in self.properties.items():
            self.book.set_custom_property(name, value, "text")
        self._formats: dict[str, Any] = {}
        self.growing: dict[str, set[int]] = {}

    def style(self, name: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A format of the palette; for a colour (``#FBD9D7``) one that only colours."""
        if name not in self._formats:
            look = {"bg_color": name} if name.startswith("#") else STYLES[name]
            self._formats[name] = self.book.add_format(look)
        return self._formats[name]

    def page(self, name: str, *, long: bool = False) -> Page:
        """The sheet of that name; a new one where there is none. A ``long`` one has to be written row by row."""
        self.book.constant_memory = long
        page = Page(self, self.book.get_worksheet_by_name(name) or self.book.add_worksheet(name))
        self.book.constant_memory = False
        return page

    def name(self, name: str, reference: str) -> None:
        """A defined name; ``reference`` has no ``$``: ``申请情况!D7``."""
        sheet, _, cell = reference.rpartition("!")
        letters = cell.rstrip("0123456789")
        self.book.define_name(name, f"={sheet}!${letters}${cell[len(letters) :]}")

    def finish(self, *, lock_structure: bool = True) -> bytes:
        """Close it and give its bytes, the same for the same content."""
        self.book.close()
        with zipfile.ZipFile(self._buffer) as made:
            changed = {_ABOUT: _CONTENTS.sub(b"", made.read(_ABOUT))}
            if lock_structure:
                changed[_BOOK] = made.read(_BOOK).replace(b"<bookViews>", _LOCK + b"<bookViews>", 1)
            for sheet, rows in self.growing.items():
                part = f"xl/worksheets/sheet{self.book.get_worksheet_by_name(sheet).index + 1}.xml"
                free = "|".join(str(row + 1) for row in sorted(rows))
                changed[part] = re.sub(_FIXED_HEIGHT.format(free).encode(), rb"\1", made.read(part))
            return zipped((name, changed.get(name) or made.open(name)) for name in made.namelist())


@dataclass
class Page:
    """A sheet being written."""

    pen: Pen
    sheet: Any

    def put(self, row: int, col: int, cell: StyledCell) -> None:
        """Write a cell, or a merged area; a text stays a text whatever it begins with."""
        sheet, look, code = self.sheet, self.pen.style(cell.style), None
        value = cell.value if cell.value is None or isinstance(cell.value, str) else whole_where_whole(cell.value)
        if cell.rows > 1 or cell.cols > 1:
            sheet.merge_range(row, col, row + cell.rows - 1, col + cell.cols - 1, "", look)
        if cell.link:
            text = "" if cell.formula else _shown(str(value))
            self._checked(sheet.write_url(row, col, cell.link, look, text, cell.tip))
        if cell.array:
            code = sheet.write_array_formula(row, col, row, col, f"{{={cell.formula}}}", look, value or "")
        elif cell.formula:
            code = sheet.write_formula(row, col, f"={cell.formula}", look, "" if value is None else value)
        elif value is None:
            sheet.write_blank(row, col, None, look)
        elif isinstance(value, str):
            code = None if cell.link else sheet.write_string(row, col, _shown(value), look)
        else:
            code = sheet.write_number(row, col, value, look)
        self._checked(code)

    def line(self, row: int, cells: Iterable[StyledCell]) -> None:
        """Write cells beside each other, from the first column."""
        col = 0
        for cell in cells:
            self.put(row, col, cell)
            col += cell.cols

    def widths(self, widths: Mapping[int, float]) -> None:
        """Column widths in characters."""
        for col, width in widths.items():
            self.sheet.set_column(col, col, width)

    def warn(self, row: int, col: int, last_row: int, last_col: int, formula: str) -> None:
        """Colour the cells of an area as wrong where the formula, written for the first of them, is true."""
        rule = {"type": "formula", "criteria": formula, "format": self.pen.style(BAD)}
        self.sheet.conditional_format(row, col, last_row, last_col, rule)

    def height(self, row: int, points: float, *, grows: bool = False) -> None:
        """A row's height; one that grows has it until somebody types in it."""
        self.sheet.set_row(row, points)
        if grows:
            self.pen.growing.setdefault(self.sheet.name, set()).add(row)

    def protect(self) -> None:
        """Lock what is locked; a typing aid without password, never a control."""
        self.sheet.protect("", _PROTECTION)

    def paper(self, *, landscape: bool = False, repeat: tuple[int, int] | None = None) -> None:
        """A4, one page wide, with page numbers."""
        self.sheet.set_paper(9)
        if landscape:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        self.sheet.set_footer("&C第 &P 页，共 &N 页")
        self.sheet.center_horizontally()
        if repeat:
            self.sheet.repeat_rows(*repeat)

    def banner(self, text: str) -> None:
        """Print a line at the head of every page."""
        self.sheet.set_header("&C&9 " + text.replace("&", "&&")[:_LONGEST_BANNER])

    @staticmethod
    def _checked(code: int | None) -> None:
        if code:
            raise ToolkitError(f"写工作簿时出错（代码 {code}）。")


def _shown(text: str) -> str:
    """Make a text fit for a cell: not too long, and nothing (half a file name's character) that no file can hold."""
    whole = text.encode(errors="replace").decode()
    return whole if len(whole) <= LONGEST_TEXT else whole[: LONGEST_TEXT - 10] + "……（未完）"


def whole_where_whole(number: Decimal | float) -> int | float:
    """A whole number as an int, so that the file holds ``3`` and not ``3.0``."""
    return int(number) if number == int(number) else float(number)
