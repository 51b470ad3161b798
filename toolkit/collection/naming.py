"""Finds the units of a roster in the names of files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from toolkit.collection.roster import Roster
from toolkit.collection.roster import Unit

_SHORTEST = 2


@dataclass(frozen=True)
class Names:
    """What a unit may be called in a file name, and one pattern for all of it, the longest name first."""

    units: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, roster: Roster) -> Names:
        """The names of all units."""
        units: dict[str, tuple[str, ...]] = {}
        for unit in roster.units:
            for text in {unit.name, unit.short}:
                if len(plain(text)) >= _SHORTEST:
                    units[plain(text)] = (*units.get(plain(text), ()), unit.code)
        longest = sorted(units, key=lambda text: (-len(text), text))
        return cls(units, re.compile("|".join(map(re.escape, longest))) if longest else None)

    def found(self, name: str) -> frozenset[str]:
        """The codes of the units that a file is named for; ``name`` may have folders, which do not count."""
        if self.pattern is None:
            return frozenset()
        text = plain(PurePosixPath(name).stem)
        return frozenset(code for match in self.pattern.finditer(text) for code in self.units[match.group()])

    def unit_of(self, name: str) -> str:
        """The code of the one unit that a file is named for; empty if that is not clear."""
        found = self.found(name)
        return next(iter(found)) if len(found) == 1 else ""


def plain(text: str) -> str:
    """A name without what is typed differently: width, blanks, case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def issued_name(unit: Unit, label: str, title: str) -> str:
    """What the workbook of a unit is called: ``003-教育局-2025年政府信息公开工作年度报告``."""
    return f"{unit.code}-{unit.short}-{label}{title}"
