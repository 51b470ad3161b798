"""What was left lying and needs a person: noted once, with the reason that the gate would give."""

from __future__ import annotations

import json

import pytest

from toolkit.collection.archives import Item
from toolkit.collection.inbox import Ended
from toolkit.collection.unclaimed import Lying, file_meant, lying_text, parsed_lying
from toolkit.errors import UsageError
from toolkit.model.codes import Code
from toolkit.model.finding import Status
from toolkit.workbook.intake.refusals import refusal

AT, LATER = "2026-01-20T10:00:00+00:00", "2026-01-21T10:00:00+00:00"


def left(name: str, data: bytes | Code) -> Ended:
    def load() -> bytes:
        if isinstance(data, Code):
            raise refusal(data)
        return data

    return Ended(
        name=name, reason="不是工作簿（附件）", item=Item(key=name.encode(), name=name, modified=0.0, load=load)
    )


def noted(*ended: Ended, before: list[Lying] | None = None, at: str = AT) -> list[Lying]:
    return parsed_lying(lying_text(ended, before or [], at))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xd8\xff photo", Code.FILE_18),
        (b"%PDF-1.7", Code.FILE_10),
        (b"From: jyj@example.cn\r\nSubject: x", Code.FILE_46),
        (b"{\\rtf1 x", Code.FILE_16),
        (b"", Code.FILE_03),
        (Code.FILE_04, Code.FILE_04),
    ],
)
def test_the_reason_is_that_of_the_gate_by_what_the_file_holds(data: bytes | Code, code: Code) -> None:
    (one,) = noted(left("a.doc", data))
    assert (one.code, one.since, one.verdict.status) == (code, AT, Status.UNREADABLE)
    assert one.verdict.findings[0].message == one.message != ""


def test_what_lay_there_before_keeps_its_day_and_another_content_has_its_own() -> None:
    before = noted(left("a.pdf", b"%PDF one"))
    assert noted(left("a.pdf", b"%PDF one"), before=before, at=LATER) == before
    assert noted(left("a.pdf", b"%PDF two"), before=before, at=LATER)[0].since == LATER
    assert noted(left("a.pdf", Code.FILE_06), before=before, at=LATER) == before
    assert noted(before=before, at=LATER) == []


def test_what_needs_nobody_is_not_noted() -> None:
    assert json.loads(lying_text([Ended(name="~$a.docx", reason="是表格打开时的临时文件")], [], AT)) == []
    assert parsed_lying("") == []


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
