"""Statutory report forms that travel as spreadsheets, for programs.

One function a command, with its defaults; what a function gives is what the command prints. Figures are exact Decimals.
Nothing here writes to the screen. Every function raises `Error` with a sentence in Chinese, made to be shown to a
clerk; ``docs/api.md`` shows all of it at work. ``jobs`` is how many processes are used; 0 as many as pay, as in the
commands: all processors above 100 files.

>>> import xxgk
>>> (verdict,) = xxgk.verify("samples/yunling-2025/住建局.xlsx")
>>> verdict.unit, str(verdict.status)
('云岭区住房和城乡建设局', 'accepted')
>>> verdict.content.numbers["requests.new.total"]
Decimal('63')
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit import __version__
from toolkit.errors import ToolkitError as Error
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Return, Verdict

if TYPE_CHECKING:
    from toolkit.pipeline.round.collect import Collected
    from toolkit.pipeline.round.open import Round
    from toolkit.pipeline.round.sending.distribute import Issued
    from toolkit.pipeline.round.start import Started
    from toolkit.pipeline.round.status import Run

__all__ = [
    "Error",
    "Finding",
    "Return",
    "Severity",
    "Status",
    "Verdict",
    "__version__",
    "collect",
    "consolidate",
    "distribute",
    "open_round",
    "report",
    "start",
    "template",
    "verify",
]

AnyPath = str | PathLike[str]


def verify(
    paths: AnyPath | Iterable[AnyPath], *, form: str = "", previous: AnyPath | None = None, jobs: int = 0
) -> list[Verdict]:
    """The verdict on each workbook named, and on each in the folders named, in the order of names.

    ``form`` names the only form that is wanted; ``previous`` is a folder with last year's workbooks, or last year's
    round. Every file ends in exactly one status; a file that cannot be read is a verdict and not an exception.

    >>> (verdict,) = verify("samples/yunling-2025/自然资源局.xlsx")
    >>> [(one.rule, one.cell) for one in verdict.findings if one.severity is Severity.ERROR]
    [('BAL-01', 'D6')]
    """
    from toolkit.pipeline.read_return import inputs  # noqa: PLC0415 - `import xxgk` costs little
    from toolkit.pipeline.round.prior import prior_returns  # noqa: PLC0415 - the same
    from toolkit.pipeline.verify import verify as verdicts  # noqa: PLC0415 - the same

    named = [paths] if isinstance(paths, str | PathLike) else list(paths)
    prior = prior_returns(Path(previous), form) if previous is not None else None
    return list(verdicts(inputs(map(Path, named)), form, jobs, prior=prior))


def template(target: AnyPath | None = None, *, form: str = "", period: str = "", unit: str = "") -> Path:
    """Write one blank workbook to ``target``, or into the current folder under its own name; gives where it is."""
    from toolkit.pipeline.round.sending.distribute import template as write  # noqa: PLC0415 - `import xxgk` costs little

    return write(form, period, unit, Path(target) if target is not None else None)


def start(  # noqa: PLR0913 - one parameter an option of the command
    folder: AnyPath,
    period: str,
    roster: AnyPath,
    *,
    form: str = "",
    previous: AnyPath | None = None,
    name: str = "",
    deadline: date | None = None,
) -> Started:
    """Make the folder of a round from a roster (.xlsx or .csv); gives how many units report, and what to tell.

    ``name`` is what the report of the sum is called. Nothing is made if anything is wrong.
    """
    from toolkit.pipeline.round.start import start as make  # noqa: PLC0415 - `import xxgk` costs little

    prior = Path(previous) if previous is not None else None
    return make(Path(folder), period, Path(roster), form=form, prior=prior, name=name, deadline=deadline)


def open_round(folder: AnyPath = ".", *, writing: bool = True) -> AbstractContextManager[Round]:
    """A round, opened for as long as the ``with`` block lasts; with ``writing`` no other program may be at work in it.

    Its ``roster``, ``settings``, ``ledger`` and ``kind`` (the form) are there to be read; `distribute`, `collect` and
    `consolidate` take it in place of a folder.
    """
    from toolkit.pipeline.round.open import open_round as opened  # noqa: PLC0415 - `import xxgk` costs little

    return opened(Path(folder), alone=writing)


def distribute(round_: AnyPath | Round = ".") -> Issued:
    """Write a personal workbook for every unit of a round; what is there and still right stays as it is."""
    from toolkit.pipeline.round.sending.distribute import distribute as issue  # noqa: PLC0415 - `import xxgk` costs little

    with _opened(round_) as one:
        return issue(one)


def collect(round_: AnyPath | Round = ".", *, jobs: int = 0, received: date | None = None) -> Collected:
    """Take in and verify what lies in the inbox; the statuses of what it gives add up to the entries there.

    ``received`` is the day it really came, if not today.
    """
    from toolkit.pipeline.round.collect import collect as take  # noqa: PLC0415 - `import xxgk` costs little

    with _opened(round_) as one:
        return take(one, jobs, received=received)


def consolidate(
    folder: AnyPath | Round = ".", *, target: AnyPath | None = None, reports: bool = True, jobs: int = 0
) -> Run:
    """The whole way of a round: collect, verify, hand back, add up, write reports and the board.

    Of a folder without a round: verify and add up its workbooks. ``target`` is where results go, if not into 成果/
    there; ``reports`` tells whether each unit gets a report.
    """
    from toolkit.pipeline.consolidate import SumRequest, consolidate_folder  # noqa: PLC0415 - `import xxgk` costs little
    from toolkit.pipeline.round.consolidate import consolidate_round  # noqa: PLC0415 - the same
    from toolkit.pipeline.round.open import find_round  # noqa: PLC0415 - the same

    wanted = SumRequest(target=Path(target) if target is not None else None, reports=reports, jobs=jobs)
    if isinstance(folder, str | PathLike) and find_round(Path(folder)) is None:
        return consolidate_folder(Path(folder), wanted)
    with _opened(folder) as one:
        return consolidate_round(one, wanted)


def report(
    source: AnyPath, to: str = "docx,html,pdf,md", *, target: AnyPath | None = None, name: str = "", form: str = ""
) -> Run:
    """Write the report of a workbook, or of the sum of a folder or round, in the formats named.

    ``target`` is the folder that it goes to, ``name`` what the report of a sum is called.
    """
    from toolkit.pipeline.reports.report import write_up  # noqa: PLC0415 - `import xxgk` costs little

    return write_up(Path(source), to, Path(target) if target is not None else None, name=name, form=form)


def _opened(round_: AnyPath | Round) -> AbstractContextManager[Round]:
    from contextlib import nullcontext  # noqa: PLC0415 - `import xxgk` costs little

    return open_round(round_) if isinstance(round_, str | PathLike) else nullcontext(round_)
