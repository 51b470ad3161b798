"""The units of a round as a tree: who is above whom, whose figures are added up, who is left out and why."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from toolkit.errors import UsageError
from toolkit.model.sentences import listed
from toolkit.text import name_key

K = TypeVar("K")
V = TypeVar("V")
_SHOWN, _NEAR, SHOWN_LINES = 5, 0.5, 100


class RosterError(UsageError):
    """A roster is faulty; ``problems`` holds all of them, each with its place."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source, self.problems = source, tuple(problems)
        lines = [f"  {problem}" for problem in self.problems[:SHOWN_LINES]]
        if len(self.problems) > SHOWN_LINES:
            lines.append(f"  ……另有 {len(self.problems) - SHOWN_LINES} 处，改正以上各处后重新运行即可看到。")
        super().__init__(f"名册“{source}”有 {len(self.problems)} 处问题，请改正后重试：\n" + "\n".join(lines))


class Role(StrEnum):
    """What a unit does in the round; the value is the word in the column 报送."""

    #: Fills in its own figures; they are added up.
    REPORTS = "是"
    #: An area that reports its own sum: compared with the sum of its members, never added.
    SUMMARY = "汇总"
    #: Only a heading of the tree.
    NODE = "否"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A line of the roster. ``parent`` is a code, ``excluded`` the reason ('' if the unit counts).

    ``former`` are the codes that its figures of last year stand under.
    """

    code: str
    name: str
    short: str = ""
    body: str = ""
    parent: str = ""
    contact: str = ""
    phone: str = ""
    mail: str = ""
    role: Role = Role.REPORTS
    excluded: str = ""
    former: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Call a unit without a short name by its full one."""
        if not self.short:
            object.__setattr__(self, "short", self.name)


