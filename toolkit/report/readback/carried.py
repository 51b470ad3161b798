"""What an editor put into a report beside plain words, as blocks: pictures, own tables, emphasis. And what is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.text.paragraph import Paragraph as WordParagraph

from toolkit.model.grid import BREAK, Grid, Kind, Slot
from toolkit.report.document.blocks import Block, Paragraph, Picture, TableBlock
from toolkit.report.word.body import TABLE, Element, quoted_beginning, text_of
from toolkit.report.word.memory import ASKING, AUTHOR
from toolkit.report.word.template import W

_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_EMBED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FORMULA: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_INLINE: Final = f"{_DRAWING}inline"
_MEDIA: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}
_MM_PER_EMU, _MM_PER_TWIP, _ROOM_MM = 1 / 36000, 25.4 / 1440, 156.0
_SIDES: Final = {WD_ALIGN_PARAGRAPH.CENTER: "center", WD_ALIGN_PARAGRAPH.RIGHT: "right"}
#: A short line behind so many blanks typed by hand (a tab counts four) was put to the right: a signature, a date.
_BLANKS, _SHORT = 8, 30
#: What no other format takes over, in words; a setting only where it is on.
_CHANGE: Final = "没有接受的修订"
_LOST: Final[Mapping[str, str]] = {
    **{f"{{{W}}}{name}": _CHANGE for name in ("ins", "del", "moveFrom", "moveTo")},
    **{f"{{{W}}}{name}": "加了删除线的文字" for name in ("strike", "dstrike")},
    **{f"{{{W}}}{name}": "脚注或尾注" for name in ("footnoteReference", "endnoteReference")},
    **{f"{{{W}}}{name}": "图形、文本框或嵌入对象" for name in ("object", "pict")},
    f"{{{W}}}sym": "特殊符号",
    f"{{{W}}}numId": "自动编号",
    f"{{{W}}}vanish": "隐藏文字",
    _FORMULA: "公式",
}
_GRAPHICS: Final = {"picture": "浮动的图片（文字环绕不是“嵌入型”）", "chart": "图表", "diagram": "SmartArt 图形"}


@dataclass(frozen=True)
class Carrier:
    """Turns the paragraphs and tables of an opened .docx into blocks."""

    document: Any

    def style_of(self, paragraph: Element) -> Any:  # noqa: ANN401 - python-docx has no types
        """The style that a paragraph names: an editor's save changes the ids, not the names. None where it has none."""
        named = paragraph.find(f"{{{W}}}pPr/{{{W}}}pStyle")
        return None if named is None else self.document.styles.element.get_by_id(named.get(f"{{{W}}}val"))

    def dressed(self, element: Element, lines: Sequence[Paragraph]) -> Iterator[Block]:
        """The lines of a Word paragraph as they look there, and its pictures before or behind them."""
        word: Any = WordParagraph(element, self.document)
        style = self.style_of(element)
        styled: Any = style.pPr.jc_val if style is not None and style.pPr is not None else None
        runs = [(run.text, "b" * bool(run.bold) + "u" * bool(run.underline)) for run in word.runs]
        whole = "".join(text for text, _ in runs).rstrip()
        indent = whole[: len(whole) - len(whole.lstrip())].replace("\t", "　" * 4)
        typed = "right" if len(indent) >= _BLANKS and len(whole.strip()) <= _SHORT else ""
        align = _SIDES.get(styled if word.alignment is None else word.alignment, typed)
        found = [one for inline in inline_drawings(element) if isinstance(one := self.picture(inline), Picture)]
        pictures = [replace(one, align=align or one.align) for one in found]
        ahead = next((one.tag for one in _all(element) if one.tag in {f"{{{W}}}t", _INLINE}), "") == _INLINE
        yield from pictures if ahead else ()
        for line in lines:
            simple = len(lines) == 1 and whole.endswith(line.text) and any(looks for _, looks in runs)
            spans = _cut(runs, len(whole) - len(line.text), len(whole)) if simple else ()
            yield replace(line, align=align, spans=spans if any(looks for _, looks in spans) else ())
        yield from () if ahead else pictures

    def picture(self, inline: Element) -> Picture | str:
        """A picture in the line of the text; where it cannot be carried, what it is."""
        blip, cut = next(inline.iter(f"{_A}blip"), None), next(inline.iter(f"{_A}srcRect"), None)
        if blip is None:
            return _graphic(inline)
        if cut is not None and {*cut.attrib.values()} - {"", "0"}:
            return "裁剪过的图片"
        relation = self.document.part.rels.get(blip.get(_EMBED, ""))
        data = b"" if relation is None or relation.is_external else relation.target_part.blob
        media = next((kind for mark, kind in _MEDIA.items() if data.startswith(mark)), "")
        if not media:
            return "不是 PNG、JPG、GIF 的图片"
        name = f"图{1 + [*inline_drawings(self.document.element.body)].index(inline)}"
        about, width = inline.find(f"{_DRAWING}docPr"), inline.extent.cx * _MM_PER_EMU
        alt = "" if about is None else about.get("descr") or about.get("title") or ""
        return Picture(data=data, media=media, alt=alt or name, name=f"{name}.{media}", width=min(_ROOM_MM, width))

    def lost(self, found: Sequence[Element], own: Sequence[Element]) -> dict[str, list[str]]:
        """What no other format takes over, with the places; ``own`` are the tables that the editor added."""
        out: dict[str, list[str]] = {}
        whose = {str(one.comment_id): (one.author, one.initials) for one in self.document.comments}
        near = "报告开头"
        for one in found:
            text = " ".join(text_of(one).split())
            here = quoted_beginning(text) if text else f"{near}之后"
            near = here if text else near
            ragged = any(one is table for table in own) and own_table(one) is None
            for what in dict.fromkeys([*self._lost_in(one, whose), *(["行列不齐的表格"] if ragged else [])]):
                out.setdefault(what, []).append(here)
        return out

    def _lost_in(self, element: Element, whose: Mapping[str, tuple[str, str | None]]) -> Iterator[str]:
        for one in _all(element):
            if one.tag in _LOST and _is_on(one):
                yield _LOST[one.tag]
            elif one.tag == f"{{{W}}}commentReference":
                author, initials = whose.get(one.get(f"{{{W}}}id", ""), ("", None))
                yield from [] if author == AUTHOR and initials != ASKING else [ASKING if author == AUTHOR else "批注"]
            elif one.tag == f"{_DRAWING}anchor":
                yield _graphic(one)
            elif one.tag == _INLINE and isinstance(what := self.picture(one), str):
                yield what
            elif element.tag == TABLE and one.tag in {TABLE, _INLINE} and one is not element:
                yield "表格里的图片或表格"


