"""What a form says about language (``words.toml``), compiled: counting units, patterns of sentences, listed words.

It is read once, when the form is loaded; what is wrong in it is told with all else that is wrong in the definition.
Which keys there are is said in ``docs/form-definition.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from toolkit.forms.fields import Fields
from toolkit.forms.read_rules import KEYS_OF_TEXT_RULES
from toolkit.model.form import Form
from toolkit.model.period import read_date
from toolkit.rules.bind import BindError
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Node
from toolkit.rules.parse import RuleSyntaxError

#: The ways of reading texts, and what their rules may say besides what every rule may.
KINDS: Mapping[str, frozenset[str]] = {
    "claim": frozenset({"claim"}),
    "denial": frozenset({"claim"}),
    "breakdown": frozenset(),
    "share": frozenset(),
    "fee": frozenset({"denies", "nothing_when_zero"}),
    "year": frozenset({"ahead", "itself"}),
    "citation": frozenset({"titles", "find"}),
    "typing": frozenset(),
    "body": frozenset({"levels", "own_work"}),
}
_TOP = frozenset({"units", "elsewhere", "doubled_right", "rule"})
_UNITS = ("件", "条", "次", "项", "起", "份", "个", "篇", "期", "期次", "人次", "宗", "封", "例", "部", "户")
#: The characters that numbers are written out with.
NUMERALS = "零〇一二两三四五六七八九十百千万"
_NUMERALS_MOST = 20
#: A figure; no count has more digits, and what has is no figure that anybody meant.
PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,6}[）)]?[、.．]?")
_NOTE = re.compile(r"[（(][^（）()]{0,200}[）)]$")
_GAP = r"[^。；;！？\d]{0,32}?"
#: Behind the figure words belong to it only up to the next comma.
_GAP_BEHIND = r"[^。；;，,、！？\d]{0,16}?"
_SHORT_GAP = r"[^。；;，,！？\d]{0,6}?"
_SHORTEST_LABEL = 3
_TOKENS = re.compile(r"(\*|\{n\}|[()|])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Words that state one figure (group 1), and what that figure may equal.

    ``means`` names what is meant, ``list`` the open list whose total it is. With one of ``unless`` around them the
    words mean something else; with ``only`` (words by their first character) nothing else may stand in their clause.
    """

    regex: re.Pattern[str]
    equals: tuple[Node, ...]
    means: str
    list: str = ""
    unless: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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

    ``figure`` finds a number (group 1) with its counting unit (group 2). A sentence with a word of ``elsewhere`` is
    about other business; in the words ``doubled_right`` a character rightly stands twice. ``ahead`` are words for what
    is planned, ``denies`` words that deny a charge, ``nothing_when_zero`` figures that are all 0 where nothing came
    that could be charged, ``titles`` titles as they are right, ``lexicon`` what is wrong, ``levels`` words of a level
    of government with the endings of the names of bodies that belong to it. ``itself`` are words for the report
    itself, ``own_work`` what follows a body's name where a text tells of that body's own work.
    """

    figure: re.Pattern[str]
    elsewhere: tuple[str, ...] = ()
    doubled_right: tuple[str, ...] = ()
    patterns: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    ahead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nothing_when_zero: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lexicon: Mapping[str, tuple[LexiconEntry, ...]] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    itself: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_work: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def about_other_business(self, sentence: str) -> bool:
        """Whether a sentence is about other business than the form's."""
        return any(word in sentence for word in self.elsewhere)


def compile_language(form: Form, words: Mapping[str, object]) -> tuple[Language, list[str]]:
    """What ``words`` (words.toml as read) says, and every problem in it with its path. Raises nothing."""
    problems = [f"words.toml {key}: 没有这一项，可用 {'、'.join(sorted(_TOP))}" for key in words if key not in _TOP]
    root = Fields(words, "words.toml", problems)
    figure = number_pattern(root.texts("units") or _UNITS)
    compiler = _Compiler(form, figure)
    # What is wrong with the entries as such was told when the rules themselves were read.
    told = (Fields(entry.data, entry.path, problems) for entry in Fields(words, root.path, []).tables("rule"))
    kinds: dict[str, dict[str, Fields]] = {kind: {} for kind in KINDS}
    for rule, entry in zip(form.text_rules, told, strict=True):
        if _is_known(rule.kind, entry):
            kinds[rule.kind][rule.id] = entry
    language = Language(
        figure=re.compile(figure),
        elsewhere=root.texts("elsewhere"),
        doubled_right=root.texts("doubled_right"),
        patterns={rule: compiler.patterns(one) for rule, one in {**kinds["claim"], **kinds["denial"]}.items()},
        ahead={rule: one.texts("ahead") for rule, one in kinds["year"].items()},
        denies={rule: one.texts("denies") for rule, one in kinds["fee"].items()},
        nothing_when_zero={
            rule: compiler.nodes(one, one.texts("nothing_when_zero")) for rule, one in kinds["fee"].items()
        },
        titles={rule: one.texts("titles") for rule, one in kinds["citation"].items()},
        lexicon={rule: tuple(map(_lexicon_entry, one.tables("find"))) for rule, one in kinds["citation"].items()},
        levels={rule: _texts_by_word(one.table("levels")) for rule, one in kinds["body"].items()},
        itself={rule: one.texts("itself") for rule, one in kinds["year"].items()},
        own_work={rule: one.texts("own_work") for rule, one in kinds["body"].items()},
    )
    return language, problems


def _is_known(kind: str, entry: Fields) -> bool:
    known = KINDS.get(kind)
    if known is None:
        entry.problem(f"没有“{kind}”这种读法，可用 {'、'.join(KINDS)}", "kind")
        return False
    for key in entry.data:
        if key not in known | KEYS_OF_TEXT_RULES:
            entry.problem(f"“{kind}”没有这一项" + (f"，可用 {'、'.join(sorted(known))}" if known else ""), key)
    return True


