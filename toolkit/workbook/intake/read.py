"""Reads an admitted file as a flat workbook: values, formula texts, locks and names, without asking what they mean.

Parts are found through relationships, elements through their namespace, never by a fixed name or prefix. Nothing is
calculated and nothing guessed: what the file does not say is None, and a contradiction is a refusal. Sections named
here are those of ECMA-376 Part 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from xml.etree.ElementTree import Element

from toolkit.model.codes import Code
from toolkit.model.flat import CellError, CellValue, FlatCell, FlatSheet, FlatWorkbook
from toolkit.text import shortened
from toolkit.workbook.formulas import shifted
from toolkit.workbook.intake.gate import Admitted
from toolkit.workbook.intake.number_formats import TRUE, read_styles
from toolkit.workbook.intake.refusals import Refused, refusal
from toolkit.workbook.intake.xml import CUT, LINK_ID, MAIN, coordinates, links_of, once_a_tree, rows_and_columns

MAX_EXPANDED = 4 << 20  # characters of shared formulas written out: a small file can ask for gigabytes
#: Excel's own limits, in characters. Who keeps them has no need of them; who does not is after something else.
MAX_TEXT, MAX_FORMULA, MAX_SHEET, MAX_NAME, MAX_PROPERTY = 32_767, 8_192, 31, 255, 255

_CELL, _VALUE, _FORMULA, _INLINE = MAIN + "c", MAIN + "v", MAIN + "f", MAIN + "is"
_ITEM, _TEXT, _RUN = MAIN + "si", MAIN + "t", MAIN + "r"
_TRUTH: Mapping[str, bool] = {"1": True, "true": True, "0": False, "false": False}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!([A-Z0-9$:]+|#REF!)")
_HEIGHT, _ROW = re.compile(r"[0-9]{1,4}(?:\.[0-9]{0,20})?"), re.compile(r"[0-9]{1,7}")
#: A cell that holds a value: address, type, text (`CUT` where it was cut out), formula, style.
_Filled = tuple[str, str | None, str | None, str | None, int]
_JOINED = "\0"  # the type of an inline string, which is joined already; XML cannot say it
_LONG = 256
_ESCAPED = 7 * (MAX_TEXT + 1)  # so long is a text of nothing but ``_x000D_`` that is too long
_LONGEST_SPAN = 14  # characters of two numbers of rows
_ERROR = 30  # no error value is as long


def read(admitted: Admitted) -> FlatWorkbook:
    """Read a file the gate let in.

    Raises Refused: FILE-23 for more than `MAX_EXPANDED` characters of shared formulas; FILE-40 for what contradicts
    itself or cannot be read; FILE-42 to FILE-45 for a formula, number format, sheet name or defined name longer than
    Excel allows. An overlong text is not refused here: its place stands in ``FlatWorkbook.overlong``.
    """
    try:
        return _workbook(admitted.trees, admitted.values)
    except Refused:
        raise
    except Exception as error:
        raise refusal(Code.FILE_40) from error


def _workbook(trees: Mapping[str, Element], values: Mapping[str, Sequence[str]]) -> FlatWorkbook:
    """Follow the relationships from the package to the workbook to its sheets."""
    package = _links(trees, "")
    (main,) = [target for kind, target in package.values() if kind == "officedocument"]
    root, links = trees[main], _links(trees, main)
    # The shared strings (18.4.9), by their number as cells write it: from 0.
    shared = _linked(trees, links, "sharedstrings")
    strings = {} if shared is None else {str(n): _rich(item) for n, item in enumerate(shared.iterfind(_ITEM))}
    cell_styles = read_styles(_linked(trees, links, "styles"))
    elements = root.findall(f"{MAIN}sheets/{MAIN}sheet")
    targets = [links[element.attrib[LINK_ID]][1] for element in elements]
    names = {element.attrib["name"].casefold() for element in elements}
    if not elements or not len(names) == len(set(targets)) == len(elements):
        raise refusal(Code.FILE_40, "没有工作表，或工作表重名")
    pairs = zip(elements, targets, strict=True)
    sheets = [_sheet(element, trees[target], values[target], strings, len(cell_styles)) for element, target in pairs]
    texts = ((one.name, at, cell.value) for one in sheets for at, cell in one.cells.items())
    overlong = (f"{name}!{at}" for name, at, text in texts if isinstance(text, str) and len(text) > MAX_TEXT)
    return FlatWorkbook(
        sheets={sheet.name: sheet for sheet in sheets},
        names=_names(root),
        properties=_properties(_linked(trees, package, "custom-properties")),
        styles=cell_styles,
        overlong=next(overlong, ""),
        from_1904=any(one.get("date1904") in TRUE for one in root.iterfind(f"{MAIN}workbookPr")),
    )


def _links(trees: Mapping[str, Element], source: str) -> dict[str, tuple[str, str]]:
    """Collect a part's relationships: id to kind and part meant; FILE-40 for an id twice."""
    found = links_of(trees, source)
    links = {key: (kind, target) for key, kind, target in found}
    if len(links) != len(found):
        raise refusal(Code.FILE_40)
    return links


