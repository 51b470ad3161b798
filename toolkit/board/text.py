"""Makes strangers' texts safe to show: marks that hide what stands beside them, or reverse it, are written out."""

from __future__ import annotations

import json

from markupsafe import Markup

from toolkit.text import visible

#: What could end a block of data early or be taken for markup; JSON reads the escapes as the same characters.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def escaped_marks(value: object) -> object:
    """A value as the page prints it: texts are made visible, our own markup stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def line(text: str) -> str:
    """The text on one line."""
    return visible(" ".join(text.split()))


def data_block(document: object) -> Markup:
    """JSON that may stand inside an element: no text of it can close the element or open another."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # Nothing in it is markup any more.
    return Markup(text.translate(_ESCAPES))  # noqa: S704
