"""A report as .docx: docxtpl for the words, the grid for the numbers, then a look whether everything is there."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from docx import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.pkgwriter import _ContentTypesItem
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.run import Run
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from toolkit.errors import WordFileError
from toolkit.io.package import zipped
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.blocks import Block, Document, Paragraph, TableBlock
from toolkit.report.document.layout import headline, paragraph_runs, printed_on, printed_widths, tidied, wording
from toolkit.report.word import template as tpl
from toolkit.report.word.gate import UNREADABLE
from toolkit.report.word.memory import AUTHOR, WrittenFrom, remember
from toolkit.report.word.paragraphs import cut_runs, paragraph_spots, quoted_beginning
from toolkit.report.word.styles import NUMBER
from toolkit.report.word.tables_read import (
    PARAGRAPH,
    TABLE,
    Element,
    WordCell,
    matched,
    paired_cells,
    seen_texts,
    squeezed,
    text_of,
)
from toolkit.report.word.template_faults import explained, tag_faults
from toolkit.workbook.intake.archive import directory, unpack

#: What is done to a template is remembered: every report of a round is printed into the same one.
_TEMPLATES: Final = 16
_ENGINE: Final = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
_ENGINE.from_string = lru_cache(_TEMPLATES)(_ENGINE.from_string)  # type: ignore[assignment]
_PATCHED: Final = lru_cache(_TEMPLATES)(partial(DocxTemplate.patch_xml, None))
_SPOILT: Final = (TemplateError, etree.LxmlError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
#: The longest property that python-docx takes.
_PROPERTY: Final = 255
BANNER_PT: Final = 10.5
#: A signature stands two characters from the margin (GB/T 9704); nothing set so is indented.
_INDENTS: Final = {"rightChars": "200", "right": "640", "firstLineChars": "0", "firstLine": "0"}


def render_docx(document: Document, template: bytes | None = None) -> bytes:
    """Print a report into ``template``, or into a blank one made for it.

    WordFileError names what is wrong with a template: a spoilt tag, a label of a table that is not the form's, a text
    of the report that found no place.
    """
    document = tidied(document)
    made = _rendered(document, tpl.build_template(document) if template is None else template)
    body = made.docx.element.body
    problems = [*_fill(body, document.tables), *_missing(body, document)]
    _refuse(problems, "报告模板与要印的报告不一致")
    _space_tables(body)
    _add_remarks(made.docx, document)
    _set_properties(made.docx.core_properties, document)
    if document.banner:
        _set_banner(made.docx, document.banner)
    remember(made.docx.part.package, WrittenFrom.of(document))
    return packed(made.docx.part.package)


def packed(package: Any, given: bytes = b"", changed: Collection[str] = ()) -> bytes:  # noqa: ANN401 - no types
    """Pack the parts as `OpcPackage.save` does, but without times: the clock may stand before 1980.

    Of the file that was ``given`` all keep their bytes but those that ``changed``, and what says which parts there are.
    """
    for part in package.parts:
        part.before_marshal()
    types = _ContentTypesItem.from_parts(package.parts)  # type: ignore[no-untyped-call]
    files = {"[Content_Types].xml": types.blob, "_rels/.rels": package.rels.xml}
    for part in package.parts:
        files[part.partname.membername] = part.blob
        if part.rels:
            files[part.partname.rels_uri.membername] = part.rels.xml
    if given:
        kept = {name: body for name, body in unpack(given, directory(given)).items() if name in files}
        files |= {n: body for n, body in kept.items() if n not in changed and not n.endswith((".rels", "].xml"))}
    return zipped(files)


def _refuse(problems: Sequence[str], what: str) -> None:
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise WordFileError(f"{what}，共 {len(problems)} 处，请照下面改模板：\n{lines}")


def _rendered(document: Document, template: bytes) -> DocxTemplate:
    runs = tuple(len(paragraph_runs(section)[0]) for section in document.sections)
    _refuse(_faults_of(template, runs), "报告模板的标签有错")
    made = DocxTemplate(io.BytesIO(template))
    made.patch_xml = _PATCHED
    try:
        made.render(_context(document), _ENGINE, autoescape=True)
    except _SPOILT as error:
        raise WordFileError(f"报告模板有错：{explained(error)}") from error
    return made


@lru_cache(_TEMPLATES)
def _faults_of(template: bytes, runs: tuple[int, ...]) -> tuple[str, ...]:
    try:
        source = list(paragraph_spots(Opened(io.BytesIO(template))))
    except UNREADABLE as error:
        raise WordFileError("报告模板打不开：它不是 .docx 文件，或者已经损坏。") from error
    return tuple(tag_faults(source, runs))


def _context(document: Document) -> dict[str, Any]:
    def words(blocks: Sequence[Block]) -> list[dict[str, Markup]]:
        return [{tpl.LEAD: _safe(p.lead), tpl.WORDS: _safe(p.text)} for p in blocks if isinstance(p, Paragraph)]

    return {
        tpl.TITLE: [_safe(line) for line in document.title],
        tpl.UNIT: _safe(document.unit),
        tpl.PERIOD: _safe(document.period),
        # Templates of earlier versions print the scope; it is the editor's only.
        tpl.NOTICE: "",
        tpl.PREAMBLE: words(document.preamble),
        tpl.SECTIONS: {
            number: dict(enumerate(map(words, paragraph_runs(section)[0]), 1))
            for number, section in enumerate(document.sections, 1)
        },
        tpl.CLOSING: words(document.closing),
        tpl.OPENING: _safe("{"),
        tpl.CLOSED: _safe("}"),
    }


def _safe(text: str) -> Markup:
    """Escape a text, its braces too: docxtpl turns ``{_{`` into ``{{`` wherever it stands."""
    return Markup(str(escape(text)).replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704


def _fill(body: Element, blocks: Sequence[TableBlock]) -> list[str]:
    """Put the numbers into the empty cells; return where the template's tables are not the form's."""
    problems: list[str] = []
    tables = matched(body.findall(TABLE), [block.grid for block in blocks])
    for block, table in zip(blocks, tables, strict=True):
        name = f"表“{block.grid.caption}”"
        if table is None:
            problems.append(f"{name}：模板里没有这张表，或表中文字改动太多，认不出来")
            continue
        if len(table.tr_lst) != block.grid.nrows:
            problems.append(f"{name}：应有 {block.grid.nrows} 行，模板里有 {len(table.tr_lst)} 行")
        widths = printed_widths(block.grid, gb.TEXT_WIDTH_MM)
        for row, places in paired_cells(table, block.grid):
            problems += [f"{name}第 {row + 1} 行：{what}" for what in _fill_row(places, block.values, widths)]
    return problems


def _fill_row(places: Sequence[WordCell] | None, values: Mapping[str, str], widths: Sequence[float]) -> Iterator[str]:
    if places is None:
        yield "单元格的个数与表样不同"
        return
    for place in places:
        cell = place.cell
        if cell.kind == "number":
            write_number(place, values.get(cell.variable, ""), widths)
        elif place.is_label and not place.agrees:
            yield f"应为“{cell.plain}”，模板里是“{text_of(place.element)}”"


def write_number(place: WordCell, text: str, widths: Sequence[float]) -> Element:
    """Write a number in the first run of a cell, which keeps its looks and is given back; all else in it goes."""
    cell, width = place.element, sum(widths[place.cell.col : place.cell.col + place.cell.cols])
    first, *others = cell.p_lst
    for paragraph in others:
        cell.remove(paragraph)
    run, *rest = first.r_lst or [first.add_r()]
    for one in rest:
        first.remove(one)
    shown: Any = Run(run, cell)
    shown.text = text
    size = gb.fitted(text, width)
    if size < gb.TABLE_PT:
        shown.font.size = Pt(size)
    return run


def _missing(body: Element, document: Document) -> list[str]:
    """List texts of the report that the rendered body does not hold in their order."""
    whole = "".join(squeezed(text_of(paragraph)) for paragraph in body.iter(PARAGRAPH))
    out: list[str] = []
    at = 0
    for text in wording(document):
        found = whole.find(squeezed(text), at)
        if found < 0:
            out.append(f"{quoted_beginning(text)}：没有印出来，模板里缺放它的位置，或标题与报告不同")
        else:
            at = found + len(squeezed(text))
    return out


def _space_tables(body: Element) -> None:
    """Put a line under a table that touches another or the end: Word would join the two."""
    for table in body.findall(TABLE):
        after = table.getnext()
        if after is None or after.tag != PARAGRAPH:
            line: Element = OxmlElement("w:p")
            table.addnext(line)
            line.get_or_add_pPr().style = NUMBER.id


def _add_remarks(made: Any, document: Document) -> None:  # noqa: ANN401 - python-docx has no types
    """Set the paragraphs that stand otherwise than the text, and put the editor's notes into comments."""
    head = "".join(document.title[:1])
    scope = Paragraph(text=head, remarks=((head, document.notice),))
    left = list(made.paragraphs)
    for wanted in (*([scope] if document.notice else []), *document.paragraphs):
        text = squeezed(wanted.lead + wanted.text)
        at = next((i for i, one in enumerate(left) if squeezed(one.text) == text), None)
        if at is None:
            continue
        found, left = left[at], left[at + 1 :]
        if wanted.align:
            found.alignment = getattr(WD_ALIGN_PARAGRAPH, wanted.align.upper())
            indent = found._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001
            for name, value in _INDENTS.items():
                indent.set(qn(f"w:{name}"), value if wanted.align == "right" else "0")
        for words, told in wanted.remarks:
            at = "".join(text for text, _ in seen_texts(found._p)).find(words)  # noqa: SLF001
            runs = cut_runs(found._p, at, at + len(words)) if at >= 0 else found._p.r_lst  # noqa: SLF001
            comment = made.add_comment([Run(one, found) for one in runs], told, author=AUTHOR, initials="注")
            comment._comment_elm.date = printed_on(document)  # noqa: SLF001


def _set_banner(docx: Any, banner: str) -> None:  # noqa: ANN401 - python-docx has no types
    """Put a warning at the head of every page, odd and even, whatever the template has there."""
    for section in docx.sections:
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            known = header.paragraphs
            line = known[0].insert_paragraph_before(banner) if known else header.add_paragraph(banner)
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.runs[0].font.size = Pt(BANNER_PT)


def _set_properties(properties: Any, document: Document) -> None:  # noqa: ANN401
    """Sign the file with the report's own title, unit and date."""
    properties.title = headline(document)[:_PROPERTY]
    properties.author = properties.last_modified_by = document.unit[:_PROPERTY]
    properties.comments = properties.keywords = properties.subject = ""
    properties.created = properties.modified = printed_on(document)
    properties.language = document.language
    properties.revision = 1
