"""Workbooks as other programs write them: the same content in other habits, one habit at a time.

A habit takes the parts of a workbook by name and gives them back rewritten; `ZIPS` are those of the archive itself.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree
from openpyxl.formula.translate import Translator, TranslatorError

from factories.packages import packed
from toolkit.workbook.intake.xml import coordinates

Parts = dict[str, bytes]
Habit = Callable[[Parts], Parts]

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
MAIN, ID = f"{{{SPREADSHEET}}}", f"{{{OFFICE}}}id"
BOOK, STRINGS, STYLES, CONTENTS = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_NEWER = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"


def unpacked(data: bytes) -> Parts:
    """The parts of a workbook, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tree(parts: Parts, name: str) -> Any:
    return etree.fromstring(parts[name])


def store(parts: Parts, name: str, root: Any) -> None:
    parts[name] = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)


def with_link(parts: Parts, owner: str, kind: str, target: str) -> str:
    """A further relationship of a part; its id. A kind without a scheme is one of the office's own."""
    folder, name = posixpath.split(owner)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    root = tree(parts, rels) if rels in parts else etree.Element(f"{{{LINKS}}}Relationships", nsmap={None: LINKS})  # type: ignore[dict-item]
    key = f"rId{len(root) + 101}"
    full = kind if "://" in kind else f"{OFFICE}/{kind}"
    etree.SubElement(root, f"{{{LINKS}}}Relationship", Id=key, Type=full, Target=target)
    store(parts, rels, root)
    return key


def with_types(parts: Parts, named: Mapping[str, str], extensions: Mapping[str, str]) -> None:
    """Further content types, of parts and of endings."""
    root = tree(parts, CONTENTS)
    for extension, kind in extensions.items():
        root.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=extension, ContentType=kind))
    for name, kind in named.items():
        etree.SubElement(root, f"{{{TYPES}}}Override", PartName=f"/{name}", ContentType=kind)
    store(parts, CONTENTS, root)


def sheets(parts: Parts) -> Iterator[tuple[str, str, Any]]:
    """Each sheet's name, part and XML; what is changed in it while the loop runs is kept."""
    links = {one.get("Id"): one.get("Target") for one in tree(parts, "xl/_rels/workbook.xml.rels")}
    for one in tree(parts, BOOK).iterfind(f"{MAIN}sheets/{MAIN}sheet"):
        part = posixpath.normpath(posixpath.join("/xl", links[one.get(ID)])).lstrip("/")
        root = tree(parts, part)
        yield one.get("name"), part, root
        store(parts, part, root)


def _texts(change: Callable[[str], str], chosen: str = r"\.(xml|rels)$") -> Habit:
    """Every part of XML whose name matches, changed as text."""
    return lambda parts: {
        name: change(body.decode()).encode() if re.search(chosen, name) else body for name, body in parts.items()
    }


def _cells(change: Callable[[str, Any], None]) -> Habit:
    """Every cell of every sheet changed; the change is told the sheet's name."""

    def habit(parts: Parts) -> Parts:
        for name, _, root in sheets(parts):
            for cell in list(root.iter(MAIN + "c")):
                change(name, cell)
        return parts

    return habit


def _formulas(change: Callable[[str, str], str]) -> Habit:
    """Every formula changed; the change is told the sheet's name."""

    def changed(sheet: str, cell: Any) -> None:
        formula = cell.find(MAIN + "f")
        if formula is not None and formula.text:
            formula.text = change(sheet, formula.text)

    return _cells(changed)


def inline_strings(parts: Parts) -> Parts:
    texts = ["".join(t.text or "" for t in item.iter(MAIN + "t")) for item in tree(parts, STRINGS)]

    def inlined(_: str, cell: Any) -> None:
        if cell.get("t") == "s":
            value = cell.find(MAIN + "v")
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, MAIN + "is"), MAIN + "t").text = texts[int(value.text)]
            cell.remove(value)

    _cells(inlined)(parts)
    for name in ("xl/_rels/workbook.xml.rels", CONTENTS):
        parts[name] = re.sub(rb"<[^<>]*sharedStrings[^<>]*/>", b"", parts[name])
    del parts[STRINGS]
    return parts


def absolute_targets(parts: Parts) -> Parts:
    for name in [name for name in parts if name.endswith(".rels")]:
        root, folder = tree(parts, name), posixpath.dirname(posixpath.dirname(name))
        for one in root:
            one.set("Target", posixpath.normpath(posixpath.join("/", folder, one.get("Target"))))
        store(parts, name, root)
    return parts


