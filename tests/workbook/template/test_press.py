"""A pressed workbook is the one that would have been written from the start, to the byte, and nobody else's."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from factories.filled_forms import annual
from factories.office import resave

from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.returns import Identity
from toolkit.pipeline.verify import verify
from toolkit.workbook.intake.gate import admit, admit_bytes
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.structure import check_structure, identify
from toolkit.workbook.template import press as module
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan, prior_known
from toolkit.workbook.template.press import Press
from toolkit.workbook.template.write import write_template

SEED = 20251215
NAMES = (
    "教育局",
    "云岭区住房和城乡建设局",
    "A&B <局> \"引号\" '撇'",
    "宿迁市自然资源和规划局宿城分局行政审批与信息公开工作办公室综合业务科",
    "😀局",
    "鄠邑区财政局",
    "x",
)
ODD = (
    " 前有空格",
    "后有空格 ",
    "　前后有全角空格　",
    "控\x01制",
    "_x0001_",
    "封面",
    "单位名称",
    "zfxxgk-2021",
    "2025",
    "001",
    "\ue000局",
    "\n",
    "两\n行",
    "<r>局</r>",
    "长" * 201,
)
SMALL = """
[form]
id = "small"
version = 1
title = "小表"
[[table]]
id = "t"
title = "表"
type = { kind = "decimal", decimals = 3 }
columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "c", label = "合计" }]
rows = [{ id = "x", label = "一" }, { id = "y", label = "二" }]
formulas = { SUM-01 = "FORMULA" }
rules = { YOY-01 = "RULE", YOY-02 = { rule = "x <= y[上年]", severity = "verify" } }
"""
#: A form's formula and rule, and whether its workbooks can be pressed.
FORMS = {
    ("c = a + b", "a <= b[上年] * 2 + c[上年]"): True,
    ("c = a + b", "a <= b[上年] / a[上年]"): True,
    ("c = a + b[上年]", "a <= b"): True,
    ("c = b[上年] * 2", "a <= b"): False,
    ("c = 5", "c <= a[上年]"): False,
    ("c = a + b", "a[上年] <= b[上年]"): True,
}
GIVEN = Prefill(unit="甲局", period="2025", code="001", key="0a1b2c3d", signature="f" * 32)


@cache
def press() -> Press:
    return Press(annual())


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Prefill]:
    """What the press has made from the start: its masters, and what it does not press."""
    made: list[Prefill] = []

    def write(instrument: Instrument, prefill: Prefill) -> bytes:
        made.append(prefill)
        return write_template(instrument, prefill)

    monkeypatch.setattr(module, "write_template", write)
    return made


def small(formula: str, rule: str) -> Instrument:
    return loads(SMALL.replace("FORMULA", formula).replace("RULE", rule))


def before(kind: Instrument, *figures: str) -> dict[str, Decimal]:
    """These figures for all of last year, by turns."""
    return {name: Decimal(figures[i % len(figures)]) for i, name in enumerate(kind.layout.prior)}


def some(chance: random.Random, kind: Instrument, name: str) -> Prefill:
    """A unit with none, some or all of last year's figures known."""
    share = chance.choice([0.0, 0.5, 1.0])
    figures: Mapping[str, Decimal] = {
        one: Decimal(chance.choice(["0", "7", "123456", "0.1", "1286.4", "99999.125"]))
        for one in kind.layout.prior
        if chance.random() < share
    }
    return Prefill(
        unit=name,
        period=chance.choice(["2025", "2024", ""]),
        code=chance.choice(["", "001", "Q-17"]),
        body=chance.choice(["", *annual().form.bodies]),
        key=chance.choice(["", "0a1b2c3d"]),
        signature=chance.choice(["", f"{chance.getrandbits(128):032x}"]),
        prior=figures,
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_is_that_of_a_workbook_made_from_the_start(name: str) -> None:
    prefill = some(random.Random(f"{SEED}{name}"), annual(), name)  # noqa: S311 - figures, not secrets
    assert press().issue(prefill) == write_template(annual(), prefill)


@pytest.mark.parametrize("name", [*ODD, ""])
def test_so_it_is_whatever_a_unit_is_called(name: str) -> None:
    kind, chance = small("c = a + b", "a <= b[上年]"), random.Random(f"{SEED}{name}")  # noqa: S311 - the same
    own = Press(kind)
    for _ in range(3):
        prefill = some(chance, kind, name)
        assert own.issue(prefill) == write_template(kind, prefill)


@pytest.mark.parametrize(("formula", "rule"), FORMS)
def test_the_same_of_another_form(formula: str, rule: str, started: list[Prefill]) -> None:
    kind, chance = small(formula, rule), random.Random(SEED)  # noqa: S311
    own = Press(kind)
    for i in range(12):
        prefill = some(chance, kind, NAMES[i % len(NAMES)])
        assert own.issue(prefill) == write_template(kind, prefill)
    started.clear()
    for figures in (("0",), ("3", "0.5"), ("7",), ("2", "0.001"), ("0",)):
        prefill = replace(GIVEN, prior=before(kind, *figures))
        assert own.issue(prefill) == write_template(kind, prefill)
    assert (len(started) < 5) == FORMS[formula, rule]


def test_workbooks_are_pressed_and_not_made_from_the_start(started: list[Prefill]) -> None:
    own = Press(annual())
    for unit in (*NAMES, "乙局", "甲" * 19):
        own.issue(replace(GIVEN, unit=unit, prior=before(annual(), "3", "1234567")))
    assert len(started) == 3, "one master for names of one line, one for the longer, one for names that tell a kind"
    assert sorted(one.named for one in started) == ["", "", "县级部门"]


def test_a_text_that_stands_there_already_or_twice_is_made_from_the_start(started: list[Prefill]) -> None:
    own = Press(annual())
    own.issue(GIVEN)
    for changes in ({"code": "2025"}, {"code": "1"}, {"key": "甲局"}, {"signature": "0a1b2c3d"}):
        prefill = replace(GIVEN, **changes)  # type: ignore[arg-type]
        started.clear()
        assert own.issue(prefill) == write_template(annual(), prefill)
        assert started == [prefill]


@pytest.mark.parametrize("field", ["unit", "code", "key", "signature"])
def test_rows_are_as_tall_as_a_text_of_any_length_needs(field: str) -> None:
    kind = small("c = a + b", "a <= b[上年]")
    own = Press(kind)
    for length in (1, 38, 39, 40, 60, 61, 62, 77, 78, 79, 122, 123, 124, 200):
        for text in ("x" * length, "宽" * (length // 2) + "x" * (length % 2)):
            prefill = replace(GIVEN, **{field: text})  # type: ignore[arg-type]
            assert own.issue(prefill) == write_template(kind, prefill), (field, length)


@pytest.mark.parametrize(
    "figure",
    ["0", "-0", "-3", "0.1", "1E+3", "1E-7", "0.30000000000001", "999999999999999", "12345678901.125", "9" * 40],
)
def test_figures_are_written_as_they_always_are(figure: str) -> None:
    prefill = replace(GIVEN, prior=before(annual(), figure, "1", "0.7"))
    assert press().issue(prefill) == write_template(annual(), prefill)


def test_units_in_turn_do_not_mix() -> None:
    own, chance = Press(annual()), random.Random(SEED)  # noqa: S311
    units = [replace(some(chance, annual(), f"第{i}局"), code=f"C{i}") for i in range(8)]
    whole = [write_template(annual(), unit) for unit in units]
    assert [own.issue(unit) for unit in units * 2] == whole * 2
    assert [own.issue(unit) for unit in reversed(units)] == whole[::-1]


def test_only_so_many_masters_are_kept(monkeypatch: pytest.MonkeyPatch, started: list[Prefill]) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    kind = small("c = a + b", "a <= b[上年]")
    own = Press(kind)
    for period in ("2023", "2024", "2025", "2025", "2024", "2023"):
        prefill = replace(GIVEN, period=period)
        assert own.issue(prefill) == write_template(kind, prefill)
    assert [one.period for one in started] == ["2023", "2024", "2025", "2023"]


def test_a_sheet_whose_cells_are_not_found_is_not_pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CELL", re.compile("(?!)"))
    prefill = replace(GIVEN, prior=before(annual(), "3"))
    assert Press(annual()).issue(prefill) == write_template(annual(), prefill)


def test_nothing_of_a_unit_is_left_in_the_next_ones() -> None:
    chance = random.Random(SEED)  # noqa: S311
    first, second = some(chance, annual(), "秘密局"), replace(some(chance, annual(), "公开局"), code="002", prior={})
    press().issue(first)
    with zipfile.ZipFile(io.BytesIO(press().issue(second))) as made:
        assert made.testzip() is None
        assert not any("秘密局".encode() in made.read(part) for part in made.namelist())


def test_what_is_pressed_says_who_it_was_issued_to_and_is_whole() -> None:
    prefill = Prefill(unit="云岭区教育局", period="2025", code="001", key="0a1b2c3d", signature="f" * 32)
    flat = read(admit_bytes(press().issue(prefill)))
    plan = blank_plan(annual())
    identity = identify(flat)
    assert identity == Identity(
        form="zfxxgk-2021",
        version=1,
        code="001",
        unit="云岭区教育局",
        period="2025",
        fingerprint=plan.fingerprint,
        key="0a1b2c3d",
        signature="f" * 32,
    )
    assert check_structure(flat, annual(), plan, identity) == []


def test_verify_finds_in_it_what_it_finds_in_one_made_from_the_start(tmp_path: Path) -> None:
    own, prefill = Press(annual()), replace(GIVEN, unit="A&B <局>", prior=before(annual(), "3", "0"))
    own.issue(replace(prefill, unit="乙局", code="777", prior=before(annual(), "5")))
    found = []
    path = tmp_path / "收件.xlsx"
    for data in (own.issue(prefill), write_template(annual(), prefill)):
        path.write_bytes(data)
        (verdict,) = verify([path])
        found.append(verdict)
    pressed, written = found
    assert (pressed.status, pressed.findings) == (written.status, written.findings)
    assert pressed.content == written.content
    assert pressed.content is not None
    assert pressed.content.prior == prior_known(annual(), prefill.prior)


@pytest.mark.office
def test_libreoffice_opens_and_saves_it_and_its_identity_stays(tmp_path: Path) -> None:
    prefill = Prefill(unit="云岭区A&B局", period="2025", code="001", key="0a1b2c3d", signature="f" * 32)
    (tmp_path / "a.xlsx").write_bytes(press().issue(prefill))
    saved = read(admit(resave(tmp_path / "a.xlsx", tmp_path / "out")))
    identity = identify(saved)
    assert identity is not None
    assert (identity.code, identity.unit, identity.signature) == ("001", "云岭区A&B局", "f" * 32)
    assert identity.contradictions == ()
    assert saved.properties["xxgk.signature"] == "f" * 32


def test_a_filled_workbook_is_made_from_the_start() -> None:
    prefill = Prefill(unit="甲局", period="2025", values={"requests.new.natural": Decimal(3)})
    assert press().issue(prefill) == write_template(annual(), prefill)
