"""The sample workbooks are what their texts say, and the texts are what was published."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from factories.published import HANDLED
from openpyxl import load_workbook

from samples.build import (
    BROKEN,
    CITY_ROSTER,
    FOREIGN,
    HERE,
    INBOX,
    KEY,
    MEMBERS,
    RETURNS,
    ROSTER,
    build_all,
    load_prefill,
    load_roster,
    load_sample,
)
from toolkit.collection.roster.read import Role, Roster
from toolkit.collection.signature import Keyring, genuine
from toolkit.instrument.catalogue import form_folders
from toolkit.model.finding import Status
from toolkit.pipeline.verify import verify

COMMAND = "python -m samples.build"
COLUMNS = ("natural", "business", "research", "nonprofit", "legal", "other", "total")
NOT_RESULTS = ("new", "carried_in", "closed", "carried_out")
BLOCKS = ("review", "direct", "after_review")
TEXTS = sorted(RETURNS.rglob("*.toml"))
DISTRICT = sorted((RETURNS / "yunling").glob("*.toml"))

# Copied from the published reports by hand, independently of returns/: file, variable, figure.
PUBLISHED = """
suqian-2023   proactive.regulations.in_force           11
suqian-2023   proactive.normative.repealed             489
suqian-2023   proactive.penalties.decisions            2822652
suqian-2023   proactive.fees.amount                    59237.2449
suqian-2023   requests.new.natural                     3402
suqian-2023   requests.new.total                       3511
suqian-2023   requests.carried_in.total                96
suqian-2023   requests.granted.total                   1191
suqian-2023   requests.partial.total                   328
suqian-2023   requests.refused_query.total             21
suqian-2023   requests.unavailable_not_held.business   74
suqian-2023   requests.unavailable_not_held.total      1047
suqian-2023   requests.declined_petition.total         305
suqian-2023   requests.other_rest.total                291
suqian-2023   requests.closed.natural                  3375
suqian-2023   requests.closed.business                 99
suqian-2023   requests.closed.legal                    7
suqian-2023   requests.closed.total                    3486
suqian-2023   requests.carried_out.total               121
suqian-2023   disputes.review.total                    440
suqian-2023   disputes.direct.total                    24
suqian-2023   disputes.after_review.other              67
suqian-2023   disputes.after_review.total              89
hongze-2023   proactive.normative.in_force             5
hongze-2023   proactive.licences.decisions             550
hongze-2023   proactive.penalties.decisions            4119
hongze-2023   proactive.coercion.decisions             195
hongze-2023   proactive.fees.amount                    7730.28
hongze-2023   requests.new.total                       21
hongze-2023   requests.granted.total                   0
hongze-2023   requests.partial.natural                 4
hongze-2023   requests.unavailable_not_held.total      10
hongze-2023   requests.unavailable_to_create.natural   3
hongze-2023   requests.other_rest.total                0
hongze-2023   requests.closed.total                    21
hongze-2023   disputes.review.upheld                   10
hongze-2023   disputes.review.corrected                1
hongze-2023   disputes.review.total                    0
hongze-2023   disputes.after_review.upheld             5
hongze-2023   disputes.after_review.total              0
xingqing-kejigongxin-2023   proactive.fees.amount      0
xingqing-kejigongxin-2023   requests.new.total         0
xingqing-kejigongxin-2023   requests.closed.total      0
xingqing-kejigongxin-2023   items.09.count             11
"""


@cache
def book(path: Path, *, results: bool = True) -> Mapping[str, Any]:
    """What stands in each named cell: kept results, or formulas."""
    workbook = load_workbook(path, data_only=results)
    out = {}
    for name, defined in workbook.defined_names.items():
        sheet, _, cell = defined.attr_text.rpartition("!")
        out[name] = workbook[sheet.strip("'")][cell.replace("$", "")].value
    return out


def district(unit: str) -> Path:
    return HERE / INBOX / f"{unit}.xlsx"


def rows(figures: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(name.split(".")[1] for name in figures if name.startswith("requests.")))


def problems(figures: Mapping[str, Any]) -> list[str]:
    """BAL-01 and the SUM rules, spelled out here once more."""
    out = []
    requests = {row: [figures[f"requests.{row}.{column}"] for column in COLUMNS] for row in rows(figures)}
    for row, values in requests.items():
        if sum(values[:-1]) != values[-1]:
            out.append(f"SUM-02 {row}")
    results = [values for row, values in requests.items() if row not in NOT_RESULTS]
    for i, column in enumerate(COLUMNS):
        new, carried_in, closed, carried_out = (requests[row][i] for row in NOT_RESULTS)
        if sum(values[i] for values in results) != closed:
            out.append(f"SUM-01 {column}")
        if new + carried_in != closed + carried_out:
            out.append(f"BAL-01 {column}")
    for block in BLOCKS:
        parts = [figures[f"disputes.{block}.{part}"] for part in ("upheld", "corrected", "other", "pending")]
        if sum(parts) != figures[f"disputes.{block}.total"]:
            out.append(f"SUM-03 {block}")
    return out


def content(data: bytes) -> object:
    """The parts of a workbook: another zlib packs the same parts into other bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return [(info.filename, info.date_time, parts.read(info)) for info in parts.infolist()]
    except zipfile.BadZipFile:
        return "no workbook"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, bytes]:
    """Every sample, built anew."""
    folder = tmp_path_factory.mktemp("built")
    return {path.relative_to(folder): path.read_bytes() for path in build_all(folder)}


