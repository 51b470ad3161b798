"""The blank .docx that a report is printed into: an office may restyle it in Word or WPS, and it still works.

Headings and tables stand in it as printed, the tables blank. What is filled in is named in Chinese, for the officials
who will see the tags: ``{%p for 段 in 正文[2][1] %}`` is the first run of paragraphs of section 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

from toolkit.io.package import zipped
from toolkit.report.document.blocks import Document, Section
from toolkit.report.document.layout import paragraph_runs, shown_caption, tidied
from toolkit.report.word import styles as st
from toolkit.report.word.table import TableWriter

#: What the tags of a template may name.
TITLE, NOTICE, PREAMBLE, SECTIONS, CLOSING = "标题", "范围提示", "前言", "正文", "结尾"
UNIT, PERIOD, LEAD, WORDS = "单位", "期间", "小标题", "文字"
OPENING, CLOSED = "左花括号", "右花括号"
_BRACE: Final = re.compile("[{}]")
_ONE, _LINE = "段", "行"

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
#: Parts beside the document: relation id, kind, content type.
_PARTS: Final = {
    "word/styles.xml": ("rIdStyles", "styles"),
    "word/settings.xml": ("rIdSettings", "settings"),
    "word/fontTable.xml": ("rIdFonts", "fontTable"),
    "word/footer1.xml": ("rIdOdd", "footer"),
    "word/footer2.xml": ("rIdEven", "footer"),
}


def build_template(pattern: Document) -> bytes:
    """Build the blank .docx for reports with the headings and tables of ``pattern``."""
    pattern = tidied(pattern)
    body = [
        _loop(_LINE, TITLE, _run(f"{{{{ {_LINE} }}}}"), st.TITLE),
        _paragraph(f"{{%p if {NOTICE} %}}", st.NOTICE),
        _paragraph(f"{{{{ {NOTICE} }}}}", st.NOTICE),
        _paragraph("{%p endif %}", st.NOTICE),
        _paragraph("", st.TEXT),
        _paragraphs(PREAMBLE),
        *(_section(number, section) for number, section in enumerate(pattern.sections, 1)),
        _paragraphs(CLOSING),
        st.section(),
    ]
    document = f"{st.DECLARATION}<w:document {st.NAMESPACES}><w:body>{''.join(body)}</w:body></w:document>"
    files = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            {
                "rIdDocument": (f"{_RELATION}/officeDocument", "word/document.xml"),
                "rIdCore": (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            }
        ),
        "docProps/core.xml": _core(),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _relations(
            {id_: (f"{_RELATION}/{kind}", name.removeprefix("word/")) for name, (id_, kind) in _PARTS.items()}
        ),
        "word/styles.xml": st.styles_xml(),
        "word/settings.xml": st.settings(),
        "word/fontTable.xml": st.font_table(),
        "word/footer1.xml": st.footer("right"),
        "word/footer2.xml": st.footer("left"),
    }
    return zipped(files)


def quote(text: str) -> str:
    """Write a literal text so that no brace in it begins a tag."""
    return _BRACE.sub(lambda found: f"{{{{ {OPENING if found[0] == '{' else CLOSED} }}}}", text)


def _section(number: int, section: Section) -> str:
    paragraphs, tables = paragraph_runs(section)
    out = [_paragraph(quote(escape(section.heading)), st.HEADING) if section.heading else ""]
    for index in range(len(paragraphs)):
        out.append(_paragraphs(f"{SECTIONS}[{number}][{index + 1}]"))
        if index < len(tables):
            grid = tables[index].grid
            caption = shown_caption(section, grid)
            out += [_paragraph(quote(escape(caption)), st.CAPTION) if caption else "", TableWriter(grid, quote).xml()]
    return "".join(out)


def _paragraphs(source: str) -> str:
    """Write a loop over paragraphs; the run-in heading is a run of its own, in its character style."""
    lead = _run(f"{{{{ {_ONE}.{LEAD} }}}}", f'<w:rPr><w:rStyle w:val="{st.LEAD_ID}"/></w:rPr>')
    return _loop(_ONE, source, lead + _run(f"{{{{ {_ONE}.{WORDS} }}}}"), st.TEXT)


def _loop(name: str, source: str, runs: str, style: st.Style) -> str:
    begin, end = f"{{%p for {name} in {source} %}}", "{%p endfor %}"
    return "".join(_bare(one, style) for one in (_run(begin), runs, _run(end)))


def _paragraph(text: str, style: st.Style) -> str:
    return _bare(_run(text) if text else "", style)


def _bare(runs: str, style: st.Style) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style.id}"/></w:pPr>{runs}</w:p>'


def _run(text: str, looks: str = "") -> str:
    return f'<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r>'


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    rows = "".join(f'<Relationship Id="{id_}" Type="{kind}" Target="{name}"/>' for id_, (kind, name) in targets.items())
    return f'{st.DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _content_types() -> str:
    kinds = {"word/document.xml": "document.main", **{name: kind for name, (_, kind) in _PARTS.items()}}
    rows = "".join(f'<Override PartName="/{name}" ContentType="{_WORD}.{kind}+xml"/>' for name, kind in kinds.items())
    return (
        f'{st.DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _core() -> str:
    return (
        f'{st.DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>报告模板</dc:title><dc:language>zh-CN</dc:language>'
        "</cp:coreProperties>"
    )
