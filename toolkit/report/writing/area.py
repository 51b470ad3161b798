"""The companion document of an area's report (key figures and texts of every unit), and the list of its units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.collection.folder import ANNEX, DIGEST
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.choice import named
from toolkit.model.grid import Grid, Slot
from toolkit.report.document.blocks import Document, Paragraph, Section, TableBlock
from toolkit.rules.expression import Exact, Node
from toolkit.text import shown

_HEADS = ("序号", "单位")
#: Widths in millimetres: the number of the line, the unit; the figures share the rest of the line of 156 mm.
_WIDTHS = (10.0, 44.0)
_ROOM = 156.0
_NAMED = 8


def write_digest(total: Consolidation, name: str) -> Document:
    """The members' key figures as a table, then each text of the form with what every unit wrote.

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
        sections=(*figures, *(Section(heading=label, blocks=said) for label, said in texts if said)),
    )


def _figures(total: Consolidation, chosen: Sequence[tuple[str, Node]]) -> TableBlock:
    """A line a unit; the sum is the last."""
    members = zip(map(total.shown, total.members), total.submissions, strict=True)
    lines = [
        *((str(i), unit, one.content.numbers, one.prior) for i, (unit, one) in enumerate(members, 1)),
        ("", "合计", total.sums, total.prior_sums),
    ]
    rows = [[Slot(text, "head") for text in (*_HEADS, *(label for label, _ in chosen))]]
    values: dict[str, str] = {}
    for i, (number, unit, numbers, prior) in enumerate(lines):
        names = [f"digest.{i}.{k}" for k in range(len(chosen))]
        rows.append([Slot(number, "stub"), Slot(unit, "stub"), *(Slot("", "number", variable=one) for one in names)])
        found = (Exact(numbers, prior).result(node) for _, node in chosen)
        values |= {key: "" if one is None else shown(one) for key, one in zip(names, found, strict=True)}
    width = (_ROOM - sum(_WIDTHS)) / len(chosen)
    grid = Grid.place("digest", "各单位主要指标", [*_WIDTHS, *[width] * len(chosen)], 1, rows)
    return TableBlock(grid=grid, values=values)


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
