"""The rows of the ledger as types: what arrived, which revision of a unit it is, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from toolkit.collection.archives import Item
from toolkit.model.returns import FiledVerdict


class Arrival(NamedTuple):
    """A file as it lay in the inbox; ``same_as`` is the arrival it is a copy of. Times are UTC, ISO 8601.

    ``modified`` is when it was saved, as the file or its archive says: seconds since 1970, 0 where that is not known.
    """

    seq: int
    name_key: bytes
    name: str
    sha256: str
    size: int
    received: str
    same_as: int | None = None
    modified: float = 0.0


class Revision(NamedTuple):
    """A return that a unit sent: its number, from 1, and the arrival it came with."""

    unit: str
    revision: int
    arrival: int
    sha256: str


class Event(NamedTuple):
    """Something that was done: ``kind`` is issued, received, returned, pin, unpin, withdraw, claim or a change's."""

    at: str
    unit: str
    kind: str
    revision: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """A file of the inbox with the verdict on it, to be recorded; ``codes`` are those the unit had during the round.

    ``size`` is that of its bytes, whose hash the verdict knows.
    """

    item: Item
    size: int
    verdict: FiledVerdict
    codes: tuple[str, ...] = ()
