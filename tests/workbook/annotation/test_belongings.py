"""What the unit put into its workbook beside the figures comes back with it, to the byte."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from factories.belongings import THEIRS, with_belongings
from factories.dialects import SAME, unpacked, with_link
from factories.packages import packed
from factories.workbooks import form, workbook
from lxml import etree

from toolkit.forms.layout import NOTICE
from toolkit.model.finding import Status
from toolkit.model.returns import Verdict
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.workbook.annotation.annotate import MARK, annotate
from toolkit.workbook.annotation.sheet import SheetPart
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.template.pen import BAD

pytestmark = pytest.mark.runs

TABLE, SHEET = "申请情况", "xl/worksheets/sheet5.xml"
#: The same sheet's part behind the notice, which comes first.
MOVED = "xl/worksheets/sheet6.xml"
#: The parts that an annotation writes anew, beside the sheets with marks and what it adds.
OURS = {"xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}


def judge(data: bytes) -> Verdict:
    (verdict,) = judged([understand_bytes("某局.xlsx", data)])
    return verdict


def annotated(data: bytes) -> bytes:
    return annotate(data, form(), judge(data))


def faulty() -> bytes:
    """D7 and D8 are wrong; on D7 there is a conversation."""
    return with_belongings(workbook(requests__carried_in__natural="10件", requests__granted__natural=Decimal(-1)), 5)


def test_pictures_drawings_conversations_and_pictures_in_cells_keep_their_bytes() -> None:
    before, after = unpacked(faulty()), unpacked(annotated(faulty()))
    assert {name: after[name] for name in THEIRS} == dict(THEIRS)
    changed = {name for name, body in before.items() if body not in after.values()}
    assert changed == OURS | {SHEET, "xl/worksheets/_rels/sheet5.xml.rels", "xl/worksheets/sheet1.xml"}


def test_what_only_newer_programs_know_stays_in_the_sheet() -> None:
    before, after = unpacked(faulty())[SHEET].decode(), unpacked(annotated(faulty()))[MOVED].decode()
    theirs = re.search(r"<extLst>.*</extLst>", before)
    assert theirs is not None
    assert theirs[0] in after
    assert re.search(r'<drawing r:id="\w+"/><legacyDrawing r:id="\w+"/><extLst>', after)


@pytest.mark.filterwarnings("ignore:Sparkline", "ignore:Conditional", "ignore:Unknown")
def test_a_cell_with_a_conversation_is_coloured_and_its_words_stand_in_the_list() -> None:
    book = openpyxl.load_workbook(io.BytesIO(packed(unpacked(annotated(faulty())))))
    assert book[TABLE]["D7"].fill.fgColor.rgb == book[TABLE]["D8"].fill.fgColor.rgb == f"FF{BAD[1:]}"
    assert book[TABLE]["D7"].comment is None
    assert book[TABLE]["D8"].comment.text.startswith(MARK)
    assert f"{TABLE}!D7" in [row[2] for row in book[NOTICE].iter_rows(values_only=True)]


def test_annotated_again_nothing_is_lost_and_nothing_grows() -> None:
    first = annotated(faulty())
    again = annotated(first)
    third = annotated(again)
    assert {name: unpacked(third)[name] for name in THEIRS} == dict(THEIRS)
    assert {name: len(body) for name, body in unpacked(again).items()} == {
        name: len(body) for name, body in unpacked(third).items()
    }
    assert judge(third).status is Status.RETURNED


@pytest.mark.parametrize("habit", SAME)
def test_whatever_wrote_the_workbook_it_can_be_marked(habit: str) -> None:
    plain = workbook(requests__carried_in__natural="10件", requests__granted__natural=Decimal(-1))
    data = packed(SAME[habit](unpacked(plain)))
    after = read(admit_bytes(annotated(data)))
    before = read(admit_bytes(data))
    assert next(iter(after.sheets)) == NOTICE
    for name, sheet in before.sheets.items():
        held = {a: (c.value or "", c.formula) for a, c in sheet.cells.items() if c.value is not None or c.formula}
        kept = after.sheets[name].cells
        assert {a: (kept[a].value or "", kept[a].formula) for a in held} == held, name
    marked = [a for a, c in after.sheets[TABLE].cells.items() if c.style != before.sheets[TABLE].cells[a].style]
    assert {"D7", "D8"} <= set(marked)
    assert {f.rule for f in judge(annotated(data)).findings} == {f.rule for f in judge(data).findings}


def told(parts: dict[str, bytes]) -> str:
    return parts["xl/comments1.xml"].decode()


def test_comments_of_others_under_any_name_are_found_and_kept() -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    theirs = (
        f'<comments xmlns="{space}"><authors><author>小王</author></authors><commentList>'
        '<comment ref="D8" authorId="0"><text><t>待核</t></text></comment>'
        '<comment ref="A1" authorId="0"><text><t>看这里</t></text></comment>'
        "</commentList></comments>"
    )
    box = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"><br>'
        '<v:shape id="_x0000_s1025"><x:ClientData ObjectType="Note"><x:Anchor>1, 0, 1, 0, 2, 0, 2, 0</x:Anchor>'
        "<x:Row>7</x:Row><x:Column>3</x:Column></x:ClientData></v:shape></xml>"
    )
    parts = unpacked(workbook(requests__granted__natural=Decimal(-1)))
    parts |= {"xl/notes/n.xml": theirs.encode(), "xl/notes/b.vml": box.encode()}
    with_link(parts, SHEET, "comments", "/xl/notes/n.xml")
    key = with_link(parts, SHEET, "vmlDrawing", "/xl/notes/b.vml")
    parts[SHEET] = parts[SHEET].replace(b"</worksheet>", f'<legacyDrawing r:id="{key}"/></worksheet>'.encode())
    after = unpacked(annotated(packed(parts)))
    assert {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"} <= after.keys()
    assert not {"xl/notes/n.xml", "xl/notes/b.vml"} & after.keys()
    notes = dict(re.findall(r'<comment ref="(\w+)".*?<t>(.*?)</comment>', told(after), re.DOTALL))
    assert (notes["A1"].startswith("看这里"), MARK in notes["A1"]) == (True, False)
    assert (notes["D8"].startswith("待核"), notes["D8"].count(MARK)) == (True, 1)
    drawn = after["xl/drawings/vmlDrawing1.vml"].decode()
    at = [pair for pair in re.findall(r"Row>(\d+)<.*?Column>(\d+)<", drawn) if pair == ("7", "3")]
    assert (len(at), "<br>" in drawn, "1, 0, 1, 0" in drawn) == (1, True, False)


def test_a_link_to_a_drawing_that_is_not_there_is_mended() -> None:
    parts = unpacked(workbook(requests__granted__natural=Decimal(-1)))
    parts[SHEET] = parts[SHEET].replace(b"</worksheet>", b'<legacyDrawing r:id="rId77"/></worksheet>')
    after = unpacked(annotated(packed(parts)))
    assert len(re.findall(rb"<legacyDrawing ", after[MOVED])) == 1
    assert b"rId77" not in after[MOVED]


def test_formulas_that_lean_on_a_spoilt_one_all_come_back() -> None:
    parts = SAME["shared formulas"](unpacked(workbook()))
    master = re.search(rb'<c r="J6"[^>]*><f t="shared"[^>]*>([^<]*)</f>', parts[SHEET])
    assert master is not None
    parts[SHEET] = parts[SHEET].replace(master[1], b"SUM(D6:H6)", 1)
    before = judge(packed(parts))
    (finding,) = [f for f in before.findings if f.rule == "FMLA-01"]
    assert len(finding.cells) > 20
    after = annotated(packed(parts))
    assert [f.rule for f in judge(after).findings if f.rule.startswith("FMLA")] == []
    kept = read(admit_bytes(after)).sheets[TABLE].cells
    plain = read(admit_bytes(workbook())).sheets[TABLE].cells
    assert {a: c.formula for a, c in kept.items() if c.formula} == {a: c.formula for a, c in plain.items() if c.formula}
    assert b't="shared"' not in unpacked(after)[MOVED]


def test_cells_that_share_a_formula_keep_it_when_the_first_is_given_a_figure() -> None:
    parts = SAME["shared formulas"](unpacked(workbook()))
    plain = read(admit_bytes(packed(parts))).sheets[TABLE]
    sheet = SheetPart(etree.fromstring(parts[SHEET]), plain)
    sheet.put("J6", 3.0)
    parts[SHEET] = etree.tostring(sheet.root)
    kept = read(admit_bytes(packed(parts))).sheets[TABLE].cells
    assert (kept["J6"].value, kept["J6"].formula) == (3.0, None)
    others = {a: c.formula for a, c in plain.cells.items() if a != "J6"}
    assert {a: c.formula for a, c in kept.items() if a != "J6"} == others
