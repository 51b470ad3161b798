"""What people make of a form before they send it: sheets copied out, tables in a letter, another program's file."""

from __future__ import annotations

import csv
import io
import random
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import docx
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from factories.office import _profile, soffice
from factories.workbooks import form, values, written
from toolkit.instrument.instrument import Instrument
from toolkit.workbook.proposals import Proposal
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.transcription.match import transcribe
from toolkit.workbook.transcription.tables import plain_tables

Change = Callable[[openpyxl.Workbook], Any]
REQUESTS = "申请情况"


class Read(NamedTuple):
    """What came out of a file."""

    read: list[Proposal]
    unread: list[str]


@cache
def due_figures(seed: int = 1) -> Mapping[str, Decimal]:
    """A figure for every cell that is filled in, no two alike: a misplaced one is always seen."""
    names = [name for name in form().names if name not in form().rules.formulas]
    return dict(zip(names, map(Decimal, random.Random(seed).sample(range(1, 5000), len(names))), strict=True))  # noqa: S311 - a sample


def filled_book(unit: str = "云岭区教育局", period: str = "2025", **more: str) -> bytes:
    """A workbook of ours with those figures."""
    told = {"cover.contact": "陈晓岚", "cover.phone": "0513-8888888", **more}
    return written(form(), Prefill(unit=unit, period=period, values={**values(), **due_figures(), **told}))


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def copied(data: bytes, change: Change | None = None, *, merged: bool = True, prefix: str = "") -> bytes:
    """The sheets of a workbook copied as values into a new one; without ``merged`` all areas fall apart."""
    new = openpyxl.Workbook()
    new.remove(new.worksheets[0])
    for name, (held, areas) in _sheets(data).items():
        sheet = new.create_sheet(f"{prefix}{len(new.sheetnames) + 1}" if prefix else name)
        for place, value in held.items():
            sheet[place].value = value
        for area in areas if merged else ():
            sheet.merge_cells(area)
    if change:
        change(new)
    return saved(new)


@cache
def _sheets(data: bytes) -> Mapping[str, tuple[Mapping[str, Any], Sequence[str]]]:
    """By sheet the values of its cells, and its merged areas."""
    held = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    names = ("封面", "主动公开", REQUESTS, "复议诉讼", "总体情况", "问题与改进", "其他事项")
    return {
        name: (
            {cell.coordinate: cell.value for row in held[name].iter_rows() for cell in row if cell.value is not None},
            [str(area) for area in held[name].merged_cells.ranges],
        )
        for name in names
    }


def on_one_sheet(data: bytes) -> bytes:
    """All tables below each other on one sheet."""
    held, new = openpyxl.load_workbook(io.BytesIO(data), data_only=True), openpyxl.Workbook()
    sheet: Worksheet = new.worksheets[0]
    top = 0
    for name in ("主动公开", REQUESTS, "复议诉讼"):
        for row in held[name].iter_rows():
            for cell in row:
                if cell.value is not None and cell.column is not None and cell.row is not None:
                    sheet.cell(top + cell.row, cell.column).value = cell.value
        top = sheet.max_row + 2
    return saved(new)


def letter(held: Mapping[str, Decimal], *tables: str) -> bytes:
    """The printed tables in a .docx, cells merged as they are printed, with a table of something else before them."""
    document = docx.Document()
    document.add_paragraph("云岭区教育局2025年政府信息公开情况")
    document.add_table(1, 2).cell(0, 0).text = "联系人"
    for table in tables or tuple(form().layout.grids):
        grid = form().layout.grids[table]
        made = document.add_table(grid.nrows, grid.ncols)
        for cell in grid.cells:
            last = made.cell(cell.row + cell.rows - 1, cell.col + cell.cols - 1)
            made.cell(cell.row, cell.col).merge(last).text = str(held.get(cell.variable, "")) or cell.plain
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_csv(data: bytes, sheet: str = REQUESTS, encoding: str = "gb18030") -> bytes:
    """One sheet saved as text."""
    out = io.StringIO()
    held = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[sheet]
    csv.writer(out).writerows([["" if v is None else v for v in row] for row in held.iter_rows(values_only=True)])
    return out.getvalue().encode(encoding)


def converted(data: bytes, kind: str) -> bytes:
    """Opened and saved by LibreOffice in another format: ``xls``, ``ods``."""
    folder = Path(tempfile.mkdtemp(prefix="converted-"))
    (folder / "a.xlsx").write_bytes(data)
    done: subprocess.CompletedProcess[str] = soffice(
        ["--convert-to", kind, "--outdir", str(folder), str(folder / "a.xlsx")], _profile(calculate=False)
    )
    assert (folder / f"a.{kind}").is_file(), done.stderr
    return (folder / f"a.{kind}").read_bytes()


def read_out(data: bytes, instrument: Instrument | None = None) -> Read:
    """What can be read out of a file that is no .docx."""
    return Read(*transcribe(list(plain_tables(data)), instrument or form()))


def compared(found: Read) -> tuple[int, int]:
    """How many figures were read, and how many of them are others than those that were filled in."""
    read = {one.variable: one.value for one in found.read if one.variable in due_figures()}
    return len(read), sum(due_figures()[name] != value for name, value in read.items())
