"""One blank workbook."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import UsageError
from toolkit.model.period import Period
from toolkit.pipeline.files import safe_name
from toolkit.pipeline.files import write
from toolkit.pipeline.instruments import instrument
from toolkit.workbook.planned import Prefill
from toolkit.workbook.write import write_template


def template(form: str, period: str, unit: str, output: Path | None) -> Path:
    """Write a blank workbook and give its path; ``output`` may be a file or a folder."""
    kind = instrument(form)
    if period:
        try:
            period = str(Period.parse(period, kind.form.period_kind))
        except ValueError as error:
            raise UsageError(f"--period：{error}。") from error
    name = safe_name(f"{unit}{period}{kind.form.title}") + ".xlsx"
    path = output or Path(name)
    if path.is_dir():
        path = path / name
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"-o：文件名应以 .xlsx 结尾：{path}")
    return write(path, write_template(kind, Prefill(unit=unit, period=period)))
