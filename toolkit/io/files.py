"""Files as results: names that every system takes, and content that is whole or not there at all."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import shutil
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from toolkit.errors import OutputError, cause_of
from toolkit.io.machine import extended
from toolkit.text import inert

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"COM{i}" for i in range(1, 10)), *(f"LPT{i}" for i in range(1, 10))}
)
_LONGEST_NAME = 120
_BOM = "\ufeff"
#: How the name of a file begins that is not yet whole; the inbox passes over such names.
UNFINISHED = ".~xxgk-"
_TRIES, _PAUSE = 10, 0.1
Move = Callable[[str, Path], None]


def safe_name(text: str) -> str:
    """A file name that every system takes, from any text."""
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text))
    name = "".join(c for c in name if c.isprintable()).strip(" .") or "未命名"
    if name.split(".")[0].upper() in _DEVICES:
        name = f"_{name}"
    while len(name.encode()) > _LONGEST_NAME:
        name = name[:-1]
    return name


def as_text(name: str) -> str:
    """A name of a file or folder that may be any bytes, as a text that every format can hold."""
    return os.fsencode(name).decode(errors="replace")


def ensure_folder(folder: Path, mode: int = 0o777) -> Path:
    """The folder, made with these rights where it is missing; OutputError where it cannot be."""
    try:
        folder.mkdir(mode, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(folder, cause_of(error)) from error
    return folder


def free_path(path: Path, taken: Callable[[Path], bool] = Path.exists) -> Path:
    """The path, or one beside it with a number, that is not taken."""
    numbered = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))
    return next(one for one in chain((path,), numbered) if not taken(one))


def keep(path: Path, data: bytes, modified: float) -> Path:
    """Put a file that came at its place, with its time (seconds since 1970), beside another one that has its name.

    Gives where it lies; its very bytes may lie there already. OutputError as of `write`.
    """
    place = free_path(path, lambda one: one.exists() and one.read_bytes() != data)
    place = place if place.exists() else write(place, data)
    try:
        os.utime(place, (modified, modified))
    except OSError as error:
        raise OutputError(place, cause_of(error)) from error
    return place


def put_away(path: Path, folder: Path) -> None:
    """Move a file or folder there, beside what has its name; one that is open in another program stays."""
    with suppress(OSError):
        shutil.move(path, free_path(ensure_folder(folder) / path.name))


def sweep(*folders: Path) -> None:
    """Clear away the unfinished files that a run which was cut off left behind."""
    for path in chain.from_iterable(folder.rglob(f"{UNFINISHED}*") for folder in folders):
        with suppress(OSError):
            path.unlink()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece; empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, data: bytes | Iterable[bytes], replace: Move | None = None, *, private: bool = False) -> Path:
    """Write a whole file or nothing; gives the path really written. One that is ``private`` nobody else ever reads.

    A file that another program keeps open (Excel, on Windows) is tried again for a second, then the result goes
    beside it as ``name (2)``. ``data`` may come in pieces; ``replace`` stands in for ``os.replace`` in tests.
    """
    path = extended(path)
    ensure_folder(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=UNFINISHED, suffix=path.suffix, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.writelines([data] if isinstance(data, bytes) else data)
                out.flush()
                os.fsync(out.fileno())
            if sys.platform != "win32" and not private:
                # A temporary file is private; a result is read by colleagues. Windows takes rights from the folder.
                Path(name).chmod(0o644)
            return _move(name, path, replace or os.replace)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(path, cause_of(error)) from error


def _move(name: str, path: Path, move: Move) -> Path:
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        with suppress(PermissionError):
            move(name, path)
            return path
    beside = free_path(path, lambda one: one == path or one.exists())
    move(name, beside)
    return beside


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file: UTF-8 with the mark Excel looks for; no text begins a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([inert(text) for text in row] for row in rows)
    return (_BOM + out.getvalue()).encode(errors="replace")


def encoded(text: str) -> bytes:
    """A text file that the plainest editor of Windows shows rightly."""
    return (_BOM + text.replace("\n", "\r\n")).encode(errors="replace")
