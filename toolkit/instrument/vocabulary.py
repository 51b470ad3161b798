"""The words of a form's business and what sentences made of them say: objects, acts, columns, labels of results.

A form writes them in ``words.toml``; what it says about figures is compiled here. Words are put together from parts:
``(政府|)信息公开申请`` stands for two. Which keys there are is said in ``docs/form-definition.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from toolkit.forms.fields import Fields
from toolkit.model.form import Form
from toolkit.rules.bind import BindError
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Node
from toolkit.rules.parse import RuleSyntaxError

#: In an expression: the columns that the words name, or the column of all.
EACH_COLUMN = "*"
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,6}[）)]?[、.．]?")
_NOTE = re.compile(r"[（(][^（）()]{0,200}[）)]$")
_SHORTEST_LABEL = 3
_PARTS = re.compile(r"\(([^()]{0,200})\)")


class Entry(NamedTuple):
    """What a word is: object, brief (an object where that is the business at hand), theme, act, column or label."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessObject:
    """What figures count: its counting ``units``, the texts that are about it, and whether it follows from others.

    ``caused`` objects come of something (因…引发的行政复议): words about the cause say nothing about the figure.
    """

    units: frozenset[str]
    home: frozenset[str]
    caused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What words about an object say of the tables.

    The words must name all ``acts`` and may name those of ``beside``; the year they name is ``year`` (empty: the
    reporting year). ``equals`` are expressions, any of which the figure may equal; ``list`` an open list whose total
    it is. ``denied``: read also where the words deny it. ``all``: read also of 全部 without a figure, which then has
    the ``same`` figure as before, or is ``none``. ``whole``: not read of a part (其中…), ``part``: only of one.
    ``themed``: only where the words name the form's business. ``timely``: read also of what was done in time.
    ``labels``: the words must name rows of a table. ``units``: only of figures with one of these units. ``between``:
    the figure may also lie between those that ``equals`` gives.
    """

    rule: str
    about: str
    acts: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    year: str = ""
    equals: tuple[str, ...] = ()
    list: str = ""
    denied: bool = False
    all: str = ""
    whole: bool = False
    part: bool = False
    themed: bool = False
    timely: bool = False
    labels: bool = False
    between: bool = False
    units: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


class NamedRows(NamedTuple):
    """The rows that a word names (``table.row``), and those that it may mean besides."""

    rows: tuple[str, ...]
    wider: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Words by what they are; objects by id; meanings by object; labels by word; the column of all."""

    words: Mapping[str, Entry] = field(default_factory=dict)
    objects: Mapping[str, BusinessObject] = field(default_factory=dict)
    meanings: Mapping[str, tuple[Meaning, ...]] = field(default_factory=dict)
    labels: Mapping[str, NamedRows] = field(default_factory=dict)
    all_columns: str = "total"


def spelled_out(word: str) -> Iterable[str]:
    """``(政府|)信息`` -> 政府信息, 信息; every choice of the parts in brackets."""
    if "(" not in word:
        return (word,)
    return map("".join, product(*(part.split("|") if i % 2 else (part,) for i, part in enumerate(_PARTS.split(word)))))


def with_columns(expression: str, columns: Iterable[str]) -> str:
    """An expression with each of the columns in place of ``*``, added up."""
    if EACH_COLUMN not in expression:
        return expression
    return " + ".join(re.sub(r"\.\*", f".{column}", expression) for column in columns)


