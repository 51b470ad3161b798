"""LibreOffice as a witness: it saves our workbooks again, and calculates them itself."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

_ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
#: How many LibreOffices run side by side, and how many files one of them takes at a time.
_LANES, _LOT = 2, 200


def resave(path: Path, outdir: Path) -> Path:
    """Open and save as .xlsx; stored results of formulas are kept as they are."""
    return _convert(path, outdir, calculate=False)


def resave_word(path: Path, outdir: Path) -> Path:
    """Open and save as .docx."""
    return _run([path], outdir, ("docx:MS Word 2007 XML", ".docx"), _profile(calculate=False))[0]


def word_pdf(path: Path, outdir: Path) -> Path:
    """The pages of a .docx."""
    return _run([path], outdir, ("pdf", ".pdf"), _profile(calculate=False))[0]


def recalculate(path: Path, outdir: Path) -> Path:
    """Open, calculate every formula anew whatever result is stored, and save as .xlsx."""
    return _convert(path, outdir, calculate=True)


def calculated_sheets(paths: Sequence[Path], outdir: Path, sheet: tuple[int, str]) -> list[Path]:
    """Calculate many workbooks anew; one sheet of each (its place from 1, its name) as CSV, figures unrounded.

    LibreOffice takes some 240 files at a time, and far longer to write a workbook than to calculate it.
    """
    number, name = sheet
    kind = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,{number}"

    def lane(i: int) -> list[Path]:
        mine, profile = paths[i::_LANES], _profile(calculate=True, lane=i)
        lots = [mine[at : at + _LOT] for at in range(0, len(mine), _LOT)]
        return [one for lot in lots for one in _run(lot, outdir, (kind, f"-{name}.csv"), profile)]

    with ThreadPoolExecutor(_LANES) as pool:
        made = {one.name: one for some in pool.map(lane, range(_LANES)) for one in some}
    return [made[f"{path.stem}-{name}.csv"] for path in paths]


def _convert(path: Path, outdir: Path, *, calculate: bool) -> Path:
    return _run([path], outdir, ("xlsx", ".xlsx"), _profile(calculate=calculate))[0]


def _run(paths: Sequence[Path], outdir: Path, kind: tuple[str, str], profile: Path) -> list[Path]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        # What the README claims is never skipped where it is proven.
        (pytest.fail if os.environ.get("CI") else pytest.skip)("LibreOffice is not installed")
    outdir.mkdir(parents=True, exist_ok=True)
    made = [outdir / f"{path.stem}{kind[1]}" for path in paths]
    clash = {path.resolve() for path in made} & {path.resolve() for path in paths}
    assert not clash, "LibreOffice must not overwrite what it reads"
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        kind[0],
        "--outdir",
        str(outdir),
        *(str(path) for path in paths),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180 + 3 * len(paths), check=False)
    missing = [path.name for path in made if not path.is_file()]
    assert not missing, f"LibreOffice did not make {missing[:5]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return made


@cache
def _profile(*, calculate: bool, lane: int = 0) -> Path:
    """A private profile for this process, so that tests may run side by side."""
    del lane
    profile = Path(tempfile.mkdtemp(prefix="office-"))
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    if calculate:
        settings = profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir()
        settings.write_text(_ALWAYS_CALCULATE, encoding="utf-8")
    return profile
