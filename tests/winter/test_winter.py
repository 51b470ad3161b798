"""A district's winter: nothing silent, nobody shamed, every file accounted for, and little to read.

Three linked rounds are lived through by the command line (`manifest` tells what happens and how each file and event is
to end); every test looks at all runs of one round.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections import Counter
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from toolkit.instrument.catalogue import load
from toolkit.model.standing import State
from winter.district import AREA, members
from winter.manifest import change_of_form, habits, identities
from winter.mishaps import LITTER, names_in, own_form
from winter.season import (
    ACCEPTED,
    CLOCK,
    EXPLAINED,
    MISSING,
    RETURNED,
    SKIPPED,
    TOLD_ONCE,
    UNUSABLE,
    Desk,
    Record,
    at_the_clock,
    called,
    moment,
)

YEARS = (2023, 2024, 2025)
MOST_LINES = 15
_DEADLINES = {2023: "2024-01-26", 2024: "2025-01-26", 2025: "2026-01-26"}


class Winter:
    """The three rounds, lived through one after another when somebody looks at the last."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def desk(self, year: int) -> Desk:
        desk: Desk = getattr(self, {2023: "first", 2024: "second", 2025: "third"}[year])
        return desk

    @cached_property
    def first(self) -> Desk:
        desk = Desk(self.place / "2023年报", 2023, members())
        with at_the_clock():
            CLOCK.now = moment("2023-12-20")
            desk.begin(_DEADLINES[2023])
            desk.live(habits(desk))
        return desk

    @cached_property
    def second(self) -> Desk:
        desk = Desk(self.place / "2024年报", 2024, self.first.people)
        with at_the_clock():
            CLOCK.now = moment("2024-12-20")
            desk.begin(_DEADLINES[2024], previous=self.first.folder)
            desk.live(identities(desk, self.first.folder))
        return desk

    @cached_property
    def third(self) -> Desk:
        desk = Desk(self.place / "2025年报", 2025, self.second.people)
        form = own_form(load("zfxxgk-2021"), self.place)
        with at_the_clock():
            CLOCK.now = moment("2025-12-20")
            desk.begin(_DEADLINES[2025], previous=self.second.folder, form=form)
            desk.live(change_of_form(desk, form))
        return desk


@pytest.fixture(scope="module")
def winter(tmp_path_factory: pytest.TempPathFactory) -> Winter:
    return Winter(tmp_path_factory.mktemp("winter"))


@pytest.fixture(params=YEARS)
def desk(winter: Winter, request: pytest.FixtureRequest) -> Desk:
    return winter.desk(request.param)


def stood(record: Record) -> dict[str, Any]:
    """The units of a step as `status` has them, by code."""
    return {one["code"]: one for one in record.document["units"]}


def wrong(desk: Desk, found: dict[str, object]) -> dict[str, object]:
    """What is not as it should be, by the day of the step; the steps are those of the desk."""
    assert found.keys() == {record.step.at for record in desk.records}
    return {at: told for at, told in found.items() if told}


# ---------------------------------------------------------------- every file, every unit, every figure


def test_every_file_handed_in_ended_once_and_as_it_should(desk: Desk) -> None:
    with at_the_clock():
        _, out, _ = called("collect", str(desk.folder), "--format", "json")
    told = json.loads(out)
    ended = [(one["name"], one["status"]) for one in told["entries"]]
    assert {n: (e, dict(ended).get(n)) for n, e in desk.ends.items() if dict(ended).get(n) != e} == {}
    assert sorted(name for name, _ in ended) == sorted(hand.name for hand in desk.hands)
    counts = Counter(status for _, status in ended)
    assert {status: told["summary"][status] for status in counts} == counts
    assert told["summary"]["entries"] == len(desk.hands)
    assert not any(one["new"] for one in told["entries"])


