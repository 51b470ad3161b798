"""Small tables as CSV for Excel and for mail programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from collections.abc import Sequence

from toolkit.consolidation.tables import inert


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark Excel looks for; no text begins a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([inert(text) for text in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode(errors="replace")
