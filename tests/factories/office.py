"""LibreOffice and poppler as witnesses: they save our files again, calculate them themselves, and read our pages."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from factories.witnesses import program

_ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">{}
</script:module>"""


def soffice(arguments: Sequence[str], profile: Path, seconds: int = 180) -> subprocess.CompletedProcess[str]:
    """Run LibreOffice without a window, with the settings of ``profile``."""
    command = [
        program("soffice", "libreoffice"),
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
    ]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=seconds, check=False)


def pdf_text(pdf: Path | bytes, *options: str) -> str:
    """The words of a PDF, as poppler reads them."""
    data = pdf if isinstance(pdf, bytes) else pdf.read_bytes()
    command = [program("pdftotext"), *options, "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=True).stdout.decode()


def type_in(source: Path, target: Path, entries: Mapping[tuple[str, str], int | str]) -> Path:
    """Type the entries, with the sheets protected as they are, and save: what a clerk does."""
    lines = [
        f'doc.Sheets.getByName("{sheet}").getCellRangeByName("{cell}")'
        + (f".Value = {value}" if isinstance(value, int) else f'.String = "{value}"')
        for (sheet, cell), value in entries.items()
    ]
    macro = "\n".join(
        [
            "Sub Main",
            'Dim how(0) As New com.sun.star.beans.PropertyValue : how(0).Name = "Hidden" : how(0).Value = True',
            f'doc = StarDesktop.loadComponentFromURL("{source.as_uri()}", "_blank", 0, how())',
            *lines,
            'Dim kind(0) As New com.sun.star.beans.PropertyValue : kind(0).Name = "FilterName"',
            'kind(0).Value = "Calc MS Excel 2007 XML"',
            f'doc.storeToURL("{target.as_uri()}", kind())',
            "doc.close(True)",
            "End Sub",
        ]
    )
    profile = _profile(calculate=False)
    module = profile / "user" / "basic" / "Standard" / "Module1.xba"
    if not module.exists():
        # The first start makes the profile, with an empty module.
        soffice(["--terminate_after_init"], profile)
    module.write_text(_MODULE.format(escape(macro)), encoding="utf-8")
    done = soffice(["macro:///Standard.Module1.Main()"], profile)
    assert target.is_file(), done.stdout + done.stderr
    return target


def resave_all(paths: Sequence[Path], outdir: Path) -> list[Path]:
    """`resave`, for many at one start."""
    return _run(paths, outdir, ("xlsx", ".xlsx"), _profile(calculate=False))


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
    """Calculate up to 200 workbooks anew; one sheet of each (its place from 1, its name) as CSV, figures unrounded.

    LibreOffice takes far longer to start, and to write a workbook, than to calculate one.
    """
    number, name = sheet
    kind = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,{number}"
    return _run(paths, outdir, (kind, f"-{name}.csv"), _profile(calculate=True))


def _convert(path: Path, outdir: Path, *, calculate: bool) -> Path:
    return _run([path], outdir, ("xlsx", ".xlsx"), _profile(calculate=calculate))[0]


def _run(paths: Sequence[Path], outdir: Path, kind: tuple[str, str], profile: Path) -> list[Path]:
    outdir.mkdir(parents=True, exist_ok=True)
    made = [outdir / f"{path.stem}{kind[1]}" for path in paths]
    clash = {path.resolve() for path in made} & {path.resolve() for path in paths}
    assert not clash, "LibreOffice must not overwrite what it reads"
    arguments = ["--convert-to", kind[0], "--outdir", str(outdir), *(str(path) for path in paths)]
    done = soffice(arguments, profile, seconds=180 + 3 * len(paths))
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
