"""The unit's own workbook back: faulty cells coloured and commented, nothing of theirs corrected or lost.

The only module that knows openpyxl, which is given nothing the gate has not let in.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from toolkit.errors import ToolkitError
from toolkit.forms.layout import NOTICE, quoted_sheet
from toolkit.instrument.instrument import Instrument
from toolkit.io.package import Undated, zipped
from toolkit.model.finding import Severity
from toolkit.model.returns import Verdict
from toolkit.text import printable
from toolkit.workbook.annotation.marks import FindingLine, Mark, Marking, counted, depth, marking
from toolkit.workbook.annotation.save import results, settle
from toolkit.workbook.intake.gate import Refused, admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.xml import MAIN
from toolkit.workbook.template.cells import CellRole
from toolkit.workbook.template.pen import ASK, BAD, GREY, HEADING, INPUT
from toolkit.workbook.template.plan import blank_plan

AUTHOR, MARK = "核对", "【核对】"
FILLS = {Severity.ERROR: BAD, Severity.VERIFY: ASK, Severity.NOTE: "#CDE4F9"}
_OURS = frozenset(colour[1:] for colour in FILLS.values())
_ENTRY = frozenset({CellRole.NUMBER, CellRole.TEXT, CellRole.FIXED, CellRole.TOTAL})
_LONGEST = 32_767
_COMMENT_WIDTH, _COMMENT_LINE, _PER_LINE = 340, 18, 44
_TALLEST_COMMENT, _TALLEST_ROW = 640, 405
_NO_COMMENTS = f'<comments xmlns="{MAIN.strip("{}")}"><authors/><commentList/></comments>'
_HEADS = ("序号", "级别", "编号", "位置", "问题", "怎么改", "原填内容")
_WIDTHS = (6, 9, 10, 17, 56, 42, 26)
_HOW = (
    "怎么改：点“位置”跳到标色的格（红＝错误，橙＝请核实，蓝＝提示；鼠标停在格上看批注），改正后看“校验”表有没有“不通过”，"
    "保存，把这个文件原样发回。本页不用填写。"
)


class AnnotateError(ToolkitError):
    """A workbook that was let in cannot be annotated."""


def annotate(data: bytes, instrument: Instrument, verdict: Verdict, heading: Sequence[str] = ()) -> bytes:
    """The workbook ``data`` with what ``verdict`` found in it; ``heading`` are further lines for the notice sheet.

    AnnotateError where the file cannot be annotated; the same input gives the same bytes.
    """
    try:
        admitted = admit_bytes(data)
        flat = read(admitted)
    except Refused as refused:
        raise AnnotateError(f"没法在原表上标注：{refused.message}。{refused.remedy}。") from refused
    if verdict.content is None or verdict.sha256 != admitted.sha256:
        raise AnnotateError("没法在原表上标注：文件不是核对过的那一份，或者不是本表。请重新核对后再标注。")
    due = results(flat, instrument)
    told = marking(flat, instrument, verdict, due)
    kept = {p: v for p, v in due.items() if told.restored or flat.at(*p).value is None}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(_openable(data, admitted.parts)), rich_text=True)
            _clean(book, instrument)
            _restore(book, told, instrument)
            _mark(book, told)
            _notice(book, instrument, verdict, told, heading)
            out = io.BytesIO()
            ExcelWriter(book, Undated(out)).save()
        return settle(out.getvalue(), admitted.parts, [ws.title for ws in book.worksheets], flat, kept)
    except Exception as error:
        # What a reader that guesses does to a rare file is its own affair: the notice in words is still to be had.
        raise AnnotateError("没法在原表上标注：文件的内部结构特殊。请按文字通知在原文件上改正。") from error


def _openable(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with something in comments of which nothing is left: openpyxl takes such a part for broken."""
    if all(body for name, body in parts.items() if name.lower().endswith(".xml")):
        return data
    return zipped(
        {name: body if body or not name.lower().endswith(".xml") else _NO_COMMENTS for name, body in parts.items()}
    )


def _cells(sheet: Worksheet) -> list[Cell]:
    """The cells a sheet really has; to walk its rows would make millions more where one stands far away."""
    return [cell for cell in sheet._cells.values() if isinstance(cell, Cell)]  # noqa: SLF001


def _clean(book: Workbook, instrument: Instrument) -> None:
    """Take off what an earlier annotation put on."""
    if NOTICE in book.sheetnames:
        del book[NOTICE]
    for sheet in book.worksheets:
        for cell in _cells(sheet):
            if cell.comment is not None:
                cell.comment = _uncommented(cell.comment)
    for planned in blank_plan(instrument).cells:
        place = _cell(book, planned.spot.sheet, planned.spot.cell)
        if place is not None and str(place.fill.fgColor.rgb)[-6:].upper() in _OURS:
            grey = planned.role is CellRole.TOTAL or place.protection.locked
            place.fill = _fill(GREY if grey else INPUT) if planned.role in _ENTRY else PatternFill()


def _uncommented(comment: Comment) -> Comment | None:
    """What others wrote there; not every program keeps the author, so our words are known by their mark."""
    theirs, mark, _ = comment.text.partition(MARK)
    return _sized(theirs.rstrip() if mark else comment.text, comment.author) if theirs.strip() else None


