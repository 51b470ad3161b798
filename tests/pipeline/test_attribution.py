"""One file of a round judged by its background alone: small where it travels, and no walk through the roster."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from factories.rounds import GOOD, UNITS, begin, clock, covered, reply
from factories.workbooks import workbook

from toolkit.pipeline.attribution import Background, Packed, check
from toolkit.pipeline.round.open import open_round

#: Modules in which a step for each unit of the roster would be taken.
_ROOMS = ("attribution.py", "file_names.py", "roster.py", "signature.py", "read_return.py")


def units(count: int) -> list[Sequence[str]]:
    """A district with so many villages more."""
    names = [f"{i:04}" for i in range(count)]
    return [*UNITS, *((f"9{n}", f"云岭区第{n}村", f"{n}村", "其他机构", "Q2", "", "", "", f"8{n}") for n in names)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attribution") / "round"
    town = ("004", "石桥镇人民政府", "石桥镇", "乡镇政府或街道办事处", "Q2", "", "是", "", "")
    school = ("006", "石桥镇中心小学", "小学", "其他机构", "004", "", "", "", "")
    begin(folder, [*(one for one in units(20) if one[0] != "004"), town, school])
    return folder


def test_a_round_travels_as_its_background_and_comes_to_the_same_verdict(folder: Path) -> None:
    named = "与云岭区教育局、石桥镇中心小学、云岭区第0003村和石桥镇人民政府"
    for name, data in {
        "教育局.xlsx": reply(folder, "001", GOOD),
        "石桥镇.xlsx": reply(folder, "004", {**GOOD, "overview.disclosure": named}),
        "封面是别人.xlsx": covered(reply(folder, "003", GOOD), "云岭区教育局"),
        "空白.xlsx": workbook("云岭区教育局"),
        "坏的.xlsx": b"PK",
    }.items():
        with open_round(folder, clock=clock(), alone=False) as round_:
            here = check(name, data, round_)
            assert check(name, data, travelled(round_)) == here
        # Members of the area, and the area of its members, may be spoken of.
        assert here.context.named == (("云岭区教育局", "云岭区第0003村") if name == "石桥镇.xlsx" else ())
    with open_round(folder, alone=False) as round_:
        assert isinstance(round_, Background)
        there = travelled(round_)
        assert type(there) is Background
        assert not hasattr(there, "ledger")
        assert pickle.dumps(travelled(there)) == pickle.dumps(there)


def test_last_years_figures_travel_packed_and_exact() -> None:
    filed = {"001": {"requests.new.natural": Decimal("1.50")}, "002": {}}
    packed = travelled(Packed(filed, Decimal))
    assert {code: packed[code] for code in packed} == filed
    assert str(packed["001"]["requests.new.natural"]) == "1.50"
    assert "003" not in packed


def travelled(one: Any) -> Any:
    """What arrives of it elsewhere."""
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own


def steps(work: Callable[[], object]) -> int:
    """How many instructions are done in the rooms where a walk through the roster would be."""
    done = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal done
        if not frame.f_code.co_filename.endswith(_ROOMS):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        done += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return done


def test_no_file_is_a_walk_through_the_roster(tmp_path: Path) -> None:
    taken: dict[int, list[int]] = {}
    for count in (200, 800):
        folder = tmp_path / "round"
        if folder.exists():
            folder.rename(tmp_path / "earlier")
        begin(folder, units(count))
        with open_round(folder, clock=clock(), alone=False) as round_:
            told = {f.name: getattr(round_, f.name) for f in fields(Background)}
            codes = round_.roster.by_code
            known = Background(
                **{**told, "prior": {code: {"requests.carried_out.natural": Decimal(7)} for code in codes}}
            )
        own = reply(folder, "001", {**GOOD, "overview.disclosure": "与云岭区民政局、云岭区第0003村共同办理。"})
        blank = workbook("云岭区财政局")
        files = {"教育局.xlsx": own, "云岭区第0003村.xlsx": own, "空白.xlsx": blank, "坏.xlsx": own[:99]}
        tasks = [partial(check, name, data, known) for name, data in files.items()]
        for task in tasks:
            task()
        taken[count] = list(map(steps, tasks))
    # 600 units more cost nothing but that one pair of characters may stand in a name more or less.
    assert all(abs(few - many) < 60 for few, many in zip(*taken.values(), strict=True)), taken
    assert min(taken[200]) > 100
