"""A round of real files on two cores, alone, and with hostile ones between them: one kills, one stalls, one swells."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from factories.hostile import ARCHIVES, MAKERS

from toolkit.collection.ledger.codec import encode_verdict
from toolkit.model.codes import PROGRAM_FAILED
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.standing import standings

from . import material
from .growth import not_found
from .measure import children_peak, cpu, fresh, peak, watched, xxgk
from .options import Options
from .page import Section, Table
from .poisoned import DIES, STALLS, SWELLS

_JOBS = 2
_ROUNDS = ("alone", "among")
_DEEDS = (DIES, STALLS, SWELLS)
#: What this process does while the others read, by the public functions that make it up.
_STAGES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "whose a file is": ("placed", "guessed", "named_for"),
        "rules and texts, where they are judged here": ("judge",),
        "inbox": ("walk_inbox",),
        "verdicts packed": ("encode_verdict",),
        "verdicts unpacked": ("decode_verdict",),
        "originals written": ("write",),
    }
)


def storm(options: Options) -> Section:
    """Files a second, what a file costs, memory, and whether anything came out otherwise."""
    size = options.storm
    with options.folder() as folder:
        hostile = fresh("storm", "laid", size, str(folder), str(options.cache), options.distinct)
        last = material.code(size - 1)
        alone, among = (fresh("storm", "collected", str(folder / name), last, by="poisoned") for name in _ROUNDS)
    same, reconciled = alone["digest"] == among["digest"], among["files"] >= size + hostile
    failed = among["failed"]
    table = Table(("", "good files alone", "with hostile ones"), list(_lines(alone, among)))
    notes = (
        f"{size:,} returns, collected by {_JOBS} processes, alone and with {hostile} hostile files between them.",
        "Hostile are those of the tests, and three whose process dies, runs on without end, takes memory without end.",
        f"Every one of {among['files']:,} entries (archives hold several) ended in exactly one way.",
        f"The verdicts on the {size - 1:,} other units are {'the same to the byte' if same else '**not the same**'}.",
        f"Told of the three: {len(failed)} findings: {'; '.join(failed)}.",
        *not_found(alone["missing"]),
    )
    facts = {
        "storm holds": float(same and reconciled and len(failed) == len(_DEEDS)),
        "storm files a second": size / alone["seconds"],
    }
    return Section("A round with hostile files", [table], notes, facts)


def _lines(alone: Mapping[str, Any], among: Mapping[str, Any]) -> list[Sequence[object]]:
    both = (alone, among)
    lines: list[Sequence[object]] = [
        ("files a second, by the clock", *(one["files"] / one["seconds"] for one in both)),
        ("ms a file, in all", *(one["cpu"] / one["files"] * 1000 for one in both)),
        ("ms a file, in the children", *(one["children"] / one["files"] * 1000 for one in both)),
    ]
    for name in dict.fromkeys([*alone["stages"], *among["stages"]]):
        spent = [one["stages"].get(name, {"seconds": 0.0, "children": 0.0}) for one in both]
        own = [one["seconds"] - one["children"] for one in spent]
        lines.append((f"ms a file, {name}", *(s / one["files"] * 1000 for s, one in zip(own, both, strict=True))))
    lines.append(("MB at most, this process", *(one["peak"] for one in both)))
    lines.append(("MB at most, the largest child", *(one["children_peak"] for one in both)))
    return lines


def laid(size: int, folder: str, cache: str, distinct: int) -> int:
    """Two rounds that are the same but for the hostile files; how many those are."""
    alone, among = Path(folder) / "alone", Path(folder) / "among"
    listed = material.roster(Path(folder) / "roster.csv", size)
    xxgk("start", alone, "--period", material.PERIOD, "--roster", listed)
    xxgk("distribute", alone)
    material.answer(alone, Path(cache), distinct)
    # A file of an inbox is only read: one on the disk is enough for both.
    shutil.copytree(alone, among, copy_function=lambda a, b: (os.link if a.endswith(".xlsx") else shutil.copy2)(a, b))
    (last,) = (among / "发放").rglob(f"{material.code(size - 1)}-*.xlsx")
    good = material.filled(1, material.identity_of(last))
    files = [(f"{name}.xlsx", one.make(good)) for name, one in MAKERS.items()]
    files += [(f"{name}.zip", one.make(good)) for name, one in ARCHIVES.items()]
    files += [(f"{number}.xlsx", good + word) for number, word in enumerate(_DEEDS)]
    yesterday = time.time() - 86_400
    for number, (name, data) in enumerate(files):
        path = among / "收件" / f"x{number:03}-{name}"
        path.write_bytes(data)
        os.utime(path, (yesterday, yesterday))
    return len(files)


def collected(folder: str, last: str) -> dict[str, Any]:
    """Collect a round; what was spent, what came of it, and a digest of every verdict but that on the unit ``last``."""
    watch = watched(_STAGES)
    with open_round(Path(folder)) as round_:
        begun, spent = time.perf_counter(), cpu()
        with watch.stage("everything else"):
            done = collect(round_, _JOBS)
        seconds, spent = time.perf_counter() - begun, cpu() - spent
        held, digest = peak(), hashlib.sha256()
        for one in standings(round_):
            verdict = one.verdict and encode_verdict(replace(one.verdict, received=""))
            digest.update(repr((one.code, one.state.value, verdict)).encode() if one.code != last else b"")
    findings = [one.verdict.findings[0] for one in done.ended if one.verdict and one.verdict.findings]
    stages = {name: asdict(one) for name, one in watch.spent.items()}
    return {
        "files": len(done.ended),
        "seconds": seconds,
        "cpu": spent,
        "failed": [one.message for one in findings if one.rule == PROGRAM_FAILED],
        "children": sum(one["children"] for one in stages.values()),
        "stages": stages,
        "missing": watch.missing,
        "peak": held,
        "children_peak": children_peak(),
        "digest": digest.hexdigest(),
    }
