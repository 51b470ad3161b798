"""A part parsed for the first time, or known but for its values from another file: the same workbook or refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from factories.dialects import SAME, unpacked
from factories.hostile import ODD
from factories.packages import HEAD, book, packed

from toolkit.model.flat import CellError, FlatWorkbook
from toolkit.workbook.intake import xml
from toolkit.workbook.intake.gate import Refused, admit_bytes
from toolkit.workbook.intake.read import MAX_TEXT, read

FILE = (Path(__file__).parents[3] / "samples" / "yunling-2025" / "教育局.xlsx").read_bytes()
STRINGS, BOOK = "xl/sharedStrings.xml", "xl/workbook.xml"
KINDS = ("", ' t="str"', ' t="b"', ' t="e"', ' t="inlineStr"', " t='n'", ' t="s"')
HELD = (
    "<v>5</v>",
    "<v></v>",
    "<v/>",
    "<v>?</v>",
    "<v >?</v>",
    "<v >?</v><v>7</v>",
    "<v>7</v><v >8</v>",
    "<v> 5 </v>",
    "<v>\n5\r\n</v>",
    "<v>1e309</v>",
    "<v>&#53;</v>",
    "<v>&lt;v&gt;5&lt;/v&gt;</v>",
    "<v><![CDATA[5]]></v>",
    "<v><![CDATA[<v>5</v>]]></v>",
    "<v>5<!-- <v>6</v> --></v>",
    "<!-- <v>6</v> --><v>5</v>",
    "<!-- <v>6</v> --><v >?</v>",
    "<?a <v>6</v>?><v>5</v>",
    '<v xml:space="preserve"> 5</v>',
    '<x xmlns="urn:x"><v>8</v></x><v>5</v>',
    '<x xmlns="urn:x"><v>8</v></x><v >?</v>',
    '<v a="<v>5</v>">5</v>',
    "<v>5]]></v>",
    "<v>\x01</v>",
    "<v>\uffff</v>",
    "<v>中“”！é</v>",
    "<v>5",
    "<f>1+1</f><v>2</v>",
    "<is><t>5</t></is><v>6</v>",
    "<v>6</v><is><t>_x0041_</t></is>",
    "<is><t>?</t></is>",
    "<v>6</v><is><t>?</t></is><v>7</v>",
    "<is><t></t></is>",
    "<v>" + "9" * 300 + "</v>",
)


ODD_ROWS = (
    '<row r="1"><c r="A1"><v>5</v></c><c r="B1"><v >?</v></c><c r="C1"><v >6</v></c></row>',
    '<row r="1"><c r="A1"><v>5</v></c><c r="B1" t="str"><v >?</v></c></row>',
    '<row r="1"><c r="A1"><c r="B1"><v>5</v></c><v>6</v></c><foo/></row>',
)


def anew() -> None:
    """Nothing is known of any part."""
    xml._known.clear()


def uncut(patch: pytest.MonkeyPatch) -> None:
    """No value is cut out of anything."""
    patch.setattr(xml, "_PLAIN", re.compile(rb"(?!)(x)"))
    anew()


def found(data: bytes) -> FlatWorkbook | str:
    """The workbook, or why it is refused."""
    try:
        return read(admit_bytes(data))
    except Refused as refused:
        return f"{refused} {refused.where}"


def one_cell(held: str, kind: str = "") -> bytes:
    other = '<c r="B1"><v>1</v></c><c r="C1" t="str"><v>通过</v></c>'
    return packed(book(f'<row r="1"><c r="A1"{kind}>{held}</c>{other}</row>'))


def workbook(data: bytes) -> FlatWorkbook:
    out = found(data)
    assert isinstance(out, FlatWorkbook), out
    return out


def sample(text: str) -> bytes:
    """The sample with another shared text in place of 自然人."""
    parts = unpacked(FILE)
    old = "<t>自然人</t>".encode()
    assert old in parts[STRINGS]
    return packed({**parts, STRINGS: parts[STRINGS].replace(old, f"<t>{text}</t>".encode())})


@pytest.mark.parametrize("habit", SAME)
def test_a_sheet_in_any_habit_is_the_same_when_it_is_known(habit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(SAME[habit](unpacked(FILE)))
    anew()
    first = workbook(data)
    assert workbook(data) == first
    uncut(monkeypatch)
    assert workbook(data) == first


@pytest.mark.parametrize("held", HELD)
def test_whatever_a_value_is_written_with_it_is_read_as_if_nothing_were_cut(
    held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [one_cell(held, kind) for kind in KINDS]
    anew()
    for kind in KINDS:
        found(one_cell("<v>4</v>", kind))
    known = [found(data) for data in files * 2]
    uncut(monkeypatch)
    assert known == [found(data) for data in files] * 2


@pytest.mark.parametrize("before", ["", "\ufeff", "<!-- a -->", '<?xml version="1.0"?>'])
@pytest.mark.parametrize("hidden", ["<?q <v>8</v>?>", "<?q?>", ""])
@pytest.mark.parametrize("rows", ODD_ROWS)
def test_nothing_before_a_sheet_and_no_cell_in_a_cell_moves_a_value(
    before: str, hidden: str, rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value hidden in an instruction, and a cell that looks as if one was cut out: no figure stands elsewhere."""
    parts = book(rows)
    (sheet,) = (name for name in parts if name.startswith("xl/worksheets/"))
    bare = str(parts[sheet]).removeprefix(HEAD)
    data = packed({**parts, sheet: (before + hidden + bare).encode()})
    anew()
    known = [found(data), found(data)]
    uncut(monkeypatch)
    assert known == [found(data)] * 2


