"""The roster as a clerk keeps it: what is read, what is refused and where, and the tree that comes of it."""

from __future__ import annotations

import difflib
import io
from datetime import date
from pathlib import Path

import pytest
from factories.office import resave
from factories.workbooks import workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from toolkit.collection.roster import sheet
from toolkit.collection.roster.read import Role, Roster, RosterError, Unit, read_roster
from toolkit.errors import UsageError
from workbook_templates.build import blank_roster

BODIES = ("县级政府", "乡镇政府或街道办事处", "政府部门")
DISTRICT = """\
编码,单位全称,简称,机关类别,上级,联系人,电话,邮箱,报送,不纳入原因,曾用编码
001,云岭区,,,,,,,,,
100,区直部门,,,001,,,,,,
101,云岭区教育局,教育局,政府部门,100,周远,0000-1,a@b.cn,是,,
102,云岭区民政局,民政局,政府部门,区直部门,,,,,,090、091
103,云岭区地方志办公室,,政府部门,100,,,,,机构改革中撤销,
200,镇街,,,001,,,,汇总,,
201,云岭区石桥镇人民政府,石桥镇,乡镇政府或街道办事处,200,,,,,,080
202,云岭区竹溪乡人民政府,竹溪乡,乡镇政府或街道办事处,200,,,,,,080
"""


def read(text: str, encoding: str = "utf-8") -> Roster:
    return read_roster(text.encode(encoding), "名册.csv", BODIES)


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(RosterError) as caught:
        read(text)
    return caught.value.problems


def codes(units: tuple[Unit, ...]) -> list[str]:
    return [unit.code for unit in units]


def book(rows: list[list[object]], *, title: str = "名册", formats: dict[str, str] | None = None) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, shape in (formats or {}).items():
        sheet[cell].number_format = shape
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- reading


