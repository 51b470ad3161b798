"""What a form says about language (``words.toml``), compiled: units of counting, patterns, and figures they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from toolkit.checks.narrative.chinese import number_pattern
from toolkit.instrument.instrument import Instrument
from toolkit.model.form import Form
from toolkit.model.returns import Return
from toolkit.model.rule import TextRule
from toolkit.rules.bind import BindError
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Node
from toolkit.rules.parse import RuleSyntaxError
from toolkit.rules.values import Exact

_UNITS = ("件", "条", "次", "项", "起", "份", "个", "篇", "期", "期次", "人次", "宗", "封", "例", "部", "户")
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,6}[）)]?[、.．]?")
_NOTE = re.compile(r"[（(][^（）()]{0,200}[）)]$")
_GAP = r"[^。；;！？\d]{0,32}?"
#: Behind the figure words belong to it only up to the next comma.
_GAP_BEHIND = r"[^。；;，,、！？\d]{0,16}?"
_SHORT_GAP = r"[^。；;，,！？\d]{0,6}?"
_SHORTEST_LABEL = 3
_TOKENS = re.compile(r"(\*|\{n\}|[()|])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that state one figure (group 1), and what that figure may equal."""

    regex: re.Pattern[str]
    equals: tuple[Node, ...]
    means: str
    list: str = ""
    unless: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


def consists_of(text: str, words: tuple[str, ...]) -> bool:
    """Whether a short text is nothing but such words one after the other; without any words, any text is."""
    begin, ends = _by_first(words), {0}
    for at, c in enumerate(text):
        if at in ends:
            ends |= {at + len(word) for word in begin.get(c, ()) if text.startswith(word, at)}
    return not words or len(text) in ends


@lru_cache(maxsize=64)
def _by_first(words: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Words by their first character."""
    return {c: tuple(word for word in words if word[0] == c) for c in {word[0] for word in words if word}}


def texts_of(value: object) -> tuple[str, ...]:
    """A text, or a list of texts, as a tuple."""
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, Sequence) else ()


def units_of(form: Form) -> tuple[str, ...]:
    """The counting units of the form, else the common ones."""
    return texts_of(form.raw_words.get("units")) or _UNITS


def about_other_business(form: Form, sentence: str) -> bool:
    """Whether a sentence is about other business than the form's, by words the form lists."""
    words = form.raw_words.get("elsewhere", ())
    return any(word in sentence for word in (words if isinstance(words, list) else texts_of(words)))


def pattern_of(text: str, units: tuple[str, ...] = _UNITS) -> re.Pattern[str]:
    """``收到*申请*{n}`` as a regular expression: ``*`` a few words, ``{n}`` a figure, ``(a|b)`` either."""
    out, gap = "", _GAP
    for part in _TOKENS.split(text):
        match part:
            case "*":
                out += gap
            case "{n}":
                out += number_pattern(units)
                gap = _GAP_BEHIND
            case "(":
                out += "(?:"
            case ")" | "|":
                out += part
            case _:
                out += re.escape(part)
    return re.compile(out)


@lru_cache(maxsize=64)
def patterns(instrument: Instrument, rule: str) -> tuple[Pattern, ...]:
    """The patterns of a rule: those written, and those made from the labels of a table."""
    found = instrument.text_rules[rule]
    return tuple(one for entry in _entries(found) for one in _compiled(instrument.form, entry))


def _entries(rule: TextRule) -> Iterator[Mapping[str, object]]:
    entries = rule.options.get("claim", ())
    yield from (one for one in entries if isinstance(one, Mapping)) if isinstance(entries, Sequence) else ()


def _compiled(form: Form, entry: Mapping[str, object]) -> Iterator[Pattern]:
    units, unless = units_of(form), texts_of(entry.get("unless"))
    equals = texts_of(entry.get("equals"))
    nodes = tuple(compile_expression(form, text) for text in equals)
    for text in texts_of(entry.get("says")):
        name = str(entry.get("list", ""))
        only = _with_own(texts_of(entry.get("only")), text)
        yield Pattern(pattern_of(text, units), nodes, equals[0] if equals else name, name, unless, only)
    if "labels" in entry:
        for word, text in _lexicon(form, entry):
            regex = re.compile(re.escape(word) + _SHORT_GAP + number_pattern(units))
            yield Pattern(regex, (compile_expression(form, text),), text, unless=unless)


def _with_own(only: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The words that a clause may consist of, those of the pattern among them."""
    return (*only, *(part for part in _TOKENS.split(text) if part and not _TOKENS.match(part))) if only else ()


def _lexicon(form: Form, entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Words and the sums they mean: labels of rows, the headings that rows stand under, and their aliases."""
    table, column = form.table(str(entry["labels"])), str(entry.get("column", ""))
    but, aliases = set(texts_of(entry.get("except"))), entry.get("aliases", {})
    groups: dict[str, list[str]] = {}
    for row in (row for block in table.blocks for row in block.rows if row.id not in but):
        path = row.path
        for label in (path[-1], *path[1:-1]):
            groups.setdefault(spoken(label), []).append(f"{table.id}.{row.id}.{column}")
    for word, names in groups.items():
        also = texts_of(aliases.get(word)) if isinstance(aliases, Mapping) else ()
        for one in (word, *also):
            if len(one) >= _SHORTEST_LABEL:
                yield one, " + ".join(names)


def spoken(label: str) -> str:
    """A printed label as people say it: without numbering and the note behind it."""
    return _NOTE.sub("", _NUMBERING.sub("", label)).strip()


def value_of(node: Node, content: Return) -> Decimal | None:
    """What an expression gives for a return; None where a figure is missing."""
    return Exact(content.numbers, content.prior).result(node)


def word_problems(form: Form) -> Iterator[str]:
    """Patterns and expressions of the rules about texts that cannot be compiled."""
    for rule in form.text_rules:
        for i, entry in enumerate(_entries(rule)):
            try:
                list(_compiled(form, entry))
            except (RuleSyntaxError, BindError, KeyError, re.error) as error:
                yield f"{rule.path}.claim[{i}]: {error}"
