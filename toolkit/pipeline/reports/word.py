"""A report that an editor polished in Word, and a template that an office restyled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.folder import WORD_TEMPLATE
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import load
from toolkit.io.files import free_path, write
from toolkit.model.codes import Code
from toolkit.model.finding import FigureReading, Finding, Severity
from toolkit.pipeline.reports.documents import Written, blank_document, docx_of, formats, write_document
from toolkit.pipeline.reports.report import DraftReport, read_source
from toolkit.pipeline.round import status
from toolkit.pipeline.round.open import Round, find_round, open_round
from toolkit.pipeline.round.status import APPROVED, PUBLISHED, SUBMITTED, Manuscript
from toolkit.report.readback.changes import LineChanges, line_changes
from toolkit.report.readback.compare import differences, figures_on, remarks_on
from toolkit.report.readback.parse import Polished, polished
from toolkit.report.readback.refresh import Refreshed, refreshed
from toolkit.report.word.gate import of_word_file, read_word
from toolkit.report.word.render import template_faults
from toolkit.report.word.template import build_template

# ---------------------------------------------------------------- templates


def word_template(form: str, output: Path | None) -> Path:
    """Write the form's Word template, for an office to restyle."""
    kind = load(form)
    return write(output or Path(f"{kind.form.id}-{WORD_TEMPLATE}"), build_template(blank_document(kind)))


def check_word_template(path: Path, form: str) -> list[str]:
    """What is wrong with a restyled template, a line each; none where the form's report can be printed into it."""
    pattern, data = blank_document(load(form)), read_word(path)
    return of_word_file(path, lambda: template_faults(pattern, data))


# ---------------------------------------------------------------- read-back


class ReadBack(NamedTuple):
    """What came of reading a polished report: differences from the data, and what was written from its words.

    ``figures`` are those of its texts, with what each was held against. ``held`` says why it is not to be published as
    it is; ``approved`` is what was approved in its round, ``differs`` in what this file is another.
    """

    findings: tuple[Finding, ...]
    files: Mapping[str, Path]
    left: tuple[str, ...] = ()
    figures: tuple[FigureReading, ...] = ()
    held: tuple[str, ...] = ()
    approved: Manuscript | None = None
    differs: LineChanges = ()


def read_back(  # noqa: PLR0913 - one parameter an option of the command
    path: Path,
    source: Path,
    target: Path | None = None,
    *,
    to: str = "html,pdf,md",
    name: str = "",
    form: str = "",
    anyway: str = "",
) -> ReadBack:
    """Hold a polished .docx to the data it was written from; write the other formats from its words into ``target``.

    ``source`` is the workbook, the folder or the round of the report. Tables are printed from the data in any case.
    Nothing is written while something is open, unless ``anyway`` gives a reason, which goes into the ledger.
    """
    wanted, data = formats(to), read_word(path)
    draft = written_from(source, name=name, form=form, asked=f"xxgk readback {path} --with")

    found, findings, figures = of_word_file(path, lambda: _read(draft, data))
    place = find_round(source) if source.is_dir() else None
    approved, differs = _approval(place, path, data) if place else (None, ())
    held = tuple(_held(findings, draft.document.banner, approved, differs))
    written = Written({})
    if target is not None and (anyway or not held):
        with open_round(place) if place else nullcontext() as round_:
            written = of_word_file(path, lambda: write_document(draft.kind, found.document, wanted, target))
            if round_:
                status.keep_manuscript(round_, PUBLISHED, path, anyway if held else "")
    return ReadBack(findings, written.files, written.left, figures, held, approved, differs)


def _read(draft: DraftReport, data: bytes) -> tuple[Polished, tuple[Finding, ...], tuple[FigureReading, ...]]:
    """What a polished report holds, what is to be said of it, and its figures."""
    found = polished(data, draft.document)
    of = draft.kind, draft.submission, draft.document, found.document
    told, more, figures = differences(draft.kind, draft.document, found), remarks_on(*of), tuple(figures_on(*of))
    if any(one.rule == Code.RPT_06 for one in told):
        # Of data that moved, every sentence of then would be told once more.
        return found, (*told, *draft.open), figures
    known = {name for one in told if one.severity is Severity.ERROR for name in one.variables}
    # The same wrong figure, told once: against the cell it came from.
    fresh = (one for one in more if len(one.variables) == 1 or not known.issuperset(one.variables[1:]))
    return found, (*told, *draft.open, *fresh), figures


def _approval(place: Path, path: Path, data: bytes) -> tuple[Manuscript | None, LineChanges]:
    """What was approved in the round, and in what the file is another; one that was only saved again is the same."""
    with open_round(place, alone=False) as round_:
        approved = status.latest(round_, APPROVED)
        kept = status.kept_manuscript(round_, approved)
    return approved, of_word_file(path, lambda: line_changes(kept, data)) if kept and kept != data else ()


def _held(findings: Sequence[Finding], banner: str, approved: Manuscript | None, differs: LineChanges) -> Iterator[str]:
    if count := sum(one.severity is Severity.ERROR for one in findings):
        yield f"还有 {count} 处错误没有解决"
    if any(one.rule == Code.RPT_06 for one in findings):
        yield "数据后来变了，报告还没有更新（xxgk refresh）"
    if banner:
        yield banner.rstrip("。")
    if approved and differs:
        yield f"与签发的稿（{approved.told}，{approved.file}）有 {len(differs)} 处不同，请重新签发（xxgk approve）"


def refresh(
    path: Path, source: Path, output: Path | None = None, *, name: str = "", form: str = ""
) -> tuple[Path, Refreshed]:
    """Write the editor's report with today's figures, beside it or as ``output``; ``source`` as in `read_back`."""
    data, draft = read_word(path), written_from(source, name=name, form=form, asked=f"xxgk refresh {path} --with")
    done = of_word_file(path, lambda: refreshed(data, draft.kind, draft.document))
    return write(output or free_path(path.with_name(f"{path.stem}（已更新）.docx")), done.data), done


def hand_in(path: Path, place: Path, by: str = "") -> Manuscript:
    """Submit a report of a round, or approve it in somebody's name: its hash and what changed go into the ledger."""
    kind, asked = (APPROVED, f"xxgk approve {path} --by {by}") if by else (SUBMITTED, f"xxgk submit {path}")
    with open_round(place, asked=asked) as round_:
        return status.keep_manuscript(round_, kind, path, by, b"" if by else _drawn(round_))


def _drawn(round_: Round) -> bytes:
    """The .docx that the program writes of a round today; nothing where no return counts."""
    drawn = read_source(round_.folder.root).draft
    template = read_word(round_.template) if round_.template else None
    return docx_of(drawn.kind, drawn.document, template) if drawn else b""


def written_from(source: Path, *, name: str = "", form: str = "", asked: str = "xxgk report --trace") -> DraftReport:
    """The report of a workbook, of a folder's sum or of a round; UsageError where none is."""
    if draft := read_source(source, name=name, form=form, asked=asked).draft:
        return draft
    why = "不能据此写报告" if source.is_file() else "没有通过核对的表，没有可以比较的数据"
    raise UsageError(f"{source}：{why}。")
