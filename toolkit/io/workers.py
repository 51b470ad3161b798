"""Strangers' files looked at in processes of their own: what one of them does to its process costs that file alone.

A process is started afresh, as Windows does it, holds itself to `limits` for each file, says which file it is at, and
ends with its parent. So it is known at once which file a process did not live through; the others are done again.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from contextvars import ContextVar
from functools import cache, partial
from types import ModuleType
from typing import Any, TypeVar

from toolkit.boundary import DEBUG, DIED, SLOW, SWOLLEN, Failure
from toolkit.io.limits import SECONDS, TIME_IS_UP, TOO_LARGE, own_limits

T = TypeVar("T")
R = TypeVar("R")
#: What is done with a portion of items; it travels, so it is made of little.
Task = Callable[[list[T]], list[R]]
#: What stands for an item that its process did not live through.
Lost = Callable[[T, Failure], R]
#: Items, and bytes, that are at hand together: enough to be quick, few enough to keep memory flat.
BATCH, ROOM = 200, 64 << 20
#: Items handed to a process at once, and portions on their way for each: enough to be quick, few enough to do again.
PORTION, AHEAD = 25, 4
#: So many files of so many bytes in all are looked at in this process: starting one costs more.
HERE, SMALL = 1, 128 << 10
#: Of more files than these all processors are put to work.
MANY = 100
#: Seconds of processor time for what is done with a portion together, and of the clock for whatever is waited for.
TOGETHER, DEADLINE = 3.0, 30.0
#: New objects after which garbage is sought: the trees of a file are many, and hardly any is garbage.
_OBJECTS = 100_000
_starting = threading.Lock()
_ALL = -1  # said by a process that is at no item of its own
_begin: ContextVar[Callable[[int], None]] = ContextVar("_begin", default=lambda _: None)


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


def light(sizes: Sequence[int]) -> bool:
    """Whether files of these sizes are looked at in this process, as all are for who wants to see the traceback."""
    return bool(os.environ.get(DEBUG)) or (len(sizes) <= HERE and sum(sizes) <= SMALL)


def each(items: Sequence[T]) -> Iterator[T]:
    """The items one by one, each with the limits of a file; what follows has those of a portion."""
    begin = _begin.get()
    for number, item in enumerate(items):
        begin(number)
        yield item
    if len(items) > 1:
        begin(_ALL)


def apart(read: Callable[[T], Iterable[R]], item: T) -> list[R]:
    """What ``read`` gives of one item, in a process that is kept for such; nothing where that ends."""
    return next(_standby(1).run(partial(_gathered, read), [item], lambda *_: []))


def _gathered(read: Callable[[T], Iterable[R]], items: list[T]) -> list[list[R]]:
    return [list(read(item)) for item in items]


class Runner(AbstractContextManager["Runner"], ABC):
    """What does tasks, portion by portion, on so many processors (``jobs``); with 0 it is done here."""

    portion = PORTION

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def run(self, task: Task[T, R], items: Sequence[T], lost: Lost[T, R]) -> Iterator[R]:
        """The results, in order; raises what the task raises."""
        size = max(1, min(self.portion, len(items) // (self.jobs * 4))) if self.jobs > 1 else self.portion
        portions = (list(items[i : i + size]) for i in range(0, len(items), size))
        if not self.jobs:
            for portion in portions:
                yield from task(portion)
            return
        from concurrent.futures import Future, ThreadPoolExecutor  # noqa: PLC0415 - not needed for one file

        threads, going = ThreadPoolExecutor(self.jobs), deque[Future[list[R]]]()
        try:
            for portion in portions:
                going.append(threads.submit(self._done, task, portion, lost))
                if len(going) > self.jobs * AHEAD:
                    yield from going.popleft().result()
            while going:
                yield from going.popleft().result()
        finally:
            threads.shutdown(cancel_futures=True)

    @abstractmethod
    def _done(self, task: Task[T, R], portion: list[T], lost: Lost[T, R]) -> list[R]:
        """The results of one portion."""


class Crew(Runner):
    """The engine of one machine: processes that are started when there is work, and kept."""

    def __init__(self, jobs: int, *, only_apart: bool = False) -> None:
        super().__init__(jobs)
        self.only_apart, self._idle = only_apart, list[_Member]()

    def __exit__(self, *_: object) -> None:
        while self._idle:
            self._idle.pop().dismiss()

    def _done(self, task: Task[T, R], portion: list[T], lost: Lost[T, R]) -> list[R]:
        """One portion; the rest of a broken one is done again, each alone where it is not known which item broke it."""
        try:
            member = self._member()
        except OSError:
            return self._unaided(task, portion, lost, DIED)
        try:
            told = member.told(task, portion)
        except BaseException:  # what cannot travel, an interruption
            member.dismiss(kill=True)
            raise
        if not isinstance(told, Failure):
            self._idle.append(member)
            if isinstance(told, Exception):
                raise told
            return told
        member.dismiss(kill=True)
        if not member.is_ready:
            return self._unaided(task, portion, lost, told)
        if len(portion) == 1:
            return [lost(portion[0], told)]
        at = member.at
        parts = [[item] for item in portion] if at == _ALL else [portion[:at], portion[at + 1 :]]
        done = [self._done(task, part, lost) if part else [] for part in parts]
        if at != _ALL:
            done.insert(1, [lost(portion[at], told)])
        return [one for some in done for one in some]

    def _member(self) -> _Member:
        # Another thread may take the last one between a look and a grasp.
        with suppress(IndexError):
            return self._idle.pop()
        return _Member()

    def _unaided(self, task: Task[T, R], portion: list[T], lost: Lost[T, R], failure: Failure) -> list[R]:
        """A portion where this machine starts no process of ours: done here, unless only a process may do it."""
        return [lost(one, failure) for one in portion] if self.only_apart else task(portion)


_standby = cache(partial(Crew, only_apart=True))


class _Member:
    """A process and the line to it; ``at`` is the item of its portion that it is at."""

    def __init__(self) -> None:
        from multiprocessing import get_context  # noqa: PLC0415 - not needed for one file

        context = get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with _starting:
            # What called this program is not run once more in each of its processes: a plain script guards itself not.
            caller, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
            try:
                self.process.start()
            finally:
                sys.modules["__main__"] = caller
        theirs.close()
        self.is_ready, self.at = False, _ALL
        self._task: Task[Any, Any] | None = None

    def told(self, task: Task[T, R], items: list[T]) -> list[R] | Exception | Failure:
        """What came of a portion, or how the process ended. A task travels only where it is another than before."""
        from multiprocessing.reduction import ForkingPickler  # noqa: PLC0415 - not needed for one file

        # What packing or unpacking raises is no word of the line's: that process lives, and would be waited for.
        packed: Any = ForkingPickler.dumps((None if task is self._task else task, items))
        self._task, self.at = None, _ALL
        while not isinstance(received := self._exchanged(packed), Failure):
            told: int | list[R] | Exception = ForkingPickler.loads(received)
            if not isinstance(told, int):
                # Whether what it was sent got as far as its task is not known of one that failed.
                self._task = None if isinstance(told, Exception) else task
                return told
            self.is_ready, self.at, packed = True, told, b""
        return received

    def _exchanged(self, packed: Any) -> bytes | Failure:  # noqa: ANN401 - what a pipe takes
        """What the process says next, after it was sent this, if anything; or how it ended."""
        try:
            if packed:
                self.line.send_bytes(packed)
            return self.line.recv_bytes() if self.line.poll(DEADLINE) else SLOW
        except (EOFError, OSError):
            self.process.join()
            code = self.process.exitcode
            return SLOW if code in TIME_IS_UP else SWOLLEN if code == TOO_LARGE else DIED

    def dismiss(self, *, kill: bool = False) -> None:
        """End it; one that waits for work ends by itself."""
        self.line.close()
        if kill:
            self.process.kill()
        self.process.join()
        self.process.close()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - not needed for one file

    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _serve(line: Any) -> None:  # noqa: ANN401 - a pipe of this system
    """What a process of ours does until it is dismissed, or its parent is gone, however that ended."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    from multiprocessing.reduction import ForkingPickler  # noqa: PLC0415 - not needed for one file

    task: Task[Any, Any] = list
    renew = own_limits()

    def begin(number: int) -> None:
        line.send(number)
        renew(TOGETHER if number == _ALL else SECONDS)

    _begin.set(begin)
    with suppress(EOFError, OSError):
        line.send(_ALL)
        while True:
            received = line.recv_bytes()
            try:
                another, items = ForkingPickler.loads(received)
                task = another or task
                renew(SECONDS if len(items) == 1 else TOGETHER)
                told = ForkingPickler.dumps(task(items))
            except MemoryError:
                os._exit(TOO_LARGE)
            except Exception as error:  # noqa: BLE001 - goes on its way in the parent
                told = _told_of(error, ForkingPickler.dumps)
            line.send_bytes(told)
            renew(SECONDS)


def _told_of(error: Exception, packed: Callable[[object], Any]) -> Any:  # noqa: ANN401 - what a pipe takes
    """An exception as it travels; one that cannot is told by its words."""
    try:
        return packed(error)
    except Exception:  # noqa: BLE001 - whatever an exception may hold
        return packed(RuntimeError(f"{type(error).__name__}: {error}"))
