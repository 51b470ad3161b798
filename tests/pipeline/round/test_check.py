"""The books of a round held to themselves: clean where nobody was at them, and each kind of harm told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from factories.rounds import FAULTY, GOOD, UNITS, begin, clock, put, reply, roster

from toolkit.cli.run import run
from toolkit.collection.ledger.ledger import VERSION, Ledger
from toolkit.collection.ledger.rows import Event
from toolkit.errors import LedgerError
from toolkit.io.files import digest_of
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.check import check_books
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.results import kept_as
from toolkit.pipeline.round.sending.distribute import distribute
from toolkit.pipeline.round.status import take_stock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "round"
    begin(place)
    put(place, "1.xlsx", reply(place, "001", GOOD))
    put(place, "2.xlsx", reply(place, "002", FAULTY))
    with open_round(place, clock=clock()) as round_:
        consolidate_round(round_)
    return place


def told(folder: Path) -> list[tuple[str, str]]:
    with open_round(folder, clock=clock(), alone=False) as round_:
        return [(one.rule, one.fault) for one in check_books(round_)]


def originals(folder: Path) -> list[Path]:
    return sorted((folder / "台账" / "originals").rglob("*.xlsx"))


def sql(line: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "台账" / "ledger.sqlite")) as db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {name}")
            db.execute(line)
            db.commit()

    return change


def spoil_sum(folder: Path) -> None:
    path = folder / "成果" / "汇总数.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"value": 5', '"value": 6', 1), encoding="utf-8")


def spoil_area(folder: Path) -> None:
    (path,) = (folder / "成果" / "分级汇总").glob("Q1-*/汇总数.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"value": 5', '"value": 6', 1), encoding="utf-8")


def spoil_table(folder: Path) -> None:
    path = folder / "成果" / "汇总明细.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert ",5," in text
    path.write_bytes(("\ufeff" + text.replace(",5,", ",6,", 1)).encode())


def distributed(folder: Path) -> Path:
    """The round with its workbooks in 发放; the first of them."""
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
    return min((folder / "发放").glob("*.xlsx"))


def issued_unnoted(folder: Path) -> None:
    distributed(folder)
    sql("UPDATE event SET kind = 'unpin' WHERE kind = 'issued' AND unit = '003'")(folder)


def issued_unwritten(folder: Path) -> None:
    distributed(folder)
    sql("DELETE FROM output WHERE path LIKE '发放/003%'")(folder)


HARM: dict[str, tuple[Callable[[Path], object], tuple[str, str]]] = {
    "an original altered": (lambda f: originals(f)[0].write_bytes(b"x"), ("LEDG-01", "altered")),
    "an original lost": (lambda f: originals(f)[0].unlink(), ("LEDG-01", "missing")),
    "an original too many": (lambda f: originals(f)[0].with_name("x.xlsx").write_bytes(b"x"), ("LEDG-06", "")),
    "a row lost": (sql("DELETE FROM event WHERE seq = 1"), ("LEDG-02", "rows")),
    "a verdict spoilt": (sql("UPDATE judgement SET verdict = x'00' WHERE seq = 1"), ("LEDG-02", "verdict")),
    "an event lost": (sql("UPDATE event SET kind = 'unpin' WHERE kind = 'returned'"), ("LEDG-03", "no_event")),
    "an event of nothing": (
        sql("INSERT INTO event VALUES (9, '2026-01-20T10:00:00Z', '001', 'pin', 7, '')"),
        ("LEDG-03", "no_step"),
    ),
    "a revision renumbered": (sql("UPDATE revision SET revision = 3 WHERE unit = '001'"), ("LEDG-03", "number")),
    "an unjudged arrival": (sql("DELETE FROM judgement WHERE arrival = 2"), ("LEDG-03", "unjudged")),
    "a sum changed": (spoil_sum, ("LEDG-04", "sums")),
    "sums that are no JSON": (lambda f: (f / "成果" / "汇总数.json").write_bytes(b"{"), ("LEDG-04", "damaged")),
    "a sum of an area changed": (spoil_area, ("LEDG-04", "sums")),
    "a line of the long table changed": (spoil_table, ("LEDG-04", "sums")),
    "a long table that is none": (lambda f: (f / "成果" / "汇总明细.csv").write_bytes(b"\xff"), ("LEDG-04", "damaged")),
    "a workbook issued and not noted": (issued_unnoted, ("LEDG-03", "no_event")),
    "a workbook noted and not issued": (issued_unwritten, ("LEDG-03", "no_step")),
    "a workbook gone from where it was put": (lambda f: distributed(f).unlink(), ("LEDG-03", "gone")),
    "a clock that ran back": (
        sql("INSERT INTO event VALUES (9, '2025-01-20T10:00:00Z', '001', 'unpin', 0, '')"),
        ("LEDG-05", "back"),
    ),
}


def test_a_round_that_nobody_was_at_is_clean_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(folder) == []
    assert run(["check", str(folder)]) == 0
    assert capsys.readouterr().out == "台账没有问题：原件、签名、记录和汇总数都对得上。\n"


def test_a_round_that_was_distributed_is_clean(folder: Path) -> None:
    distributed(folder)
    assert told(folder) == []


def test_results_of_before_another_return_are_only_noted(folder: Path) -> None:
    kept = {name: (folder / "成果" / name).read_bytes() for name in ("汇总数.json", "汇总明细.csv")}
    put(folder, "3.xlsx", reply(folder, "003", GOOD))
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_)
    assert told(folder) == []
    for name, data in kept.items():
        (folder / "成果" / name).write_bytes(data)
    assert told(folder) == [("LEDG-04", "stale")] * 2


@pytest.mark.parametrize("harm", HARM)
def test_each_harm_is_told(folder: Path, harm: str, capsys: pytest.CaptureFixture[str]) -> None:
    change, finding = HARM[harm]
    change(folder)
    assert finding in told(folder)
    code = run(["check", str(folder)])
    assert code == int("错误" in capsys.readouterr().out)


def with_facts(folder: Path) -> Path:
    """The round with its figures as Parquet, and nothing wrong."""
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_, SumRequest(parquet=True))
    assert told(folder) == []
    return folder / "成果" / "汇总明细.parquet"


def test_the_facts_of_a_round_are_named_in_the_ledger(folder: Path) -> None:
    facts = with_facts(folder)
    facts.write_bytes(facts.read_bytes() + b"\0")
    assert told(folder) == [("LEDG-04", "damaged")]


def test_a_database_adds_the_facts_up(folder: Path) -> None:
    facts = with_facts(folder)
    duckdb.read_parquet(str(facts)).project("* REPLACE (value + 1 AS value)").write_parquet(str(facts.with_name("x")))
    facts.write_bytes(facts.with_name("x").read_bytes())
    with open_round(folder, clock=clock()) as round_:
        round_.ledger.wrote({kept_as(round_, facts): digest_of(facts)})
    assert told(folder) == [("LEDG-04", "sums")]


def test_facts_of_before_another_return_are_only_noted(folder: Path) -> None:
    facts = with_facts(folder).read_bytes()
    put(folder, "3.xlsx", reply(folder, "003", GOOD))
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_)
    assert told(folder) == []
    (folder / "成果" / "汇总明细.parquet").write_bytes(facts)
    assert told(folder) == [("LEDG-04", "stale")]


def test_a_step_whose_event_could_not_be_written_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "round"
    begin(place)
    put(place, "2.xlsx", reply(place, "002", FAULTY))
    real = Ledger.note

    def full(self: Ledger, *events: Event) -> None:
        if any(one.kind == "returned" for one in events):
            raise LedgerError("磁盘已满")
        real(self, *events)

    with monkeypatch.context() as patched, open_round(place, clock=clock()) as round_:
        patched.setattr(Ledger, "note", full)
        with pytest.raises(LedgerError):
            consolidate_round(round_)
    with open_round(place, clock=clock()) as round_:
        consolidate_round(round_)
        assert [one.kind for one in round_.ledger.events("002")] == ["received", "returned"]
    assert told(place) == []


@pytest.mark.parametrize(("year", "words"), [(1970, "还早"), (2099, "10 年以上"), (2026, "")])
def test_a_clock_that_cannot_be_right_is_told(folder: Path, year: int, words: str) -> None:
    with open_round(folder, clock=lambda: datetime(year, 2, 1, tzinfo=UTC)) as round_:
        lines = [line for line in take_stock(round_).told if "电脑" in line]
    assert [words in line for line in lines] == [True] * bool(words)


def test_the_ledger_is_copied_once_a_day_and_five_copies_are_kept(folder: Path) -> None:
    for day in range(21, 29):
        for _ in range(2):
            with open_round(folder, clock=clock(f"2026-01-{day} 10:00")):
                pass
    copies = sorted((folder / "台账" / "副本").iterdir())
    assert [path.name for path in copies] == [f"ledger-2026-01-{day}.sqlite" for day in range(24, 29)]
    with Ledger(copies[-1], writing=False) as ledger:
        assert len(ledger.arrivals()) == 2


def test_a_newer_ledger_is_told_where_it_is_only_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql(f"PRAGMA user_version = {VERSION + 1}")(folder)
    assert run(["status", str(folder)]) == 4
    assert "升级程序" in capsys.readouterr().err


def test_the_books_and_the_key_are_the_offices_alone(folder: Path) -> None:
    modes = [(folder / name).stat().st_mode & 0o777 for name in ("台账", "台账/office.key")]
    assert modes == [0o700, 0o600]


def test_a_unit_that_was_recoded_has_forged_nothing(folder: Path) -> None:
    recoded = [("101", *row[1:8], "001") if row[0] == "001" else row for row in UNITS]
    roster(folder / "名册.csv", recoded)
    with open_round(folder, clock=clock("2026-01-21 10:00")) as round_:
        (one,) = [one for one in consolidate_round(round_).standings if one.code == "101"]
    assert one.state.value == "accepted"
    assert told(folder) == []
