"""The one command on a folder of workbooks: verify, sum, check the sums; and the writer of what any sum results in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from toolkit.boundary import guarded
from toolkit.checks.confront import confront
from toolkit.collection.folder import CHECKED, RESULTS, SUM_BOOK, SUM_FIGURES, SUM_PARQUET, SUM_TABLE
from toolkit.consolidation.aggregate import AreaSum, Consolidation, as_submission, over_members
from toolkit.consolidation.aggregate import aggregate as add_up
from toolkit.consolidation.export import long_csv, long_parquet, sums_json
from toolkit.consolidation.findings import similar_units
from toolkit.consolidation.workbook.book import write_book
from toolkit.errors import ReportError, UsageError
from toolkit.forms.layout import key_name
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import failed_step, step
from toolkit.io.files import as_text, write
from toolkit.io.json import document_json, json_text
from toolkit.io.tally import Tally
from toolkit.model.finding import Finding, Severity
from toolkit.model.returns import Verdict
from toolkit.model.rule import NO_POLICY, Policy
from toolkit.pipeline.read_return import inputs
from toolkit.pipeline.reports.documents import ALL_FORMATS, Written, area_document, write_companion, write_document
from toolkit.pipeline.round.open import refuse_rounds, refuse_target_in_round
from toolkit.pipeline.round.status import Run
from toolkit.pipeline.verify import Stages, silent, verify
from toolkit.report.writing.gaps import ALONE, SummedArea


class SumRequest(NamedTuple):
    """What ``consolidate`` is asked for; ``name`` and ``form`` are for a folder, ``node`` and ``reports`` for a round.

    ``target`` is where the results go, ``everything`` also adds up what did not pass, ``node`` names the area of the
    tree to add up instead of the whole roster.
    """

    target: Path | None = None
    name: str = ""
    form: str = ""
    node: str = ""
    everything: bool = False
    reports: bool = True
    parquet: bool = False
    jobs: int = 0
    scheduler: str = ""


WHOLE = SumRequest()


def verdicts_in(
    folder: Path, form: str, jobs: int = 0, stages: Stages = silent, scheduler: str = ""
) -> tuple[Instrument, list[Verdict]]:
    """The verdicts on all workbooks of a plain folder, and the form that most of them are."""
    if not folder.is_dir():
        raise UsageError(f"{folder}：不是文件夹。请给出装着各单位工作簿的文件夹。")
    refuse_rounds(folder)
    files = inputs([folder])
    if not files:
        raise UsageError(f"{folder}：文件夹里没有工作簿。请把收到的表放进去再运行。")
    found = verify(files, form, jobs, stages("核对", len(files)), scheduler=scheduler)
    verdicts = [_within(folder, verdict) for verdict in found]
    ids = [v.form for v in verdicts if v.content is not None]
    return load(form or (max(dict.fromkeys(ids), key=ids.count) if ids else "")), verdicts


def _within(folder: Path, verdict: Verdict) -> Verdict:
    """A verdict whose file is named from the folder on: what is handed on says nothing about this machine.

    A name that is no text is made one, for no format could hold it.
    """
    path = Path(verdict.file)
    inner = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    name = as_text(inner)
    content = replace(verdict.content, file=name) if verdict.content else None
    return replace(verdict, file=name, content=content)


def summed(
    kind: Instrument, verdicts: Sequence[Verdict], *, everything: bool = False
) -> tuple[Consolidation, list[Finding]]:
    """The sum and what the rules say of it."""
    total = add_up(kind, verdicts, everything=everything)
    return total, [*said_of(total), *rules_on_sum(kind, total)] if total.members else []


def said_of(total: Consolidation) -> list[Finding]:
    """Which members report the same as another one."""
    found, told = over_members(total, "各单位的数和文字是否照抄的比较", lambda part: list(similar_units(part)))
    return [*found, *map(Finding.at, told)]


def rules_on_sum(kind: Instrument, total: Consolidation, body: str = "", policy: Policy = NO_POLICY) -> list[Finding]:
    """What the rules say of a sum under an office's policy; ``body`` is its kind of body, where that is known."""

    def found() -> list[Finding]:
        told, _ = confront(kind, as_submission(total, "汇总", body), policy)
        single = {rule.id for rule in kind.form.rules if rule.singly}
        # What must hold of a unit's figures need not hold of a mean, or of a greatest value.
        mixed = {name for name, one in kind.variables.items() if not one.aggregate.additive}
        told = [finding for finding in told if mixed.isdisjoint(finding.variables)]
        rules = {finding.rule for finding in told} - single
        theirs = [(one.unit, finding) for one in total.members for finding in one.findings if finding.rule in rules]
        return [_explained(finding, kind, theirs) for finding in told if finding.rule in rules]

    return guarded(found, lambda failure: [Finding.at(failed_step("汇总数的核对", failure))])


