"""Reports and the board under axe-core in a real browser: no violation, wide or on a telephone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from factories.browser import answer_in_frame

pytestmark = pytest.mark.browser

WIDTHS = (1300, 360)
_SITE = '<!doctype html><html lang="zh-CN"><head><title>页</title></head><body><main><h1>页</h1>{}</main></body></html>'
_POLICY = re.compile(r"<meta http-equiv=\"?Content-Security-Policy[^>]*>", re.IGNORECASE)
_RUN = """
axe.run(document, {resultTypes: ['violations']}).then(function (found) {
  parent.postMessage(JSON.stringify(found.violations.map(function (one) {
    return one.id + ': ' + one.nodes.slice(0, 3).map(function (n) { return n.html.slice(0, 120) }).join(' | ')
  })), '*')
}, function (error) { parent.postMessage(JSON.stringify(['axe: ' + error]), '*') })
"""


@pytest.fixture(scope="session")
def pages(demonstrated: Any) -> dict[str, Path]:
    """The demo's pages by what they are."""
    results = demonstrated.folder / "云岭区2025" / "成果"
    (area,) = (one for one in results.glob("*年度报告.html"))
    (fragment,) = (one for one in results.glob("*（网站粘贴用）.html"))
    unit = next(one for one in sorted((results / "各单位报告").rglob("*.html")) if "粘贴" not in one.name)
    return {"board": results / "board.html", "area": area, "fragment": fragment, "unit": unit}


def violations(page: Path, folder: Path, width: int, axe: str) -> Any:
    """What axe-core finds in a page that is so many pixels wide."""
    text = page.read_text(encoding="utf-8")
    if "<html" not in text:
        text = _SITE.format(text)
    (folder / "axe.js").write_text(axe, encoding="utf-8")
    (folder / "run.js").write_text(_RUN, encoding="utf-8")
    scripts = '<script src="axe.js"></script><script src="run.js"></script></body>'
    (folder / "page.html").write_text(_POLICY.sub("", text).replace("</body>", scripts), encoding="utf-8")
    return answer_in_frame(folder / "page.html", width, "--allow-file-access-from-files", milliseconds=60_000)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", ["unit", "area", "fragment", "board"])
def test_axe_finds_nothing(kind: str, width: int, pages: dict[str, Path], axe: str, tmp_path: Path) -> None:
    assert violations(pages[kind], tmp_path, width, axe) == []


def test_axe_finds_what_is_wrong(axe: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<!doctype html><html><head></head><body><img src=x></body></html>", encoding="utf-8")
    assert {one.partition(":")[0] for one in violations(bad, tmp_path, 360, axe)} >= {"image-alt", "html-has-lang"}
