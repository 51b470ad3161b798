"""The reader: one content, whoever saved it; openpyxl and LibreOffice as witnesses."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from factories.office import recalculate, resave
from openpyxl.cell.cell import Cell
from openpyxl.formula.translate import Translator

from toolkit.model.flat import CellError, CellValue, FlatWorkbook
from toolkit.workbook.formulas import shifted
from toolkit.workbook.intake.gate import Refused, admit, admit_bytes
from toolkit.workbook.intake.read import read

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
Parts = dict[str, bytes]


def write(path: Path) -> Path:
    """A small form: inputs, totals, a hidden sheet, names, locks, formats, identity in the properties."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as made:
        free = made.add_format({"locked": False, "num_format": "0"})
        date = made.add_format({"num_format": 14})
        own = made.add_format({"num_format": '0.00"万元"', "locked": False})
        head, bold = made.add_format({"bold": True}), made.add_format({"bold": True})
        table = made.add_worksheet("申请情况")
        table.write_row("A1", ["项目", "自然人", "企业", "总计"], head)
        for row in range(2, 7):
            table.write_string(f"A{row}", f"第{row}行 <&>\n换行")
            table.write_number(f"B{row}", row * 10, free)
            table.write_number(f"C{row}", row / 4, own)
            table.write_formula(
                f"D{row}", f'IF(COUNT(B{row}:$C{row})=2,SUM(B{row}:C{row}),"")', None, row * 10 + row / 4
            )
        table.write_blank("B8", None, free)
        table.write_boolean("A9", True)  # noqa: FBT003
        table.write_formula("B9", "1/0", None, "#DIV/0!")
        table.write_formula("C9", 'B2&"件"', None, "20件")
        table.write_formula("D9", 'IF(B8="","",1)', None, "")
        table.write_number("A10", 45000, date)
        table.write_string("B10", "=不是公式")
        table.write_string("C10", "０１２ 全角　空格")
        table.write_rich_string("D10", "富", bold, "文本", "字")
        table.protect("secret")
        other = made.add_worksheet("it's 2")
        other.write_formula("A1", "申请情况!B2+'it''s 2'!B1", None, 20)
        hidden = made.add_worksheet("_标识")
        hidden.write_string("A1", "XT1.abc")
        hidden.very_hidden()
        made.define_name("requests.new.natural", "=申请情况!$B$2")
        made.define_name("all_inputs", "=申请情况!$B$2:$C$6")
        made.define_name("second", "='it''s 2'!$A$1")
        made.define_name("lost", "=#REF!")
        made.define_name("申请情况!local", "=申请情况!$A$1")
        table.print_area("A1:D10")
        made.set_custom_property("form", "zfxxgk-2021")
        made.set_custom_property("版本", 3)
        made.set_custom_property("签名", "甲_x000D_乙")
        made.set_size(1200, 800)
    return path


