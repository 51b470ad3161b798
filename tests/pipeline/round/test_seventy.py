"""A district of seventy units as it comes in life: reconciled to the last file, and the sums are right."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from factories.office import recalculate
from factories.rounds import begin, clock, put, reply
from factories.workbooks import workbook

from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.status import Run

UNITS, SEED = 70, 2025
COLUMNS = ("natural", "business", "research", "nonprofit", "legal", "other")
ROWS = ("granted", "partial", "refused_process", "unavailable_not_held", "declined_petition", "other_rest")
#: Numbers of the units that are something else than on time, right and alone.
FAULTY, CORRECTED, SPOILT = range(1, 8), range(8, 13), range(13, 15)
ZIPPED, DOUBLED, LATE, MISSING = range(15, 30), range(30, 35), range(35, 41), range(66, 71)
Figures = dict[str, int]
District = tuple[Path, Run, dict[int, Figures], Counter[str]]


def roster() -> list[tuple[str, ...]]:
    tops = [("A", "云岭区", "云岭区", "县级政府", "", "", "否", "", "")]
    tops += [(f"A{i}", f"第{i}片", f"第{i}片", "", "A", "", "否", "", "") for i in range(1, 4)]
    named = [
        (f"{i:03}", f"云岭区第{i:02}局", f"第{i:02}局", "政府部门", f"A{1 + i % 3}", "", "", "", "")
        for i in range(1, UNITS + 1)
    ]
    return [*tops, *named, ("099", "云岭区史志办", "史志办", "其他机构", "A1", "", "", "机构改革中撤销", "")]


def figures(chance: random.Random) -> Figures:
    """Figures that add up: what came in is what was done with it."""
    out: Figures = {}
    for column in COLUMNS:
        done = {row: chance.choice([0, 0, 0, 1, 2, 7]) for row in ROWS}
        left, old = chance.choice([0, 0, 3]), chance.choice([0, 1])
        known = sum(done.values()) + left
        old = min(old, known)
        out |= {f"requests.{row}.{column}": count for row, count in done.items()}
        out |= {
            f"requests.carried_out.{column}": left,
            f"requests.carried_in.{column}": old,
            f"requests.new.{column}": known - old,
        }
    for block in ("review", "direct", "after_review"):
        out |= {
            f"disputes.{block}.{what}": chance.choice([0, 0, 1, 4])
            for what in ("upheld", "corrected", "other", "pending")
        }
    out["proactive.licences.decisions"] = chance.randint(0, 9000)
    return out


def wrong(right: Figures) -> Figures:
    return {**right, "requests.new.natural": right["requests.new.natural"] + 9}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:  # noqa: C901 - a story in its order
    """The folder, the last run, what each unit that counts reported, and how many files of each kind were laid in."""
    folder = tmp_path_factory.mktemp("seventy") / "round"
    begin(folder, roster())
    chance = random.Random(SEED)  # noqa: S311 - figures, not secrets
    right = {number: figures(chance) for number in range(1, UNITS + 1)}
    laid: Counter[str] = Counter()

    def lay(name: str, data: bytes, end: str) -> None:
        put(folder, name, data)
        laid[end] += 1

    def of(number: int, told: Figures) -> bytes:
        return reply(folder, f"{number:03}", told)

    packed: dict[str, bytes] = {}
    for number in range(1, UNITS + 1):
        if number in MISSING or number in LATE:
            continue
        if number in FAULTY or number in CORRECTED:
            lay(f"{number}.xlsx", of(number, wrong(right[number])), "returned")
        elif number in SPOILT:
            lay(f"第{number:02}局.xlsx", of(number, right[number])[:3000], "unreadable")
        elif number in ZIPPED:
            packed[f"第{number:02}局 最终版.xlsx"] = of(number, right[number])
            laid["accepted"] += 1
        else:
            lay(f"新建工作表 ({number}).xlsx", of(number, right[number]), "accepted")
    put(folder, "一批.zip", gbk(packed))
    for number in DOUBLED:
        lay(f"再发一次/{number}.xlsx", of(number, right[number]), "skipped")
    lay("别人的表.xlsx", workbook(), "foreign")
    lay("第50局.xlsx", of(51, right[51]), "foreign")
    lay("~$1.xlsx", b"x", "skipped")
    lay("盖章件.pdf", b"%PDF", "skipped")
    for path in (folder / "收件").rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    with open_round(folder, clock=clock("2026-01-20 10:00")) as round_:
        collect(round_)
    for number in CORRECTED:
        lay(f"改好的/{number}.xlsx", of(number, right[number]), "accepted")
    with open_round(folder, clock=clock("2026-01-25 10:00")) as round_:
        collect(round_)
    for number in LATE:
        lay(f"{number}.xlsx", of(number, right[number]), "accepted")
    with open_round(folder, clock=clock("2026-01-30 10:00")) as round_:
        done = consolidate_round(round_, SumRequest(reports=False))
    counts = {n: right[n] for n in right if n not in FAULTY and n not in SPOILT and n not in MISSING}
    return folder, done, counts, laid


def gbk(members: dict[str, bytes]) -> bytes:
    """A zip as a Chinese Windows packs it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i, (name, data) in enumerate(members.items()):
            archive.writestr(f"{i:04}".ljust(len(name.encode("gb18030")), "_"), data)
    data = out.getvalue()
    for i, name in enumerate(members):
        meant = name.encode("gb18030")
        data = data.replace(f"{i:04}".ljust(len(meant), "_").encode(), meant)
    return data


