"""Word files from outside: a report that an editor polished, a template that an office restyled."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from toolkit.errors import ReportError
from toolkit.errors import UsageError
from toolkit.instrument import Instrument
from toolkit.model.finding import Finding
from toolkit.model.finding import Severity
from toolkit.pipeline.consolidate import gather
from toolkit.pipeline.consolidate import summed
from toolkit.pipeline.files import inputs
from toolkit.pipeline.files import is_round
from toolkit.pipeline.files import write
from toolkit.pipeline.instruments import instrument
from toolkit.pipeline.report import area_document
from toolkit.pipeline.report import blank_document
from toolkit.pipeline.report import formats
from toolkit.pipeline.report import return_document
from toolkit.pipeline.report import write_document
from toolkit.pipeline.round_up import add_up
from toolkit.pipeline.rounds import open_round
from toolkit.pipeline.standing import standings
from toolkit.pipeline.verify import verify
from toolkit.report.blocks import Document
from toolkit.report.compared import differences
from toolkit.report.docx_template import build_template
from toolkit.report.polished import polished
from toolkit.report.render_docx import render_docx

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST, _UNPACKED = 20 << 20, 200 << 20
_SAVE = "请在 Word 或 WPS 里另存为“Word 文档 (*.docx)”再试。"


def read_word(path: Path) -> bytes:
    """The bytes of a .docx, after a look at what it is; UsageError says why not."""
    if not path.is_file():
        raise UsageError(f"{path}：没有这个文件。请检查路径。")
    if path.stat().st_size > _LARGEST:
        raise UsageError(f"{path}：文件超过 20 MB。请删去图片等无关内容再试。")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}：读不出来（{error.strerror}）。请先在 Word 或 WPS 里关闭它。") from error
    if data.startswith(_OLD):
        raise UsageError(f"{path}：是旧格式（.doc、.wps），或者设有打开密码。取消密码，{_SAVE}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename.lower(): info.file_size for info in archive.infolist()}
    except zipfile.BadZipFile:
        raise UsageError(f"{path}：不是 Word 文件，或者已经损坏。{_SAVE}") from None
    if sum(names.values()) > _UNPACKED:
        raise UsageError(f"{path}：文件展开后过大，没有读取。{_SAVE}")
    if "word/document.xml" not in names:
        raise UsageError(f"{path}：不是 Word 文件。{_SAVE}")
    if any("vbaproject" in name for name in names):
        raise UsageError(f"{path}：文件含有宏，没有读取。{_SAVE}")
    return data


# ---------------------------------------------------------------- templates


def word_template(form: str, output: Path | None) -> Path:
    """Write the form's Word template, for an office to restyle."""
    kind = instrument(form)
    return write(output or Path(f"{kind.form.id}-报告模板.docx"), build_template(blank_document(kind)))


def check_word_template(path: Path, form: str) -> list[str]:
    """What is wrong with a restyled template, a line each; none where the form's report can be printed into it."""
    kind, data = instrument(form), read_word(path)
    try:
        render_docx(_full(blank_document(kind)), data)
    except ReportError as error:
        head, *lines = str(error).split("\n")
        return [line.strip() for line in lines] or [head]
    return []


def _full(document: Document) -> Document:
    """The report with a scope line, so that its place in the template is tried too."""
    return replace(document, notice="（汇总范围）")


# ---------------------------------------------------------------- read-back


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """What came of reading a polished report: differences from the data, and what was written from its words."""

    findings: tuple[Finding, ...]
    files: Mapping[str, Path]

    def exit_code(self, fail_on: str) -> int:
        """1 for findings at or above ``fail_on``."""
        levels = {"error": {Severity.ERROR}, "verify": {Severity.ERROR, Severity.VERIFY}, "never": set[Severity]()}
        return int(any(one.severity in levels[fail_on] for one in self.findings))


def read_back(  # noqa: PLR0913 - one parameter an option of the command
    path: Path, source: Path, target: Path | None = None, *, to: str = "html,pdf,md", name: str = "", form: str = ""
) -> ReadBack:
    """Hold a polished .docx to the data it was written from; write the other formats from its words into ``target``.

    ``source`` is the workbook, the folder or the round of the report. Tables are printed from the data in any case.
    """
    wanted, data = formats(to), read_word(path)
    kind, document = written_from(source, name=name, form=form)
    found = polished(data, document)
    findings = tuple(differences(kind, document, found))
    files = write_document(kind, found.document, wanted, target).files if target else {}
    return ReadBack(findings=findings, files=files)


def written_from(source: Path, *, name: str = "", form: str = "") -> tuple[Instrument, Document]:
    """The report of a workbook, of a folder's sum or of a round; UsageError where there is none."""
    if is_round(source):
        with open_round(source, alone=False) as round_:
            total, _, _ = add_up(round_, standings(round_))
            kind, named = round_.kind, name or round_.name
    elif source.is_dir():
        kind, verdicts = gather(source, form)
        total, _ = summed(kind, verdicts)
        named = name or source.resolve().name
    else:
        (verdict,) = verify(inputs([source]), form)
        return return_document(verdict, form)
    if not total.members:
        raise UsageError(f"{source}：没有通过核对的表，没有可以比较的数据。")
    return kind, area_document(total, named)
