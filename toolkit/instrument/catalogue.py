"""The forms at hand: which there are, where they lie, and each loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from toolkit.errors import UnknownFormError
from toolkit.forms.read_form import DEFINITION, read_definition
from toolkit.instrument.instrument import Instrument, assemble
from toolkit.model.form import CONTROLS, Form

DEFAULT_FORM = "zfxxgk-2021"
_PACKAGE = Path(__file__).resolve().parent.parent


def load(name: str = "") -> Instrument:
    """The form of that name, or in that folder; the default form where none is named.

    A name that ends in ``CONTROLS`` means its variant with control totals. Raises UnknownFormError, and DefinitionError
    with every problem at once.
    """
    base = name.removesuffix(CONTROLS)
    known = form_folders()
    folder = known.get(base or DEFAULT_FORM, Path(base))
    if not (folder / DEFINITION).is_file():
        raise UnknownFormError(base, list(known))
    return _load(str(folder), controls=name != base)


@cache
def _load(folder: str, *, controls: bool) -> Instrument:
    return assemble(read_definition(Path(folder)), Path(folder).name, controls=controls)


def known_forms() -> list[Instrument]:
    """Every installed form."""
    return [load(name) for name in form_folders()]


def form_of(identity: str, only: Instrument | None) -> Instrument | None:
    """The instrument for a workbook that says which form it is; None if that is not at hand or not wanted."""
    base = identity.removesuffix(CONTROLS)
    # The folder of that name first: the other forms are loaded only where it is none of that form.
    kinds = map(load, sorted(form_folders(), key=base.__ne__)) if only is None else [only]
    kind = next((kind for kind in kinds if kind.form.base == base), None)
    return load(reference(kind.form, controls=identity != base)) if kind is not None else None


def reference(form: Form, *, controls: bool) -> str:
    """What `load` finds a form by, with or without control totals; one that declares none has no variant."""
    able = controls and any(table.controls for table in form.tables)
    return (form.folder or form.base) + (CONTROLS if able else "")


def data_folder(name: str) -> Path:
    """``workbook_templates`` or ``samples``: inside the installed package, else beside it in a source tree."""
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def form_folders() -> dict[str, Path]:
    """Every installed form, by the name of its folder."""
    root = data_folder("workbook_templates")
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{DEFINITION}"))}