def unpacked(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def content(book: FlatWorkbook) -> dict[tuple[str, str], tuple[CellValue, str | None, bool]]:
    return {
        (sheet.name, address): (cell.value, cell.formula, book.styles[cell.style].locked)
        for sheet in book.sheets.values()
        for address, cell in sheet.cells.items()
        if cell.value is not None or cell.formula is not None
    }


def values(book: FlatWorkbook) -> dict[tuple[str, str], CellValue]:
    return {place: value for place, (value, _, _) in content(book).items()}


def formulas(book: FlatWorkbook) -> dict[tuple[str, str], str]:
    return {place: formula for place, (_, formula, _) in content(book).items() if formula is not None}


def without_results(book: FlatWorkbook) -> dict[tuple[str, str], tuple[CellValue, str | None, bool]]:
    return {place: (None if f is not None else v, f, locked) for place, (v, f, locked) in content(book).items()}


def sheet_of(rows: str, strings: str = "", after: str = "") -> FlatWorkbook:
    """A workbook of one sheet `表`, from the rows' XML; shared strings if given."""

    def link(number: int, kind: str, target: str) -> str:
        return f'<Relationship Id="r{number}" Type="{OFFICE}/relationships/{kind}" Target="{target}"/>'

    package, more = link(1, "officeDocument", "/xl/workbook.xml"), link(2, "sharedStrings", "/xl/strings.xml")
    parts = {
        "[Content_Types].xml": f'<Types xmlns="x"><Default Extension="xml" ContentType="{SHEET_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{LINKS}">{package}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}/relationships"><sheets>'
        f'<sheet name="表" sheetId="1" r:id="r1"/></sheets>{after}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}">{link(1, "worksheet", "sheet.xml")}'
        f"{more if strings else ''}</Relationships>",
        "xl/sheet.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/strings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }
    return read(admit_bytes(packed({name: body.encode() for name, body in parts.items()})))


def cell(xml: str, strings: str = "") -> CellValue:
    return sheet_of(f'<row r="1">{xml}</row>', strings).at("表", "A1").value


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("form") / "form.xlsx")


@pytest.fixture(scope="module")
def book(form: Path) -> FlatWorkbook:
    return read(admit(form))


# ---------------------------------------------------------------- what a workbook holds


def test_cells_hold_what_was_written(book: FlatWorkbook) -> None:
    assert book.at("申请情况", "B2")[:2] == (20.0, None)
    assert book.at("申请情况", "A2").value == "第2行 <&>\n换行"
    assert book.at("申请情况", "D2")[:2] == (20.5, 'IF(COUNT(B2:$C2)=2,SUM(B2:C2),"")')
    assert book.at("申请情况", "A9").value is True
    assert book.at("申请情况", "B9")[:2] == (CellError("#DIV/0!"), "1/0")
    assert book.at("申请情况", "C9")[:2] == ("20件", 'B2&"件"')
    assert book.at("申请情况", "B10")[:2] == ("=不是公式", None)
    assert book.at("申请情况", "C10").value == "０１２ 全角　空格"
    assert book.at("申请情况", "D10").value == "富文本字"
    assert book.at("it's 2", "A1")[:2] == (20.0, "申请情况!B2+'it''s 2'!B1")


def test_an_empty_text_that_a_formula_gave_is_a_result_and_no_result_is_none(book: FlatWorkbook) -> None:
    assert book.at("申请情况", "D9").value is None  # xlsxwriter leaves out the type of an empty text
    assert cell('<c r="A1" t="str"><f>B1</f><v></v></c>') == ""
    assert cell('<c r="A1"><f>B1</f></c>') is None
    assert cell('<c r="A1"><f>B1</f><v/></c>') is None
    assert cell('<c r="A1"><f>B1</f><v></v></c>') is None


def test_blank_cells_are_kept_for_their_style_and_absent_ones_are_blank(book: FlatWorkbook) -> None:
    blank = book.sheets["申请情况"].cells["B8"]
    assert blank.value is None
    assert not book.styles[blank.style].locked
    assert book.at("申请情况", "Z99").value is None
    assert "B1" not in sheet_of('<row r="1"><c r="B1"/></row>').sheets["表"].cells


def test_styles_tell_locks_and_formats(book: FlatWorkbook) -> None:
    style = {address: book.styles[book.at("申请情况", address).style] for address in ("B2", "C2", "A10", "A2", "A1")}
    assert style["B2"] == (False, "0")
    assert style["C2"] == (False, '0.00"万元"')
    assert style["A10"] == (True, "mm-dd-yy")
    assert style["A2"] == style["A1"] == (True, "General")


def test_sheets_come_in_order_with_their_state(book: FlatWorkbook) -> None:
    assert [(s.name, s.protected, s.hidden) for s in book.sheets.values()] == [
        ("申请情况", True, False),
        ("it's 2", False, False),
        ("_标识", False, True),
    ]


def test_names_are_plain_and_those_of_one_sheet_or_of_excel_are_left_out(book: FlatWorkbook) -> None:
    assert book.names == {
        "requests.new.natural": "申请情况!B2",
        "all_inputs": "申请情况!B2:C6",
        "second": "it's 2!A1",
        "lost": "#REF!",
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Sheet1!$A$1", "Sheet1!A1"),
        ("'a $b'!$A$1", "a $b!A1"),
        ("'x''y'!$A$1:$B$2", "x'y!A1:B2"),
        ("表!#REF!", "表!#REF!"),
        ("'表 1'!#REF!", "表 1!#REF!"),
        ("0.5", "0.5"),
        ("SUM(表!$A$1)", "SUM(表!$A$1)"),
    ],
)
def test_a_name_s_place_is_normalised(text: str, place: str) -> None:
    names = f"<definedNames><definedName name='n'>{text}</definedName></definedNames>"
    assert sheet_of("", after=names).names == {"n": place}


