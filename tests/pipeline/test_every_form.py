"""All shipped forms that only count, from template to board: what the engine does for one it does for each of them.

What a form asks besides counts (choices, words, what is due on a condition) its samples say: `test_installed_forms`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest
from factories.rounds import clock, put, roster
from factories.works import works

from toolkit.cli.run import run
from toolkit.errors import UsageError
from toolkit.instrument import catalogue
from toolkit.instrument.catalogue import known_forms, load
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Severity
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.prior import prior_returns
from toolkit.pipeline.round.sending.distribute import distribute, issue
from toolkit.pipeline.round.start import start
from toolkit.pipeline.round.status import Run
from toolkit.pipeline.verify import verify
from toolkit.rules.compile import derive
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
UNITS = [("", name, name[3:], "", "", "", "", "", "") for name in ("云岭区水务局", "云岭区文化和旅游局")]
TEXT = "按要求办理，各项做法与上年相同，没有变化。"


COUNTS = [
    kind.form.id
    for kind in known_forms()
    if kind.form.cells == kind.form.variables and not any(one.relevant for one in kind.form.cells.values())
]


@pytest.fixture(params=[*COUNTS, "another script"])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Instrument:
    """Each of them, and one that is invented, in quarters and euros, and comes with another package."""
    if request.param in COUNTS:
        return load(request.param)
    monkeypatch.setattr(catalogue, "_packaged", lambda: {works().form.id: Path(works().form.folder)})
    return works()


def period_of(kind: Instrument) -> str:
    return "2025" if kind.form.period_kind == "year" else "2025-Q1"


def filled(kind: Instrument, level: int = 0, **said: str) -> Mapping[str, Decimal | str]:
    """All that a person fills in: every number the same, every text a sentence but for what is ``said``."""
    numbers = {name: Decimal(level) for name, one in kind.variables.items() if not one.derived}
    return {**numbers, **{name: said.get(name.replace(".", "__"), TEXT) for name in kind.form.texts}}


def save(
    path: Path,
    kind: Instrument,
    unit: str = "甲局",
    level: int = 0,
    other: Mapping[str, Decimal | str] = MappingProxyType({}),
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    given = Prefill(unit=unit, period=period_of(kind), values={**filled(kind, level), **other})
    path.write_bytes(write_template(kind, given))
    return path


def test_zeros_and_sentences_are_no_error_and_nothing_is_lost(form: Instrument, tmp_path: Path) -> None:
    (verdict,) = verify([save(tmp_path / "a.xlsx", form)])
    assert [one for one in verdict.findings if one.severity in {Severity.ERROR, Severity.FATAL}] == []
    assert verdict.content is not None
    assert verdict.content.numbers == dict.fromkeys(form.names, Decimal(0))
    assert verdict.content.texts == dict.fromkeys(form.form.texts, TEXT)


def test_a_number_with_words_is_told_at_its_cell_in_every_table(form: Instrument, tmp_path: Path) -> None:
    firsts = {one.table: one for one in reversed(list(form.variables.values())) if not one.derived}
    for variable in firsts.values():
        (verdict,) = verify([save(tmp_path / "a.xlsx", form, other={variable.name: "10件"})])
        cells = [(one.sheet, one.cell) for one in verdict.findings if one.rule == "VAL-01"]
        assert (form.layout.spots[variable.name].sheet, form.layout.spots[variable.name].cell) in cells


def test_what_a_number_may_be_is_told_of_each_kind_there_is(form: Instrument, tmp_path: Path) -> None:
    kinds = {one.type: one for one in form.variables.values() if not one.derived}
    signed = [one for one in form.variables.values() if not one.derived and one.type.signed]
    for variable in [*kinds.values(), *signed[:1]]:
        for number, right in ((Decimal(-1), variable.type.signed), (Decimal("0.5"), variable.type.decimals > 0)):
            (verdict,) = verify([save(tmp_path / "a.xlsx", form, other={variable.name: number})])
            cell = form.layout.spots[variable.name].cell
            told = [one for one in verdict.findings if one.rule.startswith("VAL") and one.cell == cell]
            assert bool(told) != right, (variable.name, number)


def test_a_sum_adds_every_figure_of_every_unit(form: Instrument, tmp_path: Path) -> None:
    for number, unit in enumerate(("甲局", "乙局", "丙局"), 1):
        save(tmp_path / "in" / f"{unit}.xlsx", form, unit, number)
    out = tmp_path / "out"
    code = run(
        ["consolidate", str(tmp_path / "in"), "--form", form.form.folder, "--all", "-o", str(out), "--no-reports"]
    )
    assert code in {0, 1}
    (found,) = out.rglob("汇总数.json")
    sums = json.loads(found.read_text(encoding="utf-8"), parse_float=Decimal)["sums"]
    wanted = derive(form.rules.formulas, {name: Decimal(6) for name in form.names}, {})
    assert {name: sums[name]["value"] for name in form.names} == wanted
    assert {one["covered"] for one in sums.values() if isinstance(one, dict)} == {3}


@pytest.mark.parametrize("to", ["docx", "html", "md"])
def test_a_report_is_written_with_every_text(form: Instrument, to: str, tmp_path: Path) -> None:
    source = save(tmp_path / "a.xlsx", form)
    assert run(["report", str(source), "--to", to, "-o", str(tmp_path / "out")]) == 0
    report = min((tmp_path / "out").glob(f"*.{to}"), key=lambda path: len(path.name))
    if to != "docx":
        assert report.read_text(encoding="utf-8").count(TEXT) == len(form.form.texts)


def test_the_kept_template_has_a_cell_of_that_name_for_every_figure(form: Instrument) -> None:
    assert set(form.names) <= {planned.name for cells in blank_plan(form).sheets.values() for planned in cells}
    kept = Path(form.form.folder, "template.xlsx")
    assert form is works() or kept.read_bytes() == write_template(form)


def round_of(place: Path, kind: Instrument, period: str, previous: Path | None = None, **figures: int) -> Path:
    """A round in which every unit reported zeros but for some figures."""
    listed = roster(place / "roster.csv", UNITS)
    start(place / "round", period, listed, form=kind.form.folder or kind.form.id, prior=previous, clock=clock())
    with open_round(place / "round", clock=clock()) as round_:
        distribute(round_)
        for unit in round_.roster.reporting():
            named = {name.replace("__", "."): Decimal(value) for name, value in figures.items()}
            values = {**filled(kind), **named, "others.fee": "无"}
            put(place / "round", f"{unit.code}.xlsx", write_template(kind, replace(issue(round_, unit), values=values)))
    return place / "round"


def whole(folder: Path) -> Run:
    with open_round(folder, clock=clock()) as round_:
        return consolidate_round(round_, SumRequest(reports=False))


def test_a_round_goes_from_distribution_to_the_board(form: Instrument, tmp_path: Path) -> None:
    folder = round_of(tmp_path, form, period_of(form))
    done = whole(folder)
    assert done.total.coverage == (2, 2)
    assert (folder / "成果" / "board.html").is_file()
    assert (folder / "成果" / "汇总表.xlsx").is_file()


def test_a_faulty_return_is_handed_back_with_its_cell_marked(form: Instrument, tmp_path: Path) -> None:
    name = next(name for name, one in form.variables.items() if not one.derived)
    source = save(tmp_path / "a.xlsx", form, other={name: "没有"})
    assert run(["annotate", str(source), "-o", str(tmp_path / "out")]) in {0, 1}
    assert len(list((tmp_path / "out").glob("*.xlsx"))) == 1


def test_the_samples_of_the_older_format_are_judged_as_described() -> None:
    verdicts = {Path(one.file).stem: one for one in verify(sorted((SAMPLES / "zfxxgk-2019").glob("*.xlsx")))}
    faulty = verdicts.pop("城管局")
    assert {one.status.value for one in verdicts.values()} == {"accepted"}
    errors = {(one.rule, one.cell) for one in faulty.findings if one.severity is Severity.ERROR}
    assert errors == {("VAL-01", "C20"), ("BAL-02", "D6"), ("BAL-02", "B9"), ("BAL-01", "D6")}


@pytest.mark.parametrize("by_hand", [False, True], ids=["a round", "workbooks"])
def test_last_years_returns_in_the_older_format_feed_last_year_where_the_form_says_so(
    tmp_path: Path, *, by_hand: bool
) -> None:
    old, new = load("zfxxgk-2019"), load("zfxxgk-2021")
    told = {"requests__new__natural": 7, "requests__otherwise__natural": 1, "requests__carried_out__natural": 6}
    before = round_of(tmp_path / "old", old, "2020", None, **told, proactive__licences__decisions=5)
    assert whole(before).total.coverage == (2, 2)
    previous = before / "收件" if by_hand else before
    # They carry 5 over, where 6 were carried out.
    now = {"requests__carried_in__natural": 5, "requests__carried_out__natural": 5}
    later = round_of(tmp_path / "new", new, "2021", previous, **now)
    with open_round(later, alone=False) as round_:
        figures = round_.figures(round_.roster.by_code["001"])
    assert figures["requests.carried_out.natural"] == 6
    assert figures["proactive.licences.decisions"] == 5
    assert figures.keys() <= set(new.names)
    assert not any(name.startswith(("requests.other", "proactive.normative")) for name in figures)
    done = whole(later)
    for one in done.standings:
        assert one.newest is not None
        found = [(f.left, f.right) for f in one.newest.findings if f.rule == "YOY-01" and f.severity is Severity.ERROR]
        assert found == [(5, 6)]
    beside = verify(sorted((later / "收件").glob("*.xlsx")), prior=prior_returns(previous))
    assert {f.rule for one in beside for f in one.findings if f.severity is Severity.ERROR} == {"YOY-01"}


def test_a_form_that_is_not_said_to_be_as_this_one_gives_no_last_year(tmp_path: Path) -> None:
    later = round_of(tmp_path / "new", load("zfxxgk-2021"), "2021")
    with pytest.raises(UsageError, match="那一轮收的是另一种报表"):
        round_of(tmp_path / "old", load("zfxxgk-2019"), "2022", later)
