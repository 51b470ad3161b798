"""The run log of a round: what each run was asked, by which program, and how it ended; for whoever helps the clerk."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import current_thread
from time import monotonic

from toolkit import __version__
from toolkit.errors import ToolkitError

#: Bytes after which a log is put by as the older one, and another begun.
LONGEST = 1 << 20


@contextmanager
def logged(log: Path, moment: datetime) -> Iterator[None]:
    """Write a run down in the file ``log``; what stopped it with its traceback, unless it says itself what it is.

    A log that cannot be written stops no run.
    """
    begun, ended = monotonic(), "完成"
    try:
        yield
    except ToolkitError as error:
        ended = f"停下：{error}"
        raise
    except BaseException as error:
        ended = f"停下：{type(error).__name__}\n{''.join(traceback.format_exception(error))}".rstrip()
        raise
    finally:
        with suppress(OSError):
            if log.is_file() and log.stat().st_size > LONGEST:
                log.replace(log.with_stem(f"{log.stem}（较早）"))
            by = f"xxgk {__version__}，Python {platform.python_version()}，{sys.platform}"
            # A thread is called by the button of the desk that it does.
            asked = f"{' '.join(sys.argv[1:])} {current_thread().name}".removesuffix(" MainThread")
            told = f"{moment:%Y-%m-%d %H:%M}  {asked}\n  {by}，{monotonic() - begun:.1f} 秒\n  {ended}\n"
            with log.open("a", encoding="utf-8", errors="replace") as out:
                out.write(told)
