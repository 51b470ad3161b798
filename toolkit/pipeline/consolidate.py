"""The one command on a folder of workbooks: verify, sum, check the sums, write the book, the tables and the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from toolkit.boundary import guarded
from toolkit.checks.confront import confront
from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.aggregate import as_return
from toolkit.consolidation.aggregate import consolidate as add_up
from toolkit.consolidation.alike import alike
from toolkit.consolidation.book import write_book
from toolkit.consolidation.tables import long_csv
from toolkit.consolidation.tables import long_parquet
from toolkit.consolidation.tables import sums_json
from toolkit.errors import UsageError
from toolkit.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.finding import Severity
from toolkit.model.returns import Verdict
from toolkit.pipeline.exchange import Tally
from toolkit.pipeline.exchange import document_json
from toolkit.pipeline.exchange import verdict_json
from toolkit.pipeline.failures import failed_step
from toolkit.pipeline.failures import finding_of_step
from toolkit.pipeline.failures import step
from toolkit.pipeline.files import RESULTS
from toolkit.pipeline.files import inputs
from toolkit.pipeline.files import write
from toolkit.pipeline.instruments import instrument
from toolkit.pipeline.members import over_members
from toolkit.pipeline.report import area_document
from toolkit.pipeline.report import write_companion
from toolkit.pipeline.report import write_document
from toolkit.pipeline.verify import Progress
from toolkit.pipeline.verify import verify

BOOK, TABLE, FIGURES, PARQUET = "汇总表.xlsx", "汇总明细.csv", "汇总数.json", "汇总明细.parquet"
ALL_FORMATS = ("docx", "html", "pdf", "md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What ``consolidate`` did: verdicts, the sum, findings on the sum, files written, and what could not be done."""

    verdicts: tuple[Verdict, ...]
    consolidation: Consolidation
    findings: tuple[Finding, ...]
    files: tuple[Path, ...]
    tally: Tally
    faults: tuple[str, ...] = ()

    def exit_code(self, fail_on: str) -> int:
        """The contract's, counting findings on the sum as well."""
        if self.faults:
            return 4
        extra = Tally()
        for finding in self.findings:
            extra.severities[finding.severity] += 1
        return max(self.tally.exit_code(fail_on), extra.exit_code(fail_on))


def gather(
    folder: Path, form: str, jobs: int = 1, progress: Progress | None = None
) -> tuple[Instrument, list[Verdict]]:
    """The verdicts on all workbooks of a folder, and the form that most of them are."""
    if not folder.is_dir():
        raise UsageError(f"{folder}：不是文件夹。请给出装着各单位工作簿的文件夹。")
    files = inputs([folder])
    if not files:
        raise UsageError(f"{folder}：文件夹里没有工作簿。请把收到的表放进去再运行。")
    verdicts = [_within(folder, verdict) for verdict in verify(files, form, jobs, progress)]
    ids = [v.form for v in verdicts if v.content is not None]
    return instrument(form or (max(dict.fromkeys(ids), key=ids.count) if ids else "")), verdicts


def _within(folder: Path, verdict: Verdict) -> Verdict:
    """A verdict whose file is named from the folder on: what is handed on says nothing about this machine."""
    path = Path(verdict.file)
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
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
    found, told = over_members(total, "各单位的数和文字是否照抄的比较", lambda part: list(alike(part)))
    return [*found, *map(finding_of_step, told)]


def rules_on_sum(kind: Instrument, total: Consolidation, body: str = "") -> list[Finding]:
    """What the rules say of a sum; ``body`` is the kind of body whose report it is, where that is known."""

    def found() -> list[Finding]:
        told, _ = confront(kind, [as_return(total, "汇总", body)])[0]
        single = {rule.id for rule in kind.form.rules if rule.singly}
        return [_explained(finding, total) for finding in told if finding.rule not in single]

    return guarded(found, lambda failure: [finding_of_step(failed_step("汇总数的核对", failure))])


def _explained(finding: Finding, total: Consolidation) -> Finding:
    """A finding on the sum that is nothing but what its members have explained carries their explanations."""
    alike = [
        (verdict.unit, one)
        for verdict in total.members
        for one in verdict.findings
        if one.fingerprint == finding.fingerprint and one.cells == finding.cells
    ]
    gap = sum((one.difference or Decimal(0) for _, one in alike), Decimal(0))
    if finding.severity is not Severity.VERIFY or gap != finding.difference or not all(f.explanation for _, f in alike):
        return replace(finding, remedy="请核对这些单位的数；如情况属实，请在报告中说明。")
    return replace(finding, explanation="；".join(f"{unit}：{one.explanation}" for unit, one in alike))


def consolidate(  # noqa: PLR0913 - one parameter an option of the command
    folder: Path,
    output: Path | None = None,
    *,
    name: str = "",
    form: str = "",
    everything: bool = False,
    parquet: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Outcome:
    """Consolidate a plain folder of workbooks into ``output`` (default ``成果/`` in that folder)."""
    kind, verdicts = gather(folder, form, jobs, progress)
    total, found = summed(kind, verdicts, everything=everything)
    tally = Tally()
    for verdict in verdicts:
        tally.add(verdict)
    target = output or folder / RESULTS
    checked = document_json([verdict_json(v) for v in verdicts], tally)
    files = [write(target / "校验结果.json", json.dumps(checked, ensure_ascii=False, indent=1).encode())]
    faults: list[str] = []
    if total.members:
        files += _sum_files(total, name or folder.resolve().name, target, found, faults)
        files += step(PARQUET, faults, lambda: [write(target / PARQUET, long_parquet(total))]) if parquet else []
    return Outcome(
        verdicts=tuple(verdicts),
        consolidation=total,
        findings=tuple(found),
        files=tuple(files),
        tally=tally,
        faults=tuple(faults),
    )


def _sum_files(
    total: Consolidation, title: str, target: Path, found: Sequence[Finding], faults: list[str]
) -> list[Path]:
    """The book, the tables, the report and what goes with it; what the program fails on costs only its own file."""
    kind = total.instrument
    return [
        *step(BOOK, faults, lambda: [write(target / BOOK, write_book(kind, total, title, found))]),
        *step(TABLE, faults, lambda: [write(target / TABLE, long_csv(total))]),
        *step(FIGURES, faults, lambda: [write(target / FIGURES, sums_json(total))]),
        *step(
            "汇总报告",
            faults,
            lambda: [*write_document(kind, area_document(total, title), ALL_FORMATS, target).files.values()],
        ),
        *step("摘编", faults, lambda: write_companion(total, title, target, faults)),
    ]
