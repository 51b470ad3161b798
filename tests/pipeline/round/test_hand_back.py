"""Faulty returns go back as the unit's own workbook; corrected and sent again they are accepted."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from factories.office import recalculate, resave
from factories.rounds import FAULTY, GOOD, Value, begin, clock, put, reply
from factories.workbooks import workbook

from toolkit.model.standing import Standing
from toolkit.pipeline import annotate as annotating
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.hand_back import HandedBack, hand_back
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.standing import decide, standings
from toolkit.pipeline.round.status import progress
from toolkit.workbook.annotation.annotate import AnnotateError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    return tmp_path / "round"


def run(folder: Path, at: str = "2026-01-20 10:00") -> tuple[HandedBack, dict[str, Standing]]:
    with open_round(folder, clock=clock(at)) as round_:
        collect(round_)
        found = standings(round_)
        return hand_back(round_, found), {one.code: one for one in found}


def sent(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "退回").iterdir() if path.is_file())


def corrected(path: Path, changes: Mapping[str, Value]) -> Path:
    """The unit's desk: cells found by their names, changed, saved."""
    book = openpyxl.load_workbook(path)
    for name, value in changes.items():
        sheet, cell = next(book.defined_names[name].destinations)
        book[sheet][cell.replace("$", "")].value = value
    target = path.with_name("改好.xlsx")
    book.save(target)
    return target


@pytest.mark.office
def test_an_annotated_copy_corrected_and_saved_by_libreoffice_is_accepted_as_the_next_revision(
    folder: Path, tmp_path: Path
) -> None:
    put(
        folder,
        "a.xlsx",
        reply(folder, "001", {**FAULTY, "requests.refused_query.legal": "10件", "disputes.review.other": None}),
    )
    _, before = run(folder)
    assert before["001"].state.value == "returned"
    (copy,) = (folder / "退回").glob("*.xlsx")
    desk = tmp_path / "desk"
    desk.mkdir()
    mine = desk / "收到的.xlsx"
    mine.write_bytes(copy.read_bytes())
    changes = {"requests.granted.natural": 5, "requests.refused_query.legal": 0, "disputes.review.other": 0}
    saved = recalculate(corrected(mine, changes), tmp_path / "saved")
    put(folder, "教育局修改.xlsx", saved.read_bytes())
    handed, after = run(folder, "2026-01-22 10:00")
    one = after["001"]
    assert (one.state.value, one.revision, one.revisions) == ("accepted", 2, 2)
    assert one.verdict is not None
    assert [finding for finding in one.verdict.findings if finding.severity.value != "note"] == []
    assert one.verdict.content is not None
    assert one.verdict.content.numbers["requests.closed.total"] == 5
    assert (handed.written, handed.retired, sent(folder)) == ((), 2, [])


@pytest.mark.office
@pytest.mark.parametrize("how", [resave, recalculate], ids=["saved", "recalculated"])
def test_the_identity_survives_libreoffice(folder: Path, tmp_path: Path, how: object) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(reply(folder, "001", GOOD))
    assert callable(how)
    put(folder, "x.xlsx", how(path, tmp_path / "out").read_bytes())
    _, after = run(folder)
    assert after["001"].state.value == "accepted"


def test_the_identity_survives_when_only_the_document_properties_are_left(folder: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(reply(folder, "001", GOOD)))
    for name in [name for name in book.defined_names if name.startswith("xxgk.")]:
        del book.defined_names[name]
    del book["_标识"]
    out = io.BytesIO()
    book.save(out)
    put(folder, "x.xlsx", out.getvalue())
    _, after = run(folder)
    assert after["001"].state.value == "accepted"


