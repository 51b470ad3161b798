"""The unit's own workbook back: everything of theirs is there, what is wrong is marked, and it can be corrected."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.dialects import no_fills, unpacked
from factories.office import recalculate, resave
from factories.packages import packed
from factories.workbooks import edited, form, patched, places, save, workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Protection

from toolkit.forms.layout import CHECKS, CONFIRM, IDENTITY, NOTICE
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.flat import FlatWorkbook
from toolkit.model.returns import Verdict
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.workbook.annotation.annotate import AUTHOR, FILLS, MARK, AnnotateError, annotate
from toolkit.workbook.intake.forensics import calculated
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.template.cells import CellRole, Prefill
from toolkit.workbook.template.pen import GREY, INPUT, PROPOSAL
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template

pytestmark = pytest.mark.runs

TABLE, DISPUTES = "申请情况", "复议诉讼"
SAMPLES = Path(__file__).parents[3] / "samples"


@cache
def judge(data: bytes) -> Verdict:
    (verdict,) = judged([understand_bytes("某局.xlsx", data)])
    return verdict


def flat(data: bytes) -> FlatWorkbook:
    return read(admit_bytes(data))


@cache
def annotated(data: bytes, heading: tuple[str, ...] = ()) -> bytes:
    return annotate(data, form(), judge(data), heading)


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=True)


def at(name: str) -> tuple[str, str]:
    return form().layout.cells[name]


def cell(book: Any, name: str) -> Any:
    sheet, address = at(name)
    return book[sheet][address]


def colour(cell: Any) -> str:
    return f"#{str(cell.fill.fgColor.rgb)[-6:]}" if cell.fill.fill_type == "solid" else ""


def listed(book: Any) -> list[tuple[str, ...]]:
    """The lines of the notice's table, as texts."""
    rows = [tuple(str(value or "") for value in row) for row in book[NOTICE].iter_rows(values_only=True)]
    return rows[next(i for i, row in enumerate(rows) if row[0] == "序号") + 1 :]


