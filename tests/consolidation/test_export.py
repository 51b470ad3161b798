"""The sums as data: exact, traceable to a cell, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from factories.filled_forms import annual
from factories.sums import expecting, filed, items, listed, small, unread
from factories.witnesses import library
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.consolidation import export
from toolkit.consolidation.aggregate import AreaSum, Consolidation, aggregate
from toolkit.consolidation.choice import Expected
from toolkit.consolidation.export import (
    long_csv,
    long_parquet,
    long_table,
    observations,
    parquet_sums,
    sums_json,
)
from toolkit.errors import ToolkitError
from toolkit.model.finding import Status

SMALL = small()


def some() -> Consolidation:
    return aggregate(
        SMALL,
        [
            filed(SMALL, "甲局", {"t.x.a": "0.1", "t.x.b": "59237.2449"}),
            filed(SMALL, "乙局", {"t.x.a": "0.2"}, status=Status.RETURNED, blank=("t.x.b",)),
            unread("坏.xlsx"),
        ],
        everything=True,
    )


def in_round() -> Consolidation:
    """Two of three units of a roster, one of them with an open list."""
    form = listed()
    one = filed(form, "甲局本级", {"t.x.a": 1}, code="01", revision=2, received="2026-01-20 09:15")
    two = filed(form, "乙局", {"t.x.a": 2}, code="02", revision=1)
    expected = expecting("甲局", "乙局", "丙局", excluded=(("丁局", "机构撤销"),))
    return aggregate(form, [items(one, ("指南", 1), ("年报", 2)), items(two, ("年报", 3))], expected=expected)


def parsed(data: Iterable[bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(data).decode("utf-8-sig"), newline="")))


def test_the_long_table_leads_to_the_cell() -> None:
    form = annual()
    made = aggregate(form, [filed(form, "甲局", {"requests.new.natural": 7}, file="收件/甲局.xlsx")])
    frame = long_table(observations(made)).set_index("variable")
    line = frame.loc["requests.new.natural"]
    assert len(frame) == len(form.names)
    assert (line["unit"], line["period"], line["value"], line["status"]) == ("甲局", "2025", Decimal(7), "accepted")
    assert (line["file"], line["sheet"], line["cell"]) == ("收件/甲局.xlsx", "申请情况", "D6")
    assert (line["row"], line["column"]) == ("一、本年新收政府信息公开申请数量", "申请人情况 自然人")
    assert line["sha256"] == made.members[0].sha256
    assert form.layout.spot("requests.new.natural").cell == "D6"


def test_frames_of_no_members_have_their_columns() -> None:
    empty = aggregate(SMALL, [])
    assert "sha256" in long_table(observations(empty)).columns
    assert parsed(long_csv(empty)) == []


@pytest.mark.parametrize("case", [some, in_round])
def test_the_csv_says_what_the_long_table_says(case: Callable[[], Consolidation]) -> None:
    made = case()
    data = b"".join(long_csv(made))
    assert data.startswith(b'\xef\xbb\xbf"unit","period"')
    assert data.count(b"\r\n") == data.count(b"\n") == 1 + len(list(observations(made)))
    frame = long_table(observations(made))
    lines = parsed([data])
    assert list(lines[0]) == list(frame.columns)
    told = set[str]()
    for line, row in zip(lines, frame.to_dict("records"), strict=True):
        # The hash of a file stands once, in the first of its lines.
        row["sha256"] = "" if row["file"] in told else row["sha256"]
        told.add(row["file"])
        for number in ("value", "revision"):
            text = line.pop(number)
            assert (Decimal(text) if text else None) == row.pop(number)
        assert line == row


def test_numbers_in_the_csv_stand_bare_and_texts_in_quotes() -> None:
    line = b"".join(long_csv(some())).decode("utf-8-sig").split("\r\n")[1]
    assert line.startswith('"甲局","2025","t.x.a","金额","甲",0.1,"accepted","甲局.xlsx","小表","')


@pytest.mark.parametrize(
    "unit",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠a", "﹣1", "\u3000=1", "\ufeff=1"],
)
def test_no_text_of_the_csv_begins_a_formula(unit: str) -> None:
    verdict = filed(SMALL, unit, file=f"{unit}.xlsx")
    lines = parsed(long_csv(aggregate(SMALL, [verdict])))
    for line in lines:
        assert line["file"] == f"'{unit}.xlsx"
        assert line["unit"][0] == "'" or line["unit"][0] not in "=+-@＝＋－＠﹣"


def test_quotes_and_breaks_in_a_name_do_not_break_the_csv() -> None:
    unit = '甲"局",\r\n第二行'
    lines = parsed(long_csv(aggregate(SMALL, [filed(SMALL, unit)])))
    assert [line["unit"] for line in lines] == [unit] * 3


def test_a_file_name_that_is_no_text_does_not_stop_the_export() -> None:
    made = aggregate(SMALL, [filed(SMALL, "甲局", file="\udcb2.xlsx"), unread("\udcb3.xlsx")])
    assert parsed(long_csv(made))[0]["file"] == "?.xlsx"
    assert json.loads(sums_json(made))["left_out"][0]["file"] == "\ufffd.xlsx"


def test_the_json_holds_exact_numbers_and_who_is_in_them() -> None:
    data = sums_json(some())
    got = json.loads(data, parse_float=Decimal, parse_int=Decimal)
    assert b'"value": 0.3,' in data
    assert got["sums"]["t.x.a"] == {"value": Decimal("0.3"), "covered": 2}
    assert got["sums"]["t.x.b"] == {"value": Decimal("59237.2449"), "covered": 1}
    assert (got["n"], got["m"], got["period"], got["everything"]) == (2, 3, "2025", True)
    assert got["left_out"] == [
        {
            "unit": "",
            "file": "坏.xlsx",
            "status": "unreadable",
            "sha256": "",
            "code": "",
            "revision": None,
            "received": "",
            "reason": "无法读取",
        }
    ]
    assert [one["status"] for one in got["units"]] == ["accepted", "returned"]
    assert got["warning"]
    assert got["form"] == "small"
    assert (got["expected"], got["missing"], got["absent"], got["excluded"], got["nodes"]) == (None, [], [], [], [])


def test_what_nobody_reported_is_null_in_the_json() -> None:
    made = aggregate(SMALL, [filed(SMALL, "甲局", status=Status.RETURNED, blank=("t.x.a",))], everything=True)
    assert json.loads(sums_json(made))["sums"]["t.x.a"] == {"value": None, "covered": 0}
    assert json.loads(sums_json(aggregate(SMALL, [])))["units"] == []


@given(st.lists(st.decimals(min_value=-(10**15), max_value=10**15, places=6), min_size=1, max_size=5))
@settings(deadline=None)
def test_any_sum_survives_json_and_csv(values: list[Decimal]) -> None:
    made = aggregate(SMALL, [filed(SMALL, f"单位{i}", {"t.x.a": v}) for i, v in enumerate(values)])
    got = json.loads(sums_json(made), parse_float=Decimal, parse_int=Decimal)
    assert got["sums"]["t.x.a"]["value"] == sum(values)
    listed = [Decimal(line["value"]) for line in parsed(long_csv(made)) if line["variable"] == "t.x.a"]
    assert listed == values


def test_what_came_later_stands_last_and_the_other_columns_keep_their_places() -> None:
    columns = list(long_table(observations(in_round())).columns)
    assert columns[:6] == ["unit", "period", "variable", "row", "column", "value"]
    assert columns[6:] == ["status", "file", "sheet", "cell", "sha256", "code", "revision"]
    lines = parsed(long_csv(in_round()))
    assert {(line["unit"], line["code"], line["revision"]) for line in lines} == {
        ("甲局", "01", "2"),
        ("乙局", "02", "1"),
    }


def test_the_lines_of_an_open_list_are_rows_with_their_label_and_cell() -> None:
    found = [line for line in parsed(long_csv(in_round())) if line["variable"].startswith("kinds.")]
    assert [(line["unit"], line["variable"], line["row"], line["value"]) for line in found] == [
        ("甲局", "kinds.01.count", "指南", "1"),
        ("甲局", "kinds.02.count", "年报", "2"),
        ("乙局", "kinds.01.count", "年报", "3"),
    ]
    assert {(line["column"], line["sheet"]) for line in found} == {("条数", "构成")}
    assert [line["cell"] for line in found] == ["C4", "C5", "C4"]
    assert listed().layout.spot("kinds.01.count").cell == "C4"


def test_the_json_says_who_was_expected_who_is_missing_and_who_is_excluded() -> None:
    got = json.loads(sums_json(in_round()))
    assert (got["n"], got["m"]) == (2, 3)
    assert got["expected"][0] == {"code": "01", "name": "甲局"}
    assert len(got["expected"]) == 3
    assert got["missing"] == [{"code": "03", "name": "丙局"}]
    assert got["absent"] == [{"code": "03", "name": "丙局", "reason": "未报送"}]
    assert got["excluded"] == [{"name": "丁局", "reason": "机构撤销"}]
    first = got["units"][0]
    assert (first["code"], first["revision"], first["received"]) == ("01", 2, "2026-01-20 09:15")
    assert got["lists"] == {
        "kinds": {
            "covered": 2,
            "lines": [{"label": "指南", "value": 1, "covered": 1}, {"label": "年报", "value": 5, "covered": 2}],
        }
    }


def test_the_json_of_the_root_holds_the_sums_of_all_nodes() -> None:
    root = in_round()
    parts = [
        ("N1", "城区", Expected(units={"01": "甲局", "03": "丙局"})),
        ("N2", "乡镇", Expected(units={"02": "乙局"})),
    ]
    areas = [
        AreaSum(
            code=code,
            name=name,
            total=aggregate(root.instrument, [m for m in root.members if m.code in one.units], expected=one),
        )
        for code, name, one in parts
    ]
    first, second = json.loads(sums_json(root, areas))["nodes"]
    assert (first["code"], first["name"], first["n"], first["m"]) == ("N1", "城区", 1, 2)
    assert first["sums"]["t.x.a"] == {"value": 1, "covered": 1}
    assert second["sums"]["t.x.a"] == {"value": 2, "covered": 1}
    assert second["lists"]["kinds"]["lines"] == [{"label": "年报", "value": 3, "covered": 1}]


def test_without_pyarrow_parquet_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ToolkitError, match=r"xxgk-toolkit\[scale\]"):
        long_parquet(some())


@pytest.mark.parametrize("case", [some, in_round, lambda: aggregate(SMALL, [])])
def test_parquet_holds_the_long_table_exactly(case: Callable[[], Consolidation]) -> None:
    parquet = library("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(b"".join(long_parquet(case()))))
    assert [tuple(row.values()) for row in table.to_pylist()] == [tuple(row) for row in observations(case())]
    assert str(table.schema.field("value").type) == "decimal128(38, 6)"
    assert b"".join(long_parquet(case())) == b"".join(long_parquet(case()))


def test_parquet_holds_few_figures_at_a_time_and_a_database_adds_them_up_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = library("pyarrow.parquet")
    units = [filed(SMALL, f"{number}局", {"t.x.a": f"0.{number}", "t.x.b": number}) for number in range(1, 20)]
    monkeypatch.setattr(export, "_GROUP", 8)
    made = aggregate(SMALL, units)
    (tmp_path / "all.parquet").write_bytes(b"".join(long_parquet(made)))
    groups = parquet.ParquetFile(tmp_path / "all.parquet").num_row_groups
    assert groups == -(-len(list(observations(made))) // 8)
    table = duckdb.read_parquet(str(tmp_path / "all.parquet"))
    found = table.aggregate("variable, sum(value)", "variable").fetchall()
    assert dict(found) == {name: value for name, value in made.sums.items() if value is not None}


def test_a_database_that_cannot_add_figures_up_exactly_is_not_asked(tmp_path: Path) -> None:
    def summed(*values: str) -> object:
        units = [filed(SMALL, f"{number}局", {"t.x.a": value}) for number, value in enumerate(values)]
        (tmp_path / "facts").write_bytes(b"".join(long_parquet(aggregate(SMALL, units))))
        found = parquet_sums(tmp_path / "facts")
        return found and found[1]["t.x.a"]

    assert summed("0.1", "0.2") == Decimal("0.3")
    assert summed(f"{10**40}.00000000001") is None
    assert summed(*[f"9{'0' * 30}"] * 20) is None


def test_parquet_keeps_long_numbers_and_names_that_are_no_text() -> None:
    parquet = library("pyarrow.parquet")
    values = {"t.x.a": f"{10**40}.00000000001", "t.x.b": "0.5"}
    made = aggregate(SMALL, [filed(SMALL, "甲局", values, file="\udcb2.xlsx")])
    rows = parquet.read_table(io.BytesIO(b"".join(long_parquet(made)))).to_pylist()
    assert [row["value"] for row in rows[:2]] == [Decimal(value) for value in values.values()]
    assert rows[0]["file"] == "?.xlsx"
    with pytest.raises(ToolkitError, match="超过 76 位"):
        long_parquet(aggregate(SMALL, [filed(SMALL, "甲局", {"t.x.a": "1E+80"})]))
