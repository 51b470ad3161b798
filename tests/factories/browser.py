"""Chromium as a witness: it loads our pages, runs their scripts, and says what became of them."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from factories.witnesses import missing, program

_FRAME = """<pre id=answer></pre>
<script>onmessage=e=>{document.getElementById('answer').textContent=e.data}</script>
<iframe src=%s style='width:%dpx;height:900px;border:0'></iframe>"""


def axe() -> Path:
    """The script of axe-core, which looks for what bars people from a page."""
    spec = find_spec("axe_playwright_python")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0] if folders else missing("axe-core"), "axe.min.js")


def answer(page: Path, *options: str, milliseconds: int = 10_000) -> Any:
    """What stands in ``#answer``, read as JSON, once the page's scripts have had so much time of their own."""
    command = [program("chromium", "google-chrome"), "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--virtual-time-budget={milliseconds}", f"--user-data-dir={page.parent / 'profile'}"]
    command += ["--dump-dom", *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found = re.search(r'<pre id="answer">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(unescape(found[1]))


def answer_in_frame(page: Path, width: int, *options: str, milliseconds: int = 10_000) -> Any:
    """The same for a page that posts its answer to the window about it, so many pixels wide.

    A frame may be as narrow as a telephone; a window of its own has a least width.
    """
    frame = page.with_name("frame.html")
    frame.write_text(_FRAME % (page.name, width), encoding="utf-8")
    return answer(frame, *options, milliseconds=milliseconds)