def without_notes(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    verdict = Verdict(file="", status=Status.RETURNED, findings=tuple(findings))
    return [place for place in places(verdict) if place[1] != "note"]


@cache
def faulty() -> bytes:
    """A return with a fault of every kind."""
    data = workbook(
        requests__new__natural=Decimal(5),
        requests__carried_in__business="10件",
        requests__granted__natural=None,
        requests__granted__legal=Decimal(-1),
        requests__new__total=Decimal(3),
        overview__safeguards=None,
    )

    def spoil(book: openpyxl.Workbook) -> None:
        book[TABLE]["J8"].value = "=SUM(D9:I9)"
        book[CHECKS]["G6"].value = "通过"

    return edited(data, spoil)


def test_all_that_is_theirs_is_still_there_as_it_was() -> None:
    def add(book: openpyxl.Workbook) -> None:
        book.security.lockStructure = True
        sheet = book.create_sheet("我们的底稿")
        sheet["A1"].value, sheet["A2"].value = "台账 =1+1", "=A3*2"
        sheet["A3"].value = 21
        sheet["A4"].value = datetime(2025, 3, 1, 12, 34, 56, tzinfo=UTC).replace(tzinfo=None)
        sheet["A5"].value = CellRichText("平", TextBlock(InlineFont(b=True), "粗"), " 尾 ")
        sheet["A6"].value, sheet["A7"].value, sheet["A8"].value = True, "#N/A", "两\n行 "
        sheet["A9"].comment = Comment("请财务科看", "小王")
        sheet["B1"].protection = Protection(locked=False)
        book[TABLE]["L3"].value = "旁注"

    before = edited(workbook(requests__granted__natural=Decimal(-1)), add)
    before = patched(before, 12, r"(<c r=\"A4\"[^>]*><v>)[^<]*", r"\g<1>45717.524259259262")
    after = annotated(before)
    old, new = flat(before), flat(after)
    for name, sheet in old.sheets.items():
        kept = new.sheets[name]
        assert (kept.protected, kept.hidden) == (sheet.protected, sheet.hidden), name
        for address, was in sheet.cells.items():
            found = kept.cells.get(address)
            assert found is not None, (name, address)
            assert found.formula == was.formula, (name, address)
            assert found.value == was.value or was.formula is not None, (name, address)
            assert new.styles[found.style] == old.styles[was.style], (name, address)
        assert not [a for a in kept.cells.keys() - sheet.cells.keys() if kept.cells[a].value is not None], name
    assert (new.names, new.properties) == (old.names, old.properties)
    theirs, ours = opened(before), opened(after)
    assert ours.security.lockStructure
    assert ours.sheetnames == [NOTICE, *theirs.sheetnames]
    assert ours[IDENTITY].sheet_state == "veryHidden"
    assert str(ours["我们的底稿"]["A5"].value) == "平粗 尾 "
    assert isinstance(ours["我们的底稿"]["A5"].value, CellRichText)
    assert ours["我们的底稿"]["A9"].comment.text == "请财务科看"
    for sheet in theirs:
        rules = [(str(v.sqref), v.type, v.formula1, v.prompt) for v in sheet.data_validations.dataValidation]
        mine = ours[sheet.title]
        assert [(str(v.sqref), v.type, v.formula1, v.prompt) for v in mine.data_validations.dataValidation] == rules
        assert mine.merged_cells.ranges == sheet.merged_cells.ranges
        assert [str(c.sqref) for c in mine.conditional_formatting] == [
            str(c.sqref) for c in sheet.conditional_formatting
        ]


def test_faulty_cells_are_coloured_and_say_rule_fault_and_remedy() -> None:
    book = opened(annotated(faulty()))
    for name, words in {
        "requests.carried_in.business": ("错误", "“10件”带有单位或文字", "请只填数字，例如 10"),
        "requests.granted.legal": ("错误", "是 -1，小于 0", "请检查是否多写了负号"),
        "overview.safeguards": ("错误", "必填的文字没有填", "请填写这一部分的文字"),
    }.items():
        found = cell(book, name)
        assert colour(found) == FILLS[Severity.ERROR], name
        assert found.comment.author == AUTHOR
        assert found.comment.text.startswith(MARK)
        assert [word for word in words if word not in found.comment.text] == [], name
    clean = cell(book, "requests.carried_out.research")
    assert (clean.comment, colour(clean)) == (None, INPUT)


def test_a_finding_of_many_cells_is_told_once_and_pointed_at_from_the_others() -> None:
    data = (SAMPLES / "hongze-2023.xlsx").read_bytes()
    finding = next(f for f in judge(data).findings if f.rule == "SUM-03")
    book = opened(annotated(data))
    first, *others = [book[finding.sheet][address] for address in finding.cells]
    assert finding.message in first.comment.text
    assert [colour(one) for one in (first, *others)] == [FILLS[Severity.ERROR]] * len(finding.cells)
    assert [f"错误：见 {finding.cell} 的批注。" in one.comment.text for one in others] == [True] * len(others)


def test_a_reference_to_another_sheet_is_marked_there() -> None:
    data = (SAMPLES / "suqian-2023.xlsx").read_bytes()
    verdict = judge(data)
    finding = Finding(
        rule="X-01", severity=Severity.VERIFY, sheet=TABLE, cell="D6", cells=("D6", "上年数!C5"), message="不连续"
    )
    book = opened(annotate(data, form(), replace(verdict, findings=(finding,))))
    assert colour(book["上年数"]["C5"]) == FILLS[Severity.VERIFY]
    assert "见 申请情况!D6 的批注" in book["上年数"]["C5"].comment.text


def test_what_is_to_be_verified_is_marked_also_where_the_explanation_belongs() -> None:
    data = workbook(proactive__normative__made=Decimal(5))
    verdict = judge(data)
    (finding,) = [f for f in verdict.findings if f.severity is Severity.VERIFY]
    assert verdict.status is Status.RETURNED
    book = opened(annotated(data))
    assert colour(book[finding.sheet][finding.cell]) == FILLS[Severity.VERIFY]
    notes = [one for row in book[CHECKS].iter_rows() for one in row if one.comment]
    (asked,) = [one for one in notes if "请在这里写明" in one.comment.text]
    assert colour(asked) == FILLS[Severity.VERIFY]
    assert book[CHECKS].cell(asked.row, 1).value == finding.rule
    assert not asked.protection.locked


def test_what_is_explained_is_neither_coloured_nor_demanded() -> None:
    explained = {"explain.BAL_02_2_normative": "本年制发的五件已于年内全部到期失效，不再有效。"}
    data = workbook(proactive__normative__made=Decimal(5), requests__new__natural=Decimal(-1), **explained)
    (finding,) = [f for f in judge(data).findings if f.explanation]
    book = opened(annotated(data))
    assert colour(book[finding.sheet][finding.cell]) == INPUT
    (line,) = [line for line in listed(book) if line[2] == f"{finding.sheet}!{finding.cell}"]
    assert line[1] == "提示"
    assert "不用改" in line[4]


def test_the_notice_is_the_first_sheet_and_links_to_every_cell() -> None:
    data = faulty()
    verdict = judge(data)
    after = annotated(data, ("收表单位：某区政务公开办", "截止日期：2026-01-20"))
    book = opened(after)
    sheet = book[NOTICE]
    assert (book.sheetnames[0], book.active.title) == (NOTICE, NOTICE)
    assert [one.title for one in book if one.sheet_view.tabSelected] == [NOTICE]
    assert sheet.protection.sheet
    top = [row[0] for row in sheet.iter_rows(max_row=5, values_only=True)]
    assert [form().form.title in str(top[0]), "甲局" in str(top[1]), "2025" in str(top[1])] == [True, True, True]
    assert top[2:4] == ["收表单位：某区政务公开办", "截止日期：2026-01-20"]
    lines = listed(book)
    told = [f for f in verdict.findings if f.rule not in {"SIGN-01", "FMLA-04"} and f.sheet != CHECKS]
    blank = at("requests.granted.natural")
    assert [line[2] for line in lines] == [
        "待确认!A1",
        *("!".join(part for part in (f.sheet, f.cell) if part) for f in told if (f.sheet, f.cell) != blank),
    ]
    assert not [text for line in lines for text in line if any(f.rule in text for f in told)], "codes are the office's"
    ranks = ["错误", "请核实", "提示"]
    assert [line[1] for line in lines] == sorted((line[1] for line in lines), key=ranks.index)
    links = {cell.value: cell.hyperlink for row in sheet.iter_rows(min_col=3, max_col=3) for cell in row}
    for line in lines:
        place = links[line[2]]
        name, _, address = place.location.rpartition("!")
        assert (place.target, f"{name.strip(chr(39))}!{address}") == (None, line[2])
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        links_out = [n for n in archive.namelist() if n.endswith(".rels") and b"External" in archive.read(n)]
    assert links_out == []


def test_findings_without_a_cell_are_listed_too() -> None:
    def add(book: openpyxl.Workbook) -> None:
        book.create_sheet("多余")
        del book.defined_names["overview.requests"]

    lines = listed(opened(annotated(edited(workbook(requests__new__natural=Decimal(-1)), add))))
    notes = [(line[2], line[3]) for line in lines if line[1] == "提示"]
    assert [place for place, _ in notes] == ["多余", ""]
    assert [word in told for word, (_, told) in zip(("多出工作表", "名称管理器"), notes, strict=True)] == [True, True]


def test_of_a_table_that_nobody_filled_every_cell_is_coloured_and_the_list_is_short() -> None:
    book = opened(annotated(write_template(form(), Prefill(unit="甲局", period="2025"))))
    due = [v.name for v in form().variables.values() if not v.derived]
    (line,) = [line for line in listed(book) if "格空着" in line[3]]
    assert (line[5], f"{len(due)} 格空着" in line[3], f"“{TABLE}”表 D6:I28、D30:I30" in line[3]) == (
        "（空）",
        True,
        True,
    )
    assert {colour(cell(book, name)) for name in due} == {FILLS[Severity.ERROR]}


def test_a_strangers_text_is_never_a_formula() -> None:
    told = '=HYPERLINK("http://example.org","点这里")'
    verdict = judge(workbook(unit=told, requests__new__natural=Decimal(-1)))
    worst = Finding(rule="X-01", severity=Severity.ERROR, sheet=TABLE, cell="D6", message="+1\u202e\x07", remedy=told)
    data = workbook(unit=told, requests__new__natural=Decimal(-1))
    after = annotate(data, form(), replace(verdict, findings=(worst,)), ("=1+1", "@SUM(A1)"))
    texts = [c for row in opened(after)[NOTICE].iter_rows() for c in row if c.value not in {None, ""}]
    assert {c.data_type for c in texts} == {"s"}
    assert {c.quotePrefix for c in texts} == {True}
    assert [c.value for c in texts if c.column == 4][1:] == ["+1  。"]
    assert not [one for one in flat(after).sheets[NOTICE].cells.values() if one.formula is not None]


def test_formulas_are_put_back_and_the_notice_says_what_stood_there() -> None:
    data = (SAMPLES / "hongze-2023.xlsx").read_bytes()
    after = annotated(data)
    book = opened(after)
    total = book[DISPUTES]["E6"]
    assert total.value == '=IF(COUNT(A6:D6)=4,SUM(A6:D6),"")'
    assert flat(after).at(DISPUTES, "E6").value == 11
    assert "原填 0，公式结果 11" in total.comment.text
    line = next(line for line in listed(book) if line[2] == f"{DISPUTES}!E6" and "公式被" in line[3])
    ask = "，请在“待确认”页确认"
    assert line[5].split("\n") == [
        f"E6 原填 0，公式结果 11{ask}",
        "J6 原填 0，公式结果 0",
        f"O6 原填 0，公式结果 5{ask}",
    ]
    assert "公式已恢复" in line[4]
    assert [f.rule for f in judge(after).findings if f.rule.startswith("FMLA")] == []


def test_a_figure_that_the_program_restored_counts_only_once_the_unit_has_confirmed_it() -> None:
    after = annotated(edited(workbook(), lambda book: setattr(book[TABLE]["J8"], "value", 7)))
    for copy in (after, annotated(after)):
        back = judge(copy)
        assert back.status is Status.RETURNED
        (finding,) = [one for one in back.findings if one.rule == "VAL-14"]
        assert (finding.sheet, finding.cell) == (CONFIRM, "A1")
        assert f"“{TABLE}”表 J8" in finding.message
        sheet = opened(copy)[CONFIRM]
        assert not sheet["A1"].protection.locked
        lines = [row[1] for row in sheet.values if row[1] and "J8" in row[1]]
        assert lines == [f"{TABLE}!J8 原填 7，公式结果 0，请在“待确认”页确认"]
        assert "空着" not in str(opened(copy)[TABLE]["J8"].comment)
    chosen = patched(after, 2, r'<c r="A1" s="(\d+)"/>', r'<c r="A1" s="\1" t="inlineStr"><is><t>确认</t></is></c>')
    assert judge(chosen).status is Status.ACCEPTED


def test_a_right_figure_in_the_place_of_a_formula_asks_for_nothing() -> None:
    after = annotated(edited(workbook(), lambda book: setattr(book[TABLE]["J8"], "value", 0)))
    assert CONFIRM not in flat(after).sheets
    assert judge(after).status is Status.ACCEPTED


@pytest.mark.parametrize("there", ["=SUM(D9:I9)", None, "10件"])
def test_a_formula_altered_deleted_or_typed_over_comes_back(there: str | None) -> None:
    data = edited(workbook(), lambda book: setattr(book[TABLE]["J8"], "value", there))
    after = annotated(data)
    was = {"=SUM(D9:I9)": "=SUM(D9:I9)", None: "（空）", "10件": "10件"}[there]
    assert f"原填 {was}，公式结果 0" in opened(after)[TABLE]["J8"].comment.text
    assert flat(after).at(TABLE, "J8") == flat(workbook()).at(TABLE, "J8")._replace(
        style=flat(after).at(TABLE, "J8").style
    )
    assert judge(after).status is Status.ACCEPTED


def test_formulas_of_the_check_sheet_come_back_without_a_word() -> None:
    data = edited(workbook(), lambda book: setattr(book[CHECKS]["G6"], "value", "通过"))
    after = annotated(data)
    assert flat(after).at(CHECKS, "G6").formula == flat(workbook()).at(CHECKS, "G6").formula
    assert opened(after)[CHECKS]["G6"].comment is None
    assert [line for line in listed(opened(after)) if CHECKS in line[2]] == []


@pytest.mark.office
def test_every_total_gets_the_right_result_and_any_other_formula_the_one_it_came_with_or_none(tmp_path: Path) -> None:
    for number, data in enumerate((faulty(), (SAMPLES / "hongze-2023.xlsx").read_bytes())):
        after = annotated(data)
        path = save(tmp_path / f"{number}.xlsx", after)
        office = flat(recalculate(path, tmp_path / "lo").read_bytes())
        totals = {at for at, one in blank_plan(form()).formulas.items() if one.role is CellRole.TOTAL}
        shown = 0
        for name, sheet in flat(after).sheets.items():
            for address, one in sheet.cells.items():
                if (name, address) in totals:
                    assert one.value == office.at(name, address).value, (name, address)
                    shown += 1
                elif one.formula is not None and one.value not in {None, ""} and (name, address) != (CHECKS, "A2"):
                    assert one.value == flat(data).at(name, address).value, (name, address)
        assert shown > 30
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")


def test_an_untouched_formula_keeps_the_result_it_came_with() -> None:
    data = patched(
        workbook(requests__granted__natural=Decimal(-1)),
        "申请情况",
        r'(<c r="J8"[^>]*><f>[^<]*</f><v>)[^<]*',
        r"\g<1>77",
    )
    after = annotated(data)
    assert flat(after).at(TABLE, "J8").value == 77
    assert [f.cell for f in judge(after).findings if f.rule == "FMLA-03"] == ["J8"]


def test_a_figure_shown_as_a_date_keeps_all_its_digits() -> None:
    def add(book: openpyxl.Workbook) -> None:
        cell = book[TABLE]["D8"]
        cell.value, cell.number_format = 45717.123456789, "yyyy-mm-dd"

    data = edited(workbook(), add)
    assert flat(annotated(data)).at(TABLE, "D8").value == 45717.123456789


def test_a_date_in_the_place_of_a_figure_is_told_as_it_looks() -> None:
    def add(book: openpyxl.Workbook) -> None:
        book[TABLE]["D8"].value = datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None)

    held = {line[2]: line[5] for line in listed(opened(annotated(edited(workbook(), add)))) if len(line) > 5}
    assert held[f"{TABLE}!D8"] == "2026-01-02"


