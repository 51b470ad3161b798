"""A report as .docx: paragraphs for the marks, the grid for the numbers, and what is wrong with the template."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.pkgwriter import _ContentTypesItem
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.run import Run

from toolkit.errors import WordFileError
from toolkit.io.package import zipped
from toolkit.report.document import gb9704 as gb
from toolkit.report.document.blocks import Document, Paragraph, TableBlock
from toolkit.report.document.layout import headline, printed_on, printed_widths, tidied
from toolkit.report.word import body
from toolkit.report.word.body import TABLE, Element, WordCell
from toolkit.report.word.gate import opened
from toolkit.report.word.marks import Marks
from toolkit.report.word.memory import AUTHOR, WrittenFrom, remember
from toolkit.report.word.template import LEAD, build_template
from toolkit.workbook.intake.archive import directory, unpack

#: The longest property that python-docx takes.
_PROPERTY: Final = 255
BANNER_PT: Final = 10.5
#: A signature stands two characters from the margin (GB/T 9704); nothing set so is indented.
_INDENTS: Final = {"rightChars": "200", "right": "640", "firstLineChars": "0", "firstLine": "0"}


def render_docx(document: Document, template: bytes | None = None) -> bytes:
    """Print a report into ``template``, or into a blank one made for it.

    WordFileError names what is wrong with a template: a mark that is unknown, doubled or missing, a label of a table
    that is not the form's.
    """
    document = tidied(document)
    made, printed, faults = _printed(document, build_template(document) if template is None else template)
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise WordFileError(f"报告模板用不了，共 {len(faults)} 处，请照下面改模板：\n{lines}")
    for element, paragraph in printed:
        _dress(made, element, paragraph, printed_on(document))
    _set_properties(made.core_properties, document)
    if document.banner:
        _set_banner(made, document.banner)
    remember(made.part.package, WrittenFrom.of(document))
    return packed(made.part.package)


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
        kept = {name: held for name, held in unpack(given, directory(given)).items() if name in files}
        files |= {n: held for n, held in kept.items() if n not in changed and not n.endswith((".rels", "].xml"))}
    return zipped(files)


def template_faults(document: Document, template: bytes) -> list[str]:
    """What is wrong with a template for a report, a line each; WordFileError where it cannot be opened."""
    return _printed(tidied(document), template)[2]


def _printed(document: Document, template: bytes) -> tuple[Any, list[tuple[Element, Paragraph]], list[str]]:
    """A template with the report in it, its paragraphs with their elements, and what is wrong with the template."""
    made = opened(template, "报告模板")
    spots, marks = list(body.paragraph_spots(made)), Marks.of(document)
    faults = [*marks.faults(spots, {one.style_id for one in made.styles}), *_fill(made.element.body, document.tables)]
    lead = made.styles.element.get_by_name(LEAD)
    return made, [] if faults else list(marks.printed(spots, lead)), faults


def _fill(within: Element, blocks: Sequence[TableBlock]) -> Iterator[str]:
    """Put the numbers into the empty cells; tell where the template's tables are not the form's."""
    tables = body.matched(within.findall(TABLE), [block.grid for block in blocks])
    for block, table in zip(blocks, tables, strict=True):
        name = f"表“{block.grid.caption}”"
        if table is None:
            yield f"{name}：模板里没有这张表，或表中文字改动太多，认不出来"
            continue
        if len(table.tr_lst) != block.grid.nrows:
            yield f"{name}：应有 {block.grid.nrows} 行，模板里有 {len(table.tr_lst)} 行"
        widths = printed_widths(block.grid, gb.TEXT_WIDTH_MM)
        for row, places in body.paired_cells(table, block.grid):
            yield from (f"{name}第 {row + 1} 行：{what}" for what in _fill_row(places, block.values, widths))


def _fill_row(places: Sequence[WordCell] | None, values: Mapping[str, str], widths: Sequence[float]) -> Iterator[str]:
    if places is None:
        yield "单元格的个数与表样不同"
        return
    for place in places:
        cell = place.cell
        if cell.kind == "number":
            write_number(place, values.get(cell.variable, ""), widths)
        elif place.is_label and not place.agrees:
            yield f"应为“{cell.plain}”，模板里是“{body.text_of(place.element)}”"


def write_number(place: WordCell, text: str, widths: Sequence[float]) -> Element:
    """Write a number in the first run of a cell, which keeps its looks and is given back; all else in it goes."""
    cell, width = place.element, sum(widths[place.cell.col : place.cell.col + place.cell.cols])
    first, *others = cell.p_lst
    for paragraph in others:
        cell.remove(paragraph)
    run = body.rewritten(first.r_lst or [first.add_r()], text)
    size = gb.fitted(text, width)
    if size < gb.TABLE_PT:
        Run(run, cell).font.size = Pt(size)
    return run


def _dress(made: Any, element: Element, wanted: Paragraph, on: datetime) -> None:  # noqa: ANN401 - python-docx has no types
    """Set a paragraph that stands otherwise than the text, and put the editor's notes into comments."""
    if wanted.align:
        look = element.get_or_add_pPr()
        look.jc_val, indent = getattr(WD_ALIGN_PARAGRAPH, wanted.align.upper()), look.get_or_add_ind()
        for name, value in _INDENTS.items():
            indent.set(qn(f"w:{name}"), value if wanted.align == "right" else "0")
    for words, told in wanted.remarks:
        at = "".join(text for text, _ in body.seen_texts(element)).find(words)
        runs = body.cut_runs(element, at, at + len(words)) if at >= 0 else element.r_lst
        comment = made.add_comment([Run(one, made) for one in runs], told, author=AUTHOR, initials="注")
        comment._comment_elm.date = on  # noqa: SLF001


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
