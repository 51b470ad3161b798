"""The seal 自查通过, which the self-check page puts into a workbook that passes; and whether it still holds.

It is one custom property of the document: form and version, the time, and a hash of all that the unit filled in. It is
a statement and no proof, for a page keeps no secret: what comes in is verified all the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape

from toolkit.io.package import zipped
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.flat import FlatWorkbook
from toolkit.model.returns import Return
from toolkit.model.sentences import worded
from toolkit.workbook.intake.gate import admit_bytes

_SEAL, _PART = "xxgk.seal", "docprops/custom.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"
#: The format of all properties that a person may add (ECMA-376 Part 1, 22.3).
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_NUMBER = re.compile(rb"""\bpid\s*=\s*["']([0-9]+)""")
_OLD = re.compile(rb"""<(\w+:)?property\s[^>]*\bname\s*=\s*["']xxgk\.seal["'].*?</(\w+:)?property\s*>""", re.DOTALL)
_TOLD = re.compile(r"(\S+ ([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})) ([0-9a-f]{64})")


def sealed(data: bytes, content: Return, when: str) -> bytes | None:
    """The workbook with a seal of that time (``2026-01-05T09:30``); every other part keeps its bytes.

    None where the document has no properties any more: a program took them away, ours with them.
    """
    parts = dict(admit_bytes(data).parts)
    name = next((one for one in parts if one.lower() == _PART), "")
    body = _OLD.sub(b"", parts.get(name, b""))
    if not (numbers := [int(one) for one in _NUMBER.findall(body)]):
        return None
    stated = f"{content.identity.form}/{content.identity.version} {when}"
    text = f'<vt:lpwstr xmlns:vt="{_OFFICE}docPropsVTypes">{escape(stated)} {_digest(content, stated)}</vt:lpwstr>'
    known = f'fmtid="{_FORMAT}" pid="{1 + max(numbers)}" name="{_SEAL}"'
    made = f'<property xmlns="{_OFFICE}custom-properties" {known}>{text}</property>'
    end = body.rindex(b"</")
    return zipped(parts | {name: body[:end] + made.encode() + body[end:]})


def seal_found(flat: FlatWorkbook, content: Return) -> Iterator[Finding]:
    """SIGN-09 for a seal that holds, SIGN-10 where something was changed behind it."""
    if _SEAL in flat.properties:
        told = _TOLD.fullmatch(flat.properties[_SEAL])
        holds = told is not None and told[4] == _digest(content, told[1])
        when = f"（{told[2]} {told[3]}）" if told else ""
        yield Finding.at(worded(Code.SIGN_09 if holds else Code.SIGN_10, when=when))


def _digest(content: Return, stated: str) -> str:
    """A hash of what a person filled in and of what is ``stated`` about it; how it is spaced says nothing."""
    filled = {name: _plain(value) for name, value in content.numbers.items() if value is not None}
    items = {name: [[label, _plain(value)] for label, value in one] for name, one in content.items.items() if one}
    written = [
        {name: " ".join(text.split()) for name, text in texts.items() if text.strip()}
        for texts in (content.texts, content.cover, content.explanations)
    ]
    told = [stated, content.unit, content.period, filled, items, written]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
