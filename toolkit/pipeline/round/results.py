"""The files a round results in, written whole; what is there already and still right is left alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from toolkit import __version__
from toolkit.board.board import PageFrame, board_pages, render_board
from toolkit.collection.folder import AREAS, BOARD, CHECKED, INTERNAL, OLD, PROGRESS, SUM_FILES, UNIT_REPORTS
from toolkit.collection.ledger.codec import encode_verdict
from toolkit.consolidation.aggregate import AreaSum, Consolidation
from toolkit.errors import UsageError
from toolkit.io.failures import step
from toolkit.io.files import csv_bytes, put_away, safe_name
from toolkit.io.json import LongJson, as_json, json_pieces
from toolkit.io.machine import local
from toolkit.io.tally import Tally
from toolkit.io.workers import Crew, each
from toolkit.model.finding import Finding
from toolkit.model.returns import Verdict
from toolkit.model.standing import Standing, State
from toolkit.pipeline.consolidate import Results
from toolkit.pipeline.reports import documents
from toolkit.pipeline.reports.documents import Written
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.status import Run, reminder
from toolkit.pipeline.verify import Progress

#: So many reports are written in this process: starting others costs more.
_FEW = 12


class RoundSums(NamedTuple):
    """The sum of a node of the tree, what is to be said of it, and the sums of the areas below it."""

    total: Consolidation
    findings: tuple[Finding, ...]
    areas: tuple[AreaSum, ...]


def folder_of(code: str, name: str) -> str:
    """The name of the folder of an area's sum, or of a unit's report."""
    return safe_name(f"{code}-{name}")


def write_results(round_: Round, folder: Path, run: Run, sums: RoundSums, template: bytes | None) -> Results:
    """The consolidated workbook, data, the area's report, the board; the sums of the areas below."""
    total, results = sums.total, Results()
    results.add(folder / CHECKED, lambda: _checked(run, sums.findings))
    results.add(folder / PROGRESS, lambda: _progress(run))
    for place, page in chain(*step(BOARD, results.faults, lambda: [list(_board(round_, run, sums))])):
        results.add(folder / place, page)
    if total.members:
        name = total.expected.name if total.expected else round_.name
        results.sums(folder, total, name, sums.findings, areas=sums.areas, template=template, area=round_.about)
    for area in sums.areas:
        if area.total.members:
            below = folder / AREAS / folder_of(area.code, area.name)
            results.book(below, area.total, area.name)
            results.figures(below, area.total)
            if len(area.total.members) <= documents.FEW < len(total.members):
                work = partial(documents.write_companion, area.total, area.name, below, results.faults, listed=True)
                results.report(f"{area.name}的摘编", work)
    return results


def write_unit_reports(  # noqa: PLR0913, PLR0917 - what a report is written from, and what is told of it
    round_: Round,
    folder: Path,
    found: Sequence[Standing],
    template: bytes | None,
    results: Results,
    progress: Progress,
    jobs: int = 1,
) -> None:
    """The report of every unit that counts, in all formats; one that was written from the same data is kept."""
    done, form = round_.ledger.outputs(), round_.settings.form
    looks = _looks(round_, template)
    due: list[tuple[str, Path, str]] = []
    items: list[tuple[Verdict, Path]] = []
    for one in found:
        if not one.state.counts or one.verdict is None:
            continue
        below = folder / UNIT_REPORTS / folder_of(one.code, one.short)
        digest = hashlib.sha256(looks + encode_verdict(one.verdict)).hexdigest()
        # Earlier versions kept the path as it was typed.
        before = {done.get(kept_as(round_, below)), done.get(str(below))}
        if digest not in before or not below.is_dir() or not any(below.iterdir()):
            due.append((one.name, below, digest))
            items.append((one.verdict, below))
    progress(len(found) - len(due))
    with Crew(jobs if jobs > 1 and len(due) > _FEW else 0) as crew:
        reports = crew.run(partial(_written, form, template), items, lambda *_: None)
        for (name, below, digest), item, made in zip(due, items, reports, strict=True):
            # What stops a report is met here once more, where it is told.
            work = partial(_unit_report, form, template, *item, made)
            written = results.report(f"{name}的报告", work, name)
            if written is not None:
                # With a format left out it is not done: the next run writes it, as soon as the library is there.
                round_.ledger.wrote({kept_as(round_, below): "" if written.left else digest})
            progress(1)


def _written(form: str, template: bytes | None, items: list[tuple[Verdict, Path]]) -> list[Written | None]:
    """Write the reports of a few units; None for one that anything stopped."""
    out: list[Written | None] = []
    for item in each(items):
        out.append(None)
        with suppress(Exception):
            out[-1] = _unit_report(form, template, *item)
    return out


def kept_as(round_: Round, path: Path) -> str:
    """A path as the ledger keeps it: from the round's folder, however that was spelt this time."""
    root, place = (Path(os.path.abspath(one)) for one in (round_.folder.root, path))  # noqa: PTH100 - links stay
    return (place.relative_to(root) if place.is_relative_to(root) else place).as_posix()


