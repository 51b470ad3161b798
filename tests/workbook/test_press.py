"""A pressed workbook is the one that would have been written from the start, to the byte, and nobody else's."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from builders import annual
from office import resave

from toolkit.instrument import Instrument
from toolkit.instrument import loads
from toolkit.model.returns import Identity
from toolkit.workbook import press as module
from toolkit.workbook.gate import admit
from toolkit.workbook.gate import admit_bytes
from toolkit.workbook.plan import blank_plan
from toolkit.workbook.planned import Prefill
from toolkit.workbook.press import Press
from toolkit.workbook.read import read
from toolkit.workbook.structure import check_structure
from toolkit.workbook.structure import identify
from toolkit.workbook.write import write_template

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
ODD = (" 前有空格", "后有空格 ", "控\x01制", "_x0001_", "封面", "\ue000局", "\n", "<r>局</r>")
RATIO = """
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
formulas = { SUM-01 = "c = a + b" }
rules = { YOY-01 = "a <= b[上年] * 2 + c[上年]", YOY-02 = { rule = "x <= y[上年]", severity = "verify" } }
"""


@cache
def press() -> Press:
    return Press(annual())


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
        key=chance.choice(["", "0a1b2c3d"]),
        signature=chance.choice(["", f"{chance.getrandbits(128):032x}"]),
        prior=figures,
    )


@pytest.mark.parametrize("name", [*NAMES, *ODD, ""])
def test_every_byte_is_that_of_a_workbook_made_from_the_start(name: str) -> None:
    chance = random.Random(f"{SEED}{name}")  # noqa: S311 - figures, not secrets
    for _ in range(3):
        prefill = some(chance, annual(), name)
        assert press().issue(prefill) == write_template(annual(), prefill)


def test_the_same_of_another_form() -> None:
    kind, chance = loads(RATIO), random.Random(SEED)  # noqa: S311
    own = Press(kind)
    for i in range(12):
        prefill = some(chance, kind, NAMES[i % len(NAMES)])
        assert own.issue(prefill) == write_template(kind, prefill)


def test_workbooks_are_pressed_and_not_made_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Prefill] = []

    def write(instrument: Instrument, prefill: Prefill) -> bytes:
        made.append(prefill)
        return write_template(instrument, prefill)

    monkeypatch.setattr(module, "write_template", write)
    own = Press(annual())
    prefill = Prefill(unit="甲局", period="2025", code="001", key="0a1b2c3d", signature="s" * 32)
    for unit in ("甲局", "乙局", "丙局", "丁局"):
        own.issue(replace(prefill, unit=unit))
    assert len(made) == 1, "one master for names as long as one another"


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
