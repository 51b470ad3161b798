"""One run at a time in a round. The lock ends with the process that holds it, however that ends."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from toolkit.errors import LockedError, cause_of


@contextmanager
def locked(path: Path, now: str) -> Iterator[None]:
    """Hold the lock; LockedError, naming who holds it, if another run does. ``now`` is told to those who wait."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - takes long, and to look at a round needs no lock

    lock = FileLock(path, timeout=0)
    holder = path.with_suffix(".json")
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(f"{path.parent.parent}：{_holder(holder)}正在处理这一轮。请等它结束后再运行。") from None
    except OSError as error:
        raise LockedError(f"{path}：不能上锁（{cause_of(error)}）。请检查文件夹权限和磁盘空间。") from error
    try:
        # platform.node() asks Windows' own inventory (WMI), which may take its time or be switched off.
        host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
        told = {"host": host, "process": os.getpid(), "since": now}
        with suppress(OSError):
            holder.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        yield
    finally:
        lock.release()


def _holder(path: Path) -> str:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return f"另一个程序（电脑 {told['host']}，进程 {told['process']}，自 {told['since']} 起）"
    except (OSError, ValueError, KeyError, TypeError):
        return "另一个程序"
