"""What changed from one revision of a return to the next: cell by cell, and which findings are solved or new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Return, Verdict
from toolkit.text import written

_LONGEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A cell that holds something else than before; ``old`` and ``new`` as a person writes them."""

    variable: str
    sheet: str
    cell: str
    row: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The difference of two revisions; findings are told apart by their fingerprints."""

    cells: tuple[CellChange, ...]
    solved: tuple[Finding, ...]
    new: tuple[Finding, ...]
    remaining: tuple[Finding, ...]

    @property
    def brief(self) -> str:
        """``改了 3 格；解决 2 处，新出现 1 处，还剩 1 处``."""
        left = f"，还剩 {len(self.remaining)} 处" if self.remaining else ""
        return f"改了 {len(self.cells)} 格；解决 {len(self.solved)} 处，新出现 {len(self.new)} 处{left}"


def changes_between(instrument: Instrument, before: Verdict, after: Verdict) -> Changes:
    """Compare two revisions of a unit's return; notes do not count as findings."""
    was = {one.fingerprint: one for one in before.findings if one.severity is not Severity.NOTE}
    now = {one.fingerprint: one for one in after.findings if one.severity is not Severity.NOTE}
    cells: tuple[CellChange, ...] = ()
    if before.content is not None and after.content is not None:
        cells = tuple(_cells(instrument, before.content, after.content))
    return Changes(
        cells=cells,
        solved=tuple(one for mark, one in was.items() if mark not in now),
        new=tuple(one for mark, one in now.items() if mark not in was),
        remaining=tuple(one for mark, one in now.items() if mark in was),
    )


def _cells(instrument: Instrument, before: Return, after: Return) -> Iterator[CellChange]:
    for name, variable in instrument.variables.items():
        old, new = before.numbers.get(name), after.numbers.get(name)
        if old != new:
            yield _change(instrument, name, (variable.row_label, variable.column_label), _figure(old), _figure(new))
    for name, text in instrument.form.texts.items():
        yield from _texts(instrument, name, (text.label, ""), before.texts.get(name, ""), after.texts.get(name, ""))
    for one in instrument.form.lists:
        was, now = _lines(before, one.id), _lines(after, one.id)
        for line in sorted({*was, *now}):
            labels = (one.title, f"第 {line} 行")
            yield from _texts(instrument, one.names(line)[1], labels, was.get(line, ""), now.get(line, ""))


def _lines(content: Return, name: str) -> dict[int, str]:
    """The filled lines of an open list by their numbers."""
    rows = content.items.get(name, ())
    numbers = content.lines.get(name) or range(1, len(rows) + 1)
    return {number: f"{label} {_figure(count)}" for number, (label, count) in zip(numbers, rows, strict=True)}


def _texts(instrument: Instrument, name: str, labels: tuple[str, str], old: str, new: str) -> Iterator[CellChange]:
    if old != new:
        yield _change(instrument, name, labels, _short(old), _short(new))


def _change(instrument: Instrument, name: str, labels: tuple[str, str], old: str, new: str) -> CellChange:
    spot = instrument.layout.spot(name)
    return CellChange(
        variable=name, sheet=spot.sheet, cell=spot.cell, row=labels[0], column=labels[1], old=old, new=new
    )


def _figure(value: Decimal | None) -> str:
    return "空" if value is None else written(value)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return (plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…（{len(text)} 字）") or "空"
