"""A file costs its process at most: whatever it does there, the others end as they would without it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from pickle import PicklingError
from types import ModuleType
from typing import Any

import pytest

from toolkit.boundary import DIED, SLOW, SWOLLEN, Failure
from toolkit.errors import DefinitionError
from toolkit.io import limits, workers
from toolkit.io.workers import Crew, apart, each, light
from toolkit.pipeline.verify import runner

pytestmark = pytest.mark.faults

#: Seconds and bytes that are too much, in the processes of these tests.
SHORT, LITTLE = 0.3, 80 << 20


def work(item: Any) -> Any:
    """Does to its process what the item says."""
    if item == "die":
        os._exit(9)
    if item == "spin":
        while True:
            pass
    if item == "sleep":
        time.sleep(600)
    if item == "swell":
        bytearray(4 << 30)
    if item == "raise":
        raise DefinitionError("表", ["甲：乙"])
    return item * 2


def one_by_one(items: list[Any]) -> list[Any]:
    """Says at which item it is."""
    return [work(item) for item in each(items)]


def together(items: list[Any]) -> list[Any]:
    """Does not say so."""
    return [work(item) for item in items]


def short(items: list[Any]) -> list[Any]:
    """The same with less time to each, so that the test need not wait."""
    vars(workers).update(SECONDS=SHORT, TOGETHER=SHORT)
    return one_by_one(items)


class Counted(workers._Member):
    """Counts the processes started, and the portions handed over."""

    started = 0
    given: tuple[int, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        Counted.started += 1

    def told(self, task: Any, items: list[Any]) -> Any:
        Counted.given = (*Counted.given, len(items))
        return super().told(task, items)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_Member", Counted)
    monkeypatch.setattr(Counted, "started", 0)
    monkeypatch.setattr(Counted, "given", ())


def results(task: Any, items: Sequence[Any], jobs: int = 1) -> list[Any]:
    with Crew(jobs) as crew:
        return list(crew.run(task, items, lambda item, failure: (item, failure)))


def test_without_processes_it_is_done_here() -> None:
    assert results(one_by_one, range(60), jobs=0) == [2 * i for i in range(60)]
    assert Counted.started == 0


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order_and_processes_are_kept(jobs: int) -> None:
    with Crew(jobs) as crew:
        for _ in range(2):
            assert list(crew.run(one_by_one, range(300), lambda *_: 0)) == [2 * i for i in range(300)]
    assert Counted.started <= jobs


@pytest.mark.parametrize(("item", "failure"), [("die", DIED), ("spin", SLOW), ("swell", SWOLLEN)])
def test_one_among_sixty_costs_one_process_and_only_itself(item: str, failure: Failure) -> None:
    items = [*range(31), item, *range(31, 60)]
    out = results(short, items)
    assert out == [*(2 * i for i in range(31)), (item, failure), *(2 * i for i in range(31, 60))]
    assert Counted.started == 2
    # Three portions, and the two halves of the one that was broken.
    assert Counted.given == (25, 25, 6, 18, 11)


def test_who_sleeps_is_ended_when_the_deadline_is_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "DEADLINE", 3.0)
    assert results(one_by_one, [1, "sleep", 2]) == [2, ("sleep", SLOW), 4]
    assert Counted.started == 2


def test_several_in_one_portion_are_each_found() -> None:
    items = [1, "die", 2, 3, "swell", "die", 4]
    assert results(short, items, jobs=2) == [2, ("die", DIED), 4, 6, ("swell", SWOLLEN), ("die", DIED), 8]


def test_where_it_is_not_said_which_item_it_was_each_is_tried_alone_in_processes_that_are_kept() -> None:
    items = [*range(10), "die", *range(10, 20)]
    assert results(together, items) == [*(2 * i for i in range(10)), ("die", DIED), *(2 * i for i in range(10, 20))]
    # One that is broken by the whole, one by the item, and one for the rest: not one for each.
    assert Counted.started == 3
    assert Counted.given == (21, *[1] * 21)


def test_a_reason_to_stop_stops_with_its_own_words_and_leaves_the_crew_at_work() -> None:
    with Crew(1) as crew:
        with pytest.raises(DefinitionError) as told:
            list(crew.run(one_by_one, [1, "raise"], lambda *_: None))
        assert (str(told.value), told.value.problems) == (str(DefinitionError("表", ["甲：乙"])), ("甲：乙",))
        assert list(crew.run(one_by_one, [4], lambda *_: None)) == [8]
    assert Counted.started == 1


def test_a_crew_that_is_given_up_in_the_middle_ends_its_processes() -> None:
    crew = Crew(1)
    with crew:
        run = crew.run(one_by_one, range(500), lambda *_: None)
        assert next(run) == 0
        run.close()  # type: ignore[attr-defined]
        (member,) = crew._idle
        process = member.process
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()


def test_a_machine_that_starts_no_process_does_it_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_serve", ends)
    assert results(one_by_one, [1, 2]) == [2, 4]


def ends(_: object) -> None:
    os._exit(3)


def twice(item: Any) -> list[Any]:
    return [work(item)] * 2


def test_one_item_apart_gives_a_list_or_nothing() -> None:
    workers._standby.cache_clear()
    assert apart(twice, 3) == [6, 6]
    assert apart(twice, "die") == []
    assert apart(twice, 4) == [8, 8]
    assert Counted.started == 2
    workers._standby(1).__exit__()
    workers._standby.cache_clear()


@pytest.mark.usefixtures("processes")
def test_one_small_file_is_light_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert light([workers.SMALL])
    assert not light([workers.SMALL + 1])
    assert not light([1, 1])
    monkeypatch.setenv("XXGK_DEBUG", "1")
    assert light([workers.SMALL + 1, 1])


def test_all_processors_are_put_to_work_where_files_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert [runner(files).jobs for files in (1, workers.MANY, workers.MANY + 1)] == [1, 1, 6]
    assert runner(10_000, 2).jobs == 2
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert runner(10_000).jobs == 1


def test_processors_that_this_process_may_not_use_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 3, 5}, raising=False)
    assert runner(10_000).jobs == 3


def test_the_limits_are_those_that_are_promised() -> None:
    assert (limits.SECONDS, limits.MEMORY) == (5, 500 << 20)


# ---------------------------------------------------------------- no orphans

_PARENT = """
import sys
from toolkit.io.workers import Crew
from test_workers import told_and_asleep

