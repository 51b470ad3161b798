"""What a roster expects of an area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The units of an area that should be added up (code -> name, in roster order), and those that are left out.

    ``excluded`` holds a name and the reason each; ``name`` is the area's.
    """

    units: Mapping[str, str]
    excluded: tuple[tuple[str, str], ...] = ()
    name: str = ""