@pytest.mark.office
def test_annotated_again_there_is_one_notice_and_no_old_colour_or_comment(tmp_path: Path) -> None:
    first = annotated(faulty())

    def correct(book: openpyxl.Workbook) -> None:
        cell(book, "requests.carried_in.business").value = 0
        cell(book, "requests.granted.natural").value = 5
        cell(book, "overview.safeguards").value = "已填写。"

    returned = edited(first, correct)
    by_office = resave(save(tmp_path / "again.xlsx", returned), tmp_path / "lo").read_bytes()
    for data in (returned, by_office):
        book = opened(annotated(data))
        assert book.sheetnames.count(NOTICE) == 1
        for name, usual in {
            "requests.carried_in.business": INPUT,
            "requests.granted.natural": INPUT,
            "overview.safeguards": INPUT,
            "requests.new.total": PROPOSAL,
            "requests.granted.total": GREY,
        }.items():
            assert (colour(cell(book, name)), cell(book, name).comment) == (usual, None), name
        left = cell(book, "requests.granted.legal")
        assert colour(left) == FILLS[Severity.ERROR]
        assert left.comment.text.count(MARK) == left.comment.text.count("错误") == 1


def test_comments_of_others_stay_beside_ours_and_after_ours_are_gone() -> None:
    def add(book: openpyxl.Workbook) -> None:
        cell(book, "requests.granted.legal").comment = Comment("小王：待核", "小王")

    first = annotated(edited(faulty(), add))
    both = cell(opened(first), "requests.granted.legal").comment
    assert (both.author, both.text.startswith("小王：待核"), "是 -1" in both.text) == ("小王", True, True)
    again = cell(opened(annotated(first)), "requests.granted.legal").comment
    assert again.text == both.text
    right = edited(first, lambda book: setattr(cell(book, "requests.granted.legal"), "value", 0))
    theirs = cell(opened(annotated(right)), "requests.granted.legal").comment
    assert (theirs.author, theirs.text) == ("小王", "小王：待核")


