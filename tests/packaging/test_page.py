"""The self-check page: what stands in for lxml in it, and the page itself in Chromium and Firefox, from ``file://``."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories.browser import axe
from factories.pages import BROWSERS, PACKAGING, ROOT, built_page, cases, dialects, page_module, rewritten, seen_in
from factories.rounds import FAULTY, GOOD, begin, clock, put, reply, with_pages
from factories.workbooks import save, workbook

from toolkit.cli.run import run
from toolkit.forms.layout import NOTICE
from toolkit.instrument.catalogue import load
from toolkit.pipeline.annotate import annotated
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.sending.distribute import distribute, page
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.verify import verify_batch

WIDTHS = (1300, 360)
#: The sample whose report is looked at.
REPORTED = "教育局.xlsx"
#: Annotates files as the page does, without lxml, and writes what came of it.
_STOOD_IN = """
import pathlib, sys
sys.path[:0] = [{stand_ins!r}, {root!r}]
from lxml import etree
assert "stand_ins" in etree.__file__
from toolkit.instrument.catalogue import load
from toolkit.pipeline.annotate import annotated
from toolkit.pipeline.verify import verify_batch
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xlsx")):
    data = path.read_bytes()
    verdict, = verify_batch([(path.name, data)])
    if verdict.content is not None:
        made = annotated(lambda: data, load(verdict.form), verdict, ())
        path.with_suffix(".made").write_bytes(made if isinstance(made, bytes) else made.encode())
"""
#: Verifies with these libraries out of reach.
_BLOCKED = """
import sys
sys.modules |= dict.fromkeys(("numpy", "lxml", "openpyxl", "pandas", "jinja2", "xlsxwriter"))
from toolkit.cli.run import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture(scope="session")
def held_up() -> Mapping[str, bytes]:
    return cases()


