"""Whole files to verdicts: what the issue of a return is, whoever saved it and whatever was done to it."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from factories.office import resave_all
from factories.workbooks import by_names, edited, form, found, patched, places, save, values, verdict, workbook

from toolkit.collection.signature import new_key, signed
from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.export import observations
from toolkit.forms.layout import CHECKS_TOP, CheckColumn
from toolkit.io.workers import Crew
from toolkit.model.finding import Severity, Status
from toolkit.model.returns import Identity
from toolkit.pipeline.verify import verify
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

SAMPLES = Path(__file__).parents[2] / "samples"


def test_a_complete_return_of_zeros_is_accepted_without_a_word(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", workbook()))
    assert result.status is Status.ACCEPTED
    assert result.findings == ()
    assert (result.unit, result.period, result.form, result.version) == ("甲局", "2025", "zfxxgk-2021", 1)


def test_the_seed_has_no_error() -> None:
    result = verdict(SAMPLES / "xingqing-kejigongxin-2023.xlsx")
    assert result.status is Status.ACCEPTED
    assert result.count(Severity.ERROR) == 0


def test_of_hongze_exactly_the_two_dispute_totals_fail_and_overwriting_is_told_in_two_lines() -> None:
    result = verdict(SAMPLES / "hongze-2023.xlsx")
    errors = [f for f in result.findings if f.severity in {Severity.ERROR, Severity.VERIFY}]
    told = [(f.rule, f.variables[0], f.cell, f.left, f.right, f.difference) for f in errors]
    assert told == [
        ("SUM-03", "disputes.review.total", "E6", Decimal(0), Decimal(11), Decimal(-11)),
        ("SUM-03", "disputes.after_review.total", "O6", Decimal(0), Decimal(5), Decimal(-5)),
    ]
    overwritten = found(result, "FMLA")
    assert [(f.rule, f.sheet, len(f.cells)) for f in overwritten] == [
        ("FMLA-02", "申请情况", 31),
        ("FMLA-02", "复议诉讼", 3),
    ]
    assert result.status is Status.RETURNED


def test_a_workbook_filled_by_names_and_saved_without_results_has_no_error(tmp_path: Path) -> None:
    filled = {name: (value if isinstance(value, str) else int(value)) for name, value in values().items()}
    path = by_names(tmp_path / "a.xlsx", {**filled, "requests.new.natural": 3, "requests.granted.natural": 3})
    result = verdict(path)
    assert result.status is Status.ACCEPTED
    assert {f.severity for f in result.findings} == {Severity.NOTE}
    assert [f.rule for f in result.findings] == ["FMLA-04"]
    assert result.content is not None
    assert result.content.numbers["requests.closed.total"] == 3


@pytest.mark.office
def test_a_round_trip_through_libreoffice_gives_the_same_findings(tmp_path: Path) -> None:
    names = ["hongze-2023", "suqian-2023", "yunling-2025/农业农村局", "yunling-2025/民政局"]
    paths = [SAMPLES / f"{name}.xlsx" for name in names]
    for path, again in zip(paths, resave_all(paths, tmp_path), strict=True):
        assert places(verdict(again)) == places(verdict(path)), path.name


def test_a_total_replaced_by_the_right_constant_is_found_as_overwritten(tmp_path: Path) -> None:
    data = workbook(
        requests__new__natural=Decimal(3), requests__granted__natural=Decimal(3), requests__new__total=Decimal(3)
    )
    result = verdict(save(tmp_path / "a.xlsx", data))
    (finding,) = found(result, "FMLA")
    assert (finding.rule, finding.sheet, finding.cell, finding.severity) == ("FMLA-02", "申请情况", "J6", Severity.NOTE)
    assert "相同" in finding.message
    assert result.status is Status.ACCEPTED


def test_a_total_replaced_by_a_wrong_constant_fails_its_rule_at_its_cell(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", workbook(requests__new__total=Decimal(4))))
    (finding,) = found(result, "SUM")
    assert (finding.rule, finding.cell, finding.left, finding.right) == ("SUM-02", "J6", 4, 0)
    assert "J6" in found(result, "FMLA-02")[0].message


def test_a_deleted_total_formula_is_a_missing_figure(tmp_path: Path) -> None:
    def wipe(book: openpyxl.Workbook) -> None:
        book["申请情况"]["J6"].value = None

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), wipe)))
    assert [(f.cell, f.severity) for f in found(result, "VAL-01")] == [("J6", Severity.ERROR)]
    assert "FMLA-02" not in {f.rule for f in result.findings}


@pytest.mark.parametrize("there", ["", " ", "\u3000"])
def test_nothing_was_typed_over_a_total_that_holds_but_blanks(there: str, tmp_path: Path) -> None:
    data = edited(workbook(), lambda book: setattr(book["申请情况"]["J6"], "value", there))
    both = edited(data, lambda book: setattr(book["申请情况"]["J8"], "value", 7))
    assert [f.cell for f in found(verdict(save(tmp_path / "a.xlsx", data)), "VAL-01")] == ["J6"]
    assert found(verdict(save(tmp_path / "a.xlsx", data)), "FMLA-02") == []
    assert [f.cells for f in found(verdict(save(tmp_path / "b.xlsx", both)), "FMLA-02")] == [("J8",)]


def test_a_formula_shifted_by_one_row_is_found_as_altered(tmp_path: Path) -> None:
    data = patched(workbook(), "申请情况", r"COUNT\(D6:I6\)=6,SUM\(D6:I6\)", "COUNT(D7:I7)=6,SUM(D7:I7)")
    result = verdict(save(tmp_path / "a.xlsx", data))
    (finding,) = found(result, "FMLA")
    assert (finding.rule, finding.sheet, finding.cell, finding.severity) == (
        "FMLA-01",
        "申请情况",
        "J6",
        Severity.ERROR,
    )
    assert "SUM(D6:I6)" in finding.message
    assert "SUM(D7:I7)" in finding.message
    assert result.status is Status.RETURNED


def test_a_formula_written_otherwise_but_meaning_the_same_is_not_altered(tmp_path: Path) -> None:
    data = patched(workbook(), "申请情况", r"IF\(COUNT\(D6:I6\)=6,SUM\(D6:I6\)", "if( count($D$6:$I$6)=6, sum(D6:I6)")
    assert verdict(save(tmp_path / "a.xlsx", data)).findings == ()


def test_a_stale_result_is_found_and_the_figure_computed_again(tmp_path: Path) -> None:
    data = workbook(requests__new__natural=Decimal(3), requests__granted__natural=Decimal(3))
    stale = patched(data, "申请情况", r'(<c r="J6"[^>]*><f>[^<]*</f>)<v>3</v>', r"\1<v>77</v>")
    result = verdict(save(tmp_path / "a.xlsx", stale))
    (finding,) = found(result, "FMLA")
    assert (finding.rule, finding.cell) == ("FMLA-03", "J6")
    assert "77" in finding.message
    assert result.content is not None
    assert result.content.numbers["requests.new.total"] == 3


def test_an_overwritten_check_cell_is_told_and_ignored(tmp_path: Path) -> None:
    def lie(book: openpyxl.Workbook) -> None:
        for row in range(CHECKS_TOP + 1, CHECKS_TOP + 70):
            book["校验"][f"G{row}"].value = "通过"

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(requests__new__natural=Decimal(3)), lie)))
    assert [f.rule for f in found(result, "BAL")] == ["BAL-01"]
    assert any(f.sheet == "校验" and f.rule == "FMLA-02" for f in result.findings)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("10件", "带有单位"),
        ("/", "没有的请填 0"),
        ("增10", "不是数字"),
        ("1,2", "不是数字"),
        (None, "没有填"),
        (Decimal(-3), "小于 0"),
        (Decimal("1.5"), "是小数 1.5"),
        (Decimal("1e308"), "数字太大"),
    ],
)
def test_what_is_no_whole_number_is_refused_at_its_cell(
    value: Decimal | str | None, words: str, tmp_path: Path
) -> None:
    result = verdict(save(tmp_path / "a.xlsx", workbook(requests__partial__business=value)))
    finding = found(result, "VAL-01")[0]
    assert (finding.sheet, finding.cell, finding.severity) == ("申请情况", "E9", Severity.ERROR)
    assert words in finding.message + finding.remedy
    assert "商业企业" in finding.column
    assert result.status is Status.RETURNED


def test_full_width_digits_are_read_and_noted(tmp_path: Path) -> None:
    data = workbook(requests__new__natural="１２", requests__granted__natural=Decimal(12))
    result = verdict(save(tmp_path / "a.xlsx", data))
    (finding,) = result.findings
    assert (finding.rule, finding.severity, finding.cell) == ("VAL-10", Severity.NOTE, "D6")
    assert "“１２”已按 12 读取" in finding.message
    assert result.content is not None
    assert result.content.numbers["requests.new.total"] == 12


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c r="D6" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="D6" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="D6"><f>A1+2</f><v>3</v></c>', "公式"),
        ('<c r="D6"><v>1e999</v></c>', "不是数字"),
    ],
)
def test_an_error_value_a_truth_value_and_a_formula_are_refused(cell: str, words: str, tmp_path: Path) -> None:
    data = patched(workbook(), "申请情况", r'<c r="D6"[^>]*>.*?</c>', cell)
    finding = found(verdict(save(tmp_path / "a.xlsx", data)), "VAL-01")[0]
    assert finding.cell == "D6"
    assert words in finding.message


def test_a_date_in_a_number_cell_is_refused(tmp_path: Path) -> None:
    def date(book: openpyxl.Workbook) -> None:
        cell = book["申请情况"]["D6"]
        cell.value, cell.number_format = 45000, "yyyy-mm-dd"

    finding = found(verdict(save(tmp_path / "a.xlsx", edited(workbook(), date))), "VAL-01")[0]
    assert finding.cell == "D6"
    assert "日期" in finding.message


def test_a_missing_sheet_makes_the_file_foreign(tmp_path: Path) -> None:
    def remove(book: openpyxl.Workbook) -> None:
        del book["申请情况"]

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), remove)))
    assert result.status is Status.FOREIGN
    assert [(f.rule, f.sheet) for f in result.findings] == [("FORM-04", "申请情况")]


def test_a_renamed_sheet_is_told_with_its_new_name(tmp_path: Path) -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book["申请情况"].title = "申请情况 (2)"

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), rename)))
    assert result.status is Status.FOREIGN
    assert "申请情况 (2)" in result.findings[0].message


def test_an_extra_sheet_is_only_noted(tmp_path: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        book.create_sheet("草稿")

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), add)))
    assert result.status is Status.ACCEPTED
    assert "FORM-06" in {f.rule for f in result.findings}


def test_an_inserted_row_is_never_read_shifted(tmp_path: Path) -> None:
    def insert(book: openpyxl.Workbook) -> None:
        book["申请情况"].insert_rows(8)

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), insert)))
    assert result.status is Status.FOREIGN
    finding = result.findings[0]
    assert (finding.rule, finding.sheet, finding.cells) == ("FORM-05", "申请情况", (finding.cell,))
    assert "插入了 1 行" in finding.message


def test_protection_taken_off_is_only_noted(tmp_path: Path) -> None:
    data = patched(workbook(), "申请情况", r"<sheetProtection[^>]*/>", "")
    result = verdict(save(tmp_path / "a.xlsx", data))
    assert [(f.rule, f.severity) for f in result.findings] == [("FORM-08", Severity.NOTE)]


def test_another_forms_workbook_and_an_older_version_are_foreign(tmp_path: Path) -> None:
    def other(book: openpyxl.Workbook) -> None:
        book["_标识"]["B1"].value = "heating"

    def old(book: openpyxl.Workbook) -> None:
        book["_标识"]["B2"].value = "7"

    for name, change, rule in (("o", other, "FORM-02"), ("v", old, "FORM-03")):
        result = verdict(save(tmp_path / f"{name}.xlsx", edited(workbook(), change)))
        assert (result.status, result.findings[0].rule) == (Status.FOREIGN, rule)


def test_identity_survives_the_loss_of_the_hidden_sheet(tmp_path: Path) -> None:
    def remove(book: openpyxl.Workbook) -> None:
        del book["_标识"]

    result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), remove)))
    assert result.status is Status.ACCEPTED


def test_a_plain_workbook_is_foreign_and_a_text_file_unreadable(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "plain.xlsx")
    save(tmp_path / "text.xlsx", b"not a workbook at all")
    results = list(verify([tmp_path / "plain.xlsx", tmp_path / "text.xlsx"]))
    assert [r.status for r in results] == [Status.FOREIGN, Status.UNREADABLE]
    assert results[0].findings[0].rule == "FORM-01"
    assert results[1].findings[0].rule.startswith("FILE-")
    assert all(r.findings[0].remedy for r in results)


def test_a_check_fires_on_every_file_of_a_batch_and_order_is_kept(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{i}.xlsx", workbook(f"单位{i}", requests__new__natural=Decimal(i))) for i in range(6)]
    results = list(verify(paths))
    assert [r.unit for r in results] == [f"单位{i}" for i in range(6)]
    assert [[f.left for f in found(r, "BAL-01")] for r in results] == [[], *[[Decimal(i)] for i in range(1, 6)]]


@pytest.mark.usefixtures("processes")
def test_worker_processes_give_the_same_verdicts(tmp_path: Path) -> None:
    sources = sorted((SAMPLES / "yunling-2025").glob("*.xlsx"))
    paths = [Path(shutil.copy(source, tmp_path / f"{i}-{source.name}")) for i in range(4) for source in sources]
    alone, spread = [one for path in paths for one in verify([path])], list(verify(paths, jobs=2))
    assert len(paths) > 50
    assert [(v.file, v.status, v.findings) for v in spread] == [(v.file, v.status, v.findings) for v in alone]


@pytest.mark.usefixtures("processes")
def test_paths_that_are_no_files_keep_no_other_from_its_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Here(Crew):
        def __init__(self, jobs: int) -> None:
            asked.append(jobs)
            super().__init__(0)

    monkeypatch.setattr("toolkit.pipeline.verify.Crew", Here)
    monkeypatch.setattr("toolkit.io.workers.Crew", Here)
    good = save(tmp_path / "a.xlsx", workbook())
    list(verify([tmp_path / "gone.xlsx", tmp_path / "gone too.xlsx", good]))
    list(verify([tmp_path / "gone.xlsx", good]))
    list(verify([good]))
    assert asked == [1, 1, 0]


def test_an_explained_query_is_accepted_and_boiler_plate_is_not(tmp_path: Path) -> None:
    def explain(text: str) -> Status:
        def change(book: openpyxl.Workbook) -> None:
            for key in ("VAL-02[made]", "VAL-02[repealed]"):
                book["校验"][form().layout.check_spot(key, CheckColumn.EXPLANATION).cell].value = text

        one = Decimal(1)
        data = edited(workbook(proactive__regulations__made=one, proactive__regulations__repealed=one), change)
        return verdict(save(tmp_path / "a.xlsx", data)).status

    assert explain("核实无误") is Status.RETURNED
    assert explain("") is Status.RETURNED
    assert explain("本机关是设区的市政府，有规章制定权。") is Status.EXPLAINED


def test_unit_and_period_missing_are_errors(tmp_path: Path) -> None:
    result = verdict(save(tmp_path / "a.xlsx", workbook(unit="", period="")))
    assert [(f.rule, f.severity, f.cell) for f in result.findings] == [
        ("FORM-09", Severity.ERROR, "B4"),
        ("FORM-10", Severity.ERROR, "B5"),
    ]


def test_texts_that_are_missing_are_told_once_a_sheet_and_a_formula_is_called_so(tmp_path: Path) -> None:
    blank: dict[str, str | Decimal | None] = {name.replace(".", "__"): None for name in form().form.texts}
    data = write_template(form(), Prefill(unit="甲局", period="2025", values=values(**blank)))
    overview, problems, other = verdict(save(tmp_path / "a.xlsx", data)).findings
    assert overview.message.startswith("必填的文字都没有填（5 项：（一）主动公开、")
    assert overview.cells == ("B3", "B4", "B5", "B6", "B7")
    assert problems.sheet == "问题与改进"
    assert (other.message, other.row) == ("必填的文字没有填", "信息处理费情况")

    def change(book: openpyxl.Workbook) -> None:
        book["总体情况"]["B4"].value = "=A1&A2"

    (formula,) = verdict(save(tmp_path / "b.xlsx", edited(workbook(), change))).findings[:1]
    assert (formula.rule, formula.cell, formula.message) == ("VAL-01", "B4", "填的是公式“=A1&A2”，不是文字")


def test_fingerprints_are_the_same_in_the_next_revision(tmp_path: Path) -> None:
    first = verdict(save(tmp_path / "1.xlsx", workbook(requests__new__natural=Decimal(3))))
    second = verdict(save(tmp_path / "2.xlsx", workbook(requests__new__natural=Decimal(4))))
    assert [f.fingerprint for f in first.findings] == [f.fingerprint for f in second.findings]
    assert len({f.fingerprint for f in first.findings}) == len(first.findings)


def test_a_cover_that_says_another_unit_or_year_than_its_template_is_an_error(tmp_path: Path) -> None:
    def forge(cell: str, text: str | None) -> tuple[Status, list[str]]:
        def change(book: openpyxl.Workbook) -> None:
            book["封面"][cell].value = text

        result = verdict(save(tmp_path / "a.xlsx", edited(workbook(), change)))
        return result.status, [f.rule for f in found(result, "FORM")]

    assert forge("B4", "乙局") == (Status.RETURNED, ["FORM-11"])
    assert forge("B5", "2024年") == (Status.RETURNED, ["FORM-11"])
    assert forge("B5", "2025年") == (Status.ACCEPTED, [])
    assert forge("B4", None) == forge("B4", " \u3000") == (Status.RETURNED, ["FORM-09"])
    assert forge("B5", None) == (Status.RETURNED, ["FORM-10"])


def test_a_deleted_formula_asks_for_the_formula_not_for_a_number(tmp_path: Path) -> None:
    def wipe(book: openpyxl.Workbook) -> None:
        book["申请情况"]["J6"].value = None

    (finding,) = found(verdict(save(tmp_path / "a.xlsx", edited(workbook(), wipe))), "VAL-01")
    assert "合计公式被删除" in finding.message
    assert "恢复公式" in finding.remedy


def test_outside_a_round_a_missing_signature_is_a_note_and_so_is_one_whose_key_is_not_at_hand(tmp_path: Path) -> None:
    kind, key = form(), new_key()
    plain = save(tmp_path / "plain.xlsx", workbook())
    mark = signed(key, Identity(form=kind.form.id, version=1, code="001", unit="甲局", period="2025"))
    prefill = Prefill(unit="甲局", period="2025", code="001", key=mark.key, signature=mark.signature, values=values())
    issued = save(tmp_path / "issued.xlsx", write_template(kind, prefill))
    first, second = verify([plain, issued])
    assert [(f.rule, f.severity) for f in first.findings] == [("SIGN-01", Severity.NOTE)]
    assert [(f.rule, f.severity) for f in second.findings] == [("SIGN-03", Severity.NOTE)]
    assert (first.status, second.status) == (Status.ACCEPTED, Status.ACCEPTED)


def test_a_line_left_blank_in_an_open_list_moves_no_address(tmp_path: Path) -> None:
    one, two = Decimal(1), Decimal(2)
    data = workbook(items__01__label="甲", items__01__count=one, items__04__label="乙", items__04__count=two)
    result = verdict(save(tmp_path / "a.xlsx", data))
    assert result.content is not None
    assert (result.content.items["items"], result.content.lines["items"]) == (
        (("甲", Decimal(1)), ("乙", Decimal(2))),
        (1, 4),
    )
    total = aggregate(form(), [result])
    (_, second) = (one for one in observations(total) if one.variable.startswith("items."))
    assert (second.variable, second.cell) == ("items.04.count", form().layout.spot("items.04.count").cell)
