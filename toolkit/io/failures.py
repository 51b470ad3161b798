"""Files on which the program failed: a finding each, and a stop where they are so many that the fault must be ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from toolkit.boundary import DIED, SLOW, SWOLLEN, Failure, guarded
from toolkit.errors import ProgramError
from toolkit.model.codes import PROGRAM_FAILED
from toolkit.model.finding import Finding, Statement, Status
from toolkit.model.returns import FiledVerdict, Return, Verdict
from toolkit.model.sentences import worded

T = TypeVar("T")
_MOST, _SHARE, _NAMED = 10, 0.05, 5
#: The limits of `io.limits`, by what is said of a file beyond them.
_LIMITS = {SLOW: "slow", SWOLLEN: "large", DIED: "died"}


def failed(file: str, failure: Failure, content: Return | None = None) -> Verdict:
    """The verdict on a file on which the program failed; ``content`` says whose it is, where that was read."""
    fault = _LIMITS.get(replace(failure, place=""), "file")
    finding = Finding.at(worded(PROGRAM_FAILED, fault, failure=failure))
    out = Verdict(file=file, status=Status.UNREADABLE, findings=(finding,))
    if content is None:
        return out
    told = content.identity
    out = replace(out, sha256=content.sha256, form=told.form, version=told.version)
    return replace(FiledVerdict.of(out), unit=content.unit, period=content.period, code=told.code)


def step(what: str, faults: list[str], work: Callable[[], Sequence[T]]) -> list[T]:
    """What a step gives; nothing, and a line among the faults, where the program fails in it."""

    def told(failure: Failure) -> list[T]:
        faults.append(failed_step(what, failure).line)
        return []

    return guarded(lambda: list(work()), told)


def failed_step(what: str, failure: Failure) -> Statement:
    """What is said of a step that is left out because the program failed in it."""
    return worded(PROGRAM_FAILED, "step", step=what, failure=failure)


@dataclass(slots=True)
class Breaker:
    """Stops a run in which the program fails on many files; ``files`` counts those there are to judge."""

    files: int
    names: list[str] = field(default_factory=list)

    def count(self, verdicts: Iterable[Verdict]) -> None:
        """Count the failures among these verdicts; ProgramError where they are too many of all files."""
        self.names += [verdict.file for verdict in verdicts if verdict.by_our_fault]
        if len(self.names) > max(_MOST, self.files * _SHARE):
            raise ProgramError(self.names[:_NAMED], len(self.names), self.files)
