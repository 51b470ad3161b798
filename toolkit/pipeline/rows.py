"""Small tables as CSV for Excel and for mail programs."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from collections.abc import Sequence

_FORMULA = frozenset("=+-@\t\r\n")


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula, in whatever width its first mark is typed."""
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return "'" + text if first in _FORMULA or text[:1] in _FORMULA else text


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark Excel looks for; no text begins a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([inert(text) for text in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode(errors="replace")
