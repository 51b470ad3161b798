"""What the board shows, as the template asks for it: counts, findings by rule and unit, figures down to the cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from functools import cached_property

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.exact import written
from toolkit.instrument import Instrument
from toolkit.model.codes import BUILT_IN
from toolkit.model.finding import Finding
from toolkit.model.finding import Severity
from toolkit.model.form import Table
from toolkit.model.grid import Grid
from toolkit.model.grid import GridCell
from toolkit.model.standing import Standing
from toolkit.model.standing import State
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Node
from toolkit.rules.values import Exact

#: So many units are named under a figure, so many rows the heat map has; the rest stands in the workbook.
_SOURCES, _HEAT = 12, 60
_HIDDEN = frozenset({"SIGN-01", "SIGN-03"})


@dataclass(frozen=True, slots=True)
class Source:
    """A unit's part of a total, and where it was read."""

    unit: str
    value: str
    file: str
    revision: int
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A total: its place, last year's, the units it comes from, biggest first; ``more`` are not named."""

    variable: str
    row: str
    column: str
    value: str
    prior: str
    change: str
    place: str
    sources: tuple[Source, ...]
    more: int


@dataclass(frozen=True)
class Figures:
    """The sums of a round, table by table."""

    instrument: Instrument
    total: Consolidation

    @cached_property
    def tables(self) -> tuple[tuple[Table, Grid], ...]:
        """Each table with its printed grid."""
        return tuple((table, self.instrument.layout.grids[table.id]) for table in self.instrument.form.tables)

    def value(self, cell: GridCell) -> str:
        """What stands in a number cell."""
        value = self.total.sums.get(cell.variable)
        return "" if value is None else written(value)

    def prior(self, variable: str) -> str:
        """Last year's sum, where every member has one."""
        value = self.total.prior_sums.get(variable)
        return "" if value is None else written(value)

    def of(self, table: Table) -> Iterator[Figure]:
        """The totals of a table that are not nothing, in printed order."""
        for variable in self.instrument.variables.values():
            value = self.total.sums.get(variable.name)
            if variable.table == table.id and value:
                yield self._figure(variable.name, variable.row_label, variable.column_label, value)

    def _figure(self, name: str, row: str, column: str, value: Decimal) -> Figure:
        spot = self.instrument.layout.spot(name)
        place = f"{spot.sheet}!{spot.cell}"
        parts = [
            (amount, member)
            for member, content in zip(self.total.members, self.total.returns, strict=True)
            if (amount := content.numbers.get(name))
        ]
        parts.sort(key=lambda pair: -pair[0])
        named = tuple(
            Source(self.total.unit(member), written(amount), member.file, member.revision, place)
            for amount, member in parts[:_SOURCES]
        )
        before = self.total.prior_sums.get(name)
        return Figure(
            variable=name,
            row=row,
            column=column,
            value=written(value),
            prior="" if before is None else written(before),
            change="" if not before else f"{(value - before) / before * 100:+.1f}%",
            place=place,
            sources=named,
            more=len(parts) - len(named),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A unit with what was found in its newest return."""

    standing: Standing
    findings: tuple[Finding, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


def problems(standings: Sequence[Standing]) -> list[Problem]:
    """The units with findings, those with the most first; a note that all files share is left out."""
    out: list[Problem] = []
    for one in standings:
        verdict = one.newest or one.verdict
        found = tuple(f for f in verdict.findings if f.rule not in _HIDDEN) if verdict is not None else ()
        if found:
            out.append(Problem(standing=one, findings=found, counts=Counter(f.rule for f in found)))
    return sorted(out, key=lambda p: (-_weight(p.findings), p.standing.code))


def _weight(found: Sequence[Finding]) -> int:
    return sum({Severity.FATAL: 1000, Severity.ERROR: 100, Severity.VERIFY: 10}.get(f.severity, 1) for f in found)


@dataclass(frozen=True)
class Heat:
    """Findings by rule and unit; ``cut`` units are left to the list below it."""

    rules: tuple[tuple[str, str], ...]
    rows: tuple[Problem, ...]
    cut: int

    @staticmethod
    def shade(count: int) -> int:
        """How strong the colour is: 0 to 4."""
        return min(4, count)


def heat(instrument: Instrument, found: Sequence[Problem]) -> Heat:
    """The rules that found something, with their titles, worst first."""
    worst: dict[str, int] = {}
    for problem in found:
        for finding in problem.findings:
            worst[finding.rule] = min(worst.get(finding.rule, 9), finding.severity.rank)
    titles = {rule.id: rule.say for rule in instrument.form.rules if rule.say}
    rules = sorted(worst, key=lambda rule: (worst[rule], rule))
    named = tuple((rule, titles.get(rule) or BUILT_IN.get(rule, ("",))[0]) for rule in rules)
    return Heat(named, tuple(found[:_HEAT]), max(0, len(found) - _HEAT))


@dataclass(frozen=True)
class Keys:
    """The figures a form singles out for the board: of the sum, of last year's, and of every unit that counts."""

    labels: tuple[str, ...]
    total: tuple[str, ...]
    prior: tuple[str, ...]
    units: tuple[tuple[str, tuple[str, ...]], ...]


def keys(instrument: Instrument, total: Consolidation) -> Keys:
    """The form's key figures (``[[board]]`` in its outline); the form's loader has seen to their expressions."""
    raw = instrument.form.raw_report
    named = raw.get("figures", {})
    asked = raw.get("board", ())
    short: Mapping[str, str] = named if isinstance(named, Mapping) else {}
    entries = [one for one in asked if isinstance(one, Mapping)] if isinstance(asked, list | tuple) else []
    nodes = [compile_expression(instrument.form, short.get(str(e["value"]), str(e["value"]))) for e in entries]
    return Keys(
        labels=tuple(str(entry["label"]) for entry in entries),
        total=tuple(_told(node, total.sums, total.prior_sums) for node in nodes),
        prior=tuple(_told(node, total.prior_sums, {}) for node in nodes),
        units=tuple(
            (total.unit(member), tuple(_told(node, content.numbers, content.prior) for node in nodes))
            for member, content in zip(total.members, total.returns, strict=True)
        ),
    )


def _told(node: Node, numbers: Mapping[str, Decimal | None], prior: Mapping[str, Decimal | None]) -> str:
    """A figure, or nothing where a part of it is missing."""
    try:
        return written(Decimal(node.value(Exact(numbers, prior))))
    except (KeyError, ArithmeticError):
        return ""


def counted(standings: Sequence[Standing]) -> list[tuple[State, int]]:
    """How many units are in each state that occurs."""
    counts = Counter(one.state for one in standings)
    return [(state, counts[state]) for state in State if counts[state]]
