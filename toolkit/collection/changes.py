"""What may change about a unit of a round between two runs; none of it goes without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple


class ChangeKind(StrEnum):
    """Kinds of changes; the values stand in JSON and in the ledger."""

    #: The same file, another verdict.
    TURNED = "turned"
    #: Another revision counts.
    REPLACED = "replaced"
    #: The unit is not in the roster any more.
    LEFT = "left"
    #: Several valid files came together: one was taken, or the clerk has to.
    RIVALS = "rivals"


class Change(NamedTuple):
    """A change about a unit, in words: what was, what is, and why."""

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


class Seen(NamedTuple):
    """A unit as the last run saw it: its name and kind of body, and where it stood (nowhere before the first run)."""

    name: str
    body: str = ""
    state: str = ""
    revision: int = 0
    file: str = ""


#: The part of what verdicts depend on that ``round.toml`` rules, line by line.
RULINGS = "规则设置"


def basis_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """What verdicts depend on and has changed, in words; the rulings are told by their lines."""
    for part in after:
        old, new = before.get(part, after[part]).splitlines(), after[part].splitlines()
        if part == RULINGS:
            yield from (f"round.toml 里不再有“{line}”" for line in old if line not in new)
            yield from (f"round.toml 里现在有“{line}”" for line in new if line not in old)
        elif old != new:
            yield f"{part}有改动"
