"""Days as people write them."""

from __future__ import annotations

from datetime import date

_EARLIEST, _LATEST = 2000, 2100


def read_date(text: str) -> date:
    """``2026-01-26``, ``2026/1/26``, ``2026年1月26日`` or ``2026.1.26``; ValueError otherwise."""
    plain = text.strip().removesuffix("日")
    for mark in "年月/.":
        plain = plain.replace(mark, "-")
    year, month, day = (int(part) for part in plain.split("-"))
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(text)
    return date(year, month, day)