class VocabularyReader:
    """Collects the vocabulary from the form's word lists and the frames of its rules; problems go to their paths."""

    def __init__(self, form: Form, root: Fields) -> None:
        self.form = form
        self.words: dict[str, Entry] = {}
        self.objects: dict[str, BusinessObject] = {}
        self.labels: dict[str, NamedRows] = {}
        self.meanings: dict[str, list[Meaning]] = {}
        self.all_columns = root.text("all_columns", "total")
        root.each("object", self._object)
        self._add(root, "theme", Entry("theme", ""), root.texts("theme"))
        self._listed("act", root.table("acts"))
        self._listed("column", root.table("columns"))
        named = self.words.values()
        self.acts, self.columns = ({one.name for one in named if one.kind == kind} for kind in ("act", "column"))

    def vocabulary(self) -> Vocabulary:
        """All that was read."""
        return Vocabulary(
            words=self.words,
            objects=self.objects,
            meanings={about: tuple(several) for about, several in self.meanings.items()},
            labels=self.labels,
            all_columns=self.all_columns,
        )

    def frames(self, rule: str, entry: Fields) -> None:
        """The frames of a rule."""
        for meaning in entry.each("frame", lambda one: self._meaning(rule, entry, one)):
            self.meanings.setdefault(meaning.about, []).append(meaning)

    def _meaning(self, rule: str, entry: Fields, one: Fields) -> Meaning:
        about, labels = one.text("about", required=True), one.text("labels")
        if about and about not in self.objects:
            one.problem(f"没有事项“{about}”", "about")
        acts, beside = (frozenset(one.texts(key)) for key in ("acts", "beside"))
        for act in sorted((acts | beside) - self.acts):
            one.problem(f"没有动作“{act}”", "acts" if act in acts else "beside")
        meaning = one.made(
            Meaning,
            rule=rule,
            about=about,
            acts=acts,
            beside=beside,
            year=one.choice("year", ("last", "next")),
            equals=self._expressions(one),
            all=one.choice("all", ("same", "none")),
            labels=bool(labels),
            units=frozenset(one.texts("units")),
            texts=frozenset(entry.texts("texts")),
        )
        if labels:
            self._labels(one, labels)
        elif not meaning.equals and not meaning.list:
            one.problem("缺少“equals”", "equals")
        return meaning

    def nodes(self, entry: Fields, texts: Iterable[str]) -> tuple[Node, ...]:
        """Expressions compiled; what is wrong in one is a problem of the entry."""
        out: list[Node] = []
        for text in texts:
            try:
                out.append(compile_expression(self.form, text))
            except (RuleSyntaxError, BindError) as error:
                entry.problem(str(error))
        return tuple(out)

    def _expressions(self, entry: Fields) -> tuple[str, ...]:
        equals = entry.texts("equals")
        for columns in {self.all_columns, *self.columns}:
            if any(EACH_COLUMN in text for text in equals) or columns == self.all_columns:
                self.nodes(entry, (with_columns(text, columns.split("+")) for text in equals))
        return equals

    def _object(self, entry: Fields) -> None:
        name = entry.id()
        self.objects[name] = BusinessObject(
            units=frozenset(entry.texts("units")), home=frozenset(entry.texts("home")), caused=entry.flag("caused")
        )
        self._add(entry, "words", Entry("object", name), entry.texts("words"))
        self._add(entry, "brief", Entry("brief", name), entry.texts("brief"))

    def _listed(self, kind: str, entry: Fields) -> None:
        for name in entry.data:
            self._add(entry, name, Entry(kind, name), entry.texts(name))

    def _add(self, entry: Fields, key: str, what: Entry, words: Iterable[str]) -> None:
        for written in words:
            for word in spelled_out(written):
                if not word or self.words.setdefault(word, what) != what:
                    entry.problem(f"“{word or written}”已经是别的词，或者是空的", key)

    def _labels(self, entry: Fields, name: str) -> None:
        """The labels of a table's rows, the headings that rows stand under, and what else people call them."""
        aliases, wider = (entry.table(key).texts_by_key() for key in ("aliases", "wider"))
        tables, but = [table for table in self.form.tables if table.id == name], entry.texts("except")
        rows = [(f"{name}.{row.id}", row.path) for table in tables for row in table.rows]
        if not rows:
            entry.problem(f"没有表“{name}”", "labels")
        groups: dict[str, list[str]] = {}
        for row, path in rows:
            for label in (path[-1], *path[1:-1]) if row.partition(".")[2] not in but else ():
                groups.setdefault(spoken(label), []).append(row)
        for word in {*aliases, *wider} - groups.keys():
            entry.problem(f"没有这个行名：“{word}”", "aliases" if word in aliases else "wider")
        for word, named in groups.items():
            more = tuple(row for one in wider.get(word, ()) for row in groups.get(one, ()))
            spoken_too = [one for text in aliases.get(word, ()) for one in spelled_out(text)]
            said = [word] * (len(word) >= _SHORTEST_LABEL) + spoken_too
            self.labels |= dict.fromkeys(said, NamedRows(tuple(named), more))
            self._add(entry, "aliases", Entry("label", word), said)


def spoken(label: str) -> str:
    """A printed label as people say it: without numbering and the note behind it."""
    return _NOTE.sub("", _NUMBERING.sub("", label)).strip()
