"""Other programs' libraries that read and write .xlsx: three of npm, one of PyPI; they save our workbooks again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import ironcalc

from factories.witnesses import missing, program

FOLDER = Path(__file__).parents[1] / "clients"
#: The names under which ``resave.js`` knows its libraries.
NPM = ("xlsx", "exceljs", "xlsx-populate")


def resaved_by_npm(paths: Sequence[Path], outdir: Path) -> Mapping[str, Mapping[str, str]]:
    """Open each file with each library and save it to ``outdir/library``; what each said, nothing where it could."""
    if not all((FOLDER / "node_modules" / name).is_dir() for name in NPM):
        missing("one of the npm packages of tests/clients (npm install in that folder)")
    command = [program("node"), str(FOLDER / "resave.js"), str(outdir), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said: Mapping[str, Mapping[str, str]] = json.loads(done.stdout)
    return said


def resaved_by_ironcalc(path: Path, outdir: Path) -> Path:
    """Open, calculate anew and save."""
    outdir.mkdir(parents=True, exist_ok=True)
    target = outdir / path.name
    model = ironcalc.load_from_xlsx(str(path), "en", "Asia/Shanghai", "en")
    model.evaluate()
    model.save_to_xlsx(str(target))
    return target
