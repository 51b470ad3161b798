"""Workbooks for the tests of whole runs: filled, filled by names with openpyxl, and spoilt in one way at a time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl

from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.returns import Verdict
from toolkit.pipeline.verify import verify
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

Value = Decimal | str | None


def form() -> Instrument:
    """The statutory form of 2021, as the commands load it."""
    return load("zfxxgk-2021")


def values(**changed: Value) -> dict[str, Decimal | str]:
    """A complete return of zeros; ``requests__new__natural=…`` changes a value, None leaves it blank."""
    kind = form()
    out: dict[str, Value] = {name: Decimal(0) for name in kind.names if name not in kind.rules.formulas}
    out |= {name: f"{text.label}的情况。" for name, text in kind.form.texts.items() if text.required}
    out |= {name.replace("__", "."): value for name, value in changed.items()}
    return {name: value for name, value in out.items() if value is not None}


_WRITTEN: dict[tuple[Instrument, str], bytes] = {}


def written(instrument: Instrument, prefill: Prefill) -> bytes:
    """A filled workbook; the same one is written once for all tests, since the same input gives the same bytes."""
    key = instrument, repr(prefill)
    if key not in _WRITTEN:
        _WRITTEN[key] = write_template(instrument, prefill)
    return _WRITTEN[key]


def workbook(unit: str = "甲局", period: str = "2025", **changed: Value) -> bytes:
    """A complete return of zeros but for ``changed``, as a file."""
    return written(form(), Prefill(unit=unit, period=period, values=values(**changed)))


def save(path: Path, data: bytes) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def by_names(path: Path, filled: dict[str, Decimal | str | int | float]) -> Path:
    """Fill the blank template by its names with openpyxl, as an office's own script would; no cached results."""
    book = openpyxl.load_workbook(io.BytesIO(write_template(form(), Prefill(unit="甲局", period="2023"))))
    for name, value in filled.items():
        sheet, _, cell = str(book.defined_names[name].attr_text).rpartition("!")
        book[sheet.strip("'")][cell.replace("$", "")].value = value if isinstance(value, str | int) else float(value)
    book.save(path)
    return path


def edited(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """A workbook changed with openpyxl (its cached results are gone afterwards)."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def patched(data: bytes, sheet: int | str, pattern: str, replacement: str) -> bytes:
    """A workbook whose sheet XML is changed in one place; everything else keeps its bytes.

    ``sheet`` is the name of a sheet of the statutory form, or the number of a part.
    """
    out = io.BytesIO()
    if isinstance(sheet, str):
        sheet = form().layout.sheets.index(sheet) + 1
    part = f"xl/worksheets/sheet{sheet}.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            if info.filename == part:
                text, count = re.subn(pattern, replacement, body.decode())
                assert count == 1, f"{pattern} found {count} times"
                body = text.encode()
            new.writestr(info, body)
    return out.getvalue()


def verdict(path: Path) -> Verdict:
    """The verdict without the note that outside a round every unsigned file gets."""
    (only,) = verify([path])
    return replace(only, findings=tuple(f for f in only.findings if f.rule != "SIGN-01"))


def found(verdict: Verdict, rule: str) -> list[Finding]:
    """The findings of a verdict whose rule begins so."""
    return [finding for finding in verdict.findings if finding.rule.startswith(rule)]


def places(verdict: Verdict) -> list[tuple[str, str, str]]:
    """Rule, severity and place of every finding: what must be the same whoever saved the file."""
    return [(f.rule, f.severity.value, f"{f.sheet}!{f.cell}") for f in verdict.findings]