def prefixed(parts: Parts) -> Parts:
    for name in [name for name in parts if re.match(r"xl/(workbook|worksheets/\w+|sharedStrings|styles)\.xml$", name)]:
        text = parts[name].decode().replace(f'xmlns="{SPREADSHEET}"', f'xmlns:x="{SPREADSHEET}"')
        parts[name] = re.sub(r"<(/?)(?=[A-Za-z]+[ />])", r"<\1x:", text).encode()
    return parts


def _numbers(change: Callable[[str], str]) -> Habit:
    def changed(_: str, cell: Any) -> None:
        value = cell.find(MAIN + "v")
        if value is not None and cell.get("t", "n") == "n" and value.text and value.text.lstrip("-").isdigit():
            value.text = change(value.text)

    return _cells(changed)


def _moved(formula: str, origin: str, address: str) -> str | None:
    try:
        return str(Translator(f"={formula}", origin).translate_formula(address))[1:]
    except (TranslatorError, ValueError):
        return None


def shared_formulas(parts: Parts) -> Parts:
    """Formulas that say the same along a row or down a column written once, as Excel does when they are drawn out."""
    for _, _, root in sheets(parts):
        found = {cell.get("r"): cell.find(MAIN + "f") for cell in root.iter(MAIN + "c")}
        left = {address: f for address, f in found.items() if f is not None and f.text}
        number = 0
        while left:
            first, master = next(iter(left.items()))
            group = [address for address, f in left.items() if _moved(master.text, first, address) == f.text]
            for address in group:
                f = left.pop(address)
                f.set("t", "shared")
                f.set("si", str(number))
                if address == first:
                    f.set("ref", f"{first}:{group[-1]}")
                else:
                    f.text = None
            number += 1
    return parts


def _without(*tags: str) -> Habit:
    def habit(parts: Parts) -> Parts:
        for _, _, root in sheets(parts):
            for tag in tags:
                for one in list(root.iter(MAIN + tag)):
                    one.getparent().remove(one)
        return parts

    return habit


def _bare(*names: str, tags: tuple[str, ...] = ("row", "c")) -> Habit:
    """These attributes taken from every row and cell."""

    def habit(parts: Parts) -> Parts:
        for _, _, root in sheets(parts):
            for one in root.iter(*(MAIN + tag for tag in tags)):
                for name in names:
                    one.attrib.pop(name, None)
        return parts

    return habit


def no_addresses(parts: Parts) -> Parts:
    """Cells without addresses, so that every one must be written."""
    for _, _, root in sheets(parts):
        for row in root.iter(MAIN + "row"):
            there = {coordinates(one.get("r"))[0] for one in row}
            for column in range(1, max(there, default=0)):
                if column not in there:
                    row.insert(column - 1, etree.Element(MAIN + "c"))
            for one in row:
                one.attrib.pop("r", None)
    return parts


def calc_chain(parts: Parts) -> Parts:
    chain = etree.Element(MAIN + "calcChain", nsmap={None: SPREADSHEET})  # type: ignore[dict-item]
    for number, (_, _, root) in enumerate(sheets(parts), 1):
        for formula in root.iter(MAIN + "f"):
            etree.SubElement(chain, MAIN + "c", r=formula.getparent().get("r"), i=str(number))
    store(parts, "xl/calcChain.xml", chain)
    with_link(parts, BOOK, "calcChain", "calcChain.xml")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    with_types(parts, {"xl/calcChain.xml": kind}, {})
    return parts


def asides(parts: Parts) -> Parts:
    """Comments and instructions for other programs between the elements."""

    def told(text: str) -> str:
        text = re.sub(r"(<sheetData>|<sheets>|<sst[^>]*>|<fonts[^>]*>)", r"<!-- 由报表工具生成 -->\1", text)
        text = re.sub(r"(<row )", r"<!-- 行 -->\1", text, count=3)
        return text.replace("?>", '?><?tool version="3"?>', 1)

    return _texts(told, r"\.xml$")(parts)


def newer_vocabulary(parts: Parts) -> Parts:
    """What Excel adds for itself: ignorable attributes on rows, a choice of content in the workbook."""
    spaces = f'xmlns:mc="{_COMPATIBLE}" xmlns:x14ac="{_NEWER}" mc:Ignorable="x14ac"'
    told = _texts(lambda text: text.replace("<worksheet ", f"<worksheet {spaces} "), r"worksheets/")(parts)
    parts = _texts(lambda text: text.replace("<row ", '<row x14ac:dyDescent="0.15" '), r"worksheets/")(told)
    choice = (
        f'<mc:AlternateContent xmlns:mc="{_COMPATIBLE}"><mc:Choice Requires="x15" '
        'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><x15:absPath url="D:\\报表\\"/>'
        "</mc:Choice></mc:AlternateContent><bookViews>"
    )
    parts[BOOK] = parts[BOOK].replace(b"<bookViews>", choice.encode())
    return parts


