"""A text as a rule reads it, a remark about it, and the finding that is made of that."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from toolkit.checks.explanation import settled
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.language import Sought
from toolkit.model.finding import Finding, Severity, Statement
from toolkit.model.returns import Return, Submission
from toolkit.model.rule import NO_POLICY, Policy, TextRule

_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[,，]\d{3}){1,4}(?!\d)")


class Passage(NamedTuple):
    """The text ``name`` of a return, read for one rule."""

    instrument: Instrument
    submission: Submission
    rule: TextRule
    name: str

    @property
    def content(self) -> Return:
        """The return it stands in."""
        return self.submission.content

    @property
    def text(self) -> str:
        """Its words; none where the unit wrote nothing there."""
        return self.content.texts.get(self.name, "")

    @property
    def sought(self) -> Sought:
        """What the rule looks for."""
        return self.instrument.language.rules[self.rule.id]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule has to say about a text; of which rule and text it is, `read_texts` adds.

    ``message`` says what is wrong and quotes the place; ``certain`` tells whether there is no other reading.
    ``variables`` are the figures of the tables it was held against, ``left`` what is written, ``right`` what they give.
    """

    message: str
    remedy: str = ""
    variables: tuple[str, ...] = ()
    left: Decimal | str | None = None
    right: Decimal | str | None = None
    certain: bool = True
    rule: str = ""
    text: str = ""


def severity_of(rule: TextRule, *, certain: bool) -> Severity:
    """How bad a remark is."""
    if rule.beta:
        return Severity.NOTE
    return rule.severity if certain or rule.doubtful is None else rule.doubtful


def remedy_of(rule: TextRule, remark: Remark) -> str:
    """What to do about a remark: its own words, else those of its rule."""
    return remark.remedy or rule.remedy or "请核对这段文字"


def as_written(message: str, text: str) -> str:
    """A message with the figures of a text as they stand there: 1,354 for 1354."""
    for figure in dict.fromkeys(_THOUSANDS.findall(text)):
        message = re.sub(rf"(?<![\d.]){re.sub('[,，]', '', figure)}(?!\d)", figure, message)
    return message


def finding_of(instrument: Instrument, content: Return, remark: Remark, policy: Policy = NO_POLICY) -> Finding:
    """The finding, with the explanation that stands for it in the workbook."""
    rule, layout = instrument.text_rules[remark.rule], instrument.layout
    level = policy.severity(rule.id, severity_of(rule, certain=remark.certain))
    explanation, remedy = "", remedy_of(rule, remark)
    if level is Severity.VERIFY and rule.explanation in layout.explained:
        explanation, more = settled(instrument, content, rule.explanation)
        remedy += f"；{more}" if more else ""
    names = (remark.text, *remark.variables)
    message = ("（试行）" if rule.beta else "") + as_written(remark.message, content.texts.get(remark.text, ""))
    found = Finding.at(
        Statement(rule.id, level, message, remedy.rstrip("。") + "。"),
        [layout.spots[name] for name in names],
        names,
        row=(instrument.form.texts[remark.text].label,),
        left=remark.left,
        right=remark.right,
    )
    return replace(found, explanation=explanation)
