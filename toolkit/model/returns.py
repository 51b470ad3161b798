"""A return as understood: who, for when, and every value with the place it was read at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from toolkit.model.codes import PROGRAM_FAILED
from toolkit.model.finding import Finding, Severity, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a workbook says it is.

    ``code`` is the unit's in the roster, ``key`` the id of the office's key that ``signature`` was made with;
    ``contradictions`` names the fields for which the hidden sheet and the document properties differ; ``other`` is then
    what the properties say, and all else what the sheet says.
    """

    form: str = ""
    version: int = 0
    code: str = ""
    unit: str = ""
    period: str = ""
    fingerprint: str = ""
    key: str = ""
    signature: str = ""
    contradictions: tuple[str, ...] = ()
    other: Identity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A filled workbook as understood.

    ``numbers`` holds every variable: exact value, or None where there is none (blank or refused); derived figures are
    computed again unless their formula was overwritten. ``prior`` holds last year's figures that the workbook carries,
    or that are on file; ``prior_texts`` last year's texts, where they are on file.
    ``items`` holds the filled lines of each open list, ``lines`` the numbers (from 1) at which they stand.
    """

    file: str
    sha256: str
    identity: Identity
    unit: str
    period: str
    numbers: Mapping[str, Decimal | None]
    prior: Mapping[str, Decimal | None] = field(default_factory=dict)
    prior_on_file: bool = False
    prior_texts: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[tuple[str, Decimal], ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    cover: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, str] = field(default_factory=dict)
    overwritten: frozenset[str] = frozenset()
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one file: its status, every finding, and the return if it could be understood.

    In a collection round ``code`` is the unit's in the roster, ``revision`` counts what the unit sent (from 1), and
    ``received`` is when it was taken in.
    """

    file: str
    status: Status
    findings: tuple[Finding, ...]
    sha256: str = ""
    form: str = ""
    version: int = 0
    unit: str = ""
    period: str = ""
    content: Return | None = None
    code: str = ""
    revision: int = 0
    received: str = ""

    @property
    def by_our_fault(self) -> bool:
        """Whether the program failed on the file: nothing is known of it then, and its unit has done nothing wrong."""
        return any(f.rule == PROGRAM_FAILED for f in self.findings)

    def count(self, severity: Severity) -> int:
        """How many findings of that severity."""
        return sum(f.severity is severity for f in self.findings)