def _texts_by_word(entry: Fields) -> dict[str, tuple[str, ...]]:
    return {word: entry.texts(word) for word in entry.data}


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Compiles patterns and expressions; ``figure`` is the regular expression for a figure with its unit."""

    form: Form
    figure: str

    def patterns(self, rule: Fields) -> tuple[Pattern, ...]:
        out: list[Pattern] = []
        for entry in rule.tables("claim"):
            out += [*self._written(entry), *self._labelled(entry)]
            entry.unknown()
        return tuple(out)

    def _written(self, entry: Fields) -> Iterator[Pattern]:
        """The patterns that are written, each of which means a figure or an open list."""
        equals, unless, only = (entry.texts(key) for key in ("equals", "unless", "only"))
        nodes, name = self.nodes(entry, equals), entry.text("list")
        if "says" in entry.data and not equals and not name:
            entry.problem("缺少“equals”", "equals")
        for text in entry.texts("says"):
            try:
                regex = re.compile(self._regex(text))
            except re.error:
                entry.problem(f"“{text}”里的括号不成对", "says")
                continue
            yield Pattern(
                regex=regex,
                equals=nodes,
                means=equals[0] if equals else name,
                list=name,
                unless=unless,
                only=_by_first((*only, *_own_words(text))) if only else {},
            )

    def _labelled(self, entry: Fields) -> Iterator[Pattern]:
        """The patterns made from the labels of a table; none behind the first that means no figure."""
        unless = entry.texts("unless")
        for word, text in self._sums_of_labels(entry) if "labels" in entry.data else ():
            regex = re.compile(re.escape(word) + _SHORT_GAP + self.figure)
            nodes = self.nodes(entry, (text,))
            if not nodes:
                return
            yield Pattern(regex=regex, equals=nodes, means=text, unless=unless)

    def zeros(self, rule: Fields) -> tuple[Node, ...]:
        return self.nodes(rule, rule.texts("nothing_when_zero"))

    def nodes(self, entry: Fields, texts: Iterable[str]) -> tuple[Node, ...]:
        out: list[Node] = []
        for text in texts:
            try:
                out.append(compile_expression(self.form, text))
            except (RuleSyntaxError, BindError) as error:
                entry.problem(str(error))
        return tuple(out)

    def _regex(self, text: str) -> str:
        """``收到*申请*{n}`` as a regular expression: ``*`` a few words, ``{n}`` a figure, ``(a|b)`` either."""
        out, gap = "", _GAP
        for part in _TOKENS.split(text):
            match part:
                case "*":
                    out += gap
                case "{n}":
                    out += self.figure
                    gap = _GAP_BEHIND
                case "(":
                    out += "(?:"
                case ")" | "|":
                    out += part
                case _:
                    out += re.escape(part)
        return out

    def _sums_of_labels(self, entry: Fields) -> Iterator[tuple[str, str]]:
        """Words and the sums they mean: labels of rows, the headings that rows stand under, and their aliases."""
        name, column = entry.text("labels"), entry.text("column")
        aliases, but = _texts_by_word(entry.table("aliases")), entry.texts("except")
        table = next((table for table in self.form.tables if table.id == name), None)
        if table is None:
            entry.problem(f"没有表“{name}”", "labels")
            return
        groups: dict[str, list[str]] = {}
        for row in (row for block in table.blocks for row in block.rows if row.id not in but):
            for label in (row.path[-1], *row.path[1:-1]):
                groups.setdefault(_spoken(label), []).append(f"{table.id}.{row.id}.{column}")
        for word, names in groups.items():
            for one in (word, *aliases.get(word, ())):
                if len(one) >= _SHORTEST_LABEL:
                    yield one, " + ".join(names)


def _own_words(text: str) -> list[str]:
    """The words that a pattern itself is made of."""
    return [part for part in _TOKENS.split(text) if part and not _TOKENS.match(part)]


def _by_first(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Words by their first character."""
    out: dict[str, tuple[str, ...]] = {}
    for word in filter(None, words):
        out[word[0]] = (*out.get(word[0], ()), word)
    return out


def _spoken(label: str) -> str:
    """A printed label as people say it: without numbering and the note behind it."""
    return _NOTE.sub("", _NUMBERING.sub("", label)).strip()


def number_pattern(units: Iterable[str]) -> str:
    """A regular expression for a figure: groups are the number and its unit."""
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    plain = rf"(?<![\d.第]){PLAIN_NUMBER.pattern}(?=余?(?:{unit})|[，,；;。、)）占]|$)"
    written = (
        rf"(?<![\d.第数几廿卅拾佰仟{NUMERALS}])(?<![{NUMERALS}]点)[{NUMERALS}]{{1,{_NUMERALS_MOST}}}(?=(?:{unit}))"
    )
    return rf"({plain}|{written})余?({unit})?"


def _lexicon_entry(entry: Fields) -> LexiconEntry:
    find, say = entry.texts("find"), entry.text("say")
    if not find or not say:
        entry.problem("要写 find（要找的词）和 say（应怎样写）")
    out = LexiconEntry(
        find=find,
        unless=entry.texts("unless"),
        say=say,
        source=entry.text("source"),
        since=_day(entry, "since") or date.min,
        until=_day(entry, "until") or date.max,
    )
    entry.unknown()
    return out


def _day(entry: Fields, key: str) -> date | None:
    entry.read.add(key)
    value = entry.data.get(key)
    if type(value) is date:
        return value
    try:
        day = read_date(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None and key in entry.data:
        entry.problem('应为日期，例如 "2021-09-01"', key)
    return day
