"""What a cell's style says about entry: whether protection locks it, and how it shows a number."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from xml.etree.ElementTree import Element

from toolkit.model.codes import Code
from toolkit.model.flat import FlatStyle
from toolkit.text import shortened
from toolkit.workbook.intake.refusals import refusal
from toolkit.workbook.intake.xml import MAIN

#: Characters of a number format in Excel.
MAX_FORMAT = 255
#: What the file format calls true.
TRUE = ("1", "true")
#: The formats that have a number but no text in the file; 5 to 8, 27 to 44 and 50 to 58 as a Chinese Excel shows them.
BUILTIN: Mapping[str, str] = {
    number: shown
    for line in resources.files(__package__).joinpath("number_formats.txt").read_text(encoding="utf-8").split("\n")
    for numbers, _, shown in [line.partition(" ")]
    for number in numbers.split(",")
    if number
}


def read_styles(root: Element | None) -> tuple[FlatStyle, ...]:
    """Resolve lock and number format of every cell style, in the order cells count them."""
    if root is None:
        return (FlatStyle(),)
    formats = {e.get("numFmtId"): e.get("formatCode", "") for e in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")}
    for code in formats.values():
        if len(code) > MAX_FORMAT:
            raise refusal(Code.FILE_43, f"格式“{shortened(code)}”")
    found = []
    for style in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf"):
        protection, number = style.find(MAIN + "protection"), style.get("numFmtId", "0")
        locked = protection is None or protection.get("locked", "1") in TRUE
        found.append(FlatStyle(locked, formats.get(number) or BUILTIN.get(number, "General")))
    return tuple(found) or (FlatStyle(),)
