"""One rule, two back ends: the check sheet that LibreOffice calculates agrees with the verdicts given here.

Workbooks are filled at random (seeded), every stored result of a formula is taken out, LibreOffice calculates them, and
each verdict cell of its check sheet is held against what the rules say about the return read from the same file.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from factories.filled_forms import annual
from factories.office import calculated_sheets, recalculate

from toolkit.checks.confront import outcome, sides
from toolkit.forms.layout import CHECKS, COVER, CheckColumn, Spot
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Outcome, Status
from toolkit.model.returns import Return, Submission
from toolkit.pipeline.verify import verify
from toolkit.rules.compile import derive
from toolkit.workbook.intake.gate import admit
from toolkit.workbook.intake.read import read
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

pytestmark = pytest.mark.office

SMALL = """
[form]
id = "small"
version = 1
title = "小表"

[[table]]
id = "t"
title = "一、各种算式"
sheet = "算式"
type = { kind = "decimal", decimals = 6, signed = true }
columns = [
  { id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "c", label = "丙" }, { id = "total", label = "合计" },
]
rows = [
  { id = "x", label = "第一" }, { id = "y", label = "第二" }, { id = "z", label = "第三" },
  { id = "gap", label = "相差" }, { id = "spare", label = "备用" },
]

[table.formulas]
F-01 = "total = a + b + c"
F-02 = "gap = x - (y - z)"

[table.rules]
MIN-01 = "min(x, y, 10) <= z"
MAX-01 = { rule = "max(x, y) >= z", severity = "verify" }
ABS-01 = "abs(x - y) < 5"
MUL-01 = "x * 2 <> y * z"
DIV-01 = { rule = "x / y < 3", severity = "verify" }
NEG-01 = "-x - -y = -(x - y) * 1"
HALF-01 = "(x + y) / 2 >= z * 0.5"
RUN-01 = "a > b - c"
SUM-01 = "sum(x:z) - sum(x, y) = z"
YOY-01 = { rule = "x <= 10 * x[上年] + 100", severity = "verify" }
YOY-02 = "x / x[上年] >= 0.5"
YOY-03 = { rule = "total <> total[上年]", severity = "verify" }

[[table]]
id = "u"
title = "二、别处"
sheet = "Other sheet"
layout = "line"
columns = [{ id = "p", label = "子" }, { id = "q", label = "丑" }]
rows = [{ id = "m", label = "其一" }, { id = "n", label = "其二" }]

[table.rules]
LINE-01 = "m.p + n.q = m.q + n.p"

[rules]
FAR-01 = "u.m.p <= abs(t.x.a) + max(t.y.b, t.z.c)"
FAR-02 = "sum(t.x.total, u.n.q) <> t.gap.total"
"""

#: What LibreOffice's words stand for; whether a failure is an error or to be explained is the severity's business.
WORDS = {
    "通过": Outcome.PASS,
    "不通过": Outcome.FAIL,
    "请核实": Outcome.FAIL,
    "未填": Outcome.UNDETERMINED,
    "不适用": Outcome.NOT_APPLICABLE,
    "提示": Outcome.FAIL,
}
#: Texts that neither a spreadsheet nor the reader takes for a number.
TEXTS = ("10件", "/", "无", "增10", "—", "１2件", " ", "=1+1", "1,2", "#N/A", "abc")
Entries = dict[str, Decimal | str]
Fill = Callable[[Instrument, Random], Prefill]


def any_number(dice: Random) -> Decimal:
    """A number of a kind that goes wrong: zero, negative, with decimals, large; not more than three decimals."""
    kind = dice.randrange(8)
    if kind == 0:
        return Decimal(0)
    if kind == 1:
        return Decimal(dice.randint(-20, -1))
    if kind in {2, 3}:
        return Decimal(dice.randint(-3000, 3000)).scaleb(-dice.randint(1, 3))
    if kind == 4:
        return Decimal(dice.randint(-(10**8), 10**8))
    return Decimal(dice.randint(0, 12))


def fill_small(instrument: Instrument, dice: Random) -> Prefill:
    """Figures of every kind, a few gaps, now and then a total written over; last year's figures for some."""
    gaps = dice.choice((0, 0, 0.05, 0.2))
    overwrite = dice.choice((0, 0, 0.3))
    values: Entries = {}
    for name, variable in instrument.variables.items():
        chance = dice.random()
        if variable.derived:
            if chance < overwrite:
                values[name] = dice.choice(TEXTS) if dice.random() < 0.2 else any_number(dice)
        elif chance < gaps / 2:
            values[name] = dice.choice(TEXTS)
        elif chance >= gaps:
            values[name] = any_number(dice)
    if dice.random() < 0.2:
        values |= {
            "t.x.a": Decimal("0.1"),
            "t.x.b": Decimal("0.2"),
            "t.x.c": Decimal("0.3"),
            "t.x.total": Decimal("0.6"),
        }
    known = dice.choice((0, 0.5, 1))
    prior = {name: any_number(dice) for name in instrument.layout.prior if dice.random() < known}
    return Prefill(unit="某局", period="2025", values=values, prior=prior)


