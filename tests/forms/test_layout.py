"""Where a cell is and what it is called: one to one, in one place."""

from __future__ import annotations

import re

import pytest
from factories.filled_forms import annual
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.forms.layout import (
    CHECKS,
    CHECKS_TOP,
    COVER,
    IDENTITY,
    PRIOR,
    CheckColumn,
    SheetPlaces,
    Spot,
    address,
    explain_name,
    prior_name,
    quoted_sheet,
)
from toolkit.instrument.instrument import loads
from toolkit.rules.expression import Key
from toolkit.workbook.template.plan import blank_plan

SMALL = """
[form]
id = "small"
version = 1
title = "小表"

[[table]]
id = "t"
title = "一张表"
sheet = "数据"
rows = [{ id = "x", label = "第一行" }, { id = "y", label = "第二行" }]
columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "sum", label = "合计" }]

[table.formulas]
F-01 = "sum = a + b"

[table.rules]
R-01 = { rule = "x <= y", severity = "verify" }
R-02 = "a >= a[上年]"

[[texts]]
id = "words"
title = "文字"
items = [{ id = "all", label = "总述" }]

[[list]]
id = "open"
title = "清单"
size = 2
"""


def number(cell: str) -> tuple[int, int]:
    """Row and column of an A1 address, worked out the other way round."""
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", cell)
    assert found is not None
    letters, digits = found.groups()
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - 64
    return int(digits) - 1, col - 1


@settings(deadline=None)
@given(st.integers(0, 1_048_575), st.integers(0, 16_383))
def test_an_address_is_read_back_as_the_place_it_names(row: int, col: int) -> None:
    assert number(address(row, col)) == (row, col)


@pytest.mark.parametrize(
    ("place", "cell"),
    [
        ((0, 0), "A1"),
        ((6, 3), "D7"),
        ((9, 25), "Z10"),
        ((0, 26), "AA1"),
        ((0, 51), "AZ1"),
        ((0, 52), "BA1"),
        ((0, 701), "ZZ1"),
        ((0, 702), "AAA1"),
        ((1_048_575, 16_383), "XFD1048576"),
    ],
)
def test_addresses_are_those_of_a_spreadsheet(place: tuple[int, int], cell: str) -> None:
    assert address(*place) == cell


@pytest.mark.parametrize(
    ("sheet", "written"),
    [
        ("申请情况", "申请情况"),
        ("校验", "校验"),
        ("Data", "'Data'"),
        ("A1", "'A1'"),
        ("R1C1", "'R1C1'"),
        ("2025年", "'2025年'"),
        ("表 一", "'表 一'"),
        ("收入（万元）", "'收入（万元）'"),
        ("a-b", "'a-b'"),
        ("it's", "'it''s'"),
        ("_标识", "_标识"),
    ],
)
def test_a_sheet_name_is_quoted_wherever_a_formula_might_read_it_otherwise(sheet: str, written: str) -> None:
    assert quoted_sheet(sheet) == written


def test_names_and_cells_of_the_statutory_form_are_one_to_one() -> None:
    layout = annual().layout
    places = [(spot.sheet, spot.cell) for spot in layout.spots.values()]
    assert len(set(places)) == len(places)
    assert {name: (layout.spot(name).sheet, layout.spot(name).cell) for name in layout.spots} == {
        name: place for place, name in layout.names.items()
    }
    assert len({name.casefold() for name in layout.spots}) == len(layout.spots)


def test_every_name_is_one_that_excel_takes() -> None:
    wrong = [
        name for name in annual().layout.spots if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)+", name)
    ]
    assert wrong == []


def test_everything_of_a_small_form_has_its_place() -> None:
    layout = loads(SMALL).layout
    assert layout.sheets == (COVER, "数据", "文字", "清单", PRIOR, CHECKS)
    assert {name: f"{spot.sheet} {spot.cell}" for name, spot in layout.spots.items()} == {
        "cover.unit": "封面 B4",
        "cover.period": "封面 B5",
        "t.x.a": "数据 B4",
        "t.x.b": "数据 C4",
        "t.x.sum": "数据 D4",
        "t.y.a": "数据 B5",
        "t.y.b": "数据 C5",
        "t.y.sum": "数据 D5",
        "words.all": "文字 B3",
        "open.01.label": "清单 B4",
        "open.01.count": "清单 C4",
        "open.02.label": "清单 B5",
        "open.02.count": "清单 C5",
        "last_year.t.x.a": "上年数 C4",
        "last_year.t.y.a": "上年数 C5",
        "explain.R_01_a": "校验 H20",
        "explain.R_01_b": "校验 H21",
        "explain.R_01_sum": "校验 H22",
        "xxgk.form": "_标识 B1",
        "xxgk.version": "_标识 B2",
        "xxgk.code": "_标识 B3",
        "xxgk.unit": "_标识 B4",
        "xxgk.period": "_标识 B5",
        "xxgk.fingerprint": "_标识 B6",
        "xxgk.key": "_标识 B7",
        "xxgk.signature": "_标识 B8",
    }


def test_a_form_without_last_years_figures_has_no_sheet_for_them() -> None:
    assert PRIOR not in loads(SMALL.replace('R-02 = "a >= a[上年]"', "")).layout.sheets


