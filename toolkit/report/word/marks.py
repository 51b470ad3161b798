"""The marks of a Word template: what is printed in their place, and what is wrong with them.

``【前言】``, alone in a paragraph, stands for paragraphs that look like it; ``【单位】`` for a word, wherever it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, pairwise
from typing import Final, Self
from unicodedata import normalize

from docx.oxml.ns import qn
from lxml.etree import strip_elements

from toolkit.errors import WordFileError
from toolkit.report.document.blocks import Document, Paragraph
from toolkit.report.document.layout import paragraph_runs
from toolkit.report.word.body import PARAGRAPH, TABLE, Element, ParagraphSpot, cut_runs, rewritten, seen_texts, squeezed
from toolkit.report.word.template import NUMBER

TITLE, PREAMBLE, SECTION = "【标题】", "【前言】", "【正文{}-{}】"
CLOSING, UNIT, PERIOD = "【结尾】", "【单位】", "【期间】"
_MARK: Final = re.compile(r"[【\[［]([^【】\[\]［］]*)[】\]］]")
_CHANGES: Final = tuple(map(qn, ("w:ins", "w:del", "w:moveFrom", "w:moveTo")))
_STYLED: Final = (qn("w:pStyle"), qn("w:rStyle"))
#: Where nothing is printed the paragraph stays, empty, if one of these would go with it.
_KEPT: Final = tuple(map(qn, ("w:sectPr", "w:drawing", "w:pict")))
_LOOKS: Final = (qn("w:pPr"), qn("w:rPr"))


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marks in a template stand for: ``passages`` for a paragraph, ``facts`` for a word.

    Headings stand among the passages; nothing is printed in their place. In the form's ``own`` texts nothing is a mark.
    """

    passages: Mapping[str, Sequence[Paragraph]]
    facts: Mapping[str, str]
    own: frozenset[str]

    @classmethod
    def of(cls, document: Document) -> Self:
        """The marks in a template for a document, and what it has printed in their place."""
        notes = [((line, document.notice),) for line in document.title[:1] if document.notice]
        title = [Paragraph(text=line, remarks=notes.pop() if notes else ()) for line in document.title]
        opening, *parts, closing = (paragraph_runs(part)[0] for part in document.parts)
        passages: dict[str, Sequence[Paragraph]] = {TITLE: title, PREAMBLE: [*chain(*opening)]}
        for number, (section, runs) in enumerate(zip(document.sections, parts, strict=True), 1):
            passages |= {section.heading: ()} | {SECTION.format(number, i): run for i, run in enumerate(runs, 1)}
        passages[CLOSING] = [*chain(*closing)]
        grids = [table.grid for table in document.tables]
        labels = (cell.text for grid in grids for cell in grid.cells)
        own = (*(section.heading for section in document.sections), *(grid.caption for grid in grids), *labels)
        return cls(passages, {UNIT: document.unit, PERIOD: document.period}, frozenset(map(squeezed, own)))

    def faults(self, spots: Sequence[ParagraphSpot], styles: Collection[str]) -> Iterator[str]:
        """What is wrong in a template's paragraphs, a line each; WordFileError for a template of earlier versions."""
        if any("{%p " in spot.text for spot in spots):
            raise WordFileError("报告模板是旧版程序写出的。请用 xxgk word-template 重新写出一份，再照样改字体和版面。")
        met: dict[str, Element] = {}
        marks = [*self.facts, *filter(_MARK.match, self.passages)]
        for spot in spots:
            if next(spot.element.iter(*_CHANGES), None) is not None:
                yield f"{spot.named}：有没有接受的修订，请先在“审阅”里接受或拒绝"
            used = {one.get(qn("w:val")) for one in spot.element.iter(*_STYLED)}
            yield from (f"{spot.named}：样式“{name}”不在文件里" for name in sorted(used.difference(styles)))
            known = [*self.facts] if spot.part else marks
            for name, _, _ in self._found(spot.text):
                if name not in known:
                    near = get_close_matches(name, known, 1)
                    told = f"是不是“{near[0]}”？" if near else f"可以用的有{'、'.join(known)}；别的文字请换一种括号"
                    yield f"{spot.where}的“{name}”：这里没有这个标记，{told}"
                elif name in self.passages and met.setdefault(name, spot.element) is not spot.element:
                    yield f"{spot.where}的“{name}”：重复了，只能放一处"
                elif name in self.passages and _plain(spot.text) != name:
                    yield f"{spot.named}：“{name}”要单独占一段，同一段里不能有别的文字"
        whole = "".join(_plain(spot.text) for spot in spots if not spot.part)
        for before, one in pairwise(("", *self.passages)):
            if whole.find(_plain(one), max(0, whole.find(_plain(before)))) < 0:
                what = "位置不对" if _plain(one) in whole else "模板里没有"
                yield f"“{one}”：{what}。要一字不差，单独占一段，放在" + (f"“{before}”的后面" if before else "最前面")

    def _found(self, text: str) -> list[tuple[str, int, int]]:
        """The marks in a text, by name, and where each stands; none in a text of the form's own.

        Other brackets than ``【】`` are read only around what is known: they have other uses.
        """
        out = [(_plain(one[0]), *one.span()) for one in _MARK.finditer(text)]
        out = [one for one in out if text[one[1]] == "【" or one[0] in self.facts or one[0] in self.passages]
        return [] if out and squeezed(text) in self.own else out

    def printed(self, spots: Sequence[ParagraphSpot], lead: Element | None) -> Iterator[tuple[Element, Paragraph]]:
        """Print words and paragraphs in the place of the marks; each paragraph comes with its element.

        ``lead`` is the style of a run-in heading.
        """
        for one in dict.fromkeys(inner for spot in spots for inner in spot.element.iter(PARAGRAPH)):
            text = "".join(text for text, _ in seen_texts(one))
            for name, start, end in reversed(self._found(text)):
                if name in self.facts:
                    rewritten(cut_runs(one, start, end), self.facts[name])
                    continue
                runs = cut_runs(one, 0, len(text))
                # What stands in a text box is seen with the paragraph that holds the box, but comes by itself.
                if next(runs[0].iterancestors(PARAGRAPH)) is one:
                    yield from _replaced(one, rewritten(runs, ""), self.passages[name], lead)


