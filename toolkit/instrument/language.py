"""What a form says about language (``words.toml``), compiled: counting units, what is counted, listed words.

It is read once, when the form is loaded; what is wrong in it is told with all else that is wrong in the definition.
Which keys there are is said in ``docs/form-definition.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated

from toolkit.forms.fields import Fields
from toolkit.instrument.vocabulary import Meaning, Vocabulary, VocabularyReader
from toolkit.model.form import Form
from toolkit.model.keys import Also, keys_of
from toolkit.model.rule import TextRule
from toolkit.rules.expression import Node

#: The ways of reading texts.
KINDS = ("claim", "denial", "breakdown", "share", "fee", "year", "citation", "typing", "body")
_UNITS = ("件", "条", "次", "项", "起", "份", "个", "篇", "期", "期次", "人次", "宗", "封", "例", "部", "户")
#: The characters that numbers are written out with.
NUMERALS = "零〇一二两三四五六七八九十百千万廿卅壹贰叁肆伍陆柒捌玖拾佰仟萬"
#: A figure; no count has more digits, and what has is no figure that anybody meant.
PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconEntry:
    """Words that are wrong in reports of periods that end on a day from since to until."""

    find: Annotated[tuple[str, ...], "words that are wrong"]
    unless: Annotated[tuple[str, ...], "longer words in which they are right"] = ()
    say: Annotated[str, "how it should be written"]
    source: Annotated[str, "who says so"] = ""
    since: Annotated[date, "the first day on which it holds"] = date.min
    until: Annotated[date, "the last day on which it holds"] = date.max

    def count(self, text: str) -> int:
        """How often it stands in a text, where it is not right."""
        return sum(text.count(word) for word in self.find) - sum(text.count(word) for word in self.unless)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a rule about texts looks for, by its kind."""

    frames: Annotated[tuple[Meaning, ...], Also("frame", of="claim"), "what words about an object mean"] = ()
    denies: Annotated[tuple[str, ...], Also(of="fee"), "words that deny a charge"] = ()
    others: Annotated[tuple[str, ...], Also(of="fee"), "words for other money"] = ()
    nothing_when_zero: Annotated[tuple[Node, ...], Also(of="fee"), "figures; all 0: nothing could be charged"] = ()
    ahead: Annotated[tuple[str, ...], Also(of="year"), "words for what is planned"] = ()
    itself: Annotated[tuple[str, ...], Also(of="year"), "words for the report itself"] = ()
    titles: Annotated[tuple[str, ...], Also(of="citation"), "titles as they are right"] = ()
    lexicon: Annotated[tuple[LexiconEntry, ...], Also("find", of="citation"), "words that are wrong"] = ()
    levels: Annotated[
        Mapping[str, tuple[str, ...]], Also(of="body"), "words of a level = ends of its bodies' names"
    ] = field(default_factory=dict)
    own_work: Annotated[tuple[str, ...], Also(of="body"), "what follows a body's name where its own work is told"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All that a form says about language; what a rule about texts looks for stands in ``rules`` under its id."""

    units: Annotated[tuple[str, ...], "counting units that follow a figure"] = _UNITS
    doubled_right: Annotated[tuple[str, ...], "words in which a character rightly stands twice"] = ()
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    rules: Mapping[str, Sought] = field(default_factory=dict)


def compile_language(form: Form, words: Mapping[str, object]) -> tuple[Language, list[str]]:
    """What ``words`` (words.toml as read) says, and every problem in it with its path. Raises nothing."""
    reader, rules = VocabularyReader(form, words), iter(form.text_rules)

    def sought(entry: Fields) -> tuple[str, Sought]:
        rule = next(rules)
        # What is wrong with the keys of any rule was told when the rules themselves were read.
        entry.read.update(key.name for key in keys_of(TextRule))
        if rule.kind not in KINDS:
            entry.problem(f"没有“{rule.kind}”这种读法，可用 {'、'.join(KINDS)}", "kind")
            entry.read |= entry.data.keys()
        return rule.id, entry.made(Sought, of=rule.kind, frames=reader.frames(rule, entry))

    root, told = reader.root, dict(reader.root.each("rule", sought))
    language = root.made(Language, rules=told, vocabulary=reader.vocabulary())
    root.unknown()
    return replace(language, units=language.units or _UNITS), root.problems
