"""What time the figures are for: a year, or a part of one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.text import shortened

_TOLD = tomllib.loads(Path(__file__).with_name("periods.toml").read_text(encoding="utf-8"))
_PARTS: Mapping[str, int] = _TOLD["parts"]
_KINDS: Mapping[str, Any] = _TOLD["kind"]
KINDS = tuple(_KINDS)
#: Of what earlier time a rule names a figure, as it writes it: what is put behind the figure's name on file.
LAST, SO_FAR = ".last", ".before"
EARLIER = {"上年": "", "上年同期": "", "上期": LAST, "累计": SO_FAR}
#: How figures of that time are called, by that ending; with the figure of the period itself those before it make 累计.
CALLED = {"": "上年", LAST: "上期", SO_FAR: "本年前期"}
_YEAR = re.compile(r"[〇○零一二三四五六七八九]{4}(?=年)")
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DAY = r"([0-9]{1,2})[-./月]([0-9]{1,2})日?"
_SPAN = re.compile(rf"([0-9]{{4}})[-./年]{_DAY}(?:至|到|[-~—]+)(?:([0-9]{{4}})[-./年])?{_DAY}")


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period; ``part`` counts from 1 within the year, 0 for a whole year."""

    year: int
    part: int = 0
    kind: str = "year"

    @classmethod
    def parse(cls, text: str, kind: str = "year") -> Period:
        """Read ``2025``, ``2025-H1``, ``2025-Q1`` or ``2025-03``, and what people write for them.

        That is full-width or Chinese digits, ``2025年度``, ``2025年第一季度``, ``2025年1月1日至2025年12月31日``.
        ValueError with a Chinese sentence otherwise.
        """
        plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
        plain = _YEAR.sub(lambda m: m[0].translate(_DIGITS), plain, count=1)
        out = cls._spanned(plain, kind)
        if out is None and (found := re.fullmatch(_KINDS[kind]["shape"], plain)):
            out = cls(int(found[1]), int(_PARTS.get(found[2], found[2] or 0)), kind)
        if out is None or not out.year:
            raise ValueError(f"期间“{shortened(text)}”不对，应写成 {_KINDS[kind]['example']} 这样")
        return out

    @classmethod
    def known(cls, text: str, kind: str) -> Period | None:
        """The same; None where it is no such period."""
        with suppress(ValueError):
            return cls.parse(text, kind)
        return None

    @classmethod
    def _spanned(cls, plain: str, kind: str) -> Period | None:
        """The period whose first and last day are written; None for any other days."""
        found = _SPAN.fullmatch(plain)
        if found is None or not int(found[1]):
            return None
        year, month, day, other, end_month, end_day = (int(one or 0) for one in found.groups())
        days = f"{year}年{month}月{day}日", f"{other or year}年{end_month}月{end_day}日"
        last = len(_KINDS[kind]["names"])
        return next((one for part in range(last > 1, last) if (one := cls(year, part, kind)).span == days), None)

    def __str__(self) -> str:
        """The form that ``parse`` reads."""
        return str(self.year) + str(_KINDS[self.kind]["tail"].format(self.part))

    @property
    def label(self) -> str:
        """As printed: ``2025年``, ``2025年第一季度``."""
        return f"{self.year}年{_KINDS[self.kind]['names'][self.part]}"

    @property
    def prior(self) -> Period:
        """The same period a year before: what ``[上年]`` in a rule means."""
        return Period(self.year - 1, self.part, self.kind)

    @property
    def earlier(self) -> Mapping[str, tuple[Period, ...]]:
        """What an ending of `CALLED` means: the periods whose figures are added up."""
        last = replace(self, part=self.part - 1) if self.part > 1 else replace(self.prior, part=self._parts)
        before = tuple(replace(self, part=part) for part in range(1, self.part))
        return {"": (self.prior,), LAST: (last,), SO_FAR: before}

    @property
    def _parts(self) -> int:
        """How many periods of its kind a year has; 0 where it is the year itself."""
        return len(_KINDS[self.kind]["names"]) - 1

    @property
    def span(self) -> tuple[str, str]:
        """First and last day as printed: ``2025年1月1日``, ``2025年12月31日``."""
        last = self.last_day
        return (
            f"{self.year}年{last.month - _KINDS[self.kind]['months'] + 1}月1日",
            f"{self.year}年{last.month}月{last.day}日",
        )

    @property
    def last_day(self) -> date:
        """The day on which it ends."""
        month = _KINDS[self.kind]["months"] * max(self.part, 1)
        return date(self.year, month, monthrange(self.year, month)[1])


def on_file(name: str) -> tuple[str, str]:
    """The variable that a name on file is of, and the ending that says of what time."""
    variable = ".".join(name.split(".")[:3])
    return variable, name.removeprefix(variable)


_EARLIEST, _LATEST = 2000, 2100
#: How a date may be written.
DATES = "2026-01-26 或 1月26日"


def end_of(text: str) -> date | None:
    """The last day of a period of whatever kind; None where it is none."""
    return next((found.last_day for kind in KINDS if (found := Period.known(text, kind))), None)


#: Days: what is further from where it is reckoned from may be meant of another year.
_NEAR = 300


def read_date(text: str, since: date | None = None, until: date | None = None) -> date:
    """``2026-01-26``, ``2026/1/26``, ``2026年1月26日`` or ``2026.1.26``; ValueError otherwise.

    ``1月26日`` is the first one from ``since`` on, or the last one up to ``until``, if that is less than a year away.
    """
    plain = re.sub("[日号]$", "", "".join(unicodedata.normalize("NFKC", text).split()))
    *years, month, day = map(int, re.split("[-年月/.]", plain))
    if not years and (edge := since or until):
        mark = (edge.month, edge.day)
        years = [edge.year + ((month, day) < mark) if since else edge.year - ((month, day) > mark)]
        if abs(date(years[0], month, day) - edge).days > _NEAR:
            raise ValueError(text)
    (year,) = years
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(text)
    return date(year, month, day)
