"""A file that cannot be used comes back as the unit's own workbook with what could be read in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from factories.copies import REQUESTS, copied, due_figures, filled_book, letter
from factories.office import recalculate
from factories.rounds import begin, clock, put, reply, states
from factories.workbooks import save

from toolkit.pipeline.read_return import understand_bytes
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import Round, open_round
from toolkit.pipeline.round.sending.hand_back import HandedBack, hand_back
from toolkit.pipeline.round.sending.transcribe import proposed
from toolkit.pipeline.round.standing import standings

TABLES = {"proactive": 10, "requests": 144, "disputes": 12}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    return tmp_path / "round"


@pytest.fixture
def opened(folder: Path) -> Iterator[Round]:
    with open_round(folder, clock=clock()) as round_:
        yield round_


def made(round_: Round, data: bytes, name: str = "旧表.xlsx") -> openpyxl.Workbook:
    book = proposed(round_, round_.roster.by_code["001"], lambda: data, name)
    assert book is not None
    return openpyxl.load_workbook(io.BytesIO(book))


def read_back(book: openpyxl.Workbook) -> tuple[int, int]:
    """How many figures (no formulas) stand in the proposed workbook, and how many are others than the source's."""
    cells = {name: next(book.defined_names[name].destinations) for name in due_figures()}
    held = {name: book[sheet][cell.replace("$", "")].value for name, (sheet, cell) in cells.items()}
    there = {name: value for name, value in held.items() if value is not None and str(value)[:1] != "="}
    return len(there), sum(Decimal(str(value)) != due_figures()[name] for name, value in there.items())


def run(folder: Path, at: str = "2026-01-20 10:00") -> tuple[HandedBack, dict[str, str]]:
    with open_round(folder, clock=clock(at)) as round_:
        collect(round_)
        return hand_back(round_, standings(round_)), states(round_)


def test_the_book_is_the_units_own_signed_as_issued(opened: Round) -> None:
    book = proposed(opened, opened.roster.by_code["001"], lambda: copied(filled_book()), "收件/住建局.xlsx")
    assert book is not None
    found = understand_bytes("a.xlsx", book)
    assert [one.rule for one in found.findings if one.severity.value == "error"] == ["VAL-14"]
    assert read_back(openpyxl.load_workbook(io.BytesIO(book))) == (len(due_figures()), 0)
    told = openpyxl.load_workbook(io.BytesIO(book))
    count = len([*told["_建议"].iter_rows()])
    assert told["待确认"]["B2"].value == (
        f"从你单位交来的“住建局.xlsx”里读出 {count} 格（其中 {len(due_figures())} 格是数），"
        "已填在所附的表里（浅蓝色的格）。"
    )
    (message,) = (one.message for one in found.findings if one.rule == "VAL-14")
    assert message.startswith(f"还有 {count} 格是程序填上的")
    page = told["待确认"]
    assert (page.page_setup.orientation, page.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert (page.column_dimensions["B"].width > 99, page["B1"].alignment.wrap_text) == (True, True)
    sheet = told["申请情况"]
    assert sheet["D6"].comment.text == "待确认：从“住建局.xlsx”的 申请情况!D6 读出"


def test_the_tables_of_a_letter_are_read(opened: Round) -> None:
    book = made(opened, letter(due_figures()), "报告.docx")
    assert read_back(book) == (len(due_figures()), 0)
    assert book["主动公开"]["B5"].comment.text == "待确认：从“报告.docx”的 第 2 个表第 3 行第 2 格 读出"


@pytest.mark.parametrize("table", TABLES)
def test_one_table_of_a_letter_is_enough(opened: Round, table: str) -> None:
    assert read_back(made(opened, letter(due_figures(), table), "报告.docx")) == (TABLES[table], 0)


def test_a_letter_with_two_tables_of_a_kind_gives_neither(opened: Round) -> None:
    book = made(opened, letter(due_figures(), "requests", "requests", "disputes"), "报告.docx")
    assert read_back(book) == (TABLES["disputes"], 0)
    assert book["待确认"]["B3"].value == (
        "“三、收到和处理政府信息公开申请情况”不止一份（第 2 个表、第 3 个表），分不清用哪一份，没有填。"
    )


def test_totals_of_the_source_are_compared_and_never_written(opened: Round) -> None:
    book = made(opened, copied(filled_book(), lambda book: book[REQUESTS].__setitem__("J6", 1)))
    right = sum(
        due_figures()[f"requests.new.{name}"]
        for name in ("natural", "business", "research", "nonprofit", "legal", "other")
    )
    assert str(book[REQUESTS]["J6"].value).startswith("=IF(")
    said = (
        f"“一、本年新收政府信息公开申请数量／总计”：原文件 申请情况!J6 写的是 1，由各格算出来是 {right}，请核对各格。"
    )
    assert book[REQUESTS]["J6"].comment.text == f"待确认：{said}"
    assert book["待确认"]["B3"].value == said
    assert book[REQUESTS]["J7"].comment is None


def test_a_file_that_names_another_unit_is_nobodys_figures(opened: Round) -> None:
    for unit in ("云岭区民政局", "教育", "甲局"):
        got = proposed(opened, opened.roster.by_code["001"], partial(copied, filled_book(unit)), "教育局.xlsx")
        assert (got is None) == (unit != "教育")
    office = partial(copied, filled_book("云岭区教育局办公室"))
    assert proposed(opened, opened.roster.by_code["001"], office, "a.xlsx") is not None


def test_another_period_is_doubted(opened: Round) -> None:
    assert made(opened, filled_book(period="2024"))["待确认"]["B3"].value == (
        "原文件写的统计期间是“2024”，请看清这些数是不是 2025年的。"
    )
    assert made(opened, filled_book(period="2025"))["待确认"]["B3"].value is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\3\4",
        b"PK\3\4word/document.xml",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xd8\xff\0",
        "你好".encode(),
    ],
    ids=["nothing", "half a zip", "half a letter", "half an old file", "a photo", "words"],
)
def test_what_cannot_be_read_gives_nothing(opened: Round, data: bytes) -> None:
    assert proposed(opened, opened.roster.by_code["001"], lambda: data, "a.xls") is None


