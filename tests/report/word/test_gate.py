"""A Word file from outside that is damaged, locked, swollen or something else ends in a sentence that names it."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from factories.workbooks import save, workbook

from toolkit.cli.run import run
from toolkit.pipeline.reports import word as module
from toolkit.pipeline.reports.report import write_up

Parts = dict[str, bytes]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("report") / "甲局.xlsx", workbook())


@pytest.fixture(scope="module")
def parts(source: Path) -> Parts:
    (path,) = write_up(source, "docx", source.parent).files
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def locked(parts: Parts) -> bytes:
    """With the mark of a password on every member."""
    data = bytearray(packed(parts))
    at = data.find(b"PK\1\2")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\1\2", at + 4)
    return bytes(data)


def damaged(parts: Parts) -> bytes:
    data = bytearray(packed(parts))
    at = data.index(b"word/document.xml") + 40
    data[at : at + 20] = bytes(20)
    return bytes(data)


def other(parts: Parts, part: str, old: bytes, new: bytes) -> Parts:
    assert old in parts[part]
    return {**parts, part: parts[part].replace(old, new)}


DOCUMENT, TYPES, RELATIONS = "word/document.xml", "[Content_Types].xml", "_rels/.rels"
MAIN = b"wordprocessingml.document.main"
CASES: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "locked": (locked, "设有打开密码"),
    "damaged": (damaged, "已经损坏"),
    "cut off": (lambda parts: packed(parts)[:-30], "已经损坏"),
    "lzma": (lambda parts: packed(parts, zipfile.ZIP_LZMA), "已经损坏"),
    "a part twice but for case": (lambda parts: packed({**parts, "WORD/Styles.xml": b"x"}), "重名"),
    "swollen": (lambda parts: packed({**parts, "a.bin": bytes(51 << 20)}), "展开后过大"),
    "swollen under one name": (
        lambda parts: packed({**parts, "a.bin": bytes(30 << 20), "A.bin": bytes(30 << 20)}),
        "展开后过大",
    ),
    "small paragraphs without end": (
        lambda parts: packed(other(parts, DOCUMENT, b"<w:sectPr", b"<w:p/>" * 450_000 + b"<w:sectPr")),
        "展开后过大",
    ),
    "a template by its kind": (
        lambda parts: packed(other(parts, TYPES, MAIN, b"wordprocessingml.template.main")),
        "不是 .docx 文件",
    ),
    "a workbook by its kind": (lambda parts: packed(other(parts, TYPES, MAIN, b"spreadsheetml.sheet.main")), "打不开"),
    "a target that is not there": (
        lambda parts: packed(other(parts, RELATIONS, b"word/document", b"word/none")),
        "打不开",
    ),
    "not XML": (lambda parts: packed({**parts, DOCUMENT: b"<w:document"}), "打不开"),
    "no body": (
        lambda parts: packed(other(other(parts, DOCUMENT, b"<w:body>", b"<w:x>"), DOCUMENT, b"</w:body>", b"</w:x>")),
        "程序读不了这份 Word 文件",
    ),
    "a style without a name": (
        lambda parts: packed(other(parts, DOCUMENT, b"<w:pStyle w:val=", b"<w:pStyle w:no=")),
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_stands_in_a_word_file_ends_in_a_sentence(
    case: str, source: Path, parts: Parts, tmp_path: Path, capsys: Capture
) -> None:
    make, words = CASES[case]
    path = save(tmp_path / "稿.docx", make(parts))
    code = run(["readback", str(path), "--with", str(source)])
    told = capsys.readouterr()
    if words:
        assert code == 2
        assert words in told.err
        assert told.err.count("\n") == 1
    else:
        assert code == 0
        assert told.err == ""


def test_on_whose_words_the_program_fails_is_named(
    source: Path, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(module, "remarks_on", lambda *_: 1 // 0)
    path = save(tmp_path / "稿.docx", packed(parts))
    assert run(["readback", str(path), "--with", str(source)]) == 2
    told = capsys.readouterr().err
    assert "稿.docx：程序读不了这份 Word 文件。" in told
    assert "Error" not in told
    assert "发给维护人员" in told


def test_a_template_on_which_the_program_fails_is_a_faulty_template(
    source: Path, parts: Parts, tmp_path: Path, capsys: Capture
) -> None:
    make, _ = CASES["no body"]
    path = save(tmp_path / "模板.docx", make(parts))
    assert run(["report", str(source), "--to", "docx", "-o", str(tmp_path), "--template", str(path)]) == 2
    assert "报告模板" in capsys.readouterr().err
    assert run(["word-template", "--check", str(path)]) != 4


#: What stands in place of a piece of a part: nothing, too much, what no reader expects.
ODD = (
    b"",
    b"<",
    b">",
    b"&#0;",
    b"\xff",
    b'""',
    b"9" * 5000,
    b"-1",
    b"<w:p>",
    b"</w:p>",
    "占99.9%，其中一".encode() * 400,
)
PIECE = re.compile(rb"<[^>]*>|[\w:]+=\"[^\"]*\"|\"[^\"]*\"|>[^<]+<")


def bytes_changed(parts: Parts, chance: random.Random) -> bytes:
    data = bytearray(packed(parts))
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def bytes_lost(parts: Parts, chance: random.Random) -> bytes:
    data, at = packed(parts), chance.randrange(1, 8000)
    return data[:at] + data[at + chance.randint(1, 400) :]


def part_lost(parts: Parts, chance: random.Random) -> bytes:
    lost = chance.choice([*parts])
    return packed({name: b"" if chance.random() < 0.3 else body for name, body in parts.items() if name != lost})


def parts_swapped(parts: Parts, chance: random.Random) -> bytes:
    one, other_one = chance.sample([*parts], 2)
    return packed({**parts, one: parts[other_one], other_one: parts[one]})


def piece_changed(parts: Parts, chance: random.Random) -> bytes:
    name = chance.choice([*parts, *[DOCUMENT] * 12])
    body = parts[name]
    for _ in range(chance.randint(1, 4)):
        found = [*PIECE.finditer(body)]
        if found:
            start, end = chance.choice(found).span()
            twice = body[start:end] * chance.randint(2, 50)
            body = body[:start] + chance.choice([*ODD, twice]) + body[end:]
    return packed({**parts, name: body})


MUTATORS = (bytes_changed, bytes_lost, part_lost, parts_swapped, piece_changed, piece_changed, piece_changed)
VARIANTS = 300


def test_no_change_to_a_word_file_gets_further_than_a_sentence(
    source: Path, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    draft = module.written_from(source)
    monkeypatch.setattr(module, "written_from", lambda *_, **__: draft)
    chance, codes = random.Random(20_260), set()  # noqa: S311 - the same variants every time
    for number in range(VARIANTS):
        mutate = MUTATORS[number % len(MUTATORS)]
        path = save(tmp_path / f"{number}.docx", mutate(parts, chance))
        codes.add(code := run(["readback", str(path), "--with", str(source)]))
        told = capsys.readouterr()
        assert code in {0, 1, 2}, (number, mutate.__name__, told.err)
        assert told.err.count("\n") == (code == 2), told.err
    assert {0, 2} <= codes
