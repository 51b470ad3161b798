"""The results of a sum, of a round's or of a plain folder's: one writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.collection.folder import SUM_BOOK, SUM_FIGURES, SUM_PARQUET, SUM_TABLE
from toolkit.consolidation.aggregate import AreaSum, Consolidation
from toolkit.consolidation.export import long_csv, long_parquet, sums_json
from toolkit.consolidation.workbook.book import write_book
from toolkit.errors import ReportError, ToolkitError
from toolkit.io.failures import step
from toolkit.io.files import write
from toolkit.model.finding import Finding
from toolkit.pipeline.documents import ALL_FORMATS, Written, area_document, write_companion, write_document
from toolkit.report.writing.gaps import ALONE, SummedArea


@dataclass
class Results:
    """The files written, what failed, and the formats that this machine cannot make (each told once).

    What the program fails on, or what cannot be made, costs only its own file and is told among ``faults``.
    """

    files: list[Path] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    left: dict[str, None] = field(default_factory=dict)

    def add(self, path: Path, data: Callable[[], bytes]) -> None:
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

    def parquet(self, folder: Path, total: Consolidation) -> None:
        """The long table as Parquet."""
        try:
            made = step(SUM_PARQUET, self.faults, lambda: [long_parquet(total)])
        except ToolkitError as error:
            self.faults.append(str(error))
            return
        self.files += [write(folder / SUM_PARQUET, data) for data in made]

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
