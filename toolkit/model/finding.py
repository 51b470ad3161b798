"""What can be said about data: severity, outcome, place, finding, and the status a file ends in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    FATAL = "fatal"
    ERROR = "error"
    VERIFY = "verify"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The word a clerk reads."""
        return {"fatal": "拒收", "error": "错误", "verify": "请核实", "note": "提示"}[self.value]

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


class Status(StrEnum):
    """Where a file ends; every file ends in exactly one."""

    ACCEPTED = "accepted"
    EXPLAINED = "explained"
    RETURNED = "returned"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """The word a clerk reads."""
        words = {
            "accepted": "通过",
            "explained": "有说明，通过",
            "returned": "退回修改",
            "foreign": "不是本表",
            "unreadable": "无法读取",
        }
        return words[self.value]

    @property
    def counts(self) -> bool:
        """Whether a return of this status enters the sums."""
        return self in {Status.ACCEPTED, Status.EXPLAINED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reportable outcome: which rule, where, both sides, and what to do.

    ``sheet``/``cell`` are what a person sees (``申请情况``, ``D7``), ``row``/``column`` the printed labels,
    ``variables`` the dotted names. ``left``, ``right`` and ``difference`` (left minus right) are exact.
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
    explanation: str = ""
    folded: tuple[str, ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """16 hex digits, the same for the same rule at the same place in any revision of a return."""
        place = self.variables[:1] or (f"{self.sheet}!{self.cell}",)
        return hashlib.sha256("\n".join((self.rule, *place)).encode()).hexdigest()[:16]
