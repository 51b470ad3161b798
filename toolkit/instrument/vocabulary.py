"""The words of a form's business and what sentences made of them say: objects, acts, columns, labels of results.

A form writes them in ``words.toml``; what it says about figures is compiled here. Words are put together from parts:
``(政府|)信息公开申请`` stands for two. Which keys there are is said in ``docs/form-definition.md``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple

from toolkit.forms.fields import Fields
from toolkit.model.form import Form
from toolkit.model.keys import Also, Id, Ref
from toolkit.model.rule import TextRule
from toolkit.rules.compile import compile_expression
from toolkit.rules.expression import Node

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
    """What figures count."""

    id: Annotated[Id, "its name in frames"]
    words: Annotated[tuple[str, ...], "its names; the last one named decides what a figure is about"] = ()
    brief: Annotated[tuple[str, ...], "short names, which mean it only where it is the business at hand"] = ()
    home: Annotated[frozenset[str], "texts that are about it from their first word"] = frozenset()
    units: Annotated[frozenset[str], "the counting units it goes with; empty: a figure may be without one"] = (
        frozenset()
    )
    act: Annotated[str, "the act its name is where another object follows (主动公开规范性文件)"] = ""
    caused: Annotated[bool, "it comes of things (因…引发的行政复议), whose names before it do not matter"] = False


_OBJECT, _ACT, _ROWS = Ref("没有事项“{}”"), Ref("没有动作“{}”"), Ref("没有表“{}”")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What words about an object say of the tables; with ``labels`` they must name rows of a table."""

    rule: str
    about: Annotated[str, _OBJECT, "the object"]
    acts: Annotated[frozenset[str], _ACT, "acts that must all be named"] = frozenset()
    beside: Annotated[frozenset[str], _ACT, "acts that may be named"] = frozenset()
    year: Annotated[Literal["", "last", "next"], "the year that the words must name; else the reporting year"] = ""
    equals: Annotated[tuple[str, ...], "expressions that may agree; `*`: the column that is named, or of all"] = ()
    list: Annotated[str, "an open list whose total it is"] = ""
    denied: Annotated[bool, "read also in a denial"] = False
    all: Annotated[Literal["", "same", "none"], "read also of 全部 alone: the figure before it, or no `equals`"] = ""
    whole: Annotated[bool, "not read of a part (其中…, in brackets, 另有…)"] = False
    part: Annotated[bool, "read only of a part"] = False
    themed: Annotated[bool, "read only where the words, or those before, name the business"] = False
    timely: Annotated[bool, "read also with 按期 and the like, which else make it a part"] = False
    labels: bool = False
    between: Annotated[bool, "a figure between the least and the greatest of `equals` is right, too"] = False
    units: Annotated[frozenset[str], "only of figures with one of these counting units"] = frozenset()
    texts: frozenset[str] = frozenset()


class _Words(NamedTuple):
    """The words of a form's business."""

    objects: Annotated[tuple[BusinessObject, ...], Also("object"), "what figures count"] = ()
    theme: Annotated[tuple[str, ...], "words for the business as a whole; they say no more of a figure"] = ()
    acts: Annotated[Mapping[str, tuple[str, ...]], "id = words: what is done (收到, 办结, 结转)"] = MappingProxyType({})
    columns: Annotated[Mapping[str, tuple[str, ...]], "id, or ids joined by `+` = words"] = MappingProxyType({})
    all_columns: Annotated[str, "the column of all"] = "total"


