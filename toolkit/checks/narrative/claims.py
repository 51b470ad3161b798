"""Figures and denials in texts, held against the tables. A mismatch is told only if no reading of it agrees."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from toolkit.checks.narrative.chinese import has_number, is_exact, numeral, quoted, sentences
from toolkit.checks.narrative.remark import Remark
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.language import Pattern
from toolkit.model.returns import Submission
from toolkit.model.rule import TextRule
from toolkit.rules.expression import Node
from toolkit.rules.values import Exact
from toolkit.text import shown

#: Directly behind these a figure is a change, not a count.
_CHANGE = re.compile(r"(增加|减少|增长|下降|上升|多|少|增|减|提高|降低)(了|至|到)?$")
_CHANGE_LONGEST = 3
_YEAR = re.compile(r"(20\d\d)年")
_LEAD = 4
_CLAUSE = re.compile(r"[，,、；;：:。（()）\n]")
_CLAUSE_ENDS = re.compile(r"[，,；;：:。！!？?（()）\n]")
_CLAUSE_LONGEST = 60
_DATE = re.compile(r"\d{2,4}年|1月1日|12月31日|12月底?|1月?[-—–~至到]12月")
#: A denial of some of the units, or of a part of the year: a number that is no date.
_PARTLY = re.compile(r"\d|[一二两三四五六七八九十几][个家月季]")
_MARKS = re.compile(r"[，,、；;：:。（(]")
_HALF = ("上半年", "下半年", "季度", "以来", "五年", "三年", "本届")


def consists_of(text: str, words: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a short text is nothing but such words (by first character) in a row; without any words, any text is."""
    ends = {0}
    for at, c in enumerate(text):
        if at in ends:
            ends |= {at + len(word) for word in words.get(c, ()) if text.startswith(word, at)}
    return not words or len(text) in ends


def value_of(node: Node, submission: Submission) -> Decimal | None:
    """What an expression gives for a return; None where a figure is missing."""
    return Exact.of(submission).result(node)


class Claim(NamedTuple):
    """A figure that a sentence states about something the tables count; ``exact`` where it is no rough one."""

    rule: str
    sentence: str
    value: Decimal
    pattern: Pattern
    start: int
    length: int
    exact: bool


def claims(instrument: Instrument, text: str, year: str = "") -> list[Claim]:
    """Every claim in a text; where several patterns take the same figure, all of them, the longest match first."""
    found = [one for one in _claims(instrument, text) if not _other_time(one.sentence, one.start, year)]
    return sorted(found, key=lambda one: (one.sentence, one.start, -one.length))


@lru_cache(maxsize=64)
def _claims(instrument: Instrument, text: str) -> tuple[Claim, ...]:
    known = [
        (rule.id, pattern)
        for rule in instrument.form.text_rules
        if rule.kind == "claim"
        for pattern in instrument.language.patterns[rule.id]
    ]
    return tuple(
        claim
        for sentence in sentences(text)
        if has_number(sentence) and not instrument.language.about_other_business(sentence)
        for rule, pattern in known
        for claim in _in_sentence(rule, pattern, sentence)
    )


def _in_sentence(rule: str, pattern: Pattern, sentence: str) -> Iterator[Claim]:
    for found in pattern.regex.finditer(sentence):
        value = numeral(found[1])
        changed = _CHANGE.search(sentence[max(0, found.start(1) - _CHANGE_LONGEST) : found.start(1)])
        if value is not None and not changed and not any(word in _around(found) for word in pattern.unless):
            exact = is_exact(sentence, found.start(1), found.end(1))
            yield Claim(rule, sentence, value, pattern, found.start(1), len(found[0]), exact)


def _around(found: re.Match[str]) -> str:
    """What was matched, with the word that leads into it: 其他|处理 is another thing than 处理."""
    before = found.string[max(0, found.start() - _LEAD) : found.start()]
    return _MARKS.split(before)[-1] + found[0]


def _other_time(sentence: str, place: int, year: str) -> bool:
    """Whether a sentence speaks of another year at a place, or of a part of a year anywhere."""
    places, years, part = _times(sentence)
    at = max(0, bisect_right(places, place) - 1)
    return part or bool(year and years and years[at] != year)


@lru_cache(maxsize=256)
def _times(sentence: str) -> tuple[tuple[int, ...], tuple[str, ...], bool]:
    """Where the years of a sentence end and which they are, and whether it speaks of a part of a year."""
    found = tuple(_YEAR.finditer(sentence))
    part = any(word in sentence for word in _HALF)
    return tuple(one.end() for one in found), tuple(one[1] for one in found), part


