"""Faults in the tags of a restyled template, in words for whoever restyled it in Word: their form, then their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from jinja2 import Environment, meta, nodes
from jinja2.exceptions import TemplateSyntaxError, UndefinedError

from toolkit.report.word import template as tpl
from toolkit.report.word.paragraphs import ParagraphSpot
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
_HIDDEN: Final = frozenset({tpl.OPENING, tpl.CLOSED, "loop"})
_TAG: Final = re.compile(r"\{([{%])-?(?:(?:tr|tc|p|r)(?=\s))?\s*(.*?)\s*-?(?:\}\}|%\})", re.DOTALL)
_CELLS: Final = frozenset({"vm", "hm", "colspan", "cellbg"})
#: Word makes these of straight quotes; docxtpl turns them back.
_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")
_OF_ONE: Final = (tpl.LEAD, tpl.WORDS)
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
    return "标签没有写对，或者用了不允许的写法。"


def _misnamed(part: Sequence[ParagraphSpot], runs: Sequence[int]) -> Iterator[str]:
    """What a tag names that a report does not have, and the first tag that is none: the tags are read a line each."""
    tags = [(spot.where, tag) for spot in part for tag in _TAG.finditer(spot.text)]
    places = [f"{where}的“{tag[0]}”" for where, tag in tags]
    source = "\n".join(_alone(tag[1], " ".join(tag[2].translate(_QUOTES).split())) for _, tag in tags)
    try:
        tree = _ENGINE.parse(source)
        unknown = meta.find_undeclared_variables(tree) - {*NAMES, *_HIDDEN}
    except TemplateSyntaxError as error:
        yield f"{places[error.lineno - 1]}：标签没有写对"
        return
    found: list[tuple[nodes.Node, str]] = []
    about = f"没有对应的内容，可用的名称：{'、'.join(NAMES)}"
    found += [(name, f"“{name.name}”{about}") for name in tree.find_all(nodes.Name) if name.name in unknown]
    loops = [one for one in tree.find_all(nodes.For) if _are_paragraphs(one.iter)]
    of_one = [(loop, one) for loop in loops for one in loop.find_all(nodes.Getattr) if one.attr not in _OF_ONE]
    found += [
        (one, f"“{one.attr}”没有对应的内容，一段只有“{tpl.LEAD}”和“{tpl.WORDS}”")
        for loop, one in of_one
        if getattr(one.node, "name", "") == getattr(loop.target, "name", None)
    ]
    found += [(one, what) for one in tree.find_all(nodes.Getitem) for what in _misplaced(_numbers(one), runs)]
    yield from (f"{places[one.lineno - 1]}：{what}" for one, what in sorted(found, key=lambda both: both[0].lineno))


def _alone(kind: str, words: str) -> str:
    """A tag as the engine reads it; those that only docxtpl knows say nothing."""
    if kind == "{":
        return f"{{{{ ({words}) }}}}"
    return "" if words.partition(" ")[0] in _CELLS else f"{{% {words} %}}"


def _are_paragraphs(source: nodes.Node) -> bool:
    if isinstance(source, nodes.Name):
        return source.name in {tpl.PREAMBLE, tpl.CLOSING}
    return len(_numbers(source)) == _DEEP


def _misplaced(numbers: Sequence[int], runs: Sequence[int]) -> Iterator[str]:
    """A section or a run of paragraphs that a report does not have."""
    section, *run = numbers or (1,)
    if not 1 <= section <= len(runs):
        if not run:
            yield f"第 {section} 部分没有对应的内容，报告只有 {len(runs)} 个部分"
    elif run and not 1 <= run[0] <= runs[section - 1]:
        yield f"第 {section} 部分的第 {run[0]} 处文字没有对应的内容，只有 {runs[section - 1]} 处"


def _numbers(node: nodes.Node) -> tuple[int, ...]:
    """The numbers in ``正文[2][1]``, or none where something else stands there."""
    out: list[int] = []
    while isinstance(node, nodes.Getitem):
        if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, int):
            return ()
        out.insert(0, node.arg.value)
        node = node.node
    return tuple(out) if isinstance(node, nodes.Name) and node.name == tpl.SECTIONS else ()