def expected(counts: dict[int, Figures]) -> Counter[str]:
    """The sums, added up here by hand; totals too."""
    out: Counter[str] = Counter()
    for told in counts.values():
        for name, count in told.items():
            out[name] += count
            table, row, column = name.split(".")
            if table != "proactive":
                out[f"{table}.{row}.total"] += count
            if row in ROWS:
                out[f"requests.closed.{column}"] += count
                out["requests.closed.total"] += count
    return out


def test_every_file_ended_in_exactly_one_way_and_as_it_was_laid(district: District) -> None:
    _, done, _, laid = district
    ended = Counter(one.status.value if one.status else "skipped" for one in done.collected.ended)
    assert ended == laid
    assert sum(done.collected.statuses.values()) + done.collected.left == sum(laid.values())


def test_every_unit_is_in_one_state_and_the_late_ones_are_told(district: District) -> None:
    _, done, counts, _ = district
    state = {one.code: one.state.value for one in done.standings}
    assert len(state) == UNITS + 1
    assert Counter(state.values()) == {
        "accepted": len(counts),
        "returned": len(FAULTY),
        "unusable": len(SPOILT),
        "missing": len(MISSING),
        "excluded": 1,
    }
    assert {one.code for one in done.standings if one.late} == {f"{n:03}" for n in (*FAULTY, *SPOILT, *LATE, *MISSING)}
    assert [one.revisions for one in done.standings if one.code in {f"{n:03}" for n in CORRECTED}] == [2] * len(
        CORRECTED
    )


def test_the_sums_are_those_of_an_independent_count(district: District) -> None:
    _, done, counts, _ = district
    sums = expected(counts)
    assert sums["requests.new.total"] > 0
    wrong_ = {n: (done.total.sums[n], sums[n]) for n in done.total.instrument.names if done.total.sums[n] != sums[n]}
    assert wrong_ == {}


def test_the_areas_of_the_tree_add_up_to_the_whole(district: District) -> None:
    folder, done, _, _ = district
    told = json.loads((folder / "成果" / "汇总数.json").read_text(encoding="utf-8"))
    parts = [node["sums"]["requests.new.total"]["value"] for node in told["nodes"]]
    assert len(parts) == 3
    assert sum(parts) == done.total.sums["requests.new.total"] == told["sums"]["requests.new.total"]["value"]


@pytest.mark.office
def test_libreoffice_calculates_the_same_totals(district: District, tmp_path: Path) -> None:
    folder, done, _, _ = district
    book = openpyxl.load_workbook(recalculate(folder / "成果" / "汇总表.xlsx", tmp_path), data_only=True)
    checked = 0
    for name in done.total.instrument.names:
        spot = done.total.instrument.layout.spot(name)
        assert Decimal(str(book[spot.sheet][spot.cell].value)) == done.total.sums[name], name
        checked += 1
    assert checked == len(done.total.instrument.names)


def test_the_long_table_names_file_revision_and_cell_of_every_figure(district: District) -> None:
    folder, _, counts, _ = district
    rows = list(csv.DictReader((folder / "成果" / "汇总明细.csv").read_text(encoding="utf-8-sig").splitlines()))
    mine = [row for row in rows if row["variable"] == "requests.new.natural"]
    assert sum(int(row["value"]) for row in mine) == sum(told["requests.new.natural"] for told in counts.values())
    (corrected,) = [row for row in mine if row["code"] == "008"]
    assert (corrected["file"], corrected["revision"], corrected["sheet"], corrected["cell"]) == (
        "改好的/8.xlsx",
        "2",
        "申请情况",
        "D6",
    )
    (zipped,) = [row for row in mine if row["code"] == "015"]
    assert zipped["file"] == "一批.zip/第15局 最终版.xlsx"


def test_who_is_missing_is_an_error_on_the_sum_and_named_in_the_book(district: District) -> None:
    folder, done, counts, _ = district
    (finding,) = [f for f in done.findings if f.rule == "AGG-02"]
    assert (finding.left, finding.right) == (len(counts), UNITS)
    assert "云岭区第66局" in finding.message
    book = openpyxl.load_workbook(folder / "成果" / "汇总表.xlsx")
    text = "\n".join(str(cell.value) for row in book["说明"].iter_rows() for cell in row if cell.value)
    assert "云岭区第66局" in text
    assert "云岭区史志办" in text
    assert "机构改革中撤销" in text
    assert f"汇总 {len(counts)} 个单位" in text


def test_only_the_faulty_ones_are_to_be_sent_back(district: District) -> None:
    folder, done, _, _ = district
    sent = sorted(path.name for path in (folder / "退回").glob("*.xlsx"))
    assert sent == [f"{n:03}-第{n:02}局-第1版-退回修改.xlsx" for n in FAULTY]
    texts = sorted(path.name for path in (folder / "退回").glob("*.txt"))
    assert [name for name in texts if "文件不能用" in name] == [f"{n:03}-第{n:02}局-文件不能用.txt" for n in SPOILT]
    assert done.exit_code("error") == 3
