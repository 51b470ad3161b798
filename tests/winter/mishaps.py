"""What goes wrong between a district's units and the clerk, one kind a function.

Over a workbook's bytes, over what lies in the inbox, over the roster, over the settings, over the form.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import zipfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from docx import Document
from factories.dialects import BOOK, CONTENTS, MAIN, sheets, unpacked, with_link, with_types
from factories.packages import packed
from lxml import etree

from toolkit.instrument import catalogue
from toolkit.instrument.instrument import Instrument
from winter.district import Figures, Member

Cell = int | float | str | None
People = Mapping[str, Member]

# ---------------------------------------------------------------- a workbook


def typed(data: bytes, kind: Instrument, cells: Mapping[str, Cell]) -> bytes:
    """Something else in the cells of these variables; None empties a cell, a formula goes."""
    return at_places(data, {(kind.layout.spot(n).sheet, kind.layout.spot(n).cell): v for n, v in cells.items()})


def at_places(data: bytes, cells: Mapping[tuple[str, str], Cell]) -> bytes:
    """The same by sheet and cell; every other part of the workbook keeps its bytes."""
    parts = unpacked(data)
    for sheet, part, root in sheets(parts):
        wanted = {address: value for (name, address), value in cells.items() if name == sheet}
        before = parts[part]
        for cell in root.iter(MAIN + "c") if wanted else ():
            if cell.get("r") in wanted:
                _put(cell, wanted.pop(cell.get("r")))
        assert not wanted, f"{sheet} has no {list(wanted)}"
        parts[part] = before if not any(name == sheet for name, _ in cells) else etree.tostring(root)
    return packed(parts)


def _put(cell: Any, value: Cell) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, MAIN + "is"), MAIN + "t").text = value
    elif value is not None:
        etree.SubElement(cell, MAIN + "v").text = repr(value)


def zeros_left_blank(data: bytes, kind: Instrument, told: Mapping[str, object]) -> bytes:
    """Nothing where 0 is meant."""
    return typed(data, kind, dict.fromkeys(name for name, value in told.items() if value == Decimal(0)))


def counted_in_pieces(data: bytes, kind: Instrument, told: Figures) -> bytes:
    """`10件`."""
    return typed(data, kind, {name: f"{told[name]}件" for name in told if name.startswith("requests.new.")})


def odd_digits(data: bytes, kind: Instrument, told: Figures) -> bytes:
    """Full-width digits, a number stored as text: read, with a note."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    licences, penalties = "proactive.licences.decisions", "proactive.penalties.decisions"
    return typed(data, kind, {licences: str(told[licences]).translate(wide), penalties: f" {told[penalties]} "})


def below_zero(data: bytes, kind: Instrument) -> bytes:
    """What no count of pieces can be."""
    return typed(data, kind, {"disputes.review.upheld": -2, "disputes.direct.upheld": 1.5})


def totals_typed(data: bytes, kind: Instrument, told: Figures, more: int = 0) -> bytes:
    """Totals typed over their formulas: right, or wrong by ``more``."""
    row = "requests.new"
    right = sum(value for name, value in told.items() if name.startswith(f"{row}."))
    return typed(data, kind, {f"{row}.total": int(right) + more})


def words_over_formulas(data: bytes, kind: Instrument) -> bytes:
    """A text pasted over formulas."""
    return typed(data, kind, {f"requests.closed.{column}": "详见台账" for column in ("natural", "business")})


def with_cover_of(data: bytes, name: str) -> bytes:
    """The cover names another unit."""
    return at_places(data, {("封面", "B4"): name})


def row_inserted(data: bytes) -> bytes:
    """A row of the unit's own in the midst of a table."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["申请情况"].insert_rows(9)
    return _saved(book)


def sheets_copied(data: bytes) -> bytes:
    """The sheets' values copied to a new workbook."""
    copy = openpyxl.Workbook()
    copy.remove(copy.worksheets[0])
    for name, rows in _values(data).items():
        sheet = copy.create_sheet(name)
        for (row, column), value in rows.items():
            sheet.cell(row, column, value)
    return _saved(copy)


def with_macro(data: bytes) -> bytes:
    """A workbook with a macro part."""
    parts = unpacked(data)
    with_link(
        parts, "xl/workbook.xml", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"
    )
    with_types(parts, {}, {"bin": "application/vnd.ms-office.vbaProject"})
    parts[CONTENTS] = parts[CONTENTS].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return packed({**parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 no macro at all"})


def confirmed(data: bytes) -> bytes:
    """A copy with proposed values whose one place of confirming says yes; empty where there is no such place."""
    if "待确认" not in unpacked(data)[BOOK].decode():
        return b""
    return at_places(data, {("待确认", "A1"): "确认"})


def half(data: bytes) -> bytes:
    """Cut off on its way."""
    return data[: len(data) // 2]


def old_excel(data: bytes) -> bytes:
    """The values in Excel's format of 1997: BIFF8 in a compound file, with LABEL and NUMBER records only."""
    tables = {name: rows for name, rows in _values(data).items() if name in {"主动公开", "申请情况", "复议诉讼"}}
    bodies = [_biff_sheet(rows) for rows in tables.values()]
    globals_ = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 1996, 0, 6))]
    heads = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in tables]
    at = len(globals_[0]) + sum(4 + 6 + len(head) for head in heads) + 4
    for head, body in zip(heads, bodies, strict=True):
        globals_.append(_record(0x0085, struct.pack("<IH", at, 0) + head))
        at += len(body)
    return _compound(b"".join([*globals_, _record(0x000A), *bodies]))


