"""Looks through the inbox: every entry is an item to read, or is left lying for a reason that is told.

Nothing is followed, unpacked to disk, moved or changed. A zip archive is looked into (also one in a zip), with
names in GBK as Windows writes them here.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from toolkit.boundary import FailedError, Failure, guarded
from toolkit.collection.archives import Item, Room, decoded, file_source, inside, packed_items
from toolkit.model.codes import BUSY, HALF
from toolkit.model.finding import Status
from toolkit.model.returns import FiledVerdict
from toolkit.workbook.intake.gate import Refused, whole

#: An archive may be larger than a workbook: a district's returns in one mail.
MAX_ARCHIVE = 512 << 20
#: A damaged file this young may still be on its way; seconds.
YOUNG = 60.0
#: What lies there and is no workbook by its name, in the order in which it is looked for.
_LEFT: Final = tomllib.loads(Path(__file__).with_name("inbox.toml").read_text(encoding="utf-8"))["left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Where an entry of the inbox ended: with a status, or left lying (no status) for a reason.

    ``new`` tells that this run took it in; ``later`` that the next run may be able to read it. ``item`` is what was
    left lying and somebody has to look at.
    """

    name: str
    status: Status | None = None
    reason: str = ""
    verdict: FiledVerdict | None = None
    new: bool = False
    later: bool = False
    item: Item | None = field(default=None, compare=False, repr=False)


def walk_inbox(inbox: Path, now: float) -> Iterator[Item | Ended]:
    """Everything below the inbox, in the order of names; ``now`` in seconds since 1970."""
    faults: list[OSError] = []
    room = Room()
    for path in _files(inbox, faults):
        name = readable_path(path.relative_to(inbox))
        key = os.fsencode(path.relative_to(inbox).as_posix())
        item = Item(key=key, name=name, modified=0.0, load=partial(whole, path))
        if _left(path):
            yield _lying(item, path)
            continue
        try:
            told = path.lstat()
        except OSError:
            yield Ended(name=name, reason="已经不在了", later=True)
            continue
        if not stat.S_ISREG(told.st_mode):
            yield Ended(name=name, reason="是链接，不跟随" if stat.S_ISLNK(told.st_mode) else "不是普通文件")
            continue
        item = replace(item, modified=told.st_mtime, size=told.st_size)
        work = partial(_archive, item, path, told, room, is_young=0 <= now - item.modified < YOUNG)
        yield from guarded(work, partial(_unread, item)) if path.suffix.lower() == ".zip" else (item,)
    for fault in faults:
        where = Path(os.fsdecode(fault.filename or ""))
        name = readable_path(where.relative_to(inbox)) if where.is_relative_to(inbox) else readable_path(where)
        yield Ended(name=name, reason="文件夹打不开（没有权限）", later=True)


def readable_path(path: Path) -> str:
    """A path as a person reads it; names in GBK bytes are repaired."""
    raw = os.fsencode(path.as_posix())
    return decoded(raw) or raw.decode(errors="replace")


def _files(inbox: Path, faults: list[OSError]) -> Iterator[Path]:
    for root, folders, files in os.walk(inbox, onerror=faults.append):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links and name != "__MACOSX")
        yield from (Path(root) / name for name in sorted([*files, *links]))


def _left(path: Path | PurePosixPath) -> Mapping[str, Any]:
    """What an entry of that name is that is left lying; nothing if it is not."""
    name = path.name.lower()
    return next((one for one in _LEFT if any(fnmatchcase(name, pattern) for pattern in one["names"])), {})


def needs_somebody(path: Path | PurePosixPath) -> bool:
    """Whether what is left lying under that name may be somebody's return in a way: a person has to look at it."""
    return bool(_left(path).get("somebody"))


def _lying(item: Item, path: Path | PurePosixPath) -> Item | Ended:
    """The item, or that it is left lying because of its name."""
    if told := _left(path):
        return Ended(name=item.name, reason=told["reason"], item=item if told.get("somebody") else None)
    return item


def _archive(outer: Item, path: Path, seen: os.stat_result, room: Room, *, is_young: bool) -> list[Item | Ended]:
    """The members of an archive; the archive itself as an item that cannot be read, if it cannot."""
    try:
        data = whole(path, MAX_ARCHIVE)
        members = packed_items(data, outer.name, room, partial(file_source, path, seen))
    except Refused as refused:
        if refused.code in BUSY or (refused.code in HALF and is_young):
            return [Ended(name=outer.name, reason=refused.message, later=True)]
        return _unread(outer, refused)
    if members is None:
        return [outer]
    if not members:
        return [Ended(name=outer.name, reason="压缩包是空的", item=outer)]
    return [_lying(inside(outer, one), PurePosixPath(one.name)) for one in members]


def _unread(item: Item, reason: Refused | Failure) -> list[Item | Ended]:
    def load() -> bytes:
        raise FailedError(reason) if isinstance(reason, Failure) else reason

    return [replace(item, load=load, size=0)]
