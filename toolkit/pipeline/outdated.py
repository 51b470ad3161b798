"""Where results go, and what becomes of results that no longer hold: they are put away, never left among the new."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.model.standing import Standing
from toolkit.pipeline.files import ensure_folder
from toolkit.pipeline.files import free
from toolkit.pipeline.files import safe_name
from toolkit.pipeline.results import AREAS
from toolkit.pipeline.results import PARQUET
from toolkit.pipeline.results import SUMS
from toolkit.pipeline.results import UNIT_REPORTS
from toolkit.pipeline.round_files import Sums
from toolkit.pipeline.round_files import area_folder
from toolkit.pipeline.round_files import unit_folder
from toolkit.pipeline.rounds import Round

OLD, INTERNAL = "已作废", "内部查看（含未通过）"
_REPORT = "area report "


def target_of(round_: Round, target: Path | None, node: str, *, everything: bool) -> Path:
    """The folder for the results: a part of the tree, or a sum with unverified returns, never replaces the whole."""
    folder = round_.folder
    if target is not None:
        for taken in (folder.inbox, folder.books, folder.issued, folder.returned):
            if target.resolve().is_relative_to(taken.resolve()):
                raise UsageError(f"-o：不能把结果写进“{taken.name}”。请换一个文件夹。")
        return target
    out = folder.results / INTERNAL if everything else folder.results
    return out / AREAS / area_folder(node, round_.roster.by_code[node].name) if node else out


def retire(round_: Round, found: Sequence[Standing], sums: Sums, written: Sequence[Path]) -> None:
    """Put away what an earlier run wrote and this one has no reason to."""
    known = round_.ledger.outputs()
    mine = {str(path) for path in written if path.parent == round_.folder.results}
    round_.ledger.wrote({f"{_REPORT}{path}": "" for path in mine})
    for path in _due(round_, found, sums, [Path(key[len(_REPORT) :]) for key in known if key.startswith(_REPORT)]):
        if path.exists() and str(path) not in mine:
            # Open in another program it stays, and is put away by the next run.
            with suppress(OSError):
                shutil.move(path, free(ensure_folder(round_.folder.results / OLD) / path.name))


def _due(round_: Round, found: Sequence[Standing], sums: Sums, reports: Sequence[Path]) -> Iterator[Path]:
    """What may have to go: files of earlier runs, areas and units that are no longer there."""
    results = round_.folder.results
    yield from reports
    total, _, areas = sums
    # Of a sum that stands, only the Parquet file may be an earlier run's: it is written on demand.
    yield from (results / name for name in SUMS if not total.members or name != PARQUET)
    current = {area_folder(code, name) for code, name, part in areas if part.members}
    yield from _others(results / AREAS, current)
    counted = {unit_folder(one) for one in found if one.state.counts}
    yield from _others(results / UNIT_REPORTS, counted)


def _others(folder: Path, current: set[str]) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_dir() and safe_name(path.name) not in current)