def test_the_same_input_gives_the_same_bytes() -> None:
    data = faulty()
    first = annotated(data)
    assert annotate(data, form(), judge(data)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive, zipfile.ZipFile(io.BytesIO(data)) as before:
        stamp = re.compile(rb"modified[^>]*>([^<]*)<")
        core = "docProps/core.xml"
        assert stamp.findall(archive.read(core)) == stamp.findall(before.read(core))
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.office
def test_whoever_saves_the_copy_its_verdict_is_the_same(tmp_path: Path) -> None:
    data = faulty()
    wanted = [one for one in without_notes(judge(data).findings) if one[2] not in {f"{TABLE}!J8", f"{TABLE}!J6"}]
    assert [one[2] for one in wanted[:2]] == [f"{TABLE}!D8", f"{TABLE}!E7"]
    assert len(wanted) == 6
    wanted[0] = ("VAL-14", "error", "待确认!A1")
    path = save(tmp_path / "copy.xlsx", annotated(data))
    for copy in (
        path.read_bytes(),
        edited(path.read_bytes(), lambda _: None),
        resave(path, tmp_path / "lo").read_bytes(),
        recalculate(path, tmp_path / "calculated").read_bytes(),
    ):
        findings = judge(copy).findings
        assert without_notes(findings) == wanted
        assert {f.rule for f in findings if f.severity is Severity.NOTE} <= {"SIGN-01", "FMLA-04"}


def test_a_box_of_words_stands_beside_its_cell() -> None:
    with zipfile.ZipFile(io.BytesIO(annotated(faulty()))) as archive:
        drawings = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".vml")]
    boxes = re.findall(r"Anchor>(\d+), \d+, (\d+), [^<]*</[^>]*Anchor>.*?Row>(\d+)<.*?Column>(\d+)<", "".join(drawings))
    assert len(boxes) >= 5
    for left, top, row, column in boxes:
        assert int(left) == int(column) + 1
        assert int(row) - 2 <= int(top) <= int(row)


