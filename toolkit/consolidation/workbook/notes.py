"""The first sheet of the book: what was summed, what was not and why, and what the rules say of the sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import REPEATED, LeftOut, file_name
from toolkit.forms.layout import quoted_sheet
from toolkit.model.finding import Finding
from toolkit.model.sentences import phrase
from toolkit.workbook.template.pen import Page, StyledCell, height

_WIDTHS = (12.0, 36.0, 20.0, 44.0)
#: Excel keeps so many significant digits of a number.
_EXCEL_DIGITS = 15


class NoteLine(NamedTuple):
    """A line of the sheet: one text a column, the last over all columns that are left; ``link`` is under the second."""

    texts: tuple[str, ...]
    style: str = "sentence"
    link: str = ""


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
        for row, line in enumerate(self.lines()):
            self._line(page, row, line)
        page.paper()
        if self.consolidation.warning:
            page.banner(self.consolidation.warning)

    def lines(self) -> Iterator[NoteLine]:
        """Everything the sheet says, from the top."""
        one = self.consolidation
        yield NoteLine((self.title,), "title")
        if one.warning:
            yield NoteLine((one.warning,), "warning")
        yield from (NoteLine((text,), "help") for text in self._about())
        long = sum(len(v.as_tuple().digits) > _EXCEL_DIGITS for v in one.sums.values())
        if long:
            told = f"有 {long} 个合计超过 15 位数字，表格软件只能显示前 15 位，准确数见汇总数据文件。"
            yield NoteLine((told,), "warning")
        yield from self._left_out()
        yield from self._findings()
        yield from self._otherwise()
        yield from self._incomplete()
        yield from self._explained()
        yield NoteLine(("计入汇总的单位",), "band")
        yield NoteLine(("序号", "单位", "状态", "文件"), "head")
        yield from _numbered([(one.shown(member), member.status.label, file_name(member)) for member in one.members])

    def _about(self) -> Iterator[str]:
        one, form = self.consolidation, self.consolidation.instrument.form
        yield f"名称：{self.name}"
        yield f"统计期间：{one.period_label or '（没有）'}"
        yield f"表样：{form.name}，第 {form.version} 版"
        yield f"范围：{one.scope}"
        yield f"各表的数字都是对“{self.units}”逐列汇总的公式；点数字可以跳到那一列，看每个单位报的数。"
        yield f"“{self.sources}”列出每个合计由哪些单位、哪个文件、哪个单元格的数加成，可以筛选。"

    def _left_out(self) -> Iterator[NoteLine]:
        one = self.consolidation
        heads = ("序号", "单位", "原因", "文件")
        if one.expected is None:
            yield from _part("未计入汇总的", heads, self._files(one.left), "没有。收到的全部计入。")
            return
        absent = [(unit.name, unit.reason, file_name(unit.verdict) if unit.verdict else "") for unit in one.absent]
        title = f"应报送而未计入汇总的单位（{len(absent)} 个）"
        yield from _part(title, heads, _numbered(absent), "没有。应报送的单位全部计入。")
        yield from _part(f"收到但不计的文件（{len(one.surplus)} 份）", heads, self._files(one.surplus))
        yield from _part(f"不纳入汇总的单位（{len(one.excluded)} 个）", heads[:3], _numbered(one.excluded))

    def _files(self, left: Sequence[LeftOut]) -> list[NoteLine]:
        more = {REPEATED: "，已计入后一份"}
        told = self.consolidation.told
        return _numbered([(told(one), reason + more.get(reason, ""), file_name(one)) for one, reason in left])

    def _findings(self) -> Iterator[NoteLine]:
        if self.findings is None:
            return
        lines = []
        for one in self.findings:
            said = f"各单位的说明：{one.explanation}" if one.explanation else ""
            text = "\n".join(filter(None, (one.message, one.remedy, said)))
            place = " ".join(filter(None, (one.sheet, one.cell, one.row, one.column)))
            lines.append(NoteLine((one.severity.label, place, one.rule, text), link=self._link(one.sheet, one.cell)))
        yield from _part("核对汇总数", ("级别", "位置", "规则", "问题和处理办法"), lines, "没有发现问题。")

    def _incomplete(self) -> Iterator[NoteLine]:
        one, heads = self.consolidation, ("有数单位", "位置", "栏目", "项目")
        lines = [self._of(name, f"{one.covered[name]}/{len(one.members)}") for name in one.incomplete]
        yield from _part("不是每个单位都有数的格（橙色；空着的没有当作 0）", heads, lines)

    def _otherwise(self) -> Iterator[NoteLine]:
        """What is put together in another way than by adding."""
        lines, variables = [], self.consolidation.instrument.variables
        for name, how in ((name, one.aggregate) for name, one in variables.items() if not one.aggregate.additive):
            weight = f"按“{variables[how.weight].brief}”加权的" if how.weight in variables else ""
            lines.append(self._of(name, "", "：" + phrase(f"by {how.kind}", weight=weight)))
        yield from _part("不是相加的格", ("", "位置", "栏目", "项目和汇总办法"), lines)

    def _of(self, name: str, first: str, more: str = "") -> NoteLine:
        variable, spot = self.consolidation.instrument.variables[name], self.consolidation.instrument.layout.spot(name)
        texts = (first, f"{spot.sheet} {spot.cell}", variable.column_label, f"{variable.row_label}{more}")
        return NoteLine(texts, link=self._link(spot.sheet, spot.cell))

    def _explained(self) -> Iterator[NoteLine]:
        """What the units explained, for whoever writes the report."""
        lines = []
        for member in self.consolidation.members:
            unit = self.consolidation.shown(member)
            for one in member.findings:
                if one.explanation:
                    place = " ".join(filter(None, (one.sheet, one.cell)))
                    lines.append(NoteLine((one.rule, unit, place, f"{one.message}\n说明：{one.explanation}")))
        yield from _part(f"各单位的情况说明（{len(lines)} 条）", ("规则", "单位", "位置", "问题和说明"), lines)

    def _link(self, sheet: str, cell: str) -> str:
        """Link to a number cell; nothing for a place that the book does not have."""
        variable = self.consolidation.instrument.layout.names.get((sheet, cell), "")
        known = variable in self.consolidation.instrument.variables
        return f"internal:{quoted_sheet(sheet)}!{cell}" if known else ""

    def _line(self, page: Page, row: int, line: NoteLine) -> None:
        last = len(line.texts) - 1
        first = "result" if last and line.style == "sentence" else line.style
        styles = [first, "link" if line.link else line.style, *[line.style] * len(_WIDTHS)]
        cells = [StyledCell(text, style) for text, style in zip(line.texts, styles, strict=False)]
        cells[last] = cells[last]._replace(cols=len(_WIDTHS) - last)
        if line.link:
            cells[1] = cells[1]._replace(link=line.link)
        page.line(row, cells)
        rooms = [*_WIDTHS[:last], sum(_WIDTHS[last:])]
        page.sheet.set_row(row, max(height(text, room) for text, room in zip(line.texts, rooms, strict=True)))


def _part(title: str, heads: tuple[str, ...], lines: Sequence[NoteLine], none: str = "") -> Iterator[NoteLine]:
    """A band, headings and lines; where there are no lines ``none`` says so, or there is no such part."""
    if lines or none:
        yield NoteLine((title,), "band")
        yield NoteLine(heads, "head") if lines else NoteLine((none,))
        yield from lines


def _numbered(rows: Sequence[tuple[str, ...]]) -> list[NoteLine]:
    return [NoteLine((str(i), *row)) for i, row in enumerate(rows, 1)]
