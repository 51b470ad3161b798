"""What one file may use of the processor and of memory; each system holds a process to it in its own way."""

from __future__ import annotations

import signal
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Seconds of processor time, and bytes beyond what the process had before.
SECONDS, MEMORY = 5.0, 500 << 20
#: Bytes of a process that has done nothing, where only all of them together can be limited.
_BASE = 256 << 20
#: How a process of ours ends where memory is out, and by what it is ended when its time is: its timer, or Windows.
TOO_LARGE = 77
TIME_IS_UP = frozenset({-int(getattr(signal, "SIGPROF", 27)), 1816, 0xC0000044})
_STATM = Path("/proc/self/statm")
#: Windows' ``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``, and the limits in it: time, processes, memory, death with the job.
JOB, _FLAGS = "qqINNINII6QNNNN", 0x2 | 0x8 | 0x100 | 0x2000


def own_limits() -> Callable[[float], None]:
    """What gives this process so many seconds from now on, and the memory of a file; beyond that it is ended."""
    if sys.platform == "win32":  # pragma: no cover - asks Windows itself
        import ctypes  # noqa: PLC0415 - only there

        return job_limits(ctypes.windll.kernel32)
    return _renew


def _renew(seconds: float) -> None:
    """A timer whose signal ends the process whatever it is at; an address space that does not grow, but on macOS."""
    import resource  # noqa: PLC0415 - not on Windows

    signal.setitimer(signal.ITIMER_PROF, seconds)
    if _STATM.is_file():
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = int(_STATM.read_bytes().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))


def job_limits(kernel: Any) -> Callable[[float], None]:  # noqa: ANN401 - a library of Windows
    """A job object with this process in it: user time since it began, committed memory, no process of its own."""
    import ctypes  # noqa: PLC0415 - only there

    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    kernel.AssignProcessToJobObject(job, ctypes.c_void_p(-1))  # -1 is the process itself

    def renew(seconds: float) -> None:
        until = int((time.process_time() + seconds) * 10**7)  # in 100 nanoseconds
        told = struct.pack(JOB, until, 0, _FLAGS, 0, 0, 1, *[0] * 9, _BASE + MEMORY, 0, 0, 0)
        kernel.SetInformationJobObject(job, 9, told, len(told))

    return renew