def test_a_known_sheet_takes_the_values_of_each_file() -> None:
    kinds = [("3", ""), ("4", ""), ("3", ""), ("#REF!", ' t="e"'), ("#N/A", ' t="e"'), ("甲", ' t="str"')]
    values = [workbook(one_cell(f"<v>{text}</v>", kind)).at("表", "A1").value for text, kind in kinds]
    assert values == [3.0, 4.0, 3.0, CellError("#REF!"), CellError("#N/A"), "甲"]


def test_a_known_sheet_has_the_shared_texts_of_its_own_file() -> None:
    texts = [[cell.value for cell in workbook(sample(one)).sheets["申请情况"].cells.values()] for one in ("甲", "乙")]
    assert [("甲" in one, "乙" in one) for one in texts] == [(True, False), (False, True)]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_the_same_when_its_sheets_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ODD[name].make(FILE)
    found(FILE)
    known = [found(data), found(data)]
    uncut(monkeypatch)
    assert known == [found(data)] * 2


def test_limits_hold_on_a_known_sheet() -> None:
    plain = sample("自然人")
    assert [workbook(one).overlong for one in (plain, sample("a" * (MAX_TEXT + 1)), plain)] == ["", "申请情况!D4", ""]
    workbook(one_cell("<v>1</v>"))
    assert str(found(one_cell("<v>99999</v>", ' t="s"'))).startswith("[FILE-40]")
    assert str(found(one_cell("<v>" + "9" * (xml.MAX_TOKEN + 1) + "</v>"))).startswith("[FILE-33]")
    for _ in range(2):
        assert str(found(one_cell("<v>1</v>" + "<a>" * 99 + "</a>" * 99))).startswith("[FILE-34]")
        assert str(found(one_cell('<v>1</v></c><c r="A1"><v>2</v>'))).startswith("[FILE-39]")


def test_equal_sheets_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    tree = xml.tree
    monkeypatch.setattr(xml, "tree", lambda body: parsed.append(body) or tree(body))  # type: ignore[func-returns-value]
    anew()
    for n in range(5):
        found(one_cell(f"<v>{n}</v>"))
    assert len(parsed) == len(book())


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    anew()
    monkeypatch.setattr(xml, "_SMALL", 10)
    found(one_cell("<v>1</v>"))
    assert not xml._known


def test_of_many_parts_those_met_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    anew()
    bodies = [f"<a>{n}</a>".encode() for n in range(4)]
    monkeypatch.setattr(xml, "_MOST", 3 * len(bodies[0]))
    for n in (0, 1, 2, 0, 3):
        xml.part(bodies[n])
    assert list(xml._known) == [bodies[2], bodies[0], bodies[3]]


def test_a_known_sheet_has_the_name_and_the_state_that_its_own_file_gives_it() -> None:
    data = one_cell("<f>1+1</f><v>1</v>")
    other = packed({**unpacked(data), BOOK: unpacked(data)[BOOK].replace("表".encode(), "页".encode())})
    assert [list(workbook(one).sheets) for one in (data, other, data)] == [["表"], ["页"], ["表"]]
    names = [one.name for data in (data, other) for one in workbook(data).sheets.values()]
    assert names == ["表", "页"]
