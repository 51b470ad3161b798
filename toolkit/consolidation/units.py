"""Which unit a verdict is of, and what it is called."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

from toolkit.model.returns import Verdict


def unit_key(verdict: Verdict) -> str:
    """Give the same key for the same unit, however its name is spaced or typed; a nameless file stands for itself."""
    return plain(unit_name(verdict)) or f"\n{verdict.sha256 or verdict.file}"


def unit_name(verdict: Verdict) -> str:
    """Find the unit's name as it gave it; may be empty."""
    inside = verdict.content.unit if verdict.content is not None else ""
    return (inside or verdict.unit).strip()


def file_name(verdict: Verdict) -> str:
    """Name the file without its folders, which mean nothing on another computer."""
    return PurePath(verdict.file).name


def plain(text: str) -> str:
    """Give a text without what is typed differently: width and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())
