"""The first sheet of the book: what was summed, what was not and why, and what the rules say of the sums."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.consolidation.aggregate import REPEATED
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.aggregate import file_name
from toolkit.consolidation.aggregate import shown
from toolkit.consolidation.fit import height
from toolkit.forms.layout import quoted
from toolkit.model.finding import Finding
from toolkit.workbook.pen import Page

_WIDTHS = (12.0, 36.0, 20.0, 44.0)
#: Excel keeps so many significant digits of a number.
_EXCEL_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet: one text over all columns, or one a column; ``link`` is under the second."""

    texts: tuple[str, ...]
    style: str = "sentence"
    link: str = ""


@dataclass(frozen=True)
class Notes:
    """What the sheet says. ``findings`` is None where nobody checked the sums."""

    consolidation: Consolidation
    name: str
    units: str
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

    def lines(self) -> Iterator[Line]:
        """Everything the sheet says, from the top."""
        one = self.consolidation
        yield Line((self.title,), "title")
        if one.warning:
            yield Line((one.warning,), "warning")
        yield from self._about()
        yield from self._left_out()
        yield from self._findings()
        yield from self._incomplete()
        yield Line(("计入汇总的单位",), "band")
        yield Line(("序号", "单位", "状态", "文件"), "head")
        for i, member in enumerate(one.members, 1):
            yield Line((str(i), shown(member), member.status.label, file_name(member)))

    def _about(self) -> Iterator[Line]:
        one, form = self.consolidation, self.consolidation.instrument.form
        yield Line((f"名称：{self.name}",), "help")
        yield Line((f"统计期间：{one.period_label or '（没有）'}",), "help")
        yield Line((f"表样：{form.name}，第 {form.version} 版",), "help")
        yield Line((f"范围：{one.scope}",), "help")
        how = f"各表的数字都是对“{self.units}”逐列求和的公式；点数字可以跳到那一列，看每个单位报的数。"
        yield Line((how,), "help")
        long = [v for v in one.sums.values() if len(v.as_tuple().digits) > _EXCEL_DIGITS]
        if long:
            yield Line(
                (f"有 {len(long)} 个合计超过 15 位数字，表格软件只能显示前 15 位，准确数见汇总数据文件。",), "warning"
            )

    def _left_out(self) -> Iterator[Line]:
        one = self.consolidation
        yield Line(("未计入汇总的",), "band")
        if not one.left_out:
            yield Line(("没有。收到的全部计入。",))
            return
        yield Line(("序号", "单位", "原因", "文件"), "head")
        for i, verdict in enumerate(one.left_out, 1):
            reason = one.reasons[verdict.file]
            more = "，已计入后一份" if reason == REPEATED else ""
            yield Line((str(i), shown(verdict), reason + more, file_name(verdict)))

    def _findings(self) -> Iterator[Line]:
        if self.findings is None:
            return
        yield Line(("用表内规则核对汇总数",), "band")
        if not self.findings:
            yield Line(("没有发现问题。",))
            return
        yield Line(("级别", "位置", "规则", "问题和处理办法"), "head")
        for finding in self.findings:
            place = " ".join(part for part in (finding.sheet, finding.cell, finding.row, finding.column) if part)
            said = f"各单位的说明：{finding.explanation}" if finding.explanation else ""
            text = "\n".join(part for part in (finding.message, finding.remedy, said) if part)
            yield Line(
                (finding.severity.label, place, finding.rule, text), link=self._link(finding.sheet, finding.cell)
            )

    def _incomplete(self) -> Iterator[Line]:
        one = self.consolidation
        if not one.incomplete:
            return
        yield Line(("不是每个单位都有数的格（橙色；空着的没有当作 0）",), "band")
        yield Line(("有数单位", "位置", "栏目", "项目"), "head")
        for name in one.incomplete:
            variable, spot = one.instrument.variables[name], one.instrument.layout.spot(name)
            share = f"{one.covered[name]}/{len(one.members)}"
            texts = (share, f"{spot.sheet} {spot.cell}", variable.column_label, variable.row_label)
            yield Line(texts, link=self._link(spot.sheet, spot.cell))

    def _link(self, sheet: str, cell: str) -> str:
        """Link to a number cell; nothing for a place that the book does not have."""
        variable = self.consolidation.instrument.layout.names.get((sheet, cell), "")
        known = variable in self.consolidation.instrument.variables
        return f"internal:{quoted(sheet)}!{cell}" if known else ""

    def _line(self, page: Page, row: int, line: Line) -> None:
        if len(line.texts) == 1:
            page.merge(row, 0, 1, len(_WIDTHS), line.style)
            page.put(row, 0, line.texts[0], line.style)
            page.sheet.set_row(row, height(line.texts[0], sum(_WIDTHS)))
            return
        for col, text in enumerate(line.texts):
            if line.link and col == 1:
                page.link(row, col, line.link, text)
            else:
                page.put(row, col, text, "result" if col == 0 and line.style == "sentence" else line.style)
        page.sheet.set_row(row, max(height(text, _WIDTHS[col]) for col, text in enumerate(line.texts)))
