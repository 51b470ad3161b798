"""The report command: one return, or the sum of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.model.returns import Verdict
from toolkit.pipeline.consolidate import gather
from toolkit.pipeline.consolidate import summed
from toolkit.pipeline.exchange import Tally
from toolkit.pipeline.files import RESULTS
from toolkit.pipeline.files import inputs
from toolkit.pipeline.files import is_round
from toolkit.pipeline.report import area_document
from toolkit.pipeline.report import formats
from toolkit.pipeline.report import return_document
from toolkit.pipeline.report import write_document
from toolkit.pipeline.round_files import own_template
from toolkit.pipeline.round_up import add_up
from toolkit.pipeline.rounds import open_round
from toolkit.pipeline.standing import standings
from toolkit.pipeline.verify import verify

NAMED_BY_COVER = "--name 是汇总报告的名称；一份表的报告用封面上的单位名称，请去掉 --name。"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUp:
    """What was verified and written."""

    verdicts: tuple[Verdict, ...]
    tally: Tally
    files: tuple[Path, ...]
    scope: str = ""


def write_up(  # noqa: PLR0913 - one parameter an option of the command
    source: Path, to: str, target: Path | None, *, name: str = "", form: str = "", template: bytes | None = None
) -> WriteUp:
    """Write the report of a workbook beside it, or of a folder's sum into ``成果/`` there; ``target`` overrides.

    ``template`` is the office's own Word template.
    """
    wanted = formats(to)
    if is_round(source):
        return _round(source, wanted, target, name, template)
    if source.is_dir():
        return _folder(source, (wanted, template), target or source / RESULTS, name or source.resolve().name, form)
    if name:
        raise UsageError(NAMED_BY_COVER)
    (verdict,) = verify(inputs([source]), form)
    files: tuple[Path, ...] = ()
    if verdict.content is not None:
        kind, document = return_document(verdict, form)
        files = tuple(write_document(kind, document, wanted, target or source.parent, template).files.values())
    return WriteUp(verdicts=(verdict,), tally=_tally([verdict]), files=files)


def _folder(source: Path, how: tuple[list[str], bytes | None], target: Path, name: str, form: str) -> WriteUp:
    wanted, template = how
    kind, verdicts = gather(source, form)
    total, _ = summed(kind, verdicts)
    files: tuple[Path, ...] = ()
    if total.members:
        files = tuple(write_document(kind, area_document(total, name), wanted, target, template).files.values())
    return WriteUp(verdicts=tuple(verdicts), tally=_tally(verdicts), files=files, scope=total.scope)


def _round(source: Path, wanted: list[str], target: Path | None, name: str, template: bytes | None) -> WriteUp:
    """The report of a round from what is in its ledger; nothing is collected."""
    with open_round(source, alone=False) as round_:
        found = standings(round_)
        total, _, _ = add_up(round_, found)
        files: tuple[Path, ...] = ()
        if total.members:
            document = area_document(total, name or round_.name)
            folder, template = target or round_.folder.results, template or own_template(round_)
            files = tuple(write_document(round_.kind, document, wanted, folder, template).files.values())
    verdicts = [one.verdict for one in found if one.state.counts and one.verdict is not None]
    return WriteUp(verdicts=tuple(verdicts), tally=_tally(verdicts), files=files, scope=total.scope)


def _tally(verdicts: list[Verdict]) -> Tally:
    tally = Tally()
    for verdict in verdicts:
        tally.add(verdict)
    return tally