@pytest.fixture(scope="session")
def laid_out(held_up: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("cases")
    return [save(folder / f"{n:03}-{name}", data) for n, (name, data) in enumerate(held_up.items())]


def json_of(files: list[Path], capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What ``xxgk verify --format json`` says of each file, by its name alone."""
    capsys.readouterr()
    run(["verify", *map(str, files), "--format", "json", "--fail-on", "never"])
    return [{**one, "file": Path(one["file"]).name} for one in json.loads(capsys.readouterr().out)["returns"]]


# ---------------------------------------------------------------- what needs no browser


@pytest.mark.runs
def test_what_stands_in_for_lxml_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, data in dialects().items():
        save(tmp_path / name, data)
    program = _STOOD_IN.format(stand_ins=str(PACKAGING / "stand_ins"), root=str(ROOT))
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    wrong, same = [], 0
    for made in sorted(tmp_path.glob("*.made")):
        source = made.with_suffix(".xlsx")
        (verdict,) = verify_batch([(source.name, source.read_bytes())])
        ours = annotated(source.read_bytes, load(verdict.form), verdict, ())
        wanted = ours if isinstance(ours, bytes) else ours.encode()
        same += wanted == made.read_bytes()
        wrong += [] if wanted == made.read_bytes() else [f"{source.name}: {_differing(wanted, made.read_bytes())}"]
    assert (wrong, same > 35) == ([], True)


def _differing(one: bytes, other: bytes) -> list[str]:
    if not one.startswith(b"PK") or not other.startswith(b"PK"):
        return [one[:200].decode(errors="replace"), other[:200].decode(errors="replace")]
    first, second = (zipfile.ZipFile(io.BytesIO(data)) for data in (one, other))
    names = {*first.namelist(), *second.namelist()}
    return sorted(n for n in names if n not in second.namelist() or first.read(n) != second.read(n))


@pytest.mark.runs
def test_verify_needs_no_library_that_a_browser_has_not(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((ROOT / "samples").rglob("*.xlsx"))
    command = [sys.executable, "-c", _BLOCKED, "verify", *map(str, files), "--format", "json", "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    told = [{**one, "file": Path(one["file"]).name} for one in json.loads(done.stdout)["returns"]]
    assert (len(told), told) == (len(files), json_of(files, capsys))


@pytest.mark.runs
def test_only_the_pages_own_scripts_may_run_and_nothing_may_be_fetched() -> None:
    build = page_module("build")
    page_text = build.filled(dict.fromkeys(("wasm", "asm", "main", "library", "checker"), b"x")).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page_text)
    assert policy is not None
    rules = dict(one.strip().split(" ", 1) for one in policy[1].split(";"))
    assert (rules["default-src"], rules["connect-src"]) == ("'none'", "'none'")
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", page_text, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts]
    assert rules["script-src"].split() == [*hashes, "blob:", "'wasm-unsafe-eval'"]
    assert re.findall(r'(?:src|href)="(?!data:)', page_text) == []


@pytest.mark.runs
def test_what_is_taken_from_npm_and_the_index_is_pinned_by_hash() -> None:
    build = page_module("build")
    assert len(base64.b64decode(build.PYODIDE_SHA512)) == 64
    lines = [one for one in build.read("requirements.txt").splitlines() if not one.startswith("#")]
    assert lines
    assert [one for one in lines if not re.fullmatch(r"[\w-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}", one)] == []


# ---------------------------------------------------------------- in browsers


@pytest.fixture(scope="module")
def whole(laid_out: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the page says of all cases, by browser."""
    plan: dict[str, Any] = {
        "files": laid_out,
        "reported": [one.name for one in laid_out if one.name.endswith(REPORTED)],
    }
    return {one: seen_in(one, built_page(), tmp_path_factory.mktemp(one), **plan) for one in BROWSERS}


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("browser", BROWSERS)
def test_the_page_says_what_verify_says(
    browser: str, whole: dict[str, Any], laid_out: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    told = [one["verdict"] for one in whole[browser]["checked"]]
    wanted = json_of(laid_out, capsys)
    assert [one["file"] for one, other in zip(told, wanted, strict=True) if one != other] == []
    assert len(told) > 130


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("browser", BROWSERS)
def test_nothing_is_asked_of_a_network_and_nothing_goes_wrong(browser: str, whole: dict[str, Any]) -> None:
    assert (whole[browser]["requests"], whole[browser]["errors"]) == ([], [])
    assert whole[browser]["stages"][0].startswith("正在准备")
    assert built_page().stat().st_size <= 14_000_000


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("browser", BROWSERS)
def test_what_the_page_marks_is_what_annotate_marks(browser: str, whole: dict[str, Any], laid_out: list[Path]) -> None:
    marked = [one for one in whole[browser]["checked"] if one["annotated"]]
    sources = {path.name: path for path in laid_out}
    assert len(marked) > 40
    for one in marked:
        source = sources[one["verdict"]["file"]]
        (verdict,) = verify_batch([(source.name, source.read_bytes())])
        wanted = annotated(source.read_bytes, load(verdict.form), verdict, ())
        if isinstance(wanted, str):
            assert one["files"]["annotated"] == wanted
            continue
        made = Path(one["files"]["annotated"]).read_bytes()
        assert _parts(made) == _parts(wanted), source.name
    with warnings.catch_warnings(action="ignore"):  # what openpyxl does not know of the units' own things
        book = openpyxl.load_workbook(io.BytesIO(Path(marked[0]["files"]["annotated"]).read_bytes()))
    assert book.sheetnames[0] == NOTICE


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("browser", BROWSERS)
def test_what_passes_gets_a_seal_and_nothing_else_is_changed(
    browser: str, whole: dict[str, Any], laid_out: list[Path]
) -> None:
    passed = [one for one in whole[browser]["checked"] if one["passed"]]
    sources = {path.name: path for path in laid_out}
    assert len(passed) > 20
    sealed = [one for one in passed if one["files"]["sealed"].endswith(".xlsx")]
    # Some programs take the properties away in which the seal would stand.
    assert len(passed) - len(sealed) < 6
    for one in sealed:
        data, source = Path(one["files"]["sealed"]).read_bytes(), sources[one["verdict"]["file"]].read_bytes()
        (verdict,) = verify_batch([("a.xlsx", data)])
        assert (verdict.self_checked, verdict.status.value) == (True, one["verdict"]["status"])
        before, after = _parts(source), _parts(data)
        changed = [name for name in after if after[name] != before.get(name)]
        assert ([name.lower() for name in changed], list(after)) == (["docprops/custom.xml"], list(before))


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("browser", BROWSERS)
def test_the_report_is_that_of_the_command(
    browser: str, whole: dict[str, Any], laid_out: list[Path], tmp_path: Path
) -> None:
    source = next(path for path in laid_out if path.name.endswith(REPORTED))
    assert run(["report", str(source), "--to", "html", "-o", str(tmp_path)]) == 0
    (wanted,) = (one for one in tmp_path.glob("*.html") if "粘贴" not in one.name)
    told = next(one for one in whole[browser]["checked"] if one["verdict"]["file"] == source.name)
    assert Path(told["files"]["report"]).read_text("utf-8") == wanted.read_text("utf-8")


@pytest.mark.browser
@pytest.mark.clients
@pytest.mark.parametrize("browser", BROWSERS)
def test_a_person_uses_the_page_by_keyboard_in_all_widths(browser: str, tmp_path: Path) -> None:
    good, bad = (
        save(tmp_path / "甲局.xlsx", workbook()),
        save(tmp_path / "乙局.xlsx", workbook(requests__new__natural=Decimal(36))),
    )
    target = page("zfxxgk-2021", "2025", "<甲>局", tmp_path / "自查.html")
    looked = axe() if browser == "chrome" else None
    told = seen_in(browser, target, tmp_path, dropped=[good, bad], axe=looked, widths=WIDTHS)
    used = told["used"]
    assert "<甲>局，2025年" in told["seen"]
    assert (used["first"], used["focused"]) == ("files", "乙局.xlsx")
    assert used["pressed"] == ["下载标出错处的表", "看写成的报告", "下载“自查通过”的表", "看写成的报告"]
    assert used["downloads"] == ["退回-乙局.xlsx", "自查通过-甲局.xlsx"]
    assert [title for title, size in used["reports"] if size > 5000] == ["报告：乙局.xlsx", "报告：甲局.xlsx"]
    assert used["shown"] == {str(width): {"violations": [], "past": 0} for width in WIDTHS}
    (card,) = [one for one in used["cards"] if "申请情况!D" in one]
    assert card.startswith("错误申请情况!D")
    assert told["errors"] == []


@pytest.mark.browser
@pytest.mark.clients
def test_a_browser_that_is_too_old_is_told_what_to_use(tmp_path: Path) -> None:
    text = built_page().read_text(encoding="utf-8")
    old = "typeof DecompressionStream === 'undefined'"
    assert old in text
    spoilt = text.replace(old, "true")
    policy = re.search(r"script-src ('sha256-[^']+')", spoilt)
    guard = re.search(r"<script>(.*?)</script>", spoilt, re.DOTALL)
    assert policy is not None
    assert guard is not None
    hashed = base64.b64encode(hashlib.sha256(guard[1].encode()).digest()).decode()
    path = tmp_path / "old.html"
    path.write_text(spoilt.replace(policy[1], f"'sha256-{hashed}'"), encoding="utf-8")
    told = seen_in("chrome", path, tmp_path)
    assert "这个浏览器打不开自查网页" in told["seen"]
    assert "照常报送" in told["seen"]


@pytest.mark.browser
@pytest.mark.clients
def test_a_round_from_the_page_beside_the_workbook_to_the_board(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "2025年报"
    begin(folder)
    with_pages(folder)
    with open_round(folder, clock=clock()) as round_:
        distribute(round_)
    beside = next((folder / "发放").glob("001-*自查.html"))
    good, bad = save(tmp_path / "001.xlsx", reply(folder, "001", GOOD)), reply(folder, "002", FAULTY)
    told = seen_in("chrome", beside, tmp_path, files=[good, save(tmp_path / "002.xlsx", bad)])
    assert "云岭区教育局，2025年" in told["seen"]
    first, second = told["checked"]
    assert (first["passed"], second["passed"]) == (True, False)
    sealed = Path(first["files"]["sealed"])
    put(folder, sealed.name, sealed.read_bytes())
    with open_round(folder, clock=clock()) as round_:
        collect(round_)
        found = {one.code: one for one in standings(round_)}
    assert found["001"].verdict is not None
    assert (found["001"].state.value, found["001"].verdict.self_checked) == ("accepted", True)
    capsys.readouterr()
    run(["status", str(folder), "-v"])
    assert "001  云岭区教育局  通过、自查通过  第 1 版" in capsys.readouterr().out
    run(["consolidate", str(folder)])
    assert "<small>自查通过</small>" in (folder / "成果" / "board.html").read_text("utf-8")
    # A figure is changed behind the seal.
    spoilt = rewritten(sealed.read_bytes(), "docProps/custom.xml", b"T09:30", b"T09:31")
    (verdict,) = verify_batch([("a.xlsx", spoilt)])
    assert "SIGN-10" in {one.rule for one in verdict.findings}
