"""What differs between machines, in one place: drives that are no real disks, and clocks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TypeVar
from urllib.parse import quote

P = TypeVar("P", bound=PurePath)

_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afpfs", "9p", "davfs"})
_REMOTE = 4
#: Windows counts up to 260; some room is left for the name of a file not yet whole.
_LONG = 230


def journal(path: Path, network: Callable[[Path], bool] | None = None) -> str:
    """The journal mode for an SQLite file at a path: WAL does not work over a network file system."""
    return "DELETE" if (network or on_network)(path) else "WAL"


def on_network(path: Path) -> bool:
    """Whether a path lies on another computer's disk."""
    if sys.platform == "win32":  # pragma: no cover - asks Windows itself
        import ctypes  # noqa: PLC0415 - only there

        whole = str(path.absolute())
        kind = ctypes.windll.kernel32.GetDriveTypeW(path.absolute().anchor)
        return whole.startswith("\\\\") or int(kind) == _REMOTE
    return network_mount(path.absolute(), _mounts())


def network_mount(path: Path, mounts: str) -> bool:
    """Whether a path lies on a network drive, by ``/proc/mounts``: the longest mount point above it decides."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        _, _, rest = line.partition(" ")
        point, _, rest = rest.partition(" ")
        where = Path(point.replace("\\040", " "))
        if path.is_relative_to(where) and len(where.parts) > best:
            best, kind = len(where.parts), rest.split(" ")[0]
    return kind in _NETWORK


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


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
