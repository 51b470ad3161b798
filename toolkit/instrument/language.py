"""What a form says about language (``words.toml``), compiled: counting units, what is counted, listed words.

It is read once, when the form is loaded; what is wrong in it is told with all else that is wrong in the definition.
Which keys there are is said in ``docs/form-definition.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from toolkit.forms.fields import Fields
from toolkit.forms.read_rules import KEYS_OF_TEXT_RULES
from toolkit.instrument.vocabulary import Vocabulary, VocabularyReader
from toolkit.model.form import Form
from toolkit.model.period import read_date
from toolkit.rules.expression import Node

#: The ways of reading texts.
KINDS = ("claim", "denial", "breakdown", "share", "fee", "year", "citation", "typing", "body")
#: Lists of words by the kind of rule that has them.
_LISTS = {"ahead": "year", "itself": "year", "denies": "fee", "others": "fee", "titles": "citation", "own_work": "body"}
_UNITS = ("件", "条", "次", "项", "起", "份", "个", "篇", "期", "期次", "人次", "宗", "封", "例", "部", "户")
#: The characters that numbers are written out with.
NUMERALS = "零〇一二两三四五六七八九十百千万廿卅壹贰叁肆伍陆柒捌玖拾佰仟萬"
#: A figure; no count has more digits, and what has is no figure that anybody meant.
PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconEntry:
    """``find`` is wrong but as a part of ``unless``, in reports of periods that end on a day from since to until."""

    find: tuple[str, ...]
    unless: tuple[str, ...]
    say: str
    source: str
    since: date
    until: date

    def count(self, text: str) -> int:
        """How often it stands in a text, where it is not right."""
        return sum(text.count(word) for word in self.find) - sum(text.count(word) for word in self.unless)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All that a form says about language; what one rule about texts looks for stands under the rule's id.

    ``units`` are those of counts, ``vocabulary`` is what the form counts, in words; in the words ``doubled_right`` a
    character rightly stands twice. ``ahead`` are words for what is planned, ``denies`` words that deny a charge,
    ``others`` words for other money, ``nothing_when_zero`` figures that are all 0 where nothing came that could be
    charged, ``titles`` titles as they are right, ``lexicon`` what is wrong, ``levels`` words of a level of government
    with the endings of the names of bodies that belong to it. ``itself`` are words for the report itself,
    ``own_work`` what follows a body's name where a text tells of that body's own work.
    """

    units: tuple[str, ...] = ()
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    doubled_right: tuple[str, ...] = ()
    ahead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nothing_when_zero: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lexicon: Mapping[str, tuple[LexiconEntry, ...]] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    itself: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_work: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def compile_language(form: Form, words: Mapping[str, object]) -> tuple[Language, list[str]]:
    """What ``words`` (words.toml as read) says, and every problem in it with its path. Raises nothing."""
    problems: list[str] = []
    root = Fields(words, "words.toml", problems)
    units = root.texts("units") or _UNITS
    reader = VocabularyReader(form, root)
    # What is wrong with the entries as such was told when the rules themselves were read.
    told = (Fields(entry.data, entry.path, problems) for entry in Fields(words, root.path, []).tables("rule"))
    kinds: dict[str, dict[str, Fields]] = {kind: {} for kind in KINDS}
    for rule, entry in zip(form.text_rules, told, strict=True):
        entry.read |= KEYS_OF_TEXT_RULES
        if rule.kind in kinds:
            kinds[rule.kind][rule.id] = entry
        else:
            entry.problem(f"没有“{rule.kind}”这种读法，可用 {'、'.join(KINDS)}", "kind")
    for name, one in kinds["claim"].items():
        reader.frames(name, one)
    listed = {key: {rule: one.texts(key) for rule, one in kinds[kind].items()} for key, kind in _LISTS.items()}
    language = Language(
        units=units,
        vocabulary=reader.vocabulary(),
        doubled_right=root.texts("doubled_right"),
        nothing_when_zero={
            rule: reader.nodes(one, one.texts("nothing_when_zero")) for rule, one in kinds["fee"].items()
        },
        lexicon={rule: one.each("find", _lexicon_entry) for rule, one in kinds["citation"].items()},
        levels={rule: one.table("levels").texts_by_key() for rule, one in kinds["body"].items()},
        **listed,
    )
    root.read.add("rule")
    for one in (root, *(entry for several in kinds.values() for entry in several.values())):
        one.unknown()
    return language, problems


def _lexicon_entry(entry: Fields) -> LexiconEntry:
    find, say = entry.texts("find"), entry.text("say")
    if not find or not say:
        entry.problem("要写 find（要找的词）和 say（应怎样写）")
    return entry.made(
        LexiconEntry,
        find=find,
        say=say,
        source=entry.text("source"),
        since=_day(entry, "since") or date.min,
        until=_day(entry, "until") or date.max,
    )


def _day(entry: Fields, key: str) -> date | None:
    entry.read.add(key)
    value = entry.data.get(key)
    if value is None or type(value) is date:
        return value
    with suppress(ValueError):
        if isinstance(value, str):
            return read_date(value)
    entry.problem('应为日期，例如 "2021-09-01"', key)
    return None
