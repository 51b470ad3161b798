"""The roster held against what a round knows already: who was given a workbook, or sent one, under which code.

A clerk edits the roster while returns come in. What changed there must not turn a unit that reported into one that is
missing, so it is told before anything is judged, and what is certainly the same unit stays the same unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from toolkit.collection.roster.roster import Role, Roster, RosterError, Unit
from toolkit.model.sentences import phrase
from toolkit.text import name_key

#: Units named in a sentence.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The roster to work with, and a sentence for everything about it that differs from what the round knows.

    ``removed`` are the units, by code, that are not in the roster any more under any code, ``renamed`` the codes that
    stand under another name without a word on whether it is the same unit.
    """

    roster: Roster
    told: tuple[str, ...]
    removed: Mapping[str, str]
    renamed: frozenset[str]


def reconciled(roster: Roster, known: Mapping[str, str], source: str, used: Collection[str]) -> Reconciled:
    """Hold a roster against the names that a round ``known`` by code; ``source`` is what the roster's file is called.

    ``used`` are the codes that a workbook bears; one that stood in the roster for a while and is on none is not told.

    A unit of the same full name is the same unit, under whatever code: where only the zeros before the code are gone,
    it keeps the code it had; where the code is another, the old one is a former code. Raises RosterError where codes
    and names are out of step, as when one column was sorted alone.
    """
    if crossed := list(_crossed(roster, known)):
        told = "编码和单位名称对不上了，可能只给其中一列排了序。请恢复原来的对应关系；没有改动任何结果"
        raise RosterError(source, [*crossed, told])
    zeros = _lost_zeros(roster, known)
    units = {
        one.name: replace(one, code=zeros.get(one.code, one.code), parent=zeros.get(one.parent, one.parent))
        for one in roster.units
    }
    names = {name_key(name): name for name in units}
    claimed = {code for unit in units.values() for code in (unit.code, *unit.former)}
    removed, moved = {}, []
    for code, name in known.items():
        same = names.get(name_key(name))
        if code not in claimed and same is not None:
            units[same] = replace(units[same], former=(*units[same].former, code))
            if code in used:
                moved.append((code, units[same]))
        elif code not in claimed:
            removed[code] = name
    renamed = [unit for unit in units.values() if _is_renamed(unit, known)]
    sentences = tuple(_told(zeros, moved, renamed, known))
    held = Roster(tuple(units.values()), roster.notes)
    return Reconciled(held, sentences, removed, frozenset(unit.code for unit in renamed))


def _crossed(roster: Roster, known: Mapping[str, str]) -> Iterator[str]:
    """Units under the code of another, while a third stands under theirs."""
    codes = {name_key(name): code for code, name in known.items()}
    for unit in roster.units:
        had, other = codes.get(name_key(unit.name), unit.code), known.get(unit.code)
        if had != unit.code and had in roster.by_code and had not in unit.former and other is not None:
            yield f"“{unit.name}”原来的编码是 {had}，现在是 {unit.code}（原来是“{other}”的）"


def _lost_zeros(roster: Roster, known: Mapping[str, str]) -> dict[str, str]:
    """The whole code of each that a spreadsheet program took the zeros from; one name that is the same proves it."""
    bare: dict[str, list[str]] = {}
    for code in known.keys() - roster.by_code.keys():
        bare.setdefault(code.lstrip("0"), []).append(code)
    fits = {code: bare[code][0] for code in roster.by_code if code not in known and len(bare.get(code, ())) == 1}
    proven = any(name_key(known[whole]) == name_key(roster.by_code[code].name) for code, whole in fits.items())
    return fits if proven else {}


def _is_renamed(unit: Unit, known: Mapping[str, str]) -> bool:
    same = name_key(known.get(unit.code, unit.name)) == name_key(unit.name)
    return unit.role is not Role.NODE and unit.code not in unit.former and not same


def _told(
    zeros: Mapping[str, str], moved: list[tuple[str, Unit]], renamed: list[Unit], known: Mapping[str, str]
) -> Iterator[str]:
    if zeros:
        shown = "、".join(f"{whole}→{now}" for now, whole in list(zeros.items())[:_NAMED])
        yield phrase("zeros", count=len(zeros), shown=shown + ("……" if len(zeros) > _NAMED else ""))
    for code, unit in moved:
        yield phrase("recoded", unit=unit.name, code=code, now=unit.code)
    for unit in renamed:
        yield phrase("renamed", code=unit.code, before=known[unit.code], unit=unit.name)
