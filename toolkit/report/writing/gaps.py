"""Words for the gaps of a sentence that need more than one figure: last year's beside it, or every unit's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from toolkit.forms.layout import key_name
from toolkit.instrument.outline import Breakdown, ByUnit, YearChange
from toolkit.model.form import Variable
from toolkit.model.returns import Submission
from toolkit.report.document.blocks import MISSING, Fact
from toolkit.rules.expression import Exact, Key, Node
from toolkit.text import labelled, shown

#: Words of a comparison that say the contrary of each other.
OPPOSITES = (("增加", "减少"), ("增长", "下降"))
_TENTH = Decimal("0.1")

Members = Sequence[tuple[str, Submission]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummedArea:
    """What the report of a sum is written from besides the sum; "" for what is not known.

    ``scope`` says who is in it, ``said`` is what the area calls itself (全区), ``office`` whom to ask, ``cover`` lines
    of the cover, ``published`` last year's figures as published; ``whole`` tells that no unit is missing, ``listed``
    that the report names them.
    """

    members: Members = ()
    scope: str = ""
    said: str = ""
    office: str = ""
    date: str = ""
    cover: Mapping[str, str] = field(default_factory=dict)
    published: Mapping[str, Decimal] = field(default_factory=dict)
    whole: bool = True
    listed: bool = False


#: Of a single return, or where nothing but the sum is known.
ALONE = SummedArea()

#: Figures that a text states: the variables each may be the sum of, and its value.
Stated = AbstractSet[tuple[frozenset[str], Decimal]]
#: What is said in a gap, and the figures in it.
Filled = tuple[str, tuple[Fact, ...]]


def figure_text(number: Decimal | None) -> str:
    """A figure as printed, or what stands where it is missing."""
    return MISSING if number is None else shown(number)


def compared(change: YearChange, submission: Submission, measure: str, area: SummedArea = ALONE) -> Filled:
    """The words with their figures; nothing where a figure of either year is missing.

    A sum is held against the figure published last year, else, if all units are in it, against theirs.
    """
    now, same = Exact.of(submission).result(change.node), Exact(submission.prior, {}).result(change.node)
    known = Exact(area.published, {}).result(change.node)
    before = known if known is not None else same if area.whole else None
    if now is None or before is None:
        return "", ()
    if now == before:
        return f"{change.mark}与上年持平", ()
    gap = abs(now - before)
    more = now > before
    if now == 0:
        figures = [shown(before)]
        words = f"{change.mark}上年为{shown(before)}{measure}"
    else:
        told = [] if known in {None, same} else [shown(before)]
        figures = [*told, shown(gap)]
        words = f"{change.mark}比上年{''.join(f'公布的{one}{measure}' for one in told)}"
        words += f"{'增加' if more else '减少'}{shown(gap)}{measure}"
        if before > 0:
            percent = shown((100 * gap / before).quantize(_TENTH, ROUND_HALF_UP).normalize())
            words += f"、{'增长' if more else '下降'}{percent}%"
            figures.append(percent)
    keys = tuple(change.node.keys())
    names = tuple(map(key_name, (*keys, *(Key(key.name, prior=True) for key in keys))))
    return words, tuple(Fact(text=figure, variables=names) for figure in figures)


def same_units(change: YearChange, submission: Submission, measure: str, area: SummedArea) -> str:
    """What an editor is told of a comparison: how the units that are in the sum stand to their own last year."""
    words, _ = compared(YearChange("", change.node), submission, measure) if area.members else ("", ())
    known = Exact(area.published, {}).result(change.node) is not None
    more = "" if known else "上年公布的数如果与此不同，请按公布的数改写。"
    return f"计入的 {len(area.members)} 个单位与它们自己的上年数相比：{words}。{more}" if words else ""


def broken_down(gap: Breakdown, figures: Exact, measure: str, stated: Stated = frozenset()) -> Filled:
    """The parts of a figure; nothing where all are 0, or one of them is among those ``stated`` elsewhere."""
    values = [(label, tuple(map(key_name, node.keys())), figures.result(node)) for label, node in gap.parts]
    told = [one for one in values if one[2] != 0]
    if not told or any((frozenset(names), value) in stated for _, names, value in told):
        return "", ()
    if len(told) == 1 and told[0][2] is not None:
        return f"，{gap.all.format(told[0][0])}", ()
    whole = sum((value or Decimal(0) for *_, value in told), Decimal(0))
    words, facts = [], []
    for label, names, value in told:
        texts = [figure_text(value)]
        percent = 100 * value / whole if gap.share and value and label == gap.parts[0][0] else Decimal("NaN")
        texts += [shown(percent)] if percent == percent.quantize(_TENTH) else []
        words.append(f"{label}{texts[0]}{measure}{''.join(f'（占{one}%）' for one in texts[1:])}")
        facts += [Fact(text=text, variables=names) for text in texts]
    none = [label for label, _, value in values if value == 0] if gap.none else []
    return f"，其中{'，'.join([*words, *([gap.none.format('、'.join(none))] if none else [])])}", tuple(facts)


def measured(node: Node, variables: Mapping[str, Variable]) -> str:
    """The unit of measure of an expression, if all that it names has the same."""
    units = {variables[key.name].type.unit for key in node.keys() if key.name in variables}
    return units.pop() if len(units) == 1 else ""


#: A line that names more units is not read; then the first few by size stand for all.
_ALL, _FIRST = 12, 5


def by_unit(gap: ByUnit, members: Members, measure: str) -> Filled:
    """The words in brackets with their figures, in the members' order; nothing where no member has anything.

    A unit with 0 or without the figure is not named. Of more than twelve the five with most are, the largest first.
    """
    names = tuple(dict.fromkeys(map(key_name, gap.node.keys())))
    found = [(unit, Exact.of(submission).result(gap.node)) for unit, submission in members]
    told = [(unit, value) for unit, value in found if unit and value]
    many = len(told) > _ALL
    if many:
        told = sorted(told, key=lambda one: -one[1])[:_FIRST]
    if not told:
        return "", ()
    words = "、".join(labelled(unit, f"{shown(value)}{measure}") for unit, value in told)
    facts = tuple(Fact(text=shown(value), variables=names, unit=unit) for unit, value in told)
    return f"（{'较多的是' if many else ''}{words}）", facts
