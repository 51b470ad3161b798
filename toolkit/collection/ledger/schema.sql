-- The tables of a new ledger; docs/ledger.md says what they hold.
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
