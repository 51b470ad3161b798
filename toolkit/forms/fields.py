"""Reads typed values out of a definition and collects every problem with its path instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import MISSING, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args, get_origin

from toolkit.model.grid import BREAK
from toolkit.model.keys import DeclaredKey, Ref, keys_of
from toolkit.model.period import read_date
from toolkit.model.sentences import phrase

T = TypeVar("T")
#: What else may be written where a type is meant.
_ALSO: Mapping[Any, tuple[type, ...]] = {float: (int, Decimal), Decimal: (int, float)}
#: The types of plain values; the sentences on other values go by their names.
_PLAIN = frozenset({str, int, float, Decimal, bool, list, dict, date})
#: What a key says that is not there, or is not of its type.
_NOTHING: Mapping[Any, Callable[[], Any]] = {date: lambda: date.min, Mapping: dict}


class Fields:
    """One table of a definition, at ``path``; ``problems`` is shared by all.

    ``readers`` read types that only the caller knows, ``names`` are those that a key with that `Ref` may say.
    """

    #: With what the sentences on wrong values begin.
    says = "no"

    def __init__(
        self,
        data: Mapping[str, object],
        path: str,
        problems: list[str],
        readers: Mapping[Any, Callable[[Fields, str], Any]] = MappingProxyType({}),
        names: Mapping[Ref, Collection[str]] = MappingProxyType({}),
    ) -> None:
        self.data = data
        self.path = path
        self.problems = problems
        self.readers = readers
        self.names = names
        self.read: set[str] = set()

    def problem(self, what: str, key: str = "") -> None:
        """Record a problem at a key."""
        self.problems.append(f"{self.where(key)}: {what}")

    def where(self, key: str) -> str:
        """The path of a key."""
        return ".".join(part for part in (self.path, key) if part)

    def made(self, declared: type[T], start: T | None = None, of: str = "", **given: Any) -> T:  # noqa: ANN401
        """A dataclass or NamedTuple from the keys that it declares, but for what is ``given``.

        What is not written is as in ``start``, else the default. Of the keys that only one kind of table has, those
        ``of`` that kind count.
        """
        for key in keys_of(cast("type", declared)):
            if key.also.of in {"", of}:
                self.read.add(key.name)
                if key.field not in given:
                    default = getattr(start, key.field) if start else given.get(key.also.like, key.default)
                    plain = key.name not in self.data and default is not MISSING and not key.musts
                    given[key.field] = default if plain else self._declared(key, default)
        return replace(cast("Any", start), **given) if start else declared(**given)

    def _declared(self, key: DeclaredKey, value: Any) -> Any:  # noqa: ANN401 - what the key says
        """What the file says, else the value given; where that is MISSING the file must say something."""
        before = len(self.problems)
        written = value is MISSING or key.name in self.data
        if written and key.also.among:
            word = self.get(key.name, str, required=value is MISSING)
            if word and word not in key.also.among:
                self.problem(f"只能是 {'、'.join(key.also.among)}", key.name)
            value = key.kind(word) if word in key.also.among else value
        elif written:
            value = self.get(key.name, key.kind, required=value is MISSING)
        for ref in key.refs:
            said = {value} - {""} if isinstance(value, str) else {*value}
            for name in sorted(said.difference(self.names[ref])):
                self.problem(ref.fault.format(name), key.name)
        for must in key.musts if len(self.problems) == before else ():
            if not must.holds(value):
                self.problem(must.fault.format(value), key.name)
        if key.also.breaks:
            return value.replace("|", BREAK) if isinstance(value, str) else tuple(v.replace("|", BREAK) for v in value)
        return value

    def get(self, key: str, kind: type[T], *, required: bool = False) -> T:
        """What a key says, of that type; the type's empty value where it says nothing, or something else."""
        self.read.add(key)
        value = self.data.get(key)
        if required and (value in (None, "") or (value == [] and kind is not str)):
            lack = "key" if value is None else "word" if value == "" else "item"
            self.problem(phrase(f"{self.says} {lack}", key=key), key)
        if kind in self.readers:
            return cast("T", self.readers[kind](self, key))
        made = None if value is None else self._as(kind, value, key)
        return cast("T", _NOTHING.get(get_origin(kind) or kind, kind)() if made is None else made)

    def _as(self, kind: Any, value: Any, at: str) -> Any:  # noqa: ANN401 - any type, and a value of it
        """A value as one of that type; None where it is none."""
        outer, inner = get_origin(kind), get_args(kind)
        if outer in {Mapping, dict}:
            made = {
                key: self._as(inner[1], one, f"{at}.{key}") for key, one in (self._as(dict, value, at) or {}).items()
            }
            return {key: one for key, one in made.items() if one is not None}
        if outer in {tuple, frozenset}:
            items = [value] if isinstance(value, str) and inner[0] is str else self._as(list, value, at) or []
            several = (self._as(inner[0], one, f"{at}[{i}]") for i, one in enumerate(items))
            return outer(one for one in several if one is not None)
        if kind not in _PLAIN:
            return self._table(lambda one: one.made(kind), value, at)
        if kind is date and isinstance(value, str):
            with suppress(ValueError):
                return read_date(value)
        if type(value) is kind or type(value) in _ALSO.get(kind, ()):
            return kind(Decimal(value)) if kind in _ALSO else value
        self.problem(phrase(f"{self.says} {kind.__name__}", key=at), at)
        return None

    def tried(self, make: Callable[[str], T], text: str, key: str = "", fault: str = "{}") -> T | None:
        """What is made of a text; where that is a ValueError, a problem at the key, and None."""
        try:
            return make(text)
        except ValueError as error:
            self.problem(fault.format(error), key)
            return None

    def each(self, key: str, read: Callable[[Fields], T | None], *, required: bool = False) -> tuple[T, ...]:
        """What ``read`` makes of each table of a list, where it makes something; what it leaves unread is reported."""
        several = enumerate(self.get(key, list, required=required))
        return tuple(one for i, value in several if (one := self._table(read, value, f"{key}[{i}]")) is not None)

    def table(self, key: str) -> Fields:
        """A table inside; an empty one where there is none."""
        return self._inside(self.get(key, dict), key)

    def _inside(self, data: Mapping[str, object], at: str) -> Fields:
        return type(self)(data, self.where(at), self.problems, self.readers, self.names)

    def _table(self, read: Callable[[Fields], T | None], value: object, at: str) -> T | None:
        data = self._as(dict, value, at)
        if data is None:
            return None
        name = data.get("id")
        inside = self._inside(data, f"{at}({name})" if isinstance(name, str) else at)
        out = read(inside)
        inside.unknown()
        return out

    def unknown(self) -> None:
        """Report keys that nothing has read, and what may be written: a misspelt key must not be lost in silence."""
        from difflib import get_close_matches  # noqa: PLC0415 - only when something is misspelt

        for key in [key for key in self.data if key not in self.read]:
            close = get_close_matches(key, self.read, n=1)
            self.problem(f"不认识“{key}”" + (f"，是不是“{close[0]}”？" if close else ""), key)
            if not close:
                self.problem(f"这里可以写 {'、'.join(sorted(self.read))}", key)
