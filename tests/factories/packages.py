"""Workbooks written part by part, as no spreadsheet program would: what the gate and the reader are tried on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from toolkit.workbook.intake.gate import Admitted, Refused, admit_bytes

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ROWS = '<row r="1"><c r="A1"><v>1</v></c></row>'


def types(kind: str = SHEET_TYPE) -> str:
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    )


def links(*wanted: tuple[str, str], more: str = "") -> str:
    listed = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(wanted, 1)
    )
    return f'{HEAD}<Relationships xmlns="{LINKS}">{listed}{more}</Relationships>'


def sheet(rows: str = ROWS, after: str = "", before: str = "") -> str:
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )


def book(rows: str = ROWS, after: str = "") -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": types(),
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": links(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": sheet(rows, after),
    }


def packed(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def admitted_sheet(rows: str, after: str = "") -> Admitted:
    return admit_bytes(packed(book(rows, after)))


def code(data: bytes | Mapping[str, str | bytes]) -> str:
    """The code with which the gate refuses it; message and remedy are fit to be shown."""
    with pytest.raises(Refused) as refused:
        admit_bytes(data if isinstance(data, bytes) else packed(data))
    assert refused.value.message.startswith(refused.value.code.heading)
    assert refused.value.remedy
    assert "\n" not in str(refused.value)
    return refused.value.code
