"""From files to verdicts: every file ends in exactly one status, and one bad file never stops the run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from os.path import getsize, isfile
from pathlib import Path

from toolkit.boundary import guarded
from toolkit.checks.narrative.claims import readings_of
from toolkit.checks.prior import with_context
from toolkit.instrument.catalogue import form_of, load
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import Breaker, failed
from toolkit.io.workers import BATCH, MANY, Crew, Runner, each, light, portions
from toolkit.model.codes import Code
from toolkit.model.finding import FigureReading, Finding
from toolkit.model.form import CONTROLS
from toolkit.model.period import Period, on_file
from toolkit.model.returns import Context, ReadResult, Return, Submission, Verdict
from toolkit.model.sentences import worded
from toolkit.pipeline.read_return import judged, loaded, understand_bytes, unsigned
from toolkit.text import name_key, shortened
from toolkit.workbook.intake.gate import admit, whole
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.structure import identify, plan_for
from toolkit.workbook.seen import SeenCell, seen_otherwise

Progress = Callable[[int], None]
#: Told where a stage begins, and how much there is to do (0: not counted); gives what is told how much was done.
Stages = Callable[[str, int], Progress]


def silent(_title: str, _total: int) -> Progress:
    """Stages that nobody is told of."""
    return lambda _: None


def runner(files: int, jobs: int = 0, scheduler: str = "") -> Runner:
    """The engine for so many files: ``jobs`` processes here (0: as many as pay), or Dask's scheduler at an address."""
    if scheduler:
        from toolkit.io.cluster import Cluster  # noqa: PLC0415 - only for who has one

        return Cluster(scheduler)
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return Crew(jobs or (usable if files > MANY else 1))


def verify(  # noqa: PLR0913, PLR0917 - what is asked, and how it is done
    files: Sequence[Path],
    form: str = "",
    jobs: int = 0,
    progress: Progress | None = None,
    prior: PriorReturns | None = None,
    scheduler: str = "",
) -> Iterator[Verdict]:
    """The verdict on each file, in the order of ``files``.

    ``form`` names the only form that is wanted; ``prior`` holds last year's returns to compare with; ``jobs`` and
    ``scheduler`` as of `runner`.
    """
    task = partial(verify_batch, form=form, prior=prior)
    breaker = Breaker(len(files))
    with Crew(0) if light(list(map(_size, files[:2]))) else runner(len(files), jobs, scheduler) as engine:
        for portion in portions(files, BATCH * max(1, engine.jobs), _size):
            pairs = [(str(path), loaded(partial(whole, path))) for path in portion]
            for verdict in engine.run(task, pairs, lambda pair, failure: failed(pair[0], failure)):
                breaker.count([verdict])
                if progress:
                    progress(1)
                yield verdict


def _size(path: Path) -> int:
    return getsize(path) if isfile(path) else 0  # noqa: PTH113, PTH202 - never an error


def verify_batch(
    files: Sequence[tuple[str, bytes | Exception]], form: str = "", prior: PriorReturns | None = None
) -> list[Verdict]:
    """The verdicts on a few files, by name and content, in order."""
    return judged([_understood(name, data, form, prior) for name, data in each(files)])


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


def _understood(name: str, data: bytes | Exception, form: str, prior: PriorReturns | None) -> ReadResult:
    found = unsigned(understand_bytes(name, data, form))
    return guarded(lambda: prior.beside(found), partial(failed, name)) if prior else found


#: Form, period, and a unit's code or name.
Key = tuple[str, str, str]
#: Characters of a unit's name in a message.
_QUOTED = 40


@dataclass(frozen=True)
class PriorReturns:
    """Returns of an earlier time, by unit: accepted ones, and where there is none, what else could be read.

    ``twice`` are units that have several which differ, ``doubted`` those whose return was not accepted.
    """

    returns: Mapping[Key, Return]
    twice: frozenset[Key]
    doubted: frozenset[Key] = frozenset()

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> PriorReturns:
        """The returns of these verdicts."""
        first: dict[Key, Return] = {}
        twice: set[Key] = set()
        doubted: set[Key] = set()
        for verdict in sorted(verdicts, key=lambda one: not one.status.counts):
            if (content := verdict.content) is None:
                continue
            for key in _keys([verdict.form.removesuffix(CONTROLS)], content, content.period):
                if key in first and key not in doubted and not verdict.status.counts:
                    continue
                doubted |= set() if verdict.status.counts else {key}
                twice |= {key} if filled_figures(first.setdefault(key, content)) != filled_figures(content) else set()
        return cls(first, frozenset(twice), frozenset(doubted))

    def beside(self, found: ReadResult) -> ReadResult:
        """A return with last year's figures and texts, if they are at hand; a note if they are not, or not accepted."""
        if isinstance(found, Verdict):
            return found
        kind, content = load(found.form), found.content
        now = Period.known(content.period, kind.form.period_kind)
        forms = (kind.form.base, *kind.form.renames)

        def known(period: Period) -> Key | None:
            keys = _keys(forms, content, period)
            return next((key for key in keys if key in self.returns and key not in self.twice), None)

        def figures(period: Period) -> Mapping[str, Decimal] | None:
            key = known(period)
            return filled_figures(self.returns[key].under(kind.form)) if key and key not in self.doubted else None

        year = known(now.prior) if now else None
        filed = earlier_figures(kind, now, figures) if now else {}
        if now is None or year is None:
            several = now and any(key in self.twice for key in _keys(forms, content, now.prior))
            noted = _noted(found, "several" if several else "none")
            return with_context(kind, noted, Context(prior=filed)) if filed else noted
        prior, doubted = self.returns[year].under(kind.form), year in self.doubted
        context = Context(prior=filed | filled_figures(prior), prior_texts=filled_texts(prior), doubted=doubted)
        return with_context(kind, _noted(found, "doubted") if doubted else found, context)


def _noted(found: Submission, fault: str) -> Submission:
    note = worded(Code.FORM_13, fault, unit=shortened(found.content.unit, _QUOTED))
    return replace(found, findings=(*found.findings, Finding.at(note)))


def filled_figures(content: Return) -> dict[str, Decimal]:
    """Every figure that was filled in."""
    return {name: value for name, value in content.numbers.items() if value is not None}


def filled_texts(content: Return) -> dict[str, str]:
    """Every text that says something."""
    return {name: text for name, text in content.texts.items() if text}


def earlier_figures(
    kind: Instrument, now: Period, of: Callable[[Period], Mapping[str, Decimal] | None]
) -> dict[str, Decimal]:
    """What is on file of the times before a period: all of a year before, of others what rules name.

    ``of`` gives a unit's figures of a period, None where they are not at hand: what rests on them is not there then.
    """
    told = dict(of(now.prior) or {})
    for name, (variable, time) in {name: on_file(name) for name in kind.rules.prior}.items():
        parts = [(of(one) or {}).get(variable) for one in now.earlier[time]] if time else [None]
        known = [part for part in parts if part is not None]
        if len(known) == len(parts):
            told[name] = sum(known, Decimal(0))
    return told


def _keys(forms: Iterable[str], content: Return, period: Period | str) -> list[Key]:
    """A unit's code and its name, for a period."""
    names = (content.identity.code, name_key(content.unit))
    return [(form, str(period), name) for form in forms for name in names if name]
