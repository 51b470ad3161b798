"""The boundary round one file: whatever its content makes this program do costs that file and nothing else."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb
from typing import TypeVar

from toolkit.errors import ToolkitError

T = TypeVar("T")
R = TypeVar("R")
#: With this set in the environment a failure shows its traceback instead of becoming a finding.
DEBUG = "XXGK_DEBUG"
_HERE = str(Path(__file__).parent)
#: What no file can be blamed for: no room on the disk, no more open files.
_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE})


@dataclass(frozen=True, slots=True)
class Failure:
    """The program failed: the kind of exception and the line of ours it came from, for whoever mends it."""

    kind: str
    place: str = ""

    def __str__(self) -> str:
        """Both, short enough for a line."""
        return f"{self.kind} {self.place}".strip()


#: What is met where a file is looked at in a process of its own: it ended, or its time or memory did.
DIED, SLOW, SWOLLEN = Failure("died"), Failure("slow"), Failure(MemoryError.__name__)


class FailedError(Exception):
    """A failure met when a file was only looked at, raised where the file is judged."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def guarded(work: Callable[[], T], failed: Callable[[Failure], R]) -> T | R:
    """What ``work`` gives; where the program fails in it, what ``failed`` makes of the failure.

    A reason to stop (`ToolkitError`), a fault of the machine and an interruption go on their way.
    """
    try:
        return work()
    except ToolkitError:
        raise
    except Exception as error:
        if os.environ.get(DEBUG) or (isinstance(error, OSError) and error.errno in _MACHINE):
            raise
        return failed(_failure(error))


def _failure(error: Exception) -> Failure:
    if isinstance(error, FailedError):
        return error.failure
    ours = [
        f"{Path(name).stem}:{line}"
        for frame, line in walk_tb(error.__traceback__)
        if (name := frame.f_code.co_filename).startswith(_HERE) and name != __file__
    ]
    return Failure(type(error).__name__, ours[-1] if ours else "")
