"""The sheet of units: a row a unit, a column a variable; every total of the book is a sum over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import file_name
from toolkit.consolidation.sums import decimal_places, mean_places
from toolkit.forms.layout import address, quoted_sheet
from toolkit.model.form import Variable
from toolkit.model.returns import FiledVerdict
from toolkit.text import width_of, written
from toolkit.workbook.template.conditions import literal
from toolkit.workbook.template.pen import Page, StyledCell, height

#: The names of the variables stand hidden over the headings: for programs, not for readers.
_CODE, _TABLE, _ROW, _COLUMN, _TOTAL, _COUNT, _HEAD, _FIRST = range(2, 10)
_NARROWEST = 7.5
#: A printed page holds so many characters across at this scale.
_PAPER, _SCALE = 240.0, 45
#: What stands in the place of a figure that is not put together.
NOT_SUMMED = "—"
_HELP = "一行一个单位，一列一项。可以筛选、排序，上面的合计不受影响；改动这里的数，各表随之改变。"


class Lead(NamedTuple):
    """A column before the figures: its heading, its width, and what it says of a unit."""

    label: str
    width: float
    of: Callable[[FiledVerdict], str | int]


@dataclass(frozen=True)
class UnitSheet:
    """Where the figure of each unit stands, and the formulas that add them up."""

    consolidation: Consolidation
    name: str

    @cached_property
    def lead(self) -> tuple[Lead, ...]:
        """The columns before the figures; those of a collection round only where there is one."""
        one = self.consolidation
        leads = [
            Lead("单位", 28.0, one.shown),
            Lead("编码", 14.0, lambda verdict: verdict.code),
            Lead("状态", 14.0, lambda verdict: verdict.status.label),
            Lead("文件", 24.0, file_name),
            Lead("第几版", 8.0, lambda verdict: verdict.revision or ""),
            Lead("收到时间", 17.0, lambda verdict: verdict.received),
        ]
        always = {"单位", "状态", "文件"}
        return tuple(lead for lead in leads if lead.label in always or any(map(lead.of, one.members)))

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The column of each variable."""
        return {name: len(self.lead) + i for i, name in enumerate(self.consolidation.instrument.names)}

    @cached_property
    def groups(self) -> tuple[tuple[Variable, ...], ...]:
        """The variables of each row of each table."""
        variables = self.consolidation.instrument.variables.values()
        return tuple(tuple(group) for _, group in groupby(variables, key=lambda v: (v.table, v.row)))

    @cached_property
    def digits(self) -> Mapping[str, int]:
        """The decimal places each sum is rounded to: binary noise goes, nothing that was reported does."""
        variables = self.consolidation.instrument.variables
        out = {name: variable.type.decimals for name, variable in variables.items()}
        for one in self.consolidation.returns if self.consolidation.everything else ():
            known = ((name, value) for name in out if (value := one.numbers.get(name)) is not None)
            out |= {name: max(out[name], decimal_places(value)) for name, value in known}
        return out

    @property
    def last(self) -> int:
        """The row of the last unit."""
        return _FIRST + len(self.consolidation.members) - 1

    def area(self, variable: str) -> str:
        """Give the cells of a variable, one a unit."""
        column = self.columns[variable]
        return f"{address(_FIRST, column)}:{address(self.last, column)}"

    def formula(self, variable: str, *, outside: bool = True) -> str:
        """Write what becomes of a variable, as a formula; it stays empty where no unit has a value."""
        one, sheet = self.consolidation.instrument.variables[variable], f"{quoted_sheet(self.name)}!" if outside else ""
        kind, area, digits = one.aggregate.kind, f"{sheet}{self.area(variable)}", self.digits[variable]
        if kind == "none":
            return literal(NOT_SUMMED)
        if one.type.choices:
            each = (f'"{label} "&COUNTIF({area},{literal(label)})' for label in one.type.choices)
            told = '&"，"&'.join(each)
            return f'IF(COUNTA({area})=0,"",{told}&"（共 "&COUNTA({area})&" 个单位）")'
        if kind == "mean":
            known, weight = f"ISNUMBER({area})*1", one.aggregate.weight
            times = f"{sheet}{self.area(weight)}" if weight else known
            whole = f"SUMPRODUCT({known},{times})"
            return f'IF({whole}=0,"",ROUND(SUMPRODUCT({area},{times})/{whole},{mean_places(one)}))'
        text = f"{kind.upper()}({area})"
        text = f"ROUND({text},{digits})" if digits and kind == "sum" else text
        return text if self.consolidation.covered[variable] else f'IF(COUNT({area})=0,"",{text})'

    def target(self, variable: str) -> str:
        """Where a total's link leads: the head of its column."""
        return f"internal:{quoted_sheet(self.name)}!{address(_TOTAL, self.columns[variable])}"

    def draw(self, page: Page, title: str) -> None:
        """Write the sheet."""
        one = self.consolidation
        page.sheet.set_row(0, 30.0)
        page.put(0, 0, StyledCell(title, "left_title"))
        page.put(1, 0, StyledCell(f"{one.warning}{one.brief}。{_HELP}", "warning_line" if one.warning else "line"))
        self._headings(page)
        self._units(page)
        page.widths({col: lead.width for col, lead in enumerate(self.lead)})
        page.widths({column: self._width(name) for name, column in self.columns.items()})
        page.sheet.freeze_panes(_FIRST, 1)
        page.sheet.autofilter(_HEAD, 0, *self._corner)
        self._print(page, title)

    def _headings(self, page: Page) -> None:
        """The rows above the units, one after the other, as a sheet that goes to the disk needs it."""
        page.sheet.set_row(_CODE, None, None, {"hidden": True})
        for name, column in self.columns.items():
            page.put(_CODE, column, StyledCell(name, "code"))
        labels = ((members[0].row_label, sum(self._width(v.name) for v in members)) for members in self.groups)
        tallest = max((height(label, room) for label, room in labels), default=0.0)
        heights = {_ROW: tallest, _COLUMN: 54.0, _HEAD: 44.0}
        for row, heads in self._heads():
            page.sheet.set_row(row, heights.get(row))
            page.line(row, heads)

    def _heads(self) -> Iterator[tuple[int, list[StyledCell]]]:
        """Labels from outside in, what is added up, and the headings."""
        one, groups, others = self.consolidation, self.groups, [StyledCell(None, "head")] * (len(self.lead) - 1)
        short = [StyledCell(self._short(v, members), "head") for members in groups for v in members]
        spots = one.instrument.layout.spots
        sheets = (StyledCell(spots[members[0].name].sheet, "band", cols=len(members)) for members in groups)
        rows = (StyledCell(members[0].row_label, "head", cols=len(members)) for members in groups)
        yield _TABLE, [StyledCell("表", "head"), *others, *sheets]
        yield _ROW, [StyledCell("项目", "head"), *others, *rows]
        yield _COLUMN, [StyledCell("栏目", "head"), *others, *short]
        yield _TOTAL, [StyledCell("合计", "summary"), *others, *map(self._total, self.columns)]
        yield _COUNT, [StyledCell("有数的单位个数", "summary"), *others, *map(self._count, self.columns)]
        yield _HEAD, [*(StyledCell(lead.label, "band") for lead in self.lead), *short]

    def _total(self, name: str) -> StyledCell:
        one = self.consolidation
        formula = self.formula(name, outside=False) if one.members else ""
        return StyledCell(one.told_of(name), "partial" if formula and name in one.incomplete else "summary", formula)

    def _count(self, name: str) -> StyledCell:
        count = self.consolidation.covered[name]
        how = "COUNTA" if self.consolidation.instrument.variables[name].type.choices else "COUNT"
        return StyledCell(count, "result", f"{how}({self.area(name)})" if self.consolidation.members else "")

    def _short(self, variable: Variable, members: Sequence[Variable]) -> str:
        """Find the innermost label of a column, unless another column of the row has the same."""
        table = self.consolidation.instrument.form.table(variable.table)
        inner = {v.column: (table.column(v.row, v.column).path or v.row_path)[-1] for v in members}
        unique = list(inner.values()).count(inner[variable.column]) == 1
        return inner[variable.column] if unique else variable.column_label

    def _units(self, page: Page) -> None:
        one, kinds = self.consolidation, self.consolidation.instrument.variables
        for row, (verdict, content) in enumerate(zip(one.members, one.returns, strict=True), _FIRST):
            for col, lead in enumerate(self.lead):
                value = lead.of(verdict)
                page.put(row, col, StyledCell(value, "entry_line" if isinstance(value, str) else "result"))
            for name, column in self.columns.items():
                number = content.numbers.get(name)
                told = kinds[name].type.shown(number) if number and kinds[name].type.choices else number
                page.put(row, column, StyledCell(told, "result"))

    def _width(self, name: str) -> float:
        longest = written(self.consolidation.sums[name]) if name in self.consolidation.sums else ""
        return max(_NARROWEST, width_of(longest) + 2.0)

    @property
    def _corner(self) -> tuple[int, int]:
        return max(self.last, _FIRST), len(self.lead) + len(self.columns) - 1

    def _print(self, page: Page, title: str) -> None:
        """Print some rows of the tables a page, each with the units beside it."""
        page.paper(landscape=True, repeat=(_TABLE, _HEAD))
        page.sheet.set_print_scale(_SCALE)
        page.sheet.repeat_columns(0)
        page.sheet.print_area(_TABLE, 0, *self._corner)
        page.banner(f"{title}　{self.consolidation.warning}")
        breaks: list[int] = []
        used = sum(lead.width for lead in self.lead)
        for members in self.groups:
            width = sum(self._width(v.name) for v in members)
            if used + width > _PAPER:
                breaks.append(self.columns[members[0].name])
                used = self.lead[0].width
            used += width
        page.sheet.set_v_pagebreaks(breaks)
