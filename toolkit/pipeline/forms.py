"""The forms at hand, loaded with their rules about texts checked."""

from __future__ import annotations

from pathlib import Path

from toolkit.checks.narrative.registry import kind_problems
from toolkit.errors import UsageError
from toolkit.forms.read_form import form_folders
from toolkit.instrument.instrument import Instrument, load
from toolkit.io.files import safe_name, write
from toolkit.model.form import CONTROLS, Form
from toolkit.model.period import Period
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

DEFAULT_FORM = "zfxxgk-2021"


def instrument(name: str = "") -> Instrument:
    """A form by its name or folder; the default form where none is named. DefinitionError, UnknownFormError."""
    return load(name or DEFAULT_FORM, kind_problems)


def known_forms() -> list[Instrument]:
    """Every installed form."""
    return [instrument(name) for name in form_folders()]


def form_of(identity: str, only: Instrument | None) -> Instrument | None:
    """The instrument for a workbook that says which form it is; None if that is not at hand or not wanted."""
    base = identity.removesuffix(CONTROLS)
    kinds = known_forms() if only is None else [only]
    kind = next((kind for kind in kinds if kind.form.base == base), None)
    return instrument(reference(kind.form, controls=identity != base)) if kind is not None else None


def reference(form: Form, *, controls: bool) -> str:
    """What `instrument` finds a form by, with or without control totals; one that declares none has no variant."""
    able = controls and any(table.controls for table in form.tables)
    return (form.folder or form.base) + (CONTROLS if able else "")


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
