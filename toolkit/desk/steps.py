"""What her buttons do: each calls the function of the pipeline that the command of its name calls, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.folder import INBOX, ISSUED, OUTBOX, RESULTS, RETURNED
from toolkit.errors import sentence_of
from toolkit.pipeline.reports.documents import ALL_FORMATS
from toolkit.pipeline.reports.report import write_up
from toolkit.pipeline.reports.word import hand_in, read_back
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import Round, open_round
from toolkit.pipeline.round.sending.distribute import distribute
from toolkit.pipeline.round.standing import claim, decide
from toolkit.pipeline.round.start import Started, start
from toolkit.pipeline.round.status import take_stock
from toolkit.pipeline.verify import Progress

#: Where polished reports are put, and what is published of them; what she may fetch: not the books, with the key.
PUBLISHED = "公布"
SHELVES = (ISSUED, RETURNED, OUTBOX, RESULTS, PUBLISHED)


@dataclass(slots=True)
class Job:
    """A button that was pressed: what she typed and the file that it is about; how far it is; what came of it.

    ``result`` is the pipeline's record, ``failure`` the sentence on why there is none; the templates tell of both.
    """

    key: str
    folder: Path
    typed: Mapping[str, str]
    file: Path
    stage: str = ""
    total: int = 0
    done: list[int] = field(default_factory=list)
    running: bool = True
    failure: str = ""
    result: object = None

    def run(self) -> None:
        """Do it to its end, whatever that is."""
        try:
            self.result = STEPS[self.key].work(self)
        except Exception as error:  # noqa: BLE001 - the last line of defence, as for a command
            self.failure = sentence_of(error)
        finally:
            self.running = False

    def begin(self, title: str, total: int) -> Progress:
        """A stage of it begins, as of `Stages`."""
        self.stage, self.total, self.done = title, total, []
        return self.done.append


class Step(NamedTuple):
    """What a button does and needs typed; files go ``into`` a folder, or the newest ``like`` that there is meant."""

    work: Callable[[Job], object]
    needs: tuple[str, ...] = ()
    into: str = ""
    like: str = ""


def _in_round(work: Callable[[Round, Job], object]) -> Callable[[Job], object]:
    """A step that no other run may disturb."""

    def alone(job: Job) -> object:
        with open_round(job.folder) as round_:
            return work(round_, job)

    return alone


def _start(job: Job) -> Started:
    typed, at = job.typed, (job.folder, job.typed["period"], job.file)
    prior = Path(typed["previous"]) if typed["previous"] else None
    return start(*at, form=typed["form"], prior=prior, name=typed["name"], deadline=typed["deadline"], office=typed)


def _pin(round_: Round, job: Job) -> None:
    decide(round_, "pin", round_.roster.by_code[job.typed["unit"]], int(job.typed["revision"]), job.typed["reason"])


_WORD = PUBLISHED, "*.docx"
STEPS = {
    "start": Step(_start, ("period",), like="*"),
    "distribute": Step(_in_round(lambda round_, job: distribute(round_, job.begin))),
    "collect": Step(_in_round(lambda round_, job: take_stock(round_, collect(round_, stages=job.begin))), (), INBOX),
    "consolidate": Step(_in_round(lambda round_, job: consolidate_round(round_, stages=job.begin))),
    "report": Step(lambda job: write_up(job.folder, ",".join(ALL_FORMATS), None)),
    "claim": Step(_in_round(lambda round_, job: claim(round_, job.typed["file"], job.typed["unit"])), ("unit",)),
    "pin": Step(_in_round(_pin), ("unit", "revision", "reason")),
    "submit": Step(lambda job: hand_in(job.file, job.folder), (), *_WORD),
    "approve": Step(lambda job: hand_in(job.file, job.folder, job.typed["by"]), ("by",), *_WORD),
    "publish": Step(
        lambda job: read_back(job.file, job.folder, job.folder / PUBLISHED, anyway=job.typed["anyway"]), (), *_WORD
    ),
}
