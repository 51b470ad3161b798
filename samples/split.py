"""Splits the table that 宿迁市 published for 2023 among its eleven members, so that it adds up cell by cell.

Only the members' counts of applications and the city's table are published. How the table divides among them is not:
the split is an illustration, made by dealing the city's cases out in turn, each member as often as its count.
"""  # noqa: INP001 - a folder of samples is no package

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from toolkit.forms.layout import explain_name

#: Published: the applications that each member handled, new ones and those carried over.
APPLICATIONS: Mapping[str, int] = {
    "市政府": 349,
    "市各有关部门": 933,
    "沭阳县": 477,
    "泗阳县": 301,
    "泗洪县": 874,
    "宿豫区": 216,
    "宿城区": 348,
    "宿迁经济技术开发区": 55,
    "市湖滨新区": 26,
    "苏州宿迁工业园区": 12,
    "市洋河新区": 16,
}
#: The one member that may make 规章.
_LAWGIVER, _LAWS = "市政府", "proactive.regulations."
_RECEIVED = ("new", "carried_in")
_APPLICATIONS, _DISPUTES = "requests.", "disputes."

Figures = Mapping[str, Decimal]


def split(city: Figures) -> dict[str, dict[str, Decimal]]:
    """The figures of each member: the city's, dealt out. ``city`` holds every figure that a person fills in."""
    out: dict[str, dict[str, Decimal]] = {member: dict.fromkeys(city, Decimal(0)) for member in APPLICATIONS}
    _deal_applications(city, out)
    disputes = {name: int(value) for name, value in city.items() if name.startswith(_DISPUTES)}
    _hand_out(disputes, _turns(sum(disputes.values())), out)
    for name, value in city.items():
        if name.startswith(_LAWS):
            out[_LAWGIVER][name] = value
        elif not name.startswith((_APPLICATIONS, _DISPUTES)):
            for member, part in _shares(value).items():
                out[member][name] = part
    return out


def texts(member: str) -> dict[str, str]:
    """What stands where a unit writes its texts: that this is a sample. Nothing is said about the body itself."""
    count = APPLICATIONS[member]
    said = {
        "overview.disclosure": "样例文字，不是{member}的陈述。本表的数字由程序从宿迁市公布的2023年汇总数分摊而来，"
        "只作演示，不是{member}自己公布的数字。",
        "overview.requests": "公布的只有{member}全年收办申请{count}件。新收、结转、各类申请人和各项办理结果"
        "怎样分到各成员，没有公布，这里是分摊的示意。",
        "overview.management": "样例文字，不是{member}的陈述。填报时在这里写政府信息管理情况。",
        "overview.platform": "样例文字，不是{member}的陈述。填报时在这里写政府信息公开平台建设情况。",
        "overview.safeguards": "样例文字，不是{member}的陈述。填报时在这里写监督保障情况。",
        "problems.existing": "样例文字，不是{member}的陈述。填报时在这里写存在的主要问题。",
        "problems.improvement": "样例文字，不是{member}的陈述。填报时在这里写改进情况。",
        "others.fee": "样例文字，不是{member}的陈述。填报时在这里写信息处理费的收取情况。",
    }
    out = {name: text.format(member=member, count=count) for name, text in said.items()}
    if member == _LAWGIVER:
        why = "规章只能由市政府制定，所以全市公布的规章数都列在市政府名下。"
        out |= {explain_name(key): why for key in ("VAL-02[made]", "VAL-02[in_force]")}
    return out


def _deal_applications(city: Figures, out: Mapping[str, dict[str, Decimal]]) -> None:
    """Each case has one owner, who counts it once as received and once as handled: so every column balances."""
    cells = {name: int(value) for name, value in city.items() if name.startswith(_APPLICATIONS)}
    turns = _turns(sum(APPLICATIONS.values()))
    for column in dict.fromkeys(name.split(".")[2] for name in cells):
        mine = {name: count for name, count in cells.items() if name.split(".")[2] == column}
        received = {name: count for name, count in mine.items() if name.split(".")[1] in _RECEIVED}
        handled = {name: count for name, count in mine.items() if name not in received}
        owners = list(islice(turns, sum(received.values())))
        _hand_out(received, owners, out)
        _hand_out(handled, owners, out)


def _hand_out(cells: Mapping[str, int], owners: Iterable[str], out: Mapping[str, dict[str, Decimal]]) -> None:
    """Give each case of the cells to the next owner; ValueError unless there are as many as there are cases."""
    cases: Sequence[str] = [name for name, count in cells.items() for _ in range(count)]
    for name, owner in zip(cases, owners, strict=True):
        out[owner][name] += 1


def _turns(count: int) -> Iterator[str]:
    """Whose turn it is, so often: always the member that is furthest behind its share."""
    total = sum(APPLICATIONS.values())
    had = dict.fromkeys(APPLICATIONS, 0)
    for turn in range(1, count + 1):
        member = max(had, key=lambda one: APPLICATIONS[one] * turn - had[one] * total)
        had[member] += 1
        yield member


def _shares(value: Decimal) -> dict[str, Decimal]:
    """A large figure in proportion, to its own last decimal; what is left over goes to the largest remainders."""
    unit = Decimal(1).scaleb(int(value.as_tuple().exponent)) if value != int(value) else Decimal(1)
    steps, total = int(value / unit), sum(APPLICATIONS.values())
    whole = {member: steps * count // total for member, count in APPLICATIONS.items()}
    rest = sorted(APPLICATIONS, key=lambda member: -(steps * APPLICATIONS[member] % total))
    for member in rest[: steps - sum(whole.values())]:
        whole[member] += 1
    return {member: number * unit for member, number in whole.items()}
