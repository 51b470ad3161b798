"""Sentences of an editor's report brought up to date: the mark of a proposal stays with what it was set behind."""

from __future__ import annotations

import docx
import pytest

from toolkit.report.document.blocks import DRAFT
from toolkit.report.readback.changes import SentencePair
from toolkit.report.readback.refresh import _Refresh

SUM = "各单位共开通热线3条，接听12次。"


def refreshed(text: str, pair: SentencePair, before: str = "") -> str:
    document = docx.Document()
    paragraph = document.add_paragraph(text)
    _Refresh(document, {}).sentence(pair, before)
    return paragraph.text


@pytest.mark.parametrize(
    ("text", "pair", "before", "becomes"),
    [
        (f"前句。{SUM}{DRAFT}后句。", SentencePair(SUM, "", ()), "", "前句。后句。"),
        (
            f"前句。{SUM}{DRAFT}后句。",
            SentencePair(SUM, SUM.replace("12", "15"), ()),
            "",
            f"前句。{SUM.replace('12', '15')}{DRAFT}后句。",
        ),
        (f"{SUM}{DRAFT}", SentencePair("", "乙句是新的。", ()), SUM, f"{SUM}{DRAFT}乙句是新的。"),
        (
            f"前句。{SUM}",
            SentencePair(SUM, SUM.replace("12", "15"), ()),
            "",
            f"前句。{SUM.replace('12', '15')}",
        ),
    ],
    ids=["taken out with its mark", "still to be looked at", "put in behind the mark", "without a mark"],
)
def test_a_mark_stays_with_its_sentence(text: str, pair: SentencePair, before: str, becomes: str) -> None:
    assert refreshed(text, pair, before) == becomes
