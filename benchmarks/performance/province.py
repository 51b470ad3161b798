"""A province simulated: receipts written into a ledger from the verdicts on real files, then everything behind them.

No file is read for a receipt: each is the verdict on a real return, with texts and published items of its own, put down
to a unit of its own. What reading and judging cost is measured elsewhere and added by the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from toolkit.collection.archives import Item
from toolkit.collection.ledger.rows import LedgerEntry
from toolkit.io.files import write
from toolkit.model.returns import FiledVerdict, Verdict
from toolkit.pipeline.round.open import Round, open_round

from . import material, peers
from .growth import STAGES, concluded, exponent, outer
from .measure import fresh, watched
from .options import NATION, Options
from .page import Section, Table

#: Receipts written down together.
_TOGETHER = 200
_LINEAR = 1.1
#: What is no part of one run from the inbox to the results, or is measured where files are read.
_NOT_ONCE = frozenset({"start", "receipts written down", "status", "consolidate again, nothing new"})
_GUESSED = (
    f"**extrapolated, not measured**: on a straight line through both, or, where a stage grows by more than N to the "
    f"{_LINEAR}, by that power"
)


def province(options: Options) -> Section:
    """Seconds, disk and memory by stage at two sizes, and what they come to at 300,000."""
    sizes = (max(1, options.receipts // 4), options.receipts)
    found: dict[int, Any] = {}
    for size in sizes:
        with options.folder() as folder:
            found[size] = fresh("province", "receipts", size, str(folder), str(options.cache), options.distinct)
    rows = list(_stages(found))
    seconds = sum(float(str(row[4])) for row in rows)
    memory = [found[size]["peak"] for size in sizes]
    held = _extended(sizes, memory)
    disk = [sum(found[size]["disk"].values()) / 2**30 for size in sizes]
    rows += [
        ("all", *(sum(float(str(row[n])) for row in rows) for n in (1, 2)), "", seconds),
        ("MB at most", *memory, exponent(sizes, memory), held),
        ("GB on disk, files of units left out", *disk, exponent(sizes, disk), _extended(sizes, disk)),
    ]
    heads = ("stage, seconds", *(f"{size:,} receipts" for size in sizes), "grows as N to the", f"at {NATION:,}")
    last = sizes[-1]
    said = "measured" if last >= NATION else _GUESSED
    notes = (
        f"The last column is {said}.",
        "Distributing, reading and judging are not in it: they cost each unit the same, see the sections before.",
    )
    once = sum(float(str(row[4])) for row in rows[: len(rows) - 3] if row[0] not in _NOT_ONCE)
    facts = {"province minutes": once / 60, "province MB": held, "province measured": float(last >= NATION)}
    return Section(f"A province of {NATION:,} units, simulated", [Table(heads, rows)], notes, facts)


def _stages(found: Mapping[int, Any]) -> Iterator[Sequence[object]]:
    sizes = list(found)
    for name in dict.fromkeys(name for one in found.values() for name in one["stages"]):
        told = [float(found[size]["stages"].get(name, {}).get("seconds", 0.0)) for size in sizes]
        yield (name, *told, exponent(sizes, told), _extended(sizes, told))


def _extended(sizes: Sequence[int], told: Sequence[float]) -> float:
    """What a figure comes to at the largest size: on a straight line through both, or by the power that it grows by."""
    (few, many), (low, high) = sizes, told
    grown = exponent(sizes, told)
    if isinstance(grown, float) and grown > _LINEAR:
        return float(high * (NATION / many) ** grown)
    return high + max(0.0, high - low) / (many - few) * (NATION - many)


def receipts(size: int, folder: str, cache: str, distinct: int) -> dict[str, Any]:
    """Write so many receipts, then consolidate; what was spent and held."""
    place, listed = Path(folder) / "round", material.roster(Path(folder) / "roster.csv", size)
    real = _real(Path(folder) / "files", Path(cache), distinct)
    watch = watched(STAGES, memory=True)
    outer(watch, "start", place, "--period", material.PERIOD, "--roster", listed)
    with open_round(place) as round_:
        for begin in range(0, size, _TOGETHER):
            entries = [_entry(round_, real, number) for number in range(begin, min(size, begin + _TOGETHER))]
            with watch.stage("receipts written down"):
                round_.ledger.record(entries, round_.context, round_.stamp)
    return concluded(watch, place)


def _real(folder: Path, cache: Path, distinct: int) -> dict[material.Save, Verdict]:
    """Saves with the verdicts on returns made of them."""
    some = material.saves(cache, distinct)
    folder.mkdir()
    paths = []
    for save in some:
        paths.append(folder / save.path.name)
        paths[-1].write_bytes(material.returned(save, save.number, material.unsigned(0)))
    return dict(zip(some, peers.verify(paths), strict=True))


def _entry(round_: Round, real: Mapping[material.Save, Verdict], number: int) -> LedgerEntry:
    """A receipt of a unit: a real verdict, with the unit's own texts and items; what goes back has its original."""
    save = material.chosen(list(real), number)
    verdict, code, unit = real[save], material.code(number), material.unit_name(number)
    content = verdict.content
    assert content is not None
    digest = hashlib.sha256(code.encode()).hexdigest()
    if not verdict.status.counts:
        data = material.returned(save, number, material.unsigned(number))
        digest = hashlib.sha256(data).hexdigest()
        write(round_.folder.original(digest), data)
    told, figures = material.written_anew(save, number)
    content = replace(
        content,
        file=f"{code}.xlsx",
        sha256=digest,
        unit=unit,
        identity=replace(content.identity, code=code, unit=unit),
        numbers={**content.numbers, **figures},
        texts={**content.texts, **told},
    )
    filed = replace(FiledVerdict.of(verdict), file=content.file, sha256=digest, unit=unit, code=code, content=content)
    item = Item(key=code.encode(), name=content.file, modified=0.0, load=bytes)
    return LedgerEntry(item=item, size=0, verdict=filed)
