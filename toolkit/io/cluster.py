"""The engine of many machines: portions of files are judged by the workers of a Dask cluster.

A worker hands its portion to a process of its own: what a file does to that costs that file alone there too. Bytes go
there, what was asked of them comes back; a portion whose worker dies Dask does again elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import cache
from multiprocessing import current_process
from typing import Any, TypeVar

from toolkit import __version__
from toolkit.boundary import Failure
from toolkit.errors import ToolkitError, UnreachableError
from toolkit.io.workers import Crew, Lost, Runner, Task

T = TypeVar("T")
R = TypeVar("R")
#: Seconds that an answer may take, and between two looks at whether any worker is left.
_ANSWER = 10


class Cluster(Runner):
    """The workers of the scheduler at an address; who is let in, TLS or not, is Dask's own configuration."""

    portion = 100

    def __init__(self, scheduler: str) -> None:
        try:
            from distributed import Client  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise ToolkitError('--runner dask：没有安装 Dask。请运行：pip install "xxgk-toolkit[cluster]"') from error
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        client: Any = Client
        self._where, self._task = f"--scheduler {scheduler}", object()
        try:
            self._client = client(scheduler, timeout=_ANSWER, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_ANSWER)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            told = f"{self._where}：连不上，或没有工作机。请核对地址，看调度程序和工作机是否在运行。"
            raise UnreachableError(told) from error
        super().__init__(sum(self._client.nthreads().values()))

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def run(self, task: Task[T, R], items: Sequence[T], lost: Lost[T, R]) -> Iterator[R]:
        """As any engine does; a task is sent out once."""
        if task is not self._task:
            self._task, self._sent = task, self._client.scatter(task, broadcast=True, hash=False)
        return super().run(task, items, lost)

    def _done(self, task: Task[T, R], portion: list[T], lost: Lost[T, R]) -> list[R]:  # noqa: ARG002 - it is there
        future = self._client.submit(_portion, self._sent, portion, __version__, pure=False)
        try:
            while not future.done():
                if self._client.status != "running" or not self._client.nthreads():
                    raise TimeoutError
                with suppress(TimeoutError):
                    future.result(timeout=_ANSWER)
            told = future.result()
        except (CancelledError, OSError) as error:
            raise UnreachableError(f"{self._where}：断开了。已经收好的都在；恢复以后请重新运行。") from error
        return [lost(item, one) if isinstance(one, Failure) else one for item, one in zip(portion, told, strict=True)]


_standing = cache(Crew)


def _portion(task: Task[T, Any], items: list[T], version: str) -> list[Any]:
    """What a worker does; it knows nothing of those who asked."""
    if version != __version__:
        raise UnreachableError(f"工作机上的 xxgk 是 {__version__} 版，这里是 {version} 版。请装成同一版。")
    current_process().daemon = False  # Dask forbids its workers processes of their own; ours end with their parent
    return list(_standing(1).run(task, items, lambda _, failure: failure))
