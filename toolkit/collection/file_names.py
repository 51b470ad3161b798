"""Finds the units of a roster in the names of files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from toolkit.collection.roster.read import Role, Roster, Unit
from toolkit.text import name_key

_SHORTEST = 2
#: What a file's name cannot hold stands there as a line.
_UNSAFE = re.compile(r'[<>:"/\\|?*]')


@dataclass(frozen=True)
class Names:
    """What a unit may be called in a file name, and one pattern for all of it, the longest name first."""

    units: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str] | None
    noise: tuple[str, ...] = ()

    @classmethod
    def of(cls, roster: Roster, noise: Iterable[str] = ()) -> Names:
        """The names of all units. ``noise`` are words of every file's name, such as the form's title."""
        units: dict[str, tuple[str, ...]] = {}
        for unit in roster.units:
            # A heading of the tree sends nothing; its name in a file name is only an address.
            for text in {name_key(unit.name), name_key(unit.short)} if unit.role is not Role.NODE else ():
                if len(text) >= _SHORTEST:
                    units[text] = (*units.get(text, ()), unit.code)
        longest = sorted(units, key=lambda text: (-len(text), text))
        pattern = re.compile("|".join(map(re.escape, longest))) if longest else None
        return cls(units, pattern, tuple(name_key(word) for word in noise if name_key(word)))

    def found(self, name: str) -> frozenset[str]:
        """The codes of the units that a file is named for; ``name`` may have folders, which do not count."""
        if self.pattern is None:
            return frozenset()
        text = self.bare(name)
        return frozenset(code for match in self.pattern.finditer(text) for code in self.units[match.group()])

    def bare(self, name: str) -> str:
        """A file's own name without what every file is called."""
        text = name_key(PurePosixPath(name).stem)
        for word in self.noise:
            text = text.replace(word, " ")
        return text

    def names(self, unit: Unit, name: str) -> bool:
        """Whether a file's name speaks of this unit anywhere, also within a longer name, or begins with its code."""
        text, code = self.bare(name), name_key(unit.code)
        own = {name_key(one) for told in (unit.name, unit.short) for one in (told, _UNSAFE.sub("_", told))}
        return any(one in text for one in own) or text.startswith(code + "-") or text == code

    def unit_of(self, name: str) -> str:
        """The code of the one unit that a file is named for; empty if that is not clear."""
        found = self.found(name)
        return next(iter(found)) if len(found) == 1 else ""


_COPY = re.compile(r"(.*?)[ ]?\(([0-9]{1,3})\)")


def copy_number(name: str) -> tuple[str, int]:
    """A file's own name without the number of a later copy, and that number: ``民政局(1).xlsx`` is (民政局, 1).

    Browsers, mail programs and chats number a file that comes under a name which is there already.
    """
    stem = unicodedata.normalize("NFKC", PurePosixPath(name).stem)
    numbered = _COPY.fullmatch(stem)
    return (numbered[1].rstrip(), int(numbered[2])) if numbered else (stem.rstrip(), 0)
