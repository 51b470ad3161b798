"""How many failures of the program stop a run."""

from __future__ import annotations

import pytest

from toolkit.boundary import DIED, SLOW, SWOLLEN, Failure
from toolkit.errors import ProgramError
from toolkit.io.failures import Breaker, failed


@pytest.mark.parametrize(("files", "most"), [(1, 10), (200, 10), (220, 11), (1000, 50)])
def test_more_than_ten_failures_that_are_more_than_five_in_a_hundred_stop_a_run(files: int, most: int) -> None:
    breaker = Breaker(files)
    breaker.count(failed(f"{i}.xlsx", Failure("ValueError")) for i in range(most))
    with pytest.raises(ProgramError, match=f"程序在 {most + 1} 个文件上出错（共 {files} 个）"):
        breaker.count([failed("x.xlsx", Failure("ValueError"))])


@pytest.mark.parametrize(("failure", "said"), [(SLOW, "5 秒"), (SWOLLEN, "500 MB"), (DIED, "进程中止")])
def test_a_file_beyond_a_limit_says_which_and_what_to_do(failure: Failure, said: str) -> None:
    (finding,) = failed("a.xlsx", failure).findings
    assert said in finding.message
    assert "请该单位" in finding.remedy
