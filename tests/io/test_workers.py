"""A worker process that dies takes nothing with it but the file that killed it, and none outlives its parent."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from factories.workbooks import save, workbook

from toolkit.io import workers as module
from toolkit.io.workers import Crew
from toolkit.model.finding import Status
from toolkit.pipeline.verify import verify

pytestmark = pytest.mark.faults


class Pool:
    """Runs in this process, and breaks as soon as it meets a poisoned item; counts what it was given."""

    made = 0
    given: tuple[list[Any], ...] = ()

    def __init__(self, workers: int, mp_context: object, initializer: object) -> None:
        assert workers >= 1
        assert mp_context is not None
        assert initializer is module.end_with_parent
        self.broken = False
        Pool.made += 1

    def shutdown(self, *, cancel_futures: bool) -> None:
        assert cancel_futures

    def submit(self, function: Callable[..., Any], items: list[Any]) -> Future[Any]:
        if self.broken:
            raise BrokenProcessPool("a worker died")
        Pool.given = (*Pool.given, items)
        out: Future[Any] = Future()
        if any("poison" in str(item) for item in items):
            self.broken = True
            out.set_exception(BrokenProcessPool("a worker died"))
        else:
            out.set_result(function(items))
        return out


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> type[Pool]:
    monkeypatch.setattr(module, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(Pool, "made", 0)
    monkeypatch.setattr(Pool, "given", ())
    return Pool


@pytest.mark.usefixtures("pool")
def test_the_file_that_kills_its_reader_is_a_finding_and_all_others_are_read(tmp_path: Path) -> None:
    data = workbook()
    names = [f"{i:03}" for i in range(60)]
    names[31] = "poison"
    paths = [save(tmp_path / f"{name}.xlsx", data) for name in names]
    results = list(verify(paths, jobs=2))
    assert [Path(r.file).stem for r in results] == names
    bad = [r for r in results if r.status is not Status.ACCEPTED]
    assert [(Path(r.file).stem, r.status, r.findings[0].rule) for r in bad] == [
        ("poison", Status.UNREADABLE, "FILE-99")
    ]


def doubled(items: list[Any]) -> list[Any]:
    return [item * 2 for item in items]


def test_a_broken_portion_is_halved_and_the_others_are_handed_over_whole(pool: type[Pool]) -> None:
    items: list[Any] = list(range(1000))
    items[500] = "poison"
    portions = [items[i : i + 100] for i in range(0, 1000, 100)]
    with Crew(2) as crew:
        out = [one for some in crew.results(doubled, portions, lambda item: f"dead {item}") for one in some]
    assert out == [*(i * 2 for i in range(500)), "dead poison", *(i * 2 for i in range(501, 1000))]
    # 100, 50, 25, ... : halves of the one portion, and the other nine as they were.
    assert pool.made <= 10
    assert len(pool.given) <= 9 + 2 * 8
    assert sum(len(some) == 100 for some in pool.given) <= 11


def test_every_item_that_kills_is_found_where_several_stand_in_one_portion(pool: type[Pool]) -> None:
    items = ["a", "poison 1", "b", "c", "poison 2", "d", "poison 3", "e"]
    with Crew(2) as crew:
        out = list(crew.results(doubled, [items[:4], items[4:]], lambda item: f"dead {item}"))
    assert out == [["aa", "dead poison 1", "bb", "cc"], ["dead poison 2", "dd", "dead poison 3", "ee"]]
    assert pool.made > 1


def kill_or_double(items: list[int]) -> list[int]:
    if 7 in items:
        os._exit(9)
    return [item * 2 for item in items]


def test_a_process_that_really_dies_costs_one_item_and_the_crew_works_on() -> None:
    with Crew(2) as crew:
        some = list(crew.results(kill_or_double, [[1, 2], [3, 7], [4, 5], [6]], lambda item: -item))
        more = list(crew.results(kill_or_double, [[8], [9]], lambda item: -item))
    assert some == [[2, 4], [6, -7], [8, 10], [12]]
    assert more == [[16], [18]]


_PARENT = """
import sys, time
from toolkit.io.workers import Crew
from test_workers import told_and_asleep

if __name__ == "__main__":
    with Crew(2) as crew:
        list(crew.results(told_and_asleep, [[sys.argv[1] + "/a"], [sys.argv[1] + "/b"]], str))
"""


def told_and_asleep(paths: list[str]) -> list[str]:
    """Says which process it is, and would stay a long time."""
    path = Path(paths[0])
    path.with_suffix(".new").write_text(str(os.getpid()), encoding="utf-8")
    path.with_suffix(".new").replace(path)
    time.sleep(600)
    return paths


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # One that has ended and that nobody has asked after is still listed.
    status = Path(f"/proc/{process}/stat")
    return not status.is_file() or status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_no_worker_outlives_a_parent_that_is_killed(how: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, encoding="utf-8")
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent), str(here.parents[1])])
    parent = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.DEVNULL
    )
    places = (tmp_path / "a", tmp_path / "b")
    until(lambda: all(place.is_file() for place in places))
    workers = [int(place.read_text(encoding="utf-8")) for place in places]
    assert all(alive(one) for one in workers)
    getattr(parent, how)()
    parent.wait()
    until(lambda: not any(alive(one) for one in workers))


def until(done: Callable[[], bool]) -> None:
    """Wait for it, half a minute at most."""
    for _ in range(600):
        if done():
            return
        time.sleep(0.05)
    pytest.fail("it did not come about")
