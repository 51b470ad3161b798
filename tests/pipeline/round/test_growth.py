"""What a round of four times the units costs: four times the work, counted and not timed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from factories.rounds import FAULTY, GOOD, HEADS, begin, clock, put, reply

from toolkit.collection.archives import Item
from toolkit.collection.ledger import codec
from toolkit.collection.ledger import ledger as ledgers
from toolkit.collection.ledger.ledger import Ledger
from toolkit.collection.ledger.rows import LedgerEntry
from toolkit.model.returns import FiledVerdict
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import add_up
from toolkit.pipeline.round.open import Round, open_round
from toolkit.pipeline.round.standing import decide, standings
from toolkit.pipeline.round.status import progress, take_stock

FEW, MANY = 200, 800
#: So many times the work is allowed for four times the units.
MOST = 4.5
COUNTY = 40


def roster(count: int) -> list[tuple[str, ...]]:
    blank = ("",) * (len(HEADS) - 7)
    counties = [(f"Q{n}", f"第{n}县", f"第{n}县", "", "", "", "否", *blank) for n in range(count // COUNTY)]
    units = [(f"{n:04}", f"第{n}号局", f"{n}号局", "政府部门", f"Q{n // COUNTY}", "", "", *blank) for n in range(count)]
    return [*counties, *units]


@cache
def sampled(folder: Path) -> tuple[FiledVerdict, FiledVerdict]:
    """A verdict that counts and one that does not, on real workbooks."""
    begin(folder)
    put(folder, "教育局.xlsx", reply(folder, "001", GOOD))
    put(folder, "民政局.xlsx", reply(folder, "002", FAULTY))
    with open_round(folder, clock=clock()) as round_:
        collect(round_)
        good, faulty = (one.verdict for one in standings(round_)[:2])
    assert good is not None
    assert faulty is not None
    assert (good.status.counts, faulty.status.counts) == (True, False)
    return good, faulty


def simulated(folder: Path, count: int) -> Path:
    """A round in which every unit sent a copy of the samples, some of them faulty, some withdrawn and sent again."""
    begin(folder, roster(count))
    good, faulty = sampled(folder.parent / "样")
    with open_round(folder, clock=clock()) as round_:
        entries = []
        for number, unit in enumerate(one for one in round_.roster.units if not one.code.startswith("Q")):
            verdict = faulty if number % 10 == 3 else good
            content = verdict.content
            assert content is not None
            data, name = unit.code.encode(), f"{unit.name}.xlsx"
            put(folder, name, data)
            content = replace(content, unit=unit.name, identity=replace(content.identity, code=unit.code))
            filed = replace(verdict, file=name, code=unit.code, unit=unit.name, content=content, revision=0)
            filed = replace(filed, received="", sha256=hashlib.sha256(data).hexdigest())
            item = Item(key=name.encode(), name=name, modified=0.0, load=bytes)
            entries.append(LedgerEntry(item=item, size=len(data), verdict=filed))
        round_.ledger.record(entries, round_.context, round_.stamp)
        for entry in entries[::20]:
            decide(round_, "withdraw", round_.roster.by_code[entry.verdict.code], 1, "重报")
            name = f"再报{entry.item.name}"
            again = replace(entry, item=replace(entry.item, name=name, key=name.encode()))
            round_.ledger.record([again], round_.context, round_.stamp)
    return folder


class Walked(tuple[Any, ...]):
    """The units of a roster, counted while they are walked."""

    __slots__ = ()
    steps = 0

    def __iter__(self) -> Iterator[Any]:
        Walked.steps += len(self)
        return super().__iter__()


def work(folder: Path, step: Callable[[Round], object], monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many verdicts a step decodes, how many rows it fetches, how many units it walks over."""
    counts: Counter[str] = Counter()
    decode, fetch = codec.decode_verdict, Ledger._rows

    def decoded(data: bytes) -> FiledVerdict:
        counts["decoded"] += 1
        return decode(data)

    def fetched(self: Ledger, sql: str, *values: object) -> list[tuple[object, ...]]:
        rows = fetch(self, sql, *values)
        counts["rows"] += len(rows)
        return rows

    with open_round(folder, clock=clock("2026-01-21 10:00")) as round_, monkeypatch.context() as patch:
        roster = replace(round_.roster, units=Walked(round_.roster.units))
        patch.setattr(ledgers, "decode_verdict", decoded)
        patch.setattr(Ledger, "_rows", fetched)
        Walked.steps = 0
        step(replace(round_, roster=roster))
    return counts + Counter(walked=Walked.steps)


def summed(round_: Round) -> None:
    """`consolidate` without documents, handing back and books, which are counted elsewhere."""
    found = take_stock(round_).standings
    add_up(round_, found)


STEPS: dict[str, Callable[[Round], object]] = {"status": progress, "consolidate": summed, "collect": collect}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("growth")
    return simulated(place / "少", FEW), simulated(place / "多", MANY)


@pytest.mark.parametrize("name", STEPS)
def test_four_times_the_units_are_four_times_the_work(
    both: tuple[Path, Path], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (work(folder, STEPS[name], monkeypatch) for folder in both)
    assert few["decoded"] >= FEW * 9 // 10
    assert few["rows"] > FEW
    assert {what: many[what] / few[what] for what in few if many[what] > MOST * few[what]} == {}


def test_a_withdrawn_return_that_came_again_is_told_of_its_unit_alone(both: tuple[Path, Path]) -> None:
    with open_round(both[0], clock=clock("2026-01-21 10:00")) as round_:
        told = {one.code: one.reason for one in standings(round_) if one.reason}
    assert len(told) == FEW // 20
    assert all(f"第{int(code)}号局.xlsx" in reason for code, reason in told.items())
