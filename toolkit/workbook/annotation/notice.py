"""The first sheet of an annotated copy: who, what to do, and every finding with a link to its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from toolkit.forms.layout import quoted_sheet
from toolkit.io.templates import from_template
from toolkit.model.finding import Finding, Severity
from toolkit.model.sentences import phrase
from toolkit.text import lines_taken, printable
from toolkit.workbook.annotation.marks import place_of
from toolkit.workbook.annotation.sheet import Looks, text_cell
from toolkit.workbook.template.pen import ASK, BAD, HEADING

FILLS: Mapping[Severity, str] = {Severity.ERROR: BAD, Severity.VERIFY: ASK, Severity.NOTE: "#CDE4F9"}
_LONGEST, _TALLEST = 32_767, 405
_HEADS = ("序号", "级别", "位置", "问题", "怎么改", "原填内容")
_WIDTHS = (6, 9, 17, 60, 48, 26)
_HOW = phrase("how_to_mend")
_LINK = '<u/><color rgb="FF1F4E9E"/>'


class _Row(NamedTuple):
    tall: float
    texts: Sequence[str]
    styles: Sequence[int]


def notice_sheet(
    looks: Looks, title: str, told: Sequence[str], lines: Sequence[tuple[Finding, str]]
) -> tuple[str, int]:
    """The sheet as XML, and the row of its heads.

    ``told`` stands below the title; its first says who it is about. ``lines`` are findings and what their cells held.
    """
    tops = [(f"退回意见：{title}", 15.0, "黑体")]
    tops += [(text, 11.0 if n == 0 else 10.5, "黑体" if n == 0 else "宋体") for n, text in enumerate((*told, _HOW))]
    rows: list[_Row] = []
    for text, size, face in tops:
        style = looks.text({"vertical": "center", "wrapText": "1"}, font=looks.font(face, size))
        tall = 8 + 1.35 * size * lines_taken(printable(text), int(sum(_WIDTHS) * 10 / size) + 1)
        rows.append(_Row(tall, [text], [style]))
    top = len(tops) + 1
    found = [one for one, _ in lines]
    links = {
        row: f"{quoted_sheet(one.sheet)}!{one.cell or 'A1'}" for row, one in enumerate(found, top + 1) if one.sheet
    }
    rows += _table(looks, lines)
    return from_template(__package__, "notice", top=top, widths=_WIDTHS, rows=rows, links=links, cell=_cell), top


def _cell(address: str, text: str, style: int) -> str:
    return text_cell(address, printable(text)[:_LONGEST], style)


def _table(looks: Looks, lines: Sequence[tuple[Finding, str]]) -> list[_Row]:
    border, small = looks.thin(), looks.font("宋体", 10)
    middle = {"horizontal": "center", "vertical": "center"}
    head = looks.text(middle, font=looks.font("黑体", 10.5), fill=looks.fill(HEADING), border=border)
    centred = middle | {"wrapText": "1"}
    usual = looks.text(centred, font=small, border=border)
    link = looks.text(centred, font=looks.font("宋体", 10, _LINK), border=border)
    broad = looks.text(centred | {"horizontal": "left", "indent": "1"}, font=small, border=border)
    out = [_Row(22, _HEADS, [head] * len(_HEADS))]
    for number, (line, stood) in enumerate(lines, 1):
        level = looks.text(centred, font=small, fill=looks.fill(FILLS.get(line.severity, BAD)), border=border)
        texts = (str(number), line.severity.label, place_of(line), line.message, line.remedy, stood)
        deep = max(lines_taken(text, width - 2) for text, width in zip(texts, _WIDTHS, strict=True))
        styles = [usual, level, link if line.sheet else usual, broad, broad, broad]
        out.append(_Row(min(_TALLEST, 15 * deep + 8), texts, styles))
    return out
