"""Sentences of then are paired with those of today."""

from __future__ import annotations

from toolkit.report.document.blocks import Document, Paragraph, Section
from toolkit.report.readback.sentences import closest, sentence_pairs
from toolkit.report.word.memory import WrittenFrom


def saying(*sentences: str) -> Document:
    words = tuple(Paragraph(text=one, said=(one,)) for one in sentences)
    return Document(title=("某局",), unit="", period="", sections=(Section(heading="一", blocks=words),))


def test_a_sentence_with_other_figures_is_the_same_one_and_others_came_or_went() -> None:
    then, now = saying("收到5件。办结4件。", "没有结转。"), saying("收到7件。办结6件。比上年增加2件。")
    pairs = [pair[:2] for pair in sentence_pairs(WrittenFrom.of(then), now)]
    assert pairs == [("收到5件。", "收到7件。"), ("办结4件。", "办结6件。"), ("没有结转。", "比上年增加2件。")]
    assert [one.has_moved for one in sentence_pairs(WrittenFrom.of(now), now)] == [False] * 3


def test_half_of_a_sentence_makes_it_like_another() -> None:
    assert closest("一二三四", ["五六七八", "一二五六"]) == "一二五六"
    assert closest("一二三四", ["五六七八", "一五六七"]) == ""
