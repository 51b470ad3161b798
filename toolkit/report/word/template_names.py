"""The names in the tags of a template, held against what a report has, paragraph by paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from jinja2 import Environment, meta, nodes
from jinja2.exceptions import TemplateError

from toolkit.report.word import template as tpl
from toolkit.report.word.paragraphs import ParagraphSpot

NAMES: Final = (tpl.TITLE, tpl.NOTICE, tpl.PREAMBLE, tpl.SECTIONS, tpl.CLOSING, tpl.UNIT, tpl.PERIOD)
_HIDDEN: Final = frozenset({tpl.OPENING, tpl.CLOSED, "loop"})
_TAG: Final = re.compile(r"\{([{%])-?(?:(?:tr|tc|p|r)(?=\s))?\s*(.*?)\s*-?(?:\}\}|%\})", re.DOTALL)
_FOR: Final = re.compile(r"for\s+(.+?)\s+in\s+(.+)$", re.DOTALL)
_SET: Final = re.compile(r"set\s+(\w+)\s*=\s*(.+)$", re.DOTALL)
_CONDITIONS: Final = frozenset({"if", "elif"})
_BARE: Final = frozenset({"endif", "else", "endset", "vm", "hm", "colspan", "cellbg"})
#: Word makes these of straight quotes; docxtpl turns them back.
_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")
_ENGINE: Final = Environment(autoescape=True)


@dataclass(frozen=True)
class Shape:
    """How many runs of paragraphs each section of a report has."""

    runs: tuple[int, ...]


def name_faults(part: Sequence[ParagraphSpot], shape: Shape) -> Iterator[str]:
    """What a tag names that a report does not have, and tags that are no tags."""
    reader = _Reader(shape)
    for spot in part:
        for tag in _TAG.finditer(spot.text):
            for what in reader.faults(tag[1], tag[2]):
                yield f"{spot.where}的“{tag[0]}”：{what}"


@dataclass
class _Reader:
    """Reads one tag after another; ``scope`` holds a loop's names, True for a paragraph."""

    shape: Shape
    scope: list[dict[str, bool]] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def faults(self, kind: str, words: str) -> Iterator[str]:
        if kind == "{":
            yield from self.expression(words)
            return
        word = words.split(maxsplit=1)[0] if words else ""
        if word == "endfor":
            if self.scope:
                self.scope.pop()
        elif word in _CONDITIONS:
            yield from self.expression(words[len(word) :])
        elif loop := _FOR.match(words):
            yield from self.expression(loop[2])
            each = self.are_paragraphs(loop[2])
            self.scope.append(dict.fromkeys((name.strip(" ()") for name in loop[1].split(",")), each))
        elif given := _SET.match(words):
            yield from self.expression(given[2])
            self.given.add(given[1])
        elif word not in _BARE:
            yield "标签没有写对"

    def expression(self, words: str) -> Iterator[str]:
        try:
            tree = _parsed(words)
            unknown = meta.find_undeclared_variables(tree)
        except TemplateError:
            yield "标签没有写对"
            return
        known = {*NAMES, *_HIDDEN, *self.given, *(name for loop in self.scope for name in loop)}
        yield from (f"“{name}”没有对应的内容，可用的名称：{'、'.join(NAMES)}" for name in sorted(unknown - known))
        for part in tree.find_all(nodes.Getattr):
            each = isinstance(part.node, nodes.Name) and self.is_paragraph(part.node.name)
            if each and part.attr not in {tpl.LEAD, tpl.WORDS}:
                yield f"“{part.attr}”没有对应的内容，一段只有“{tpl.LEAD}”和“{tpl.WORDS}”"
        for node in tree.find_all(nodes.Getitem):
            yield from self.place(node)

    def is_paragraph(self, name: str) -> bool:
        return next((loop[name] for loop in reversed(self.scope) if name in loop), False)

    def are_paragraphs(self, words: str) -> bool:
        try:
            (printed,) = _parsed(words).find_all(nodes.Output)
        except TemplateError:
            return False
        (source,) = printed.nodes
        if isinstance(source, nodes.Name):
            return source.name in {tpl.PREAMBLE, tpl.CLOSING}
        return isinstance(source, nodes.Getitem) and len(_numbers(source)) == _DEEP

    def place(self, node: nodes.Getitem) -> Iterator[str]:
        """A section or a run of paragraphs that a report does not have."""
        numbers = _numbers(node)
        if not numbers:
            return
        section, *run = numbers
        if not 1 <= section <= len(self.shape.runs):
            if len(numbers) == 1:
                yield f"第 {section} 部分没有对应的内容，报告只有 {len(self.shape.runs)} 个部分"
        elif run and not 1 <= run[0] <= self.shape.runs[section - 1]:
            yield f"第 {section} 部分的第 {run[0]} 处文字没有对应的内容，只有 {self.shape.runs[section - 1]} 处"


#: A run of paragraphs is named by its section and its place in it.
_DEEP: Final = 2


def _parsed(words: str) -> nodes.Template:
    return _ENGINE.parse(f"{{{{ ({words.translate(_QUOTES)}) }}}}")


def _numbers(node: nodes.Node) -> tuple[int, ...]:
    """The numbers in ``正文[2][1]``, or none where something else stands there."""
    out: list[int] = []
    while isinstance(node, nodes.Getitem):
        if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, int):
            return ()
        out.insert(0, node.arg.value)
        node = node.node
    return tuple(out) if isinstance(node, nodes.Name) and node.name == tpl.SECTIONS else ()
