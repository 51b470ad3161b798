"""A text as a rule reads it, a remark about it, and the finding that is made of that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from toolkit.checks.explanation import with_explanation
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


def statement_of(rule: TextRule, remark: Remark) -> Statement:
    """What a remark says, before it is said of a place: how bad it is, and its own remedy, else that of its rule."""
    level = rule.severity if remark.certain or rule.doubtful is None else rule.doubtful
    remedy = remark.remedy or rule.remedy or "请核对这段文字"
    return Statement(rule.id, Severity.NOTE if rule.beta else level, remark.message, remedy.rstrip("。") + "。")


def as_written(message: str, text: str) -> str:
    """A message with the figures of a text as they stand there: 1,354 for 1354."""
    for figure in dict.fromkeys(_THOUSANDS.findall(text)):
        message = re.sub(rf"(?<![\d.]){re.sub('[,，]', '', figure)}(?!\d)", figure, message)
    return message


def finding_of(instrument: Instrument, content: Return, remark: Remark, policy: Policy = NO_POLICY) -> Finding:
    """The finding, with the explanation that stands for it in the workbook."""
    rule, names = instrument.text_rules[remark.rule], (remark.text, *remark.variables)
    told = statement_of(rule, remark)
    message = ("（试行）" if rule.beta else "") + as_written(told.message, content.texts.get(remark.text, ""))
    told = told._replace(severity=policy.severity(rule.id, told.severity, content.identity.code), message=message)
    sides = {"left": remark.left, "right": remark.right, "row": (instrument.form.texts[remark.text].label,)}
    return with_explanation(instrument, content, rule.explanation, told, names, **sides)
