"""What keeps the books of a round trustworthy: a copy of every day, a look at the clock, a log of what was run."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import current_thread
from time import monotonic

from toolkit import __version__
from toolkit.collection.ledger.ledger import Ledger
from toolkit.collection.ledger.rows import Event
from toolkit.errors import LedgerError, ToolkitError
from toolkit.io.files import UNFINISHED
from toolkit.io.machine import local
from toolkit.model.codes import Code
from toolkit.model.sentences import worded

#: So many copies are kept; those of the last days on which something was done.
COPIES = 5
#: Where the ledger keeps when the last run told of changes.
LAST_TOLD = "told"
#: What clocks that are set by the network may differ, and how long no round rests.
_SLACK, _REST = timedelta(minutes=10), timedelta(days=3660)


def keep_copy(ledger: Ledger, folder: Path, day: str) -> None:
    """Keep the ledger as it is before the first run of a day, and the copies of the days before."""
    target, part = folder / f"ledger-{day}.sqlite", folder / f"{UNFINISHED}{day}.sqlite"
    if target.exists():
        return
    # A full disk is to end a run where something is lost by it; SQLite takes no path that is no text.
    with suppress(OSError, LedgerError, UnicodeError):
        folder.mkdir(exist_ok=True)
        part.unlink(missing_ok=True)
        ledger.copy_to(part)
        part.replace(target)
        for old in sorted({*folder.glob("ledger-*.sqlite")} - {target}, reverse=True)[COPIES - 1 :]:
            old.unlink()


def ran_back(events: Sequence[Event]) -> list[tuple[str, str]]:
    """Each time the clock ran back: before, after. What was received stands under a day that the clerk may name."""
    times = [event.at for event in events if event.kind != "received"]
    return [(before, after) for before, after in pairwise(times) if local(after) < local(before) - _SLACK]


def clock_told(ledger: Ledger, moment: datetime) -> Iterator[str]:
    """A sentence where the machine's time cannot be right by what the ledger holds."""
    done = [event.at for event in ledger.events() if event.kind != "received"][-1:]
    last = max([*done, *filter(None, [ledger.meta().get(LAST_TOLD)])], key=local, default="")
    if not last or local(last) - _SLACK <= moment <= local(last) + _REST:
        return
    now, then = f"{moment.astimezone():%Y-%m-%d %H:%M}", f"{local(last):%Y-%m-%d %H:%M}"
    yield worded(Code.LEDG_05, "behind" if moment < local(last) else "ahead", now=now, then=then).line


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
