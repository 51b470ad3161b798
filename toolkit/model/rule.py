"""Rules as written in a definition: about numbers, and about texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from toolkit.model.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as written: ``text`` such as ``total = sum(first:last)``.

    ``derived`` marks a formula of the template (its left side is computed there). ``typed_severity`` holds when last
    year's figure was not taken from an accepted return. ``free_bodies`` are the kinds of body it does not bind;
    ``unknown_severity`` holds while the body's kind is not known. A ``beta`` rule only notes, whatever its
    severity says; one that holds ``singly`` is about what one unit typed and says nothing of a sum. ``limits`` are
    numbers that stand for the right side where the unit is of that kind of body.
    """

    id: str
    text: str
    path: str
    table: str = ""
    derived: bool = False
    say: str = ""
    remedy: str = ""
    severity: Severity = Severity.ERROR
    typed_severity: Severity | None = None
    free_bodies: tuple[str, ...] = ()
    unknown_severity: Severity | None = None
    beta: bool = False
    singly: bool = False
    limits: Mapping[str, Decimal] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """A rule about texts: ``kind`` names the way of reading that finds what is wrong.

    ``texts`` are the names of the texts it reads (none: all). ``doubtful`` is the severity where the reading is not
    certain; without one it is ``severity``. ``explained_at`` is the rule about texts whose line of the check sheet
    takes its explanation (none: a line of its own).
    """

    id: str
    kind: str
    say: str
    path: str = ""
    remedy: str = ""
    severity: Severity = Severity.VERIFY
    doubtful: Severity | None = None
    texts: tuple[str, ...] = ()
    explained_at: str = ""
    beta: bool = False

    @property
    def takes_explanation(self) -> bool:
        """Whether it has a line of its own for an explanation that settles a finding of it."""
        return not self.explained_at and Severity.VERIFY in {self.severity, self.doubtful}

    @property
    def explanation(self) -> str:
        """The rule beside which an explanation of it stands."""
        return self.explained_at or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A unit is let off a rule, for a reason, until a day (inclusive)."""

    unit: str
    rule: str
    reason: str
    until: date

    @property
    def words(self) -> str:
        """The sentence that stands in place of the unit's explanation."""
        return f"收表单位同意不按此条核对（至 {self.until.isoformat()}）：{self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Severities by rule, and waivers by unit and rule; only those that hold today."""

    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: Mapping[tuple[str, str], Waiver] = field(default_factory=dict)

    def severity(self, rule: str, of_the_form: Severity) -> Severity:
        """How bad a failure of a rule is in this round."""
        return self.severities.get(rule, of_the_form)

    def waived(self, finding: Finding, unit: str) -> Finding:
        """A finding under this policy: one that is waived is still told, with the reason, and counts as explained."""
        waiver = self.waivers.get((unit, finding.rule))
        if waiver is None or finding.severity in {Severity.FATAL, Severity.NOTE}:
            return finding
        return replace(finding, severity=Severity.VERIFY, explanation=waiver.words, remedy="不必修改。")


#: Nothing decided: what the form says holds.
NO_POLICY = Policy()
