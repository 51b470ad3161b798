"""Where a unit stands in a collection round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from toolkit.model.finding import Labelled, Severity
from toolkit.model.returns import FiledVerdict


class State(Labelled):
    """How far a unit has come; every unit of the roster is in exactly one."""

    MISSING = "missing", "未报送"
    UNUSABLE = "unusable", "收到的文件不能用"
    RETURNED = "returned", "退回修改"
    EXPLAINED = "explained", "说明后通过"
    ACCEPTED = "accepted", "通过"
    #: Of several valid files nothing tells which is the later one, or a file came that waits for the clerk's word.
    UNDECIDED = "undecided", "待定"
    EXCLUDED = "excluded", "不纳入"

    @property
    def counts(self) -> bool:
        """Whether the unit's figures enter the sums."""
        return self in {State.ACCEPTED, State.EXPLAINED}

    @property
    def open(self) -> bool:
        """Whether something is still expected of the unit."""
        return self in {State.MISSING, State.UNUSABLE, State.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A unit of the roster and what has come of it so far.

    ``path`` names the areas above it, outermost first. ``verdict`` is that of the revision that counts, else of the
    newest one; ``newest`` is that of the newest (they differ when a faulty correction follows an accepted return).
    ``received`` is when the revision was taken in (``2026-01-20 09:15``), ``late`` whether the deadline passed before
    the unit sent anything, or is past while something is still expected of it. ``reason`` says why a unit is
    excluded, or why its file cannot be used. ``rivals`` are revisions that came together with the one that counts, or
    is to be chosen, and say otherwise; ``pins`` are the commands to take each of them. ``held`` tells that the clerk
    has to settle something about the unit first.
    """

    code: str
    name: str
    short: str
    state: State
    path: tuple[str, ...] = ()
    contact: str = ""
    late: bool = False
    received: str = ""
    revision: int = 0
    revisions: int = 0
    pinned: bool = False
    file: str = ""
    reason: str = ""
    verdict: FiledVerdict | None = None
    newest: FiledVerdict | None = None
    rivals: tuple[int, ...] = ()
    pins: tuple[str, ...] = ()
    held: bool = False

    @property
    def label(self) -> str:
        """Where it stands, in words; of several files, that one is to be chosen."""
        return "收到几份不同的表，待选定" if self.state is State.UNDECIDED and self.rivals else self.state.label

    @property
    def lateness(self) -> str:
        """``逾期`` while something is still to come, ``晚交`` of what is here; empty in time."""
        return "" if not self.late else "逾期" if self.state.open else "晚交"

    @property
    def last(self) -> int:
        """The number of the newest revision; 0 where nothing was sent."""
        return self.newest.revision if self.newest is not None else 0

    @property
    def counted(self) -> dict[Severity, int]:
        """How many findings of each severity the verdict has."""
        return {level: self.verdict.count(level) if self.verdict is not None else 0 for level in Severity}

    @property
    def blameless(self) -> bool:
        """Whether nothing is asked of the unit: the program failed on its newest file, or the clerk is to decide."""
        return self.held or (self.newest is not None and self.newest.by_our_fault)


class Unclaimed(NamedTuple):
    """A file that somebody has to look at: as it lies in the inbox, why it is no return, and whose it may be.

    ``likely`` are the names of units, best first, and ``codes`` theirs; ``since`` is the day it was first seen,
    ``command`` what is to be typed to say whose it is.
    """

    file: str
    reason: str
    likely: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    since: str = ""
    command: str = ""

    @property
    def told(self) -> str:
        """Why it is no return, and whose it may be."""
        return self.reason + (f"，可能是{'、'.join(self.likely)}的" if self.likely else "")


def newest(standings: Iterable[Standing]) -> list[FiledVerdict]:
    """The verdicts on what the units sent last."""
    return [one.newest for one in standings if one.newest is not None]
