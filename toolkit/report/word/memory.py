"""What a report remembers of the data it was written from: in the custom properties of its file.

Word, WPS and LibreOffice keep those when they save. A property holds 255 characters, so there are several, in order.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from toolkit.report.document.blocks import Document

#: By whom comments of this program are: they are no editor's, and are not published.
AUTHOR: Final = "报告程序"
#: The initials on a comment that asks for something: until it is struck the report is not finished.
ASKING: Final = "待处理"
_NAME, _LONGEST = "xxgk-", 250
_SPACE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_EMPTY: Final = f'<Properties xmlns="{_SPACE}" xmlns:vt="{_TYPES}"/>'
_KIND: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


class WrittenFrom(NamedTuple):
    """As written: the figures of the tables by variable, the generated sentences in order, the note on the scope.

    A sentence that was only proposed ends in its mark.
    """

    values: Mapping[str, str]
    said: tuple[str, ...]
    notice: str = ""

    @classmethod
    def of(cls, document: Document) -> Self:
        """What a report says that the program computed."""
        values = {name: value for table in document.tables for name, value in table.values.items()}
        said = dict.fromkeys(sentence for one in document.paragraphs for sentence in (*one.said, *one.proposed))
        return cls(values, tuple(said), document.notice)


def remember(package: Any, written: WrittenFrom) -> None:  # noqa: ANN401 - python-docx has no types
    """Put that into the properties of an opened .docx, in place of what it remembered."""
    known = _properties(package)
    root = etree.fromstring(_EMPTY if known is None else known.blob)
    for one in [one for one in root if one.get("name", "").startswith(_NAME)]:
        root.remove(one)
    told = json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()
    text = base64.b64encode(zlib.compress(told, 9)).decode()
    # The smallest number that a property may have is 2.
    first = max((int(one.get("pid", "1")) for one in root), default=1) + 1
    for number, start in enumerate(range(0, len(text), _LONGEST)):
        marks = {"fmtid": _KIND, "pid": str(first + number), "name": f"{_NAME}{number:03d}"}
        one = etree.SubElement(root, f"{{{_SPACE}}}property", marks)
        etree.SubElement(one, f"{{{_TYPES}}}lpwstr").text = text[start : start + _LONGEST]
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if known is None:
        known = Part(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, package=package)
        package.relate_to(known, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
    known._blob = blob  # noqa: SLF001 - it has no other way in


def remembered(package: Any) -> WrittenFrom | None:  # noqa: ANN401
    """What an opened .docx was written from; None where it does not say, or no longer whole."""
    known = _properties(package)
    pieces = {} if known is None else {one.get("name", ""): one for one in etree.fromstring(known.blob)}
    text = "".join(
        "".join(map(str, pieces[name].itertext())).strip() for name in sorted(pieces) if name.startswith(_NAME)
    )
    try:
        values, said, notice = json.loads(zlib.decompress(base64.b64decode(text)))
    except (ValueError, zlib.error):
        return None
    return WrittenFrom(values, tuple(said), notice)


def _properties(package: Any) -> Any:  # noqa: ANN401
    kind = RELATIONSHIP_TYPE.CUSTOM_PROPERTIES
    return next((one.target_part for one in package.rels.values() if one.reltype == kind), None)
