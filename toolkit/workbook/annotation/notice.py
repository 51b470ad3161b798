"""The first sheet of an annotated copy: who, what to do, and every finding with a link to its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from toolkit.forms.layout import quoted_sheet
from toolkit.model.finding import Finding, Severity
from toolkit.text import lines_taken, printable
from toolkit.workbook.annotation.looks import Looks
from toolkit.workbook.annotation.marks import place_of
from toolkit.workbook.annotation.sheet import text_cell
from toolkit.workbook.intake.xml import MAIN
from toolkit.workbook.template.pen import ASK, BAD, HEADING

FILLS: Mapping[Severity, str] = {Severity.ERROR: BAD, Severity.VERIFY: ASK, Severity.NOTE: "#CDE4F9"}
_LONGEST, _TALLEST = 32_767, 405
_HEADS = ("序号", "级别", "位置", "问题", "怎么改", "原填内容")
_WIDTHS = (6, 9, 17, 60, 48, 26)
_HOW = (
    "怎么改：点“位置”跳到标色的格（红＝错误，橙＝请核实，蓝＝提示；鼠标停在格上看批注），改正后看“校验”表有没有“不通过”，"
    "保存，把这个文件原样发回。本页不用填写。"
)
_LINK = '<u/><color rgb="FF1F4E9E"/>'


def notice_sheet(
    looks: Looks, title: str, told: Sequence[str], lines: Sequence[tuple[Finding, str]]
) -> tuple[str, int]:
    """The sheet as XML (ECMA-376 Part 1, 18.3), and the row of its heads.

    ``told`` stands below the title; its first says who it is about. ``lines`` are findings and what their cells held.
    """
    tops = [(f"退回意见：{title}", 15.0, "黑体")]
    tops += [(text, 11.0 if n == 0 else 10.5, "黑体" if n == 0 else "宋体") for n, text in enumerate((*told, _HOW))]
    rows = []
    for number, (text, size, face) in enumerate(tops, 1):
        style = looks.text({"vertical": "center", "wrapText": "1"}, font=looks.font(face, size))
        tall = 8 + 1.35 * size * lines_taken(printable(text), int(sum(_WIDTHS) * 10 / size) + 1)
        rows.append(_row(number, tall, [text], [style]))
    top = len(tops) + 1
    rows += _table(looks, top, lines)
    merged = "".join(f'<mergeCell ref="A{number}:F{number}"/>' for number in range(1, top))
    behind = (
        '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
        f'<mergeCells>{merged}</mergeCells>{_links(top, lines)}<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.6" right="0.6" top="0.7" bottom="0.7" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>"
    )
    body = f"{_head(top)}<sheetData>{''.join(rows)}</sheetData>{behind}"
    return f'<worksheet xmlns="{MAIN.strip("{}")}">{body}</worksheet>', top


def _head(top: int) -> str:
    widths = enumerate(_WIDTHS, 1)
    columns = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in widths)
    return (
        '<sheetPr><tabColor rgb="FF9C1C12"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
        f'<pane ySplit="{top}" topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols>'
    )


def _table(looks: Looks, top: int, lines: Sequence[tuple[Finding, str]]) -> list[str]:
    border, small = looks.thin(), looks.font("宋体", 10)
    middle = {"horizontal": "center", "vertical": "center"}
    head = looks.text(middle, font=looks.font("黑体", 10.5), fill=looks.fill(HEADING), border=border)
    centred = middle | {"wrapText": "1"}
    usual = looks.text(centred, font=small, border=border)
    link = looks.text(centred, font=looks.font("宋体", 10, _LINK), border=border)
    broad = looks.text(centred | {"horizontal": "left", "indent": "1"}, font=small, border=border)
    out = [_row(top, 22, _HEADS, [head] * len(_HEADS))]
    for number, (line, stood) in enumerate(lines, 1):
        level = looks.text(centred, font=small, fill=looks.fill(FILLS.get(line.severity, BAD)), border=border)
        texts = (str(number), line.severity.label, place_of(line), line.message, line.remedy, stood)
        deep = max(lines_taken(text, width - 2) for text, width in zip(texts, _WIDTHS, strict=True))
        styles = [usual, level, link if line.sheet else usual, broad, broad, broad]
        out.append(_row(top + number, min(_TALLEST, 15 * deep + 8), texts, styles))
    return out


def _row(number: int, tall: float, texts: Sequence[str], styles: Sequence[int]) -> str:
    parts = zip("ABCDEF", texts, styles, strict=False)
    cells = "".join(text_cell(f"{letter}{number}", printable(text)[:_LONGEST], style) for letter, text, style in parts)
    return f'<row r="{number}" ht="{round(tall, 2)}" customHeight="1">{cells}</row>'


def _links(top: int, lines: Sequence[tuple[Finding, str]]) -> str:
    places = {
        row: f"{quoted_sheet(one.sheet)}!{one.cell or 'A1'}" for row, (one, _) in enumerate(lines, top + 1) if one.sheet
    }
    links = "".join(f'<hyperlink ref="C{row}" location={quoteattr(place)}/>' for row, place in places.items())
    return f"<hyperlinks>{links}</hyperlinks>" if links else ""
