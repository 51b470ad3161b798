"""Blanks where 0 is meant: proposed, marked, told in one line, confirmed at one place, and never summed before."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.dialects import unpacked
from factories.office import recalculate
from factories.workbooks import edited, form, save, workbook

from toolkit.collection.diff import changes_between
from toolkit.forms.layout import CHECKS, CONFIRM, NOTICE, PRIOR, PROPOSED, prior_name
from toolkit.model.finding import Severity, Status
from toolkit.model.returns import Verdict
from toolkit.pipeline.annotate import notice
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.workbook.annotation.annotate import AnnotateError, annotate
from toolkit.workbook.annotation.comments import MARK
from toolkit.workbook.annotation.zeros import with_zeros, zeros
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.pen import INPUT, PROPOSAL
from toolkit.workbook.template.write import write_template

ENTERED = [name for name, one in form().variables.items() if not one.derived]
DISPUTES = [name for name in ENTERED if name.startswith("disputes")]
BLANK = [name for n, name in enumerate(ENTERED) if n % 3 or name in DISPUTES]
CONFIRMING = "待确认!A1"


@cache
def judge(data: bytes) -> Verdict:
    (verdict,) = judged([understand_bytes("某局.xlsx", data)])
    return verdict


@cache
def sparse() -> bytes:
    """A return with two of three cells left blank, and a whole table."""
    blanks: dict[str, Any] = {name.replace(".", "__"): None for name in BLANK}
    return workbook(**blanks)


@cache
def copied(data: bytes) -> bytes:
    return annotate(data, form(), judge(data))


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def cell(book: Any, name: str) -> Any:
    sheet, address = form().layout.cells[name]
    return book[sheet][address]


def confirmed(data: bytes, also: Callable[[Any], object] = lambda _: None) -> bytes:
    def confirm(book: Any) -> None:
        book[CONFIRM]["A1"].value = "确认"
        also(book)

    return edited(data, confirm)


def told(verdict: Verdict) -> list[tuple[str, str]]:
    return [(f.rule, f"{f.sheet}!{f.cell}") for f in verdict.findings if f.severity is not Severity.NOTE]


def test_every_blank_holds_a_zero_with_its_look_and_comment_and_nothing_else_does() -> None:
    book = opened(copied(sparse()))
    for name in ENTERED:
        found = cell(book, name)
        assert found.value == 0
        ground = str(found.fill.fgColor.rgb)[-6:]
        said = found.comment.text if found.comment else ""
        wanted = (PROPOSAL[1:], f"{MARK}\n待确认：这一格空着，建议填 0。") if name in BLANK else (INPUT[1:], "")
        assert (ground, said, found.protection.locked) == (*wanted, False), name


def test_the_confirming_sheet_prints_whole_on_a_page() -> None:
    page = opened(copied(sparse()))[CONFIRM]
    assert (page.page_setup.orientation, page.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert page.column_dimensions["B"].width == 100
    assert [cell.alignment.wrap_text for (cell,) in page["B1:B3"]] == [True] * 3


def test_many_blanks_are_one_line_of_the_notice_and_of_the_list() -> None:
    verdict = judge(sparse())
    assert len(told(verdict)) > 27
    assert [finding.rule for finding in with_zeros(form(), verdict) if finding.severity is not Severity.NOTE] == [
        "VAL-14"
    ]
    text = notice(form(), verdict)
    assert f"{len(BLANK)} 格空着，已按 0 填上" in text
    assert "2. " not in text
    rows = [row[2] for row in opened(copied(sparse()))[NOTICE].iter_rows(values_only=True)]
    assert rows[rows.index("位置") + 1 :] == [CONFIRMING]


NEW, LEGAL = "requests.new.natural", "requests.granted.legal"


@cache
def unbalanced() -> bytes:
    """A return with blanks in which 36 natural persons asked and nobody was answered."""
    blanks: dict[str, Any] = {name.replace(".", "__"): None for name in BLANK if name != NEW}
    return workbook(**blanks | {NEW.replace(".", "__"): Decimal(36)})


def balances(verdict: Verdict) -> list[tuple[str, Severity, str]]:
    return [(f.cell, f.severity, f.message.partition("，")[0]) for f in verdict.findings if f.rule == "BAL-01"]


def test_the_first_notice_names_what_fails_with_the_proposed_zeros() -> None:
    cell = form().layout.spots[NEW].cell
    first = judge(unbalanced())
    assert balances(first) == [(cell, Severity.VERIFY, "空格按 0 计算时")]
    text = notice(form(), first)
    assert "2. 申请情况!D6（请核实）：空格按 0 计算时，“自然人”列：" in text
    assert "改正填错的数。可能的位置：" in text
    assert "3. " not in text
    waiting = judge(copied(unbalanced()))
    assert balances(waiting) == [(cell, Severity.VERIFY, "浅蓝色的格按建议的数计算时")]
    ((at, level, message),) = balances(judge(confirmed(copied(unbalanced()))))
    assert (at, level, message[:5]) == (cell, Severity.ERROR, "“自然人”")


def test_a_figure_with_its_unit_is_checked_as_a_number_and_takes_part_in_what_is_suggested() -> None:
    typed: dict[str, Any] = {"requests__new__natural": Decimal(54), "requests__granted__natural": Decimal(45)}
    typed |= {"requests__new__legal": Decimal(4), "requests__granted__legal": "4件"}
    verdict = judge(workbook(**typed))
    (told,) = [f for f in verdict.findings if f.rule == "BAL-01"]
    assert told.severity is Severity.ERROR
    assert "相邻两位数字颠倒" in told.suggestion
    verdict = judge(workbook(requests__granted__legal="4件"))
    assert balances(verdict) == [
        (form().layout.spots["requests.new.legal"].cell, Severity.VERIFY, "带单位的数按数字计算时")
    ]


@pytest.mark.parametrize("text", ["3万件", "10余件", "4元", "约4件"])
def test_what_is_no_plain_count_is_not_taken_for_one(text: str) -> None:
    assert balances(judge(workbook(requests__granted__legal=text))) == []


@pytest.mark.parametrize("mark", ["已确认", "√", "是", "确认无误。", "ｙｅｓ", "✓"])
def test_a_mark_that_can_only_mean_yes_confirms(mark: str) -> None:
    def write(book: Any) -> None:
        book[CONFIRM]["A1"].value = mark

    assert judge(edited(copied(sparse()), write)).status is Status.ACCEPTED


@pytest.mark.parametrize("mark", ["不确认", "1", "待核"])
def test_any_other_mark_is_told_and_confirms_nothing(mark: str) -> None:
    def write(book: Any) -> None:
        book[CONFIRM]["A1"].value = mark

    verdict = judge(edited(copied(sparse()), write))
    (told,) = [f for f in verdict.findings if f.rule == "VAL-14"]
    assert told.remedy.endswith(f"那一格现在写的是“{mark}”，请从下拉列表里选“确认”。")


def test_without_a_copy_the_notice_speaks_of_the_blank_cells() -> None:
    text = notice(form(), judge(sparse()), enclosed=False)
    assert CONFIRM not in text
    (line,) = [line for line in text.splitlines() if "空着" in line]
    assert f"{len(BLANK)} 格空着" in line
    assert "按 0 填上" not in line


def test_until_confirmed_they_count_as_blank_and_are_one_finding() -> None:
    verdict = judge(copied(sparse()))
    assert verdict.status is Status.RETURNED
    assert told(verdict) == [("VAL-14", CONFIRMING)]
    assert [f for f in verdict.findings if "除数" in f.message] == []
    assert verdict.content is not None
    assert {name for name in ENTERED if verdict.content.numbers[name] is None} == set(BLANK)


def test_confirmed_they_are_typed_zeros_and_the_diff_shows_them() -> None:
    verdict = judge(confirmed(copied(sparse())))
    assert verdict.status is Status.ACCEPTED
    before = judge(sparse())
    assert before.content is not None
    assert verdict.content is not None
    changed = {change.variable for change in changes_between(form(), before, verdict).cells}
    assert changed >= set(BLANK)


def test_a_figure_typed_over_a_proposal_counts_and_a_cleared_one_is_asked_for() -> None:
    def change(book: Any) -> None:
        cell(book, DISPUTES[0]).value = 3
        cell(book, BLANK[0]).value = None

    once = copied(sparse())
    verdict = judge(edited(once, change))
    assert verdict.content is not None
    assert (verdict.content.numbers[DISPUTES[0]], verdict.content.numbers[BLANK[0]]) == (3, None)
    assert [rule for rule, _ in told(verdict)] == ["VAL-14", "VAL-01"]
    left = judge(confirmed(once, change))
    assert ("VAL-01", "!".join(form().layout.cells[BLANK[0]])) in told(left)
    again = opened(annotate(data := confirmed(once, change), form(), judge(data)))
    assert again[PROPOSED].max_row == 1
    assert again[CONFIRM]["A1"].value is None


def test_annotated_three_times_over_it_is_the_same_and_after_confirming_nothing_is_left() -> None:
    copies = [copied(sparse())]
    copies += [copied(copies[-1])]
    copies += [copied(copies[-1])]
    assert copies[2] == copies[1]
    assert unpacked(copies[0]).keys() == unpacked(copies[1]).keys()
    clean = opened(annotate(data := confirmed(copies[2]), form(), judge(data)))
    assert {CONFIRM, PROPOSED} & set(clean.sheetnames) == set()
    assert {str(cell(clean, name).fill.fgColor.rgb)[-6:] for name in ENTERED} == {INPUT[1:]}
    assert [at for sheet in clean for row in sheet for at in row if at.comment] == []
    assert clean[CHECKS]["A2"].value == opened(sparse())[CHECKS]["A2"].value


def test_a_wholly_blank_workbook_is_given_no_zeros() -> None:
    empty = write_template(form(), Prefill(unit="甲局", period="2025"))
    assert zeros(judge(empty)) == []
    assert CONFIRM not in opened(copied(empty)).sheetnames


def test_where_last_year_has_a_figure_none_is_proposed() -> None:
    known = dict.fromkeys(form().layout.prior, Decimal(0)) | {form().layout.prior[0]: Decimal(7)}
    name = form().layout.prior[0]
    data = write_template(form(), Prefill(unit="甲局", period="2025", prior=known, values={ENTERED[-1]: Decimal(0)}))
    assert opened(data)[PRIOR] is not None
    assert prior_name(name) in form().layout.spots
    assert name not in zeros(judge(data))
    book = opened(copied(data))
    assert cell(book, name).value == cell(opened(data), name).value
    assert str(cell(book, name).fill.fgColor.rgb)[-6:] != PROPOSAL[1:]


def test_a_table_in_which_nothing_was_filled_is_asked_about() -> None:
    sheet = form().layout.cells[DISPUTES[0]][0]
    asked = [str(row[1].value) for row in opened(copied(sparse()))[CONFIRM] if "整张表" in str(row[1].value)]
    assert [sheet in line for line in asked] == [True]


@pytest.mark.office
def test_the_check_sheet_asks_for_the_confirmation_and_sees_the_zeros(tmp_path: Path) -> None:
    for data, words in ((copied(sparse()), "还没有确认"), (confirmed(copied(sparse())), "没有通过的排在最前面")):
        path = recalculate(save(tmp_path / "a.xlsx", data), tmp_path / "out")
        shown = openpyxl.load_workbook(path, data_only=True)
        assert words in shown[CHECKS]["A2"].value
        assert shown[CHECKS]["A3"].value == "不通过 0 项，请核实 0 项，未填 0 项"
        assert shown[CHECKS]["A3"].value in shown[CONFIRM]["B2"].value


def test_a_sheet_of_theirs_with_that_name_is_not_taken() -> None:
    data = edited(sparse(), lambda book: book.create_sheet(CONFIRM))
    with pytest.raises(AnnotateError):
        annotate(data, form(), judge(data))


@pytest.mark.parametrize("value", [-2, 1.5])
def test_a_figure_that_cannot_be_taken_is_told_alone(value: float) -> None:
    verdict = judge(workbook(requests__new__natural=Decimal(str(value))))
    place = "!".join(form().layout.cells["requests.new.natural"])
    assert told(verdict) == [("VAL-01", place)]
    assert "BAL-01" in verdict.findings[0].message
    assert verdict.findings[0].suggestion == ""