def test_every_column_is_read() -> None:
    assert read(DISTRICT).by_code["101"] == Unit(
        code="101",
        name="云岭区教育局",
        short="教育局",
        body="政府部门",
        parent="100",
        contact="周远",
        phone="0000-1",
        mail="a@b.cn",
        role=Role.REPORTS,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_of_excel_make_no_difference(encoding: str, separator: str) -> None:
    text = "关于报送的名册\r\n\r\n" + DISTRICT.replace(",", separator).replace("\n", "\r\n")
    assert read(text, encoding).units == read(DISTRICT).units


def test_headings_stand_in_any_order_under_any_alias_and_unknown_columns_are_told() -> None:
    roster = read("序号,是否报送,单位名称（必填）,原编码,机关性质,备 注,单位编码\n1,是,甲局,09;08,政府部门,x,００７\n")
    assert roster.units == (Unit(code="007", name="甲局", body="政府部门", former=("09", "08")),)
    assert roster.notes == ("没有用到的列：序号、备 注",)


def test_a_blank_role_is_yes_for_a_leaf_and_no_for_an_area() -> None:
    roster = read(DISTRICT)
    assert {u.code: u.role for u in roster.units if u.code in {"001", "102", "200"}} == {
        "001": Role.NODE,
        "102": Role.REPORTS,
        "200": Role.SUMMARY,
    }


def test_former_codes_may_be_separated_in_any_way() -> None:
    (unit,) = read('编码,全称,曾用编码\n1,甲,"01、02,03，04；05;06 07　08、02"\n').units
    assert unit.former == ("01", "02", "03", "04", "05", "06", "07", "08")


def test_without_codes_units_are_numbered_and_told_to_keep_them() -> None:
    for text in ("单位全称,上级\n某区,\n甲局,某区\n", "编码,单位全称,上级\n,某区,\n\n,甲局,某区\n"):
        roster = read(text)
        assert [(u.code, u.parent) for u in roster.units] == [("001", ""), ("002", "001")]
        assert "001 至 002" in roster.notes[0]


def test_blank_rows_and_rows_of_other_columns_only_are_no_units() -> None:
    assert codes(read("序号,编码,单位全称\n1,01,甲\n2,,\n\n , ,　\n5,02,乙\n").units) == ["01", "02"]


def test_a_workbook_of_another_program_is_read_as_a_person_sees_it() -> None:
    data = book(
        [
            ["2025年名册"],
            [],
            ["编码", "单位全称", "电话"],
            [1.0, "甲局", 13800000000],
            ["002", "乙局", " 1\n2 "],
            [3, "丙局"],
        ],
        formats={"A6": "000"},
    )
    assert [(u.code, u.name, u.phone) for u in read_roster(data, "x.xlsx", BODIES).units] == [
        ("1", "甲局", "13800000000"),
        ("002", "乙局", "1 2"),
        ("003", "丙局", ""),
    ]


def test_names_lose_the_blanks_that_only_fill_a_line() -> None:
    (unit,) = read_roster(book([["单位全称"], ["云岭区\n教　育 局 A 组"]]), "x.xlsx", BODIES).units
    assert unit.name == "云岭区教育局 A 组"


def test_the_first_visible_sheet_with_headings_is_the_roster() -> None:
    workbook = load_workbook(io.BytesIO(book([["说明"], ["请填名册"]], title="说明")))
    workbook.create_sheet("旧").append(["单位全称"])
    workbook["旧"].sheet_state = "hidden"
    for name, unit in (("报送", "甲"), ("备用", "乙")):
        sheet = workbook.create_sheet(name)
        sheet.append(["编码", "单位全称"])
        sheet.append(["1", unit])
    out = io.BytesIO()
    workbook.save(out)
    roster = read_roster(out.getvalue(), "x.xlsx", BODIES)
    assert [u.name for u in roster.units] == ["甲"]
    assert roster.notes == ("只读了工作表“报送”",)


def test_codes_of_mixed_length_are_noted_as_perhaps_without_their_zeros() -> None:
    assert "“9”和“10”" in read("编码,单位全称\n9,甲\n10,乙\n").notes[0]
    assert read("编码,单位全称\n09,甲\n10,乙\n").notes == ()
    assert read("编码,单位全称\nA1,甲\nA10,乙\n").notes == ()


def test_a_heading_without_members_is_noted() -> None:
    roster = read("编码,单位全称,报送\n1,甲,是\n2,乙,否\n")
    assert roster.notes[0].startswith("第 3 行“乙”不报送，也没有下级")


def test_a_thousand_units_of_three_levels_are_read() -> None:
    lines = ["编码,单位全称,上级", "0,市,"]
    lines += [f"{area:02},区{area},0" for area in range(1, 11)]
    lines += [f"{area:02}{n:03},区{area}局{n},{area:02}" for area in range(1, 11) for n in range(100)]
    roster = read("\n".join(lines))
    assert len(roster.reporting()) == 1000
    assert [len(roster.reporting(area.code)) for area in roster.areas()] == [1000, *[100] * 10]


# ---------------------------------------------------------------- faults


def test_all_faults_are_told_at_once_each_with_its_place() -> None:
    found = problems(
        "某区名册\n编码,单位全称,上级,报送,机关类别,曾用编码,不纳入原因\n"
        "001,甲局,2,嗯,部门,,\n002,乙局,001,,,,无\n００２,甲 局,丙,,,001,\n\nA/B,,甲,汇总,,,\n"
    )
    assert [one.split("。", maxsplit=1)[0] for one in found] == [
        "第 3 行 “报送”：不认识“嗯”",
        "第 3 行 “机关类别”：没有“部门”这一类",
        "第 3 行 “上级”：名册里没有编码或全称是“2”的单位",
        "第 4 行 “不纳入原因”：“无”不是原因",
        "第 5 行 “编码”：“002”与第 4 行重复",
        "第 5 行 “单位全称”：“甲局”与第 3 行重复",
        "第 5 行 “上级”：名册里没有编码或全称是“丙”的单位",
        "第 5 行 “曾用编码”：“001”现在是第 3 行“甲局”的编码",
        "第 7 行 “单位全称”：空着",
        "第 7 行 “编码”：“A/B”不能用在文件名里",
        "第 7 行 “上级”：名册里没有编码或全称是“甲”的单位",
        "第 7 行 “报送”：“汇总”只用于有下级的单位，它下面没有单位",
    ]
    assert "县级政府、乡镇政府或街道办事处、政府部门" in found[1]
    assert "有编码“002”，可能是前面的 0 丢了" in found[2]
    assert "“甲局”" in found[10]


def test_the_exit_code_is_that_of_a_wrong_setting() -> None:
    with pytest.raises(RosterError, match=r"名册“名册\.csv”有 1 处问题") as caught:
        read("编码\n1\n")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("编码,单位全称,上级\n1,甲,1\n2,乙,\n", "第 2 行 “上级”：互为上级：甲 → 甲"),
        ("编码,单位全称,上级\n0,丁,1\n1,甲,3\n2,乙,1\n3,丙,2\n", "第 2 行 “上级”：互为上级：甲 → 丙 → 乙 → 甲"),
        ("编码,单位全称\n1,甲\n,乙\n", "第 3 行 “编码”：空着"),
        ("编码,单位全称\na1,甲\nA1,乙\n", "第 3 行 “编码”：“A1”与第 2 行重复"),
        ("编码,简称,单位全称\n1-2,x,甲\n1,2-X,乙\n", "第 3 行 “简称”：文件名会与第 2 行的相同（1-2-x）"),
        ("编码,单位全称,曾用编码\n1,甲,2\n2,乙,\n", "第 2 行 “曾用编码”：“2”现在是第 3 行“乙”的编码"),
        ("编码,单位全称\n1,甲\x07局\n", "第 2 行 “单位全称”：有控制字符或乱码"),
        ("编码,单位全称\n1,甲\u202e局\n", "第 2 行 “单位全称”：有控制字符或乱码"),
        (f"编码,单位全称\n1,{'甲' * 101}\n", "第 2 行 “单位全称”：有 101 个字，最多 100 个"),
        ("编码,单位全称,单位名称\n1,甲,甲\n", "标题行有 2 列都是“单位全称”（单位全称、单位名称）"),
        ("编码,上级\n1,\n", "第 1 行是标题行，但没有“单位全称”一列"),
        ("甲局,1\n乙局,2\n", "前 10 行里没有找到标题行"),
        ("\n" * 10 + "编码,单位全称\n1,甲\n", "前 10 行里没有找到标题行"),
        ("编码,单位全称\n", "名册里没有单位"),
        ("编码,单位全称,报送\n1,甲,否\n", "没有一个要报送的单位"),
        ("编码,单位全称,上级,不纳入原因\n1,甲,,撤销\n2,乙,1,\n", "没有一个要报送的单位"),
        ('编码,单位全称\n1,"甲\n2,乙\n', "第 2 行起的引号没有成对"),
        (
            "编码,单位全称,上级\n" + "".join(f"{n},局{n},{n - 1 if n else ''}\n" for n in range(21)),
            "第 22 行 “上级”：层级超过 20 层",
        ),
    ],
)
def test_a_fault_is_refused_with_its_place(text: str, told: str) -> None:
    (found,) = problems(text)
    assert found.startswith(told)


