"""Collecting: every entry ends in exactly one way, revisions count by rule, and running twice changes nothing."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories import poisoned
from factories.poisoned import DIES, STALLS
from factories.rounds import FAULTY, GOOD, UNITS, begin, clock, put, reply, roster, states
from factories.workbooks import edited, workbook

from toolkit.collection.signature import new_key, signed
from toolkit.errors import LedgerError, LockedError, UsageError
from toolkit.model.finding import Status
from toolkit.model.returns import Identity
from toolkit.pipeline.round import collect as collecting
from toolkit.pipeline.round.collect import Collected, collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.standing import decide, standings
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    return tmp_path / "round"


def run(folder: Path, at: str = "2026-01-20 10:00") -> Collected:
    with open_round(folder, clock=clock(at)) as round_:
        return collect(round_)


def ends(done: Collected) -> dict[str, str]:
    return {one.name: one.status.value if one.status else one.reason for one in done.ended}


def rule(done: Collected, name: str) -> str:
    (verdict,) = [one.verdict for one in done.ended if one.name == name]
    assert verdict is not None
    return verdict.findings[0].rule


def current(folder: Path) -> dict[str, str]:
    with open_round(folder, alone=False) as round_:
        return states(round_)


def tree(folder: Path) -> dict[str, str]:
    """Every file of a round but the ledger's own, its copies and the log, by its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"run.lock", "run.json", "运行记录.txt"} and path.parent.name != "副本"
    }


def test_a_good_return_is_accepted_a_faulty_one_returned_whatever_the_files_are_called(folder: Path) -> None:
    put(folder, "1.xlsx", reply(folder, "001", GOOD))
    put(folder, "新建 Microsoft Excel 工作表(2).xlsx", reply(folder, "002", FAULTY))
    done = run(folder)
    assert ends(done) == {"1.xlsx": "accepted", "新建 Microsoft Excel 工作表(2).xlsx": "returned"}
    assert current(folder) == {
        "001": "accepted",
        "002": "returned",
        "003": "missing",
        "004": "missing",
        "005": "excluded",
    }


@pytest.mark.faults
@pytest.mark.usefixtures("processes")
def test_what_its_process_does_not_live_through_is_ours_and_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "1.xlsx", reply(folder, "001", GOOD))
    put(folder, f"{DIES}.xlsx", reply(folder, "002", GOOD))
    put(folder, "3.xlsx", reply(folder, "003", FAULTY))
    put(folder, f"{STALLS}.xlsx", reply(folder, "004", GOOD))
    # What is strange is looked at for traces of its unit, in a process too.
    put(folder, "别的表.xlsx", workbook("教育局"))
    with monkeypatch.context() as broken:
        broken.setattr(collecting, "check_each", poisoned.checked)
        done = run(folder)
    rest = {"1.xlsx": "accepted", "3.xlsx": "returned", "别的表.xlsx": "foreign"}
    assert ends(done) == {**rest, f"{DIES}.xlsx": "unreadable", f"{STALLS}.xlsx": "unreadable"}
    assert [rule(done, f"{name}.xlsx") for name in (DIES, STALLS)] == ["FILE-99"] * 2
    assert ends(run(folder)) == {**rest, f"{DIES}.xlsx": "accepted", f"{STALLS}.xlsx": "accepted"}


def test_every_entry_ends_in_exactly_one_way_and_the_sums_reconcile(folder: Path) -> None:
    good = reply(folder, "001", GOOD)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a/教育局.xlsx", good)
        packed.writestr("民政局.xlsx", reply(folder, "002", FAULTY))
        packed.writestr("~$民政局.xlsx", b"x")
    put(folder, "全部.zip", out.getvalue())
    put(folder, "教育局 (1).xlsx", good)
    put(folder, "通知.docx", b"x")
    put(folder, "别的表.xlsx", workbook())
    broken = put(folder, "坏的.xlsx", good[:1000])
    os.utime(broken, (0, 0))
    done = run(folder)
    assert ends(done) == {
        "全部.zip/a/教育局.xlsx": "accepted",
        "全部.zip/民政局.xlsx": "returned",
        "全部.zip/~$民政局.xlsx": "是表格打开时的临时文件",
        "教育局 (1).xlsx": "与“全部.zip/a/教育局.xlsx”内容相同，只算一份",
        "通知.docx": "不是工作簿（附件）",
        "别的表.xlsx": "foreign",
        "坏的.xlsx": "unreadable",
    }
    assert sum(done.statuses.values()) + done.left == len(done.ended) == 7


