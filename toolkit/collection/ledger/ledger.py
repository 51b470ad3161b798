"""The ledger of a round, opened: what arrived, what was thought of it, what was done.

An SQLite file whose tables ``docs/ledger.md`` describes. Rows are added and never changed, so a correction is a further
row. Every method that writes is one transaction: a run that is killed leaves all of it or nothing. Every method raises
LedgerError where the file cannot be read or written.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from decimal import Decimal
from pathlib import Path

from toolkit.collection.ledger.codec import decode_verdict, encode_verdict
from toolkit.collection.ledger.rows import Arrival, Event, LedgerEntry, Revision
from toolkit.errors import LedgerError
from toolkit.io.machine import database_uri
from toolkit.model.finding import Status
from toolkit.model.returns import FiledVerdict

VERSION = 2

#: What has happened is never changed and never forgotten, whoever asks.
_KEPT_FOR_EVER = ("arrival", "judgement", "revision", "event")
_APPEND_ONLY = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""


#: From each version to the next.
_STEPS = {1: "ALTER TABLE arrival ADD COLUMN modified REAL NOT NULL DEFAULT 0;"}


def prepare(db: sqlite3.Connection, *, new: bool) -> int:
    """Make the tables of a new ledger; bring those of an earlier program up to date.

    Gives the version found: 0 for none, above `VERSION` for a newer program's.
    """
    (found,) = db.execute("PRAGMA user_version").fetchone()
    if found == 0 and new:
        script = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8") + "".join(
            _APPEND_ONLY.format(table=table) for table in _KEPT_FOR_EVER
        )
        db.executescript(f"BEGIN IMMEDIATE;{script}PRAGMA user_version = {VERSION};COMMIT;")
        return VERSION
    while found in _STEPS:
        db.executescript(f"BEGIN IMMEDIATE;{_STEPS[found]}PRAGMA user_version = {found + 1};COMMIT;")
        found += 1
    return int(found)


_REVISED = frozenset({Status.ACCEPTED, Status.EXPLAINED, Status.RETURNED})


def _record(db: sqlite3.Connection, entry: LedgerEntry, context: str, received: str) -> None:
    verdict, item, sha256 = entry.verdict, entry.item, entry.verdict.sha256
    context = unsettled(context) if verdict.by_our_fault else context
    unit = verdict.code if verdict.status in _REVISED else ""
    known = db.execute("SELECT seq, same_as FROM arrival WHERE name_key=? AND sha256=?", (item.key, sha256)).fetchone()
    codes = (unit, *entry.codes)
    marks = ",".join("?" * len(codes))
    original = db.execute(
        f"SELECT arrival FROM revision WHERE unit IN ({marks}) AND sha256=?",  # noqa: S608 - only marks
        (*codes, sha256),
    ).fetchone()
    if known is None:
        same = original[0] if original else None
        row = (item.key, item.name, sha256, entry.size, received, same, item.modified)
        known = (db.execute(_ARRIVAL, row).lastrowid, same)
    seq, same = known
    if same is not None:
        return
    db.execute(_JUDGEMENT, (seq, context, verdict.status.value, encode_verdict(verdict)))
    if unit and original is None and not db.execute("SELECT 1 FROM revision WHERE arrival=?", (seq,)).fetchone():
        (number,) = db.execute(
            f"SELECT 1 + COALESCE(MAX(revision), 0) FROM revision WHERE unit IN ({marks})",  # noqa: S608
            codes,
        ).fetchone()
        db.execute(_REVISION, (unit, number, seq, sha256))
        db.execute(_EVENT, Event(received, unit, "received", number, item.name))


def unsettled(context: str) -> str:
    """Where it is kept that the program failed on a file in a context: nothing is settled, the next run tries again."""
    return f"{context} failed"


_ARRIVAL = "INSERT INTO arrival (name_key, name, sha256, size, received, same_as, modified) VALUES (?,?,?,?,?,?,?)"
_JUDGEMENT = "INSERT OR IGNORE INTO judgement (arrival, context, status, verdict) VALUES (?,?,?,?)"
_REVISION = "INSERT INTO revision (unit, revision, arrival, sha256) VALUES (?,?,?,?)"
_EVENT = "INSERT INTO event (at, unit, kind, revision, detail) VALUES (?,?,?,?,?)"
_PATIENCE = 10.0
_RESTORE = "请用“台账/副本”里最近一天的副本，或从备份恢复，不要另建。"


class Ledger(AbstractContextManager["Ledger"]):
    """An open ledger; a context manager that closes it."""

    def __init__(self, path: Path, *, writing: bool = True, new: bool = False) -> None:
        """Open the ledger, or with ``new`` make it.

        Without ``writing`` the file is only read, also in a folder where nothing can be written. Raises LedgerError
        for a file that is empty, damaged, or of a newer program.
        """
        self.path = path
        if writing:
            with self._guard():
                self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
                # Works on every drive, and between runs all of the ledger is in its one file: a copied folder is whole.
                self._db.execute("PRAGMA journal_mode=DELETE")
                self._db.execute("PRAGMA synchronous=FULL")
                self._db.execute("PRAGMA foreign_keys=ON")
                found = prepare(self._db, new=new)
        else:
            self._db = self._reading()
            found = int(str(self._rows("PRAGMA user_version")[0][0]))
        if found == 0:
            self.close()
            raise LedgerError(f"{path}：台账是空的。{_RESTORE}")
        if found > VERSION:
            self.close()
            raise LedgerError(f"{path}：台账由更新版本的程序建立。请升级程序后再打开。")

    def _reading(self) -> sqlite3.Connection:
        """SQLite may have to undo what a killed run began, even to read; where it cannot, nobody can write it."""
        for mode in ("mode=rw", "immutable=1"):
            db = sqlite3.connect(f"{database_uri(self.path.absolute().as_posix())}?{mode}", uri=True, timeout=_PATIENCE)
            with suppress(sqlite3.DatabaseError):
                db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
                db.execute("PRAGMA query_only=ON")
                return db
            db.close()
        raise LedgerError(f"{self.path}：台账打不开。请检查文件夹权限；权限没有问题的，是台账已损坏，{_RESTORE}")

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the ledger is of no use afterwards."""
        self._db.close()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if "malformed" in str(error) or "not a database" in str(error):
                raise LedgerError(f"{self.path}：台账已损坏。{_RESTORE}") from error
            # A value that it cannot take has no code of its own.
            why = "磁盘已满" if "full" in str(error) else f"数据库错误 {getattr(error, 'sqlite_errorcode', 0)}"
            told = f"{self.path}：台账读写失败（{why}）。已写入的内容不会丢失；请检查磁盘空间和文件夹权限后重新运行。"
            raise LedgerError(told) from error

    @contextmanager
    def together(self) -> Iterator[sqlite3.Connection]:
        """What is written inside, by whatever methods, is written whole or not at all: a step and its event."""
        if self._db.in_transaction:
            yield self._db
            return
        with self._guard():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def copy_to(self, path: Path) -> None:
        """Write a whole copy of the ledger, as it is now, to a place where nothing is."""
        with self._guard():
            self._db.execute("VACUUM INTO ?", (str(path),))

    def damage(self) -> dict[str, int]:
        """What no program of ours can have done, and how often: to be empty.

        ``pages`` that are damaged, ``rows`` that are missing: they are numbered from 1 on and never deleted.
        """
        pages = sum(row != ("ok",) for row in self._rows("PRAGMA integrity_check"))
        rows = len(self._rows("PRAGMA foreign_key_check"))
        for table in _KEPT_FOR_EVER:
            rows += int(str(self._rows(f"SELECT COALESCE(MAX(seq), 0) - COUNT(*) FROM {table}")[0][0]))  # noqa: S608
        return {kind: count for kind, count in (("pages", pages), ("rows", rows)) if count}

    def _rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with self._guard():
            return self._db.execute(sql, values).fetchall()

    # ------------------------------------------------------------------ what arrived

    def arrivals(self) -> list[Arrival]:
        """Every arrival in the order of receipt, copies of earlier ones among them."""
        return [Arrival(*row) for row in self._rows("SELECT * FROM arrival ORDER BY seq")]  # type: ignore[arg-type]

    def arrival(self, name_key: bytes, sha256: str) -> Arrival | None:
        """The arrival of that content (``sha256``) under that name (in bytes), or None."""
        rows = self._rows("SELECT * FROM arrival WHERE name_key=? AND sha256=?", name_key, sha256)
        return Arrival(*rows[0]) if rows else None  # type: ignore[arg-type]

    def record(self, entries: Sequence[LedgerEntry], context: str, received: str) -> None:
        """Write down arrivals, their judgements and the units' new revisions, all together or not at all.

        ``context`` is the digest of all that a verdict depends on besides the file, ``received`` the time (UTC, ISO
        8601). An entry that was recorded before gets only a judgement, if ``context`` is a new one. A copy of what its
        unit sent before, under any of its ``codes``, is an arrival without judgement.
        """
        with self.together() as db:
            for entry in entries:
                _record(db, entry, context, received)

    # ------------------------------------------------------------------ what was thought of it

    def judged(self, arrival: int, context: str = "") -> FiledVerdict | None:
        """The verdict on an arrival: in that context, or the last one.

        That the program failed on it holds only until it is judged in the same context.
        """
        if context:
            sql = "SELECT verdict FROM judgement WHERE arrival=? AND context IN (?,?) ORDER BY context=? DESC LIMIT 1"
            rows = self._rows(sql, arrival, context, unsettled(context), context)
        else:
            rows = self._rows("SELECT verdict FROM judgement WHERE arrival=? ORDER BY seq DESC LIMIT 1", arrival)
        try:
            return decode_verdict(rows[0][0]) if rows else None  # type: ignore[arg-type]
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            raise LedgerError(f"{self.path}：台账里有一条核对结果已损坏。{_RESTORE}") from error

    def is_judged(self, arrival: int, context: str) -> bool:
        """Whether there is a verdict on an arrival in that context."""
        return bool(self._rows("SELECT 1 FROM judgement WHERE arrival=? AND context=?", arrival, context))

    def name_of(self, arrival: int) -> str:
        """What an arrival was called, as a person reads it; ``arrival`` must be there."""
        return str(self._rows("SELECT name FROM arrival WHERE seq=?", arrival)[0][0])

    def revisions(self) -> dict[str, list[Revision]]:
        """What each unit sent, by its code, oldest first."""
        out: dict[str, list[Revision]] = {}
        for row in self._rows("SELECT unit, revision, arrival, sha256 FROM revision ORDER BY unit, revision"):
            one = Revision(*row)  # type: ignore[arg-type]
            out.setdefault(one.unit, []).append(one)
        return out

    def unjudged(self, context: str) -> list[Arrival]:
        """The arrivals behind revisions that were never judged in that context."""
        sql = (
            "SELECT a.* FROM arrival a JOIN revision r ON r.arrival = a.seq WHERE NOT EXISTS "
            "(SELECT 1 FROM judgement j WHERE j.arrival = a.seq AND j.context = ?) ORDER BY a.seq"
        )
        return [Arrival(*row) for row in self._rows(sql, context)]  # type: ignore[arg-type]

    # ------------------------------------------------------------------ what was done

    def note(self, *events: Event) -> None:
        """Write down events, all together or not at all."""
        with self.together() as db:
            db.executemany(_EVENT, events)

    def events(self, unit: str | None = None) -> list[Event]:
        """The events, oldest first: of the unit with that code, or all."""
        sql = "SELECT at, unit, kind, revision, detail FROM event WHERE ? IS NULL OR unit=? ORDER BY seq"
        return [Event(*row) for row in self._rows(sql, unit, unit)]  # type: ignore[arg-type]

    # ------------------------------------------------------------------ last year, outputs, settings

    def meta(self) -> dict[str, str]:
        """What was settled when the round began: its ``form`` and ``period``."""
        return {str(key): str(value) for key, value in self._rows("SELECT key, value FROM meta")}

    def settle(self, told: Mapping[str, str]) -> None:
        """Settle something for the whole round, in place of what stood under the same key; the same is not written."""
        with self.together() as db:
            fresh = told.items() - self.meta().items()
            db.executemany("INSERT OR REPLACE INTO meta (key, value) VALUES (?,?)", list(fresh))

    def keep_prior(
        self,
        figures: Mapping[str, Mapping[str, Decimal]],
        sources: Mapping[str, str],
        texts: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Keep last year's figures and texts in place of what was kept.

        ``figures`` and ``texts`` hold values by variable for each unit's code; ``sources`` says for each unit with
        figures where they come from. Figures are kept digit by digit.
        """
        rows = [(u, v, str(value), sources[u]) for u, values in figures.items() for v, value in values.items()]
        words = [(u, v, text) for u, values in texts.items() for v, text in values.items()]
        with self.together() as db:
            db.execute("DELETE FROM prior")
            db.execute("DELETE FROM prior_text")
            db.executemany("INSERT INTO prior (unit, variable, value, source) VALUES (?,?,?,?)", rows)
            db.executemany("INSERT INTO prior_text (unit, variable, text) VALUES (?,?,?)", words)

    def prior_texts(self) -> dict[str, dict[str, str]]:
        """Last year's texts on file: for each unit's code, by the name of the text."""
        return self._filed("SELECT unit, variable, text FROM prior_text ORDER BY unit, variable")

    def prior(self) -> dict[str, dict[str, Decimal]]:
        """Last year's figures on file, exact: for each unit's code, by variable."""
        told = self._filed("SELECT unit, variable, value FROM prior ORDER BY unit, variable")
        return {unit: {name: Decimal(value) for name, value in values.items()} for unit, values in told.items()}

    def _filed(self, sql: str) -> dict[str, dict[str, str]]:
        out: dict[str, dict[str, str]] = {}
        for unit, variable, value in self._rows(sql):
            out.setdefault(str(unit), {})[str(variable)] = str(value)
        return out

    def outputs(self) -> dict[str, str]:
        """What was written where: by path inside the round, a digest of what it was made from."""
        return {str(path): str(digest) for path, digest in self._rows("SELECT path, digest FROM output")}

    def wrote(self, written: Mapping[str, str]) -> None:
        """Remember what was written where, as `outputs` gives it."""
        with self.together() as db:
            db.executemany("INSERT OR REPLACE INTO output (path, digest) VALUES (?,?)", list(written.items()))
