"""How much is measured, and where the material lies."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Units of a nation: what everything is extrapolated to.
NATION = 300_000


@dataclass(frozen=True, kw_only=True)
class Options:
    """``cache`` keeps the saves and what was measured; ``distinct`` is how many saves there are.

    ``files`` are verified a round of `rounds`; ``sizes`` are those of whole rounds, ``receipts`` that of the simulated
    one, ``storm`` that of the round with hostile files; ``cases`` of slips and ``reports`` are made.
    """

    cache: Path
    distinct: int = 300
    files: int = 70
    rounds: int = 5
    sizes: tuple[int, ...] = (70, 700)
    receipts: int = 4_000
    storm: int = 10_000
    cases: int = 200
    reports: int = 70

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for what is made and thrown away, on the disk of the cache."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.cache) as name:
            yield Path(name)


def small(cache: Path) -> Options:
    """Small numbers: whether everything works, in less than three minutes; the figures are of no use."""
    return Options(
        cache=cache, distinct=20, files=10, rounds=1, sizes=(8, 24), receipts=48, storm=24, cases=30, reports=3
    )
