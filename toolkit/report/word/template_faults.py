"""Faults in the tags of a restyled template, in words for whoever restyled it in Word: their form, then their names."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from jinja2 import Environment, meta, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError

from toolkit.report.word import template as tpl
from toolkit.report.word.paragraphs import ParagraphSpot, quoted_beginning
from toolkit.report.word.styles import W

NAMES: Final = (tpl.TITLE, tpl.NOTICE, tpl.PREAMBLE, tpl.SECTIONS, tpl.CLOSING, tpl.UNIT, tpl.PERIOD)
_PAIRED: Final = re.compile(r"\{%-?\s*(?:p|tr|tc|r)?\s*(for|if|endfor|endif)\b[^%]*%\}")
_BRACES: Final = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
#: Braces and per cent signs as a Chinese keyboard types them.
_WIDE: Final = re.compile(r"｛\s*[｛{%％]|\{\s*[｛％]|％\s*[}｝]|｝\s*[}｝]|[}%]\s*｝")
#: A tag that takes the place of its whole paragraph.
_WHOLE: Final = re.compile(r"\{([{%])p\s.*?[}%]\}")
_CHANGES: Final = tuple(f"{{{W}}}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_UNKNOWN: Final = re.compile(r"'([^']+)' is undefined|no (?:attribute|element) '?([^']+?)'?$")
#: How many lines docxtpl shows before the one at fault.
_BEFORE: Final = 3
_HIDDEN: Final = frozenset({tpl.OPENING, tpl.CLOSED, "loop"})
_TAG: Final = re.compile(r"\{([{%])-?(?:(?:tr|tc|p|r)(?=\s))?\s*(.*?)\s*-?(?:\}\}|%\})", re.DOTALL)
_FOR: Final = re.compile(r"for\s+(.+?)\s+in\s+(.+)$", re.DOTALL)
_SET: Final = re.compile(r"set\s+(\w+)\s*=\s*(.+)$", re.DOTALL)
_CONDITIONS: Final = frozenset({"if", "elif"})
_BARE: Final = frozenset({"endif", "else", "endset", "vm", "hm", "colspan", "cellbg"})
#: Word makes these of straight quotes; docxtpl turns them back.
_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")
_ENGINE: Final = Environment(autoescape=True)
#: A run of paragraphs is named by its section and its place in it.
_DEEP: Final = 2


def tag_faults(found: Sequence[ParagraphSpot], runs: Sequence[int]) -> list[str]:
    """List what is wrong with the tags, by paragraph, before the engine trips over it.

    A tag cut off would have swallowed what stands behind it, tables and all. Names are looked at when tags are whole;
    ``runs`` is how many runs of paragraphs each section of the report has.
    """
    parts = [tuple(part) for _, part in groupby(found, key=lambda one: one.part)]
    out = [*_changed(found), *_cut(found), *(fault for part in parts for fault in _unpaired(part))]
    return out or [fault for part in parts for fault in _misnamed(part, runs)]


def _changed(found: Sequence[ParagraphSpot]) -> Iterator[str]:
    for spot in found:
        if next(spot.element.iter(*_CHANGES), None) is not None:
            yield f"{spot.named}：有没有接受的修订，请先在“审阅”里接受或拒绝"


def _cut(found: Sequence[ParagraphSpot]) -> Iterator[str]:
    for spot in found:
        if _WIDE.search(spot.text):
            yield f"{spot.named}：标签里有全角的括号或百分号，请改成半角的 {{ }} %"
            continue
        for left, right in _BRACES:
            if spot.text.count(left) != spot.text.count(right):
                yield f"{spot.named}：标签没有写完整，“{left}”与“{right}”要成对"
        tag = _WHOLE.search(spot.text)
        if tag and spot.text.replace(tag[0], "").strip():
            yield f"{spot.named}：“{tag[0]}”要单独占一段，同一段里别的文字印不出来"


def _unpaired(part: Sequence[ParagraphSpot]) -> Iterator[str]:
    open_: list[tuple[str, str, str]] = []
    for spot in part:
        for tag in _PAIRED.finditer(spot.text):
            word = tag[1]
            if not word.startswith("end"):
                open_.append((word, spot.where, tag[0]))
            elif open_ and word == f"end{open_[-1][0]}":
                open_.pop()
            else:
                yield f"{spot.where}的“{tag[0]}”：前面没有与它成对的开头"
                return
    for word, where, tag_text in open_:
        yield f"{where}的“{tag_text}”：后面少了与它成对的“{{%p end{word} %}}”"


def explained(error: Exception) -> str:
    """Say what the engine found wrong that nobody saw before."""
    if isinstance(error, UndefinedError):
        found = _UNKNOWN.search(str(error))
        name = f"“{found[1] or found[2]}”" if found else "名称"
        return f"标签里的{name}没有对应的内容。可用的名称：{'、'.join(NAMES)}；章节和段落的编号不能超出报告。"
    if isinstance(error, TemplateSyntaxError):
        context = list(getattr(error, "docx_context", ()))
        at = min(_BEFORE, error.lineno - 1)
        near = context[at].strip() if at < len(context) else ""
        return f"标签没有写对{f'，在{quoted_beginning(near)}处' if near else ''}。"
    return "标签没有写对，或者用了不允许的写法。"


def _misnamed(part: Sequence[ParagraphSpot], runs: Sequence[int]) -> Iterator[str]:
    """What a tag names that a report does not have, and tags that are no tags."""
    reader = _Reader(runs)
    for spot in part:
        for tag in _TAG.finditer(spot.text):
            for what in reader.faults(tag[1], tag[2]):
                yield f"{spot.where}的“{tag[0]}”：{what}"


@dataclass
class _Reader:
    """Reads one tag after another; ``scope`` holds a loop's names, True for a paragraph."""

    runs: Sequence[int]
    scope: ChainMap[str, bool] = field(default_factory=ChainMap)
    given: set[str] = field(default_factory=set)

    def faults(self, kind: str, words: str) -> Iterator[str]:
        if kind == "{":
            yield from self.expression(words)
            return
        word = words.split(maxsplit=1)[0] if words else ""
        if word == "endfor":
            self.scope = self.scope.parents
        elif word in _CONDITIONS:
            yield from self.expression(words[len(word) :])
        elif loop := _FOR.match(words):
            yield from self.expression(loop[2])
            each = self.are_paragraphs(loop[2])
            self.scope = self.scope.new_child(dict.fromkeys((name.strip(" ()") for name in loop[1].split(",")), each))
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
        known = {*NAMES, *_HIDDEN, *self.given, *self.scope}
        yield from (f"“{name}”没有对应的内容，可用的名称：{'、'.join(NAMES)}" for name in sorted(unknown - known))
        for part in tree.find_all(nodes.Getattr):
            name = part.node.name if isinstance(part.node, nodes.Name) else ""
            if self.scope.get(name) and part.attr not in {tpl.LEAD, tpl.WORDS}:
                yield f"“{part.attr}”没有对应的内容，一段只有“{tpl.LEAD}”和“{tpl.WORDS}”"
        for node in tree.find_all(nodes.Getitem):
            yield from self.place(node)

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
        if not 1 <= section <= len(self.runs):
            if len(numbers) == 1:
                yield f"第 {section} 部分没有对应的内容，报告只有 {len(self.runs)} 个部分"
        elif run and not 1 <= run[0] <= self.runs[section - 1]:
            yield f"第 {section} 部分的第 {run[0]} 处文字没有对应的内容，只有 {self.runs[section - 1]} 处"


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