if __name__ == "__main__":
    with Crew(2) as crew:
        list(crew.run(told_and_asleep, [sys.argv[1] + "/a", sys.argv[1] + "/b"], lambda *_: None))
"""


def told_and_asleep(paths: list[str]) -> list[str]:
    """Says that it is there, and would stay a long time."""
    path = Path(paths[0])
    path.with_suffix(".new").write_text(str(os.getpid()), encoding="utf-8")
    path.with_suffix(".new").replace(path)
    time.sleep(600)
    return paths


def listed(process: int) -> list[str]:
    """The state of a process, its parent, and all that follows in what the system tells of it."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ["Z", "0"]


def alive(process: int) -> bool:
    # One that has ended and that nobody has asked after is still listed.
    return listed(process)[0] != "Z"


def children(process: int) -> list[int]:
    everybody = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
    return [one for one in everybody if listed(one)[1] == str(process)]


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_nothing_outlives_a_parent_that_is_killed(how: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, encoding="utf-8")
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent), str(here.parents[1])])
    parent = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.DEVNULL
    )
    places = (tmp_path / "a", tmp_path / "b")
    until(lambda: all(place.is_file() for place in places))
    # Both workers, and what multiprocessing itself keeps beside them.
    ours = children(parent.pid)
    assert {int(place.read_text(encoding="utf-8")) for place in places} < set(ours)
    assert all(map(alive, ours))
    getattr(parent, how)()
    parent.wait()
    until(lambda: not any(map(alive, ours)))


def until(done: Callable[[], bool]) -> None:
    """Wait for it, half a minute at most."""
    for _ in range(600):
        if done():
            return
        time.sleep(0.05)
    pytest.fail("it did not come about")


class Unwelcome:
    """Travels, and cannot be unpacked where it arrives."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return int, ("nowhere",)


class Unpacked:
    """Fails where it is packed, with what a broken line raises too."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        raise OSError


class Arriving(Exception):  # noqa: N818 - what becomes of it where it arrives
    """Travels, and what is made of it where it arrives raises what a broken line raises."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return Path.read_bytes, (Path("nowhere"),)  # type: ignore[return-value]


class Clinging(Exception):  # noqa: N818 - it holds on to what cannot travel
    """Cannot travel."""

    def __init__(self) -> None:
        super().__init__(lambda: None)


def clinging(items: list[Any]) -> list[Any]:
    """Gives, or raises, what cannot travel."""
    if items[0] in {"raise", "arrive"}:
        raise Clinging if items[0] == "raise" else Arriving
    return [partial(lambda one: one, item) for item in items]


def elsewhere(items: list[Any]) -> list[Any]:
    """Is of a module that is there in this process alone."""
    return items


@pytest.fixture
def nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nowhere_else", ModuleType("nowhere_else"))
    monkeypatch.setattr(sys.modules["nowhere_else"], "elsewhere", elsewhere, raising=False)
    monkeypatch.setattr(elsewhere, "__module__", "nowhere_else")


@pytest.mark.usefixtures("nowhere_else")
@pytest.mark.parametrize(
    ("task", "items", "error"),
    [
        (one_by_one, [1, Unwelcome()], ValueError),
        (clinging, [1, 2], (AttributeError, PicklingError)),
        (clinging, ["raise"], RuntimeError),
        (one_by_one, [1, Unpacked()], OSError),
        (clinging, ["arrive"], FileNotFoundError),
        (lambda items: items, [1], PicklingError),
        (elsewhere, [1, 2], ModuleNotFoundError),
    ],
    ids=["item", "result", "exception", "packing", "arrival", "task", "module"],
)
def test_what_cannot_travel_is_a_fault_of_ours_told_at_once(
    task: Any, items: list[Any], error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    with pytest.raises(error):
        results(task, [*items, *range(60)] if len(items) > 1 else items)
    # Another portion may have begun before the first is told of.
    assert Counted.started <= 2


def test_a_process_that_could_not_unpack_is_sent_the_task_again() -> None:
    with Crew(1) as crew:
        with pytest.raises(ValueError, match="nowhere"):
            list(crew.run(one_by_one, [Unwelcome()], lambda *_: None))
        assert list(crew.run(one_by_one, [1, 2], lambda *_: None)) == [2, 4]
    assert Counted.started == 1


def test_where_no_process_can_be_started_the_work_is_done_here_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise BlockingIOError

    monkeypatch.setattr(workers, "_Member", refuse)
    assert results(one_by_one, [1, 2]) == [2, 4]
    with Crew(1, only_apart=True) as crew:
        assert list(crew.run(one_by_one, [1], lambda item, failure: (item, failure))) == [(1, DIED)]
