"""Two hundred good returns in one inbox, alone and with the hostile set of the tests between them.

    python benchmarks/hostile_inbox.py

Prints seconds of the clock for both, the largest process in MB, and whether the sums are the same.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
from factories.hostile import ARCHIVES, MAKERS  # noqa: E402
from factories.rounds import GOOD, begin, put, reply  # noqa: E402

GOODS = 200


def laid(folder: Path) -> tuple[Path, Path, int]:
    """A round with the good ones, and one with the hostile ones too; how many those are."""
    alone, among = folder / "alone", folder / "among"
    units = [(f"{i:03}", f"云岭区第{i:03}局", f"第{i:03}局", "政府部门", "", "", "", "", "") for i in range(GOODS)]
    begin(alone, units)
    for i in range(GOODS):
        figures = {**GOOD, "requests.new.business": i, "requests.granted.business": i}
        put(alone, f"{i:03}.xlsx", reply(alone, f"{i:03}", figures))
    shutil.copytree(alone, among)
    good = (alone / "收件" / "000.xlsx").read_bytes()
    hostile = [(f"{name}.xlsx", one) for name, one in MAKERS.items()]
    hostile += [(f"{name}.zip", one) for name, one in ARCHIVES.items()]
    for number, (name, one) in enumerate(hostile):
        put(among, f"x{number:03}-{name}", one.make(good))
    return alone, among, len(hostile)


def consolidated(folder: Path) -> tuple[float, object, int]:
    """Seconds, the sums, and how many entries of the inbox are accounted for."""
    command = [sys.executable, "-m", "toolkit", "consolidate", str(folder), "--no-reports", "--fail-on", "never"]
    began = time.perf_counter()
    done = subprocess.run([*command, "--jobs", "2"], cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    assert done.returncode in {0, 3}, done.stderr
    told = json.loads((folder / "成果" / "汇总数.json").read_text(encoding="utf-8"))
    counted = [sys.executable, "-m", "toolkit", "collect", str(folder), "--format", "json", "--fail-on", "never"]
    entries = json.loads(subprocess.run(counted, cwd=ROOT, capture_output=True, text=True, check=False).stdout)
    return seconds, told["sums"], len(entries["entries"])


def main() -> None:
    """Lay, consolidate, compare."""
    with tempfile.TemporaryDirectory() as place:
        alone, among, hostile = laid(Path(place))
        before, expected, _ = consolidated(alone)
        after, sums, entries = consolidated(among)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{GOODS} good: {before:.1f} s; with {hostile} hostile: {after:.1f} s; largest process {largest:.0f} MB")
    print(f"sums the same: {sums == expected}; entries accounted for: {entries} of {GOODS + hostile}")


if __name__ == "__main__":
    main()