def renamed_parts(parts: Parts) -> Parts:
    """No part under its usual name; only the relationships know them."""
    new = {BOOK: "xl/book0.xml", STRINGS: "xl/texts.xml", STYLES: "xl/looks.xml", "docProps/custom.xml": "more/own.xml"}
    new |= {
        name: name.replace("sheet", "R8f3c") for name in parts if re.match(r"xl/worksheets/sheet[0-9]+\.xml$", name)
    }
    out: Parts = {}
    for name, body in parts.items():
        if name.endswith(".rels") or name == CONTENTS:
            for old, now in new.items():
                body = body.replace(f'"{old}"'.encode(), f'"{now}"'.encode())  # noqa: PLW2901
                body = body.replace(f'"/{old}"'.encode(), f'"/{now}"'.encode())  # noqa: PLW2901
                body = body.replace(f'"{old[3:]}"'.encode(), f'"{now[3:]}"'.encode())  # noqa: PLW2901
        out[new.get(name, name).replace("_rels/workbook.xml", "_rels/book0.xml")] = body
    return out


def rich_text(parts: Parts) -> Parts:
    """Texts cut into runs, with hints for their pronunciation."""
    root = tree(parts, STRINGS)
    for item in root:
        text = item.find(MAIN + "t").text or ""
        for child in list(item):
            item.remove(child)
        for piece in (text[:2], text[2:]):
            run = etree.SubElement(item, MAIN + "r")
            etree.SubElement(etree.SubElement(run, MAIN + "rPr"), MAIN + "sz", val="10")
            told = etree.SubElement(run, MAIN + "t")
            told.text = piece
            told.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        hint = etree.SubElement(item, MAIN + "rPh", sb="0", eb="1")
        etree.SubElement(hint, MAIN + "t").text = "ツウ"
        etree.SubElement(item, MAIN + "phoneticPr", fontId="1")
    store(parts, STRINGS, root)
    return parts


def labels_as_numbers(parts: Parts) -> Parts:
    """Labels that look like numbers turned into numbers, and the identity's version too."""
    texts = ["".join(t.text or "" for t in item.iter(MAIN + "t")) for item in tree(parts, STRINGS)]

    def turned(_: str, cell: Any) -> None:
        value = cell.find(MAIN + "v")
        if cell.get("t") == "s" and texts[int(value.text)].isdigit() and len(texts[int(value.text)]) < 3:
            value.text = f"{texts[int(value.text)]}.0"
            del cell.attrib["t"]

    return _cells(turned)(parts)


def wide_labels(parts: Parts) -> Parts:
    """Brackets, digits and blanks in the widths of another keyboard."""
    narrow = str.maketrans("（）／、：", "()/、:")
    root = tree(parts, STRINGS)
    for text in root.iter(MAIN + "t"):
        if text.text and len(text.text) < 40:
            text.text = text.text.translate(narrow)
    store(parts, STRINGS, root)
    return parts


def single_quotes(parts: Parts) -> Parts:
    """Attributes in single quotes, no declaration in front."""

    def told(text: str) -> str:
        text = re.sub(r"^<\?xml[^>]*\?>\s*", "", text)
        return re.sub(r"=\"([^\"'<>]*)\"(?=[^<>]*>)", r"='\1'", text)

    return _texts(told)(parts)


def indented(parts: Parts) -> Parts:
    """Every element on a line of its own, with the line ends of Windows."""
    for name in [name for name in parts if name.endswith((".xml", ".rels")) and name != STRINGS]:
        root = tree(parts, name)
        etree.indent(root)
        store(parts, name, root)
        parts[name] = parts[name].replace(b"\n", b"\r\n")
    return parts


def no_styles(parts: Parts) -> Parts:
    """No part of styles, and so no style in any cell."""
    del parts[STYLES]
    _bare("s")(parts)
    return _texts(lambda text: re.sub(r"<[^<>]*styles\.xml[^<>]*/>", "", text), r"(\.rels|Types\].xml)$")(parts)


