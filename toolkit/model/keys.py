"""Keys of a form's files, each declared once: the reader, the documentation and the JSON Schema go by the declaration.

``size: Annotated[int, "number of lines"] = 20`` in a dataclass or NamedTuple is a key: its type, marks of what it may
say (none here), its meaning. Without a default it is required. A field that is not annotated so is no key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, cast, get_args, get_origin, get_type_hints

from toolkit.model.grid import BREAK

ID = re.compile(r"[a-z][a-z0-9_]*")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME = 31


class Also(NamedTuple):
    """What a key's type does not say of it.

    ``name`` is its name in the file where it is not the field's, ``like`` the field that it is as where it is not
    written, ``among`` are the words that it may say, ``of`` is the one kind of table that has it.
    """

    name: str = ""
    like: str = ""
    among: tuple[str, ...] = ()
    of: str = ""


class Ref(NamedTuple):
    """The key says names of what there must be; ``fault`` is said of one that there is not."""

    fault: str


class Between(NamedTuple):
    """The least and the greatest number that a key may say."""

    least: int
    most: int

    def __call__(self, value: int) -> int:
        """The number; ValueError where it is another."""
        if not self.least <= value <= self.most:
            raise ValueError(f"应在 {self.least} 和 {self.most} 之间")
        return value


def _id(value: str) -> str:
    if value and not ID.fullmatch(value):
        raise ValueError(f"代号“{value}”只能用小写字母、数字和下划线，且以字母开头")
    return value


def _sheet_name(value: str) -> str:
    if not value or len(value) > _LONGEST_SHEET_NAME or _NOT_IN_SHEET_NAME.search(value):
        raise ValueError(f"工作表名“{value}”不合 Excel 要求（1 至 31 字，不含 [ ] : * ? / \\ '）")
    return value


def _with_breaks(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return value.replace("|", BREAK) if isinstance(value, str) else tuple(one.replace("|", BREAK) for one in value)


#: A permanent id: small letters, digits, underscore.
Id = Annotated[str, _id]
#: What Excel takes as the name of a sheet; the title where there is none.
SheetName = Annotated[str, Also(like="title"), _sheet_name]
#: A printed label; ``|`` marks where a narrow column may break it.
Printed = Annotated[str, _with_breaks]
#: Printed labels from outside in.
PrintedPath = Annotated[tuple[str, ...], _with_breaks]


class DeclaredKey(NamedTuple):
    """A key: its ``field`` in the class, its type (None and allowed words apart), and MISSING where it is required.

    Each of ``checks`` gives the value as it shall be, or raises ValueError with what is wrong.
    """

    field: str
    name: str
    kind: Any
    default: Any
    also: Also
    refs: tuple[Ref, ...]
    checks: tuple[Callable[[Any], Any], ...]
    meaning: str


@cache
def keys_of(declared: type) -> tuple[DeclaredKey, ...]:
    """The keys that a dataclass or NamedTuple declares, in its order."""
    hints = get_type_hints(declared, include_extras=True)
    defaults = _defaults(declared)
    return tuple(
        _key(name, *get_args(hint), default=defaults.get(name, MISSING))
        for name, hint in hints.items()
        if get_origin(hint) is Annotated
    )


def _defaults(declared: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a dataclass or NamedTuple
    if issubclass(declared, tuple):
        return cast("Mapping[str, Any]", declared._field_defaults)
    factories = {one.name: one.default_factory() for one in fields(declared) if one.default_factory is not MISSING}
    return {one.name: one.default for one in fields(declared)} | factories


def _key(field: str, kind: Any, *marks: Any, default: Any) -> DeclaredKey:  # noqa: ANN401 - what stands in an annotation
    also = next((one for one in marks if isinstance(one, Also)), Also())
    if isinstance(kind, UnionType) and NoneType in get_args(kind):
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        kind, also = str, also._replace(among=tuple(filter(None, get_args(kind))))
    refs = tuple(one for one in marks if isinstance(one, Ref))
    checks = tuple(one for one in marks if callable(one))
    return DeclaredKey(field, also.name or field, kind, default, also, refs, checks, marks[-1])
