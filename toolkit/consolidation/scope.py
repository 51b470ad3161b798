"""The sentence that says how many units a sum covers, which it lacks and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Named = Sequence[tuple[str, str]]
#: So many files or units are named in one line; a list elsewhere names them all.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """The scope of a sum over a roster: units summed and expected; names and reasons of what is not in it."""

    summed: int
    units: int
    absent: Named
    surplus: Named
    excluded: Named

    def full(self) -> str:
        """``汇总 66 个单位（应报送 70 个；未计入：某局（退回修改）；不纳入：某办（机构撤销））``."""
        return self._said(
            f"未计入：{named(self.absent, '个')}" if self.absent else "全部计入",
            f"另有不计的：{named(self.surplus, '份')}" if self.surplus else "",
            f"不纳入：{named(self.excluded, '个')}" if self.excluded else "",
        )

    def brief(self) -> str:
        """``汇总 66 个单位（应报送 70 个；未计入 4 个；不纳入 1 个）``."""
        return self._said(
            f"未计入 {len(self.absent)} 个" if self.absent else "全部计入",
            f"另有不计的 {len(self.surplus)} 份" if self.surplus else "",
            f"不纳入 {len(self.excluded)} 个" if self.excluded else "",
        )

    def _said(self, *parts: str) -> str:
        return f"汇总 {self.summed} 个单位（应报送 {self.units} 个；{'；'.join(part for part in parts if part)}）"


@dataclass(frozen=True, slots=True)
class Received:
    """The scope of a sum without a roster: units summed, units and files received, files left out."""

    summed: int
    units: int
    left: Named

    def full(self) -> str:
        """``汇总 11 个单位（共收到 12 个；未计入：某局（退回修改））``."""
        return self._said(f"未计入：{named(self.left, '份')}" if self.left else "全部计入")

    def brief(self) -> str:
        """``汇总 11 个单位（共收到 12 个；未计入 1 份）``."""
        return self._said(f"未计入 {len(self.left)} 份" if self.left else "全部计入")

    def _said(self, tail: str) -> str:
        files = self.summed + len(self.left)
        repeated = f" {files} 份" if files > self.units else ""
        return f"汇总 {self.summed} 个单位（共收到 {self.units} 个{'单位' if repeated else ''}{repeated}；{tail}）"


def named(pairs: Named, measure: str, most: int = _NAMED) -> str:
    """``某局（退回修改）、某办（未报送）``: the first of them, and how many there are where there are more."""
    more = f"等 {len(pairs)} {measure}" if len(pairs) > most else ""
    return "、".join(f"{name}（{reason}）" if reason else name for name, reason in pairs[:most]) + more
