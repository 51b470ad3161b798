"""The styles, fonts, settings and page numbers of a .docx after GB/T 9704-2012, as WordprocessingML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from toolkit.report.document import gb9704 as gb

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES: Final = f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TABLE_FACES: Final = ("02010609060101010101", "modern", "fixed")
_HEADLINE_FACES: Final = ("02010601030101010101", "auto", "variable")


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
_BUILT_IN: Final = frozenset({"Normal", "Title", "Heading1", "Footer", "Header"})
#: The run-in heading of a paragraph.
LEAD_ID: Final = "LeadHeading"
_LEAD_NAME: Final = "二级标题（段内）"


def _run(face: gb.Face, points: float = 0.0, scale: int = 100) -> str:
    """Name a typeface for all scripts: Word takes ``“ ” … —`` for Latin unless told so by ``hint``."""
    font = quoteattr(face.office)
    size = f'<w:sz w:val="{points * 2:.0f}"/><w:szCs w:val="{points * 2:.0f}"/>' if points else ""
    names = f'<w:rFonts w:hint="eastAsia" w:ascii={font} w:eastAsia={font} w:hAnsi={font} w:cs={font}/>'
    drawn_in = f'<w:w w:val="{scale}"/>' if scale != 100 else ""  # noqa: PLR2004 - per cent
    return f"<w:rPr>{names}{drawn_in}{size}</w:rPr>"


def _style(one: Style) -> str:
    """Write a paragraph style, its parts in the order of the schema."""
    base = one is BODY
    kind = 'w:default="1" ' if base else "" if one.id in _BUILT_IN else 'w:customStyle="1" '
    indent = f'<w:ind w:firstLineChars="{one.indent * 100}" w:firstLine="{one.indent * one.points * 20:.0f}"/>'
    return "".join(
        (
            f'<w:style w:type="paragraph" {kind}w:styleId="{one.id}">',
            f"<w:name w:val={quoteattr(one.name)}/>",
            f"<w:aliases w:val={quoteattr(one.alias)}/>" if one.alias else "",
            "" if base else f'<w:basedOn w:val="{BODY.id}"/>',
            f'<w:next w:val="{TEXT.id}"/>' if one.keep_next else "",
            "<w:qFormat/><w:pPr>",
            "<w:keepNext/>" if one.keep_next else "",
            '<w:widowControl w:val="0"/>' if base else "",
            "" if one.on_grid else '<w:snapToGrid w:val="0"/>',
            f'<w:spacing w:before="0" w:after="0" w:line="{one.line}" w:lineRule="exact"/>',
            indent if one.indent else "",
            f'<w:jc w:val="{one.align}"/>',
            "" if one.outline is None else f'<w:outlineLvl w:val="{one.outline}"/>',
            "</w:pPr>",
            _run(one.face, one.points, one.scale),
            "</w:style>",
        )
    )


def styles_xml() -> str:
    """Write styles.xml."""
    defaults = (
        f"<w:docDefaults><w:rPrDefault>{_run(gb.FANG, gb.BODY_PT)}</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    ).replace("</w:rPr>", '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>')
    lead = (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{LEAD_ID}"><w:name w:val="{_LEAD_NAME}"/>'
        f"<w:qFormat/>{_run(gb.KAI)}</w:style>"
    )
    return f"{DECLARATION}<w:styles {NAMESPACES}>{defaults}{''.join(map(_style, PARAGRAPH_STYLES))}{lead}</w:styles>"


def font_table() -> str:
    """Write fontTable.xml: each typeface and the one that may stand in for it."""
    rows = []
    for face in gb.FACES.values():
        panose, family, pitch = _HEADLINE_FACES if face is gb.HEADLINE else _TABLE_FACES
        rows.append(
            f"<w:font w:name={quoteattr(face.office)}><w:altName w:val={quoteattr(face.alternative)}/>"
            f'<w:panose1 w:val="{panose}"/><w:charset w:val="86"/>'
            f'<w:family w:val="{family}"/><w:pitch w:val="{pitch}"/></w:font>'
        )
    return f"{DECLARATION}<w:fonts {NAMESPACES}>{''.join(rows)}</w:fonts>"


def settings() -> str:
    """Write settings.xml: odd and even pages have their own page number."""
    compat = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in (("compatibilityMode", 15), ("overrideTableStyleFontSizeAndJustification", 1))
    )
    return (
        f'{DECLARATION}<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>"
        f"<w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>{compat}</w:compat>"
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def footer(side: str) -> str:
    """Write a footer: the page number between dashes, one character in from ``left`` or ``right``."""
    indent = f'<w:ind w:{side}Chars="100" w:{side}="{gb.FOOTER_PT * 20:.0f}"/>'
    return (
        f'{DECLARATION}<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="{FOOTER.id}"/>{indent}<w:jc w:val="{side}"/>'
        '</w:pPr><w:r><w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r>'
        '</w:fldSimple><w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


def section() -> str:
    """Write the page: size, margins, line grid and both footers (``rIdOdd``, ``rIdEven``)."""
    grid = " ".join(f'w:{name}="{value}"' for name, value in gb.GRID.items())
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="rIdOdd"/><w:footerReference w:type="even" r:id="rIdEven"/>'
        f'<w:pgSz w:w="{gb.PAGE_WIDTH}" w:h="{gb.PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{gb.TOP}" w:right="{gb.RIGHT}" w:bottom="{gb.BOTTOM}" w:left="{gb.LEFT}" '
        f'w:header="{gb.HEADER}" w:footer="{gb.FOOTER}" w:gutter="0"/>'
        f'<w:cols w:space="425"/><w:docGrid {grid}/></w:sectPr>'
    )