def test_rebuilding_gives_the_committed_workbooks(built: dict[Path, bytes]) -> None:
    kept = {path.relative_to(HERE): path.read_bytes() for kind in ("*.xlsx", "*.zip") for path in HERE.rglob(kind)}
    assert sorted(built) == sorted(kept), f"samples/ holds other workbooks than it should: run `{COMMAND}`"
    for path, data in built.items():
        same = data == kept[path] or content(data) == content(kept[path])
        assert same, f"samples/{path} is not what its text and the writer give now: run `{COMMAND}`, commit the result"


def test_building_twice_gives_the_same_bytes(built: dict[Path, bytes], tmp_path: Path) -> None:
    assert {path.relative_to(tmp_path): path.read_bytes() for path in build_all(tmp_path)} == built


@pytest.mark.parametrize("line", PUBLISHED.strip().splitlines())
def test_figures_are_the_published_ones(line: str) -> None:
    file, variable, figure = line.split()
    assert Decimal(str(book(HERE / f"{file}.xlsx")[variable])) == Decimal(figure)


def test_suqian_satisfies_the_balance_and_every_sum() -> None:
    figures = book(HERE / "suqian-2023.xlsx")
    assert len(rows(figures)) == 25
    assert problems(figures) == []


def test_hongze_fails_exactly_where_its_report_does() -> None:
    assert problems(book(HERE / "hongze-2023.xlsx")) == ["SUM-03 review", "SUM-03 after_review"]


def test_hongze_has_no_formula_left_in_its_tables() -> None:
    cells = book(HERE / "hongze-2023.xlsx", results=False)
    tables = {name: value for name, value in cells.items() if name.startswith(("requests.", "disputes."))}
    assert [name for name, value in tables.items() if not isinstance(value, int)] == []


def test_xingqing_is_all_zero_and_names_26_items() -> None:
    figures = book(HERE / "xingqing-kejigongxin-2023.xlsx")
    tables = [v for name, v in figures.items() if name.startswith(("proactive.", "requests.", "disputes."))]
    assert set(tables) == {0}
    items = [
        v for name, v in figures.items() if name.startswith("items.") and name.endswith(".count") and v is not None
    ]
    assert items == [1, 1, 2, 1, 2, 1, 3, 1, 11, 3]
    assert sum(items) == 26


@pytest.mark.parametrize("unit", ["区政府办", "教育局", "公安分局", "住建局", "市场监管局", "统计局", "竹溪乡"])
def test_a_good_unit_adds_up(unit: str) -> None:
    assert problems(book(district(unit))) == []


