"""Faulty returns go back as the unit's own workbook; corrected and sent again they are accepted."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from factories.office import recalculate, resave
from factories.rounds import FAULTY, GOOD, Value, begin, clock, covered, put, reply
from factories.workbooks import workbook
from lxml import html

from toolkit.forms.layout import CONFIRM
from toolkit.io.workers import Crew
from toolkit.model.standing import Standing
from toolkit.pipeline import annotate as annotating
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending import hand_back as handing
from toolkit.pipeline.round.sending.hand_back import HandedBack, hand_back, unnamed
from toolkit.pipeline.round.standing import decide, standings
from toolkit.pipeline.round.status import progress
from toolkit.workbook.annotation.annotate import AnnotateError
from toolkit.workbook.proposals import CONFIRMED


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
    """The unit's desk: cells found by their names, changed, what is proposed confirmed, saved."""
    book = openpyxl.load_workbook(path)
    for name, value in changes.items():
        sheet, cell = next(book.defined_names[name].destinations)
        book[sheet][cell.replace("$", "")].value = value
    if CONFIRM in book.sheetnames:
        book[CONFIRM]["A1"].value = CONFIRMED
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
    assert (handed.written, sent(folder)) == ((), [])
    assert len(list((folder / "退回" / "已处理").iterdir())) == 2


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
    for words in ("云岭区教育局", "申请情况!D6", "截止日期：1月26日"):
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
    assert "与第 1 版相比：改了 2 格；上次说的，解决 1 项，还剩 1 项；这次新有 1 项。\n收表单位：" in text


def test_handing_back_twice_writes_nothing_anew(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    first, _ = run(folder)
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "退回").iterdir()}
    second, _ = run(folder, "2026-01-23 10:00")
    assert (len(first.written), second.written) == (2, ())
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
    assert "把你单位的数填在收表单位发给你单位的表里" in text
    assert "教育局" not in text
    for words in ("请问清", "重新收件"):
        assert words not in text
    with open_round(folder, clock=clock(), alone=False) as round_:
        lines = progress(round_).reminder.splitlines()
        assert "请问清是谁的数据" in standings(round_)[1].newest.findings[0].remedy
    assert [line for line in lines if "退回的文件" in line] == [
        "二、需要修改后重新报送的 1 个单位，请按退回的文件改正："
    ]
    assert lines[lines.index("三、交来的文件不能用的 1 个单位，请用发给本单位的表填好再报送：") + 1].strip() == "民政局"


def test_a_deadline_that_is_past_is_not_told_as_to_come_and_the_notice_is_not_written_anew_for_it(folder: Path) -> None:
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    run(folder, "2026-01-26 10:00")
    path = folder / "退回" / "001-教育局-第1版-退回修改.txt"
    assert path.read_text(encoding="utf-8-sig").endswith("截止日期：1月26日\n")
    first, _ = run(folder, "2026-01-29 10:00")
    assert path.read_text(encoding="utf-8-sig").endswith("截止日期：原定 1月26日，已过 3 天\n")
    second, _ = run(folder, "2026-01-30 10:00")
    assert (len(first.written), second.written) == (2, ())
    with open_round(folder, clock=clock("2026-01-30 10:00"), alone=False) as round_:
        assert "（原定 1月26日，已过 4 天）：" in progress(round_).reminder


def test_the_name_of_another_unit_stands_in_no_notice(folder: Path) -> None:
    cover = covered(reply(folder, "001", GOOD), "云岭区民政局")
    put(folder, "财政局.xlsx", cover)
    put(folder, "石桥镇-上报.xlsx", reply(folder, "003", FAULTY))
    put(folder, "004-民政局的表.xlsx", reply(folder, "004", FAULTY))
    run(folder)
    told = {path.name[:3]: path.read_text(encoding="utf-8-sig") for path in (folder / "退回").glob("*.txt")}
    names = {"001": "教育局", "002": "民政局", "003": "财政局", "004": "石桥镇"}
    assert set(told) == {"003", "004"}
    assert {
        (code, name) for code, text in told.items() for other, name in names.items() if other != code and name in text
    } == set()
    assert all(names[code] in text.splitlines()[0] for code, text in told.items())


