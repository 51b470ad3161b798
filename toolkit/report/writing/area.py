"""The companion document of an area's report (key figures and texts of every unit), and the list of its units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from toolkit.collection.folder import ANNEX, DIGEST
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import named
from toolkit.consolidation.export import placed_figures
from toolkit.model.grid import Grid, Slot
from toolkit.report.document.blocks import Document, Paragraph, Section, TableBlock
from toolkit.rules.expression import Exact, Node
from toolkit.text import shown

_HEADS = ("序号", "单位")
#: Widths in millimetres: the number of the line, the unit; the figures share the rest of the line of 156 mm.
_WIDTHS = (10.0, 44.0)
_ROOM = 156.0
_NAMED = 8
_ALL = "合计"


def write_digest(total: Consolidation, name: str) -> Document:
    """The members' key figures and lists as tables, then each text of the form with what every unit wrote.

    Raw material for whoever drafts the area's report. Texts that are nearly the same stand once, with all their units.
    """
    form, labels = total.instrument.form, dict[str, str]()
    for group in form.groups:
        labels |= {one.name: f"{group.title}：{one.label}" if group.texts[1:] else group.title for one in group.texts}
    texts = [(label, tuple(_said(total, text))) for text, label in labels.items()]
    chosen = total.instrument.outline.key_figures
    about = f"本材料汇集计入汇总的 {len(total.members)} 个单位的主要指标和报送的文字，供起草时参考，不公布。"
    figures = [Section(heading="各单位主要指标", blocks=(_figures(total, chosen),))] if chosen else []
    return Document(
        title=(name, f"{total.period_label}{form.title}", DIGEST),
        unit=name,
        period=total.period_label,
        banner=total.warning,
        preamble=(Paragraph(text=about),),
        sections=(*figures, *_listed(total), *(Section(heading=label, blocks=said) for label, said in texts if said)),
    )


def _figures(total: Consolidation, chosen: Sequence[tuple[str, Node]]) -> TableBlock:
    """A line a unit; the sum is the last."""
    members = zip(map(total.shown, total.members), total.submissions, strict=True)
    held = [(unit, Exact(one.content.numbers, one.prior)) for unit, one in members]
    held.append((_ALL, Exact(total.sums, total.prior_sums)))
    lines = [(unit, [figures.result(node) for _, node in chosen]) for unit, figures in held]
    return _table("digest", "各单位主要指标", [label for label, _ in chosen], lines)


def _listed(total: Consolidation) -> Iterator[Section]:
    """Of blocks of several columns that are not added up, every line that a unit filled in."""
    cells, members = total.instrument.form.cells, zip(map(total.shown, total.members), total.returns, strict=True)
    figures = ((unit, placed_figures(total.instrument, one)) for unit, one in members)
    held = [(unit, {what[0]: value for what, _, value in values}) for unit, values in figures]
    for table in total.instrument.form.tables:
        for number, block in enumerate(table.blocks):
            rows = [[table.name(row, column) for column in block.columns] for row in block.rows]
            if not block.columns[1:] or any(cells[name].aggregate.additive for row in rows for name in row):
                continue
            lines = [(unit, [values[name] for name in row]) for unit, values in held for row in rows]
            if filled := [line for line in lines if any(value is not None for value in line[1])]:
                title, heads = block.title or table.title, [" ".join(column.path) for column in block.columns]
                yield Section(heading=title, blocks=(_table(f"{table.id}.{number}", title, heads, filled),))


def _table(name: str, title: str, heads: Sequence[str], lines: Sequence[tuple[str, Sequence[object]]]) -> TableBlock:
    rows = [[Slot(text, "head") for text in (*_HEADS, *heads)]]
    values: dict[str, str] = {}
    for i, (unit, told) in enumerate(lines):
        keys, number = [f"{name}.{i}.{k}" for k in range(len(heads))], "" if unit == _ALL else str(i + 1)
        rows.append([Slot(number, "stub"), Slot(unit, "stub"), *(Slot("", "number", variable=one) for one in keys)])
        texts = (shown(one) if isinstance(one, Decimal) else str(one or "") for one in told)
        values |= dict(zip(keys, texts, strict=True))
    width = (_ROOM - sum(_WIDTHS)) / len(heads)
    return TableBlock(grid=Grid.place(name, title, [*_WIDTHS, *[width] * len(heads)], 1, rows), values=values)


def _said(total: Consolidation, text: str) -> Iterator[Paragraph]:
    """What the units wrote, each as one or more paragraphs under its name; like texts once."""
    groups = {group[0]: group for group in total.alike[text]}
    repeated = {i for group in groups.values() for i in group[1:]}
    for i, content in enumerate(total.returns):
        if (words := content.texts.get(text, "").strip()) and i not in repeated:
            group = groups.get(i, (i,))
            who = named([(total.shown(total.members[one]), "") for one in group], "个单位", _NAMED)
            alike = "（文字几乎相同）" if len(group) > 1 else ""
            yield Paragraph(lead=f"{who}{alike}：", text=words)


def units_listed(total: Consolidation, head: str = "") -> Paragraph:
    """The units that are in the sum, by name."""
    known = [unit or "（没有写名称的单位）" for unit in map(total.unit, total.members)]
    text = f"{head}{'、'.join(known)}，共{len(known)}个单位。"
    return Paragraph(text=text, said=(text,))


def write_annex(total: Consolidation, name: str) -> Document:
    """The units that are in the sum, for the public: nothing is said of those that are not."""
    return Document(
        title=(name, f"{total.period_label}{total.instrument.form.title}", ANNEX),
        unit=name,
        period=total.period_label,
        banner=total.warning,
        sections=(Section(heading="纳入本报告统计的单位", blocks=(units_listed(total),)),),
    )
