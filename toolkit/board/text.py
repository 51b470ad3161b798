"""Makes strangers' texts safe to show: marks that hide what stands beside them, or reverse it, are written out."""

from __future__ import annotations

import json
import unicodedata

from markupsafe import Markup

#: Controls, marks of direction and other invisible ones, halves of surrogate pairs, line and paragraph separators.
_WRITTEN_OUT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NON_CHARACTERS = 0xFFFE
#: What could end a block of data early or be taken for markup; JSON reads the escapes as the same characters.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def visible(text: str) -> str:
    r"""The text with every hidden mark as ``\u202e``; rare characters, also those of a private font, stay."""
    if text.isprintable():
        return text
    return "".join(f"\\u{ord(c):04x}" if _hidden(c) else c for c in text.replace("\r\n", "\n"))


def shown(value: object) -> object:
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


def _hidden(c: str) -> bool:
    if c in "\n\t":
        return False
    return unicodedata.category(c) in _WRITTEN_OUT or ord(c) & _NON_CHARACTERS == _NON_CHARACTERS
