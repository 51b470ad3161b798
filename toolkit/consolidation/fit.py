"""How much room a text takes in a cell."""

from __future__ import annotations

_WIDE = 0xFF
_LINE, _PADDING, _LOWEST, _HIGHEST = 15.0, 6.0, 24.0, 400.0


def breadth(text: str) -> int:
    """Count the half-width characters a text is as wide as."""
    return sum(2 if ord(c) > _WIDE else 1 for c in text)


def height(text: str, room: float) -> float:
    """Give the row height in points that shows a text in a cell ``room`` characters wide."""
    lines = sum(max(1, -(-breadth(line) // max(1, int(room - 1)))) for line in text.split("\n"))
    return min(_HIGHEST, max(_LOWEST, _LINE * lines + _PADDING))
