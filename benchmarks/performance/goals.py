"""The goals of the project for speed, each held against what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .options import NATION
from .page import Section, Table, cell

#: Files are read by as many processes; what comes of them is added up by one.
_CORES = 2
_MINUTES, _HELD, _STORM = "minutes", "province MB", "storm holds"


class Goal(NamedTuple):
    """What is measured, the fact that says it, its unit, and the ``least`` or the ``most`` that it has to be."""

    what: str
    fact: str
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def wanted(self) -> str:
        """``cold start, beside the script: at most 1 x``."""
        bound = f"at most {self.most:g}" if self.least is None else f"at least {self.least:g}"
        return f"{self.what}: {bound} {self.unit}"

    def is_held(self, value: float) -> bool:
        """Whether a figure is what was wanted."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


GOALS = (
    Goal("verify, a file warm, as fast as openpyxl twice", "beside openpyxl", "times", least=20),
    Goal("verify, a file warm, as long as unpacking with zipfile", "beside the floor", "times", most=10),
    Goal("verify, the same files again, as fast as openpyxl twice", "again beside openpyxl", "times", least=50),
    Goal("verify, the same files again, as long as unpacking with zipfile", "again beside the floor", "times", most=4),
    Goal("verify, one file cold, as long as the script", "cold", "times", most=1),
    Goal("rules about figures, of a verdict", "rules share", "%", most=2),
    Goal("distribute, as fast as a workbook from the start", "press", "times", least=15),
    Goal("annotating a workbook", "annotate", "ms", most=20),
    Goal("localiser, median", "localise", "ms", most=2),
    Goal("localiser, as fast as HiGHS", "HiGHS", "times", least=20),
    Goal("70 reports in four formats", "70 reports", "s", most=15),
    Goal("a whole round, the stage that grows most, N to the", "exponent", "", most=1.1),
    Goal("a whole round, memory a unit", "memory a unit", "KB", most=20),
    Goal(
        "hostile files cost others nothing: same verdicts, all reconciled, three findings; 1 is yes",
        _STORM,
        "",
        least=1,
    ),
    Goal(f"{NATION:,} units collected and consolidated on {_CORES} cores", _MINUTES, "minutes", most=20),
    Goal(f"{NATION:,} units, memory", _HELD, "MB", most=8_192),
)


def goals(sections: Sequence[Section]) -> Section:
    """A line a goal; what was not measured is said to be so."""
    facts = {name: value for one in sections for name, value in one.facts.items()}
    if {"province minutes", "collect"} <= facts.keys():
        facts[_MINUTES] = facts["province minutes"] + NATION * facts["collect"] / 60 / _CORES
    guessed = () if facts.get("province measured") else (_MINUTES, _HELD)
    rows: list[Sequence[object]] = []
    for one in GOALS:
        value = facts.get(one.fact)
        if value is None:
            rows.append((one.wanted, "not measured", "–"))
            continue
        doubt = ", extrapolated" if one.fact in guessed else ""
        told = f"{cell(value)} {one.unit}".strip() + doubt
        rows.append((one.wanted.strip(), told, "yes" if one.is_held(value) else "**no**"))
    return Section("Goals", [Table(("goal", "measured", "held"), rows)])
