"""What a template's cell is for: the vocabulary that plan, writer, structure check and forensics share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from toolkit.forms.layout import CHECKS, COVER, IDENTITY, Spot
from toolkit.model.cells import NumberType
from toolkit.workbook.proposals import Proposal


class Word:
    """The verdicts of a line: ``NOTED`` asks for nothing, ``LATER`` no formula tells, the ``UNDECIDED`` are neutral."""

    PASSED, FAILED, QUERIED, EMPTY, NOT_APPLICABLE = "通过", "不通过", "请核实", "未填", "不适用"
    NOTED, LATER = "提示", "收件后核对"
    UNDECIDED = (EMPTY, NOT_APPLICABLE, LATER, NOTED)


#: What a cell is for; decides how it looks and whether it is locked. A link leads to the place that a line is about.
CellRole = StrEnum(
    "CellRole",
    "TITLE HELP BAND HEAD STUB NOTE NUMBER TEXT TICK TOTAL FIXED SENTENCE LINK LINK_BELOW RESULT VERDICT",
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One cell, or one merged area. ``value`` is a label, a prefilled value or a formula's first result.

    ``array`` is set for a formula that computes over areas cell by cell.
    """

    spot: Spot
    role: CellRole
    value: str | Decimal | int | None = None
    formula: str = ""
    name: str = ""
    rows: int = 1
    cols: int = 1
    type: NumberType | None = None
    hint: tuple[str, str] = ("", "")
    link: str = ""
    array: bool = False

    @classmethod
    def top(cls, sheet: str, title: str, text: str, cols: int) -> tuple[Planned, Planned]:
        """The title of a sheet, and the line of help below it."""
        first = cls(Spot(sheet, 0, 0), CellRole.TITLE, title, cols=cols)
        return first, cls(Spot(sheet, 1, 0), CellRole.HELP, text, cols=cols)

    @classmethod
    def heads(cls, sheet: str, row: int, texts: Sequence[str]) -> list[Planned]:
        """The heads of a sheet's columns."""
        return [cls(Spot(sheet, row, col), CellRole.HEAD, text) for col, text in enumerate(texts)]


@dataclass(frozen=True, kw_only=True)
class Prefill:
    """What a particular workbook is given: who and when, last year's figures, and values by defined name.

    ``code`` is the unit's in the roster, ``signature`` the office's over the identity, made with its key ``key``.
    ``body`` is its kind in the roster, ``named`` what its name says of that; found from the name where not given.
    A value for a derived variable stands where its formula would: an overwritten total. ``proposals`` are those of
    the values that are to be confirmed, ``told`` is what is said of them.
    """

    unit: str = ""
    period: str = ""
    code: str = ""
    key: str = ""
    signature: str = ""
    body: str = ""
    named: str = ""
    prior: Mapping[str, Decimal] = field(default_factory=dict)
    values: Mapping[str, Decimal | str] = field(default_factory=dict)
    proposals: Sequence[Proposal] = ()
    told: Sequence[str] = ()


@dataclass(frozen=True)
class TemplatePlan:
    """Every planned cell by sheet, in writing order."""

    sheets: Mapping[str, tuple[Planned, ...]]

    @cached_property
    def cells(self) -> tuple[Planned, ...]:
        """All cells."""
        return tuple(cell for cells in self.sheets.values() for cell in cells)

    @cached_property
    def places(self) -> Mapping[tuple[str, str], Planned]:
        """All cells by (sheet, A1)."""
        return {(cell.spot.sheet, cell.spot.cell): cell for cell in self.cells}

    @cached_property
    def formulas(self) -> Mapping[tuple[str, str], Planned]:
        """The formula cells by (sheet, A1), but for those that a figure may rightly replace."""
        return {at: cell for at, cell in self.places.items() if cell.formula and cell.role is not CellRole.NUMBER}

    @cached_property
    def labels(self) -> Mapping[tuple[str, str], str]:
        """The texts whose change means that rows or columns were moved, by (sheet, A1)."""
        fixed = {CellRole.BAND, CellRole.HEAD, CellRole.STUB, CellRole.NOTE}
        return {(c.spot.sheet, c.spot.cell): str(c.value) for c in self.cells if c.role in fixed and c.value}

    @cached_property
    def entries(self) -> TemplatePlan:
        """The plan without the check sheet: labels, entries and totals, no formula that only shows something.

        From its first tick on, the cover of another template may look otherwise.
        """
        first = min((c.spot.row for c in self.cells if c.role is CellRole.TICK), default=None)

        def stands(cell: Planned) -> bool:
            same = first is None or cell.spot.sheet != COVER or cell.spot.row < first
            return same and (not cell.formula or cell.role in {CellRole.TOTAL, CellRole.NUMBER})

        kept = {name: cells for name, cells in self.sheets.items() if name != CHECKS}
        return TemplatePlan({name: tuple(filter(stands, cells)) for name, cells in kept.items()})

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits over labels, formulas and names (not the identity): the same for all of a version."""
        lines = [f"L {s}!{c} {text}" for (s, c), text in self.labels.items()]
        lines += [f"F {c.spot.sheet}!{c.spot.cell} {c.formula}" for c in self.cells if c.formula]
        named = (cell for cell in self.cells if cell.name and cell.spot.sheet != IDENTITY)
        lines += [f"N {cell.spot.reference} {cell.name}" for cell in named]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
