"""Which file is meant by what a clerk types; whose a file may be is tested with rounds, in `test_ownership.py`."""

from __future__ import annotations

import pytest

from toolkit.collection.unclaimed import file_meant
from toolkit.errors import UsageError


@pytest.mark.parametrize(
    "typed", ["邮件.zip/住建局.xls", "住建局.xls", "收件/邮件.zip/住建局.xls", "C:\\表\\收件\\邮件.zip\\住建局.XLS"]
)
def test_a_file_is_meant_by_its_name_its_last_part_or_its_path(typed: str) -> None:
    assert file_meant(typed, ["a.pdf", "邮件.zip/住建局.xls"], "收件") == "邮件.zip/住建局.xls"


def test_a_file_that_is_not_there_is_told_with_what_is_near() -> None:
    with pytest.raises(UsageError, match=r"是不是“邮件\.zip/住建局\.xls”？"):
        file_meant("住建局.xlsx", ["a.pdf", "邮件.zip/住建局.xls"], "收件")
    with pytest.raises(UsageError, match="xxgk status"):
        file_meant("b", [], "收件")
