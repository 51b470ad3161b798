"""LibreOffice as a witness: it saves our workbooks again, and calculates them itself."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
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


def resave(path: Path, outdir: Path) -> Path:
    """Open and save as .xlsx; stored results of formulas are kept as they are."""
    return _convert(path, outdir, calculate=False)


def recalculate(path: Path, outdir: Path) -> Path:
    """Open, calculate every formula anew whatever result is stored, and save as .xlsx."""
    return _convert(path, outdir, calculate=True)


def recalculate_all(paths: Sequence[Path], outdir: Path) -> list[Path]:
    """The same for many files at once: starting LibreOffice takes longer than calculating a small workbook."""
    return _convert_all(paths, outdir, calculate=True)


def _convert(path: Path, outdir: Path, *, calculate: bool) -> Path:
    return _convert_all([path], outdir, calculate=calculate)[0]


def _convert_all(paths: Sequence[Path], outdir: Path, *, calculate: bool) -> list[Path]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        # What the README claims is never skipped where it is proven.
        (pytest.fail if os.environ.get("CI") else pytest.skip)("LibreOffice is not installed")
    outdir.mkdir(parents=True, exist_ok=True)
    made = [outdir / f"{path.stem}.xlsx" for path in paths]
    clash = {path.resolve() for path in made} & {path.resolve() for path in paths}
    assert not clash, "LibreOffice must not overwrite what it reads"
    profile = f"-env:UserInstallation={_profile(calculate=calculate).as_uri()}"
    command = [
        program,
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(outdir),
        *(str(path) for path in paths),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180 + 2 * len(paths), check=False)
    missing = [path.name for path in made if not path.is_file()]
    assert not missing, f"LibreOffice did not make {missing[:5]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return made


@cache
def _profile(*, calculate: bool) -> Path:
    """A private profile for this process, so that tests may run side by side."""
    profile = Path(tempfile.mkdtemp(prefix="office-"))
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    if calculate:
        settings = profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir()
        settings.write_text(_ALWAYS_CALCULATE, encoding="utf-8")
    return profile
