"""What is wrong with the tags of a template, said so that who restyled it in Word can put it right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Final

from jinja2.exceptions import TemplateSyntaxError
from jinja2.exceptions import UndefinedError

_TAG: Final = re.compile(r"\{%-?\s*(?:p|tr|tc|r)?\s*(for|if|endfor|endif)\b[^%]*%\}")
_BRACES: Final = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
_UNKNOWN: Final = re.compile(r"'([^']+)' is undefined|no (?:attribute|element) '?([^']+?)'?$")
#: How many lines docxtpl shows before the one at fault.
_BEFORE: Final = 3
_SHOWN: Final = 30


def shortened(text: str) -> str:
    """Quote a text, or its beginning."""
    return f"“{text if len(text) <= _SHOWN else text[:_SHOWN] + '……'}”"


def tag_faults(paragraphs: Sequence[str]) -> list[str]:
    """List tags that are cut off and loops that are not closed, by paragraph, before the engine trips over them.

    A tag cut off would have swallowed what stands behind it, tables and all.
    """
    return [*_cut(paragraphs), *_unpaired(paragraphs)]


def _cut(paragraphs: Sequence[str]) -> Iterator[str]:
    for number, text in enumerate(paragraphs, 1):
        for left, right in _BRACES:
            if text.count(left) != text.count(right):
                yield f"第 {number} 段{shortened(text)}：标签没有写完整，“{left}”与“{right}”要成对"


def _unpaired(paragraphs: Sequence[str]) -> Iterator[str]:
    open_: list[tuple[str, int, str]] = []
    for number, text in enumerate(paragraphs, 1):
        for tag in _TAG.finditer(text):
            word = tag[1]
            if not word.startswith("end"):
                open_.append((word, number, tag[0]))
            elif open_ and word == f"end{open_[-1][0]}":
                open_.pop()
            else:
                yield f"第 {number} 段的“{tag[0]}”：前面没有与它成对的开头"
                return
    for word, number, tag_text in open_:
        yield f"第 {number} 段的“{tag_text}”：后面少了与它成对的“{{%p end{word} %}}”"


def explained(error: Exception, names: Sequence[str]) -> str:
    """Say what the engine found wrong; ``names`` are what a tag may name."""
    if isinstance(error, UndefinedError):
        found = _UNKNOWN.search(str(error))
        name = f"“{found[1] or found[2]}”" if found else "名称"
        return f"标签里的{name}没有对应的内容。可用的名称：{'、'.join(names)}；章节和段落的编号不能超出报告。"
    if isinstance(error, TemplateSyntaxError):
        context = list(getattr(error, "docx_context", ()))
        at = min(_BEFORE, error.lineno - 1)
        near = context[at].strip() if at < len(context) else ""
        return f"标签没有写对{f'，在{shortened(near)}处' if near else ''}。"
    return "标签没有写对，或者用了不允许的写法。"
