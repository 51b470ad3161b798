"""Twice the files, twice the work: every function is called as often a file in many files as in few.

Calls are counted, not seconds, those of the program and those of the libraries it calls. What is done once a file over
all files, which is quick in every test and takes hours in a province, is told by its name.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from factories.rounds import begin

from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import distribute
from toolkit.pipeline.verify import verify_batch

SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "yunling-2025").glob("*.xlsx"))[:5]
FEW, TIMES = 10, 4
#: So much may differ a file by chance: what is kept from one file for the next.
LEEWAY, CHANCE = 1.2, 0.5


def counted(work: Callable[[], object]) -> Counter[str]:
    """How often each function was called."""
    found: Counter[str] = Counter()

    def seen(frame: FrameType, event: str, what: Any) -> None:
        if event == "call":
            found[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            found[str(getattr(what, "__qualname__", what))] += 1

    # What watches the collector (a library of the tests does) is called whenever that runs, not once a file.
    gc.collect()
    gc.disable()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return found


def growing(few: Counter[str], many: Counter[str], size: int) -> dict[str, tuple[float, float]]:
    """The functions that are called more often a file in so many times as many files: calls a file, then and now."""
    rates = {name: (few[name] / size, count / size / TIMES) for name, count in many.items()}
    return {name: rate for name, rate in rates.items() if rate[1] > LEEWAY * rate[0] + CHANCE}


def test_verify_does_the_same_for_every_file() -> None:
    pairs = [(str(one), one.read_bytes()) for one in SAMPLES]
    verify_batch(pairs)
    few, many = (counted(partial(verify_batch, pairs * times)) for times in (1, TIMES))
    assert few.total() > 1000 * len(SAMPLES)
    assert growing(few, many, len(SAMPLES)) == {}


def test_collect_does_the_same_for_every_file(tmp_path: Path) -> None:
    collected(tmp_path / "warm", 2, first=900)
    few, many = (collected(tmp_path / f"of {size}", size) for size in (FEW, FEW * TIMES))
    assert few.total() > 1000 * FEW
    assert growing(few, many, FEW) == {}


def collected(folder: Path, size: int, first: int = 0) -> Counter[str]:
    """The calls of a round whose units all send back what they were sent."""
    several = (f"{n:03}" for n in range(first, first + size))
    begin(folder, [(n, f"云岭区第{n}局", f"第{n}局", "政府部门", "", "", "", "", "") for n in several])
    with open_round(folder) as round_:
        distribute(round_)
        for path in round_.folder.issued.glob("*.xlsx"):
            path.rename(round_.folder.inbox / path.name)
        return counted(lambda: collect(round_))


def test_what_grows_is_told_by_its_name() -> None:
    def once_a_file_over_all(files: list[int]) -> None:
        for _ in files:
            max(files, key=looked_at)

    def looked_at(one: int) -> int:
        return one

    few, many = (counted(partial(once_a_file_over_all, [1] * size)) for size in (FEW, FEW * TIMES))
    (name,) = growing(few, many, FEW)
    assert name.endswith("looked_at")
