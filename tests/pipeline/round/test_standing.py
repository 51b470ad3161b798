"""What is changed in the middle of a round: roster, codes, keys, results that no longer hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from factories.rounds import FAULTY, GOOD, UNITS, Value, begin, clock, put, reply, roster

from toolkit.errors import LedgerError, SettingsError, UsageError
from toolkit.model.period import read_date
from toolkit.model.standing import Standing
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.collect import Collected, collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import issue
from toolkit.pipeline.round.standing import Came, decide, standings
from toolkit.pipeline.round.start import start
from toolkit.pipeline.round.status import Run, progress
from toolkit.workbook.template.write import write_template

Row = Sequence[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "round")
    put(tmp_path / "round", "a.xlsx", reply(tmp_path / "round", "001", GOOD))
    return tmp_path / "round"


def run(folder: Path, at: str = "2026-01-20 10:00") -> tuple[Collected, dict[str, Standing]]:
    with open_round(folder, clock=clock(at)) as round_:
        return collect(round_), {one.code: one for one in standings(round_)}


def whole(folder: Path, **options: bool | str) -> Run:
    with open_round(folder, clock=clock()) as round_:
        return consolidate_round(round_, SumRequest(**options))  # type: ignore[arg-type]


def change(folder: Path, which: str, **cells: str) -> None:
    """Edit a unit's row in the round's roster."""
    heads = ("code", "name", "short", "body", "parent", "contact", "role", "excluded", "former")
    rows = [
        tuple(cells.get(h, v) for h, v in zip(heads, row, strict=True)) if row[0] == which else row for row in UNITS
    ]
    roster(folder / "名册.csv", rows)


def rule(done: Collected) -> str:
    (verdict,) = [one.verdict for one in done.ended if one.verdict is not None]
    return verdict.findings[0].rule


def test_a_roster_changed_and_changed_back_leaves_everything_as_it_was(folder: Path) -> None:
    run(folder)
    change(folder, "001", excluded="误")
    assert run(folder)[1]["001"].state.value == "excluded"
    change(folder, "001")
    assert run(folder)[1]["001"].state.value == "accepted"


def test_a_unit_that_gets_a_new_code_keeps_what_it_sent_and_goes_on_counting(folder: Path) -> None:
    run(folder)
    change(folder, "001", code="101", former="001")
    _, found = run(folder)
    assert (found["101"].state.value, found["101"].revision) == ("accepted", 1)
    put(folder, "b.xlsx", reply(folder, "101", {"requests.new.natural": 7, "requests.granted.natural": 7}))
    _, found = run(folder, "2026-01-21 10:00")
    assert (found["101"].revision, found["101"].revisions, found["101"].file) == (2, 2, "b.xlsx")


def test_a_code_given_to_another_unit_does_not_carry_the_first_ones_figures_over(folder: Path) -> None:
    change(folder, "001", name="云岭区审计局", short="审计局")
    done, found = run(folder)
    assert rule(done) == "SIGN-06"
    assert found["001"].state.value == "unusable"
    change(folder, "001", name="云岭区教育体育局", short="教体局", former="001")
    assert run(folder)[1]["001"].state.value == "accepted"


def test_last_years_figures_do_not_follow_a_code_that_was_given_to_another_unit(tmp_path: Path) -> None:
    old = tmp_path / "2024"
    begin(old, period="2024", deadline="2025-01-26")
    put(old, "a.xlsx", reply(old, "001", {"requests.new.natural": 3, "requests.carried_out.natural": 3}))
    run(old)
    swapped = [("009", *row[1:]) if row[0] == "001" else row for row in UNITS]
    swapped += [("001", "云岭区审计局", "审计局", "政府部门", "Q1", "", "", "", "")]
    done = begin(tmp_path / "2025", swapped, previous=old)
    with open_round(tmp_path / "2025", alone=False) as round_:
        prior = {code: dict(issue(round_, round_.roster.by_code[code]).prior) for code in ("001", "009")}
    assert prior["001"] == {}
    assert prior["009"]["requests.carried_out.natural"] == 3
    assert any("“云岭区审计局”" in line and "没有沿用" in line for line in done.told)


@pytest.mark.parametrize("text", ["26-1-25", "0001-01-01", "12026-01-01"])
def test_a_year_of_too_few_or_too_many_digits_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_date(text)


def test_form_and_period_cannot_be_changed_in_the_middle(folder: Path) -> None:
    settings = folder / "round.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"2025"', '"2024"'), encoding="utf-8")
    with pytest.raises(SettingsError, match="“period”被改动，本轮是 2025"):
        run(folder)
    settings.write_text(settings.read_text(encoding="utf-8").replace('"2024"', '"去年"'), encoding="utf-8")
    with pytest.raises(SettingsError, match="期间“去年”不对"):
        run(folder)


def test_an_emptied_ledger_is_not_begun_anew(folder: Path) -> None:
    run(folder)
    (folder / "台账" / "ledger.sqlite").write_bytes(b"")
    with pytest.raises(LedgerError, match="台账是空的。请用“台账/副本”"):
        run(folder)


def test_a_held_file_that_is_renamed_as_advised_accuses_nobody_any_more(folder: Path) -> None:
    held = put(folder, "民政局.xlsx", reply(folder, "003", GOOD))
    _, found = run(folder)
    assert (found["002"].state.value, found["003"].state.value) == ("unusable", "missing")
    held.rename(held.with_name("财政局.xlsx"))
    _, found = run(folder, "2026-01-21 10:00")
    assert (found["002"].state.value, found["003"].state.value) == ("missing", "accepted")


def test_a_unit_at_fault_whose_correction_cannot_be_read_is_shown_so(folder: Path) -> None:
    put(folder, "教育局 改.xlsx", b"not a workbook")
    put(folder, "a.xlsx", reply(folder, "001", FAULTY))
    _, found = run(folder)
    put(folder, "教育局 再改.xlsx", b"still not a workbook")
    _, found = run(folder, "2026-01-21 10:00")
    assert found["001"].state.value == "returned"
    assert found["001"].reason.startswith("又收到的文件不能用")


def test_a_withdrawn_unit_is_told_as_such(folder: Path) -> None:
    run(folder)
    with open_round(folder, clock=clock()) as round_:
        decide(round_, "withdraw", round_.roster.find("教育局"), 1, "单位来函")
        one = standings(round_)[0]
    assert (one.state.value, one.reason) == ("missing", "已撤回，等待重报")


@pytest.mark.parametrize(
    ("name", "units"),
    [
        (
            "2025年政府信息公开工作年度报告 终稿.xlsx",
            [("006", "云岭区人民政府", "政府", "县级政府", "Q", "", "是", "", "")],
        ),
        ("001.xlsx", [("006", "001办公室", "001", "其他机构", "Q1", "", "", "", "")]),
        ("云岭区教育局机关.xlsx", [("006", "教育局机关幼儿园", "机关幼儿园", "其他机构", "Q1", "", "", "", "")]),
    ],
)
def test_a_file_name_that_may_well_be_the_units_own_holds_nothing(folder: Path, name: str, units: list[Row]) -> None:
    roster(folder / "名册.csv", [*UNITS, *units])
    (folder / "收件" / "a.xlsx").rename(folder / "收件" / name)
    assert run(folder)[1]["001"].state.value == "accepted"


def test_two_files_of_the_same_name_in_a_zip_are_two_entries(folder: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.xlsx", reply(folder, "002", GOOD))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("x.xlsx", b"broken")
    put(folder, "z.zip", out.getvalue())
    done, found = run(folder)
    assert {one.name: one.status.value for one in done.ended if one.status} == {
        "a.xlsx": "accepted",
        "z.zip/x.xlsx": "accepted",
        "z.zip/x.xlsx（同名第 2 个）": "unreadable",
    }
    assert found["002"].state.value == "accepted"


def test_an_empty_zip_is_told(folder: Path) -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    put(folder, "空.zip", out.getvalue())
    done, _ = run(folder)
    assert ("空.zip", "压缩包是空的") in [(one.name, one.reason) for one in done.ended]


def test_results_that_no_longer_hold_are_put_away(folder: Path) -> None:
    put(folder, "b.xlsx", reply(folder, "004", {"requests.new.natural": 2, "requests.granted.natural": 2}))
    whole(folder)
    results = folder / "成果"
    notes = openpyxl.load_workbook(results / "分级汇总" / "Q1-区直部门" / "汇总表.xlsx")["说明"]
    assert "核对汇总数" not in {cell.value for (cell,) in notes["A1:A99"]}, "nobody checked the sums of an area"
    with open_round(folder, clock=clock()) as round_:
        for code in ("001", "004"):
            decide(round_, "withdraw", round_.roster.by_code[code], 1, "来函")
    whole(folder)
    left = {path.name for path in results.iterdir()}
    assert left == {"board.html", "校验结果.json", "收报情况.csv", "各单位报告", "分级汇总", "已作废"}
    assert list((results / "各单位报告").iterdir()) == []
    assert (results / "已作废" / "汇总表.xlsx").is_file()


@pytest.mark.parametrize("old", [False, True], ids=["kept by this version", "kept by an earlier one"])
def test_a_folder_spelt_otherwise_is_the_same_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, old: bool
) -> None:
    whole(folder)
    results = folder / "成果"
    names = {path.name for path in results.iterdir()}
    if old:
        with open_round(folder, clock=clock()) as round_:
            reports = [path for path in results.iterdir() if path.suffix in {".docx", ".pdf", ".md", ".html"}]
            round_.ledger.wrote({f"area report {path}": "" for path in reports})
            round_.ledger.wrote({rf"area report C:\轮\成果\{path.name}": "" for path in reports})
    for here, spelt in (
        (folder.parent, Path(folder.name)),
        (folder, Path()),
        (folder / "成果", Path("..", "..", folder.name)),
    ):
        monkeypatch.chdir(here)
        before = {path: path.stat().st_mtime_ns for path in (results / "各单位报告").rglob("*.docx")}
        whole(spelt)
        assert {path.name for path in results.iterdir()} == names
        assert {path: path.stat().st_mtime_ns for path in before} == before != {}


def test_a_part_of_the_tree_or_a_sum_with_everything_does_not_replace_the_whole(folder: Path) -> None:
    put(folder, "b.xlsx", reply(folder, "002", FAULTY))
    whole(folder, reports=False)
    book = folder / "成果" / "汇总表.xlsx"
    before = book.read_bytes()
    whole(folder, node="区直部门", reports=False)
    whole(folder, everything=True, reports=False)
    assert book.read_bytes() == before
    assert (folder / "成果" / "分级汇总" / "Q1-区直部门" / "汇总明细.csv").is_file()
    assert (folder / "成果" / "内部查看（含未通过）" / "汇总表.xlsx").is_file()


@pytest.mark.parametrize("where", ["收件", "台账/x", "发放", "退回"])
def test_results_are_not_written_where_they_would_be_taken_for_something_else(folder: Path, where: str) -> None:
    with open_round(folder, clock=clock()) as round_, pytest.raises(UsageError, match="不能把结果写进"):
        consolidate_round(round_, SumRequest(target=folder / where))


def test_a_form_in_a_folder_of_its_own_can_be_collected(tmp_path: Path) -> None:
    form = tmp_path / "letters"
    form.mkdir()
    text = Path(__file__).parents[3].joinpath("README.md").read_text(encoding="utf-8")
    (form / "form.toml").write_text(text.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    start(tmp_path / "r", "2025-Q1", roster(tmp_path / "l.csv", [("001", "甲局", "甲局", *[""] * 6)]), form=str(form))
    with open_round(tmp_path / "r", clock=clock()) as round_:
        (tmp_path / "r" / "收件" / "a.xlsx").write_bytes(
            write_template(round_.kind, issue(round_, round_.roster.units[0]))
        )
        done = collect(round_)
    assert [one.status.value for one in done.ended if one.status] == ["returned"]


OTHER: Mapping[str, Value] = {"requests.new.natural": 6, "requests.granted.natural": 6}


def packed(folder: Path, *files: tuple[str, Mapping[str, Value], int]) -> None:
    """A zip with returns of the unit 002, each saved at some minute past nine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, figures, minute in files:
            info = zipfile.ZipInfo(name, (2026, 1, 20, 9, minute, 0))
            archive.writestr(info, reply(folder, "002", figures))
    put(folder, "包.zip", out.getvalue())


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [("民政局.xlsx", "民政局(1).xlsx", 2), ("民政局（2）.xlsx", "民政局 (10).xlsx", 2), ("b.xlsx", "b(3).xlsx", 2)],
)
def test_of_two_valid_files_saved_at_once_the_one_with_the_later_number_counts_and_both_are_named(
    folder: Path, first: str, second: str, counts: int
) -> None:
    packed(folder, (first, GOOD, 0), (second, OTHER, 0))
    one = run(folder)[1]["002"]
    assert (one.state.value, one.revision, one.file) == ("accepted", counts, f"包.zip/{second}")
    assert one.rivals == (1,)
    assert f"“包.zip/{first}”" in one.reason
    assert "2 格不同：申请情况!D6 5→6、申请情况!D8 5→6" in one.reason
    assert "文件名里的编号在后" in one.reason
    assert [f"xxgk pin 002 {number} --reason 原因 {folder}" in one.reason for number in (1, 2)] == [True] * 2


