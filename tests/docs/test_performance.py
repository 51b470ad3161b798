"""The command that measures speed works; what it measures is no test's business."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_two_sections_are_measured_and_make_a_page(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    command = [sys.executable, "-m", "benchmarks.performance", "--quick", "--only", "localiser,distribute"]
    command += ["--cache", str(tmp_path / "kept"), "-o", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Goals",
        "## Localiser",
        "## Distributing",
    ]
    (told,) = (line for line in text.splitlines() if line.startswith("| distribute, as fast"))
    assert "not measured" not in told
    assert "0 differ from the pressed ones" in text


def test_a_section_that_is_not_there_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.performance", "--only", "speed", "--cache", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no section speed" in done.stderr