def test_the_ledger_holds_each_file_once_and_each_version_of_a_unit(desk: Desk) -> None:
    with sqlite3.connect(desk.folder / "台账" / "ledger.sqlite") as ledger:
        arrived = [name for (name,) in ledger.execute("select name from arrival where same_as is null")]
        versions = dict(ledger.execute("select unit, count(*) from revision group by unit").fetchall())
    ledger.close()
    # What somebody has to look at is in the ledger too; copies and what computers leave lying are not.
    attached = {name for record in desk.records for name in record.step.unclaimed} | {"发改委盖章件.pdf"}
    read = [hand for hand in desk.hands if hand.end != SKIPPED or hand.name in attached]
    assert sorted(arrived) == sorted(hand.name for hand in read)
    assert versions == Counter(hand.unit for hand in read if hand.end in {ACCEPTED, EXPLAINED, RETURNED})


def test_every_unit_stands_after_every_run_where_it_should(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        now = {code: one["state"] for code, one in stood(record).items()}
        apart = {code for code in {**now, **record.states} if now.get(code) != record.states.get(code)}
        found[record.step.at] = {code: (record.states.get(code), now.get(code)) for code in sorted(apart)}
    assert wrong(desk, found) == {}


def test_the_list_for_the_spreadsheet_says_the_same(desk: Desk) -> None:
    """收报情况.csv, by state, with the file that could not be used in the words beside it."""
    seen = 0
    for record in desk.records:
        if record.step.command != "consolidate":
            continue
        text = record.results["收报情况.csv"].decode("utf-8-sig")
        rows = list(csv.DictReader(text.splitlines()))
        lines = {line["编码"]: line for line in rows if line["编码"]}
        nobodys = {one["file"] for one in record.document["unclaimed"]}
        assert {line["文件"] for line in rows if line["单位"] == "（待认领）"} == nobodys
        labels = {code: State(state).label for code, state in record.states.items()}
        # What the clerk is to decide is told in more words.
        told = {code: line["状态"].replace("收到几份不同的表，待选定", "待定") for code, line in lines.items()}
        assert told == labels
        for file, likely in record.step.unclaimed.items():
            assert [code for code in likely if file not in "".join(lines[code].values())] == []
        seen += 1
    assert seen


def test_the_sums_are_those_of_the_figures_that_were_typed(desk: Desk) -> None:
    told = json.loads((desk.folder / "成果" / "汇总数.json").read_text(encoding="utf-8"))
    counted = desk.records[-1].counted
    frame = pd.DataFrame.from_dict(dict(counted), orient="index")
    assert not frame.isna().any(axis=None)
    expected = {str(name): total for name, total in frame.sum().items()}
    expected |= {
        f"{row}.total": sum((expected[one] for one in expected if one.startswith(f"{row}.")), Decimal(0))
        for row in ("requests.new", "requests.granted", "requests.carried_out", "disputes.review")
    }
    assert expected["requests.new.total"] > 0
    sums = {name: Decimal(str(told["sums"][name]["value"])) for name in expected}
    assert {name: (sums[name], expected[name]) for name in expected if sums[name] != expected[name]} == {}


def test_every_figure_of_the_sum_comes_from_the_unit_that_typed_it(desk: Desk) -> None:
    text = (desk.folder / "成果" / "汇总明细.csv").read_text(encoding="utf-8-sig")
    lines = [line for line in csv.DictReader(text.splitlines()) if line["variable"] == "requests.new.natural"]
    counted = {code: told["requests.new.natural"] for code, told in desk.records[-1].counted.items()}
    assert sorted(line["code"] for line in lines) == sorted(counted)
    assert {line["code"]: Decimal(line["value"]) for line in lines} == counted


def test_who_is_late_is_told_and_nobody_else(winter: Winter) -> None:
    last = stood(winter.first.records[-1])
    assert {code for code, one in last.items() if one["late"]} == {"018", "021", "024", "039", "040"}


def test_lines_of_the_roster_that_are_no_units_are_told_and_left_out(winter: Winter) -> None:
    command, out = winter.first.lines[0]
    assert command == "start"
    assert "（40 个单位报送）" in out
    assert [words for words in ("合计", "备注") if words not in out] == []


# ---------------------------------------------------------------- what changed


def test_every_change_is_told_in_the_run_that_met_it_and_in_no_other(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        told = Counter((one["kind"], one["code"]) for one in record.document["changes"] if one["kind"] in TOLD_ONCE)
        expected = Counter(record.step.changes)
        found[record.step.at] = {"missing": expected - told, "too much": told - expected} if told != expected else {}
    assert wrong(desk, found) == {}


def test_every_change_is_printed_with_its_unit(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        units = {name for _, code in record.step.changes for name in desk.names[code]}
        found[record.step.at] = [
            code for _, code in record.step.changes if not any(name in record.printed for name in desk.names[code])
        ]
        assert units or not record.step.changes
    assert wrong(desk, found) == {}


def test_every_change_stays_in_the_ledger_once(desk: Desk) -> None:
    with sqlite3.connect(desk.folder / "台账" / "ledger.sqlite") as ledger:
        rows = ledger.execute("select kind, unit from event").fetchall()
    ledger.close()
    told = Counter((kind, unit) for kind, unit in rows if kind in TOLD_ONCE)
    assert told == Counter(change for record in desk.records for change in record.step.changes)


def test_several_valid_files_of_a_unit_are_told_until_that_is_settled(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        told = {one["code"] for one in record.document["changes"] if one["kind"] == "rivals"}
        found[record.step.at] = told ^ set(record.step.rivals)
    assert wrong(desk, found) == {}


def test_what_the_roster_says_otherwise_is_told_as_long_as_it_says_so(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        lines = record.document["roster"]
        form = next((i for i, line in enumerate(lines) if line.startswith("表样在发放以后改过")), len(lines))
        found[record.step.at] = record.step.roster != bool(lines[:form])
    assert wrong(desk, found) == {}


def test_why_a_verdict_turned_is_said_of_that_unit_alone(desk: Desk) -> None:
    """Of several lines of round.toml that changed, the one that is about this unit or for all."""
    found: dict[str, object] = {}
    for record in desk.records:
        found[record.step.at] = strange = {}
        for one in record.document["changes"]:
            codes = set(re.findall(r"(?<![0-9])0[0-9]{2}(?![0-9])", one["cause"]))
            others = codes - {one["code"]} | names_in(one["cause"], every(desk)) - desk.names[one["code"]]
            if others:
                strange[one["code"]] = others
    assert wrong(desk, found) == {}


# ---------------------------------------------------------------- 待认领


def test_what_needs_her_hand_is_on_the_list_and_nothing_else(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        listed = {one["file"] for one in record.document["unclaimed"]}
        wanted = set(record.step.unclaimed)
        apart = (wanted - listed, listed - wanted - set(record.step.either))
        found[record.step.at] = apart if any(apart) else ()
    assert wrong(desk, found) == {}


def test_the_likely_unit_stands_beside_a_file(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        likely = {
            one["file"]: names_in(json.dumps(one["likely"], ensure_ascii=False), every(desk))
            for one in record.document["unclaimed"]
        }
        found[record.step.at] = {
            file: likely.get(file)
            for file, codes in record.step.unclaimed.items()
            if likely.get(file) != {name for code in codes for name in desk.names[code]}
        }
    assert wrong(desk, found) == {}


# ---------------------------------------------------------------- what others read


def every(desk: Desk) -> set[str]:
    """All names that units of the district have or had."""
    return {name for names in desk.names.values() for name in names}


def test_the_message_to_all_names_nobody_who_sent_something_as_missing(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        asked: dict[str, set[str]] = {"还没有报送": set(), "不能用": set(), "修改": set()}
        under = ""
        for line in record.document["reminder"].splitlines():
            under = next((words for words in asked if words in line), under)
            if under:
                asked[under] |= names_in(line, every(desk))
        states = {"还没有报送": MISSING, "不能用": UNUSABLE, "修改": RETURNED}
        held = set(record.step.held)
        expected = {
            words: {
                record_name(desk, record, code) for code, s in record.states.items() if s == state and code not in held
            }
            for words, state in states.items()
        }
        found[record.step.at] = {
            words: asked[words] ^ expected[words] for words in asked if asked[words] != expected[words]
        }
    assert wrong(desk, found) == {}


def record_name(desk: Desk, record: Record, code: str) -> str:
    """What the unit is called in the roster of that day."""
    name = stood(record).get(code, {}).get("unit", "") or min(desk.names[code])
    return str(name)


def test_no_notice_has_the_name_of_another_unit(desk: Desk) -> None:
    short = {name.removeprefix(AREA) for name in every(desk)}
    found: dict[str, object] = {}
    seen = 0
    for record in desk.records:
        found[record.step.at] = others = {}
        for place, text in record.notices.items():
            code = re.split(r"[-/]", place.partition("/")[2])[0]
            own = {*desk.names[code], *(name.removeprefix(AREA) for name in desk.names[code])}
            assert any(name in text for name in own), f"{place} addresses nobody"
            if strange := names_in(text, {*every(desk), *short}) - own:
                others[place] = strange
            seen += 1
    assert seen or not any(
        record.step.command == "consolidate" and RETURNED in record.states.values() for record in desk.records
    )
    assert wrong(desk, found) == {}


def test_a_notice_has_no_rule_codes(desk: Desk) -> None:
    found: dict[str, object] = {}
    for record in desk.records:
        found[record.step.at] = {
            p: c for p, t in record.notices.items() if (c := re.findall(r"[A-Z]{3,4}-[0-9]{2}", t))
        }
    assert wrong(desk, found) == {}


def test_a_habit_is_one_line_to_read(winter: Winter) -> None:
    """Blanks for zeros, pieces in three cells, two words over formulas: a line each, whatever the number of cells."""
    told = {**winter.first.records[0].notices, **winter.second.records[0].notices}
    lines = {
        place: len(re.findall(r"^[0-9]+[.．、]", text, re.MULTILINE))
        for place, text in told.items()
        if place.startswith(("退回/012-", "退回/013-", "退回/009-"))
    }
    assert len(lines) == 3
    assert {place: count for place, count in lines.items() if count != 1} == {}


def test_what_is_to_be_sent_lies_in_a_folder_for_its_unit(desk: Desk) -> None:
    """A message for everybody who must do something, and the workbook that it speaks of; nothing for the others."""
    found: dict[str, object] = {}
    for record in desk.records:
        if record.step.command != "consolidate":
            found[record.step.at] = {}
            continue
        due = {c for c, s in record.states.items() if s in {RETURNED, UNUSABLE, MISSING}} | set(record.step.faulty)
        there = record.outbox
        bare = {c for c, names in there.items() if not any(name.endswith(".xlsx") for name in names)}
        dumb = {c for c, names in there.items() if "消息.txt" not in names}
        apart = {"missing": due - there.keys(), "too much": there.keys() - due, "no workbook": bare, "no message": dumb}
        found[record.step.at] = {words: codes for words, codes in apart.items() if codes}
    assert wrong(desk, found) == {}


def test_what_the_program_proposed_counts_when_the_unit_has_confirmed_it(winter: Winter) -> None:
    """Zeros in the copy of one unit, figures out of the old file of another; unconfirmed they did not count."""
    assert winter.third.proposed == {"016", "025"}


# ---------------------------------------------------------------- what she reads, what programs read


def test_no_run_prints_more_than_a_screen_has_room_for(desk: Desk) -> None:
    long = [(command, len(out.splitlines())) for command, out in desk.lines if len(out.splitlines()) > MOST_LINES]
    assert long == []
    assert {"start", "distribute", "collect", "consolidate", "status"} <= {command for command, _ in desk.lines}


def test_what_computers_leave_beside_files_is_told_once_at_most(winter: Winter) -> None:
    told = {name: sum(name in record.printed for record in winter.first.records) for name in LITTER}
    assert {name: count for name, count in told.items() if count > 1} == {}


def test_the_exit_code_says_what_stands_now(desk: Desk) -> None:
    assert {r.step.at: r.code for r in desk.records} == {r.step.at: r.step.code for r in desk.records}


def test_what_a_unit_sent_is_found_after_it_left_the_roster_and_came_back(winter: Winter) -> None:
    with at_the_clock():
        code, out, _ = called("log", "020", str(winter.second.folder))
    assert code == 0
    assert "020.xlsx" in out
