"""The cells of a roster's file as texts: .xlsx through the gate, or CSV in the encodings that Excel writes."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace

from toolkit.collection.archives import decoded
from toolkit.collection.roster.roster import RosterError
from toolkit.model.codes import Code
from toolkit.model.flat import CellError, FlatCell, FlatSheet, FlatStyle
from toolkit.text import cell_text, shortened
from toolkit.workbook.intake.gate import MAX_FILE, admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.refusals import Refused, remedy_for_roster
from toolkit.workbook.intake.structure import identify
from toolkit.workbook.intake.xml import coordinates

_SEPARATORS = ",;\t"
_PROBED = 10
_EXACT = 10**15
_BRACKETED = re.compile(r'\[[^\[\]]*\]|"[^"]*"|\\.')
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
#: Control characters, marks that turn the direction of a line, halves of characters, and what stands for a lost one.
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd-\uffff]")


@dataclass(frozen=True, slots=True)
class TextGrid:
    """A sheet: texts by row (from 1) and column (from 0), and what is wrong with a cell by its row and column."""

    name: str = ""
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)

    def put(self, row: int, col: int, text: str, fault: str = "") -> None:
        """Keep a cell, cleaned of what nobody sees."""
        whole = " ".join(text.translate(_INVISIBLE).split())
        if whole or fault:
            self.rows.setdefault(row, {})[col] = whole
        if _BAD.search(text.replace("\ufeff", "")):
            fault = "有控制字符或乱码。请重新输入这一格"
        if fault:
            self.faults[row, col] = fault


def text_grids(data: bytes, filename: str) -> list[TextGrid]:
    """The sheets that have content; of a text file the one there is. RosterError where the file cannot be read."""
    try:
        # What is no workbook is told by its beginning, and may be longer than one.
        flat = read(admit_bytes(data if data.startswith(b"PK") else data[:MAX_FILE]))
    except Refused as refused:
        if refused.code == Code.FILE_13:
            return [_text_grid(_decoded(data, filename), filename)]
        raise RosterError(filename, [f"{refused.message}。{remedy_for_roster(refused)}"]) from None
    if identify(flat) is not None:
        raise RosterError(filename, ["这是一份下发或报送的报表，不是名册。请换成单位名册"])
    made = [_sheet_grid(sheet, flat.styles) for sheet in flat.sheets.values() if not sheet.hidden]
    return [grid for grid in made if grid.rows]


def _sheet_grid(sheet: FlatSheet, styles: tuple[FlatStyle, ...]) -> TextGrid:
    grid = TextGrid(sheet.name)
    for address, cell in sheet.cells.items():
        if cell.value is not None or cell.formula is not None:
            column, row = coordinates(address)
            grid.put(row, column - 1, *_text(cell, styles[cell.style].number_format))
    return replace(grid, rows={row: dict(sorted(cells.items())) for row, cells in sorted(grid.rows.items())})


def _text(cell: FlatCell, shape: str) -> tuple[str, str]:
    """The text that a cell shows, and what is wrong with it."""
    match cell.value:
        case None:
            return "", "是公式，文件里没有它的结果。请选择性粘贴为数值"
        case CellError(code):
            return shortened(code), f"是错误值 {shortened(code)}。请改正"
        case bool():
            return cell_text(cell.value), ""
        case str():
            return cell.value, ""
    if re.search("[ymdhs]", _BRACKETED.sub("", shape), re.IGNORECASE) and shape != "General":
        return cell_text(cell.value), "被表格软件当成了日期或时间。请把这一列设为文本格式，再重新输入"
    return _number(cell.value, shape)


def _number(value: float, shape: str) -> tuple[str, str]:
    """A number as typed: 1 and not 1.0; with the zeros before it where the format shows them."""
    if value != int(value):
        return cell_text(value), ""
    fault = "数字太长，表格软件只保留 15 位，后面的已经丢失。请设为文本格式，再重新输入" if abs(value) >= _EXACT else ""
    return str(int(value)).zfill(len(shape) if set(shape) == {"0"} else 0), fault


def _decoded(data: bytes, filename: str) -> str:
    """The text of a file as Excel, WPS or an editor saves it in China."""
    with suppress(UnicodeDecodeError):
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        found = data.decode("utf-16") if wide else decoded(data)
        if found is not None:
            return found.removeprefix("\ufeff")
    raise RosterError(filename, ["文字的编码认不出来（不是 UTF-8，也不是 GB18030）。请用表格软件另存为 .xlsx 后重试"])


def _text_grid(text: str, filename: str) -> TextGrid:
    grid, number, head = TextGrid(), 0, "".join(text.splitlines(keepends=True)[:_PROBED])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=head.count), strict=True)
    try:
        for number, row in enumerate(rows, start=1):
            for col, cell in enumerate(row):
                grid.put(number, col, cell)
    except csv.Error:
        told = f"第 {number + 1} 行起的引号没有成对，或者一格太长。请用表格软件打开，另存为 .xlsx 后重试"
        raise RosterError(filename, [told]) from None
    return grid