def _biff_sheet(rows: Mapping[tuple[int, int], object]) -> bytes:
    out = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 1996, 0, 6))]
    for (row, column), value in rows.items():
        place = struct.pack("<HHH", row - 1, column - 1, 0)
        if isinstance(value, int | float):
            out.append(_record(0x0203, place + struct.pack("<d", value)))
        else:
            text = str(value)[:200]
            out.append(_record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")))
    return b"".join([*out, _record(0x000A)])


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """A compound file with one stream, ``Workbook``: header, one sector of the table, the directory, the stream."""
    sector, free, end, table = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    stream = stream.ljust(max(4096, -(-len(stream) // sector) * sector), b"\0")
    count = len(stream) // sector
    chain = [table, end, *range(3, 2 + count), end]
    assert len(chain) <= sector // 4
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    entries = (
        _entry("Root Entry", 5, 1, end, 0) + _entry("Workbook", 2, free, 2, len(stream)) + 2 * _entry("", 0, free, 0, 0)
    )
    return b"".join(
        [
            head.ljust(sector, b"\xff"),
            struct.pack(f"<{sector // 4}I", *chain, *[free] * (sector // 4 - len(chain))),
            entries,
            stream,
        ]
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    told = (name + "\0").encode("utf-16-le") if name else b""
    nobody = 0xFFFFFFFF
    return (
        told.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(told), kind, 1, nobody, nobody, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def _values(data: bytes) -> dict[str, dict[tuple[int, int], object]]:
    """What the visible sheets show, by row and column."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return {
        sheet.title: {(c.row, c.column): c.value for row in sheet.iter_rows() for c in row if c.value is not None}
        for sheet in shown
    }


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- what is no workbook

PHOTO = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes(64) + bytes.fromhex("ffd9")
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
#: What computers leave beside files; nobody sent it.
LITTER: Mapping[str, bytes] = {"~$年报.xlsx": b"\x06lock", "Thumbs.db": b"x", ".DS_Store": b"x"}


def in_word(told: Figures) -> bytes:
    """The figures in a table of a Word file."""
    document = Document()
    document.add_paragraph("政府信息公开工作年度报告")
    table = document.add_table(rows=0, cols=2)
    for name, value in list(told.items())[:12]:
        line = table.add_row().cells
        line[0].text, line[1].text = name, str(value)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zipped_by_windows(members: Mapping[str, bytes]) -> bytes:
    """A zip whose names are in GBK, without the mark of UTF-8."""
    out = io.BytesIO()
    stand_ins = {f"{i:04}".ljust(len(name.encode("gb18030")), "_"): name for i, name in enumerate(members)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for stand_in, name in stand_ins.items():
            archive.writestr(zipfile.ZipInfo(stand_in, (2024, 1, 8, 9, 0, 0)), members[name])
    data = out.getvalue()
    for stand_in, name in stand_ins.items():
        data = data.replace(stand_in.encode(), name.encode("gb18030"))
    return data


# ---------------------------------------------------------------- the roster


def renamed(people: People, code: str, name: str, former: str = "") -> dict[str, Member]:
    """A unit under another name; ``former`` says that it is the same unit."""
    return {**people, code: people[code]._replace(name=name, former=former)}


def recoded(people: People, code: str, new: str) -> dict[str, Member]:
    """A unit under another code, without a word on the old one."""
    return {
        new if one == code else one: person._replace(code=new) if one == code else person
        for one, person in people.items()
    }


def removed(people: People, *codes: str) -> dict[str, Member]:
    """Units struck off the roster."""
    return {code: person for code, person in people.items() if code not in codes}


def zeros_lost(people: People) -> dict[str, Member]:
    """The codes as a spreadsheet program saves them."""
    return {code: person._replace(code=person.code.lstrip("0")) for code, person in people.items()}


# ---------------------------------------------------------------- the settings and the form


def with_severity(settings: Path, rule: str, level: str) -> None:
    """Another severity for a rule."""
    settings.write_text(
        settings.read_text(encoding="utf-8") + f'\n[severity]\n"{rule}" = "{level}"\n', encoding="utf-8"
    )


def without_severities(settings: Path) -> None:
    """The severities taken out again."""
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r'\n\[severity\]\n"[^\n]*\n', "\n", text), encoding="utf-8")


def with_waiver(settings: Path, unit: str, rule: str, until: str) -> None:
    """A unit let off a rule."""
    told = f'\n[[waiver]]\nunit = "{unit}"\nrule = "{rule}"\nreason = "系统迁移，台账待补"\nuntil = "{until}"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + told, encoding="utf-8")


def own_form(kind: Instrument, place: Path) -> Path:
    """A copy of the form that the office may change; what is made from the definition is left out."""
    made = shutil.ignore_patterns("*.xlsx", "*.docx")
    return Path(shutil.copytree(kind.form.folder, place / kind.form.id, ignore=made))


def with_further_row(folder: Path) -> None:
    """The form as the next version, with a further row in a table; the version before is still accepted."""
    path = folder / "form.toml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("version = 1\naccepts = [1]", "version = 2\naccepts = [1, 2]")
    row = '{ id = "licences", label = "行政许可" }'
    changed = changed.replace(row, f'{row}, {{ id = "confirmations", label = "行政确认" }}')
    assert len(changed) > len(text) + len(row)
    path.write_text(changed, encoding="utf-8")
    catalogue._load.cache_clear()


def names_in(text: str, names: Iterable[str]) -> set[str]:
    """Which of these names stand in a text, a name within a longer one not counted."""
    longest = sorted(names, key=len, reverse=True)
    return set(re.findall("|".join(map(re.escape, longest)), text))
