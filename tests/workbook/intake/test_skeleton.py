"""A sheet parsed for the first time, or known from another file: the same workbook, the same refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from factories.dialects import SAME, unpacked
from factories.hostile import MAKERS, ODD
from factories.packages import HEAD, MAIN, OFFICE, packed

from toolkit.model.flat import CellError, FlatWorkbook
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.workbook.intake import skeleton, xml
from toolkit.workbook.intake.gate import Refused, admit_bytes
from toolkit.workbook.intake.read import MAX_TEXT, read

FILE = (Path(__file__).parents[3] / "samples" / "yunling-2025" / "教育局.xlsx").read_bytes()
SHEET, STRINGS = "xl/worksheets/sheet5.xml", "xl/sharedStrings.xml"
CELL = rb'<c r="D6" s="12"><v>\d+</v></c>'
ALL = {**MAKERS, **ODD}


def anew(patch: pytest.MonkeyPatch) -> None:
    """Nothing is known of any sheet."""
    patch.setattr(skeleton, "_remembered", skeleton._Memory())


def found(data: bytes) -> FlatWorkbook | str:
    """The workbook, or why it is refused."""
    try:
        return read(admit_bytes(data))
    except Refused as refused:
        return f"{refused} {refused.where}"


def with_cell(body: bytes, before: bytes = b"") -> bytes:
    """The sample with other bytes in place of a cell with a plain figure, and some behind the first tag."""
    parts = unpacked(FILE)
    parts[SHEET], count = re.subn(CELL, lambda _: body, parts[SHEET])
    parts[SHEET] = parts[SHEET].replace(b"<sheetData>", before + b"<sheetData>")
    assert count == 1
    return packed(parts)


def value(data: bytes) -> object:
    workbook = found(data)
    assert isinstance(workbook, FlatWorkbook)
    return workbook.at("申请情况", "D6").value


@pytest.mark.parametrize("habit", SAME)
def test_a_sheet_in_any_habit_is_the_same_when_it_is_known(habit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(SAME[habit](unpacked(FILE)))
    anew(monkeypatch)
    first = found(data)
    found(FILE)
    assert found(data) == first
    monkeypatch.setattr(skeleton, "_PLAIN", re.compile(rb"(?!)(x)"))
    anew(monkeypatch)
    assert found(data) == first


@pytest.mark.parametrize(
    "held",
    [
        b"<v>5</v>",
        b"<v></v>",
        b"<v/>",
        b"<v>?</v>",
        b"<v >?</v>",
        b"<v >?</v><v>7</v>",
        b"<v>7</v><v >8</v>",
        b"<v> 5 </v>",
        b"<v>\n5\r\n</v>",
        b"<v>1e309</v>",
        b"<v>&#53;</v>",
        b"<v>&lt;v&gt;5&lt;/v&gt;</v>",
        b"<v><![CDATA[5]]></v>",
        b"<v><![CDATA[<v>5</v>]]></v>",
        b"<v>5<!-- <v>6</v> --></v>",
        b"<!-- <v>6</v> --><v>5</v>",
        b"<?a <v>6</v>?><v>5</v>",
        b'<v xml:space="preserve"> 5</v>',
        b'<x xmlns="urn:x"><v>8</v></x><v>5</v>',
        b'<x xmlns="urn:x"><v>8</v></x><v >?</v>',
        b'<v a="<v>5</v>">5</v>',
        b"<v>5]]></v>",
        b"<v>\xff</v>",
        b"<v>\xed\xa0\x80</v>",
        b"<v>\xef\xbf\xbf</v>",
        b"<v>\xe4\xb8\xad</v>",
        b"<v>\x01</v>",
        b"<v>5",
        b"<f>1+1</f><v>2</v>",
        b"<is><t>5</t></is><v>6</v>",
        b"<v>6</v><is><t>_x0041_</t></is>",
        b"<v>" + b"9" * 300 + b"</v>",
    ],
)
@pytest.mark.parametrize("kind", [b"", b' t="s"', b' t="str"', b' t="b"', b' t="e"', b' t="inlineStr"', b" t='n'"])
def test_whatever_a_value_is_written_with_it_is_read_as_if_nothing_were_cut(
    kind: bytes, held: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = with_cell(b'<c r="D6" s="12"' + kind + b">" + held + b"</c>")
    anew(monkeypatch)
    found(FILE)
    known = [found(data), found(data)]
    monkeypatch.setattr(skeleton, "_PLAIN", re.compile(rb"(?!)(x)"))
    anew(monkeypatch)
    assert known == [found(data)] * 2


def test_a_known_sheet_takes_the_values_of_each_file() -> None:
    assert [value(with_cell(b'<c r="D6" s="12"><v>%d</v></c>' % n)) for n in (3, 4, 3)] == [3.0, 4.0, 3.0]
    assert value(with_cell(b'<c r="D6" s="12" t="e"><v>#REF!</v></c>')) == CellError("#REF!")
    assert value(with_cell(b'<c r="D6" s="12" t="e"><v>#N/A</v></c>')) == CellError("#N/A")


def test_a_known_sheet_has_the_shared_texts_of_its_own_file() -> None:
    parts = unpacked(FILE)
    parts[STRINGS] = parts[STRINGS].replace("<t>自然人</t>".encode(), "<t>某人</t>".encode())
    texts = [
        [cell.value for cell in found_.sheets["申请情况"].cells.values()]
        for found_ in map(workbook, (FILE, packed(parts)))
    ]
    assert ("自然人" in texts[0], "某人" in texts[0]) == (True, False)
    assert ("自然人" in texts[1], "某人" in texts[1]) == (False, True)


def workbook(data: bytes) -> FlatWorkbook:
    out = found(data)
    assert isinstance(out, FlatWorkbook)
    return out


@pytest.mark.parametrize("name", ALL)
def test_a_hostile_file_ends_the_same_when_its_sheets_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ALL[name].make(FILE)
    anew(monkeypatch)
    first = judged([understand_bytes("某局.xlsx", data)])
    judged([understand_bytes("某局.xlsx", FILE)])
    assert judged([understand_bytes("某局.xlsx", data)]) == first


def test_limits_hold_on_a_known_sheet() -> None:
    found(FILE)
    parts = unpacked(FILE)
    parts[STRINGS] = parts[STRINGS].replace("<t>自然人</t>".encode(), b"<t>" + b"a" * (MAX_TEXT + 1) + b"</t>")
    assert workbook(packed(parts)).overlong == "申请情况!D5"
    assert str(found(with_cell(b'<c r="D6" s="12" t="s"><v>99999</v></c>'))).startswith("[FILE-40]")
    long = b'<c r="D6" s="12"><v>' + b"9" * (xml.MAX_TOKEN + 1) + b"</v></c>"
    assert str(found(with_cell(long))).startswith("[FILE-33]")


def test_equal_sheets_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []

    def counted(body: bytes) -> object:
        parsed.append(body)
        return xml.tree(body)

    anew(monkeypatch)
    monkeypatch.setattr(skeleton, "tree", counted)
    for n in range(5):
        found(with_cell(b'<c r="D6" s="12"><v>%d</v></c>' % n))
    assert len(parsed) == len(set(parsed))
    assert sum(b'<c r="D6" s="12">' in body for body in parsed) == 1


def test_what_is_kept_is_bounded_in_bytes_and_what_was_met_last_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = skeleton._Memory()
    bodies = [f"{HEAD}<a x='{n:05}' xmlns='{MAIN}' xmlns:r='{OFFICE}'/>".encode() for n in range(20)]
    monkeypatch.setattr(memory, "room", 5 * len(bodies[0]))
    first = memory(bodies[0])
    for body in bodies[1:]:
        memory(body)
        assert memory(bodies[0]) is first
    assert list(memory.known) == [*bodies[-4:], bodies[0]]
    assert memory.room == 0


def test_a_memory_that_is_too_small_for_a_part_keeps_none() -> None:
    memory = skeleton._Memory()
    memory.room = 3
    assert memory(b"<a/>")[0].tag == "a"
    assert (dict(memory.known), memory.room) == ({}, 3)