def test_in_a_merged_area_the_first_cell_is_marked() -> None:
    data = edited(workbook(requests__granted__natural=Decimal(-1)), lambda book: book[TABLE].merge_cells("D8:E8"))
    verdict = judge(data)
    marked = Finding(rule="X-01", severity=Severity.ERROR, sheet=TABLE, cell="E8", message="有错")
    book = opened(annotate(data, form(), replace(verdict, findings=(marked,))))
    assert colour(book[TABLE]["D8"]) == FILLS[Severity.ERROR]
    assert "有错" in book[TABLE]["D8"].comment.text


def test_what_openpyxl_cannot_read_is_marked_all_the_same() -> None:
    data = patched(workbook(), "申请情况", r'<c r="D8"([^>]*)><v>0</v>', r'<c r="D8"\1><v>many</v>')
    assert judge(data).status is Status.RETURNED
    after = flat(annotated(data))
    assert after.at(TABLE, "D8").value == "many"
    assert (TABLE, "D8") in {line[2] and tuple(line[2].split("!")) for line in listed_flat(after)}


def listed_flat(book: FlatWorkbook) -> list[tuple[str, ...]]:
    """The lines of the notice, read with our own reader."""
    rows = range(1, 60)
    return [tuple(str(book.at(NOTICE, f"{letter}{row}").value or "") for letter in "ABCDEF") for row in rows]


def test_a_workbook_whose_styles_are_broken_is_refused_in_words() -> None:
    with pytest.raises(AnnotateError, match="没法在原表上标注"):
        annotated(packed(no_fills(unpacked(faulty()))))


def test_what_openpyxl_warns_of_is_not_passed_on() -> None:
    more = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    data = patched(workbook(requests__granted__natural=Decimal(-1)), "申请情况", "</worksheet>", more)
    with pytest.warns(UserWarning, match="not supported"):
        opened(data)
    assert without_notes(judge(annotated(data)).findings) == without_notes(judge(data).findings) != []


def test_only_the_file_that_was_judged_is_annotated() -> None:
    with pytest.raises(AnnotateError, match="不是核对过的那一份"):
        annotate(workbook(), form(), judge(faulty()))
    with pytest.raises(AnnotateError, match="没有传完整"):
        annotate(faulty()[:500], form(), judge(faulty()))


def test_results_take_a_text_for_no_number_as_a_spreadsheet_does() -> None:
    known = calculated(flat(workbook(requests__new__natural="１２")), form())
    assert (known["requests.new.total"], known["requests.carried_in.total"]) == (None, 0)
