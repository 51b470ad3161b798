"""The page filled in for one unit, as text; in browsers it is looked at in tests/packaging."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from factories.rounds import begin, clock, with_pages

from toolkit.cli.run import run
from toolkit.errors import ToolkitError
from toolkit.instrument.catalogue import data_folder, load
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending import distribute as sending
from toolkit.pipeline.round.sending.distribute import distribute, issue, page

BASE = '<p>前</p><script type="application/json" id="given">{}</script><p>后</p>'


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "page.html").write_text(BASE, encoding="utf-8")
    monkeypatch.setattr(sending, "data_folder", lambda name: folder if name == "page" else data_folder(name))
    return folder


def given(path: Path) -> Any:
    """What a page was given, and nothing else of it changed."""
    text = path.read_text(encoding="utf-8")
    found = re.fullmatch(r"<p>前</p><script[^>]*>(.*)</script><p>后</p>", text)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.usefixtures("base")
def test_without_a_form_the_page_takes_any(tmp_path: Path) -> None:
    made = page("", "2025", "甲局", tmp_path)
    assert made.name == "甲局2025政府信息公开工作年度报告自查.html"
    told = given(made)
    assert (told["form"], "files" in told) == ("", False)
    assert (told["prefill"]["unit"], told["prefill"]["period"], told["prefill"]["prior"]) == ("甲局", "2025", {})


@pytest.mark.usefixtures("base")
def test_a_form_that_is_named_travels_in_the_page(tmp_path: Path) -> None:
    told = given(page("zfxxgk-2021", "", "", tmp_path / "a.html"))
    folder = Path(load("zfxxgk-2021").form.folder)
    assert told["form"] == "zfxxgk-2021"
    assert {name: base64.b64decode(text) for name, text in told["files"].items()} == {
        one.name: one.read_bytes() for one in folder.glob("*.toml")
    }


@pytest.mark.usefixtures("base")
def test_a_name_cannot_end_the_script_it_stands_in(tmp_path: Path) -> None:
    made = page("", "", "</script><b>局", tmp_path / "a.html")
    assert "</script><b>" not in made.read_text(encoding="utf-8")
    assert given(made)["prefill"]["unit"] == "</script><b>局"


def test_a_base_that_was_never_built_is_said_with_how_to_build_it(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (base / "page.html").unlink()
    with pytest.raises(ToolkitError):
        page("", "", "", tmp_path / "a.html")
    assert run(["page", "-o", str(tmp_path / "a.html")]) == 4
    assert "python packaging/page/build.py" in capsys.readouterr().err


@pytest.mark.usefixtures("base")
def test_the_name_of_the_file_is_that_of_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["page", "-o", str(tmp_path / "a.xlsx")]) == 2
    assert ".html" in capsys.readouterr().err


@pytest.mark.usefixtures("base")
def test_a_round_puts_it_beside_each_workbook_where_it_is_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "2025年报"
    begin(folder)
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
    assert list((folder / "发放").glob("*.html")) == []
    with_pages(folder)
    with open_round(folder, clock=clock()) as round_:
        assert distribute(round_).written == ()
        prefill = issue(round_, round_.roster.by_code["001"])
    pages = sorted((folder / "发放").glob("*.html"))
    books = sorted((folder / "发放").glob("*.xlsx"))
    assert [one.name.removesuffix("-自查.html") for one in pages] == [one.stem for one in books]
    told = given(pages[0])["prefill"]
    assert (told["unit"], told["code"], told["signature"]) == (prefill.unit, "001", prefill.signature)
    assert {name: str(value) for name, value in prefill.prior.items()} == told["prior"]


@pytest.mark.usefixtures("base")
def test_a_page_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "2025年报"
    begin(folder)
    with_pages(folder)
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
    first = next((folder / "发放").glob("001-*.html"))
    first.write_text("别的", encoding="utf-8")
    others = {one: one.stat().st_mtime_ns for one in (folder / "发放").glob("*.html") if one != first}
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
    assert given(first)["prefill"]["code"] == "001"
    assert {one: one.stat().st_mtime_ns for one in others} == others
