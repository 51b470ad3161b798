"""The formats a report can be had in; a further one is one line here and one module."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from toolkit.report.blocks import Document
from toolkit.report.render_docx import render_docx
from toolkit.report.render_html import render_html
from toolkit.report.render_md import render_md
from toolkit.report.render_pdf import render_pdf


def _html(document: Document) -> bytes:
    return render_html(document).encode()


def _md(document: Document) -> bytes:
    return render_md(document).encode()


#: By file ending.
RENDERERS: Final[Mapping[str, Callable[[Document], bytes]]] = MappingProxyType(
    {"docx": render_docx, "html": _html, "pdf": render_pdf, "md": _md}
)