def test_of_two_valid_files_of_one_run_the_one_saved_later_counts_whatever_its_name(folder: Path) -> None:
    packed(folder, ("民政局(1).xlsx", GOOD, 0), ("民政局.xlsx", OTHER, 30))
    one = run(folder)[1]["002"]
    assert (one.revision, one.file) == (2, "包.zip/民政局.xlsx")
    assert "第 2 版保存时间在后" in one.reason


@pytest.mark.parametrize("names", [("民政局.xlsx", "民政局-副本.xlsx"), ("甲/表.xlsx", "乙/表.xlsx")])
def test_where_nothing_tells_which_is_later_none_counts_until_the_clerk_says(
    folder: Path, names: tuple[str, str]
) -> None:
    packed(folder, (names[0], GOOD, 0), (names[1], OTHER, 0))
    one = run(folder)[1]["002"]
    assert (one.state.value, one.state.counts) == ("undecided", False)
    assert "看不出哪份在后，都没有计入" in one.reason
    done = whole(folder, reports=False)
    assert done.total.coverage == (1, 4)
    assert ("云岭区民政局", "收到几份不同的表，待选定") in [(gone.name, gone.reason) for gone in done.total.absent]
    assert [change.kind for change in done.changes if change.code == "002"] == ["rivals"]
    assert not any("民政局" in path.name for path in done.handed.written)
    with open_round(folder, clock=clock()) as round_:
        decide(round_, "pin", round_.roster.by_code["002"], 1, "电话核实")
        found = {one.code: one for one in standings(round_)}
    assert (found["002"].state.value, found["002"].revision, found["002"].rivals) == ("accepted", 1, ())


