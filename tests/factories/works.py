"""An invented form in another script: quarters, euros, counts beside them, labels with blanks and full stops."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument

FORM = """
form = { id = "public-works", version = 3, title = "Public works, quarterly return", period = "quarter" }

[[cover]]
id = "officer"
label = "Officer in charge"

[[table]]
id = "works"
title = "A. Works in hand"
sheet = "A. Works"
rows = [
  { id = "roads", label = "No. 1 Roads and bridges", under = "Works by kind" },
  { id = "schools", label = "No. 2 Schools", under = "Works by kind" },
  { id = "all_kinds", label = "All kinds" },
]
columns = [
  { id = "begun", label = "Begun in the quarter" },
  { id = "ended", label = "Ended in the quarter" },
  { id = "spent", label = "Spent", type = { kind = "decimal", decimals = 2, unit = "EUR" }, aggregate = "sum" },
  { id = "change", label = "Change of staff", type = { signed = true } },
]
formulas = { KIND-1 = "all_kinds = sum(roads:schools)" }
[table.rules]
WORK-1 = { rule = "ended <= begun", severity = "verify" }
LAST-1 = { rule = "spent <= 4 * spent[上期] + 1000", severity = "verify" }
DATE-1 = "ended[累计] <= begun[累计]"
YEAR-1 = { rule = "begun <= 10 * begun[上年同期] + 100", severity = "verify" }

[[texts]]
id = "remarks"
title = "B. Remarks"
sheet = "B. Remarks"
items = [{ id = "delays", label = "Delays and their causes", required = true }]
"""
REPORT = """
[[section]]
heading = "Works"
table = "works"
[[section]]
heading = "Remarks"
[[section.part]]
text = "remarks.delays"
"""


@cache
def works() -> Instrument:
    """The form, in a folder of its own outside of the installed ones."""
    folder = Path(tempfile.mkdtemp(prefix="form-")) / "public-works"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    folder.mkdir()
    (folder / "form.toml").write_text(FORM, encoding="utf-8")
    (folder / "report.toml").write_text(REPORT, encoding="utf-8")
    return load(str(folder))
