"""A number that stands where words are asked for: every digit that was typed is printed, whatever the format."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from factories.workbooks import edited, form, found, patched, save, verdict, workbook

from toolkit.cli.run import run
from toolkit.forms.layout import UNIT
from toolkit.model.finding import Severity, Status

pytestmark = pytest.mark.runs

Typed = dict[str, float | str | bool]


def typed(entries: Typed, unit: str = "甲局", number_format: str = "General") -> bytes:
    """A complete return with these values in cells for words, under a number format."""

    def change(book: openpyxl.Workbook) -> None:
        for name, value in entries.items():
            sheet, address = form().layout.cells[name]
            cell = book[sheet][address]
            cell.value, cell.number_format = value, number_format

    return edited(workbook(unit), change)


def words(path: Path) -> str:
    if path.suffix == ".docx":
        return "\n".join(part.text for part in docx.Document(str(path)).paragraphs)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("fee", "printed"),
    [
        (160, "160"),
        (123456.78, "123456.78"),
        (1234567, "1234567"),
        (1234567.89, "1234567.89"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_a_fee_is_printed_as_it_was_typed(tmp_path: Path, fee: float, printed: str) -> None:
    data = typed({"others.fee": fee, "cover.phone": 6078123, "items.01.label": 20250101, "items.01.count": 3})
    path = save(tmp_path / "a.xlsx", data)
    assert verdict(path).status is Status.ACCEPTED
    assert run(["report", str(path), "--to", "docx,html,md", "-o", str(tmp_path / "out")]) == 0
    written = [one for one in (tmp_path / "out").iterdir() if one.suffix in {".docx", ".html", ".md"}]
    assert len({one.suffix for one in written}) == 3
    for one in written:
        text = words(one)
        assert f"信息处理费{printed}元" in text
        assert "6078123" in text
        assert "20250101：3条" in text


def test_an_areas_digest_prints_every_digit(tmp_path: Path) -> None:
    for unit in ("甲局", "乙局"):
        save(tmp_path / "收到" / f"{unit}.xlsx", typed({"others.fee": 1234567.89}, unit))
    assert run(["consolidate", str(tmp_path / "收到"), "--name", "某区"]) == 0
    (digest,) = (tmp_path / "收到" / "成果").glob("*摘编.docx")
    assert "1234567.89" in words(digest)


def test_a_date_in_a_cell_for_words_is_a_date(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", typed({"problems.existing": 45658}, number_format="yyyy-mm-dd")))
    assert result.content is not None
    assert result.content.texts["problems.existing"] == "2025-01-01"


def test_an_error_value_in_a_cell_for_words_goes_back_with_its_place(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", typed({"others.fee": "#N/A", "problems.existing": "#REF!"})))
    told = [(one.cell, one.message) for one in found(result, "VAL-01")]
    assert sorted(told) == sorted(
        (form().layout.spots[name].cell, f"是错误值 {code}，不是文字")
        for name, code in {"others.fee": "#N/A", "problems.existing": "#REF!"}.items()
    )


def test_values_read_otherwise_have_the_remedy_of_their_own_cause(tmp_path: Path) -> None:
    data = typed({"proactive.licences.decisions": "12", "proactive.fees.amount": 0.3000000001})
    notes = {one.message: one.remedy for one in found(verdict(save(tmp_path / "a.xlsx", data)), "VAL-10")}
    assert {text.partition(" ")[2]: remedy for text, remedy in notes.items()} == {
        "“12”已按 12 读取": "请改成普通数字：表里的公式把这样保存的数当作文字。",
        "按 0.3 读取": "不影响报送。",
    }


@pytest.mark.parametrize("value", [0.1 + 0.2, "-0"])
def test_the_trace_of_a_calculation_and_minus_nought(tmp_path: Path, value: float | str) -> None:
    result = verdict(save(tmp_path / "a.xlsx", typed({"proactive.fees.amount": value})))
    told = [one.message.partition(" ")[2] for one in found(result, "VAL-10")]
    assert told == (["“-0”已按 0 读取"] if value == "-0" else [])
    assert not [one for one in result.findings if one.severity is not Severity.NOTE]


@pytest.mark.parametrize(("kept", "shown"), [("#N/A", "#N/A"), (1234568, "1234568"), (1234567.89, "1234567.89")])
def test_a_stale_result_is_told_as_the_cell_shows_it(tmp_path: Path, kept: float | str, shown: str) -> None:
    kind, body = ("e", kept) if isinstance(kept, str) else ("n", kept)
    fresh = workbook()
    path = save(tmp_path / "a.xlsx", stale(fresh, kind, str(body)))
    (told,) = found(verdict(path), "FMLA-03")
    assert f"保存的结果是 {shown}，按公式应为 0" in told.message


def stale(data: bytes, kind: str, value: str) -> bytes:
    """The workbook with another result kept in J6 of 申请情况."""
    return patched(
        data, "申请情况", r'(<c r="J6"[^>]*?)><f>([^<]*)</f><v>[^<]*</v>', rf'\1 t="{kind}"><f>\2</f><v>{value}</v>'
    )


def test_a_name_of_a_unit_that_is_none_is_told_shortly(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", typed({UNIT: "甲" * 5000})))
    told = [one for one in result.findings if one.rule == "FORM-09"]
    assert [one.cell for one in told] == ["B4"]
    assert len(told[0].message) < 100
    assert len(result.unit) == 256


@pytest.mark.parametrize("text", ["/", "-", "——", "**", "。", "0", "2025", "１２", "（1）"])
def test_a_required_text_without_a_word_goes_back(tmp_path: Path, text: str) -> None:
    result = verdict(save(tmp_path / "a.xlsx", workbook(problems__existing=text)))
    (fault,) = found(result, "VAL-01")
    assert (fault.severity, fault.variables, fault.sheet) == (Severity.ERROR, ("problems.existing",), "问题与改进")
    assert f"“{text}”" in fault.message
    assert result.status is Status.RETURNED


@pytest.mark.parametrize(("text", "faults"), [("无", 0), ("0", 0), ("160", 0), ("-", 1), ("/", 1)])
def test_a_figure_is_an_answer_where_the_form_makes_a_sentence_of_it(tmp_path: Path, text: str, faults: int) -> None:
    result = verdict(save(tmp_path / "a.xlsx", workbook(others__fee=text)))
    assert [one.variables for one in found(result, "VAL-01")] == [("others.fee",)] * faults


def test_an_optional_text_may_say_nothing(tmp_path: Path) -> None:
    assert not found(
        verdict(save(tmp_path / "a.xlsx", workbook(others__items="/", overview__assessment="—"))), "VAL-01"
    )


@pytest.mark.parametrize(("text", "faults"), [("字" * 30, 0), ("字" * 31, 1)])
def test_a_label_of_a_list_that_its_row_cuts_off(tmp_path: Path, text: str, faults: int) -> None:
    low = row_height(workbook(items__01__label=text, items__01__count=Decimal(1)), "公开信息构成", 4, 14)
    assert len(found(verdict(save(tmp_path / "a.xlsx", low)), "VAL-13")) == faults


@pytest.mark.parametrize(("lines", "faults"), [(12, 0), (13, 1)])
def test_a_row_that_somebody_made_lower_than_its_text(tmp_path: Path, lines: int, faults: int) -> None:
    low = row_height(workbook(overview__disclosure="\n".join(["一行文字"] * lines)), "总体情况", 3, 140)
    assert len(found(verdict(save(tmp_path / "a.xlsx", low)), "VAL-13")) == faults


def row_height(data: bytes, sheet: str, row: int, points: float) -> bytes:
    return edited(data, lambda book: setattr(book[sheet].row_dimensions[row], "height", points))


def test_signs_that_nobody_sees_are_named_once_a_sheet(tmp_path: Path) -> None:
    data = workbook(
        problems__existing="有\u200b短板\u202e。", problems__improvement="已\ufeff改", cover__contact="陈\u00ad某"
    )
    told = {one.sheet: (one.cells, one.message) for one in found(verdict(save(tmp_path / "a.xlsx", data)), "VAL-12")}
    assert told == {
        "问题与改进": (
            ("B3", "B4"),
            "B3 夹着看不见的零宽空格、文字方向控制符；B4 夹着看不见的字节顺序标记",
        ),
        "封面": (("B6",), "B6 夹着看不见的软连字符"),
    }
    plain = workbook(problems__existing="　　第一段。\n　　第二段\t。", cover__contact="陈 某")
    assert not found(verdict(save(tmp_path / "b.xlsx", plain)), "VAL-12")


@pytest.mark.parametrize(("number_format", "faults"), [("0!.0000", 1), (";;;", 1), ('0"元"', 0), ("#,##0.00", 0)])
def test_a_figure_in_a_text_cell_that_looks_like_another(tmp_path: Path, number_format: str, faults: int) -> None:
    result = verdict(save(tmp_path / "a.xlsx", typed({"others.fee": 41208}, number_format=number_format)))
    told = [(one.sheet, one.cell, one.severity) for one in found(result, "VAL-01")]
    assert told == [("其他事项", "B3", Severity.ERROR)] * faults


def test_a_required_text_of_nothing_but_signs_has_one_finding(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", workbook(problems__existing="。。。")))
    assert [(f.rule, f.cell) for f in result.findings if f.sheet == "问题与改进"] == [("VAL-01", "B3")]
    assert "只填了“。。。”" in found(result, "VAL-01")[0].message


def test_last_years_words_are_to_be_left_out(tmp_path: Path) -> None:
    data = edited(workbook(), lambda book: setattr(book["上年数"]["C4"], "value", "不详"))
    (finding,) = found(verdict(save(tmp_path / "a.xlsx", data)), "VAL-01")
    assert (finding.sheet, finding.remedy) == ("上年数", "请只填数字，没有的留空。")