def test_the_notice_goes_with_the_book_and_its_unconfirmed_copy_is_returned(folder: Path) -> None:
    put(folder, "教育局.xlsx", copied(filled_book()))
    handed, after = run(folder)
    assert after["001"] == "unusable"
    assert [path.name for path in handed.written] == ["001-教育局-请确认.xlsx", "001-教育局-文件不能用.txt"]
    text = (folder / "退回" / "001-教育局-文件不能用.txt").read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    assert lines[1].startswith("请核对随附的“001-教育局-请确认.xlsx”：你单位报送的")
    assert "再在“待确认”页选“确认”，保存发回，不用重新填写。" in lines[1]
    assert lines[3].startswith("原来的文件为什么不能用")
    assert "随附发给你单位的表" not in text
    assert (folder / "待发送" / "001-教育局" / "消息.txt").read_text(encoding="utf-8-sig") == text
    (book,) = (folder / "退回").glob("*.xlsx")
    put(folder, "回来.xlsx", book.read_bytes())
    assert run(folder, "2026-01-21 10:00")[1]["001"] == "returned"


def test_handing_back_twice_writes_nothing_anew(folder: Path) -> None:
    put(folder, "教育局.xlsx", copied(filled_book()))
    put(folder, "民政局.xlsx", b"PK\3\4")
    first, _ = run(folder)
    second, _ = run(folder, "2026-01-21 10:00")
    assert ([path.name for path in first.written], second.written) == (
        ["001-教育局-请确认.xlsx", "001-教育局-文件不能用.txt", "002-民政局-文件不能用.txt"],
        (),
    )


@pytest.mark.office
def test_a_confirmed_book_is_accepted(folder: Path, tmp_path: Path) -> None:
    source = openpyxl.load_workbook(
        io.BytesIO(reply(folder, "001", {"requests.new.natural": 5, "requests.granted.natural": 5}))
    )
    out = io.BytesIO()
    source.save(out)
    put(
        folder,
        "教育局.xlsx",
        copied(recalculate(save(tmp_path / "a.xlsx", out.getvalue()), tmp_path / "x").read_bytes()),
    )
    run(folder)
    book = openpyxl.load_workbook(folder / "退回" / "001-教育局-请确认.xlsx")
    book["待确认"]["A1"].value = "确认"
    book.save(tmp_path / "b.xlsx")
    put(folder, "确认.xlsx", recalculate(tmp_path / "b.xlsx", tmp_path / "y").read_bytes())
    assert run(folder, "2026-01-21 10:00")[1]["001"] == "accepted"