def test_running_twice_changes_nothing(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    put(folder, "b.xlsx", reply(folder, "002", FAULTY))
    put(folder, "c.xlsx", workbook())
    first = run(folder)
    before = tree(folder)
    second = run(folder, "2026-01-21 10:00")
    assert tree(folder) == before
    assert ends(second) == ends(first)
    assert [one.new for one in first.ended] == [True, True, True]
    assert [one.new for one in second.ended] == [False, False, False]


def test_originals_are_kept_by_their_hash_and_what_was_received_is_not_touched(folder: Path) -> None:
    data = reply(folder, "001", FAULTY)
    path = put(folder, "a.xlsx", data)
    run(folder)
    digest = hashlib.sha256(data).hexdigest()
    kept = folder / "台账" / "originals" / digest[:2] / digest[2:4] / f"{digest}.xlsx"
    assert kept.read_bytes() == data == path.read_bytes()


def test_what_is_refused_is_copied_nowhere(folder: Path) -> None:
    put(folder, "a.xlsx", workbook())
    run(folder)
    assert list((folder / "台账" / "originals").rglob("*.xlsx")) == []


# ---------------------------------------------------------------- who counts


def test_the_newest_revision_that_passed_counts_and_a_faulty_correction_does_not_replace_it(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    run(folder)
    put(folder, "b.xlsx", reply(folder, "001", {**GOOD, "requests.carried_out.natural": 3}))
    run(folder, "2026-01-21 10:00")
    with open_round(folder, alone=False) as round_:
        one = standings(round_)[0]
    assert (one.state.value, one.revision, one.revisions, one.file) == ("accepted", 1, 2, "a.xlsx")
    assert one.newest is not None
    assert (one.newest.revision, one.newest.status) == (2, Status.RETURNED)
    put(folder, "c.xlsx", reply(folder, "001", {"requests.new.natural": 7, "requests.granted.natural": 7}))
    run(folder, "2026-01-22 10:00")
    with open_round(folder, alone=False) as round_:
        one = standings(round_)[0]
    assert (one.revision, one.file) == (3, "c.xlsx")


def test_of_two_files_in_one_run_the_one_saved_last_is_the_newer_revision(folder: Path) -> None:
    newer = put(folder, "a.xlsx", reply(folder, "001", GOOD))
    older = put(folder, "b.xlsx", reply(folder, "001", {"requests.new.natural": 9, "requests.granted.natural": 9}))
    os.utime(newer, (2_000_000, 2_000_000))
    os.utime(older, (1_000_000, 1_000_000))
    run(folder)
    with open_round(folder, alone=False) as round_:
        one = standings(round_)[0]
    assert (one.file, one.revision, one.revisions) == ("a.xlsx", 2, 2)


def test_the_clerk_pins_frees_and_withdraws_revisions_with_a_reason(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    run(folder)
    put(folder, "b.xlsx", reply(folder, "001", {"requests.new.natural": 9, "requests.granted.natural": 9}))
    run(folder)

    def after(kind: str, revision: int) -> tuple[int, bool, str]:
        with open_round(folder, clock=clock()) as round_:
            decide(round_, kind, round_.roster.find("教育局"), revision, "来电说明")
            one = standings(round_)[0]
            return one.revision, one.pinned, one.state.value

    assert after("pin", 1) == (1, True, "accepted")
    assert after("unpin", 0) == (2, False, "accepted")
    assert after("withdraw", 2) == (1, False, "accepted")
    assert after("withdraw", 1) == (0, False, "missing")
    with open_round(folder, alone=False) as round_:
        told = [(e.kind, e.revision, e.detail) for e in round_.ledger.events("001") if e.kind != "received"]
    assert told == [
        ("pin", 1, "来电说明"),
        ("unpin", 0, "来电说明"),
        ("withdraw", 2, "来电说明"),
        ("withdraw", 1, "来电说明"),
    ]


@pytest.mark.parametrize(
    ("kind", "revision", "reason", "told"),
    [
        ("pin", 2, "来电", "没有第 2 版，现有：1"),
        ("pin", 1, "来电", "没有通过核对，不能指定"),
        ("withdraw", 1, " ", "请写明原因"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_refused(
    folder: Path, kind: str, revision: int, reason: str, told: str
) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    run(folder)
    with open_round(folder, clock=clock()) as round_, pytest.raises(UsageError, match=told):
        decide(round_, kind, round_.roster.find("001"), revision, reason)


def test_late_is_judged_by_when_it_was_taken_in_or_by_the_day_the_clerk_names(folder: Path) -> None:
    path = put(folder, "a.xlsx", reply(folder, "001", GOOD))
    os.utime(path, (0, 0))
    run(folder, "2026-01-28 10:00")
    put(folder, "b.xlsx", reply(folder, "002", {**GOOD, "requests.new.business": 1, "requests.granted.business": 1}))
    with open_round(folder, clock=clock("2026-01-28 10:00")) as round_:
        collect(round_, received=date(2026, 1, 25))
        late = {one.code: one.late for one in standings(round_)}
    assert late == {"001": True, "002": False, "003": True, "004": True, "005": False}


# ---------------------------------------------------------------- whose it is


def issued(folder: Path, **changed: str) -> bytes:
    """A filled workbook of unit 001 whose identity is changed after it was signed."""
    with open_round(folder, alone=False) as round_:
        identity = signed(
            round_.keyring.keys[0],
            Identity(
                form=round_.kind.form.id,
                version=1,
                code="001",
                unit="云岭区教育局",
                period="2025",
                fingerprint=blank_plan(round_.kind).fingerprint,
            ),
        )
        told = replace(identity, **changed)  # type: ignore[arg-type]
        given = Prefill(unit=told.unit, period=told.period, code=told.code, key=told.key, signature=told.signature)
        return write_template(round_.kind, given)


def test_a_return_of_one_unit_with_the_identity_of_another_is_held_and_both_are_named(folder: Path) -> None:
    put(folder, "民政局.xlsx", reply(folder, "001", GOOD))
    done = run(folder)
    (verdict,) = [one.verdict for one in done.ended]
    assert verdict is not None
    assert (verdict.status, verdict.findings[0].rule) == (Status.FOREIGN, "SIGN-06")
    assert "云岭区民政局" in verdict.findings[0].message
    assert "云岭区教育局" in verdict.findings[0].message
    assert current(folder)["001"] == "missing"
    assert current(folder)["002"] == "unusable"


def test_a_cover_that_names_another_unit_is_held_too(folder: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["封面"]["B4"].value = "云岭区 民政局"

    put(folder, "1.xlsx", edited(reply(folder, "001", GOOD), change))
    done = run(folder)
    assert (ends(done), rule(done, "1.xlsx")) == ({"1.xlsx": "foreign"}, "SIGN-06")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"signature": ""}, "SIGN-01"),
        ({"signature": "0" * 32}, "SIGN-02"),
        ({"code": "002"}, "SIGN-02"),
        ({"unit": "云岭区民政局"}, "SIGN-02"),
        ({"period": "2024"}, "SIGN-02"),
        ({"key": "00000000"}, "SIGN-02"),
    ],
)
def test_an_identity_that_was_tampered_with_is_foreign(folder: Path, changed: dict[str, str], expected: str) -> None:
    put(folder, "a.xlsx", issued(folder, **changed))
    done = run(folder)
    assert (ends(done), rule(done, "a.xlsx")) == ({"a.xlsx": "foreign"}, expected)


def test_an_identity_that_says_two_things_is_foreign(folder: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["_标识"]["B3"].value = "002"

    put(folder, "a.xlsx", edited(reply(folder, "001", GOOD), change))
    assert rule(run(folder), "a.xlsx") == "SIGN-08"


def properties_changed(data: bytes, change: Callable[[str], str]) -> bytes:
    """The workbook with other document properties; everything else keeps its bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            is_told = info.filename == "docProps/custom.xml"
            new.writestr(info, change(body.decode()).encode() if is_told else body)
    return out.getvalue()


def test_properties_in_another_encoding_contradict_no_signed_sheet(folder: Path) -> None:
    def spoilt(text: str) -> str:
        return text.replace("云岭区教育局", "云岭区教育局".encode().decode("latin-1"))

    data = properties_changed(reply(folder, "001", GOOD), spoilt)
    assert "äº" in data_of(data)
    put(folder, "a.xlsx", data)
    assert ends(run(folder)) == {"a.xlsx": "accepted"}
    with open_round(folder, alone=False) as round_:
        assert states(round_)["001"] == "accepted"


def data_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("docProps/custom.xml").decode()


def test_a_sheet_and_properties_signed_for_two_units_are_foreign(folder: Path) -> None:
    other = data_of(reply(folder, "002", GOOD))
    put(folder, "a.xlsx", properties_changed(reply(folder, "001", GOOD), lambda _: other))
    assert rule(run(folder), "a.xlsx") == "SIGN-08"


def test_a_code_that_became_a_number_on_the_sheet_is_the_code(folder: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["_标识"]["B2"].value, book["_标识"]["B3"].value, book["_标识"]["B5"].value = 1, 1, 2025

    put(folder, "a.xlsx", edited(reply(folder, "001", GOOD), change))
    assert ends(run(folder)) == {"a.xlsx": "accepted"}


def without_properties(book: Any) -> None:
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]


def test_the_sheet_alone_whose_code_lost_its_zeros_is_the_units(folder: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        without_properties(book)
        book["_标识"]["B3"].value, book["_标识"]["B4"].value = 1, " 云岭区\u3000教育局"

    put(folder, "a.xlsx", edited(reply(folder, "001", GOOD), change))
    assert ends(run(folder)) == {"a.xlsx": "accepted"}
    with open_round(folder, alone=False) as round_:
        assert states(round_)["001"] == "accepted"


def test_a_sheet_that_differs_from_signed_properties_in_width_alone_is_no_contradiction(folder: Path) -> None:
    data = edited(reply(folder, "001", GOOD), lambda book: setattr(book["_标识"]["B4"], "value", "云岭区 教育局"))
    put(folder, "a.xlsx", data)
    assert ends(run(folder)) == {"a.xlsx": "accepted"}


@pytest.mark.parametrize(("code", "unit"), [("2", "云岭区教育局"), ("1", "云岭区民政局")])
def test_a_sheet_alone_that_names_another_unit_is_foreign(folder: Path, code: str, unit: str) -> None:
    def change(book: openpyxl.Workbook) -> None:
        without_properties(book)
        book["_标识"]["B3"].value, book["_标识"]["B4"].value = code, unit

    put(folder, "a.xlsx", edited(reply(folder, "001", GOOD), change))
    assert rule(run(folder), "a.xlsx") == "SIGN-02"


def test_last_years_return_of_the_same_office_is_told_as_such(tmp_path: Path) -> None:
    begin(tmp_path / "2024", period="2024", deadline="2025-01-26", at="2024-12-20 09:00")
    put(tmp_path / "2024", "a.xlsx", reply(tmp_path / "2024", "001", GOOD))
    run(tmp_path / "2024", "2025-01-20 10:00")
    begin(tmp_path / "2025", previous=tmp_path / "2024")
    put(tmp_path / "2025", "a.xlsx", reply(tmp_path / "2024", "001", GOOD))
    done = run(tmp_path / "2025")
    assert rule(done, "a.xlsx") == "SIGN-05"
    (verdict,) = [one.verdict for one in done.ended]
    assert verdict is not None
    assert "2024" in verdict.findings[0].message


def test_another_offices_signature_is_foreign(folder: Path, tmp_path: Path) -> None:
    begin(tmp_path / "other")
    put(folder, "a.xlsx", reply(tmp_path / "other", "001", GOOD))
    assert rule(run(folder), "a.xlsx") == "SIGN-02"
    assert new_key().id != new_key().id


def test_a_unit_that_is_excluded_or_gone_from_the_roster_is_foreign_until_the_roster_says_otherwise(
    folder: Path,
) -> None:
    excluded = reply(folder, "005", GOOD)
    put(folder, "a.xlsx", excluded)
    done = run(folder)
    assert rule(done, "a.xlsx") == "SIGN-04"
    included = [(*unit[:7], "", *unit[8:]) for unit in UNITS]
    roster(folder / "名册.csv", included)
    done = run(folder)
    assert ends(done) == {"a.xlsx": "accepted"}
    assert current(folder)["005"] == "accepted"


def test_what_was_accepted_is_judged_again_when_the_roster_changes(folder: Path) -> None:
    regulations = {"proactive.regulations.made": 1, "proactive.regulations.in_force": 1}
    path = put(folder, "a.xlsx", reply(folder, "001", regulations))
    assert ends(run(folder)) == {"a.xlsx": "returned"}
    path.unlink()
    city = [
        ("001", "云岭区教育局", "教育局", "设区的市级政府", *unit[4:]) if unit[0] == "001" else unit for unit in UNITS
    ]
    roster(folder / "名册.csv", city)
    done = run(folder)
    assert (done.ended, done.again) == ((), 1)
    assert current(folder)["001"] == "accepted"


# ---------------------------------------------------------------- what goes wrong


def test_a_second_run_is_told_to_wait_and_who_is_at_work(folder: Path) -> None:
    with open_round(folder, clock=clock()), pytest.raises(LockedError, match=r"正在处理这一轮。请等它结束后再运行"):
        run(folder)


def test_a_half_copied_file_waits_for_the_next_run(folder: Path) -> None:
    data = reply(folder, "001", GOOD)
    path = put(folder, "a.xlsx", data[:5000])
    moment = clock("2026-01-20 10:00")().timestamp()
    os.utime(path, (moment - 5, moment - 5))
    first = run(folder)
    assert ends(first) == {"a.xlsx": "可能还在复制，下次再收"}
    assert first.later
    path.write_bytes(data)
    assert ends(run(folder)) == {"a.xlsx": "accepted"}


def test_a_file_that_another_program_keeps_open_waits_and_the_rest_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    put(folder, "b.xlsx", reply(folder, "002", GOOD))
    real = os.open

    def busy(path: str | Path, flags: int, *rest: int) -> int:
        if str(path).endswith("a.xlsx"):
            raise PermissionError(13, "used by another process")
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", busy)
    assert Counter(ends(run(folder)).values()) == {"accepted": 1, "文件打不开（正被占用，或没有权限）": 1}
    monkeypatch.undo()
    assert ends(run(folder)) == {"a.xlsx": "accepted", "b.xlsx": "accepted"}


def test_an_original_that_was_changed_or_lost_is_told_and_nothing_is_overwritten(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD)).rename(folder / "收件" / "b.xlsx")
    run(folder)
    (kept,) = (folder / "台账" / "originals").rglob("*.xlsx")
    (folder / "收件" / "b.xlsx").unlink()
    roster(folder / "名册.csv", [*UNITS, ("006", "云岭区水利局", "水利局", "政府部门", "Q1", "", "", "", "")])
    kept.write_bytes(b"changed")
    with pytest.raises(LedgerError, match="被改动"):
        run(folder)
    kept.unlink()
    with pytest.raises(LedgerError, match="原件打不开"):
        run(folder)