def _unit_report(
    form: str, template: bytes | None, verdict: Verdict, below: Path, made: Written | None = None
) -> Written:
    """Write a unit's report; nothing is done again that is ``made``."""
    if made is not None:
        return made
    kind, document = documents.return_document(verdict, form)
    return documents.write_document(kind, document, documents.ALL_FORMATS, below, template)


def _looks(round_: Round, template: bytes | None) -> bytes:
    """What a report depends on besides the return: program, context, the form's outline and document templates."""
    folder = Path(round_.kind.form.folder)
    parts = [path.read_bytes() for path in sorted(folder.glob("report.*")) if path.is_file()] + [template or b""]
    return f"{__version__} {round_.context}".encode() + hashlib.sha256(b"\0".join(parts)).digest()


def _checked(run: Run, findings: Sequence[Finding]) -> Iterator[bytes]:
    told: LongJson = {"returns": map(as_json, run.verdicts), "summary": Tally.of(run.verdicts).summary}
    return json_pieces({**told, "units": map(as_json, run.standings), "sum_findings": map(as_json, findings)})


def _progress(run: Run) -> bytes:
    heads = ("编码", "单位", "上级", "状态", "逾期", "收到时间", "第几版", "文件", "联系人", "说明")
    late = {"逾期": "是"}
    rows = [
        (
            *(one.code, one.name, " / ".join(one.path), one.label, late.get(one.lateness, one.lateness)),
            *(one.received, str(one.revision or ""), one.file, one.contact, one.reason),
        )
        for one in run.standings
    ]
    rows += [("", "（待认领）", "", "", "", one.since, "", one.file, "", one.told) for one in run.unclaimed]
    return csv_bytes([heads, *rows])


def _board(round_: Round, run: Run, sums: RoundSums) -> Iterator[tuple[str, Callable[[], bytes]]]:
    total, found = sums.total, run.standings
    # A file that cannot be used is no return, and one that is handed back again is the same return.
    steps = {(event.unit, event.revision, event.kind): event.at for event in reversed(round_.ledger.events())}
    drawn = {step: at for step, at in steps.items() if step[1] and step[2] in {"received", "returned"}}
    events = [(f"{local(at):%Y-%m-%d}", kind) for (_, _, kind), at in drawn.items()]
    accepted = [(one.received[:10], "accepted") for one in found if one.state in {State.ACCEPTED, State.EXPLAINED}]
    shown = PageFrame(
        title=f"{total.expected.name if total.expected else round_.name} {round_.period.label}",
        period_label=round_.period.label,
        deadline=day.isoformat() if (day := round_.settings.deadline) else "",
        made=f"{round_.moment.astimezone():%Y-%m-%d %H:%M}",
        events=tuple(sorted([*events, *accepted])),
        reminder="\n".join(reminder(round_, found)),
    )
    nodes = [(one.name, one.total) for one in sums.areas]
    whole = partial(render_board, shown, round_.kind, found, total, sums.findings, nodes, run)
    return board_pages(shown, found, total, whole)


_REPORT = "area report "


def target_of(round_: Round, target: Path | None, node: str, *, everything: bool) -> Path:
    """The folder for the results: a part of the tree, or a sum with unverified returns, never replaces the whole."""
    folder = round_.folder
    if target is not None:
        for taken in (folder.inbox, folder.books, folder.issued, folder.returned, folder.outbox):
            if target.resolve().is_relative_to(taken.resolve()):
                raise UsageError(f"-o：不能把结果写进“{taken.name}”。请换一个文件夹。")
        return target
    out = folder.results / INTERNAL if everything else folder.results
    return out / AREAS / folder_of(node, round_.roster.by_code[node].name) if node else out


def retire(round_: Round, found: Sequence[Standing], sums: RoundSums, written: Sequence[Path]) -> None:
    """Put away what an earlier run wrote and this one has no reason to."""
    results, known = round_.folder.results, round_.ledger.outputs()
    mine, fresh = {path.name for path in written if path.parent == results}, set(written)
    round_.ledger.wrote({f"{_REPORT}{name}": "" for name in mine})
    # Earlier versions kept the path as it was typed. Only the name matters: these lie in the results themselves.
    before = [PureWindowsPath(key[len(_REPORT) :]).name for key in known if key.startswith(_REPORT)]
    for path in _due(round_, found, sums, before):
        if path.exists() and path not in fresh and not (path.parent == results and path.name in mine):
            put_away(path, results / OLD)


def _due(round_: Round, found: Sequence[Standing], sums: RoundSums, reports: Sequence[str]) -> Iterator[Path]:
    """What may have to go: files of earlier runs, areas and units that are no longer there."""
    results = round_.folder.results
    yield from (results / name for name in dict.fromkeys(reports))
    # Of a sum that stands, only the Parquet file may be an earlier run's: it is written on demand.
    yield from (results / name for name in SUM_FILES if not sums.total.members or not name.endswith(".parquet"))
    current = {folder_of(one.code, one.name) for one in sums.areas if one.total.members}
    yield from _others(results / AREAS, current)
    yield from sorted((results / BOARD).with_suffix("").glob("*.html"))
    counted = {folder_of(one.code, one.short) for one in found if one.state.counts}
    yield from _others(results / UNIT_REPORTS, counted)


def _others(folder: Path, current: set[str]) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_dir() and safe_name(path.name) not in current)
