"""The forms at hand: which there are, where they lie, and each loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from toolkit.errors import UnknownFormError
from toolkit.forms.read_form import DEFINITION, read_definition
from toolkit.instrument.instrument import Instrument, assemble
from toolkit.model.form import CONTROLS, Form

DEFAULT_FORM = "zfxxgk-2021"
#: Under this name a package says in its metadata that it brings forms.
FORMS = "xxgk.forms"
_PACKAGE = Path(__file__).resolve().parent.parent


def load(name: str = "") -> Instrument:
    """The form of that name, or in that folder; the default form where none is named.

    A name that ends in ``CONTROLS`` means its variant with control totals. Raises UnknownFormError, and DefinitionError
    with every problem at once.
    """
    base = name.removesuffix(CONTROLS)
    folder = form_folders().get(base or DEFAULT_FORM, Path(base))
    if not (folder / DEFINITION).is_file():
        folder = _packaged().get(base, folder)
    if not (folder / DEFINITION).is_file():
        raise UnknownFormError(base, [*form_folders(), *_packaged()])
    return _load(str(folder), controls=name != base)


@cache
def _load(folder: str, *, controls: bool) -> Instrument:
    return assemble(read_definition(Path(folder)), Path(folder).name, controls=controls)


def known_forms() -> list[Instrument]:
    """Every installed form."""
    return [load(name) for name in {**_packaged(), **form_folders()}]


def form_of(identity: str, only: Instrument | None) -> Instrument | None:
    """The instrument for a workbook that says which form it is; None if that is not at hand or not wanted."""
    base = identity.removesuffix(CONTROLS)
    kinds = map(load, _names(base)) if only is None else iter([only])
    kind = next((kind for kind in kinds if kind.form.base == base), None)
    return load(reference(kind.form, controls=identity != base)) if kind is not None else None


def _names(first: str) -> Iterator[str]:
    """The forms, one of that name first: the others are loaded only where it is none of that form, ours before all."""
    yield from sorted(form_folders(), key=first.__ne__)
    yield from _packaged()


def reference(form: Form, *, controls: bool) -> str:
    """What `load` finds a form by, with or without control totals; one that declares none has no variant."""
    able = controls and any(table.controls for table in form.tables)
    return (form.folder or form.base) + (CONTROLS if able else "")


def data_folder(name: str) -> Path:
    """``workbook_templates`` or ``samples``: inside the installed package, else beside it in a source tree."""
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def form_folders() -> dict[str, Path]:
    """Every form of ours, by the name of its folder."""
    return _forms_in(data_folder("workbook_templates"))


@cache
def _packaged() -> dict[str, Path]:
    """The forms that other packages bring: an entry point `FORMS` names a package with a folder a form."""
    # These take longer to load than a form, and few need them.
    from importlib.metadata import entry_points  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    found = [_forms_in(Path(str(files(one.value)))) for one in entry_points(group=FORMS)]
    return {name: folder for several in found for name, folder in several.items()}


def _forms_in(root: Path) -> dict[str, Path]:
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{DEFINITION}"))}
