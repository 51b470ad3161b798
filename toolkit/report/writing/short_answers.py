"""Recognises texts that are no more than a short answer (``无``, ``0``, ``160元``), for which a sentence is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from toolkit.checks.narrative.chinese import normalised
from toolkit.checks.narrative.chinese import numeral
from toolkit.instrument.outline import Answer
from toolkit.text import shown

_MARKS = " 　，。、；：！,.;:!"
_TEN_THOUSAND = Decimal(10_000)
_NOTHING = "0"


def answered(answers: Sequence[Answer], text: str) -> tuple[Answer, str] | None:
    """The answer a whole text amounts to and the amount as printed (in the answer's unit), or None for a statement."""
    words = normalised(text).strip().strip(_MARKS)
    for answer in answers:
        if words in answer.says:
            return answer, _NOTHING
        amount = _amount(words, answer.unit) if answer.unit else None
        if amount is not None:
            nothing = next((one for one in answers if amount == 0 and _NOTHING in one.says), answer)
            return nothing, shown(amount)
    return None


def _amount(words: str, unit: str) -> Decimal | None:
    """``160``, ``160元``, ``0.3万元``, ``共三百元``; None for anything else."""
    found = re.fullmatch(
        rf"(?:共|计|共计|合计)?([\d.]+|[零〇一二两三四五六七八九十百千]+)(万)?(?:{re.escape(unit)})?(?:整)?", words
    )
    value = numeral(found[1]) if found else None
    if found is None or value is None:
        return None
    return value * _TEN_THOUSAND if found[2] else value
