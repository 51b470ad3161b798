"""The report command: one return, or the sum of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.model.returns import Verdict
from toolkit.pipeline.exchange import Tally
from toolkit.pipeline.report import formats
from toolkit.pipeline.report import write_document
from toolkit.pipeline.sources import read_source
from toolkit.pipeline.word_files import read_word


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
    wanted, found = formats(to), read_source(source, name=name, form=form)
    files: tuple[Path, ...] = ()
    if found.made is not None:
        kind, _, document = found.made
        own = read_word(found.template) if template is None and found.template else template
        files = tuple(write_document(kind, document, wanted, target or found.results, own).files.values())
    tally = Tally()
    for verdict in found.verdicts:
        tally.add(verdict)
    return WriteUp(verdicts=found.verdicts, tally=tally, files=files, scope=found.scope)
