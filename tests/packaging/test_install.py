"""The wheel and the source archive, built and installed where nothing of the source tree is in reach."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.runs
ROOT = Path(__file__).resolve().parents[2]
FIVE_LINES = """
import xxgk
(verdict,) = xxgk.verify(xxgk.__path__[0] + "/../toolkit/_data/samples/yunling-2025/教育局.xlsx")
print(verdict.status.value, xxgk.__file__)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel, made of a source archive, and that archive."""
    place = tmp_path_factory.mktemp("dist")

    def build(source: Path, target: str) -> None:
        command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(place)]
        subprocess.run(command, cwd=source, check=True, capture_output=True)

    build(ROOT, "sdist")
    with tarfile.open(next(place.glob("*.tar.gz"))) as packed:
        packed.extractall(place, filter="data")
    build(next(path for path in place.iterdir() if path.is_dir()), "wheel")
    return place


@pytest.fixture(scope="module")
def python(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel; the libraries it needs are those of this one."""
    place = tmp_path_factory.mktemp("env")
    venv.create(place, with_pip=False)
    (wheel,) = built.glob("*.whl")
    found = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    (packages,) = place.rglob("site-packages")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(packages), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    # Behind its own packages, and without the links to the source tree that stand in the other's .pth files.
    (packages / "libraries.pth").write_text(ours, encoding="utf-8")
    return found


def answered(python: Path, place: Path, *arguments: str) -> str:
    done = subprocess.run([python, "-I", *arguments], cwd=place, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_archive_holds_what_its_own_tests_need(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    for one in ("pyproject.toml", "tests/conftest.py", "samples/build.py", "workbook_templates/build.py", "docs/api.md",
                "benchmarks/text_accuracy.py", "packaging/windows/build.py", "xxgk/__init__.py"):  # fmt: skip
        assert one in names


def test_the_installed_program_checks_a_workbook_in_five_lines(python: Path, tmp_path: Path) -> None:
    status, home = answered(python, tmp_path, "-c", FIVE_LINES).split()
    assert status == "accepted"
    assert not Path(home).is_relative_to(ROOT)


def test_the_installed_program_runs_its_demo(python: Path, tmp_path: Path) -> None:
    answered(python, tmp_path, "-m", "xxgk", "demo", "演示")
    assert list(tmp_path.glob("演示/*/成果/汇总表.xlsx"))
