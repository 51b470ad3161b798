"""Reads typed values out of a definition and collects every problem with its path instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from types import UnionType
from typing import Any, TypeVar, cast

from toolkit.model.grid import BREAK

T = TypeVar("T")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME = 31
_TYPES: Mapping[type, str] = {
    str: "文字",
    int: "整数",
    Decimal: "数字",
    bool: "true/false",
    list: "列表 [...]",
    dict: "表 {...}",
}


class Fields:
    """One table of a definition, at ``path``; ``problems`` is shared by all."""

    def __init__(self, data: Mapping[str, object], path: str, problems: list[str]) -> None:
        self.data = data
        self.path = path
        self.problems = problems
        self.read: set[str] = set()

    def problem(self, what: str, key: str = "") -> None:
        """Record a problem at a key."""
        self.problems.append(f"{self._where(key)}: {what}")

    def _where(self, key: str) -> str:
        return ".".join(part for part in (self.path, key) if part)

    def _get(self, key: str, kind: type[T], *, required: bool = False) -> T | None:
        self.read.add(key)
        if key not in self.data:
            if required:
                self.problem(f"缺少“{key}”", key)
            return None
        value = self.data[key]
        fits = isinstance(value, int | Decimal) if kind is Decimal else isinstance(value, kind)
        if not fits or (kind is not bool and isinstance(value, bool)):
            self.problem(f"应为{_TYPES[kind]}", key)
            return None
        return cast("T", value)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text; ``default`` where there is none."""
        value = self._get(key, str, required=required)
        if value == "" and required:
            self.problem("不能为空", key)
        return default if value is None else value

    def label(self, key: str, *, required: bool = True) -> str:
        """A printed label; ``|`` marks where a narrow column may break it."""
        return self.text(key, required=required).replace("|", BREAK)

    def id(self, key: str = "id") -> str:
        """A permanent id: small letters, digits, underscore."""
        value = self.text(key, required=True)
        if value and not _ID.fullmatch(value):
            self.problem(f"代号“{value}”只能用小写字母、数字和下划线，且以字母开头", key)
        return value

    def sheet(self, default: str) -> str:
        """A sheet name that Excel takes."""
        name = self.text("sheet", default)
        if not name or len(name) > _LONGEST_SHEET_NAME or _NOT_IN_SHEET_NAME.search(name):
            self.problem(f"工作表名“{name}”不合 Excel 要求（1 至 31 字，不含 [ ] : * ? / \\ '）", "sheet")
        return name

    def whole(self, key: str, default: int = 0, *, required: bool = False) -> int:
        """A whole number."""
        value = self._get(key, int, required=required)
        return default if value is None else value

    def flag(self, key: str) -> bool:
        """True or false; false where nothing is said."""
        return bool(self._get(key, bool))

    def number(self, key: str) -> Decimal | None:
        """A number, exact."""
        value = self._get(key, Decimal)
        return None if value is None else Decimal(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers."""
        return tuple(float(v) for v in self._items(key, int | Decimal, "应为数字"))

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(self._items(key, int, "应为整数"))

    def _items(self, key: str, kind: type | UnionType, fault: str) -> Iterator[Any]:
        for i, value in enumerate(self._get(key, list) or ()):
            if isinstance(value, kind) and not isinstance(value, bool):
                yield value
            else:
                self.problem(fault, f"{key}[{i}]")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        if isinstance(self.data.get(key), str):
            return (self.text(key),)
        return tuple(self._items(key, str, "应为文字"))

    def choice(self, key: str, known: Collection[str], default: str = "") -> str:
        """One of some words; ``default`` where there is none, or another."""
        value = self.text(key, default)
        if value not in {*known, default}:
            self.problem(f"只能是 {'、'.join(known)}", key)
            return default
        return value

    def tables(self, key: str, *, required: bool = False) -> Iterator[Fields]:
        """Each table of a list of tables."""
        found = self._get(key, list, required=required) or []
        if required and key in self.data and not found:
            self.problem("至少要有一项", key)
        for i, value in enumerate(found):
            if isinstance(value, dict):
                name = value.get("id")
                where = self._where(f"{key}[{i}]") + (f"({name})" if isinstance(name, str) else "")
                yield Fields(value, where, self.problems)
            else:
                self.problem("应为表 {...}", f"{key}[{i}]")

    def each(self, key: str, read: Callable[[Fields], T], *, required: bool = False) -> tuple[T, ...]:
        """What ``read`` makes of each table of a list; what it leaves unread is reported."""
        out = []
        for one in self.tables(key, required=required):
            out.append(read(one))
            one.unknown()
        return tuple(out)

    def table(self, key: str) -> Fields:
        """A table inside; an empty one where there is none."""
        return Fields(self._get(key, dict) or {}, self._where(key), self.problems)

    def texts_by_key(self) -> dict[str, tuple[str, ...]]:
        """All of it, where every key has a list of texts."""
        return {key: self.texts(key) for key in self.data}

    def made(self, kind: type[T], **given: Any) -> T:  # noqa: ANN401 - what the dataclass takes
        """A dataclass: its texts, lists of texts and flags that are not ``given`` are the keys of the same names."""
        readers = {"bool": self.flag, "tuple[str, ...]": self.texts}
        for one in fields(cast("Any", kind)):
            if one.name not in given and one.type == "str":
                given[one.name] = self.text(one.name, required=one.default is MISSING)
            elif one.name not in given and one.type in readers:
                given[one.name] = readers[str(one.type)](one.name)
        return kind(**given)

    def unknown(self) -> None:
        """Report keys that nothing has read: a misspelt key must not be lost in silence."""
        from difflib import get_close_matches  # noqa: PLC0415 - only when something is misspelt

        for key in self.data.keys() - self.read:
            close = get_close_matches(key, self.read, n=1)
            self.problem(f"不认识“{key}”" + (f"，是不是“{close[0]}”？" if close else ""), key)
