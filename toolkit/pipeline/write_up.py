"""The report command: one return, or the sum of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.model.returns import Verdict
from toolkit.pipeline.exchange import Tally
from toolkit.pipeline.report import Written
from toolkit.pipeline.report import formats
from toolkit.pipeline.report import write_document
from toolkit.pipeline.sources import read_source
from toolkit.pipeline.word_files import read_word


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUp:
    """What was verified and written; ``left`` tells the formats that this machine cannot make."""

    verdicts: tuple[Verdict, ...]
    tally: Tally
    files: tuple[Path, ...]
    scope: str = ""
    left: tuple[str, ...] = ()


def write_up(  # noqa: PLR0913 - one parameter an option of the command
    source: Path, to: str, target: Path | None, *, name: str = "", form: str = "", template: bytes | None = None
) -> WriteUp:
    """Write the report of a workbook beside it, or of a folder's sum into ``成果/`` there; ``target`` overrides.

    ``template`` is the office's own Word template.
    """
    wanted, found = formats(to), read_source(source, name=name, form=form)
    written = Written({})
    if found.made is not None:
        kind, _, document = found.made
        own = read_word(found.template) if template is None and found.template else template
        written = write_document(kind, document, wanted, target or found.results, own)
    return WriteUp(
        verdicts=found.verdicts,
        tally=Tally.of(found.verdicts),
        files=tuple(written.files.values()),
        scope=found.scope,
        left=written.left,
    )