def own_table(table: Element) -> TableBlock | None:
    """A table of the editor's own; its first row heads it where every cell says something. None for a ragged one."""
    widths = [int(column.get(f"{{{W}}}w", "0")) * _MM_PER_TWIP or 1.0 for column in table.tblGrid.gridCol_lst]
    rows: list[list[Slot]] = []
    above: dict[int, tuple[int, int]] = {}
    headed = len(table.tr_lst) > 1 and all(map(text_of, table.tr_lst[0].tc_lst))
    for row, line in enumerate(table.tr_lst):
        rows.append([])
        column = 0
        for cell in line.tc_lst:
            if cell.vMerge == "continue" and column in above:
                at, place = above[column]
                rows[at][place] = replace(rows[at][place], rows=row - at + 1)
            else:
                above[column] = row, len(rows[row])
                kind: Kind = "head" if headed and row == 0 else "text"
                rows[row].append(Slot(text_of(cell).replace("\n", BREAK), kind, 1, cell.grid_span))
            column += cell.grid_span
    try:
        return TableBlock(grid=Grid.place("own", "", widths, int(headed), rows), values={})
    except ValueError:
        return None


def _all(element: Element) -> Iterator[Element]:
    """An element and all within, without the second form of a drawing."""
    yield element
    for child in element:
        if isinstance(child.tag, str) and child.tag != _FALLBACK:
            yield from _all(child)


def inline_drawings(element: Element) -> Iterator[Element]:
    """The drawings that stand in the line of the text."""
    return (one for one in _all(element) if one.tag == _INLINE)


def _graphic(drawing: Element) -> str:
    data = next(drawing.iter(f"{_A}graphicData"), None)
    return _GRAPHICS.get("" if data is None else data.get("uri", "").rpartition("/")[2], "图形、文本框或嵌入对象")


def _is_on(one: Element) -> bool:
    """Whether a setting is on; how the end mark of a paragraph looks is nobody's loss."""
    of_mark = one.getparent().getparent().tag == f"{{{W}}}pPr" and one.getparent().tag == f"{{{W}}}rPr"
    return one.get(f"{{{W}}}val", "") not in {"0", "false", "off"} and (_LOST[one.tag] == _CHANGE or not of_mark)


def _cut(runs: Sequence[tuple[str, str]], start: int, end: int) -> tuple[tuple[str, str], ...]:
    out, at = [], 0
    for text, looks in runs:
        out.append((text[max(0, start - at) : max(0, end - at)], looks))
        at += len(text)
    return tuple((text, looks) for text, looks in out if text)
