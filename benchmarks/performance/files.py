"""One file, cold; many files, warm, beside other readers; where the time goes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from types import MappingProxyType

from . import material, peers
from .measure import cpu, fresh, interleaved, peak, process, ratio, watched, xxgk
from .options import Options
from .page import Section, Table

#: The stages of a verdict by the public functions that make them up.
STAGES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "gate: unpack, parse, check": ("admit", "admit_bytes"),
        "read cells, strings, names": ("read",),
        "structure": ("identify", "check_structure", "plan_for", "as_issued"),
        "extract figures and texts": ("extract", "with_nils"),
        "forensics of formulas": ("examine", "sort_formulas", "unconfirmed"),
        "texts: claims, wording": ("read_texts",),
        "rules": ("confront",),
        "localiser": ("localise", "equation_groups", "filled_equations"),
    }
)
_VERIFY, _TWICE, _ZIP = "xxgk verify", "openpyxl twice (formulas, results)", "floor: unpack with zipfile"


def cold(options: Options) -> Section:
    """Whole processes."""
    with options.folder() as folder:
        (one,) = material.in_folder(options.cache, folder / "files", 1, options.distinct)
        material.roster(folder / "roster.csv", 3)
        xxgk("start", folder / "round", "--period", material.PERIOD, "--roster", folder / "roster.csv")
        ours = [sys.executable, "-m", "toolkit"]
        commands = {
            "xxgk verify, one file": [*ours, "verify", str(one)],
            "xxgk --help": [*ours, "--help"],
            "xxgk status, three units": [*ours, "status", str(folder / "round")],
            "script: openpyxl twice, one file": [sys.executable, "-c", peers.SCRIPT, str(one)],
            "python itself": [sys.executable, "-c", "pass"],
        }
        memory = {name: fresh("measure", "process", command)[1] for name, command in commands.items()}
        ways = {name: partial(lambda c: process(c)[0] * 1000, command) for name, command in commands.items()}
        found = interleaved(ways, options.rounds)
    script = found["script: openpyxl twice, one file"]
    rows = [(name, median(times), ratio(times, script), memory[name]) for name, times in found.items()]
    table = Table(("whole process", "ms", "beside the script", "MB at most"), [*rows])
    return Section("Cold start", [table], facts={"cold": ratio(next(iter(found.values())), script)})


def verify(options: Options) -> Section:
    """Milliseconds a file, each way in a process of its own, and how both time and memory grow."""
    with options.folder() as folder:
        many = 4 * options.files
        paths = [str(p) for p in material.in_folder(options.cache, folder, many, options.distinct)]
        some = paths[: options.files]
        found = interleaved(
            {name: partial(fresh, "peers", "per_file", name, some) for name in peers.WAYS}, options.rounds
        )
        grown = [fresh("files", "growth", part) for part in (some, paths)]
    ours = found[_VERIFY]
    rows = [(name, median(t), f"{min(t):.1f} to {max(t):.1f}", ratio(t, ours)) for name, t in found.items()]
    table = Table(
        ("way", "ms a file", "range", "times ours"), [*rows], f"{options.files} files, {options.rounds} rounds:"
    )
    sizes = Table(
        ("files in one run", "ms a file", "MB at most"),
        [(len(part), *told) for part, told in zip((some, paths), grown, strict=True)],
        "As one batch grows, start of the program included:",
    )
    facts = {
        "beside openpyxl": ratio(found[_TWICE], ours),
        "beside the floor": ratio(ours, found[_ZIP]),
        "again beside openpyxl": ratio(found[_TWICE], found[peers.AGAIN]),
        "again beside the floor": ratio(found[peers.AGAIN], found[_ZIP]),
    }
    notes = ("Only `xxgk verify` judges: the others give cells, or nothing. pandas and calamine give no formulas.",)
    return Section("Verify, a file after warm-up", [table, sizes], notes, facts)


def growth(files: Sequence[str]) -> tuple[float, float]:
    """Milliseconds a file of a whole batch, and MB at most."""
    begun = cpu()
    peers.verify([Path(one) for one in files])
    return (cpu() - begun) / len(files) * 1000, peak()


def stages(options: Options) -> Section:
    """Where the time of a verdict goes."""
    with options.folder() as folder:
        paths = material.in_folder(options.cache, folder, options.files, options.distinct)
        found = [fresh("files", "by_stage", [str(path) for path in paths]) for _ in range(min(3, options.rounds))]
    total = {name: median(one[name][0] for one in found) for name in found[0]}
    whole = sum(total.values())
    rows = [(name, ms, f"{100 * ms / whole:.0f} %", found[0][name][1]) for name, ms in total.items()]
    rows.append(("all", whole, "100 %", ""))
    facts = {"rules share": 100 * total["rules"] / whole}
    table = Table(("stage", "ms a file", "share", "calls a file"), [*rows])
    notes = ("Wrapping costs a little: the sum is above the figure of the section before.",)
    return Section("Verify by stage", [table], notes, facts)


def by_stage(files: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Milliseconds and calls a file, by stage."""
    paths = [Path(one) for one in files]
    peers.verify(paths[:3])
    watch = watched(STAGES)
    with watch.stage("everything else"):
        peers.verify(paths)
    spent = {name: watch.spent.get(name) for name in [*STAGES, "everything else"]}
    count = len(paths)
    return {name: (one.seconds / count * 1000, one.calls / count) if one else (0.0, 0.0) for name, one in spent.items()}
