"""The roster held against what a round knows already: who was given a workbook, or sent one, under which code.

A clerk edits the roster while returns come in. What changed there must not turn a unit that reported into one that is
missing, so it is told before anything is judged, and what is certainly the same unit stays the same unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from toolkit.collection.roster.roster import Role, Roster, RosterError, Unit
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


def reconciled(roster: Roster, known: Mapping[str, str], source: str) -> Reconciled:
    """Hold a roster against the names that a round ``known`` by code; ``source`` is what the roster's file is called.

    A unit of the same full name is the same unit, under whatever code: where only the zeros before the code are gone,
    it keeps the code it had; where the code is another, the old one is a former code. Raises RosterError where codes
    and names are out of step, as when one column was sorted alone.
    """
    _require_in_step(roster, known, source)
    restored = _with_zeros(roster, known)
    names = {name_key(unit.name): unit for unit in restored.units}
    claimed = {*restored.by_code, *(code for unit in restored.units for code in unit.former)}
    gone = {code: name for code, name in known.items() if code not in claimed}
    moved = {code: unit for code, name in gone.items() if (unit := names.get(name_key(name))) is not None}
    former: dict[str, tuple[str, ...]] = {}
    for code, unit in moved.items():
        former[unit.code] = (*former.get(unit.code, unit.former), code)
    units = tuple(replace(unit, former=former.get(unit.code, unit.former)) for unit in restored.units)
    renamed = [unit for unit in restored.units if _is_renamed(unit, known)]
    told = (*_zeros_told(roster, restored), *_moved_told(moved), *_renamed_told(renamed, known))
    removed = {code: name for code, name in gone.items() if code not in moved}
    return Reconciled(Roster(units, restored.notes), told, removed, frozenset(unit.code for unit in renamed))


def _require_in_step(roster: Roster, known: Mapping[str, str], source: str) -> None:
    """No unit stands under the code of another that is still in the roster under a third."""
    codes = {name_key(name): code for code, name in known.items()}
    crossed = []
    for unit in roster.units:
        had, now = codes.get(name_key(unit.name)), known.get(unit.code)
        elsewhere = had is not None and had != unit.code and had not in unit.former and had in roster.by_code
        if elsewhere and now is not None and name_key(now) != name_key(unit.name):
            crossed.append(f"“{unit.name}”原来的编码是 {had}，现在是 {unit.code}（原来是“{now}”的）")
    if crossed:
        told = "编码和单位名称对不上了，可能只给其中一列排了序。请恢复原来的对应关系；没有改动任何结果"
        raise RosterError(source, [*crossed, told])


def _with_zeros(roster: Roster, known: Mapping[str, str]) -> Roster:
    """The roster with the zeros that a spreadsheet program took from its codes."""
    bare: dict[str, list[str]] = {}
    for code in known:
        if code not in roster.by_code:
            bare.setdefault(code.lstrip("0"), []).append(code)
    fits = {unit.code: bare[unit.code][0] for unit in roster.units if len(bare.get(unit.code, ())) == 1}
    fits = {code: whole for code, whole in fits.items() if code != whole and code not in known}
    same = [code for code, whole in fits.items() if name_key(known[whole]) == name_key(roster.by_code[code].name)]
    if not same:
        return roster
    units = (
        replace(unit, code=fits.get(unit.code, unit.code), parent=fits.get(unit.parent, unit.parent))
        for unit in roster.units
    )
    return Roster(tuple(units), roster.notes)


def _zeros_told(roster: Roster, restored: Roster) -> Iterator[str]:
    pairs = [(old.code, new.code) for old, new in zip(roster.units, restored.units, strict=True)]
    lost = [(now, whole) for now, whole in pairs if now != whole]
    if lost:
        yield (
            f"名册里有 {len(lost)} 个单位的编码丢了前面的 0（{_listed([f'{w}→{n}' for n, w in lost])}），"
            "可能是表格软件保存时去掉的。仍按原来的编码办理，已收的表照旧计入；"
            "请在名册里把这一列设为文本格式，改回原来的编码"
        )


def _moved_told(moved: Mapping[str, Unit]) -> Iterator[str]:
    for code, unit in moved.items():
        yield (
            f"“{unit.name}”的编码由 {code} 改成了 {unit.code}，按同一单位办理，已收的表照旧计入；"
            f"请在名册这个单位的“曾用编码”里写上 {code}。编码是误改的，请改回"
        )


def _is_renamed(unit: Unit, known: Mapping[str, str]) -> bool:
    before = known.get(unit.code, unit.name)
    return unit.role is not Role.NODE and unit.code not in unit.former and name_key(before) != name_key(unit.name)


def _renamed_told(units: Iterable[Unit], known: Mapping[str, str]) -> Iterator[str]:
    for unit in units:
        yield (
            f"编码 {unit.code} 原来是“{known[unit.code]}”，名册里现在是“{unit.name}”。单位确已更名的，"
            f"请在名册这个单位的“曾用编码”里写上 {unit.code}，发出和收到的表才算它的；不是同一单位的，请换一个新编码"
        )


def _listed(parts: list[str]) -> str:
    return "、".join(parts[:_NAMED]) + ("……" if len(parts) > _NAMED else "")
