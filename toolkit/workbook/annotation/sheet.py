"""One sheet of a workbook while cells of it are written: values, formulas and their results, and how they look.

The styles of the workbook (ECMA-376 Part 1, 18.8) are added to and never changed: no cell but ours looks different.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from xml.sax.saxutils import escape

from lxml import etree

from toolkit.forms.layout import address as at
from toolkit.model.flat import CellError, CellValue, FlatSheet
from toolkit.workbook.intake.xml import MAIN, coordinates

_ROW, _CELL, _FORMULA, _VALUE = MAIN + "row", MAIN + "c", MAIN + "f", MAIN + "v"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_EXACT = 1e15
_THIN = "".join(f'<{side} style="thin"><color rgb="FF808080"/></{side}>' for side in ("left", "right", "top", "bottom"))


class Looks:
    """What cells may look like: fills, fonts and borders by number, and the styles that cells name."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._known: dict[str, dict[bytes, int]] = {}

    def _list(self, name: str) -> etree._Element:
        found = self._root.find(MAIN + name)
        if found is None:
            raise ValueError(f"no {name}")
        return found

    def _number(self, name: str, element: etree._Element) -> int:
        """The number of what looks like this; it is put behind the others where there is nothing like it."""
        listed, wanted = self._list(name), _canonical(element)
        if name not in self._known:
            self._known[name] = {_canonical(one): n for n, one in reversed([*enumerate(_items(listed))])}
        known = self._known[name]
        if wanted not in known:
            known[wanted] = len(_items(listed))
            listed.append(element)
            listed.set("count", str(known[wanted] + 1))
        return known[wanted]

    def _made(self, name: str, xml: str) -> int:
        return self._number(name, etree.fromstring(f'<all xmlns="{MAIN.strip("{}")}">{xml}</all>')[0])

    def fill(self, colour: str) -> int:
        """A solid fill, ``#RRGGBB``; nothing for no fill."""
        shown = f'<fgColor rgb="FF{colour[1:]}"/><bgColor indexed="64"/>'
        solid = f'<patternFill patternType="solid">{shown}</patternFill>'
        return self._made("fills", f"<fill>{solid}</fill>") if colour else 0

    def font(self, face: str, points: float, more: str = "") -> int:
        """A font; ``more`` is what stands before its size."""
        return self._made("fonts", f'<font>{more}<sz val="{points}"/><name val="{face}"/></font>')

    def thin(self) -> int:
        """A thin grey border all round."""
        return self._made("borders", f"<border>{_THIN}<diagonal/></border>")

    def like(self, style: int, **changes: int) -> int:
        """A style like that one but for these numbers: ``fillId``, ``numFmtId``."""
        made = deepcopy(_items(self._list("cellXfs"))[style])
        made.tail = None
        for name, number in changes.items():
            made.set(name, str(number))
            made.set(f"apply{name[0].upper()}{name[1:-2]}".replace("NumFmt", "NumberFormat"), "1")
        return self._number("cellXfs", made)

    def text(self, alignment: Mapping[str, str], *, font: int, fill: int = 0, border: int = 0) -> int:
        """A style for a text that stays one whatever it begins with."""
        numbers = f'numFmtId="0" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" quotePrefix="1"'
        applied = 'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
        placed = " ".join(f'{name}="{value}"' for name, value in alignment.items())
        return self._made("cellXfs", f"<xf {numbers} {applied}><alignment {placed}/></xf>")

    def colour(self, style: int) -> str:
        """The colour a style is filled with, ``RRGGBB``; nothing where it has none of its own."""
        number = int(_items(self._list("cellXfs"))[style].get("fillId", "0"))
        colour = _items(self._list("fills"))[number].find(f"{MAIN}patternFill/{MAIN}fgColor")
        return "" if colour is None else colour.get("rgb", "")[-6:].upper()


def _items(listed: etree._Element) -> list[etree._Element]:
    return [one for one in listed if isinstance(one.tag, str)]


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)