def _plain(text: str) -> str:
    """A text without blanks, the marks in it as they are called here."""
    return _MARK.sub(lambda one: f"【{re.sub('[‐-―−]', '-', normalize('NFKC', one[1]))}】", squeezed(text))


def _replaced(
    one: Element, run: Element, paragraphs: Sequence[Paragraph], lead: Element | None
) -> Iterator[tuple[Element, Paragraph]]:
    """Print paragraphs in the place of one: copies of its look stand before it, and it holds the last."""
    for paragraph in paragraphs[:-1]:
        line, words = _alike(one), _alike(run)
        strip_elements(line, _KEPT[0])
        line.append(words)
        one.addprevious(line)
        _say(words, paragraph, lead)
        yield line, paragraph
    above, below = one.getprevious(), one.getnext()
    if paragraphs:
        _say(run, paragraphs[-1], lead)
        yield one, paragraphs[-1]
    elif below is None or (below.tag != PARAGRAPH and above is not None and above.tag == TABLE):
        # The end of a cell, or a table that would touch another: Word would join the two.
        one.style = NUMBER
    elif next(one.iter(*_KEPT), None) is None:
        one.getparent().remove(one)


def _alike(element: Element) -> Element:
    """An empty paragraph or run of the same look."""
    made = element.makeelement(element.tag)
    made.extend(deepcopy(look) for look in element[:1] if look.tag in _LOOKS)
    return made


def _say(run: Element, paragraph: Paragraph, lead: Element | None) -> None:
    """Write a text into a run, its run-in heading before it: in the run's look but for what its style says."""
    if paragraph.lead:
        head = _alike(run)
        if lead is not None:
            strip_elements(head, *(look.tag for look in lead.iterfind(f"{_LOOKS[1]}/*")))
            head.style = lead.styleId
        head.add_t(paragraph.lead)
        run.addprevious(head)
    run.add_t(paragraph.text)