def test_properties_are_told(book: FlatWorkbook) -> None:
    assert book.properties == {"form": "zfxxgk-2021", "版本": "3", "签名": "甲_x000D_乙"}


def test_a_sheet_of_nothing_but_a_chart_is_a_sheet(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        made.add_worksheet("数").write("A1", 1)
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=数!$A$1:$A$1"})
        made.add_chartsheet("图").set_chart(chart)
    sheets = read(admit(tmp_path / "a.xlsx")).sheets
    assert list(sheets) == ["数", "图"]
    assert sheets["图"].cells == {}


# ---------------------------------------------------------------- one content, whoever saved it


def test_openpyxl_saves_the_same_without_results(form: Path, book: FlatWorkbook, tmp_path: Path) -> None:
    loaded = openpyxl.load_workbook(form, rich_text=True)
    loaded.save(tmp_path / "again.xlsx")
    again = read(admit(tmp_path / "again.xlsx"))
    assert content(again) == without_results(book)
    assert again.names == book.names
    assert list(again.sheets) == list(book.sheets)
    assert again.properties.keys() == book.properties.keys()


@pytest.mark.office
def test_libreoffice_saves_the_same(form: Path, book: FlatWorkbook, tmp_path: Path) -> None:
    again = read(admit(resave(form, tmp_path)))
    calculated = {("申请情况", "D9"): ("", 'IF(B8="","",1)', True)}
    assert content(again) == content(book) | calculated | {("申请情况", "A9"): (True, "TRUE()", True)}
    assert again.names == book.names
    assert [(s.name, s.protected, s.hidden) for s in again.sheets.values()] == [
        (s.name, s.protected, s.hidden) for s in book.sheets.values()
    ]
    assert again.properties == book.properties


@pytest.mark.office
def test_libreoffice_calculates_anew_only_when_told_to(form: Path, tmp_path: Path) -> None:
    parts = unpacked(form)
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"<v>20.5</v>", b"<v>999</v>")
    stale = tmp_path / "stale.xlsx"
    stale.write_bytes(packed(parts))
    assert read(admit(stale)).at("申请情况", "D2").value == 999
    assert read(admit(resave(stale, tmp_path / "kept"))).at("申请情况", "D2").value == 999
    assert read(admit(recalculate(stale, tmp_path / "new"))).at("申请情况", "D2").value == 20.5


def rewritten(form: Path) -> Parts:
    """The form as another school writes it: prefixes, other part names, inline strings, shared formulas."""
    parts = unpacked(form)
    items = re.findall(r"<si>(.*?)</si>", parts.pop("xl/sharedStrings.xml").decode(), re.DOTALL)
    links = parts.pop("xl/_rels/workbook.xml.rels").decode()
    links = re.sub(r"<Relationship [^>]*sharedStrings[^>]*/>", "", links)
    for number in (1, 2, 3):
        body = parts.pop(f"xl/worksheets/sheet{number}.xml").decode()
        body = re.sub(
            r'<c r="(\w+)"((?: s="\d+")?) t="s"><v>(\d+)</v></c>',
            lambda found: f'<c r="{found[1]}"{found[2]} t="inlineStr"><is>{items[int(found[3])]}</is></c>',
            body,
        )
        body = re.sub(r"(<c r=\"D2\"[^>]*>)<f>", r'\1<f t="shared" ref="D2:D6" si="0">', body)
        body = re.sub(r"(<c r=\"D[3-6]\"[^>]*>)<f>[^<]*</f>", r'\1<f t="shared" si="0"/>', body)
        body = re.sub(r"<(/?)(\w+)(?=[ />])", r"<\1x:\2", body).replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        parts[f"Blätter/R{number}a.XML"] = body.encode()
        links = links.replace(f'"worksheets/sheet{number}.xml"', f'"/Blätter/R{number}a.xml"')
    main = parts.pop("xl/workbook.xml").decode()
    main = re.sub(r"<(/?)(\w+)(?=[ />])", r"<\1x:\2", main).replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    parts["office/main.xml"] = main.encode()
    parts["office/_rels/main.xml.rels"] = re.sub(r'"((?:theme|styles)[/\w]*\.xml)"', r'"../xl/./\1"', links).encode()
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b'"xl/workbook.xml"', b'"./office/main.xml"')
    types = parts["[Content_Types].xml"].replace(b"/xl/workbook.xml", b"/office/main.xml")
    parts["[Content_Types].xml"] = types.replace(b"Override", b"o:Override").replace(
        b"<Types ", b'<Types xmlns:o="http://schemas.openxmlformats.org/package/2006/content-types" '
    )
    return parts


