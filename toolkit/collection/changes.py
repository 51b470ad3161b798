"""What may change about a unit of a round between two runs; none of it goes without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from toolkit.model.standing import Unclaimed

#: Kinds of changes, as they stand in JSON and in the ledger: the same file has another verdict, another revision
#: counts, nothing is expected of the unit any more, something is again, several valid files came together.
TURNED, REPLACED, LEFT, BACK, RIVALS = "turned", "replaced", "left", "back", "rivals"


class Change(NamedTuple):
    """A change about a unit, in words: its kind, what was, what is, and why."""

    code: str
    unit: str
    kind: str
    before: str
    after: str
    cause: str
    revision: int

    @property
    def told(self) -> str:
        """``通过 → 不是本表（……）``."""
        return f"{self.before} → {self.after}" + (f"（{self.cause}）" if self.cause else "")


@dataclass(frozen=True, slots=True)
class News:
    """What is new about the round as a whole: changes of what counts, the roster's, and files that are nobody's."""

    changes: tuple[Change, ...] = ()
    told: tuple[str, ...] = ()
    unclaimed: tuple[Unclaimed, ...] = ()


class Seen(NamedTuple):
    """A unit as the last run saw it, and where it stood (nowhere before the first run); ``left`` is why it left."""

    name: str
    body: str = ""
    state: str = ""
    revision: int = 0
    file: str = ""
    left: str = ""


#: The part of what verdicts depend on that ``round.toml`` rules, line by line.
RULINGS = "规则设置"


def basis_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """What verdicts depend on and has changed, in words; rulings are told by their lines, versions as they are."""
    for part in after:
        old, new = before.get(part, after[part]).splitlines(), after[part].splitlines()
        if part == RULINGS:
            yield from (f"round.toml 的“{line}”不再有效" for line in old if line not in new)
            yield from (f"round.toml 的“{line}”现在有效" for line in new if line not in old)
        elif old != new:
            told = f"由 {before[part]} 换成了 {after[part]}" if part.endswith("版本") else "有改动"
            yield f"{part}{told}"
