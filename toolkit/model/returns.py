"""A return as understood: who, for when, and every value with the place it was read at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from toolkit.model.codes import PROGRAM_FAILED, Code
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.form import CONTROLS, Form


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


#: What a return holds by names of the form.
_BY_NAME = ("numbers", "prior", "texts", "items", "lines", "supposed", "places")


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A filled workbook as understood: what the unit sent.

    ``numbers`` holds every variable: exact value, or None where there is none (blank or refused); derived figures are
    computed again unless their formula was overwritten. ``supposed`` holds what some of those without a value may turn
    out to be: figures proposed and not confirmed, 0 for a blank, 4 for ``4件``. ``prior`` holds last year's figures
    that the workbook carries.
    ``items`` holds the filled lines of each open list, ``lines`` the numbers (from 1) at which they stand. ``places``
    says in which sheet and cell each figure stands, where the form has been changed since the workbook was issued;
    ``explained_at`` in which cell each rule is explained, where its check sheet is an earlier one.
    """

    file: str
    sha256: str
    identity: Identity
    unit: str
    period: str
    numbers: Mapping[str, Decimal | None]
    prior: Mapping[str, Decimal | None] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[tuple[str, Decimal], ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    cover: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, str] = field(default_factory=dict)
    overwritten: frozenset[str] = frozenset()
    supposed: Mapping[str, Decimal] = field(default_factory=dict)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    explained_at: Mapping[str, str] | None = None

    def under(self, form: Form) -> Return:
        """The return under the names of that form, where it was made by another version of it, or by another form.

        What the form does not say to be the same goes; of a version of its own what it does not know stays.
        """
        made = self.identity
        if made.form.removesuffix(CONTROLS) in {"", form.base} and str(made.version) not in form.renames:
            return self
        told: dict[str, Any] = {key: form.translated(getattr(self, key), made.form, made.version) for key in _BY_NAME}
        typed = form.translated(dict.fromkeys(self.overwritten), made.form, made.version)
        return replace(self, **told, overwritten=frozenset(typed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of a unit beside its return: last year's figures and texts on file, and its kind of body.

    ``named`` are the other units of the round that its texts name. Last year's return is ``doubted`` where it was not
    accepted itself.
    """

    prior: Mapping[str, Decimal] = field(default_factory=dict)
    prior_texts: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    named: tuple[str, ...] = ()
    doubted: bool = False


#: Nothing is known but what the unit sent.
NO_CONTEXT = Context()


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A return with what is known beside it, before its rules are applied.

    ``form`` is the name or the folder of the form it was read as, ``findings`` are what is wrong with the workbook.
    With ``summed`` it stands for several units.
    """

    content: Return
    context: Context = NO_CONTEXT
    form: str = ""
    findings: tuple[Finding, ...] = ()
    summed: bool = False

    @cached_property
    def prior(self) -> Mapping[str, Decimal | None]:
        """Last year's figures: those on file, and of the others those that the workbook carries."""
        carried, filed = self.content.prior, self.context.prior
        return {**carried, **filed} if carried and filed else carried or filed

    @cached_property
    def found_at(self) -> frozenset[str]:
        """The variables that a finding about the workbook names."""
        return frozenset(name for finding in self.findings for name in finding.variables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one file: its status, every finding, and the return with its context if it could be understood."""

    file: str
    status: Status
    findings: tuple[Finding, ...]
    sha256: str = ""
    form: str = ""
    version: int = 0
    unit: str = ""
    period: str = ""
    content: Return | None = None
    context: Context = NO_CONTEXT

    @property
    def submission(self) -> Submission | None:
        """The return with its context; None where there is none."""
        if self.content is None:
            return None
        return Submission(content=self.content, context=self.context, findings=self.findings)

    @property
    def by_our_fault(self) -> bool:
        """Whether the program failed on the file: nothing is known of it then, and its unit has done nothing wrong."""
        return any(f.rule == PROGRAM_FAILED for f in self.findings)

    @property
    def self_checked(self) -> bool:
        """Whether its unit saw it pass on the self-check page, and changed nothing since."""
        return any(f.rule == Code.SIGN_09 for f in self.findings)

    def count(self, severity: Severity) -> int:
        """How many findings of that severity."""
        return sum(f.severity is severity for f in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledVerdict(Verdict):
    """A verdict with what is known of the file where files are collected.

    ``code`` is the unit's in the roster, or what the file itself says, ``revision`` counts what the unit sent (from 1),
    and ``received`` is when it was taken in (``2026-01-20 09:15``). ``likely`` are units that the content points to
    where it is put down to none.
    """

    code: str = ""
    revision: int = 0
    received: str = ""
    likely: tuple[str, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict) -> FiledVerdict:
        """The verdict itself where it is filed; else with nothing more known."""
        if isinstance(verdict, FiledVerdict):
            return verdict
        return cls(**{one.name: getattr(verdict, one.name) for one in fields(verdict)})


#: What reading a file gives: a return for its rules, or the verdict that it is none.
ReadResult = Submission | Verdict


def foreign(file: str, sha256: str, identity: Identity | None, findings: Sequence[Finding]) -> FiledVerdict:
    """The verdict on a workbook that is not a return that is wanted here."""
    told = {name: getattr(identity or Identity(), name) for name in ("form", "version", "unit", "period", "code")}
    return FiledVerdict(file=file, status=Status.FOREIGN, findings=tuple(findings), sha256=sha256, **told)
