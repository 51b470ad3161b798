"""The goals of the project for speed, each held against what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from .page import Section, Table, cell


class Goal(NamedTuple):
    """What is wanted, the fact that says whether it holds, and how that is written."""

    wanted: str
    fact: str
    holds: Callable[[float], bool]
    written: str = "{}"


GOALS = (
    Goal(
        "verify, a file warm: at least 20 times as fast as openpyxl twice", "beside openpyxl", lambda x: x >= 20, "{} x"
    ),
    Goal(
        "verify, a file warm: at most 10 times the unpacking with zipfile",
        "beside the floor",
        lambda x: x <= 10,
        "{} x",
    ),
    Goal(
        "the same files again: at least 50 times as fast as openpyxl twice",
        "again beside openpyxl",
        lambda x: x >= 50,
        "{} x",
    ),
    Goal(
        "the same files again: at most 4 times the unpacking with zipfile",
        "again beside the floor",
        lambda x: x <= 4,
        "{} x",
    ),
    Goal("verify, one file cold: no slower than the script", "cold", lambda x: x <= 1, "{} x its time"),
    Goal("rules about figures: below 2 % of a verdict", "rules share", lambda x: x < 2, "{} %"),
    Goal("distribute: at least 15 times as fast as from the start", "press", lambda x: x >= 15, "{} x"),
    Goal("annotating: at most 20 ms a workbook", "annotate", lambda x: x <= 20, "{} ms"),
    Goal("localiser: median below 2 ms", "localise", lambda x: x < 2, "{} ms"),
    Goal("localiser: at least 20 times as fast as HiGHS", "HiGHS", lambda x: x >= 20, "{} x"),
    Goal("70 reports in four formats: at most 15 s", "70 reports", lambda x: x <= 15, "{} s"),
    Goal("a whole round: no stage grows by more than N to the 1.1", "exponent", lambda x: x <= 1.1, "N to the {}"),
    Goal("a whole round: at most 20 KB of memory a unit", "memory a unit", lambda x: x <= 20, "{} KB"),
    Goal("hostile files cost themselves alone", "storm holds", lambda x: x == 1, "{}"),
    Goal("300,000 units behind the reading: at most 20 minutes", "province minutes", lambda x: x <= 20, "{} minutes"),
    Goal("300,000 units: at most 8 GB of memory", "province MB", lambda x: x <= 8_192, "{} MB"),
)


def goals(sections: Sequence[Section]) -> Section:
    """A line a goal; what was not measured is said to be so."""
    facts: Mapping[str, float] = {name: value for one in sections for name, value in one.facts.items()}
    rows: list[Sequence[object]] = []
    for one in GOALS:
        value = facts.get(one.fact)
        told = "not measured" if value is None else one.written.format(cell(value))
        if one.fact.startswith("province") and value is not None and not facts.get("province measured"):
            told += ", extrapolated"
        if one.fact == "storm holds" and value is not None:
            told = "all reconciled, the same verdicts, three findings" if value else "not so"
        rows.append((one.wanted, told, "–" if value is None else "yes" if one.holds(value) else "**no**"))
    return Section("Goals", [Table(("goal", "measured", "held"), rows)])
