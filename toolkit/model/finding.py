"""What can be said about data: severity, outcome, place, finding, and the status a file ends in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol, Self


class Labelled(StrEnum):
    """A value for programs, with the word that a clerk reads as its ``label``."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """A member: its text, and its label beside it."""
        member = str.__new__(cls, value)
        member._value_, member.label = value, label
        return member


class Severity(Labelled):
    """How bad a finding is, worst first."""

    FATAL = "fatal", "拒收"
    ERROR = "error", "错误"
    VERIFY = "verify", "请核实"
    NOTE = "note", "提示"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


#: Which severities end a run with exit code 1, by what ``--fail-on`` says.
FAIL_ON: Mapping[str, frozenset[Severity]] = {
    "error": frozenset({Severity.ERROR}),
    "verify": frozenset({Severity.ERROR, Severity.VERIFY}),
    "never": frozenset(),
}


class Outcome(StrEnum):
    """What came of confronting a rule with data."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not applicable"


class Status(Labelled):
    """Where a file ends; every file ends in exactly one."""

    ACCEPTED = "accepted", "通过"
    EXPLAINED = "explained", "说明后通过"
    RETURNED = "returned", "退回修改"
    FOREIGN = "foreign", "不是本表"
    UNREADABLE = "unreadable", "无法读取"

    @property
    def counts(self) -> bool:
        """Whether a return of this status enters the sums."""
        return self in {Status.ACCEPTED, Status.EXPLAINED}


class Statement(NamedTuple):
    """What is said, before it is said of a place: of which rule, how bad, the sentence, what to do, for which fault."""

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    fault: str = ""

    @property
    def line(self) -> str:
        """All of it, for a person who sees no finding."""
        return f"{self.message}。{self.remedy}"


class Located(Protocol):
    """A cell as a finding names it: its sheet, its address, and the address as another sheet writes it."""

    @property
    def sheet(self) -> str: ...  # noqa: D102
    @property
    def cell(self) -> str: ...  # noqa: D102
    @property
    def reference(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A cell that may have to be mended: ``found`` stands there, ``value`` should; ``reason`` is the slip in words.

    Cells of one ``option`` (from 1, the best first) go together. ``probability`` says how often such
    an option is right; it is None where that is not known.
    """

    option: int
    variable: str
    sheet: str
    cell: str
    value: Decimal
    found: Decimal
    reason: str
    probability: float | None = None


class Against(NamedTuple):
    """What a figure of a text is held against: a figure of the tables, in labels."""

    what: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReading:
    """A figure of a text for an editor: where and how it is written, and what it was held ``against``.

    ``agrees`` is None where it was held against nothing; then ``why`` says the reason.
    """

    text: str
    words: str
    value: Decimal
    unit: str
    against: tuple[Against, ...]
    agrees: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reportable outcome: which rule, where, both sides, and what to do.

    ``sheet``/``cell`` are what a person sees (``申请情况``, ``D7``), ``row``/``column`` the printed labels,
    ``variables`` the dotted names. ``left``, ``right`` and ``difference`` (left minus right) are exact.
    ``candidates`` are the cells that ``suggestion`` tells; the first option is shown to be right where ``certain``.
    ``fault`` is which sentence of a built-in rule it is, ``bare`` the message without what only the office needs.
    """

    rule: str
    severity: Severity
    outcome: Outcome = Outcome.FAIL
    sheet: str = ""
    cell: str = ""
    cells: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    row: str = ""
    column: str = ""
    left: Decimal | str | None = None
    right: Decimal | str | None = None
    difference: Decimal | None = None
    message: str
    remedy: str = ""
    suggestion: str = ""
    candidates: tuple[Candidate, ...] = ()
    certain: bool = False
    explanation: str = ""
    folded: tuple[str, ...] = field(default=())
    fault: str = ""
    bare: str = ""

    @classmethod
    def at(  # noqa: PLR0913 - a finding has that many parts
        cls,
        told: Statement,
        spots: Sequence[Located] = (),
        variables: Sequence[str] = (),
        *,
        sheet: str = "",
        row: tuple[str, ...] = (),
        column: tuple[str, ...] = (),
        left: Decimal | str | None = None,
        right: Decimal | str | None = None,
        outcome: Outcome = Outcome.FAIL,
    ) -> Finding:
        """The finding that says so of these cells, the first of them its own.

        Cells of other sheets than the first one's are written with their sheet. ``row`` and ``column`` are printed
        labels from outside in; ``sheet`` is for what no cell can be named for. Two figures have a difference.
        """
        first = spots[0] if spots else None
        exact = isinstance(left, Decimal) and isinstance(right, Decimal)
        return cls(
            **told._asdict(),
            outcome=outcome,
            sheet=first.sheet if first else sheet,
            cell=first.cell if first else "",
            cells=tuple(one.cell if first and one.sheet == first.sheet else one.reference for one in spots),
            variables=tuple(variables),
            row=" ".join(row),
            column=" ".join(column),
            left=left,
            right=right,
            difference=left - right if exact else None,  # type: ignore[operator]
        )

    @property
    def fingerprint(self) -> str:
        """16 hex digits, the same for the same rule at the same place in any revision of a return."""
        place = self.variables[:1] or (f"{self.sheet}!{self.cell}",)
        return hashlib.sha256("\n".join((self.rule, *place)).encode()).hexdigest()[:16]
