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


class Also(NamedTuple):
    """What a key's type does not say of it.

    ``name`` is its name in the file where it is not the field's, ``like`` the field that it is as where it is not
    written, ``among`` are the words that it may say, ``of`` is the one kind of table that has it. Where ``breaks``, a
    ``|`` marks where a narrow column may break it.
    """

    name: str = ""
    like: str = ""
    among: tuple[str, ...] = ()
    of: str = ""
    breaks: bool = False


class Ref(NamedTuple):
    """The key says names of what there must be; ``fault`` is said of one that there is not."""

    fault: str


class Must(NamedTuple):
    """What a value must fulfil; ``fault`` is said of one that does not."""

    fits: Callable[[Any], object]
    fault: str

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - what a key says
        """Whether a value fulfils it."""
        try:
            return bool(self.fits(value))
        except re.error:
            return False


ID = re.compile(r"[a-z][a-z0-9_]*")
_SHEET_NAME = re.compile(r"[^\[\]:*?/\\']{1,31}")
#: A permanent id: small letters, digits, underscore.
Id = Annotated[str, Must(ID.fullmatch, "代号“{}”只能用小写字母、数字和下划线，且以字母开头")]
#: What Excel takes as the name of a sheet; the title where there is none.
SheetName = Annotated[
    str,
    Also(like="title"),
    Must(_SHEET_NAME.fullmatch, "工作表名“{}”不合 Excel 要求（1 至 31 字，不含 [ ] : * ? / \\ '）"),
]


class DeclaredKey(NamedTuple):
    """A key: its ``field`` in the class, its type (None and allowed words apart), and MISSING where it is required."""

    field: str
    name: str
    kind: Any
    default: Any
    also: Also
    refs: tuple[Ref, ...]
    musts: tuple[Must, ...]
    meaning: str


@cache
def keys_of(declared: type) -> tuple[DeclaredKey, ...]:
    """The keys that a dataclass or NamedTuple declares, in its order."""
    defaults = _defaults(declared)
    return tuple(
        _key(name, *get_args(hint), default=defaults.get(name, MISSING))
        for name, hint in get_type_hints(declared, include_extras=True).items()
        if get_origin(hint) is Annotated
    )


def _defaults(declared: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a dataclass or NamedTuple
    if issubclass(declared, tuple):
        return cast("Mapping[str, Any]", declared._field_defaults)
    factories = {one.name: one.default_factory() for one in fields(declared) if one.default_factory is not MISSING}
    return {one.name: one.default for one in fields(declared)} | factories


def _key(field: str, kind: Any, *marks: Any, default: Any) -> DeclaredKey:  # noqa: ANN401 - what annotates it
    also = next((one for one in marks if isinstance(one, Also)), Also())
    if isinstance(kind, UnionType) and NoneType in get_args(kind):
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        kind, also = str, also._replace(among=tuple(filter(None, get_args(kind))))
    refs = tuple(one for one in marks if isinstance(one, Ref))
    musts = tuple(one for one in marks if isinstance(one, Must))
    return DeclaredKey(field, also.name or field, kind, default, also, refs, musts, marks[-1])
