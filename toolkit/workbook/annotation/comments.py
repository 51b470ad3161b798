"""The comments of one sheet while ours are taken off and put on; what others wrote stays, and so do their boxes.

A comment is a text in the part of comments (ECMA-376 Part 1, 18.7) and a box in a drawing of VML (Part 4). VML is often
not well-formed, so its shapes are found and exchanged as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from lxml import etree

from toolkit.forms.layout import address as cell_at
from toolkit.io.templates import from_template
from toolkit.text import lines_taken, printable
from toolkit.workbook.annotation.parts import Parts, detach
from toolkit.workbook.annotation.sheet import encoded_text
from toolkit.workbook.intake.number_formats import TRUE
from toolkit.workbook.intake.xml import LINK_ID, MAIN, coordinates

AUTHOR, MARK = "核对", "【核对】"
_LONGEST = 32_767
_WIDTH, _LINE, _PER_LINE, _TALLEST = 340, 18, 44, 640
#: Pixels: a character of column width, a point of row height, the width and height where a sheet states none.
_CHARACTER, _POINT, _COLUMN, _ROW = 7.0, 4 / 3, 64.0, 20.0
_FURTHEST = 20_000
_TEXT, _RUN, _PHONETIC = MAIN + "t", MAIN + "r", MAIN + "rPh"
_NONE = f'<comments xmlns="{MAIN.strip("{}")}"><authors/><commentList/></comments>'
_LOOK = '<rPr><sz val="9"/><color indexed="81"/><rFont val="宋体"/><family val="3"/><charset val="134"/></rPr>'
#: What stands behind the link to the drawing in a sheet (18.3.1.99) that the gate lets in.
_BEHIND = {f"{MAIN}{name}" for name in ("legacyDrawingHF", "drawingHF", "picture", "tableParts", "extLst")}
_SHAPE = re.compile(r"<(?:\w+:)?shape\b.*?</(?:\w+:)?shape\s*>", re.DOTALL)
_PLACE = re.compile(r"<(?:\w+:)?(Row|Column)\s*>\s*([0-9]{1,7})")
_ANCHOR = re.compile(r"(<(?:\w+:)?Anchor\s*>)[^<]*")
_NUMBER = re.compile(r"_x0000_s([0-9]{1,9})")


class SheetComments:
    """The comments of the sheet ``owner``, whose XML is ``root``."""

    def __init__(self, parts: Parts, owner: str, root: etree._Element) -> None:
        self._parts, self._owner, self._root = parts, owner, root
        self._link = next(iter(parts.links(owner, "comments")), None)
        threads = [parts.tree(link.target) for link in parts.links(owner, "threadedcomment")]
        #: Cells with a conversation: a program that shows one throws away whatever else the comment says.
        self.threaded = frozenset(one.get("ref", "") for tree in threads for one in tree)

    def write(self, told: Mapping[str, str]) -> None:
        """Take off all of ours that are there, and put these texts on their cells."""
        told = {address: text for address, text in told.items() if address not in self.threaded}
        ours = self._link is not None and MARK.encode() in self._parts.body(self._link.target)
        if not told and not ours:
            return
        if self._link is None:
            self._parts.add(self._owner, "comments", _NONE.encode())
            (self._link,) = self._parts.links(self._owner, "comments")
        elif not self._parts.body(self._link.target):
            self._parts.put(self._link.target, _NONE.encode())
        root = self._parts.tree(self._link.target)
        listed = _only(root, "commentList")
        gone = {one.get("ref", "") for one in listed.findall(MAIN + "comment") if not _uncommented(listed, one)}
        boxes = {address: _say(root, listed, address, text) for address, text in told.items()}
        if len(listed):
            body = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
            self._parts.put(self._link.target, body)
            self._parts.renamed(self._owner, self._link)
        else:
            self._parts.remove(self._link)
        self._draw(gone, boxes)

    def _draw(self, gone: set[str], boxes: Mapping[str, str]) -> None:
        """Boxes of comments that are gone are taken away, those of others that we wrote into are made to fit."""
        named = self._root.find(MAIN + "legacyDrawing")
        key = "" if named is None else named.get(LINK_ID, "")
        link = next((one for one in self._parts.links(self._owner, "vmldrawing") if one.id == key), None)
        old = "" if link is None else self._parts.body(link.target).decode(errors="surrogateescape")
        here: set[str] = set()

        def settled(shape: re.Match[str]) -> str:
            at = {name: int(number) for name, number in _PLACE.findall(shape[0])}
            address = cell_at(at.get("Row", -1), at.get("Column", -1))
            if address in boxes:
                here.add(address)
                return _ANCHOR.sub(rf"\g<1>{self._anchor(address, boxes[address])}", shape[0])
            return "" if address in gone else shape[0]

        new = _SHAPE.sub(settled, old) or from_template(__package__, "drawing", number=1 + self._parts.count(".vml"))
        if lacking := {address: text for address, text in boxes.items() if address not in here}:
            at = new.rindex("</")
            new = new[:at] + self._shapes(new, lacking) + new[at:]
        if link is not None and named is not None and not _SHAPE.search(new):
            self._parts.remove(link)
            self._root.remove(named)
        elif link is not None:
            self._parts.put(link.target, new.encode(errors="surrogateescape"))
            self._parts.renamed(self._owner, link)
        elif lacking:
            _, key = self._parts.add(self._owner, "vmldrawing", new.encode())
            for stale in self._root.findall(MAIN + "legacyDrawing"):
                self._root.remove(stale)  # it led nowhere
            place = next((n for n, one in enumerate(self._root) if one.tag in _BEHIND), len(self._root))
            self._root.insert(place, etree.Element(MAIN + "legacyDrawing", {LINK_ID: key}))

    def _shapes(self, drawing: str, boxes: Mapping[str, str]) -> str:
        last = max(map(int, _NUMBER.findall(drawing)), default=1024 * self._parts.count(".vml") + 1024)
        numbered = enumerate(boxes.items(), last + 1)
        drawn = [(number, self._anchor(at, text), *coordinates(at)) for number, (at, text) in numbered]
        return from_template(__package__, "boxes", kind="_x0000_t202" not in drawing, boxes=drawn)

    @cached_property
    def _shape(self) -> tuple[Callable[[int], float], Callable[[int], float]]:
        """The sizes of columns and rows."""
        shape = self._root.find(f"{MAIN}sheetFormatPr")
        usual = _ROW if shape is None else float(shape.get("defaultRowHeight", "15")) * _POINT
        columns, rows = self._root.iter(f"{MAIN}col"), self._root.iter(f"{MAIN}row")
        widths = _sizes(columns, ("min", "max", "width"), lambda one: one * _CHARACTER + 5, _COLUMN)
        return widths, _sizes(rows, ("r", "r", "ht"), lambda one: one * _POINT, usual)

    def _anchor(self, address: str, text: str) -> str:
        """Where the box of a text stands: beside its cell, as tall as its text."""
        widths, heights = self._shape
        column, row = coordinates(address)
        tall = min(_TALLEST, _LINE * (lines_taken(text, _PER_LINE + 1) + 1))
        left, top = sum(widths(i) for i in range(column)) + 12, max(4.0, sum(heights(i) for i in range(row - 1)) - 8)
        ends = (_at(left, widths), _at(top, heights), _at(left + _WIDTH, widths), _at(top + tall, heights))
        return ", ".join(f"{number}, {rest}" for number, rest in ends)


def _only(root: etree._Element, name: str) -> etree._Element:
    found = root.find(MAIN + name)
    return etree.SubElement(root, MAIN + name) if found is None else found


def _texts(comment: etree._Element) -> list[etree._Element]:
    """The texts of a comment without their phonetic hints."""
    return [one for one in comment.iter(_TEXT) if (up := one.getparent()) is None or up.tag != _PHONETIC]


def _uncommented(listed: etree._Element, comment: etree._Element) -> bool:
    """Leave of a comment what others wrote; not every program keeps the author, so our words are known by their mark.

    False where nothing is left: then the comment is gone.
    """
    texts = _texts(comment)
    theirs, ours, _ = "".join(one.text or "" for one in texts).partition(MARK)
    if not ours:
        return True
    if not (left := len(theirs.rstrip())):
        listed.remove(comment)
        return False
    for one in texts:
        one.text = (one.text or "")[:left]
        left -= len(one.text)
        up = one.getparent()
        if not one.text:
            detach(up if up is not None and up.tag == _RUN else one)
    return True


def _say(root: etree._Element, listed: etree._Element, address: str, text: str) -> str:
    """Write our paragraphs, below what somebody else has written there; all that the comment says then."""
    told = f"{MARK}\n{printable(text)}"[:_LONGEST]
    comment = next((one for one in listed if one.get("ref") == address), None)
    if comment is None:
        authors = _only(root, "authors")
        known = [one.text for one in authors]
        if AUTHOR not in known:
            etree.SubElement(authors, MAIN + "author").text = AUTHOR
        own = {"ref": address, "authorId": str([*known, AUTHOR].index(AUTHOR))}
        comment = etree.SubElement(listed, MAIN + "comment", own)
    body = _only(comment, "text")
    theirs = "".join(one.text or "" for one in _texts(comment))
    told = f"\n\n{told}" if theirs else told
    for plain in body.findall(_TEXT):
        run = etree.Element(_RUN)
        plain.addprevious(run)
        run.append(plain)
    run = etree.fromstring(f'<all xmlns="{MAIN.strip("{}")}"><r>{_LOOK}<t xml:space="preserve"/></r></all>')[0]
    run[-1].text = encoded_text(told)
    body.append(run)
    return theirs + told


def _at(offset: float, sizes: Callable[[int], float]) -> tuple[int, int]:
    """Which row or column holds a point, and how far in."""
    number = 0
    while offset >= sizes(number) and number < _FURTHEST:
        offset -= sizes(number)
        number += 1
    return number, int(offset)


def _sizes(
    lines: Iterable[etree._Element], names: tuple[str, str, str], pixels: Callable[[float], float], usual: float
) -> Callable[[int], float]:
    """The size of each column or row in pixels, counted from 0; ``names`` are those of its first, last and size."""
    known: dict[int, float] = {}
    for line in lines:
        first, last, size = (line.get(name, "") for name in names)
        if first and (size or line.get("hidden") in TRUE):
            told = 0.0 if line.get("hidden") in TRUE else pixels(float(size))
            known |= dict.fromkeys(range(int(first) - 1, min(int(last), _FURTHEST)), told)
    return lambda number: known.get(number, usual)