def _explained(finding: Finding, kind: Instrument, members: Sequence[tuple[str, Finding]]) -> Finding:
    """A finding on the sum that is nothing but what its members have explained carries their explanations."""
    alike = [(unit, one) for unit, one in members if one.rule == finding.rule]
    theirs = [(unit, one) for unit, one in alike if finding.cells in {one.cells, *_folded(kind, one)}]
    gap = sum((one.difference or Decimal(0) for _, one in theirs), Decimal(0))
    if gap != finding.difference or not all(one.explanation for _, one in theirs):
        return replace(finding, remedy="请核对这些单位的数；如情况属实，请在报告中说明。")
    told = "；".join(f"{unit}：{one.explanation}" for unit, one in theirs)
    # A waiver explains an error of one unit; on the sum it is no worse than there.
    return replace(finding, severity=max(finding.severity, Severity.VERIFY, key=lambda s: s.rank), explanation=told)


def _folded(kind: Instrument, finding: Finding) -> Iterator[tuple[str, ...]]:
    """The cells of the failures that a finding stands for as well."""
    for key in finding.folded:
        yield tuple(kind.layout.spots[key_name(one)].cell for one in kind.checks[key].keys)


@dataclass
class Results:
    """The files written, what failed, and the formats that this machine cannot make (each told once).

    What the program fails on, or what cannot be made, costs only its own file and is told among ``faults``.
    """

    files: list[Path] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    left: dict[str, None] = field(default_factory=dict)

    def add(self, path: Path, data: Callable[[], bytes | Iterable[bytes]]) -> None:
        """Make and write one file. OutputError where the disk refuses it."""
        self.files += step(path.name, self.faults, lambda: [write(path, data())])

    def report(self, what: str, work: Callable[[], Written], unit: str = "") -> Written | None:
        """Write a document; None where it cannot be made. ``unit`` is told before the reason."""
        try:
            made = step(what, self.faults, lambda: [work()])
        except ReportError as error:
            self.faults.append(f"{unit}：{error}" if unit else str(error))
            self.files += error.written
            return None
        for written in made:
            self.files += written.files.values()
            self.left |= dict.fromkeys(written.left)
        return made[0] if made else None

    def book(self, folder: Path, total: Consolidation, title: str, findings: Sequence[Finding] | None = None) -> None:
        """The consolidated workbook."""
        self.add(folder / SUM_BOOK, lambda: write_book(total.instrument, total, title, findings))

    def figures(self, folder: Path, total: Consolidation, areas: Sequence[AreaSum] = ()) -> None:
        """The sums as JSON."""
        self.add(folder / SUM_FIGURES, lambda: sums_json(total, areas))

    def parquet(self, folder: Path, total: Consolidation) -> Path | None:
        """The long table as Parquet; None where it cannot be made."""
        place = folder / SUM_PARQUET
        made = self.report(SUM_PARQUET, lambda: Written({"parquet": write(place, long_parquet(total))}))
        return place if made else None

    def sums(  # noqa: PLR0913 - what a sum is written from
        self,
        folder: Path,
        total: Consolidation,
        title: str,
        findings: Sequence[Finding],
        *,
        areas: Sequence[AreaSum] = (),
        template: bytes | None = None,
        area: SummedArea = ALONE,
    ) -> None:
        """Everything that a sum with members results in: workbook, tables, the report and its companion."""
        self.book(folder, total, title, findings)
        self.add(folder / SUM_TABLE, lambda: long_csv(total))
        self.figures(folder, total, areas)
        self.report(
            "汇总报告",
            lambda: write_document(total.instrument, area_document(total, title, area), ALL_FORMATS, folder, template),
        )
        self.report("摘编", lambda: write_companion(total, title, folder, self.faults, listed=area.listed))

    def record(self, run: Run, total: Consolidation, findings: Sequence[Finding]) -> Run:
        """The record of a run with the sum, what is to be said of it, and what was written."""
        written = replace(run, files=tuple(self.files), faults=tuple(self.faults), left=tuple(self.left))
        return replace(written, total=total, findings=tuple(findings))


def consolidate_folder(folder: Path, wanted: SumRequest = WHOLE, stages: Stages = silent) -> Run:
    """Consolidate a plain folder of workbooks into ``wanted.target`` (default ``成果/`` in that folder)."""
    refuse_target_in_round(wanted.target)
    kind, verdicts = verdicts_in(folder, wanted.form, wanted.jobs, stages, wanted.scheduler)
    total, found = summed(kind, verdicts, everything=wanted.everything)
    stages("写汇总结果", 0)
    target, results = wanted.target or folder / RESULTS, Results()
    results.add(target / CHECKED, lambda: json_text(document_json(verdicts)).encode())
    if total.members:
        results.sums(target, total, as_text(wanted.name or folder.resolve().name), found)
        if wanted.parquet:
            results.parquet(target, total)
    return results.record(Run(verdicts=verdicts, unread=Tally.of(verdicts).unread), total, found)