def test_prefixes_part_names_inline_strings_and_shared_formulas_change_nothing(form: Path, book: FlatWorkbook) -> None:
    again = read(admit_bytes(packed(rewritten(form))))
    assert content(again) == content(book)
    assert again.names == book.names
    assert again.styles == book.styles
    assert again.properties == book.properties
    assert list(again.sheets) == list(book.sheets)


def witnessed(value: object) -> object:
    """A value as openpyxl tells it, in our terms."""
    if isinstance(value, bool | str):
        return CellError(value) if isinstance(value, str) and value.startswith("#") else value
    return float(value) if isinstance(value, int | float) else value


def saved_again(path: Path) -> Path:
    return resave(write(path.with_name("x.xlsx")), path.parent / "lo")


@pytest.mark.parametrize("dialect", [write, pytest.param(saved_again, marks=pytest.mark.office)])
def test_openpyxl_reads_the_same(dialect: Callable[[Path], Path], tmp_path: Path) -> None:
    path = dialect(tmp_path / "form.xlsx")
    ours = read(admit(path))
    texts, results = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    checked = 0
    for page in texts:
        assert (page.sheet_state != "visible") == ours.sheets[page.title].hidden
        assert page.protection.sheet == ours.sheets[page.title].protected
        for there in (c for row in page.iter_rows() for c in row if isinstance(c, Cell)):
            here = ours.at(page.title, there.coordinate)
            style = ours.styles[here.style]
            assert (style.locked, style.number_format) == (there.protection.locked, there.number_format)
            assert here.formula == (there.value.removeprefix("=") if there.data_type == "f" else None)
            shown = results[page.title][there.coordinate]
            if not shown.is_date:
                assert (here.value or None) == (witnessed(shown.value) or None)
            checked += 1
    assert checked > 40
    assert set(texts.defined_names) == set(ours.names)


# ---------------------------------------------------------------- cells


def test_numbers_are_floats_and_what_is_no_finite_number_stays_text() -> None:
    assert cell('<c r="A1"><v>12</v></c>') == 12.0
    assert cell('<c r="A1" t="n"><v>-1.5E-3</v></c>') == -0.0015
    for text in ("1e999", "-1e999", "nan", "inf", "Infinity", "1_2", "１２", "١٢", "12人", "0x0C"):
        assert cell(f'<c r="A1"><v>{text}</v></c>') == text


def test_zero_false_and_blank_are_three_things() -> None:
    found = (
        sheet_of('<row r="1"><c><v>0</v></c><c t="b"><v>0</v></c><c><v/></c><c t="b"><v>1</v></c></row>')
        .sheets["表"]
        .cells
    )
    assert [repr(found[address].value) for address in ("A1", "B1", "C1", "D1")] == ["0.0", "False", "None", "True"]


def test_dates_and_errors_are_told_apart_from_texts() -> None:
    assert cell('<c r="A1" t="d"><v>2025-12-31</v></c>') == "2025-12-31"
    assert cell('<c r="A1" t="e"><v>#REF!</v></c>') == CellError("#REF!")
    assert cell('<c r="A1" t="str"><v>#REF!</v></c>') == "#REF!"