def test_each_check_has_a_line_below_those_of_completeness() -> None:
    instrument = loads(SMALL)
    lines = [instrument.layout.check_spot(key, CheckColumn.VERDICT) for key in instrument.layout.checks]
    first = CHECKS_TOP + len(instrument.layout.entry_lines)  # the cover, one table, one list, last year's figures
    assert instrument.layout.entry_lines == ("封面", "t", "open", "上年数")
    places = {"F-01": ("x", "y"), "R-01": ("a", "b", "sum"), "R-02": ("x", "y")}
    assert instrument.layout.folded == {rule: tuple(f"{rule}[{p}]" for p in places[rule]) for rule in places}
    rows = [name for rule in places for name in (rule, *instrument.layout.folded[rule])]
    assert list(instrument.layout.check_rows)[4:] == rows
    assert lines == [Spot(CHECKS, first + rows.index(key), CheckColumn.VERDICT) for key in instrument.layout.checks]


def test_an_unknown_name_has_no_place() -> None:
    with pytest.raises(KeyError):
        annual().layout.spot("requests.new.nobody")


def test_a_run_of_cells_is_one_range_and_anything_else_a_list() -> None:
    layout = loads(SMALL).layout
    assert layout.range(["t.x.a"]) == "B4"
    assert layout.range(["t.x.a", "t.x.b", "t.x.sum"]) == "B4:D4"
    assert layout.range(["t.x.a", "t.y.a"]) == "B4:B5"
    assert layout.range(["t.x.a", "t.x.b", "t.y.a", "t.y.b"]) == "B4:C5"
    assert layout.range(["t.x.a", "t.x.sum"]) == "B4,D4"
    assert layout.range(["t.x.b", "t.x.a"]) == "C4,B4"
    assert layout.range(["t.x.a", "t.y.a", "t.x.b", "t.y.b"]) == "B4,B5,C4,C5"


def test_a_formula_names_the_sheet_of_a_cell_only_when_it_stands_on_another() -> None:
    layout = loads(SMALL).layout
    here, there = SheetPlaces(layout, "数据"), SheetPlaces(layout, CHECKS)
    assert here.cell(Key("t.x.a")) == "B4"
    assert there.cell(Key("t.x.a")) == "数据!B4"
    assert here.cell(Key("t.x.a", prior=True)) == "上年数!C4"
    assert there.area([Key("t.x.a"), Key("t.x.b")]) == "数据!B4:C4"
    assert there.area([Key("t.x.a"), Key("t.x.sum")]) == "数据!B4,数据!D4"
    assert here.area([Key("t.x.a", prior=True), Key("t.y.a", prior=True)]) == "上年数!C4:C5"


def test_names_of_last_year_and_of_explanations_are_made_from_those_they_belong_to() -> None:
    assert prior_name("t.x.a") == "last_year.t.x.a"
    assert explain_name("YOY-02[normative]") == "explain.YOY_02_normative"
    assert explain_name("BAL-02#2[regulations]") == "explain.BAL_02_2_regulations"


def fingerprint(text: str) -> str:
    return blank_plan(loads(text)).fingerprint


def test_a_fingerprint_is_the_same_every_time() -> None:
    assert fingerprint(SMALL) == fingerprint(SMALL)
    assert re.fullmatch("[0-9a-f]{16}", fingerprint(SMALL))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("第一行", "第1行"),
        ("甲", "丙"),
        ('sheet = "数据"', 'sheet = "数"'),
        ('id = "b"', 'id = "c"'),
        ("sum = a + b", "sum = b + a"),
        ("x <= y", "x < y"),
        ("总述", "概述"),
        ("size = 2", "size = 3"),
        (
            '{ id = "x", label = "第一行" }, { id = "y"',
            '{ id = "x", label = "第一行" }, { id = "n", label = "新" }, { id = "y"',
        ),
    ],
)
def test_a_fingerprint_changes_with_a_label_a_name_a_formula_or_a_place(old: str, new: str) -> None:
    assert old in SMALL
    changed = SMALL.replace(old, new)
    if old == 'id = "b"':
        changed = changed.replace("a + b", "a + c")
    assert fingerprint(changed) != fingerprint(SMALL)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "小表"', 'title = "新小表"'),
        ('title = "一张表"', 'title = "那张表"'),
        ('severity = "verify"', 'severity = "verify", remedy = "改"'),
    ],
)
def test_a_fingerprint_does_not_change_with_what_is_only_said(old: str, new: str) -> None:
    assert old in SMALL
    assert fingerprint(SMALL.replace(old, new)) == fingerprint(SMALL)


def test_a_fingerprint_is_not_that_of_a_version_or_a_unit() -> None:
    assert fingerprint(SMALL.replace("version = 1", "version = 2")) == fingerprint(SMALL)


def test_the_identity_stands_on_a_sheet_of_its_own() -> None:
    layout = annual().layout
    assert IDENTITY not in layout.sheets
    assert {name for name, spot in layout.spots.items() if spot.sheet == IDENTITY} == {
        f"xxgk.{field}" for field in ("form", "version", "code", "unit", "period", "fingerprint", "key", "signature")
    }
