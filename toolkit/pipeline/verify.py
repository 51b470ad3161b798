"""From files to verdicts: every file ends in exactly one status, and one bad file never stops the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from toolkit.boundary import guarded
from toolkit.checks.narrative.claims import readings_of
from toolkit.instrument.catalogue import form_of, load
from toolkit.io.failures import DIED, Breaker, failed
from toolkit.io.workers import batches, spread, worth_it
from toolkit.model.finding import FigureReading
from toolkit.model.returns import Verdict
from toolkit.pipeline.prior import PriorReturns
from toolkit.pipeline.read_return import ReadResult, judged, understand_file, unsigned
from toolkit.workbook.intake.gate import admit
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.structure import identify, plan_for
from toolkit.workbook.seen import SeenCell, seen_otherwise

Progress = Callable[[int], None]
#: Told where a stage begins, and how much there is to do (0: not counted); gives what is told how much was done.
Stages = Callable[[str, int], Progress]


def silent(_title: str, _total: int) -> Progress:
    """Stages that nobody is told of."""
    return lambda _: None


def verify(
    files: Sequence[Path],
    form: str = "",
    jobs: int = 1,
    progress: Progress | None = None,
    prior: PriorReturns | None = None,
) -> Iterator[Verdict]:
    """The verdict on each file, in the order of ``files``.

    ``form`` names the only form that is wanted; ``prior`` holds last year's returns to compare with.
    """
    portions = batches(files, jobs)
    task = partial(verify_batch, form=form, prior=prior)
    if worth_it(files, jobs):
        results = spread(task, portions, jobs, lambda path: failed(str(path), DIED))
    else:
        results = (task(portion) for portion in portions)
    breaker = Breaker(len(files))
    for verdicts in results:
        breaker.count(verdicts)
        if progress:
            progress(len(verdicts))
        yield from verdicts


def verify_batch(files: Sequence[Path], form: str = "", prior: PriorReturns | None = None) -> list[Verdict]:
    """The verdicts on a few files, in order."""
    return judged([_understood(path, form, prior) for path in files])


def seen_cells(verdict: Verdict, form: str = "") -> list[SeenCell]:
    """The cells of a verified workbook that show something else than they hold; none of one that is no return."""
    if verdict.content is None:
        return []
    flat = read(admit(Path(verdict.file)))
    identity = identify(flat)
    kind = form_of(identity.form, load(form) if form else None) if identity else None
    return list(seen_otherwise(flat, kind.layout, plan_for(kind, identity), verdict.findings)) if kind else []


def figures_in_texts(verdict: Verdict, form: str = "") -> list[FigureReading]:
    """Every figure in the texts of a file, with what it was held against; none where the file was not understood."""
    found = verdict.submission
    return readings_of(load(form or verdict.form), found) if found is not None else []


def _understood(path: Path, form: str, prior: PriorReturns | None) -> ReadResult:
    found = unsigned(understand_file(path, form))
    if prior is None:
        return found
    return guarded(lambda: prior.beside(found), partial(failed, str(path)))
