"""What other programs write otherwise and mean the same: parts nobody reads, comments, sheet names, wide labels."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from factories.packages import HEAD, LINKS, OFFICE, book, code, packed
from factories.workbooks import edited, patched, save, verdict, workbook

from toolkit.instrument.catalogue import load
from toolkit.model.finding import Status
from toolkit.model.returns import Verdict
from toolkit.workbook.annotation.annotate import annotate
from toolkit.workbook.formulas import normal_formula
from toolkit.workbook.intake.gate import admit_bytes

SHEET_LINKS = "xl/worksheets/_rels/sheet5.xml.rels"


def with_part(data: bytes, name: str, body: bytes, kind: str) -> bytes:
    """The workbook with a part that sheet 3 has a relationship to."""
    target = name.removeprefix("xl/")
    link = f'<Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="../{target}"/>'
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, body)
        archive.writestr(SHEET_LINKS, f'{HEAD}<Relationships xmlns="{LINKS}">{link}</Relationships>')
    return out.getvalue()


def read(tmp_path: Path, data: bytes) -> Verdict:
    return verdict(save(tmp_path / "a.xlsx", data))


PARTS = [
    ("xl/customProperty1.bin", "甲".encode("utf-16"), "customProperty"),
    ("xl/customProperty1.bin", b"<not closed", "customProperty"),
    ("xl/comments9.xml", b"", "comments"),
]


@pytest.mark.parametrize(("name", "body", "kind"), PARTS)
def test_a_part_that_nobody_reads_condemns_no_file(tmp_path: Path, name: str, body: bytes, kind: str) -> None:
    result = read(tmp_path, with_part(workbook(), name, body, kind))
    assert (result.status, result.findings) == (Status.ACCEPTED, ())


@pytest.mark.parametrize(("name", "body", "kind"), PARTS)
def test_and_the_file_can_be_handed_back(tmp_path: Path, name: str, body: bytes, kind: str) -> None:
    data = with_part(edited(workbook(), lambda made: made["申请情况"].__setitem__("D6", 5)), name, body, kind)
    result = read(tmp_path, data)
    assert result.status is Status.RETURNED
    back = annotate(data, load("zfxxgk-2021"), result)
    assert openpyxl.load_workbook(io.BytesIO(back))["申请情况"]["D6"].comment is not None


def test_a_part_that_somebody_reads_is_checked_whatever_it_is_called() -> None:
    def linked(kind: str, body: bytes) -> str:
        links = f'{HEAD}<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="{OFFICE}/{kind}" Target="../a.bin"/>'
        more = f'<Relationship Id="r2" Type="{OFFICE}/customProperty" Target="../a.bin"/></Relationships>'
        return code(book() | {"xl/worksheets/_rels/sheet1.xml.rels": links + more, "xl/a.bin": body})

    assert linked("comments", "甲".encode("utf-16")) == "FILE-31"
    assert linked("comments", b"<not closed") == "FILE-32"
    assert code(book() | {"xl/comments1.xml": b""}) == "FILE-32"


@pytest.mark.parametrize("kind", ["comments", "customProperty"])
def test_no_link_makes_the_list_of_contents_a_part_that_nobody_reads(kind: str) -> None:
    links = f'{HEAD}<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="{OFFICE}/{kind}" '
    links += 'Target="../../[Content_Types].xml"/></Relationships>'
    parts = book() | {"xl/worksheets/_rels/sheet1.xml.rels": links, "[Content_Types].xml": b""}
    assert code(parts) == "FILE-32"


@pytest.mark.parametrize("aside", ["<!-- by a tool -->", "<?tool 1?>", " <!-- a --> <!-- b -->\n"])
def test_a_comment_between_two_elements_is_harmless(tmp_path: Path, aside: str) -> None:
    result = read(tmp_path, patched(workbook(), "申请情况", "<sheetData>", f"{aside}<sheetData>"))
    assert result.status is Status.ACCEPTED
    before = book()
    page = str(before["xl/worksheets/sheet1.xml"]).replace(HEAD, HEAD + aside).replace("<row", f"{aside}<row")
    assert admit_bytes(packed(before | {"xl/worksheets/sheet1.xml": page}))


@pytest.mark.parametrize("value", ["1<!-- -->2", "1<!-- --> <!-- -->2", "1<?x y?>2", "<!-- -->2", "1<!-- -->"])
def test_a_comment_in_a_value_is_refused(value: str) -> None:
    assert code(book(f'<row r="1"><c r="A1"><v>{value}</v></c></row>')) == "FILE-40"


def test_a_style_that_says_nothing_is_none(tmp_path: Path) -> None:
    assert (
        read(tmp_path, patched(workbook(), "申请情况", r'<c r="D6" s="[0-9]+"', '<c r="D6" s=""')).status
        is Status.ACCEPTED
    )


@pytest.mark.parametrize(
    ("formula", "sheet", "same"),
    [
        ("SUM(申请情况!D6:I6)", "申请情况", "SUM(D6:I6)"),
        ("SUM('申请情况'!$D$6:I6)", "申请情况", "SUM(D6:I6)"),
        ("'it''s 2'!A1+1", "it's 2", "A1+1"),
    ],
)
def test_the_name_of_its_own_sheet_changes_no_formula(formula: str, sheet: str, same: str) -> None:
    assert normal_formula(formula, sheet) == normal_formula(same, sheet)


@pytest.mark.parametrize(
    "formula",
    ["SUM(复议诉讼!D6:I6)", "SUM(老申请情况!D6:I6)", "SUM('老 申请情况'!D6:I6)", "SUM([1]申请情况!D6:I6)"],
)
def test_the_name_of_another_sheet_does(formula: str) -> None:
    assert normal_formula(formula, "申请情况") != normal_formula("SUM(D6:I6)", "申请情况")
    assert normal_formula('"申请情况!"&D6', "申请情况") == '"申请情况!"&D6'


def test_totals_that_name_their_own_sheet_are_intact(tmp_path: Path) -> None:
    data = patched(workbook(), "申请情况", r"SUM\(D6:I6\)", "SUM('申请情况'!D6:I6)")
    assert read(tmp_path, data).findings == ()


@pytest.mark.parametrize("cell", ["<v>1</v>", "<v>1.0</v>", 't="str"><v>１</v>'])
def test_a_label_is_compared_by_what_is_seen(tmp_path: Path, cell: str) -> None:
    label = cell if cell.startswith("t=") else f">{cell}"
    data = patched(workbook(), "公开信息构成", r'(<c r="A4"[^>]*?)><v>[0-9]+</v>', rf"\1 {label}")
    assert read(tmp_path, data).status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        ("SUM(D6,E6,F6)", "SUM(D6:F6)"),
        ("sum( F6 ; D6:E6 )".replace(";", ","), "SUM(D6:F6)"),
        ("+SUM(F6:D6)", "SUM(D6:F6)"),
        ('IF(COUNT(D6:F6)=3,D6+F6+E6,"")', 'IF(COUNT(D6:F6)=3,SUM(D6:F6),"")'),
        ('IF(COUNT(D6,D8)=2,D6+D8,"")', 'IF(COUNT(D6,D8)=2,SUM(D6,D8),"")'),
        ("_xlfn.SUM(AA1:AB2)", "SUM(AA1,AA2,AB1,AB2)"),
    ],
)
def test_a_formula_that_means_the_same_is_the_same(formula: str, same: str) -> None:
    assert normal_formula(formula) == normal_formula(same)


@pytest.mark.parametrize(
    ("formula", "other"),
    [
        ("D6+E6+F6", "SUM(D6:F6)"),
        ("SUM(D6:F6)", "SUM(D6:G6)"),
        ("SUM(D6,D6)", "SUM(D6)"),
        ("SUM(D6:F6,E6)", "SUM(D6:F6)"),
        ('IF(COUNT(D6:F6)=3,D6+F6,"")', 'IF(COUNT(D6:F6)=3,SUM(D6:F6),"")'),
        ('IF(COUNT(D6:F6)=2,D6+E6+F6,"")', 'IF(COUNT(D6:F6)=2,SUM(D6:F6),"")'),
        ('IF(COUNT(D6:E6)=2,D6+E6+F6,"")', 'IF(COUNT(D6:E6)=2,SUM(D6:F6),"")'),
        ('IF(COUNT(D6:E6)=2,D6+D6,"")', 'IF(COUNT(D6:E6)=2,SUM(D6),"")'),
        ('IF(A1="SUM(D6,E6)",1,0)', 'IF(A1="SUM(D6:E6)",1,0)'),
        ("COUNT(D6:F6)", "SUM(D6:F6)"),
        ("SUM(D1:D999)", "SUM(D1:D998)"),
    ],
)
def test_a_formula_that_may_mean_something_else_is_another(formula: str, other: str) -> None:
    assert normal_formula(formula) != normal_formula(other)


@pytest.mark.parametrize("last", [500, 501])
def test_so_many_cells_are_named_one_by_one(last: int) -> None:
    assert (normal_formula(f"SUM(D1:D{last - 1},D{last})") == normal_formula(f"SUM(D1:D{last})")) is (last == 500)
