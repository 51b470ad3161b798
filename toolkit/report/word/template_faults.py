"""Faults in the tags of a restyled template, in words for whoever restyled it in Word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from jinja2.exceptions import TemplateSyntaxError, UndefinedError

from toolkit.report.word.paragraphs import ParagraphSpot, quoted_beginning
from toolkit.report.word.styles import W
from toolkit.report.word.template_names import Shape, name_faults

_TAG: Final = re.compile(r"\{%-?\s*(?:p|tr|tc|r)?\s*(for|if|endfor|endif)\b[^%]*%\}")
_BRACES: Final = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
#: Braces and per cent signs as a Chinese keyboard types them.
_WIDE: Final = re.compile(r"｛\s*[｛{%％]|\{\s*[｛％]|％\s*[}｝]|｝\s*[}｝]|[}%]\s*｝")
#: A tag that takes the place of its whole paragraph.
_WHOLE: Final = re.compile(r"\{([{%])p\s.*?[}%]\}")
_CHANGES: Final = tuple(f"{{{W}}}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_UNKNOWN: Final = re.compile(r"'([^']+)' is undefined|no (?:attribute|element) '?([^']+?)'?$")
#: How many lines docxtpl shows before the one at fault.
_BEFORE: Final = 3


def tag_faults(found: Sequence[ParagraphSpot], shape: Shape) -> list[str]:
    """List what is wrong with the tags, by paragraph, before the engine trips over it.

    A tag cut off would have swallowed what stands behind it, tables and all. Names are looked at when tags are whole.
    """
    parts = [tuple(part) for _, part in groupby(found, key=lambda one: one.part)]
    out = [*_changed(found), *_cut(found), *(fault for part in parts for fault in _unpaired(part))]
    return out or [fault for part in parts for fault in name_faults(part, shape)]


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
        for tag in _TAG.finditer(spot.text):
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


def explained(error: Exception, names: Sequence[str]) -> str:
    """Say what the engine found wrong that nobody saw before; ``names`` are what a tag may name."""
    if isinstance(error, UndefinedError):
        found = _UNKNOWN.search(str(error))
        name = f"“{found[1] or found[2]}”" if found else "名称"
        return f"标签里的{name}没有对应的内容。可用的名称：{'、'.join(names)}；章节和段落的编号不能超出报告。"
    if isinstance(error, TemplateSyntaxError):
        context = list(getattr(error, "docx_context", ()))
        at = min(_BEFORE, error.lineno - 1)
        near = context[at].strip() if at < len(context) else ""
        return f"标签没有写对{f'，在{quoted_beginning(near)}处' if near else ''}。"
    return "标签没有写对，或者用了不允许的写法。"
