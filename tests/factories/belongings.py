"""What a unit puts into its workbook beside the figures: pictures, drawings, conversations, and what Excel adds."""

# ruff: noqa: E501 - XML is told by what stands in it, not by the length of its lines
from __future__ import annotations

import base64
from collections.abc import Mapping

from factories.dialects import Parts, unpacked, with_link, with_types
from factories.packages import packed

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_MICROSOFT = "http://schemas.microsoft.com/office"
_FROM = (
    "<xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
)
_PICTURE = (
    f'{_FROM.format(14)}<xdr:ext cx="600000" cy="600000"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="章"/><xdr:cNvPicPr/>'
    '</xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId101"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr>'
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="600000" cy="600000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</xdr:spPr></xdr:pic><xdr:clientData/>"
)
_BOX = (
    f'{_FROM.format(18)}<xdr:ext cx="900000" cy="400000"/><xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="3" name="框"/>'
    '<xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="400000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>请先看这里</a:t></a:r></a:p>'
    "</xdr:txBody></xdr:sp><xdr:clientData/>"
)
DRAWING = (
    f'<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    f"<xdr:oneCellAnchor>{_PICTURE}</xdr:oneCellAnchor><xdr:oneCellAnchor>{_BOX}</xdr:oneCellAnchor></xdr:wsDr>"
)
_THREADS = f"{_MICROSOFT}/spreadsheetml/2018/threadedcomments"
_WHO, _WHAT = "{0B1C2D3E-0000-4000-8000-000000000001}", "{0B1C2D3E-0000-4000-8000-000000000002}"
THREAD = (
    f'<ThreadedComments xmlns="{_THREADS}"><threadedComment ref="D7" dT="2026-01-12T02:00:00.00" personId="{_WHO}" '
    f'id="{_WHAT}"><text>这个数请业务科再看一遍</text></threadedComment></ThreadedComments>'
)
PERSONS = f'<personList xmlns="{_THREADS}"><person displayName="小李" id="{_WHO}" userId="li" providerId="None"/></personList>'
IMAGES = (
    '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" '
    f'xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><etc:cellImage><xdr:pic><xdr:nvPicPr>'
    '<xdr:cNvPr id="1" name="ID_1"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId101"/></xdr:blipFill>'
    "<xdr:spPr/></xdr:pic></etc:cellImage></etc:cellImages>"
)
#: A line in a cell, and the part of a data bar that only newer programs know: both live in a sheet's own extensions.
EXTENSIONS = (
    f'<extLst><ext xmlns:x14="{_MICROSOFT}/spreadsheetml/2009/9/main" uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}">'
    f'<x14:sparklineGroups xmlns:xm="{_MICROSOFT}/excel/2006/main"><x14:sparklineGroup><x14:sparklines><x14:sparkline>'
    "<xm:f>申请情况!D6:I6</xm:f><xm:sqref>L6</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
    f'</x14:sparklineGroups></ext><ext xmlns:x14="{_MICROSOFT}/spreadsheetml/2009/9/main" '
    'uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings><x14:conditionalFormatting '
    f'xmlns:xm="{_MICROSOFT}/excel/2006/main"><x14:cfRule type="dataBar" id="{_WHAT}"><x14:dataBar minLength="0" '
    'maxLength="100"><x14:cfvo type="autoMin"/><x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule>'
    "<xm:sqref>D6:I6</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
)
#: Every part that is theirs, byte for byte.
THEIRS: Mapping[str, bytes] = {
    "xl/media/image1.png": DOT,
    "xl/drawings/drawing1.xml": DRAWING.encode(),
    "xl/threadedComments/threadedComment1.xml": THREAD.encode(),
    "xl/persons/person.xml": PERSONS.encode(),
    "xl/cellimages.xml": IMAGES.encode(),
}


def with_belongings(data: bytes, number: int) -> bytes:
    """The workbook with all of them, on sheet ``number`` and for the whole workbook."""
    parts: Parts = unpacked(data) | dict(THEIRS)
    sheet = f"xl/worksheets/sheet{number}.xml"
    picture = with_link(parts, sheet, "drawing", "../drawings/drawing1.xml")
    with_link(
        parts, sheet, f"{_MICROSOFT}/2017/10/relationships/threadedComment", "../threadedComments/threadedComment1.xml"
    )
    with_link(parts, "xl/workbook.xml", f"{_MICROSOFT}/2017/10/relationships/person", "persons/person.xml")
    with_link(parts, "xl/workbook.xml", "http://www.wps.cn/officeDocument/2020/cellImage", "cellimages.xml")
    with_link(parts, "xl/drawings/drawing1.xml", "image", "../media/image1.png")
    with_link(parts, "xl/cellimages.xml", "image", "media/image1.png")
    more = f'<drawing r:id="{picture}"/>{EXTENSIONS}</worksheet>'
    parts[sheet] = parts[sheet].replace(b"</worksheet>", more.encode())
    with_types(
        parts,
        {
            "xl/drawings/drawing1.xml": "application/vnd.openxmlformats-officedocument.drawing+xml",
            "xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
            "xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
            "xl/cellimages.xml": "application/vnd.wps-officedocument.cellimage+xml",
        },
        {"png": "image/png"},
    )
    return packed(parts)
