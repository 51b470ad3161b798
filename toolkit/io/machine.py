"""What differs between machines, in one place: long paths, moments, and that only one run is at work in a round."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TypeVar
from urllib.parse import quote

from toolkit.errors import LockedError, cause_of

P = TypeVar("P", bound=PurePath)

#: Windows counts up to 260; some room is left for the name of a file not yet whole.
_LONG = 230


def extended(path: P, *, windows: bool = sys.platform == "win32") -> P:
    """A path that Windows takes although it is longer than 260 characters; elsewhere the path as it is."""
    text = str(path)
    if not windows or len(text) < _LONG or not path.is_absolute() or text.startswith("\\\\?\\"):
        return path
    return type(path)("\\\\?\\UNC\\" + text[2:] if text.startswith("\\\\") else "\\\\?\\" + text)


def database_uri(path: str) -> str:
    """The URI by which SQLite opens a file; ``path`` with forward slashes, absolute, perhaps on a share."""
    return "file://" + ("" if path.startswith("/") else "/") + quote(path)


def stamp(moment: datetime) -> str:
    """A moment as the ledger keeps it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(told: str) -> datetime:
    """A moment that `stamp` wrote, in this machine's time."""
    return datetime.strptime(told, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone()


@contextmanager
def locked(path: Path, now: str) -> Iterator[None]:
    """Hold the lock, which ends with the process that holds it, however that ends; ``now`` is told to those who wait.

    LockedError, naming who holds it, if another run does.
    """
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
