"""A whole round, from its start to its results, by stage and size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import log
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import material
from .measure import Watch, children_peak, fresh, peak, watched, xxgk
from .options import Options
from .page import Section, Table

#: The stages of a round by the public functions that make them up; what else a command does is put down to it.
STAGES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "standings": ("standings", "take_stock"),
        "hand back": ("hand_back",),
        "similar texts": ("similar", "similar_units"),
        "sums": ("aggregate", "rules_on_sum", "completeness"),
        "books (汇总表)": ("write_book",),
        "report of the area": ("area_document", "write_document"),
        "companion": ("write_companion",),
        "board": ("render_board",),
        "csv, json": ("long_csv", "sums_json", "document_json", "csv_bytes"),
    }
)
#: With one process beside the own; the report of every unit is left out.
ALONE = ("--jobs", "1")
_RESULTS = ("--no-reports", *ALONE)


def growth(options: Options) -> Section:
    """Milliseconds a unit, memory and disk of rounds of several sizes."""
    found: dict[int, Any] = {}
    for size in options.sizes:
        with options.folder() as folder:
            first = fresh("growth", "begun", size, str(folder), str(options.cache), options.distinct)
            found[size] = fresh("growth", "ended", str(folder))
            found[size]["stages"] = first["stages"] | found[size]["stages"]
    sizes = list(found)
    heads = ("stage", *(f"{size:,} units" for size in sizes))
    lines = list(_lines(found, "seconds", 1000))
    inside = next(line for name, *line in _lines(found, "children", 1000) if name == "collect")
    lines.append(("of collect, in the other process", *inside))
    lines.append(("all", *(sum(float(str(line[n])) for line in lines[:-1]) for n in range(1, len(heads))), ""))
    spent = Table((*heads, "grows as N to the"), lines, "Milliseconds a unit:")
    memory = Table(
        heads,
        [line[:-1] for line in _lines(found, "peak", 0)],
        "MB at most while the stage ran, of the process itself:",
    )
    disk = Table(("on disk", *(f"{size:,} units" for size in sizes)), list(_disk(found)), "KB a unit:")
    last = found[sizes[-1]]
    notes = (
        "`collect` and `consolidate` ran with one process beside their own; starting it is in the figures.",
        f"The process that read the files of {sizes[-1]:,} units held {last['children']:,.0f} MB at most.",
        "One report a unit, in four formats, is left out here: it costs each the same.",
        *not_found(last["missing"]),
    )
    return Section("A whole round by stage and size", [spent, memory, disk], notes, facts_of(found))


def not_found(names: Sequence[str]) -> list[str]:
    """What is to be said of functions that are gone: their stage is part of another one."""
    return [f"No longer there by name, and so not told apart: {', '.join(names)}."] if names else []


def facts_of(found: Mapping[int, Any]) -> dict[str, float]:
    """What the goals ask of growth: the worst exponent of a stage that matters, KB and seconds of `collect` a unit."""
    sizes = list(found)
    if len(sizes) < 2:
        return {}
    grown = [line[-1] for line in _lines(found, "seconds", 1000) if isinstance(line[-1], float) and _matters(line)]
    first, last = found[sizes[0]], found[sizes[-1]]
    collect = last["stages"]["collect"]["seconds"] / sizes[-1]
    per_unit = (last["peak"] - first["peak"]) / (sizes[-1] - sizes[0]) * 1024
    return {"exponent": max(grown, default=1.0), "memory a unit": per_unit, "collect": collect}


def _matters(line: Sequence[object]) -> bool:
    """A stage of more than half a millisecond a unit."""
    return isinstance(line[-2], float) and line[-2] > 0.5


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float | str:
    """By what power of the size the seconds grow, from the first to the last; a dash where they are too few to tell."""
    if len(sizes) < 2 or seconds[0] < 0.05 or seconds[-1] <= 0:
        return "–"
    return log(seconds[-1] / seconds[0]) / log(sizes[-1] / sizes[0])


def _lines(found: Mapping[int, Any], what: str, a_unit: int) -> Iterable[Sequence[object]]:
    """A line a stage: its name, its figure by size, the exponent of its growth."""
    names = dict.fromkeys(name for one in found.values() for name in one["stages"])
    sizes = list(found)
    for name in names:
        told = [float(found[size]["stages"].get(name, {}).get(what, 0.0)) for size in sizes]
        shown = [value / size * a_unit if a_unit else value for value, size in zip(told, sizes, strict=True)]
        yield (name, *shown, exponent(sizes, told))


def _disk(found: Mapping[int, Any]) -> Iterable[Sequence[object]]:
    names = dict.fromkeys(name for one in found.values() for name in one["disk"])
    for name in names:
        yield (name, *(float(one["disk"].get(name, 0) / size / 1024) for size, one in found.items()))


def begun(size: int, folder: str, cache: str, distinct: int) -> dict[str, Any]:
    """A round of that many units started and distributed, and all of them have sent something: what was spent."""
    place, listed = Path(folder) / "round", material.roster(Path(folder) / "roster.csv", size)
    watch = watched(STAGES, memory=True)
    outer(watch, "start", place, "--period", material.PERIOD, "--roster", listed)
    outer(watch, "distribute", place)
    material.answer(place, Path(cache), distinct)
    return told_of(watch, place)


def ended(folder: str) -> dict[str, Any]:
    """The round collected, in a process that has not made its material, and consolidated."""
    place, watch = Path(folder) / "round", watched(STAGES, memory=True)
    outer(watch, "collect", place, *ALONE)
    return {**concluded(watch, place), "children": children_peak()}


def outer(watch: Watch, command: str, place: Path, *words: object, called: str = "") -> None:
    """Run a command of a round as one stage."""
    watch.whole = True
    with watch.stage(called or command):
        xxgk(command, place, *words)


def concluded(watch: Watch, place: Path) -> dict[str, Any]:
    """Consolidate by stage, look, consolidate again where nothing is new: what was spent, and what lies on the disk."""
    watch.whole = False
    with watch.stage("consolidate, all else"):
        xxgk("consolidate", place, *_RESULTS)
    outer(watch, "status", place)
    outer(watch, "consolidate", place, *_RESULTS, called="consolidate again, nothing new")
    return told_of(watch, place)


def told_of(watch: Watch, place: Path) -> dict[str, Any]:
    """What was spent by stage, the MB held at most, the bytes on the disk by folder, and what was not found."""
    held = max((one.peak for one in watch.spent.values()), default=peak())
    disk = {one.name: sum(f.stat().st_size for f in one.rglob("*") if f.is_file()) for one in place.iterdir()}
    stages = {name: asdict(one) for name, one in watch.spent.items()}
    return {"stages": stages, "peak": held, "disk": disk, "missing": watch.missing}