@pytest.mark.parametrize(
    ("quoted", "told"),
    [
        ("云岭区民政局", "另一个单位"),
        ("民政局（盖章）", "另一个单位"),
        ("云岭区教育局", "“云岭区教育局”"),
        ("教育局", "“教育局”"),
        ("与民政局一起开展了三次培训", "“与民政局一起开展了三次培训”"),
        ("10件", "“10件”"),
    ],
)
def test_a_quotation_that_is_another_units_name_is_told_in_other_words(folder: Path, quoted: str, told: str) -> None:
    with open_round(folder, clock=clock(), alone=False) as round_:
        assert re.sub("“([^“”]*)”", partial(unnamed, round_, ("001",)), f"写的是“{quoted}”。") == f"写的是{told}。"


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


def test_two_processes_hand_back_the_same_files_and_note_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Counted(Crew):
        def __init__(self, jobs: int) -> None:
            asked.append(jobs)
            super().__init__(jobs)

    monkeypatch.setattr(handing, "Crew", Counted)
    for code in ("001", "003", "004"):
        put(folder, f"{code}.xlsx", reply(folder, code, {**FAULTY, "disputes.review.other": None}))
    put(folder, "民政局.xlsx", workbook())
    with open_round(folder, clock=clock()) as round_:
        collect(round_)
    found = []
    for few, jobs in ((2, 1), (3, 2), (2, 2)):
        monkeypatch.setattr(handing, "PORTION", few)
        own = shutil.copytree(folder, tmp_path / f"{few}{jobs}" / "round")
        with open_round(own, clock=clock()) as round_:
            handed = hand_back(round_, standings(round_), jobs=jobs)
            noted = round_.ledger.outputs(), round_.ledger.events()
            written = [path.relative_to(own) for path in handed.written]
            whole = {path.relative_to(own): path.read_bytes() for path in own.glob("[退待]*/**/*") if path.is_file()}
            found.append((whole, noted, written, handed.told))
    assert asked == [0, 0, 2]
    assert len([path for path in found[0][0] if path.match("退回/*-第1版-退回修改.xlsx")]) == 3
    assert found[0] == found[1] == found[2]


def test_the_board_counts_what_the_notice_counts_and_every_return_once(folder: Path) -> None:
    put(
        folder,
        "a.xlsx",
        reply(folder, "001", {**GOOD, "requests.refused_query.legal": None, "disputes.review.other": None}),
    )
    put(folder, "b.xlsx", reply(folder, "003", GOOD))
    put(folder, "民政局.xlsx", workbook())
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    for office in ("甲办", "乙办"):
        # Another office: the same return is handed back anew.
        settings.write_text(re.sub("(?m)^office = .*$", f'office = "{office}"', text), encoding="utf-8")
        with open_round(folder, clock=clock()) as round_:
            consolidate_round(round_, SumRequest(reports=False))
    with open_round(folder, clock=clock(), alone=False) as round_:
        assert len([one for one in round_.ledger.events() if one.kind == "returned"]) == 4
    tree = html.fromstring((folder / "成果" / "board.html").read_bytes())
    days = tree.xpath('//div[contains(@class, "days")]//tbody/tr')
    assert [[cell.text_content() for cell in day[1:4]] for day in days] == [["2", "1", "1"]]
    rows = [[cell.text_content() for cell in row] for row in tree.xpath('//table[@class="remind"]/tbody/tr')]
    assert [row[-1] for row in rows if row[0] == "云岭区教育局"] == ["第 1 版有 1 项要改正或说明"]
    words = (folder / "退回" / "001-教育局-第1版-退回修改.txt").read_text(encoding="utf-8-sig")
    assert "有 1 项需要改正或说明" in words
