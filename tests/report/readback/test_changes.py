"""What an editor changed, told so that a person sees it: from the first difference, like beside like."""

from __future__ import annotations

import io
import struct
import zlib

import docx

from toolkit.report.document.blocks import Document, Paragraph, Section
from toolkit.report.readback.changes import closest, line_changes, sentence_pairs, told_changes
from toolkit.report.word.memory import WrittenFrom

HEAD = "（二）依申请公开。2025年，全县新收政府信息公开申请63件，均为自然人申请；没有上年结转的申请。全年办结63件，"


def png(red: int, blue: int) -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    body = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    body += chunk(b"IDAT", zlib.compress(bytes((0, red, 0, blue))))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def saved(*lines: str | bytes) -> bytes:
    """A Word file with paragraphs, and a picture for bytes."""
    document, out = docx.Document(), io.BytesIO()
    for one in lines:
        if isinstance(one, str):
            document.add_paragraph(one)
        else:
            document.add_paragraph().add_run().add_picture(io.BytesIO(one))
    document.save(out)
    return out.getvalue()


def told(old: bytes, new: bytes) -> list[str]:
    return told_changes(line_changes(old, new))


def test_a_change_far_behind_is_shown_from_where_it_begins() -> None:
    (line,) = told(saved(HEAD + "均已答复。"), saved(HEAD + "全部按时答复。"))
    old, new = line.split(" → ")
    assert old == "“（二）依申请公开。202…的申请。全年办结63件，均已答复。”"
    assert new == "“…的申请。全年办结63件，全部按时答复。”"
    assert told(saved(HEAD), saved(HEAD)) == []


def test_a_change_near_the_beginning_is_shown_from_the_beginning() -> None:
    assert told(saved("全年办结五件，均已答复。"), saved("全年办结六件，均已答复。")) == [
        "“全年办结五件，均已答复。” → “全年办结六件，均已答复。”"
    ]


def test_an_end_that_was_cut_off_is_shown() -> None:
    (line,) = told(saved(HEAD + "均已答复。【待核】"), saved(HEAD + "均已答复。"))
    assert line.split(" → ") == ["“（二）依申请公开。202…年办结63件，均已答复。【待核】”", "“…年办结63件，均已答复。”"]


def test_a_paragraph_put_in_is_new_and_the_one_behind_it_is_held_to_itself() -> None:
    ours, theirs = "（五）监督保障。全年举办业务培训两次。", "（五）监督保障。全年举办业务培训三次。"
    added = "县政府办公室牵头开展了专项检查。"
    assert line_changes(saved("一、总体情况", ours), saved("一、总体情况", added, theirs)) == [
        ("", added),
        (ours, theirs),
    ]
    assert told(saved(ours), saved(added)) == [f"删去“{ours}”", f"新增“{added}”"], "like nothing"


def test_the_same_heading_makes_a_paragraph_the_same_one() -> None:
    assert line_changes(saved("（一）主动公开。待写"), saved("（一）主动公开。发布信息百余条，更新指南。")) == [
        ("（一）主动公开。待写", "（一）主动公开。发布信息百余条，更新指南。")
    ]


def test_pictures_are_counted() -> None:
    red, blue = png(200, 0), png(0, 200)
    assert told(saved("甲"), saved("甲", red, blue)) == ["新增图片 2 张"]
    assert told(saved("甲", red), saved("甲")) == ["删去图片 1 张"]
    assert told(saved("甲", red), saved("甲", red)) == []
    assert told(saved("甲", red), saved("甲", blue)) == ["更换图片 1 张"]
    assert told(saved("甲", red), saved("甲", "新写的一段话。")) == ["新增“新写的一段话。”", "删去图片 1 张"]


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