@pytest.mark.parametrize("unit", ["统计局", "竹溪乡"])
def test_two_units_have_nothing_to_report(unit: str) -> None:
    figures = book(district(unit))
    assert {v for name, v in figures.items() if name.startswith(("proactive.", "requests.", "disputes."))} == {0}


def test_the_balance_error_is_in_one_column_and_its_total() -> None:
    assert problems(book(district("自然资源局"))) == ["BAL-01 natural", "BAL-01 total"]


def test_the_overwritten_total_is_right() -> None:
    assert book(district("公安分局"), results=False)["requests.closed.total"] == 28


def test_the_shifted_formula_keeps_the_result_it_gives() -> None:
    formulas, figures = book(district("民政局"), results=False), book(district("民政局"))
    shifted, right = formulas["requests.granted.total"], formulas["requests.partial.total"]
    assert shifted == right
    assert figures["requests.granted.total"] == figures["requests.partial.total"] == 1


def test_texts_and_a_blank_stand_where_numbers_should() -> None:
    cells = book(district("农业农村局"))
    names = ("proactive.penalties.decisions", "proactive.coercion.decisions", "requests.carried_in.natural")
    assert [cells[name] for name in names] == ["10件", "／", None]


def test_the_full_width_number_is_a_text() -> None:
    assert book(district("石桥镇"))["requests.granted.natural"] == "１２"


def test_a_text_is_missing_and_a_number_is_negative() -> None:
    cells = book(district("云麓街道"))
    assert (cells["overview.safeguards"], cells["requests.declined_petition.natural"]) == (None, -1)
    assert problems(cells) == []


def test_explanations_stand_in_their_cells() -> None:
    assert "清理" in book(district("区政府办"))["explain.YOY_02_normative"]
    assert "设区的市" in book(HERE / "suqian-2023.xlsx")["explain.VAL_02_made"]


def test_the_inbox_also_holds_a_stranger_and_a_broken_file() -> None:
    with zipfile.ZipFile(HERE / INBOX / FOREIGN) as foreign:
        assert b"definedName " not in foreign.read("xl/workbook.xml")
    assert not zipfile.is_zipfile(HERE / INBOX / BROKEN)


def test_the_district_has_twelve_units_of_the_same_period() -> None:
    prefills = [load_prefill(path) for path in DISTRICT]
    assert len({prefill.unit for prefill in prefills}) == 12
    assert {prefill.period for prefill in prefills} == {"2025"}


def test_every_text_is_its_own_and_of_a_readable_length() -> None:
    texts = [
        (path.stem, name, value)
        for path in TEXTS
        for name, value in load_prefill(path).values.items()
        if name.startswith(("overview.", "problems.", "others.")) and isinstance(value, str)
    ]
    short = {path.stem for form in form_folders() for path in (RETURNS / form).glob("*.toml")}
    assert [one for one in texts if not (one[0] in short or len(one[2]) >= 60) or len(one[2]) > 200] == []
    for (_, name, one), (_, other_name, other) in itertools.combinations(texts, 2):
        assert one != other, (name, other_name)


def test_faults_are_described() -> None:
    described = {path.stem for path in DISTRICT if load_sample(path).fault}
    assert described == {"区政府办", "公安分局", "民政局", "自然资源局", "农业农村局", "石桥镇", "云麓街道"}


def test_a_misspelt_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(
        'unit = "甲"\nperiod = "2025"\n[cover]\n[texts]\n[numbers]\nrequests.nwe.natural = 1\n', encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"requests\.nwe\.natural"):
        load_prefill(path)


# ---------------------------------------------------------------- rosters, and the members of a city


def member(name: str) -> Mapping[str, Any]:
    return book(HERE / MEMBERS / f"{name}.xlsx")


def test_the_districts_roster_names_every_text_and_what_it_says_of_its_unit() -> None:
    roster = load_roster(ROSTER)
    for path in DISTRICT:
        sample, unit = load_sample(path), roster.find(path.stem)
        values = sample.prefill.values
        assert (unit.short, unit.name, unit.body) == (path.stem, sample.prefill.unit, sample.body)
        assert (unit.contact, unit.phone) == (values["cover.contact"], values["cover.phone"])