def read_claims(instrument: Instrument, submission: Submission, rule: TextRule) -> Iterator[Remark]:
    """Figures that agree with none of the table's figures they may mean."""
    content = submission.content
    for name in rule.texts or tuple(content.texts):
        stated_figures: dict[tuple[str, int], list[Claim]] = {}
        for claim in claims(instrument, content.texts.get(name, ""), content.period[:4]):
            stated_figures.setdefault((claim.sentence, claim.start), []).append(claim)
        for several in stated_figures.values():
            if several[0].rule == rule.id and (remark := _held(instrument, submission, name, several)) is not None:
                yield remark


def _held(instrument: Instrument, submission: Submission, name: str, several: list[Claim]) -> Remark | None:
    first = several[0]
    readings = [_expected(submission, one.pattern) for one in several]
    known = [value for values in readings for value in values]
    if not first.exact or not known or None in readings[0] or first.value in known:
        return None
    wanted = known[0]
    variables = tuple(key.name for key in first.pattern.equals[0].keys()) if first.pattern.equals else ()
    what = "、".join(_label(instrument, one) for one in variables[:2]) + ("等项之和" if len(variables) > 2 else "")  # noqa: PLR2004
    # A word that means several figures is told with all of them, so that nobody need guess which was meant.
    others = "、".join(dict.fromkeys(shown(value) for value in known[1:] if value not in {wanted, None}))
    return Remark(
        rule=first.rule,
        text=name,
        message=f"文字与表格不一致：{quoted(first.sentence)}写 {shown(first.value)}，"
        f"表中{what or '清单合计'}是 {shown(wanted)}" + (f"（或 {others}）" if others else ""),
        variables=variables,
        left=first.value,
        right=wanted,
    )


def _expected(submission: Submission, pattern: Pattern) -> list[Decimal]:
    if pattern.list:
        items = submission.content.items.get(pattern.list, ())
        return [sum((count for _, count in items), Decimal(0))] if items else []
    values = [value_of(node, submission) for node in pattern.equals]
    return [value for value in values if value is not None]


def _label(instrument: Instrument, name: str) -> str:
    return f"“{instrument.variables[name].brief}”"


def denials(instrument: Instrument, text: str, rule: TextRule, year: str = "") -> Iterator[tuple[str, Pattern]]:
    """Every sentence that denies what the tables count, with the pattern that says so."""
    known = instrument.language.patterns[rule.id]
    for sentence in sentences(text):
        if instrument.language.about_other_business(sentence):
            continue
        for pattern in known:
            if any(_denies(found, pattern, year) for found in pattern.regex.finditer(sentence)):
                yield sentence, pattern


def _denies(found: re.Match[str], pattern: Pattern, year: str) -> bool:
    """Whether nothing around the words that deny makes them mean less: one kind, one way, a part of the unit."""
    sentence, start = found.string, found.start()
    before = _CLAUSE.split(sentence[max(0, start - _CLAUSE_LONGEST) : start])[-1]
    behind = _CLAUSE_ENDS.split(sentence[found.end() : found.end() + _CLAUSE_LONGEST], maxsplit=1)[0]
    if any(word in before + found[0] for word in pattern.unless) or _PARTLY.search(_DATE.sub("", before)):
        return False
    return consists_of(found[0] + behind, pattern.only) and not _other_time(sentence, found.end(), year)


def stated_figures(instrument: Instrument, text: str, year: str = "") -> set[tuple[frozenset[str], Decimal]]:
    """The figures that a text states or denies: the variables that each may be the sum of, and its value."""
    exact = [claim for claim in claims(instrument, text, year) if claim.exact]
    found = [(node, claim.value) for claim in exact for node in claim.pattern.equals]
    for rule in instrument.form.text_rules:
        if rule.kind == "denial":
            denied = (pattern for _, pattern in denials(instrument, text, rule, year))
            found += [(node, Decimal(0)) for pattern in denied for node in pattern.equals]
    return {(frozenset(key.name for key in node.keys()), value) for node, value in found}


def read_denials(instrument: Instrument, submission: Submission, rule: TextRule) -> Iterator[Remark]:
    """A text says that nothing came or happened, and the tables count some."""
    content = submission.content
    for name in rule.texts or tuple(content.texts):
        seen: set[str] = set()
        for sentence, pattern in denials(instrument, content.texts.get(name, ""), rule, content.period[:4]):
            value = value_of(pattern.equals[0], submission)
            if not value or pattern.means in seen:
                continue
            seen.add(pattern.means)
            variables = tuple(key.name for key in pattern.equals[0].keys())
            what = "、".join(_label(instrument, one) for one in variables)
            yield Remark(
                rule=rule.id,
                text=name,
                message=f"文字说没有，表格里有：{quoted(sentence)}，表中{what}是 {shown(value)}",
                variables=variables,
                left=Decimal(0),
                right=value,
            )
