"""Brings returns from where they are kept (an S3 bucket, an archive) into the inbox. The home of fsspec."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from time import time
from typing import Any, NamedTuple

from toolkit.boundary import guarded
from toolkit.collection.inbox import MAX_ARCHIVE, YOUNG
from toolkit.errors import ToolkitError, UnreachableError
from toolkit.io.files import free_path, keep, safe_name
from toolkit.io.workers import portions

#: So many files are asked for at the same time: an answer from far away takes longer than the file.
_AHEAD = 16
_MISSING = 'pip install "xxgk-toolkit[remote]"'


class _Kept(NamedTuple):
    """A file of a store: its ``path`` there, where it goes in the inbox, its bytes and time (seconds since 1970).

    A store may not know the time; then the file is asked for each time, and its very bytes come once.
    """

    path: str
    place: Path
    size: int
    modified: float | None


def fetch(address: str, inbox: Path) -> list[str]:
    """Bring the files below an address of fsspec (``s3://bucket/2025``, ``zip://*::returns.zip``) into the inbox.

    In the folders in which they lie there; one that came before and has not changed is not asked for again, one that
    has is put beside the first, as a correction. Gives the names of those that could not be read, which the next run
    asks for again. UnreachableError where the place does not answer.
    """
    store, kept = _listed(address, inbox)
    # Whole, and no longer on its way, is also what came just now.
    now = time() - YOUNG
    unread = [one.place.name for one in kept if one.size > MAX_ARCHIVE]
    wanted = [one for one in kept if one.size <= MAX_ARCHIVE and not _is_here(one)]
    # Asked for one by one: asked for together, a name such as 甲局[1].xlsx is taken for a pattern.
    with ThreadPoolExecutor(_AHEAD) as ahead:
        for portion in portions(wanted, _AHEAD, lambda one: one.size):
            for one, data in zip(portion, ahead.map(partial(_read, store), portion), strict=True):
                if data is None:
                    unread.append(one.place.name)
                else:
                    keep(one.place, data, now if one.modified is None else one.modified)
    return unread


def _read(store: Any, one: _Kept) -> bytes | None:  # noqa: ANN401 - fsspec has no types
    return guarded(lambda: bytes(store.cat_file(one.path)), lambda _: None)


def _listed(address: str, inbox: Path) -> tuple[Any, list[_Kept]]:
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ToolkitError(f"--from：没有安装 fsspec。请运行：{_MISSING}") from error
    try:
        store, root = url_to_fs(address)
    except ImportError as error:
        raise ToolkitError(f"--from {address}：读这种地址还要装别的组件。请运行：{_MISSING}") from error
    except ValueError as error:
        raise UnreachableError(f"--from {address}：不认识这种地址。例如 s3://桶/2025。") from error
    told = partial(UnreachableError, f"--from {address}：打不开。请核对地址、网络和访问权限。")
    found = guarded(lambda: store.find(root, detail=True), lambda _: None)
    if not found:
        raise told()
    return store, sorted(_files(store, root, found, inbox), key=lambda one: one.path)


def _files(store: Any, root: str, found: dict[str, Any], inbox: Path) -> Iterator[_Kept]:  # noqa: ANN401 - no types
    for path, about in found.items():
        inner = PurePosixPath(path.removeprefix(root).lstrip("/") or PurePosixPath(path).name)
        place = inbox.joinpath(*(safe_name(part) for part in inner.parts))
        modified = None
        with suppress(NotImplementedError, OSError, KeyError):
            modified = float(int(store.modified(path).timestamp()))
        yield _Kept(path, place, int(about.get("size") or 0), modified)


def _is_here(one: _Kept) -> bool:
    """Whether the file, or a later state of it put beside, is what the store has."""
    return free_path(one.place, lambda place: place.exists() and not _is_as(place.stat(), one)).exists()


def _is_as(seen: os.stat_result, one: _Kept) -> bool:
    return (seen.st_size, seen.st_mtime) == (one.size, one.modified)
