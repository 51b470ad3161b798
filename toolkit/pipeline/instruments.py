"""The forms at hand, loaded with their report outlines checked."""

from __future__ import annotations

from toolkit.checks.readings import kind_problems
from toolkit.forms.catalogue import form_folders
from toolkit.instrument import Instrument
from toolkit.instrument import load
from toolkit.model.form import CONTROLS
from toolkit.model.form import Form
from toolkit.report.outline import outline_problems

DEFAULT_FORM = "zfxxgk-2021"


def instrument(name: str = "") -> Instrument:
    """A form by its name or folder; the default form where none is named. DefinitionError, UnknownFormError."""
    return load(name or DEFAULT_FORM, _problems)


def _problems(form: Form) -> list[str]:
    """What only the layers that read a report's outline and a form's rules about texts can tell."""
    return [*outline_problems(form), *kind_problems(form)]


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
