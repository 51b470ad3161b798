"""Work spread over processes, started afresh as Windows does; a process that dies costs only what killed it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Self
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
#: Items handed over at once: long enough to be quick, few enough to keep memory flat.
BATCH = 200
#: Bytes handed over at once.
ROOM = 64 << 20


def batches(items: Sequence[T], jobs: int) -> list[list[T]]:
    """The items in portions: small ones where several processes share them."""
    size = max(1, min(BATCH, len(items) // (jobs * 4))) if worth_it(items, jobs) else BATCH
    return [list(items[i : i + size]) for i in range(0, len(items), size)]


def portions(items: Sequence[T], most: int, size: Callable[[T], int]) -> Iterator[list[T]]:
    """So many items at a time, and not too many bytes: what one portion holds must fit into memory."""
    portion: list[T] = []
    room = ROOM
    for item in items:
        if portion and (len(portion) == most or size(item) > room):
            yield portion
            portion, room = [], ROOM
        portion.append(item)
        room -= size(item)
    if portion:
        yield portion


def worth_it(items: Sequence[T], jobs: int) -> bool:
    """Whether there is enough to do for more than one process: starting one takes as long as reading many files."""
    return jobs > 1 and len(items) > BATCH // 4


def spread(
    task: Callable[[list[T]], list[R]], portions: Sequence[list[T]], jobs: int, dead: Callable[[T], R]
) -> Iterator[list[R]]:
    """``task`` of each portion, in order. Where a process dies, ``dead`` is the result of the item that killed it."""
    context = multiprocessing.get_context("spawn")
    done = 0
    try:
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            for result in pool.map(task, portions):
                done += 1
                yield result
    except BrokenProcessPool:
        for portion in portions[done:]:
            yield [_alone(task, item, dead) for item in portion]


def _alone(task: Callable[[list[T]], list[R]], item: T, dead: Callable[[T], R]) -> R:
    """One item in a process of its own: if that dies, the item is at fault, and only that item."""
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(task, [item]).result()[0]
    except BrokenProcessPool:
        return dead(item)


class Crew:
    """Processes kept at hand for many small portions of work; without ``jobs`` it is done here."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(self, task: Callable[[list[T]], list[R]], items: Sequence[T], dead: Callable[[T], R]) -> list[R]:
        """``task`` of the items, in order; an item that kills its process gives ``dead``."""
        if not worth_it(items, self.jobs):
            return task(list(items))
        portions = batches(items, self.jobs)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=multiprocessing.get_context("spawn"))
        out: list[R] = []
        done = 0
        try:
            for result in self._pool.map(task, portions):
                out += result
                done += 1
        except BrokenProcessPool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
            out += [_alone(task, item, dead) for portion in portions[done:] for item in portion]
        return out