def no_fills(parts: Parts) -> Parts:
    """Styles that name fills which are not there: no habit, but a workbook that cannot be marked."""
    parts[STYLES] = re.sub(rb"<fills.*?</fills>", b"", parts[STYLES], flags=re.DOTALL)
    return parts


def words_for_truth(parts: Parts) -> Parts:
    """``true`` and ``false`` where others write 1 and 0."""
    flags = r"(sheet|objects|scenarios|lockStructure|customWidth|customHeight|locked|applyProtection|hidden)"
    told = _texts(lambda text: re.sub(rf'\b{flags}="1"', r'\1="true"', text), r"xl/.*\.xml$")(parts)
    return _texts(lambda text: re.sub(rf'\b{flags}="0"', r'\1="false"', text), r"xl/.*\.xml$")(told)


def quoted_names(parts: Parts) -> Parts:
    """Defined names with the sheet in quotes, an equals sign before it, absolute or not."""
    root = tree(parts, BOOK)
    for number, one in enumerate(root.iter(MAIN + "definedName")):
        sheet, _, cell = (one.text or "").rpartition("!")
        if sheet and not one.get("localSheetId"):
            one.text = f"{'=' * (number % 2)}'{sheet.strip(chr(39))}'!{cell if number % 3 else cell.replace('$', '')}"
    store(parts, BOOK, root)
    return parts


def no_names(parts: Parts) -> Parts:
    root = tree(parts, BOOK)
    for one in list(root.iter(MAIN + "definedName")):
        one.getparent().remove(one)
    store(parts, BOOK, root)
    return parts


def renamed_names(parts: Parts) -> Parts:
    """Names with another mark where a point stood."""
    root = tree(parts, BOOK)
    for one in root.iter(MAIN + "definedName"):
        one.set("name", one.get("name").replace(".", "_") if "xlnm" not in one.get("name") else one.get("name"))
    store(parts, BOOK, root)
    return parts


def no_properties(parts: Parts) -> Parts:
    parts = {name: body for name, body in parts.items() if not name.startswith("docProps/")}
    return _texts(lambda text: re.sub(r"<[^<>]*docProps/[^<>]*/>", "", text), r"(\.rels|Types\].xml)$")(parts)


def only_the_sheet(parts: Parts) -> Parts:
    return no_properties(renamed_names(parts))


def no_identity_sheet(parts: Parts) -> Parts:
    """The hidden sheet emptied: the properties alone say what it is."""
    for name, _, root in sheets(parts):
        if name == "_标识":
            root.find(MAIN + "sheetData").clear()
    return parts


def strict(parts: Parts) -> Parts:
    old, new = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
    parts = _texts(lambda text: text.replace(f"{old}spreadsheetml/2006/main", f"{new}spreadsheetml/main"))(parts)
    return _texts(lambda text: text.replace(f"{old}officeDocument/2006/", f"{new}officeDocument/"))(parts)


def macro_word(parts: Parts) -> Parts:
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    with_types(parts, {}, {"bin": kind})
    return parts


def others_parts(parts: Parts) -> Parts:
    """Parts that nobody reads: of an add-in, of a printer, of a document management, of a preview."""
    sheet = "xl/worksheets/sheet5.xml"
    parts |= {
        "xl/customProperty1.bin": "加载项".encode("utf-16"),
        "xl/printerSettings/printerSettings1.bin": b"\0\1" * 40,
        "xl/comments7.xml": b"",
        "customXml/item1.xml": "<p:properties xmlns:p='urn:x'><文号/></p:properties>".encode(),
        "docProps/thumbnail.jpeg": b"\xff\xd8\xff\xe0" + bytes(60),
    }
    with_link(parts, sheet, "customProperty", "../customProperty1.bin")
    with_link(parts, sheet, "printerSettings", "../printerSettings/printerSettings1.bin")
    with_link(parts, sheet, "comments", "../comments7.xml")
    with_link(parts, BOOK, "customXml", "../customXml/item1.xml")
    with_link(
        parts,
        "",
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
        "docProps/thumbnail.jpeg",
    )
    with_types(parts, {}, {"bin": "application/octet-stream", "jpeg": "image/jpeg"})
    return parts


def empty_cells(parts: Parts) -> Parts:
    """Blank cells of every kind behind the form."""
    for _, _, root in sheets(parts):
        for row in root.iter(MAIN + "row"):
            etree.SubElement(row, MAIN + "c", r=f"HA{row.get('r')}", t="s")
            etree.SubElement(etree.SubElement(row, MAIN + "c", r=f"HB{row.get('r')}", t="n"), MAIN + "v")
            etree.SubElement(row, MAIN + "c", r=f"HC{row.get('r')}", t="inlineStr")
    return parts


