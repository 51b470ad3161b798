"""What holds a process to its limits: the real thing on this system, and what is asked of Windows."""

from __future__ import annotations

import struct
import time
from typing import Any

import pytest

from toolkit.io import limits as module
from toolkit.io.limits import JOB, MEMORY, SECONDS, job_limits


class Kernel:
    """Takes what a job object is asked for; ``told`` are its limits, one after the other."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.mine = 0
        self.CreateJobObjectW = self.Create()

    class Create:
        restype: Any = None

        def __call__(self, *_: object) -> int:
            return 7

    def AssignProcessToJobObject(self, job: Any, process: Any) -> int:  # noqa: N802 - its name in Windows
        assert job.value == 7
        self.mine += process.value == 2**64 - 1
        return 1

    def SetInformationJobObject(self, job: Any, kind: int, data: bytes, size: int) -> int:  # noqa: N802 - the same
        assert (job.value, kind, len(data)) == (7, 9, size)
        self.told.append(struct.unpack(JOB, data))
        return 1


def test_a_job_of_windows_limits_time_and_memory_and_forbids_further_processes() -> None:
    kernel = Kernel()
    renew = job_limits(kernel)
    assert kernel.mine == 1
    renew(SECONDS)
    renew(SECONDS)
    first, second = kernel.told
    assert struct.calcsize(JOB) == 144, "as 64-bit Windows lays it out"
    until, _, flags, _, _, processes, *_ = first
    assert flags & 0x2, "time"
    assert flags & 0x8, "processes"
    assert flags & 0x100, "memory"
    assert flags & 0x2000, "the process ends with its job"
    assert processes == 1
    assert first[15] >= MEMORY
    # The time counts from the start of the process, so each file moves its end.
    assert until / 10**7 >= SECONDS
    assert second[0] >= until
    assert until / 10**7 <= time.process_time() + SECONDS


@pytest.mark.parametrize("code", [1816, 0xC0000044])
def test_what_windows_says_of_a_used_up_quota_is_that_time_is_up(code: int) -> None:
    assert code in module.TIME_IS_UP


@pytest.mark.parametrize("code", [0, 1, -9, module.TOO_LARGE])
def test_other_ends_are_not_for_time(code: int) -> None:
    assert code not in module.TIME_IS_UP