def _linked(trees: Mapping[str, Element], links: Mapping[str, tuple[str, str]], wanted: str) -> Element | None:
    """The one part that a relationship of a kind leads to, if there is one; FILE-40 for several."""
    found = [target for kind, target in links.values() if kind == wanted]
    if len(found) > 1:
        raise refusal(Code.FILE_40)
    return trees[found[0]] if found else None


def _sheet(element: Element, root: Element, cut: Sequence[str], strings: Mapping[str, str], styles: int) -> FlatSheet:
    """Read a sheet, ``element`` of the workbook (18.2.19); one of nothing but a chart has no cells."""
    name, hidden = element.attrib["name"], element.get("state", "visible") != "visible"
    if len(name) > MAX_SHEET:
        raise refusal(Code.FILE_44, f"“{shortened(name)}”")
    if root.tag not in (MAIN + "worksheet", MAIN + "chartsheet"):
        raise refusal(Code.FILE_40, name)
    frame, filled = _frame(root, name, styles)
    cells, values = dict(frame.cells), iter(cut)
    for address, kind, text, formula, style in filled:
        stated = next(values, CUT) if text == CUT and kind != _JOINED else text
        cells[address] = FlatCell(_value(kind, stated, strings), formula, style)
    return replace(frame, cells=cells, hidden=hidden)


@once_a_tree
def _frame(root: Element, name: str, styles: int) -> tuple[FlatSheet, list[_Filled]]:
    """What of a sheet is the same whatever values are cut out of it; and its cells that hold a value."""
    protection, rows = root.find(MAIN + "sheetProtection"), root.findall(f"{MAIN}sheetData/{MAIN}row")
    tall = [(row.get("r", ""), row.get("ht", "")) for row in rows]
    cells, filled = _cells(name, root, {str(number): FlatCell(None, None, number) for number in range(styles)})
    sheet = FlatSheet(
        name,
        cells,
        protected=protection is not None and protection.get("sheet") in TRUE,
        merged=tuple(rows_and_columns(one.attrib["ref"]) for one in root.iterfind(f"{MAIN}mergeCells/{MAIN}mergeCell")),
        hidden_rows=_hidden(rows, "ht", ("r", "r")),
        hidden_columns=_hidden(root.iterfind(f"{MAIN}cols/{MAIN}col"), "width", ("min", "max")),
        heights={int(row): float(points) for row, points in tall if _HEIGHT.fullmatch(points) and _ROW.fullmatch(row)},
    )
    return sheet, filled


def _hidden(lines: Iterable[Element], size: str, ends: tuple[str, str]) -> tuple[range, ...]:
    """Collect the rows or columns that are hidden, or of no size; one without a number of its own is not looked at."""
    hidden = [line for line in lines if line.get("hidden") in TRUE or line.get(size) in ("0", "0.0")]
    spans = [[line.get(end, "") for end in ends] for line in hidden]
    stated = [span for span in spans if all(map(str.isdecimal, span)) and len("".join(span)) <= _LONGEST_SPAN]
    return tuple(range(int(first), int(last) + 1) for first, last in stated)


def _cells(sheet: str, root: Element, blank: Mapping[str, FlatCell]) -> tuple[dict[str, FlatCell], list[_Filled]]:
    """Every cell (18.3.1.4) that holds something or carries a style, by address; the gate has seen to the addresses."""
    formulas = _Formulas(sheet)
    cells: dict[str, FlatCell] = {}
    filled: list[_Filled] = []
    for cell in root.iter(_CELL):
        styled = blank[cell.get("s") or "0"]
        if not len(cell):
            if styled.style:
                cells[cell.attrib["r"]] = styled
            continue
        address, formula = cell.attrib["r"], None
        for child in cell.iterfind(_FORMULA):
            formula = formulas.text(child, address)
        cells[address] = FlatCell(None, formula, styled.style)
        for child in cell:
            if child.tag == _VALUE:
                filled.append((address, cell.get("t"), child.text, formula, styled.style))
            elif child.tag == _INLINE:
                filled.append((address, _JOINED, _rich(child), formula, styled.style))
    return cells, filled


