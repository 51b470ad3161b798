"""From files to verdicts: every file ends in exactly one status, and one bad file never stops the run."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from toolkit.checks.verdict import judge
from toolkit.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.finding import Severity
from toolkit.model.finding import Status
from toolkit.model.returns import Identity
from toolkit.model.returns import Return
from toolkit.model.returns import Verdict
from toolkit.pipeline.instruments import form_of
from toolkit.pipeline.instruments import instrument
from toolkit.workbook.extract import extract
from toolkit.workbook.forensics import examine
from toolkit.workbook.forensics import sort_formulas
from toolkit.workbook.gate import Refused
from toolkit.workbook.gate import admit
from toolkit.workbook.plan import blank_plan
from toolkit.workbook.read import read
from toolkit.workbook.structure import check_structure
from toolkit.workbook.structure import identify

#: Returns confronted with the rules at once: columns long enough to be quick, few enough to keep memory flat.
BATCH = 200
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Understood:
    """A file read as a return of an instrument, before its rules are applied."""

    instrument: Instrument
    content: Return
    findings: list[Finding]


def verify(files: Sequence[Path], form: str = "", jobs: int = 1, progress: Progress | None = None) -> Iterator[Verdict]:
    """The verdict on each file, in the order of ``files``. ``form`` names the only form that is wanted."""
    batches = [list(files[i : i + BATCH]) for i in range(0, len(files), BATCH)]
    if jobs > 1 and len(files) > BATCH // 4:
        size = max(1, min(BATCH, len(files) // (jobs * 4)))
        batches = [list(files[i : i + size]) for i in range(0, len(files), size)]
        results = _spread(batches, form, jobs)
    else:
        results = (verify_batch(batch, form) for batch in batches)
    for verdicts in results:
        if progress:
            progress(len(verdicts))
        yield from verdicts


def verify_batch(files: Sequence[Path], form: str = "") -> list[Verdict]:
    """The verdicts on a few files, in order."""
    only = instrument(form) if form else None
    read_all = [_understand(path, only) for path in files]
    out: list[Verdict | None] = [one if isinstance(one, Verdict) else None for one in read_all]
    groups: dict[Instrument, list[int]] = {}
    for i, one in enumerate(read_all):
        if isinstance(one, _Understood):
            groups.setdefault(one.instrument, []).append(i)
    for kind, places in groups.items():
        understood = [one for i in places if isinstance(one := read_all[i], _Understood)]
        verdicts = judge(kind, [(one.content, one.findings) for one in understood])
        for i, verdict in zip(places, verdicts, strict=True):
            out[i] = verdict
    return [verdict for verdict in out if verdict is not None]


def _understand(path: Path, only: Instrument | None) -> _Understood | Verdict:
    try:
        admitted = admit(path)
        flat = read(admitted)
    except Refused as refused:
        finding = Finding(rule=refused.code, severity=Severity.FATAL, message=refused.message, remedy=refused.remedy)
        return Verdict(file=str(path), status=Status.UNREADABLE, findings=(finding,))
    identity = identify(flat)
    kind = form_of(identity.form, only) if identity else None
    if identity is None or kind is None:
        return _foreign(path, admitted.sha256, identity, [_not_ours(identity, only)])
    plan = blank_plan(kind)
    structure = check_structure(flat, kind, plan, identity)
    if any(finding.severity is Severity.FATAL for finding in structure):
        return _foreign(path, admitted.sha256, identity, structure)
    formulas = sort_formulas(flat, plan)
    content, values = extract(flat, kind, identity, formulas, (str(path), admitted.sha256))
    return _Understood(kind, content, [*structure, *values, *examine(flat, kind, plan, formulas)])


def _foreign(path: Path, sha256: str, identity: Identity | None, findings: Sequence[Finding]) -> Verdict:
    told = identity or Identity()
    return Verdict(
        file=str(path),
        status=Status.FOREIGN,
        findings=tuple(findings),
        sha256=sha256,
        form=told.form,
        version=told.version,
        unit=told.unit,
        period=told.period,
    )


def _not_ours(identity: Identity | None, only: Instrument | None) -> Finding:
    if identity is None:
        message = "不是本系统发出的表：没有表样标识"
        remedy = "请用收到的模板填写，不要把数据复制到新建的工作簿里。"
        return Finding(rule="FORM-01", severity=Severity.FATAL, message=message, remedy=remedy)
    wanted = f"，要的是“{only.form.id}”" if only else ""
    message = f"是另一种报表的表样“{identity.form[:40]}”{wanted}"
    return Finding(rule="FORM-02", severity=Severity.FATAL, message=message, remedy="请确认报送的是哪一张表。")


def _spread(batches: Sequence[list[Path]], form: str, jobs: int) -> Iterator[list[Verdict]]:
    """Batches over worker processes, started afresh (as Windows does); results in order."""
    context = multiprocessing.get_context("spawn")
    done = 0
    try:
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            for result in pool.map(verify_batch, batches, [form] * len(batches)):
                done += 1
                yield result
    except BrokenProcessPool:
        for batch in batches[done:]:
            yield [_alone(path, form) for path in batch]


def _alone(path: Path, form: str) -> Verdict:
    """One file in a process of its own: if that dies, the file is at fault, and only that file."""
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(verify_batch, [path], form).result()[0]
    except BrokenProcessPool:
        message = "读取这个文件时程序中止，文件可能已损坏"
        remedy = "请在 Excel 或 WPS 中打开后另存，再报送。"
        finding = Finding(rule="FILE-99", severity=Severity.FATAL, message=message, remedy=remedy)
        return Verdict(file=str(path), status=Status.UNREADABLE, findings=(finding,))
