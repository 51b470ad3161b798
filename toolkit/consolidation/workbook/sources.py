"""The sheet of sources: what each total is made of, one contribution a row, down to the cell in the unit's file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from toolkit.collection.folder import SUM_TABLE
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import file_name
from toolkit.forms.layout import Spot
from toolkit.model.form import Variable
from toolkit.text import width_of
from toolkit.workbook.template.pen import Page

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
_HELP = (
    "一行是一个单位对一个合计的贡献（不列 0）。汇总单元格可以点；来源单元格在该单位报送的文件里。可以按单位、项目筛选。"
)


class Contribution(NamedTuple):
    """What a unit adds to a total, where the total stands, and which of the members it is."""

    variable: Variable
    spot: Spot
    member: int
    value: Decimal


@dataclass(frozen=True)
class SourceSheet:
    """The contributions to all totals, in printed order, each total's in the order of the units."""

    consolidation: Consolidation
    name: str

    def contributions(self) -> Iterator[Contribution]:
        """Every member's figure of every total, but for those that are 0."""
        one = self.consolidation
        for name, variable in one.instrument.variables.items():
            spot = one.instrument.layout.spot(name)
            yield from (Contribution(variable, spot, member, value) for value, member in one.parts(name))

    @cached_property
    def count(self) -> int:
        """How many contributions there are."""
        return sum(1 for _ in self.contributions())

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The columns; the revision only where there is one."""
        revised = any(member.revision for member in self.consolidation.members)
        return tuple(head for head in _WIDTHS if revised or head != _REVISION)

    def draw(self, page: Page, title: str) -> None:
        """Write the sheet."""
        warning, cut = self.consolidation.warning, self.count > MOST_ROWS
        told = _HELP if self.count else "没有不为 0 的数。"
        if cut:
            told = f"共 {self.count} 行，这里只列前 {MOST_ROWS} 行，其余见 {SUM_TABLE}。{_HELP}"
        page.put(0, 0, title, "left_title")
        page.put(1, 0, f"{warning}{told}", "warning_line" if warning or cut else "line")
        page.sheet.set_row(0, 30.0)
        for col, head in enumerate(self.heads):
            page.put(_HEAD, col, head, "band")
        last = _HEAD
        for last, one in enumerate(islice(self.contributions(), MOST_ROWS), _FIRST):
            self._row(page, last, one)
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

    @cached_property
    def _members(self) -> list[tuple[str, str, int]]:
        """Name, file and revision of each member."""
        one = self.consolidation
        return [(one.shown(member), file_name(member), member.revision) for member in one.members]

    def _row(self, page: Page, row: int, one: Contribution) -> None:
        unit, file, revision = self._members[one.member]
        places = self.consolidation.returns[one.member].places
        texts: dict[str, str | Decimal | int | None] = {
            "表": one.spot.sheet,
            "项目": one.variable.row_label,
            "栏目": one.variable.column_label,
            "单位": unit,
            "数值": one.value,
            "文件": file,
            _REVISION: revision or None,
            "来源单元格": "!".join(places.get(one.variable.name, (one.spot.sheet, one.spot.cell))),
        }
        for col, head in enumerate(self.heads):
            if head == _LINK:
                # No link of the file format: a sheet may hold only 65,530 of those, and sorting loses them.
                target = one.spot.reference.replace('"', '""')
                page.formula(row, col, f'HYPERLINK("#{target}","{one.spot.cell}")', "link", one.spot.cell)
            else:
                page.put(row, col, texts[head], "result" if head in _NUMBERS else "entry_line")
