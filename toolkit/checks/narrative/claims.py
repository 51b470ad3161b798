"""What texts say of the tables' figures, held against them. A mismatch is told only if no reading of it agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from toolkit.checks.narrative.chinese import quoted, sentences
from toolkit.checks.narrative.clauses.figures import figures_of
from toolkit.checks.narrative.clauses.meaning import StatedFigure
from toolkit.checks.narrative.clauses.tokens import Token, tokens
from toolkit.checks.narrative.remark import Passage, Remark
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.vocabulary import with_columns
from toolkit.model.finding import Against, FigureReading
from toolkit.model.returns import Return, Submission
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Exact, Node
from toolkit.text import shown

_NAMED = 2
_AMOUNT = re.compile(r"(?<![\d.])(\d{1,15}(?:\.\d{1,6})?)(万?元)")
_CLAUSE = re.compile(r"[^，,。；;（）()]{1,400}")


@lru_cache(maxsize=4096)
def node_of(instrument: Instrument, expression: str) -> Node:
    """An expression of the form, compiled."""
    return compile_expression(instrument.form, expression)


def totals_of(instrument: Instrument, submission: Submission, about: str, *, parts: bool = False) -> list[Decimal]:
    """The table's totals of an object; those of what was done with it as well."""
    known = instrument.language.vocabulary
    texts = {text for one in known.meanings[about] if one.whole or parts for text in one.equals}
    nodes = (node_of(instrument, with_columns(text, [known.all_columns])) for text in sorted(texts))
    return [one for one in map(Exact.of(submission).result, nodes) if one]


def tokens_of(instrument: Instrument, content: Return, sentence: str) -> tuple[Token, ...]:
    """The words of a sentence of a return."""
    return tokens(instrument, sentence, content.period[:4], content.unit)


def figures_in_text(instrument: Instrument, content: Return, name: str) -> tuple[StatedFigure, ...]:
    """Every figure that a text of a return states, read or not."""
    return figures_of(instrument, name, content.texts.get(name, ""), content.unit, content.period[:4])


@dataclass(frozen=True, slots=True)
class HeldFigure:
    """A figure of the text ``text``, and what its readings give for a return (nothing where it is not read)."""

    text: str
    stated: StatedFigure
    given: Mapping[str, Decimal]
    agrees: bool

    @property
    def held(self) -> bool:
        """Whether it could be held against the tables."""
        return bool(self.given)


def held_figures(
    instrument: Instrument, submission: Submission, name: str, *, rule: str = "", denied: bool | None = None
) -> list[HeldFigure]:
    """Every figure of a text, held against the tables; only those of a rule, or those that are (not) denials."""
    several = [
        one
        for one in figures_in_text(instrument, submission.content, name)
        if rule in {"", one.sense.rule} and denied in {None, one.denied}
    ]
    together: dict[tuple[str, tuple[str, ...]], list[Decimal]] = {}
    for one in several:
        if one.sense.rule and not one.implied:
            together.setdefault((one.sentence, one.sense.readings), []).append(one.value)
    values = Exact.of(submission)
    out = []
    for one in several:
        given = {} if one.unread else _given(instrument, submission, one, values)
        # Figures of a sentence about the same may be its parts, or those of one of them; so what is counted besides.
        alike = together.get((one.sentence, one.sense.readings), [one.value])
        total, whole = sum(alike, Decimal(0)), max(alike)
        parted = {whole} if alike[2:] and whole * 2 == total else set[Decimal]()
        said = {one.value, total, *parted, one.value + one.beside}
        meant = _meant(one, given)
        inside = one.sense.between and bool(meant) and min(meant) <= one.value <= max(meant)
        out.append(HeldFigure(name, one, given, inside or not said.isdisjoint(meant)))
    return out


def _meant(one: StatedFigure, given: Mapping[str, Decimal]) -> list[Decimal]:
    """The figures that the words may mean: where they say that there is none, a sum cannot mean a part of it."""
    known = list(given.values())
    whole = one.denied or (one.value == 0 and given and "+" in next(iter(given)))
    return known[:1] if whole else known


def readings_of(instrument: Instrument, submission: Submission) -> list[FigureReading]:
    """Every figure of every text of a return, read or not."""
    held = (one for name in submission.content.texts for one in held_figures(instrument, submission, name))
    return [
        FigureReading(
            text=instrument.form.texts[one.text].label,
            words=one.stated.words,
            value=one.stated.value,
            unit=one.stated.unit,
            against=tuple(Against(in_print(instrument, text)[0], value) for text, value in one.given.items()),
            agrees=one.agrees if one.held else None,
            why=one.stated.unread or ("" if one.held else "表中没有这个数"),
        )
        for one in held
    ]


