"""The check sheet says that all is passed exactly where the program finds nothing, in what a sheet can know."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.dialects import MAIN, unpacked
from factories.dialects import sheets as sheets_of
from factories.office import calculated_sheets
from factories.packages import packed
from factories.workbooks import edited, form, found, save, verdict, workbook
from lxml import etree

from toolkit.forms.layout import (
    CHECKS,
    CHECKS_TOP,
    FIRST_OPEN,
    OPEN_LINES,
    PERIOD,
    UNIT,
    CheckColumn,
    explain_name,
    prior_name,
    text_key,
)
from toolkit.instrument.instrument import loads
from toolkit.model.finding import Severity, Status
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template

ALL_PASSED = "不通过 0 项，请核实 0 项，未填 0 项"
NEW, GRANTED, FEE = "requests.new.natural", "requests.granted.natural", "proactive.fees.amount"
DECISIONS, EXISTING, PLATFORM = "proactive.licences.decisions", "problems.existing", "overview.platform"
Entries = Mapping[str, float | str | None]
WHY = "本单位上半年刚刚组建，这方面的工作还没有开始。"


def typed(entries: Entries, number_format: str = "") -> Callable[[openpyxl.Workbook], None]:
    """Put values into cells as a paste does: no limit of entry asks."""

    def change(book: openpyxl.Workbook) -> None:
        for name, value in entries.items():
            sheet, address = form().layout.cells[name]
            book[sheet][address].value = value
            if number_format:
                book[sheet][address].number_format = number_format

    return change


#: Cells that a tick fills, as the template has them, and what may stand in the tick.
UNTYPED = {
    name: f"={cell.formula}"
    for cell in blank_plan(form()).cells
    if (name := cell.name)[:9] == "disputes." and cell.formula
}
TICK, PENDING = "cover.no_disputes", "disputes.review.pending"
#: What a sheet says is passed, and what it does not.
PASSES: dict[str, Entries] = {
    "noughts": {},
    "figures": {NEW: 12, GRANTED: 12, FEE: 0.123456, DECISIONS: 7},
    "sum": {NEW: "=12+9", GRANTED: "=(3+4)*3"},
    "trace": {FEE: 0.1 + 0.2},
    "figure-as-fee": {"others.fee": 160},
    "nothing-as-fee": {"others.fee": "无"},
    "nought-as-fee": {"others.fee": "0"},
    "optional": {"others.items": "/", "overview.assessment": "略"},
    "list": {"items.01.label": "指南", "items.01.count": 1, "items.02.label": "　", "items.02.count": None},
    "prior": {prior_name(DECISIONS): 3},
    "short": {EXISTING: "人手少"},
    "ticked": {**UNTYPED, TICK: "是"},
    "ticked-and-typed": {TICK: "是"},
    "ticked-and-partly-typed": {**UNTYPED, TICK: "是", PENDING: 0},
}
FAULTS: dict[str, Entries] = {
    "negative": {NEW: -3, GRANTED: -3},
    "fraction": {NEW: 11.5, GRANTED: 11.5},
    "difference": {NEW: "=1-4", GRANTED: "=1-4"},
    "text": {DECISIONS: "10件"},
    "slash": {DECISIONS: "/"},
    "blanks": {DECISIONS: "  "},
    "wide-blanks": {DECISIONS: "　"},
    "blank": {DECISIONS: None},
    "all-blank": dict.fromkeys(name for name in form().names if name.startswith("disputes.") and "total" not in name),
    "too-large": {DECISIONS: 1e13},
    "decimals": {FEE: 1.12345678},
    "negative-fee": {FEE: -0.5},
    "error": {DECISIONS: "#N/A"},
    "unbalanced": {NEW: 3},
    "to-verify": {FEE: 1234567},
    "no-text": {EXISTING: None},
    "blanks-for-text": {EXISTING: "  "},
    "blank-lines": {EXISTING: "\n　\n"},
    "stroke": {EXISTING: "/"},
    "dash": {EXISTING: "——"},
    "quotes": {EXISTING: '"",'},
    "year": {EXISTING: "2025。"},
    "year-as-number": {EXISTING: 2025},
    "error-for-text": {EXISTING: "#REF!"},
    "nothing": {EXISTING: "无"},
    "omitted": {PLATFORM: "（略）"},
    "attached": {EXISTING: "见附件。"},
    "to-come": {EXISTING: "待填", PLATFORM: "xxx"},
    "no-fee": {"others.fee": "-"},
    "fee-omitted": {"others.fee": "同上"},
    "explained": {EXISTING: "无", explain_name(text_key(EXISTING)): WHY},
    "label-alone": {"items.01.label": "指南"},
    "label-and-blanks": {"items.01.label": "指南", "items.01.count": "  "},
    "count-alone": {"items.02.count": 3},
    "negative-count": {"items.01.label": "指南", "items.01.count": -1},
    "prior-negative": {prior_name(DECISIONS): -1},
    "prior-text": {prior_name(DECISIONS): "无"},
    "not-ticked": UNTYPED,
    "ticked-otherwise": {**UNTYPED, TICK: "否"},
    "ticked-and-emptied": {**UNTYPED, TICK: "是", PENDING: None},
    "ticked-and-contradicted": {**UNTYPED, TICK: "是", PENDING: 2},
    "no-unit": {UNIT: None},
    "blank-unit": {UNIT: "　 "},
    "no-period": {PERIOD: None},
}


#: What may come into a cell, rightly or not, by the kind of cell.
ANYTHING: dict[str, tuple[float | str | None, ...]] = {
    "number": (0, 0, 7, 12.0, "=2+3", -1, 0.5, "x", None, "　", 1e13, "#N/A", "=1-2"),
    "amount": (0, 3.5, 0.000001, 0.0000001, -0.1, "3万", None),
    "text": ("已写明。", "字", "见附件一", "无", "/", "2025年", "2025", None, "　", "待填！", "\n—\n"),
    "label": ("指南", "　", None),
    "count": (2, None, -2, "二"),
    "prior": (0, None, -1, 1.5, "无"),
}


def at_random(seed: int) -> Entries:
    """A few cells filled at random; those of which nothing else depends."""
    dice = random.Random(seed)  # noqa: S311 - dice
    places = {
        **dict.fromkeys((DECISIONS, "proactive.penalties.decisions", "disputes.review.pending"), "number"),
        **dict.fromkeys((EXISTING, PLATFORM, "overview.requests"), "text"),
        FEE: "amount",
        "items.03.label": "label",
        "items.03.count": "count",
        prior_name("proactive.coercion.decisions"): "prior",
    }
    return {
        name: dice.choice(ANYTHING[places[name]]) for name in dice.sample(sorted(places), dice.choice((1, 1, 2, 4)))
    }


RANDOM = {f"seed-{seed}": at_random(seed) for seed in range(24)}


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, list[list[str]]]]:
    """Every filling, and its check sheet as LibreOffice calculates it."""
    folder = tmp_path_factory.mktemp("fillings")
    filled = {**PASSES, **FAULTS, **RANDOM}
    files = [save(folder / f"{name}.xlsx", pasted(blank_head(told), told)) for name, told in filled.items()]
    place = form().layout.sheets.index(CHECKS) + 1
    out = {}
    for name, file, sheet in zip(filled, files, calculated_sheets(files, folder / "out", (place, CHECKS)), strict=True):
        with sheet.open(encoding="utf-8", newline="") as text:
            out[name] = file, list(csv.reader(text))
    return out


def pasted(data: bytes, entries: Entries) -> bytes:
    """A workbook with these values in its cells, and no result of any formula: what openpyxl makes, in a tenth."""
    parts, wanted = unpacked(data), {form().layout.cells[name]: value for name, value in entries.items()}
    for sheet, _, root in sheets_of(parts):
        for cell in root.iter(MAIN + "c"):
            place = sheet, cell.get("r")
            if place in wanted:
                put(cell, wanted.pop(place))
            elif cell.find(MAIN + "f") is not None:
                cell.attrib.pop("t", None)
                cell[:] = [cell.find(MAIN + "f")]
    assert not wanted
    return packed(parts)


def put(cell: Any, value: float | str | None) -> None:
    """Write a value, or a formula without its result, as a spreadsheet does."""
    kind = "" if not isinstance(value, str) or value[:1] == "=" else "e" if value[:1] == "#" else "str"
    cell[:] = []
    cell.attrib.pop("t", None)
    if kind:
        cell.set("t", kind)
    if value is not None:
        tag, text = ("f", str(value)[1:]) if str(value)[:1] == "=" else ("v", str(value))
        etree.SubElement(cell, MAIN + tag).text = text


def blank_head(entries: Entries) -> bytes:
    """A complete return; without identity where its head is to be blank."""
    return workbook(unit="" if UNIT in entries else "甲局", period="" if PERIOD in entries else "2025")


@pytest.mark.office
@pytest.mark.parametrize("name", [*PASSES, *FAULTS, *RANDOM])
def test_the_sheet_and_the_program_agree(name: str, sheets: dict[str, tuple[Path, list[list[str]]]]) -> None:
    file, rows = sheets[name]
    result = verdict(file)
    clean = not [one for one in result.findings if one.severity is not Severity.NOTE]
    assert (rows[2][0] == ALL_PASSED) is clean, (rows[2][0], [one.message for one in result.findings])
    assert name in RANDOM or clean is (name in PASSES)
    shown = [row[CheckColumn.VERDICT] for row in rows[FIRST_OPEN : FIRST_OPEN + OPEN_LINES] if row[CheckColumn.VERDICT]]
    lines = [row[CheckColumn.VERDICT] for row in rows[CHECKS_TOP:]]
    worst = [word for word in ("不通过", "请核实", "未填") for line in lines if line == word]
    assert shown == worst[:OPEN_LINES]


@pytest.mark.office
def test_fillings_at_random_end_both_ways(sheets: dict[str, tuple[Path, list[list[str]]]]) -> None:
    passed = sum(sheets[name][1][2][0] == ALL_PASSED for name in RANDOM)
    assert 5 <= passed <= len(RANDOM) - 5


@pytest.mark.office
def test_a_line_names_the_cells(sheets: dict[str, tuple[Path, list[list[str]]]]) -> None:
    told = {name: [row[CheckColumn.EXPLANATION] for row in rows[CHECKS_TOP:]] for name, (_, rows) in sheets.items()}
    assert "【提示】D6是负数、D8是负数。" in told["negative"]
    assert "【提示】D6不是整数、D8不是整数。" in told["fraction"]
    assert "【提示】B16小数位数过多。" in told["decimals"]
    assert "【提示】B9不是数字。" in told["text"]
    assert "【提示】未填 1 格，从 B9 起。" in told["blank"]
    assert "【提示】未填 12 格，从 A6 起。" in told["all-blank"]
    assert "【提示】C4没有填（这一行只填了一半）。" in told["label-alone"]
    assert "【提示】统计期间没有填。" in told["no-period"]


def test_the_case_of_a_text_that_says_nothing_asks_and_can_be_settled(tmp_path: Path) -> None:
    asked = verdict(save(tmp_path / "a.xlsx", workbook(problems__existing="见附件。")))
    (finding,) = found(asked, "VAL-11")
    assert (finding.severity, finding.sheet, finding.cell) == (Severity.VERIFY, "问题与改进", "B3")
    assert asked.status is Status.RETURNED
    place = form().layout.spots[explain_name(text_key(EXISTING))]
    assert place.reference in finding.remedy
    told = edited(workbook(problems__existing="无"), typed({explain_name(text_key(EXISTING)): WHY}))
    explained = verdict(save(tmp_path / "b.xlsx", told))
    assert explained.status is Status.EXPLAINED
    assert [one.explanation for one in found(explained, "VAL-11")] == [WHY]


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", "0%"])
def test_what_a_sheet_cannot_know_is_refused_on_receipt(tmp_path: Path, number_format: str) -> None:
    data = edited(workbook(), typed({DECISIONS: 3}, number_format))
    assert [one.cell for one in found(verdict(save(tmp_path / "a.xlsx", data)), "VAL-01")] == ["B9"]


def lines_of(folder: Path, values: Mapping[str, Decimal | str]) -> dict[str, list[str]]:
    """The lines of what is entered into the small form, as LibreOffice calculates them."""
    file = save(folder / "a.xlsx", write_template(SMALL, Prefill(unit="甲局", period="2025", values=values)))
    place = SMALL.layout.sheets.index(CHECKS) + 1
    (sheet,) = calculated_sheets([file], folder / "out", (place, CHECKS))
    with sheet.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    return {key: rows[SMALL.layout.check_spot(key, 0).row] for key in SMALL.layout.entry_lines}


@pytest.mark.office
def test_every_kind_of_line_says_what_is_wrong_with_what_is_entered(tmp_path: Path) -> None:
    values: dict[str, Decimal | str] = {"t.x.a": Decimal(-1), "t.x.b": "无", "w.one": "略", "l.01.label": "甲"}
    lines = lines_of(tmp_path, values).values()
    assert [(line[CheckColumn.VERDICT], line[CheckColumn.EXPLANATION]) for line in lines] == [
        ("通过", ""),
        ("不通过", "【提示】B4是负数、C4不是数字。未填 2 格，从 B5 起。"),
        ("通过", "【提示】没有要填的格。"),
        ("请核实", ""),
        ("不通过", "【提示】C4没有填（这一行只填了一半）。"),
    ]


@pytest.mark.office
def test_a_line_calls_the_fault_as_the_program_does(tmp_path: Path) -> None:
    values: dict[str, Decimal | str] = {"t.x.a": "3", "w.one": "略", "l.01.count": Decimal(2), "l.02.label": "乙"}
    lines = lines_of(tmp_path, values)
    assert lines["t"][CheckColumn.EXPLANATION].startswith("【提示】B4是文本格式的数字，请重新输入数字。")
    halves = "【提示】B4没有填（这一行只填了一半）、C5没有填（这一行只填了一半）。"
    assert lines["l"][CheckColumn.EXPLANATION] == halves
    assert lines[text_key("w.one")][CheckColumn.RULE] == "VAL-11"


def test_no_formula_is_longer_than_a_spreadsheet_takes() -> None:
    blocks = "".join(BLOCK.format(i) for i in range(60))
    many = loads(HEAD + '[[table]]\nid = "t"\ntitle = "表"\nsheet = "' + "长" * 31 + '"\n' + blocks)
    assert max(len(cell.formula) for cell in blank_plan(many).cells) < 8192


HEAD = '[form]\nid = "small"\nversion = 1\ntitle = "小表"\nempty_texts = ["略"]\n'
BLOCK = """[[table.block]]
title = "段{0}"
columns = [{{ id = "c{0}", label = "甲" }}]
rows = [{{ id = "r{0}", label = "一" }}]
"""
SMALL = loads(
    HEAD
    + """
[[table]]
id = "t"
title = "表"
columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }]
rows = [{ id = "x", label = "一" }, { id = "y", label = "二" }]
[[table]]
id = "s"
title = "合计"
columns = [{ id = "c", label = "丙" }]
rows = [{ id = "z", label = "三" }]
formulas = { F-01 = "c = 3" }
[[texts]]
id = "w"
title = "文字"
items = [{ id = "one", label = "其一", required = true }]
[[list]]
id = "l"
title = "清单"
size = 2
"""
)
