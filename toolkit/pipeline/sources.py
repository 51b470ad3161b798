"""What a report is written from: a workbook, a plain folder of them, or a round."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.aggregate import as_return
from toolkit.errors import UsageError
from toolkit.instrument import Instrument
from toolkit.model.returns import Return
from toolkit.model.returns import Verdict
from toolkit.pipeline.consolidate import gather
from toolkit.pipeline.consolidate import summed
from toolkit.pipeline.files import RESULTS
from toolkit.pipeline.files import as_text
from toolkit.pipeline.files import inputs
from toolkit.pipeline.report import area_document
from toolkit.pipeline.report import return_document
from toolkit.pipeline.round_up import add_up
from toolkit.pipeline.rounds import find_round
from toolkit.pipeline.rounds import open_round
from toolkit.pipeline.standing import standings
from toolkit.pipeline.verify import verify
from toolkit.report.blocks import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """``made`` is the form, the data and the report; None where nothing was read, or nothing counts.

    ``results`` is where reports of it go, ``template`` the Word template that a round names.
    """

    verdicts: tuple[Verdict, ...]
    made: tuple[Instrument, Return, Document] | None
    results: Path
    scope: str = ""
    template: Path | None = None


def read_source(source: Path, *, name: str = "", form: str = "") -> Source:
    """Verify and add up; ``name`` calls a sum. UsageError for a name of what is no sum."""
    if source.is_dir() and (place := find_round(source)) is not None:
        return _round(place, name)
    if source.is_dir():
        kind, verdicts = gather(source, form)
        total, _ = summed(kind, verdicts)
        made = _made(total, as_text(name or source.resolve().name))
        return Source(verdicts=tuple(verdicts), made=made, results=source / RESULTS, scope=total.scope)
    if name:
        raise UsageError("--name 是汇总报告的名称；一份表的报告用封面上的单位名称，请去掉 --name。")
    (verdict,) = verify(inputs([source]), form)
    made = None
    if verdict.content is not None:
        kind, document = return_document(verdict, form)
        made = kind, verdict.content, document
    return Source(verdicts=(verdict,), made=made, results=source.parent)


def _round(source: Path, name: str) -> Source:
    """What is in a round's ledger; nothing is collected."""
    with open_round(source, alone=False) as round_:
        found = standings(round_)
        total, _, _ = add_up(round_, found)
        own, folder = round_.settings.template, round_.folder
        return Source(
            verdicts=tuple(one.verdict for one in found if one.state.counts and one.verdict is not None),
            made=_made(total, as_text(name or round_.name)),
            results=folder.results,
            scope=total.scope,
            template=folder.root / own if own else None,
        )


def _made(total: Consolidation, name: str) -> tuple[Instrument, Return, Document] | None:
    return (total.instrument, as_return(total, name), area_document(total, name)) if total.members else None
