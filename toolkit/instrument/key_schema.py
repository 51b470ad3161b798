"""The JSON Schema of a form's files, made from the keys that are declared: what an editor completes and underlines.

How the files begin stands in ``files.schema.json``: there ``"keys of": ["model.form:Block of block"]`` stands for what
a class declares, of the keys that only one kind of table has those of that kind. A schema says what the reader takes,
key by key; what keys say of each other (names that there must be, rules that can be read) only the reader knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING
from datetime import date
from decimal import Decimal
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, cast, get_args, get_origin

from toolkit.instrument.outline import Template
from toolkit.model.cells import NumberType
from toolkit.model.keys import DeclaredKey, keys_of
from toolkit.model.rule import RuleText
from toolkit.rules.expression import Node, Operation

#: A schema, or a part of one.
Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WRITTEN: Mapping[Any, Schema] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    **dict.fromkeys((str, Node, Operation, Template, re.Pattern[str]), _TEXT),
}
#: The field that may be written alone in place of the table.
_ALONE: Mapping[Any, str] = {NumberType: "kind", RuleText: "text"}


def key_schemas() -> Mapping[str, Schema]:
    """The schema of each file of a form, by its name without the ending."""
    text = Path(__file__).with_name("files.schema.json").read_text(encoding="utf-8")
    return cast("Mapping[str, Schema]", json.loads(text, object_hook=_with_keys))


def _with_keys(part: Schema) -> Schema:
    """A part with the keys that it names; what it says itself of one of them comes on top."""
    named = [name.partition(" of ") for name in part.pop("keys of", ())]
    if not named:
        return part
    made = _object(*((resolve_name(f"toolkit.{name}"), of) for name, _, of in named))
    own = part.pop("properties", {})
    made["properties"] |= {name: made["properties"].get(name, {}) | said for name, said in own.items()}
    return made | part


def _object(*several: tuple[type, str]) -> Schema:
    """A table with the keys of some classes, each with the kind of table that it is."""
    keys = [key for one, of in several for key in keys_of(one) if key.also.of in {"", of}]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _said(key) | {"description": key.meaning} for key in keys},
        "required": [key.name for key in keys if key.default is MISSING and not key.also.like],
    }


def _said(key: DeclaredKey) -> Schema:
    """What a key may say."""
    out = {"enum": list(key.also.among)} if key.also.among else _value(key.kind)
    for within in (getattr(must.fits, "__self__", None) for must in key.musts):
        if isinstance(within, re.Pattern):
            out = out | {"pattern": f"^(?:{within.pattern})$"}
        elif isinstance(within, range):
            out = out | {"minimum": within.start, "maximum": within.stop - 1}
    return out


def _value(kind: Any) -> Schema:  # noqa: ANN401 - any type
    kind = NumberType if kind == Mapping[str, Any] else kind
    outer, inner = get_origin(kind), get_args(kind)
    if kind in _WRITTEN:
        return _WRITTEN[kind]
    if outer in {Mapping, dict}:
        return {"type": "object", "additionalProperties": _value(inner[1])}
    if outer in {tuple, frozenset}:
        one = _value(inner[0])
        several = {"type": "array", "items": one}
        return {"anyOf": [one, several]} if one is _TEXT else several
    if kind in _ALONE:
        return {"anyOf": [*(_said(key) for key in keys_of(kind) if key.field == _ALONE[kind]), _object((kind, ""))]}
    return _object((kind, ""))
