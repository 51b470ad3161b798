"""What time the figures are for: a year, or a part of one."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

KINDS = ("year", "half", "quarter", "month")
_SHAPES = {
    "year": re.compile(r"(\d{4})"),
    "half": re.compile(r"(\d{4})-H([12])"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
}
_EXAMPLES = {"year": "2025", "half": "2025-H1", "quarter": "2025-Q1", "month": "2025-03"}
_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period; ``part`` counts from 1 within the year, 0 for a whole year."""

    year: int
    part: int = 0
    kind: str = "year"

    @classmethod
    def parse(cls, text: str, kind: str = "year") -> Period:
        """Read ``2025``, ``2025-H1``, ``2025-Q1`` or ``2025-03``; ValueError with a Chinese sentence otherwise."""
        plain = "".join(text.split())
        if kind == "year":
            plain = plain.removesuffix("度").removesuffix("年")
        found = _SHAPES[kind].fullmatch(plain)
        if found is None:
            msg = f"期间“{text}”不对，应写成 {_EXAMPLES[kind]} 这样"
            raise ValueError(msg)
        return cls(int(found[1]), int(found[2]) if kind != "year" else 0, kind)

    def __str__(self) -> str:
        """The form that ``parse`` reads."""
        tails = {"year": "", "half": f"-H{self.part}", "quarter": f"-Q{self.part}", "month": f"-{self.part:02}"}
        return f"{self.year}{tails[self.kind]}"

    @property
    def label(self) -> str:
        """As printed: ``2025年``, ``2025年第一季度``."""
        match self.kind:
            case "half":
                tail = f"{'上下'[self.part - 1]}半年"
            case "quarter":
                tail = f"第{'一二三四'[self.part - 1]}季度"
            case "month":
                tail = f"{self.part}月"
            case _:
                tail = ""
        return f"{self.year}年{tail}"

    @property
    def last_year(self) -> Period:
        """The same period a year before: what ``[上年]`` in a rule means."""
        return Period(self.year - 1, self.part, self.kind)

    @property
    def span(self) -> tuple[str, str]:
        """First and last day as printed: ``2025年1月1日``, ``2025年12月31日``."""
        last = self.last_day
        return f"{self.year}年{last.month - _MONTHS[self.kind] + 1}月1日", f"{self.year}年{last.month}月{last.day}日"

    @property
    def last_day(self) -> date:
        """The day on which it ends."""
        month = _MONTHS[self.kind] * max(self.part, 1)
        return date(self.year, month, monthrange(self.year, month)[1])
