"""Puts the seal 自查通过 into a workbook: one custom property more, every other part as it was."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from toolkit.io.package import zipped
from toolkit.model.returns import Return
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.seal import SEAL, seal_of

_PART = "docprops/custom.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"
#: The format of all properties that a person may add (ECMA-376 Part 1, 22.3).
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_NUMBER = re.compile(rb"""\bpid\s*=\s*["']([0-9]+)""")
_PROPERTY = re.compile(rb"<((?:\w+:)?property)\s.*?</\1\s*>", re.DOTALL)
_NAMED = re.compile(rb"""^[^>]*\bname\s*=\s*["']xxgk\.seal["']""")


def sealed(data: bytes, content: Return, when: str) -> bytes | None:
    """The workbook with a seal of that time (``2026-01-05T09:30``); an earlier seal goes.

    None where the document has no properties any more: a program took them away, ours with them.
    """
    parts = dict(admit_bytes(data).parts)
    name = next((one for one in parts if one.lower() == _PART), "")
    body = _PROPERTY.sub(lambda one: b"" if _NAMED.match(one[0]) else one[0], parts.get(name, b""))
    if not (numbers := [int(one) for one in _NUMBER.findall(body)]):
        return None
    text = escape(seal_of(content, when))
    told = f'<vt:lpwstr xmlns:vt="{_OFFICE}docPropsVTypes">{text}</vt:lpwstr>'
    known = f'fmtid="{_FORMAT}" pid="{1 + max(numbers)}" name="{SEAL}"'
    made = f'<property xmlns="{_OFFICE}custom-properties" {known}>{told}</property>'
    end = body.rindex(b"</")
    return zipped(parts | {name: body[:end] + made.encode() + body[end:]})