#: Figures that are held against a multiple of last year's.
JUMPS = (
    *(f"proactive.{row}.decisions" for row in ("licences", "penalties", "coercion")),
    "proactive.fees.amount",
)


def fill_annual(instrument: Instrument, dice: Random) -> Prefill:
    """A return that balances, with so many faults put into it."""
    top = dice.choice((3, 40, 10**6, 10**10))
    names = [v.name for v in instrument.variables.values() if not v.derived]
    values: Entries = {n: Decimal(dice.choice((0, 0, dice.randint(0, top)))) for n in names}
    values["proactive.fees.amount"] = Decimal(dice.randint(0, 10**6)) / 10**4
    prior: dict[str, Decimal] = {}
    _balance(values, prior, dice)
    for name in JUMPS:
        prior[name] = Decimal(values[name]) * dice.choice((0, 1, 1, 20)) + dice.choice((0, 0, 2000))
    if dice.random() < 0.3:
        prior = {name: figure for name, figure in prior.items() if dice.random() < dice.choice((0, 0.8))}
    for name in dice.sample(names, dice.choice((0, 0, 1, 2, 5, 12))):
        values[name] = dice.choice((dice.choice(TEXTS), any_number(dice)))
    for name in dice.sample(names, dice.choice((0, 0, 1, 3, 30))):
        del values[name]
    for name in dice.sample(sorted(instrument.rules.formulas), dice.choice((0, 0, 1, 3))):
        values[name] = dice.choice(TEXTS) if dice.random() < 0.2 else any_number(dice)
    return Prefill(unit="某局", period="2025", values=values, prior=prior)


def fill_controls(instrument: Instrument, dice: Random) -> Prefill:
    """The same, with control totals that were mostly added up right."""
    made = fill_annual(instrument, dice)
    entered = {name: value if isinstance(value, Decimal) else None for name, value in made.values.items()}
    known = dict.fromkeys(instrument.names) | entered
    sums = derive(instrument.rules.formulas, known, {}, [n for n in instrument.rules.formulas if n in made.values])
    values = dict(made.values)
    for check in instrument.rules.rule("CTL-01"):
        total, hand = (key.name for key in check.keys)
        right = sums[total]
        if right is not None and dice.random() < 0.9:
            values[hand] = right
    return replace(made, values=values)


def _balance(values: Entries, prior: dict[str, Decimal], dice: Random) -> None:
    for column in ("natural", "business", "research", "nonprofit", "legal", "other"):
        rows = {n: v for n, v in values.items() if n.startswith("requests.") and n.endswith(f".{column}")}
        new, carried_in, carried_out = (f"requests.{row}.{column}" for row in ("new", "carried_in", "carried_out"))
        closed = sum(Decimal(v) for n, v in rows.items() if n not in {new, carried_in, carried_out})
        values[new] = max(closed + Decimal(values[carried_out]) - Decimal(values[carried_in]), Decimal(0))
        prior[carried_out] = Decimal(values[carried_in]) + dice.choice((0, 0, 0, 1))
    for row in ("regulations", "normative"):
        made, repealed, in_force = (f"proactive.{row}.{column}" for column in ("made", "repealed", "in_force"))
        if dice.random() < 0.5:
            values |= {made: Decimal(0), repealed: Decimal(0), in_force: Decimal(0)}
        prior[in_force] = Decimal(dice.randint(0, 9))
        if dice.random() < 0.7:
            values[in_force] = prior[in_force] + Decimal(values[made]) - Decimal(values[repealed])


