"""Proposals for the text of an area, made from what its units typed: counted and quoted, never invented.

What the sentences say is the form's; here is found only how many units bear one out, and where they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from toolkit.checks.narrative.chinese import numeral, sentences
from toolkit.instrument.outline import DraftSentence
from toolkit.text import shortened

DRAFTED = "草拟的句子，依据如下。留用：删去“【待核】”；不用：整句删去。"


def read_texts_of(draft: DraftSentence, texts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, Decimal]]:
    """The units (given by name and text) that say what the draft is about: name, their sentences, sum of the numbers.

    A draft that counts passes over what counts 0.
    """
    counts = "amount" in draft.template.gaps
    for unit, text in texts:
        quotes: list[str] = []
        amount = Decimal(0)
        for sentence in sentences(text):
            hit = next(filter(None, (pattern.search(sentence) for pattern in draft.find)), None)
            value = numeral(hit["n"]) if hit and counts else None
            if hit and (value or not counts):
                quotes.append(shortened(sentence, 90))
                amount += value or 0
        if quotes:
            yield unit, f"{unit}：{''.join(quotes)}", amount


def sources_of(lines: Sequence[str], silent: Sequence[str], head: str = DRAFTED) -> str:
    """The sources of a sentence as its comment tells them, a line a unit; ``silent`` are units that told nothing."""
    unread = [f"另有 {len(silent)} 个单位没有写，或没有读出来，请看原文：{'、'.join(silent)}。"] if silent else []
    return "\n".join([head, *lines, *unread])