@dataclass(frozen=True)
class Roster:
    """The units in file order, and what was noticed while reading. The tree is sound: `read_roster` saw to it."""

    units: tuple[Unit, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def by_code(self) -> Mapping[str, Unit]:
        """The units by code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def heirs(self) -> Mapping[str, tuple[Unit, ...]]:
        """The units that had a code before, by that code."""
        return grouped((code, unit) for unit in self.units for code in dict.fromkeys(unit.former))

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The code of every code, and of the first unit of every full or short name."""
        named = {text: unit.code for unit in reversed(self.units) for text in (unit.short, unit.name)}
        return named | dict(zip(self.by_code, self.by_code, strict=True))

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The codes of the units that stand under nothing."""
        return tuple(unit.code for unit in self.units if not unit.parent)

    @property
    def only_top(self) -> Unit | None:
        """The unit that all others stand under, if there is one."""
        return self.by_code[self.roots[0]] if len(self.roots) == 1 else None

    def descendants(self, code: str = "") -> tuple[Unit, ...]:
        """The units below, at any depth, each area before its members; all units without a code."""
        first, last = self._spans[code] if code else (-1, len(self._order))
        return self._order[first + 1 : last]

    def within(self, node: str = "") -> tuple[Unit, ...]:
        """The unit itself and all below it, in tree order."""
        return ((self.by_code[node],) if node else ()) + self.descendants(node)

    def reporting(self, node: str = "") -> tuple[Unit, ...]:
        """The units at or below the node whose figures are added up."""
        return tuple(u for u in self.within(node) if u.role is Role.REPORTS and not self._reasons[u.code])

    def excluded(self, node: str = "") -> tuple[tuple[Unit, str], ...]:
        """The units at or below the node that are left out, with the reason, their own or an area's above.

        A mere heading is not named: its members are.
        """
        left = ((unit, self._reasons[unit.code]) for unit in self.within(node))
        return tuple((u, why) for u, why in left if why and (u.role is not Role.NODE or u.code not in self._children))

    def areas(self) -> tuple[Unit, ...]:
        """The units that have others below them, outermost first."""
        return tuple(sorted((u for u in self._order if u.code in self._children), key=lambda u: len(self.path(u.code))))

    def path(self, code: str) -> tuple[str, ...]:
        """The names of the areas above, outermost first."""
        return tuple(self.by_code[above].name for above in reversed(self.above(code)))

    def above(self, code: str) -> tuple[str, ...]:
        """The codes of the areas above, the nearest first."""
        out: list[str] = []
        while code := self.by_code[code].parent:
            out.append(code)
        return tuple(out)

    def is_split(self, code: str) -> bool:
        """Whether several units name this former code: last year's figures cannot be attributed."""
        return len(self.heirs.get(code, ())) > 1

    def find(self, text: str) -> Unit:
        """The unit of that code, full name, short name or former code, in this order of preference.

        Width, blanks and case do not matter. UsageError, naming what is near, where nothing or several fit.
        """
        wanted = name_key(text)
        for tier in self._index:
            found = tier.get(wanted, ())
            if len(found) > 1:
                raise UsageError(f"“{text}”对应名册里的多个单位：{_listed(found)}。请写编码。")
            if found:
                return found[0]
        near = self._near(wanted)
        raise UsageError(f"名册里没有“{text}”。{f'是不是：{_listed(near)}？' if near else '请核对名册。'}")

    def _near(self, wanted: str) -> list[Unit]:
        names = {name: found[0] for tier in reversed(self._index) for name, found in tier.items()}
        within = [name for name in names if wanted and (wanted in name or name in wanted)]
        close = difflib.get_close_matches(wanted, names, _SHOWN, _NEAR)
        return list({names[name].code: names[name] for name in [*within, *close]}.values())

    def __reduce__(self) -> tuple[type[Roster], tuple[object, ...]]:
        """It travels bare: what is made of it is made anew where it arrives."""
        return Roster, (self.units, self.notes)

    @cached_property
    def _children(self) -> Mapping[str, tuple[Unit, ...]]:
        return grouped((unit.parent, unit) for unit in self.units if unit.parent)

    @cached_property
    def _order(self) -> tuple[Unit, ...]:
        """Every area before its members; without recursion, as a tree may be as deep as the file is long."""
        out: list[Unit] = []
        waiting = [self.by_code[code] for code in reversed(self.roots)]
        while waiting:
            unit = waiting.pop()
            out.append(unit)
            waiting += reversed(self._children.get(unit.code, ()))
        return tuple(out)

    @cached_property
    def _spans(self) -> Mapping[str, tuple[int, int]]:
        """Where each unit and all below it stand in the order: first, and one after the last."""
        sizes: Counter[str] = Counter()
        for unit in reversed(self._order):
            sizes[unit.code] += 1
            sizes[unit.parent] += sizes[unit.code]
        return {unit.code: (at, at + sizes[unit.code]) for at, unit in enumerate(self._order)}

    @cached_property
    def _reasons(self) -> Mapping[str, str]:
        """Why each unit is left out: its own reason, else that of the nearest area above; empty if it counts."""
        out: dict[str, str] = {}
        for unit in self._order:
            out[unit.code] = unit.excluded or out.get(unit.parent, "")
        return out

    @cached_property
    def _index(self) -> tuple[Mapping[str, Sequence[Unit]], ...]:
        """The units by code, by full name, by short name and by former code."""
        tiers: tuple[dict[str, list[Unit]], ...] = ({}, {}, {}, {})
        for unit in self.units:
            for tier, names in zip(tiers, ([unit.code], [unit.name], [unit.short], unit.former), strict=True):
                for name in {name_key(name) for name in names}:
                    tier.setdefault(name, []).append(unit)
        return tiers


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """All that stands with each key, in order."""
    out: dict[K, list[V]] = {}
    for key, value in pairs:
        out.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in out.items()}


def _listed(units: Sequence[Unit]) -> str:
    return listed([f"{unit.name}（{unit.code}）" for unit in units], _SHOWN, what="个")
