"""What the office decides about rules for one round: severities, and units that are let off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date

from toolkit.model.finding import Finding
from toolkit.model.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A unit is let off a rule, for a reason, until a day (inclusive)."""

    unit: str
    rule: str
    reason: str
    until: date

    @property
    def words(self) -> str:
        """What stands in the place of the unit's explanation."""
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
        """A finding under this policy. What is waived is still told, with the reason, and counts as explained."""
        waiver = self.waivers.get((unit, finding.rule))
        if waiver is None or finding.severity in {Severity.FATAL, Severity.NOTE}:
            return finding
        return replace(finding, severity=Severity.VERIFY, explanation=waiver.words, remedy="不必修改。")


#: Nothing decided: what the form says holds.
NO_POLICY = Policy()