class SheetPart:
    """The cells of a sheet by address; one that is asked for and is not there is made, with the style of its row."""

    def __init__(self, root: etree._Element, flat: FlatSheet) -> None:
        self.root, self._flat = root, flat
        self._rows: dict[int, etree._Element] = {}
        self._cells: dict[str, etree._Element] = {}
        number = 0
        for row in root.iterfind(f"{MAIN}sheetData/{_ROW}"):
            number, address = int(row.get("r", number + 1)), ""
            self._rows[number] = row
            for cell in row.iterfind(_CELL):
                stated = cell.get("r", "")
                if not stated.removesuffix(str(number)).isalpha():
                    column = coordinates(stated or address)[0] if stated or address else 0
                    cell.set("r", stated := at(number - 1, column - bool(stated)))
                self._cells[address := stated] = cell
                if not len(cell) and cell.get("t"):
                    del cell.attrib["t"]  # what has no content is of no type: some readers stumble over it

    def seen_at(self, address: str) -> str:
        """The cell itself, or the first of those it was merged into one with."""
        column, row = coordinates(address)
        areas = (area for area in self._flat.merged if row in area[0] and column in area[1])
        return next((at(rows[0] - 1, columns[0] - 1) for rows, columns in areas), address)

    def _cell(self, address: str) -> etree._Element:
        if address not in self._cells:
            column, row = coordinates(address)[0], self._row(coordinates(address)[1])
            cell = etree.Element(_CELL, {"r": address, "s": row.get("s", "0")})
            others = row.findall(_CELL)
            after = (n for n, one in enumerate(others) if coordinates(one.get("r", ""))[0] > column)
            row.insert(next(after, len(others)), cell)
            row.attrib.pop("spans", "")
            self._cells[address] = cell
        return self._cells[address]

    def _row(self, number: int) -> etree._Element:
        if number not in self._rows:
            row = self._rows[number] = etree.Element(_ROW, {"r": str(number)})
            data = self.root.find(MAIN + "sheetData")
            after = min((n for n in self._rows if n > number), default=0)
            if after:
                self._rows[after].addprevious(row)
            elif data is not None:
                data.append(row)
        return self._rows[number]

    def restyle(self, address: str, looks: Looks, **changes: int) -> None:
        """Give a cell another style, like its own but for these numbers."""
        cell = self._cell(address)
        cell.set("s", str(looks.like(int(cell.get("s") or 0), **changes)))

    def _emptied(self, address: str) -> etree._Element:
        """A cell without its content; where it shared a formula, all that did get their own first."""
        emptied, shared = self._cell(address), f"{_FORMULA}[@t='shared']"
        for where, cell in self._cells.items() if emptied.find(shared) is not None else ():
            for formula in cell.iterfind(shared):
                formula.text = self._flat.cells[where].formula
                formula.attrib.clear()
        emptied[:] = []
        return emptied

    def calculate(self, address: str, formula: str, value: CellValue, *, array: bool = False) -> None:
        """Put a formula into a cell, with its result; an ``array`` computes over areas."""
        cell = self._emptied(address)
        kind = {"t": "array", "ref": address} if array else {}
        etree.SubElement(cell, _FORMULA, kind).text = formula
        self.result(address, value)

    def put(self, address: str, value: CellValue) -> None:
        """Put a value into a cell, whatever was there."""
        self._write(self._emptied(address), value)

    def result(self, address: str, value: CellValue) -> None:
        """Give the formula of a cell its result; a cell without a formula is left as it is."""
        cell = self._cells.get(address)
        if cell is not None and cell.find(_FORMULA) is not None:
            self._write(cell, value)

    @staticmethod
    def _write(cell: etree._Element, value: CellValue) -> None:
        kind, text = _written(value)
        cell.attrib.pop("t", "")
        if kind:
            cell.set("t", kind)
        cell[:] = [child for child in cell if child.tag != _VALUE]
        if text is not None:
            etree.SubElement(cell, _VALUE).text = text


def _written(value: CellValue) -> tuple[str, str | None]:
    """A value as the file format writes it: its type and its text."""
    if value is None:
        return "", None
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, CellError):
        return "e", value.code
    if isinstance(value, str):
        return "str", encoded_text(value)
    return "", str(int(value)) if value == int(value) and abs(value) < _EXACT else repr(value)


def text_cell(address: str, text: str, style: int = 0) -> str:
    """A cell as XML with a text that stays one whatever it begins with; an empty cell for no text."""
    if not text:
        return f'<c r="{address}" s="{style}"/>'
    shown = escape(encoded_text(text))
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def encoded_text(text: str) -> str:
    """A text with what XML cannot hold written as ``_x0001_`` (ECMA-376 Part 1, 22.9.2.19)."""
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPED.sub("_x005F_", text))
