"""Finds the folders of forms and samples, installed or in a source tree."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import UnknownFormError
from toolkit.forms.read_form import DEFINITION

_PACKAGE = Path(__file__).resolve().parent.parent


def data_folder(name: str) -> Path:
    """``workbook_templates`` or ``samples``: inside the installed package, else beside it in a source tree."""
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def form_folders() -> dict[str, Path]:
    """Every installed form, by the name of its folder."""
    root = data_folder("workbook_templates")
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{DEFINITION}"))}


def find_form(name: str) -> Path:
    """The folder of a form by its name, or a folder given by its path; Raises UnknownFormError otherwise."""
    known = form_folders()
    if name in known:
        return known[name]
    path = Path(name)
    if (path / DEFINITION).is_file():
        return path
    raise UnknownFormError(name, list(known))