def test_two_files_that_say_the_same_or_come_in_two_runs_are_no_rivals(folder: Path) -> None:
    packed(folder, ("民政局.xlsx", GOOD, 0))
    put(folder, "再发.xlsx", reply(folder, "002", GOOD))
    assert run(folder)[1]["002"].rivals == ()
    put(folder, "更正.xlsx", reply(folder, "002", OTHER))
    one = run(folder, "2026-01-21 10:00")[1]["002"]
    assert (one.revision, one.rivals, one.reason) == (2, (), "")


def test_a_faulty_file_is_no_rival_of_a_valid_one(folder: Path) -> None:
    packed(folder, ("民政局.xlsx", GOOD, 0), ("改.xlsx", {"requests.new.natural": 5}, 0))
    one = run(folder)[1]["002"]
    assert (one.state.value, one.rivals) == ("accepted", ())


def merge(folder: Path) -> None:
    """Put the units 001 and 002 together as 006, as the roster asks for it."""
    new = ("006", "云岭区教育和民政局", "教育民政局", "政府部门", "Q1", "", "", "", "001、002")
    roster(folder / "名册.csv", [*(row for row in UNITS if row[0] not in {"001", "002"}), new])


def test_of_units_that_became_one_none_speaks_for_the_whole(folder: Path) -> None:
    put(folder, "b.xlsx", reply(folder, "002", OTHER))
    whole(folder, reports=False)
    merge(folder)
    done = whole(folder, reports=False)
    (one,) = [one for one in done.standings if one.code == "006"]
    assert (one.state.value, one.label, one.revision, one.rivals) == ("undecided", "待定", 0, ())
    assert one.reason.startswith("由 001、002 合并而来，各自的表都收到过，都没有计入：请通知新单位用自己的工作簿报")
    assert done.total.coverage == (0, 3)
    (told,) = done.changes
    assert (told.code, told.kind, told.before) == ("006", "turned", "通过")
    assert "由 001、002 合并而来" in told.cause
    with open_round(folder, alone=False) as round_:
        assert len(Came(round_).under_codes("006")) == 2
    assert whole(folder, reports=False).changes == ()

    put(folder, "合.xlsx", reply(folder, "006", OTHER))
    done = whole(folder, reports=False)
    (one,) = [one for one in done.standings if one.code == "006"]
    assert (one.state.value, one.file, done.total.coverage) == ("accepted", "合.xlsx", (1, 3))


