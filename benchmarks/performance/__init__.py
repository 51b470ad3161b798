"""Benchmarks that make ``docs/performance.md``: ``python -m benchmarks.performance``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: The program as it lies here, the factories of the tests, the scripts beside this package.
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]
