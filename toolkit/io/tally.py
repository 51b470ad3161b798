"""What was found, counted, and the exit code that follows from it by the contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from toolkit.model.finding import FAIL_ON, Severity, Status
from toolkit.model.returns import Verdict


def exit_code(fail_on: str, found: Iterable[Severity], *, unread: bool = False, faults: bool = False) -> int:
    """4 where the program failed on a result, 3 where input is unread or foreign, 1 for what ``fail_on`` names."""
    return 4 if faults else 3 if unread else int(not FAIL_ON[fail_on].isdisjoint(found))


@dataclass
class Tally:
    """Counts of files, statuses and findings, kept while verdicts pass by."""

    files: int = 0
    statuses: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    severities: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))
    notes: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Tally:
        """The counts of all of them."""
        tally = cls()
        for verdict in verdicts:
            tally.add(verdict)
        return tally

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.files += 1
        self.statuses[verdict.status] += 1
        for finding in verdict.findings:
            self.severities[finding.severity] += 1
            if finding.severity is Severity.NOTE:
                self.notes[finding.rule] += 1

    @property
    def summary(self) -> dict[str, int]:
        """The ``summary`` of the JSON contract: files, and how many of each status and severity."""
        return {
            "files": self.files,
            **{status.value: count for status, count in self.statuses.items()},
            **{severity.value: count for severity, count in self.severities.items()},
        }

    @property
    def unread(self) -> bool:
        """Whether a file could not be read, or is none of ours."""
        return self.statuses[Status.UNREADABLE] + self.statuses[Status.FOREIGN] > 0

    def exit_code(self, fail_on: str) -> int:
        """The contract's."""
        return exit_code(fail_on, [level for level, count in self.severities.items() if count], unread=self.unread)
