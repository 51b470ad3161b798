"""The words of any Chinese report that bear on what a figure means, by what they do (``general.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

from toolkit.instrument.vocabulary import spelled_out


class Kind(StrEnum):
    """What a word does. ``UNKNOWN`` is the residue: with one of these a clause is not understood."""

    FILLER = "filler"  # says nothing about the figure
    THING = "thing"  # says of what is named before it that it is counted; alone, that something else is
    OWN = "own"  # the reporting body
    EACH = "each"  # its parts, all of them
    ANEW = "anew"  # the account goes on with the whole
    ALL = "all"
    WHICH = "which"  # parts follow
    WAY = "way"  # one way by which something comes
    REST = "rest"  # what is left, or comes besides
    EXCEPT = "except"
    JOIN = "join"
    NO = "no"
    CAUSE = "cause"
    TIMELY = "timely"
    CHANGE = "change"
    ROUGH = "rough"
    ANYONE = "anyone"  # whoever it may be
    SOMEONE = "someone"  # said of anyone, or only of natural persons
    SOME_OF_YEAR = "period"  # another time than the reporting year
    YEAR = "year"
    THEME = "theme"  # the business as a whole
    OBJECT = "object"
    BRIEF = "brief"
    ACT = "act"
    COLUMN = "column"
    LABEL = "label"
    NUMBER = "number"
    PERCENT = "percent"
    MARK = "mark"
    UNKNOWN = "unknown"


@cache
def general_words() -> Mapping[str, tuple[Kind, str]]:
    """Every word with what it does and, for a year, its distance; read once."""
    source = resources.files("toolkit.checks.narrative.clauses").joinpath("general.toml")
    listed = tomllib.loads(source.read_text(encoding="utf-8"))
    years = listed.pop(Kind.YEAR)
    out: dict[str, tuple[Kind, str]] = {}
    for kind, written in listed.items():
        out |= {word: (Kind(kind), "") for one in written.split() for word in spelled_out(one)}
    for distance, written in years.items():
        out |= dict.fromkeys(written.split(), (Kind.YEAR, distance))
    out.pop("", None)
    return out
