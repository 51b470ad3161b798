"""Whose a file is that nobody can use: it stands on the clerk's list until that is settled, and shames nobody."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from factories.rounds import FAULTY, GOOD, UNITS, begin, clock, put, reply

from toolkit.errors import UsageError
from toolkit.forms.layout import IDENTITY
from toolkit.model.standing import Standing, State, Unclaimed
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.history import history
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.standing import claim, standings, strays
from toolkit.pipeline.round.status import Run, progress

PICTURE, SCAN = b"\xff\xd8\xff\xe0 a photo", b"%PDF-1.4 a scan"
MORE = (
    *UNITS,
    ("006", "云岭区住房和城乡建设局", "", "政府部门", "Q1", "", "", "", ""),
    ("007", "云岭区市场监督管理局", "", "政府部门", "Q1", "陆小曼", "", "", ""),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round", MORE)
    return tmp_path / "round"


def run(folder: Path, at: str = "2026-01-20 10:00") -> tuple[dict[str, Unclaimed], dict[str, Standing]]:
    with open_round(folder, clock=clock(at)) as round_:
        collect(round_)
        return _now(folder, at)


def _now(folder: Path, at: str = "2026-01-20 10:00") -> tuple[dict[str, Unclaimed], dict[str, Standing]]:
    with open_round(folder, clock=clock(at), alone=False) as round_:
        return {one.file: one for one in strays(round_).unclaimed}, {one.code: one for one in standings(round_)}


def decide(folder: Path, file: str, unit: str, at: str = "2026-01-21 09:00") -> None:
    with open_round(folder, clock=clock(at)) as round_:
        claim(round_, file, unit)


def copied(data: bytes) -> bytes:
    """The sheets of a workbook, value by value, in a new one: what it says of itself is gone."""
    old, new = openpyxl.load_workbook(io.BytesIO(data)), openpyxl.Workbook()
    new.remove(new.worksheets[0])
    for sheet in old.worksheets:
        if sheet.title != IDENTITY:
            page = new.create_sheet(sheet.title)
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        page[cell.coordinate] = cell.value
    out = io.BytesIO()
    new.save(out)
    return out.getvalue()


def packed(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def whole(folder: Path) -> Run:
    with open_round(folder, clock=clock()) as round_:
        return consolidate_round(round_, SumRequest(reports=False))


def test_what_nobody_could_use_stands_on_the_list_with_the_unit_it_is_probably_from(folder: Path) -> None:
    put(folder, "住建局报表.xlsx", copied(reply(folder, "002", GOOD)))
    put(folder, "市监局.jpg", PICTURE)
    put(folder, "陆小曼 发来.pdf", SCAN)
    put(folder, "住建局/IMG_2025.jpg", PICTURE + b"2")
    put(folder, "旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"))
    put(folder, "教育局和民政局.docx", b"PK")
    found, _ = run(folder)
    assert {name: one.codes for name, one in found.items()} == {
        "住建局报表.xlsx": ("006", "002"),  # by its name, and by what its cover says
        "市监局.jpg": ("007",),
        "陆小曼 发来.pdf": ("007",),
        "住建局/IMG_2025.jpg": ("006",),
        "旧表.xls": (),
        "教育局和民政局.docx": ("001", "002"),
    }
    assert found["市监局.jpg"].likely == ("云岭区市场监督管理局",)
    assert "图片" in found["市监局.jpg"].reason
    assert "PDF" in found["陆小曼 发来.pdf"].reason
    assert {one.since for one in found.values()} == {"2026-01-20"}


def test_rubbish_and_copies_of_what_is_settled_need_nobody(folder: Path) -> None:
    good = reply(folder, "001", GOOD)
    put(folder, "~$教育局.docx", b"x")
    put(folder, "Thumbs.db", b"x")
    put(folder, "a.json", b"{}")
    put(folder, "b.pdf.crdownload", SCAN)
    put(folder, "教育局.xlsx", good)
    put(folder, "教育局.doc", good)
    assert run(folder)[0] == {}


@pytest.mark.parametrize("again", [("教育局.xlsx", "民政局.xlsx"), ("民政局.xlsx", "教育局.xlsx")])
def test_the_very_file_of_a_neighbour_is_a_file_that_cannot_be_used(folder: Path, again: tuple[str, str]) -> None:
    for day, name in enumerate(again):
        put(folder, name, reply(folder, "002", GOOD))
        _, now = run(folder, f"2026-01-2{day} 10:00")
    assert (now["001"].state, now["001"].file) == (State.UNUSABLE, "教育局.xlsx")
    assert now["002"].state is State.ACCEPTED
    (folder / "收件" / "教育局.xlsx").unlink()
    assert run(folder, "2026-01-23 10:00")[1]["001"].state is State.MISSING


def test_a_scan_beside_a_good_workbook_needs_nobody_and_a_lone_one_does(folder: Path) -> None:
    put(folder, "教育局盖章.pdf", SCAN)
    put(folder, "邮件.zip", packed({"报表.xlsx": reply(folder, "002", GOOD), "盖章.pdf": SCAN + b"2"}))
    found, now = run(folder)
    assert list(found) == ["教育局盖章.pdf"]
    assert now["001"].state is State.UNUSABLE
    put(folder, "教育局.xlsx", reply(folder, "001", FAULTY))
    found, now = run(folder, "2026-01-21 10:00")
    assert found == {}
    assert now["001"].state is State.RETURNED


def test_a_workbook_that_came_after_the_good_one_is_still_told(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "002", GOOD))
    run(folder)
    put(folder, "改正.xlsx", copied(reply(folder, "002", FAULTY)))
    found, now = run(folder, "2026-01-21 10:00")
    assert found["改正.xlsx"].codes == ("002",)
    assert now["002"].state is State.ACCEPTED
    put(folder, "b.xlsx", reply(folder, "002", {**GOOD, "requests.new.business": 1, "requests.granted.business": 1}))
    assert run(folder, "2026-01-22 10:00")[0] == {}


def test_last_years_figures_in_a_workbook_tell_whose_it_is(tmp_path: Path) -> None:
    before = tmp_path / "2024"
    begin(before, MORE, period="2024")
    carried = {"requests.new.natural": 7, "requests.granted.natural": 4, "requests.carried_out.natural": 3}
    for code, changed in (("003", carried), ("001", GOOD)):
        put(before, f"{code}.xlsx", reply(before, code, changed))
    whole(before)
    folder = tmp_path / "2025"
    begin(folder, MORE, previous=before)
    book = openpyxl.load_workbook(io.BytesIO(copied(reply(folder, "003", GOOD))))
    for row in book["封面"].iter_rows():
        for cell in row:
            if cell.value == "云岭区财政局":
                cell.value = None
    out = io.BytesIO()
    book.save(out)
    put(folder, "新建工作簿.xlsx", out.getvalue())
    found, _ = run(folder)
    assert found["新建工作簿.xlsx"].codes == ("003",)


def test_whoever_is_on_the_list_is_not_reminded_as_missing(folder: Path) -> None:
    put(folder, "住建局.jpg", PICTURE)
    run(folder)
    with open_round(folder, clock=clock(), alone=False) as round_:
        now = progress(round_)
    missing, unusable = now.reminder.split("交来的文件不能用")
    assert "住房和城乡建设局" not in missing
    assert "住房和城乡建设局" in unusable
    assert "xxgk" not in now.reminder
    assert [one.file for one in now.unclaimed] == ["住建局.jpg"]


def test_a_claim_settles_the_file_and_its_copies_and_can_be_taken_back(folder: Path) -> None:
    put(folder, "邮件.zip", packed({"IMG_1.jpg": PICTURE}))
    put(folder, "IMG_1 副本.jpg", PICTURE)
    assert len(run(folder)[0]) == 2
    decide(folder, "IMG_1.jpg", "住建局")
    found, now = _now(folder)
    assert found == {}
    assert now["006"].state is State.UNUSABLE
    assert "图片" in now["006"].reason
    decide(folder, "邮件.zip/IMG_1.jpg", "007", "2026-01-21 10:00")
    _, now = _now(folder)
    assert (now["006"].state, now["007"].state) == (State.MISSING, State.UNUSABLE)
    decide(folder, "收件\\邮件.zip\\IMG_1.jpg", "无关", "2026-01-21 11:00")
    found, now = _now(folder)
    assert (found, now["007"].state) == ({}, State.MISSING)
    with open_round(folder, alone=False) as round_:
        (told,) = [one.detail for one in history(round_, "007").events if one.kind == "claim"]
    assert told == "邮件.zip/IMG_1.jpg"


def test_a_claim_stands_when_the_file_is_cleared_away(folder: Path) -> None:
    path = put(folder, "IMG_1.jpg", PICTURE)
    run(folder)
    decide(folder, "IMG_1.jpg", "006")
    path.unlink()
    _, now = run(folder, "2026-01-22 10:00")
    assert now["006"].state is State.UNUSABLE
    assert now["006"].file == "IMG_1.jpg"
    put(folder, "a.xlsx", reply(folder, "006", GOOD))
    assert run(folder, "2026-01-23 10:00")[1]["006"].state is State.ACCEPTED


def test_another_file_under_the_name_of_a_claimed_one_is_asked_about_again(folder: Path) -> None:
    put(folder, "IMG_1.jpg", PICTURE)
    run(folder)
    decide(folder, "IMG_1.jpg", "006")
    put(folder, "IMG_1.jpg", PICTURE + b" of another unit")
    found, _ = run(folder, "2026-01-22 10:00")
    assert [one.since for one in found.values()] == ["2026-01-22"]


def test_a_claimed_workbook_is_not_accepted_and_its_unit_is_told_what_to_do(folder: Path) -> None:
    put(folder, "报表.xlsx", copied(reply(folder, "006", GOOD)))
    whole(folder)
    decide(folder, "报表.xlsx", "006")
    done = whole(folder)
    (standing,) = [one for one in done.standings if one.code == "006"]
    assert standing.state is State.UNUSABLE
    (book, text) = [path for path in done.handed.written if path.name.startswith("006-")]
    notice = text.read_text(encoding="utf-8-sig")
    assert book.name.endswith("-请确认.xlsx")
    assert "报表.xlsx" in notice
    assert "请在收表单位发给你单位的表里填写" in notice
    assert done.unclaimed == ()


@pytest.mark.parametrize(
    ("file", "unit", "told"),
    [
        ("IMG_2.jpg", "006", "是不是“IMG_1.jpg”"),
        ("教育局.xlsx", "006", "没有待认领的文件“教育局.xlsx”"),
        ("同名.jpg", "006", "有 2 个：乙/同名.jpg、甲/同名.jpg"),
        ("IMG_1.jpg", "教育句", "是不是：云岭区教育局"),
        ("IMG_1.jpg", "镇街", "不报送"),
    ],
)
def test_what_is_mistyped_is_told_with_what_is_near(folder: Path, file: str, unit: str, told: str) -> None:
    put(folder, "教育局.xlsx", reply(folder, "001", GOOD))
    put(folder, "IMG_1.jpg", PICTURE)
    put(folder, "甲/同名.jpg", PICTURE + b"1")
    put(folder, "乙/同名.jpg", PICTURE + b"2")
    run(folder)
    with pytest.raises(UsageError, match=told):
        decide(folder, file, unit)


def test_the_list_stands_in_the_table_and_on_the_board_until_it_is_settled(folder: Path) -> None:
    put(folder, "扫描件.pdf", SCAN)
    put(folder, "市监局.pdf", SCAN + b"2")
    for _ in range(2):
        assert [one.file for one in whole(folder).unclaimed] == ["市监局.pdf", "扫描件.pdf"]
        text = (folder / "成果" / "收报情况.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        told = {row["文件"]: row["说明"] for row in rows if row["单位"] == "（待认领）"}
        assert set(told) == {"市监局.pdf", "扫描件.pdf"}
        assert "可能是云岭区市场监督管理局的" in told["市监局.pdf"]
        (unit,) = [row for row in rows if row["编码"] == "007"]
        assert "待认领" in unit["说明"]
        page = (folder / "成果" / "board.html").read_text(encoding="utf-8")
        assert "待认领（2 个文件）" in page
        message = page.split('<pre id="reminder"')[1].split("</pre>")[0]
        assert "市场监督管理局" in message
        assert "市监局.pdf" not in message
        assert "xxgk claim &#34;市监局.pdf&#34; 007" in page
    decide(folder, "市监局.pdf", "007")
    decide(folder, "扫描件.pdf", "无关")
    assert whole(folder).unclaimed == ()
    assert "待认领" not in (folder / "成果" / "board.html").read_text(encoding="utf-8")


def test_what_was_left_lying_is_looked_at_once_and_forgotten_when_it_is_gone(folder: Path) -> None:
    path = put(folder, "扫描件.pdf", SCAN)
    run(folder)
    assert run(folder, "2026-01-25 10:00")[0]["扫描件.pdf"].since == "2026-01-20"
    path.unlink()
    assert _now(folder)[0] == {}
    assert run(folder, "2026-01-26 10:00")[0] == {}
