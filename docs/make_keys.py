"""Writes the tables of keys of ``docs/form-definition.md`` from the declarations that the reader goes by.

``python docs/make_keys.py`` fills in every table that stands below ``<!-- keys of CLASS -->``.
"""  # noqa: INP001 - a folder of documents is no package

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from toolkit.forms import read_form
from toolkit.instrument import language, outline, vocabulary
from toolkit.instrument.outline import Template
from toolkit.model import form, rule
from toolkit.model.cells import NumberType
from toolkit.model.keys import DeclaredKey, Id, keys_of
from toolkit.rules.expression import Node, Operation

PAGE = Path(__file__).resolve().parent / "form-definition.md"
_TABLE = re.compile(r"<!-- keys of (\w+)(?: of (\w+))? -->\n\n(?:\|.*\n)*\n*")
_HOMES = (form, rule, read_form, vocabulary, language, outline)
_PLAIN: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    Decimal: "number",
    bool: "true or false",
    date: "date",
    tuple[str, ...]: "text or list of texts",
    frozenset[str]: "text or list of texts",
    tuple[int, ...]: "list of whole numbers",
    tuple[float, ...]: "list of numbers",
    NumberType: "text or table",
    Node: "expression",
    tuple[Node, ...]: "expression or list of expressions",
    Operation: "condition",
    Template: "text with gaps",
    tuple[Template, ...]: "text or list of texts with gaps",
    tuple[re.Pattern[str], ...]: "regular expression or list of them",
}
_DEFAULTS: Mapping[Any, str] = {
    "": "empty",
    True: "true",
    False: "false",
    None: "none",
    date.min: "any",
    date.max: "any",
}


def _kind(key: DeclaredKey) -> str:
    """What may be written for a key."""
    if key.also.among:
        return ", ".join(f"`{word}`" for word in key.also.among)
    if set(key.musts) & set(get_args(Id)):
        return "id"
    if key.kind in _PLAIN:
        return _PLAIN[key.kind]
    if getattr(key.kind, "__origin__", None) is Mapping:
        return "table"
    return "list of tables"


def _default(key: DeclaredKey) -> str:
    """What stands for a key that is not written."""
    if key.kind is NumberType:
        return "whole, from 0"
    if key.default is MISSING:
        return f"`{key.also.like}`" if key.also.like else "required"
    if isinstance(key.default, str | bool | date | None):
        return _DEFAULTS.get(key.default, f"`{key.default}`")
    return f"{key.default}" if isinstance(key.default, int | Decimal) else "none"


def _table(found: re.Match[str]) -> str:
    """A table of the keys of a class: those of any table and of one kind, or of all kinds with their names."""
    name, of = found[1], found[2] or ""
    (declared,) = {getattr(home, name) for home in _HOMES if hasattr(home, name)}
    rows = [found[0].partition("\n")[0], "", "| key | type | default | meaning |", "|---|---|---|---|"]
    for key in keys_of(declared):
        if key.also.of in {"", of} or of == "any":
            kind = f"{key.also.of}: " if of == "any" else ""
            rows.append(f"| `{key.name}` | {_kind(key)} | {_default(key)} | {kind}{key.meaning} |")
    return "\n".join(rows) + "\n\n"


def page(text: str) -> str:
    """The page with every table of keys as it is declared."""
    return _TABLE.sub(_table, text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
