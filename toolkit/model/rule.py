"""Rules as written in a definition: about numbers, and about texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated

from toolkit.model.finding import Finding, Severity
from toolkit.model.keys import Also, Ref
from toolkit.model.sentences import phrase

_SEVERITIES = Also(among=("error", "verify", "note"))
#: A rule about texts says which texts it reads.
TEXT_NAMES = Ref("没有叫“{}”的文字")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as written; ``derived`` marks a formula of the template (its left side is computed there)."""

    id: str
    text: Annotated[str, Also(name="rule"), "the rule: `total = sum(first:last)`"]
    path: str
    table: str = ""
    derived: bool = False
    say: Annotated[str, "what is demanded, in words; else made from the labels"] = ""
    remedy: Annotated[str, "what to do; else a general sentence"] = ""
    severity: Annotated[Severity, _SEVERITIES, "how bad a failure is"] = Severity.ERROR
    typed_severity: Annotated[Severity | None, _SEVERITIES, "while last year's figure is from no return on file"] = None
    free_bodies: Annotated[tuple[str, ...], "kinds of body that the rule does not bind; each stands in `bodies`"] = ()
    unknown_severity: Annotated[Severity | None, _SEVERITIES, "while the kind of body is not known"] = None
    beta: Annotated[bool, "on trial: always a note that says `（试行）`, whatever the severity"] = False
    singly: Annotated[bool, "about what one unit typed; not applied to a sum of units"] = False
    limits: Annotated[Mapping[str, Decimal], "kind of body = the number on the right side for such a unit"] = field(
        default_factory=dict, hash=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """A rule about texts."""

    id: Annotated[str, "permanent, as of any rule"]
    kind: Annotated[str, "the way of reading that finds what is wrong"]
    say: Annotated[str, "what is demanded, in words"]
    path: str = ""
    remedy: Annotated[str, "what to do"] = ""
    severity: Annotated[Severity, _SEVERITIES, "where the reading is certain"] = Severity.VERIFY
    doubtful: Annotated[Severity | None, _SEVERITIES, "where another reading is possible; else `severity`"] = None
    texts: Annotated[tuple[str, ...], TEXT_NAMES, "the texts it reads; none: all"] = ()
    explained_at: Annotated[str, "the rule about texts whose line of 校验 takes its explanation; else its own"] = ""
    beta: Annotated[bool, "on trial: always a note"] = False

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
    """A unit is let off a rule, or alone may explain a failure of it, for a reason, until a day (inclusive)."""

    unit: Annotated[str, "code or full name"]
    rule: Annotated[str, "id of the rule"]
    reason: Annotated[str, "why"]
    until: Annotated[date, "the last day"]
    explain: Annotated[bool, "it is not let off: it may explain what others must correct"] = False

    @property
    def words(self) -> str:
        """The sentence that stands in place of the unit's explanation, or says that it may explain."""
        what = "由单位说明原因" if self.explain else "不按此条核对"
        return f"收表单位同意{what}（至 {self.until.isoformat()}）：{self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Severities by rule, and waivers by unit and rule; only those that hold today."""

    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: Mapping[tuple[str, str], Waiver] = field(default_factory=dict)

    def severity(self, rule: str, of_the_form: Severity, unit: str) -> Severity:
        """How bad a failure of a rule is in this round, of a unit by its code."""
        level, waiver = self.severities.get(rule, of_the_form), self.waivers.get((unit, rule))
        return Severity.VERIFY if level is Severity.ERROR and waiver is not None and waiver.explain else level

    def waived(self, finding: Finding, unit: str) -> Finding:
        """A finding under this policy: one that is waived is still told, with the reason, and counts as explained.

        Where the office made an error of what the form lets units explain, the finding says that it must be corrected.
        """
        waiver = self.waivers.get((unit, finding.rule))
        if waiver is None and finding.severity is self.severities.get(finding.rule) is Severity.ERROR:
            return replace(finding, remedy=f"{finding.remedy}{phrase('must correct')}")
        if waiver is None or waiver.explain or finding.severity in {Severity.FATAL, Severity.NOTE}:
            return finding
        return replace(finding, severity=Severity.VERIFY, explanation=waiver.words, remedy="不必修改。")


#: Nothing decided: what the form says holds.
NO_POLICY = Policy()
