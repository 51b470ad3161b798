"""The page that checks itself, before it is filled in: one HTML file with Python and the whole checker inside.

``python packaging/page/build.py`` needs Node, npm and pip with the package registries; what it takes from there is
pinned by version and hash. It writes ``toolkit/_data/page/page.html``, which ``xxgk page`` fills in and which a wheel
carries where it is there.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = ROOT / "toolkit" / "_data" / "page" / "page.html"
#: CPython as WebAssembly; SHA-512 of the package as npm states it.
PYODIDE = "314.0.7"
PYODIDE_SHA512 = "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
#: The parts of Pyodide, by what the page calls them.
PARTS = {"wasm": "pyodide.asm.wasm", "asm": "pyodide.asm.mjs", "main": "pyodide.mjs", "library": "python_stdlib.zip"}
#: Rooms of the program that a page has no use for.
LEFT = ("__main__.py", "_data", "board", "cli", "pipeline/round", "report/readback", "report/word")
#: What of a package goes in; of a form, what is not for Word or Excel.
PACKAGES = ("jinja2/", "markupsafe/", "xlsxwriter/", "openpyxl/formula/tokenizer.py")
FORM_FILES = (".toml",)
#: Bytes of the finished page.
LARGEST = 14_000_000


def main() -> None:
    """Build the page's base."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=TARGET)
    output: Path = parser.parse_args().output
    with tempfile.TemporaryDirectory() as scratch:
        pyodide = fetch_pyodide(Path(scratch))
        checker = compiled(pyodide, staged(Path(scratch)), Path(scratch) / "checker.zip")
        page = filled({name: (pyodide / file).read_bytes() for name, file in PARTS.items()} | {"checker": checker})
    if len(page) > LARGEST:
        raise SystemExit(f"the page has {len(page)} bytes, more than {LARGEST}")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(page)
    sys.stdout.write(f"{output} {len(page) / 1e6:.1f} MB\n")


def fetch_pyodide(folder: Path) -> Path:
    """Pyodide from npm, if it is the very package."""
    npm = shutil.which("npm") or "npm"
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), f"pyodide@{PYODIDE}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    package = folder / f"pyodide-{PYODIDE}.tgz"
    if (found := base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()) != PYODIDE_SHA512:
        raise SystemExit(f"{package.name}: not the package that is pinned ({found})")
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def staged(folder: Path) -> Path:
    """All that Python will find in the page, as sources."""
    stage, wheels = folder / "stage", folder / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    # Any platform's wheel of markupsafe holds the part in Python.
    target = ["--platform", "win_amd64", "--python-version", "3.13", "--only-binary=:all:", "--require-hashes"]
    subprocess.run([*pip, *target, "--dest", str(wheels), "-r", str(HERE / "requirements.txt")], check=True)
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(PACKAGES) and name.endswith(".py"):
                    archive.extract(name, stage)
    for package in ("openpyxl", "openpyxl/formula"):
        (stage / package / "__init__.py").write_text("", encoding="utf-8")
    for source, target_name in sources():
        place = stage / target_name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    return stage


def sources() -> Iterator[tuple[Path, str]]:
    """Every file of ours that goes in, and where it goes."""
    for path in sorted((ROOT / "toolkit").rglob("*")):
        name = path.relative_to(ROOT / "toolkit").as_posix()
        if path.is_file() and path.suffix != ".pyc" and not any(f"{name}/".startswith(f"{one}/") for one in LEFT):
            yield path, f"toolkit/{name}"
    for path in sorted((ROOT / "workbook_templates").glob("*/*")):
        if path.suffix in FORM_FILES:
            yield path, f"workbook_templates/{path.parent.name}/{path.name}"
    for path in sorted((HERE / "stand_ins").rglob("*.py")):
        yield path, path.relative_to(HERE / "stand_ins").as_posix()
    for name in ("bridge.py", "filling.py", "sealing.py"):
        yield HERE / name, name


def compiled(pyodide: Path, stage: Path, target: Path) -> bytes:
    """The same as modules that need not be compiled again, in a zip."""
    node = shutil.which("node") or "node"
    subprocess.run([node, str(HERE / "compile.mjs"), str(pyodide), str(stage), str(target)], check=True)
    return target.read_bytes()


def filled(parts: Mapping[str, bytes]) -> bytes:
    """The page of its markup, style, scripts and parts; only its own two scripts may run."""
    guard, script = read("guard.js"), (read("fill.js") + read("page.js")).replace("@@lock@@", json.dumps(lock()))
    packed = {name: base64.b64encode(gzip.compress(data, 9, mtime=0)).decode() for name, data in parts.items()}
    words = {
        "policy": f"{digest(guard)} {digest(script)}",
        "style": read("page.css"),
        "version": version(),
        "pyodide": PYODIDE,
        "sources": mark(),
        "guard": guard,
        "script": script,
        "parts": "\n".join(f'<script type="text/plain" id="part-{k}">{v}</script>' for k, v in packed.items()),
    }
    page = read("page.html")
    for name, text in words.items():
        page = page.replace(f"@@{name}@@", text)
    return page.encode()


def read(name: str) -> str:
    """A file beside this one."""
    return (HERE / name).read_text(encoding="utf-8")


def lock() -> dict[str, str]:
    """What Pyodide is told of itself: that it is the one it was built as."""
    return {"abi_version": "2026_0", "arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.2"}


def digest(script: str) -> str:
    """How a policy names a script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def version() -> str:
    """Of the program."""
    text = (ROOT / "toolkit" / "__init__.py").read_text(encoding="utf-8")
    return text.partition('__version__ = "')[2].partition('"')[0]


def mark() -> str:
    """What tells whether the page was built of these very files."""
    names = ("page.html", "page.css", "page.js", "fill.js", "guard.js", "requirements.txt", "build.py")
    hashed = hashlib.sha256()
    for path, name in (*sources(), *((HERE / name, name) for name in names)):
        hashed.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()[:16]


if __name__ == "__main__":
    main()
