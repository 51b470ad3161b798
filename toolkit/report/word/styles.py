"""The styles of a .docx after GB/T 9704-2012; the markup of its parts stands in templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from toolkit.io.templates import from_template
from toolkit.report.document import gb9704 as gb

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES: Final = f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


@dataclass(frozen=True, slots=True)
class Style:
    """A style: ``name`` is what Word knows it by (English for a built-in one), ``alias`` what an office calls it."""

    id: str
    name: str
    face: gb.Face
    points: float = gb.BODY_PT
    line: int = gb.LINE_PITCH
    align: str = "both"
    alias: str = ""
    indent: int = 0
    outline: int | None = None
    keep_next: bool = False
    on_grid: bool = True
    scale: int = 100


BODY: Final = Style("Normal", "Normal", gb.FANG)
TITLE: Final = Style(
    "Title", "Title", gb.HEADLINE, gb.TITLE_PT, gb.TITLE_LINE, "center", alias="公文标题", keep_next=True, on_grid=False
)
NOTICE: Final = Style("ScopeNotice", "范围提示", gb.KAI, gb.FOOTER_PT, align="center")
HEADING: Final = Style(
    "Heading1", "heading 1", gb.HEI, alias="一级标题", indent=2, outline=0, keep_next=True, scale=gb.CHARACTER_SCALE
)
TEXT: Final = Style("BodyParagraph", "正文段落", gb.FANG, indent=2, scale=gb.CHARACTER_SCALE)
CAPTION: Final = Style("TableCaption", "表格标题", gb.HEI, gb.FOOTER_PT, align="center", keep_next=True)
HEAD: Final = Style("TableHead", "表格表头", gb.HEI, gb.TABLE_PT, gb.TABLE_LINE, "center", on_grid=False)
STUB: Final = Style("TableItem", "表格项目", gb.FANG, gb.TABLE_PT, gb.TABLE_LINE, "left", on_grid=False)
NUMBER: Final = Style("TableNumber", "表格数字", gb.SONG, gb.TABLE_PT, gb.TABLE_LINE, "center", on_grid=False)
FOOTER: Final = Style("Footer", "footer", gb.SONG, gb.FOOTER_PT, gb.FOOTER_LINE, "left", on_grid=False)
#: Nothing of ours stands in a header but a warning; an office's own header finds its style.
HEADER: Final = Style("Header", "header", gb.SONG, gb.TABLE_PT, gb.TABLE_LINE, "center", on_grid=False)
PARAGRAPH_STYLES: Final = (BODY, TITLE, NOTICE, HEADING, TEXT, CAPTION, HEAD, STUB, NUMBER, FOOTER, HEADER)
#: The run-in heading of a paragraph, a style of characters.
LEAD: Final = Style("LeadHeading", "二级标题（段内）", gb.KAI)


def markup(name: str, **words: object) -> str:
    """Write a part of a .docx, or a piece of one, from its template."""
    return from_template(__package__, name, **words, gb=gb, namespaces=Markup(NAMESPACES))  # noqa: S704 - our own
