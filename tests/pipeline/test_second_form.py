"""Another subject, quarters, euros: ten lines of definition go the whole way without a line of Python."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from toolkit.cli.run import run

FORM = """
form = { id = "heat", version = 1, title = "集中供热收费季报", period = "quarter" }
[[table]]
id = "heat"
title = "一、供热收费情况"
sheet = "供热"
type = { kind = "decimal", decimals = 2, unit = "欧元" }
rows = [ { id = "homes", label = "居民" }, { id = "shops", label = "商户" }, { id = "all", label = "合计" } ]
columns = [ { id = "due", label = "应收" }, { id = "paid", label = "实收" }, { id = "open", label = "欠收" } ]
formulas = { HSUM-1 = "all = sum(homes:shops)", HSUM-2 = "open = due - paid" }
rules = { HEAT-1 = "paid <= due" }
"""


def fill(folder: Path, unit: str, figures: dict[str, float]) -> Path:
    path = folder / f"{unit}.xlsx"
    assert (
        run(["template", "--form", str(folder.parent / "heat"), "--period", "2025-Q3", "--unit", unit, "-o", str(path)])
        == 0
    )
    book = openpyxl.load_workbook(path)
    for name, value in figures.items():
        sheet, _, cell = str(book.defined_names[name].attr_text).rpartition("!")
        book[sheet.strip("'")][cell.replace("$", "")].value = value
    book.save(path)
    return path


def test_a_form_of_ten_lines_goes_from_template_to_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "heat").mkdir()
    (tmp_path / "heat" / "form.toml").write_text(FORM, encoding="utf-8")
    inbox = tmp_path / "收件"
    inbox.mkdir()
    good = {"heat.homes.due": 10.1, "heat.homes.paid": 10, "heat.shops.due": 0.2, "heat.shops.paid": 0.2}
    fill(inbox, "北区", good)
    fill(inbox, "南区", {**good, "heat.homes.due": 0.2, "heat.homes.paid": 0.1})
    fill(inbox, "东区", {**good, "heat.shops.paid": 7})
    capsys.readouterr()
    form = ["--form", str(tmp_path / "heat")]

    assert run(["verify", str(inbox), *form, "--format", "json"]) == 1
    checked = json.loads(capsys.readouterr().out)
    status = {one["unit"]: one["status"] for one in checked["returns"]}
    assert status == {"北区": "accepted", "南区": "accepted", "东区": "returned"}
    (east,) = [one for one in checked["returns"] if one["unit"] == "东区"]
    errors = {(f["rule"], f["cell"], f["left"], f["right"]) for f in east["findings"] if f["severity"] == "error"}
    assert ("HEAT-1", "C5", 7, 0.2) in errors

    assert (
        run(["report", str(inbox / "北区.xlsx"), *form, "--to", "docx,html,pdf,md", "-o", str(tmp_path / "北区")]) == 0
    )
    assert {path.suffix for path in (tmp_path / "北区").iterdir()} == {".docx", ".html", ".pdf", ".md"}
    capsys.readouterr()
    assert run(["consolidate", str(inbox), *form, "--name", "热力公司", "--fail-on", "never"]) == 0
    results = inbox / "成果"
    sums = json.loads((results / "汇总数.json").read_text(encoding="utf-8"), parse_float=Decimal)
    assert str(sums["sums"]["heat.all.due"]["value"]) == "10.7"
    names = sorted(path.name for path in results.iterdir())
    assert "热力公司2025年第三季度集中供热收费季报.docx" in names
    text = (results / "热力公司2025年第三季度集中供热收费季报.md").read_text(encoding="utf-8")
    assert "2025年7月1日起至2025年9月30日" in text
    assert "10.7" in text


LATIN = """
form = { id = "latin", version = 1, title = "Half-yearly Count", period = "year" }
[[table]]
id = "cases"
title = "Cases of the year"
sheet = "Cases"
columns = [ { id = "mail", label = "by mail", under = "2025 / received" }, { id = "desk", label = "at the desk", under = "2025 / received" }, { id = "total", label = "2025 / total" } ]
rows = [ { id = "received", label = "No. 1 received" }, { id = "closed", label = "No. 2 closed in time" }, { id = "open", label = "No. 3 still open" } ]
formulas = { SUM-1 = "total = mail + desk" }
rules = { BAL-1 = "received = closed + open" }
[[table]]
id = "visits"
title = "Visits"
sheet = "Visits"
columns = [ { id = "count", label = "how many" } ]
rows = [ { id = "guided", label = "No. 4 guided tours" }, { id = "alone", label = "No. 5 on their own" } ]
"""  # noqa: E501 - a definition reads best with a line a row


def test_labels_with_blanks_are_printed_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "latin").mkdir()
    (tmp_path / "latin" / "form.toml").write_text(LATIN, encoding="utf-8")
    form = ["--form", str(tmp_path / "latin")]
    path = tmp_path / "Unit.xlsx"
    assert run(["template", *form, "--period", "2025", "--unit", "Unit", "-o", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    printed = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert {"No. 1 received", "by mail", "2025 / received", "2025 / total", "Cases：by mail"} <= printed
    figures = {"received": (5, 1), "closed": (2, 1), "open": (1, 0)}
    for name, values in {
        **{
            f"cases.{row}.{column}": n
            for row, pair in figures.items()
            for column, n in zip(("mail", "desk"), pair, strict=True)
        },
        "visits.guided.count": 1,
        "visits.alone.count": 2,
    }.items():
        sheet, _, cell = str(book.defined_names[name].attr_text).rpartition("!")
        book[sheet.strip("'")][cell.replace("$", "")].value = values
    book.save(path)
    capsys.readouterr()

    assert run(["verify", str(path), *form]) == 1
    told = capsys.readouterr().out
    assert "“by mail”列：“No. 1 received”" in told
    assert "“No. 2 closed in time”2 ＋ “No. 3 still open”1 ＝ 3" in told
    assert "“No. 1 received／by mail”（Cases!" in told

    run(["explain", "BAL-1", *form])
    assert "by mail、at the desk、2025 / total" in capsys.readouterr().out
    run(["lint", str(tmp_path / "latin")])
    assert "“No. 4 guided tours”、“No. 5 on their own”" in capsys.readouterr().out
    assert run(["report", str(path), *form, "--to", "md", "-o", str(tmp_path / "out"), "--fail-on", "never"]) == 0
    (report,) = (tmp_path / "out").glob("*.md")
    text = report.read_text(encoding="utf-8")
    assert [
        label for label in ("No. 2 closed in time", "2025 / total", "No. 5 on their own") if label not in text
    ] == []
