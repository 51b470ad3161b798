"""What changed from one revision of a return to the next: cell by cell, and which findings are solved or new."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Return, Verdict
from toolkit.text import written

_LONGEST, _FEW = 30, 3
_Value = Decimal | str | None


class CellChange(NamedTuple):
    """A cell that holds something else than before; ``old`` and ``new`` as a person writes them."""

    variable: str
    sheet: str
    cell: str
    row: str
    column: str
    old: str
    new: str


class Changes(NamedTuple):
    """The difference of two revisions; findings are told apart by their fingerprints."""

    #: Without those that the template computes, unless nothing else differs.
    cells: tuple[CellChange, ...]
    solved: tuple[Finding, ...]
    new: tuple[Finding, ...]
    remaining: tuple[Finding, ...]

    @property
    def differing(self) -> str:
        """``2 格不同：申请情况!D6 5→6、申请情况!D8 5→6``; of many cells only how many."""
        few = self.cells if len(self.cells) <= _FEW else ()
        named = "、".join(f"{one.sheet}!{one.cell} {one.old}→{one.new}" for one in few)
        return f"{len(self.cells)} 格不同{'：' if few else ''}{named}"

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
        cells = tuple(
            CellChange(name, *instrument.layout.cells[name], row, column, _shown(old), _shown(new))
            for name, row, column, old, new in _sides(instrument, before.content, after.content)
            if old != new
        )
        computed = {name for name, variable in instrument.variables.items() if variable.derived}
        cells = tuple(one for one in cells if one.variable not in computed) or cells
    return Changes(
        cells=cells,
        solved=tuple(one for mark, one in was.items() if mark not in now),
        new=tuple(one for mark, one in now.items() if mark not in was),
        remaining=tuple(one for mark, one in now.items() if mark in was),
    )


def _sides(instrument: Instrument, before: Return, after: Return) -> Iterator[tuple[str, str, str, _Value, _Value]]:
    """Every variable with the labels of its row and column, and what it was and is."""
    for name, variable in instrument.variables.items():
        yield name, variable.row_label, variable.column_label, before.numbers.get(name), after.numbers.get(name)
    for name, text in instrument.form.texts.items():
        yield name, text.label, "", before.texts.get(name, ""), after.texts.get(name, "")
    for one in instrument.form.lists:
        was, now = _lines(before, one.id), _lines(after, one.id)
        for line in sorted({*was, *now}):
            yield one.names(line)[1], one.title, f"第 {line} 行", was.get(line, ""), now.get(line, "")


def _lines(content: Return, name: str) -> dict[int, str]:
    """The filled lines of an open list by their numbers."""
    rows = content.items.get(name, ())
    numbers = content.lines.get(name) or range(1, len(rows) + 1)
    return {number: f"{label} {_shown(count)}" for number, (label, count) in zip(numbers, rows, strict=True)}


def _shown(value: _Value) -> str:
    if isinstance(value, Decimal):
        return written(value)
    plain = " ".join((value or "").split())
    return (plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…（{len(value or '')} 字）") or "空"