def test_a_unit_that_took_another_in_and_keeps_its_code_does_not_speak_for_the_whole_either(folder: Path) -> None:
    put(folder, "b.xlsx", reply(folder, "002", OTHER))
    whole(folder, reports=False)
    kept = (*UNITS[2][:8], "002")
    assert UNITS[2][0] == "001"
    roster(folder / "名册.csv", [kept if row[0] == "001" else row for row in UNITS if row[0] != "002"])
    (one,) = [one for one in whole(folder, reports=False).standings if one.code == "001"]
    assert (one.state.value, one.label, one.revision, one.rivals) == ("undecided", "待定", 0, ())
    assert one.reason.startswith("由 001、002 合并而来")
    with open_round(folder) as round_, pytest.raises(UsageError, match="没有第 1 版"):
        decide(round_, "pin", round_.roster.by_code["001"], 1, "试")

    put(folder, "合.xlsx", reply(folder, "001", {"requests.new.natural": 9, "requests.granted.natural": 9}))
    (one,) = [one for one in whole(folder, reports=False).standings if one.code == "001"]
    assert (one.state.value, one.file, one.revision) == ("accepted", "合.xlsx", 2)


def test_a_unit_with_one_predecessor_that_sent_something_keeps_it(folder: Path) -> None:
    run(folder)
    merge(folder)
    one = run(folder)[1]["006"]
    assert (one.state.value, one.revision) == ("accepted", 1)


