"""Filling in without a spreadsheet, on the self-check page: what is typed there is the unit's workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from factories.browser import axe
from factories.pages import BROWSERS, ROOT, built_page, page_module, seen_in
from factories.rounds import begin, clock, put, with_pages
from factories.workbooks import save, values

from toolkit.forms.layout import CHECKS, PERIOD, PRIOR, UNIT
from toolkit.instrument.catalogue import form_folders, load
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Severity
from toolkit.model.flat import FlatWorkbook
from toolkit.model.returns import Verdict
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import distribute, page
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.verify import verify_batch
from toolkit.text import cell_text
from toolkit.workbook.intake.gate import admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.template.cells import CellRole, Prefill
from toolkit.workbook.template.plan import blank_plan

FORMS = sorted(form_folders())
#: A sample of each form; the second explains a finding.
TYPED = ("websites-2025/云岭区政府门户网站.xlsx", "yunling-2025/区政府办.xlsx", "zfxxgk-2019/水务局.xlsx")
WIDTHS = (1280, 360)
_BUTTON, _CHECK, _TAKE, _ZEROS = "在网页里填", "检查", "下载填好的表", "这些空格都填 0"


def filling(form: str, **given: Any) -> Any:
    """The form as the page asks for it."""
    return page_module("filling").Filling(load(form), Prefill(**given))


def samples() -> list[str]:
    """Every sample that can be read and whose totals are computed, by its path."""
    folder = ROOT / "samples"
    found = {path: _verdict(path) for path in sorted(folder.rglob("*.xlsx"))}
    return [path.relative_to(folder).as_posix() for path, one in found.items() if one.content and not _overwritten(one)]


def _overwritten(verdict: Verdict) -> bool:
    return any(one.rule.startswith("FMLA") and one.severity is Severity.ERROR for one in verdict.findings) or bool(
        verdict.content and verdict.content.overwritten
    )


@cache
def _verdict(path: Path) -> Verdict:
    (verdict,) = verify_batch([(path.name, path.read_bytes())])
    return verdict


def judged(data: bytes) -> Verdict:
    """The verdict on a workbook."""
    (verdict,) = verify_batch([("a.xlsx", data)])
    return verdict


def typed_of(kind: Instrument, flat: FlatWorkbook) -> dict[str, str]:
    """What somebody who has a filled workbook before him types: every entry as it stands there."""
    cells = blank_plan(kind).places
    known = {name: (flat.at(*place), cells[place]) for name, place in kind.layout.cells.items() if place in cells}
    entries = {n: one for n, (one, planned) in known.items() if one.formula is None and planned.role != CellRole.TOTAL}
    texts = {name: cell_text(one.value) for name, one in entries.items() if one.value is not None}
    return {name: text for name, text in texts.items() if name not in {UNIT, PERIOD} and not name.startswith("xxgk.")}


def told(verdict: Verdict) -> list[tuple[str, ...]]:
    """Findings but those about formulas and signatures, which are not typed."""
    kept = (one for one in verdict.findings if not one.rule.startswith(("FMLA", "SIGN")))
    return [(one.rule, one.severity.value, one.sheet, one.cell, one.message, one.explanation) for one in kept]


def understood(verdict: Verdict) -> list[object]:
    """All that a return says."""
    content = verdict.content
    assert content is not None
    held = (content.numbers, content.prior, content.texts, content.items, content.lines, content.cover)
    return [verdict.unit, verdict.period, *map(dict, held), dict(content.explanations)]


# ---------------------------------------------------------------- what needs no browser


@pytest.mark.runs
@pytest.mark.parametrize("name", samples())
def test_what_is_typed_is_judged_as_if_it_had_been_typed_in_a_spreadsheet(name: str) -> None:
    path = ROOT / "samples" / name
    wanted, kind = _verdict(path), load(_verdict(path).form)
    typed = typed_of(kind, read(admit_bytes(path.read_bytes())))
    made = judged(filling(kind.form.id, unit=wanted.unit, period=wanted.period).book(typed))
    assert (told(made), made.status) == (told(wanted), wanted.status)
    assert understood(made) == understood(wanted)


@pytest.mark.runs
@pytest.mark.parametrize("form", FORMS)
def test_every_cell_that_a_unit_fills_is_there_once_and_in_its_place(form: str) -> None:
    kind, found = load(form), []
    for sheet in filling(form).sheets():
        assert ("fields" in sheet) != ("rows" in sheet)
        for cell in sheet.get("fields") or [one for row in sheet["rows"] for one in row]:
            if name := cell.get("name"):
                found.append(name)
                spot = kind.layout.spot(name)
                assert (sheet["sheet"], cell["row"], cell["col"]) == tuple(spot)
                assert cell["label"]
    names = {name for name, spot in kind.layout.spots.items() if spot.sheet != CHECKS and not name.startswith("xxgk.")}
    assert sorted(found) == sorted(names)


@pytest.mark.runs
@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), (" 12 ", 12), ("1,234", 1234), ("-3", -3), ("1.50", Decimal("1.5")), ("1,2", "1,2"), ("10件", "10件")],
)
def test_a_number_is_one_where_a_spreadsheet_takes_it_for_one(text: str, value: Decimal | str) -> None:
    name = "requests.new.natural"
    assert filling("zfxxgk-2021").filled({name: text}).values[name] == value


@pytest.mark.runs
def test_full_width_figures_are_left_to_the_checker() -> None:
    made = judged(filling("zfxxgk-2021", unit="甲局", period="2025").book({"requests.new.natural": "１２"}))
    assert made.content is not None
    assert made.content.numbers["requests.new.natural"] == 12
    assert "VAL-10" in {one.rule for one in made.findings}


@pytest.mark.runs
def test_totals_ticks_and_last_year_follow_from_what_is_typed() -> None:
    given = filling("zfxxgk-2021", prior={"requests.carried_out.natural": Decimal(7)})
    row = {name: "2" for name in load("zfxxgk-2021").names if name.startswith("requests.new.")}
    now = given.now({**row, "cover.no_disputes": "是"})
    assert now["shown"]["requests.new.total"] == "12"
    assert now["shown"]["requests.granted.total"] == ""
    ticked = load("zfxxgk-2021").form.nil_of
    zeros = [name for name, nil in ticked.items() if nil.name == "cover.no_disputes"]
    assert zeros
    assert {now["shown"][name] for name in zeros} == {"0"}
    assert now["prior"]["requests.carried_out.natural"] == "7"
    assert given.now({**row, "requests.new.natural": "2件"})["shown"]["requests.new.total"] == ""


@pytest.mark.runs
def test_a_cell_is_idle_until_another_asks_for_it() -> None:
    given = filling("zfwzgznb")
    assert "site.days.v" in given.now({"site.closed.v": "0"})["idle"]
    assert "site.days.v" not in given.now({"site.closed.v": "3"})["idle"]


@pytest.mark.runs
def test_last_years_figures_that_the_office_gave_are_locked_and_those_typed_are_not() -> None:
    given = {"requests.carried_out.natural": Decimal(7)}
    typed = {"last_year.requests.carried_out.business": "3", "last_year.requests.carried_out.research": "没有"}
    made = filling("zfxxgk-2021", unit="甲局", period="2025", prior=given).book(typed)
    verdict, flat = judged(made), read(admit_bytes(made))
    assert verdict.content is not None
    names = [f"requests.carried_out.{one}" for one in ("natural", "business", "research", "total")]
    assert [verdict.content.prior[name] for name in names] == [7, 3, None, None]
    cells = [flat.at(*load("zfxxgk-2021").layout.cells[f"last_year.{name}"]) for name in names]
    assert [flat.styles[cell.style].locked for cell in cells] == [True, False, False, True]
    assert [(one.rule, one.sheet) for one in verdict.findings if one.sheet == PRIOR] == [("VAL-01", PRIOR)]


# ---------------------------------------------------------------- in browsers


def filled_in(
    browser: str, target: Path, outdir: Path, steps: Sequence[tuple[str, object]], **more: object
) -> list[Any]:
    """What came of each step, by ``fill_in.js``."""
    seen = seen_in(browser, target, outdir, script="fill_in.js", steps=steps, **more)
    assert seen["errors"] == []
    return list(seen["told"][1:])


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("browser", BROWSERS)
def test_a_whole_return_typed_in_the_page_is_that_return(browser: str, name: str, tmp_path: Path) -> None:
    built_page()
    path = ROOT / "samples" / name
    wanted, kind = _verdict(path), load(_verdict(path).form)
    whole = typed_of(kind, read(admit_bytes(path.read_bytes())))
    explained = [text for name, text in whole.items() if name.startswith("explain.")]
    typed = {name: text for name, text in whole.items() if not name.startswith("explain.")}
    target = page(kind.form.id, wanted.period, wanted.unit, tmp_path / "自查.html")
    explaining = [("press", _CHECK), *(("explain", text) for text in explained)]
    steps = [("type", typed), *explaining, ("press", _CHECK), ("shown", None), ("take", "填好.xlsx")]
    *_, said, shown, taken = filled_in(browser, target, tmp_path, steps)
    made = judged((tmp_path / "填好.xlsx").read_bytes())
    assert (told(made), made.status) == (told(wanted), wanted.status)
    assert understood(made) == understood(wanted)
    assert (made.self_checked, taken.startswith("自查通过-")) == (True, True)
    assert said[0].startswith("自查通过")
    assert made.content is not None
    totals = {
        one: kind.variables[one].type.shown(made.content.numbers[one] or Decimal(0)) for one in kind.rules.formulas
    }
    assert {one: shown[one][0] for one in totals} == totals


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("browser", BROWSERS)
def test_a_wrong_entry_is_told_and_leads_to_its_cell_and_nothing_typed_is_lost(browser: str, tmp_path: Path) -> None:
    built_page()
    target = page("zfxxgk-2021", "2025", "甲局", tmp_path / "自查.html")
    texts = {name: text for name, text in values().items() if isinstance(text, str)}
    looks: dict[str, object] = {"widths": WIDTHS, "axe": axe() if browser == "chrome" else None}
    sheets = load("zfxxgk-2021").layout.sheets[:-1]
    seen = [step for n, one in enumerate(sheets) for step in (("press", one), ("look", {**looks, "name": f"sheet{n}"}))]
    steps: list[tuple[str, object]] = [
        *seen,
        ("keys", ["requests.new.natural", "5", "ArrowRight", "3件", "Enter", "2", "ArrowUp"]),
        ("paste", ["requests.granted.natural", "5\t0\n\t1"]),
        ("type", texts),
        ("press", _CHECK),
        ("look", {**looks, "name": "found"}),
        ("press", _ZEROS),
        ("press", _CHECK),
        ("cards", None),
        ("card", 0),
        ("look", {**looks, "name": "cell"}),
        ("reload", None),
        ("type", {"requests.new.business": "3", "requests.granted.business": "4"}),
        ("press", _CHECK),
        ("take", "填好.xlsx"),
        ("press", "清空"),
        ("reload", None),
    ]
    found = filled_in(browser, target, tmp_path, steps)
    assert [one for (what, _), one in zip(steps, found, strict=True) if what == "look"] == [
        {str(width): {"violations": [], "past": 0} for width in WIDTHS} for what, _ in steps if what == "look"
    ]
    after = found[len(seen) :]
    assert after[0][0] == "requests.new.business"
    assert after[1]["requests.granted.natural"][0] == "5"
    assert after[1]["requests.partial.business"][0] == "1"
    cards, cell, kept = after[7], after[8], after[10]
    assert cards[0].startswith("错误申请情况!E6")
    assert (cell["name"], cell["wrong"], cell["seen"]) == ("requests.new.business", "true", True)
    assert "3件" in cell["said"]
    assert (kept["requests.new.business"][0], kept["requests.new.natural"][0]) == ("3件", "5")
    assert {name: kept[name][0] for name in texts} == texts
    assert after[12][0].startswith("自查通过")
    assert judged((tmp_path / "填好.xlsx").read_bytes()).self_checked
    assert {one[0] for one in after[-1].values()} == {""}


@pytest.mark.browser
@pytest.mark.clients
def test_a_browser_that_keeps_nothing_is_said_to(tmp_path: Path) -> None:
    built_page()
    target = page("zfwzgznb", "", "", tmp_path / "自查.html")
    steps = [("kept", None), ("type", {UNIT: "乙局", PERIOD: "2025年"}), ("take", "填好.xlsx")]
    said, _, name = filled_in("chrome", target, tmp_path, steps, forgetful=True)
    assert "关掉这一页，填的就没有了" in said
    made = judged((tmp_path / "填好.xlsx").read_bytes())
    assert (made.unit, made.period, name) == ("乙局", "2025", "乙局2025政府网站工作年度报表.xlsx")


@pytest.mark.browser
@pytest.mark.clients
def test_a_round_from_the_page_beside_the_workbook_to_the_inbox(tmp_path: Path) -> None:
    built_page()
    folder = tmp_path / "2025年报"
    begin(folder)
    with_pages(folder)
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
    beside = save(tmp_path / "自查.html", _with_last_year(next((folder / "发放").glob("001-*自查.html")).read_bytes()))
    texts = {name: text for name, text in values().items() if isinstance(text, str)}
    carried = {"requests.carried_in.natural": "7", "requests.granted.natural": "7"}
    steps = [
        ("type", {**texts, **carried}),
        ("press", _CHECK),
        ("press", _ZEROS),
        ("shown", None),
        ("take", "填好.xlsx"),
    ]
    *_, shown, name = filled_in("chrome", beside, tmp_path, steps)
    assert shown["requests.carried_out.natural"] == ["0", False, "上年 7"]
    put(folder, name, (tmp_path / "填好.xlsx").read_bytes())
    with open_round(folder, clock=clock()) as round_:
        collect(round_)
        found = {one.code: one for one in standings(round_)}["001"]
    assert found.verdict is not None
    assert (found.state.value, found.verdict.self_checked) == ("accepted", True)
    assert {one.rule for one in found.verdict.findings} == {"SIGN-09"}


def _with_last_year(data: bytes) -> bytes:
    """A page whose unit left 7 requests open last year."""
    assert b'"prior": {}' in data
    return data.replace(b'"prior": {}', b'"prior": {"requests.carried_out.natural": "7"}')