def test_a_roster_of_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 20)
    assert len(read("单位全称\n" + "".join(f"局{n}\n" for n in range(20))).units) == 20
    (told,) = problems("单位全称\n" + "".join(f"局{n}\n" for n in range(21)))
    assert told == "名册有 21 行，最多 20 行。请拆成几个名册"


def test_a_roster_of_a_province_is_read_though_no_workbook_may_be_so_large() -> None:
    """A table of characters above 20 MB; long contacts make it so large."""
    lines = [f"{n:05},第{n}局,{'联' * 450}" for n in range(16_000)]
    data = "\n".join(["编码,单位全称,联系人", *lines])
    assert len(data.encode()) > 20 << 20
    assert len(read(data).units) == 16_000


def test_advice_on_a_unit_above_is_given_as_far_as_problems_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def near(word: str, *_: object) -> list[str]:
        asked.append(word)
        return []

    monkeypatch.setattr(difflib, "get_close_matches", near)
    found = problems("编码,单位全称,上级\n" + "".join(f"{n},局{n},没有的{n}\n" for n in range(150)))
    assert len(found) == 150
    assert len(asked) == 100


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "空文件"),
        (b"%PDF-1.4", "是 PDF，不是表格。请把名册另存为 .xlsx 或 .csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "是旧格式表格"),
        (book([["单位全称"], ["甲"]])[:3000], "文件损坏"),
        ("编码,单位全称\n".encode() + b"\xff\xff\xff", "文字的编码认不出来"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_the_words_of_the_gate(data: bytes, told: str) -> None:
    with pytest.raises(RosterError) as caught:
        read_roster(data, "名册.xlsx", BODIES)
    assert caught.value.problems[0].startswith(told)
    assert "报送" not in caught.value.problems[0]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (date(2025, 1, 1), "被表格软件当成了日期或时间"),
        (110105199001011234, "数字太长，表格软件只保留 15 位"),
        (1_000_000_000_000_000, "数字太长，表格软件只保留 15 位"),
        ("=A1", "是公式，文件里没有它的结果"),
    ],
)
def test_a_cell_whose_content_the_spreadsheet_changed_is_refused(value: object, told: str) -> None:
    with pytest.raises(RosterError) as caught:
        read_roster(book([["编码", "单位全称"], [value, "甲"]]), "x.xlsx", BODIES)
    assert caught.value.problems == (f"第 2 行 “编码”：{told}{caught.value.problems[0].partition(told)[2]}",)


