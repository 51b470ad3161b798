"""Completes a workbook that openpyxl saved: results, places of comments, the same bytes for the same content."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from lxml import etree

from toolkit.forms.layout import NOTICE, PERIOD, UNIT, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.io.package import zipped
from toolkit.model.flat import CellError, CellValue, FlatWorkbook
from toolkit.text import cell_text
from toolkit.workbook.annotation.marks import Place
from toolkit.workbook.intake.numbers import number_as_calculated
from toolkit.workbook.intake.styles import TRUE
from toolkit.workbook.intake.xml import MAIN
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import plan_template

_MADE = "2021-01-01T00:00:00Z"
_CORE = "docProps/core.xml"
_STAMP = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)([^<]*)(</dcterms:\2>)")
_CELL, _FORMULA, _VALUE, _TEXT = MAIN + "c", MAIN + "f", MAIN + "v", f"{MAIN}is/{MAIN}t"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_DRAWING = re.compile(rb'Target="/(xl/drawings/[^"]+\.vml)"')
_SHAPE, _CLIENT = "{urn:schemas-microsoft-com:vml}shape", "{urn:schemas-microsoft-com:office:excel}"
_BOX = re.compile(r"width:(\d+)px;height:(\d+)px")
#: Pixels: a character of column width, a point of row height, the width and height where a sheet states none.
_CHARACTER, _POINT, _COLUMN, _ROW = 7.0, 4 / 3, 64.0, 20.0
_FURTHEST = 20_000


def results(flat: FlatWorkbook, instrument: Instrument) -> dict[Place, CellValue]:
    """What every planned formula gives from the entries as a spreadsheet sees them: a text is no number."""
    layout, derived = instrument.layout, instrument.rules.formulas
    prior_cells = {prior_name(name): name for name in layout.prior}
    lists = (name for one in instrument.form.lists for line in range(1, one.size + 1) for name in one.names(line))
    entries = {*instrument.form.texts, *instrument.variables, *lists, UNIT, PERIOD} - derived.keys()
    values: dict[str, Decimal | str] = {}
    prior: dict[str, Decimal] = {}
    for name, place in layout.cells.items():
        value = flat.at(*place).value
        number = number_as_calculated(value)
        if name in prior_cells and number is not None:
            prior[prior_cells[name]] = number
        elif name in entries and value is not None:
            values[name] = cell_text(value) if number is None or name in instrument.form.texts else number
    made = plan_template(instrument, Prefill(prior=prior, values=values))
    return {place: _cell_value(cell.value) for place, cell in made.formulas.items()}


def _cell_value(value: str | Decimal | int | None) -> CellValue:
    return float(value) if isinstance(value, Decimal | int) else value or ""


def settle(
    saved: bytes,
    original: Mapping[str, bytes],
    sheets: Sequence[str],
    flat: FlatWorkbook,
    due: Mapping[Place, CellValue],
) -> bytes:
    """The saved workbook with results, and figures as they stood.

    ``sheets`` names the worksheets in their order, the notice first; ``due`` are the results that differ from those in
    the file. Figures are written back too: openpyxl takes a number shown as a date for a date, and rounds it.
    """
    parts = {f"xl/worksheets/sheet{number}.xml": name for number, name in enumerate(sheets, 1)}
    with zipfile.ZipFile(io.BytesIO(saved)) as old:
        bodies = {name: old.read(name) for name in dict.fromkeys(old.namelist())}
    for name, body in bodies.items():
        if parts.get(name, NOTICE) != NOTICE:
            root = etree.fromstring(body)
            _fill(root, parts[name], flat, due)
            bodies[name] = _bytes(root)
            links = bodies.get(name.replace("worksheets/", "worksheets/_rels/") + ".rels", b"")
            for drawing in _DRAWING.findall(links):
                bodies[drawing.decode()] = _placed(bodies[drawing.decode()], root)
    bodies[_CORE] = _stamped(bodies[_CORE], original)
    return zipped(bodies)


def _bytes(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True))


def _fill(root: etree._Element, sheet: str, flat: FlatWorkbook, due: Mapping[Place, CellValue]) -> None:
    for cell in root.iter(_CELL):
        address = cell.get("r", "")
        value = due[sheet, address] if (sheet, address) in due else flat.at(sheet, address).value
        text = cell.find(_TEXT)
        if cell.find(_FORMULA) is not None or (isinstance(value, float) and cell.get("t") != "inlineStr"):
            _write(cell, value)
        elif text is not None and isinstance(value, str):
            text.text = _encoded(value)


def _write(cell: etree._Element, value: CellValue) -> None:
    """Give a cell its value, or the result of its formula."""
    kind, text = _written(value)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if kind:
        cell.set("t", kind)
    element = cell.find(_VALUE)
    if text is None:
        if element is not None:
            cell.remove(element)
        return
    if element is None:
        element = etree.SubElement(cell, _VALUE)
    element.text = text


def _written(value: CellValue) -> tuple[str, str | None]:
    """A value as the file format writes it: its type and its text."""
    if value is None:
        return "", None
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, CellError):
        return "e", value.code
    if isinstance(value, str):
        return "str", _encoded(value)
    return "", str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)  # noqa: PLR2004


def _encoded(text: str) -> str:
    """A text with what XML cannot hold written as ``_x0001_``."""
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPED.sub("_x005F_", text))


def _stamped(body: bytes, original: Mapping[str, bytes]) -> bytes:
    """The document's own dates instead of now."""
    core = next((part for name, part in original.items() if name.lower() == _CORE.lower()), b"")
    known = {kind: when for _, kind, when, _ in _STAMP.findall(core)}
    return _STAMP.sub(lambda m: m[1] + known.get(m[2], _MADE.encode()) + m[4], body)


