"""The ledger: append-only, all or nothing, and the same however often a run is repeated."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from toolkit.collection.archives import Item
from toolkit.collection.ledger.ledger import VERSION, Ledger
from toolkit.collection.ledger.rows import Event, LedgerEntry
from toolkit.errors import LedgerError
from toolkit.model.finding import Status
from toolkit.model.returns import FiledVerdict

AT = "2026-01-20T01:15:00Z"


def entry(name: str, sha256: str, status: Status = Status.ACCEPTED, code: str = "001") -> LedgerEntry:
    verdict = FiledVerdict(file=name, status=status, findings=(), sha256=sha256, code=code)
    item = Item(key=name.encode(), name=name, modified=0.0, load=bytes)
    return LedgerEntry(item=item, size=1, verdict=verdict)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite", new=True)


def numbers(ledger: Ledger, unit: str = "001") -> list[tuple[int, str]]:
    return [(one.revision, one.sha256) for one in ledger.revisions().get(unit, [])]


def test_what_a_unit_sends_is_numbered_from_1(ledger: Ledger) -> None:
    ledger.record([entry("a", "1"), entry("b", "2", Status.RETURNED), entry("c", "3", code="002")], "x", AT)
    assert numbers(ledger) == [(1, "1"), (2, "2")]
    assert numbers(ledger, "002") == [(1, "3")]
    assert [(e.unit, e.kind, e.revision, e.detail) for e in ledger.events("001")] == [
        ("001", "received", 1, "a"),
        ("001", "received", 2, "b"),
    ]


def test_recording_the_same_again_changes_nothing(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.record([entry("a", "1"), entry("b", "1"), entry("c", "3", Status.FOREIGN)], "x", AT)
    assert numbers(ledger) == [(1, "1")]
    assert [(a.name, a.same_as) for a in ledger.arrivals()] == [("a", None), ("b", 1), ("c", None)]
    assert len(ledger.events()) == 1


def test_the_same_content_from_two_units_is_two_revisions(ledger: Ledger) -> None:
    ledger.record([entry("a", "1"), entry("b", "1", code="002")], "x", AT)
    assert (numbers(ledger), numbers(ledger, "002")) == ([(1, "1")], [(1, "1")])


def test_what_cannot_be_used_has_no_revision_but_is_kept_with_its_verdict(ledger: Ledger) -> None:
    ledger.record([entry("a", "1", Status.FOREIGN), entry("b", "", Status.UNREADABLE, "")], "x", AT)
    assert ledger.revisions() == {}
    kept = [ledger.judged(one.seq) for one in ledger.arrivals()]
    assert [one.status for one in kept if one is not None] == [Status.FOREIGN, Status.UNREADABLE]


def test_a_judgement_belongs_to_its_context_and_the_last_one_is_the_newest(ledger: Ledger) -> None:
    ledger.record([entry("a", "1", Status.RETURNED)], "old", AT)
    assert [one.name for one in ledger.unjudged("new")] == ["a"]
    ledger.record([entry("a", "1", Status.ACCEPTED)], "new", AT)
    assert ledger.unjudged("new") == []
    verdicts = [ledger.judged(1, "old"), ledger.judged(1, "new"), ledger.judged(1)]
    assert [one.status for one in verdicts if one] == [Status.RETURNED, Status.ACCEPTED, Status.ACCEPTED]
    assert numbers(ledger) == [(1, "1")]


@pytest.mark.parametrize("table", ["arrival", "judgement", "revision", "event"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET seq = seq + 1"])
def test_nothing_in_it_can_be_changed_or_deleted_by_any_program(ledger: Ledger, table: str, change: str) -> None:
    ledger.record([entry("a", "1")], "x", AT)
    with sqlite3.connect(ledger.path) as db, pytest.raises(sqlite3.IntegrityError, match="append only"):
        db.execute(change.format(table))


def test_a_fault_in_the_middle_leaves_nothing_half_recorded(ledger: Ledger) -> None:
    bad = entry("b", "2")
    object.__setattr__(bad, "size", object())
    with pytest.raises(LedgerError):
        ledger.record([entry("a", "1"), bad], "x", AT)
    assert ledger.arrivals() == []
    assert ledger.revisions() == {}
    ledger.record([entry("a", "1")], "x", AT)
    assert numbers(ledger) == [(1, "1")]


def test_last_years_figures_keep_every_digit(ledger: Ledger) -> None:
    ledger.keep_prior(
        {"001": {"a.b.c": Decimal("59237.24490"), "a.b.d": Decimal(0)}}, {"001": "2024"}, {"001": {"t.a": "文字"}}
    )
    assert ledger.prior() == {"001": {"a.b.c": Decimal("59237.24490"), "a.b.d": Decimal(0)}}
    assert str(ledger.prior()["001"]["a.b.c"]) == "59237.24490"


def test_between_runs_all_of_it_is_in_one_file_also_where_an_earlier_program_kept_it_in_several(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, new=True) as ledger:
        ledger.settle({"form": "a"})
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.sqlite"]
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
    with Ledger(path) as ledger:
        assert ledger.meta() == {"form": "a"}
    db.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    db.close()


def test_it_is_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, new=True) as ledger:
        ledger.note(Event(AT, "001", "pin", 1, "原因"))
    before = path.read_bytes()
    with Ledger(path, writing=False) as reading:
        assert [event.kind for event in reading.events()] == ["pin"]
        with pytest.raises(LedgerError):
            reading.note(Event(AT, "001", "pin", 1, "原因"))
    assert path.read_bytes() == before


def test_a_file_that_is_no_ledger_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(LedgerError, match="台账已损坏"):
        Ledger(path)
    with pytest.raises(LedgerError, match="台账打不开"):
        Ledger(path, writing=False)


def test_a_ledger_of_a_newer_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path, new=True).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(LedgerError, match="升级程序"):
        Ledger(path)


def test_a_ledger_of_an_earlier_program_gets_what_it_lacks_and_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, new=True) as ledger:
        ledger.record([entry("a", "1")], "x", AT)
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE arrival DROP COLUMN modified")
        db.execute("PRAGMA user_version = 1")
    with Ledger(path, writing=False) as ledger:
        assert [(one.name, one.modified) for one in ledger.arrivals()] == [("a", 0.0)]
    with Ledger(path) as ledger:
        ledger.record([entry("b", "2")], "x", AT)
        assert [(one.name, one.modified) for one in ledger.arrivals()] == [("a", 0.0), ("b", 0.0)]
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
