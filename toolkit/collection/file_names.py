"""Finds the units of a roster in the names of files, by their names and as people shorten them; and the file meant.

What units were called before they were merged or renamed, and whatever does not follow from a name, is in
``customary.toml``.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from pathlib import Path, PurePosixPath

from toolkit.collection.roster.read import Role, Roster, Unit
from toolkit.errors import UsageError
from toolkit.model.returns import FiledVerdict
from toolkit.text import name_key

_SHORTEST = 2
#: A shortened name has so many characters, or fewer where it begins as the name does.
_CLEAR = 3
#: So many units may be told as likely; of more a clerk learns nothing.
_LIKELY = 3
#: The characters of endings (委员会, 办公室, 联合会 …) that stand for the whole.
_MARKS, _ALIKE = "局委办联协府", frozenset("局委")
#: What the name of an area ends with, before the office's own begins; no area is one, too.
_AREAS = frozenset(("", *"省市县区州盟旗"))
_CONTACTS = re.compile(r"[\s、，,;；/]+")
#: What a file's name cannot hold stands there as a line.
_UNSAFE = re.compile(r'[<>:"/\\|?*]')


@dataclass(frozen=True)
class Names:
    """What a unit may be called in a file name, and how long such a name may be, the longest first."""

    units: Mapping[str, tuple[str, ...]]
    lengths: tuple[int, ...]
    noise: tuple[str, ...]
    roster: Roster

    @classmethod
    def of(cls, roster: Roster, noise: Iterable[str] = ()) -> Names:
        """The names of all units. ``noise`` are words of every file's name, such as the form's title."""
        units: dict[str, tuple[str, ...]] = {}
        for unit in roster.units:
            # A heading of the tree sends nothing; its name in a file name is only an address.
            for text in {name_key(unit.name), name_key(unit.short)} if unit.role is not Role.NODE else ():
                if len(text) >= _SHORTEST:
                    units[text] = (*units.get(text, ()), unit.code)
        lengths = sorted(set(map(len, units)), reverse=True)
        return cls(units, tuple(lengths), tuple(name_key(word) for word in noise if name_key(word)), roster)

    def found(self, name: str) -> frozenset[str]:
        """The codes of the units that a file is named for; ``name`` may have folders, which do not count."""
        return self._named(self.bare(name))

    def spelled(self, text: str) -> Iterator[str]:
        """The names that stand in a text, from left to right; of those that begin at a place the longest."""
        at = 0
        while at < len(text):
            name = next((one for n in self.lengths if len(one := text[at : at + n]) == n and one in self.units), "")
            at += len(name) or 1
            yield from [name] if name else []

    def _named(self, text: str) -> frozenset[str]:
        return frozenset(code for name in self.spelled(text) for code in self.units[name])

    def likely(self, text: str) -> tuple[str, ...]:
        """The codes of the units that a plain text may speak of, in the roster's order; none where too many fit.

        A name goes before the code that the text begins with, that before a shortened name, and that before a contact.
        """
        plain = self._quiet(name_key(text))
        people = ((unit, who) for unit in self._senders for who in _CONTACTS.split(name_key(unit.contact)))
        ways = (
            self._named(plain),
            frozenset(unit.code for unit in self._senders if plain.startswith(f"{name_key(unit.code)}-")),
            self._shortened(plain),
            frozenset(unit.code for unit, who in people if len(who) >= _SHORTEST and who in plain),
        )
        found = next(filter(None, ways), frozenset[str]())
        return tuple(unit.code for unit in self._senders if unit.code in found) if len(found) <= _LIKELY else ()

    def _shortened(self, text: str) -> frozenset[str]:
        """The units that parts of a text shorten, the longest first; a unit that begins as the part does goes first."""
        found: set[str] = set()
        spans = [span for span in combinations(range(len(text) + 1), 2) if text[span[1] - 1] in self._last]
        for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
            part = text[start:end]
            if len(part) < _SHORTEST or " " in part:
                continue
            holding = [self._holding.get(char, frozenset()) for char in part[:-1]]
            told = [unit for n in frozenset.intersection(*holding) if _shortens(part, unit := self._senders[n])]
            first = [unit for unit in told if name_key(unit.name).partition(part[0])[0][-1:] in _AREAS]
            if fits := first or (told if len(part) >= _CLEAR else []):
                found |= {unit.code for unit in fits}
                text = f"{text[:start]}{' ' * len(part)}{text[end:]}"
        if found:
            return frozenset(found)
        parts = [part for word, known in _customary().items() if word in text for part in known]
        return frozenset(unit.code for unit in self._senders if any(part in unit.name for part in parts))

    @cached_property
    def _senders(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.roster.units if unit.role is not Role.NODE)

    @cached_property
    def _last(self) -> frozenset[str]:
        return frozenset("".join(map(_ends, self._senders)))

    @cached_property
    def _holding(self) -> Mapping[str, frozenset[int]]:
        """Which units, by their place, have a character in their name."""
        out: dict[str, set[int]] = {}
        for number, unit in enumerate(self._senders):
            for char in name_key(unit.name):
                out.setdefault(char, set()).add(number)
        return {char: frozenset(numbers) for char, numbers in out.items()}

    def bare(self, name: str) -> str:
        """A file's own name without what every file is called."""
        return self._quiet(name_key(PurePosixPath(name).stem))

    def _quiet(self, text: str) -> str:
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


