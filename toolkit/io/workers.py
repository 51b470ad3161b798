"""Work spread over processes, started afresh as Windows does; a process that dies costs only what killed it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, NamedTuple, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Task = Callable[[list[T]], list[R]]
#: Items handed over at once: long enough to be quick, few enough to keep memory flat.
BATCH = 200
#: Bytes handed over at once.
ROOM = 64 << 20


def batches(items: Sequence[T], jobs: int) -> list[list[T]]:
    """The items in portions: small ones where several processes share them."""
    size = max(1, min(BATCH, len(items) // (jobs * 4))) if worth_it(items, jobs) else BATCH
    return [list(items[i : i + size]) for i in range(0, len(items), size)]


def portions(items: Sequence[T], most: int, size: Callable[[T], int]) -> Iterator[list[T]]:
    """The items in portions of at most ``most`` items and of bounded bytes: a portion must fit in memory."""
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


def spread(task: Task[T, R], portions: Sequence[list[T]], jobs: int, dead: Callable[[T], R]) -> Iterator[list[R]]:
    """``task`` of each portion, in order. Where a process dies, ``dead`` is the result of the item that killed it."""
    with Crew(jobs) as crew:
        yield from crew.results(task, portions, dead)


class Crew:
    """Processes kept at hand for many small portions of work; without ``jobs`` it is done here."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._dismiss()

    def run(self, task: Task[T, R], items: Sequence[T], dead: Callable[[T], R]) -> list[R]:
        """``task`` of the items, in order; an item that kills its process gives ``dead``."""
        if not worth_it(items, self.jobs):
            return task(list(items))
        return [one for some in self.results(task, batches(items, self.jobs), dead) for one in some]

    def results(self, task: Task[T, R], portions: Sequence[list[T]], dead: Callable[[T], R]) -> Iterator[list[R]]:
        """``task`` of each portion, in order.

        Only as many portions are on their way as there are processes, so that where one dies few are suspected.
        Those are tried one at a time; the others go on beside each other as before.
        """
        waiting = deque(portions)
        going: deque[_Going[T, R]] = deque()
        while waiting or going:
            while waiting and sum(not one.future.done() for one in going) < self.jobs:
                going.append(self._given(task, waiting.popleft()))
            wait([one.future for one in going if not one.future.done()], return_when=FIRST_COMPLETED)
            if any(one.is_broken() for one in going):
                self._dismiss()
                for one in going:
                    yield self._halved(task, one.portion, dead) if one.is_broken() else one.future.result()
                going.clear()
            while going and going[0].future.done():
                yield going.popleft().future.result()

    def _halved(self, task: Task[T, R], portion: list[T], dead: Callable[[T], R]) -> list[R]:
        """One portion with nothing beside it; it is halved until what kills its process is alone."""
        try:
            return self._given(task, portion).future.result()
        except BrokenProcessPool:
            self._dismiss()
        if len(portion) == 1:
            return [dead(portion[0])]
        middle = len(portion) // 2
        return [*self._halved(task, portion[:middle], dead), *self._halved(task, portion[middle:], dead)]

    def _given(self, task: Task[T, R], portion: list[T]) -> _Going[T, R]:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=end_with_parent)
        try:
            return _Going(portion, self._pool.submit(task, portion))
        except BrokenProcessPool as broken:
            # It broke while nobody looked: told where the result is asked for.
            future: Future[list[R]] = Future()
            future.set_exception(broken)
            return _Going(portion, future)

    def _dismiss(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


class _Going(NamedTuple, Generic[T, R]):
    portion: list[T]
    future: Future[list[R]]

    def is_broken(self) -> bool:
        future = self.future
        return future.cancelled() or (future.done() and isinstance(future.exception(), BrokenProcessPool))


def end_with_parent() -> None:
    """In a process of ours: end when the one that started it is gone, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