def without_results(data: Path) -> None:
    """Take every stored result of a formula out of a workbook, so that only a calculation can put one there."""
    with zipfile.ZipFile(data) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)  # noqa: PLW2901
                assert not re.search(rb"</f><v>", part)
            book.writestr(name, part)


@dataclass(frozen=True)
class Compared:
    """One check of one workbook, as each side sees it; figures where both sides of the rule are known."""

    where: str
    word: str
    ours: Outcome
    theirs: tuple[str, str]
    figures: tuple[Decimal, Decimal] | None


@dataclass(frozen=True)
class Sheet:
    """A check sheet as LibreOffice calculated it."""

    rows: list[list[str]]

    @classmethod
    def read(cls, path: Path) -> Sheet:
        with path.open(encoding="utf-8", newline="") as file:
            return cls(list(csv.reader(file)))

    def at(self, spot: Spot) -> str:
        return self.rows[spot.row][spot.col]


def write_all(instrument: Instrument, fill: Fill, seeds: Iterable[int], folder: Path) -> list[Path]:
    """Filled workbooks without a single result."""
    out = [folder / f"{instrument.form.id}-{seed}.xlsx" for seed in seeds]
    for seed, path in zip(seeds, out, strict=True):
        path.write_bytes(write_template(instrument, fill(instrument, Random(seed))))  # noqa: S311 - dice
        without_results(path)
    return out


def understood(paths: Sequence[Path], form: str) -> list[Submission]:
    """The returns, each from its own file."""
    judged = list(verify(paths, form))
    assert {verdict.status for verdict in judged} <= {Status.ACCEPTED, Status.EXPLAINED, Status.RETURNED}
    found = [one for verdict in judged if (one := verdict.submission) is not None]
    return [with_refused(load(form), path, one) for path, one in zip(paths, found, strict=True)]


def with_refused(instrument: Instrument, path: Path, one: Submission) -> Submission:
    """The return with the numbers that were refused (-2, 1.5): the reader's rules wait for them, a sheet does not."""
    flat, content = read(admit(path)), one.content
    numbers = dict(content.numbers)
    typed = set(content.overwritten)
    for name in instrument.variables:
        cell = flat.at(*instrument.layout.cells[name])
        if numbers[name] is None and cell.formula is None and isinstance(cell.value, float):
            numbers[name] = Decimal(repr(cell.value))
            typed.add(name)
    numbers = derive(instrument.rules.formulas, numbers, one.prior, typed)
    return replace(one, content=replace(content, numbers=numbers))


def compare(instrument: Instrument, returns: Sequence[Submission], sheets: Sequence[Sheet]) -> Iterator[Compared]:
    """Every check of every workbook."""
    layout = instrument.layout
    for submission, sheet in zip(returns, sheets, strict=True):
        for check in instrument.rules.checks:
            ours = outcome(instrument, submission, check)
            left, right, word = (
                sheet.at(layout.check_spot(check.key, column))
                for column in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.VERDICT)
            )
            known = ours in {Outcome.PASS, Outcome.FAIL}
            figures = sides(submission, check) if known else None
            yield Compared(f"{Path(submission.content.file).stem} {check.key}", word, ours, (left, right), figures)


def same(theirs: tuple[str, str], ours: tuple[Decimal, Decimal]) -> bool:
    """Whether both sides are the same numbers, as far as a verdict looks at them."""
    return [float(text) for text in theirs] == pytest.approx([float(figure) for figure in ours], rel=1e-12, abs=1e-6)


