"""The first sheet of the book: what was summed, what was not and why, and what the rules say of the sums.

What it says stands in ``templates/notes.json.j2``; here is how a line is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import REPEATED, file_name
from toolkit.forms.layout import quoted_sheet
from toolkit.io.templates import pages
from toolkit.model.finding import Finding
from toolkit.model.sentences import phrase
from toolkit.workbook.template.pen import Page, StyledCell, height

_WIDTHS = (12.0, 36.0, 20.0, 44.0)
#: Excel keeps so many significant digits of a number.
_EXCEL_DIGITS = 15


@dataclass(frozen=True)
class Notes:
    """The first sheet; ``units`` and ``sources`` name the sheets of figures, ``findings`` is None if nobody checked."""

    consolidation: Consolidation
    name: str
    units: str
    sources: str
    findings: Sequence[Finding] | None

    @property
    def title(self) -> str:
        """The book's title."""
        return f"{self.name}{self.consolidation.period_label}{self.consolidation.instrument.form.title}汇总"

    def draw(self, page: Page) -> None:
        """Write the sheet."""
        page.widths(dict(enumerate(_WIDTHS)))
        for row, line in enumerate(self._lines()):
            _draw_line(page, row, *line)
        page.paper()
        if self.consolidation.warning:
            page.banner(self.consolidation.warning)

    def _lines(self) -> Iterator[tuple[str, str, list[str]]]:
        """Everything the sheet says, from the top: style, where the second cell leads, one text a column."""
        one = self.consolidation
        told = pages(__package__).get_template("notes.json.j2")
        text = told.render(
            notes=self,
            one=one,
            long=sum(len(v.as_tuple().digits) > _EXCEL_DIGITS for v in one.sums.values()),
            explained=[(one.shown(it), found) for it in one.members for found in it.findings if found.explanation],
            link=self._link,
            file_name=file_name,
            repeated=REPEATED,
            phrase=phrase,
        )
        yield from map(json.loads, filter(None, text.splitlines()))

    def _link(self, sheet: str, cell: str) -> str:
        """Link to a number cell; nothing for a place that the book does not have."""
        variable = self.consolidation.instrument.layout.names.get((sheet, cell), "")
        known = variable in self.consolidation.instrument.variables
        return f"internal:{quoted_sheet(sheet)}!{cell}" if known else ""


def _draw_line(page: Page, row: int, style: str, link: str, texts: Sequence[str]) -> None:
    """One text a column, the last over all columns that are left; ``link`` is under the second."""
    last = len(texts) - 1
    first = "result" if last and style == "sentence" else style
    styles = [first, "link" if link else style, *[style] * len(_WIDTHS)]
    cells = [StyledCell(text, look) for text, look in zip(texts, styles, strict=False)]
    cells[last] = cells[last]._replace(cols=len(_WIDTHS) - last)
    if link:
        cells[1] = cells[1]._replace(link=link)
    page.line(row, cells)
    rooms = [*_WIDTHS[:last], sum(_WIDTHS[last:])]
    page.sheet.set_row(row, max(height(text, room) for text, room in zip(texts, rooms, strict=True)))
