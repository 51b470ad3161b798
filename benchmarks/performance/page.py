"""Tables and the page that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from textwrap import fill
from typing import Any

_TITLE = """# Performance

Made by `python -m benchmarks.performance`; `--only cold,verify` measures some sections anew and leaves the others.
Times are processor time, user and system, children included, unless the clock is named; ways that are compared ran
interleaved in one run, and ratios are medians of the ratios within a round. What is measured runs in a process of its
own.

Material: {material}.
"""


@dataclass
class Table:
    """A table of the page; figures are printed with as many digits as they bear."""

    heads: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    caption: str = ""

    def text(self) -> str:
        """The table as Markdown."""
        lines = [self.heads, ["---"] * len(self.heads), *self.rows]
        drawn = "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)
        return f"{self.caption}\n\n{drawn}\n" if self.caption else f"{drawn}\n"


@dataclass
class Section:
    """A part of the page. ``facts`` are the figures that the goals are held against, ``made`` where and when."""

    title: str
    tables: list[Table]
    notes: Sequence[str] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    made: str = ""

    def text(self) -> str:
        """The section as Markdown."""
        notes = "".join(f"- {note}\n" for note in self.notes)
        parts = [
            f"## {self.title}\n",
            f"Measured {self.made}\n" if self.made else "",
            *(t.text() for t in self.tables),
        ]
        return "\n".join(part for part in [*parts, notes] if part)

    def json(self) -> dict[str, Any]:
        """What is kept of a section."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Section:
        """A section that was kept."""
        return cls(**{**told, "tables": [Table(**one) for one in told["tables"]]})


def cell(value: object) -> str:
    """``1,234``, ``12.3``, ``0.123``; words as they are."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def page(sections: Sequence[Section], material: str) -> str:
    """The whole page."""
    return "\n".join([_TITLE.format(material=fill(material, 110)), *(one.text() for one in sections)])


def write(path: Path, sections: Sequence[Section], material: str) -> None:
    """Write the page."""
    path.write_text(page(sections, material), encoding="utf-8")
