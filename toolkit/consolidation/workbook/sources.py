"""The sheet of sources: what each total is made of, one contribution a row, down to the cell in the unit's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice

from toolkit.collection.folder import SUM_TABLE
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import file_name
from toolkit.model.sentences import phrase
from toolkit.text import width_of
from toolkit.workbook.template.pen import Page, StyledCell

#: So many rows stand in the sheet; a longer one opens too slowly to be of use.
MOST_ROWS = 100_000
_HEAD, _FIRST = 2, 3
_LINK, _REVISION = "汇总单元格", "第几版"
_WIDEST = 76.0
_NUMBERS = frozenset({"数值", _REVISION})
_WIDTHS = {
    "表": 14.0,
    "项目": 20.0,
    "栏目": 16.0,
    _LINK: 11.0,
    "单位": 28.0,
    "数值": 13.0,
    "文件": 26.0,
    _REVISION: 8.0,
    "来源单元格": 20.0,
}
_HELP = phrase("sources")


@dataclass(frozen=True)
class SourceSheet:
    """What the units add to all totals, in printed order, each total's in the order of the units."""

    consolidation: Consolidation
    name: str

    @cached_property
    def count(self) -> int:
        """How many contributions there are."""
        return sum(len(self.consolidation.parts(name)) for name in self.consolidation.instrument.names)

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The columns; the revision only where there is one."""
        revised = any(member.revision for member in self.consolidation.members)
        return tuple(head for head in _WIDTHS if revised or head != _REVISION)

    def draw(self, page: Page, title: str) -> None:
        """Write the sheet."""
        warning, cut = self.consolidation.warning, self.count > MOST_ROWS
        note = _HELP if self.count else "没有不为 0 的数。"
        if cut:
            note = f"共 {self.count} 行，这里只列前 {MOST_ROWS} 行，其余见 {SUM_TABLE}。{_HELP}"
        page.sheet.set_row(0, 30.0)
        page.put(0, 0, StyledCell(title, "left_title"))
        page.put(1, 0, StyledCell(f"{warning}{note}", "warning_line" if warning or cut else "line"))
        page.line(_HEAD, (StyledCell(head, "band") for head in self.heads))
        last = _HEAD
        for last, told in enumerate(islice(self._rows(), MOST_ROWS), _FIRST):
            page.line(last, (told[head] for head in self.heads))
        page.widths({col: self._width(head) for col, head in enumerate(self.heads)})
        page.sheet.freeze_panes(_FIRST, 0)
        page.sheet.autofilter(_HEAD, 0, max(last, _FIRST), len(self.heads) - 1)
        page.paper(landscape=True, repeat=(_HEAD, _HEAD))
        page.banner(f"{title}　{warning}")

    def _width(self, head: str) -> float:
        """Make room for the labels: what tells two of them apart stands at their end."""
        variables = self.consolidation.instrument.variables.values()
        labels = {"项目": {v.row_label for v in variables}, "栏目": {v.column_label for v in variables}}
        longest = max([0, *map(width_of, labels.get(head, ()))])
        return min(_WIDEST, max(_WIDTHS[head], longest * 0.95 + 1))

    def _rows(self) -> Iterator[Mapping[str, StyledCell]]:
        """What a member adds to a total, but for those that add 0, and where each of both stands."""
        one = self.consolidation
        members = [_cells(单位=one.shown(it), 文件=file_name(it), 第几版=it.revision or None) for it in one.members]
        for name, variable in one.instrument.variables.items():
            spot = one.instrument.layout.spot(name)
            # No link of the file format: a sheet may hold only 65,530 of those, and sorting loses them.
            target = spot.reference.replace('"', '""')
            link = StyledCell(spot.cell, "link", f'HYPERLINK("#{target}","{spot.cell}")')
            total = _cells(表=spot.sheet, 项目=variable.row_label, 栏目=variable.column_label) | {_LINK: link}
            for value, member in one.parts(name):
                source = "!".join(one.returns[member].places.get(name, (spot.sheet, spot.cell)))
                yield {**total, **members[member], **_cells(数值=value, 来源单元格=source)}


def _cells(**told: str | Decimal | int | None) -> dict[str, StyledCell]:
    """Cells by heading."""
    return {head: StyledCell(said, "result" if head in _NUMBERS else "entry_line") for head, said in told.items()}
