"""``verify`` of filled workbooks against the script a user would write today, in one run, as a ratio.

The script: ``pandas.read_excel`` of every sheet, then the form's sums and balance in Python. It compares no
formula, reads no text, lock or name, and gives no place.

Run: ``python benchmarks/verify_ratio.py [--files 300] [--rounds 3]``.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd

from toolkit.instrument.catalogue import load
from toolkit.pipeline.verify import verify
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.write import write_template

FAULTY = 10
SHEETS = load("zfxxgk-2021").layout.sheets
Frames = dict[str, pd.DataFrame]


def fill(folder: Path, count: int) -> list[Path]:
    """Filled workbooks of the 2021 form; one in ten has a balance that is off."""
    kind, chance = load("zfxxgk-2021"), random.Random(2021)  # noqa: S311 - test data
    applicants = ("natural", "business", "research", "nonprofit", "legal", "other")
    paths = []
    for number in range(count):
        values: dict[str, Decimal | str] = {n: Decimal(0) for n in kind.names if n not in kind.rules.formulas}
        values |= dict.fromkeys(kind.form.texts, "本年工作按要求开展。")
        for who in applicants:
            new = chance.randrange(200)
            granted = chance.randrange(new + 1)
            values[f"requests.new.{who}"] = Decimal(new + (number % FAULTY == 0))
            values[f"requests.granted.{who}"] = Decimal(granted)
            values[f"requests.carried_out.{who}"] = Decimal(new - granted)
        values["proactive.fees.amount"] = Decimal(chance.randrange(10**6)) / 100
        path = folder / f"{number:05}.xlsx"
        path.write_bytes(write_template(kind, Prefill(unit=f"单位{number}", period="2025", values=values)))
        paths.append(path)
    return paths


def ours(paths: list[Path]) -> int:
    """Failures of the balance, as ``verify`` finds them."""
    return sum(f.rule == "BAL-01" for verdict in verify(paths) for f in verdict.findings)


def sheet_by_sheet(path: Path) -> Frames:
    """One ``read_excel`` a sheet, as most scripts do: every call opens the file again."""
    return {sheet: pd.read_excel(path, sheet_name=sheet, header=None) for sheet in SHEETS}


def at_once(path: Path) -> Frames:
    """All sheets in one call: the file is opened once."""
    return pd.read_excel(path, sheet_name=None, header=None)


def script(paths: list[Path], read: Callable[[Path], Frames]) -> int:
    """The same failures by a script: sums and balance by position."""
    failed = 0
    for path in paths:
        frames = read(path)
        table = frames["申请情况"].iloc[5:30, 3:10].astype(float)
        table.index = pd.RangeIndex(25)
        for column in range(3, 9):
            values = table[column]
            failed += values[0] + values[1] != values[23] + values[24] or values[2:22].sum() != values[23]
        if (table.iloc[:, :6].sum(axis=1) != table[9]).any():
            failed += 1
        line = frames["复议诉讼"].iloc[5].astype(float)
        failed += sum(line[i : i + 4].sum() != line[i + 4] for i in (0, 5, 10))
    return failed


def peak(paths: list[Path]) -> int:
    """Peak memory (KB) of a process of its own that verifies so many files."""
    code = (
        "import sys,pathlib,resource\n"
        "from toolkit.pipeline.verify import verify\n"
        "n=sum(1 for _ in verify([pathlib.Path(p) for p in sys.argv[1:]]))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = fill(Path(folder), options.files)
        ways: dict[str, Callable[[list[Path]], int]] = {
            "verify": ours,
            "pandas, a call a sheet": lambda some: script(some, sheet_by_sheet),
            "pandas, one call": lambda some: script(some, at_once),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for run in ways.values():
            run(paths[:2])
        for _ in range(options.rounds):
            for name, run in ways.items():
                start = time.process_time()
                failures = run(paths)
                times[name].append((time.process_time() - start) / len(paths) * 1000)
                print(f"{name:24}{times[name][-1]:9.2f} ms CPU a file, {failures} failures")
        for name in list(ways)[1:]:
            ratio = statistics.median(t / m for t, m in zip(times[name], times["verify"], strict=True))
            print(f"verify is {ratio:.0f} x as fast as {name} (median of {options.rounds} rounds)")
        if sys.platform != "win32":
            few, many = peak(paths[: len(paths) // 3]), peak(paths)
            print(f"peak memory: {few // 1024} MB for {len(paths) // 3} files, {many // 1024} MB for {len(paths)}")


if __name__ == "__main__":
    main()
