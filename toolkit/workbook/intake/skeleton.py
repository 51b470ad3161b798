"""Parts of XML parsed once for many files: what they have in common, and the plain values that were cut out of it.

Offices fill the same form: theme, styles and relationships come byte for byte a thousand times, and sheets are the same
but for the values of their cells. Such a value is cut out where it is plain, characters that mean themselves in any
XML; what is left is checked and parsed like every part, so that nothing holds for one file that does not for another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element

from toolkit.workbook.intake.xml import has_asides, tree

#: Bytes of parts whose trees are kept.
MOST = 4 << 20
#: Short, without markup, entities, ends of lines; in UTF-8 what is Latin, punctuation, Chinese or of full width.
_PLAIN = re.compile(
    rb"<v>((?:[ -%'-;=?-~]|\xc2[\xa0-\xbf]|[\xc3-\xdf][\x80-\xbf]|[\xe2-\xe9][\x80-\xbf]{2}|\xef[\xbc\xbd][\x80-\xbf])"
    rb"{0,200})</v>"
)
_CUT = "?"

R = TypeVar("R")


class Part(NamedTuple):
    """A tree, not to be altered, and the values cut out of it, in the order of `slots`."""

    root: Element
    values: tuple[str, ...] = ()


def part(body: bytes) -> Part:
    """Check and parse a part of a file. Raises Refused as `tree` does."""
    pieces = _PLAIN.split(body)
    root, count = _remembered(f"<v>{_CUT}</v>".encode().join(pieces[::2]))
    if len(pieces) == 1:
        return Part(root)
    if count != len(pieces) // 2:
        return Part(tree(body))
    return Part(root, tuple(b"\n".join(pieces[1::2]).decode().split("\n")))


def slots(root: Element) -> Iterator[Element]:
    """The elements out of which values were cut, if any were."""
    return (one for one in root.iter() if one.text == _CUT and one.tag.rpartition("}")[2] == "v")


class _Memory:
    """Skeletons, each with the number of its slots; those that were not met for longest are dropped.

    Outside of comments, instructions and CDATA ``<v>`` is an element wherever it stands: where there is none of these,
    and no more slots than values that were cut out, each slot is where its value stood.
    """

    def __init__(self) -> None:
        self.known: dict[bytes, tuple[Element, int]] = {}
        self.room = MOST

    def __call__(self, body: bytes) -> tuple[Element, int]:
        found = self.known.pop(body, None)
        if found is None:
            root = tree(body)
            found = root, -1 if b"<!" in body or has_asides(body) else sum(1 for _ in slots(root))
            self.room -= len(body)
        self.known[body] = found
        while self.room < 0:
            oldest = next(iter(self.known))
            self.room += len(oldest)
            del self.known[oldest]
        return found


_remembered = _Memory()


def once_a_tree(make: Callable[..., R]) -> Callable[..., R]:
    """Keep what is made of a tree, for as long as the tree is kept; with other arguments it is made anew."""
    known: WeakKeyDictionary[Element, tuple[tuple[Any, ...], R]] = WeakKeyDictionary()

    def made(root: Element, *more: Any) -> R:  # noqa: ANN401 - those of `make`
        found = known.get(root)
        if found is None or found[0] != more:
            found = known[root] = more, make(root, *more)
        return found[1]

    return made