def _given(instrument: Instrument, submission: Submission, one: StatedFigure, values: Exact) -> dict[str, Decimal]:
    if one.sense.list:
        items = submission.content.items.get(one.sense.list, ())
        return {one.sense.list: sum((count for _, count in items), Decimal(0))} if items else {}
    given = {text: values.result(node_of(instrument, text)) for text in (*one.sense.readings, *one.basis)}
    pairs = zip(one.sense.readings, one.basis or one.sense.readings, strict=False)
    meant = [text for text, whole in pairs if not one.basis or given[whole] == one.value]
    return {text: value for text in meant if (value := given[text]) is not None}


def read_claims(at: Passage) -> Iterator[Remark]:
    """Figures that agree with none of the table's figures they may mean."""
    for one in held_figures(at.instrument, at.submission, at.name, rule=at.rule.id, denied=False):
        if one.held and not one.agrees:
            yield _remark(at.instrument, one)


def _remark(instrument: Instrument, one: HeldFigure) -> Remark:
    first, *others = one.given
    what, variables = in_print(instrument, first)
    wanted, value = one.given[first], one.stated.value
    # A word that means several figures is told with all of them, so that nobody need guess which was meant.
    alternatives: dict[Decimal, str] = {}
    for text in others:
        alternatives.setdefault(one.given[text], in_print(instrument, text)[0])
    more = "；".join(f"{label}是 {shown(value)}" for value, label in alternatives.items() if value != wanted)
    written = f"{'照这句话应是' if one.stated.implied else '写'} {shown(value)}"
    sentence, table = quoted(one.stated.sentence), f"表中{what}是 {shown(wanted)}"
    message = f"文字与表格不一致：{sentence}{written}，{table}" + (f"（或者，{more}）" if more else "")
    if one.stated.denied:
        message = f"文字说没有，表格里有：{sentence}，{table}"
    return Remark(message, variables=variables, left=value, right=wanted)


def in_print(instrument: Instrument, expression: str) -> tuple[str, tuple[str, ...]]:
    """An expression in printed labels, and its variables; the total of an open list has none."""
    if expression in {one.id for one in instrument.form.lists}:
        return "清单合计", ()
    variables = tuple(key.name for key in node_of(instrument, expression).keys())
    said = "、".join(f"“{instrument.variables[one].brief}”" for one in variables[:_NAMED])
    return said + ("等项之和" if len(variables) > _NAMED else "之和" if len(variables) == _NAMED else ""), variables


def read_denials(at: Passage) -> Iterator[Remark]:
    """A text says that nothing came or happened, and the tables count some."""
    first: dict[tuple[str, ...], HeldFigure] = {}
    for one in held_figures(at.instrument, at.submission, at.name, denied=True):
        if one.held and not one.agrees:
            first.setdefault(one.stated.sense.readings, one)
    yield from (_remark(at.instrument, one) for one in first.values())


def stated_figures(instrument: Instrument, content: Return, name: str) -> set[tuple[frozenset[str], Decimal]]:
    """The figures that a text states or denies: the variables that each may be the sum of, and its value."""
    return {
        (frozenset(key.name for key in node_of(instrument, text).keys()), one.value)
        for one in figures_in_text(instrument, content, name)
        for text in one.sense.readings
    }


def read_fees(at: Passage) -> Iterator[Remark]:
    """A charge that is denied and stated in the same text, or stated though nothing came that could be charged."""
    text, nothing = "".join(sentences(at.text)), at.sought.nothing_when_zero
    own = (one for one in _CLAUSE.finditer(text) if not any(word in one[0] for word in at.sought.others))
    stated = (found for one in own for found in _AMOUNT.finditer(text, one.start(), one.end()))
    for first in islice((one for one in stated if Decimal(one[1]) > 0), 1):
        around = quoted(text[max(0, first.start() - 20) : first.end() + 10])
        if any(word in text for word in at.sought.denies):
            yield Remark(f"前后矛盾：既说没有收费，又写了金额 {first[0]}：{around}")
        elif nothing and all(Exact.of(at.submission).result(node) == 0 for node in nothing):
            yield Remark(f"表中没有申请，文字却写收费 {first[0]}：{around}")
