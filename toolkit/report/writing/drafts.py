"""Proposals for the text of an area, made from what its units typed: counted and quoted, never invented.

What the sentences say is the form's; here is found only how many units bear one out, and where they do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from toolkit.checks.narrative.chinese import numeral, sentences
from toolkit.instrument.outline import DraftSentence
from toolkit.text import shortened

#: Where a clause ends, and what numbers it in a list.
_CLAUSE = re.compile(r"[，；：。！？]")
_NUMBERED = re.compile(
    r"^(?:(?:[（(]?[一二三四五六七八九十\d]+[)）、.]|[一二三四五六七八九十]+是)\s*)?"
    r"(?:并(?=进一步|及时|积极|主动|定期|切实|不断|加强|加大|丰富|完善|规范|组织|开展|建立|健全)|(?:同时|此外)(?!性))?"
)


class UnitSays(NamedTuple):
    """What a unit says of the matter of a draft: its sentences, the clauses about it, the sum of the numbers."""

    unit: str
    quoted: str
    clauses: tuple[str, ...]
    amount: Decimal


DRAFTED = "草拟的句子，依据如下。留用：删去“【待核】”；不用：整句删去。"


def read_texts_of(draft: DraftSentence, texts: Sequence[tuple[str, str]]) -> Iterator[UnitSays]:
    """The units (given by name and text) that say what the draft is about.

    A draft that counts passes over what counts 0.
    """
    counts = "amount" in draft.template.gaps
    for unit, text in texts:
        quotes: list[str] = []
        clauses: list[str] = []
        amount = Decimal(0)
        for sentence in sentences(text):
            hit = next(filter(None, (pattern.search(sentence) for pattern in draft.find)), None)
            value = numeral(hit["n"]) if hit and counts else None
            if hit and (value or not counts):
                quotes.append(shortened(sentence, 90))
                clauses.append(_clause(sentence, hit.start()))
                amount += value or 0
        if quotes:
            yield UnitSays(unit, f"{unit}：{''.join(quotes)}", tuple(clauses), amount)


def _clause(sentence: str, at: int) -> str:
    """The clause of a sentence that holds a place, without its number."""
    start = max((mark.end() for mark in _CLAUSE.finditer(sentence, 0, at)), default=0)
    end = next((mark.start() for mark in _CLAUSE.finditer(sentence, at)), len(sentence))
    return _NUMBERED.sub("", sentence[start:end].strip())


def common_words(found: Sequence[UnitSays], told: Collection[str] = ()) -> str:
    """The clause that most units wrote, of several the first; none of those ``told`` already."""
    clauses = Counter(clause for one in found for clause in one.clauses if clause not in told)
    return clauses.most_common(1)[0][0] if clauses else ""


def sources_of(lines: Sequence[str], silent: Sequence[str], head: str = DRAFTED) -> str:
    """The sources of a sentence as its comment tells them, a line a unit; ``silent`` are units that told nothing."""
    unread = [f"另有 {len(silent)} 个单位没有写，或没有读出来，请看原文：{'、'.join(silent)}。"] if silent else []
    return "\n".join([head, *lines, *unread])
