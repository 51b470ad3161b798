"""The first sheet of the book: what was summed, what was not and why, and what the rules say of the sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import REPEATED, LeftOut, file_name
from toolkit.forms.layout import quoted_sheet
from toolkit.model.finding import Finding
from toolkit.workbook.template.pen import Page, height

_WIDTHS = (12.0, 36.0, 20.0, 44.0)
#: Excel keeps so many significant digits of a number.
_EXCEL_DIGITS = 15


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of the sheet: one text a column, the last over all columns that are left; ``link`` is under the second."""

    texts: tuple[str, ...]
    style: str = "sentence"
    link: str = ""


@dataclass(frozen=True)
class Notes:
    """The first sheet. ``units`` and ``sources`` are the names of the sheets of figures; ``sources`` may be empty.

    ``findings`` is None where nobody checked the sums.
    """

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
        yield from self._about()
        yield from self._left_out()
        yield from self._findings()
        yield from self._incomplete()
        yield from self._explained()
        yield NoteLine(("计入汇总的单位",), "band")
        yield NoteLine(("序号", "单位", "状态", "文件"), "head")
        for i, member in enumerate(one.members, 1):
            yield NoteLine((str(i), one.shown(member), member.status.label, file_name(member)))

    def _about(self) -> Iterator[NoteLine]:
        one, form = self.consolidation, self.consolidation.instrument.form
        yield NoteLine((f"名称：{self.name}",), "help")
        yield NoteLine((f"统计期间：{one.period_label or '（没有）'}",), "help")
        yield NoteLine((f"表样：{form.name}，第 {form.version} 版",), "help")
        yield NoteLine((f"范围：{one.scope}",), "help")
        how = f"各表的数字都是对“{self.units}”逐列求和的公式；点数字可以跳到那一列，看每个单位报的数。"
        yield NoteLine((how,), "help")
        if self.sources:
            text = f"“{self.sources}”列出每个合计由哪些单位、哪个文件、哪个单元格的数加成，可以筛选。"
            yield NoteLine((text,), "help")
        long = [v for v in one.sums.values() if len(v.as_tuple().digits) > _EXCEL_DIGITS]
        if long:
            yield NoteLine(
                (f"有 {len(long)} 个合计超过 15 位数字，表格软件只能显示前 15 位，准确数见汇总数据文件。",), "warning"
            )

    def _left_out(self) -> Iterator[NoteLine]:
        one = self.consolidation
        if one.expected is None:
            yield NoteLine(("未计入汇总的",), "band")
            if one.left:
                yield from self._files(one.left)
            else:
                yield NoteLine(("没有。收到的全部计入。",))
            return
        yield NoteLine((f"应报送而未计入汇总的单位（{len(one.absent)} 个）",), "band")
        if not one.absent:
            yield NoteLine(("没有。应报送的单位全部计入。",))
        else:
            yield NoteLine(("序号", "单位", "原因", "文件"), "head")
        for i, unit in enumerate(one.absent, 1):
            yield NoteLine((str(i), unit.name, unit.reason, file_name(unit.verdict) if unit.verdict else ""))
        if one.surplus:
            yield NoteLine((f"收到但不计的文件（{len(one.surplus)} 份）",), "band")
            yield from self._files(one.surplus)
        if one.excluded:
            yield NoteLine((f"不纳入汇总的单位（{len(one.excluded)} 个）",), "band")
            yield NoteLine(("序号", "单位", "原因"), "head")
        for i, (name, reason) in enumerate(one.excluded, 1):
            yield NoteLine((str(i), name, reason))

    def _files(self, left: Sequence[LeftOut]) -> Iterator[NoteLine]:
        yield NoteLine(("序号", "单位", "原因", "文件"), "head")
        for i, (verdict, reason) in enumerate(left, 1):
            more = "，已计入后一份" if reason == REPEATED else ""
            yield NoteLine((str(i), self.consolidation.told(verdict), reason + more, file_name(verdict)))

    def _findings(self) -> Iterator[NoteLine]:
        if self.findings is None:
            return
        yield NoteLine(("核对汇总数",), "band")
        if not self.findings:
            yield NoteLine(("没有发现问题。",))
            return
        yield NoteLine(("级别", "位置", "规则", "问题和处理办法"), "head")
        for finding in self.findings:
            place = " ".join(part for part in (finding.sheet, finding.cell, finding.row, finding.column) if part)
            said = f"各单位的说明：{finding.explanation}" if finding.explanation else ""
            text = "\n".join(part for part in (finding.message, finding.remedy, said) if part)
            yield NoteLine(
                (finding.severity.label, place, finding.rule, text), link=self._link(finding.sheet, finding.cell)
            )

    def _incomplete(self) -> Iterator[NoteLine]:
        one = self.consolidation
        if not one.incomplete:
            return
        yield NoteLine(("不是每个单位都有数的格（橙色；空着的没有当作 0）",), "band")
        yield NoteLine(("有数单位", "位置", "栏目", "项目"), "head")
        for name in one.incomplete:
            variable, spot = one.instrument.variables[name], one.instrument.layout.spot(name)
            share = f"{one.covered[name]}/{len(one.members)}"
            texts = (share, f"{spot.sheet} {spot.cell}", variable.column_label, variable.row_label)
            yield NoteLine(texts, link=self._link(spot.sheet, spot.cell))

    def _explained(self) -> Iterator[NoteLine]:
        """What the units explained, for whoever writes the report."""
        told = [(member, one) for member in self.consolidation.members for one in member.findings if one.explanation]
        if not told:
            return
        yield NoteLine((f"各单位的情况说明（{len(told)} 条）",), "band")
        yield NoteLine(("规则", "单位", "位置", "问题和说明"), "head")
        for member, one in told:
            place = " ".join(part for part in (one.sheet, one.cell) if part)
            yield NoteLine(
                (one.rule, self.consolidation.shown(member), place, f"{one.message}\n说明：{one.explanation}")
            )

    def _link(self, sheet: str, cell: str) -> str:
        """Link to a number cell; nothing for a place that the book does not have."""
        variable = self.consolidation.instrument.layout.names.get((sheet, cell), "")
        known = variable in self.consolidation.instrument.variables
        return f"internal:{quoted_sheet(sheet)}!{cell}" if known else ""

    def _line(self, page: Page, row: int, line: NoteLine) -> None:
        last = len(line.texts) - 1
        page.merge(row, last, 1, len(_WIDTHS) - last, line.style)
        for col, text in enumerate(line.texts):
            if line.link and col == 1:
                page.link(row, col, line.link, text)
            else:
                numbered = col == 0 < last and line.style == "sentence"
                page.put(row, col, text, "result" if numbered else line.style)
        rooms = [*_WIDTHS[:last], sum(_WIDTHS[last:])]
        page.sheet.set_row(row, max(height(text, room) for text, room in zip(line.texts, rooms, strict=True)))
