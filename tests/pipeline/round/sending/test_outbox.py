"""待发送: what each unit is to be sent, written only when it changed, and the list to phone from."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from factories.copies import copied, due_figures, filled_book, letter
from factories.rounds import FAULTY, GOOD, UNITS, begin, clock, covered, put, reply, roster
from factories.workbooks import form, workbook

from toolkit.collection.folder import CALLS, DRAFT, MESSAGE, SETTLED
from toolkit.collection.ledger.ledger import Ledger
from toolkit.collection.ledger.rows import Event
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import Round, open_round
from toolkit.pipeline.round.sending.distribute import distribute
from toolkit.pipeline.round.sending.hand_back import hand_back
from toolkit.pipeline.round.standing import claim, decide, standings
from toolkit.pipeline.round.status import progress
from toolkit.pipeline.verify import verify

BOOK = "2025年政府信息公开工作年度报告.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    with open_round(tmp_path / "round", clock=clock("2026-01-02 09:00")) as round_:
        assert distribute(round_).told == ()
    return tmp_path / "round"


def run(folder: Path, at: str = "2026-01-20 10:00") -> tuple[str, ...]:
    with open_round(folder, clock=clock(at)) as round_:
        collect(round_)
        return hand_back(round_, standings(round_)).told


def lying(folder: Path) -> dict[str, list[str]]:
    """The files in each folder of 待发送."""
    folders = [path for path in (folder / "待发送").iterdir() if path.is_dir() and path.name != SETTLED]
    return {path.name: sorted(one.name for one in path.iterdir()) for path in folders}


def message(folder: Path, unit: str) -> str:
    return (folder / "待发送" / unit / MESSAGE).read_text(encoding="utf-8-sig")


def calls(folder: Path) -> list[list[str]]:
    path = folder / "待发送" / CALLS
    if not path.is_file():
        return []
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]


def test_at_distribution_every_unit_has_its_workbook_and_a_message(folder: Path) -> None:
    assert lying(folder) == {
        f"{code}-{name}": [f"{code}-{name}-{BOOK}", MESSAGE]
        for code, name in (("001", "教育局"), ("002", "民政局"), ("003", "财政局"), ("004", "石桥镇"))
    }
    text = message(folder, "002-民政局")
    assert text.startswith("云岭区民政局：\n随附2025年《政府信息公开工作年度报告》的表，请填好后于 1月26日前发回。")
    issued = folder / "发放" / f"002-民政局-{BOOK}"
    assert (folder / "待发送" / "002-民政局" / issued.name).read_bytes() == issued.read_bytes()


def test_who_reported_has_nothing_to_be_sent_and_nothing_is_deleted(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    assert run(folder) == ()
    assert "001-教育局" not in lying(folder)
    kept = folder / "待发送" / SETTLED / "001-教育局"
    assert sorted(path.name for path in kept.iterdir()) == [f"001-教育局-{BOOK}", MESSAGE]


def test_a_faulty_return_comes_with_its_annotated_copy_and_the_notice(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    assert run(folder) == ()
    assert lying(folder)["001-教育局"] == ["001-教育局-第1版-退回修改.xlsx", MESSAGE]
    returned = folder / "退回" / "001-教育局-第1版-退回修改.xlsx"
    assert (folder / "待发送" / "001-教育局" / returned.name).read_bytes() == returned.read_bytes()
    assert message(folder, "001-教育局") == returned.with_suffix(".txt").read_text(encoding="utf-8-sig")


def test_a_notice_that_asks_to_fill_in_anew_comes_with_the_units_own_blank_workbook(folder: Path) -> None:
    put(folder, "民政局.xlsx", workbook())
    (folder / "发放" / f"003-财政局-{BOOK}").unlink()
    put(folder, "财政局.xlsx", workbook(requests__new__natural=Decimal(1)))
    assert run(folder) == ()
    for unit, name in (("002-民政局", "云岭区民政局"), ("003-财政局", "云岭区财政局")):
        assert "随附发给你单位的表" in message(folder, unit)
        book = folder / "待发送" / unit / f"{unit}-{BOOK}"
        assert next(iter(verify([book]))).unit == name


def test_a_cover_of_another_unit_goes_back_with_a_blank_workbook_too(folder: Path) -> None:
    put(folder, "a.xlsx", covered(reply(folder, "001", GOOD), "云岭区教育和体育局"))
    run(folder)
    assert lying(folder)["001-教育局"] == [f"001-教育局-{BOOK}", "001-教育局-第1版-退回修改.xlsx", MESSAGE]


def test_after_the_deadline_the_message_reminds_and_says_since_when(folder: Path) -> None:
    run(folder, "2026-01-26 10:00")
    assert "1月26日前发回" in message(folder, "002-民政局")
    run(folder, "2026-01-29 10:00")
    text = message(folder, "002-民政局")
    assert "还没有收到你单位的" in text
    assert "原定 1月26日，已过 3 天" in text
    assert "前发回" not in text


def test_what_has_not_changed_is_not_written_again(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    put(folder, "民政局.xlsx", workbook())
    run(folder)
    before = {path: path.stat().st_mtime_ns for path in (folder / "待发送").rglob("*") if path.is_file()}
    run(folder, "2026-01-21 10:00")
    assert {path: path.stat().st_mtime_ns for path in (folder / "待发送").rglob("*") if path.is_file()} == before


def with_contacts() -> list[Sequence[str]]:
    heads = {"001": ("0000-11", "jyj@example.cn；b@example.cn"), "002": ("0000-22", "没有")}
    return [(*unit[:6], *heads.get(unit[0], ("", "")), *unit[6:]) for unit in UNITS]


@pytest.fixture
def addressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    heads = ("编码", "单位全称", "简称", "机关类别", "上级", "联系人", "电话", "邮箱", "报送", "不纳入原因", "曾用编码")
    monkeypatch.setattr("factories.rounds.HEADS", heads)
    begin(tmp_path / "mailed", with_contacts())
    with open_round(tmp_path / "mailed", clock=clock("2026-01-02 09:00")) as round_:
        distribute(round_)
    return tmp_path / "mailed"


def test_where_an_address_is_known_a_mail_is_drafted(addressed: Path) -> None:
    put(addressed, "a.xlsx", reply(addressed, "001", FAULTY))
    run(addressed)
    data = (addressed / "待发送" / "001-教育局" / DRAFT).read_bytes()
    mail = message_from_bytes(data, policy=default)
    assert (mail["X-Unsent"], mail["To"]) == ("1", "jyj@example.cn, b@example.cn")
    assert mail["Subject"] == "请修改后发回：2025年政府信息公开工作年度报告（云岭区教育局）"
    body = mail.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == message(addressed, "001-教育局")
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "001-教育局-第1版-退回修改.xlsx"
    assert file.get_content() == (addressed / "退回" / "001-教育局-第1版-退回修改.xlsx").read_bytes()
    assert DRAFT not in lying(addressed)["002-民政局"], "what is no address is none"


def test_whom_to_phone(addressed: Path) -> None:
    put(addressed, "a.xlsx", reply(addressed, "001", FAULTY))
    put(addressed, "财政局.xlsx", workbook())
    put(addressed, "b.xlsx", reply(addressed, "004", GOOD))
    run(addressed)
    unusable = ["云岭区财政局", "", "", "交来的文件“财政局.xlsx”不能用，请在发给你们的表里填好再发。", "", "2026-01-20"]
    assert calls(addressed) == [unusable]
    run(addressed, "2026-01-22 10:00")
    assert calls(addressed) == [unusable], "a unit has some days for a correction"
    run(addressed, "2026-01-23 10:00")
    returned = "1月20日退回的2025年的表有 1 项要改，还没有收到改好的。"
    assert calls(addressed) == [["云岭区教育局", "陈晓岚", "0000-11", returned, "", "2026-01-20"], unusable]
    run(addressed, "2026-01-28 10:00")
    missing = ["云岭区民政局", "", "0000-22", "还没有收到2025年的表，原定 1月26日，已过 2 天，请尽快发来。", "2", ""]
    assert [row[0] for row in calls(addressed)] == ["云岭区教育局", "云岭区民政局", "云岭区财政局"]
    assert calls(addressed)[1] == missing


def test_nobody_is_phoned_about_what_is_settled(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    put(folder, "b.xlsx", reply(folder, "001", FAULTY))
    run(folder)
    with open_round(folder, clock=clock()) as round_:
        decide(round_, "pin", round_.roster.find("教育局"), 1, "第二版发错")
    run(folder, "2026-01-25 10:00")
    assert calls(folder) == []
    assert "001-教育局" not in lying(folder)


def test_what_is_read_out_of_an_enclosure_goes_to_nobody_before_the_clerk_says_whose_it_is(folder: Path) -> None:
    put(folder, "教育局的情况.docx", letter(due_figures()))
    run(folder)
    assert not [name for name in lying(folder)["001-教育局"] if "请确认" in name]
    with open_round(folder, clock=clock()) as round_:
        claim(round_, "教育局的情况.docx", "001")
    run(folder, "2026-01-21 10:00")
    assert [name for name in lying(folder)["001-教育局"] if name.endswith("-请确认.xlsx")]
    assert "“待确认”页选“确认”" in message(folder, "001-教育局")


def test_the_events_are_read_as_often_for_two_claimed_files_as_for_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str | None] = []
    read = Ledger.events

    def counted(self: Ledger, unit: str | None = None) -> list[Event]:
        reads.append(unit)
        return read(self, unit)

    counts = []
    for seed, name, code in ((1, "教育局的情况.docx", "001"), (2, "民政局的情况.docx", "002")):
        # The same figures written within two seconds are one file, and the second a copy of the first.
        put(folder, name, letter(due_figures(seed)))
        run(folder)
        with open_round(folder, clock=clock()) as round_:
            claim(round_, name, code)
            found = standings(round_)
            with monkeypatch.context() as patched:
                patched.setattr(Ledger, "events", counted)
                hand_back(round_, found)
        counts.append(len(reads))
        reads.clear()
    assert counts[0] == counts[1] > 0
    assert [name for name in lying(folder)["002-民政局"] if name.endswith("-请确认.xlsx")]


def test_last_years_figures_are_told_of_only_where_they_are_filled_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "民政局.xlsx", workbook())
    run(folder)
    assert "随附发给你单位的表，请照上面的办法" in message(folder, "002-民政局")
    filed = dict.fromkeys(form().layout.prior, Decimal(3))
    monkeypatch.setattr(Round, "figures", lambda _, unit: filed if unit.code == "002" else {})
    run(folder)
    assert "随附发给你单位的表（上年数已填好），请照上面的办法" in message(folder, "002-民政局")


def test_list_and_reminder_ask_to_confirm_where_that_is_what_lies_in_the_folder(folder: Path) -> None:
    put(folder, "教育局.xlsx", copied(filled_book()))
    put(folder, "财政局.xlsx", workbook())
    run(folder)
    assert lying(folder)["001-教育局"] == ["001-教育局-请确认.xlsx", MESSAGE]
    said = {row[0]: row[3] for row in calls(folder)}
    assert said["云岭区教育局"] == (
        "交来的文件“教育局.xlsx”不能直接用，数已填在发给你们的“001-教育局-请确认.xlsx”里，"
        "请核对，在“待确认”页选“确认”发回。"
    )
    assert said["云岭区财政局"].endswith("请在发给你们的表里填好再发。")
    with open_round(folder, clock=clock(), alone=False) as round_:
        lines = progress(round_).reminder.splitlines()
    unusable, confirm = (next(n for n, line in enumerate(lines) if words in line) for words in ("填好再报送", "请确认"))
    assert (lines[unusable + 1].strip(), lines[confirm + 1].strip()) == ("财政局", "教育局")


def test_the_first_letter_after_the_deadline_is_no_reminder_and_says_that_it_is_past(tmp_path: Path) -> None:
    begin(tmp_path / "late")
    for day, is_first in (("2026-11-26", True), ("2026-11-28", True), ("2026-11-29", False)):
        with open_round(tmp_path / "late", clock=clock(f"{day} 09:00")) as round_:
            distribute(round_)
            hand_back(round_, standings(round_))
        text = message(tmp_path / "late", "002-民政局")
        assert text.startswith("云岭区民政局：\n随附2025年") == is_first, day
        assert ("还没有收到" in text) != is_first
        assert "原定 1月26日，已过 30" in text
        assert (calls(tmp_path / "late") == []) == is_first


@pytest.mark.parametrize(("issued", "is_first"), [("2026-01-26 10:00", False), ("2026-01-27 10:00", True)])
def test_who_was_sent_its_workbook_in_time_is_reminded_the_day_after_the_deadline(
    tmp_path: Path, issued: str, *, is_first: bool
) -> None:
    begin(tmp_path / "edge")
    with open_round(tmp_path / "edge", clock=clock(issued)) as round_:
        distribute(round_)
    run(tmp_path / "edge", "2026-01-27 10:00")
    assert ("还没有收到" not in message(tmp_path / "edge", "002-民政局")) == is_first


def test_a_unit_that_was_recoded_is_still_sent_the_workbook_it_was_issued(folder: Path) -> None:
    run(folder)
    (old,) = [name for name in lying(folder) if name.startswith("003-")]
    recoded = [("303", *row[1:8], "003") if row[0] == "003" else row for row in UNITS]
    roster(folder / "名册.csv", recoded)
    run(folder)
    now = lying(folder)
    assert old not in now
    (new,) = [name for name in now if name.startswith("303-")]
    assert any(name.endswith(BOOK) for name in now[new])


def test_a_folder_that_stands_open_in_a_window_stops_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(path: Path) -> None:
        raise PermissionError(13, "in use", str(path))

    put(folder, "001.xlsx", reply(folder, "001", GOOD))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rmdir", held)
        assert run(folder) == ()
    assert lying(folder)["001-教育局"] == []