def results_with_type(parts: Parts) -> Parts:
    """Every number says that it is one; a blank result is a text of nothing."""

    def typed(_: str, cell: Any) -> None:
        value = cell.find(MAIN + "v")
        if value is not None and "t" not in cell.attrib:
            cell.set("t", "n")
        if value is not None and cell.get("t") == "str" and not value.text:
            cell.remove(value)

    return _cells(typed)(parts)


#: Habits whose file is judged exactly like the plain one.
SAME: Mapping[str, Habit] = {
    "inline strings": inline_strings,
    "absolute targets": absolute_targets,
    "prefixed elements": prefixed,
    "numbers with a point": _numbers(lambda text: f"{text}.0"),
    "numbers with an exponent": _numbers(lambda text: f"{text}E0"),
    "numbers that say so": results_with_type,
    "shared formulas": shared_formulas,
    "no dimension": _without("dimension"),
    "no views, no widths": _without("sheetViews", "cols"),
    "no spans": _bare("spans"),
    "no heights, no styles of rows": _bare("ht", "customHeight", "s", tags=("row",)),
    "no addresses": no_addresses,
    "a chain of calculation": calc_chain,
    "comments and instructions": asides,
    "no styles": no_styles,
    "newer vocabulary": newer_vocabulary,
    "renamed parts": renamed_parts,
    "rich text": rich_text,
    "labels as numbers": labels_as_numbers,
    "labels in another width": wide_labels,
    "single quotes": single_quotes,
    "indented": indented,
    "a mark of byte order": _texts(lambda text: f"\ufeff{text}"),
    "true and false": words_for_truth,
    "quoted names": quoted_names,
    "no properties": no_properties,
    "no identity sheet": no_identity_sheet,
    "a word of macros": macro_word,
    "parts nobody reads": others_parts,
    "empty cells": empty_cells,
    "formulas with dollars": _formulas(lambda _, text: re.sub(r"\b([A-Z]+)([0-9]+)\b(?!\()", r"$\1$\2", text)),
    "formulas with their sheet": _formulas(
        lambda sheet, text: re.sub(r"(?<![!:A-Z\"])([A-Z]+[0-9]+)\b(?!\()", rf"'{sheet}'!\1", text)
    ),
    "formulas in small letters": _formulas(
        lambda _, text: re.sub(r"\b(SUM|COUNT|IF|AND)\(", lambda m: m[0].lower(), text)
    ),
    "formulas with blanks": _formulas(lambda _, text: re.sub(r"(?<=,)(?=\w)|(?<==)(?=\w)", " ", text)),
    "formulas with an equals sign": _formulas(lambda _, text: f"={text}"),
    "capital letters in part names": lambda parts: {
        name.replace("xl/worksheets", "xl/Worksheets").replace("workbook.xml", "Workbook.xml"): body
        for name, body in parts.items()
    },
    "backslashes in part names": lambda parts: {name.replace("/", "\\"): body for name, body in parts.items()},
    "parts in another order": lambda parts: dict(reversed(parts.items())),
}

#: Habits that are told in a note or two and change nothing else; or that are refused, with the code.
TOLD: Mapping[str, tuple[Habit, frozenset[str]]] = {
    "no results": (_cells(lambda _, cell: _emptied(cell)), frozenset({"FMLA-04"})),
    "no protection": (_without("sheetProtection"), frozenset({"FORM-08"})),
    "no names": (no_names, frozenset({"FORM-07"})),
    "names renamed": (renamed_names, frozenset({"FORM-07"})),
    "the hidden sheet alone": (only_the_sheet, frozenset({"FORM-07"})),
}


def _emptied(cell: Any) -> None:
    """A formula without its result."""
    value = cell.find(MAIN + "v")
    if cell.find(MAIN + "f") is not None and value is not None:
        cell.remove(value)
        cell.attrib.pop("t", None)


class _Stream(io.RawIOBase):
    """A file that cannot be gone back in: a zip written to it says sizes behind each part."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


def streamed(parts: Parts) -> bytes:
    out = _Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.data


def with_folders(parts: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in sorted({posixpath.dirname(name) for name in parts} - {""}):
            archive.writestr(f"{folder}/", b"")
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


#: Habits of the archive.
ZIPS: Mapping[str, Callable[[Parts], bytes]] = {
    "stored": lambda parts: packed(parts, zipfile.ZIP_STORED),
    "streamed": streamed,
    "with folders": with_folders,
}