def test_the_same_bytes_after_a_withdrawal_are_told_and_their_unit_is_not_reminded(folder: Path) -> None:
    put(folder, "旧.xlsx", (folder / "收件" / "a.xlsx").read_bytes())
    run(folder, "2026-01-20 10:00")
    with open_round(folder, clock=clock("2026-01-20 11:00")) as round_:
        decide(round_, "withdraw", round_.roster.by_code["001"], 1, "单位来函")
        assert {one.code: one for one in standings(round_)}["001"].state.value == "missing"
    put(folder, "再报.xlsx", (folder / "收件" / "a.xlsx").read_bytes())
    one = run(folder, "2026-01-21 10:00")[1]["001"]
    assert one.state.value == "undecided"
    assert one.held
    assert one.reason.startswith("又交来的“再报.xlsx”与撤回的第 1 版内容相同，没有计入；要采用的：xxgk pin 001 1 ")
    with open_round(folder, clock=clock("2026-01-21 11:00")) as round_:
        assert "教育局" not in progress(round_).reminder
        decide(round_, "pin", round_.roster.by_code["001"], 1, "仍用这一份")
        assert {one.code: one for one in standings(round_)}["001"].state.value == "accepted"


def test_who_sent_in_time_is_not_late_with_what_is_accepted_later_and_who_has_to_mend_is_overdue(folder: Path) -> None:
    put(folder, "b.xlsx", reply(folder, "002", FAULTY))
    put(folder, "c.xlsx", reply(folder, "003", FAULTY))
    run(folder, "2026-01-18 10:00")
    put(folder, "b改.xlsx", reply(folder, "002", GOOD))
    put(folder, "d.xlsx", reply(folder, "004", GOOD))
    found = run(folder, "2026-01-29 10:00")[1]
    assert {code: one.lateness for code, one in found.items()} == {
        "001": "",
        "002": "",
        "003": "逾期",
        "004": "晚交",
        "005": "",
    }
