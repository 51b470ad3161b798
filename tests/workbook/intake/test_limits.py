"""Excel's own limits, and what a stranger's string costs: nothing grows faster than the file."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from factories.packages import HEAD, MAIN, OFFICE, admitted_sheet, book, links, packed
from factories.workbooks import patched, save, verdict, workbook

from toolkit.model.cells import NumberType
from toolkit.model.codes import Code
from toolkit.model.finding import Status
from toolkit.model.flat import FlatCell, FlatStyle, FlatWorkbook
from toolkit.workbook.formulas import normal_formula, shifted
from toolkit.workbook.intake.gate import Refused, admit_bytes
from toolkit.workbook.intake.numbers import read_number, read_text
from toolkit.workbook.intake.read import read

Parts = dict[str, str | bytes]


def flat(parts: Parts) -> FlatWorkbook:
    return read(admit_bytes(packed(parts)))


def sheet(cell: str) -> FlatWorkbook:
    return read(admitted_sheet(f'<row r="1">{cell}</row>'))


def refused(make: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        make()
    assert len(str(caught.value)) < 250
    return caught.value.code, caught.value.message


def rich(length: int, run: int = 1000) -> str:
    """A text in runs of so many characters."""
    runs = "".join(f"<r><t>{'字' * min(run, length - at)}</t></r>" for at in range(0, length, run))
    return f'<c r="A1" t="inlineStr"><is>{runs}</is></c>'


def with_strings(*items: str) -> Parts:
    parts = book('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    parts["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{"".join(f"<si>{one}</si>" for one in items)}</sst>'
    parts["xl/_rels/workbook.xml.rels"] = links(
        ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
    )
    return parts


# ---------------------------------------------------------------- the limits


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="inlineStr"><is><t>{}</t></is></c>',
        '<c r="A1" t="str"><f>A2</f><v>{}</v></c>',
        '<c r="A1" t="d"><v>{}</v></c>',
        '<c r="A1"><v>{}</v></c>',
        '<c r="A1" t="b"><v>{}</v></c>',
    ],
)
def test_a_cell_holds_so_many_characters_and_the_place_of_one_with_more_is_told(cell: str) -> None:
    assert sheet(cell.format("字" * 32_767)).overlong == ""
    long = sheet(cell.format("字" * 32_768))
    assert long.overlong == "表!A1"
    assert len(str(long.at("表", "A1").value)) == 32_768


def test_runs_are_counted_together_and_escapes_as_what_they_mean() -> None:
    assert sheet(rich(32_767)).overlong == ""
    assert sheet(rich(32_768)).overlong == "表!A1"
    escaped = '<c r="A1" t="inlineStr"><is><t>{}</t></is></c>'
    assert sheet(escaped.format("_x000D_" * 32_767)).overlong == ""
    assert sheet(escaped.format("_x000D_" * 32_768)).overlong == "表!A1"


def test_a_shared_text_is_told_where_a_cell_shows_it_and_harms_nobody_elsewhere() -> None:
    long = f"<t>{'字' * 40_000}</t>"
    assert flat(with_strings(long)).overlong == "表!A1"
    assert flat(with_strings("<t>甲</t>", long)).overlong == ""


def test_a_return_with_a_text_that_is_too_long_is_unreadable_and_its_cell_is_named(tmp_path: Path) -> None:
    data = patched(
        workbook(), "总体情况", r'(<c r="B4"[^>]*?) t="s"><v>[0-9]+</v>', rf'\1 t="str"><v>{"字" * 40_000}</v>'
    )
    found = verdict(save(tmp_path / "a.xlsx", data))
    assert found.status is Status.UNREADABLE
    (told,) = found.findings
    assert told.rule == "FILE-41"
    assert told.message.endswith("：总体情况!B4")


def test_a_label_that_is_too_long_is_quoted_shortly(tmp_path: Path) -> None:
    data = patched(
        workbook(), "申请情况", r'(<c r="A6"[^>]*?) t="s"><v>[0-9]+</v>', rf'\1 t="str"><v>{"A" * 900_000}</v>'
    )
    found = verdict(save(tmp_path / "a.xlsx", data))
    assert found.status is Status.FOREIGN
    (told,) = found.findings
    assert (told.rule, told.sheet, told.cell) == ("FORM-05", "申请情况", "A6")
    assert f"现在是“{'A' * 30}…”" in told.message
    assert len(told.message) < 200


def test_of_a_text_that_is_too_long_no_more_is_kept_however_long_it_is() -> None:
    kept = [len(str(sheet(rich(length, 20_000)).at("表", "A1").value)) for length in (50_000, 100_000, 2_000_000)]
    assert kept == [32_768] * 3


def test_an_error_value_has_an_end() -> None:
    assert len(str(sheet(f'<c r="A1" t="e"><v>#{"N" * 100_000}</v></c>').at("表", "A1").value)) == 30


def test_a_formula_has_so_many_characters() -> None:
    assert sheet(f'<c r="A1"><f>{"+1" * 4096}</f></c>').at("表", "A1").formula == "+1" * 4096
    told = refused(lambda: sheet(f'<c r="A1"><f>{"+1" * 4096}+</f></c>'))
    assert told == ("FILE-42", f"{Code.FILE_42.heading}：表!A1")
    assert told[0] == "FILE-42"


def test_a_name_has_so_many_characters() -> None:
    def named(name: str, text: str = "表!$A$1") -> FlatWorkbook:
        parts = book()
        names = f'<definedNames><definedName name="{name}">{text}</definedName></definedNames></workbook>'
        parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace("</workbook>", names)
        return flat(parts)

    assert named("n" * 255).names == {"n" * 255: "表!A1"}
    code, message = refused(lambda: named("n" * 256))
    assert code == "FILE-45"
    assert f"“{'n' * 30}…”" in message
    assert refused(lambda: named("long", "1+" * 4097)) == ("FILE-42", f"{Code.FILE_42.heading}：名称“long”")


def test_a_sheet_has_a_short_name() -> None:
    def called(name: str) -> FlatWorkbook:
        parts = book()
        return flat(parts | {"xl/workbook.xml": str(parts["xl/workbook.xml"]).replace('name="表"', f'name="{name}"')})

    assert list(called("表" * 31).sheets) == ["表" * 31]
    code, message = refused(lambda: called("表" * 32))
    assert code == "FILE-44"
    assert f"“{'表' * 30}…”" in message


def styled(number_format: str) -> Parts:
    parts = book('<row r="1"><c r="A1" s="0"><v>1</v></c></row>')
    parts["xl/styles.xml"] = (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="{number_format}"/></numFmts>'
        '<cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    parts["xl/_rels/workbook.xml.rels"] = links(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"))
    return parts


def test_a_number_format_has_so_many_characters() -> None:
    assert flat(styled("0" * 255)).styles[0].number_format == "0" * 255
    assert refused(lambda: flat(styled("0" * 256)))[0] == "FILE-43"
    code, message = refused(lambda: flat(styled("[" * 40_000)))
    assert code == "FILE-43"
    assert f"格式“{'[' * 30}…”" in message


def test_a_document_property_has_so_many_characters() -> None:
    parts = book()
    office = OFFICE.removesuffix("/relationships")
    parts["docProps/custom.xml"] = (
        f'{HEAD}<Properties xmlns="{office}/custom-properties"><property name="a"><t>{"字" * 9000}</t></property>'
        "</Properties>"
    )
    parts["_rels/.rels"] = links(("officeDocument", "xl/workbook.xml"), ("custom-properties", "docProps/custom.xml"))
    assert flat(parts).properties == {"a": "字" * 255}


# ---------------------------------------------------------------- what a string costs

COUNT = NumberType(unit="件")


def number(text: str) -> object:
    return read_number(FlatCell(text), FlatStyle(), COUNT)


def formatted(number_format: str) -> object:
    return read_text(FlatCell(1.0), FlatStyle(number_format=number_format))


@pytest.mark.parametrize(
    ("work", "piece"),
    [
        (formatted, "["),
        (formatted, '"'),
        (formatted, "[a"),
        (formatted, "\\"),
        (normal_formula, '"'),
        (normal_formula, '""a'),
        (normal_formula, "'a"),
        (lambda text: shifted(text, 1, 1), "["),
        (lambda text: shifted(text, 1, 1), "[a[b]"),
        (lambda text: shifted(text, 1, 1), "'a"),
        (lambda text: shifted(text, 1, 1), "A1:"),
        (number, "9"),
        (number, "1,234,"),
        (number, "１"),
        (number, "9 "),
        (number, "\u202e"),
    ],
)
def test_eight_times_the_text_costs_about_eight_times_the_work(work: Callable[[str], object], piece: str) -> None:
    """What is linear has a ratio of 8, what is quadratic one of 64; only the processor sees inside `re`."""

    def cost(length: int) -> float:
        spent = []
        for turn in range(7):
            text = (piece * length)[: length - turn]  # nothing is remembered from the turn before
            start = time.process_time()
            work(text)
            spent.append(time.process_time() - start)
        return min(spent)

    assert cost(32_000) < 30 * cost(4_000) + 0.01


@pytest.mark.parametrize("text", ["9" * 30_000, "9,999" + ",999" * 8_000, "1" * 30_000 + "件", "甲" * 30_000])
def test_no_message_grows_with_what_stands_in_the_cell(text: str) -> None:
    reading = read_number(FlatCell(text), FlatStyle(), COUNT)
    assert reading.fault
    assert len(reading.fault) + len(reading.remedy) < 100
    assert read_number(FlatCell(1e300), FlatStyle(), NumberType(maximum=Decimal(10))).value is None
