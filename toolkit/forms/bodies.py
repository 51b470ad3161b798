"""Reads what a form says about names of bodies (``bodies.toml``): which kind of body a unit is by its name alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from toolkit.forms.fields import Fields

BODIES = "bodies.toml"
_PARTS = re.compile(r"(\*|\{\w+\})")
#: Keys of ``[lists]`` that say where the lists come from.
_ABOUT = frozenset({"source", "date"})


def named_bodies(data: Mapping[str, object], problems: list[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of body, each with a pattern for the whole of a name, in order: the first that fits decides."""
    root = Fields(data, BODIES, problems)
    given = root.table("lists")
    for key in _ABOUT:
        given.text(key)
    lists = {key: given.texts(key) for key in given.data if key not in _ABOUT}
    out = root.each("body", lambda fields: (fields.text("kind", required=True), _pattern(fields, lists)))
    root.unknown()
    return out


def _pattern(fields: Fields, lists: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """``*县*{department}`` as a regular expression."""
    names = []
    for text in fields.texts("names"):
        out = ""
        for part in _PARTS.split(text):
            if part == "*":
                out += ".*"
            elif _PARTS.fullmatch(part):
                if part[1:-1] not in lists:
                    fields.problem(f"没有名单“{part[1:-1]}”", "names")
                out += f"(?:{'|'.join(map(re.escape, lists.get(part[1:-1], ())))})"
            else:
                out += re.escape(part)
        names.append(out)
    return re.compile("|".join(names) or r"(?!)")
