"""The form of government websites from its template to the sum: choices, words, what is due only on a condition."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from factories.office import recalculate
from openpyxl import load_workbook

from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.export import long_csv, sums_json
from toolkit.consolidation.workbook.book import write_book
from toolkit.forms.layout import CHECKS
from toolkit.instrument.catalogue import load
from toolkit.model.finding import Status
from toolkit.model.returns import Verdict
from toolkit.pipeline.reports.documents import area_document, return_document
from toolkit.pipeline.verify import verify
from toolkit.report.document.blocks import MISSING
from toolkit.report.writing.area import write_digest
from toolkit.workbook.annotation.zeros import zeros
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

FORM = load("zfwzgznb")
ACCOUNT: Mapping[str, Decimal | str] = {
    "site.media.v": "是",
    "site.a1.type": "微信",
    "site.a1.account": "清源民政",
    "site.a1.posts": Decimal(52),
    "site.a1.followers": Decimal(3100),
}
Values = Mapping[str, Decimal | str | None]


def site(unit: str, changes: Values | None = None) -> bytes:
    """A site without accounts that closed ten messages, but for the changes; None leaves a cell blank."""
    values: dict[str, Decimal | str | None] = {}
    for name, one in FORM.form.cells.items():
        if not name.startswith("site.a") or (name.count(".") == 2 and name.endswith(".v")):
            values[name] = "否" if one.type.choices else "某某" if one.type.is_words else Decimal(0)
    values |= {
        "site.address.v": "https://mz.example.cn",
        "site.kind.v": "部门网站",
        "site.code.v": "3210000001",
        "site.other_text.v": None,
        "site.received.v": Decimal(20),
        "site.closed.v": Decimal(10),
        "site.days.v": Decimal("3.5"),
        **(changes or {}),
    }
    kept = {name: value for name, value in values.items() if value is not None}
    return write_template(FORM, Prefill(unit=unit, period="2025", values=kept))


def judged(folder: Path, *books: bytes) -> list[Verdict]:
    paths = [folder / f"{i}.xlsx" for i in range(len(books))]
    for path, book in zip(paths, books, strict=True):
        path.write_bytes(book)
    return list(verify(paths, jobs=1))


def told(verdict: Verdict) -> dict[str, str]:
    """The rules that found something, by the first cell they name."""
    return {f"{one.cell}": one.rule for one in verdict.findings if one.cell}


def cell(name: str) -> str:
    return FORM.layout.spot(name).cell


def test_a_right_site_is_accepted_with_accounts_or_without(tmp_path: Path) -> None:
    idle = {"site.closed.v": Decimal(0), "site.days.v": None, "site.replied.v": Decimal(0)}
    for verdict in judged(tmp_path, site("甲局"), site("乙局", ACCOUNT), site("丙局", idle)):
        assert verdict.status is Status.ACCEPTED, verdict.findings


@pytest.mark.parametrize(
    ("changes", "at", "rule"),
    [
        ({"site.address.v": "mz.example.cn"}, "site.address.v", "VAL-16"),
        ({"site.kind.v": "网站"}, "site.kind.v", "VAL-16"),
        ({"site.code.v": "12"}, "site.code.v", "VAL-16"),
        ({"site.visits.v": Decimal("3.5")}, "site.visits.v", "VAL-01"),
        ({"site.robot.v": None}, "site.robot.v", "VAL-01"),
        ({"site.name.v": None}, "site.name.v", "VAL-01"),
        ({"site.days.v": None}, "site.days.v", "VAL-01"),
        ({"site.days.v": Decimal("3.55")}, "site.days.v", "VAL-01"),
        ({"site.media.v": "是"}, "site.a1.type", "MED-01"),
        ({**ACCOUNT, "site.a1.posts": None}, "site.a1.posts", "VAL-01"),
        ({**ACCOUNT, "site.media.v": "否"}, "site.a1.type", "MED-02"),
        ({"site.a2.posts": Decimal(7)}, "site.a2.posts", "VAL-17"),
        ({"site.closed.v": Decimal(21)}, "site.closed.v", "MSG-01"),
        ({"site.questions.v": Decimal(3)}, "site.questions.v", "INT-02"),
        ({"site.mended.v": Decimal(3)}, "site.mended.v", "SAF-01"),
    ],
)
def test_each_wrong_entry_is_told_at_its_cell(changes: Values, at: str, rule: str, tmp_path: Path) -> None:
    (verdict,) = judged(tmp_path, site("甲局", changes))
    assert told(verdict).get(cell(at)) == rule
    assert verdict.status is Status.RETURNED


def test_a_cell_is_not_said_to_be_needless_as_long_as_nobody_said_so(tmp_path: Path) -> None:
    nobody, nought = judged(
        tmp_path, site("甲局", {**ACCOUNT, "site.media.v": None}), site("乙局", {"site.a1.posts": Decimal(0)})
    )
    assert told(nobody)[cell("site.media.v")] == "VAL-01"
    assert "VAL-17" not in told(nobody).values()
    assert nought.status is Status.ACCEPTED


@pytest.mark.parametrize(
    "address",
    [
        "HTTPS://mz.example.cn/",
        "http://10.1.2.3:8080/x",
        "http://民政.政务",
        " https://mz.example.cn ",
        "https://mz.example.cn/?a=b#c",
    ],
)
def test_a_right_address_is_none_to_be_told(address: str, tmp_path: Path) -> None:
    (verdict,) = judged(tmp_path, site("甲局", {"site.address.v": address}))
    assert verdict.status is Status.ACCEPTED


def test_a_choice_is_read_however_it_is_spaced(tmp_path: Path) -> None:
    (verdict,) = judged(tmp_path, site("甲局", {"site.robot.v": "　是 "}))
    assert verdict.content is not None
    assert verdict.content.numbers["site.robot.v"] == 1
    assert verdict.content.texts["site.name.v"] == "某某"


def test_the_sum_counts_choices_and_weights_means(tmp_path: Path) -> None:
    more = {"site.closed.v": Decimal(30), "site.received.v": Decimal(40), "site.days.v": Decimal("2.5")}
    sites = [site(f"第{i}局", ACCOUNT if i < 9 else {}) for i in range(11)] + [site("末局", {**more, **ACCOUNT})]
    one = aggregate(FORM, judged(tmp_path, *sites))
    assert one.told_of("site.media.v") == "是 10，否 2（共 12 个单位）"
    assert one.sums["site.days.v"] == Decimal("3.3"), "(110 * 3.5 + 30 * 2.5) / 140 = 3.29"
    assert "site.a1.posts" not in one.sums
    sums = json.loads(sums_json(one))["sums"]
    assert sums["site.media.v"] == {"value": None, "covered": 12, "aggregate": "count", "counts": {"是": 10, "否": 2}}
    table = b"".join(long_csv(one)).decode()
    assert '"是否有移动新媒体","","是"' in table
    assert '"网站名称","","某某"' in table
    book = load_workbook(io.BytesIO(write_book(FORM, one, "某市")))
    assert "COUNTIF" in str(book["网站年度报表"][cell("site.media.v")].value)


def test_a_blank_is_asked_for_in_words_of_its_kind_and_no_mean_is_proposed_as_nought(tmp_path: Path) -> None:
    blank: Values = {"site.days.v": None, "site.icp.v": None, "site.robot.v": None, "site.surveys.v": None}
    (verdict,) = judged(tmp_path, site("甲局", blank))
    asked = {one.cell: one.remedy for one in verdict.findings if one.rule == "VAL-01"}
    assert asked == {
        cell("site.days.v"): "请填写。",
        cell("site.icp.v"): "请填写。",
        cell("site.robot.v"): "请从下拉列表中选一项。",
        cell("site.surveys.v"): "请填写数字，没有的填 0。",
    }
    assert zeros(verdict) == ["site.surveys.v"]


def test_a_report_calls_missing_only_what_is_due(tmp_path: Path) -> None:
    (right, gap) = judged(tmp_path, site("甲局", ACCOUNT), site("乙局", {**ACCOUNT, "site.a1.posts": None}))
    for verdict, missing in ((right, set()), (gap, {"site.a1.posts"})):
        (table,) = return_document(verdict)[1].tables
        assert {name for name, text in table.values.items() if text == MISSING} == missing
    (table,) = area_document(aggregate(FORM, [right]), "某市").tables
    assert MISSING not in table.values.values()
    assert table.values["site.a1.followers"] == ""


def test_what_no_area_adds_up_is_listed_for_whoever_drafts_its_report(tmp_path: Path) -> None:
    more: Values = {**ACCOUNT, "site.a2.type": "微博", "site.a2.account": "清源", "site.a2.posts": Decimal(1)}
    sites = [site("甲局"), site("乙局", {**more, "site.a2.followers": Decimal(0)}), site("丙局", ACCOUNT)]
    document = write_digest(aggregate(FORM, judged(tmp_path, *sites)), "某市")
    listed = document.tables[-1]
    lines = [cell.text for cell in listed.grid.cells if cell.kind == "stub"]
    assert lines == ["1", "乙局", "2", "乙局", "3", "丙局"]
    told = list(listed.values.values())
    assert told[:8] == ["微信", "清源民政", "52", "3100", "微博", "清源", "1", "0"]


@pytest.mark.office
def test_the_check_sheet_says_the_same_as_the_verdict(tmp_path: Path) -> None:
    wrong = {"site.address.v": "mz.example.cn", "site.kind.v": "网站", "site.robot.v": None, "site.days.v": None}
    books = {
        "right": site("甲局", ACCOUNT),
        "wrong": site("乙局", wrong | {"site.media.v": "是"}),
        "needless": site("丙局", {**ACCOUNT, "site.media.v": "否", "site.code.v": "32100000"}),
    }
    lines: dict[str, tuple[object, str]] = {}
    media: dict[str, list[object]] = {}
    for name, data in books.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        sheet = load_workbook(recalculate(path, tmp_path / "out"), data_only=True)[CHECKS]
        row = FORM.layout.check_rows["site"] + 1
        lines[name] = sheet.cell(row, 7).value, str(sheet.cell(row, 8).value or "")
        media[name] = [sheet.cell(FORM.layout.check_rows[rule] + 1, 7).value for rule in ("MED-01", "MED-02")]
        assert "“政府网站标识码”的写法收件后核对" in str(sheet.cell(row, 2).value)
    assert media == {"right": ["通过", "不适用"], "wrong": ["不通过", "不适用"], "needless": ["不适用", "请核实"]}
    assert lines["needless"] == ("不通过", "【提示】C9不是可选的项，或写法不对。")
    assert lines["right"] == ("通过", "")
    verdict, said = lines["wrong"]
    assert verdict == "不通过"
    assert said.startswith("【提示】C6不是可选的项，或写法不对、C8不是可选的项，或写法不对。未填 2 格")


def test_choices_have_a_drop_down() -> None:
    sheet = load_workbook(io.BytesIO(write_template(FORM)))["网站年度报表"]
    lists = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"}
    assert lists[cell("site.kind.v")] == '"政府门户网站,部门网站,专项网站"'
