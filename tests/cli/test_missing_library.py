"""A library that is missing costs its own format: the others are written, and a sentence tells what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from factories.filled_forms import annual, filled
from factories.rounds import GOOD, put, reply, roster

from toolkit.cli.run import run
from toolkit.errors import FormatMissingError
from toolkit.pipeline.reports.documents import blank_document
from toolkit.report.render import pdf as render_pdf

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def without_typst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "表" / "某局.xlsx"
    path.parent.mkdir()
    path.write_bytes(filled(annual()))
    return path


def endings(folder: Path) -> set[str]:
    return {path.suffix for path in folder.iterdir()}


@pytest.mark.usefixtures("without_typst")
def test_report_writes_the_other_formats(book: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(["report", str(book), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert endings(tmp_path / "out") == {".docx", ".html", ".md"}
    (line,) = said.err.splitlines()
    for word in ("PDF 没有写出", "typst", "pip install"):
        assert word in line
    page = next(path for path in (tmp_path / "out").glob("*.html") if "粘贴" not in path.name)
    assert ".pdf" not in page.read_text(encoding="utf-8")


@pytest.mark.usefixtures("without_typst")
def test_where_only_pdf_is_wanted_the_tool_could_not_go_on(book: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(["report", str(book), "--to", "pdf", "-o", str(tmp_path / "out")]) == 4
    err = capsys.readouterr().err
    assert "PDF 没有写出" in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_pdf_of_an_earlier_run_is_said_to_be_old(
    book: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["report", str(book), "--to", "pdf,md", "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    monkeypatch.setitem(sys.modules, "typst", None)
    assert run(["report", str(book), "--to", "pdf,md", "-o", str(tmp_path / "out")]) == 0
    assert "原有的 PDF 没有更新" in capsys.readouterr().err


@pytest.mark.usefixtures("without_typst")
@pytest.mark.parametrize("output", ["text", "json"])
def test_consolidate_writes_all_but_the_pdf(book: Path, output: str, capsys: Capture) -> None:
    assert run(["consolidate", str(book.parent), "--format", output]) == 0
    said = capsys.readouterr()
    assert endings(book.parent / "成果") == {".json", ".xlsx", ".csv", ".docx", ".html", ".md"}
    assert said.err.count("PDF 没有写出") == 1
    if output == "json":
        assert json.loads(said.out)["files"]


def test_a_round_writes_the_pdf_as_soon_as_it_can(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "2025年报"
    listed = roster(tmp_path / "list.csv")
    assert run(["start", str(folder), "--period", "2025", "--roster", str(listed)]) == 0
    put(folder, "教育局.xlsx", reply(folder, "001", GOOD))
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "typst", None)
        assert run(["consolidate", str(folder), "--fail-on", "never"]) == 0
        assert capsys.readouterr().err.count("PDF 没有写出") == 1
        assert list((folder / "成果").rglob("*.docx"))
        assert not list((folder / "成果").rglob("*.pdf"))
    assert run(["consolidate", str(folder), "--fail-on", "never"]) == 0
    assert len(list((folder / "成果").rglob("*.pdf"))) == 2


@pytest.mark.usefixtures("without_typst")
def test_readback_writes_the_other_formats(book: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(["report", str(book), "--to", "docx", "-o", str(tmp_path / "out")]) == 0
    (word,) = (tmp_path / "out").glob("*.docx")
    capsys.readouterr()
    arguments = ["readback", str(word), "--with", str(book), "-o", str(tmp_path / "back"), "--fail-on", "never"]
    assert run(arguments) == 0
    assert "PDF 没有写出" in capsys.readouterr().err
    assert endings(tmp_path / "back") == {".html", ".md"}


def test_fonts_of_the_machine_do_where_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    with pytest.raises(FormatMissingError, match="pylopdf-fonts-zh-cn"):
        render_pdf.render_pdf(blank_document(annual()), system_fonts=False)


def test_parquet_that_cannot_be_made_costs_no_other_file(
    book: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert run(["consolidate", str(book.parent), "--parquet"]) == 4
    assert "pyarrow" in capsys.readouterr().err
    assert {".docx", ".pdf", ".html", ".md", ".xlsx"} <= endings(book.parent / "成果")


@pytest.mark.parametrize("options", [(), ("-v",), ("--format", "json")])
def test_what_failed_in_a_round_is_told_beside_lines_and_beside_the_document(
    options: tuple[str, ...], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    folder = tmp_path / "round"
    assert run(["start", str(folder), "--period", "2025", "--roster", str(roster(tmp_path / "list.csv"))]) == 0
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    capsys.readouterr()
    assert run(["consolidate", str(folder), "--no-reports", "--parquet", *options]) == 4
    said = capsys.readouterr()
    assert [line for line in said.err.splitlines() if "pyarrow" in line] == said.err.splitlines()[-1:]
    if options[1:]:
        assert json.loads(said.out)["faults"] == said.err.splitlines()[-1:]
