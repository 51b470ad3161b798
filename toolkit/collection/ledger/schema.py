"""The tables of the ledger, as docs/ledger.md describes them. Migrations go forward only."""

from __future__ import annotations

import sqlite3

VERSION = 2

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE arrival (
  seq INTEGER PRIMARY KEY,
  name_key BLOB NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  received TEXT NOT NULL,
  same_as INTEGER REFERENCES arrival (seq),
  modified REAL NOT NULL DEFAULT 0,
  UNIQUE (name_key, sha256)
);
CREATE INDEX arrival_sha256 ON arrival (sha256);

CREATE TABLE judgement (
  seq INTEGER PRIMARY KEY,
  arrival INTEGER NOT NULL REFERENCES arrival (seq),
  context TEXT NOT NULL,
  status TEXT NOT NULL,
  verdict BLOB NOT NULL,
  UNIQUE (arrival, context)
);

CREATE TABLE revision (
  seq INTEGER PRIMARY KEY,
  unit TEXT NOT NULL,
  revision INTEGER NOT NULL,
  arrival INTEGER NOT NULL UNIQUE REFERENCES arrival (seq),
  sha256 TEXT NOT NULL,
  UNIQUE (unit, revision),
  UNIQUE (unit, sha256)
);

CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision INTEGER NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX event_unit ON event (unit);

CREATE TABLE prior (
  unit TEXT NOT NULL,
  variable TEXT NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (unit, variable)
) WITHOUT ROWID;

CREATE TABLE prior_text (
  unit TEXT NOT NULL,
  variable TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (unit, variable)
) WITHOUT ROWID;

CREATE TABLE output (path TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
"""

#: What has happened is never changed and never forgotten, whoever asks.
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
        script = _TABLES + "".join(
            _APPEND_ONLY.format(table=table) for table in ("arrival", "judgement", "revision", "event")
        )
        db.executescript(f"BEGIN IMMEDIATE;{script}PRAGMA user_version = {VERSION};COMMIT;")
        return VERSION
    while found in _STEPS:
        db.executescript(f"BEGIN IMMEDIATE;{_STEPS[found]}PRAGMA user_version = {found + 1};COMMIT;")
        found += 1
    return int(found)