def test_shared_strings_lose_hints_of_pronunciation_and_keep_runs() -> None:
    runs = '<r><t>政</t></r><r><rPr><b/></rPr><t xml:space="preserve">府 </t></r>'
    rich = f'<si>{runs}<rPh sb="0" eb="1"><t>ZHENG</t></rPh></si>'
    assert cell('<c r="A1" t="s"><v>0</v></c>', rich) == "政府 "
    assert cell('<c r="A1" t="s"><v>0</v></c>', '<si><t>甲</t><rPh sb="0" eb="1"><t>JIA</t></rPh></si>') == "甲"
    assert cell('<c r="A1" t="s"><v>1</v></c>', "<si><t>甲</t></si><si/>") == ""


def test_escapes_are_decoded_once() -> None:
    for kind in ('t="s"><v>0</v>', 't="inlineStr"><is><t>{}</t></is>', 't="str"><v>{}</v>'):
        for text, shown in (
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x4E2d_", "中"),
            ("_xD83D__xDE00_", "\U0001f600"),
            ("_xD83D_", "\ufffd"),
            ("_x12_", "_x12_"),
        ):
            assert cell(f'<c r="A1" {kind.format(text)}</c>', f"<si><t>{text}</t></si>") == shown


def test_cells_without_an_address_follow_the_one_before() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row r='5'><c r='C5'><v>3</v></c><c><v>4</v></c></row>"
    found = sheet_of(f"{rows}<row><c><v>5</v></c></row>").sheets["表"].cells
    assert {address: c.value for address, c in found.items()} == {"A1": 1, "B1": 2, "C5": 3, "D5": 4, "A6": 5}


def test_a_written_equals_sign_is_no_part_of_the_formula() -> None:
    assert sheet_of('<row r="1"><c r="A1"><f>=B1+1</f></c></row>').at("表", "A1").formula == "B1+1"


def test_an_array_formula_gives_its_text() -> None:
    rows = '<row r="1"><c r="A1"><f t="array" ref="A1:A2">SUM(B1:B2*C1:C2)</f><v>3</v></c></row>'
    assert sheet_of(rows).at("表", "A1")[:2] == (3.0, "SUM(B1:B2*C1:C2)")


def test_shared_formulas_are_written_out_for_each_cell() -> None:
    rows = (
        '<row r="2"><c r="B2"><f t="shared" ref="B2:C3" si="3">A1+$A1+A$1+$A$1</f></c>'
        '<c r="C2"><f t="shared" si="3"/></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="3"></f></c><c r="C3"><f t="shared" si="3">ignored</f></c></row>'
    )
    assert formulas(sheet_of(rows)) == {
        ("表", "B2"): "A1+$A1+A$1+$A$1",
        ("表", "C2"): "B1+$A1+B$1+$A$1",
        ("表", "B3"): "A2+$A2+A$1+$A$1",
        ("表", "C3"): "B2+$A2+B$1+$A$1",
    }


# ---------------------------------------------------------------- formulas moved


@pytest.mark.parametrize(
    "formula",
    [
        "A1+B2*$C3-D$4/$E$5",
        "SUM(A1:B2,$A$1:C3)",
        "Sheet1!A1+'it''s a1'!B2+表格!C3+'A1'!A1",
        'IF(A1="A1 and ""B2""",B1,"C1")',
        "LOG10(A1)+ATAN2(B1,C1)+BIN2DEC(D1)",
        "requests.new.natural+A1",
        "Q1_total+x.B2+_A1+A1_+tax2025rate",
        "Table1[[#This Row],[A1]]+A1",
        "[1]Sheet1!A1+B1",
        "COUNT(A:A,B2)",
        "1E5+A1+2.5E+3",
        "#REF!+A1",
        "INDIRECT(\"A\"&ROW())&'x'!A1",
        "-A1%^2<>{1,2;3,4}",
        "OFFSET(A1,0,1):B2",
    ],
)
@pytest.mark.parametrize("to", ["C3", "A7", "Z1"])
def test_references_move_as_openpyxl_moves_them(formula: str, to: str) -> None:
    expected = Translator(f"={formula}", origin="A1").translate_formula(to).removeprefix("=")
    columns, rows = ord(to[0]) - ord("A"), int(to[1:]) - 1
    assert shifted(formula, columns, rows) == expected


