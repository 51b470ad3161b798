"""Numbers, cell values and strangers' words as text: the one place where any of them becomes something to read.

A figure keeps every digit that was typed and never has an exponent; a quotation has an end and hides nothing.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from decimal import Context, Decimal
from pathlib import Path
from typing import Final

#: Decimal places of a computed figure: one part in a million is the trace of a division, not a figure.
DECIMALS: Final = 6
#: Characters of a quotation in a message.
QUOTED: Final = 30
#: Behind this code a character takes the room of two.
_NARROW: Final = 0xFF

#: A spreadsheet keeps 15 digits of what is typed; a binary fraction has two more that nobody typed.
_TYPED: Final = Context(prec=15)
_WHOLE: Final = 1e15
#: Wide enough for a figure as long as a text can be: rounding is no reason to fail.
_WIDE: Final = Context(prec=100_000)
_LAST: Final = Decimal(1).scaleb(-DECIMALS)

#: Controls, marks of direction and other invisible ones, halves of surrogate pairs, line and paragraph separators.
_WRITTEN_OUT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NON_CHARACTERS = 0xFFFE
_TOLD = tomllib.loads(Path(__file__).with_name("text.toml").read_text(encoding="utf-8"))
#: What signs are called that nobody sees, by the sign.
_UNSEEN: Final[Mapping[str, str]] = {sign: name for name, signs in _TOLD["unseen"].items() for sign in signs}
_KINDS: Final[Mapping[str, str]] = _TOLD["kinds"]
#: What is no word in a text. A template's formulas know no more of characters than such a list.
MARKS: Final = (
    " \u00a0\u3000\u200b\u2060\ufeff!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    "，。、；：？！…—－～·“”‘’（）【】《》〈〉「」『』〔〕／＼＋＝＊＆％＃＠＄＾＿｜｛｝＂＇｀．＜＞［］"
    "□■○●△▲◇◆☆★※→×√"
)
DIGITS: Final = "0123456789０１２３４５６７８９"
_STARTS_A_FORMULA = frozenset("=+-@\t\r\n")
_INVISIBLE = " \u3000\u200b\ufeff"


def exact(value: float) -> Decimal:
    """The number in a cell, digit by digit; `typed` is without the trace of its binary form."""
    return Decimal(int(value)) if value == int(value) and abs(value) < _WHOLE else Decimal(repr(value))


def typed(value: float) -> Decimal:
    """The number as it was typed, and as a spreadsheet shows it: ``0.30000000000000004`` is 0.3."""
    return exact(value) if value == int(value) else _TYPED.create_decimal(exact(value))


def written(number: Decimal) -> str:
    """Every digit: no exponent, no trailing zeros of a decimal, no minus before 0."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def shown(number: Decimal) -> str:
    """A computed figure as a person writes it: what lies behind `DECIMALS` places is rounded away."""
    exponent = number.as_tuple().exponent
    finer = isinstance(exponent, int) and exponent < -DECIMALS
    return written(number.quantize(_LAST, context=_WIDE) if finer else number)


def cell_text(value: object, blank: str = "") -> str:
    """What a cell holds as its sheet shows it: ``1234567.89``, ``TRUE``, ``#N/A``; ``blank`` where it holds nothing."""
    if value is None or value == "":
        return blank
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return written(typed(value))
    return str(value)


def labelled(label: str, figure: str) -> str:
    """A label and its figure in running text; one that ends in a digit is set apart, or two figures were one."""
    return f"{label}{'：' if label[-1:].isdigit() else ''}{figure}"


def shortened(text: str, longest: int = QUOTED) -> str:
    """A stranger's text fit for a line of output: no control or direction marks, not too long."""
    head = text[: longest + 1]
    safe = head if head.isprintable() else "".join(c if c.isprintable() else _named(c) for c in head)
    return safe if len(safe) <= longest else safe[:longest] + "…"


def visible(text: str) -> str:
    """The text with every hidden mark by name, ``3〔零宽空格〕``; rare characters, also of a private font, stay."""
    if text.isprintable():
        return text
    return "".join(_named(c) if _hidden(c) else c for c in text.replace("\r\n", "\n"))


def unseen(text: str) -> str:
    """The signs in a text that nobody sees, each once, by name: ``零宽空格``; nothing where all are seen."""
    found = () if text.isprintable() else sorted(c for c in set(text) if _hidden(c) and c != "\r")
    return "、".join(dict.fromkeys(_UNSEEN.get(c, "字符") for c in found))


def printable(text: str) -> str:
    """A stranger's text without marks that no reader sees or no file can hold; breaks of lines stay."""
    kept = (c if c == "\n" or c.isprintable() or unicodedata.category(c) == "Zs" else " " for c in text)
    return "".join(kept)


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula, in whatever width its first mark is typed."""
    first = unicodedata.normalize("NFKC", text.lstrip(_INVISIBLE)[:1])
    return "'" + text if first in _STARTS_A_FORMULA else text


def width_of(text: str) -> int:
    """How many half-width characters a text is as wide as."""
    return sum(2 if ord(c) > _NARROW else 1 for c in text)


def lines_taken(text: str, room: float) -> int:
    """How many lines a text takes in a cell ``room`` half-width characters wide."""
    return sum(max(1, -(-width_of(line) // max(1, int(room - 1)))) for line in text.split("\n"))


def words_in(text: str, marks: str = MARKS) -> int:
    """How many characters of a text are not among the marks; line breaks and other controls are none."""
    return sum(c not in marks and c >= " " for c in text)


def name_key(text: str) -> str:
    """The same for two names that differ only in width, blanks or case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _named(c: str) -> str:
    """What stands for a sign that cannot be shown: its name, or that of its kind; a blank for one of odd width."""
    kind = unicodedata.category(c)
    return " " if kind == "Zs" else f"〔{_UNSEEN.get(c) or _KINDS.get(kind, '生僻字')}〕"


def _hidden(c: str) -> bool:
    if c in "\n\t":
        return False
    return unicodedata.category(c) in _WRITTEN_OUT or ord(c) & _NON_CHARACTERS == _NON_CHARACTERS
