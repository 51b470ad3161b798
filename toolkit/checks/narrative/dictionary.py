"""Words of running text, enough of them to tell a doubled character from the seam of two words (会议|议题).

The file beside this module is made by ``docs/make_dictionary.py`` from jieba's dictionary. It is read when the first
doubled character turns up: most texts have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

_SHORTEST, _LONGEST = 2, 4


@cache
def beginnings() -> Mapping[str, str]:
    """What words begin with, and every character that such a beginning ends with: ``会`` to ``议计谈``."""
    text = resources.files("toolkit.checks.narrative").joinpath("dictionary.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    parts = (entry.partition(" ") for line in lines for entry in line.split("|"))
    return {beginning: last for beginning, _, last in parts}


def is_word(word: str) -> bool:
    """Whether these characters, two to four, are a word."""
    return word[-1:] in beginnings().get(word[:-1], ()) if word else False


def words_until(text: str, end: int) -> Iterator[str]:
    """The words that end before a place of a text."""
    yield from filter(is_word, (text[end - n : end] for n in range(_SHORTEST, _LONGEST + 1) if n <= end))


def words_from(text: str, start: int) -> Iterator[str]:
    """The words that begin at a place of a text."""
    parts = dict.fromkeys(text[start : start + n] for n in range(_SHORTEST, _LONGEST + 1))
    yield from filter(is_word, parts)


def words_across(text: str, start: int, end: int) -> Iterator[str]:
    """The words, longer than that, which hold all from a place of a text to another."""
    for first in range(max(0, end - _LONGEST), start + 1):
        parts = (text[first : first + n] for n in range(end - start + 1, _LONGEST + 1) if first + n >= end)
        yield from filter(is_word, dict.fromkeys(parts))