def test_a_code_of_fifteen_digits_is_whole() -> None:
    roster = read_roster(book([["编码", "单位全称"], [999_999_999_999_999, "甲"]]), "x.xlsx", BODIES)
    assert codes(roster.units) == ["999999999999999"]


def test_many_faults_are_counted_and_the_first_hundred_shown() -> None:
    with pytest.raises(RosterError, match="有 150 处问题") as caught:
        read("编码,单位全称,报送\n" + "".join(f"{n:03},局{n},？\n" for n in range(150)))
    assert len(caught.value.problems) == 150
    assert "另有 50 处" in str(caught.value)


def test_a_unit_listed_only_as_left_out_may_keep_the_code_its_heir_names() -> None:
    roster = read("编码,单位全称,不纳入原因,曾用编码\n1,档案馆,,1、2\n2,地方志办公室,并入档案馆,\n")
    assert roster.by_code["1"].former == ("1", "2")


# ---------------------------------------------------------------- the tree


def test_descendants_come_in_tree_order_wherever_they_stand_in_the_file() -> None:
    roster = read("编码,单位全称,上级\n21,丁,2\n1,甲,\n12,乙,1\n2,丙,\n11,戊,1\n")
    assert roster.roots == ("1", "2")
    assert codes(roster.descendants()) == ["1", "12", "11", "2", "21"]
    assert codes(roster.descendants("1")) == ["12", "11"]
    assert codes(roster.descendants("2")) == ["21"]


def test_only_reporting_units_are_added_up_and_a_summary_never() -> None:
    roster = read(DISTRICT)
    assert codes(roster.reporting()) == ["101", "102", "201", "202"]
    assert codes(roster.reporting("200")) == ["201", "202"]
    assert codes(roster.reporting("201")) == ["201"]


def test_an_excluded_area_excludes_all_below_it_with_its_reason() -> None:
    roster = read(DISTRICT.replace("200,镇街,,,001,,,,汇总,,", "200,镇街,,,001,,,,,另行报送,"))
    assert codes(roster.reporting()) == ["101", "102"]
    assert roster.reporting("201") == ()
    assert [(u.code, why) for u, why in roster.excluded()] == [
        ("103", "机构改革中撤销"),
        ("201", "另行报送"),
        ("202", "另行报送"),
    ]
    assert [u.code for u, _ in roster.excluded("100")] == ["103"]


def test_a_unit_that_neither_reports_nor_has_members_is_named_with_its_reason() -> None:
    roster = read("编码,单位全称,报送,不纳入原因\n1,甲,是,\n2,乙,否,撤销\n")
    assert [(u.code, why) for u, why in roster.excluded()] == [("2", "撤销")]
    assert roster.notes == ()


def test_areas_come_outermost_first_and_a_path_names_them() -> None:
    roster = read(DISTRICT)
    assert codes(roster.areas()) == ["001", "100", "200"]
    assert roster.path("202") == ("云岭区", "镇街")
    assert roster.path("001") == ()


def test_last_years_figures_stand_under_the_former_codes_if_there_are_any() -> None:
    roster = read(DISTRICT)
    assert (roster.by_code["102"].former, roster.by_code["101"].former) == (("090", "091"), ())
    assert (roster.is_split("080"), roster.is_split("090"), roster.is_split("101")) == (True, False, False)


