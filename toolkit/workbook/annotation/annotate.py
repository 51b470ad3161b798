"""The unit's own workbook back: faulty cells coloured and commented, nothing of theirs corrected or lost.

Only the parts that must change are written anew; pictures, drawings, conversations and whatever this program does not
know of keep their bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from toolkit.errors import ToolkitError
from toolkit.forms.layout import CHECKS, CONFIRM, NOTICE, PROPOSED, quoted_sheet
from toolkit.instrument.instrument import Instrument
from toolkit.io.templates import from_template
from toolkit.model.finding import Finding, Severity
from toolkit.model.flat import CellValue, FlatWorkbook
from toolkit.model.returns import Verdict
from toolkit.model.sentences import phrase
from toolkit.text import lines_taken, printable
from toolkit.workbook.annotation.comments import AUTHOR, MARK, SheetComments
from toolkit.workbook.annotation.marks import Marking, counted, marking, place_of
from toolkit.workbook.annotation.parts import Parts, detach
from toolkit.workbook.annotation.sheet import Looks, SheetPart, text_cell
from toolkit.workbook.annotation.zeros import confirm_lines, write_guide, zeros
from toolkit.workbook.intake.forensics import calculated, with_nils
from toolkit.workbook.intake.gate import Refused, admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.structure import identify, plan_for
from toolkit.workbook.intake.xml import LINK_ID, MAIN
from toolkit.workbook.proposals import CONFIRMED, HOW, Place, waiting
from toolkit.workbook.template.cells import CellRole, TemplatePlan
from toolkit.workbook.template.pen import ASK, BAD, GREY, HEADING, INPUT, PROPOSAL
from toolkit.workbook.template.plan_checks import SUMMARY

__all__ = ["AUTHOR", "FILLS", "MARK", "AnnotateError", "annotate"]

FILLS: Mapping[Severity, str] = {Severity.ERROR: BAD, Severity.VERIFY: ASK, Severity.NOTE: "#CDE4F9"}
_OURS = frozenset(colour[1:] for colour in (*FILLS.values(), PROPOSAL))
#: The colour of a cell before anybody marked it.
_USUAL = {CellRole.NUMBER: INPUT, CellRole.TEXT: INPUT, CellRole.FIXED: GREY, CellRole.TOTAL: GREY}
_PROPOSED_ZERO = "待确认：这一格空着，建议填 0。"
_Values = Mapping[Place, CellValue]
_TITLES = "_xlnm.Print_Titles"
#: What stands before the defined names in a workbook (ECMA-376 Part 1, 18.2.27).
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
#: Of the notice: widths of its columns in characters, and how tall a row of it may be, in points.
_WIDTHS, _TALLEST = (6, 9, 17, 60, 48, 26), 405


class AnnotateError(ToolkitError):
    """A workbook that was let in cannot be annotated."""


def annotate(data: bytes, instrument: Instrument, verdict: Verdict, heading: Sequence[str] = ()) -> bytes:
    """The workbook ``data`` with what ``verdict`` found in it; ``heading`` are further lines for the notice sheet.

    AnnotateError where the file cannot be annotated; the same input gives the same bytes.
    """
    try:
        admitted = admit_bytes(data)
        flat = read(admitted)
    except Refused as refused:
        raise AnnotateError(f"没法在原表上标注：{refused.message}。{refused.remedy}。") from refused
    if verdict.content is None or verdict.sha256 != admitted.sha256:
        raise AnnotateError("没法在原表上标注：文件不是核对过的那一份，或者不是本表。请重新核对后再标注。")
    worked, plan = with_nils(flat, instrument), plan_for(instrument, identify(flat))
    added: _Values = {instrument.layout.cells[name]: 0 for name in zeros(verdict)}
    found = calculated(worked, instrument, added=added)
    totals = {at: found.get(cell.name) for at, cell in plan.formulas.items() if cell.role is CellRole.TOTAL}
    due: _Values = {at: "" if value is None else float(value) for at, value in totals.items()}
    told = marking(worked, instrument, verdict, due)
    anew = bool(told.restored or added)
    kept = {at: value for at, value in due.items() if anew or (value != "" and flat.at(*at).value is None)}
    proposed = {**waiting(flat), **added, **{place: due[place] for place in told.figures}}
    who = "　".join(filter(None, (verdict.unit, verdict.period, counted([finding for finding, _ in told.lines]))))
    try:
        copy = _Copy(Parts(admitted.parts), flat, plan)
        copy.mark(told, kept, added, proposed)
        if proposed:
            styles = (flat.at(*place).style for place in (*proposed, *instrument.layout.cells.values()))
            look = copy.looks.like(next(s for s in styles if not flat.styles[s].locked), fillId=copy.looks.fill(INPUT))
            back = (f"{'!'.join(place)} {words}" for place, words in told.figures.items())
            said = {"told": dict.fromkeys((*confirm_lines(flat, instrument, proposed), *back)), "how": HOW}
            said |= {"checks": CHECKS, "summary": SUMMARY.reference, "confirmed": CONFIRMED}
            copy.put(CONFIRM, _markup("confirm", looks=copy.looks, look=look, **said), 0)
            noted = [("!".join(place), value) for place, value in proposed.items()]
            copy.put(PROPOSED, _markup("proposed", proposed=noted), len(flat.sheets) + 1, state="hidden")
        heads = (f"退回意见：{instrument.form.title}", who, *heading, phrase("how_to_mend"))
        copy.put_first(_notice(copy.looks, heads, told.lines), len(heads) + 1)
        return copy.parts.zipped()
    except Exception as error:
        # What is rare in a stranger's file is its own affair: the notice in words is still to be had.
        raise AnnotateError("没法在原表上标注：文件的内部结构特殊。请按文字通知在原文件上改正。") from error


def _notice(looks: Looks, said: Sequence[str], lines: Sequence[tuple[Finding, str]]) -> str:
    """The first sheet: what is ``said`` line by line, then findings with what their cells held, each led to."""

    def tall(texts: Sequence[str]) -> float:
        return min(_TALLEST, 15 * max(map(lines_taken, texts, (width - 2 for width in _WIDTHS))) + 8)

    def fill_of(severity: Severity) -> str:
        return FILLS.get(severity, BAD)

    helpers = {"taken": lines_taken, "printable": printable, "place_of": place_of, "quoted": quoted_sheet}
    shown = {"said": said, "lines": lines, "widths": _WIDTHS, "heading": HEADING}
    return _markup("notice", looks=looks, tall=tall, fill_of=fill_of, **shown, **helpers)


def _markup(name: str, **words: object) -> str:
    """A sheet of ours as XML."""
    return from_template(__package__, name, cell=text_cell, **words)


class _Copy:
    """A unit's workbook on its way to an annotated copy."""

    def __init__(self, parts: Parts, flat: FlatWorkbook, plan: TemplatePlan) -> None:
        self.parts, self._flat, self._plan = parts, flat, plan
        self._main = parts.links("", "officedocument")[0].target
        self._book = parts.tree(self._main)
        links = {link.id: link for link in parts.links(self._main)}
        sheets = self._book.iterfind(f"{MAIN}sheets/{MAIN}sheet")
        self._sheets = {one.get("name", ""): (one, links[one.get(LINK_ID, "")]) for one in sheets}
        styles = parts.links(self._main, "styles")
        empty = from_template(__package__, "styles").encode()
        part = styles[0].target if styles else parts.add(self._main, "styles", empty)[0]
        self.looks = Looks(parts.tree(part))
        self._coloured = {style for style in range(len(flat.styles)) if self.looks.colour(style) in _OURS}

    def mark(self, told: Marking, due: _Values, added: _Values, proposed: _Values) -> None:
        """Take off what an earlier annotation put on, put formulas and what is ``added`` in, colour and comment."""
        for name in (NOTICE, *((CONFIRM, PROPOSED) if PROPOSED in self._sheets else ())):
            self._drop(name)
        for name, (_, link) in self._sheets.items():
            if link.kind == "worksheet":
                sheet = SheetPart(self.parts.tree(link.target), self._flat.sheets[name])
                comments = SheetComments(self.parts, link.target, sheet.root)
                for view in sheet.root.iterfind(f"{MAIN}sheetViews/{MAIN}sheetView"):
                    view.attrib.pop("tabSelected", "")
                self._unmark(name, sheet)
                for (where, address), value in added.items():
                    if where == name:
                        sheet.put(address, value)
                self._calculate(name, sheet, told, due)
                if name == CHECKS:
                    write_guide(self._flat, sheet, is_waiting=bool(proposed))
                said = self._proposed(name, sheet, proposed)
                comments.write(said | self._marked(name, sheet, told))
        for chain in self.parts.links(self._main, "calcchain"):
            self.parts.remove(chain)  # a spreadsheet makes it anew

    def _drop(self, name: str) -> None:
        if name not in self._sheets:
            return
        number = list(self._sheets).index(name)
        element, link = self._sheets.pop(name)
        for own in self.parts.links(link.target, "comments", "vmldrawing", "printersettings", "drawing"):
            self.parts.remove(own)
        self.parts.remove(link)
        detach(element)
        self._renumber(lambda n: None if n == number else n - (n > number))

    def _unmark(self, name: str, sheet: SheetPart) -> None:
        for address, cell in self._flat.sheets[name].cells.items():
            if cell.style in self._coloured and (planned := self._plan.places.get((name, address))):
                usual = _USUAL.get(planned.role, "")
                colour = usual and (GREY if self._flat.styles[cell.style].locked else usual)
                sheet.restyle(address, self.looks, fillId=self.looks.fill(colour))

    def _calculate(self, name: str, sheet: SheetPart, told: Marking, due: _Values) -> None:
        """Put the formulas back, and the results that are missing."""
        for where, address in told.restored:
            if where == name and sheet.seen_at(address) == address:
                planned = self._plan.formulas[name, address]
                sheet.calculate(address, planned.formula, due.get((name, address)), array=planned.array)
                if self._flat.styles[self._flat.at(name, address).style].number_format == "@":
                    # In a cell of texts a spreadsheet would show the formula itself.
                    sheet.restyle(address, self.looks, numFmtId=0)
        for (where, address), value in due.items():
            if where == name:
                sheet.result(address, value)

    def _proposed(self, name: str, sheet: SheetPart, proposed: _Values) -> dict[str, str]:
        """Colour the cells of proposed values; what is to be said at those of zeros."""
        mine = {address: value for (where, address), value in proposed.items() if where == name}
        for address in mine:
            sheet.restyle(address, self.looks, fillId=self.looks.fill(PROPOSAL))
        totals = self._plan.formulas
        return {at: _PROPOSED_ZERO for at, value in mine.items() if value == 0 and (name, at) not in totals}

    def _marked(self, name: str, sheet: SheetPart, told: Marking) -> dict[str, str]:
        """Colour the cells that are to be marked; what is to be said at each."""
        said: dict[str, list[str]] = {}
        for (where, cell), (severity, notes) in told.marks.items():
            if where == name:
                address = sheet.seen_at(cell)
                sheet.restyle(address, self.looks, fillId=self.looks.fill(FILLS.get(severity, BAD)))
                said.setdefault(address, []).extend(notes)
        return {address: "\n\n".join(notes) for address, notes in said.items()}

    def put(self, name: str, xml: str, place: int, state: str = "visible") -> None:
        """Put a sheet of ours in that place."""
        if name in self._sheets:
            raise ValueError(f"{name} is theirs")
        _, key = self.parts.add(self._main, "worksheet", xml.encode())
        listed = next(self._book.iterfind(f"{MAIN}sheets"))
        free = 1 + max((int(one.get("sheetId", "0")) for one in listed), default=0)
        own = {"name": name, "sheetId": str(free), "state": state, LINK_ID: key}
        listed.insert(place, etree.Element(MAIN + "sheet", own))
        self.parts.number_sheets(self._main, [one.get(LINK_ID, "") for one in listed])
        self._renumber(lambda n: n + (n >= place))

    def put_first(self, xml: str, heads: int) -> None:
        """Put the notice in front and show it; ``heads`` is its row that is printed on every page."""
        self.put(NOTICE, xml, 0)
        for view in self._book.iterfind(f"{MAIN}bookViews/{MAIN}workbookView"):
            etree.strip_attributes(view, "activeTab", "firstSheet")
        titles = etree.SubElement(self._names(), MAIN + "definedName", {"name": _TITLES, "localSheetId": "0"})
        titles.text = f"{NOTICE}!${heads}:${heads}"
        calculation = self._book.find(MAIN + "calcPr")
        if calculation is None:
            calculation = etree.Element(MAIN + "calcPr")
            self._names().addnext(calculation)
        calculation.set("fullCalcOnLoad", "1")

    def _names(self) -> etree._Element:
        """The list of defined names, made where there is none."""
        found = self._book.find(MAIN + "definedNames")
        if found is None:
            before = [one for name in _BEFORE_NAMES for one in self._book.iterfind(MAIN + name)]
            before[-1].addnext(found := etree.Element(MAIN + "definedNames"))
        return found

    def _renumber(self, new: Callable[[int], int | None]) -> None:
        """Give the names that hold in one sheet its new number; those of a sheet that is gone go too."""
        for one in self._book.findall(f"{MAIN}definedNames/{MAIN}definedName[@localSheetId]"):
            number = new(int(one.get("localSheetId", "0")))
            if number is None:
                detach(one)
            else:
                one.set("localSheetId", str(number))
