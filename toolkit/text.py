"""Numbers, cell values and strangers' words as text: the one place where any of them becomes something to read.

A figure keeps every digit that was typed and never has an exponent; a quotation has an end and hides nothing.
"""

from __future__ import annotations

from decimal import Context
from decimal import Decimal
from typing import Final

#: Decimal places of a computed figure: one part in a million is the trace of a division, not a figure.
DECIMALS: Final = 6
#: Characters of a quotation in a message.
QUOTED: Final = 30

#: A spreadsheet keeps 15 digits of what is typed; a binary fraction has two more that nobody typed.
_TYPED: Final = Context(prec=15)
_WHOLE: Final = 1e15
#: Wide enough for a figure as long as a text can be: rounding is no reason to fail.
_WIDE: Final = Context(prec=100_000)
_LAST: Final = Decimal(1).scaleb(-DECIMALS)


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
    safe = head if head.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in head)
    return safe if len(safe) <= longest else safe[:longest] + "…"