class _Formulas:
    """The formulas of one sheet (18.3.1.40); shared ones are written out for each cell."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._shared: dict[str, tuple[str, str]] = {}
        self._expanded = 0

    def text(self, element: Element, address: str) -> str:
        """The text of the formula as that address would have it on its own, without ``=``."""
        text = (element.text or "").removeprefix("=")
        if len(text) > MAX_FORMULA:
            raise refusal(Code.FILE_42, f"{self._sheet}!{address}")
        if element.get("t") != "shared":
            return text
        group = element.attrib["si"]
        if text and ("ref" in element.attrib or group not in self._shared):
            self._shared[group] = text, address
            return text
        text, origin = self._shared[group]
        self._expanded += len(text)
        if self._expanded > MAX_EXPANDED:
            raise refusal(Code.FILE_23, f"{self._sheet}!{address}")
        (column, row), (first_column, first_row) = coordinates(address), coordinates(origin)
        return shifted(text, column - first_column, row - first_row)


def _value(kind: str | None, text: str | None, strings: Mapping[str, str]) -> CellValue:
    """A cell's value by its type (18.18.11). An empty value is none, except an empty text that a formula gave.

    A date in ISO 8601 (type ``d``) stays a text.
    """
    if not text:
        return "" if kind in ("str", _JOINED) else None
    if kind == _JOINED:
        return text
    if kind == "s":
        return strings[text]
    if kind is None or kind == "n":
        return _number(text)
    if kind == "b":
        return _TRUTH.get(text.strip(), text)
    return CellError(text[:_ERROR]) if kind == "e" else _decoded(text)


def _number(text: str) -> float | str:
    """A number as it is stored; what is none, or not finite, stays a text, to be judged where its use is known."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) and text.isascii() and "_" not in text else text


def _rich(item: Element) -> str:
    """The runs of a shared or inline string (18.4.8, 18.3.1.53) joined, without its phonetic hints."""
    if len(item) == 1 and item[0].tag == _TEXT:
        return _decoded(item[0].text or "")
    runs = (run.iterfind(_TEXT) if run.tag == _RUN else (run,) for run in item if run.tag in (_RUN, _TEXT))
    return _text(text.text or "" for texts in runs for text in texts)


def _decoded(text: str) -> str:
    """A text in one piece, as nearly every one is: it stands for itself."""
    return _text((text,)) if "_x" in text or len(text) > MAX_TEXT else text


def _text(pieces: Iterable[str]) -> str:
    """Pieces of a text joined and decoded; one that is too long is cut to one character more than `MAX_TEXT`."""
    taken, length = [], 0
    for piece in pieces:
        taken.append(piece)
        length += len(piece)
        if length > _ESCAPED:
            break
    text = "".join(taken)[:_ESCAPED]
    if "_x" in text:
        # ``_x000D_`` and its like are one character (22.9.2.19); half a surrogate pair becomes U+FFFD.
        decoded = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        text = decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text[: MAX_TEXT + 1]


@once_a_tree
def _names(root: Element) -> dict[str, str]:
    """The defined names (18.2.5) that hold in the whole workbook and are not Excel's own, with what they stand for."""
    names: dict[str, str] = {}
    for element in root.iterfind(f"{MAIN}definedNames/{MAIN}definedName"):
        name, text = element.attrib["name"], element.text or ""
        if "localSheetId" in element.attrib or name.lower().startswith("_xlnm."):
            continue
        if len(name) > MAX_NAME:
            raise refusal(Code.FILE_45, f"“{shortened(name)}”")
        if len(text) > MAX_FORMULA:
            raise refusal(Code.FILE_42, f"名称“{shortened(name)}”")
        place = (_place if len(text) < _LONG else _plain)(text)
        if names.setdefault(name, place) != place:
            raise refusal(Code.FILE_40, name)
    return names


def _plain(text: str) -> str:
    """A reference as ``Sheet!A1``, without quotes and dollar signs; anything else without ``=`` and outer spaces."""
    text = text.strip().removeprefix("=")
    found = _REFERENCE.fullmatch(text)
    if not found:
        return text
    sheet = found[1].replace("''", "'") if found[1] else found[2]
    return f"{sheet}!{found[3].replace('$', '')}"


#: The same names stand in every return of a form.
_place = lru_cache(maxsize=4096)(_plain)


def _properties(root: Element | None) -> dict[str, str]:
    """The custom document properties (22.3), each as text, cut to `MAX_PROPERTY`."""
    found: dict[str, str] = {}
    for element in () if root is None else root:
        name, text = element.attrib["name"], _text(one.text or "" for one in element[:1])[:MAX_PROPERTY]
        if found.setdefault(name, text) != text:
            raise refusal(Code.FILE_40, name)
    return found