def test_the_copy_and_the_notice_name_the_place_and_what_to_do(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    run(folder)
    assert sent(folder) == ["001-教育局-第1版-退回修改.txt", "001-教育局-第1版-退回修改.xlsx"]
    text = (folder / "退回" / "001-教育局-第1版-退回修改.txt").read_text(encoding="utf-8-sig")
    for words in ("云岭区教育局", "申请情况!D6", "截止日期：2026-01-26"):
        assert words in text
    book = openpyxl.load_workbook(folder / "退回" / "001-教育局-第1版-退回修改.xlsx")
    assert book.sheetnames[0] == "退回意见"
    assert book["申请情况"]["D6"].comment is not None
    assert book["申请情况"]["D6"].value == 5


def test_a_second_faulty_version_is_compared_with_the_first(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", {**FAULTY, "requests.new.business": 2}))
    run(folder)
    put(folder, "b.xlsx", reply(folder, "001", {**GOOD, "requests.new.business": 2, "requests.new.legal": 1}))
    _, after = run(folder, "2026-01-22 10:00")
    assert (after["001"].revision, after["001"].state.value) == (2, "returned")
    assert sent(folder) == ["001-教育局-第2版-退回修改.txt", "001-教育局-第2版-退回修改.xlsx"]
    text = (folder / "退回" / "001-教育局-第2版-退回修改.txt").read_text(encoding="utf-8-sig")
    assert "与第 1 版相比：改了 6 格；解决 1 处，新出现 1 处，还剩 1 处" in text


def test_handing_back_twice_writes_nothing_anew(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    first, _ = run(folder)
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "退回").iterdir()}
    second, _ = run(folder, "2026-01-23 10:00")
    assert (len(first.written), second.written, second.kept) == (2, (), 2)
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "退回").iterdir()} == before


def test_what_cannot_be_used_gets_words_only(folder: Path) -> None:
    put(folder, "教育局.xlsx", workbook())
    _, after = run(folder)
    assert after["001"].state.value == "unusable"
    assert sent(folder) == ["001-教育局-文件不能用.txt"]
    text = (folder / "退回" / "001-教育局-文件不能用.txt").read_text(encoding="utf-8-sig")
    assert text.startswith("云岭区教育局：")
    assert "没有签名" in text


def test_a_workbook_of_another_unit_is_told_to_whom_the_notice_goes_in_words_for_a_unit(folder: Path) -> None:
    put(folder, "民政局.xlsx", reply(folder, "001", GOOD))
    put(folder, "财政局.xlsx", reply(folder, "003", FAULTY))
    run(folder)
    text = (folder / "退回" / "002-民政局-文件不能用.txt").read_text(encoding="utf-8-sig")
    assert text.startswith("云岭区民政局：")
    assert "请用本轮发给你单位的工作簿填写后重新报送" in text
    for words in ("请问清", "重新收件"):
        assert words not in text
    with open_round(folder, clock=clock(), alone=False) as round_:
        lines = progress(round_).reminder.splitlines()
        assert "请问清是谁的数据" in standings(round_)[1].newest.findings[0].remedy
    assert [line for line in lines if "退回的文件" in line] == [
        "二、需要修改后重新报送的 1 个单位，请按退回的文件改正："
    ]
    assert (
        lines[lines.index("三、交来的文件不能用的 1 个单位，请用发给本单位的工作簿重新报送：") + 1].strip() == "民政局"
    )


def test_a_unit_whose_earlier_revision_was_pinned_is_not_asked_again(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    run(folder)
    put(folder, "b.xlsx", reply(folder, "001", FAULTY))
    run(folder)
    assert len(sent(folder)) == 2
    with open_round(folder, clock=clock()) as round_:
        decide(round_, "pin", round_.roster.find("教育局"), 1, "第二版发错")
    run(folder)
    assert sent(folder) == []


def test_a_workbook_that_cannot_be_marked_gets_a_notice_that_stands_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise AnnotateError("不能标注")

    monkeypatch.setattr(annotating, "annotate", refuse)
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    handed, _ = run(folder)
    assert sent(folder) == ["001-教育局-第1版-退回修改.txt"]
    assert handed.told == ("云岭区教育局：不能标注",)
