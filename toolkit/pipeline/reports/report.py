"""The report command: one return, or the sum of a folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.collection.folder import RESULTS
from toolkit.consolidation.aggregate import Consolidation, aggregate, as_submission
from toolkit.consolidation.findings import completeness
from toolkit.errors import UsageError
from toolkit.instrument.instrument import Instrument
from toolkit.io.files import as_text
from toolkit.io.tally import Tally
from toolkit.model.finding import Finding
from toolkit.model.returns import Submission, Verdict
from toolkit.pipeline.consolidate import verdicts_in
from toolkit.pipeline.read_return import inputs
from toolkit.pipeline.reports.documents import Written, area_document, formats, return_document, write_document
from toolkit.pipeline.round.consolidate import add_up
from toolkit.pipeline.round.open import find_round, open_round
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.round.status import Run
from toolkit.pipeline.verify import verify
from toolkit.report.document.blocks import Document
from toolkit.report.word.gate import read_word
from toolkit.report.writing.gaps import ALONE, SummedArea


def write_up(  # noqa: PLR0913 - one parameter an option of the command
    source: Path, to: str, target: Path | None, *, name: str = "", form: str = "", template: bytes | None = None
) -> Run:
    """Write the report of a workbook beside it, or of a folder's sum into ``成果/`` there; ``target`` overrides.

    ``template`` is the office's own Word template.
    """
    wanted, found = formats(to), read_source(source, name=name, form=form)
    written = Written({})
    if found.draft is not None:
        own = read_word(found.template) if template is None and found.template else template
        written = write_document(found.draft.kind, found.draft.document, wanted, target or found.results, own)
    known = Run(verdicts=found.verdicts, unread=Tally.of(found.verdicts).unread, total=found.total)
    return replace(known, files=tuple(written.files.values()), left=written.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReport:
    """A report with the form and the data it was written from; ``open`` tells what is missing in them."""

    kind: Instrument
    submission: Submission
    document: Document
    open: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSource:
    """``draft`` is None where nothing was read, or nothing counts; ``total`` is the sum of several returns.

    ``results`` is where reports of it go, ``template`` the Word template that a round names.
    """

    verdicts: tuple[Verdict, ...]
    draft: DraftReport | None
    results: Path
    total: Consolidation | None = None
    template: Path | None = None


def read_source(source: Path, *, name: str = "", form: str = "", asked: str = "xxgk report") -> ReportSource:
    """Verify and add up; ``name`` calls a sum, ``asked`` is as in `find_round`. UsageError for a name of no sum."""
    if source.is_dir() and (place := find_round(source, asked=asked)) is not None:
        return _round(place, name)
    if source.is_dir():
        kind, verdicts = verdicts_in(source, form)
        total = aggregate(kind, verdicts)
        draft = _draft(total, as_text(name or source.resolve().name))
        return ReportSource(verdicts=tuple(verdicts), draft=draft, results=source / RESULTS, total=total)
    if name:
        raise UsageError("--name 是汇总报告的名称；一份表的报告用封面上的单位名称，请去掉 --name。")
    (verdict,) = verify(inputs([source]), form)
    draft = None
    if (submission := verdict.submission) is not None:
        kind, document = return_document(verdict, form)
        draft = DraftReport(kind=kind, submission=submission, document=document)
    return ReportSource(verdicts=(verdict,), draft=draft, results=source.parent)


def _round(source: Path, name: str) -> ReportSource:
    """What is in a round's ledger; nothing is collected."""
    with open_round(source, alone=False) as round_:
        found = standings(round_)
        total = add_up(round_, found).total
        return ReportSource(
            verdicts=tuple(one.verdict for one in found if one.state.counts and one.verdict is not None),
            draft=_draft(total, as_text(name or round_.name), round_.about),
            results=round_.folder.results,
            total=total,
            template=round_.template,
        )


def _draft(total: Consolidation, name: str, area: SummedArea = ALONE) -> DraftReport | None:
    if not total.members:
        return None
    data, document = as_submission(total, name), area_document(total, name, area)
    return DraftReport(kind=total.instrument, submission=data, document=document, open=tuple(completeness(total)))


def traced(kind: Instrument, document: Document) -> dict[str, list[tuple[str, str]]]:
    """The generated sentences in order, each with its figures as printed and the cells these come from.

    ``申请情况!J6（……）``; a cell of one member of a sum has its unit before it.
    """
    out: dict[str, list[tuple[str, str]]] = {}
    for fact in (fact for paragraph in document.paragraphs for fact in paragraph.facts):
        spots = [
            (kind.layout.spots[name], kind.variables.get(name)) for name in fact.variables if name in kind.layout.spots
        ]
        cells = [f"{fact.unit} {spot.reference}".strip() + (f"（{one.brief}）" if one else "") for spot, one in spots]
        out.setdefault(fact.sentence, []).append((fact.text, "、".join(cells)))
    return out