def _cell(book: Workbook, sheet: str, address: str) -> Cell | None:
    """A cell, or the one it was merged into; None where there is no such sheet of cells."""
    found = next((one for one in book.worksheets if one.title == sheet), None)
    if found is None:
        return None
    area = next((area for area in found.merged_cells.ranges if address in area), None)
    cell = found[address] if area is None else found.cell(area.min_row, area.min_col)
    return cell if isinstance(cell, Cell) else None


def _restore(book: Workbook, told: Marking, instrument: Instrument) -> None:
    planned = blank_plan(instrument).formulas
    for (sheet, address), formula in told.restored.items():
        cell = _cell(book, sheet, address)
        if cell is not None and cell.coordinate == address:
            array = planned[sheet, address].array
            cell.value = ArrayFormula(address, f"={formula}") if array else f"={formula}"
            if cell.number_format == "@":
                # In a cell of texts a spreadsheet would show the formula itself.
                cell.number_format = "General"


def _mark(book: Workbook, told: Marking) -> None:
    for (sheet, address), mark in told.marks.items():
        cell = _cell(book, sheet, address)
        if cell is not None:
            cell.fill = _fill(FILLS.get(mark.severity, BAD))
            cell.comment = _commented(cell.comment, mark)


def _commented(before: Comment | None, mark: Mark) -> Comment:
    """Our paragraphs, below what somebody else has written there."""
    told = printable("\n\n".join(mark.notes))
    if before is None:
        return _sized(f"{MARK}\n{told}", AUTHOR)
    joint = "\n\n" if MARK in before.text else f"\n\n{MARK}\n"
    return _sized(f"{before.text}{joint}{told}", before.author)


def _sized(text: str, author: str | None) -> Comment:
    """A comment in a box that its text fits into."""
    height = min(_TALLEST_COMMENT, _COMMENT_LINE * (depth(text, _PER_LINE) + 1))
    return Comment(text[:_LONGEST], author or "", height=height, width=_COMMENT_WIDTH)


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=f"FF{colour[1:]}")


def _notice(book: Workbook, instrument: Instrument, verdict: Verdict, told: Marking, heading: Sequence[str]) -> None:
    """The first sheet: who, what to do, and every finding with a link to its cell."""
    for other in book.worksheets:
        other.sheet_view.tabSelected = False
        other.page_setup.id = None
    sheet = book.create_sheet(NOTICE, 0)
    book.active, sheet.sheet_view.tabSelected = 0, True
    for view in book.views:
        view.firstSheet = 0
    book.calculation = CalcProperties(fullCalcOnLoad=True)
    who = "　".join(part for part in (verdict.unit, verdict.period, counted(told.lines)) if part)
    tops = [(f"退回意见：{instrument.form.title}", 15.0, "黑体"), (who, 11.0, "黑体")]
    tops += [(line, 10.5, "宋体") for line in heading] + [(_HOW, 10.5, "宋体")]
    for row, (text, size, font) in enumerate(tops, 1):
        cell = _put(sheet, row, 1, text, Font(name=font, size=size))
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_HEADS))
        sheet.row_dimensions[row].height = 8 + 1.35 * size * depth(printable(text), int(sum(_WIDTHS) * 10 / size))
    _table(sheet, len(tops) + 1, told.lines)
    _page(sheet, len(tops) + 1)


def _table(sheet: Worksheet, top: int, lines: Sequence[FindingLine]) -> None:
    side = Side("thin", color="FF808080")
    border = Border(side, side, side, side)
    head, small, link = Font(name="黑体", size=10.5), Font(name="宋体", size=10), Font(name="宋体", size=10, u="single")
    link.color = "FF1F4E9E"
    for column, text in enumerate(_HEADS, 1):
        cell = _put(sheet, top, column, text, head)
        cell.border, cell.fill, cell.alignment = border, _fill(HEADING), Alignment("center", "center")
    sheet.row_dimensions[top].height = 22
    for number, line in enumerate(lines, 1):
        row = top + number
        texts = (str(number), line.severity.label, line.rule, line.place, line.problem, line.remedy, line.stood)
        for column, text in enumerate(texts, 1):
            cell = _put(sheet, row, column, text, small)
            middle = column <= len(_HEADS) - 3
            cell.alignment = Alignment(
                "center" if middle else "left", "center", wrap_text=True, indent=0 if middle else 1
            )
            cell.border = border
        sheet.cell(row, 2).fill = _fill(FILLS.get(line.severity, BAD))
        if line.sheet:
            where = sheet.cell(row, 4)
            where.hyperlink = Hyperlink(
                ref=where.coordinate, location=f"{quoted_sheet(line.sheet)}!{line.cell or 'A1'}"
            )
            where.font = link
        deep = max(depth(text, width - 3) for text, width in zip(texts, _WIDTHS, strict=True))
        sheet.row_dimensions[row].height = min(_TALLEST_ROW, 15 * deep + 8)


def _put(sheet: Worksheet, row: int, column: int, text: str, font: Font) -> Cell:
    """A text that stays one whatever it begins with."""
    cell = sheet.cell(row, column, printable(text)[:_LONGEST])
    cell.data_type = "s"
    cell.font = font
    cell.quotePrefix = True
    return cell


def _page(sheet: Worksheet, top: int) -> None:
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{top + 1}"
    sheet.print_title_rows = f"{top}:{top}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.sheet_properties.tabColor = "FF9C1C12"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(0.6, 0.6, 0.7, 0.7)
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.showGridLines = False
    protection = sheet.protection
    protection.sheet, protection.formatColumns, protection.formatRows = True, False, False
