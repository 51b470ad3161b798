"""The forms at hand, loaded with their report outlines checked."""

from __future__ import annotations

from toolkit.forms.catalogue import form_folders
from toolkit.instrument import Instrument
from toolkit.instrument import load
from toolkit.report.outline import outline_problems

DEFAULT_FORM = "zfxxgk-2021"


def instrument(name: str = "") -> Instrument:
    """A form by its name or folder; the default form where none is named. DefinitionError, UnknownFormError."""
    return load(name or DEFAULT_FORM, outline_problems)


def known_forms() -> list[Instrument]:
    """Every installed form."""
    return [instrument(name) for name in form_folders()]


def form_of(identity: str, only: Instrument | None) -> Instrument | None:
    """The instrument for a workbook that says which form it is; None if that is not at hand or not wanted."""
    if only is not None:
        return only if only.form.id == identity else None
    return next((kind for kind in known_forms() if kind.form.id == identity), None)