def _placed(drawing: bytes, sheet: etree._Element) -> bytes:
    """The comments' boxes, each beside its cell: openpyxl puts all of them in one place."""
    widths, heights = _widths(sheet), _heights(sheet)
    root = etree.fromstring(drawing)
    for shape in root.iter(_SHAPE):
        box, client = _BOX.search(shape.get("style", "")), shape.find(f"{_CLIENT}ClientData")
        if box is None or client is None:
            continue
        column, row = (int(client.findtext(f"{_CLIENT}{name}") or 0) for name in ("Column", "Row"))
        left = sum(widths(i) for i in range(column + 1)) + 12
        top = max(4.0, sum(heights(i) for i in range(row)) - 8)
        ends = (_at(left, widths), _at(top, heights), _at(left + int(box[1]), widths), _at(top + int(box[2]), heights))
        anchor = etree.Element(f"{_CLIENT}Anchor")
        anchor.text = ", ".join(f"{number}, {rest}" for number, rest in ends)
        client.insert(2, anchor)
        style = f"margin-left:{round(left * 0.75, 2)}pt;margin-top:{round(top * 0.75, 2)}pt"
        shape.set("style", re.sub(r"margin-left:[^;]*;\s*margin-top:[^;]*", style, shape.get("style", "")))
    return bytes(etree.tostring(root))


def _at(offset: float, sizes: Callable[[int], float]) -> tuple[int, int]:
    """Which row or column holds a point, and how far in."""
    number = 0
    while offset >= sizes(number) and number < _FURTHEST:
        offset -= sizes(number)
        number += 1
    return number, int(offset)


def _widths(sheet: etree._Element) -> Callable[[int], float]:
    """The width of each column, counted from 0."""
    known: dict[int, float] = {}
    for column in sheet.iter(f"{MAIN}col"):
        width = 0.0 if column.get("hidden") in TRUE else float(column.get("width", "8.43")) * _CHARACTER + 5
        for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), _FURTHEST) + 1):
            known[number - 1] = width
    return lambda number: known.get(number, _COLUMN)


def _heights(sheet: etree._Element) -> Callable[[int], float]:
    """The height of each row, counted from 0."""
    shape = sheet.find(f"{MAIN}sheetFormatPr")
    usual = float(shape.get("defaultRowHeight", "15")) * _POINT if shape is not None else _ROW
    known = {
        int(row.get("r", "0")) - 1: 0.0 if row.get("hidden") in TRUE else float(row.get("ht", "15")) * _POINT
        for row in sheet.iter(f"{MAIN}row")
        if row.get("ht") or row.get("hidden")
    }
    return lambda number: known.get(number, usual)
