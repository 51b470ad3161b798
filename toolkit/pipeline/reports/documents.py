"""The formats a report can be had in; a further one is one line here and one module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from toolkit.collection.folder import ANNEX, DIGEST, WEB_FRAGMENT
from toolkit.consolidation.aggregate import Consolidation, as_submission, over_members
from toolkit.errors import FormatMissingError, ReportError, UsageError
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.io.files import safe_name, write
from toolkit.model.returns import Identity, Return, Submission, Verdict
from toolkit.report.document.blocks import Document
from toolkit.report.render.html import render_fragment, render_html
from toolkit.report.render.markdown import render_md
from toolkit.report.render.pdf import render_pdf
from toolkit.report.word.gate import of_word_file
from toolkit.report.word.render import render_docx
from toolkit.report.writing.area import units_listed, write_annex, write_digest
from toolkit.report.writing.gaps import ALONE, SummedArea
from toolkit.report.writing.narrative import write_report

#: By file ending.
RENDERERS: Final[Mapping[str, Callable[[Document], bytes]]] = MappingProxyType(
    {
        "docx": render_docx,
        "html": lambda document: render_html(document).encode(),
        "pdf": render_pdf,
        "md": lambda document: render_md(document).encode(),
    }
)
ALL_FORMATS: Final = tuple(RENDERERS)
#: Under this name a package says in its metadata that it writes a format: the ending, and a function of a document.
FORMATS = "xxgk.formats"
TEMPLATE = "report.docx"
#: Of so many units a companion still has a reader: texts of half a page each make a book of 150 pages.
FEW = 300
#: What the page offers to download, in words.
DOWNLOADS = {"docx": "下载 Word 文档", "pdf": "下载 PDF 文件"}
UNVERIFIED = "注意：所据数据还没有通过核对，本稿仅供核对，不能发布。"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: format -> path; and a sentence for each that was not, as this machine cannot make it."""

    files: Mapping[str, Path]
    left: tuple[str, ...] = ()


def formats(text: str) -> list[str]:
    """``docx,html`` as a list; UsageError for an unknown format."""
    wanted = [part.strip().lower() for part in text.replace("，", ",").split(",") if part.strip()]
    foreign = [one for one in wanted if one not in RENDERERS]
    unknown = [one for one in foreign if one not in _brought().names]
    if unknown or not wanted:
        known = dict.fromkeys((*RENDERERS, *_brought().names))
        raise UsageError(f"--to：不认识“{'、'.join(unknown) or text}”，可用 {'、'.join(known)}。")
    return list(dict.fromkeys(wanted))


def _brought() -> EntryPoints:
    """The formats that other packages bring; only who asks for one looks through all packages."""
    return entry_points(group=FORMATS)


def return_document(verdict: Verdict, form: str = "") -> tuple[Instrument, Document]:
    """The report of a verified return; it says so when its figures still have errors. ``form`` as in ``verify``."""
    submission = verdict.submission
    if submission is None:
        raise UsageError(f"{verdict.file}：不能据此写报告。")
    kind = load(form or verdict.form)
    return kind, write_report(kind, submission, banner="" if verdict.status.counts else UNVERIFIED)


def blank_document(kind: Instrument) -> Document:
    """The report of a return that says nothing yet: the pattern of the form's Word template."""
    nothing = Return(file="", sha256="", identity=Identity(), unit="", period="", numbers={})
    return write_report(kind, Submission(content=nothing))


def area_document(total: Consolidation, name: str, area: SummedArea = ALONE) -> Document:
    """The report of a sum; its scope is told to the editor only, texts to be written and proposals are marked."""
    members = tuple(zip(map(total.unit, total.members), total.submissions, strict=True))
    told = replace(area, members=members, scope=total.scope, whole=not total.absent)
    document = write_report(total.instrument, as_submission(total, name), banner=total.warning, area=told)
    annex = [units_listed(total, "附：纳入本报告统计的单位有")] if area.listed else []
    return replace(document, closing=(*document.closing, *annex))


def write_companion(total: Consolidation, name: str, folder: Path, faults: list[str], *, listed: bool) -> Written:
    """Figures and texts of the units for whoever drafts the area's report; unless it is ``listed``, who is in it."""
    few = len(total.members) <= FEW
    documents, told = over_members(total, DIGEST, lambda part: [write_digest(part, name)]) if few else ([], [])
    faults += [one.line for one in told]
    stem = safe_name(f"{name}{total.period_label}{DIGEST}")
    made = [(stem, document, ("docx", "md")) for document in documents]
    made += [] if listed else [(safe_name(ANNEX), write_annex(total, name), ("docx", "html"))]
    out: dict[str, Path] = {}
    for stem, document, endings in made:
        for ending in endings:
            out[f"{stem}.{ending}"] = write(folder / f"{stem}.{ending}", RENDERERS[ending](document))
    large = f"{name}超过 {FEW} 个单位，没有编“{DIGEST}”；{FEW} 个以内的地区才编，放在各自的文件夹里。"
    return Written(out, () if few else (large,))


def write_document(
    kind: Instrument,
    document: Document,
    wanted: Sequence[str],
    folder: Path,
    template: bytes | None = None,
) -> Written:
    """Render and write a document in the formats wanted; ``template`` is the office's own Word template.

    A library that is missing costs its own format; FormatMissingError where no other was wanted.
    """
    stem = safe_name("".join(document.title))
    out: dict[str, Path] = {}
    failed: list[ReportError] = []
    left: list[str] = []
    # The page comes last: it links only to what is there.
    for one in sorted(wanted, key="html".__eq__):
        path = folder / f"{stem}.{one}"
        try:
            data = _data(kind, document, one, template, out)
        except FormatMissingError as error:
            left.append(f"{error}文件夹里原有的 {one.upper()} 没有更新。" if path.exists() else str(error))
        except ReportError as error:
            failed.append(error)
        else:
            files = {one: (path, data)}
            if one == "md":
                files |= {p.name: (folder / f"{stem}-{p.name}", p.data) for p in document.pictures}
            if one == "html":
                files["fragment"] = folder / f"{stem}{WEB_FRAGMENT}", render_fragment(document).encode()
            for what, file in files.items():
                out[what] = write(*file)
    if failed:
        done = f"其余格式已写在 {folder}。" if out else ""
        told = type(failed[0])("\n".join([*map(str, failed), *left, done]).strip())
        told.written = tuple(out.values())
        raise told
    if left and not out:
        raise FormatMissingError("\n".join(left))
    return Written({one: out[one] for one in (*wanted, *out) if one in out}, tuple(left))


def _data(
    kind: Instrument, document: Document, wanted: str, template: bytes | None, beside: Mapping[str, Path]
) -> bytes:
    if wanted == "docx":
        return docx_of(kind, document, template)
    if wanted == "html":
        links = {words: quote(beside[one].name) for one, words in DOWNLOADS.items() if one in beside}
        return render_html(document, links).encode()
    if wanted == "md":
        return render_md(document, f"{safe_name(''.join(document.title))}-").encode()
    made: bytes = (RENDERERS.get(wanted) or _brought()[wanted].load())(document)
    return made


def docx_of(kind: Instrument, document: Document, template: bytes | None) -> bytes:
    """A report as .docx, in the office's ``template``, else in the form's own."""
    own = Path(kind.form.folder) / TEMPLATE if kind.form.folder else None
    given = own.read_bytes() if template is None and own is not None and own.is_file() else template
    return of_word_file("报告模板", lambda: render_docx(document, given))