def test_one_unit_of_the_district_never_reports_and_one_is_left_out_with_a_reason() -> None:
    roster = load_roster(ROSTER)
    reporting = {unit.short for unit in roster.reporting()}
    assert reporting - {path.stem for path in DISTRICT} == {"文旅局"}
    assert [(unit.name, why) for unit, why in roster.excluded()] == [("云岭区地方志办公室", "机构改革中并入区档案馆")]


@pytest.mark.parametrize(
    ("roster", "tree"),
    [
        (load_roster(ROSTER), {"云岭区人民政府": 13, "区直部门": 10, "镇街": 3}),
        (load_roster(CITY_ROSTER), {"宿迁市": 11, "市本级": 2, "县区": 5, "功能区": 4}),
    ],
    ids=["云岭区", "宿迁市"],
)
def test_a_roster_is_a_tree_of_two_levels_of_headings(roster: Roster, tree: Mapping[str, int]) -> None:
    assert {area.name: len(roster.reporting(area.code)) for area in roster.areas()} == tree
    assert {area.role for area in roster.areas()} == {Role.NODE}
    assert roster.notes == ()


@pytest.mark.parametrize(("folder", "roster"), [(INBOX, ROSTER), (MEMBERS, CITY_ROSTER)])
def test_every_return_is_one_that_the_office_issued_to_the_unit_of_that_name(folder: str, roster: str) -> None:
    keyring = Keyring.parse(KEY.read_text(encoding="utf-8"))
    files = [path for path in sorted((HERE / folder).glob("*.xlsx")) if path.name not in {FOREIGN, BROKEN}]
    for verdict, path in zip(verify(files), files, strict=True):
        unit = load_roster(roster).find(path.stem)
        assert verdict.content is not None
        identity = verdict.content.identity
        assert (identity.code, identity.unit) == (unit.code, unit.name)
        assert genuine(keyring, identity) is True


def test_the_key_says_that_it_is_public() -> None:
    assert "随程序公开" in KEY.read_text(encoding="utf-8").splitlines()[0]


def test_each_member_handled_as_many_applications_as_published() -> None:
    handled = {name: member(name)["requests.new.total"] + member(name)["requests.carried_in.total"] for name in HANDLED}
    assert handled == HANDLED
    assert sum(handled.values()) == 3607
    assert {path.stem for path in (HERE / MEMBERS).glob("*.xlsx")} == set(HANDLED)


def test_the_members_add_up_to_the_citys_published_table_cell_by_cell() -> None:
    city = book(HERE / "suqian-2023.xlsx")
    cells = [name for name in city if name.startswith(("proactive.", "requests.", "disputes."))]
    assert len(cells) == 10 + 25 * 7 + 15
    exact = {name: sum(Decimal(str(member(one)[name])) for one in HANDLED) for name in cells}
    assert exact == {name: Decimal(str(city[name])) for name in cells}


@pytest.mark.parametrize("name", HANDLED)
def test_a_member_breaks_no_rule(name: str) -> None:
    (verdict,) = verify([HERE / MEMBERS / f"{name}.xlsx"])
    assert verdict.status is (Status.EXPLAINED if name == "市政府" else Status.ACCEPTED)
    assert problems(member(name)) == []


def test_only_the_citys_government_made_laws() -> None:
    made = {
        name for name in HANDLED if any(member(name)[f"proactive.regulations.{one}"] for one in ("made", "in_force"))
    }
    assert made == {"市政府"}


@pytest.mark.parametrize("name", HANDLED)
def test_a_member_says_that_its_figures_are_an_illustration(name: str) -> None:
    cells = member(name)
    assert "只作演示" in cells["overview.disclosure"]
    assert f"公布的只有{name}全年收办申请{HANDLED[name]}件" in cells["overview.requests"]
    said = [v for key, v in cells.items() if key.startswith(("overview.", "problems.", "others.")) and v]
    assert len(said) == 8
    assert [text for text in said if "样例文字" not in text and "示意" not in text] == []


def test_the_samples_stay_small_enough_to_travel_with_the_program() -> None:
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 2_000_000
