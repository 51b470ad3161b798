"""The self-check page in real browsers, and the workbooks that it is held to the command line with."""

from __future__ import annotations

import importlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from factories.belongings import with_belongings
from factories.clients import FOLDER
from factories.dialects import SAME, TOLD, unpacked
from factories.hostile import MAKERS, ODD
from factories.packages import packed
from factories.witnesses import missing, program
from factories.workbooks import workbook

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging" / "page"
BASE = ROOT / "toolkit" / "_data" / "page" / "page.html"
BROWSERS = {"chrome": ("chromium", "google-chrome"), "firefox": ("firefox-esr", "firefox")}
#: Bombs are for the gate's own tests: a page that is handed one by a test has to have it sent in pieces.
_LARGEST = 2 << 20
#: Of the habits one in so many: what they do to a verdict is tried elsewhere, all of them.
_EVERY = 3


def page_module(name: str) -> ModuleType:
    """A module of the page's sources."""
    for place in (str(PACKAGING), str(ROOT)):
        if place not in sys.path:
            sys.path.append(place)
    return importlib.import_module(name)


def built_page() -> Path:
    """The page's base, built of the very sources that are here."""
    if not BASE.is_file():
        missing("the self-check page (python packaging/page/build.py)")
    mark = page_module("build").mark()
    assert mark in BASE.read_text(encoding="utf-8")[:2000], "built of other sources: python packaging/page/build.py"
    return BASE


def seen_in(browser: str, page: Path, outdir: Path, *, script: str = "self_check.js", **plan: object) -> Any:
    """What the page says in that browser, by a plan as of that script; what it makes lies in ``outdir``."""
    if not (FOLDER / "node_modules" / "puppeteer-core").is_dir():
        missing("the npm package puppeteer-core of tests/clients (npm install in that folder)")
    where = program(*BROWSERS[browser])
    version = subprocess.run([where, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    whole = {"browser": browser, "program": where, "page": str(page), "outdir": str(outdir), **plan}
    told = outdir / "plan.json"
    told.write_text(json.dumps(whole, default=str), encoding="utf-8")
    command = [program("node"), str(FOLDER / script), str(told)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{version}{done.stderr[-3000:]}"
    return json.loads(done.stdout)


def cases() -> Mapping[str, bytes]:
    """Workbooks of every kind by file name: those of `dialects`, one fault each, hostile ones."""
    found = dict(dialects())
    gallery: Any = importlib.import_module("docs.gallery")
    found |= {f"{code}.xlsx": gallery.workbook(case) for code, case in gallery.CASES.items()}
    good = workbook()
    found |= {f"{name}.xlsx": one.make(good) for name, one in {**MAKERS, **ODD}.items()}
    return {name: data for name, data in found.items() if len(data) <= _LARGEST}


def dialects() -> Mapping[str, bytes]:
    """Workbooks whose XML is written in many ways: the samples, other programs' habits, a unit's own things."""
    found = {path.name: path.read_bytes() for path in sorted((ROOT / "samples").rglob("*.xlsx"))}
    faulty = workbook(requests__new__natural=Decimal(36), requests__granted__natural=Decimal(63))
    habits = {**SAME, **{name: habit for name, (habit, _) in TOLD.items()}}
    chosen = [*habits.items()][::_EVERY]
    found |= {f"{name}.xlsx": packed(habit(unpacked(faulty))) for name, habit in chosen}
    return found | {"belongings.xlsx": with_belongings(faulty, 5)}


def rewritten(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook in which one part says something else."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    return packed(parts | {part: parts[part].replace(old, new)})
