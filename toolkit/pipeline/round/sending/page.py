"""What one unit is given outside any round, and the page on which it checks what it filled in.

Its base, Python and the whole checker, is made by ``packaging/page/build.py``; ToolkitError where it never was.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from toolkit.collection.settings import given_period
from toolkit.errors import ToolkitError, UsageError
from toolkit.instrument.catalogue import data_folder, load
from toolkit.instrument.instrument import Instrument
from toolkit.io.files import safe_name, write
from toolkit.model.form import CONTROLS
from toolkit.model.sentences import phrase
from toolkit.pipeline.round.open import Round
from toolkit.workbook.template.cells import Prefill

_ENDING = "自查.html"


def page(form: str, period: str, unit: str, output: Path | None) -> Path:
    """Write a self-check page, for any form where none is named, and give its path; UsageError as of `asked_for`."""
    kind, prefill, path = asked_for(form, period, unit, output, _ENDING)
    return write(path, _filled(kind if form else None, prefill))


def put_beside(round_: Round, books: Mapping[str, Prefill]) -> None:
    """Put the page of its unit beside each workbook that was issued at that place, unless it is there."""
    for book, prefill in books.items():
        path = round_.folder.root / f"{book.removesuffix('.xlsx')}-{_ENDING}"
        data = _filled(round_.issued, prefill)
        if not path.is_file() or path.read_bytes() != data:
            write(path, data)


def asked_for(form: str, period: str, unit: str, output: Path | None, ending: str) -> tuple[Instrument, Prefill, Path]:
    """What is to be made for form, period and unit, and where; UsageError where period or file name is none."""
    kind, suffix = load(form), f".{ending.rpartition('.')[2]}"
    told = str(given_period(period, kind.form.period_kind)) if period else ""
    name = safe_name(f"{unit}{told}{kind.form.title}") + ending
    path = output / name if output and output.is_dir() else output or Path(name)
    if path.suffix.lower() != suffix:
        raise UsageError(f"-o：文件名应以 {suffix} 结尾：{path}")
    return kind, Prefill(unit=unit, period=told), path


def _filled(kind: Instrument | None, prefill: Prefill) -> bytes:
    """The page for workbooks of one form, which it brings along; else for any."""
    base = data_folder("page") / "page.html"
    if not base.is_file():
        raise ToolkitError(phrase("no page"))
    told: dict[str, object] = {"form": "", "prefill": asdict(prefill)}
    if kind is not None:
        told["form"] = kind.form.base + (CONTROLS if kind.form.id != kind.form.base else "")
        own = sorted(Path(kind.form.folder).glob("*.toml"))
        told["files"] = {one.name: base64.b64encode(one.read_bytes()).decode() for one in own}
    text = json.dumps(told, ensure_ascii=False, default=str).replace("<", "\\u003c")
    return base.read_bytes().replace(b'id="given">{}<', f'id="given">{text}<'.encode(), 1)
