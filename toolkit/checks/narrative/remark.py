"""A remark about a text, and the finding that is made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.checks.explanation import settled
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity, Statement
from toolkit.model.returns import Return
from toolkit.model.rule import NO_POLICY, Policy, TextRule

_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[,，]\d{3}){1,4}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something about the text ``text`` that the rule ``rule`` is about.

    ``message`` says what is wrong and quotes the place; ``certain`` tells whether there is no other reading.
    ``variables`` are the figures of the tables it was held against, ``left`` what is written, ``right`` what they give.
    """

    rule: str
    text: str
    message: str
    remedy: str = ""
    variables: tuple[str, ...] = ()
    left: Decimal | str | None = None
    right: Decimal | str | None = None
    certain: bool = True


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