def _shortens(part: str, unit: Unit) -> bool:
    """Whether a text has characters of a name in their order, and ends as the name may."""
    rest = iter(name_key(unit.name))
    return all(char in rest for char in part[:-1]) and part[-1] in _ends(unit)


def _ends(unit: Unit) -> str:
    """The characters that a shortened name may end with; a 局 is a 委 to many, a town is called by its bare name."""
    name = name_key(unit.name)
    place = name.removesuffix("人民政府").removesuffix("办事处")
    marks = "".join(mark for mark in _MARKS if mark in name)
    return place[-1:] + place.rstrip("街道镇乡")[-1:] + marks + ("" if _ALIKE.isdisjoint(marks) else "局委")


@cache
def _customary() -> Mapping[str, list[str]]:
    """What is in the names of the units that a customary name means."""
    told = Path(__file__).with_name("customary.toml").read_text(encoding="utf-8")
    return {name_key(word): parts for word, parts in tomllib.loads(told).items()}


_COPY = re.compile(r"(.*?)[ ]?\(([0-9]{1,3})\)")


def copy_number(name: str) -> tuple[str, int]:
    """A file's own name without the number of a later copy, and that number: ``民政局(1).xlsx`` is (民政局, 1).

    Browsers, mail programs and chats number a file that comes under a name which is there already.
    """
    stem = unicodedata.normalize("NFKC", PurePosixPath(name).stem)
    numbered = _COPY.fullmatch(stem)
    return (numbered[1].rstrip(), int(numbered[2])) if numbered else (stem.rstrip(), 0)


def likely_units(names: Names, verdict: FiledVerdict, beside: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The codes of the units that a file may be from: by its own name and content, else by where it lies.

    ``beside`` are the units whose returns lie in a folder or an archive; that one goes before what folders are called,
    the nearest first.
    """
    path = PurePosixPath(verdict.file)
    content = (code for code in verdict.likely if code in names.roster.by_code)
    if own := tuple(dict.fromkeys((*names.likely(path.stem), *content))):
        return own
    near = beside.get(str(path.parent), ())
    folders = (names.likely(part.name.removesuffix(".zip")) for part in path.parents)
    return tuple(near) if len(near) == 1 else next(filter(None, folders), ())


def file_meant(typed: str, names: Sequence[str], inbox: str) -> str:
    """The file that somebody means: by its name as it is listed, by its path, or by the last part where it is the only.

    UsageError, naming what is near, where there is none, or several.
    """
    plain = name_key(typed.replace("\\", "/")).removeprefix("./").rpartition(f"{name_key(inbox)}/")[2]
    keys = [(one, key) for one in dict.fromkeys(names) for key in (name_key(one), name_key(PurePosixPath(one).name))]
    found = [name for name, key in keys[::2] if key == plain] or [name for name, key in keys[1::2] if key == plain]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"“{typed}”有 {len(found)} 个：{'、'.join(found[:3])}。请写全名称。")
    close = difflib.get_close_matches(plain, [key for _, key in keys])
    near = dict.fromkeys(name for name, key in keys if key in close)
    told = f"是不是“{'”“'.join(near)}”？" if near else "待认领的文件见 xxgk status。"
    raise UsageError(f"“收件”里没有待认领的文件“{typed}”。{told}")
