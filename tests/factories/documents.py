"""Documents made by hand for the renderers: an annual report with hostile texts, and a quarterly form in euros."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.model.grid import BREAK, Grid, Slot
from toolkit.report.document.blocks import Document, Fact, Paragraph, Section, TableBlock
from toolkit.report.word.body import PARAGRAPH, TABLE, matched, paired_cells, text_of, walked
from toolkit.report.word.gate import opened

WHO = ("person", "firm", "research", "charity", "legal", "other", "total")
LONG = "逐字逐句核对这一段很长的文字，" * 140
HOSTILE = (
    (
        "尖括号<script>alert(1)</script>与&amp;和&，花括号{{ x }}、{% if %}、{# 注 #}，标记【单位】、[期间]、【结尾】，"
        "竖线|a|b|，反斜杠\\，"
        "星号*强调*_下划_，反引号`x`，链接[x](y)，引号“”\"'，破折号——，省略号……。"
    ),
    "# 不是标题",
    "【单位】",
    "【结尾】",
    "- 不是列表",
    "1. 也不是列表",
    "<b>不是粗体</b>",
    "https://example.gov.cn/" + "a" * 90 + "/zfxxgk?x=1&y=2",
)


def head(text: str, rows: int = 1, cols: int = 1) -> Slot:
    return Slot(text, "head", rows, cols)


def stub(text: str, rows: int = 1, cols: int = 1) -> Slot:
    return Slot(text, "stub", rows, cols)


def number(variable: str, cols: int = 1) -> Slot:
    return Slot("", "number", 1, cols, variable)


def disclosure() -> Grid:
    """Blocks that head themselves; one whose number spans three columns."""
    rows = [
        [Slot("第二十条第（一）项", "band", cols=4)],
        [head("信息内容"), head("本年制发件数"), head("本年废止件数"), head("现行有效件数")],
        *[[stub(text), *[number(f"t2.{key}.{c}") for c in ("issued", "repealed", "valid")]]
          for key, text in (("rules", "规章"), ("norms", "行政规范性文件"))],
        [Slot("第二十条第（五）项", "band", cols=4)],
        [head("信息内容"), head("本年处理决定数量", cols=3)],
        [stub("行政许可"), number("t2.permit", 3)],
        [Slot("第二十条第（八）项", "band", cols=4)],
        [head("信息内容"), head("本年收费金额（单位：万元）", cols=3)],
        [stub("行政事业性收费"), number("t2.fee", 3)],
    ]  # fmt: skip
    return Grid.place("t2", "主动公开政府信息情况", [42, 38, 38, 38], 0, rows)


def long_table(before: int) -> Document:
    """A table longer than a page of two blocks that head themselves, so many rows in the first."""

    def block(title: str, key: str, count: int) -> list[list[Slot]]:
        rows = [[stub(f"{title}{i}"), number(f"t.{key}{i}")] for i in range(count)]
        return [[Slot(title, "band", cols=2)], [head("项目"), head("数量")], *rows]

    grid = Grid.place("t", "长表", [78, 78], 0, [*block("甲段", "a", before), *block("乙段", "b", 50)])
    table = TableBlock(grid=grid, values=dict.fromkeys((cell.variable for cell in grid.numbers), "1"))
    return Document(title=("报告",), unit="某局", period="2025", sections=(Section(heading="一、表", blocks=(table,)),))


def requests() -> Grid:
    """Three levels of headings, stubs merged both ways, a note in the corner."""

    def line(key: str) -> list[Slot]:
        return [number(f"t3.{key}.{who}") for who in WHO]

    body = [
        [stub("三、本年度办理结果", rows=6), stub("（一）予以公开", cols=2), *line("open")],
        [stub(f"（三）{BREAK}不予公开", rows=3), stub("1.属于国家秘密"), *line("secret")],
        [stub("2.危及“三安全一稳定”"), *line("safety")],
        [stub("3.含有 <尖括号> & | 【前言】[单位] 的项目"), *line("odd")],
        [
            stub("（六）其他处理", rows=1),
            stub("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
            *line("late"),
        ],
        [stub("（七）总计", cols=2), *line("sum")],
    ]
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    rows = [
        [Slot(note, "note", 3, 3), head("申请人情况", cols=7)],
        [head("自然人", 2), head("法人或其他组织", cols=5), head("总计", 2)],
        [head(f"商业{BREAK}企业"), head(f"科研{BREAK}机构"), head(f"社会{BREAK}公益{BREAK}组织"),
         head(f"法律{BREAK}服务{BREAK}机构"), head("其他")],
        [stub("一、本年新收政府信息公开申请数量", cols=3), *line("new")],
        [stub("二、上年结转政府信息公开申请数量", cols=3), *line("carried")],
        *body,
        [stub("四、结转下年度继续办理", cols=3), *line("next")],
    ]  # fmt: skip
    return Grid.place("t3", "收到和处理政府信息公开申请情况", [12.5, 15.5, 53.8, *[10.6] * 7], 3, rows)


def review() -> Grid:
    """One line of numbers under fifteen columns."""
    outcome = [
        head(f"结果{BREAK}维持"),
        head(f"结果{BREAK}纠正"),
        head(f"其他{BREAK}结果"),
        head(f"尚未{BREAK}审结"),
        head("总计"),
    ]
    rows = [
        [head("行政复议", cols=5), head("行政诉讼", cols=10)],
        [*[Slot(o.text, "head", 2) for o in outcome], head("未经复议直接起诉", cols=5), head("复议后起诉", cols=5)],
        [*outcome, *outcome],
        [number(f"t4.{i}") for i in range(15)],
    ]
    return Grid.place("t4", "政府信息公开行政复议、行政诉讼情况", [10.4] * 15, 3, rows)


def with_figures(grid: Grid, first: int) -> TableBlock:
    """Every number another one, so that one in a wrong place is found out."""
    return TableBlock(grid=grid, values={c.variable: str(first + i) for i, c in enumerate(grid.numbers)})


def annual_report() -> Document:
    reviews = with_figures(review(), 700)
    reviews = TableBlock(grid=reviews.grid, values={**reviews.values, "t4.3": "123456", "t4.14": "98765432"})
    return Document(
        title=("某某市某某局", "2024年政府信息公开工作年度报告"),
        unit="某某市某某局",
        period="2024",
        notice="汇总范围：12 个单位中的 11 个",
        preamble=(Paragraph(text="根据《中华人民共和国政府信息公开条例》编制本报告。"), Paragraph(text="")),
        sections=(
            Section(
                heading="一、总体情况",
                blocks=(
                    Paragraph(lead="（一）主动公开。", text="2024年公开信息1234条。", facts=(Fact(text="1234"),)),
                    Paragraph(lead="（二）依申请公开。", text="  "),
                    Paragraph(text="　　手工缩进的一段。\r\n同一格里的第二段。"),
                    *(Paragraph(text=text) for text in HOSTILE),
                ),
            ),
            Section(
                heading="二、主动公开政府信息情况",
                blocks=(
                    Paragraph(text="表前的一段。"),
                    with_figures(disclosure(), 100),
                    Paragraph(lead="（一）说明。", text="表后的一段。"),
                ),
            ),
            Section(heading="三、收到和处理政府信息公开申请情况", blocks=(with_figures(requests(), 200),)),
            Section(
                heading="四、行政复议、行政诉讼情况【单位】",
                blocks=(reviews, with_figures(Grid.place("t5", "附：补充表", [40, 40], 1, [
                    [head("项目"), head("数量")], [stub("一"), number("t5.a")]]), 900)),
            ),
            Section(heading="五、存在的主要问题及改进情况", blocks=(Paragraph(text=LONG),)),
            Section(heading="六、其他需要报告的事项"),
        ),
        closing=(Paragraph(text="某某市某某局"), Paragraph(text="2025年1月20日")),
    )  # fmt: skip


def quarterly_form() -> Document:
    """Another form, in another language: one long table that no page holds, amounts in euros."""
    rows = [[head("Position"), head("Plan"), head("Outturn")]]
    rows += [[stub(f"Item {i}"), number(f"q.{i}.plan"), number(f"q.{i}.out")] for i in range(1, 61)]
    grid = Grid.place("q", "Expenditure, EUR", [60, 30, 30], 1, rows)
    values = {c.variable: f"{i + 1},{100 + i}.50" for i, c in enumerate(grid.numbers)}
    return Document(
        title=("Office of Public Works", "Expenditure in the first quarter"),
        unit="Office of Public Works",
        period="2025-Q1",
        sections=(Section(heading="Expenditure", blocks=(TableBlock(grid=grid, values=values),)),),
        language="en",
    )


def numbers(document: Document) -> dict[str, str]:
    return {cell.variable: table.values[cell.variable] for table in document.tables for cell in table.grid.numbers}


def read_docx(data: bytes, tables: Sequence[Grid]) -> dict[str, str]:
    """Read the number cells of the forms' tables: the text by variable.

    Variables of a table that is not there, and of a row whose cells are not the form's, are left out.
    """
    found = matched([one for one in walked(opened(data)) if one.tag == TABLE], tables)
    values: dict[str, str] = {}
    for grid, table in zip(tables, found, strict=True):
        for _, places in paired_cells(table, grid) if table is not None else ():
            for place in places or ():
                if place.cell.kind == "number" and place.first:
                    values[place.cell.variable] = text_of(place.element)
    return values


def text_of_docx(data: bytes) -> list[str]:
    """Read headings and paragraphs in order, without what stands in tables; empty ones are left out."""
    return [text for one in walked(opened(data)) if one.tag == PARAGRAPH and (text := text_of(one))]