@pytest.fixture(scope="module")
def small_form(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("small")
    (folder / "form.toml").write_text(SMALL, encoding="utf-8")
    return str(folder)


#: Of some hundred workbooks each, few in which every check of the form ends in every way that it ends in any of them.
SEEDS = {
    "small": (
        0,
        1,
        2,
        3,
        5,
        9,
        10,
        11,
        12,
        24,
        28,
        30,
        33,
        35,
        36,
        63,
        78,
        83,
        102,
        106,
        117,
        124,
        125,
        157,
        161,
        168,
        177,
        183,
        189,
        205,
        219,
        240,
    ),
    "annual": (0, 5, 8, 9, 16, 19, 20, 27, 48, 51, 62, 73, 75, 78, 97, 99, 104, 111, 119, 120, 130, 139, 157, 168, 187),
    "controls": (0, 3, 7, 8, 11, 16, 31, 39, 41, 44, 45, 49, 67),
}


@pytest.mark.parametrize(
    ("form", "fill", "seeds", "ends"),
    [
        ("", fill_small, SEEDS["small"], 184),
        ("zfxxgk-2021", fill_annual, SEEDS["annual"], 231),
        ("zfxxgk-2021+controls", fill_controls, SEEDS["controls"], 267),
    ],
    ids=SEEDS,
)
def test_the_check_sheet_that_libreoffice_calculates_gives_our_verdicts(  # noqa: PLR0913, PLR0917 - a form's all
    form: str, fill: Fill, seeds: Sequence[int], ends: int, small_form: str, tmp_path: Path
) -> None:
    instrument = load(form or small_form)
    written = write_all(instrument, fill, seeds, tmp_path)
    place = instrument.layout.sheets.index(CHECKS) + 1
    sheets = [Sheet.read(p) for p in calculated_sheets(written, tmp_path / "calculated", (place, CHECKS))]
    returns = understood(written, form or small_form)
    compared = list(compare(instrument, returns, sheets))
    seen = Counter(one.ours for one in compared)
    print(f"{instrument.form.id}: {len(compared)} checks of {len(seeds)} workbooks: {dict(seen)}")  # noqa: T201

    assert len(compared) == len(seeds) * len(instrument.rules.checks)
    assert len({(one.where.split()[1], one.ours) for one in compared}) == ends, "choose other seeds"
    assert [one for one in compared if WORDS.get(one.word) is not one.ours] == []
    assert [one for one in compared if one.figures and not same(one.theirs, one.figures)] == []
    assert all(seen[outcome] >= 20 for outcome in Outcome), seen
    rest = [
        instrument.layout.check_spot(key, CheckColumn.VERDICT)
        for key in instrument.layout.checks
        if key not in instrument.checks
    ]
    assert {sheet.at(spot) for sheet in sheets for spot in rest} == ({"收件后核对"} if rest else set())
    for sheet, content in zip(sheets, returns, strict=True):
        counted = completeness(instrument, content.content)
        assert {name: sheet.at(Spot(CHECKS, row, CheckColumn.LEFT)) for name, row, _ in counted} == {
            name: str(have) for name, _, have in counted
        }


def completeness(instrument: Instrument, content: Return) -> list[tuple[str, int, int]]:
    """For the cover and each table: its sheet, its line of the check sheet, and how many of its cells are right."""
    rows = instrument.layout.check_rows
    out = [(COVER, rows[COVER], bool(content.unit) + bool(content.period))]
    for table in instrument.form.tables:
        due = [v for v in instrument.variables.values() if v.table == table.id and not v.derived]
        known = [(v.type, number) for v in due if (number := content.numbers[v.name]) is not None]
        out.append((table.sheet, rows[table.id], sum(not kind.fault(number) for kind, number in known)))
    return out


def test_a_return_saved_by_libreoffice_gives_the_verdicts_it_gave_before(tmp_path: Path) -> None:
    written = write_all(annual(), fill_annual, range(1000, 1002), tmp_path)
    saved = [recalculate(path, tmp_path / "saved") for path in written]
    before, after = understood(written, "zfxxgk-2021"), understood(saved, "zfxxgk-2021")
    assert [one.content.numbers for one in after] == [one.content.numbers for one in before]
    for now, then in zip(after, before, strict=True):
        checks = annual().rules.checks
        assert [outcome(annual(), now, one) for one in checks] == [outcome(annual(), then, one) for one in checks]
