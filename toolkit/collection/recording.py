"""How an arrival becomes rows of the ledger; called inside a transaction."""

from __future__ import annotations

import sqlite3

from toolkit.collection.entries import Entry
from toolkit.collection.entries import Event
from toolkit.collection.records import pack
from toolkit.model.finding import Status

_REVISED = frozenset({Status.ACCEPTED, Status.EXPLAINED, Status.RETURNED})


def record(db: sqlite3.Connection, entry: Entry, context: str, received: str) -> None:
    """Write down an arrival, its judgement, and its unit's next revision if it is one; again, nothing changes."""
    verdict = entry.verdict
    context = unsettled(context) if verdict.by_our_fault else context
    unit = verdict.code if verdict.status in _REVISED else ""
    known = db.execute(
        "SELECT seq, same_as FROM arrival WHERE name_key=? AND sha256=?", (entry.name_key, entry.sha256)
    ).fetchone()
    codes = (unit, *entry.codes)
    marks = ",".join("?" * len(codes))
    original = db.execute(
        f"SELECT arrival FROM revision WHERE unit IN ({marks}) AND sha256=?",  # noqa: S608 - only marks
        (*codes, entry.sha256),
    ).fetchone()
    if known is None:
        same = original[0] if original else None
        row = (entry.name_key, entry.name, entry.sha256, entry.size, received, same)
        cursor = db.execute(
            "INSERT INTO arrival (name_key, name, sha256, size, received, same_as) VALUES (?,?,?,?,?,?)", row
        )
        known = (cursor.lastrowid, same)
    seq, same = known
    if same is not None:
        return
    db.execute(
        "INSERT OR IGNORE INTO judgement (arrival, context, status, verdict) VALUES (?,?,?,?)",
        (seq, context, verdict.status.value, pack(verdict)),
    )
    if unit and original is None and not _revised(db, seq):
        (number,) = db.execute(
            f"SELECT 1 + COALESCE(MAX(revision), 0) FROM revision WHERE unit IN ({marks})",  # noqa: S608
            codes,
        ).fetchone()
        db.execute(
            "INSERT INTO revision (unit, revision, arrival, sha256) VALUES (?,?,?,?)",
            (unit, number, seq, entry.sha256),
        )
        write_event(db, Event(received, unit, "received", number, entry.name))


def unsettled(context: str) -> str:
    """Where it is kept that the program failed on a file in a context: nothing is settled, the next run tries again."""
    return f"{context} failed"


def _revised(db: sqlite3.Connection, arrival: int) -> bool:
    return db.execute("SELECT 1 FROM revision WHERE arrival=?", (arrival,)).fetchone() is not None


def write_event(db: sqlite3.Connection, event: Event) -> None:
    """Add to what has been done."""
    db.execute("INSERT INTO event (at, unit, kind, revision, detail) VALUES (?,?,?,?,?)", tuple(event))
