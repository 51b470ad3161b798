"""Measures, and makes ``docs/performance.md``: ``python -m benchmarks.performance [--only cold,verify] [--quick]``.

The full run takes about twenty minutes on two cores; ``--quick`` measures with small numbers to see that all works,
and writes no page unless ``-o`` names one. The saves of LibreOffice and what was measured are kept in ``--cache``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from . import ROOT, material
from .documents import annotated, distribute, reports
from .files import cold, stages, verify
from .goals import goals
from .growth import growth
from .localiser import localiser
from .options import Options, small
from .page import Section, write
from .province import province
from .storm import storm

#: The sections by what ``--only`` calls them, in the order of the page.
SECTIONS: Mapping[str, Callable[[Options], Section]] = MappingProxyType(
    {
        "cold": cold,
        "verify": verify,
        "stages": stages,
        "growth": growth,
        "localiser": localiser,
        "distribute": distribute,
        "annotate": annotated,
        "reports": reports,
        "province": province,
        "storm": storm,
    }
)
_DOUBT = "**Small numbers, to see that it works: not to be quoted.**"
PAGE = ROOT / "docs" / "performance.md"


def main() -> None:
    """Measure what was asked for; write the page of all that has been measured."""
    asked = _asked()
    options = _options(asked)
    kept = options.cache / ("measured-quick" if asked.quick else "measured")
    kept.mkdir(parents=True, exist_ok=True)
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        # An installed program is compiled once, and so is what is measured.
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(options.cache / "compiled"))
    for name in asked.only:
        begun = time.perf_counter()
        made = replace(SECTIONS[name](options), made=_where(options, quick=asked.quick))
        (kept / f"{name}.json").write_text(json.dumps(made.json(), ensure_ascii=False, indent=1), encoding="utf-8")
        print(f"{made.text()}\n({name}: {time.perf_counter() - begun:.0f} s by the clock)\n", flush=True)
    files = [path for name in SECTIONS if (path := kept / f"{name}.json").is_file()]
    sections = [Section.of(json.loads(path.read_text(encoding="utf-8"))) for path in files]
    held = replace(goals(sections), notes=[_DOUBT] if asked.quick else [])
    print(held.text())
    if target := asked.output or (None if asked.quick else PAGE):
        write(target, [held, *sections], material.described())


def _asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ",".join(SECTIONS)
    parser.add_argument(
        "--only", type=_names, default=list(SECTIONS), metavar="NAMES", help=f"of {names}; none only makes the page"
    )
    parser.add_argument("--quick", action="store_true", help="small numbers, in less than three minutes")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "xxgk-benchmark")
    parser.add_argument("--distinct", type=int, metavar="N", help="workbooks that LibreOffice and openpyxl save: 300")
    parser.add_argument("--sizes", type=_sizes, metavar="N,N", help="of whole rounds: 70,700; 3000 and 10000 take long")
    parser.add_argument("--receipts", type=int, metavar="N", help="of the simulated province: 4000, at most 300000")
    parser.add_argument("--storm", type=int, metavar="N", help="units of the round with hostile files: 10000")
    parser.add_argument("-o", "--output", type=Path, help="the page; docs/performance.md, but for --quick")
    return parser.parse_args()


def _names(told: str) -> list[str]:
    """Sections by name, in the order of the page; of none the page is made of what was measured before."""
    names = told.split(",") if told != "none" else []
    if unknown := [name for name in names if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"no section {unknown[0]}; there are {', '.join(SECTIONS)}")
    return [name for name in SECTIONS if name in names]


def _sizes(told: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in told.split(",")))


def _options(asked: argparse.Namespace) -> Options:
    cache = asked.cache.resolve()
    given = {"distinct": asked.distinct, "sizes": asked.sizes, "receipts": asked.receipts, "storm": asked.storm}
    return replace(
        small(cache) if asked.quick else Options(cache=cache), **{k: v for k, v in given.items() if v is not None}
    )


def _where(options: Options, *, quick: bool) -> str:
    """When, of what, and on what it was measured."""
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "no commit"
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    about = f"{machine}; load {os.getloadavg()[0]:.1f}; {options.distinct} distinct saves"
    doubt = f" {_DOUBT}" if quick else ""
    return f"{datetime.now(UTC):%Y-%m-%d} at {commit} ({about}).{doubt}"


if __name__ == "__main__":
    main()
