"""An invented district: forty units with full names and no short ones, their figures and workbooks of three years."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from factories.filled_forms import inputs

from toolkit.collection.roster.read import Unit
from toolkit.instrument.instrument import Instrument
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.sending.distribute import issue
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

AREA, TOP = "岚川区", "L"
OFFICE, PHONE = "岚川区政务公开办", "0999-2140016"
_HEADS = ("编码", "单位全称", "机关类别", "上级", "联系人", "电话", "邮箱", "报送", "不纳入原因", "曾用编码")
_DEPARTMENTS = (
    *("人民政府办公室", "发展和改革委员会", "教育局", "科学技术局", "工业和信息化局", "民族宗教事务局", "公安局"),
    *("民政局", "司法局", "财政局", "人力资源和社会保障局", "自然资源和规划局", "生态环境局", "住房和城乡建设局"),
    *("城市管理局", "交通运输局", "水利局", "农业农村局", "商务局", "文化和旅游局", "卫生健康委员会"),
    *("退役军人事务局", "应急管理局", "审计局", "市场监督管理局", "统计局", "医疗保障局", "政务服务数据管理局"),
    *("信访局", "林业局"),
)
_TOWNS = (
    *("青石镇人民政府", "柳湾镇人民政府", "白塔镇人民政府", "河口镇人民政府", "双桥镇人民政府", "云庄乡人民政府"),
    *("东城街道办事处", "西城街道办事处", "南苑街道办事处", "北关街道办事处"),
)
_SURNAMES, _GIVEN = "陆沈韩冯蒋卫姜戚谢邹", ("文博", "晓梅", "建平", "雨桐")
#: The words of the required texts; a year takes the next of each.
_TEXTS: Mapping[str, Sequence[str]] = {
    "overview.disclosure": ("栏目由专人每周更新。", "重点事项及时上网。", "办事指南逐条核对后公开。"),
    "overview.requests": ("收到申请当日登记。", "答复前先送法制科审核。", "答复文书使用统一格式。"),
    "overview.management": ("文件公开前先审查。", "失效文件在网页上注明。", "目录按季度清理。"),
    "overview.platform": ("网站专栏运行平稳。", "修复了几处打不开的链接。", "专栏改版后查找更方便。"),
    "overview.safeguards": ("由办公室牵头负责。", "股室之间分工明确。", "组织业务人员参加培训。"),
    "problems.existing": ("个别栏目更新不够及时。", "解读形式比较单一。", "人员变动后衔接不够顺畅。"),
    "problems.improvement": ("增加了更新提醒。", "制作了图解。", "编写了交接清单。"),
    "others.fee": ("没有收取信息处理费。",) * 3,
}
_COLUMNS = ("natural", "business", "legal")
_RESULTS = ("granted", "partial", "refused_process", "unavailable_not_held", "other_rest")
_DISPUTES = ("review", "direct", "after_review")

Figures = Mapping[str, Decimal]


class Member(NamedTuple):
    """A line of the roster."""

    code: str
    name: str
    body: str
    contact: str
    phone: str
    mail: str
    role: str = ""
    excluded: str = ""
    former: str = ""


def members() -> dict[str, Member]:
    """The forty units by code, and one that is left out."""
    named = [(f"{AREA}{name}", "政府部门") for name in _DEPARTMENTS]
    named += [(f"{AREA}{name}", "乡镇政府或街道办事处") for name in _TOWNS]
    out = {}
    for number, (name, body) in enumerate(named, 1):
        code = f"{number:03}"
        contact = _SURNAMES[number % 10] + _GIVEN[number // 10 % 4]
        out[code] = Member(code, name, body, contact, f"0999-21{number:05}", f"u{code}@lanchuan.example")
    out["041"] = Member("041", f"{AREA}供销合作社", "其他机构", "", "", "", "", "机构改革中撤销")
    return out


def roster(people: Mapping[str, Member]) -> bytes:
    """The roster as the clerk keeps it: with a total and a remark below the units."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(_HEADS)
    lines.writerow((TOP, AREA, "县级政府", "", "", "", "", "否", "", ""))
    for one in people.values():
        lines.writerow((*one[:3], TOP, *one[3:]))
    lines.writerow(("合计", f"共{len(people)}个单位"))
    lines.writerow(("备注：联系人有变动的请告诉政务公开办",))
    return out.getvalue().encode("utf-8-sig")


def figures(year: int, code: str) -> Figures:
    """What a unit reports of a year: it adds up, and it follows from the year before."""
    chance = random.Random(f"{year} {code}")  # noqa: S311 - figures, not secrets
    before = figures(year - 1, code) if year > _FIRST else {}
    zero, out = Decimal(0), dict[str, int | Decimal]()
    for column in _COLUMNS:
        done = {row: chance.choice((0, 0, 1, 2, 5)) for row in _RESULTS}
        old = int(before.get(f"requests.carried_out.{column}", zero))
        left = chance.choice((0, 1, 3))
        done["granted"] += max(0, old - sum(done.values()) - left)
        out |= {f"requests.{row}.{column}": count for row, count in done.items()}
        out |= {f"requests.carried_in.{column}": old, f"requests.carried_out.{column}": left}
        out[f"requests.new.{column}"] = sum(done.values()) + left - old
    for row in _DISPUTES:
        out[f"disputes.{row}.upheld"] = chance.choice((0, 0, 1, 2))
    made = chance.randint(0, 4)
    stock = before.get("proactive.normative.in_force", Decimal(20))
    out |= {"proactive.normative.made": made, "proactive.normative.in_force": stock + made}
    for kind in ("licences", "penalties"):
        out[f"proactive.{kind}.decisions"] = chance.randint(40, 400)
    out["proactive.fees.amount"] = Decimal(chance.randint(10, 900)) / 100
    return {name: Decimal(value) for name, value in out.items()}


_FIRST = 2023


def entries(kind: Instrument, year: int, code: str, changed: Figures | None = None) -> dict[str, Decimal | str]:
    """All that a unit types: zeros, its figures, a sentence in every required text."""
    texts = {name: said[(year + int(code)) % len(said)] for name, said in _TEXTS.items()}
    return {**dict.fromkeys(inputs(kind), Decimal(0)), **texts, **figures(year, code), **(changed or {})}


def filled(round_: Round, code: str, year: int, changed: Figures | None = None) -> bytes:
    """The workbook that a round issued to a unit, filled in."""
    given = issue(round_, round_.roster.by_code[code])
    values = entries(round_.issued, year, code, changed)
    return write_template(round_.issued, replace(given, values=values))


def unsigned(kind: Instrument, unit: Unit, year: int) -> bytes:
    """A filled workbook that nobody issued."""
    return write_template(kind, Prefill(unit=unit.name, period=str(year), values=entries(kind, year, unit.code)))


def write_roster(path: Path, people: Mapping[str, Member]) -> Path:
    """Save the roster where the clerk keeps it."""
    path.write_bytes(roster(people))
    return path
