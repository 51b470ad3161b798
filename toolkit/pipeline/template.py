"""A blank workbook of a form, outside any round."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import UsageError
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.io.files import safe_name, write
from toolkit.model.period import Period
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template


def template(form: str, period: str, unit: str, output: Path | None) -> Path:
    """Write a blank workbook and give its path; ``output`` may be a file or a folder.

    UsageError where the period or the name of the file is none.
    """
    kind = load(form)
    told = str(wanted_period(period, kind)) if period else ""
    path = _path(output, safe_name(f"{unit}{told}{kind.form.title}") + ".xlsx")
    return write(path, write_template(kind, Prefill(unit=unit, period=told)))


def _path(output: Path | None, name: str) -> Path:
    """Where the workbook is written: as named, or under its own name in the folder named."""
    path = output or Path(name)
    if path.is_dir():
        path = path / name
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"-o：文件名应以 .xlsx 结尾：{path}")
    return path


def wanted_period(text: str, kind: Instrument) -> Period:
    """The period that ``--period`` names; UsageError where it is none of the form's kind."""
    try:
        return Period.parse(text, kind.form.period_kind)
    except ValueError as error:
        raise UsageError(f"--period：{error}。") from error
