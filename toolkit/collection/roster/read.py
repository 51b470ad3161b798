"""The roster of a round: who reports, for whom, and under what code. Read from a file that a clerk keeps.

All that is wrong is told at once, each with its place; what is only odd is a note.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from toolkit.collection.roster.roster import SHOWN_LINES, Role, Roster, RosterError, Unit
from toolkit.collection.roster.sheet import Draft, drafts, read_table
from toolkit.text import name_key

__all__ = ["Role", "Roster", "RosterError", "Unit", "read_roster"]

_DEEPEST = 20
#: Names told as near; names looked at for that, as far as problems are shown: each takes a moment.
_NEAR, _COMPARED = 3, 60_000


def read_roster(data: bytes, filename: str, bodies: Sequence[str]) -> Roster:
    """The roster in an .xlsx or CSV file; ``bodies`` are the kinds of body the form knows. RosterError otherwise."""
    table = read_table(data, filename)
    found, notes = drafts(table, bodies)
    _require_unique(found, "code")
    _require_unique(found, "name")
    parents = _parents(found)
    _require_tree(found, parents)
    _require_free_former(found)
    units = _units(found, parents)
    _require_own_files(found)
    lines = [told for draft in found for told in draft.row.told]
    if not found:
        lines.append("名册里没有单位。请在标题行下面填写，每行一个单位")
    if lines:
        raise RosterError(filename, lines)
    roster = Roster(units, (*table.notes, *notes, *_lost_zeros(units), *_idle(found, units)))
    if not roster.reporting():
        raise RosterError(filename, ["没有一个要报送的单位（“报送”都是“否”或“汇总”，或者都写了不纳入原因）"])
    return roster


def _require_unique(found: Sequence[Draft], column: str) -> None:
    """Codes and full names once each; what differs only in width, blanks or case is the same."""
    for draft, before in _alike(found, lambda unit: getattr(unit, column)):
        text = getattr(draft.unit, column)
        draft.row.wrong(column, f"“{text}”与第 {before.row.number} 行重复。请改正其中一行")


def _alike(found: Sequence[Draft], said: Callable[[Unit], str]) -> Iterator[tuple[Draft, Draft]]:
    """Each row that says what an earlier one says, and that one."""
    first: dict[str, Draft] = {}
    for draft in found:
        if (key := name_key(said(draft.unit))) and (before := first.setdefault(key, draft)) is not draft:
            yield draft, before


def _parents(found: Sequence[Draft]) -> Mapping[str, str]:
    """The code of the unit above each, which may be written as code, full name or short name."""
    by_code = {name_key(draft.unit.code): draft.unit.code for draft in found}
    by_name = {name_key(draft.unit.name): draft.unit.code for draft in found}
    shorts = Counter(name_key(draft.unit.short) for draft in found)
    by_short = {text: d.unit.code for d in found if shorts[text := name_key(d.unit.short)] == 1}
    known = {**by_short, **by_name, **by_code}
    bare = {key.lstrip("0"): code for key, code in reversed(by_code.items())}
    out: dict[str, str] = {}
    wrong = sum(len(draft.row.told) for draft in found)
    for draft in found:
        text = draft.unit.parent
        code = known.get(name_key(text)) if text else ""
        if code is None:
            advice = _advice(text, bare, known) if wrong < SHOWN_LINES else ""
            wrong += 1
            draft.row.wrong("parent", f"名册里没有编码或全称是“{text}”的单位。{advice}")
        out[draft.unit.code] = code or ""
    return out


def _advice(text: str, bare: Mapping[str, str], known: Mapping[str, str]) -> str:
    plain = name_key(text)
    if near := plain.lstrip("0") and bare.get(plain.lstrip("0")):
        return f"有编码“{near}”，可能是前面的 0 丢了"
    close = difflib.get_close_matches(plain, known, _NEAR) if len(known) <= _COMPARED else []
    return f"是不是“{'”“'.join(close)}”" if close else "请写上级的编码或全称；没有上级的请空着"


def _require_tree(found: Sequence[Draft], parents: Mapping[str, str]) -> None:
    """No circle, told once at its first line, and no endless chain."""
    rows = {draft.unit.code: draft for draft in found}
    depth: dict[str, int] = {"": 0}
    for draft in found:
        chain: dict[str, None] = {}
        at = draft.unit.code
        while at not in depth and at not in chain:
            chain[at] = None
            at = parents[at]
        if at in depth:
            depth |= {code: depth[at] + up for up, code in enumerate(reversed(chain), start=1)}
        else:
            circle = [*list(chain)[list(chain).index(at) :], at]
            names = " → ".join(rows[code].unit.name for code in circle[:_DEEPEST])
            draft.row.wrong("parent", f"互为上级：{names}。请改正其中一个")
            depth |= dict.fromkeys(chain, 0)
    for code, level in depth.items():
        if level == _DEEPEST + 1:
            rows[code].row.wrong("parent", f"层级超过 {_DEEPEST} 层。请核对各单位的上级")


def _require_free_former(found: Sequence[Draft]) -> None:
    """A former code is nobody else's code now, unless that unit is only listed to say why it is left out."""
    current = {name_key(draft.unit.code): draft for draft in found}
    for draft in found:
        for code in draft.unit.former:
            other = current.get(name_key(code))
            if other is not None and other is not draft and not other.unit.excluded:
                told = f"“{code}”现在是第 {other.row.number} 行“{other.unit.name}”的编码。请给其中一个单位换编码"
                draft.row.wrong("former", told)


def _units(found: Sequence[Draft], parents: Mapping[str, str]) -> tuple[Unit, ...]:
    """The units with the code above them, and with the role that a blank cell means."""
    areas, out = set(parents.values()), []
    for draft in found:
        code = draft.unit.code
        if draft.role is Role.SUMMARY and code not in areas:
            draft.row.wrong("role", "“汇总”只用于有下级的单位，它下面没有单位。自己填表的请写 是")
        role = draft.role or (Role.NODE if code in areas else Role.REPORTS)
        out.append(replace(draft.unit, parent=parents[code], role=role))
    return tuple(out)


def _require_own_files(found: Sequence[Draft]) -> None:
    """Code and short name begin the name of a unit's file: two units must not get the same one."""
    for draft, before in _alike(found, lambda unit: f"{unit.code}-{unit.short}"):
        if name_key(before.unit.code) != name_key(draft.unit.code):
            name = name_key(f"{draft.unit.code}-{draft.unit.short}")
            draft.row.wrong("short", f"文件名会与第 {before.row.number} 行的相同（{name}）。请改简称或编码")


def _lost_zeros(units: Sequence[Unit]) -> Iterator[str]:
    """Excel makes 1 of 001: codes of digits, some shorter than others."""
    digits = sorted((unit.code for unit in units if unit.code.isdecimal()), key=len)
    if digits and len(digits[0]) != len(digits[-1]):
        told = f"编码有长有短（如“{digits[0]}”和“{digits[-1]}”），可能是表格软件去掉了前面的 0"
        yield f"{told}。如是，请把这一列设为文本格式后补上 0；编码本来就长短不一的，不用管"


def _idle(found: Sequence[Draft], units: Sequence[Unit]) -> Iterator[str]:
    """Units that neither report nor have members, nor say why."""
    areas = {unit.parent for unit in units}
    for draft, unit in zip(found, units, strict=True):
        if unit.role is Role.NODE and unit.code not in areas and not unit.excluded:
            told = "不报送，也没有下级，在汇总中不会出现。应当声明不纳入的，请写明“不纳入原因”"
            yield f"第 {draft.row.number} 行“{unit.name}”{told}"