def test_references_move_where_openpyxl_fails() -> None:
    assert shifted("A1:INDEX(B1:B9,2)", 1, 1) == "B2:INDEX(C2:C10,2)"


def test_whole_columns_and_rows_move_and_names_beyond_the_sheet_stay() -> None:
    assert shifted("A:A+$B:C+1:1+$2:3", 2, 5) == "C:C+$B:E+6:6+$2:8"
    assert shifted("XYZ1+ZZZ99+A1048577", 1, 1) == "XYZ1+ZZZ99+A1048577"


def test_a_reference_moved_off_the_sheet_is_lost() -> None:
    assert shifted("A1+B2+A$1", -1, 0) == "#REF!+A2+#REF!"
    assert shifted("XFD1+A1048576", 1, 1) == "#REF!+#REF!"
    assert shifted("A1:B2+A:A", -1, 0) == "#REF!:A2+#REF!"


# ---------------------------------------------------------------- contradictions


def refused(parts: Parts) -> str:
    with pytest.raises(Refused) as refusal:
        read(admit_bytes(packed(parts)))
    return refusal.value.code


def edited(form: Path, name: str, old: str, new: str) -> Parts:
    parts = unpacked(form)
    assert old.encode() in parts[name]
    return parts | {name: parts[name].replace(old.encode(), new.encode(), 1)}


def test_what_points_nowhere_is_refused(form: Path) -> None:
    page, book_ = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
    assert refused(edited(form, page, 't="s"><v>0</v>', 't="s"><v>-1</v>')) == "FILE-40"
    assert refused(edited(form, page, 't="s"><v>0</v>', 't="s"><v>99999</v>')) == "FILE-40"
    assert refused(edited(form, page, 's="1"', 's="999"')) == "FILE-40"
    assert refused(edited(form, page, "<f>", '<f t="shared" si="7"/><f>')) == "FILE-40"
    assert refused(edited(form, book_, 'r:id="rId1"', 'r:id="rId77"')) == "FILE-40"
    assert refused(edited(form, "_rels/.rels", "xl/workbook.xml", "xl/other.xml")) == "FILE-40"


def test_a_part_that_was_not_checked_is_never_read(form: Path) -> None:
    links = "xl/_rels/workbook.xml.rels"
    parts = edited(form, links, "worksheets/sheet1.xml", "worksheets/sheet1.vml")
    parts["xl/worksheets/sheet1.vml"] = parts.pop("xl/worksheets/sheet1.xml")
    assert refused(parts) == "FILE-40"


def test_two_of_what_must_be_one_is_refused(form: Path) -> None:
    book_ = "xl/workbook.xml"
    assert refused(edited(form, book_, 'name="_标识"', 'name="申请情况"')) == "FILE-40"
    links = "xl/_rels/workbook.xml.rels"
    assert refused(edited(form, links, "worksheets/sheet2.xml", "worksheets/sheet1.xml")) == "FILE-40"
    assert refused(edited(form, links, 'Id="rId2"', 'Id="rId1"')) == "FILE-40"
    twice = '<definedName name="second">申请情况!$A$1</definedName><definedName name="second"'
    assert refused(edited(form, book_, '<definedName name="second"', twice)) == "FILE-40"
    assert refused(edited(form, "docProps/custom.xml", 'name="版本"', 'name="form"')) == "FILE-40"


def test_shared_formulas_cannot_be_used_to_fill_the_memory() -> None:
    master = f'<c r="A1"><f t="shared" ref="A1:A9999" si="0">{"A1+" * 2000}1</f></c>'
    rows = "".join(f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/></c></row>' for n in range(2, 9999))
    with pytest.raises(Refused) as refusal:
        sheet_of(f'<row r="1">{master}</row>{rows}')
    assert refusal.value.code == "FILE-23"