class _RowWords(NamedTuple):
    """Which rows of a table a frame is about: those that the words name."""

    labels: Annotated[str, _ROWS, "a table whose row labels are words; several mean their sum, a heading all"] = ""
    aliases: Annotated[Mapping[str, tuple[str, ...]], "other words for a label"] = MappingProxyType({})
    wider: Annotated[Mapping[str, tuple[str, ...]], "labels that a label may include"] = MappingProxyType({})
    but: Annotated[tuple[str, ...], Also("except"), "rows that are none"] = ()


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

    def __init__(self, form: Form, words: Mapping[str, object]) -> None:
        names: dict[Ref, Collection[str]] = {_ROWS: [table.id for table in form.tables]}
        readers = {tuple[Node, ...]: lambda entry, key: self._compiled(entry, entry.get(key, tuple[str, ...]))}
        self.root = root = Fields(words, "words.toml", [], readers, names)
        self.form = form
        self.words: dict[str, Entry] = {}
        self.objects: dict[str, BusinessObject] = {}
        self.labels: dict[str, NamedRows] = {}
        self.meanings: dict[str, list[Meaning]] = {}
        told = root.made(_Words)
        self.columns, self.all_columns = told.columns, told.all_columns
        for i, one in enumerate(told.objects):
            self.objects[one.id] = one
            self._add(f"object[{i}]({one.id}).words", Entry("object", one.id), one.words)
            self._add(f"object[{i}]({one.id}).brief", Entry("brief", one.id), one.brief)
        self._add("theme", Entry("theme", ""), told.theme)
        for kind, listed in (("act", told.acts), ("column", told.columns)):
            for name, several in listed.items():
                self._add(f"{kind}s.{name}", Entry(kind, name), several)
        names[_OBJECT], names[_ACT] = self.objects, told.acts

    def vocabulary(self) -> Vocabulary:
        """All that was read."""
        return Vocabulary(
            words=self.words,
            objects=self.objects,
            meanings={about: tuple(several) for about, several in self.meanings.items()},
            labels=self.labels,
            all_columns=self.all_columns,
        )

    def frames(self, rule: TextRule, entry: Fields) -> tuple[Meaning, ...]:
        """The frames of a rule, for rules that have some."""
        found = entry.each("frame", lambda one: self._meaning(rule, one)) if rule.kind == "claim" else ()
        for meaning in found:
            self.meanings.setdefault(meaning.about, []).append(meaning)
        return found

    def _meaning(self, rule: TextRule, one: Fields) -> Meaning:
        rows = one.made(_RowWords)
        meaning = one.made(Meaning, rule=rule.id, labels=bool(rows.labels), texts=frozenset(rule.texts))
        self._expressions(one, meaning.equals)
        if rows.labels:
            self._labels(one, rows)
        elif not meaning.equals and not meaning.list:
            one.problem("缺少“equals”", "equals")
        return meaning

    def _compiled(self, entry: Fields, texts: Iterable[str]) -> tuple[Node, ...]:
        """Expressions compiled; what is wrong in one is a problem of the entry."""
        made = (entry.tried(partial(compile_expression, self.form), text) for text in texts)
        return tuple(node for node in made if node is not None)

    def _expressions(self, entry: Fields, equals: tuple[str, ...]) -> None:
        for columns in {self.all_columns, *self.columns}:
            if any(EACH_COLUMN in text for text in equals) or columns == self.all_columns:
                self._compiled(entry, (with_columns(text, columns.split("+")) for text in equals))

    def _add(self, at: str, what: Entry, words: Iterable[str], entry: Fields | None = None) -> None:
        for written in words:
            for word in spelled_out(written):
                if not word or self.words.setdefault(word, what) != what:
                    (entry or self.root).problem(f"“{word or written}”已经是别的词，或者是空的", at)

    def _labels(self, entry: Fields, told: _RowWords) -> None:
        """The labels of a table's rows, the headings that rows stand under, and what else people call them."""
        name, aliases, wider, but = told
        rows = [(f"{name}.{row.id}", row.path) for table in self.form.tables if table.id == name for row in table.rows]
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
            self._add("aliases", Entry("label", word), said, entry)


def spoken(label: str) -> str:
    """A printed label as people say it: without numbering and the note behind it."""
    return _NOTE.sub("", _NUMBERING.sub("", label)).strip()
