"""Every workbook that we write opens in other programs, and what they save of a return reads the same."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.belongings import with_belongings
from factories.clients import NPM, resaved_by_ironcalc, resaved_by_npm
from factories.filled_forms import annual
from factories.office import resave_all
from factories.sums import expecting, filed
from factories.workbooks import form, save, workbook

from toolkit.consolidation.aggregate import aggregate
from toolkit.consolidation.workbook.book import write_book
from toolkit.instrument.catalogue import load
from toolkit.model.finding import Severity
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Return, Verdict
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.workbook.annotation.annotate import annotate
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.press import Press
from toolkit.workbook.template.write import write_template

SAMPLES = Path(__file__).parents[2] / "samples"
#: Returns as they were sent in: accepted, returned with findings of many kinds, explained.
RETURNS = ("yunling-2025/教育局.xlsx", "hongze-2023.xlsx", "suqian-2023-members/沭阳县.xlsx", "suqian-2023.xlsx")


def judge(data: bytes) -> Verdict:
    (verdict,) = judged([understand_bytes("某局.xlsx", data)])
    return verdict


def marked(data: bytes) -> bytes:
    return annotate(data, form(), judge(data), ("收表单位：某区政务公开办",))


def kinds() -> Mapping[str, bytes]:
    """A workbook of every kind that we write."""
    faulty = workbook(requests__carried_in__natural="10件", requests__granted__natural=Decimal(-1))
    blank = (name for name, one in form().variables.items() if not one.derived and "new" not in name)
    nothing: dict[str, Any] = dict.fromkeys((name.replace(".", "__") for name in blank), None)
    sparse = workbook(**nothing)
    prior = {name: Decimal(3) for name in form().layout.prior}
    own = Prefill(unit="甲局", period="2025", code="001", key="0a1b2c3d", signature="ab" * 16, prior=prior)
    added = [filed(form(), "甲局", code="01"), filed(form(), "乙局", {"requests.new.natural": 3}, code="02")]
    return {
        "空白模板": write_template(form(), Prefill(unit="", period="2025")),
        "带控制数的模板": write_template(load(f"zfxxgk-2021{CONTROLS}"), Prefill(unit="甲局", period="2025")),
        "发给单位的表": Press(annual()).issue(own),
        "填好的表": workbook(),
        "退回的表": marked(faulty),
        "又退回的表": marked(marked(faulty)),
        "建议了零的退回表": marked(sparse),
        "又建议了零的退回表": marked(marked(marked(sparse))),
        "带图和会话的退回表": marked(with_belongings(faulty, 3)),
        "汇总表": write_book(form(), aggregate(form(), added, expected=expecting("甲局", "乙局")), "某县"),
    }


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("ours")
    return [save(folder / f"{name}.xlsx", data) for name, data in kinds().items()]


def held(verdict: Verdict) -> list[object]:
    content = verdict.content
    assert isinstance(content, Return)
    told = [content.numbers, content.prior, content.texts, content.items, content.cover, content.explanations]
    return [content.unit, content.period, content.identity.code, content.identity.signature, *told]


def told(verdict: Verdict) -> set[tuple[str, str, str, str]]:
    """All but the notes: protection, names or results of formulas that a program loses change no figure."""
    return {(f.rule, f.sheet, f.cell, f.message) for f in verdict.findings if f.severity is not Severity.NOTE}


def reads_equal(path: Path, again: Path) -> None:
    """The same status, figures, texts and findings; at most notes more."""
    before, after = judge(path.read_bytes()), judge(again.read_bytes())
    assert after.status is before.status, again
    assert held(after) == held(before), again
    assert told(after) == told(before), again


@pytest.mark.clients
def test_every_workbook_opens_in_the_libraries_of_npm(ours: list[Path], tmp_path: Path) -> None:
    said = resaved_by_npm(ours, tmp_path)
    assert set(said) == set(NPM)
    faults = {(name, Path(file).name): fault for name, one in said.items() for file, fault in one.items() if fault}
    assert faults == {}
    assert {len(one) for one in said.values()} == {len(kinds())}


@pytest.mark.clients
def test_a_return_saved_by_the_libraries_of_npm_reads_equal(tmp_path: Path) -> None:
    paths = [SAMPLES / name for name in RETURNS]
    resaved_by_npm(paths, tmp_path)
    for name in NPM:
        for path in paths:
            reads_equal(path, tmp_path / name / path.name)


@pytest.mark.clients
def test_a_copy_that_went_back_and_was_saved_by_others_reads_equal(ours: list[Path], tmp_path: Path) -> None:
    copies = [path for path in ours if "退回" in path.name]
    resaved_by_npm(copies, tmp_path)
    for name in NPM:
        for path in copies:
            reads_equal(path, tmp_path / name / path.name)


def test_every_workbook_opens_in_ironcalc_and_a_return_reads_equal(ours: list[Path], tmp_path: Path) -> None:
    for path in ours:
        assert resaved_by_ironcalc(path, tmp_path / "ours").is_file()
    for name in RETURNS:
        reads_equal(SAMPLES / name, resaved_by_ironcalc(SAMPLES / name, tmp_path / "returns"))


def test_every_workbook_opens_in_openpyxl(ours: list[Path], recwarn: pytest.WarningsRecorder) -> None:
    for path in ours:
        assert openpyxl.load_workbook(path, rich_text=True).sheetnames
    assert {str(one.message).partition(" ")[0] for one in recwarn} <= {"Sparkline", "Conditional"}


@pytest.mark.office
def test_every_workbook_opens_in_libreoffice_and_a_return_reads_equal(ours: list[Path], tmp_path: Path) -> None:
    returns = [SAMPLES / name for name in RETURNS]
    assert len(resave_all(ours, tmp_path / "ours")) == len(kinds())
    for path, again in zip(returns, resave_all(returns, tmp_path / "returns"), strict=True):
        reads_equal(path, again)