@pytest.mark.parametrize("text", ["102", "１０２", "云岭区 民政局", "民 政 局", "090"])
def test_a_unit_is_found_by_whatever_it_is_called(text: str) -> None:
    assert read(DISTRICT).find(text).code == "102"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("080", "“080”对应名册里的多个单位：云岭区石桥镇人民政府（201）、云岭区竹溪乡人民政府（202）"),
        ("民政", "名册里没有“民政”。是不是：云岭区民政局（102）"),
        ("石挢镇", "名册里没有“石挢镇”。是不是：云岭区石桥镇人民政府（201）"),
        ("xyz", "名册里没有“xyz”。请核对名册"),
    ],
)
def test_what_is_not_clear_is_asked_back(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(DISTRICT).find(text)
    assert str(caught.value).startswith(told)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Any sound tree: each unit stands under an earlier one or under nothing, then the lines are shuffled."""
    size = draw(st.integers(1, 25))
    units = [
        Unit(
            code=str(n),
            name=f"局{n}",
            parent=str(draw(st.integers(0, n - 1)) or ""),
            role=draw(st.sampled_from(list(Role))),
            excluded=draw(st.sampled_from(["", "", "撤销"])),
        )
        for n in range(1, size + 1)
    ]
    return Roster(tuple(draw(st.permutations(units))))


@settings(max_examples=150, deadline=None)
@given(rosters())
def test_every_unit_that_reports_is_added_up_once_in_each_area_above_it_or_is_left_out_with_a_reason(
    roster: Roster,
) -> None:
    assert sorted(codes(roster.descendants())) == sorted(u.code for u in roster.units)
    place = {u.code: n for n, u in enumerate(roster.descendants())}
    assert all(not u.parent or place[u.parent] < place[u.code] for u in roster.units)
    reporting, left = set(roster.reporting()), {u for u, _ in roster.excluded()}
    assert reporting | {u for u in left if u.role is Role.REPORTS} == {
        u for u in roster.units if u.role is Role.REPORTS
    }
    assert not reporting & left
    for area in roster.areas():
        assert set(roster.reporting(area.code)) == {
            u for u in reporting if u == area or area.name in roster.path(u.code)
        }


# ---------------------------------------------------------------- the blank one


def fill(data: bytes, rows: dict[str, str]) -> bytes:
    workbook = load_workbook(io.BytesIO(data))
    for cell, value in rows.items():
        workbook["名册"][cell] = value
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_a_blank_roster_has_no_units_although_it_shows_examples() -> None:
    with pytest.raises(RosterError, match="名册里没有单位"):
        read_roster(blank_roster(BODIES, "云岭区"), "名册.xlsx", BODIES)


@pytest.mark.office
def test_a_filled_roster_saved_again_by_libreoffice_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(fill(blank_roster(BODIES, "云岭区"), {"A6": "001", "B6": "甲局", "D6": "政府部门", "I6": "是"}))
    again = resave(path, tmp_path / "again").read_bytes()
    expected = (Unit(code="001", name="甲局", body="政府部门"),)
    for data in (path.read_bytes(), again):
        roster = read_roster(data, "名册.xlsx", BODIES)
        assert (roster.units, roster.notes) == (expected, ())


def test_a_half_overwritten_example_is_not_read_and_told() -> None:
    data = fill(blank_roster(BODIES), {"A4": "001", "A6": "002", "B6": "甲局"})
    roster = read_roster(data, "名册.xlsx", BODIES)
    assert codes(roster.units) == ["002"]
    assert roster.notes[0].startswith("第 4 行有“示例”字样")


def test_the_blank_roster_takes_codes_as_text_and_offers_the_kinds_of_body() -> None:
    sheet = load_workbook(io.BytesIO(blank_roster(BODIES)))["名册"]
    assert {sheet[cell].number_format for cell in ("A4", "B5", "K4")} == {"@"}
    assert {sheet.column_dimensions[col].width > 5 for col in "ABCDEFGHIJK"} == {True}
    lists = {str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert lists == {"D4": f'"{",".join(BODIES)}"', "I4": '"是,否,汇总"'}
    assert not sheet.protection.sheet


def test_the_same_blank_roster_has_the_same_bytes() -> None:
    assert blank_roster(BODIES, "云岭区") == blank_roster(BODIES, "云岭区")


def test_headings_may_be_in_english_for_those_who_export_the_roster_from_a_program() -> None:
    text = "code,full_name,short_name,body,parent,contact,excluded,former_codes\n001,教育局,教育,,,,,0001\n"
    (unit,) = read_roster(text.encode(), "roster.csv", ()).units
    assert (unit.code, unit.name, unit.short, unit.former) == ("001", "教育局", "教育", ("0001",))


def test_a_return_is_no_roster() -> None:
    with pytest.raises(RosterError, match="这是一份下发或报送的报表，不是名册"):
        read_roster(workbook(), "名册.xlsx", BODIES)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("乡镇政府", "乡镇政府或街道办事处"),
        ("街道办事处", "乡镇政府或街道办事处"),
        ("街道办", "乡镇政府或街道办事处"),
        ("乡镇", "乡镇政府或街道办事处"),
        ("政府部门", "政府部门"),
    ],
)
def test_of_a_kind_of_body_with_two_names_either_will_do_also_as_it_begins(text: str, body: str) -> None:
    assert read(f"编码,单位全称,机关类别\n1,甲,{text}\n").units[0].body == body


@pytest.mark.parametrize("text", ["部门", "政府", "镇"])
def test_the_end_of_a_kind_of_body_names_none(text: str) -> None:
    assert problems(f"编码,单位全称,机关类别\n1,甲,{text}\n")[0].startswith(f"第 2 行 “机关类别”：没有“{text}”这一类")
